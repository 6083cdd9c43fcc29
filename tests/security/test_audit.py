"""The audit finds in every hostile file what is in it, and nothing in files that Keras wrote."""

from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import pytest
from hostile import cases
from hostile.case import SEVERITIES
from hostile.models import GOOD, dense, entry, sequential, text

import inspector
from inspector.security.catalogue import RULES
from inspector.security.walk import audit_bytes

FIXTURES = Path(__file__).parents[1] / "fixtures"
# Where the set names a rule next to the one that speaks.
RULE = {"hard_loop.h5": "KI013", "long_name.keras": "KI042"}
CASES = {case.name: case for case in cases.cases(cases.Trap(Path("nowhere")))}
CONTROLS = {name for name in CASES if name.startswith("control")}


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """All hostile files, written once."""
    folder = tmp_path_factory.mktemp("hostile")
    return folder, {case.name: path for path, case in cases.written(folder)}


def _places(severity: str) -> int:
    return SEVERITIES.index(severity)


@pytest.mark.parametrize("name", sorted(CASES))
def test_it_finds_at_least_what_is_in_a_hostile_file(files, name):
    case, (folder, paths) = CASES[name], files
    answer = inspector.audit(paths[name])
    codes = {found.code for found in answer.findings}
    if case.severity != "none":
        assert _places(answer.worst or "none") >= _places(case.severity)
    if case.rule:
        assert RULE.get(name, case.rule) in codes
    assert not list((folder / "markers").iterdir())


def test_controls_are_clean(files):
    assert CONTROLS
    for name in CONTROLS:
        assert inspector.audit(files[1][name]).findings == ()


HARMLESS = sorted(
    path.name
    for path in FIXTURES.iterdir()
    if path.suffix in {".h5", ".keras", ".json", ""} and path.name != "written.h5"
)


@pytest.mark.parametrize("name", HARMLESS)
def test_it_finds_nothing_in_files_that_keras_wrote(name):
    found = inspector.audit(FIXTURES / name).findings
    # A subclass of Model is a class of its own, whose code the loader must have.
    assert {(each.code, each.severity) for each in found} <= {("KI002", "medium")}
    assert not found or name == "k3_sub.keras"


def test_no_file_is_opened_but_the_one_named(files, tmp_path):
    opened, watching = [], [True]

    def hook(event, arguments):
        if watching[0] and event in {"open", "socket.connect", "subprocess.Popen", "marshal.loads"}:
            opened.append((event, str(arguments[0])))

    sys.addaudithook(hook)
    _, paths = files
    try:
        for name, path in paths.items():
            del opened[:]
            inspector.audit(path)
            within = {str(path), *map(str, path.rglob("*"))} if path.is_dir() else {str(path)}
            mine = [each for each in opened if not each[1].endswith((".py", ".pyc", ".json"))]
            assert {each[1] for each in mine} <= within, name
    finally:
        watching[0] = False


# --- how deep it looks --------------------------------------------------------------------------


def _zipped(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, data in members.items():
            archive.writestr(name.replace("_", "."), data)
    return stream.getvalue()


def test_archives_inside_archives_are_looked_into(files):
    inner = files[1]["lambda.keras"].read_bytes()
    for _ in range(3):
        inner = _zipped(model_keras=inner)
    found = audit_bytes(inner, "nested").findings[0]
    assert found.code == "KI001"
    assert found.path.startswith(
        "model.keras: model.keras: model.keras: config.json: config.layers"
    )


def test_a_member_without_a_name_is_no_hindrance():
    data = _zipped(config_json=b"{}", metadata_jsonl=b"{}").replace(b"metadata.jsonl", bytes(14))
    assert zipfile.ZipFile(io.BytesIO(data)).namelist() == ["config.json", ""]
    assert audit_bytes(data, "nameless").looked_at == ("config.json",)


def test_models_in_texts_are_looked_into(files):
    lambda_model = json.loads(zipfile.ZipFile(files[1]["lambda.keras"]).read("config.json"))
    outer = {**GOOD, "compile_config": {"model_config": json.dumps(lambda_model)}}
    assert audit_bytes(text(outer), "text").worst == "critical"


def test_both_readings_of_a_key_given_twice_are_met():
    data = text(sequential(entry(), dense())).replace(
        b'"class_name": "Dense"', b'"class_name": "TFSMLayer", "class_name": "Dense"'
    )
    codes = {found.code for found in audit_bytes(data, "twice").findings}
    assert {"KI022", "KI005"} <= codes


def test_many_findings_are_counted_and_not_listed():
    layers = [{"class_name": "TFSMLayer", "config": {"name": f"t{n}"}} for n in range(500)]
    answer = audit_bytes(json.dumps({"layers": layers}).encode(), "many")
    listed = [found for found in answer.findings if found.code == "KI005"]
    assert len(listed) == 26
    assert listed[-1].message == "475 more places like these"


@pytest.mark.parametrize(
    ("module", "function", "code", "severity"),
    [
        ("keras.activations", "relu", None, None),
        ("keras.src.ops.nn", "gelu", None, None),
        ("builtins", "softmax", None, None),
        ("builtins", "eval", "KI002", "critical"),
        ("os", "system", "KI002", "critical"),
        ("keras.utils", "get_file", "KI003", "critical"),
        ("keras.config", "set_floatx", "KI003", "critical"),
        ("keras.src.utils.numerical_utils", "normalize", "KI003", "high"),
        ("mine.functions", "twice", "KI002", "medium"),
    ],
)
def test_functions_are_told_apart_by_where_they_come_from(module, function, code, severity):
    reference = {"module": module, "class_name": "function", "config": function}
    model = sequential(entry(), dense(kernel_constraint=reference))
    found = {(each.code, each.severity) for each in audit_bytes(text(model), "f").findings}
    assert found == (set() if code is None else {(code, severity)})


# --- the command --------------------------------------------------------------------------------


def test_the_command_says_no_with_its_exit_code(files, graphinspect):
    dangerous = graphinspect("audit", files[1]["lambda.keras"])
    assert dangerous.code == 1
    assert "do not load it with Keras" in dangerous.out.splitlines()[0]
    assert "sha256" in dangerous.out
    clean = graphinspect("audit", FIXTURES / "k3_simple.keras")
    assert clean.code == 0
    assert "not the same as safe" in clean.out


def test_the_document_has_the_keys_that_scripts_read(files, graphinspect):
    run = graphinspect("audit", files[1]["lambda.keras"], "--json")
    document = json.loads(run.out)
    assert run.code == 1
    assert document["schema"] == "graphinspect.audit/1"
    assert {"code", "severity", "path", "message", "hint"} <= document["findings"][0].keys()


def test_standard_input_is_audited(files, graphinspect):
    run = graphinspect("audit", "-", stdin=files[1]["lambda.keras"].read_bytes())
    assert run.code == 1


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("nowhere.keras", "names no file"),
        ("resnet50", "is no file"),
        ("weights.pt", "PyTorch"),
        ("", "FILE"),
    ],
)
def test_what_cannot_be_audited_is_refused(tmp_path, monkeypatch, graphinspect, file, said):
    monkeypatch.chdir(tmp_path)
    Path("weights.pt").write_bytes(b"PK\x03\x04")
    run = graphinspect("audit", *([file] if file else []))
    assert run.code == 2
    assert said in run.err
    assert not run.out


def _damaged(tmp_path: Path) -> dict[str, Path]:
    """Files of which nothing can be read, each in its own way."""
    text = (FIXTURES / "k3_simple.json").read_bytes()
    archive = (FIXTURES / "k3_simple.keras").read_bytes()
    contents = {
        "empty.h5": b"",
        "prose.keras": b"Dear reader,",
        "short.json": text[:-1],
        "short.h5": (FIXTURES / "k3_simple.h5").read_bytes()[:5_000],
        "short.keras": archive[: len(archive) // 2],
        "deep.json": b"[" * 6_000 + b"]" * 6_000,
        "broken.zip": _zipped(config_json=b"{"),
        "saved_model.pb": b"\xff" * 40,
    }
    for name, data in contents.items():
        (tmp_path / name).write_bytes(data)
    return {name: tmp_path / name for name in contents}


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_a_file_that_cannot_be_read_is_an_error(tmp_path, graphinspect, json_option):
    for name, path in _damaged(tmp_path).items():
        run = graphinspect("audit", path, *json_option)
        assert (run.code, run.out) == (2, ""), name
        first, second = run.err.splitlines()
        assert first.startswith(f"error: {path}: ")
        assert "KI04" in first
        assert second.startswith("hint: ")
        assert graphinspect("count", path).code == 2


def test_a_part_that_cannot_be_read_is_a_finding(tmp_path, graphinspect):
    good = (FIXTURES / "k3_simple.json").read_bytes()
    path = tmp_path / "half.keras"
    path.write_bytes(_zipped(config_json=good, metadata_json=b"{", model_weights_h5=b"x"))
    answer = inspector.audit(path)
    assert answer.unread == ("metadata.json", "model.weights.h5")
    assert answer.unreadable is None
    assert graphinspect("audit", path).code == 0
    assert graphinspect("audit", path, "--strict").code == 1
    assert graphinspect("audit", FIXTURES / "k3_simple.keras", "--strict").code == 0


def test_danger_is_told_of_a_file_that_cannot_be_read(tmp_path, graphinspect):
    path = tmp_path / "model.keras"
    path.write_bytes(_zipped(config_json=b"{", model_weights_npz=b""))
    run = graphinspect("audit", path)
    assert run.code == 1
    assert "KI007" in run.out
    assert "KI040" in run.out


@pytest.mark.skipif(sys.platform == "win32", reason="no such name can be given")
def test_the_name_of_the_file_itself_is_looked_at(tmp_path):
    path = tmp_path / "a\x1b[31m.json"
    path.write_bytes((FIXTURES / "k3_simple.json").read_bytes())
    assert [found.code for found in inspector.audit(path).findings] == ["KI050"]


def test_the_rules_are_listed(graphinspect):
    run = graphinspect("audit", "--rules")
    assert run.code == 0
    assert all(code in run.out for code in RULES)
    listed = json.loads(graphinspect("audit", "--rules", "--json").out)["rules"]
    assert [rule["code"] for rule in listed] == list(RULES)


def test_every_rule_is_met_by_some_file(files):
    met = {found.code for path in files[1].values() for found in inspector.audit(path).findings}
    assert met == set(RULES)
