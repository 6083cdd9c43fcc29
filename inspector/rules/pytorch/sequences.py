"""Recurrent modules, which have two biases in PyTorch, and attention."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from inspector.dims import axis, product
from inspector.graph import Weight
from inspector.rules.pytorch.weights import biased, scaled, weights_of
from inspector.rules.rule import Count, Spec, joined, module


def _recurrent(
    gates: int, sizes: tuple[int, int], layers: int, bias: bool, ways: int, projected: int = 0
) -> Spec:
    """Layers of cells: PyTorch gives each cell two biases."""
    size, units = sizes
    steps = [
        _step(gates, size if layer == 0 else ways * (projected or units), units, bias, projected)
        for layer in range(layers)
        for _ in range(ways)
    ]
    return weights_of(*joined(steps))


def _step(gates: int, size: int, units: int, bias: bool, projected: int) -> Spec:
    gated = axis("u" if gates == 1 else f"{gates}u", gates * units)
    shown = product(p=projected) if projected else product(u=units)
    return weights_of(
        Weight("weight_ih", gated * product(n_in=size)),
        Weight("weight_hh", gated * shown),
        *biased(bias, gated, "bias_ih"),
        *biased(bias, gated, "bias_hh"),
        *((Weight("weight_hr", shown * product(u=units)),) if projected else ()),
    )


@module("LSTM")
def lstm(
    *,
    input_size: Count,
    hidden_size: Count,
    num_layers: Count = 1,
    bias: bool = True,
    batch_first: Any = False,
    dropout: Any = 0.0,
    bidirectional: bool = False,
    proj_size: int = 0,
) -> Spec:
    """Four gates, each with a kernel for the input, one for the state, and two biases.

    >>> lstm(input_size=8, hidden_size=32).formula
    '4u·n_in + 4u·u + 2·4u'
    """
    ways = 1 + bool(bidirectional)
    return _recurrent(4, (input_size, hidden_size), num_layers, bias, ways, proj_size)


@module("GRU")
def gru(
    *,
    input_size: Count,
    hidden_size: Count,
    num_layers: Count = 1,
    bias: bool = True,
    batch_first: Any = False,
    dropout: Any = 0.0,
    bidirectional: bool = False,
) -> Spec:
    """Three gates, with two biases."""
    return _recurrent(3, (input_size, hidden_size), num_layers, bias, 1 + bool(bidirectional))


@module("RNN")
def rnn(
    *,
    input_size: Count,
    hidden_size: Count,
    num_layers: Count = 1,
    nonlinearity: Any = "tanh",
    bias: bool = True,
    batch_first: Any = False,
    dropout: Any = 0.0,
    bidirectional: bool = False,
) -> Spec:
    """One step that mixes the input with the last output, with two biases."""
    return _recurrent(1, (input_size, hidden_size), num_layers, bias, 1 + bool(bidirectional))


@module("LSTMCell")
def lstm_cell(*, input_size: Count, hidden_size: Count, bias: bool = True) -> Spec:
    """One step of an LSTM."""
    return _recurrent(4, (input_size, hidden_size), 1, bias, 1)


@module("GRUCell")
def gru_cell(*, input_size: Count, hidden_size: Count, bias: bool = True) -> Spec:
    """One step of a GRU."""
    return _recurrent(3, (input_size, hidden_size), 1, bias, 1)


@module("RNNCell")
def rnn_cell(*, input_size: Count, hidden_size: Count, bias: bool = True) -> Spec:
    """One step of an RNN."""
    return _recurrent(1, (input_size, hidden_size), 1, bias, 1)


# --- attention ----------------------------------------------------------------------------------


@module("MultiheadAttention")
def multihead_attention(
    *,
    embed_dim: Count,
    num_heads: Any = None,
    dropout: Any = 0.0,
    bias: bool = True,
    add_bias_kv: bool = False,
    add_zero_attn: Any = False,
    kdim: Count | None = None,
    vdim: Count | None = None,
) -> Spec:
    """Three projections in one matrix, unless key and value have sizes of their own; one out."""
    e = product(e=embed_dim)
    if (kdim or embed_dim, vdim or embed_dim) == (embed_dim, embed_dim):
        projections = [Weight("in_proj_weight", axis("3e", 3 * embed_dim) * e)]
    else:
        sizes = {"q": embed_dim, "k": kdim or embed_dim, "v": vdim or embed_dim}
        projections = [
            Weight(f"{key}_proj_weight", e * axis(f"{key}dim", n)) for key, n in sizes.items()
        ]
    extra = [Weight(f"bias_{key}", e) for key in "kv" if add_bias_kv]
    return weights_of(
        *projections,
        *biased(bias, axis("3e", 3 * embed_dim), "in_proj_bias"),
        *extra,
        Weight("out_proj.weight", e * e),
        *biased(bias, e, "out_proj.bias"),
    )


def _block(d_model: int, inner: int, bias: bool, attentions: int) -> Iterator[Weight]:
    for _ in range(attentions):
        yield from multihead_attention(embed_dim=d_model, bias=bias).weights
    outer, hidden = product(e=d_model), product(ff=inner)
    for sides in ((hidden, outer), (outer, hidden)):
        yield Weight("linear.weight", sides[0] * sides[1])
        if bias:
            yield Weight("linear.bias", sides[0])
    for _ in range(1 + attentions):
        yield from scaled(outer, affine=True, bias=bias)


@module("TransformerEncoderLayer")
def transformer_encoder_layer(
    *,
    d_model: Count,
    nhead: Any,
    dim_feedforward: Count = 2048,
    dropout: Any = 0.1,
    activation: Any = None,
    layer_norm_eps: Any = 1e-5,
    batch_first: Any = False,
    norm_first: Any = False,
    bias: bool = True,
) -> Spec:
    """Attention, two products, two normalizations."""
    return weights_of(*_block(d_model, dim_feedforward, bias, attentions=1))


@module("TransformerDecoderLayer")
def transformer_decoder_layer(
    *,
    d_model: Count,
    nhead: Any,
    dim_feedforward: Count = 2048,
    dropout: Any = 0.1,
    activation: Any = None,
    layer_norm_eps: Any = 1e-5,
    batch_first: Any = False,
    norm_first: Any = False,
    bias: bool = True,
) -> Spec:
    """Two attentions, two products, three normalizations."""
    return weights_of(*_block(d_model, dim_feedforward, bias, attentions=2))
