"""Whole models in HDF5, from the parts of `hdf5.py`; and those that reach outside, or lie."""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

from hostile import hdf5
from hostile.case import ANSWERS, EITHER, REFUSED, Case, Trap
from hostile.models import (
    computed,
    entry,
    layer,
    old_computed,
    old_dense,
    old_sequential,
    sequential,
    text,
)

_BASE_FIELD = slice(12, 20)  # of the superblock


class Node(NamedTuple):
    """A group or a dataset: its messages, and what it links to."""

    messages: tuple[bytes, ...]
    members: Mapping[str | bytes, Node] = {}


def fixed(name: str, value: bytes) -> bytes:
    """An attribute that is one text of fixed length."""
    kind = struct.pack("<BBBBI", 0x13, 0x10, 0, 0, len(value))
    return hdf5.attribute(name.encode(), kind, hdf5.extent(), value)


def names(name: str, *values: str) -> bytes:
    """An attribute that is a list of texts."""
    size = max(map(len, values), default=0) + 1
    kind = struct.pack("<BBBBI", 0x13, 0x10, 0, 0, size)
    data = b"".join(value.encode().ljust(size, b"\0") for value in values)
    return hdf5.attribute(name.encode(), kind, hdf5.extent(len(values)), data)


def group(*messages: bytes, **members: Node) -> Node:
    """A group with attributes and members."""
    return Node((hdf5.links(), *messages), members)


def dataset(*dims: int, layout: bytes | None = None, more: tuple[bytes, ...] = ()) -> Node:
    """A dataset of floats; nothing of it is stored unless a layout says so."""
    empty = bytes([3, 1]) + struct.pack("<QQ", hdf5.UNDEFINED, 0)
    told = (hdf5.message(1, hdf5.extent(*dims)), hdf5.message(3, hdf5.FLOAT))
    return Node((*told, hdf5.message(8, layout or empty), *more))


_CHUNKS = bytes([3, 2, 3]) + struct.pack("<Q3I", hdf5.UNDEFINED, 64, 64, 4)
HUGE = dataset(1 << 40, 1 << 18, layout=_CHUNKS)  # and nothing of it is stored


def soft(name: bytes, path: bytes) -> bytes:
    """A link to a path of the same file."""
    return hdf5.message(6, bytes([1, 8, 1, len(name)]) + name + struct.pack("<H", len(path)) + path)


def external(name: bytes, file: str, path: str) -> bytes:
    """A link to a path of another file."""
    data = b"\0" + file.encode() + b"\0" + path.encode() + b"\0"
    return hdf5.message(
        6, bytes([1, 8, 64, len(name)]) + name + struct.pack("<H", len(data)) + data
    )


def written(root: Node, *parts: bytes | Callable[[list[int]], bytes]) -> bytes:
    """A file of this root; `parts` stand behind it, their addresses last in the list."""
    nodes, below = [root], {}
    for node in nodes:
        below[id(node)] = range(len(nodes), len(nodes) + len(node.members))
        nodes.extend(node.members.values())

    def made(node: Node) -> Callable[[list[int]], bytes]:
        def at(places: list[int]) -> bytes:
            numbers = zip(node.members, below[id(node)], strict=True)
            linked = [hdf5.link(_bytes(name), places[number]) for name, number in numbers]
            return hdf5.header(*node.messages, *linked)

        return at

    return hdf5.file(*map(made, nodes), *parts)


def _bytes(name: str | bytes) -> bytes:
    return name.encode() if isinstance(name, str) else name


# --- models ---------------------------------------------------------------------------------------


def weights(*messages: bytes, kernel: Node | None = None) -> bytes:
    """`model.weights.h5` of a Dense layer of 4 to 2."""
    arrays = {"0": kernel or dataset(4, 2), "1": dataset(2)} if not messages else {"1": dataset(2)}
    held = Node((hdf5.links(), *messages), arrays)
    return written(group(layers=group(dense=group(vars=held))))


def weights_of(*layers: str) -> bytes:
    """The same of several layers."""
    held = {layer: group(vars=group(**{"0": dataset(4, 2), "1": dataset(2)})) for layer in layers}
    return written(group(layers=group(**held)))


def arrays(kernel: Node | None = None, *links: bytes, more: Mapping[str, Node] = {}) -> Node:
    """`model_weights` of a Dense layer; `links` in place of its kernel, `more` beside its group."""
    members = {} if links else {"kernel:0": kernel or dataset(4, 2)}
    inner = Node((hdf5.links(), *links), {**members, "bias:0": dataset(2)})
    listed = names("weight_names", "dense/kernel:0", "dense/bias:0")
    own = group(listed, dense=inner)
    nothing = hdf5.attribute(b"weight_names", hdf5.FLOAT, hdf5.extent(0), b"")
    first = Node((hdf5.links(), nothing))
    layers = names("layer_names", "in", "dense")
    return Node((hdf5.links(), layers), {"in": first, "dense": own, **more})


def bare(*layers: str) -> Node:
    """`model_weights` of layers without weights."""
    nothing = hdf5.attribute(b"weight_names", hdf5.FLOAT, hdf5.extent(0), b"")
    members = {name: Node((hdf5.links(), nothing)) for name in layers}
    return Node((hdf5.links(), names("layer_names", *layers)), members)


OLD = text(old_sequential(old_dense()))


def legacy(
    config: bytes | None = OLD, held: Node | None = None, *messages: bytes, **members: Node
) -> bytes:
    """A whole model as Keras 2 writes it; without a list of weights, of layers that have none."""
    told = () if config is None else (fixed("model_config", config),)
    version = fixed("keras_version", b"2.10.0")
    found = held or (arrays() if config == OLD else bare("in", "lam"))
    return written(
        Node((hdf5.links(), version, *told, *messages), {"model_weights": found, **members})
    )


def in_heap(reference: bytes, *objects: tuple[int, int, bytes]) -> bytes:
    """A model whose config is in a global heap; `reference` has `@@@@@@@@` for its address."""

    def root(places: list[int]) -> bytes:
        data = reference.replace(b"@" * 8, struct.pack("<Q", places[1]))
        return hdf5.header(
            hdf5.links(), hdf5.attribute(b"model_config", hdf5.TEXT, hdf5.extent(), data)
        )

    return hdf5.file(root, hdf5.collection(*objects))


# --- cases ----------------------------------------------------------------------------------------


def cases(trap: Trap) -> Iterator[Case]:
    """HDF5 models that reach out, lie about sizes, or hold something else than they should."""
    yield from _outside(trap)
    yield from _claims()
    yield from _wrong_config()
    yield from _shapes_of_trees()
    yield from _code(trap)


def _outside(trap: Trap) -> Iterator[Case]:
    other = str(trap.store)
    away = Node((hdf5.links(), fixed("model_config", OLD), external(b"model_weights", other, "/w")))
    yield Case(
        "external_group.h5",
        "weights that are a link to another file",
        written(away),
        ANSWERS,
        "high",
        "KI010",
    )
    linked = legacy(OLD, arrays(None, external(b"kernel:0", other, "/secret")))
    yield Case(
        "external_dataset.h5",
        "a kernel that is a link to another file",
        linked,
        EITHER,
        "high",
        "KI010",
    )
    yield Case(
        "external_storage.h5",
        "a kernel stored in another file",
        _stored_outside(trap),
        EITHER,
        "high",
        "KI010",
    )
    virtual = dataset(4, 2, layout=bytes([4, 3]) + struct.pack("<QI", hdf5.UNDEFINED, 0))
    yield Case("virtual.h5", "a kernel mapped from elsewhere", legacy(OLD, arrays(virtual)), EITHER)
    loose = legacy(
        OLD, arrays(None, soft(b"kernel:0", b"/nowhere")), soft(b"a", b"/b"), soft(b"b", b"/a")
    )
    yield Case(
        "soft_links.h5", "links to nowhere and to one another", loose, EITHER, "low", "KI010"
    )


def _stored_outside(trap: Trap) -> bytes:
    """A dataset whose bytes are said to be those of a text file."""

    def root(places: list[int]) -> bytes:
        return hdf5.header(
            hdf5.links(), fixed("model_config", OLD), hdf5.link(b"model_weights", places[1])
        )

    def group(places: list[int]) -> bytes:
        layers = names("layer_names", "dense")
        return hdf5.header(hdf5.links(), layers, hdf5.link(b"dense", places[2]))

    def own(places: list[int]) -> bytes:
        listed = names("weight_names", "kernel:0")
        return hdf5.header(hdf5.links(), listed, hdf5.link(b"kernel:0", places[3]))

    def array(places: list[int]) -> bytes:
        files = struct.pack("<B3xHHQ", 1, 1, 1, places[4]) + struct.pack("<QQQ", 8, 0, 32)
        return hdf5.header(
            hdf5.message(1, hdf5.extent(4, 2)),
            hdf5.message(3, hdf5.FLOAT),
            hdf5.message(8, bytes([3, 1]) + struct.pack("<QQ", hdf5.UNDEFINED, 0)),
            hdf5.message(7, files),
        )

    path = b"\0" * 8 + str(trap.canary).encode() + b"\0"
    return hdf5.file(root, group, own, array, lambda at: hdf5.local_heap(len(path), at[5]), path)


def _claims() -> Iterator[Case]:
    yield Case(
        "huge_kernel.h5",
        "a kernel of 2 to the power of 58",
        legacy(OLD, arrays(HUGE)),
        ANSWERS,
        "high",
        "KI011",
    )
    plugin = hdf5.message(0x0B, struct.pack("<BBHHHH", 2, 1, 32761, 0, 1, 0))
    yield Case(
        "filter.h5",
        "a kernel that needs a plug-in",
        legacy(OLD, arrays(dataset(4, 2, more=(plugin,)))),
        ANSWERS,
        "medium",
        "KI012",
    )
    whole = legacy()
    yield Case("cut_at_60.h5", "cut off at 60 %", whole[: len(whole) * 6 // 10], REFUSED)


def _wrong_config() -> Iterator[Case]:
    size, at = len(OLD), b"@" * 8
    right = (1, size, OLD)
    yield Case(
        "heap.h5",
        "a config in a global heap, as it should be",
        in_heap(struct.pack("<I", size) + at + struct.pack("<I", 1), right),
    )
    past = struct.pack("<IQI", size, 1 << 40, 1)
    yield Case(
        "heap_past_end.h5", "a config past the end of the file", in_heap(past, right), REFUSED
    )
    long = struct.pack("<I", 0xFFFFFFF0) + at + struct.pack("<I", 1)
    yield Case("heap_long_text.h5", "a config of 4 GiB", in_heap(long, right), REFUSED)
    zeroed = struct.pack("<I", size) + at + struct.pack("<I", 1)
    yield Case(
        "heap_of_zeros.h5", "a heap of zeros", in_heap(zeroed, *[(0, 0, b"")] * 200), REFUSED
    )
    lost = struct.pack("<I", size) + at + struct.pack("<I", 65_000)
    yield Case("heap_index.h5", "a config that is not in its heap", in_heap(lost, right), REFUSED)
    whole = struct.pack("<BBBBIHH", 0x10, 0, 0, 0, 1, 0, 8)
    pointer = struct.pack("<BBBBI", 0x17, 0, 0, 0, 8)
    scalar = hdf5.extent()
    wrong = {
        "number": hdf5.attribute(b"model_config", whole, scalar, b"\7"),
        "list": names("model_config", "{", "}"),
        "no_text": fixed("model_config", b"\xff\xfe{\0"),
        "nothing": hdf5.attribute(b"model_config", whole, bytes([2, 0, 0, 2]), b""),
        "matrix": hdf5.attribute(b"model_config", hdf5.FLOAT, hdf5.extent(3, 3), bytes(36)),
        "pointer": hdf5.attribute(b"model_config", pointer, scalar, bytes(8)),
        "two": fixed("model_config", OLD) + fixed("model_config", b"{}"),
    }
    for name, message in wrong.items():
        file = legacy(None, arrays(), message)
        yield Case(f"config_is_{name}.h5", f"a config that is {name}", file, REFUSED)


def _shapes_of_trees() -> Iterator[Case]:
    deep = group()
    for _ in range(1_500):
        deep = group(d=deep)
    yield Case(
        "deep_groups.h5", "1,500 groups inside one another", legacy(OLD, None, deep=deep), EITHER
    )
    many = Node((hdf5.links(),), {f"g{number:05d}": group() for number in range(8_000)})
    yield Case("many_groups.h5", "8,000 empty groups", legacy(OLD, None, many=many))
    names_of = {b"\xff\xfe\x80name": group(), b"esc\x1b[2Jx\nrow": group()}
    odd = Node((hdf5.links(),), names_of)
    yield Case(
        "odd_group_names.h5",
        "groups whose names are no text",
        legacy(OLD, None, odd=odd),
        ANSWERS,
        "low",
        "KI050",
    )
    split = arrays()
    split = split._replace(messages=(*split.messages, names("layer_names0", "ghost")))
    yield Case("two_lists.h5", "two lists of layers", legacy(OLD, split))
    loop = Node(
        (hdf5.links(), fixed("model_config", OLD), hdf5.link(b"me", 48)),
        {"model_weights": arrays()},
    )
    yield Case(
        "hard_loop.h5",
        "a group that holds its own parent",
        written(loop),
        ANSWERS,
        "medium",
        "KI010",
    )
    page = b"<html><script>alert(1)</script>".ljust(512)
    yield Case(
        "behind_html.h5",
        "HDF5 behind a web page",
        page + _based(legacy(), 512),
        ANSWERS,
        "low",
        "KI022",
    )


def _based(data: bytes, base: int) -> bytes:
    """A file whose addresses count from `base`."""
    moved = bytearray(data)
    moved[_BASE_FIELD] = struct.pack("<Q", base)
    (end,) = struct.unpack_from("<Q", moved, 28)
    struct.pack_into("<Q", moved, 28, end + base)
    return bytes(moved)


def _code(trap: Trap) -> Iterator[Case]:
    old = text(old_sequential(old_computed(trap.bytecode("keras2_h5"))))
    yield Case(
        "lambda_keras2.h5", "bytecode in a Keras 2 file", legacy(old), ANSWERS, "critical", "KI001"
    )
    new = text(sequential(entry(), computed(trap.bytecode("keras3_h5"))))
    yield Case(
        "lambda_keras3.h5", "bytecode in a Keras 3 file", legacy(new), ANSWERS, "critical", "KI001"
    )
    yield Case("hdf5_named.keras", "HDF5 named .keras", legacy(old), ANSWERS, "critical", "KI001")
    loss = {
        "class_name": "__lambda__",
        "config": {"value": [trap.bytecode("training"), None, None]},
    }
    training = fixed("training_config", text({"loss": loss, "metrics": None}))
    yield Case(
        "lambda_in_training.h5",
        "bytecode in the training config",
        legacy(OLD, None, training),
        ANSWERS,
        "critical",
        "KI001",
    )
    lookup = layer("StringLookup", "lookup", vocabulary=str(trap.canary), max_tokens=None)
    held = bare("in", "lookup")
    yield Case(
        "vocabulary_file.h5",
        "a vocabulary that is a path",
        legacy(text(sequential(entry(), lookup)), held),
        ANSWERS,
        "high",
        "KI006",
    )
