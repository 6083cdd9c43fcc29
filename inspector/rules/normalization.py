"""Rules for `keras.layers` of the folder normalization."""

from __future__ import annotations

from inspector.dims import Ints, Product, Shape, product
from inspector.dims import axis as named
from inspector.graph import Layer, Weight
from inspector.rules.rule import Apply, Spec, frozen, rule, weightless


def _axes(value: Ints | None) -> tuple[int, ...]:
    return () if value is None else (value,) if isinstance(value, int) else tuple(value)


def numbers(inputs: Shape, axes: Ints | None) -> Product:
    """One number for each place along `axes`: `n`, or `n_1·n_2` for more than one axis.

    >>> str(numbers((None, 8, 6), -1)), str(numbers((None, 8, 6), [1, 2]))
    ('n', 'n_1·n_2')
    """
    sizes = tuple(inputs[place] for place in _axes(axes))
    if len(sizes) == 1:
        return product(n=sizes[0])
    return Product(tuple(f"n_{place}" for place in range(1, len(sizes) + 1)), sizes)


def _learned(names: dict[str, bool], axes: Product) -> tuple[Weight, ...]:
    return tuple(Weight(name, axes) for name, wanted in names.items() if wanted)


@rule("BatchNormalization")
def batch_normalization(
    inputs: Shape,
    *,
    axis: Ints = -1,
    center: bool = True,
    scale: bool = True,
    renorm: bool = False,
) -> Spec:
    """Each channel by its own mean and variance; the moving ones are never trained.

    >>> batch_normalization((None, 32, 32, 16)).formula
    '4·nC'
    """
    places = [range(len(inputs))[place] for place in _axes(axis)]  # Keras 2 wrote a list
    nC = product(nC=inputs[places[0]])
    if len(places) > 1:  # and kept every other axis as one of size 1
        nC = _among_ones(inputs, places)
    learned = _learned({"gamma": scale, "beta": center}, nC)
    moving = _learned({"moving_mean": True, "moving_variance": True}, nC)
    names = ("moving_stddev", "renorm_mean", "renorm_stddev")
    return Spec(
        outputs=(inputs,),
        weights=learned + frozen(moving + _learned(dict.fromkeys(names, renorm), nC)),
    )


def _among_ones(inputs: Shape, places: list[int]) -> Product:
    symbols = [f"n_{place}" if place in places else "1" for place in range(len(inputs))]
    sizes = [size if place in places else 1 for place, size in enumerate(inputs)]
    return Product(tuple(symbols), tuple(sizes))


@rule("GroupNormalization")
def group_normalization(
    inputs: Shape, *, groups: int = 32, axis: int = -1, center: bool = True, scale: bool = True
) -> Spec:
    """Each group of channels by its own mean and variance."""
    channels = inputs[axis]
    if groups != -1 and (groups < 1 or (channels is not None and channels % groups)):
        raise ValueError(f"{channels} channels in {groups} groups")
    return Spec((inputs,), _learned({"gamma": scale, "beta": center}, product(nC=channels)))


@rule("LayerNormalization")
def layer_normalization(
    inputs: Shape,
    *,
    axis: Ints = -1,
    center: bool = True,
    scale: bool = True,
    rms_scaling: bool = False,
    dialect: int = 3,
) -> Spec:
    """Each example by its own mean and variance, along some axes.

    >>> layer_normalization((None, 128, 768)).arithmetic
    '2·768'
    """
    # Sorted as written, as Keras 3 does: -1 comes before 1. Keras 2 did not sort.
    axes = numbers(inputs, sorted(_axes(axis)) if dialect == 3 else _axes(axis))
    wanted = {"gamma": scale or rms_scaling, "beta": center and not rms_scaling}
    return Spec((inputs,), _learned(wanted, axes))


@rule("RMSNormalization")
def rms_normalization(x: Shape, *, axis: Ints = -1) -> Spec:
    """Each example by its root mean square, along some axes."""
    return Spec((x,), (Weight("scale", numbers(x, sorted(_axes(axis)))),))


@weightless("UnitNormalization")
def unit_normalization(inputs: Shape, *, axis: Ints = -1) -> Spec:
    """Each example brought to length 1, along some axes."""
    for place in _axes(axis):
        inputs[place]
    return Spec((inputs,))


@rule("SpectralNormalization")
def spectral_normalization(inputs: Shape, *, layer: Layer, apply: Apply, dialect: int = 3) -> Spec:
    """A layer whose kernel is kept at norm 1, by a vector that is updated but not trained."""
    spec = apply(layer, inputs)
    kernel = next((w for w in spec.weights if w.name in {"kernel", "embeddings"}), None)
    if kernel is None:
        raise ValueError(f"{layer.class_name} has no kernel")
    last = Product(kernel.axes.symbols[-1:], kernel.axes.dims[-1:])
    vector = Weight("vector_u", named("1", 1) * last, trainable=False)
    rest = tuple(weight for weight in spec.weights if weight is not kernel)
    weights = (kernel, vector, *rest) if dialect == 3 else (kernel, *rest, vector)
    return spec._replace(weights=weights)
