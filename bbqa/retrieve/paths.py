"""Paths through the graph: how two nodes hang together, and what a chain of types leads to.

**Worth.** A path over links 1 … d, with nodes m between them, is worth

    product of trust(link)  x  product of 1 / (log2(2 + a(m)) log2(2 + b(m)))  x  KIND_OF

``trust`` is the joint trust of all facts that say so (``links``); a(m) and b(m) are how many links
of the relation by which the path comes to m, and of the one by which it leaves, m has: a path
through what is linked with everything says little. ``KIND_OF`` counts once for either end that is
a more specific term than the one asked for: what is recorded of a kind of leukemia counts for
leukemia. So it does for a salt of the drug that is asked for.

**Together.** Paths that lead to the same are one result: its best path is shown, and its score is
that of all of them, as if each were right by its own chance: 1 - product of (1 - worth). Between
two nodes "the same" is the node next to the start (a drug's target), and direct links come before
all others; along a chain it is the end.

**Search** goes from both ends and meets in the middle; all partial paths of a length stand
together in arrays and are lengthened at once, the best first where there are too many.

Source: damping by both degrees is as in degree-weighted path counts, Himmelstein and Baranzini,
PLoS Comput Biol 11:e1004259 (2015), doi:10.1371/journal.pcbi.1004259, there by a power of them.
How well it ranks, and what else was tried: docs/decisions/paths.md.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.kg.ends import HIERARCHY
from bbqa.kg.graph import Graph
from bbqa.retrieve.forms import all_forms
from bbqa.retrieve.links import Floats, Ints, Links, Mask, Rows, links_of
from bbqa.schema import NodeType, Relation

KIND_OF: Final = 0.8
MOST: Final = 400_000
"""Links that are followed in one step, those of the best partial paths; the rest is cut."""

DIRECT: Final = np.int32(-1)
"""What direct links lead to, in place of a node in between."""

RELATIONS: Final = tuple(Relation)
EXPLAINING: Final = tuple(
    relation
    for relation in Relation
    if relation not in HIERARCHY and relation is not Relation.DISEASE_PHENOTYPE_ABSENT
)
"""Relations that explain something; what is a kind of what explains nothing, nor what is absent."""
TYPED: Final = tuple(r for r in Relation if r is not Relation.DISEASE_PHENOTYPE_ABSENT)
"""Relations that a chain of types may follow: its types say which are meant."""

Codes = npt.NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class Path:
    """A path, the best of all those that lead to the same.

    Attributes:
        nodes: Rows of its nodes, start first.
        relations: How each node is related to the next.
        worth: Of this path, in (0, 1].
        total: Of all paths that lead to the same, in (0, 1].
        others: How many these are besides this one.
    """

    nodes: tuple[int, ...]
    relations: tuple[Relation, ...]
    worth: float
    total: float
    others: int


@dataclass(frozen=True, slots=True)
class Paths:
    """Paths that were found, best first.

    Attributes:
        best: The best ones.
        total: How many different results there are.
        cut: Whether there were too many partial paths to follow all of them.
    """

    best: tuple[Path, ...]
    total: int
    cut: bool = False


def paths_between(
    graph: Graph,
    start: int,
    end: int,
    *,
    through: Sequence[NodeType] = (),
    k: int = 5,
    hidden: Collection[int] = (),
) -> Paths:
    """The best ``k`` paths between two nodes, one for each node next to the start.

    Without ``through`` these have up to three steps, or four where there is none so short.

    Args:
        graph: The graph.
        start: Row of a node.
        end: Row of another.
        through: Types of the nodes in between, in order; any if not given.
        k: How many at most.
        hidden: Rows of nodes that no path leads by way of.
    """
    search = _Search(links_of(graph), hidden)
    starts, ends = search.with_kinds(start), search.with_kinds(end)
    found = search.typed(starts, ends, through) if through else search.free(starts, ends)
    # All direct links are one result, whichever kind of the end they lead to.
    keys = [w.nodes[:, 1] if w.steps > 1 else np.full(len(w), DIRECT) for w in found]
    return _ranked(found, keys, k, cut=search.cut)


def paths_along(
    graph: Graph,
    start: int,
    through: Sequence[NodeType],
    to: NodeType,
    *,
    k: int = 5,
    hidden: Collection[int] = (),
) -> Paths:
    """The best ``k`` paths from a node along a chain of types, one for each node at its end.

    Args:
        graph: The graph.
        start: Row of a node.
        through: Types of the nodes in between, in order.
        to: Type of the end.
        k: How many at most.
        hidden: Rows of nodes that no path comes to.
    """
    search = _Search(links_of(graph), hidden)
    walks = search.with_kinds(start)
    for mask in search.telling([*through, to]):
        walks = search.lengthen(walks, mask, TYPED)
    return _ranked([walks], [walks.last], k, cut=search.cut)


def direct_links(graph: Graph, start: int, end: int) -> list[Path]:
    """All ways in which two nodes are related themselves, the most trusted first."""
    links = links_of(graph)
    found = []
    for relation in RELATIONS:
        of = links[relation]
        places = slice(*of.first[start : start + 2])
        for trust in of.trust[places][of.other[places] == end].tolist():
            found.append(Path((start, end), (relation,), trust, trust, 0))
    return sorted(found, key=lambda path: -path.worth)


@dataclass(frozen=True, slots=True)
class _Walks:
    """n partial paths of d steps.

    Attributes:
        nodes: Rows, int32 [n, d + 1].
        relations: Places in ``RELATIONS``, int8 [n, d].
        worth: So far, float64 [n]; the last node damps nothing yet.
    """

    nodes: Rows
    relations: Codes
    worth: Floats

    def __len__(self) -> int:
        return len(self.worth)

    @property
    def steps(self) -> int:
        """How many steps each has."""
        return int(self.relations.shape[1])

    @property
    def last(self) -> Rows:
        """The last node of each, int32 [n]."""
        return self.nodes[:, -1]

    def take(self, chosen: Ints | Mask) -> _Walks:
        """Some of them."""
        return _Walks(self.nodes[chosen], self.relations[chosen], self.worth[chosen])


class _Search:
    """One search; ``cut`` says whether anything was left out.

    Args:
        links: The graph's links.
        hidden: Rows of nodes that no path comes to but as the end that it was asked for.
    """

    def __init__(self, links: Links, hidden: Collection[int]) -> None:
        self.links = links
        self.cut = False
        self._shown = np.ones(len(links.graph), bool)
        self._shown[list(hidden)] = False

    def with_kinds(self, row: int) -> _Walks:
        """Paths without a step: a node, what is a kind or a part of it, and salts of a drug."""
        forms = [form for form, _ in all_forms(self.links.graph).get(row, ())]
        near = np.append(self.links.below(row), np.array(forms, np.int32))
        nodes = np.append(np.int32(row), near[self._shown[near]])[:, None]
        worth = np.where(nodes[:, 0] == row, 1.0, KIND_OF)
        return _Walks(nodes, np.zeros((len(nodes), 0), np.int8), worth)

    def telling(self, types: Sequence[NodeType]) -> list[Mask]:
        """For each type, which of its nodes explain anything, bool [N]."""
        telling = self.links.telling & self._shown
        return [self.links.of_type(node_type) & telling for node_type in types]

    def free(self, starts: _Walks, ends: _Walks) -> list[_Walks]:
        """Paths of one, two and three steps; of four if there are none."""
        telling = self.links.telling & self._shown
        telling[starts.last] = telling[ends.last] = False
        first = self.lengthen(starts, np.ones(len(telling), bool), EXPLAINING)
        last = self.lengthen(ends, telling, EXPLAINING)
        inner = first.take(telling[first.last])
        second = self.lengthen(inner, telling, EXPLAINING)
        found = [self.join(first, ends), self.join(inner, last), self.join(second, last)]
        if not any(map(len, found)):
            found.append(self.join(second, self.lengthen(last, telling, EXPLAINING)))
        return found

    def typed(self, starts: _Walks, ends: _Walks, through: Sequence[NodeType]) -> list[_Walks]:
        """Paths whose nodes in between have the types ``through``."""
        masks = self.telling(through)
        middle = (len(masks) - 1) // 2
        for mask in masks[: middle + 1]:
            starts = self.lengthen(starts, mask, TYPED)
        for mask in reversed(masks[middle:]):
            ends = self.lengthen(ends, mask, TYPED)
        return [self.join(starts, ends)]

    def lengthen(self, walks: _Walks, allowed: Mask, relations: Sequence[Relation]) -> _Walks:
        """The paths and one more step, to a node that is allowed and not on them yet."""
        fan = np.zeros(len(walks), np.int64)
        for relation in relations:
            fan += self.links[relation].degree[walks.last]
        walks = walks.take(self._affordable(walks, fan))
        return _joined([self._follow(walks, relation, allowed) for relation in relations])

    def _follow(self, walks: _Walks, relation: Relation, allowed: Mask) -> _Walks:
        links = self.links[relation]
        index, entry = _ranges(links.first[walks.last], links.degree[walks.last])
        new = links.other[entry]
        kept = allowed[new] & (walks.nodes[index] != new[:, None]).all(axis=1)
        index, entry, new = index[kept], entry[kept], new[kept]
        code = np.full(len(new), RELATIONS.index(relation), np.int8)
        worth = walks.worth[index] * links.trust[entry]
        if walks.steps:
            worth *= self._damping(walks.last[index], walks.relations[index, -1], code)
        return _Walks(
            np.column_stack([walks.nodes[index], new]),
            np.column_stack([walks.relations[index], code]),
            worth,
        )

    def join(self, ahead: _Walks, back: _Walks) -> _Walks:
        """Whole paths, of those from the start and those from the end that meet."""
        back = back.take(np.argsort(back.last, kind="stable"))
        low = np.searchsorted(back.last, ahead.last)
        fan = np.searchsorted(back.last, ahead.last, side="right") - low
        chosen = self._affordable(ahead, fan)
        i, j = _ranges(low[chosen], fan[chosen])
        ahead, back = ahead.take(chosen).take(i), back.take(j)
        worth = ahead.worth * back.worth
        if back.steps:
            worth *= self._damping(ahead.last, ahead.relations[:, -1], back.relations[:, -1])
        nodes = np.column_stack([ahead.nodes, back.nodes[:, :-1][:, ::-1]])
        relations = np.column_stack([ahead.relations, back.relations[:, ::-1]])
        return _Walks(nodes, relations, worth).take(_without_return(nodes))

    def _damping(self, nodes: Rows, come_by: Codes, leave_by: Codes) -> Floats:
        """What nodes in between take from their paths' worth, float64 [n]."""
        ways_in = np.log2(2 + self._degrees(nodes, come_by))
        ways_out = np.log2(2 + self._degrees(nodes, leave_by))
        damping: Floats = 1.0 / (ways_in * ways_out)
        return damping

    def _degrees(self, nodes: Rows, relations: Codes) -> Ints:
        """How many links of a relation each node has, int64 [n]."""
        degrees = np.zeros(len(nodes), np.int64)
        for code in np.unique(relations).tolist():
            of_it = relations == code
            degrees[of_it] = self.links[RELATIONS[code]].degree[nodes[of_it]]
        return degrees

    def _affordable(self, walks: _Walks, fan: Ints) -> Ints:
        """Places of the paths that are followed: those that lead on, and the best if too many."""
        leading = np.flatnonzero(fan)
        if fan.sum() <= MOST:
            return leading
        self.cut = True
        best = leading[np.argsort(-walks.worth[leading], kind="stable")]
        return best[np.cumsum(fan[best]) <= MOST]


def _ranges(first: Ints, count: Ints) -> tuple[Ints, Ints]:
    """The places in n ranges end to end: of each, its range's number and itself."""
    index = np.repeat(np.arange(len(first)), count)
    shift = np.repeat(first - np.cumsum(count) + count, count)
    return index, shift + np.arange(len(index))


def _without_return(nodes: Rows) -> Mask:
    """Whether a path comes to no node twice, bool [n]."""
    simple: Mask = (np.diff(np.sort(nodes, axis=1), axis=1) != 0).all(axis=1)
    return simple


def _joined(parts: Sequence[_Walks]) -> _Walks:
    return _Walks(
        np.concatenate([part.nodes for part in parts]),
        np.concatenate([part.relations for part in parts]),
        np.concatenate([part.worth for part in parts]),
    )


def _ranked(found: Sequence[_Walks], keys: Sequence[Rows], k: int, *, cut: bool) -> Paths:
    """The best path of each key, direct links first, then keys of the highest total worth.

    Args:
        found: Paths by their length.
        keys: What each path leads to, int32 [n], for each of ``found``.
        k: How many keys to keep.
        cut: Whether there are more paths than these.
    """
    key, worth = np.concatenate(keys), np.concatenate([walks.worth for walks in found])
    if not len(key):
        return Paths((), 0, cut)
    order = np.lexsort((-worth, key))
    first = np.flatnonzero(np.append(True, np.diff(key[order]) != 0))
    # No path is so sure that others to the same could add nothing.
    doubt = np.log1p(-np.minimum(worth[order], 0.999))
    total = -np.expm1(np.add.reduceat(doubt, first))
    count = np.diff(np.append(first, len(order)))
    best = np.lexsort((-total, key[order][first] != DIRECT))[:k]
    told = [
        _path(found, int(order[first[n]]), float(total[n]), int(count[n]) - 1)
        for n in best.tolist()
    ]
    return Paths(tuple(told), len(first), cut)


def _path(found: Sequence[_Walks], place: int, total: float, others: int) -> Path:
    """The path at a place counted over all of ``found``."""
    for walks in found:
        if place < len(walks):
            break
        place -= len(walks)
    return Path(
        nodes=tuple(walks.nodes[place].tolist()),
        relations=tuple(RELATIONS[code] for code in walks.relations[place].tolist()),
        worth=float(walks.worth[place]),
        total=total,
        others=others,
    )
