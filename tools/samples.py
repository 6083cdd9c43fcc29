"""Writes the files of sample_models/ by running its scripts in Keras: `python tools/samples.py`.

Each script leaves a `model`. Small ones are saved as `.keras` archives with their weights, the
large one as the JSON text of its graph alone.
"""

from __future__ import annotations

import os
import runpy
from pathlib import Path

SAMPLES = Path(__file__).parents[1] / "sample_models"
MAX_WEIGHTS = 200_000  # numbers; more would make the repository heavy


def main() -> None:
    """Run every script and save its model beside it."""
    os.chdir(SAMPLES)  # the code of a Lambda records the path it was compiled from
    for script in sorted(Path().glob("*.py")):
        import keras

        keras.utils.clear_session()
        model = runpy.run_path(str(script))["model"]
        if model.count_params() > MAX_WEIGHTS:
            target = script.with_suffix(".json")
            target.write_text(model.to_json() + "\n", encoding="utf-8")
        else:
            target = script.with_suffix(".keras")
            model.save(target)
        if script.stem == "custom":  # what its file counts, its graph alone cannot
            script.with_suffix(".json").write_text(model.to_json() + "\n", encoding="utf-8")
        print(f"{target.name}: {model.count_params():,} parameters")


if __name__ == "__main__":
    main()
