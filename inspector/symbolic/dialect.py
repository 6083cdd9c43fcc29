"""Which Keras a program speaks, told by what it imports and how it calls."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from typing import NamedTuple

_CHOICES = {"1": "keras1", "2": "keras2", "3": "keras3"}
_KERAS1_NAMES = frozenset(
    (
        *("Convolution2D", "Convolution1D", "Convolution3D", "AtrousConvolution2D", "Merge"),
        *("TimeDistributedDense", "MaxoutDense", "Highway", "Deconvolution2D"),
    )
)
_KERAS1_KEYS = frozenset(
    (
        *("nb_filter", "nb_row", "nb_col", "border_mode", "subsample", "dim_ordering", "nb_epoch"),
        *("W_regularizer", "b_regularizer", "filter_length", "pool_length", "inner_activation"),
        *("output_dim", "dropout_W", "dropout_U", "subsample_length", "atrous_rate"),
    )
)
_KERAS2_KEYS = frozenset(
    ("kernel_size", "kernel_initializer", "epochs", "data_format", "rate", "units", "filters")
)
# Modules that standalone Keras has lost since.
_KERAS2_PATHS = (
    *("keras.layers.core", "keras.layers.convolutional", "keras.layers.merge", "keras.objectives"),
    *("keras.layers.normalization", "keras.layers.pooling", "keras.layers.embeddings"),
    *("keras.layers.recurrent", "keras.layers.advanced_activations", "keras.layers.wrappers"),
    *("keras.layers.noise", "keras.layers.local", "keras.layers.convolutional_recurrent"),
    *("keras.utils.vis_utils", "keras.utils.np_utils", "keras.utils.data_utils", "keras.legacy"),
    *("keras.utils.layer_utils", "keras.utils.generic_utils", "keras.utils.conv_utils"),
    *("keras.engine", "keras.applications.imagenet_utils", "keras.utils.visualize_util"),
    *("keras.preprocessing.text", "keras.preprocessing.image", "keras.preprocessing.sequence"),
    *("keras.wrappers", "keras.initializations", "keras.callbacks.callbacks", "keras_contrib"),
)
_TF_KERAS_PATHS = (
    *("tf_keras", "tensorflow.python.keras", "tensorflow.contrib.keras"),
    *("tensorflow.keras.layers.experimental", "tensorflow.compat.v1.keras"),
    *("tensorflow.keras.layers.preprocessing", "tensorflow.keras.experimental"),
)
_TF_KERAS_NAMES = frozenset(
    ("fit_generator", "predict_generator", "evaluate_generator", "CuDNNLSTM", "CuDNNGRU")
)
# What TensorFlow 2 has lost.
_TF1_NAMES = frozenset(
    (
        *("Session", "InteractiveSession", "placeholder", "ConfigProto", "GPUOptions", "contrib"),
        *("set_random_seed", "get_default_graph", "reset_default_graph", "layers", "app", "flags"),
        *("global_variables_initializer", "enable_eager_execution", "get_variable"),
    )
)
_OPTIMIZERS = frozenset(
    ("Adam", "SGD", "RMSprop", "RMSProp", "Adagrad", "Adadelta", "Adamax", "Nadam")
)


class Sign(NamedTuple):
    """Something that only one Keras has."""

    dialect: str
    what: str
    line: int


class Spoken(NamedTuple):
    """The dialect of a program, and what tells it."""

    dialect: str
    why: str
    sure: bool = True  # else what it does may still tell an older one


def spoken(tree: ast.Module, asked: str | None = None) -> Spoken:
    """The dialect that the text of a program tells.

    Args:
        asked: "1", "2" or "3", which overrides what the program says.
    """
    signs = list(_signs(tree))
    standalone = any(sign.dialect == "standalone" for sign in signs)
    tensorflow = any(sign.dialect in ("tensorflow", "tf_keras") for sign in signs)
    if asked:
        if asked == "2" and tensorflow and not standalone:
            return Spoken("tf_keras", "as asked for")
        return Spoken(_CHOICES[asked], "as asked for")
    found: dict[str, Sign] = {}
    for sign in signs:
        found.setdefault(sign.dialect, sign)
    return _judged(found, standalone, tensorflow)


def _judged(found: dict[str, Sign], standalone: bool, tensorflow: bool) -> Spoken:
    if "tf_keras" in found:
        return Spoken("tf_keras", _because(found["tf_keras"]))
    if standalone and not (tensorflow and "tf.keras" in found):
        if "keys 1" in found and "keys 2" not in found:
            return Spoken("keras1", _because(found["keys 1"]))
        old = found.get("path 2") or found.get("old name") or found.get("keys 1")
        if old is not None and "ops" not in found:
            return Spoken("keras2", _because(old))
    if tensorflow and "old name" in found and "ops" not in found:
        return Spoken("tf_keras", _because(found["old name"]))
    return Spoken("keras3", "nothing in it is older", sure="ops" in found)


def _because(sign: Sign) -> str:
    return f"{sign.what}, line {sign.line}"


def _signs(tree: ast.Module) -> Iterator[Sign]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield from _of_path(alias.name, node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield from _of_path(node.module, node.lineno)
            for alias in node.names:
                yield from _of_path(f"{node.module}.{alias.name}", node.lineno)
                yield from _of_name(alias.name, node.lineno)
        elif isinstance(node, ast.Attribute):
            yield from _of_name(node.attr, node.lineno)
            yield from _of_tensorflow(node)
        elif isinstance(node, ast.Call):
            yield from _of_call(node)


def _of_path(path: str, line: int) -> Iterator[Sign]:
    root = path.partition(".")[0]
    if root == "keras":
        yield Sign("standalone", path, line)
    if root == "tensorflow":
        yield Sign("tensorflow", path, line)
    if path.startswith("tensorflow.keras"):
        yield Sign("tf.keras", path, line)
    if path in ("keras.ops", "keras.saving", "keras.random"):
        yield Sign("ops", path, line)
    if path.startswith(_TF_KERAS_PATHS):
        yield Sign("tf_keras", path, line)
    if path.startswith(_KERAS2_PATHS):
        yield Sign("path 2", path, line)


def _of_name(name: str, line: int) -> Iterator[Sign]:
    if name in _KERAS1_NAMES or name == "merge":
        yield Sign("keys 1" if name != "merge" else "old name", name, line)
    if name in _TF_KERAS_NAMES:
        yield Sign("old name", name, line)


def _of_tensorflow(node: ast.Attribute) -> Iterator[Sign]:
    owner = node.value.id if isinstance(node.value, ast.Name) else ""
    if node.attr in _TF1_NAMES and owner in ("tf", "tensorflow"):
        yield Sign("old name", f"tf.{node.attr}", node.lineno)


def _of_call(node: ast.Call) -> Iterator[Sign]:
    name = getattr(node.func, "attr", getattr(node.func, "id", ""))
    for keyword in node.keywords:
        key = keyword.arg
        if name == "Embedding":  # it kept the words of Keras 1
            continue
        if key == "lr" and name in _OPTIMIZERS:
            yield Sign("old name", f"{name}(lr=)", node.lineno)
        if key in _KERAS1_KEYS or (key == "mode" and name == "merge"):
            yield Sign("keys 1", f"{key}=", node.lineno)
        elif key in _KERAS2_KEYS or (key in ("strides", "padding") and name.startswith("Conv")):
            yield Sign("keys 2", f"{key}=", node.lineno)
        elif key in ("input", "output") and name == "Model":
            yield Sign("old name", f"Model({key}=)", node.lineno)
