"""The media of `plot` that need no layout: text, Mermaid, Markdown and DOT."""

from __future__ import annotations

import html
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest
from rich.cells import cell_len

import inspector
from inspector.answers.blocks.forks import calls
from inspector.model import Model
from inspector.readers.zoo import architectures
from inspector.render.boxes import Box, boxes
from inspector.render.dot_text import dot_source
from inspector.render.markdown_drawing import markdown
from inspector.render.mermaid import mermaid
from inspector.render.text_drawing import text_drawing
from inspector.render.text_lanes import lanes
from tests.answers import test_blocks as made
from tests.answers.nets import Net

GOLDEN = Path(__file__).parents[1] / "golden" / "drawings_text"
SIGNS = "●○⊕◆"


def text(model: Model, width: int = 80, *, fold: bool = True) -> str:
    return "".join(f"{line.plain.rstrip()}\n" for line in text_drawing(model, width, fold=fold))


def edges(model: Model) -> set[tuple[str, str]]:
    """The edges of a model without models inside, by the names of its layers."""
    return {(ref.layer, node.layer.name) for node in model.graph.nodes for ref in node.inputs}


# --- text ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["resnet50", "mobilenetv2", "inceptionv3", "nasnetmobile"])
def test_the_drawing_is_as_it_was_looked_at(key):
    assert text(inspector.load(key)) == (GOLDEN / f"{key}.txt").read_text("utf-8")


def test_resnet50_fits_a_screen_and_tells_3_4_6_3():
    drawn = text(inspector.load("resnet50"))
    assert drawn.count("\n") <= 40
    assert drawn.count("⊕─╯") == 8
    assert re.findall(r"⊕─╯  × (\d)", drawn) == ["2", "3", "5", "2"]


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("key", architectures())
def test_the_last_column_adds_up_and_no_line_is_too_wide(key, fold):
    model = inspector.load(key)
    lines = text(model, 80, fold=fold).splitlines()
    numbers = [re.search(r"  ([\d,]+|shared)$", line) for line in lines[2:]]
    found = [match[1] for match in numbers if match and match[1] != "shared"]
    assert sum(int(number.replace(",", "")) for number in found) == model.totals.params
    longest = max(len(row.name) for row in model.walk())
    assert all(cell_len(line) <= max(80, longest + 30) for line in lines)


def test_every_call_has_a_line_in_the_flat_drawing():
    model = inspector.load("resnet50")
    lines = text(model, fold=False).splitlines()
    names = Counter(word for line in lines for word in line.split())
    assert all(names[row.name] == 1 for row in model.rows)


def followed(gutters: list[str]) -> set[tuple[int, int]]:
    """The edges of a drawing by eye: which line's tensor arrives at which line's sign."""
    held: dict[int, int] = {}  # by column: the call whose tensor comes down there
    found = set()
    for place, gutter in enumerate(gutters):
        at = next(column for column, sign in enumerate(gutter) if sign in SIGNS)
        if gutter[at] != "○" and at in held:
            found.add((held[at], place))
        for column in (*beside(gutter, at, -1), *beside(gutter, at, 1)):
            found.add((held[column], place))
        for column, sign in enumerate(gutter):
            if sign in "╯╰┴":
                del held[column]
        held.pop(at, None)
        if gutter[at] != "◆":
            held[at] = place
    return found


def beside(gutter: str, at: int, step: int) -> list[int]:
    """The columns from which a line leads to the sign at `at`, on one side of it."""
    met = []
    at += step
    while 0 <= at < len(gutter) and gutter[at] in "─│┼┤├┴╯╰":
        if gutter[at] in "┼┤├┴╯╰":
            met.append(at)
        if gutter[at] in ("├╰" if step < 0 else "┤╯"):
            break
        at += step
    return met


@pytest.mark.parametrize("seed", range(40))
def test_every_edge_of_any_graph_can_be_followed(seed):
    chance = random.Random(seed)  # noqa: S311 - graphs, not secrets
    net = Net()
    tensors = [net.input(8)]
    for _ in range(40):
        taken = chance.sample(tensors[-6:], min(chance.randint(1, 3), len(tensors[-6:])))
        tensors.append(net("Add", taken) if len(taken) > 1 else net("Dense", *taken, units=8))
    nodes = net.graph(tensors[-1]).nodes
    places = {node.layer.name: place for place, node in enumerate(nodes)}
    expected = {(places[ref.layer], place) for place, n in enumerate(nodes) for ref in n.inputs}
    assert expected == followed(list(lanes(nodes)))


# --- boxes --------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", architectures())
def test_the_flat_dot_has_every_call_once_and_every_edge(key):
    model = inspector.load(key)
    source = dot_source(model, fold=False)
    fields = re.findall(r'^  (n\d+) \[label="\{((?:\\.|[^|\\])*)\|', source, re.MULTILINE)
    names = {node: html.unescape(re.sub(r"\\(.)", r"\1", name)) for node, name in fields}
    drawn = {(names[a], names[b]) for a, b in re.findall(r"^  (n\d+) -> (n\d+)$", source, re.M)}
    if all(row.layers is None for row in model.rows):
        assert sorted(names.values()) == sorted(node.layer.name for node in model.graph.nodes)
        assert drawn == edges(model)
    else:
        inner = [row for row in model.walk() if row.layers is None]
        assert {row.name for row in inner} <= set(names.values())
    assert source.count("{ label=") == source.count("\n  }")


@pytest.mark.parametrize("fold", [True, False])
@pytest.mark.parametrize("key", architectures())
def test_edges_lead_to_later_boxes_and_nothing_stands_alone(key, fold):
    drawn = boxes(inspector.load(key), fold=fold)
    order = {box.key: place for place, box in enumerate(drawn.walk())}
    assert len(order) > 1
    assert all(order[source] < order[target] for source, target in drawn.edges)
    assert {key for edge in drawn.edges for key in edge} == order.keys()


def test_folded_resnet50_has_a_box_for_each_run_of_equal_blocks():
    folded = [box.name for box in boxes(inspector.load("resnet50")).walk() if box.folded]
    assert folded == [
        "conv2_block1",
        "conv2_block{2,3} × 2",
        "conv3_block1",
        "conv3_block{2,3,4} × 3",
        "conv4_block1",
        "conv4_block{2,3,4,5,6} × 5",
        "conv5_block1",
        "conv5_block{2,3} × 2",
    ]


def test_models_inside_are_wired_to_what_is_around_them():
    drawn = boxes(made.siamese(), fold=False)
    names = {box.key: box.name for box in drawn.walk()}
    found = Counter((names[a], names[b]) for a, b in drawn.edges)
    assert found["globalaveragepooling2d_0", "subtract_0"] == 2
    assert found["inputlayer_1", "inputlayer_0"] == 1  # of the outer model to that of the tower


# --- hostile names ------------------------------------------------------------------------------

HOSTILE = [
    '"quoted"',
    "a]) --> b; click n1 href",
    "<script>alert(1)</script>",
    "```\n# heading",
    "} subgraph cluster_x {",
    "back\\slash\\N\\G",
    "pipe|in|record",
    "\u202eright to left\u202c",
    "&lt;b&gt;&#34;",
    "x" * 300,
    "\x1b[31mred",
]


def hostile() -> Model:
    net = Net('n"} -> <b>')
    x = net.input(8)
    for name in HOSTILE:
        x = net("Dense", x, units=8, name=name)
    return net.model(x)


@pytest.mark.parametrize("fold", [True, False])
def test_hostile_names_act_nowhere(fold):
    model = hostile()
    pages = [mermaid(model, fold=fold), markdown(model, fold=fold), dot_source(model, fold=fold)]
    for page in [*pages, text(model, fold=fold)]:
        assert not re.search("[\x00-\x09\x0b-\x1f\x7f\u202a-\u202e]", page)
    flow, page, source = pages
    labels = re.findall(r'^  n\d+\["(.*)"\]$', flow, re.MULTILINE)
    assert len(labels) == len(HOSTILE) + 1
    assert all(not set('"[]{}|`;#&\\') & set(re.sub(r"#\d+;", "", one)) for one in labels)
    assert all("<" not in one.replace("<br>", "") for one in labels)
    shown = [
        re.sub(r"#(\d+);", lambda m: chr(int(m[1])), one.replace("<br>", "")) for one in labels
    ]
    assert any(one.startswith("<script>alert(1)</script>Dense") for one in shown)
    assert page.count("```") == 2
    assert not re.search(r"(?<!\\)<(?!br>)", page.partition("```")[0])
    assert source.count("subgraph") == 1  # the name alone


def test_graphviz_shows_hostile_names_as_they_are(tmp_path):
    dot = shutil.which("graphviz-pure", path=str(Path(sys.executable).parent))
    if dot is None:
        pytest.skip("no graphviz-pure")
    source = tmp_path / "a.dot"
    source.write_text(dot_source(hostile()), "utf-8")
    drawn = subprocess.run([dot, "-Tsvg", str(source)], capture_output=True, check=True, timeout=60)
    svg = drawn.stdout.decode()
    said = {
        html.unescape(one).replace("\xa0", " ") for one in re.findall(r"<text[^>]*>([^<]*)<", svg)
    }
    for name in [
        '"quoted"',
        "<script>alert(1)</script>",
        "} subgraph cluster_x {",
        "pipe|in|record",
    ]:
        assert name in said
    assert {"back\\slash\\N\\G", "&lt;b&gt;&#34;", "x" * 300} <= said


def test_deep_and_long_models_are_drawn():
    net = Net()
    x = net.input(8)
    for _ in range(3000):
        x = net("Dense", x, units=8)
    model = net.model(x)
    assert mermaid(model).count("-->") == 3000
    assert len(text(model).splitlines()) > 3000
    assert all(isinstance(box, Box) for box in boxes(model).walk())


def test_calls_opens_blocks_and_leaves_models():
    found = inspector.blocks("convnexttiny")
    assert len(calls(found.items)) == len(found.model.graph.nodes)


# --- names in Python, and training ---------------------------------------------------------------

COURSE = "sample_models/resnet50_course.py"
PARTLY = "tests/fixtures/partly_frozen.json"


def media(reference: str, **wishes) -> dict[str, str]:
    plot = inspector.plot(reference, **wishes)
    made = {medium: plot.to(medium).decode() for medium in ("dot", "mmd", "md")}
    lines = text_drawing(plot.model, 120, fold=plot.fold, said=plot.beside)
    return made | {"text": "\n".join(line.plain for line in lines)}


def test_every_medium_of_text_names_the_tensors_of_a_program():
    """`X = MaxPooling2D(...)(X)` is the fifth binding of X in the program, as `trace` says."""
    found = media(COURSE, expand=["all"])
    assert re.search(r"max_pooling2d .* X₅, X_shortcut₁ ", found["text"])
    assert re.search(r"\| max\\_pooling2d \|.*\| X₅, X\\_shortcut₁ \|", found["md"])
    key = re.search(r'(n\d+)\["max_pooling2d<br>', found["mmd"])[1]
    assert f'{key} -->|"X₅, X_shortcut₁"| ' in found["mmd"]
    key = re.search(r'(n\d+) \[label="\{max_pooling2d\|', found["dot"])[1]
    assert re.search(rf'{key} -> n\d+ \[label="X₅, X_shortcut₁"\]', found["dot"])


def test_names_are_left_out_where_they_are_not_to_be_shown():
    for text_ in media(COURSE, show=["shapes", "params"]).values():
        assert "X_shortcut" not in text_
    for text_ in media("resnet50").values():
        assert "IN PYTHON" not in text_
        assert "in Python" not in text_


def test_every_medium_of_text_tells_what_is_trained():
    found = media(PARTLY, highlight="frozen", expand=["all"])
    for layer, words in (("c1", "frozen"), ("c2", "trained"), ("only_stats", "averages move")):
        name = layer.replace("_", r"\\_")
        assert re.search(rf"^\| {name} \|.*\| {words} \|$", found["md"], re.MULTILINE)
        assert re.search(rf'\["{layer}<br>.*<br>{words}"\]', found["mmd"])
        escaped = words.replace(" ", r"\\ ")
        assert re.search(rf'label="\{{{layer}\|.*\|{escaped}\}}", style="', found["dot"])
    assert re.search(r"base .* trained in part ", found["text"])
    assert re.search(r"only_stats .* averages move ", found["text"])
    assert "classDef frozen " in found["mmd"]
    assert "classDef partly " not in found["mmd"]


def test_what_is_trained_is_told_only_where_it_is_asked_for():
    for text_ in media(PARTLY).values():
        assert "frozen" not in text_.replace("partly_frozen", "")
        assert "TRAINING" not in text_
