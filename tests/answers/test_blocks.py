"""Blocks: the numbers come from papers, the structures of other models are made by hand."""

from __future__ import annotations

import csv
import random
from itertools import product
from pathlib import Path

import pytest

import inspector
from inspector.answers.blocks import Block, Blocks, Step, blocks
from inspector.graph import TensorRef
from inspector.model import Model
from inspector.readers.zoo import architectures
from tests.answers.nets import Net

GOLDEN = Path(__file__).parents[1] / "golden"
PAPERS = {
    row["architecture"]: row
    for row in csv.DictReader((GOLDEN / "blocks_in_papers.csv").open("r", encoding="utf-8"))
}


def sizes(found: Blocks) -> list[int]:
    """How many blocks stand in each stage, in order."""
    return [size for _, group in found.stages for size in group]


# --- the catalogue ------------------------------------------------------------------------------


def test_the_table_of_papers_has_every_architecture():
    assert PAPERS.keys() == architectures().keys()


@pytest.mark.parametrize("key", PAPERS)
def test_stages_are_those_of_the_paper(key):
    row = PAPERS[key]
    found = blocks(inspector.load(key))
    expected = [int(size) for size in (row["found"] or row["stages"]).split()]
    assert sizes(found) == expected
    assert found.count == sum(expected)
    assert bool(row["found"]) == bool(row["why"])
    check(found)


def test_ten_of_the_seventeen_blocks_of_mobilenetv2_have_an_add():
    units = blocks(inspector.load("mobilenetv2")).units
    assert [len(units), sum(unit.join == "Add" for unit in units)] == [17, 10]


@pytest.mark.parametrize(
    ("key", "signature"),
    [
        ("resnet50", "stem + (A + 2·B) + (A + 3·B) + (A + 5·B) + (A + 2·B) + head"),
        ("densenet121", "stem + 6·A + 12·A + 24·A + 16·A + head"),
        ("vgg16", "(2·A + 3·B) + head"),
        ("xception", "stem + (A + 2·A') + 8·B + A' + head"),
    ],
)
def test_a_signature_says_the_blocks_in_one_line(key, signature):
    assert blocks(inspector.load(key)).signature == signature


def test_titles_params_and_ends_of_a_block():
    found = blocks(inspector.load("resnet50"))
    stage = next(item for item in found.items if isinstance(item, Block))
    first, second, _ = stage.items
    assert isinstance(first, Block)
    assert isinstance(second, Block)
    assert (stage.kind, stage.title, stage.params) == ("stage", "conv2", 220_032)
    assert (first.title, first.mark, first.word, first.join) == (
        "conv2_block1",
        "A",
        "bottleneck",
        "Add",
    )
    assert (first.params, second.params) == (76_928, 71_552)  # sums of Keras' summary
    assert not first.identity
    assert second.identity
    assert first.inputs == (TensorRef("pool1_pool"),)
    assert first.outputs == second.inputs == (TensorRef("conv2_block1_out"),)


# --- what always holds --------------------------------------------------------------------------


def check(found: Blocks) -> None:
    """Every call stands once; and whatever is folded, the rest can be run, so there is no cycle."""
    seen: list[tuple[str, int]] = []
    _run(found.items, seen)
    assert sorted(seen) == sorted((node.layer.name, node.call) for node in found.model.graph.nodes)
    assert len(set(seen)) == len(seen)


def _run(items: tuple[Step | Block, ...], seen: list[tuple[str, int]]) -> None:
    """Run a region: all that an item takes, a whole block too, is given by what stands before."""
    known = set(seen)
    for item in items:
        start = len(seen)
        if isinstance(item, Block) and item.kind != "model":
            assert {ref[:2] for ref in item.inputs} <= known
            _run(item.items, seen)
            assert {ref[:2] for ref in item.outputs} <= set(seen[start:])
        else:
            node = item.node
            assert {ref[:2] for ref in node.inputs} <= known
            seen.append((node.layer.name, node.call))
        known.update(seen[start:])


@pytest.mark.parametrize("seed", range(60))
def test_any_graph_can_be_folded(seed):
    chance = random.Random(seed)  # noqa: S311 - graphs, not secrets
    net = Net()
    tensors = [net.input(8, 16) for _ in range(chance.randint(1, 3))]
    for _ in range(chance.randint(1, 120)):
        taken = chance.sample(tensors[-chance.choice((2, 5, 50)) :], 1)
        if chance.random() < 0.3 and len(tensors) > 2:
            taken += chance.sample(tensors[-6:], min(chance.randint(1, 3), len(tensors) - 1))
        if len(taken) > 1:
            tensors.append(net(chance.choice(("Add", "Maximum", "Multiply")), taken))
        else:
            kind = chance.choice(("Dense", "Dense", "Activation", "Dropout"))
            config = {"Dense": {"units": 16}, "Dropout": {"rate": 0.1}}
            tensors.append(net(kind, *taken, **config.get(kind, {"activation": "relu"})))
    check(blocks(net.model(*chance.sample(tensors, min(2, len(tensors))))))


# --- other families -----------------------------------------------------------------------------


def basic(net: Net, x: TensorRef, filters: int, strides: int) -> TensorRef:
    """Two convolutions and a shortcut, projected where the size changes."""
    y = net.conv(x, filters, strides=strides)
    y = net("Conv2D", y, filters=filters, kernel_size=[3, 3], padding="same")
    y = net("BatchNormalization", y)
    if strides > 1:
        x = net("Conv2D", x, filters=filters, kernel_size=[1, 1], strides=strides)
    return net("ReLU", net("Add", [x, y]))


def resnet20() -> Model:
    """He et al. 2015, section 4.2: three stages of three blocks for CIFAR-10."""
    net = Net()
    x = net.conv(net.input(32, 32, 3), 16)
    for stage, place in product(range(3), range(3)):
        x = basic(net, x, 16 << stage, 2 if stage and not place else 1)
    return net.model(net("Dense", net("GlobalAveragePooling2D", x), units=10))


def unet(levels: int = 4) -> Model:
    """Ronneberger et al. 2015: as many levels down as up."""
    net = Net()
    x = net.input(256, 256, 3)
    skips = []
    for level in range(levels):
        x = net.conv(net.conv(x, 8 << level), 8 << level)
        skips.append(x)
        x = net("MaxPooling2D", x, pool_size=2)
    x = net.conv(net.conv(x, 8 << levels), 8 << levels)
    for level in reversed(range(levels)):
        x = net("Conv2DTranspose", x, filters=8 << level, kernel_size=[2, 2], strides=2)
        x = net("Concatenate", [skips[level], x])
        x = net.conv(net.conv(x, 8 << level), 8 << level)
    return net.model(net("Conv2D", x, filters=1, kernel_size=[1, 1]))


def attended(net: Net, x: TensorRef, other: TensorRef) -> TensorRef:
    return net("LayerNormalization", net("Add", [x, net.attention(x, other)]))


def thought(net: Net, x: TensorRef) -> TensorRef:
    return net("LayerNormalization", net("Add", [x, net.perceptron(x, 64)]))


def encoder(*, before: bool, blocks: int = 6) -> Model:
    """Vaswani et al. 2017, or with the normalisation before, as GPT-2 and ViT have it."""
    net = Net()
    x = net.input(32, 64)
    for _ in range(blocks):
        if before:
            y = net("LayerNormalization", x)
            x = net("Add", [x, net.attention(y, y)])
            x = net("Add", [x, net.perceptron(net("LayerNormalization", x), 64)])
        else:
            x = thought(net, attended(net, x, x))
    return net.model(net("Dense", net("GlobalAveragePooling1D", x), units=3))


def translator() -> Model:
    """Encoder and decoder; every decoder block looks at what the encoder gives."""
    net = Net()
    x, y = net.input(32, 64), net.input(16, 64)
    for _ in range(4):
        x = thought(net, attended(net, x, x))
    for _ in range(3):
        y = thought(net, attended(net, attended(net, y, y), x))
    return net.model(net("Dense", y, units=100))


def squeezenet() -> Model:
    """Iandola et al. 2016, version 1.1: fire modules 2, 3; 4, 5; 6 to 9."""
    net = Net()
    x = net("MaxPooling2D", net.conv(net.input(224, 224, 3), 64, strides=2), pool_size=2)
    for place in range(8):
        x = net.conv(x, 16, 1)
        x = net("Concatenate", [net.conv(x, 64, 1), net.conv(x, 64, 3)])
        if place in (1, 3):
            x = net("MaxPooling2D", x, pool_size=2)
    return net.model(net("Dense", net("GlobalAveragePooling2D", x), units=10))


def spelled_out() -> Model:
    """Dense layers that each concatenate all tensors before them, as Huang et al. write it."""
    net = Net()
    x = net.conv(net.input(32, 32, 3), 16)
    for _ in range(2):
        tensors = [x]
        for _ in range(6):
            y = net("Concatenate", list(tensors)) if len(tensors) > 1 else x
            tensors.append(net.conv(net.conv(y, 32, 1), 12))
        x = net.conv(net("Concatenate", tensors), 16, 1)
        x = net("AveragePooling2D", x, pool_size=2)
    return net.model(net("Dense", net("GlobalAveragePooling2D", x), units=10))


def googlenet() -> Model:
    """Szegedy et al. 2014: nine modules, and two heads on the way."""
    net = Net()
    x = net.conv(net.input(64, 64, 3), 64, 7)
    heads = []
    for place in range(9):
        pooled = net("MaxPooling2D", x, pool_size=3, strides=1, padding="same")
        branches = [net.conv(x, 16, 1), net.conv(net.conv(x, 16, 1), 16, 3)]
        branches += [net.conv(net.conv(x, 16, 1), 16, 5), net.conv(pooled, 16, 1)]
        x = net("Concatenate", branches)
        if place in (3, 6):
            heads.append(net("Dense", net("GlobalAveragePooling2D", x), units=10))
    return net.model(net("Dense", net("GlobalAveragePooling2D", x), units=10), *heads)


def recurrent() -> Model:
    net = Net()
    x = net.input(20, 8)
    for _ in range(3):
        x = net("Dropout", net("LSTM", x, units=16, return_sequences=True), rate=0.1)
    return net.model(net("Dense", x, units=1))


def siamese() -> Model:
    """One tower of three blocks, called twice: three blocks, since they are the same layers."""
    tower = Net("tower")
    x = tower.conv(tower.input(32, 32, 3), 16)
    for _ in range(3):
        x = basic(tower, x, 16, 1)
    layer = tower.layer(tower("GlobalAveragePooling2D", x))
    net = Net()
    one, two = net.input(32, 32, 3), net.input(32, 32, 3)
    x = net("Subtract", [net.call(layer, one), net.call(layer, two)])
    return net.model(net("Dense", x, units=1))


def of_models() -> Model:
    """Four models of one structure in a row."""
    net = Net()
    x = net.input(32, 64)
    for place in range(4):
        inner = Net(f"layer_{place}")
        y = inner.input(32, 64)
        x = net.call(inner.layer(thought(inner, attended(inner, y, y))), x)
    return net.model(net("Dense", x, units=3))


@pytest.mark.parametrize(
    ("model", "stages", "word", "count"),
    [
        pytest.param(resnet20(), [3, 3, 3], "residual block", 9, id="resnet20"),
        pytest.param(unet(), [4, 4], "block", 8, id="unet"),
        pytest.param(encoder(before=True), [6], "transformer block", 6, id="pre-norm"),
        pytest.param(encoder(before=False), [6], "transformer block", 6, id="post-norm"),
        pytest.param(translator(), [4, 3], "transformer block", 7, id="translator"),
        pytest.param(squeezenet(), [2, 2, 4], "block", 8, id="squeezenet"),
        pytest.param(spelled_out(), [6, 6], "dense layer", 12, id="spelled-out"),
        pytest.param(googlenet(), [9], "inception module", 9, id="googlenet"),
        pytest.param(recurrent(), [3], "block", 3, id="recurrent"),
        pytest.param(siamese(), [3, 3], "residual block", 3, id="siamese"),
        pytest.param(of_models(), [4], "block", 4, id="models"),
    ],
)
def test_blocks_of_other_families(model, stages, word, count):
    found = blocks(model)
    assert sizes(found) == stages
    assert {word} == {unit.word for unit in found.units}
    assert found.count == count
    check(found)


@pytest.mark.parametrize("classes", [[], ["Dense"], ["LSTM"] * 3, ["Dense", "Activation"]])
def test_where_nothing_repeats_there_is_no_block(classes):
    net = Net()
    x = net.input(20, 8)
    for name in classes:
        config = {"activation": "relu"} if name == "Activation" else {"units": 16}
        x = net(name, x, **config, **({"return_sequences": True} if name == "LSTM" else {}))
    found = blocks(net.model(x))
    assert (found.count, found.signature, found.stages) == (None, "", ())
    check(found)


def test_time_is_linear():
    """Ten times the layers in at most twenty times the time, on a busy machine."""
    import time

    def seconds(size: int) -> float:
        net = Net()
        x = net.input(8, 8, 8)
        for _ in range(size):
            x = basic(net, x, 8, 1)
        model = net.model(x)
        best = []
        for _ in range(3):
            start = time.process_time()
            assert blocks(model).count == size
            best.append(time.process_time() - start)
        return min(best)

    assert seconds(1000) < 20 * seconds(100)
