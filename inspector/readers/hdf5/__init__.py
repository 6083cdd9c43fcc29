"""A reader of HDF5 metadata, bounded in all it does: what is in a file, never what data it holds.

It follows the HDF5 File Format Specification, versions 1 to 3, whose sections the docstrings name.
Links out of a file, and paths within it, are listed and not followed. A damaged or hostile file
ends in `Hdf5Error` or `LimitError`, never in a hang or in memory that the file does not have.
Checksums are not verified: what matters here is that nothing in a file can do harm.
"""

from inspector.readers.hdf5.datatype import Datatype
from inspector.readers.hdf5.errors import Hdf5Error, LimitError
from inspector.readers.hdf5.file import File, open_file
from inspector.readers.hdf5.limits import Limits, raised
from inspector.readers.hdf5.messages import Filter
from inspector.readers.hdf5.objects import (
    Again,
    Dataset,
    ExternalLink,
    Group,
    Link,
    NamedType,
    Object,
    SoftLink,
    UnknownLink,
)
from inspector.readers.hdf5.source import LocalFile, Memory, Source, Window
from inspector.readers.hdf5.values import Empty, Unread, Value

__all__ = [
    "Again",
    "Dataset",
    "Datatype",
    "Empty",
    "ExternalLink",
    "File",
    "Filter",
    "Group",
    "Hdf5Error",
    "LimitError",
    "Limits",
    "Link",
    "LocalFile",
    "Memory",
    "NamedType",
    "Object",
    "SoftLink",
    "Source",
    "UnknownLink",
    "Unread",
    "Value",
    "Window",
    "open_file",
    "raised",
]
