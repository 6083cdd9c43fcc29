"""Rules for `keras.ops` of the file image: one image, or a batch of them."""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Shape, each_axis, plus, times
from inspector.rules.layout import layout
from inspector.rules.ops.core import demand
from inspector.rules.ops.nn import positions
from inspector.rules.rule import Counts, DataFormat, Padding, Spec, operation


def _image(x: Shape) -> None:
    demand(len(x) in (3, 4), "an image has 3 axes, or 4 with a batch", x)


def _first(data_format: str | None) -> bool:
    return data_format == "channels_first"


@operation("AffineTransform")
def affine_transform(images: Shape, transform: Any = ()) -> Spec:
    """Images turned, stretched or moved."""
    _image(images)
    if isinstance(transform, tuple):
        demand(len(transform) in (1, 2), "a transform has 1 axis, or 2 with a batch", transform)
    return Spec((images,))


@operation("PerspectiveTransform")
def perspective_transform(images: Shape, start_points: Shape, end_points: Shape) -> Spec:
    """Images seen from elsewhere: four points go to four others."""
    _image(images)
    for points in (start_points, end_points):
        demand(points[-2:] == (4, 2) and len(points) in (2, 3), "points are 4 by 2", points)
    demand(start_points == end_points, "points must be as many", start_points, end_points)
    return Spec((images,))


@operation("ElasticTransform", "GaussianBlur")
def filtered(images: Shape) -> Spec:
    """Images of the same size; the filters' work is not confirmed by any count."""
    _image(images)
    return Spec((images,), macs=None)


@operation("HSVToRGB", "RGBToHSV")
def colors(images: Shape, *, data_format: DataFormat = None) -> Spec:
    """Three channels said in another way."""
    _image(images)
    demand(images[_channels(data_format)] in (3, None), "3 channels are needed", images)
    return Spec((images,))


@operation("RGBToGrayscale")
def grayscale(images: Shape, *, data_format: DataFormat = None) -> Spec:
    """One channel made of three."""
    _image(images)
    place = _channels(data_format)
    demand(images[place] in (1, 3, None), "1 or 3 channels are needed", images)
    return Spec(((*images[:place], 1, *images[place:][1:]),))


def _channels(data_format: str | None) -> int:
    return -3 if _first(data_format) else -1


def _resized(images: Shape, height: Dim, width: Dim, data_format: str | None) -> Shape:
    """`images` with another height and width."""
    if _first(data_format):
        return (*images[:-2], height, width)
    return (*images[:-3], height, width, images[-1])


def _size(images: Shape, data_format: str | None) -> tuple[Dim, Dim]:
    """Height and width."""
    _image(images)
    height, width = images[-2:] if _first(data_format) else images[-3:-1]
    return height, width


@operation("Resize")
def resize(images: Shape, *, size: list[Any], data_format: DataFormat = None) -> Spec:
    """Images of a given height and width."""
    _image(images)
    height, width = size
    return Spec((_resized(images, height, width, data_format),))


@operation("PadImages")
def pad_images(
    images: Shape,
    *,
    top_padding: int | None = None,
    left_padding: int | None = None,
    bottom_padding: int | None = None,
    right_padding: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: DataFormat = None,
) -> Spec:
    """Images with a border; two of three numbers for each direction say how wide."""
    height, width = _size(images, data_format)
    new_height = _grown(height, top_padding, bottom_padding, target_height)
    new_width = _grown(width, left_padding, right_padding, target_width)
    return Spec((_resized(images, new_height, new_width, data_format),))


def _grown(size: Dim, before: int | None, after: int | None, target: int | None) -> Dim:
    given = _two_of(before, after, target)
    if target is None:
        return plus((size, given))
    demand(size is None or target - size - given >= 0, "the target is too small", (size, target))
    return target


def _two_of(before: int | None, after: int | None, target: int | None) -> int:
    """What is known of the border, once it is sure that nothing is missing or given twice."""
    given = [number for number in (before, after, target) if number is not None]
    if len(given) != 2 or min(given) < 0:
        raise ValueError("a direction takes 2 numbers, none of them negative: border or target")
    return (before or 0) + (after or 0)


@operation("CropImages")
def crop_images(
    images: Shape,
    *,
    top_cropping: int | None = None,
    left_cropping: int | None = None,
    bottom_cropping: int | None = None,
    right_cropping: int | None = None,
    target_height: int | None = None,
    target_width: int | None = None,
    data_format: DataFormat = None,
) -> Spec:
    """Images without a border; two of three numbers for each direction say how wide."""
    height, width = _size(images, data_format)
    new_height = _shrunk(height, top_cropping, bottom_cropping, target_height)
    new_width = _shrunk(width, left_cropping, right_cropping, target_width)
    return Spec((_resized(images, new_height, new_width, data_format),))


def _shrunk(size: Dim, before: int | None, after: int | None, target: int | None) -> Dim:
    given = _two_of(before, after, target)
    if size is None:
        demand(target is not None, "a target is needed where the size is unknown", (size,))
        return target
    kept = size - given if target is None else target
    demand(kept >= 0 and size - kept - given >= 0, "more is cropped than there is", (size,))
    return kept


@operation("ExtractPatches")
def extract_patches(
    images: Shape,
    *,
    size: Counts,
    strides: Counts | None = None,
    dilation_rate: Counts = 1,
    padding: Padding = "valid",
    data_format: DataFormat = None,
) -> Spec:
    """Windows over images or volumes, each laid flat into the channels.

    >>> extract_patches((None, 9, 9, 3), size=[3, 3], strides=[2, 2]).outputs
    ((None, 4, 4, 27),)
    """
    kernel = each_axis(size, 2 if isinstance(size, int) else len(size))
    rank = len(kernel)
    demand(len(images) in (rank + 1, rank + 2), f"{rank} axes of space are needed", images)
    batch, image = images[: -rank - 1], layout((None, *images[-rank - 1 :]), data_format)
    steps = kernel if strides is None else strides
    space = positions(image.space, kernel, steps, padding, dilation_rate)
    patches = image.shape(space, times((*kernel, image.channels)))
    # Keras finds them with a convolution of ones and zeros; no work is confirmed.
    return Spec(((*batch, *patches[1:]),), macs=None)


@operation("MapCoordinates")
def map_coordinates(inputs: Shape, coordinates: Shape) -> Spec:
    """Numbers read at points between the grid's."""
    demand(len(coordinates) >= 2, "coordinates have 2 axes or more", coordinates)
    demand(coordinates[0] == len(inputs), "one row for each axis is needed", inputs, coordinates)
    return Spec((coordinates[1:],))


@operation("ScaleAndTranslate")
def scale_and_translate(images: Shape, output_shape: list[Any]) -> Spec:  # noqa: ARG001
    """Images stretched and moved onto a grid of a given shape."""
    return Spec((tuple(output_shape),), macs=None)


@operation("SobelEdges")
def sobel_edges(images: Shape) -> Spec:
    """How fast brightness changes, down and across."""
    demand(len(images) == 4, "a batch of images has 4 axes", images)
    return Spec(((*images, 2),), macs=None)


@operation("SSIM")
def ssim(image1: Shape, image2: Shape) -> Spec:
    """How alike images are: one number for each pair."""
    _image(image1)
    _image(image2)
    return Spec((image1[:-3],), macs=None)
