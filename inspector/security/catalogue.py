"""The rules of the audit as a table: what each looks for, what it could do, what to do then.

Affected versions and CVE numbers are facts of a rule, as published; they do not clear a file.
"""

from __future__ import annotations

from typing import NamedTuple

SEVERITIES = ("critical", "high", "medium", "low", "info")


class Rule(NamedTuple):
    """What one code stands for; the severity of a finding depends on what exactly was met."""

    code: str
    severities: tuple[str, ...]  # the most serious first
    title: str
    effect: str  # what it could do
    advice: str  # what to do
    affected: str = ""  # which Keras or TensorFlow acts on it
    references: tuple[str, ...] = ()


_NEVER = "do not load this file with Keras unless you trust whoever made it"
_REBUILD = "take the weights alone, and rebuild the layer in code of your own"
_ASK = "ask whoever made the file what it is for"

_TABLE = (
    Rule(
        "KI001", ("critical", "medium"), "Python code in the file",
        "runs when Keras loads the model: as whoever loads it, with all their rights",
        f"{_NEVER}; {_REBUILD}",
        "Keras 1 and 2 always; Keras 3 with safe_mode=False; before 3.11.3 from any .h5 file",
        ("CVE-2024-3660", "CVE-2025-9905", "CVE-2026-12481"),
    ),
    Rule(
        "KI002", ("critical", "medium"), "an import of a module that is not Keras",
        "imports a module and calls what it names; an unknown package runs whatever it holds",
        f"{_NEVER}; a custom class is harmless only in a package that you know",
        "Keras 3.0 to 3.8 import any module; later ones refuse",
        ("CVE-2025-1550",),
    ),
    Rule(
        "KI003", ("critical", "high"), "a function of Keras or TensorFlow that no model needs",
        "downloads, writes or loads files, or turns the safety of Keras off while it loads",
        _NEVER,
        "Keras before 3.11; archives are unpacked unsafely before 3.14",
        ("CVE-2025-8747", "CVE-2025-9906", "CVE-2025-12060"),
    ),
    Rule(
        "KI004", ("critical",), "a pickled PyTorch module",
        "is unpickled when Keras loads the model, which runs any code",
        _NEVER,
        "Keras 3.11.0 to 3.11.2 even in safe mode; others with safe_mode=False",
        ("CVE-2025-49655",),
    ),
    Rule(
        "KI005", ("critical",), "a TensorFlow program from outside the file",
        "loads a SavedModel from a path that the file names, and runs its operations",
        f"{_NEVER}; look at what lies at that path",
        "Keras before 3.12.1 and 3.13.2 even in safe mode; others with safe_mode=False",
        ("CVE-2026-1462",),
    ),
    Rule(
        "KI006", ("high", "medium"), "a path or an address where data belongs",
        "makes Keras open a local file or a network address; what it reads ends up in the model",
        "put the list itself into the file: build the layer anew from the vocabulary",
        "Keras before 3.12, and everyone with safe_mode=False",
        ("CVE-2025-12058",),
    ),
    Rule(
        "KI007", ("high",), "a pickle",
        "runs any code when it is opened by a program that unpickles",
        "do not open it; ask for the weights as HDF5 or safetensors",
        "programs that call numpy.load(allow_pickle=True), torch.load or pickle.load",
    ),
    Rule(
        "KI010", ("high", "medium", "low", "info"), "HDF5 data that lies elsewhere",
        "reads another file of this machine into the model, from where it can be read out",
        "do not load it where secrets lie; write the weights anew with the data inside",
        "Keras before 3.12.1 and 3.13.2; tf_keras always",
        ("CVE-2026-1669", "CVE-2026-12480"),
    ),
    Rule(
        "KI011", ("high", "medium"), "a size that the file does not have",
        "makes whoever loads it ask for more memory than there is, and end",
        "the file is broken or hostile: do not load it",
        "Keras before 3.12.1 and 3.13.2; every program that trusts declared sizes",
        ("CVE-2026-0897",),
    ),
    Rule(
        "KI012", ("medium",), "HDF5 data behind a filter plugin",
        "loads a shared library from HDF5_PLUGIN_PATH to read the data",
        "check which filter it names; write the weights anew without it",
        "every program that reads the data through the HDF5 library",
    ),
    Rule(
        "KI013", ("medium", "low"), "HDF5 groups that loop or never end",
        "keeps a program that walks the file without end, or ends it at its stack's limit",
        "the file is broken or hostile: write it anew",
        "programs that follow links without remembering where they were",
    ),
    Rule(
        "KI020", ("high", "medium"), "an archive that unpacks to far more than it is",
        "fills memory or disk of whoever unpacks it",
        "do not unpack it",
        "Keras unpacks members below its own bound of 4 GiB",
        ("CVE-2024-0450",),
    ),
    Rule(
        "KI021", ("high",), "a name that leads out of its folder",
        "writes outside the folder into which somebody unpacks it",
        "do not unpack it; never use names from the file as paths",
        "Keras 3.14.0 to 3.15.0 where assets are written; every careless unpacker",
        ("CVE-2026-12479", "CWE-22"),
    ),
    Rule(
        "KI022", ("high", "medium", "low"), "a file that can be read in two ways",
        "shows one model to a checker and another one to Keras",
        "do not trust any single reading of this file; have it written anew",
        "every pair of programs that choose differently",
        ("CWE-436",),
    ),
    Rule(
        "KI030", ("high", "medium"), "a TensorFlow operation that reaches out",
        "reads or writes files, opens connections or runs Python when the model is called",
        f"{_NEVER}; a SavedModel is a program, and no safe mode holds it",
        "every TensorFlow that loads the SavedModel",
    ),
    Rule(
        "KI040", ("medium", "low", "info"), "a part that cannot be read",
        "hides what is in it; a program less careful may crash on it or read it otherwise",
        "get the file again from where it came; if it stays like this, do not load it",
    ),
    Rule(
        "KI041", ("medium", "low"), "a value that no layer can have",
        "makes a program that trusts it fail, or count wrong",
        "the file was edited or damaged: save the model anew",
        "programs that do not check what they read",
    ),
    Rule(
        "KI042", ("medium", "low"), "more than any model needs",
        "takes time, memory or stack of whoever reads it",
        _ASK,
        "programs without limits",
    ),
    Rule(
        "KI043", ("medium", "low"), "layers that do not join to a model",
        "makes Keras refuse the file, and may keep a less careful program without end",
        "the file was edited or damaged: save the model anew",
        "programs that follow edges without checking them",
    ),
    Rule(
        "KI050", ("low",), "text that acts on what shows it",
        "moves the cursor of a terminal, or acts in a page or table that shows the name",
        "show names from the file only in programs that escape them, as this one does",
        "programs that print names as they are",
        ("CWE-79", "CWE-150", "CWE-1236"),
    ),
)  # fmt: skip

RULES = {rule.code: rule for rule in _TABLE}
