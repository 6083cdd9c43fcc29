"""Kernels, steps and channels that can give the shapes and the count of a printed convolution."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from math import gcd

from inspector.answers.asked import BOTH, Asked, Config, Guess
from inspector.dims import Dim


def divisors(number: int) -> list[int]:
    """Every divisor of a positive number, ascending.

    >>> divisors(12)
    [1, 2, 3, 4, 6, 12]
    """
    small, large, step = [], [], 1
    while step * step <= number and step < 100_000:
        if number % step == 0:
            small.append(step)
            if step * step != number:
                large.append(number // step)
        step += 1
    return small + large[::-1]


def kernels(places: int, rank: int) -> list[tuple[int, ...]]:
    """Kernels of so many places; square ones first, then those closest to it.

    >>> kernels(9, 2)
    [(3, 3), (1, 9), (9, 1)]
    """
    if rank < 2:
        return [(places,)] * rank
    found = [
        (size, *rest) for size in divisors(places) for rest in kernels(places // size, rank - 1)
    ]
    return sorted(found, key=lambda size: (max(size) - min(size), size))


def convolutions(asked: Asked) -> Iterator[Guess]:
    """Convolutions: a bias or none, groups or none, and every kernel of so many places."""
    filters = asked.channels_out
    if not filters:
        return
    for use_bias in BOTH:
        numbers = asked.params - filters * use_bias
        if numbers <= 0 or numbers % filters:
            continue
        for channels, groups in _sharing(asked.channels_in, numbers // filters, filters):
            places = numbers * groups // (filters * channels)
            if places * filters * channels == numbers * groups:
                yield from _slid(asked, filters, places, use_bias, channels, groups)


def _sharing(channels: Dim, numbers: int, filters: int) -> Iterator[tuple[int, int]]:
    """Channels that flow in, and groups; where nothing tells the channels, all that divide."""
    if channels is None:
        yield from ((size, 1) for size in sorted(divisors(numbers), key=_plausible))
        return
    yield channels, 1
    yield from ((channels, groups) for groups in divisors(gcd(channels, filters)) if groups > 1)


def _plausible(channels: int) -> tuple[bool, int]:
    """Pictures have 3 channels or 1."""
    return (channels not in (3, 1), -channels if channels in (3, 1) else channels)


def _slid(
    asked: Asked, filters: int, places: int, use_bias: bool, channels: int, groups: int
) -> Iterator[Guess]:
    rank = _rank(asked)
    for size in kernels(places, rank):
        for steps in _steps(asked, size):
            config: Config = {"filters": filters, "kernel_size": size, "use_bias": use_bias}
            if groups > 1:
                config["groups"] = groups
            yield Guess({**config, **steps}, channels)


def slid(asked: Asked, filters: int, size: int, use_bias: bool, channels: int) -> Iterator[Guess]:
    """A square kernel of this size, with the steps that the shapes allow."""
    kernel = (size,) * _rank(asked)
    for steps in _steps(asked, kernel):
        config = {"filters": filters, "kernel_size": kernel, "use_bias": use_bias}
        yield Guess({**config, **steps}, channels)


def _rank(asked: Asked) -> int:
    """How many axes of space there are; 0 where the printed shape is none that a kernel gives."""
    shape = next(shape for shape in asked.outputs if shape is not None)
    return max(len(shape) - 2, 0)


def _steps(asked: Asked, size: tuple[int, ...]) -> Iterator[Config]:
    """Paddings, strides and dilations under which a kernel can give the printed places."""
    taken = asked.inputs[0] if asked.inputs else None
    given = asked.outputs[0]
    if taken is None or given is None or len(taken) != len(given):
        yield {}
        return
    pairs = list(zip(taken[1:-1], given[1:-1], size, strict=True))
    for padding in ("valid", "same"):
        each = [_strides(n, m, k, padding) for n, m, k in pairs]
        if all(each):
            yield {"padding": padding, "strides": [strides[0] for strides in each]}
    for n, m, k in pairs[:1]:
        if n is not None and m is not None and k > 1 and n > m and (n - m) % (k - 1) == 0:
            yield {"dilation_rate": (n - m) // (k - 1)}


def _strides(size: Dim, given: Dim, kernel: int, padding: str) -> list[int]:
    """Strides that may lead from one size to the other; the rule has the last word."""
    if size is None or given is None:
        return [1]
    reach = kernel if padding == "valid" else 1
    if size < reach or given < 1:
        return []
    if given == 1:
        return [1] if size == reach else [max(size - reach + 1, 1)]
    widest = (size - reach) // (given - 1)
    narrowest = (size - reach) // given + 1
    return list(range(max(narrowest, 1), min(widest, narrowest + 1) + 1))


def transposed(asked: Asked) -> Iterator[Guess]:
    """Convolutions run backwards."""
    filters = asked.channels_out
    for use_bias in BOTH:
        numbers = asked.params - (filters or 0) * use_bias
        if not filters or numbers <= 0 or numbers % filters:
            continue
        for channels in [asked.channels_in] if asked.channels_in else divisors(numbers // filters):
            places = numbers // (filters * channels)
            if places * filters * channels != numbers:
                continue
            for size in kernels(places, _rank(asked)):
                for steps in _widened(asked):
                    config = {"filters": filters, "kernel_size": size, "use_bias": use_bias}
                    yield Guess({**config, **steps}, channels)


def _widened(asked: Asked) -> Iterator[Config]:
    taken, given = asked.inputs[0] if asked.inputs else None, asked.outputs[0]
    if taken is None or given is None:
        yield {}
        return
    pairs = list(zip(taken[1:-1], given[1:-1], strict=True))
    if any(n is None or m is None for n, m in pairs):
        yield {}
        return
    for strides in sorted({1, 2, *(m // n for n, m in pairs if n and m)}):
        for padding in ("valid", "same"):
            yield {"padding": padding, "strides": max(strides, 1)}


def depthwise(asked: Asked) -> Iterator[Guess]:
    """Convolutions of each channel by itself."""
    given = asked.channels_out
    channels = asked.channels_in or given
    if not channels or not given or given % channels:
        return
    for use_bias in BOTH:
        places = (asked.params - given * use_bias) // given
        if places > 0 and places * given + given * use_bias == asked.params:
            for size in kernels(places, _rank(asked)):
                for steps in _steps(asked, size):
                    config = {"kernel_size": size, "use_bias": use_bias,
                              "depth_multiplier": given // channels}  # fmt: skip
                    yield Guess({**config, **steps}, channels)


def separable(asked: Asked) -> Iterator[Guess]:
    """Depthwise convolutions with one of width 1 behind."""
    filters = asked.channels_out
    if not filters:
        return
    for use_bias, multiplier in product(BOTH, range(1, 9)):
        numbers = asked.params - filters * use_bias
        open_ones = divisors(numbers) if numbers > 0 and multiplier == 1 else []
        for channels in [asked.channels_in] if asked.channels_in else open_ones:
            yield from _parted(asked, filters, use_bias, channels, multiplier)


def _parted(
    asked: Asked, filters: int, use_bias: bool, channels: int, multiplier: int
) -> Iterator[Guess]:
    middle = channels * multiplier
    rest = asked.params - filters * use_bias - middle * filters
    if rest > 0 and rest % middle == 0:
        for size in kernels(rest // middle, _rank(asked)):
            for steps in _steps(asked, size):
                config = {"filters": filters, "kernel_size": size, "use_bias": use_bias,
                              "depth_multiplier": multiplier}  # fmt: skip
                yield Guess({**config, **steps}, channels)


def recurrent_convolutions(asked: Asked) -> Iterator[Guess]:
    """Recurrent layers whose products are convolutions."""
    filters, channels, taken = asked.channels_out, asked.channels_in, asked.inputs[0]
    if not filters or not channels or taken is None:
        return
    for use_bias in BOTH:
        numbers = asked.params - 4 * filters * use_bias
        places = numbers // (4 * filters * (channels + filters))
        if places > 0:
            for size, states, padding in product(
                kernels(places, len(taken) - 3), states_of(asked), ("valid", "same")
            ):
                config = {"filters": filters, "kernel_size": size, "use_bias": use_bias}
                yield Guess({**config, **states, "padding": padding}, channels)


def states_of(asked: Asked) -> Iterator[Config]:
    """Whether a recurrent layer gives the whole sequence, and its states."""
    taken, given = asked.inputs[0] if asked.inputs else None, asked.outputs[0]
    full = given is not None and (len(given) == len(taken) if taken else len(given) > 2)
    yield {"return_sequences": full, "return_state": len(asked.outputs) > 1}
