"""What the rules look at: every call of a layer, and who takes what it gives."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from functools import cached_property
from itertools import pairwise

from inspector.answers.lint.source import Scope, Source, within_loop
from inspector.dims import Shape
from inspector.graph import Graph, TensorRef
from inspector.symbolic.outside import Binding, Run
from inspector.symbolic.wiring import Key, Whole, Wired, Wiring

Place = tuple[int, int]  # layer object, call

MERGES = frozenset(("Add", "Subtract", "Average", "Maximum", "Minimum", "Multiply", "Concatenate"))


class Wires:
    """Calls of layers, each after those that feed it."""

    def __init__(self, wiring: Wiring) -> None:
        self.wiring = wiring
        self.calls = wiring.calls
        self.at: dict[Place, Wired] = {call[:2]: call for call in wiring.calls}
        self.order: dict[Place, int] = {call[:2]: i for i, call in enumerate(wiring.calls)}

    @cached_property
    def takers(self) -> Mapping[Place, list[Wired]]:
        """The calls that take what a call gives."""
        found: dict[Place, list[Wired]] = {}
        for call in self.calls:
            for key in call.inputs:
                found.setdefault(key[:2], []).append(call)
        return found

    @cached_property
    def doubled(self) -> list[Wired]:
        """The merges that take one tensor more than once."""
        return [
            call
            for call in self.calls
            if call.layer.class_name in MERGES and len(set(call.inputs)) < len(call.inputs)
        ]

    @cached_property
    def kept(self) -> frozenset[Place]:
        """The calls that are in a model."""
        return frozenset(place for model in self.wiring.models for place in model.kept)

    @cached_property
    def given(self) -> frozenset[Place]:
        """The calls whose tensors are the outputs of a model."""
        return frozenset(key[:2] for model in self.wiring.models for key in model.outputs)

    def shape(self, key: Key) -> Shape | None:
        """The shape of a tensor; None where nobody knows it."""
        call = self.at.get(key[:2])
        if call is None or key[2] >= len(call.outputs):
            return None
        return call.outputs[key[2]]

    def name(self, key: Key) -> str:
        """The layer that gives a tensor."""
        call = self.at.get(key[:2])
        return call.layer.name if call is not None else "a layer of another model"

    def behind(self, place: Place) -> set[Place]:
        """Everything that a call is computed from, itself among it."""
        found: set[Place] = set()
        stack = [place]
        while stack:
            one = stack.pop()
            if one not in found:
                found.add(one)
                call = self.at.get(one)
                stack.extend(key[:2] for key in call.inputs) if call else None
        return found

    def feeding(self, call: Wired) -> Wired | None:
        """The call that a call of one input takes it from."""
        return self.at.get(call.inputs[0][:2]) if len(call.inputs) == 1 else None


class Names:
    """The names of a program, and where each meaning of them is read."""

    def __init__(self, run: Run, source: Source) -> None:
        self.run, self.source = run, source
        self.by_name: dict[tuple[int, str], list[int]] = {}
        self.by_place: dict[Place, list[Binding]] = {}
        self.places: list[int] = []  # of each binding, among those of its name
        for number, one in enumerate(run.bindings):
            listed = self.by_name.setdefault((one.frame, one.variable), [])
            self.places.append(len(listed))
            listed.append(number)
            if one.kind == "tensor":
                self.by_place.setdefault(one.key[:2], []).append(one)
        self.numbers = {id(one): number for number, one in enumerate(run.bindings)}

    def scope(self, frame: int) -> Scope:
        """The text of the function that was called."""
        return self.source.scope(self.run.frames[frame].first, frame)

    def following(self, binding: Binding) -> Binding | None:
        """The next binding of the same name in the same call of a function."""
        listed = self.by_name[binding.frame, binding.variable]
        place = self.places[self.numbers[id(binding)]] + 1
        return self.run.bindings[listed[place]] if place < len(listed) else None

    def before(self, name: str, binding: Binding) -> Binding | None:
        """What a name means when `binding` is made."""
        number = self.numbers[id(binding)]
        listed = self.by_name.get((binding.frame, name), [])
        place = bisect_left(listed, number)
        return self.run.bindings[listed[place - 1]] if place else None

    def named(self, binding: Binding) -> str:
        """A name with its number, where it has several meanings in one call."""
        many = len(self.by_name[binding.frame, binding.variable]) > 1
        return binding.variable + (_lowered(binding.version) if many else "")

    def is_read(self, binding: Binding, *, returned: bool = True) -> bool:
        """Whether anything may read a name while it has this meaning; in doubt it does.

        Args:
            returned: count what a function returns as read.
        """
        name, scope = binding.variable, self.scope(binding.frame)
        if not name.isidentifier() or name.startswith("_") or name in scope.inner:
            return True
        first = binding.end if binding.version else binding.line - 1
        spans = self._spans(binding, scope, first)
        return any(
            returned or not _in_return(scope, node.lineno)
            for start, end in spans
            for node in scope.reads(name, start, end)
        ) or self._augmented(binding)

    def _augmented(self, binding: Binding) -> bool:
        """Whether the next binding is `x += …`, which reads the name too."""
        following = self.following(binding)
        if following is None:
            return False
        text = following.code.partition("=")[0]
        return text.rstrip().endswith(("+", "-", "*", "/", "@", "%", "|", "&", "^"))

    def _spans(self, binding: Binding, scope: Scope, first: int) -> list[tuple[int, int]]:
        """The lines that may run while a name has this meaning."""
        following = self.following(binding)
        loop = within_loop(scope, binding.line) if binding.version else None
        spans = []
        if following is None:
            spans.append((first, 1 << 30))
        elif self._straight(binding, following):
            return [(first, following.end)]
        else:
            spans.append((first, max(following.end, first)))
            loop = loop or within_loop(scope, following.line)
        if loop is not None:
            spans.append((loop[0] - 1, loop[1]))
        return spans

    def _straight(self, binding: Binding, following: Binding) -> bool:
        """Whether all that happened between two bindings went down the page."""
        start, end = self.numbers[id(binding)], self.numbers[id(following)]
        lines = [
            one.line for one in self.run.bindings[start : end + 1] if one.frame == binding.frame
        ]
        # A line that is reached again went round a loop.
        down = following.line > binding.end or not binding.version
        return down and all(one <= other for one, other in pairwise(lines))


def _in_return(scope: Scope, line: int) -> bool:
    import ast  # noqa: PLC0415 - here alone

    return isinstance(scope.holding(line), ast.Return)


def _lowered(number: int) -> str:
    return str(number).translate(str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉"))


def wires_of(graph: Graph, shapes: Mapping[TensorRef, Shape | None]) -> Wires:
    """The calls of a model from a file."""
    numbers: dict[str, int] = {}
    calls = []
    for node in graph.nodes:
        serial = numbers.setdefault(node.layer.name, len(numbers))
        inputs = tuple((numbers[ref.layer], ref.call, ref.output) for ref in node.inputs)
        outputs = []
        ref = TensorRef(node.layer.name, node.call)
        while ref in shapes:
            outputs.append(shapes[ref])
            ref = ref._replace(output=len(outputs))
        calls.append(Wired(serial, node.call, node.layer, inputs, tuple(outputs)))
    ends = [
        tuple((numbers[ref.layer], ref.call, ref.output) for ref in refs if ref.layer in numbers)
        for refs in (graph.inputs, graph.outputs)
    ]
    kept = frozenset(call[:2] for call in calls)
    whole = Whole(-1, graph.name, kept, ends[0], ends[1])
    return Wires(Wiring(tuple(calls), (), (whole,)))
