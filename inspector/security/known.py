"""Names that an audit knows: where Keras lives, what no model has business with."""

from __future__ import annotations

import re

# Packages whose classes are layers, by the first part of their module.
KERAS = frozenset({"keras", "keras_core", "keras_cv", "keras_hub", "keras_nlp", "tf_keras"})
TENSORFLOW_KERAS = ("tensorflow.keras", "tensorflow.python.keras", "tensorflow_core.python.keras")

# The first part of modules that run programs, open files or connections, or reach into Python.
DENIED = frozenset(
    {
        "_io", "_pickle", "_posixsubprocess", "_socket", "asyncio", "atexit", "bdb", "builtins",
        "cProfile", "cloudpickle", "code", "codeop", "commands", "concurrent", "copyreg", "ctypes",
        "dill", "distutils", "ftplib", "functools", "gc", "glob", "http", "imp", "importlib",
        "inspect", "io", "joblib", "linecache", "marshal", "mmap", "multiprocessing", "nt",
        "ntpath", "operator", "os", "paramiko", "pathlib", "pdb", "pickle", "pip", "pkgutil",
        "platform", "posix", "posixpath", "profile", "pty", "pydoc", "requests", "resource",
        "runpy", "setuptools", "shelve", "shutil", "signal", "site", "smtplib", "socket", "sqlite3",
        "ssl", "subprocess",
        "sys", "sysconfig", "tarfile", "telnetlib", "tempfile", "threading",
        "timeit", "trace", "types", "urllib", "venv", "webbrowser", "xmlrpc", "zipfile",
        "zipimport",
    }
)  # fmt: skip
BUILTINS = frozenset(
    {
        "__import__", "breakpoint", "compile", "delattr", "dir", "eval", "exec", "exit", "getattr",
        "globals", "help", "input", "locals", "memoryview", "open", "print", "quit", "setattr",
        "type", "vars",
    }
)  # fmt: skip

# Functions of Keras that act instead of computing; what Keras itself refuses is among them.
GADGETS = frozenset(
    {
        "clear_session", "disable_interactive_logging", "disable_unsafe_deserialization",
        "enable_unsafe_deserialization", "export", "extract_archive", "func_load", "get_file",
        "get_source_inputs", "load_img", "load_model", "load_weights", "model_from_json",
        "plot_model", "register_keras_serializable", "save_model", "save_weights", "set_backend",
        "set_global_attribute", "set_session", "unpack_x_y_sample_weight_from_path",
    }
)  # fmt: skip
# Where the functions of Keras that models do name live.
COMPUTING = re.compile(
    r"(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)(\.api|\.src|\._tf_keras\.keras)*"
    r"(\.\w+)*\.?(activations|applications|backend|constraints|initializers|layers|losses|math|metrics|nn|numpy"
    r"|ops|quantizers|random|regularizers)(\.\w+)*"
)
_ACTING_MODULES = re.compile(
    r"\b(config|saving|global_state|utils|file_utils|io_utils|dataset_utils)\b"
)


def is_keras(module: str) -> bool:
    """Whether a module is one of Keras."""
    return module.partition(".")[0] in KERAS or module.startswith(TENSORFLOW_KERAS)


def acts(module: str, name: str) -> bool:
    """Whether a function of Keras downloads, loads, writes or changes settings.

    >>> acts("keras.utils", "get_file"), acts("keras.src.activations.activations", "relu")
    (True, False)
    """
    return name in GADGETS or module.startswith(
        ("keras.config", "keras.saving", "keras.src.saving")
    )


def computes(module: str) -> bool:
    """Whether a module of Keras holds functions that models name: activations, losses …"""
    return bool(COMPUTING.fullmatch(module)) and not _ACTING_MODULES.search(module)


# Operations of TensorFlow that run Python, open files or connections.
REACHING = frozenset(
    {
        "BigQueryReader", "CreateSummaryDbWriter", "CreateSummaryFileWriter", "DataServiceDataset",
        "DataServiceDatasetV2", "DataServiceDatasetV3", "DataServiceDatasetV4", "DatasetFromGraph",
        "DatasetToTFRecord", "DebugIdentity", "DebugIdentityV2", "DebugIdentityV3", "DebugNanCount",
        "DebugNumericSummary", "DebugNumericSummaryV2", "EagerPyFunc", "FixedLengthRecordDataset",
        "FixedLengthRecordDatasetV2", "FixedLengthRecordReader", "FixedLengthRecordReaderV2",
        "ImmutableConst", "ImportEvent", "LMDBDataset", "LMDBReader", "LoadDataset",
        "LoadDatasetV2", "MatchingFiles", "MatchingFilesDataset", "PyFunc", "PyFuncStateless",
        "ReadFile", "ReaderReadUpToV2", "ReaderReadV2", "RpcCall", "RpcClient", "RpcServer",
        "SaveDataset", "SaveDatasetV2", "SqlDataset", "TFRecordDataset", "TFRecordDatasetV2",
        "TFRecordReader", "TFRecordReaderV2", "TextLineDataset", "TextLineReader",
        "TextLineReaderV2", "TryRpc", "WholeFileReader", "WholeFileReaderV2", "WriteFile",
    }
)  # fmt: skip
# Those that write where they are told, or stop the program: saving uses some of them.
WRITING = frozenset(
    {"Abort", "MergeV2Checkpoints", "Print", "PrintV2", "Save", "SaveSlices", "SaveV2"}
)
SAVERS = frozenset({"MergeV2Checkpoints", "Save", "SaveSlices", "SaveV2"})
SAVER_FUNCTION = re.compile(r"__inference__traced_save_\d+")
# The same as functions of tf, as TFOpLambda names them.
REACHING_FUNCTIONS = re.compile(
    r"(compat\.v\d\.)?(io\.(?!decode|encode|parse|serialize).*|raw_ops\.(?P<op>\w+)|data\..*|saved_model\..*|"
    r"(.*\.)?(py_function|numpy_function|py_func|load_op_library|load_library|read_file|write_file"
    r"|print|gfile\.\w+))"
)

# Layers that keep a vocabulary, by the key that holds it.
VOCABULARIES = frozenset({"vocabulary", "idf_weights", "vocab_file", "merges", "proto"})
