"""Functions of TensorFlow of the module image: one image, or a batch of them."""

from __future__ import annotations

from typing import Any

from inspector.dims import Dim, Shape, times
from inspector.rules.ops.core import demand, operand, replaced
from inspector.rules.ops.known import number
from inspector.rules.ops.nn import positions
from inspector.rules.ops.tensorflow_nn import spatial
from inspector.rules.ops.tensorflow_shapes import sizes_of
from inspector.rules.rule import Spec, tf_function


def _placed(image: Any, height: Dim, width: Dim) -> Spec:
    """Images of a given height and width; channels come last."""
    x = operand(image)
    demand(len(x) in (3, 4), "an image has 3 axes, or 4 with a batch", x)
    return Spec(((*x[:-3], height, width, x[-1]),))


@tf_function(
    *("image.resize", "image.resize_images", "image.resize_bilinear", "image.resize_bicubic"),
    *("image.resize_nearest_neighbor", "image.resize_area", "image.resize_images_v2"),
)
def resize(images: Any, size: Any) -> Spec:
    """Images stretched to a height and a width."""
    height, width = sizes_of(size)
    return _placed(images, height, width)


@tf_function(
    *("image.resize_with_pad", "image.resize_with_crop_or_pad", "image.resize_image_with_pad"),
    *("image.resize_image_with_crop_or_pad",),
)
def fitted(image: Any, target_height: Any, target_width: Any) -> Spec:
    """Images cut or padded to a height and a width."""
    return _placed(image, number(target_height), number(target_width))


@tf_function("image.crop_to_bounding_box", "image.pad_to_bounding_box")
def boxed(
    image: Any,
    offset_height: Any,  # noqa: ARG001
    offset_width: Any,  # noqa: ARG001
    target_height: Any,
    target_width: Any,
) -> Spec:
    """A part of images, or images within a border."""
    return _placed(image, number(target_height), number(target_width))


@tf_function("image.random_crop", "random_crop")
def random_crop(value: Any, size: Any) -> Spec:  # noqa: ARG001
    """A part of a tensor, anywhere in it."""
    return Spec((sizes_of(size),))


@tf_function("image.central_crop")
def central_crop(image: Any, central_fraction: Any) -> Spec:
    """The middle of images."""
    x = operand(image)
    return _placed(image, _middle(x[-3], central_fraction), _middle(x[-2], central_fraction))


def _middle(size: Dim, fraction: float) -> Dim:
    return None if size is None else size - 2 * int((size - size * fraction) / 2)


@tf_function(
    *("image.flip_left_right", "image.flip_up_down", "image.random_flip_left_right"),
    *("image.random_flip_up_down", "image.per_image_standardization", "image.adjust_brightness"),
    *("image.adjust_contrast", "image.adjust_gamma", "image.adjust_hue", "image.adjust_saturation"),
    *("image.random_brightness", "image.random_contrast", "image.random_hue"),
    *("image.random_saturation", "image.rgb_to_hsv", "image.hsv_to_rgb", "image.rgb_to_yuv"),
    *("image.yuv_to_rgb", "image.rgb_to_yiq", "image.yiq_to_rgb", "image.convert_image_dtype"),
    *("image.adjust_jpeg_quality", "image.random_jpeg_quality"),
)
def recolored(image: Any) -> Spec:
    """Images of the same size."""
    return Spec((operand(image),))


@tf_function("image.transpose", "image.transpose_image")
def transposed(image: Any) -> Spec:
    """Images with height and width in each other's place."""
    x = operand(image)
    return _placed(image, x[-2], x[-3])


@tf_function("image.rot90")
def rot90(image: Any, k: Any = 1) -> Spec:
    """Images in quarter turns."""
    x = operand(image)
    if not isinstance(k, int):
        return _placed(image, None, None)
    return _placed(image, x[-3], x[-2]) if k % 2 == 0 else _placed(image, x[-2], x[-3])


@tf_function("image.rgb_to_grayscale")
def grayscale(images: Any) -> Spec:
    """One channel made of three."""
    return Spec((replaced(operand(images), -1, 1),))


@tf_function("image.grayscale_to_rgb")
def rgb(images: Any) -> Spec:
    """Three channels made of one."""
    return Spec((replaced(operand(images), -1, 3),))


@tf_function("image.extract_patches", "image.extract_image_patches", "extract_image_patches")
def extract_patches(
    images: Any,
    sizes: Any = None,
    strides: Any = None,
    rates: Any = None,
    padding: Any = "VALID",
    ksizes: Any = None,
) -> Spec:
    """Windows over images, each laid flat into the channels."""
    x = operand(images)
    size = tuple(spatial(ksizes if sizes is None else sizes, 2))
    steps, holes = spatial(strides, 2), spatial(rates, 2)
    space = positions(x[1:3], size, steps, str(padding).lower(), holes)
    return Spec(((x[0], *space, times((*size, x[3]))),), macs=None)


@tf_function("image.crop_and_resize")
def crop_and_resize(image: Any, boxes: Any, box_indices: Any, crop_size: Any) -> Spec:
    """Parts of images, each stretched to one size."""
    height, width = sizes_of(crop_size)
    count = _either(operand(boxes)[:1], operand(box_indices)[:1])
    return Spec(((count, height, width, operand(image)[-1]),), macs=None)


def _either(first: Shape, second: Shape) -> Dim:
    return next((size for size in (*first, *second) if size is not None), None)


@tf_function("image.total_variation")
def total_variation(images: Any) -> Spec:
    """How much neighbors differ: one number for each image."""
    return Spec((operand(images)[:-3],))


@tf_function("image.ssim", "image.psnr", "image.ssim_multiscale")
def compared(a: Any) -> Spec:
    """How alike images are: one number for each pair."""
    return Spec((operand(a)[:-3],), macs=None)


@tf_function("image.image_gradients")
def gradients(image: Any) -> Spec:
    """How brightness changes, down and across."""
    return Spec((operand(image),) * 2)
