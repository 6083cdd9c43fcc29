"""The modules of the stand-in Keras: any path that a Keras ever had, resolved name by name."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any, cast

from inspector.symbolic.keras import applications, classes, revive
from inspector.symbolic.keras.backend import backend_function
from inspector.symbolic.keras.layers import Layer
from inspector.symbolic.keras.models import LAYER_CLASSES, Model
from inspector.symbolic.keras.operations import activation, function, has_tensorflow, tensorflow
from inspector.symbolic.keras.plain import Setting
from inspector.symbolic.keras.sequential import Sequential
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.tensors import Tensor
from inspector.symbolic.keras.unknown import Unknown, unknown

ROOTS = frozenset(("keras", "tensorflow", "tf_keras", "keras_core"))
# Packages that draw, load or compute what changes no graph; several take seconds to import.
INERT = frozenset(
    (
        *("matplotlib", "pylab", "seaborn", "pandas", "sklearn", "scipy", "PIL", "cv2", "IPython"),
        *("h5py", "wandb", "skimage", "imageio", "pydot", "graphviz", "torch", "jax", "plotly"),
        *("tensorflow_datasets", "tensorflow_hub", "keras_tuner", "keras_hub", "keras_nlp"),
        *("keras_cv", "nltk", "spacy", "gensim", "transformers", "datasets", "google", "theano"),
        *("pyspark", "dask", "xgboost", "lightgbm", "statsmodels", "albumentations", "imutils"),
    )
)
_SUBMODULES = frozenset(
    (
        *("layers", "models", "utils", "backend", "optimizers", "losses", "metrics", "callbacks"),
        *("datasets", "preprocessing", "initializers", "regularizers", "constraints", "ops"),
        *("activations", "applications", "engine", "legacy", "wrappers", "random", "saving"),
        *("keras", "python", "nn", "math", "linalg", "image", "compat", "v1", "v2", "api"),
        *("experimental", "src", "objectives", "initializations", "topology", "training"),
        *("core", "convolutional", "pooling", "merge", "normalization", "recurrent", "embeddings"),
        *("advanced_activations", "noise", "local", "vis_utils", "np_utils", "data_utils"),
        *("layer_utils", "generic_utils", "conv_utils", "imagenet_utils", "mixed_precision"),
    )
)
_SETTINGS = frozenset(("initializers", "regularizers", "constraints", "initializations"))
_DTYPES = frozenset(
    (
        *("float16", "float32", "float64", "bfloat16", "int8", "int16", "int32", "int64"),
        *("uint8", "uint16", "uint32", "uint64", "bool", "string", "complex64"),
    )
)
_MAKERS = frozenset(("zeros", "ones", "constant", "placeholder", "range"))
_VERSIONS = {"keras1": "1.2.2", "keras2": "2.3.1", "tf_keras": "2.15.0", "keras3": "3.15.1"}
_MODELS: dict[str, Any] = {
    "Model": Model,
    "Sequential": Sequential,
    "Functional": Model,
    "Input": classes.input_tensor,
    "InputLayer": classes.input_layer,
    "Layer": Layer,
    "merge": classes.merge,
    "load_model": revive.load_model,
    "model_from_json": revive.model_from_json,
    "clone_model": revive.clone_model,
    "KerasTensor": Tensor,
}


_starred: set[str] = set()  # modules that are not there, of which all names were wanted


class StandIn(ModuleType):
    """A module of the stand-in: a name in it is looked up when it is asked for."""

    def __getattr__(self, name: str) -> Any:
        found = resolved(self.__name__, name)
        self.__dict__[name] = found
        return found


class InertModule(ModuleType):
    """A module that is not there: everything in it is unknown."""

    def __getattr__(self, name: str) -> Any:
        if name == "__all__":
            _starred.add(self.__name__)
            return []
        if name.startswith("__"):
            raise AttributeError(name)
        return unknown(f"{self.__name__}.{name}")


class _Finder:
    """Finds the stand-ins before any real module."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        del path, target
        root = fullname.partition(".")[0]
        if root in ROOTS or (root in INERT and _asked_by_program()):
            return ModuleSpec(fullname, cast("Any", self), is_package=True)
        return None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        root = spec.name.partition(".")[0]
        return StandIn(spec.name) if root in ROOTS else InertModule(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Nothing is in it until it is asked for."""


class _Missing(_Finder):
    """Gives a program an inert module where there is none."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: Any = None
    ) -> ModuleSpec | None:
        del path, target
        if not _asked_by_program():
            return None
        if fullname.partition(".")[0] not in sys.modules:
            current.report(f"no module named {fullname}: went on without it")
        return ModuleSpec(fullname, cast("Any", self), is_package=True)


def _asked_by_program() -> bool:
    """Whether the import that is going on stands in the program itself."""
    frame = sys._getframe(1)
    while frame is not None:
        name = frame.f_code.co_filename
        if name in current.files:
            return True
        if name != __file__ and not name.startswith("<frozen importlib"):
            return False
        frame = frame.f_back  # type: ignore[assignment]
    return False


def install() -> None:
    """Put the stand-ins where a program will import them from."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
        del sys.modules[name]
    sys.meta_path.insert(0, _Finder())
    sys.meta_path.append(_Missing())


def starred() -> set[str]:
    """The missing modules of which all names were wanted."""
    return _starred


def module(name: str) -> ModuleType:
    """A stand-in module by its full name."""
    found = sys.modules.get(name)
    if found is None:
        found = import_module(name)
    return found


# --- names --------------------------------------------------------------------------------------


def resolved(path: str, name: str) -> Any:
    """What a name means in a module of the stand-in."""
    if name.startswith("__"):
        return _about(path, name)
    parts = path.split(".")
    keras = parts[0] != "tensorflow" or "keras" in parts
    found = _of_application(path, name) if "applications" in parts else None
    if found is None:
        found = _in_keras(parts, name) if keras else _in_tensorflow(parts, name)
    if found is not None:
        return found
    if name in _SUBMODULES:
        return module(f"{path}.{name}")
    return unknown(f"{path}.{name}", f"{path}.{name} is not run")


def _about(path: str, name: str) -> Any:
    if name == "__version__":
        return _VERSIONS[current.dialect] if path != "tensorflow" else "2.15.0"
    if name == "__all__":
        return _all(path)
    raise AttributeError(name)


def _all(path: str) -> list[str]:
    """What `from … import *` brings."""
    last = path.rpartition(".")[2]
    if last == "backend":
        return ["mean", "sum", "max", "square", "sqrt", "int_shape", "concatenate", "reshape"]
    if last in ("models", "engine", "topology", "training", "keras"):
        return ["Model", "Sequential", "Input", "Layer", "load_model", "model_from_json"]
    merges = ["add", "concatenate", "multiply", "average", "maximum", "dot", "subtract", "merge"]
    return [*classes.layer_classes(current.dialect), *merges, "Input"] if "layers" in path else []


def _in_keras(parts: list[str], name: str) -> Any:
    last = parts[-1]
    family = _FAMILIES.get(last) or (_FAMILIES["ops"] if "ops" in parts else None)
    if family is None and "applications" in parts:
        family = _application
    if family is not None:
        return family(name)
    if name in _MODELS:
        return _MODELS[name]
    layer = _layer_class(name)
    return layer if layer is not None else classes.merge_function(name)


def _layer_class(name: str) -> Any:
    """A layer class of this Keras; of another one where this one has none of that name."""
    found = LAYER_CLASSES.get(name)
    for dialect in ("tf_keras", "keras2", "keras1", "keras3"):
        found = found or classes.layer_classes(dialect).get(name)
    return found


def _setting(name: str) -> Any:
    if name in ("get", "serialize", "deserialize"):
        return lambda value, *_: value
    if name in ("Initializer", "Regularizer", "Constraint"):
        return None
    camel = name if name[0].isupper() else "".join(map(str.capitalize, name.split("_")))

    def made(*args: Any, **kwargs: Any) -> Setting:
        return Setting(camel, args, kwargs)

    made.__name__ = name
    return made


def _activation(name: str) -> Any:
    if name in ("get", "deserialize"):
        return _activation_of
    if name == "serialize":
        return lambda value, *_: getattr(value, "__name__", value)
    if name == "linear":
        return _linear
    by_ops = activation(name) if current.major == 3 else None
    return by_ops or _tensorflow_function(f"nn.{name}") or _tensorflow_function(name)


def _linear(x: Any) -> Any:
    """The activation that changes nothing."""
    return x


_linear.__name__ = "linear"


def _activation_of(value: Any, *_: Any) -> Any:
    """The function that an activation is called by; whatever else it is stays."""
    if value is None:
        return _activation("linear")
    return (_activation(value) or value) if isinstance(value, str) else value


def _operation(name: str) -> Any:
    if name == "shape":
        return lambda x: tuple(x.shape)
    if name in ("zeros", "ones"):
        return backend_function(name)
    if name == "convert_to_tensor":
        return _as_tensor
    return _arange if name == "arange" else function(name)


def _as_tensor(x: Any, *args: Any, **kwargs: Any) -> Any:
    """A node for a tensor of the graph; of numbers, a tensor that stands in no graph."""
    make: Any = backend_function("variable")
    if isinstance(x, Tensor):
        make = function("convert_to_tensor")
    return make(x, *args, **kwargs)


def _arange(start: Any, stop: Any = None, step: Any = 1, *_: Any, **__: Any) -> Any:
    """A row of numbers, of which only their count matters."""
    first, last = (0, start) if stop is None else (start, stop)
    if all(isinstance(one, int) for one in (first, last, step)):
        return Tensor((len(range(first, last, step)),), "int32")
    return Tensor((None,), "int32")


def _random(name: str) -> Any:
    if name in ("normal", "uniform", "truncated_normal", "randint"):
        return backend_function("random_normal")
    return None


def _application(name: str) -> Any:
    from inspector.readers import zoo  # noqa: PLC0415 - few programs start from one

    key = zoo.key_of(name)
    if name[:1].isupper() and key in zoo.architectures():
        return revive.architecture(key)
    return None


def _of_application(path: str, name: str) -> Any:
    """A module of `keras.applications`, or what one of them does to pictures."""
    if name == "preprocess_input":
        return applications.preprocess_input(path.rpartition(".")[2])
    return module(f"{path}.{name}") if name in applications.MODULES else None


_FAMILIES: dict[str, Callable[[str], Any]] = {
    "backend": backend_function,
    "ops": _operation,
    "activations": _activation,
    "random": _random,
    **dict.fromkeys(_SETTINGS, _setting),
}


def _tensorflow_function(name: str) -> Any:
    if not has_tensorflow(name):
        return None

    def called(*args: Any, **kwargs: Any) -> Any:
        return tensorflow(name, *args, **kwargs)

    called.__name__ = name.rpartition(".")[2]
    return called


def _in_tensorflow(parts: list[str], name: str) -> Any:
    if name in _DTYPES:
        return name
    if name in ("Tensor", "Variable"):
        return Tensor if name == "Tensor" else backend_function("variable")
    if name in _MAKERS:
        return _arange if name == "range" else backend_function(name)
    if parts[-1] == "random" or name.startswith("random_"):
        return _random(name.removeprefix("random_"))
    if name in _SUBMODULES:
        return None
    inner = [part for part in parts[1:] if part not in ("compat", "v1", "v2", "python", "api")]
    return _tensorflow_function(".".join([*inner, name]))


__all__ = ["Unknown", "install", "module", "resolved", "starred"]
