"""Graphs with too many parts to look at: convex stretches that add up, whatever the graph."""

from __future__ import annotations

import pytest

from inspector.answers.blocks import Block, blocks
from inspector.answers.blocks.tree import steps, walk
from inspector.answers.coarse import coarse, cut_places
from tests.answers.graphs import model, random_graph


@pytest.mark.parametrize("most", [0, 12])
@pytest.mark.parametrize("seed", range(12))
def test_parts_hold_every_call_once_in_an_order_that_can_be_run(seed, most):
    found = blocks(model(random_graph(seed, 120)))
    made = coarse(found, 7, most)
    assert 2 <= len(made.items) <= 7
    assert list(steps(made.items)) == list(steps(found.items))
    place = {
        (step.node.layer.name, step.node.call): at
        for at, item in enumerate(made.items)
        for step in (steps(item.items) if isinstance(item, Block) else [item])
    }
    for at, item in enumerate(made.items):
        for step in steps(item.items) if isinstance(item, Block) else [item]:
            assert all(place[ref.layer, ref.call] <= at for ref in step.node.inputs)


@pytest.mark.parametrize("most", [0, 12])
@pytest.mark.parametrize("seed", range(6))
def test_parts_add_up_to_the_model(seed, most):
    found = blocks(model(random_graph(seed, 120)))
    made = coarse(found, 7, most)
    sizes = {row.name: row.params for row in found.model.rows}
    loose = [sizes[i.node.layer.name] for i in made.items if not isinstance(i, Block)]
    parts = [item.params for item in made.items if isinstance(item, Block)]
    assert sum(loose) + sum(parts) == found.model.totals.params
    if most:
        limit = [len(b.items) for b in walk(made.items) if b.kind == "part"]
        assert max(limit) <= max(most, 7)


def test_a_part_takes_what_others_give():
    made = coarse(blocks(model(random_graph(3, 120))), 5)
    given = {ref for item in made.items if isinstance(item, Block) for ref in item.outputs}
    given |= {
        (item.node.layer.name, item.node.call, 0)
        for item in made.items
        if not isinstance(item, Block)
    }
    for item in made.items:
        if isinstance(item, Block):
            assert set(item.inputs) <= given


def test_a_cut_is_where_few_tensors_flow():
    ends = list(range(1, 101))
    flowing = [9] * 100
    flowing[45] = 1
    assert cut_places(ends, flowing, 2) == [45]
    assert cut_places(ends, [1] * 100, 4) == [24, 49, 74]
