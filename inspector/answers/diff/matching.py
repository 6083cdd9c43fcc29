"""Which call of one graph is which call of the other: by the graphs themselves, names last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from inspector.answers.diff.forms import Key, Side
from inspector.answers.diff.settings import class_of

Pairs = dict[Key, Key]  # from left to right


def matched(left: Side, right: Side) -> Pairs:
    """Pairs of calls: equal in all, then in what leads to them, then in what they lead to.

    What is left is paired along the edges from pairs already made, where classes agree; then in
    order, by name and class.
    """
    work = _Matching(left, right)
    work.by(lambda side, key: (side.forward[key], side.backward[key]))
    work.by(lambda side, key: side.forward[key])
    work.by(lambda side, key: side.backward[key])
    work.along_edges()
    work.by(lambda side, key: (side.labels[key], key[0]))
    work.by(lambda side, key: (class_of(side.nodes[key].layer), key[0]))
    work.in_order(lambda side, key: side.labels[key])
    work.in_order(lambda side, key: class_of(side.nodes[key].layer))
    return work.pairs


class _Matching:
    """Pairs while they are made."""

    def __init__(self, left: Side, right: Side) -> None:
        self.left, self.right = left, right
        self.pairs: Pairs = {}
        self.taken: set[Key] = set()

    def _free(self) -> tuple[list[Key], list[Key]]:
        return (
            [key for key in self.left.nodes if key not in self.pairs],
            [key for key in self.right.nodes if key not in self.taken],
        )

    def _pair(self, one: Key, other: Key) -> None:
        self.pairs[one] = other
        self.taken.add(other)

    def by(self, sign: Callable[[Side, Key], object]) -> None:
        """Pair what has the same sign; where several have it, those of one name, then in order."""
        ours, theirs = self._free()
        groups: dict[object, list[Key]] = {}
        for key in theirs:
            groups.setdefault(sign(self.right, key), []).append(key)
        waiting: dict[object, list[Key]] = {}
        for key in ours:
            found = sign(self.left, key)
            if found in groups:
                waiting.setdefault(found, []).append(key)
        for found, keys in waiting.items():
            self._pair_groups(keys, groups[found])

    def _pair_groups(self, ours: list[Key], theirs: list[Key]) -> None:
        names = {key: key for key in theirs}
        alike = [key for key in ours if key in names] if len(ours) + len(theirs) > 2 else []
        for key in alike:
            self._pair(key, key)
        rest = (key for key in ours if key not in self.pairs)
        free = (key for key in theirs if key not in self.taken)
        for one, other in zip(rest, free, strict=False):
            self._pair(one, other)

    def along_edges(self) -> None:
        """From every pair to neighbours of the same class that are still alone."""
        queue = deque(self.pairs.items())
        while queue:
            one, other = queue.popleft()
            for ours, theirs in (
                (_users(self.left, one), _users(self.right, other)),
                (_sources(self.left, one), _sources(self.right, other)),
            ):
                queue.extend(self._neighbours(ours, theirs))

    def _neighbours(self, ours: Iterable[Key], theirs: Iterable[Key]) -> list[tuple[Key, Key]]:
        made = []
        free = [key for key in theirs if key not in self.taken]
        for one in ours:
            if one in self.pairs or not free:
                continue
            best = max(free, key=lambda key: self._likeness(one, key))
            if self._likeness(one, best) > 0:
                self._pair(one, best)
                free.remove(best)
                made.append((one, best))
        return made

    def _likeness(self, one: Key, other: Key) -> int:
        if class_of(self.left.nodes[one].layer) != class_of(self.right.nodes[other].layer):
            return 0
        same_label = self.left.labels[one] == self.right.labels[other]
        return 1 + 2 * same_label + (one[0] == other[0])

    def in_order(self, sign: Callable[[Side, Key], object]) -> None:
        """Pair what is left, as a text is compared: signs in the same order, most of them."""
        from difflib import SequenceMatcher  # noqa: PLC0415 - only where graphs differ

        ours, theirs = self._free()
        if not ours or not theirs:
            return
        signs = [sign(self.left, key) for key in ours], [sign(self.right, key) for key in theirs]
        for block in SequenceMatcher(None, *signs, autojunk=len(ours) > 500).get_matching_blocks():
            for step in range(block.size):
                self._pair(ours[block.a + step], theirs[block.b + step])


def _users(side: Side, key: Key) -> list[Key]:
    return [user for user, _ in side.users[key]]


def _sources(side: Side, key: Key) -> list[Key]:
    return [ref[:2] for ref in side.nodes[key].inputs]
