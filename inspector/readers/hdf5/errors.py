"""How reading an HDF5 file fails: with these, and with nothing else."""

from __future__ import annotations

from inspector.errors import LimitError, ReadError

__all__ = ["Hdf5Error", "LimitError"]


class Hdf5Error(ReadError):
    """Bytes that the HDF5 File Format Specification does not allow, or that are not there."""
