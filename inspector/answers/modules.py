"""PyTorch modules as rows, counted as PyTorch counts: buffers are no parameters."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from inspector.errors import InspectError, ReadError, Unknown
from inspector.graph import Layer, escaped
from inspector.model import LayerRow, Totals
from inspector.pasted.pytorch import Module
from inspector.rules.pytorch import CONTAINERS, positions
from inspector.rules.rule import MODULES, Spec, spec_of

_FOREIGN = (
    "{} is no class of torch.nn: what stands inside it is counted, but a print does not show "
    "parameters that a module registers itself"
)
_ATTENTION = (
    "a print of MultiheadAttention shows its output projection only; the one for query, key and "
    "value is counted as 3e·e + 3e, as it is unless kdim or vdim was given"
)
_RECURRENT = frozenset(("LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"))


@dataclass(frozen=True, slots=True)
class Counted:
    """Modules as rows with their totals, and what is worth saying about them."""

    rows: tuple[LayerRow, ...]
    totals: Totals
    notes: tuple[str, ...]


def counted(modules: Sequence[Module]) -> Counted:
    """The rows of these modules, those inside others nested.

    Raises:
        ReadError: a module says what none of its class can be.
    """
    walk = _Walk()
    rows = tuple(walk.rows(modules, ""))
    learned = sum(row.params or 0 for row in rows)
    whole = not walk.foreign and all(row.params is not None for row in _all(rows))
    totals = Totals(learned, learned, 0, None, whole)
    return Counted(rows, totals, tuple(walk.notes()))


def _all(rows: Iterable[LayerRow]) -> Iterator[LayerRow]:
    stack = list(rows)
    while stack:
        row = stack.pop()
        yield row
        stack.extend(row.layers or ())


class _Walk:
    """What was met on the way; thrown away when the rows are made."""

    def __init__(self) -> None:
        self.foreign: dict[str, None] = {}
        self.buffers = 0
        self.biases: dict[str, int] = {}  # by recurrent class: what its second biases come to
        self.guessed = False

    def rows(self, modules: Iterable[Module], prefix: str) -> Iterator[LayerRow]:
        """The rows of modules that stand beside each other."""
        for place, module in enumerate(modules):
            first = int(module.name.partition("-")[0]) if module.count > 1 else 0
            for copy in range(module.count):
                name = str(first + copy) if module.count > 1 else module.name
                name = name or (f"{place}" if prefix else module.class_name)
                yield self._row(module, name, prefix + escaped(name))

    def _row(self, module: Module, name: str, path: str) -> LayerRow:
        if module.children and module.class_name != "MultiheadAttention":
            if module.class_name not in CONTAINERS:
                self.foreign[module.class_name] = None
            inner = tuple(self.rows(module.children, f"{path}/"))
            known = [row.params for row in inner if row.params is not None]
            whole = len(known) == len(inner)
            row = _blank(name, path, module.class_name)
            total = sum(known) if whole else None
            return row._replace(params=total, trainable_params=total,
                           non_trainable_params=0 if whole else None, layers=inner)  # fmt: skip
        row = _blank(name, path, module.class_name)
        try:
            spec = self._spec(module)
        except Unknown as unknown:
            return row._replace(notes=(str(unknown),))
        learned = tuple(weight for weight in spec.weights if weight.trainable)
        self.buffers += spec.params - sum(weight.size for weight in learned)
        if module.class_name in _RECURRENT:
            second = sum(w.size for w in learned if w.name == "bias_hh")
            self.biases[module.class_name] = self.biases.get(module.class_name, 0) + second
        said = spec._replace(weights=learned)
        return row._replace(
            params=said.params,
            trainable_params=said.params,
            non_trainable_params=0,
            formula=said.formula,
            arithmetic=said.arithmetic,
            weights=learned,
        )

    def _spec(self, module: Module) -> Spec:
        name = module.class_name
        if module.children:  # attention, whose print names one of its weights
            self.guessed = True
            return _applied(module, "MultiheadAttention", _attention(module))
        if name in CONTAINERS and name not in MODULES:
            return Spec((None,), (), macs=None)
        if name not in MODULES:
            near = difflib.get_close_matches(name, MODULES, n=1, cutoff=0.8)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise Unknown(f"{name} is no module of torch.nn that a rule covers{meant}")
        return _applied(module, name, _config(module))

    def notes(self) -> Iterator[str]:
        """What the counts leave out, and what they assume."""
        if self.buffers:
            yield (
                f"{self.buffers:,} more numbers are buffers (running mean and variance, and a "
                "counter of batches), which PyTorch does not count as parameters; Keras counts "
                "the mean and the variance"
            )
        for name, second in self.biases.items():
            if second:
                yield (
                    f"{name} has two biases in PyTorch, bias_ih and bias_hh: with one, there would "
                    f"be {second:,} parameters less"
                )
        if self.guessed:
            yield _ATTENTION
        if self.foreign:
            yield _FOREIGN.format(", ".join(self.foreign))


def _blank(name: str, path: str, class_name: str) -> LayerRow:
    return LayerRow(
        path=path, name=name, class_name=class_name, operation=False, trainable=True, calls=1,
        outputs=(), params=None, trainable_params=None, non_trainable_params=None, formula=None,
        arithmetic=None, weights=(), macs=None, inbound=(),
    )  # fmt: skip


def _attention(module: Module) -> dict[str, Any]:
    out = next((child for child in module.children if child.name == "out_proj"), None)
    size = out.kwargs.get("in_features") if out else None
    bias = out.kwargs.get("bias", True) if out else True
    return {"embed_dim": size, "bias": bias}


def _config(module: Module) -> dict[str, Any]:
    names = positions(module.class_name)
    config = {**dict(zip(names, module.args, strict=False)), **module.kwargs}
    kernel = config.get("kernel_size")
    if isinstance(kernel, int) and module.class_name.endswith(("1d", "2d", "3d")):
        config["kernel_size"] = (kernel,) * int(module.class_name[-2])
    return config


def _applied(module: Module, class_name: str, config: dict[str, Any]) -> Spec:
    rule = MODULES[class_name]
    if "" in config or any(config.get(key) is ... for key in rule.options):
        raise Unknown(f"what its brackets hold is not understood: {module.text[:60]}")
    layer = Layer(module.name or class_name, class_name, config)
    try:
        return spec_of(rule, layer, {}, {}, _no_layers)
    except InspectError as error:
        example = f"{class_name}({', '.join(positions(class_name)[:3])}, …)"
        raise ReadError(module.place, error.problem, received=module.text[:60],
                        hint=f"write {example}") from error  # fmt: skip


def _no_layers(*_: Any, **__: Any) -> Spec:
    raise Unknown("a module of torch.nn holds no layer")
