"""Rules over single texts and numbers, wherever in a config they stand."""

from __future__ import annotations

import base64
import binascii
import hashlib
import math
import re
import unicodedata
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from inspector.errors import shown
from inspector.security.findings import Hit
from inspector.security.known import VOCABULARIES

_LONGEST_NAME = 10_000
_LARGEST = 1 << 64
_CODE_TYPES = (0x63, 0xE3)  # how a code object begins in Python's marshal format
_LEAST_CODE = 40  # bytes; the smallest function takes more
_NAMES = frozenset({"name", "class_name", "registered_name", "keras_version", "module", "backend"})
_FOR_NAMES = frozenset({"name"})
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Zl", "Zp"})
_ACTIVE = re.compile(r"""[<>"'`|{}\[\]%$;@\\&#!?*^~]|^[=+\-]|[\t\r\n]|^(__proto__|constructor)$""")
_ACTIVE_CLASS = re.compile(r"""[<"'`|{}\[\]%$;@\\&#!?*^~]|^[=+\-]|[\t\r\n]""")  # Package>Class
_ADDRESS = re.compile(r"[a-zA-Z][a-zA-Z0-9+.\-]{1,9}://\S")
_ABSOLUTE = re.compile(r"/[^/\s]+/\S|[A-Za-z]:\\|\\\\\w|~/|file:")
_LEADS_OUT = re.compile(r"(^|[/\\])\.\.?([/\\]|$)|^[/\\~]|^[A-Za-z]:([\\/]|\w*$)|\0")
_PICKLES = ("gASV", "gAWV", "gAJ", "gAN")  # protocols 4, 5, 2, 3 in base64


class Text(NamedTuple):
    """A text in a config, under its key, in the layer of a name."""

    value: str
    key: str
    owner: str


TextRule = Callable[[Text], Iterator[Hit]]


def code(text: Text) -> Iterator[Hit]:
    """KI001: a code object as Keras stores one; its bytes are hashed, never decoded."""
    data = code_bytes(text.value)
    if data is not None:
        yield Hit("KI001", "critical", f"{_of(text)}holds Python bytecode: {fingerprint(data)}")


def pickled(text: Text) -> Iterator[Hit]:
    """KI007: a pickle in base64."""
    if text.value.startswith(_PICKLES) and len(text.value) > _LEAST_CODE:
        data = _unpacked(text.value)
        if data and data[:1] == b"\x80" and data.rstrip(b"\0")[-1:] == b".":
            yield Hit("KI007", "high", f"{_of(text)}holds a pickle: {fingerprint(data)}")


def address(text: Text) -> Iterator[Hit]:
    """KI006: a vocabulary that is not in the file, or any path or address where data belongs."""
    if text.key in VOCABULARIES and text.value:
        yield Hit("KI006", "high", f"{_of(text)}reads its {text.key} from {shown(text.value)}")
    elif text.key not in _NAMES and (_ADDRESS.match(text.value) or _ABSOLUTE.match(text.value)):
        yield Hit(
            "KI006", "medium", f"{_of(text)}names {shown(text.value)} in {text.key or 'a list'}"
        )


def leading_out(text: Text) -> Iterator[Hit]:
    """KI021: a layer whose name, as a path, leads out of the folder that assets go to."""
    if text.key in _FOR_NAMES and _LEADS_OUT.search(text.value):
        yield Hit("KI021", "high", f"the name {shown(text.value)} is a path that leads elsewhere")


def acting(text: Text) -> Iterator[Hit]:
    """KI050: text that acts on a terminal, or a name that acts in a page, a table or a picture."""
    if not text.value.isprintable() and hidden(text.value) and code_bytes(text.value) is None:
        yield Hit(
            "KI050", "low", f"{text.key or 'a text'} holds control characters: {shown(text.value)}"
        )
    elif text.key in _NAMES:
        active = _ACTIVE if text.key in _FOR_NAMES else _ACTIVE_CLASS
        if active.search(text.value):
            yield Hit(
                "KI050",
                "low",
                f"{text.key} holds signs that act in other media: {shown(text.value)}",
            )


def too_long(text: Text) -> Iterator[Hit]:
    """KI042: a name that no screen holds."""
    if text.key in _NAMES and len(text.value) > _LONGEST_NAME:
        yield Hit("KI042", "low", f"a {text.key} of {len(text.value):,} characters")


TEXT_RULES: tuple[TextRule, ...] = (code, pickled, address, leading_out, acting, too_long)


def odd_number(value: float, key: Any) -> Iterator[Hit]:
    """KI041: a number that no config of a model holds."""
    if isinstance(value, float) and not math.isfinite(value):
        yield Hit("KI041", "low", f"{key} is {value}, which JSON does not have")
    elif isinstance(value, int) and abs(value) >= _LARGEST:
        digits = value.bit_length() * 30103 // 100000 + 1
        yield Hit("KI041", "medium", f"{key} is a number of about {digits:,} digits")


def odd_key(key: str) -> Iterator[Hit]:
    """KI050: a key that acts on a terminal."""
    if not key.isprintable() and hidden(key):
        yield Hit("KI050", "low", f"a key holds control characters: {shown(key)}")


def odd_name(name: str) -> Iterator[Hit]:
    """KI050: the same for names of members and of HDF5 objects, where `/` parts them."""
    if (not name.isprintable() and hidden(name)) or "\\" in name:
        yield Hit("KI050", "low", f"a name holds characters that act when shown: {shown(name)}")


def hidden(text: str) -> bool:
    """Whether a text holds characters that act instead of showing; line ends do not count."""
    return any(
        unicodedata.category(sign) in _HIDDEN and sign not in "\n\t\r"
        for sign in text
        if not sign.isprintable()
    )


def leads_out(name: str) -> bool:
    """Whether a member's name leads out of the folder it is unpacked to.

    >>> leads_out("a/../../b"), leads_out("/etc/x"), leads_out("assets/a..b.txt")
    (True, True, False)
    """
    return bool(_LEADS_OUT.search(name))


def code_bytes(text: str) -> bytes | None:
    """The bytes of a code object that a text stands for; `None` where it is none.

    Keras 2 and 3 write base64; the first Keras 1 and 2 wrote the bytes as they are.
    """
    if len(text) < _LEAST_CODE:
        return None
    if text[0] in "cã" and text[2:5] == "\0\0\0":
        return text.encode("latin-1", "replace")
    if text.lstrip()[:2] not in {"4w", "YQ", "Yw", "Y2", "Yx", "Yz"} and text.lstrip()[:1] != "Y":
        return None
    data = _unpacked(text)
    if data and data[0] in _CODE_TYPES and data[2:5] == b"\0\0\0":
        return data
    return None


def _unpacked(text: str) -> bytes | None:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


def fingerprint(data: bytes) -> str:
    """How bytes are told apart without decoding them."""
    return f"{len(data):,} bytes, sha256 {hashlib.sha256(data).hexdigest()}"


def _of(text: Text) -> str:
    return f"{shown(text.owner)} " if text.owner else ""
