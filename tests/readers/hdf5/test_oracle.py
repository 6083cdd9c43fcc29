"""Our reader against h5py: wherever h5py succeeds and no link leaves the file, both agree."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest

from inspector.readers.hdf5 import (
    Again,
    Dataset,
    Empty,
    ExternalLink,
    Group,
    Memory,
    NamedType,
    SoftLink,
    Unread,
    Window,
    open_file,
)

h5py = pytest.importorskip("h5py", reason="h5py is the oracle, and is not installed")
np = pytest.importorskip("numpy")

FIXTURES = Path(__file__).parents[2] / "fixtures"
LAYOUTS = {0: "compact", 1: "contiguous", 2: "chunked", 3: "virtual"}
VERSIONS = ["earliest", "v108", "v110", "v112", "latest"]

# --- comparing ------------------------------------------------------------------------------------


def type_name(dtype) -> str:
    special = [
        (h5py.check_string_dtype, "string"),
        (h5py.check_ref_dtype, "reference"),
        (h5py.check_vlen_dtype, "vlen"),
        (h5py.check_enum_dtype, "enum"),
    ]
    if dtype.kind == "b":
        return "bool"
    for check, name in special:
        if check(dtype) is not None:
            return name
    if dtype.subdtype:
        return "array"
    if dtype.kind == "c" or dtype.names:
        return "compound"
    return "opaque" if dtype.kind == "V" else dtype.name


def plain(value):
    """What h5py gives, as we give it."""
    if isinstance(value, str):
        value = value.encode("utf-8", "surrogateescape")
    if isinstance(value, bytes):
        return bytes(value).decode("utf-8", "backslashreplace")
    if isinstance(value, np.void):
        return bytes(value)
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return plain(value[()])
        return tuple(plain(each) for each in value) if value.size else ()
    return value.item() if isinstance(value, np.generic) else value


def assert_attributes(theirs, ours) -> None:
    assert [plain(name) for name in theirs.attrs] == list(ours.attributes)
    for name in theirs.attrs:
        value = ours.attributes[plain(name)]
        kept = theirs.attrs.get_id(name)
        if isinstance(value, Unread):
            assert (value.dtype.name, value.shape) == (type_name(kept.dtype), kept.shape)
        elif isinstance(value, Empty):
            assert isinstance(theirs.attrs[name], h5py.Empty)
            assert value.dtype.name == type_name(kept.dtype)
        else:
            expected = plain(theirs.attrs[name])
            assert value == expected or expected != expected  # NaN
            assert type(value) is type(expected)


def assert_dataset(theirs, ours) -> None:
    assert isinstance(ours, Dataset)
    made = theirs.id.get_create_plist()
    filters = [made.get_filter(number)[0] for number in range(made.get_nfilters())]
    assert [each.id for each in ours.filters] == filters
    assert ours.shape == theirs.shape
    assert ours.dtype.name == type_name(theirs.id.dtype)
    if theirs.external:
        assert ours.layout == "external"
        assert ours.external == tuple(plain(name) for name, _, _ in theirs.external)
        return
    assert ours.layout == LAYOUTS[made.get_layout()]
    assert ours.storage_size in {theirs.id.get_storage_size(), None}
    if theirs.shape is not None and ours.dtype.kind != "vlen":
        assert ours.declared_size == theirs.size * theirs.id.get_type().get_size()


def assert_object(theirs, ours) -> None:
    assert_attributes(theirs, ours)
    if isinstance(theirs, h5py.Dataset):
        assert_dataset(theirs, ours)
    elif isinstance(theirs, h5py.Datatype):
        assert isinstance(ours, NamedType)
        assert ours.dtype.name == type_name(theirs.dtype)
    else:
        assert isinstance(ours, Group)


def assert_link(link, ours) -> None:
    if isinstance(link, h5py.SoftLink):
        assert ours == SoftLink(plain(link.path))
    else:
        assert ours == ExternalLink(plain(link.filename), plain(link.path))


def assert_equal(theirs, ours) -> int:
    """Every member of every group is the same, and comes in the same order; how many there are."""
    seen = {h5py.h5o.get_info(theirs["/"].id).addr: "/"}
    steps = ours.walk()
    assert next(steps) == ("/", ours.root)
    assert_object(theirs["/"], ours.root)
    waiting = [("/", iter(list(theirs["/"])), theirs["/"])]
    while waiting:
        above, names, group = waiting[-1]
        name = next(names, None)
        if name is None:
            waiting.pop()
            continue
        path, found = next(steps)
        assert path == above + plain(name)
        link = group.get(name, getlink=True)
        if not isinstance(link, h5py.HardLink):
            assert_link(link, found)
            continue
        member = group[name]
        address = h5py.h5o.get_info(member.id).addr
        if address in seen:
            assert found == Again(seen[address])
            continue
        seen[address] = path
        assert_object(member, found)
        if isinstance(member, h5py.Group):
            waiting.append((path + "/", iter(list(member)), member))
    assert next(steps, None) is None
    return len(seen)


def agree(path: Path) -> int:
    with h5py.File(path) as theirs, open_file(path) as ours:
        return assert_equal(theirs, ours)


# --- files that Keras wrote -----------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.h5")), ids=lambda path: path.name)
def test_what_keras_wrote(path):
    assert agree(path) > 2


@pytest.mark.parametrize("path", sorted(FIXTURES.glob("*.keras")), ids=lambda path: path.name)
def test_the_weights_inside_an_archive(path):
    with zipfile.ZipFile(path) as archive:
        data = archive.read("model.weights.h5")
    with h5py.File(io.BytesIO(data)) as theirs:
        assert_equal(theirs, open_file(Memory(data)))
        whole = path.read_bytes()
        inside = Window(Memory(whole), whole.index(data), len(data))
        assert_equal(theirs, open_file(inside))


def test_names_split_over_many_attributes(tmp_path):
    path = tmp_path / "split.h5"
    names = [f"layer_{number:05d}_{'x' * 70}".encode() for number in range(900)]
    with h5py.File(path, "w") as file:
        group = file.create_group("model_weights")
        for part in (0, 1):
            group.attrs[f"layer_names{part}"] = np.array(names[part::2])
        for name in names:
            group.create_group(name).attrs["weight_names"] = np.array([b"kernel:0", b"bias:0"])
    assert agree(path) == 902


# --- files that h5py writes -----------------------------------------------------------------------


@pytest.fixture(params=VERSIONS)
def write(request, tmp_path):
    """Make a file of one format version, and compare both readings of it."""

    def written(build, **options) -> Path:
        path = tmp_path / "written.h5"
        with h5py.File(path, "w", libver=request.param, **options) as file:
            build(file)
        assert agree(path)
        return path

    return written


def test_attributes_of_every_kind(write):
    def build(file):
        attrs = file.attrs
        for code in "bBhHiIqQefd":
            attrs[f"scalar {code}"] = np.array(7, code)
            attrs[f"array {code}"] = np.arange(6).astype(code).reshape(2, 3)
            attrs[f"swapped {code}"] = np.arange(6).astype(">" + code)
        attrs["negative"] = np.array([-1, -128], "b")
        attrs["infinite"] = np.array([np.inf, -np.inf, 1e300])
        attrs["bool"] = True
        attrs["bools"] = np.array([True, False])
        attrs["complex"] = 1 + 2j

    write(build)


def test_texts_and_stranger_attributes(write):
    def build(file):
        attrs = file.attrs
        attrs["text"] = "grüß ☃"
        attrs["no text"] = ""
        attrs["texts"] = ["a", "bc", "", "☃"]
        attrs["table"] = np.array([["a", "b"], ["c", ""]], object)
        attrs["fixed"] = np.bytes_(b"fixed")
        attrs["fixed array"] = np.array([b"a", b"bcd"])
        attrs["nothing"] = np.array([], "S1")
        attrs["no rows"] = np.zeros((0, 3))
        attrs["no columns"] = np.zeros((3, 0))
        attrs["empty"] = h5py.Empty("f4")
        attrs["not utf-8"] = np.bytes_(b"\xff\xfe{")
        attrs["opaque"] = np.void(b"\0\1\2")
        attrs["longdouble"] = np.longdouble(1)
        attrs["compound"] = np.array([(1, 2.0)], [("a", "i4"), ("b", "f8")])
        attrs["reference"] = file.ref
        attrs.create("references", [file.ref, file.ref], dtype=h5py.ref_dtype)
        attrs.create("enum", 2, dtype=h5py.enum_dtype({"R": 0, "G": 2}))
        attrs.create("utf-8", "ü".encode(), dtype=h5py.string_dtype("utf-8", 8))
        series = np.empty(2, object)
        series[:] = [np.arange(3), np.arange(2)]
        attrs.create("vlen", series, dtype=h5py.vlen_dtype("i4"))
        attrs.create("field", np.zeros(3, "f4"), dtype="(3,)f4")

    write(build)


def test_many_links_and_many_attributes(write):
    def build(file):
        for number in range(5_000):
            file.create_group(f"many/g{number * 7919 % 5_000:05d}")
        for number in range(200):
            file.attrs[f"a{number * 7 % 200:03d}"] = number
        file["many"].attrs["text"] = "after"

    write(build)


@pytest.mark.parametrize("count", [1, 8, 9, 16, 17, 300, 1_500])
def test_links_on_either_side_of_every_threshold(write, count):
    def build(file):
        for number in range(count):
            file[f"{number}" + "y" * (number % 50)] = h5py.SoftLink("/" + "z" * number)
            file.attrs[f"{number}"] = "x" * number

    write(build)


def test_order_of_creation(write):
    def build(file):
        for tracked in (True, False):
            group = file.create_group(f"tracked {tracked}", track_order=tracked)
            for name in "zyxwvutsrqponmlkjihgfedcba":
                group.create_group(name, track_order=tracked)
                group.attrs[name] = name
            group["d"].attrs["few"] = 1
            group["d"].attrs["and"] = 2
            data = group.create_dataset("data", (2,), track_order=tracked)
            for name in "zyxw":
                data.attrs[name] = 1

    write(build)
    write(build, track_order=True)


def test_attributes_longer_than_a_header_holds(tmp_path):
    path = tmp_path / "long.h5"
    with h5py.File(path, "w", libver="latest") as file:
        for number, size in enumerate([100, 60_000, 70_000, 900_000]):
            file.attrs[f"long{number}"] = np.bytes_(b"x" * size)
        file.create_group("one").attrs["long"] = np.arange(100_000)
        file.attrs["vlen"] = "ü" * 500_000
    agree(path)


def test_datasets_of_every_layout(write):
    def build(file):
        file["scalar"] = 7
        file["text"] = "text"
        file["contiguous"] = np.zeros((3, 4), "f4")
        file["big"] = np.zeros(4, ">i2")
        file["flags"] = np.zeros(4, bool)
        file.create_dataset("null", data=h5py.Empty("f4"))
        file.create_dataset("nothing written", (5,), "f8")
        file.create_dataset("texts", data=["a", "bc"], dtype=h5py.string_dtype())
        file.create_dataset("fixed texts", data=np.array([b"a", b"bc"]))
        file.create_dataset("references", (3,), dtype=h5py.ref_dtype)
        file.create_dataset("regions", (3,), dtype=h5py.regionref_dtype)
        file.create_dataset("records", (2,), [("a", "i4"), ("b", "f4", (2,))])
        file.create_dataset("complex", (2,), "c8")
        file.create_dataset("half", (2,), "f2")
        file.create_dataset("zero", (0, 3), "f4", maxshape=(None, 3))
        compact = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        compact.set_layout(h5py.h5d.COMPACT)
        space = h5py.h5s.create_simple((10,))
        h5py.h5d.create(file.id, b"compact", h5py.h5t.NATIVE_INT8, space, compact)

    write(build)


def test_chunks_by_every_index(write):
    def build(file):
        data = np.arange(4_000).reshape(40, 100)
        every = {"compression": "gzip", "shuffle": True, "fletcher32": True}
        for name, options in {"plain": {}, "packed": every}.items():
            file.create_dataset(f"{name} one", data=data, chunks=(40, 100), **options)
            file.create_dataset(f"{name} fixed", data=data, chunks=(5, 10), **options)
            file.create_dataset(
                f"{name} long", data=data, chunks=(5, 10), maxshape=(None, 100), **options
            )
            file.create_dataset(
                f"{name} tree", data=data, chunks=(1, 10), maxshape=(None, None), **options
            )
            file.create_dataset(f"{name} many", (3_000, 2), chunks=(1, 1), **options)
            file.create_dataset(f"{name} unwritten", (1 << 40, 2), chunks=(64, 2), **options)
            file[f"{name} many"][::50] = 1
        file.create_dataset("lzf", data=data, compression="lzf")
        file.create_dataset("rounded", data=data, scaleoffset=3)
        early = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
        early.set_chunk((5,))
        early.set_alloc_time(h5py.h5d.ALLOC_TIME_EARLY)
        space = h5py.h5s.create_simple((23,))
        h5py.h5d.create(file.id, b"early", h5py.h5t.NATIVE_INT32, space, early)

    write(build)


def test_links_and_types(write):
    def build(file):
        file["type"] = np.dtype("f4")
        file["record type"] = np.dtype([("a", "i4")])
        file.create_dataset("typed", (2,), file["type"])
        for number in range(20):
            file.attrs.create(f"typed{number}", 1.5, dtype=file["type"])
        file["type"].attrs["unit"] = "m"
        file["soft"] = h5py.SoftLink("/nowhere")
        file["outside"] = h5py.ExternalLink("other.h5", "/there")
        file["a/b/c/d"] = 1
        file["a/b/up"] = file["a"]
        file["a/b/root"] = file["/"]
        file["again"] = file["a/b/c/d"]
        layout = h5py.VirtualLayout((4,), "i8")
        layout[:] = h5py.VirtualSource(".", "a/b/c/d", (4,))
        if file.libver[1] != "v108" and file.libver[0] != "earliest":
            file.create_virtual_dataset("virtual", layout)
        file.create_dataset("kept outside", (8,), "u1", external=[("raw.bin", 0, 8)])

    write(build)


@pytest.mark.parametrize("size", [0, 512, 1024, 65_536])
def test_user_blocks(write, size):
    path = write(lambda file: file.attrs.update(text="x" * 3_000), userblock_size=size)
    data = b"#!/bin/sh".ljust(size or 9)[:size] + path.read_bytes()[size:]
    with h5py.File(io.BytesIO(data)) as theirs:
        ours = open_file(Memory(data))
        assert_equal(theirs, ours)
        assert ours.user_block == size


@pytest.mark.parametrize("sizes", [(2, 2), (4, 4), (8, 4), (4, 8)])
def test_addresses_of_other_sizes(tmp_path, sizes):
    for version in (h5py.h5f.LIBVER_EARLIEST, h5py.h5f.LIBVER_LATEST):
        made = h5py.h5p.create(h5py.h5p.FILE_CREATE)
        made.set_sizes(*sizes)
        access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
        access.set_libver_bounds(version, h5py.h5f.LIBVER_LATEST)
        path = tmp_path / "sizes.h5"
        with h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, made, access)) as file:
            for number in range(20 if max(sizes) > 2 else 6):  # h5py itself fails on more of them
                file[f"g/{number}"] = np.arange(3)
                file.attrs[f"{number}"] = f"text {number}"
        agree(path)


def test_attributes_in_the_shared_message_table(tmp_path):
    library = _library()
    made = h5py.h5p.create(h5py.h5p.FILE_CREATE)
    assert library.H5Pset_shared_mesg_nindexes(made.id, 2) == 0
    assert library.H5Pset_shared_mesg_index(made.id, 0, 1 << 12, 8) == 0  # attributes
    assert library.H5Pset_shared_mesg_index(made.id, 1, 0b1010, 8) == 0  # datatypes, dataspaces
    path = tmp_path / "shared.h5"
    with h5py.File(h5py.h5f.create(bytes(path), h5py.h5f.ACC_TRUNC, made)) as file:
        for number in range(60):
            group = file.create_group(f"g{number}")
            for name in range(6):
                group.attrs[f"a{name}"] = np.arange(10)
            group.create_dataset("d", (2, 3), [("a", "f4"), ("b", "i2")])
    assert agree(path) == 121


def _library():
    import ctypes

    places = Path(h5py.__file__).parent.parent / "h5py.libs"
    found = sorted(places.glob("libhdf5-*"))
    if not found:
        pytest.skip("the library inside h5py is not where it usually is")
    library = ctypes.CDLL(str(found[0]))
    library.H5Pset_shared_mesg_nindexes.argtypes = [ctypes.c_int64, ctypes.c_uint]
    library.H5Pset_shared_mesg_index.argtypes = [ctypes.c_int64] + [ctypes.c_uint] * 3
    return library
