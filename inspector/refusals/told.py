"""The refusals of a file in one line."""

from __future__ import annotations

from typing import Any

from inspector.refusals import keras3, refusals, tf_keras

_FORMS = frozenset({"h5", "json", "keras", "savedmodel"})


def told(model: Any, form: str) -> str | None:
    """Why Keras 3 would not load a file, and whether tf_keras would; `None` where Keras 3 would."""
    if form not in _FORMS:
        return None
    keras = keras3()
    reasons = refusals(model, form, keras)
    if not reasons:
        return None
    older = tf_keras()
    either = refusals(model, form, older)
    said = f"{keras.version} and {older.version}" if either else keras.version
    more = f", and {len(reasons) - 1} more reasons" if len(reasons) > 2 else ""
    if len(reasons) == 2:
        more = f"; {reasons[1]}"
    instead = "" if either else f"; {older.version} would"
    return f"{said} would not load it: {reasons[0]}{more}{instead}"
