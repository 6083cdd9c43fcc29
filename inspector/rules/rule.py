"""What a rule is: one pure function that says what one call of a Keras class comes to.

    @rule("Dense")
    def dense(inputs: Shape, *, units: Count, use_bias: bool = True) -> Spec: ...

Positional parameters are the arguments of Keras' `call`, under Keras' names; a tensor arrives as
its shape (a tuple), anything else as the plain value that was passed. Keyword-only parameters are
the keys of the layer's config (or flags of the call), with Keras' names and defaults; their
annotations are checked before the rule runs, so a rule never meets `filters: "three"`. Two names
the walk fills in: `apply`, for layers inside, and `dialect`, for what Keras 2 did otherwise.

Parameter counts, formula and weight shapes all come out of `Spec.weights`: they cannot disagree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from math import gcd
from typing import Any, NamedTuple

from inspector.dims import MAX_RANK, MAX_SIZE, Dim, Ints, Product, Shape, plus
from inspector.errors import RuleError, Unknown, shown
from inspector.graph import Layer, Untold, Weight
from inspector.rules.checks import CHECKS, Check, checked

Count = int  # a whole number of at least 1
Counts = Ints  # one such number for every axis, or one for each
Padding = str  # "valid", "same"; "causal" for convolutions over time
AnyPadding = str  # one of these, or "full", as Keras 1 had it
DataFormat = str | None  # "channels_last" (also meant by None) or "channels_first"


class Spec(NamedTuple):
    """What one call of a layer comes to: what it gives, the weights it needs, its work.

    `outputs` holds one shape per output tensor, flattened in Keras' order; `None` stands for a
    shape that the rule cannot know (the walk then asks what the file recorded).

    `macs` holds the multiply-adds, for one example: batch, biases and activations are left out.
    `None` means that no independent count has confirmed a formula for this class yet.
    """

    outputs: tuple[Shape | None, ...]
    weights: tuple[Weight, ...] = ()
    macs: tuple[Product, ...] | None = ()
    architecture: int | None = None  # parameters before LoRA or quantisation; None: neither is used

    @property
    def params(self) -> int:
        """How many numbers the weights hold."""
        return sum(weight.size for weight in self.weights)

    @property
    def work(self) -> Dim:
        """Multiply-adds of this call; `None` when unconfirmed or when a size is unknown."""
        return None if self.macs is None else plus(macs.value for macs in self.macs)

    @property
    def formula(self) -> str:
        """The parameter count in symbols, such as `f·f·nC_in·nC_out + nC_out`."""
        return _spelled(tuple(weight.axes for weight in self.weights))[0]

    @property
    def arithmetic(self) -> str:
        """The formula with its numbers, term by term, such as `5·5·3·8 + 8`."""
        return _spelled(tuple(weight.axes for weight in self.weights))[1]

    @property
    def partly(self) -> str:
        """The arithmetic with the symbol of every size that is not known: `5·5·nC_in·8 + 8`."""
        return _sum_of_terms([(str(w.axes), w.axes.mixed) for w in self.weights])


@lru_cache(maxsize=4096)  # layers of a model are much alike
def _spelled(terms: tuple[Product, ...]) -> tuple[str, str]:
    """The sum of these products in symbols, and with its numbers."""
    formula = _sum_of_terms([(str(term), str(term)) for term in terms])
    return formula, _sum_of_terms([(str(term), term.digits) for term in terms])


def _sum_of_terms(terms: Sequence[tuple[str, str]]) -> str:
    """`a + b` for the distinct terms, repeated ones multiplied: `4·nC`, `2·(a + b)`.

    They are grouped by symbols, not by digits: 3·3·8·8 + 8·8 keeps the shape of its formula.
    """
    counted = Counter(term for term, _ in terms)
    common = gcd(*counted.values()) if len(counted) > 1 else 1
    written = dict(terms)
    total = " + ".join(_times(count // common, written[term]) for term, count in counted.items())
    return f"{common}·({total})" if common > 1 else total or "0"


def _times(count: int, term: str) -> str:
    return term if count == 1 else f"{count}" if term == "1" else f"{count}·{term}"


Told = tuple[Callable[..., Spec], int, tuple[str, ...], str]  # all that a rule is told by a call
Apply = Callable[..., Spec]  # apply(layer, *shapes, **keyword shapes): the spec of an inner layer


class Rule(NamedTuple):
    """A registered rule, with what its signature says taken apart once."""

    function: Callable[..., Spec]
    takes: tuple[str, ...]  # Keras' names of the call's arguments, in order
    required: int  # how many of them must be given
    options: Mapping[str, Check]  # config keys, each with the check of its annotation
    needed: frozenset[str]  # config keys without a default
    injected: tuple[str, ...]  # of `apply` and `dialect`, those it asks for
    weightless: bool  # owns no weights whatever flows in
    ndim: int | None  # the rank that Keras demands of the first input

    @property
    def variadic(self) -> bool:
        """Whether it takes any number of tensors, as `keras.ops.einsum` does."""
        return bool(self.function.__code__.co_flags & 0x04)

    @property
    def open(self) -> bool:
        """Whether it takes keyword arguments of any name, as `keras.ops.rearrange` does."""
        return bool(self.function.__code__.co_flags & 0x08)


_INJECTED = ("apply", "dialect")  # what a rule asks of us, not of a config
LAYERS: dict[str, Rule] = {}  # class name of a layer to its rule
OPERATIONS: dict[str, Rule] = {}  # class name of a `keras.ops` operation to its rule
FUNCTIONS: dict[str, Rule] = {}  # name of a function of TensorFlow, without `tf.`, to its rule
MODULES: dict[str, Rule] = {}  # class name of a module of torch.nn to its rule

Registrar = Callable[[Callable[..., Spec]], Callable[..., Spec]]


def rule(*names: str, **ndims: int) -> Registrar:
    """Register one rule for the layer classes it speaks for.

    A class given as a keyword comes with the rank that Keras demands of its input:
    `@rule(Conv1D=3, Conv2D=4, Conv3D=5)`.
    """
    return _registrar(LAYERS, names, ndims, weightless=False)


def weightless(*names: str, **ndims: int) -> Registrar:
    """Register a rule for layer classes that never own a weight: truly zero, whatever flows in."""
    return _registrar(LAYERS, names, ndims, weightless=True)


def operation(*names: str) -> Registrar:
    """Register a rule for classes of `keras.ops`; operations never own weights."""
    return _registrar(OPERATIONS, names, {}, weightless=True)


def tf_function(*names: str) -> Registrar:
    """Register a rule for functions of TensorFlow, whose arguments all belong to the call."""
    return _registrar(FUNCTIONS, names, {}, weightless=True)


def module(*names: str) -> Registrar:
    """Register a rule for modules of torch.nn, which name their sizes themselves."""
    return _registrar(MODULES, names, {}, weightless=False)


def _registrar(
    registry: dict[str, Rule], names: Sequence[str], ndims: Mapping[str, int], weightless: bool
) -> Registrar:
    def register(function: Callable[..., Spec]) -> Callable[..., Spec]:
        for name in (*names, *ndims):
            if name in registry:
                raise ValueError(f"{name} already has a rule: {registry[name].function.__name__}")
            registry[name] = _taken_apart(function, weightless, ndims.get(name))
        return function

    return register


def _taken_apart(function: Callable[..., Spec], weightless: bool, ndim: int | None) -> Rule:
    # From the code object: inspect.signature costs twenty times as much, for every class.
    code = function.__code__
    takes = code.co_varnames[: code.co_argcount]
    keywords = code.co_varnames[code.co_argcount : code.co_argcount + code.co_kwonlyargcount]
    defaults = function.__kwdefaults__ or {}
    options = {
        key: CHECKS[function.__annotations__[key]] for key in keywords if key not in _INJECTED
    }
    return Rule(
        function=function,
        takes=takes,
        required=len(takes) - len(function.__defaults__ or ()),
        options=options,
        needed=frozenset(options) - defaults.keys(),
        injected=tuple(key for key in keywords if key in _INJECTED),
        weightless=weightless,
        ndim=ndim,
    )


# --- applying a rule ----------------------------------------------------------------------------


def bound(rule: Rule, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of a call by Keras' names; those that no shape depends on are left out."""
    named = dict(zip(rule.takes, args, strict=False))
    if kwargs:
        named.update((key, kwargs[key]) for key in rule.takes if key in kwargs)
    return named


def spec_of(
    rule: Rule,
    layer: Layer,
    arguments: Mapping[str, Any],
    flags: Mapping[str, Any],
    apply: Apply,
    rest: Sequence[Any] = (),
    *,
    met: dict[Told, Spec] | None = None,
) -> Spec:
    """What a call of `layer` comes to, by `rule`.

    Args:
        arguments: what `bound` gave, with a shape in place of every tensor.
        flags: keyword arguments of the call, which win over config keys of the same name.
        apply: gives the spec of a layer inside this one, for wrappers and cells.
        rest: further positional arguments, for a rule that takes any number.
        met: where specs are kept for the next call of which a rule is told the same.

    Raises:
        RuleError: the config, or the shapes that flow in, are none that Keras could build.
        Unknown: nobody can know from here.
    """
    if met is None or flags or rest or "apply" in rule.injected or may_vary(layer.config):
        return _applied(rule, layer, arguments, flags, apply, rest)
    config = layer.config
    told = [config[key] for key in rule.options if key in config]
    # As text, since True is not 1 here, and lists have no hash.
    key = rule.function, layer.dialect, tuple(config), repr((told, arguments))
    spec = met.get(key)
    if spec is None:
        spec = met[key] = _applied(rule, layer, arguments, flags, apply, rest)
    return spec


def _applied(
    rule: Rule,
    layer: Layer,
    arguments: Mapping[str, Any],
    flags: Mapping[str, Any],
    apply: Apply,
    rest: Sequence[Any],
) -> Spec:
    options = _options(rule, layer, flags)
    _check_arguments(rule, arguments, layer)
    for key in rule.injected:
        options[key] = apply if key == "apply" else layer.dialect
    if rule.open:
        options.update(flags)
    try:
        if rule.variadic:
            given = [arguments[key] for key in rule.takes if key in arguments]
            spec = rule.function(*given, *rest, **options)
        else:
            spec = rule.function(**arguments, **options)
        _check_shapes(spec)
        if may_vary(layer.config):
            varied = _varied(layer, spec)
            _check_shapes(varied)
            if varied.weights != spec.weights:
                spec = varied._replace(architecture=spec.params)
    except (ValueError, TypeError, IndexError, KeyError, ArithmeticError) as error:
        # A rule is written for configs that Keras accepts; what trips it, trips Keras too.
        received = ", ".join(shown(arguments[key]) for key in rule.takes if key in arguments)
        raise RuleError(
            _place(layer),
            f"its settings and its input do not fit: {error}",
            received=received,
            hint="Keras could not build this layer either; look at the layer that feeds it",
        ) from error
    _check_known(spec)
    return spec


def may_vary(config: Mapping[str, Any]) -> bool:
    """Whether a layer has LoRA, or a policy that says more than a type."""
    policy = config.get("dtype")
    if isinstance(policy, dict):
        only_a_type = policy.get("class_name") in (None, "DTypePolicy", "Policy")
    else:
        only_a_type = "_from_" not in str(policy)
    return "lora_rank" in config or not only_a_type


def _varied(layer: Layer, spec: Spec) -> Spec:
    from inspector.rules.variants import VARIANTS  # noqa: PLC0415 - few models have them

    vary = VARIANTS.get(layer.class_name)
    return spec if vary is None else vary(layer, spec)


def _place(layer: Layer) -> str:
    return f'layer "{layer.name}" ({layer.class_name})'


def _options(rule: Rule, layer: Layer, flags: Mapping[str, Any]) -> dict[str, Any]:
    config = layer.config
    values = {key: config[key] for key in rule.options if key in config}
    if flags:
        values.update((key, flags[key]) for key in rule.options if key in flags)
    missing = rule.needed - values.keys()
    if missing:
        raise RuleError(
            _place(layer),
            f"{', '.join(sorted(missing))} is missing from its config",
            hint="Keras always writes it; was the file edited by hand?",
        )
    for key, value in values.items():
        if isinstance(value, Untold):
            raise Unknown(f"its {key} is not known: {value.reason}")
        try:
            values[key] = checked(rule.options[key], value)
        except TypeError as error:
            raise RuleError(
                _place(layer),
                f"{key} is not what Keras expects: {error}",
                received=shown(value),
                hint=f"mend {key} in the file",
            ) from error
    return values


def _check_arguments(rule: Rule, arguments: Mapping[str, Any], layer: Layer) -> None:
    lacking = [key for key in rule.takes[: rule.required] if key not in arguments]
    if lacking:
        raise RuleError(
            _place(layer),
            f"is called without its argument {', '.join(lacking)}",
            hint="the graph lost an edge; was the file edited by hand?",
        )
    first = arguments.get(rule.takes[0]) if rule.takes else None
    if rule.ndim is not None and isinstance(first, tuple) and len(first) != rule.ndim:
        raise RuleError(
            _place(layer),
            f"expects an input with {rule.ndim} axes, batch included",
            received=shown(first),
            hint="Keras could not build this layer either; look at the layer that feeds it",
        )


def _check_shapes(spec: Spec) -> None:
    """Refuse shapes of what is no size, which a config may have put there."""
    products = (*(weight.axes for weight in spec.weights), *(spec.macs or ()))
    for shape in (*spec.outputs, *(product.dims for product in products)):
        if shape is None:
            continue
        if len(shape) > MAX_RANK:
            raise ValueError(f"{shown(shape)} is no shape")
        for size in shape:
            if size is not None and (type(size) is not int or not 0 <= size <= MAX_SIZE):
                raise ValueError(f"{shown(shape)} is no shape")


def _check_known(spec: Spec) -> None:
    for weight in spec.weights:
        if None in weight.axes.dims:
            raise Unknown(f"an axis that its {weight.name} hangs on has no known size", spec)


# --- small words that many rules share ----------------------------------------------------------


def frozen(weights: Iterable[Weight]) -> tuple[Weight, ...]:
    """The same weights, none of them trainable."""
    return tuple(weight._replace(trainable=False) for weight in weights)


def joined(parts: Sequence[Spec]) -> tuple[Weight, ...]:
    """The weights of several layers in one; a symbol that means two sizes gets a number.

    Two cells of 5 and 2 units would both say `u`: they say `u_1` and `u_2`.
    """
    sizes: dict[str, set[Dim]] = {}
    for part in parts:
        for weight in part.weights:
            for symbol, dim in zip(weight.axes.symbols, weight.axes.dims, strict=True):
                sizes.setdefault(symbol, set()).add(dim)
    clashing = {symbol for symbol, found in sizes.items() if len(found) > 1}
    return tuple(
        weight._replace(axes=_numbered(weight.axes, clashing, place))
        for place, part in enumerate(parts, start=1)
        for weight in part.weights
    )


def _numbered(axes: Product, clashing: set[str], place: int) -> Product:
    # 4u is four times u: where u needs a number, so does 4u.
    symbols = (
        f"{name}_{place}" if {name, name.lstrip("0123456789")} & clashing else name
        for name in axes.symbols
    )
    return axes._replace(symbols=tuple(symbols))
