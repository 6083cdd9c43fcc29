"""Write down what h5py finds in HDF5 files and `.keras` archives: a witness for our own reader.

    python tools/listings.py OUT.jsonl FILE…

One line a file: every path with shape, type and attributes; the model object; and, where a
`truth.jsonl` lies beside the files, what Keras counted for each layer.
"""

from __future__ import annotations

import importlib
import io
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

h5py: Any = importlib.import_module("h5py")  # it has no types

_TEXT = ("model_config", "training_config")


def plain(value: Any) -> Any:
    """An attribute as JSON can hold it."""
    if isinstance(value, bytes):
        return value.decode("utf-8")
    if hasattr(value, "tolist"):
        return plain(value.tolist())
    return [plain(item) for item in value] if isinstance(value, list) else value


def listing(file: Any) -> dict[str, Any]:
    """Every path of a file with its shape, type and attributes."""
    found: dict[str, Any] = {}

    def visit(name: str, item: Any) -> None:
        attributes = {key: plain(value) for key, value in item.attrs.items() if key not in _TEXT}
        if isinstance(item, h5py.Dataset):
            found[name] = [list(item.shape), str(item.dtype), attributes]
        else:
            found[name] = [None, None, attributes]

    visit("", file["/"])
    file.visititems(visit)
    return found


def recorded(path: Path) -> dict[str, Any]:
    """What a file holds, and the model object in it."""
    if path.suffix == ".keras":
        with zipfile.ZipFile(path) as archive:
            model = json.loads(archive.read("config.json"))
            with h5py.File(io.BytesIO(archive.read("model.weights.h5")), "r") as file:
                return {"file": path.name, "listing": listing(file), "model": model}
    with h5py.File(path, "r") as file:
        text = file.attrs.get("model_config")
        model = None if text is None else json.loads(text)
        return {"file": path.name, "listing": listing(file), "model": model}


def counted(path: Path) -> dict[str, int] | None:
    """What Keras counted for each layer, where it is written beside the file."""
    truth = path.parent / "truth.jsonl"
    for line in truth.read_text("utf-8").splitlines() if truth.exists() else ():
        entry = json.loads(line)
        if entry["file"] == path.name and "layers" in entry:
            return {name: trained + frozen for name, _, _, trained, frozen in entry["layers"]}
    return None


def main() -> None:
    """Record the files named on the command line."""
    out, *files = map(Path, sys.argv[1:])
    lines = [
        json.dumps(recorded(path) | {"counted": counted(path)}, separators=(",", ":"))
        for path in sorted(files)
    ]
    out.write_text("\n".join(lines) + "\n", "utf-8")


if __name__ == "__main__":
    main()
