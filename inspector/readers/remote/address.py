"""URLs as text: what is one, and how it is named without what may be a secret in it."""

from __future__ import annotations

import re

from inspector.errors import ReadError

# Two letters at least, so that C:\models\a.h5 is a path; fsspec chains with "::".
_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.-]+(?:::[A-Za-z][A-Za-z0-9+.-]+)*://")
# A password may hold a slash that should have been escaped: then it ends at the last "@".
_USER = re.compile(r"(?<=://)(?:[^/?#]*@|[^/?#@:]*:(?!\d+/)[^?#]*@)")
_SCRIPT = re.compile(r"\.(?:py|ipynb)(?::\w*)?$", re.IGNORECASE)


def is_url(reference: str) -> bool:
    r"""Whether a reference is a URL, as fsspec takes them.

    >>> is_url("https://host/a.h5"), is_url("zip://a.h5::s3://b/c.zip"), is_url(r"C:\models\a.h5")
    (True, True, False)
    """
    return _URL.match(reference) is not None


def hidden(url: str) -> str:
    """The URL without user, password, query and fragment: signatures and tokens stand in these.

    >>> hidden("https://me:secret@host/a.h5?X-Amz-Signature=0f3e")
    'https://host/a.h5?…'
    """
    return "::".join(_hidden(part) for part in url.split("::"))


def _hidden(part: str) -> str:
    part = _USER.sub("", part)
    if part.startswith(("http://", "https://")):
        part = part.partition("#")[0]
    path, mark, _ = part.partition("?")
    return f"{path}?…" if mark else path


def without_secrets(text: str, url: str) -> str:
    """The text of an error, with every URL in it named as `hidden` names it."""
    secrets = [each for part in url.split("::") for each in _secrets(part)]
    for secret in sorted(secrets, key=len, reverse=True):
        text = text.replace(secret, "…")
    return re.sub(r"[A-Za-z][A-Za-z0-9+.-]+://[^\s'\"<>]+", lambda found: _hidden(found[0]), text)


def _secrets(part: str) -> list[str]:
    user = _USER.search(part)
    words = re.split(r"[:@]", user[0]) if user else []
    query = part.partition("?")[2]
    return [word for word in (*words, query) if len(word) > 2]


def refuse_scripts(url: str, where: str) -> None:
    """Raise for a URL that names Python source.

    Raises:
        ReadError: it does.
    """
    for part in url.split("::"):
        if _SCRIPT.search(re.split(r"[?#]", part)[0]):
            raise ReadError(
                where,
                "is a script at a URL, and nothing from a URL is ever run",
                hint="download it, read it, and name the file if you trust it",
            )
