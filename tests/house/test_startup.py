"""A command starts in a blink: nothing heavy is imported on the way to an answer."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {
    "numpy", "pandas", "pydantic", "h5py", "fsspec", "dask", "keras", "tensorflow", "tf_keras",
    "jax", "torch", "pyarrow", "networkx", "graphviz",
}  # fmt: skip

PROGRAM = """
import sys
from inspector.cli import main
sys.argv = ["graphinspect", *{arguments!r}]
try:
    main()
except SystemExit:
    pass
print("\\n".join(name for name in sys.modules if "." not in name), file=sys.stderr)
"""


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["count", "resnet50"],
        ["count", "resnet50", "--json"],
        ["params", "resnet50"],
        ["params", "resnet50", "--csv"],
        ["summary", "vgg16"],
        ["zoo"],
        ["transfer", "vgg16", "--classes", "2"],
        ["diff", "vgg16", "vgg19"],
        ["code", "vgg16"],
    ],
)
def test_nothing_heavy_is_imported(arguments):
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM.format(arguments=arguments)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout
    assert not HEAVY & set(run.stderr.split())


def test_the_package_alone_imports_next_to_nothing():
    program = "import inspector, sys; print(*(m for m in sys.modules if m.startswith('inspector')))"
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert run.stdout.split() == ["inspector.version", "inspector"] or set(run.stdout.split()) == {
        "inspector",
        "inspector.version",
    }
