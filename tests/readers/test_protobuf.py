"""The wire format: every kind of field, every limit, and nothing but our own errors."""

from __future__ import annotations

import io
import random
from contextlib import suppress

import pytest

from inspector.errors import LimitError, ReadError
from inspector.readers.protobuf import (
    BYTES,
    FIXED32,
    FIXED64,
    VARINT,
    Field,
    Messages,
    ProtobufError,
    Span,
    signed,
    varint,
)

# 1: 150, 2: "testing", 3: fixed64 1, 4: fixed32 2, as protoc's own documentation encodes them
MESSAGE = bytes.fromhex("089601 120774657374696e67 190100000000000000 2502000000")


def fields(data: bytes) -> list[Field]:
    return list(Messages("a.pb").fields(memoryview(data)))


def test_every_kind_of_field():
    found = fields(MESSAGE)
    assert [(field.number, field.kind) for field in found] == [
        (1, VARINT),
        (2, BYTES),
        (3, FIXED64),
        (4, FIXED32),
    ]
    values = [field.value for field in found]
    assert values == [150, b"testing", 1, 2]


def test_numbers_of_64_bits():
    largest = b"\xff" * 9 + b"\x01"
    assert varint(memoryview(largest), 0, "a.pb") == (2**64 - 1, 10)
    assert signed(2**64 - 1) == -1
    assert signed(2**63 - 1) == 2**63 - 1


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ("08", "ends inside a number"),
        ("0880", "ends inside a number"),
        ("08ffffffffffffffffff02", "holds a number of more than 64 bits"),
        ("08ffffffffffffffffffff01", "holds a number of more than 64 bits"),
        ("120774", "ends inside a field"),
        ("12ffffffffffffffffff01", "ends inside a field"),
        ("1901", "ends inside a field"),
        ("2501", "ends inside a field"),
        ("0b", "holds a protobuf group"),
        ("0c", "holds a protobuf group"),
        ("0e", "is no protobuf message"),
        ("0f", "is no protobuf message"),
        ("00", "is no protobuf message"),
    ],
)
def test_what_is_no_message_is_said_so(data, problem):
    with pytest.raises(ProtobufError) as caught:
        fields(bytes.fromhex(data))
    assert caught.value.problem == problem
    assert caught.value.where == "a.pb"
    assert caught.value.hint


def test_a_known_field_of_another_kind_is_refused():
    messages = Messages("a.pb")
    number, text, *_ = messages.fields(memoryview(MESSAGE))
    assert messages.number(number) == 150
    assert messages.text(text) == "testing"
    for read, field in (
        (messages.message, number),
        (messages.text, number),
        (messages.number, text),
    ):
        with pytest.raises(ProtobufError, match="of another kind"):
            read(field)
    with pytest.raises(ProtobufError, match="no UTF-8"):
        messages.text(Field(1, BYTES, memoryview(b"\xff")))


def test_fields_are_counted_over_all_messages():
    messages = Messages("a.pb", limit=6)
    assert len(list(messages.fields(memoryview(MESSAGE)))) == 4
    with pytest.raises(LimitError, match="more than 6 fields"):
        list(messages.fields(memoryview(MESSAGE)))


def test_fields_come_one_by_one():
    lazy = Messages("a.pb").fields(memoryview(MESSAGE + b"\x0b"))
    assert [next(lazy).number for _ in range(4)] == [1, 2, 3, 4]
    with pytest.raises(ProtobufError):
        next(lazy)


def test_messages_are_found_in_a_file_without_reading_the_others():
    data = MESSAGE + b"\x3a\x03abc" + MESSAGE + b"\x3a\x00"
    stream = io.BytesIO(data)
    found = list(Messages("a.pb").spans(stream, Span(0, len(data)), 7))
    start = len(MESSAGE) + 2
    assert found == [Span(start, 3), Span(len(data), 0)]


@pytest.mark.parametrize("data", ["3a04abcd"[:-2], "38", "3b", "3801", "39"])
def test_a_cut_off_file_is_said_so(data):
    raw = bytes.fromhex(data)
    with pytest.raises(ProtobufError):
        list(Messages("a.pb").spans(io.BytesIO(raw), Span(0, len(raw)), 7))


def test_random_bytes_raise_nothing_else():
    chance = random.Random(1)  # noqa: S311
    for _ in range(2_000):
        data = chance.randbytes(chance.randrange(40))
        for read in (fields, spans):
            with suppress(ReadError):
                read(data)


def spans(data: bytes) -> list[Span]:
    return list(Messages("a.pb").spans(io.BytesIO(data), Span(0, len(data)), 1))
