"""What the symbols in formulas stand for, in words; a symbol without an entry does without."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.dims import Product

_MEANINGS = {
    "(nC_in/g)": "channels in that one filter sees: those of its group",
    "2": "a bias on either side of the reset",
    "3nC_out": "filters of 3 gates",
    "3u": "units of 3 gates",
    "4nC_out": "filters of 4 gates",
    "4u": "units of 4 gates",
    "bins": "frequencies",
    "d_head": "numbers in each head",
    "d_key": "numbers in each key",
    "d_model": "numbers at each place",
    "d_out": "numbers out at each place",
    "d_query": "numbers in each query",
    "d_value": "numbers in each value",
    "dim": "numbers for each word",
    "f": "side of the kernel",
    "f_d": "depth of the kernel",
    "f_h": "height of the kernel",
    "f_w": "width of the kernel",
    "h": "heads",
    "h_kv": "heads of keys and values",
    "keys": "places looked at",
    "looked_at": "places that each looks at",
    "m": "filters for each channel",
    "n": "size of the axis",
    "nC": "channels",
    "nC_in": "channels in",
    "nC_in·m": "channels in, times m",
    "nC_out": "channels out, one for each filter",
    "n_in": "numbers in",
    "n_out": "numbers out: units",
    "positions": "places that a filter is laid on",
    "queries": "places that look",
    "rank": "width of the thin LoRA matrices",
    "rows": "times the product is made for one example",
    "steps": "steps in time",
    "u": "units",
    "vocabulary": "words",
}


def legend(terms: Iterable[Product]) -> Iterator[tuple[str, str, str]]:
    """Each symbol once, with its size and what it stands for (empty: nobody wrote it down).

    >>> list(legend([Product(("f", "f"), (3, 3)), Product(("u_1",), (8,))]))
    [('f', '3', 'side of the kernel'), ('u_1', '8', 'units')]
    """
    seen = set()
    for axes in terms:
        for symbol, size in zip(axes.symbols, axes.dims, strict=True):
            meaning = _MEANINGS.get(symbol) or _MEANINGS.get(symbol.rstrip("0123456789_"), "")
            if symbol in seen or (symbol.isdigit() and not meaning) or symbol == str(size) == "1":
                continue
            seen.add(symbol)
            yield symbol, "?" if size is None else f"{size:,}", meaning


def legend_text(terms: Iterable[Product]) -> str:
    """What every symbol of some products stands for, in one line."""
    return "; ".join(
        f"{symbol}{'' if symbol == size else f' = {size}'}{f': {meaning}' if meaning else ''}"
        for symbol, size, meaning in legend(terms)
    )
