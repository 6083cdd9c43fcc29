"""Rules for `keras.layers` of the folder rnn: a cell is written once, its layer repeats it."""

from __future__ import annotations

from typing import Any

from inspector.dims import Product, Shape, axis, each_axis, product, times
from inspector.graph import Layer, Weight
from inspector.rules.convolutional import check_strides, taps, windows
from inspector.rules.layout import layout
from inspector.rules.rule import (
    Apply,
    Count,
    Counts,
    DataFormat,
    Padding,
    Spec,
    joined,
    rule,
)


@rule("SimpleRNNCell")
def simple_rnn_cell(sequence: Shape, *, units: Count, use_bias: bool = True) -> Spec:
    """One step that mixes the input with the last output."""
    return _cell(sequence, units, axis("u", units), axis("u", units), use_bias, states=1)


@rule("LSTMCell")
def lstm_cell(inputs: Shape, *, units: Count, use_bias: bool = True) -> Spec:
    """One step with four gates: what enters, what is forgotten, what is new, what is shown."""
    gates = axis("4u", 4 * units)
    return _cell(inputs, units, gates, gates, use_bias, states=2)


@rule("GRUCell")
def gru_cell(
    inputs: Shape,
    *,
    units: Count,
    use_bias: bool = True,
    reset_after: bool = True,
) -> Spec:
    """One step with three gates; reset after the product, it has a bias on either side."""
    gates = axis("3u", 3 * units)
    bias = axis("2", 2) * gates if reset_after else gates
    return _cell(inputs, units, gates, bias, use_bias, states=1)


def _cell(
    x: Shape, units: int, gates: Product, bias: Product, use_bias: bool, *, states: int
) -> Spec:
    """A step: a kernel for the input, one for the state, a bias."""
    kernel = Weight("kernel", product(n_in=x[-1]) * gates)
    recurrent = Weight("recurrent_kernel", axis("u", units) * gates)
    return Spec(
        outputs=((x[0], units),) * (1 + states),
        weights=(kernel, recurrent, Weight("bias", bias))[: 2 + bool(use_bias)],
        macs=(kernel.axes, recurrent.axes),
    )


@rule("StackedRNNCells")
def stacked_cells(inputs: Shape, *, cells: list[Layer], apply: Apply) -> Spec:
    """Cells on top of each other: each takes what the one below gives."""
    steps: list[Spec] = []
    for cell in cells:
        below = steps[-1].outputs[0] if steps else inputs
        steps.append(apply(cell, below))
    return Spec(
        outputs=(steps[-1].outputs[0], *(state for step in steps for state in step.outputs[1:])),
        weights=joined(steps),
        macs=_sum(steps),
    )


def _sum(steps: list[Spec]) -> tuple[Product, ...] | None:
    macs = [step.macs for step in steps if step.macs is not None]
    return tuple(term for terms in macs for term in terms) if len(macs) == len(steps) else None


def over_time(cell: Spec, sequences: Shape, return_sequences: bool, return_state: bool) -> Spec:
    """What a layer comes to that repeats one step along the second axis."""
    output = cell.outputs[0]
    if return_sequences and output is not None:
        output = (sequences[0], sequences[1], *output[1:])
    steps = product(steps=sequences[1])
    return Spec(
        outputs=(output, *cell.outputs[1:]) if return_state else (output,),
        weights=cell.weights,
        macs=None if cell.macs is None else tuple(steps * macs for macs in cell.macs),
    )


def one_step(sequences: Shape) -> Shape:
    """A sequence without its time.

    Raises:
        ValueError: it has no second axis.
    """
    if len(sequences) < 2:
        raise ValueError("expects a sequence: batch, steps, features")
    return (sequences[0], *sequences[2:])


@rule("RNN")
def rnn(
    sequences: Shape,
    *,
    cell: Any,
    return_sequences: bool = False,
    return_state: bool = False,
    apply: Apply,
) -> Spec:
    """A cell of any kind, repeated for every step."""
    step = one_step(sequences)
    if not isinstance(cell, Layer):
        return over_time(
            stacked_cells(step, cells=list(cell), apply=apply),
            sequences,
            return_sequences,
            return_state,
        )
    return over_time(apply(cell, step), sequences, return_sequences, return_state)


@rule(SimpleRNN=3)
def simple_rnn(
    sequences: Shape,
    *,
    units: Count,
    use_bias: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
) -> Spec:
    """A `SimpleRNNCell`, repeated for every step."""
    cell = simple_rnn_cell(one_step(sequences), units=units, use_bias=use_bias)
    return over_time(cell, sequences, return_sequences, return_state)


@rule(LSTM=3)
def lstm(
    sequences: Shape,
    *,
    units: Count,
    use_bias: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
) -> Spec:
    """An `LSTMCell`, repeated for every step.

    >>> lstm((None, 20, 8), units=32).formula
    'n_in·4u + u·4u + 4u'
    """
    cell = lstm_cell(one_step(sequences), units=units, use_bias=use_bias)
    return over_time(cell, sequences, return_sequences, return_state)


@rule(GRU=3)
def gru(
    sequences: Shape,
    *,
    units: Count,
    use_bias: bool = True,
    reset_after: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
) -> Spec:
    """A `GRUCell`, repeated for every step.

    >>> gru((None, 20, 8), units=32).formula
    'n_in·3u + u·3u + 2·3u'
    """
    step = one_step(sequences)
    cell = gru_cell(step, units=units, use_bias=use_bias, reset_after=reset_after)
    return over_time(cell, sequences, return_sequences, return_state)


@rule(ConvLSTM1D=4, ConvLSTM2D=5, ConvLSTM3D=6)
def conv_lstm(
    sequences: Shape,
    *,
    filters: Count,
    kernel_size: Counts,
    strides: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
    dilation_rate: Counts = 1,
    use_bias: bool = True,
    return_sequences: bool = False,
    return_state: bool = False,
) -> Spec:
    """An LSTM whose products are convolutions; the one over its state keeps the size.

    >>> conv_lstm((None, 5, 9, 9, 3), filters=4, kernel_size=3).formula
    'f·f·nC_in·4nC_out + f·f·nC_out·4nC_out + 4nC_out'
    """
    x = layout(one_step(sequences), data_format)
    check_strides(strides, dilation_rate)
    if padding == "causal":
        raise ValueError('padding is "causal", expected "valid" or "same"')
    space = windows(x.space, kernel_size, strides, padding, dilation_rate)
    gates = axis("4nC_out", 4 * filters)
    size = taps(each_axis(kernel_size, len(x.space)))
    # Its cell owns the weights, and is not told of trainable=False as that of an LSTM is.
    kernel = Weight("kernel", size * product(nC_in=x.channels) * gates, inside=True)
    recurrent = Weight("recurrent_kernel", size * product(nC_out=filters) * gates, inside=True)
    positions = product(positions=times(space))
    cell = Spec(
        outputs=(x.shape(space, filters),) * 3,
        weights=(kernel, recurrent, Weight("bias", gates, inside=True))[: 2 + bool(use_bias)],
        macs=(positions * kernel.axes, positions * recurrent.axes),
    )
    return over_time(cell, sequences, return_sequences, return_state)
