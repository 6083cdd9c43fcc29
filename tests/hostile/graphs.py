"""JSON and graphs that break walks: deep, cyclic, ill-typed, enormous."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from hostile.case import ANSWERS, EITHER, REFUSED, Case
from hostile.models import (
    GOOD,
    Config,
    called,
    chain,
    dense,
    entry,
    functional,
    layer,
    sequential,
    tensor,
    text,
)


def cases() -> Iterator[Case]:
    """One case for each trouble."""
    yield from _text()
    yield from _numbers()
    yield from _wiring()
    yield from _large()


def _text() -> Iterator[Case]:
    yield Case(
        "deep_lists.json",
        "100,000 lists inside one another",
        b"[" * 100_000 + b"]" * 100_000,
        REFUSED,
    )
    yield Case(
        "deep_objects.json",
        "100,000 objects inside one another",
        b'{"config":' * 100_000 + b"1" + b"}" * 100_000,
        REFUSED,
    )
    before, after = text(sequential("@", name="m")).split(b'"@"')  # type: ignore[arg-type]
    yield Case(
        "deep_models.json",
        "300 models inside one another",
        before * 300 + text(dense()) + after * 300,
        EITHER,
    )
    yield Case("a_list.json", "a list where a model should be", b"[1, 2, 3]", REFUSED)
    yield Case(
        "no_config.json",
        "a model without a config",
        text({"class_name": "Sequential", "config": None}),
        REFUSED,
    )
    yield Case(
        "surrogate.json", "a name that is no text", text(sequential(entry(), dense("lone\ud800")))
    )
    yield Case("utf16.json", "UTF-16", text(GOOD).decode().encode("utf-16"), EITHER)
    latin = text(sequential(entry(), dense("caf@"))).replace(b"@", b"\xe9")
    yield Case("latin1.json", "Latin-1", latin, REFUSED)
    yield Case("empty.json", "no bytes at all", b"", REFUSED)
    yield Case("zeros.json", "4 KiB of zeros", bytes(4096), REFUSED)
    yield Case("half.json", "half of a model", text(GOOD)[:200], REFUSED)


def _numbers() -> Iterator[Case]:
    digits = text(GOOD).replace(b'"units": 2', b'"units": ' + b"9" * 5_000)
    yield Case("digits.json", "a number of 5,000 digits", digits, REFUSED)
    yield Case(
        "large_sizes.json",
        "sizes of 10 to the power of 30",
        text(sequential(entry("in", 10**30), dense(units=10**30))),
        EITHER,
    )
    powers = sequential(*(dense(f"d{n}", 10**4_000) for n in range(4)))
    yield Case(
        "large_product.json",
        "sizes whose product has 8,000 digits",
        text(
            {
                **powers,
                "config": {
                    **powers["config"],
                    "layers": [entry("in", 10**4_000), *powers["config"]["layers"]],
                },
            }
        ),
        EITHER,
    )
    yield Case(
        "bound.json",
        "sizes of 2 to the power of 62",
        text(sequential(entry("in", 1 << 62), dense(units=1 << 62))),
        EITHER,
    )
    yield Case("negative.json", "-5 units", text(sequential(entry(), dense(units=-5))), EITHER)
    strings = layer("Conv2D", "c", filters="64", kernel_size="33", strides={"a": 1}, padding=7)
    yield Case(
        "strings.json",
        "texts where numbers belong",
        text(sequential(entry(), dense(units="2; rm -rf /"), strings)),
        EITHER,
    )
    units: list[Any] = [1e308, True, None, 2.5, [2], {}]
    yield Case(
        "kinds.json",
        "units of every wrong kind",
        text(sequential(entry(), *(dense(f"d{n}", value) for n, value in enumerate(units)))),
        EITHER,
    )
    odd = text(GOOD).replace(b'"units": 2', b'"units": NaN, "seed": -Infinity')
    yield Case("nan.json", "NaN and Infinity", odd, EITHER)


def _wiring() -> Iterator[Case]:
    first = called(entry())
    a, b = called(dense("a"), tensor("b")), called(dense("b"), tensor("a"))
    yield _json("cycle.json", "a cycle", functional(first, a, b), REFUSED)
    own = called(dense("a"), tensor("a"))
    yield _json("own_input.json", "a layer that is its own input", functional(first, own), REFUSED)
    three, seven = called(dense("a", 3), tensor("in")), called(dense("a", 7), tensor("a"))
    yield _json("name_twice.json", "two layers of one name", functional(first, three, seven))
    ghost = called(dense("a"), tensor("ghost"))
    yield _json("ghost.json", "an input that is not there", functional(first, ghost), REFUSED)
    for number, (call, place) in enumerate([(99, 10**9), (-1, -1), ("x", None), (1 << 70, 0)]):
        lost = called(dense("a"), tensor("in", call, place))
        yield _json(f"place_{number}.json", f"the call {call}, {place}", functional(first, lost))
    kinds: list[Any] = [None, 5, "abc", [[["in"]]], [[[["in", 0, 0, {}]]]], {"a": 1}, [[None]]]
    for number, nodes in enumerate(kinds):
        made = {"class_name": "Dense", "name": "a", "config": {"name": "a", "units": 2}}
        config = {"name": "m", "layers": [{**made, "inbound_nodes": nodes}]}
        ends = {"input_layers": "in", "output_layers": {"o": ["a", 0, 0]}}
        yield _json(
            f"calls_{number}.json",
            "calls of a wrong kind",
            {"class_name": "Model", "config": {**config, **ends}},
        )


def _json(name: str, attack: str, config: Config, outcome: str = EITHER) -> Case:
    return Case(name, attack, text(config), outcome)


def _large() -> Iterator[Case]:
    layers, last = [called(entry())], "in"
    for number in range(60):
        left, right, both = (f"{side}{number}" for side in "lrj")
        layers += [called(dense(side, 4), tensor(last)) for side in (left, right)]
        layers.append(called(layer("Add", both), [tensor(left), tensor(right)]))
        last = both
    yield _json("diamonds.json", "2 to the power of 60 paths", functional(*layers), ANSWERS)
    often = called(dense("a", 4), tensor("in"), times=5_000)
    model = functional(called(entry()), often)
    model["config"]["output_layers"] = [["a", 4_999, 0]]
    yield _json("often.json", "a layer that is called 5,000 times", model, ANSWERS)
    wide = [called(dense(f"d{n}", 4), tensor("in")) for n in range(2_000)]
    joined = called(layer("Concatenate", "all"), [tensor(f"d{n}") for n in range(2_000)])
    yield _json(
        "wide.json",
        "2,000 inputs of one layer",
        functional(called(entry()), *wide, joined),
        ANSWERS,
    )
    listed = text(sequential(entry(), dense(unread=[0] * 1_000_000)))
    yield Case("million.json", "a list of a million numbers", listed)
    yield _json(
        "spelling.json", "a name that only looks alike", chain("\u0430dense", "adense"), ANSWERS
    )
