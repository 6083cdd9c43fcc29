"""Every operation of `keras.ops` gives the shapes that a real Keras gave."""

import json
from collections import Counter
from pathlib import Path

import pytest

from inspector.errors import RuleError
from inspector.graph import Layer
from inspector.rules import operation_rule
from inspector.rules.ops import UNRULED
from inspector.rules.ops.core import common
from inspector.rules.rule import LAYERS, OPERATIONS, Spec, bound, spec_of

GOLDEN = Path(__file__).parents[1] / "golden"


def lines(name):
    text = (GOLDEN / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


RECORDED = lines("operations_keras3.jsonl") + lines("operations_more_keras3.jsonl")
GIVEN = [line for line in RECORDED if "raises" not in line]
REFUSED = [line for line in RECORDED if "raises" in line]


def described(line):
    return f"{line['op']} {line['config']} {line['args']}"[:120]


def plain(value):
    """A recorded value as readers hand it to a rule: shapes are tuples, tuples are lists."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, dict):
        return value
    if "tensor" in value:
        return tuple(value["tensor"])
    if "slice" in value:
        return slice(*value["slice"])
    if "ellipsis" in value:
        return ...
    marker, config = value.get("class_name"), value.get("config", {})
    if marker == "__slice__":
        return slice(config["start"], config["stop"], config["step"])
    if marker == "__ellipsis__":
        return ...
    if marker in ("__tuple__", "__numpy__"):
        return plain(value["items"] if "items" in value else config["value"])
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
    with pytest.raises(RuleError):
        called(line)


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


# Counted by the profiler of TensorFlow 2.21 on the concrete function of the same Keras 3.15
# operation with a batch of one; half of its floating point operations, rounding of `Einsum` by
# the same profiler on the matrix products that TensorFlow 1 makes of it.
COUNTED = []
