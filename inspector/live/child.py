"""The program that `live` runs in a process of its own: the one file here that meets Keras.

It reads one request as JSON from standard input and writes one marked line of JSON to standard
output. It stands alone, so that any Python with Keras can run it.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

MARK = "graphinspect-answer:"
WIDTHS = (240, 960, 3840, 15360)  # tried in turn, until no cell wraps
_WRAPPED = re.compile(r"^[│|] .*\n[│|] ", re.MULTILINE)


def summary_text(model: Any, line_length: int, **options: Any) -> str:
    """What `model.summary()` prints, however narrow the screen is."""
    texts: list[str] = []

    def keep(text: str, **_: Any) -> None:  # early Keras 3 passes line_break too
        texts.append(text)

    with _screen(line_length + 80):
        model.summary(line_length=line_length, print_fn=keep, **options)
    return "\n".join(texts)


def wide_text(model: Any) -> str:
    """What `model.summary(show_trainable=True)` prints where no cell wraps."""
    text = ""
    for width in WIDTHS:
        text = summary_text(model, width, show_trainable=True)
        if not _WRAPPED.search(text):
            break
    return text


@contextmanager
def _screen(columns: int) -> Iterator[None]:
    """A screen so wide that rich cuts nothing off."""
    names = ("COLUMNS", "JUPYTER_COLUMNS")
    before = {name: os.environ.pop(name, None) for name in names}
    os.environ.update(dict.fromkeys(names, str(columns)))
    try:
        yield
    finally:
        for name, value in before.items():
            del os.environ[name]
            if value is not None:
                os.environ[name] = value


def answer(request: dict[str, Any]) -> dict[str, Any]:
    """The reply to one request: texts and versions, or the error that Keras raised."""
    try:
        import keras
    except ImportError as error:
        return {"error": "missing", "detail": _last_line(error)}
    try:
        model, notes = _model(request)
        if not hasattr(model, "summary"):
            raise TypeError(f"it is no model but a {type(model).__name__}")
        plain = None
        if request.get("line_length"):
            nested = bool(request.get("expand_nested"))
            plain = summary_text(model, request["line_length"], expand_nested=nested)
        return {
            "text": wide_text(model),
            "plain": plain,
            "keras": keras.__version__,
            "backend": keras.backend.backend(),
            "notes": notes,
        }
    except Exception as error:  # whatever Keras raises is its answer, told in one line
        return {"error": "refused", "detail": _last_line(error)}


def _model(request: dict[str, Any]) -> tuple[Any, list[str]]:
    """The model that a request asks for, and what had to be left out to get it."""
    import keras

    subject = request["subject"]
    if request["kind"] == "architecture":
        return _architecture(subject, request["options"]), []
    if request["kind"] == "json":
        return keras.models.model_from_json(subject), []
    safe = request["safe_mode"]
    try:
        return keras.saving.load_model(subject, safe_mode=safe), []
    except Exception as error:  # a loss nobody has here must not hide the layers
        try:
            model = keras.saving.load_model(subject, safe_mode=safe, compile=False)
        except Exception:
            raise error from None
        return model, [
            f"loaded without its training settings, which Keras refused: {_last_line(error)}"
        ]


def _architecture(name: str, options: dict[str, Any]) -> Any:
    import keras

    function = getattr(keras.applications, name, None)
    if not callable(function):
        raise ValueError(f"this Keras has no keras.applications.{name}")
    given = {key: tuple(v) if isinstance(v, list) else v for key, v in options.items()}
    return function(**{**given, "weights": None})


def _last_line(error: BaseException) -> str:
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    return f"{type(error).__name__}: {lines[-1]}" if lines else type(error).__name__


def main() -> None:
    """Answer the request on standard input; whatever else is printed goes to standard error."""
    reply_to = os.dup(1)
    os.dup2(2, 1)
    reply = answer(json.loads(sys.stdin.read()))
    with os.fdopen(reply_to, "w", encoding="ascii") as stream:
        stream.write(f"\n{MARK}{json.dumps(reply)}\n")


if __name__ == "__main__":
    main()
