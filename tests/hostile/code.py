"""Configs that would run something, or reach out, if Keras loaded them without care."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from typing import Any

from hostile import stores
from hostile.archives import keras
from hostile.case import ANSWERS, EITHER, NOBODY, Case, Trap
from hostile.models import (
    GOOD,
    Config,
    called,
    computed,
    dense,
    entry,
    function,
    functional,
    layer,
    reference,
    sequential,
    tensor,
    text,
)


def cases(trap: Trap) -> Iterator[Case]:
    """One case for each way in."""
    yield from _bytecode(trap)
    yield from _named(trap)
    yield from _fetched(trap)


def _critical(name: str, attack: str, config: Config, rule: str = "KI001") -> Case:
    content = text(config) if name.endswith(".json") else keras(config)
    return Case(name, attack, content, EITHER, "critical", rule)


def _bytecode(trap: Trap) -> Iterator[Case]:
    code = trap.bytecode
    yield _critical(
        "lambda.keras", "bytecode in a Lambda", sequential(entry(), computed(code("keras")))
    )
    nested = sequential(entry("in2"), computed(code("nested")), name="inner")
    yield _critical(
        "lambda_nested.keras", "bytecode in a model inside", sequential(entry(), nested)
    )
    wrapped = layer("TimeDistributed", "td", layer=computed(code("wrapped")))
    yield _critical(
        "lambda_wrapped.keras",
        "bytecode in a wrapped layer",
        sequential(entry("in", 3, 4), wrapped),
    )
    loose = computed(code("loose"))
    loose = {key: loose[key] for key in ("class_name", "config")}
    yield _critical(
        "lambda_without_module.keras", "bytecode, and no module named", sequential(entry(), loose)
    )
    yield _critical("lambda.json", "bytecode in JSON", sequential(entry(), computed(code("json"))))
    first = {"batch_input_shape": [None, 4], "input_dtype": "float32", "name": "lam"}
    settings = {
        "function": [code("keras1"), None, None],
        "function_type": "lambda",
        "arguments": {},
    }
    old = {"class_name": "Lambda", "config": {**first, **settings, "output_shape": [4]}}
    yield _critical(
        "lambda_keras1.json",
        "bytecode in a Keras 1 model",
        {"class_name": "Sequential", "keras_version": "1.2.2", "config": [old]},
    )
    loss = {"class_name": "__lambda__", "config": {"value": [code("loss"), None, None]}}
    compiled = {"optimizer": "sgd", "loss": loss, "metrics": None}
    yield _critical(
        "lambda_in_loss.keras", "bytecode in the loss", {**GOOD, "compile_config": compiled}
    )
    private = layer(
        "Lambda", "lam", "keras.src.layers.core.lambda_layer", function=function(code("private"))
    )
    yield _critical(
        "lambda_private.keras", "bytecode under a private module", sequential(entry(), private)
    )
    twice = text(GOOD).replace(
        b'"class_name": "Dense"', b'"class_name": "Dense", "class_name": "Lambda"'
    )
    yield Case("key_twice.keras", "a key that stands twice", keras(twice), EITHER, "high", "KI022")


def _gadget(module: str, name: str, argument: Any, **arguments: Any) -> Config:
    """A Lambda layer that calls a function by its name."""
    made = layer("Lambda", "lam", function=reference(module, name), arguments=arguments)
    return functional(called(entry()), called(made, argument))


def _named(trap: Trap) -> Iterator[Case]:
    shell = f"touch {trap.marker('system')}"
    yield _critical("os_system.keras", "os.system by name", _gadget("os", "system", shell), "KI002")
    popen = layer("Popen", "p", "subprocess", args=["touch", trap.marker("popen")])
    yield _critical(
        "popen.keras", "a layer class that is subprocess.Popen", sequential(entry(), popen), "KI002"
    )
    source = f"open({trap.marker('eval')!r}, 'w')"
    started = {"module": "builtins", "class_name": "eval", "config": {"source": source}}
    yield _critical(
        "eval.keras",
        "an initializer that is eval",
        sequential(entry(), dense(kernel_initializer=started)),
        "KI002",
    )
    get = _gadget("keras.utils", "get_file", "x.tar", origin=f"{NOBODY}/x.tar", extract=True)
    yield _critical("get_file.keras", "a download by name", get, "KI003")
    off = layer(
        "Lambda", "off", function=reference("keras.config", "enable_unsafe_deserialization")
    )
    unsafe = functional(
        called(entry()), called(off, None), called(computed(trap.bytecode("unsafe")), tensor("in"))
    )
    yield _critical("safe_mode_off.keras", "safe mode turned off by name", unsafe, "KI003")
    state = _gadget(
        "keras.src.backend.common.global_state",
        "set_global_attribute",
        "safe_mode_saving",
        value=False,
    )
    yield _critical("global_state.keras", "the state of Keras set by name", state, "KI003")
    load = _gadget("keras.models", "load_model", str(trap.folder / "lambda.keras"), safe_mode=False)
    yield _critical("load_model.keras", "another model loaded by name", load, "KI003")
    custom = layer("Evil", "e", "evil_package.layers")
    custom["registered_name"] = "Custom>Evil"
    yield Case(
        "custom.keras",
        "a class of an unknown package",
        keras(sequential(entry(), custom)),
        EITHER,
        "medium",
        "KI002",
    )


def _fetched(trap: Trap) -> Iterator[Case]:
    for name, place in (("file", str(trap.canary)), ("url", f"{NOBODY}/latest/meta-data")):
        lookup = layer("StringLookup", "lookup", vocabulary=place, max_tokens=None)
        yield Case(
            f"vocabulary_{name}.keras",
            f"a vocabulary that is a {name}",
            keras(sequential(entry(), lookup)),
            EITHER,
            "high",
            "KI006",
        )
    served = layer("TFSMLayer", "t", filepath=str(trap.folder / "saved"), call_endpoint="serve")
    yield _critical(
        "served.keras", "a layer that loads a SavedModel", sequential(entry(), served), "KI005"
    )
    value = b64encode(trap.pickled("torch")).decode()
    held = {"class_name": "__bytes__", "config": {"value": value}}
    torch = layer("TorchModuleWrapper", "t")
    torch["config"]["module"] = held
    yield _critical(
        "torch.keras", "a layer that holds a pickle", sequential(entry(), torch), "KI004"
    )


def controls() -> Iterator[Case]:
    """Models with nothing wrong, of which `audit` has nothing to say."""
    yield Case("control.keras", "nothing", keras(GOOD), ANSWERS)
    yield Case("control.json", "nothing", text(GOOD), ANSWERS)
    yield Case("control.h5", "nothing", stores.legacy(), ANSWERS)
