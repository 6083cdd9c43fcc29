"""Text from files made fit for people: nothing in it acts on a terminal."""

from __future__ import annotations

# Control, format (zero width, direction), surrogate, private use, line and paragraph separators.
_HIDDEN = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def plain(text: str) -> str:
    r"""`text` with every character that does not show as itself written as an escape.

    >>> print(plain("conv\x1b[31m"), plain("a\nb"), plain("größe"))
    conv\x1b[31m a\nb größe
    """
    if text.isprintable():
        return text
    from unicodedata import category  # noqa: PLC0415 - hardly any text needs it

    return "".join(
        sign.encode("unicode_escape").decode("ascii") if category(sign) in _HIDDEN else sign
        for sign in text
    )
