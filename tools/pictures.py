"""Draws the pictures that the documentation shows, and those that the tests compare.

python tools/pictures.py           redraw what has changed
python tools/pictures.py --check   say what would change, and exit 1
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from inspector import api

ROOT = Path(__file__).parents[1]
_DOCS: dict[str, tuple[str, dict[str, Any]]] = {
    "resnet50": ("resnet50", {}),
    "resnet50_flat": ("resnet50", {"expand": ["all"]}),
    "resnet50_dark": ("resnet50", {"theme": "dark"}),
    "mobilenetv2_print": ("mobilenetv2", {"theme": "print"}),
    "nasnetlarge": ("nasnetlarge", {}),
    "residual": ("sample_models/residual.keras", {}),
    "residual_right": ("sample_models/residual.keras", {"direction": "right"}),
    "twins": ("sample_models/twins.keras", {}),
    "transfer_frozen": ("sample_models/transfer.json", {"highlight": "frozen"}),
    "block": ("resnet50", {"start": "conv3_block1_1_conv", "end": "conv3_block1_out"}),
}
_PLANS: dict[str, tuple[str, dict[str, Any]]] = {
    "transfer_plan": ("sample_models/residual.keras", {"freeze": ["first=20"], "classes": 1}),
}
_GOLDEN: dict[str, tuple[str, dict[str, Any]]] = {
    "custom": ("sample_models/custom.keras", {}),
    "digits_dark": ("sample_models/digits.keras", {"theme": "dark"}),
    "residual_flat": ("sample_models/residual.keras", {"expand": ["all"]}),
    "reviews_print": ("sample_models/reviews.keras", {"theme": "print"}),
    "twins_params": ("sample_models/twins.keras", {"highlight": "params"}),
}


def main() -> None:
    """Redraw or check every picture."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing")
    check = parser.parse_args().check
    stale = False
    for path, text in fresh():
        if path.exists() and path.read_text("utf-8") == text:
            continue
        stale = True
        print(path.relative_to(ROOT))
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
    if check and stale:
        sys.exit(1)


def fresh() -> Iterator[tuple[Path, str]]:
    """Every picture as it should be."""
    for folder, pictures in (("docs/pictures", _DOCS), ("tests/golden/drawings", _GOLDEN)):
        for name, (model, wishes) in pictures.items():
            source = str(ROOT / model) if "/" in model else model
            yield ROOT / folder / f"{name}.svg", api.plot(source, **wishes).svg
    for name, (model, wishes) in _PLANS.items():
        plan = api.transfer(str(ROOT / model), **wishes)
        yield ROOT / "docs" / "pictures" / f"{name}.svg", api.plot(plan, expand=["all"]).svg


if __name__ == "__main__":
    main()
