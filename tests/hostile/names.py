"""Names that would do something where they are shown: at a terminal, in a page, in a table."""

from __future__ import annotations

from collections.abc import Iterator

from hostile.archives import keras
from hostile.case import ANSWERS, EITHER, NOBODY, Case
from hostile.models import chain, entry, layer, sequential, text

NAMES: dict[str, list[str]] = {
    "terminal": [
        "\x1b[2J\x1b[1;1Hgone",
        "\x1b]0;title\x07",
        f"\x1b]8;;{NOBODY}\x07click\x1b]8;;\x07",
        "\x9b31mred",
        "a\rover",
        "a\x08\x08b",
        "tab\tline\nend",
        "\x1b[6n",
        "\x1b]52;c;eA==\x07",
        "\x00",
        "\x7f",
    ],
    "markup": [
        "[red]x[/]",
        "[/nope]",
        "[link=file:///x]y[/link]",
        "[bold",
        ":smile:",
        "\\[x]",
        "[@click=app.quit]z[/]",
    ],
    "page": [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<!--",
        "]]><x>",
        "</title><svg onload=alert(1)>",
        "'-alert(1)-'",
        "&lt;b&gt;",
        "javascript:alert(1)",
        "</script><script>alert(1)//",
    ],
    "dot": [
        'a"]; evil [URL="file:///x"]; b [label="',
        "a\\",
        "a\\N\\G",
        "<<b>x</b>>",
        "}",
        'a"//b',
        "{p|<f0>q}",
        "x\\l\\r",
    ],
    "table": [
        "=cmd|'/c calc'!A1",
        "+1+1",
        "-1+1",
        "@SUM(1)",
        "\t=1",
        "\r=1",
        'a,b"c',
        "%0A=1",
        f'=HYPERLINK("{NOBODY}")',
    ],
    "path": [
        "../../../../x",
        "/abs/x",
        "..\\..\\x",
        "C:x",
        "CON",
        "a\x00b",
        "~/.ssh/x",
        "a/b/c",
        ".",
        "..",
        "-rf",
        "$(touch x)",
        "`id`",
        "; ls",
    ],
    "unicode": [
        "abc\u202egpj.exe",
        "a\u200bb",
        "\ufeffbom",
        "\u0430dense",
        "Z\u0351\u036b\u0343" * 20,
        "\u6f22\u5b57",
        "\U0001f468\u200d\U0001f469",
        "e\u0301",
        "\u2028line",
        "\ufffe",
    ],
    "markdown": [
        "a|b|c",
        "`x`",
        "[x](javascript:1)",
        f"![x]({NOBODY})",
        "%%{init: {}}%%",
        "# h",
        "A-->B; click A call x()",
        "\\input{/etc/hostname}",
        "!!python/object:os.system",
        "'; DROP TABLE models;--",
    ],
    "format": [
        "{0.__class__}",
        "%s%s%n",
        "{}",
        "$x",
        "__proto__",
        "constructor",
        "__class__",
        "None",
        "nan",
        "true",
        "0x10",
        "1e5",
        "",
    ],
}


def cases() -> Iterator[Case]:
    """A chain of layers for each place where a name is shown, as JSON and in an archive."""
    for place, names in NAMES.items():
        config = chain(*names)
        attack = f"names that do something in a {place}"
        yield Case(f"names_{place}.json", attack, text(config), ANSWERS, "low", "KI050")
        yield Case(f"names_{place}.keras", attack, keras(config), ANSWERS, "low", "KI050")
    odd = layer('=cmd|x!A1<script>[red]"];', "z", "<b>\x1b[2J", units="\x1b]0;x\x07")
    odd["registered_name"] = "x\ny"
    yield Case(
        "names_of_class.keras",
        "a class named so",
        keras(sequential(entry(), odd)),
        EITHER,
        "low",
        "KI050",
    )
