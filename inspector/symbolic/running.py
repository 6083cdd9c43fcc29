"""A program run statement by statement, as a notebook: what fails is told, the rest goes on."""

from __future__ import annotations

import ast
import builtins
import traceback
import types
from collections.abc import Callable, Iterator
from typing import Any

from inspector.symbolic.keras.modules import starred
from inspector.symbolic.keras.session import current
from inspector.symbolic.keras.unknown import Unknown, is_unknown, reason, unknown
from inspector.symbolic.program import Program
from inspector.symbolic.recording import Recorder
from inspector.symbolic.rewriting import (
    BOUND,
    CALL,
    ENTERED,
    FRAME,
    LEFT,
    UNPACKED,
    bound_names,
    told,
)

# Of an unknown, they would give a number.
_COUNTING: tuple[Any, ...] = (
    *(len, int, float, complex, range, max, min, sum, abs, round, sorted, divmod, pow, list),
    *(tuple, set, frozenset, dict, any, all),
)
_TEXTS: tuple[Any, ...] = (str, repr, id, hash, callable, hasattr, getattr, setattr, bool)


class Stopped(BaseException):
    """The program ends itself."""


class _Builtins(dict[str, Any]):
    """The names that every program has; others too, where a missing module would bring them."""

    def __missing__(self, name: str) -> Any:
        if starred() and not name.startswith("__"):
            return unknown(name, f"{name} may come from {', '.join(sorted(starred()))}")
        raise KeyError(name)


def namespace(recorder: Recorder, file: str) -> dict[str, Any]:
    """The globals in which the code of a file runs."""
    names = _Builtins(vars(builtins))
    names.update(
        {
            CALL: called,
            BOUND: lambda place, frame, *pairs: recorder.bound(file, place, frame, *pairs),
            ENTERED: recorder.entered,
            LEFT: recorder.left,
            UNPACKED: unpacked,
            FRAME: 0,
            "__unknown__": Unknown("a shell command", "a shell command is not run"),
            "get_ipython": lambda: Unknown("get_ipython()", "no notebook runs here"),
            "display": lambda *_, **__: None,
            "exit": _exit,
            "quit": _exit,
            "input": _no_input,
        }
    )
    return {"__name__": "__main__", "__file__": file, "__builtins__": names, "__doc__": None}


def _exit(*_: Any) -> None:
    raise SystemExit


def _no_input(*_: Any) -> Any:
    return unknown("input()", "standard input is closed")


def run(
    program: Program,
    recorder: Recorder,
    file: str,
    names: dict[str, Any],
    after: Callable[[], None],
) -> None:
    """Run every statement in the globals `names`; `after` is called behind each."""
    lines = program.text.split("\n")
    sites = recorder.sites.setdefault(file, [])
    for statement in flattened(program.tree):
        rewritten = told(ast.Module([statement], []), lines, len(sites))
        sites.extend(rewritten.sites)
        if not _ran(rewritten.statements, statement, names, file):
            break
        after()


def functions_of(names: dict[str, Any], file: str) -> list[str]:
    """The functions of the program that can be called without an argument."""
    found = []
    for name, value in names.items():
        code = getattr(value, "__code__", None)
        if not isinstance(value, types.FunctionType) or code is None or code.co_filename != file:
            continue
        free = code.co_argcount - len(value.__defaults__ or ())
        bare = code.co_kwonlyargcount - len(value.__kwdefaults__ or {})
        if not free and not bare:
            found.append(name)
    return found


def offered(name: str, names: dict[str, Any], recorder: Recorder) -> None:
    """Call a function with its defaults; a model that it gives is kept as `name()`."""
    try:
        result = names[name]()
    except (Exception, SystemExit) as error:
        code = names[name].__code__
        line = _line_of(error, code.co_filename) or code.co_firstlineno
        current.report(f"{name}(): {_message(error)}", line)
        return
    finally:
        del recorder.stack[1:]
    if recorder.describe(result) is not None:
        names[f"{name}()"] = result


def flattened(tree: ast.Module) -> Iterator[ast.stmt]:
    """The statements at the top, those under `if __name__ == "__main__":` among them."""
    for node in tree.body:
        if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test) and not node.orelse:
            yield from node.body
        else:
            yield node


def _ran(statements: list[ast.stmt], original: ast.stmt, names: dict[str, Any], file: str) -> bool:
    """Run one statement; whether the program goes on."""
    line = original.lineno
    try:
        code = compile(ast.Module(statements, []), file, "exec", dont_inherit=True)
        exec(code, names)  # noqa: S102 - the program that the user asked to run
    except SystemExit as end:
        where = _line_of(end, file) or line
        current.report("the program ends itself here", where)
        return False
    except (Exception, Stopped) as error:
        where = _line_of(error, file) or line
        message = _message(error)
        current.report(message, where)
        for name in bound_names(original):
            names[name] = Unknown(name, f"line {where}: {message}")
    return True


def _message(error: BaseException) -> str:
    text = " ".join(str(error).split())[:300]
    return f"{type(error).__name__}: {text}" if text else type(error).__name__


def _line_of(error: BaseException, file: str) -> int:
    """The last line of the program itself that an error went through."""
    lines = [
        frame.lineno
        for frame in traceback.extract_tb(error.__traceback__)
        if frame.filename == file and frame.lineno
    ]
    return lines[-1] if lines else 0


# --- what the program's calls go through --------------------------------------------------------


def called(function: Any, /, *args: Any, **kwargs: Any) -> Any:
    """A call of the program; one that would make a number of an unknown gives an unknown."""
    if not is_unknown(list(args)) and not is_unknown(list(kwargs.values())):
        return function(*args, **kwargs)
    origin = [*args, *kwargs.values()]
    if function in _COUNTING if isinstance(function, type | types.BuiltinFunctionType) else False:
        return Unknown(getattr(function, "__name__", "?"), reason(origin))
    if not _foreign(function):
        return function(*args, **kwargs)
    if _computes(function):
        return Unknown(getattr(function, "__name__", "?"), reason(origin))
    try:
        return function(*args, **kwargs)
    except Exception:
        return Unknown(getattr(function, "__name__", "?"), reason(origin))


def _foreign(function: Any) -> bool:
    """Whether a callable is neither the program's nor of the stand-in Keras."""
    if function in _TEXTS if isinstance(function, type | types.BuiltinFunctionType) else False:
        return False
    module = str(getattr(function, "__module__", None) or "")
    if module.startswith("inspector.") or module in ("keras.layers", "__main__"):
        return False
    owner = getattr(function, "__self__", None)
    if isinstance(function, types.BuiltinFunctionType | types.MethodType) and owner is not None:
        return isinstance(owner, types.ModuleType) or type(owner).__module__ == "numpy"
    code = getattr(function, "__code__", None)
    return code is None or code.co_filename not in current.files


def _computes(function: Any) -> bool:
    """Whether it is of numpy, or a function written in C: it would ask for the number."""
    module = str(getattr(function, "__module__", None) or "")
    if module.partition(".")[0] == "numpy" or type(function).__module__ == "numpy":
        return True
    owner = getattr(function, "__self__", None)
    if type(owner).__module__ == "numpy":
        return True
    return isinstance(function, types.BuiltinFunctionType) and isinstance(owner, types.ModuleType)


def unpacked(pattern: Any, value: Any) -> Any:
    """A value to be unpacked; of an unknown as many unknowns as there are names."""
    if pattern is None:
        return value
    if isinstance(value, Unknown):
        return tuple(unpacked(part, Unknown(value._label, value._why)) for part in pattern)
    if isinstance(value, tuple | list) and len(value) == len(pattern):
        return tuple(unpacked(part, item) for part, item in zip(pattern, value, strict=True))
    return value
