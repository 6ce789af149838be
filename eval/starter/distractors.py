"""Wrong options that are hard to tell from the right one, and that nothing recorded makes right.

They come in this order, at most two from each of the first two, then whatever is needed:

1. siblings of the right node: other kinds of what it is a kind of; for pathways, drugs and
   proteins, which have no ontology, those of the same surroundings (``_siblings``);
2. what is recorded of distant relatives of the subject, and of what it interacts with;
3. cousins in the ontology;
4. any node of that type which is recorded about as often.
"""

from __future__ import annotations

import math
import random
import re
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import chain
from typing import TYPE_CHECKING, Final

from bbqa.eval.starter.asked import Asked, is_subgroup, linked, right, special, telling
from bbqa.eval.starter.relatives import Relatives
from bbqa.eval.starter.subjects import Subject
from bbqa.kg.ends import GO_TYPES, HIERARCHY
from bbqa.kg.graph import Graph
from bbqa.retrieve.facts import is_informative
from bbqa.retrieve.links import links_of
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

WANTED: Final = 3
FROM_A_TIER: Final = 2
LEAST_USED: Final = 3
"""GO terms that fewer human proteins have are left out: many belong to plants or bacteria."""
MOST_KINDS_OF_ROLE: Final = 2
"""Roles with more kinds ("central nervous system depressant") fit more drugs than have them."""
AS_COMMON: Final = 2.0
"""Bits by which a distractor should at most be more or less common than the right option."""
INSIDE: Final = 0.9
"""A pathway with this share of its proteins in another is taken for a part of it."""
TOLD_TOGETHER: Final = ("function", "process", "location", "disease", "role", "class", "indication")
OFTEN: Final = 0.1
"""What so many of those have that have the right option may be right and not recorded: a muscarinic
antagonist opens the bronchi, what is in the nucleus is often in the cytosol too."""
MOST_HOLDERS: Final = 1000
BESIDE: Final = {"ATC:C01": ("ATC:C",), "ATC:C02": ("ATC:C",)}
"""Cardiac therapy and antihypertensives: other drugs for heart and vessels serve as these too."""
_SAYS_LITTLE: Final = frozenset(
    {"activity", "process", "pathway", "the", "of", "in", "to", "and", "a", "by", "disease",
     "disorder", "syndrome", "signaling", "signalling", "complex", "other", "agents", "agent",
     "drug", "drugs", "for"}
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Known:
    """What must not be offered as wrong.

    Attributes:
        recorded: Rows of all that the graph joins with the subject, whatever the evidence.
        implied: Rows of all that these imply, and of what close relatives have.
        saying: Those recorded that say anything: all but "binding" and its like.
    """

    recorded: frozenset[int]
    implied: frozenset[int]
    saying: frozenset[int]


class Distractors:
    """Finds wrong options for questions on a graph."""

    def __init__(self, resources: Resources, relatives: Relatives) -> None:
        self._graph = resources.graph
        self._relatives = relatives
        self._words_of: dict[int, frozenset[str]] = {}
        self._goes_with: dict[tuple[int, Asked], frozenset[int]] = {}
        self._members_of: dict[int, frozenset[int]] = {}

    def of(
        self, subject: Subject, asked: Asked, gold: int, rng: random.Random
    ) -> tuple[int, ...] | None:
        """Rows of three wrong options beside a right one; None if there are not so many."""
        known = self.known(subject, asked)
        rights = frozenset(right(self._graph, subject.row, asked))
        uses = used(self._graph, asked)
        together = self._together(gold, asked)
        chosen: list[int] = []

        def fits(row: int) -> bool:
            names = {self._graph.name_of(one).casefold() for one in (gold, *chosen)}
            return (
                row != gold
                and row not in chosen
                and self._graph.type_of(row) is self._graph.type_of(gold)
                and (
                    not asked.use or is_subgroup(self._graph, row) == is_subgroup(self._graph, gold)
                )
                and self._graph.name_of(row).casefold() not in names
                and self._could_be_asked(row, uses)
                and row not in together
                and self.is_wrong(row, known)
                and not self._relatives.like_any(row, rights)
            )

        for place, tier in enumerate(self._tiers(subject, asked, gold)):
            most = min(len(chosen) + FROM_A_TIER, WANTED) if place < 2 else WANTED
            for row in self._ordered(tier, gold, uses, rng):
                if fits(row):
                    chosen.append(row)
                if len(chosen) >= most:
                    break
            if len(chosen) == WANTED:
                break
        return tuple(chosen) if len(chosen) == WANTED else None

    # what is wrong

    def known(self, subject: Subject, asked: Asked) -> Known:
        """All that is recorded of a subject, or right for a question, and what that implies."""
        graph = self._graph
        facts = graph.facts(subject.row)
        recorded = {fact.other(subject.row) for fact in facts}
        recorded |= set(right(graph, subject.row, asked))
        of_close = {
            end for row in self._relatives.close(subject) for end in right(graph, row, asked)
        }
        implied = set[int]().union(*(graph.ancestors(row) for row in recorded | of_close))
        saying = frozenset(one for one in recorded if is_informative(graph, one))
        return Known(frozenset(recorded), frozenset(implied | of_close), saying)

    def _classmates(self, subject: Subject) -> set[int]:
        """Rows of the drugs that share a class with a molecule: they have much else in common."""
        if subject.type is not NodeType.DRUG:
            return set()
        classes = linked(self._graph, subject.row, Relation.DRUG_CLASS)
        told = (one for one in classes if telling(self._graph, one))
        return {drug for one in told for drug in linked(self._graph, one, Relation.DRUG_CLASS)}

    def is_wrong(self, row: int, known: Known) -> bool:
        """Whether nothing recorded makes a node right, be it more general or more special."""
        graph = self._graph
        if row in known.recorded or row in known.implied:
            return False
        if graph.ancestors(row) & known.saying:
            return False
        if graph.type_of(row) is NodeType.PATHWAY and self._is_inside(row, known.saying):
            return False
        if any(graph.row(above) in known.implied for above in BESIDE.get(graph.node_id(row), ())):
            return False
        if "component of" in graph.name_of(row) and self._is_in_membrane(known):
            return False
        return not any(self._say_the_same(row, one) for one in known.saying)

    def _is_in_membrane(self, known: Known) -> bool:
        """Whether a membrane is recorded: of which kind, and how deep in it, is often left open."""
        names = (self._graph.name_of(row) for row in known.recorded)
        return any("membrane" in name for name in names)

    def _together(self, gold: int, asked: Asked) -> frozenset[int]:
        """Rows of what many that have the right option have too, recorded of the subject or not."""
        if asked.kind not in TOLD_TOGETHER:
            return frozenset()
        if (gold, asked) not in self._goes_with:
            holders = self._holders(gold, asked)
            counts = Counter(end for holder in holders for end in right(self._graph, holder, asked))
            least = max(2.0, OFTEN * len(holders))
            often = (row for row, times in counts.items() if times >= least)
            self._goes_with[gold, asked] = frozenset(often)
        return self._goes_with[gold, asked]

    def _holders(self, gold: int, asked: Asked) -> list[int]:
        graph = self._graph
        if asked.use:
            drugs = graph.rows_of(NodeType.DRUG).tolist()
            return [row for row in drugs if gold in right(graph, row, asked)]
        return sorted(linked(graph, gold, asked.steps[0][0]))[:MOST_HOLDERS]

    def _is_inside(self, pathway: int, recorded: Collection[int]) -> bool:
        members = self._members(pathway)
        others = (one for one in recorded if self._graph.type_of(one) is NodeType.PATHWAY)
        return any(
            telling(self._graph, other)
            and len(members & self._members(other)) >= INSIDE * len(members)
            for other in others
        )

    def _say_the_same(self, one: int, other: int) -> bool:
        """Whether all words of one name are in the other: "DNA repair", a pathway and a process."""
        words, others = self._words(one), self._words(other)
        return bool(words and others) and (words <= others or others <= words)

    # what is hard

    def _tiers(self, subject: Subject, asked: Asked, gold: int) -> Iterable[Iterable[int]]:
        yield self._siblings(gold, asked)
        yield self._of_relatives(subject, asked)
        yield self._cousins(gold)
        yield used(self._graph, asked)

    def _siblings(self, row: int, asked: Asked) -> set[int]:
        """Other kinds of what a node is a kind of; failing an ontology, what stands beside it."""
        graph = self._graph
        match graph.type_of(row):
            case NodeType.PATHWAY:
                members = sorted(self._members(row))[:20]
                return self._ends(members, Relation.PATHWAY_PROTEIN)
            case NodeType.DRUG:
                classes = linked(graph, row, Relation.DRUG_CLASS)
                beside = {one for near in classes for one in self._siblings(near, asked)} | classes
                return self._ends(sorted(beside), Relation.DRUG_CLASS)
            case NodeType.PROTEIN:
                functions = linked(graph, row, Relation.MOLFUNC_PROTEIN)
                functions = {one for one in functions if telling(graph, one)}
                beside = {n for one in functions for n in (one, *self._kinds_of_parents(one))}
                return self._ends(sorted(beside), Relation.MOLFUNC_PROTEIN)
            case _:
                return self._kinds_of_parents(row)

    def _kinds_of_parents(self, row: int) -> set[int]:
        return {kind for parent in self._graph.parents(row) for kind in self._children[parent]}

    def _cousins(self, row: int) -> set[int]:
        above = {far for near in self._graph.parents(row) for far in self._graph.parents(near)}
        children = {kind for parent in above for kind in self._children[parent]}
        return {kind for child in children for kind in self._children[child]} | children

    def _of_relatives(self, subject: Subject, asked: Asked) -> set[int]:
        rows = self._relatives.distant(subject)[:40]
        return {
            end
            for row in rows
            if self._graph.type_of(row) is subject.type
            for end in right(self._graph, row, asked)
        }

    def _ends(self, rows: Iterable[int], relation: Relation) -> set[int]:
        return {end for row in rows for end in linked(self._graph, row, relation)}

    def _ordered(
        self, rows: Iterable[int], gold: int, uses: Mapping[int, int], rng: random.Random
    ) -> Sequence[int]:
        """In random order, those that are about as common as the right option first."""
        shuffled = sorted(set(rows) & uses.keys())
        rng.shuffle(shuffled)
        usual = math.log2(1 + uses.get(gold, 1))
        return sorted(shuffled, key=lambda row: abs(math.log2(1 + uses[row]) - usual) > AS_COMMON)

    def _could_be_asked(self, row: int, uses: Mapping[int, int]) -> bool:
        rare = self._graph.type_of(row) in GO_TYPES and uses.get(row, 0) < LEAST_USED
        is_role = self._graph.type_of(row) is NodeType.ROLE
        vague = is_role and len(self._children[row]) > MOST_KINDS_OF_ROLE
        return not rare and not vague and special(self._graph, row)

    # looked up once

    @cached_property
    def _children(self) -> dict[int, list[int]]:
        """For each node, what is directly below it and of the same type."""
        graph = self._graph
        found: dict[int, list[int]] = defaultdict(list)
        for relation in sorted(HIERARCHY):
            for edge in graph.edges_with(relation).tolist():
                child, parent = int(graph.head[edge]), int(graph.tail[edge])
                if graph.type_of(child) is graph.type_of(parent):
                    found[parent].append(child)
        return found

    def _words(self, row: int) -> frozenset[str]:
        if row not in self._words_of:
            words = re.findall(r"[a-z0-9]+", self._graph.name_of(row).lower())
            named_by_symbol = self._graph.type_of(row) in (NodeType.PROTEIN, NodeType.DRUG)
            telling_ones = set() if named_by_symbol else set(words) - _SAYS_LITTLE
            self._words_of[row] = frozenset(telling_ones)
        return self._words_of[row]

    def _members(self, pathway: int) -> frozenset[int]:
        if pathway not in self._members_of:
            found = linked(self._graph, pathway, Relation.PATHWAY_PROTEIN)
            self._members_of[pathway] = frozenset(found)
        return self._members_of[pathway]


@lru_cache(maxsize=64)
def used(graph: Graph, asked: Asked) -> dict[int, int]:
    """How often each possible answer is recorded, by its row."""
    if asked.use:
        uses = (right(graph, row, asked) for row in graph.rows_of(NodeType.DRUG).tolist())
        return dict(Counter(chain.from_iterable(uses)))
    relation, node_type = asked.steps[-1]
    degree = links_of(graph)[relation].degree
    return {row: int(degree[row]) for row in graph.rows_of(node_type).tolist() if degree[row]}
