"""Layers and the values of their configs as Python expressions."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from inspector.answers.code.names import identifier, quoted
from inspector.errors import shown
from inspector.graph import Layer
from inspector.readers import constructors
from inspector.readers.kinds import is_activation
from inspector.rules.rule import may_vary

WIDEST = 88  # columns of a line, before each argument gets a line of its own
_FOLDED = ("kernel_size", "strides", "pool_size", "dilation_rate", "size")  # 3 says (3, 3)
SIDES = ("padding", "cropping")  # likewise, where they are no words
_OBJECTS = ("initializers", "regularizers", "constraints")
_SHORT = {"uniform": "random_uniform", "normal": "random_normal", "zero": "zeros", "one": "ones"}
_BASE = ("name", "trainable", "dtype")  # what every layer takes
_PLAIN = ("__tuple__", "__tensor__", "__numpy__")
_KERAS = ("keras", "tf_keras", "tensorflow", "builtins", "")


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that only the model's author can write, named where the program needs it."""

    name: str  # of the class or function in the program
    what: str  # one line, for its comment
    kind: str  # "class" or "function"


@dataclass(frozen=True, slots=True)
class Call:
    """A call in the program: `path(words…)`."""

    path: str
    words: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.path}({', '.join(self.words)})"

    @property
    def tall(self) -> str:
        """One argument a line."""
        if not self.words:
            return str(self)
        return f"{self.path}(\n" + "".join(f"    {word},\n" for word in self.words) + ")"


def assigned(variable: str, made: Call, after: str = "") -> str:
    """A statement that assigns a call, on several lines where one is too long."""
    line = f"{variable} = {made}{after}"
    return line if len(line) <= WIDEST else f"{variable} = {made.tall}{after}"


class Setting(NamedTuple):
    """One argument of the call that makes a layer."""

    key: str
    value: str  # an expression
    bare: bool = False  # stands in front, without its key

    def __str__(self) -> str:
        return self.value if self.bare else f"{self.key}={self.value}"


class Made(NamedTuple):
    """The call that makes a layer, argument by argument."""

    path: str
    settings: tuple[Setting, ...]

    @property
    def call(self) -> Call:
        """The call as text."""
        return Call(self.path, tuple(map(str, self.settings)))


class Expressions:
    """Expressions for one version of Keras; what they cannot say becomes a gap."""

    def __init__(
        self, keras: int, gap: Callable[[Gap], str], model: Callable[[Layer], str]
    ) -> None:
        self.keras = keras
        self._gap = gap  # gives the name under which the gap stands in the program
        self._model = model  # builds a model inside a wrapper; gives its variable

    # --- layers ---

    def layer(self, layer: Layer) -> Call | str:
        """The call that makes a layer, or the variable of a model that was built before."""
        if layer.graph is not None:
            return self._model(layer)
        return self.made(layer).call

    def made(self, layer: Layer) -> Made:
        """The call that makes a layer that is no model."""
        called = None if foreign(layer) else self._signature(layer)
        if called is None or layer.class_name == "Lambda" or self._varied(layer):
            return self._custom(layer)
        settings = self._settings(layer, called)
        return Made(f"keras.{called.path}", (*settings, *self._base(layer)))

    def setting(self, layer: Layer, key: str) -> str | None:
        """What a layer has under a key, said or not; `None` where no expression says it."""
        if key == "trainable":
            return repr(layer.trainable)
        if key == "dtype":
            return quoted(policy_name(layer.config.get("dtype")) or "float32")
        called = self._signature(layer)
        defaults = called.defaults if called else {}
        value = layer.config.get(key, defaults.get(key))
        if key == "strides" and value is None:  # of a pooling
            value = layer.config.get("pool_size")
        return self.value(value, key, f'{key} of layer "{layer.name}"')

    def _varied(self, layer: Layer) -> bool:
        """Whether a layer has LoRA or quantised weights, which came with Keras 3."""
        return self.keras < 3 and may_vary(layer.config)

    def _signature(self, layer: Layer) -> constructors.Signature | None:
        return constructors.signature("layers", layer.class_name, self.keras)

    def _settings(self, layer: Layer, called: constructors.Signature) -> Iterator[Setting]:
        config = layer.config
        in_front = True  # of every argument that is left out
        for key in called.takes:
            if key in _BASE:
                continue
            wanted = key in config and self._differs(key, config, called)
            where = f'{key} of layer "{layer.name}"'
            value = self.value(config[key], key, where) if wanted else None
            in_front = in_front and value is not None and key in called.needed
            if value is not None:
                yield Setting(key, value, in_front)
        if "activity_regularizer" not in called.takes and config.get("activity_regularizer"):
            value = self.value(config["activity_regularizer"], "", "activity_regularizer")
            if value is not None:
                yield Setting("activity_regularizer", value)

    def _differs(self, key: str, config: Mapping[str, Any], called: constructors.Signature) -> bool:
        """Whether a setting is not what Keras takes when it is left out."""
        value = config[key]
        if key in called.needed:
            return True
        if key == "data_format" and value is None:
            return False  # whatever is set for all
        if key == "strides" and same(value, config.get("pool_size", "")):
            return False  # how pooling moves unless told otherwise
        if key not in called.defaults:
            return value is not None
        default = called.defaults[key]
        if isinstance(value, str) and isinstance(default, Mapping):
            return not self._spells(value, default)
        return not same(value, default)

    def _spells(self, word: str, default: Mapping[str, Any]) -> bool:
        """Whether a word such as "glorot_uniform" means an object of a class with its defaults."""
        class_name = str(default.get("class_name"))
        if _folded(_SHORT.get(word, word)) != _folded(class_name):
            return False
        found = (constructors.signature(kind, class_name, self.keras) for kind in _OBJECTS)
        called = next((one for one in found if one is not None), None)
        return called is not None and same(
            {"config": called.defaults}, {"config": default["config"]}
        )

    def _base(self, layer: Layer) -> Iterator[Setting]:
        """What every layer takes: its flag, its type, its name."""
        if not layer.trainable:
            yield Setting("trainable", "False")
        policy = policy_name(layer.config.get("dtype"))
        if policy not in (None, "float32"):
            yield Setting("dtype", quoted(str(policy)))
        yield Setting("name", quoted(self.name(layer.name)))

    def name(self, name: str) -> str:
        """A layer's name as this Keras allows it: Keras 3 takes no slash."""
        return name.replace("/", "_") if self.keras >= 3 else name

    def _custom(self, layer: Layer) -> Made:
        """A layer that is not of Keras, or that calls a function which no file holds as source."""
        if layer.class_name == "Lambda":
            what = f"the function of Lambda layer {quoted(layer.name)}: stored as code, not read"
            function = self._gap(Gap(f"{identifier(layer.name)}_function", what, "function"))
            given = Setting("function", function, bare=True)
            return Made("keras.layers.Lambda", (given, *self._base(layer)))
        origin = f" of {shown(layer.module)}" if layer.module else ""
        varied = " with LoRA or quantised weights" if self._varied(layer) else ""
        named = f"{shown(layer.class_name)}{origin}{varied}"
        what = f"the layer class {named}, which Keras {self.keras} has not"
        made = self._gap(Gap(identifier(layer.class_name), what, "class"))
        settings = [
            Setting(key, str(self.value(value, key, key)))
            for key, value in layer.config.items()
            if key not in _BASE and _is_plain_name(key)
        ]
        return Made(made, (*settings, *self._base(layer)))

    # --- values ---

    def value(self, value: Any, key: str, where: str) -> str | None:
        """A value of a config as an expression; `None` for an object that this Keras has not."""
        if isinstance(value, Layer):
            made = self.layer(value)
            return str(made)
        if isinstance(value, str):
            return quoted(value)
        if isinstance(value, float):
            return repr(value) if math.isfinite(value) else f"float({quoted(str(value))})"
        if isinstance(value, list | tuple):
            return self._sequence(list(value), key, where)
        if isinstance(value, Mapping):
            return self._mapping(value, where)
        return repr(value) if value in (None, True, False) or isinstance(value, int) else None

    def _sequence(self, value: list[Any], key: str, where: str) -> str:
        if key == "axis" and len(value) == 1 and isinstance(value[0], int):
            return repr(value[0])  # Keras 2 wrote a list; Keras 3 takes none
        if key in SIDES and isinstance(sides(value), int):
            return repr(sides(value))
        if key in _FOLDED and value and all(item == value[0] for item in value):
            return repr(value[0]) if isinstance(value[0], int) else self._sequence(value, "", where)
        found = sides(value) if key in SIDES else value
        items = [str(self.value(item, "", where)) for item in found]
        if any(isinstance(item, Layer | str | Mapping) for item in value):
            return f"[{', '.join(items)}]"
        return f"({items[0]},)" if len(items) == 1 else f"({', '.join(items)})"

    def _mapping(self, value: Mapping[str, Any], where: str) -> str | None:
        class_name, config = value.get("class_name"), value.get("config")
        if not isinstance(class_name, str):
            pairs = (f"{quoted(str(k))}: {self.value(v, '', where)}" for k, v in value.items())
            return f"{{{', '.join(pairs)}}}"
        if class_name in _PLAIN:
            inner = value.get("items", config.get("value") if isinstance(config, dict) else None)
            return self.value(inner, "", where)
        if class_name == "function" and isinstance(config, str):
            return self._function(value, config, where)
        return self._object(value, class_name, config if isinstance(config, dict) else {}, where)

    def _function(self, value: Mapping[str, Any], name: str, where: str) -> str:
        if is_activation(name) and ">" not in str(value.get("registered_name")):
            return quoted(name)
        return self._gap(Gap(identifier(name), f"the function {shown(name)}, {where}", "function"))

    def _object(
        self, value: Mapping[str, Any], class_name: str, config: dict[str, Any], where: str
    ) -> str | None:
        """An initializer, a regularizer, a constraint, or a layer that serves as an activation."""
        for kind in (*_OBJECTS, "layers"):
            called = constructors.signature(kind, class_name, self.keras)
            if called is None or not _of_keras(value):
                continue
            words = [
                f"{key}={self.value(config[key], key, where)}"
                for key in called.takes
                if key in config and not same(config[key], called.defaults.get(key, object))
            ]
            return f"keras.{called.path}({', '.join(words)})"
        if _of_keras(value):
            return None
        what = f"the class {shown(class_name)}, {where}"
        return f"{self._gap(Gap(identifier(class_name), what, 'class'))}()"


def _folded(name: str) -> str:
    return name.replace("_", "").lower()


def foreign(layer: Layer) -> bool:
    """Whether a layer's class is of somebody's package."""
    return layer.module.partition(".")[0] not in _KERAS or ">" in layer.module


def _of_keras(value: Mapping[str, Any]) -> bool:
    module = value.get("module")
    registered = value.get("registered_name")
    own = not isinstance(registered, str) or ">" not in registered
    return own and (not isinstance(module, str) or module.partition(".")[0] in _KERAS)


def _is_plain_name(key: str) -> bool:
    import keyword  # noqa: PLC0415 - only for custom layers

    return key.isidentifier() and key.isascii() and not keyword.iskeyword(key)


def same(value: Any, default: Any) -> bool:
    """Whether two values of configs mean the same: (1, 1) is [1, 1], and objects lack no key.

    >>> same([1, 1], 1), same([1, 2], 1), same("linear", None)
    (True, False, True)
    """
    if isinstance(value, Mapping) and isinstance(default, Mapping):
        return _same_objects(value, default)
    if isinstance(value, list | tuple) and isinstance(default, list | tuple):
        pairs = zip(value, default, strict=False)
        return len(value) == len(default) and all(same(a, b) for a, b in pairs)
    if isinstance(value, list | tuple) and isinstance(default, int):
        return bool(value) and all(
            type(item) is type(default) and item == default for item in value
        )
    if {value, default} == {"linear", None} if _hashable(value, default) else False:
        return True
    if isinstance(value, bool) != isinstance(default, bool):
        return False
    return bool(value == default)


def sides(value: Any) -> Any:
    """How much is added to, or cut from, each side of a tensor, in the shortest spelling.

    >>> sides([[3, 3], [3, 3]]), sides((3, 3)), sides([[1, 1], [2, 2]]), sides([[0, 1], [0, 1]])
    (3, 3, [1, 2], [[0, 1], [0, 1]])
    """
    if not isinstance(value, list | tuple) or not value:
        return value
    pairs = [item for item in value if isinstance(item, list | tuple) and len(item) == 2]
    if len(pairs) == len(value) and all(one == other for one, other in pairs):
        value = [one for one, _ in pairs]
    whole = all(isinstance(item, int) and item == value[0] for item in value)
    return value[0] if whole else list(value)


def _hashable(value: Any, default: Any) -> bool:
    return isinstance(value, str | type(None)) and isinstance(default, str | type(None))


def _same_objects(value: Mapping[str, Any], default: Mapping[str, Any]) -> bool:
    if value.get("class_name") != default.get("class_name"):
        return False
    mine, other = value.get("config"), default.get("config")
    if not isinstance(mine, Mapping) or not isinstance(other, Mapping):
        return bool(mine == other)
    return all(same(mine[key], other[key]) for key in mine.keys() & other.keys())


def policy_name(policy: Any) -> str | None:
    """The name of a dtype policy, however a config spells it; `None` where it says none.

    >>> policy_name({"class_name": "DTypePolicy", "config": {"name": "mixed_float16"}})
    'mixed_float16'
    """
    if not isinstance(policy, Mapping):
        return policy if isinstance(policy, str) else None
    config = policy.get("config")
    if not isinstance(config, Mapping):
        return None
    if isinstance(config.get("mode"), str):
        return f"{config['mode']}_from_{config.get('source_name', 'float32')}"
    name = config.get("name")
    return name if isinstance(name, str) else None
