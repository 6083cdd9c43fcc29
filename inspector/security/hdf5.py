"""Rules over an HDF5 file: where its links and data lead, and what its sizes claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from inspector.errors import InspectError, shown
from inspector.readers import hdf5
from inspector.readers.hdf5 import Again, Dataset, ExternalLink, Group, Link, SoftLink, UnknownLink
from inspector.security.findings import Hit, Report, inside
from inspector.security.values import odd_name

_GIB = 1 << 30
_CLAIMED = 100  # times what is stored: chunks that were never written are left out by HDF5 too
_BUILT_IN = 32_000  # filters below 256 are HDF5's own; h5py brings lzf, which is 32000
_DEEP = 64
_SPLIT = frozenset({"layer_names", "weight_names"})  # which Keras spreads over several attributes
_MANY_EMPTY = 5_000


class Entry(NamedTuple):
    """One object or link of a file, under its path; `targets`: which soft links lead somewhere."""

    path: str
    found: Link | Again
    members: frozenset[str]  # paths of the whole file


EntryRule = Callable[[Entry], Iterator[Hit]]


def external_link(entry: Entry) -> Iterator[Hit]:
    """KI010: a name that stands for an object in another file."""
    if isinstance(entry.found, ExternalLink):
        file, target = shown(entry.found.file), shown(entry.found.target)
        yield Hit("KI010", "high", f"is a link into another file: {target} of {file}")
    elif isinstance(entry.found, UnknownLink):
        yield Hit("KI010", "medium", "is a link of a kind that only some program knows")


def soft_link(entry: Entry) -> Iterator[Hit]:
    """KI010: a name that stands for a path of the same file, which Keras never writes."""
    if isinstance(entry.found, SoftLink):
        target = entry.found.target
        leads = _absolute(target, entry.path) in entry.members
        how = "a soft link" if leads else "a soft link that leads to nothing"
        yield Hit("KI010", "low" if leads else "medium", f"is {how}: {shown(target)}")


def outside_data(entry: Entry) -> Iterator[Hit]:
    """KI010: a dataset whose data lies in other files, or in other places of this one."""
    if not isinstance(entry.found, Dataset):
        return
    if entry.found.external:
        files = ", ".join(map(shown, entry.found.external[:3]))
        yield Hit("KI010", "high", f"keeps its data in {files}")
    if entry.found.layout == "virtual":
        yield from _virtual(entry.found)


def _virtual(dataset: Dataset) -> Iterator[Hit]:
    files = dataset.sources
    if files is None:
        yield Hit("KI010", "high", "is put together from files that it does not tell plainly")
    elif set(files) <= {"."}:
        yield Hit("KI010", "info", "is put together from other datasets of this file")
    else:
        named = ", ".join(shown(file) for file in dict.fromkeys(files) if file != ".")
        yield Hit("KI010", "high", f"is put together from data of {named}")


def claimed_size(entry: Entry) -> Iterator[Hit]:
    """KI011: a shape of far more bytes than the file keeps for it."""
    if not isinstance(entry.found, Dataset) or entry.found.layout in {"external", "virtual"}:
        return
    declared = entry.found.declared_size
    if declared <= _GIB:
        return
    stored = entry.found.storage_size
    if stored is None or declared > _CLAIMED * max(stored, 1):
        kept = "an unknown number of" if stored is None else f"{stored:,}"
        severity = "high" if declared > 4 * _GIB else "medium"
        message = f"declares {declared:,} bytes, and the file keeps {kept} for it"
        yield Hit("KI011", severity, message)


def plugin(entry: Entry) -> Iterator[Hit]:
    """KI012: data that only a filter from outside HDF5 can read."""
    if isinstance(entry.found, Dataset):
        for found in entry.found.filters:
            if found.id >= 256 and found.id != _BUILT_IN:
                named = f" ({shown(found.name)})" if found.name else ""
                yield Hit("KI012", "medium", f"is packed by filter {found.id}{named}")


def loop(entry: Entry) -> Iterator[Hit]:
    """KI013: a group that contains itself."""
    if isinstance(entry.found, Again):
        above = entry.found.path.rstrip("/") + "/"
        if entry.path.startswith(above):
            yield Hit(
                "KI013", "medium", f"is once more the group {shown(entry.found.path)} around it"
            )


def deep(entry: Entry) -> Iterator[Hit]:
    """KI013: groups nested deeper than any model."""
    if entry.path.count("/") == _DEEP + 1 and isinstance(entry.found, Group):
        yield Hit("KI013", "low", f"groups are nested more than {_DEEP} deep")


def named(entry: Entry) -> Iterator[Hit]:
    """KI050: a name that acts on a terminal."""
    yield from odd_name(entry.path)


ENTRY_RULES: tuple[EntryRule, ...] = (
    external_link, soft_link, outside_data, claimed_size, plugin, loop, deep, named,
)  # fmt: skip


def walk(file: hdf5.File, part: str, report: Report) -> dict[str, dict[str, str]]:
    """Meet every object of a file with the rules; the texts of its attributes, by object.

    What is damaged is one finding, and ends the walk: the rest cannot be found.
    """
    entries: list[tuple[str, Link | Again]] = []
    texts: dict[str, dict[str, str]] = {}
    try:
        for path, found in file.walk():
            entries.append((path, found))
            if isinstance(found, Group) and path.count("/") <= 1:
                texts[path] = _texts(found, inside(part, path.rstrip("/")), report)
    except InspectError as error:
        report.lose(unreadable(error), part)
    members = frozenset(path for path, found in entries if not isinstance(found, SoftLink))
    for path, found in entries:
        for hit in _met(Entry(path, found, members)):
            report.add(hit, inside(part, path))
    for hit in _shape_of(entries):
        report.add(hit, part)
    return texts


def _met(entry: Entry) -> Iterator[Hit]:
    """What the rules say of one object; one that is damaged says that itself."""
    try:
        for rule in ENTRY_RULES:
            yield from rule(entry)
    except InspectError as error:
        yield unreadable(error)


def unreadable(error: InspectError) -> Hit:
    """KI040, KI042: what the reader says of a part that it cannot read."""
    limit = type(error).__name__ == "LimitError"
    received = f"; received {error.received}" if error.received else ""
    return Hit("KI042" if limit else "KI040", "medium", f"{error.problem}{received}")


def _shape_of(entries: list[tuple[str, Link | Again]]) -> Iterator[Hit]:
    """KI042: a file of little but empty groups."""
    groups = sum(isinstance(found, Group) and not found.members for _, found in entries)
    if groups > _MANY_EMPTY:
        yield Hit("KI042", "low", f"holds {groups:,} empty groups")


def _texts(group: Group, part: str, report: Report) -> dict[str, str]:
    """The attributes of a group that are text; Keras keeps its JSON in them."""
    texts = {}
    for name in group.attributes:
        try:
            value = group.attributes[name]
        except InspectError as error:
            report.lose(unreadable(error), f"{part}@{name}")
            continue
        if isinstance(value, bytes):
            value = value.decode("utf-8", "backslashreplace")
        if isinstance(value, str):
            texts[name] = value
        elif name.endswith("_config"):
            report.add(Hit("KI040", "low", "is no text"), f"{part}@{name}")
        if name in _SPLIT and f"{name}0" in group.attributes:
            message = f"beside {name}0: programs read one or the other"
            report.add(Hit("KI022", "low", message), f"{part}@{name}")
    return texts


def _absolute(target: str, path: str) -> str:
    """Where a soft link leads, written from the root; links on the way are not followed."""
    if not target.startswith("/"):
        target = f"{path.rpartition('/')[0]}/{target}"
    kept = [step for step in target.split("/") if step not in {"", "."}]
    return "/" + "/".join(kept)
