"""Files behind URLs: what fsspec reaches, read by the ranges that a reader asks for.

A URL is a place to read from, and nothing else: nothing that comes from one is ever run. Errors
name it without what may be a secret in it. fsspec is imported where a URL is given, and only there.
"""

from inspector.readers.remote.address import hidden, is_url
from inspector.readers.remote.door import Folder, reached
from inspector.readers.remote.progress import Watcher, reading, watch
from inspector.readers.remote.source import RemoteFile, Stream

__all__ = [
    "Folder",
    "RemoteFile",
    "Stream",
    "Watcher",
    "hidden",
    "is_url",
    "reached",
    "reading",
    "watch",
]
