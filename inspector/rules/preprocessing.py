"""Rules for `keras.layers` of the folder preprocessing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from inspector.dims import Dim, Ints, Product, Shape, product, times
from inspector.dims import axis as named
from inspector.graph import Layer, Weight
from inspector.rules.convolutional import windows
from inspector.rules.layout import layout
from inspector.rules.normalization import numbers
from inspector.rules.rule import (
    Apply,
    Count,
    DataFormat,
    Padding,
    Spec,
    frozen,
    joined,
    rule,
    weightless,
)

# --- numbers ------------------------------------------------------------------------------------


@weightless("Rescaling")
def rescaling(inputs: Shape) -> Spec:
    """Numbers brought to another range."""
    return Spec((inputs,))


@rule("Normalization")
def normalization(
    inputs: Shape, *, axis: Ints | None = -1, mean: Any = None, variance: Any = None
) -> Spec:
    """Numbers shifted and scaled by a mean and a variance, learned by `adapt` or given.

    >>> normalization((None, 13)).formula
    '2·n + 1'
    """
    if (mean is None) != (variance is None):
        raise ValueError("mean and variance go together")
    axes = (axis,) if isinstance(axis, int) else axis or ()
    statistics = numbers(inputs, sorted(range(len(inputs))[place] for place in axes))
    weights = Weight("mean", statistics), Weight("variance", statistics)
    learned = frozen((*weights, Weight("count", Product(), dtype="int64")))
    return Spec((inputs,), learned if mean is None else ())


@weightless("MelSpectrogram")
def mel_spectrogram(
    inputs: Shape, *, sequence_stride: Count = 512, num_mel_bins: Count = 128
) -> Spec:
    """Sound as strengths of mel frequencies over time."""
    samples = inputs[0] if len(inputs) == 1 else inputs[1]
    frames = None if samples is None else (samples + sequence_stride + 1) // sequence_stride
    return Spec(((*inputs[:1][: len(inputs) - 1], num_mel_bins, frames),), macs=None)


@rule(STFTSpectrogram=3)
def stft_spectrogram(
    inputs: Shape,
    *,
    mode: str = "log",
    frame_length: Count = 256,
    frame_step: Count | None = None,
    fft_length: Count | None = None,
    padding: Padding = "valid",
    expand_dims: bool = False,
    data_format: DataFormat = None,
) -> Spec:
    """Sound as strengths of frequencies over time, by convolution with waves."""
    x = layout(inputs, data_format)
    bins = (fft_length or 1 << (frame_length - 1).bit_length()) // 2 + 1
    (frames,) = windows(x.space, frame_length, frame_step or frame_length // 2, padding)
    waves = product(frame=frame_length) * named("1", 1) * product(bins=bins)
    kernels = {"real_kernel": mode != "imag", "imag_kernel": mode != "real"}
    shown = 2 * bins if mode == "stft" else bins
    output = x.shape((frames,), times((shown, x.channels)))
    if expand_dims:
        output = (x.batch, *_placed((frames, shown), x.channels, x.first))
    weights = tuple(Weight(name, waves) for name, wanted in kernels.items() if wanted)
    work = product(frames=frames, channels=x.channels) * waves
    return Spec((output,), weights, macs=(work,) * len(weights))


def _placed(space: Shape, channels: Dim, first: bool) -> Shape:
    return (channels, *space) if first else (*space, channels)


# --- categories ---------------------------------------------------------------------------------


def _encoded(inputs: Shape, output_mode: str, depth: Dim) -> Shape:
    """Indices as they are, each as a row of `depth`, or each example as one row."""
    if output_mode == "int":
        return inputs
    if output_mode == "one_hot" and not (len(inputs) > 1 and inputs[-1] == 1):
        return (*inputs, depth)
    return (*inputs[:-1], depth)


@weightless("CategoryEncoding")
def category_encoding(inputs: Shape, *, num_tokens: Count, output_mode: str = "multi_hot") -> Spec:
    """Whole numbers as rows of zeros and ones, or of counts."""
    return Spec((_encoded(inputs, output_mode, num_tokens),))


@weightless("Hashing")
def hashing(inputs: Shape, *, num_bins: Count, output_mode: str = "int", dialect: int = 3) -> Spec:
    """Categories by their hash; Keras 3.15 encodes several of them into one row."""
    mode = output_mode if output_mode == "int" or dialect < 3 else "multi_hot"
    return Spec((_encoded(inputs, mode, num_bins),))


@weightless("HashedCrossing")
def hashed_crossing(inputs: Sequence[Shape], *, num_bins: Count, output_mode: str = "int") -> Spec:
    """Pairs of categories by their hash."""
    first, second = inputs
    if None not in (first[-1], second[-1]) and first[-1] != second[-1]:
        raise ValueError(f"shapes {first} and {second} differ")
    if output_mode == "one_hot" and first[-1] != 1:
        return Spec(((*first, num_bins),))
    return Spec((first if output_mode == "int" else (*first[:-1], num_bins),))


@weightless("Discretization")
def discretization(
    inputs: Shape,
    *,
    bin_boundaries: list[Any] | None = None,
    num_bins: int | None = None,
    output_mode: str = "int",
) -> Spec:
    """Numbers by the bin into which they fall."""
    depth = num_bins if bin_boundaries is None else len(bin_boundaries) + 1
    if output_mode in {"int", "one_hot"}:
        return Spec((_encoded(inputs, output_mode, depth),))
    # Keras 3.15 drops the second axis here, not the last one.
    return Spec(((*inputs[:1], *inputs[2:], depth) if len(inputs) > 1 else (depth,),))


@weightless("IntegerLookup", "StringLookup")
def lookup(
    inputs: Shape,
    *,
    output_mode: str = "int",
    vocabulary_size: int | None = None,
    max_tokens: int | None = None,
    pad_to_max_tokens: bool = False,
) -> Spec:
    """Categories by their place in a vocabulary; the vocabulary is no weight.

    >>> lookup((None, 3), output_mode="multi_hot", vocabulary_size=7).outputs
    ((None, 7),)
    """
    depth = max_tokens if pad_to_max_tokens else vocabulary_size
    return Spec((_encoded(inputs, output_mode, depth),))


@weightless("TextVectorization")
def text_vectorization(
    inputs: Shape,
    *,
    output_mode: str = "int",
    output_sequence_length: int | None = None,
    split: Any = "whitespace",
    vocabulary_size: int | None = None,
    max_tokens: int | None = None,
    pad_to_max_tokens: bool = False,
    dialect: int = 3,
) -> Spec:
    """Text as places in a vocabulary, or as one row for each text."""
    plain = dialect < 3 and split is None
    if output_mode == "int" and plain and output_sequence_length is None:
        return Spec((inputs,))
    if output_mode == "int":
        rows = inputs[:-1] if plain else inputs[:1]
        return Spec(((*rows, output_sequence_length),))
    # Keras 3.15 counts the words as one more axis, even after an axis of size 1.
    words: Shape = (*inputs, None) if dialect == 3 else (inputs[0], None)
    if split is None:
        words = inputs if len(inputs) > 1 or plain else (*inputs, 1)
    return lookup(
        words,
        output_mode=output_mode,
        vocabulary_size=vocabulary_size,
        max_tokens=max_tokens,
        pad_to_max_tokens=pad_to_max_tokens,
    )


# --- images -------------------------------------------------------------------------------------


def _flattened(data: Any) -> tuple[Shape, ...]:
    """The shapes in nested data, in Keras' order: a dict by its sorted keys.

    >>> _flattened({"labels": (None, 2), "images": (None, 8, 8, 3)})
    ((None, 8, 8, 3), (None, 2))
    """
    if isinstance(data, dict):
        return tuple(shape for key in sorted(data) for shape in _flattened(data[key]))
    if isinstance(data, list):
        return tuple(shape for item in data for shape in _flattened(item))
    return (data,)


@weightless(
    "AugMix",
    "AutoContrast",
    "ContrastLimitedAdaptiveHistogramEqualization",
    "CutMix",
    "Equalization",
    "MixUp",
    "RandAugment",
    "RandomBrightness",
    "RandomColorDegeneration",
    "RandomColorJitter",
    "RandomContrast",
    "RandomElasticTransform",
    "RandomErasing",
    "RandomFlip",
    "RandomGaussianBlur",
    "RandomGrayscale",
    "RandomHue",
    "RandomInvert",
    "RandomPerspective",
    "RandomPosterization",
    "RandomRotation",
    "RandomSaturation",
    "RandomSharpness",
    "RandomShear",
    "RandomTranslation",
    "RandomZoom",
    "Solarization",
)
def augmentation(data: Any) -> Spec:
    """Images changed at random, in the size they have; labels and boxes go along."""
    return Spec(_flattened(data))


@weightless("CenterCrop", "RandomCrop", "Resizing")
def resizing(data: Shape, *, height: Count, width: Count, data_format: DataFormat = None) -> Spec:
    """Images cut or stretched to one size; one image or a batch of them."""
    if len(data) not in {3, 4}:
        raise ValueError("expects one image or a batch of them: 3 or 4 axes")
    first = data_format == "channels_first"
    channels = data[-3] if first else data[-1]
    return Spec(((*data[:-3], *_placed((height, width), channels, first)),))


@weightless("RandomHeight")
def random_height(inputs: Shape) -> Spec:
    """Images stretched to a height that is drawn anew each time."""
    return Spec(((*inputs[:-3], None, *inputs[-2:]),))


@weightless("RandomWidth")
def random_width(inputs: Shape) -> Spec:
    """Images stretched to a width that is drawn anew each time."""
    return Spec(((*inputs[:-2], None, *inputs[-1:]),))


@weightless("MaxNumBoundingBoxes")
def max_bounding_boxes(data: Any, *, max_number: Count) -> Spec:
    """Images with as many boxes for each, some of them empty."""
    if not isinstance(data, dict) or "bounding_boxes" not in data:
        return Spec(_flattened(data))
    boxes = {
        key: (shape[0], max_number, *shape[2:]) for key, shape in data["bounding_boxes"].items()
    }
    return Spec(_flattened({**data, "bounding_boxes": boxes}))


@rule("Pipeline")
def pipeline(inputs: Any, *, layers: list[Layer], apply: Apply) -> Spec:
    """Layers one after the other."""
    outputs: tuple[Any, ...] = _flattened(inputs)
    parts: list[Spec] = []
    flow = inputs
    for layer in layers:
        parts.append(apply(layer, flow))
        outputs = parts[-1].outputs
        flow = outputs[0] if len(outputs) == 1 else list(outputs)
    macs = [part.macs for part in parts if part.macs is not None]
    work = tuple(term for terms in macs for term in terms) if len(macs) == len(parts) else None
    return Spec(outputs, joined(parts), work)
