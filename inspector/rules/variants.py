"""What LoRA and quantisation make of the weights that a rule gives, as Keras 3.15 counts them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from inspector.dims import Dim, Product, axis
from inspector.errors import Unknown
from inspector.graph import Layer, Weight
from inspector.rules.rule import Spec, frozen

_PACKED = {"kernel", "embeddings", "reverse_embeddings"}


def adapted(layer: Layer, spec: Spec) -> Spec:
    """`spec` with a frozen kernel and the two thin matrices of LoRA, if the layer has them."""
    rank = layer.config.get("lora_rank")
    if not rank:
        return spec
    kernel, *rest = spec.weights
    weights = (*frozen([kernel]), *rest, *_thin(kernel, axis("rank", rank)))
    return spec._replace(weights=weights)


def _thin(kernel: Weight, rank: Product) -> tuple[Weight, Weight]:
    return (
        Weight(f"lora_{kernel.name}_a", _part(kernel.axes, slice(-1)) * rank),
        Weight(f"lora_{kernel.name}_b", rank * _part(kernel.axes, slice(-1, None))),
    )


def _part(axes: Product, where: slice) -> Product:
    return Product(axes.symbols[where], axes.dims[where])


def varied(layer: Layer, spec: Spec) -> Spec:
    """`spec` with the weights of a layer that may be quantised, adapted by LoRA, or both.

    Raises:
        ValueError: a mode that Keras refuses for this layer.
        Unknown: a way of quantising whose sizes its config does not tell.
    """
    policy = _policy(layer.config)
    if policy is None:
        return adapted(layer, spec)
    mode, block = _mode(policy, layer.config.get("quantization_config"))
    if mode == "float8" and "kernel" in {weight.name for weight in spec.weights}:
        weights = (*_scales(policy), *adapted(layer, spec).weights)
        return spec._replace(weights=weights)
    if mode not in {"int8", "int4"}:
        raise ValueError(f"{layer.class_name} has no mode {mode}")
    # Keras lists what it trains before what it does not; a kernel is made anew, untrained.
    plain = [weight for weight in adapted(layer, spec).weights if weight.name not in _PACKED]
    stored = [
        part
        for weight in spec.weights
        if weight.name in _PACKED
        for part in _stored(layer, spec, weight, mode, block)
    ]
    return spec._replace(weights=(*plain, *frozen(stored)))


def unvaried(layer: Layer, spec: Spec) -> Spec:
    """`spec`, of a layer whose inner projections are quantised by its own policy.

    Raises:
        Unknown: they are.
    """
    if _policy(layer.config) is not None:
        raise Unknown(f"its projections are quantised; {layer.class_name} is not settled for that")
    return spec


# --- what a config says -------------------------------------------------------------------------


def _policy(config: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The config of a policy that quantises; `None` for one that only names types."""
    policy = config.get("dtype")
    if isinstance(policy, str):  # as written by hand: "int8_from_float32"
        mode, _, source = policy.partition("_from_")
        return {"mode": mode} if source else None
    if not isinstance(policy, Mapping):
        return None
    inner = policy.get("config") or {}
    if policy.get("class_name") == "DTypePolicyMap":
        raise Unknown("its types come from a DTypePolicyMap, layer by layer")
    return inner if "mode" in inner else None


def _mode(policy: Mapping[str, Any], quantization: Any) -> tuple[str, int | None]:
    """The mode, and how many numbers share a scale (`None`: all that lead to one output)."""
    mode, _, block = str(policy["mode"]).partition("/")
    if mode in {"gptq", "awq"}:
        raise Unknown(f"{mode} is calibrated on data; its config does not tell every size")
    if isinstance(quantization, Mapping) and "block_size" in quantization.get("config", {}):
        size = quantization["config"]["block_size"]
    else:
        size = int(block) if block else None
    return mode, None if size == -1 else size


# --- what is stored -----------------------------------------------------------------------------


def _scales(policy: Mapping[str, Any]) -> list[Weight]:
    """What float8 keeps of inputs, kernel and gradients: a scale, and the last largest values."""
    history = axis("history", policy.get("amax_history_length", 1024))
    return [
        Weight(f"{of}_{what}", axes)
        for of in ("inputs", "kernel", "outputs_grad")
        for what, axes in (("scale", Product()), ("amax_history", history))
    ]


def _stored(layer: Layer, spec: Spec, weight: Weight, mode: str, block: Dim) -> list[Weight]:
    if mode == "int8":
        scale = _int8_scale(layer, spec, weight)
        return [weight._replace(dtype="int8"), Weight(f"{weight.name}_scale", scale)]
    if weight.name == "embeddings":
        return _int4(weight.name, weight.axes, block, grouped=1, packed=1)
    if weight.name == "reverse_embeddings":  # its index is that of the table
        return _int4(weight.name, weight.axes, block, grouped=0, packed=0)[:3]
    return _int4(weight.name, _matrix(layer, weight), block, grouped=0, packed=1)


def _int8_scale(layer: Layer, spec: Spec, weight: Weight) -> Product:
    """One scale for each row of a table, or for each output of a kernel."""
    if weight.name == "embeddings":
        return _part(weight.axes, slice(1))
    if layer.class_name != "EinsumDense":
        return _part(weight.axes, slice(-1, None))
    given = _letters(layer)
    kernel = dict(zip(weight.axes.symbols, weight.axes.dims, strict=True))
    dots = (len(spec.outputs[0] or ()) - len(given)) * "1"
    letters = given + dots if layer.config["equation"].endswith("...") else dots + given
    return Product(
        tuple(letter if letter in kernel else "1" for letter in letters),
        tuple(kernel.get(letter, 1) for letter in letters),
    )


def _letters(layer: Layer) -> str:
    """The letters of what an EinsumDense gives."""
    return str(layer.config["equation"]).partition("->")[2].replace(".", "")


def _matrix(layer: Layer, weight: Weight) -> Product:
    """A kernel as int4 stores it: what is summed over as rows, the rest as columns."""
    if layer.class_name != "EinsumDense":
        return weight.axes
    given = _letters(layer)
    pairs = list(zip(weight.axes.symbols, weight.axes.dims, strict=True))
    sides = [[pair for pair in pairs if (pair[0] in given) == kept] for kept in (False, True)]
    flat = [Product(*map(tuple, zip(*side, strict=True))) if side else Product() for side in sides]
    return Product(tuple(map(str, flat)), tuple(part.value for part in flat))


def _int4(name: str, axes: Product, block: Dim, *, grouped: int, packed: int) -> list[Weight]:
    """Two numbers to a byte along one axis, and a scale for every block along the other."""
    size = axes.dims[packed]
    half = axis(f"⌈{axes.symbols[packed]}/2⌉", None if size is None else (size + 1) // 2)
    table = Weight(name, _with(axes, packed, half), dtype="int8")
    if block is None:
        kept = 1 - grouped
        return [table, Weight(f"{name}_scale", _part(axes, slice(kept, kept + 1)))]
    size = axes.dims[grouped]
    groups = axis("groups", None if size is None else -(-size // block))
    scale = _with(axes, grouped, groups)
    return [
        table,
        Weight(f"{name}_scale", scale),
        Weight(f"{name}_zero", scale, dtype="int8"),
        Weight("g_idx", _part(axes, slice(grouped, grouped + 1))),
    ]


def _with(axes: Product, place: int, other: Product) -> Product:
    """The two axes with `other` in the place of one."""
    return other * _part(axes, slice(1, 2)) if place == 0 else _part(axes, slice(1)) * other


VARIANTS: Mapping[str, Callable[[Layer, Spec], Spec]] = (  # by class name
    dict.fromkeys(("Dense", "EinsumDense", "Embedding", "ReversibleEmbedding"), varied)
    | dict.fromkeys(("Conv1D", "Conv2D", "Conv3D"), adapted)
    | dict.fromkeys(
        ("MultiHeadAttention", "GroupQueryAttention", "GroupedQueryAttention"), unvaried
    )
)
