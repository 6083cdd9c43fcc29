"""The calls of a layer as Keras 1 and 2 wrote them: nested lists of `[layer, call, output, …]`."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from inspector.errors import ReadError, shown
from inspector.graph import TensorRef
from inspector.readers.wiring import HAND_EDITED, Part, reference

CONSTANT = "_CONSTANT_VALUE"  # stands where a layer's name would, before a value that is no tensor
Call = tuple[list[Any], dict[str, Any]]


def calls(nodes: Any, names: Collection[str], preserved: bool, where: str) -> Iterator[Call]:
    """The calls in `inbound_nodes`, as positional and keyword arguments.

    Args:
        names: of all layers of the model; a triple that starts with one of them is a tensor.
        preserved: whether a list of one tensor was meant as a list. Ordinary layers wrap whatever
            they take into one more list; functions of TensorFlow do not.

    Raises:
        ReadError: a call is no nested list of references.
    """
    for node in nodes if isinstance(nodes, list) else ():
        found = _first_leaf(node)
        if node == []:  # a node of constants alone
            yield [], {}
            continue
        if found is None:
            raise ReadError(
                where, "a call of it is not readable", received=shown(node), hint=HAND_EDITED
            )
        given = found[3] if len(found) > 3 and isinstance(found[3], dict) else {}
        kwargs = {key: _option(value, names) for key, value in given.items()}
        first = _argument(node, names)
        if isinstance(first, list) and len(first) == 1 and not preserved:
            first = first[0]
        yield [first], kwargs


def _is_leaf(value: Any) -> bool:
    """Whether it is `[layer, call, output, …]`, or a constant in the place of one."""
    if not isinstance(value, list) or len(value) < 3 or not isinstance(value[0], str):
        return False
    return value[0] == CONSTANT or reference(value) is not None


def _first_leaf(node: Any) -> list[Any] | None:
    stack = [node]
    while stack:
        item = stack.pop()
        if _is_leaf(item):
            return list(item)
        if isinstance(item, list):
            stack.extend(reversed(item))
        elif isinstance(item, dict):
            stack.extend(reversed(item.values()))
    return None


def _argument(value: Any, names: Collection[str]) -> Any:
    """The first argument of a call."""
    if _is_leaf(value):
        return _option(value[2], names) if value[0] == CONSTANT else reference(value)
    if isinstance(value, list):
        return [_argument(item, names) for item in value]
    if isinstance(value, dict):
        return {key: _argument(item, names) for key, item in value.items()}
    return value


def _option(value: Any, names: Collection[str]) -> Any:
    """Any further argument; tensors hide in it as bare triples."""
    if isinstance(value, list):
        ref = reference(value) if len(value) == 3 else None
        if ref is not None and ref.layer in names:
            return ref
        return [_option(item, names) for item in value]
    if not isinstance(value, dict):
        return value
    if value.keys() == {"start", "stop", "step"}:
        return slice(*(_option(value[key], names) for key in ("start", "stop", "step")))
    if value.get("class_name") == "__ellipsis__":
        return ...
    return {key: _option(item, names) for key, item in value.items()}


# --- models inside models -----------------------------------------------------------------------


def first_calls(parts: Sequence[Part], doors: Sequence[TensorRef]) -> dict[str, int]:
    """The number that the first call of each model inside has: 1, since building it was a call.

    Only a Sequential that was built by its first call counts from 0. What the file refers to
    settles it wherever the first or the last call is used.
    """
    named: dict[str, set[int]] = {}
    for ref in (*doors, *(ref for part in parts for ref in _taken(part))):
        named.setdefault(ref.layer, set()).add(ref.call)
    return {
        part.layer.name: _first_call(part, named.get(part.layer.name, set()))
        for part in parts
        if part.layer.graph is not None
    }


def _first_call(part: Part, named: set[int]) -> int:
    if 0 in named:
        return 0
    if len(part.calls) in named or part.layer.graph is None:
        return 1
    door = part.layer.graph.nodes[0].layer.config
    return 0 if door.get("batch_input_shape") is None and part.layer.graph.sequential else 1


def _taken(part: Part) -> Iterator[TensorRef]:
    stack: list[Any] = [part.calls]
    while stack:
        item = stack.pop()
        if isinstance(item, TensorRef):
            yield item
        elif isinstance(item, list | tuple):
            stack.extend(item)
        elif isinstance(item, Mapping):
            stack.extend(item.values())
        elif isinstance(item, slice):
            stack.extend((item.start, item.stop, item.step))


def counted_from(value: Any, first: Mapping[str, int]) -> Any:
    """Arguments, or a reference, with every call counted from 0."""
    if isinstance(value, TensorRef):
        return value._replace(call=value.call - first.get(value.layer, 0))
    if isinstance(value, list):
        return [counted_from(item, first) for item in value]
    if isinstance(value, dict):
        return {key: counted_from(item, first) for key, item in value.items()}
    if isinstance(value, slice):
        return slice(*(counted_from(x, first) for x in (value.start, value.stop, value.step)))
    return value
