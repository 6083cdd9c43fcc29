"""Which call of one graph is which call of the other: by the graphs themselves, names last."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Container, Iterable, Sequence
from itertools import islice

from inspector.answers.diff.forms import Key, Side, origin
from inspector.answers.diff.settings import class_of, commutes

_CHOICES = 64  # calls looked at where nothing tells them apart

Pairs = dict[Key, Key]  # from left to right
Sign = Callable[[Side, Key], object]


def matched(left: Side, right: Side) -> Pairs:
    """Pairs of calls: equal in all, then in what leads to them, then in what they lead to.

    Where the graphs differ and names agree on less to be said, names come first.
    What is left is paired along the edges from pairs already made, where classes agree; then in
    order, by name and class; at last what stands between the same neighbours, of another class.
    """
    pairs = _by_structure(left, right, names=False)
    cost = _cost(left, right, pairs)
    if cost and left.nodes.keys() & right.nodes.keys():
        named = _by_structure(left, right, names=True)
        pairs = named if _cost(left, right, named) <= cost else pairs
    return slid(left, right, pairs)


def _by_structure(left: Side, right: Side, *, names: bool) -> Pairs:
    """Pairs of calls; where names count, first those that do the same under the same name."""
    work = _Matching(left, right)
    if names:
        work.by(lambda side, key: (side.labels[key], key), choose=True)
    work.by(lambda side, key: (side.forward[key], side.backward[key]), choose=True)
    for choose in (False, True):  # what tells two apart may come from the other end
        work.by(lambda side, key: side.forward[key], choose=choose)
        work.by(lambda side, key: side.backward[key], choose=choose)
    work.along_edges()
    work.by(lambda side, key: (side.labels[key], key[0]), choose=True)
    work.by(lambda side, key: (class_of(side.nodes[key].layer), key[0]), choose=True)
    work.in_order(lambda side, key: side.labels[key])
    work.in_order(lambda side, key: class_of(side.nodes[key].layer))
    work.replaced()
    return work.pairs


def _cost(left: Side, right: Side, pairs: Pairs) -> int:
    """How much there is to be said: calls that are alone, wired otherwise, or set otherwise."""
    cost = len(left.nodes) + len(right.nodes) - 2 * len(pairs)
    back = {other: one for one, other in pairs.items()}
    for one, other in pairs.items():
        origins = (origin(left, ref, pairs) for ref in left.nodes[one].inputs)
        ours: list[object] = [ref and (pairs[ref[:2]], ref.output) for ref in origins]
        others = (origin(right, ref, back) for ref in right.nodes[other].inputs)
        theirs: list[object] = [ref and (ref[:2], ref.output) for ref in others]
        if commutes(left.nodes[one]):
            ours, theirs = sorted(ours, key=str), sorted(theirs, key=str)
        cost += (ours != theirs) + (left.labels[one] != right.labels[other])
    return cost


class _Matching:
    """Pairs while they are made."""

    def __init__(self, left: Side, right: Side) -> None:
        self.left, self.right = left, right
        self._sides = left, right
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

    def by(self, sign: Sign, *, choose: bool) -> None:
        """Pair what has the same sign.

        Where several have it, those of one name first, then those beside pairs.

        Args:
            choose: where that leads no further, pair two that nothing tells apart, and go on.
        """
        groups: dict[object, tuple[list[Key], list[Key]]] = {}
        for place, (side, keys) in enumerate(zip(self._sides, self._free(), strict=True)):
            for key in keys:
                groups.setdefault(sign(side, key), ([], []))[place].append(key)
        shared = [(ours, theirs) for ours, theirs in groups.values() if ours and theirs]
        for ours, theirs in shared:
            self._named(ours, theirs)
        several = [pair for pair in shared if any(key not in self.pairs for key in pair[0])]
        if several:
            self._spread(deque(self.pairs.items()), sign)
        for ours, theirs in several if choose else ():
            self._chosen(ours, theirs, sign)

    def _named(self, ours: list[Key], theirs: list[Key]) -> None:
        """Pair the only two that have a sign; of several, those of one name."""
        if len(ours) == len(theirs) == 1:
            self._pair(ours[0], theirs[0])
            return
        known = set(theirs)
        for key in ours:
            if key in known:
                self._pair(key, key)

    def _spread(self, queue: deque[tuple[Key, Key]], sign: Sign) -> None:
        """From pairs to neighbours that have the same sign and stand in the same place alone."""
        while queue:
            one, other = queue.popleft()
            for beside in (_takers, _givers):
                ours = self._beside(self.left, beside(self.left, one), self.pairs, sign)
                if not ours:
                    continue
                theirs = self._beside(self.right, beside(self.right, other), self.taken, sign)
                for found, keys in ours.items():
                    if len(keys) == len(theirs.get(found, ())) == 1:
                        self._pair(keys[0], theirs[found][0])
                        queue.append((keys[0], theirs[found][0]))

    def _beside(
        self, side: Side, found: Iterable[tuple[Key, int]], done: Container[Key], sign: Sign
    ) -> dict[object, list[Key]]:
        """Neighbours that are still alone, by place and sign."""
        groups: dict[object, list[Key]] = {}
        for key, place in dict.fromkeys(found):
            if key not in done:
                groups.setdefault((place, sign(side, key)), []).append(key)
        return groups

    def _chosen(self, ours: list[Key], theirs: list[Key], sign: Sign) -> None:
        """Pair what nothing tells apart: with the one that has most neighbours in common."""
        ours = [key for key in ours if key not in self.pairs]
        theirs = [key for key in theirs if key not in self.taken]
        turned = len(ours) > len(theirs)  # those of which there are fewer choose
        rest = deque(ours if turned else theirs)
        done: Container[Key] = self.pairs if turned else self.taken
        for chooser in theirs if turned else ours:
            if chooser in (self.taken if turned else self.pairs):
                continue
            while rest and rest[0] in done:
                rest.popleft()
            free = [key for key in islice(rest, _CHOICES) if key not in done]
            if not free:
                return
            both = [(key, chooser) if turned else (chooser, key) for key in free]
            best = self._best(both)
            self._pair(*best)
            self._spread(deque([best]), sign)

    def _best(self, pairs: Sequence[tuple[Key, Key]]) -> tuple[Key, Key]:
        """The pair with most neighbours in common; the first whose neighbours are all."""
        best, most = pairs[0], -1
        for one, other in pairs if len(pairs) > 1 else ():
            common = self._in_common(one, other)
            if common > most:
                best, most = (one, other), common
            if common == len(_takers(self.left, one)) + len(_givers(self.left, one)):
                break
        return best

    def _in_common(self, one: Key, other: Key) -> int:
        """How many neighbours of two calls are pairs."""
        common = 0
        for beside in (_takers, _givers):
            theirs = {key for key, _ in beside(self.right, other)}
            mine = (self.pairs.get(key) for key, _ in beside(self.left, one))
            common += sum(key in theirs for key in mine)
        return common

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

    def replaced(self) -> None:
        """Pair what stands between the same neighbours, whatever it is."""
        ours, theirs = self._free()
        alone = set(theirs)
        for one in ours:
            given = [self.pairs.get(key) for key, _ in _givers(self.left, one)]
            takers = {self.pairs.get(key) for key, _ in _takers(self.left, one)}
            if not given or None in given or None in takers:
                continue
            beside = [key for key in _users(self.right, given[0] or one) if key in alone]
            for other in beside:
                there = [key for key, _ in _givers(self.right, other)]
                if there == given and {key for key, _ in _takers(self.right, other)} == takers:
                    self._pair(one, other)
                    alone.discard(other)
                    break


def _takers(side: Side, key: Key) -> Sequence[tuple[Key, int]]:
    """Who takes what a call gives, and as which of its inputs; -1 where that is all the same."""
    return side.users[key]


def _givers(side: Side, key: Key) -> Sequence[tuple[Key, int]]:
    """Whose tensors a call takes, and as which of its inputs; -1 where that is all the same."""
    node = side.nodes[key]
    mixed = commutes(node)
    return [(ref[:2], -1 if mixed else place) for place, ref in enumerate(node.inputs)]


def _users(side: Side, key: Key) -> list[Key]:
    return [user for user, _ in side.users[key]]


def _sources(side: Side, key: Key) -> list[Key]:
    return [ref[:2] for ref in side.nodes[key].inputs]


def slid(left: Side, right: Side, pairs: Pairs) -> Pairs:
    """The pairs, where one of several equal layers in a row is alone: the one without a namesake.

    Whichever of them is held to be new, the graphs differ in the same way; names can tell.
    """
    back = {other: one for one, other in pairs.items()}
    _slide(right, left, back)
    pairs = {one: other for other, one in back.items()}
    _slide(left, right, pairs)
    return {key: pairs[key] for key in left.nodes if key in pairs}


def _slide(side: Side, other: Side, pairs: Pairs) -> None:
    """Hand a pair on from a layer to its neighbour of the same label, as long as names agree."""
    for alone in [key for key in side.nodes if key not in pairs]:
        while True:
            beside = [*_ahead(side, alone), *_behind(side, alone)]
            same = side.labels[alone] == other.labels.get(alone)
            held = next((key for key in beside if pairs.get(key) == alone), None) if same else None
            if held is None or side.labels[held] != side.labels[alone]:
                break
            pairs[alone] = pairs.pop(held)
            alone = held  # noqa: PLW2901 - the next one without a partner


def _ahead(side: Side, key: Key) -> Iterable[Key]:
    """The one call that takes what a call gives, and takes nothing else."""
    takers = _users(side, key)
    return [taker for taker in takers[:1] if len(takers) == 1 == len(_sources(side, taker))]


def _behind(side: Side, key: Key) -> Iterable[Key]:
    """The one call whose tensor a call takes, and that gives it to no other."""
    givers = _sources(side, key)
    return [giver for giver in givers[:1] if len(givers) == 1 == len(_users(side, giver))]
