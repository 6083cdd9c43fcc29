"""Rules for `keras.layers` of the folder attention."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.dims import Dim, Ints, Product, Shape, axis, product, times
from inspector.graph import Weight
from inspector.rules.rule import Count, Spec, rule


@rule("Attention")
def attention(
    inputs: Sequence[Shape],
    *,
    use_scale: bool = False,
    score_mode: str = "dot",
    return_attention_scores: bool = False,
) -> Spec:
    """Every position of a query looks at every position of a value.

    >>> attention([(None, 5, 8), (None, 7, 6)]).outputs
    ((None, 5, 6),)
    """
    query, value, key = _three(inputs)
    scale = (Weight("scale", Product()),) if use_scale else ()
    summed = score_mode == "concat"  # scored by a sum of tanh, which is no product
    weights = (*scale, Weight("concat_score_weight", Product())) if summed else scale
    places = product(queries=times(query[1:-1]), keys=key[-2])
    macs = (places * product(d_query=query[-1]), places * product(d_value=value[-1]))
    return Spec(
        outputs=_seen(query, value, key, return_attention_scores),
        weights=weights,
        macs=None if summed else macs,
    )


@rule("AdditiveAttention")
def additive_attention(
    inputs: Sequence[Shape], *, use_scale: bool = True, return_attention_scores: bool = False
) -> Spec:
    """Attention whose scores are a scaled sum of tanh."""
    query, value, key = _three(inputs)
    scale = Weight("scale", product(d_query=query[-1]))
    outputs = _seen(query, value, key, return_attention_scores)
    return Spec(outputs, (scale,) if use_scale else (), macs=None)


def _three(inputs: Sequence[Shape]) -> tuple[Shape, Shape, Shape]:
    if not isinstance(inputs, list) or len(inputs) not in {2, 3}:
        raise ValueError("it takes a list: query, value and perhaps key")
    return inputs[0], inputs[1], inputs[-1]


def _seen(query: Shape, value: Shape, key: Shape, scores: bool) -> tuple[Shape, ...]:
    output = (*query[:-1], value[-1])
    return (output, (*query[:-1], key[-2])) if scores else (output,)


@rule("MultiHeadAttention")
def multi_head_attention(
    query: Shape,
    value: Shape,
    key: Shape | None = None,
    *,
    num_heads: Count,
    key_dim: Count,
    value_dim: Count | None = None,
    output_shape: Ints | None = None,
    attention_axes: Ints | None = None,
    use_bias: bool = True,
    use_gate: bool = False,
    return_attention_scores: bool = False,
    dialect: int = 3,
) -> Spec:
    """Attention in several heads, each with its own projections of query, key and value.

    >>> spec = multi_head_attention((None, 9, 64), (None, 9, 64), num_heads=4, key_dim=16)
    >>> spec.formula
    '3·d_model·h·d_head + 3·h·d_head + h·d_head·d_model + d_model'
    """
    key = _checked_key(value, key)
    d_query, d_key, d_value = widths(query[-1], key[-1], value[-1])
    value_dim = value_dim or key_dim
    same = value_dim == key_dim
    head_k = product(h=num_heads) * axis("d_head" if same else "d_k", key_dim)
    head_v = product(h=num_heads) * axis("d_head" if same else "d_v", value_dim)
    back = _written(output_shape) or d_query
    weights = (
        *_projection(d_query, head_k, use_bias),
        *_projection(d_key, head_k, use_bias),
        *(_projection(d_query, head_v, use_bias) if use_gate else ()),
        *_projection(d_value, head_v, use_bias),
        *_projection(head_v, back, use_bias),
    )
    asked, seen = product(queries=times(query[1:-1])), product(keys=times(value[1:-1]))
    looks = asked * product(looked_at=_looked_at(query, value, attention_axes))
    macs = [asked * d_query * head_k, seen * d_key * head_k, seen * d_value * head_v]
    macs += [asked * d_query * head_v] if use_gate else []
    macs += [looks * head_k, looks * head_v, asked * head_v * back]
    # Keras 3.15 gives the scores as many columns as rows, whatever the length of the keys.
    scores: Shape = (query[0], num_heads, query[1], query[1])
    if dialect < 3:
        scores = _looks(query, value, num_heads, attention_axes)
    output = (*query[:-1], *back.dims)
    return Spec(
        outputs=(output, scores) if return_attention_scores else (output,),
        weights=weights,
        macs=tuple(macs),
    )


def _looks(query: Shape, value: Shape, heads: int, attention_axes: Ints | None) -> Shape:
    """The shape of the scores: who looks at whom, beside the axes along which nobody looks."""
    axes = tuple(range(1, len(query) - 1)) if attention_axes is None else attention_axes
    axes = (axes,) if isinstance(axes, int) else tuple(axes)
    free = tuple(size for place, size in enumerate(query[1:-1], 1) if place not in axes)
    asked, seen = (tuple(x[place] for place in axes) for x in (query, value))
    return (query[0], *free, heads, *asked, *seen)


def _looked_at(query: Shape, value: Shape, attention_axes: Ints | None) -> Dim:
    """How many places of the value one place of the query looks at."""
    if len(query) != len(value):
        return None
    if attention_axes is None:
        return times(value[1:-1])
    axes = (attention_axes,) if isinstance(attention_axes, int) else attention_axes
    return times(value[place] for place in axes)


@rule("GroupQueryAttention", "GroupedQueryAttention")
def grouped_query_attention(
    query: Shape,
    value: Shape,
    key: Shape | None = None,
    *,
    head_dim: Count,
    num_query_heads: Count,
    num_key_value_heads: Count,
    use_bias: bool = True,
    use_gate: bool = False,
    return_attention_scores: bool = False,
) -> Spec:
    """Attention whose query heads share fewer heads of keys and values.

    >>> spec = grouped_query_attention(
    ...     (None, 9, 64), (None, 9, 64), head_dim=8, num_query_heads=8, num_key_value_heads=2
    ... )
    >>> spec.formula.split(" + ")[:2]
    ['d_model·h·d_head', 'h·d_head']
    """
    key = _checked_key(value, key)
    if num_query_heads % num_key_value_heads:
        raise ValueError(f"{num_query_heads} query heads over {num_key_value_heads} others")
    if None not in (query[-1], value[-1]) and query[-1] != value[-1]:
        raise ValueError(f"query and value end in {query[-1]} and {value[-1]}")
    d_query, d_key, d_value = widths(query[-1], key[-1], value[-1])
    heads = product(h=num_query_heads, d_head=head_dim)
    fewer = product(h_kv=num_key_value_heads, d_head=head_dim)
    weights = (
        *_projection(d_query, heads, use_bias),
        *_projection(d_key, fewer, use_bias),
        *(_projection(d_query, heads, use_bias) if use_gate else ()),
        *_projection(d_value, fewer, use_bias),
        *_projection(heads, d_query, use_bias),
    )
    asked, seen = product(queries=query[1]), product(keys=value[1])
    looks = asked * seen * heads
    macs = [asked * d_query * heads, seen * d_key * fewer, seen * d_value * fewer]
    macs += [asked * d_query * heads] if use_gate else []
    macs += [looks, looks, asked * heads * d_query]
    scores = (query[0], num_query_heads, query[1], key[1])
    return Spec(
        outputs=(query, scores) if return_attention_scores else (query,),
        weights=weights,
        macs=tuple(macs),
    )


def _checked_key(value: Shape, key: Shape | None) -> Shape:
    if key is None:
        return value
    places = list(zip(value[1:-1], key[1:-1], strict=False))
    if len(value) != len(key) or any(None not in pair and len(set(pair)) > 1 for pair in places):
        raise ValueError(f"value {value} and key {key} differ in more than their last axis")
    return key


def widths(*sizes: Dim) -> list[Product]:
    """The widths of query, key and value: `d_model` where they are all the same.

    >>> [str(width) for width in widths(8, 9, 8)]
    ['d_query', 'd_key', 'd_value']
    """
    if len(set(sizes)) == 1:
        return [product(d_model=size) for size in sizes]
    return [axis(name, n) for name, n in zip(("d_query", "d_key", "d_value"), sizes, strict=True)]


def _written(output_shape: Ints | None) -> Product | None:
    if not output_shape:
        return None
    if isinstance(output_shape, int) or len(output_shape) == 1:
        size = output_shape if isinstance(output_shape, int) else output_shape[0]
        return product(d_out=size)
    symbols = tuple(f"d_out_{place}" for place in range(1, len(output_shape) + 1))
    return Product(symbols, tuple(output_shape))


def _projection(source: Product, target: Product, use_bias: bool) -> tuple[Weight, ...]:
    kernel = Weight("kernel", source * target, inside=True)
    return (kernel, Weight("bias", target, inside=True)) if use_bias else (kernel,)
