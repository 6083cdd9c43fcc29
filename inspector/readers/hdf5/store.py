"""The objects of a file by address, and the mappings of members and attributes that fill late."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType

from inspector.readers.hdf5.attributes import Attribute, read_attributes
from inspector.readers.hdf5.errors import Hdf5Error
from inspector.readers.hdf5.header import Header, Kind, read_header
from inspector.readers.hdf5.heap import GlobalHeap
from inspector.readers.hdf5.image import Image, Read, decoded, gather
from inspector.readers.hdf5.links import Link as Record
from inspector.readers.hdf5.links import read_links
from inspector.readers.hdf5.objects import (
    ExternalLink,
    Group,
    Link,
    Object,
    SoftLink,
    UnknownLink,
)
from inspector.readers.hdf5.storage import read_dataset, read_named_type
from inspector.readers.hdf5.values import Value, read_value

_TOGETHER = 4096  # objects that are asked for in one round trip
_ATTRIBUTES = (Kind.ATTRIBUTE, Kind.ATTRIBUTE_INFO)
_NONE: Mapping[str, Value] = MappingProxyType({})


class Store:
    """Every object that has been read, by its address; a damaged one is kept as its error."""

    def __init__(self, image: Image) -> None:
        self.image = image
        self.heap = GlobalHeap(image)
        self._objects: dict[int, Object | Hdf5Error] = {}

    def object(self, address: int) -> Object:
        """The object at an address.

        Raises:
            Hdf5Error: it is damaged.
        """
        if address not in self._objects:
            self.load([address])
        found = self._objects[address]
        if isinstance(found, Hdf5Error):
            raise found
        return found

    def load(self, addresses: Iterable[int]) -> None:
        """Read the headers of these objects, many in one round trip."""
        missing = (a for a in dict.fromkeys(addresses) if a not in self._objects)
        while some := list(islice(missing, _TOGETHER)):
            found = self.image.run(gather([self._read(address) for address in some]))
            self._objects.update(zip(some, found, strict=True))

    def read_ahead(self, root: Group) -> None:
        """Read all headers below a group, one level of groups in a few round trips."""
        groups, seen = [root], {root.address}
        for _ in range(self.image.limits.depth):
            tables = [each.members for each in groups if isinstance(each.members, Members)]
            for start in range(0, len(tables), _TOGETHER):
                some = tables[start : start + _TOGETHER]
                self.image.run(gather([table.read() for table in some]))
            below = [a for table in tables for a in table.addresses() if a not in seen]
            self.load(below)
            seen.update(below)
            objects = (self._objects[address] for address in dict.fromkeys(below))
            groups = [each for each in objects if isinstance(each, Group)]
            if not groups:
                break

    def _read(self, address: int) -> Read[Object]:
        header = yield from read_header(self.image, address)
        kinds = {message.kind for message in header.messages}
        attributes = _NONE if kinds.isdisjoint(_ATTRIBUTES) else Attributes(self, header)
        if Kind.SYMBOL_TABLE in kinds or Kind.LINK_INFO in kinds:
            return Group(address, attributes, Members(self, header))
        if Kind.DATASPACE in kinds:
            return (yield from read_dataset(self.image, header, attributes))
        if Kind.DATATYPE in kinds:
            return (yield from read_named_type(self.image, header, attributes))
        raise self.image.error("has an object that is no group, dataset or type")


class Members(Mapping[str, Link]):
    """The members of a group by name; hard links are given as the objects they lead to."""

    def __init__(self, store: Store, header: Header) -> None:
        self._store = store
        self._header = header
        self._records: dict[str, Record] | None = None
        self._loaded = False  # whether the headers of all members have been asked for

    def read(self) -> Read[None]:
        """Read the names and where they lead."""
        if self._records is not None:
            return
        image = self._store.image
        records: dict[str, Record] = {}
        for record in (yield from read_links(image, self._header)):
            image.budget.object()
            name = decoded(record.name)
            if not name or "/" in name or "\0" in name:
                raise image.error("has a member whose name HDF5 does not allow", repr(name[:60]))
            if name in records:
                raise image.error("has two members of one name", repr(name[:60]))
            records[name] = record
        self._records = records

    def addresses(self) -> list[int]:
        """Where the hard links lead, as far as the names have been read."""
        found = (record.address for record in (self._records or {}).values())
        return [address for address in found if address is not None]

    def __getitem__(self, name: str) -> Link:
        record = self._all()[name]
        if record.address is not None:
            if not self._loaded:
                self._store.load(self.addresses())
                self._loaded = True
            return self._store.object(record.address)
        if len(record.targets) == 2:
            return ExternalLink(*record.targets)
        return SoftLink(*record.targets) if record.targets else UnknownLink()

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Record]:
        if self._records is None:
            self._store.image.run(self.read())
        assert self._records is not None  # noqa: S101 - read() fills it or raises
        return self._records


class Attributes(Mapping[str, Value]):
    """The attributes of an object by name; each is decoded when it is asked for."""

    def __init__(self, store: Store, header: Header) -> None:
        self._store = store
        self._header = header
        self._found: dict[str, Attribute] | None = None
        self._values: dict[str, Value] = {}

    def __getitem__(self, name: str) -> Value:
        attribute = self._all()[name]
        if name not in self._values:
            store = self._store
            self._values[name] = store.image.run(read_value(store.image, store.heap, attribute))
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._all()

    def __iter__(self) -> Iterator[str]:
        return iter(self._all())

    def __len__(self) -> int:
        return len(self._all())

    def _all(self) -> dict[str, Attribute]:
        if self._found is None:
            image = self._store.image
            self._found = image.run(read_attributes(image, self._header))
        return self._found
