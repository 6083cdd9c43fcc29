"""Models behind URLs: few bytes, one clear error whatever a server does, and no secret told."""

from __future__ import annotations

import builtins
import importlib.util
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

import inspector
from inspector.errors import LimitError, ReadError
from inspector.readers.remote import door, http, source
from inspector.readers.remote.address import hidden, is_url, without_secrets

TESTS = Path(__file__).parents[1]
FIXTURES = TESTS / "fixtures"
FILES = [
    "k1_func.h5",
    "k2_nested.h5",
    "k2_ops.keras",
    "k3_nested.h5",
    "k3_nested.keras",
    "k3_sh2.keras",
    "k3_simple.json",
    "k3_simple.weights.h5",
]

needs_fsspec = pytest.mark.skipif(
    importlib.util.find_spec("fsspec") is None or importlib.util.find_spec("aiohttp") is None,
    reason="fsspec and aiohttp are not installed",
)


def _server():
    spec = importlib.util.spec_from_file_location("server", Path(__file__).parent / "server.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["server"] = module  # dataclasses look there
    spec.loader.exec_module(module)
    return module


server = _server()
Site, served = server.Site, server.served


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch):
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)


def facts(model):
    rows = [(row.path, row.class_name, row.outputs, row.params, row.stored) for row in model.rows]
    return model.name, model.format, model.keras_version, model.totals, rows


# --- the audit ----------------------------------------------------------------------------------


@needs_fsspec
@pytest.mark.parametrize("name", FILES)
def test_an_audit_says_the_same_behind_a_url(name):
    with served(Site({name: FIXTURES / name})) as site:
        there = inspector.audit(site.url(name))
    here = inspector.audit(FIXTURES / name)
    assert there.source == site.url(name)
    assert (there.format, there.findings) == (here.format, here.findings)
    assert (there.looked_at, there.unread) == (here.looked_at, here.unread)


@needs_fsspec
def test_a_saved_model_behind_a_url_is_audited():
    folder = FIXTURES / "k2_nested_sm"
    files = {f"m/{path.relative_to(folder)}": path for path in folder.rglob("*") if path.is_file()}
    with served(Site(files)) as site:
        there = inspector.audit(site.url("m/"))
    assert there.findings == inspector.audit(folder).findings == ()
    assert set(there.looked_at) >= {"saved_model.pb", "keras_metadata.pb"}


@needs_fsspec
def test_an_audit_warns_of_code_behind_a_url_and_tells_no_secret(graphinspect):
    layer = {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/x"}}
    model = json.dumps({"class_name": "Sequential", "config": {"name": "s", "layers": [layer]}})
    with served(Site({"m.json": model.encode()})) as site:
        run = graphinspect("audit", site.url("m.json?token=opensesame"))
        missing = graphinspect("audit", site.url("none.json?token=opensesame"))
        script = graphinspect("audit", site.url("m.py"))
    assert (run.code, missing.code, script.code) == (1, 2, 2)
    assert "KI005" in run.out
    assert "opensesame" not in run.out + run.err + missing.err
    assert (missing.out, script.out) == ("", "")


# --- what is read -------------------------------------------------------------------------------


@needs_fsspec
@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("first", [512, source.FIRST])
def test_a_file_is_the_same_behind_a_url(monkeypatch, name, first):
    monkeypatch.setattr(door, "FIRST", first)
    with served(Site({name: FIXTURES / name})) as site:
        there = inspector.load(site.url(name))
    here = inspector.load(FIXTURES / name)
    if here.format != "weights":  # such a model is called after its file
        assert facts(there) == facts(here)
    assert there.source == site.url(name)
    assert there.totals == here.totals
    whole = [line for line in site.asked if line.startswith("GET") and "bytes=" not in line]
    assert not whole


@needs_fsspec
def test_a_small_file_takes_one_range():
    with served(Site({"a.keras": FIXTURES / "k3_simple.keras"})) as site:
        inspector.load(site.url("a.keras"))
    size = (FIXTURES / "k3_simple.keras").stat().st_size
    assert site.asked == ["HEAD /a.keras", f"GET /a.keras bytes=0-{size - 1}"]


@needs_fsspec
@pytest.mark.parametrize("slash", ["/", "/saved_model.pb", "/saved_model.pb?token=abcdef"])
def test_a_saved_model_is_read_without_its_data(slash):
    folder = FIXTURES / "k2_nested_sm"
    files = {
        f"m/{path.relative_to(folder).as_posix()}": path
        for path in folder.rglob("*")
        if path.is_file()
    }
    with served(Site(files)) as site:
        there = inspector.load(site.url("m" + slash))
    here = inspector.load(folder)
    assert there.totals == here.totals
    assert there.totals.stored is not None
    assert not [line for line in site.asked if "data-00000" in line]
    assert "abcdef" not in there.source


@needs_fsspec
def test_a_folder_without_a_model_names_the_url():
    with served(Site({})) as site, pytest.raises(ReadError, match=r"/m/: is a folder without sav"):
        inspector.load(site.url("m/"))


@needs_fsspec
def test_errors_inside_a_copied_folder_name_the_url():
    with (
        served(Site({"m/saved_model.pb": b"\x12\xff"})) as site,
        pytest.raises(ReadError) as caught,
    ):
        inspector.load(site.url("m/"))
    assert caught.value.where == site.url("m/saved_model.pb")


@needs_fsspec
def test_tensorflow_js_and_other_filesystems():
    import fsspec

    topology = json.loads((FIXTURES / "k3_simple.json").read_text("utf-8"))
    text = json.dumps({"format": "layers-model", "modelTopology": topology, "weightsManifest": []})
    files = fsspec.filesystem("memory")
    files.pipe_file("/js/model.json", text.encode())
    model = inspector.load("memory://js/model.json")
    assert model.format == "tfjs"
    assert model.totals.params == inspector.load(FIXTURES / "k3_simple.json").totals.params


@needs_fsspec
def test_a_member_of_an_archive_behind_a_url():
    with served(Site({"a.keras": FIXTURES / "k3_simple.keras"})) as site:
        url = f"zip://model.weights.h5::{site.url('a.keras')}"
        model = inspector.load(url)
    assert model.format == "weights"
    assert model.totals.stored == inspector.load(FIXTURES / "k3_simple.keras").totals.stored


@needs_fsspec
def test_a_local_file_url():
    path = FIXTURES / "k3_seq.h5"
    assert inspector.load(path.as_uri()).totals == inspector.load(path).totals


@needs_fsspec
def test_a_url_that_moved():
    data = FIXTURES / "k3_seq.keras"
    with served(Site({"b.keras": data}, moved={"a.keras": "/b.keras"})) as site:
        assert inspector.load(site.url("a.keras")).totals == inspector.load(data).totals


# --- servers as they are ------------------------------------------------------------------------


@needs_fsspec
@pytest.mark.parametrize("settings", [{"ranges": False}, {"ranges": False, "length": False}])
def test_a_server_without_ranges_gives_small_files_only(monkeypatch, settings):
    path = FIXTURES / "k3_seq.keras"
    with served(Site({"a.keras": path}, **settings)) as site:
        assert inspector.load(site.url("a.keras")).totals == inspector.load(path).totals
        monkeypatch.setattr(door, "WHOLE", 1_000)
        monkeypatch.setattr(door._Place._whole, "__defaults__", (1_000,))
        with pytest.raises(LimitError, match="its server gives whole files only") as caught:
            inspector.load(site.url("a.keras"))
    assert "download" in caught.value.hint


@needs_fsspec
def test_a_large_file_of_a_server_without_ranges_is_not_even_begun(tmp_path):
    path = tmp_path / "large.h5"
    with path.open("wb") as stream:
        stream.truncate(door.WHOLE + 1)
    with served(Site({"large.h5": path}, ranges=False)) as site:
        with pytest.raises(LimitError, match="whole files only"):
            inspector.load(site.url("large.h5"))
        assert len(site.asked) == 2  # the head, and one range that came as a whole


@needs_fsspec
def test_a_server_that_forbids_heads():
    path = FIXTURES / "k3_seq.keras"
    with served(Site({"a.keras": path}, heads=False)) as site:
        assert inspector.load(site.url("a.keras")).totals == inspector.load(path).totals


@needs_fsspec
@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"status": 403}, "cannot be read: the server answers with status 403"),
        ({"status": 500}, "cannot be read: the server answers with status 500"),
        ({"shift": 7}, "cannot be read: the server sends other bytes than those asked for"),
    ],
)
def test_a_server_that_refuses(settings, problem):
    site = Site({"a.h5": FIXTURES / "k3_seq.h5"}, **settings)
    with served(site), pytest.raises(ReadError) as caught:
        inspector.load(site.url("a.h5"))
    assert (caught.value.where, caught.value.problem) == (site.url("a.h5"), problem)


@needs_fsspec
def test_what_is_not_there():
    with served(Site({})) as site, pytest.raises(ReadError, match="status 404"):
        inspector.load(site.url("a.h5"))
    with pytest.raises(ReadError, match=r"127\.0\.0\.1:9/a\.h5: cannot be read"):
        inspector.load("http://127.0.0.1:9/a.h5")  # nobody listens there
    with pytest.raises(ReadError, match="no such file"):
        inspector.load("memory://nothing.h5")
    with pytest.raises(ReadError, match="nosuch"):
        inspector.load("nosuch://bucket/a.h5")


@needs_fsspec
def test_a_silent_server_is_given_up(monkeypatch):
    monkeypatch.setattr(http, "SILENT", 0.3)
    with served(Site({"a.h5": FIXTURES / "k3_seq.h5"}, delay=1.0)) as site:
        begin = time.monotonic()
        with pytest.raises(ReadError, match="does not answer in time"):
            inspector.load(site.url("a.h5"))
        assert time.monotonic() - begin < 5


@needs_fsspec
def test_patience_ends(monkeypatch):
    monkeypatch.setattr(door, "_PATIENCE", -1.0)
    with pytest.raises(LimitError, match="takes too long"):
        inspector.load("memory://a.h5")


@needs_fsspec
def test_a_file_cut_off_while_it_is_read(monkeypatch):
    monkeypatch.setattr(door, "FIRST", 512)
    data = bytearray((FIXTURES / "k3_seq.h5").read_bytes())
    with served(Site({"a.h5": bytes(data)})) as site:
        real = door._Place._fetch

        def fetch(place, ranges):
            blobs = real(place, ranges)
            site.files = {"a.h5": bytes(data[:900])}
            return blobs

        monkeypatch.setattr(door._Place, "_fetch", fetch)
        with pytest.raises(ReadError, match=r"other bytes|fewer bytes|shorter"):
            inspector.load(site.url("a.h5"))


@pytest.mark.parametrize(
    ("headers", "problem"),
    [
        ({}, "other bytes"),
        ({"Content-Range": "bytes 3-9/99"}, "other bytes"),
        ({"Content-Range": "bytes 0-12/99", "Content-Length": "13"}, "other bytes"),
        ({"Content-Range": "bytes 0-9/99"}, "how many"),
        ({"Content-Range": "bytes 0-9/99", "Content-Length": "99999999"}, "how many"),
    ],
)
def test_the_head_of_an_answer_is_checked(headers, problem):
    with pytest.raises(http.Refused, match=problem):
        http.check(206, headers, 0, 9)


def test_a_range_may_end_early():
    http.check(206, {"Content-Range": "bytes 5-6/7", "Content-Length": "2"}, 5, 9)


# --- what a URL may not -------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://host/script.py",
        "https://host/book.ipynb?x=1",
        "s3://bucket/a.PY:build_model",
        "zip://a.py::https://host/b.zip",
    ],
)
def test_a_url_never_runs_a_script(url):
    with pytest.raises(ReadError, match="nothing from a URL is ever run"):
        inspector.load(url)


@needs_fsspec
def test_source_under_another_name_is_no_model(tmp_path):
    mark = tmp_path / "ran"
    text = f"open({str(mark)!r}, 'w')\n".encode()
    with served(Site({"a.h5": text})) as site, pytest.raises(ReadError, match="is no model file"):
        inspector.load(site.url("a.h5"))
    assert not mark.exists()


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://host/a.h5", "https://host/a.h5"),
        ("https://me:secret@host:8080/a.h5", "https://host:8080/a.h5"),
        ("https://me:se@cret@host/a.h5", "https://host/a.h5"),
        ("https://me:se/cret@host/a.h5", "https://host/a.h5"),
        ("https://host/a.h5?X-Amz-Signature=secret&x=1#secret", "https://host/a.h5?…"),
        ("zip://a.h5::https://me:secret@host/b.zip?secret", "zip://a.h5::https://host/b.zip?…"),
        ("s3://bucket/me@home/a#1.h5", "s3://bucket/me@home/a#1.h5"),
        ("http://host:80/me@home/a.h5", "http://host:80/me@home/a.h5"),
        ("https://[bad/a.h5", "https://[bad/a.h5"),
    ],
)
def test_secrets_are_not_shown(url, shown):
    assert is_url(url)
    assert hidden(url) == shown
    text = without_secrets(f"403, message='no', url='{url}' at {url.partition('?')[2]}", url)
    assert "secret" not in text


@needs_fsspec
@pytest.mark.parametrize("settings", [{}, {"status": 403}, {"ranges": False}, {"shift": 1}])
def test_no_error_tells_a_secret(graphinspect, settings):
    with served(Site({}, **settings)) as site:
        url = f"http://user:hunter2@{site.address}/a.h5?sig=0123456789abcdef"
        run = graphinspect("count", url, "--json")
    assert run.code == 2
    assert not run.out
    assert not re.search("hunter2|0123456789abcdef|user", run.err)
    assert site.url("a.h5?…") in run.err
    assert site.asked[-1].split()[1] == "/a.h5?sig=0123456789abcdef"


@pytest.mark.parametrize("missing", ["fsspec", "aiohttp"])
def test_without_the_extra_the_error_says_how_to_get_it(monkeypatch, graphinspect, missing):
    real = builtins.__import__

    def refused(name, *arguments, **options):
        if name.partition(".")[0] == missing:
            raise ImportError(f"No module named {name!r}")
        return real(name, *arguments, **options)

    if missing == "aiohttp" and importlib.util.find_spec("fsspec") is None:
        pytest.skip("fsspec is not installed")
    for name in [name for name in sys.modules if name.partition(".")[0] in ("fsspec", "aiohttp")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(builtins, "__import__", refused)
    run = graphinspect("count", "https://host/a.h5")
    assert run.code == 2
    assert f"https://host/a.h5: needs {missing}, which is not installed" in run.err
    assert "hint: pip install 'graphinspect[remote]'" in run.err


@needs_fsspec
def test_fsspec_is_loaded_for_urls_only():
    program = "import inspector, sys; inspector.load(sys.argv[1]); print('fsspec' in sys.modules)"
    path = FIXTURES / "k3_seq.keras"
    for reference, loaded in ((str(path), "False"), (path.as_uri(), "True")):
        run = subprocess.run(
            [sys.executable, "-c", program, reference], capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == loaded


def test_keras_is_not_handed_a_url(monkeypatch):
    from inspector import loader

    model = inspector.load(FIXTURES / "k3_seq.keras")._replace(source="https://host/a.keras")
    with pytest.raises(ReadError, match="cannot be handed to Keras from a URL"):
        loader.question(model)


# --- progress -----------------------------------------------------------------------------------


@needs_fsspec
def test_progress_comes_after_a_moment_and_on_stderr(monkeypatch, graphinspect):
    from inspector.cli import progress

    with served(Site({"a.keras": FIXTURES / "k3_seq.keras"}, delay=0.2)) as site:
        run = graphinspect("count", site.url("a.keras"), "--json")
        assert (run.code, run.err) == (0, "")
        monkeypatch.setattr(progress, "_PATIENCE", 0.1)
        run = graphinspect("count", site.url("a.keras"), "--json")
    assert run.code == 0
    assert json.loads(run.out)["model"]["source"] == site.url("a.keras")
    assert run.err == f"reading {site.url('a.keras')}: 0.0 MB so far\n"


# --- a large file -------------------------------------------------------------------------------

WRITE = """
import keras, sys
model = keras.applications.ResNet50(weights=None)
for path in sys.argv[1:]:
    model.save(path)
"""


@pytest.mark.keras
@needs_fsspec
def test_less_than_a_hundredth_of_a_large_file_is_read(monkeypatch, tmp_path):
    paths = [tmp_path / "resnet50.h5", tmp_path / "resnet50.keras"]
    subprocess.run([sys.executable, "-c", WRITE, *map(str, paths)], check=True, capture_output=True)
    rounds = []
    real = door._Place._fetch
    monkeypatch.setattr(door._Place, "_fetch", lambda *call: rounds.append(call[1]) or real(*call))
    for path in paths:
        rounds.clear()
        with served(Site({path.name: path})) as site:
            totals = inspector.load(site.url(path.name)).totals
        assert path.stat().st_size > 100e6
        assert totals.stored == totals.params == 25_636_712
        assert site.sent < path.stat().st_size / 100
        assert len(rounds) <= 20  # each may cost the latency of the network once
