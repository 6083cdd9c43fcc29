"""Plans as pictures: the head, the way in, and the arrows that the gradient travels back along."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import inspector

ROOT = Path(__file__).parents[2]
RESIDUAL = str(ROOT / "sample_models" / "residual.keras")


def _arrows(svg):
    """Whether each arrow that is drawn is thick, by the layers that it joins."""
    found = {}
    for group in ET.fromstring(svg).iter("{http://www.w3.org/2000/svg}g"):
        lines = [shape for shape in group if shape.get("stroke-width") or shape.get("stroke")]
        if group.get("data-from") and lines:
            ends = group.get("data-from"), group.get("data-to")
            found[ends] = lines[0].get("stroke-width") == "1.8"
    return found


def _svg(plan, **wish):
    return inspector.plot(plan, **wish).svg


def test_the_gradient_is_thick_as_far_as_it_goes():
    plan = inspector.transfer(RESIDUAL, freeze=["until=block3_conv1"], classes=2)
    arrows = _arrows(_svg(plan, expand=["all"]))
    inside = {(a.partition("/")[2], b.partition("/")[2]): thick for (a, b), thick in arrows.items()}
    assert inside["block2_out", "block3_conv1"] is False  # it ends at the first layer that learns
    assert inside["block3_bn2", "block3_add"] is True
    assert not arrows.get(("image", "residual"))  # in one box, no arrow is drawn at all
    before = [
        thick for (a, _), thick in inside.items() if a.startswith(("stem", "block1", "block2"))
    ]
    assert before
    assert not any(before)


def test_the_gradient_passes_frozen_layers_on_its_way():
    plan = inspector.transfer(RESIDUAL, freeze=["from=stem_bn"])
    assert plan.trained.params == 3 * 3 * 3 * 16 + 16
    arrows = _arrows(_svg(plan, expand=["all"]))
    assert all(thick for (start, _), thick in arrows.items() if start != "image")


def test_nothing_is_thick_where_nothing_is_trained():
    plan = inspector.transfer(RESIDUAL, freeze=["all"])
    svg = _svg(plan, expand=["all"])
    assert not any(_arrows(svg).values())
    assert "no gradient is needed" in svg


def test_a_kind_of_block_drawn_once_says_nothing_where_its_uses_differ():
    plan = inspector.transfer("mobilenetv2(include_top=False)", freeze=["first=120"], classes=1)
    svg = _svg(plan)
    arrows = _arrows(svg)
    assert arrows["dropout", "dense"] is True
    assert arrows["input_layer", "mobilenetv2_1.00_224"] is False
    assert not any(thick for (a, _), thick in arrows.items() if "/block_" in a)
    assert "The data enters at input_layer" in svg
    assert "as far as" in svg


def test_a_plan_is_drawn_with_its_head(graphinspect, tmp_path):
    file = tmp_path / "plan.svg"
    run = graphinspect(
        "transfer", RESIDUAL, "--freeze", "first=12", "--classes", "3", "--plot", file
    )
    assert run.code == 0
    assert run.out.strip() == str(file)
    text = file.read_text("utf-8")
    assert "residual + head" in text
    assert "frozen: not trained" in text


def test_a_plan_is_no_page(graphinspect, tmp_path):
    run = graphinspect("transfer", RESIDUAL, "--plot", tmp_path / "plan.html")
    assert run.code == 2
    assert "hint: one of .svg, .png, .pdf" in run.err
    assert not (tmp_path / "plan.html").exists()
