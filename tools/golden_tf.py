"""Write down what `tf_keras` makes of functions of TensorFlow inside a model, one line a case.

    python tools/golden_tf.py tests/golden/functions_tf_keras.jsonl
    python tools/golden_tf.py tests/golden/nodes_tf_keras.jsonl --nodes

Each line is a small model as Keras 2 saves it, and the shape of every tensor in it. With `--nodes`
functions are kept as nodes of a graph, as `tf.keras` of 2.0 to 2.3 did.
"""

# ruff: noqa: E501 - a case is one line

from __future__ import annotations

import importlib
import json
import re
import sys
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

keras: Any = importlib.import_module("tf_keras")

INPUTS: dict[str, dict[str, Any]] = {
    "x": {"shape": (4, 6)},
    "y": {"shape": (4, 6)},
    "m": {"shape": (6, 5)},
    "v": {"shape": (6,)},
    "one": {"shape": (4, 1)},
    "img": {"shape": (8, 8, 3)},
    "vol": {"shape": (6, 8, 8, 3)},
    "free": {"shape": (None, None, 3)},
    "seq": {"shape": (None, 6)},
    "ids": {"shape": (5,), "dtype": "int32"},
    "flag": {"shape": (4, 6), "dtype": "bool"},
    "q": {"batch_shape": (2, 4, 6)},
    "sq": {"shape": (6, 6)},
    "words": {"shape": (5,), "dtype": "string"},
}
K = keras.backend
LONGEST = 4500 if "--nodes" in sys.argv else 8000  # a line that says no more than others
_KEPT = ("class_name", "config", "name", "inbound_nodes")  # what files of every version have

CASES = """
x + y
x - 1.0
2.0 * x
1.0 / x
x / y
x // 2.0
x % 2.0
x ** 2
-x
abs(x)
x @ m
x > y
x >= 0.5
x < y
x <= y
x == y
x != y
flag & flag
flag | flag
~flag
flag ^ flag
x + one
x + np.ones((4, 1), "float32")
x + np.ones((6,), "float32")
x + v[:, None, :]
q + 1.0
x[0]
x[:, 0]
x[:, -1]
x[:, 1:3]
x[:, ::2]
x[:, ::-1]
x[..., 0]
x[..., :3]
x[:, tf.newaxis]
x[:, None, ..., None]
x[..., 1:-1]
x[:, 1:, 2:4]
seq[:, :3]
seq[:, -1]
seq[:, 1:]
img[:, 2:-2, 2:-2, :]
tf.add(x, y)
tf.add(1.0, x)
tf.subtract(x, y)
tf.multiply(x, y)
tf.divide(x, y)
tf.math.add(x, y)
tf.math.multiply(x, 3.0)
tf.math.divide_no_nan(x, y)
tf.math.pow(x, 2.0)
tf.math.maximum(x, y)
tf.math.minimum(x, 0.0)
tf.math.squared_difference(x, y)
tf.math.floormod(x, 2.0)
tf.math.mod(x, 2.0)
tf.math.floordiv(x, 2.0)
tf.math.atan2(x, y)
tf.math.xlogy(x, y)
tf.math.add_n([x, y, x])
tf.math.accumulate_n([x, y])
tf.math.logical_and(flag, flag)
tf.math.logical_not(flag)
tf.math.equal(x, y)
tf.math.not_equal(x, 0.0)
tf.math.greater(x, y)
tf.math.less_equal(x, y)
tf.math.abs(x)
tf.math.exp(x)
tf.math.log(x)
tf.math.log1p(x)
tf.math.sqrt(x)
tf.math.rsqrt(x)
tf.math.square(x)
tf.math.reciprocal(x)
tf.math.sin(x)
tf.math.cos(x)
tf.math.tanh(x)
tf.math.sigmoid(x)
tf.math.erf(x)
tf.math.sign(x)
tf.math.floor(x)
tf.math.ceil(x)
tf.math.round(x)
tf.math.softplus(x)
tf.math.negative(x)
tf.math.is_nan(x)
tf.math.is_finite(x)
tf.math.lgamma(x)
tf.math.cumsum(x, axis=1)
tf.math.cumprod(x, axis=-1)
tf.math.reduce_sum(x)
tf.math.reduce_sum(x, axis=1)
tf.math.reduce_sum(x, axis=[1, 2])
tf.math.reduce_sum(x, axis=-1, keepdims=True)
tf.reduce_mean(x, axis=(1, 2), keepdims=True)
tf.reduce_mean(x, 1)
tf.reduce_max(x, axis=-1)
tf.reduce_min(x, axis=-1)
tf.reduce_prod(x, axis=0)
tf.reduce_any(flag, axis=1)
tf.reduce_all(flag, axis=1)
tf.math.reduce_std(x, axis=1)
tf.math.reduce_variance(x, axis=1)
tf.math.reduce_logsumexp(x, axis=1)
tf.math.reduce_euclidean_norm(x, axis=1)
tf.math.count_nonzero(x, axis=1)
tf.argmax(x, axis=-1)
tf.argmax(x, 1)
tf.math.argmin(x, axis=1)
tf.argsort(x, axis=-1)
tf.sort(x, axis=-1)
tf.math.top_k(x, k=3)
tf.math.top_k(x, k=3).values
tf.nn.top_k(x, 2)
tf.math.in_top_k(ids[:, 0], v, k=2)
tf.math.segment_sum(x, tf.constant([0]))
tf.math.unsorted_segment_sum(x, tf.constant([0]), 3)
tf.math.l2_normalize(x, axis=-1)
tf.nn.l2_normalize(x, axis=1)
tf.math.bincount(ids, minlength=3, maxlength=3, axis=-1)
tf.math.confusion_matrix(ids[:, 0], ids[:, 1], num_classes=4)
tf.clip_by_value(x, 0.0, 1.0)
tf.clip_by_norm(x, 1.0)
tf.where(flag, x, y)
tf.where(x > 0, x, 0.0)
tf.where(flag)
tf.cast(x, tf.int32)
tf.cast(ids, "float32")
tf.identity(x)
tf.stop_gradient(x)
tf.zeros_like(x)
tf.ones_like(x)
tf.fill([2, 3], x[0, 0, 0])
tf.shape(x)
tf.size(x)
tf.rank(x)
tf.shape(x)[0]
tf.shape(x)[1:]
tf.reshape(x, [-1, 24])
tf.reshape(x, [-1, 2, 12])
tf.reshape(x, (-1,))
tf.reshape(q, [-1, 6])
tf.reshape(x, [tf.shape(x)[0], 24])
tf.reshape(x, [tf.shape(x)[0], -1])
tf.reshape(x, (tf.shape(x)[0], 2, 2, 6))
tf.reshape(x, tf.concat([tf.shape(x)[:1], [24]], axis=0))
tf.reshape(x, tf.stack([tf.shape(x)[0], tf.shape(x)[1] * tf.shape(x)[2]]))
tf.reshape(seq, [tf.shape(seq)[0], tf.shape(seq)[1] * 6])
tf.reshape(seq, [-1, tf.shape(seq)[1], 2, 3])
tf.reshape(free, [tf.shape(free)[0], tf.shape(free)[1] * tf.shape(free)[2], 3])
tf.reshape(x, tf.shape(y))
tf.transpose(x)
tf.transpose(x, [0, 2, 1])
tf.transpose(img, perm=(0, 3, 1, 2))
tf.concat([x, y], axis=-1)
tf.concat([x, y], 1)
tf.concat([x], axis=1)
tf.concat([seq, x], axis=2)
tf.concat(values=[x, one], axis=2)
tf.stack([x, y])
tf.stack([x, y], axis=1)
tf.stack([x, y, x], axis=-1)
tf.unstack(x, axis=1)
tf.unstack(x, num=4, axis=1)
tf.split(x, 2, axis=1)
tf.split(x, 3, -1)
tf.split(x, [1, 2, 3], axis=2)
tf.split(x, num_or_size_splits=[2, -1], axis=2)
tf.split(seq, 3, axis=-1)
tf.pad(x, [[0, 0], [1, 1], [2, 0]])
tf.pad(img, [[0, 0], [1, 1], [1, 1], [0, 0]], mode="REFLECT")
tf.pad(img, tf.constant([[0, 0], [3, 3], [3, 3], [0, 0]]))
tf.tile(x, [1, 2, 3])
tf.tile(one, tf.constant([1, 1, 5]))
tf.tile(x, [tf.shape(y)[0], 1, 1])
tf.repeat(x, 3, axis=1)
tf.repeat(x, repeats=2, axis=-1)
tf.repeat(x, [1, 2, 3, 4], axis=1)
tf.gather(x, [0, 2], axis=1)
tf.gather(x, 1, axis=-1)
tf.gather(x, ids, axis=1, batch_dims=1)
tf.gather(x, ids)
tf.gather(np.ones((10, 7), "float32"), ids)
tf.gather_nd(x, [[0, 1]])
tf.gather_nd(x, ids[:, :2])
tf.gather_nd(x, tf.expand_dims(ids, -1), batch_dims=1)
tf.boolean_mask(x, [True, False, True, True], axis=1)
tf.slice(x, [0, 1, 2], [-1, 2, 3])
tf.slice(x, [0, 0, 0], [1, -1, -1])
tf.strided_slice(x, [0, 0, 0], [2, 4, 6], [1, 2, 2])
tf.expand_dims(x, -1)
tf.expand_dims(x, axis=1)
tf.expand_dims(v, 0)
tf.squeeze(one)
tf.squeeze(one, axis=-1)
tf.squeeze(one, [2])
tf.reverse(x, axis=[1])
tf.roll(x, shift=1, axis=1)
tf.reverse_sequence(x, ids[:, 0], seq_axis=1)
tf.sequence_mask(ids, maxlen=7)
tf.sequence_mask(ids[:, 0])
tf.one_hot(ids, 10)
tf.one_hot(ids, depth=4, axis=1)
tf.range(tf.shape(x)[1])
tf.range(5) + ids
tf.linspace(0.0, 1.0, 5) + tf.cast(ids, "float32")
tf.broadcast_to(one, tf.shape(x))
tf.broadcast_to(v, [3, 6])
tf.meshgrid(ids[0], ids[1])
tf.eye(4) + x[:, :, :4]
tf.zeros([tf.shape(x)[0], 3])
tf.ones((tf.shape(x)[0], 4, 2))
tf.fill([tf.shape(x)[0], 1, 6], 0.5)
tf.zeros(tf.shape(x))
tf.zeros([tf.shape(x)[0], tf.shape(x)[1], 8])
tf.random.normal(tf.shape(x))
tf.random.normal((tf.shape(x)[0], 6))
tf.random.uniform([tf.shape(x)[0], 1])
tf.scatter_nd(tf.expand_dims(ids, -1), tf.cast(ids, "float32"), [10, 5])
tf.tensor_scatter_nd_update(v, [[0]], v[:1])
tf.searchsorted(v, v)
tf.unique(ids[0])
tf.matmul(x, m)
tf.matmul(x, y, transpose_b=True)
tf.matmul(x, y, transpose_a=True)
tf.matmul(x, y, adjoint_b=True)
tf.matmul(a=x, b=m)
tf.linalg.matmul(seq, seq, transpose_b=True)
tf.matmul(x, np.ones((6, 3), "float32"))
tf.einsum("bij,bjk->bik", x, m)
tf.einsum("bij,bkj->bik", x, y)
tf.einsum("bij->bji", x)
tf.einsum("...i,ij->...j", x, np.ones((6, 3), "float32"))
tf.tensordot(x, np.ones((6, 3), "float32"), axes=1)
tf.tensordot(x, np.ones((6, 3), "float32"), axes=[[2], [0]])
tf.tensordot(v, v, [[1], [1]])
tf.linalg.norm(x, axis=-1)
tf.norm(x)
tf.norm(x, axis=1, keepdims=True)
tf.linalg.inv(sq)
tf.linalg.det(sq)
tf.linalg.diag(v)
tf.linalg.diag_part(sq)
tf.linalg.trace(sq)
tf.linalg.band_part(sq, -1, 0)
tf.linalg.matrix_transpose(x)
tf.linalg.matvec(x, v)
tf.linalg.cholesky(sq)
tf.linalg.svd(sq)
tf.linalg.solve(sq, m)
tf.linalg.set_diag(sq, v)
tf.linalg.eigh(sq)
tf.linalg.l2_normalize(x, axis=1)
tf.linalg.cross(x[:, :, :3], y[:, :, :3])
tf.linalg.qr(x)
tf.linalg.adjoint(x)
tf.nn.relu(x)
tf.nn.relu6(x)
tf.nn.leaky_relu(x, alpha=0.1)
tf.nn.elu(x)
tf.nn.selu(x)
tf.nn.gelu(x)
tf.nn.silu(x)
tf.nn.swish(x)
tf.nn.crelu(x)
tf.nn.softmax(x)
tf.nn.softmax(x, axis=1)
tf.nn.log_softmax(x)
tf.nn.sigmoid(x)
tf.nn.tanh(x)
tf.nn.softsign(x)
tf.nn.dropout(x, rate=0.5)
tf.nn.moments(x, axes=[1])
tf.nn.moments(img, axes=[1, 2], keepdims=True)
tf.nn.bias_add(x, np.ones((6,), "float32"))
tf.nn.batch_normalization(x, 0.0, 1.0, None, None, 1e-3)
tf.nn.local_response_normalization(img)
tf.nn.lrn(img, depth_radius=2)
tf.nn.max_pool2d(img, 2, 2, "VALID")
tf.nn.max_pool2d(img, ksize=3, strides=2, padding="SAME")
tf.nn.max_pool(img, [1, 2, 2, 1], [1, 2, 2, 1], "VALID")
tf.nn.avg_pool2d(img, 2, 2, "VALID")
tf.nn.avg_pool(img, ksize=[2, 2], strides=[2, 2], padding="SAME")
tf.nn.avg_pool1d(x, 2, 2, "VALID")
tf.nn.max_pool1d(x, ksize=2, strides=1, padding="SAME")
tf.nn.max_pool3d(vol, 2, 2, "VALID")
tf.nn.conv2d(img, np.ones((3, 3, 3, 5), "float32"), 1, "SAME")
tf.nn.conv2d(img, np.ones((3, 3, 3, 5), "float32"), strides=[1, 2, 2, 1], padding="VALID")
tf.nn.conv2d(img, np.ones((3, 3, 3, 5), "float32"), 1, "VALID", dilations=2)
tf.nn.conv1d(x, np.ones((3, 6, 5), "float32"), 1, "SAME")
tf.nn.conv3d(vol, np.ones((2, 2, 2, 3, 4), "float32"), [1, 1, 1, 1, 1], "SAME")
tf.nn.depthwise_conv2d(img, np.ones((3, 3, 3, 2), "float32"), [1, 1, 1, 1], "SAME")
tf.nn.depthwise_conv2d(img, np.ones((3, 3, 3, 1), "float32"), strides=[1, 2, 2, 1], padding="VALID")
tf.nn.separable_conv2d(img, np.ones((3, 3, 3, 2), "float32"), np.ones((1, 1, 6, 5), "float32"), [1, 1, 1, 1], "SAME")
tf.nn.conv2d_transpose(img, np.ones((3, 3, 4, 3), "float32"), [1, 16, 16, 4], 2)
tf.nn.depth_to_space(tf.concat([img] * 4, -1), 2)
tf.nn.space_to_depth(img, 2)
tf.nn.space_to_depth(img, block_size=4)
tf.nn.embedding_lookup(np.ones((10, 7), "float32"), ids)
tf.nn.softmax_cross_entropy_with_logits(labels=x, logits=y)
tf.nn.sigmoid_cross_entropy_with_logits(labels=x, logits=y)
tf.nn.sparse_softmax_cross_entropy_with_logits(labels=ids[:, 0], logits=v)
tf.nn.l2_loss(x)
tf.nn.zero_fraction(x)
tf.nn.isotonic_regression(v)
tf.nn.erosion2d(img, np.ones((3, 3, 3), "float32"), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])
tf.nn.with_space_to_batch(x, [1], "VALID", lambda a, *_: a) if False else tf.nn.relu(x)
tf.image.resize(img, [16, 16])
tf.image.resize(img, (4, 12), method="nearest")
tf.image.resize(free, [32, 32])
tf.image.resize(img, tf.shape(free)[1:3])
tf.image.resize(free, tf.shape(img)[1:3])
tf.image.resize(img, size=(16, 16), method=tf.image.ResizeMethod.BICUBIC)
tf.compat.v1.image.resize_bilinear(img, (16, 16))
tf.compat.v1.image.resize_nearest_neighbor(img, [24, 24], align_corners=True)
tf.compat.v1.image.resize_bicubic(img, (16, 16))
tf.compat.v1.image.resize(img, (16, 16))
tf.compat.v1.image.resize_images(img, (16, 16))
tf.image.resize_with_pad(img, 10, 12)
tf.image.resize_with_crop_or_pad(img, 6, 10)
tf.image.central_crop(img, 0.5)
tf.image.crop_to_bounding_box(img, 1, 1, 4, 5)
tf.image.pad_to_bounding_box(img, 1, 1, 12, 12)
tf.image.flip_left_right(img)
tf.image.flip_up_down(img)
tf.image.rot90(img)
tf.image.transpose(img)
tf.image.rgb_to_grayscale(img)
tf.image.grayscale_to_rgb(img[..., :1])
tf.image.rgb_to_hsv(img)
tf.image.per_image_standardization(img)
tf.image.adjust_contrast(img, 2.0)
tf.image.adjust_brightness(img, 0.1)
tf.image.adjust_saturation(img, 0.1)
tf.image.random_flip_left_right(img)
tf.image.extract_patches(img, [1, 2, 2, 1], [1, 2, 2, 1], [1, 1, 1, 1], "VALID")
tf.image.extract_patches(images=img, sizes=[1, 3, 3, 1], strides=[1, 2, 2, 1], rates=[1, 1, 1, 1], padding="SAME")
tf.image.sobel_edges(img)
tf.image.total_variation(img)
tf.image.ssim(img, img, 1.0)
tf.image.psnr(img, img, 1.0)
tf.image.crop_and_resize(img, np.ones((3, 4), "float32"), [0, 0, 0], [5, 5])
tf.image.convert_image_dtype(img, tf.float32)
tf.image.image_gradients(img)
tf.signal.fft(tf.cast(x, "complex64"))
tf.signal.rfft(x)
tf.signal.stft(v, 4, 2)
tf.signal.frame(v, 4, 2)
tf.math.real(tf.cast(x, "complex64"))
tf.dtypes.cast(x, "float16")
tf.dtypes.complex(x, y)
tf.dtypes.saturate_cast(x, "uint8")
tf.convert_to_tensor(x)
tf.ensure_shape(x, [None, 4, 6])
tf.ensure_shape(seq, [None, 9, 6])
tf.debugging.check_numerics(x, "no")
tf.strings.length(words)
tf.strings.lower(words)
tf.strings.to_number(words)
tf.compat.v1.reduce_mean(x, axis=1)
tf.compat.v1.reduce_sum(x, axis=1, keepdims=True)
tf.compat.v1.reduce_max(x, reduction_indices=[1])
tf.compat.v1.expand_dims(x, 1)
tf.compat.v1.squeeze(one, squeeze_dims=[2])
tf.compat.v1.transpose(x, [0, 2, 1])
tf.compat.v1.shape(x)
tf.compat.v1.gather(x, [0, 1], axis=1)
tf.compat.v1.nn.softmax(x, dim=1)
tf.compat.v1.pad(x, [[0, 0], [1, 1], [0, 0]])
tf.compat.v1.argmax(x, 1)
tf.compat.v1.space_to_depth(img, 2)
tf.compat.v1.depth_to_space(tf.concat([img] * 4, -1), 2)
tf.compat.v1.where(flag, x, y)
tf.compat.v1.to_float(ids)
tf.compat.v1.div(x, y)
tf.compat.v1.nn.max_pool(img, [1, 2, 2, 1], [1, 2, 2, 1], "SAME")
tf.compat.v1.nn.avg_pool(img, [1, 3, 3, 1], [1, 1, 1, 1], "VALID")
tf.compat.v1.nn.dropout(x, keep_prob=0.5)
tf.compat.v1.nn.conv2d(img, np.ones((3, 3, 3, 5), "float32"), [1, 1, 1, 1], "SAME")
tf.compat.v1.batch_to_space_nd(tf.reshape(img, [-1, 4, 4, 3]), [2, 2], [[0, 0], [0, 0]])
tf.compat.v1.arg_max(x, 1)
tf.batch_to_space(tf.reshape(img, [-1, 4, 4, 3]), [2, 2], [[0, 0], [0, 0]])
tf.space_to_batch(img, [2, 2], [[0, 0], [0, 0]])
K.mean(x, axis=1)
K.sum(x, axis=-1, keepdims=True)
K.max(x, axis=1)
K.square(x)
K.sqrt(x)
K.abs(x)
K.exp(x)
K.expand_dims(x, 1)
K.squeeze(one, 2)
K.concatenate([x, y], axis=-1)
K.stack([x, y], axis=1)
K.reshape(x, (-1, 24))
K.permute_dimensions(x, (0, 2, 1))
K.repeat_elements(x, 2, axis=1)
K.repeat(v, 3)
K.flatten(x)
K.batch_flatten(x)
K.dot(x, np.ones((6, 3), "float32"))
K.batch_dot(x, m, axes=[2, 1])
K.l2_normalize(x, axis=-1)
K.softmax(x)
K.relu(x, max_value=6)
K.sigmoid(x)
K.hard_sigmoid(x)
K.tanh(x)
K.clip(x, 0, 1)
K.cast(x, "float16")
K.tile(x, [1, 2, 1])
K.shape(x)
K.maximum(x, y)
K.equal(x, y)
K.greater(x, y)
K.switch(flag, x, y)
K.argmax(x, axis=-1)
K.one_hot(ids, 9)
K.gather(np.ones((10, 7), "float32"), ids)
K.arange(4) + ids[:, :4]
K.resize_images(img, 2, 2, "channels_last")
K.spatial_2d_padding(img, ((1, 1), (2, 2)))
K.temporal_padding(x, (1, 2))
K.pool2d(img, (2, 2), (2, 2))
K.conv2d(img, np.ones((3, 3, 3, 5), "float32"), padding="same")
K.zeros_like(x)
K.stop_gradient(x)
K.pow(x, 2)
K.var(x, axis=1)
K.std(x, axis=1)
K.logsumexp(x, axis=1)
K.reverse(x, axes=1)
K.slice(x, [0, 0, 0], [1, 2, 3])
K.cumsum(x, axis=1)
K.sum(K.square(x - y), axis=[1, 2])
K.transpose(v)
K.prod(x, axis=1)
K.min(x, axis=1)
K.any(flag, axis=1)
K.log(x)
K.round(x)
K.softplus(x)
K.elu(x)
K.sin(x)
K.ones_like(x)
K.dropout(x, 0.5)
K.bias_add(x, np.ones((6,), "float32"))
K.categorical_crossentropy(x, y)
K.binary_crossentropy(x, y)
keras.activations.relu(x)
keras.activations.softmax(x)
keras.activations.gelu(x)
keras.activations.swish(x)
keras.losses.mean_squared_error(x, y)
keras.losses.binary_crossentropy(x, y)
keras.losses.cosine_similarity(x, y)
keras.utils.normalize(x) if False else tf.nn.relu(x)
keras.applications.mobilenet_v2.preprocess_input(img)
keras.applications.resnet.preprocess_input(img)
tf.experimental.numpy.mean(x, axis=1) if False else tf.nn.relu(x)
tf.keras.backend.mean(x, axis=1) if False else tf.nn.relu(x)
tf.concat([tf.reduce_mean(x, 1), tf.reduce_max(x, 1), v], -1)
tf.nn.relu(tf.split(x, 2, axis=2)[1])
tf.add_n([x, y])
tf.foldl(lambda a, b: a + b, x) if False else tf.nn.relu(x)
tf.histogram_fixed_width(x, [0.0, 1.0])
tf.math.reduce_sum(input_tensor=x, axis=1)
tf.concat(axis=1, values=[x, y])
tf.stack([x[:, 0], x[:, 1]], axis=1)
tf.stack([tf.shape(x)[0], 3])
tf.transpose(tf.reshape(x, [-1, 4, 2, 3]), [0, 2, 1, 3])
tf.reshape(img, [-1, img.shape[1] * img.shape[2], img.shape[3]])
tf.linalg.expm(sq)
tf.linalg.triangular_solve(sq, m)
tf.linalg.tensor_diag(v[0])
tf.linalg.eye(6) + sq
tf.cumsum(x, 1)
tf.truncatediv(ids, 2)
tf.bitwise.bitwise_and(ids, ids)
tf.math.polyval([1.0, 2.0], x)
tf.math.betainc(x, y, x)
tf.math.top_k(v, 3).indices
tf.math.unsorted_segment_mean(v, ids[:, 0], num_segments=4)
tf.math.reduce_mean(x, axis=tf.constant(1))
tf.nn.moments(x, [0, 1])[0]
tf.nn.ctc_greedy_decoder(tf.transpose(x, [1, 0, 2]), ids[:, 0])[1]
tf.nn.in_top_k(ids[:, 0], v, 2)
tf.nn.weighted_moments(x, [1], y)
tf.nn.normalize_moments(tf.constant(2.0), v, v, None)
tf.nn.pool(img, [2, 2], "MAX", strides=[2, 2], padding="VALID")
tf.nn.convolution(img, np.ones((3, 3, 3, 5), "float32"), padding="SAME")
tf.nn.atrous_conv2d(img, np.ones((3, 3, 3, 5), "float32"), 2, "VALID")
tf.nn.dilation2d(img, np.ones((3, 3, 3), "float32"), [1, 1, 1, 1], "SAME", "NHWC", [1, 1, 1, 1])
tf.nn.max_pool_with_argmax(img, 2, 2, "SAME")
tf.nn.fractional_max_pool(img, [1.0, 1.5, 1.5, 1.0])
""".strip().splitlines()


def recorded(case: str) -> dict[str, Any]:
    """A case as one line: the model it makes, and the shapes in it."""
    keras.backend.clear_session()
    inputs = {name: keras.Input(name=name, **INPUTS[name]) for name in INPUTS if _uses(case, name)}
    scope = {"tf": tf, "np": np, "K": K, "keras": keras, "abs": abs, **inputs}
    outputs = tf.nest.flatten(eval(case, scope))  # noqa: S307 - our own cases
    model = keras.Model(list(inputs.values()), outputs)
    text = json.loads(model.to_json())
    shapes = {
        layer.name: [_sizes(tensor) for tensor in tf.nest.flatten(layer.output)]
        for layer in model.layers
    }
    kept = [{key: layer[key] for key in _KEPT} for layer in text["config"]["layers"]]
    config = {**text["config"], "layers": kept}
    return {"call": case, "model": {"class_name": "Functional", "config": config}, "shapes": shapes}


def _sizes(tensor: Any) -> list[int | None] | None:
    """The shape that Keras knows; `None` where not even the rank is known."""
    return None if tensor.shape.rank is None else tensor.shape.as_list()


def _uses(case: str, name: str) -> bool:
    return re.search(rf"(?<![\w.\"]){name}(?!\w)", case) is not None


def main() -> None:
    """Record every case; say which ones Keras refuses."""
    if "--nodes" in sys.argv:
        tf.compat.v1.disable_eager_execution()
    lines = []
    for case in CASES:
        try:
            line = json.dumps(recorded(case))
            lines += [line] if len(line) < LONGEST else []
        except Exception as error:
            print(f"left out: {case}: {str(error).splitlines()[0][:90]}", file=sys.stderr)
    Path(sys.argv[1]).write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{len(lines)} of {len(CASES)} cases")


if __name__ == "__main__":
    main()
