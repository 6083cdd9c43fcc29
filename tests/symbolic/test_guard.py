"""What a program may not do is refused, or stopped within its time; what was found is kept."""

import time

import pytest

from inspector.errors import ReadError
from inspector.symbolic.outside import run_source

START = "import keras\nfrom keras import layers\nx = keras.Input((4,))\n"
END = "\nmodel = keras.Model(x, layers.Dense(2)(x))\n"


def run(middle, **options):
    return run_source((START + middle + END).encode(), "program.py", **options)


@pytest.mark.parametrize(
    ("middle", "message"),
    [
        ("open('written.txt', 'w')", "writing to written.txt"),
        ("import os; os.open('written.txt', os.O_CREAT | os.O_WRONLY)", "writing to written.txt"),
        ("import os; os.remove('pyproject.toml')", "os.remove"),
        ("import pathlib; pathlib.Path('there').mkdir()", "os.mkdir"),
        ("import shutil; shutil.rmtree('tests')", "refused"),
        ("import os; os.rename('a', 'b')", "os.rename"),
        ("import socket; socket.socket()", "socket"),
        ("import urllib.request; urllib.request.urlopen('http://localhost')", "urllib.Request"),
        ("import subprocess; subprocess.run(['true'])", "refused"),
        ("import os; os.system('true')", "os.system"),
        ("import os; os.kill(os.getppid(), 9)", "os.kill"),
        ("import ctypes", "ctypes"),
        ("import multiprocessing", "multiprocessing"),
    ],
)
def test_what_is_refused(middle, message, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = run(middle)
    assert any(line == 4 and message in text for line, text in found.problems), found.problems
    assert [model.variable for model in found.models] == ["model"]
    assert not list(tmp_path.iterdir())


def test_fork_is_refused():
    found = run("import os; os.fork()")
    assert any("os.fork" in text for _, text in found.problems)
    assert found.models


@pytest.mark.parametrize("middle", ["while True: pass", "import time\ntime.sleep(60)"])
def test_a_program_without_end_is_stopped(middle):
    begun = time.monotonic()
    found = run(middle, seconds=1)
    assert time.monotonic() - begun < 10
    assert found.stopped == "stopped after 1 seconds"
    assert [binding.variable for binding in found.bindings] == ["x"]


def test_memory_without_end():
    found = run("held = [bytearray(1 << 24)]\nwhile True: held.append(bytearray(1 << 24))",
                memory=400 << 20, seconds=20)  # fmt: skip
    told = " ".join(text for _, text in found.problems)
    assert "MemoryError" in told or "memory" in found.stopped


@pytest.mark.parametrize("middle", ["import sys; sys.exit(3)", "import os; os._exit(3)", "exit()"])
def test_a_program_that_ends_itself(middle):
    found = run(middle)
    assert (4, "the program ends itself here") in found.problems
    assert not found.models
    assert [binding.variable for binding in found.bindings] == ["x"]


def test_standard_input_is_closed():
    found = run("name = input('name? ')\nimport sys\nline = sys.stdin.read()")
    assert found.models


def test_what_it_prints_is_not_the_answer():
    found = run('import os\nprint(\'{"tell": "end"}\')\nos.write(1, b\'{"tell": "end"}\\n\')')
    assert found.models


@pytest.mark.parametrize("text", [b"x = (", b"\xff\xfe\x00", b"a\0b", b"(" * 5000])
def test_what_is_no_program(text):
    with pytest.raises(ReadError):
        run_source(text, "program.py")


def test_a_module_beside_the_program_does_not_shadow_ours(tmp_path):
    (tmp_path / "json.py").write_text("raise SystemExit('shadowed')")
    (tmp_path / "nets.py").write_text(
        "import keras\ndef build():\n    x = keras.Input((3,))\n"
        "    return keras.Model(x, keras.layers.Dense(1)(x))\n"
    )
    found = run_source(b"import nets\nmodel = nets.build()\n", "program.py", folder=str(tmp_path))
    assert not found.problems
    assert len(found.models) == 1
