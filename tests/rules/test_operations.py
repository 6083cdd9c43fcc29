"""Every operation of `keras.ops` gives the shapes that a real Keras gave."""

import json
from collections import Counter
from pathlib import Path

import pytest

from inspector.errors import RuleError
from inspector.graph import Layer
from inspector.rules import all_layers, operation_rule
from inspector.rules.ops import UNRULED
from inspector.rules.ops.core import common
from inspector.rules.rule import OPERATIONS, Spec, bound, spec_of

LAYERS = all_layers()

GOLDEN = Path(__file__).parents[1] / "golden"


def lines(name):
    text = (GOLDEN / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


RECORDED = lines("operations_keras3.jsonl") + lines("operations_more_keras3.jsonl")
GIVEN = [line for line in RECORDED if "raises" not in line]
REFUSED = [line for line in RECORDED if "raises" in line]


def described(line):
    return f"{line['op']} {line['config']} {line['args']}"[:120]


MARKED = {
    "tensor": tuple,
    "slice": lambda parts: slice(*parts),
    "ellipsis": lambda _: ...,
    "__slice__": lambda config: slice(config["start"], config["stop"], config["step"]),
    "__ellipsis__": lambda _: ...,
    "__numpy__": lambda config: config["value"],
}


def plain(value):
    """A recorded value as readers hand it to a rule: only a tensor's shape is a tuple."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") in MARKED:
        return MARKED[value["class_name"]](value["config"])
    (marker, inside), *more = value.items() or [("", None)]
    if marker in MARKED and not more:
        return MARKED[marker](inside)
    return {key: plain(item) for key, item in value.items()}


def called(line, unknown=lambda shape: shape):
    """What the rule says of a recorded call, bound as the walk binds it."""

    def met(value):
        if isinstance(value, tuple):
            return unknown(value)
        return [met(item) for item in value] if isinstance(value, list) else value

    rule = operation_rule(line["op"])
    args = [met(plain(value)) for value in line["args"]]
    kwargs = {key: met(plain(value)) for key, value in line["kwargs"].items()}
    layer = Layer("op", line["op"], config=plain(line["config"]), operation=True)
    flags = {key: value for key, value in kwargs.items() if key not in rule.takes}
    rest = args[len(rule.takes) :]
    return spec_of(rule, layer, bound(rule, args, kwargs), flags, no_inner_layer, rest)


def no_inner_layer(*_):
    raise AssertionError("an operation has no layer inside")


def shapes(outputs):
    """The recorded shapes, flattened: one shape is a list of sizes, several are a list of those."""
    several = bool(outputs) and all(isinstance(each, list) for each in outputs)
    return tuple(map(tuple, outputs if several else [outputs]))


@pytest.mark.parametrize("line", GIVEN, ids=described)
def test_gives_what_keras_gives(line):
    assert called(line).outputs == shapes(line["outputs"])


@pytest.mark.parametrize("line", REFUSED, ids=described)
def test_refuses_what_keras_refuses(line):
    with pytest.raises(RuleError) as refused:
        called(line)
    assert isinstance(refused.value.__cause__, ValueError)


@pytest.mark.parametrize("line", GIVEN, ids=described)
def test_unknown_sizes_never_crash(line):
    """Whatever is unknown, the rule answers, or refuses in words as Keras does."""
    widest = max((len(shape) for shape in tensors(plain(line["args"]))), default=0)
    maskings = [lambda shape: (None,) * len(shape)]
    maskings += [lambda shape, at=at: hidden(shape, at) for at in range(-widest, widest)]
    for masking in maskings:
        try:
            assert isinstance(called(line, masking), Spec)
        except RuleError as error:
            assert isinstance(error.__cause__, ValueError | None), error.__cause__  # noqa: PT017


def hidden(shape, at):
    place = at % len(shape) if -len(shape) <= at < len(shape) else None
    return tuple(None if here == place else size for here, size in enumerate(shape))


def tensors(value):
    if isinstance(value, tuple):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from tensors(item)


def test_every_recorded_class_has_a_rule():
    assert {line["op"] for line in RECORDED} - OPERATIONS.keys() == set()


def test_every_rule_is_recorded():
    assert OPERATIONS.keys() - {line["op"] for line in GIVEN} == set()


@pytest.mark.parametrize("name", UNRULED)
def test_the_rest_has_no_rule(name):
    assert operation_rule(name) is None


def test_no_name_means_two_operations():
    modules = {(line["op"], line["module"]) for line in RECORDED}
    assert Counter(op for op, _ in modules).most_common(1)[0][1] == 1


def test_a_layer_of_the_same_name_keeps_its_own_rule():
    assert LAYERS["Add"].function is not OPERATIONS["Add"].function


def test_a_wider_type_leaves_no_known_shape():
    line = {"op": "View", "config": {"dtype": "float64"}, "args": [{"tensor": [4]}], "kwargs": {}}
    assert called(line).outputs == (None,)


def test_a_known_size_beats_an_unknown_one():
    assert common([(None, 1), (3, None), (1, 1)]) == (3, None)


# Half of what the profiler of TensorFlow 2.21 counts as floating point operations of the concrete
# function of the same Keras 3.15 operation, for a batch of one. It does not look into `Einsum`:
# those were counted on the matrix products that TensorFlow 1 makes of them.
COUNTED = [
    ("Matmul", {}, [(None, 4, 6), (None, 6, 5)], 120),
    ("Matmul", {}, [(None, 6), (6, 5)], 30),
    ("Matmul", {}, [(None, 4, 6), (6, 5)], 120),
    ("Matmul", {}, [(None, 3, 4, 6), (1, 1, 6, 5)], 360),
    ("Matmul", {}, [(None, 3, 4, 6), (3, 6, 5)], 360),
    ("Matmul", {}, [(None, 4, 6), (6,)], 24),
    ("Dot", {}, [(None, 6), (6, 5)], 30),
    ("Dot", {}, [(None, 4, 6), (6, 5)], 120),
    ("Dot", {}, [(None, 4, 6), (6,)], 24),
    ("Dot", {}, [(None, 4, 6), (2, 6, 5)], 240),
    ("Tensordot", {"axes": 1}, [(None, 4, 6), (6, 5)], 120),
    ("Tensordot", {"axes": 2}, [(None, 4, 6), (4, 6, 5)], 120),
    ("Tensordot", {"axes": [[1, 2], [1, 0]]}, [(None, 4, 6), (6, 4, 5)], 120),
    ("Tensordot", {"axes": [[1], [1]]}, [(None, 4, 6), (3, 4)], 72),
    ("Einsum", {"subscripts": "bij,bjk->bik"}, [(None, 4, 6), (None, 6, 5)], 120),
    ("Einsum", {"subscripts": "bi,ij->bj"}, [(None, 6), (6, 5)], 30),
    ("Einsum", {"subscripts": "bhqd,bhkd->bhqk"}, [(None, 2, 4, 6), (None, 2, 5, 6)], 240),
    ("Einsum", {"subscripts": "bij,bij->b"}, [(None, 4, 6), (None, 4, 6)], 24),
    ("Einsum", {"subscripts": "bij,bkj->ik"}, [(None, 4, 6), (None, 3, 6)], 72),
    ("Einsum", {"subscripts": "abc,cde->abde"}, [(None, 4, 6), (6, 2, 3)], 144),
    ("Einsum", {"subscripts": "aecd,abcd->acbe"}, [(None, 7, 2, 4), (None, 5, 2, 4)], 280),
    ("Einsum", {"subscripts": "bqnd,ndh->bqh"}, [(None, 4, 2, 6), (2, 6, 5)], 240),
    ("Einsum", {"subscripts": "...i,ij->...j"}, [(None, 4, 6), (6, 5)], 120),
    ("Conv", {}, [(None, 9, 9, 4), (3, 3, 4, 6)], 10584),
    ("Conv", {"strides": 2, "padding": "same"}, [(None, 9, 9, 4), (3, 3, 4, 6)], 5400),
    ("Conv", {"padding": "same"}, [(None, 8, 8, 4), (3, 3, 4, 2)], 4608),
    ("Conv", {"dilation_rate": 2}, [(None, 10, 10, 4), (3, 3, 4, 6)], 7776),
    ("Conv", {"dilation_rate": 3}, [(None, 12, 12, 4), (3, 3, 4, 6)], 7776),
    ("Conv", {}, [(None, 9, 4), (3, 4, 6)], 504),
    ("Conv", {"strides": 2}, [(None, 10, 4), (3, 4, 6)], 288),
    ("Conv", {}, [(None, 9, 9, 9, 4), (3, 3, 2, 4, 6)], 169344),
    ("DepthwiseConv", {}, [(None, 9, 9, 4), (3, 3, 4, 2)], 3528),
    ("DepthwiseConv", {"strides": 2}, [(None, 9, 9, 4), (3, 3, 4, 2)], 1152),
    ("DepthwiseConv", {"padding": "same"}, [(None, 9, 9, 4), (3, 2, 4, 1)], 1944),
    ("DepthwiseConv", {}, [(None, 9, 4), (3, 4, 2)], 168),
    ("SeparableConv", {}, [(None, 9, 9, 4), (3, 3, 4, 2), (1, 1, 8, 5)], 5488),
    (
        "SeparableConv",
        {"strides": 2, "padding": "same"},
        [(None, 9, 9, 4), (3, 3, 4, 1), (1, 1, 4, 5)],
        1400,
    ),
]


def asked(name, config, *operands):
    args = [{"tensor": list(shape)} for shape in operands]
    return called({"op": name, "config": config, "args": args, "kwargs": {}})


@pytest.mark.parametrize(("name", "config", "operands", "count"), COUNTED)
def test_works_as_much_as_tensorflow_counts(name, config, operands, count):
    assert asked(name, config, *operands).work == count


@pytest.mark.parametrize(
    ("name", "config", "operands"),
    [
        pytest.param("Matmul", {}, [(4, 6), (6, 5)], id="no axis is the batch"),
        pytest.param("Matmul", {}, [(6, 5), (None, 5, 2)], id="the batch is at the right"),
        pytest.param("Matmul", {}, [(None, None, 6), (6, 5)], id="rows are unknown"),
        pytest.param("Einsum", {"subscripts": "bi,bj,bk->b"}, [(None, 2)] * 3, id="an order"),
        pytest.param("Einsum", {"subscripts": "bi,bj->bi"}, [(None, 2)] * 2, id="a sum first"),
        pytest.param("Inner", {}, [(None, 6), (5, 6)], id="no count"),
        pytest.param("ConvTranspose", {}, [(None, 9, 4), (3, 6, 4)], id="another count"),
        pytest.param("DotProductAttention", {}, [(None, 5, 2, 4)] * 3, id="attention"),
        pytest.param("Inv", {}, [(None, 3, 3)], id="a decomposition"),
    ],
)
def test_does_not_guess_the_work(name, config, operands):
    assert asked(name, config, *operands).work is None


@pytest.mark.parametrize("name", ["Add", "Relu", "Sum", "GetItem", "Reshape", "Outer", "MaxPool"])
def test_moving_and_adding_numbers_multiplies_no_matrices(name):
    line = next(line for line in GIVEN if line["op"] == name)
    assert called(line).work == 0
