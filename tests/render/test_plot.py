"""Pictures: every layer stands once, every edge is there, hostile text stays text."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from inspector import api
from inspector.answers.blocks import blocks
from inspector.errors import LimitError, ReadError
from inspector.graph import escaped
from inspector.render.drawing import metrics, palette
from inspector.render.drawing.canvas import Box, Words, flat
from inspector.render.drawing.png import dots, png

COURSE = str(Path(__file__).resolve().parents[2] / "sample_models" / "resnet50_course.py")

SVG = "{http://www.w3.org/2000/svg}"
SAMPLES = ["custom", "digits", "digits_x", "residual", "reviews", "twins"]
HOSTILE = {
    "quotes": "a\"b'c`d",
    "script": "</text><script>alert(1)</script>",
    "entity": "&lt;b&gt; &#0; ]]>",
    "dot": 'x"; subgraph { y -> z } // \\N \\" \\l',
    "markdown": "**bold** | [link](javascript:alert(1)) ``` <!-- -->",
    "right to left": "abc\u202egnp.exe",
    "arabic": "طبقة",
    "control": "tab\tnew\nline\x1b[31m\x00end",
    "chinese": "卷积层",
    "long": "n" * 300,
    "xdot": "T 0 0 0 0 1 -c 7 -#ff0000",
    "blank": " ",
}


def sample(name: str) -> str:
    return f"sample_models/{name}.keras"


def drawn(model: str, **wishes) -> ET.Element:
    return ET.fromstring(api.plot(model, **wishes).svg)


def attributes(root: ET.Element, name: str) -> list[str]:
    return [group.get(name) for group in root.iter(f"{SVG}g") if group.get(name) is not None]


def edges_of(model) -> Counter[tuple[str, str]]:
    """Every use of a tensor by a call, as paths, straight from the graphs of a model."""
    edges: Counter[tuple[str, str]] = Counter()
    stack = [("", model.graph, model.rows)]
    while stack:
        prefix, graph, rows = stack.pop()
        shown = {row.name for row in rows}
        for node in graph.nodes:
            for ref in node.inputs:
                if ref.layer in shown and node.layer.name in shown:
                    edges[called(prefix, ref.layer, ref.call), called(prefix, node)] += 1
        inside = {layer.name: layer.graph for layer in graph.layers}
        models = (row for row in rows if row.layers is not None)
        stack.extend((f"{row.path}/", inside[row.name], row.layers) for row in models)
    return edges


def called(prefix: str, layer, call: int | None = None) -> str:
    name = layer if isinstance(layer, str) else layer.layer.name
    number = layer.call if call is None else call
    return f"{prefix}{escaped(name)}" + (f"#{number}" if number else "")


@pytest.mark.parametrize(
    "model", [*map(sample, SAMPLES), "sample_models/transfer.json", "resnet50", "nasnetmobile"]
)
def test_every_layer_stands_once_with_its_edges(model):
    loaded = api.load(model)
    root = drawn(model, expand=["all"])
    assert Counter(attributes(root, "data-layer")) == Counter(row.path for row in loaded.walk())
    found = zip(attributes(root, "data-from"), attributes(root, "data-to"), strict=True)
    assert Counter(found) == edges_of(loaded)


def test_a_shared_layer_stands_once_and_its_second_call_says_so():
    root = drawn(sample("twins"))
    assert attributes(root, "data-layer").count("encoder") == 1
    assert attributes(root, "data-call") == ["encoder#1"]
    assert "shared" in {text.text for text in root.iter(f"{SVG}text")}


@pytest.mark.parametrize("model", ["resnet50", "mobilenetv2", "efficientnetb7", "nasnetlarge"])
def test_a_folded_model_fits_a_page_with_text_that_can_be_read(model):
    drawing = api.plot(model).picture.drawing
    assert drawing.width <= 595.5
    assert drawing.height <= 842.5
    assert min(item.size for item in flat(drawing.items) if isinstance(item, Words)) >= 5


def test_the_trunk_adds_up_to_the_model():
    texts = [text.text for text in drawn("resnet50").iter(f"{SVG}text")]
    stages = ["220,032", "1,230,336", "7,129,088", "14,998,528"]
    assert set(stages) <= set(texts)
    # 9,472 + 256 in the stem, 2,049,000 in the head: the total is what Keras prints.
    assert sum(int(stage.replace(",", "")) for stage in stages) + 9_728 + 2_049_000 == 25_636_712
    assert {"2 · 71,552", "3 · 282,368", "5 · 1,121,792", "2 · 4,471,808"} <= set(texts)


def test_no_two_boxes_of_a_rank_touch():
    boxes = cards(drawn("inceptionv3", expand=["all"]))
    for one in boxes:
        for other in boxes:
            if one is not other:
                assert apart(one, other), (one, other)


def cards(root: ET.Element) -> list[tuple[float, ...]]:
    rects = (rect for rect in root.iter(f"{SVG}rect") if rect.get("rx") == "3")
    return [tuple(float(rect.get(key)) for key in ("x", "y", "width", "height")) for rect in rects]


def apart(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    x0, y0, w0, h0 = one
    x1, y1, w1, h1 = other
    return x0 + w0 <= x1 or x1 + w1 <= x0 or y0 + h0 <= y1 or y1 + h1 <= y0


@pytest.mark.parametrize("model", ["resnet50", "nasnetmobile", "inceptionv3"])
def test_no_wire_crosses_a_card(model):
    root = drawn(model, expand=["all"])
    boxes = cards(root)
    for group in root.iter(f"{SVG}g"):
        if group.get("data-from") is None or not len(group):
            continue
        lines = [path.get("d") for path in group.iter(f"{SVG}path") if path.get("fill") == "none"]
        for x, y in (point for line in lines for point in points(line)):
            assert not any(a + 1 < x < a + w - 1 and b + 1 < y < b + h - 1 for a, b, w, h in boxes)


@pytest.mark.parametrize("model", ["resnet50", "densenet201", "efficientnetv2l", "inceptionv3"])
def test_a_tall_drawing_stands_in_columns_and_can_be_read_as_png(model):
    drawing = api.plot(model, expand=["all"]).picture.drawing
    assert drawing.height <= 1.6 * drawing.width
    assert dots(drawing) >= 72
    right = max(item.x + item.w for item in flat(drawing.items) if isinstance(item, Box))
    assert right <= drawing.width


def test_a_column_says_which_layers_it_goes_on_from():
    loaded = api.load("resnet50")
    root = drawn("resnet50", expand=["all"])
    told = [text for text in root.iter(f"{SVG}text") if (text.text or "").startswith("from ")]
    assert len(told) == 2  # three columns
    place = {  # of each layer: the left edge of its row's first text
        group.get("data-layer"): float(next(group.iter(f"{SVG}text")).get("x"))
        for group in root.iter(f"{SVG}g")
        if group.get("data-layer")
    }
    for text in told:
        source = text.text.removeprefix("from ")
        takers = [row.path for row in loaded.rows if source in {ref[0] for ref in row.inbound}]
        here = float(text.get("x"))
        assert all(place[source] < here - 300 < place[taker] for taker in takers)


def test_a_part_of_a_picture_in_columns_is_one_column():
    drawing = api.plot("resnet50", start="conv3_block1_1_conv", end="conv3_block1_out").picture
    words = [item.text for item in flat(drawing.drawing.items) if isinstance(item, Words)]
    assert not any(word.startswith("from ") for word in words)


def points(path: str) -> list[tuple[float, float]]:
    """Points along a path of straight and cubic steps, twelve a step."""
    numbers = [[float(n) for n in part.split()] for part in re.split("[MLC]", path) if part.strip()]
    found = []
    for before, step in pairwise(numbers):
        start = before[-2:]
        ends = [start, *zip(step[::2], step[1::2], strict=True)]
        found.extend(along(ends, place / 12) for place in range(13))
    return found


def along(ends: list, t: float) -> tuple[float, float]:
    """De Casteljau: the point of a curve at `t`."""
    while len(ends) > 1:
        ends = [((1 - t) * a[0] + t * b[0], (1 - t) * a[1] + t * b[1]) for a, b in pairwise(ends)]
    return tuple(ends[0])


def saved(tmp_path, layers: list[str], wires: list[tuple[int, int]]):
    """A file with Dense layers of these names behind an input, joined as `wires` say."""
    before: dict[int, list[int]] = {}
    for source, target in wires:
        before.setdefault(target, []).append(source)
    made = []
    for place, name in enumerate(layers):
        inputs = [tensor(layers[source]) for source in before.get(place, [])]
        joins = len(inputs) > 1
        class_name = "InputLayer" if not inputs else "Add" if joins else "Dense"
        config = {"name": name, "trainable": True}
        config |= {"batch_shape": [None, 4]} if not inputs else {} if joins else {"units": 4}
        calls = [{"args": [inputs] if joins else inputs, "kwargs": {}}] if inputs else []
        made.append({
            "module": "keras.layers", "class_name": class_name, "config": config,
            "registered_name": None, "name": name, "inbound_nodes": calls,
        })  # fmt: skip
    config = {"name": layers[-1], "trainable": True, "layers": made}
    config["input_layers"] = [[layers[0], 0, 0]]
    config["output_layers"] = [[layers[-1], 0, 0]]
    path = tmp_path / "saved.json"
    document = {"module": "keras.src.models.functional", "class_name": "Functional"}
    path.write_text(json.dumps(document | {"config": config}))
    return path


def tensor(name: str) -> dict:
    config = {"shape": [None, 4], "dtype": "float32", "keras_history": [name, 0, 0]}
    return {"class_name": "__keras_tensor__", "config": config}


@pytest.mark.parametrize("name", HOSTILE.values(), ids=HOSTILE)
def test_hostile_names_stay_text(tmp_path, name):
    path = saved(tmp_path, ["in", name, "out"], [(0, 1), (1, 2), (0, 2)])
    plot = api.plot(path)
    root = ET.fromstring(plot.svg)
    assert not {"script", "a", "image", "style", "foreignObject"} & {
        element.tag.removeprefix(SVG) for element in root.iter()
    }
    plain = {"in", "out"} | set(HOSTILE.values())
    assert [title.text for title in root.iter(f"{SVG}title") if "Dense" in (title.text or "")]
    shown = "".join(text.text or "" for text in root.iter(f"{SVG}text"))
    assert not set(shown) & set("\x1b\x00\u202e\n")
    if name.isprintable() and len(name) < 32:
        assert any(name in (text.text or "") for text in root.iter(f"{SVG}text")), plain
    assert plot.picture.drawing.width < 900  # a name of 300 signs does not widen the picture
    assert plot.to("png").startswith(b"\x89PNG")
    assert plot.to("pdf").startswith(b"%PDF")


def test_a_long_name_is_whole_in_its_title(tmp_path):
    root = ET.fromstring(api.plot(saved(tmp_path, ["in", "n" * 300], [(0, 1)])).svg)
    assert any("n" * 300 in (title.text or "") for title in root.iter(f"{SVG}title"))


@pytest.mark.parametrize(
    "name",
    [
        "a\\",
        'a\\"b',
        'a\\\\"b',
        "a\\\\",
        'x"; y [',
        "a\\N",
        HOSTILE["dot"],
        r"\a\b\c\\d\e\f\\\g",
        HOSTILE["control"],
    ],
)
def test_a_hostile_name_in_the_png_leaves_the_rest_of_the_picture(tmp_path, name):
    image_module = pytest.importorskip("PIL.Image")
    import io

    path = saved(tmp_path, ["in", name, "out"], [(0, 1), (1, 2)])
    drawing = api.plot(path).picture.drawing
    image = image_module.open(io.BytesIO(png(drawing))).convert("L")
    caption = max(item.y for item in flat(drawing.items) if isinstance(item, Words))
    scale = image.height / drawing.height
    foot = image.crop((0, int((caption - 8) * scale), image.width, int((caption + 2) * scale)))
    assert sum(foot.histogram()[:160]) > 200  # the last line of the picture is there


def test_a_flat_drawing_beyond_the_limit_says_what_to_do(tmp_path):
    names = [f"d{place}" for place in range(2_002)]
    path = saved(tmp_path, names, list(pairwise(range(2_002))))
    with pytest.raises(LimitError) as failed:
        api.plot(path, expand=["all"])
    assert str(failed.value).startswith("d2001: a flat drawing of more than 2,000 layers")
    assert "--from" in failed.value.hint


@pytest.mark.parametrize("kind", ["chain", "wide"])
def test_a_model_of_any_size_has_a_folded_picture(tmp_path, kind):
    count = 2_502
    inner = range(1, count - 1)
    wires = [(place, place + 1) for place in range(count - 1)]
    if kind == "wide":
        wires = [*((0, place) for place in inner), *((place, count - 1) for place in inner)]
    path = saved(tmp_path, [f"d{place}" for place in range(count)], wires)
    made = api.plot(path).picture
    assert made.drawing.width <= 595.5
    assert made.drawing.height <= 842.5
    assert "--from and --to" in made.notes[0]
    words = [item.text for item in flat(made.drawing.items) if isinstance(item, Words)]
    total = api.load(path).totals.params  # 4·4 + 4 for each Dense
    counts = [int(word.replace(",", "")) for word in words if re.fullmatch(r"[\d,]{2,}", word)]
    assert sum(counts) == total


def test_a_stage_of_many_runs_says_how_many_more_there_are(tmp_path):
    from inspector.render.drawing.cards import Stage
    from inspector.render.drawing.folded import Opening, trunk
    from inspector.render.drawing.known import known

    wires, names = [], ["in"]
    for number in range(60):  # blocks of two kinds in turn, of two and of three layers
        start = len(names) - 1
        size = 2 + number % 2
        names += [f"b{number}_{place}" for place in range(size + 1)]
        wires += [(start + place, start + place + 1) for place in range(size + 1)]
        wires.append((start, start + size + 1))
    loaded = api.load(saved(tmp_path, names, wires))
    part = trunk(blocks(loaded), known(loaded), Opening())
    stages = [item for item in part.items if isinstance(item, Stage)]
    assert stages
    assert all(len(stage.runs) <= 12 for stage in stages)
    assert sum(run.times for stage in stages for run in stage.runs) == 60


def test_a_picture_of_too_many_pixels_is_refused():
    drawing = api.plot("vgg16").picture.drawing
    with pytest.raises(LimitError, match="16,384 pixels"):
        png(drawing._replace(height=200_000.0))


def test_a_part_begins_and_ends_where_it_is_told():
    root = drawn("resnet50", start="conv2_block1_1_conv", end="conv2_block1_out")
    layers = attributes(root, "data-layer")
    assert layers[0] == "conv2_block1_1_conv"
    assert "conv2_block1_out" in layers
    assert "conv2_block1_0_conv" not in layers  # no way leads through it
    with pytest.raises(ReadError) as failed:
        api.plot("resnet50", start="conv2_block1_1_con")
    assert "conv2_block1_1_conv" in failed.value.hint


def test_a_named_block_is_opened():
    closed, opened = drawn("resnet50"), drawn("resnet50", expand=["conv2_block3"])
    assert "conv2_block3_1_conv" not in attributes(closed, "data-layer")
    assert "conv2_block3_1_conv" in attributes(opened, "data-layer")
    with pytest.raises(ReadError) as failed:
        api.plot("resnet50", expand=["conv2_blok3"])
    assert "conv2_block3" in failed.value.hint


def test_the_legend_lists_what_occurs():
    texts = {text.text for text in drawn(sample("digits")).iter(f"{SVG}text")}
    assert palette.KINDS["dense"] in texts
    assert palette.KINDS["sequence"] not in texts


def test_frozen_layers_have_a_border_of_dashes():
    root = drawn("sample_models/transfer.json", highlight="frozen")
    dashed = [r for r in root.iter(f"{SVG}rect") if r.get("stroke-dasharray") == "3 2"]
    texts = {text.text for text in root.iter(f"{SVG}text")}
    assert dashed
    assert {"frozen: not trained", "trained"} <= texts


def test_widths_are_those_of_the_standard_font():
    pdfmetrics = pytest.importorskip("reportlab.pdfbase.pdfmetrics")
    for font, bold in (("Helvetica", False), ("Helvetica-Bold", True)):
        for sign in map(chr, range(32, 127)):
            if sign not in "'`":  # typographic in the encoding of the metrics
                assert metrics.width(sign, 1000, bold) == pytest.approx(
                    pdfmetrics.stringWidth(sign, font, 1000)
                ), sign


@pytest.mark.parametrize("theme", palette.THEMES)
def test_text_can_be_read_on_every_background(theme):
    colours = palette.THEMES[theme]
    for ground in (colours.page, colours.card, colours.panel, colours.frozen[0]):
        assert contrast(colours.ink, ground) >= 7
        assert contrast(colours.soft, ground) >= 4.5


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2."""
    lights = sorted(map(luminance, (one, other)))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_the_command_writes_a_file_and_prints_its_path(graphinspect, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert graphinspect("plot", "vgg16").out == "vgg16.svg\n"
    ET.fromstring((tmp_path / "vgg16.svg").read_text("utf-8"))
    refused = graphinspect("plot", "vgg16")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("error: vgg16.svg: is there already")
    assert graphinspect("plot", "vgg16", "--force").code == 0
    assert graphinspect("plot", "vgg16", "-o", "a.png").out == "a.png\n"
    assert (tmp_path / "a.png").read_bytes().startswith(b"\x89PNG")
    wrong = graphinspect("plot", "vgg16", "-o", "a.bmp")
    assert wrong.code == 2
    assert "the extension tells no medium" in wrong.err


def test_pictures_of_the_documentation_and_golden_ones_are_what_the_tool_draws():
    import importlib.util
    from pathlib import Path

    path = Path(__file__).parents[2] / "tools" / "pictures.py"
    spec = importlib.util.spec_from_file_location("pictures", path)
    tool = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(tool)
    stale = [file.name for file, text in tool.fresh() if file.read_text("utf-8") != text]
    assert not stale, "python tools/pictures.py redraws them; look at what has changed"


def test_an_unknown_count_is_a_question_mark():
    root = drawn("sample_models/custom.json")
    texts = [text.text for text in root.iter(f"{SVG}text")]
    assert "?" in texts
    assert any((text and text.startswith("?: ")) or "?: nobody" in (text or "") for text in texts)


def test_what_a_medium_has_no_sign_for_is_told(tmp_path):
    path = saved(tmp_path, ["in", HOSTILE["chinese"]], [(0, 1)])
    plot = api.plot(path)
    assert plot.written("svg")[1] == ()
    for medium in ("png", "pdf"):
        assert plot.written(medium)[1] == (
            "some signs are in no font of this medium; SVG shows them all",
        )
    assert api.plot("resnet50").written("pdf")[1] == ()


@pytest.mark.parametrize(
    ("medium", "start"),
    [("html", b"<!doctype html>"), ("dot", b"digraph"), ("mmd", b"flowchart"), ("md", b"#")],
)
def test_every_medium_begins_as_its_readers_expect(medium, start):
    assert start in api.plot("vgg16").to(medium)[:400]


def test_the_terminal_shows_a_picture_and_no_file_is_written(graphinspect, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    run = graphinspect("plot", "resnet50", "--text")
    assert run.code == 0
    assert "25,636,712" in run.out
    assert not list(tmp_path.iterdir())


def test_stdout_takes_the_bytes_of_a_picture(tmp_path):
    import subprocess
    import sys

    for medium, start in (("svg", b"<svg"), ("png", b"\x89PNG")):
        run = subprocess.run(
            [sys.executable, "-m", "inspector", "plot", "vgg16", "-o", "-", "--format", medium],
            capture_output=True,
            check=True,
        )
        assert run.stdout.startswith(start)


def test_arrows_carry_the_names_of_python():
    from inspector.answers.mentions import Mention
    from inspector.render.drawing.picture import Wish, picture

    model = api.load(sample("residual"))
    said = {("stem_relu", 0): [Mention("X")], ("block1_bn2", 0): [Mention("main")]}
    drawing = picture(model, Wish(end="block1_out"), said).drawing
    words = [item for item in flat(drawing.items) if isinstance(item, Words)]
    assert [word.text for word in words].count("X") == 1  # one tensor, two arrows
    assert [word.text for word in words].count("main") == 1


def words_of(drawing):
    return [item.text for item in flat(drawing.items) if isinstance(item, Words)]


def test_a_picture_of_a_program_names_its_tensors():
    words = words_of(api.plot(COURSE, end="activation_3").picture.drawing)
    assert words.count("X_input") == 1
    assert words.count("X₅, X_shortcut₁") == 1  # one tensor, two names, two arrows
    assert words.count("X_shortcut₃") == 1
    without = words_of(api.plot(COURSE, end="activation_3", show=["params"]).picture.drawing)
    assert not any(word.startswith("X_shortcut") for word in without)


def test_names_as_colours():
    words = words_of(api.plot(COURSE, end="activation_3", highlight="names").picture.drawing)
    assert {"X", "X_shortcut", "X_input"} <= set(words)
    assert "convolution" not in words
    with pytest.raises(ReadError, match="programs only"):
        api.plot("vgg16", highlight="names")
    with pytest.raises(ReadError, match="needs colours"):
        api.plot(COURSE, highlight="names", theme="print")


@pytest.mark.parametrize("answer", [api.plot, api.view])
def test_a_program_runs_once(answer, monkeypatch):
    from inspector.symbolic import watch

    ran, asked = [], watch.asked
    monkeypatch.setattr(
        watch, "asked", lambda request, take: ran.append(request["where"]) or asked(request, take)
    )
    answer(COURSE)
    assert ran == [COURSE]
