"""Entities that an answer names against the right ones: exactly, and with ontology relatives.

The linking is the same for every condition: ``linked`` reads any text, whoever wrote it.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores.statistics import Floats, Measure, mean_of
from bbqa.kg.graph import Graph
from bbqa.kg.names import NameIndex
from bbqa.retrieve.facts import is_informative
from bbqa.schema import NodeType

GENERAL: Final = 8
"""A term with more than one in so many of all terms of its type below it says little."""
REMEMBERED: Final = 4096
"""Texts whose names are kept in memory: questions are linked once for each condition."""

METRICS: Final = {
    "entity precision": (
        "Share of the named nodes that are right, mean over answerable items where any was named; "
        "0 for a failure."
    ),
    "entity recall": "Share of the right nodes that are named, mean over answerable items.",
    "entity F1": (
        "2 x right named / (named + right), mean over answerable items (macro): 0 where nothing "
        "right is named."
    ),
    "entity hit": "Share of answerable items where at least one right node is named.",
    "lenient precision": (
        "Entity precision after both sides are joined by their informative ontology ancestors "
        "(hierarchical precision, Kiritchenko et al., Canadian AI 2006; mean over items)."
    ),
    "lenient recall": "Entity recall after the same; hierarchical recall, mean over items.",
    "lenient F1": "F1 of each item after the same, mean over items.",
}

_END: Final = re.compile(r"(?<=[.!?;])[\"')\]]*(?:\s*\[\d+(?:(?:, ?|-)\d+)*\])*\s+|\n+")
_DENIAL: Final = re.compile(
    r"\b(?:no|not(?! (?:only|just|merely)\b)|nor|never|none|neither|nothing|cannot|without|lacks?|"
    r"lacking|absent|unlikely|unclear|unknown (?:whether|if|how|what))\b|n['’]t\b",
    re.IGNORECASE,
)


# what a text names


def linked(
    text: str, question: str, names: NameIndex, types: Collection[NodeType] = ()
) -> tuple[str, ...]:
    """Ids of the nodes that a text names, each once, in the text's order.

    A sentence that denies anything ("no record says that ...", "it does not ...") names nothing,
    whatever it denies; a denying word inside a name ("no special type") is no denial. Names count
    with synonyms; a name that several nodes have stands for all of those of the types asked for.
    Nodes that the question names too are left out.

    Args:
        text: What was answered.
        question: What was asked.
        names: Names of the graph's nodes.
        types: Types of nodes that are looked for; any if empty.
    """
    wanted = frozenset(types)
    asked = {row for _, _, rows in _named(question, names, wanted) for row in rows}
    named = _named(text, names, wanted)
    kept = [
        row
        for start, end in _affirmed(text, named)
        for at, _, rows in named
        if start <= at < end
        for row in rows
        if row not in asked
    ]
    return tuple(names.graph.node_id(row) for row in dict.fromkeys(kept))


Named = tuple[int, int, tuple[int, ...]]
"""Where a name starts and ends in a text, and the rows of the nodes that it stands for."""


@lru_cache(maxsize=REMEMBERED)
def _named(text: str, names: NameIndex, types: frozenset[NodeType]) -> tuple[Named, ...]:
    """The names in a text that stand for nodes of the types, in order."""
    found = []
    for mention in names.mentions(text):
        rows = _of_types(mention.rows, names.graph, types)
        # What fits best may be of another type: "melanoma" is a disease and a phenotype.
        rows = rows or tuple(names.exact(mention.text, types=types))
        if rows:
            found.append((mention.start, mention.end, rows))
    return tuple(found)


def _of_types(rows: Iterable[int], graph: Graph, types: Collection[NodeType]) -> tuple[int, ...]:
    return tuple(row for row in rows if not types or graph.type_of(row) in types)


def _affirmed(text: str, named: Iterable[Named]) -> list[tuple[int, int]]:
    """Start and end of the sentences that deny nothing outside of the names in them."""
    blanked = text
    for start, end, _ in named:
        blanked = f"{blanked[:start]}{'_' * (end - start)}{blanked[end:]}"
    ends = [match.end() for match in _END.finditer(blanked)]
    spans = zip([0, *ends], [*ends, len(text)], strict=True)
    return [(start, end) for start, end in spans if not _DENIAL.search(blanked[start:end])]


# what is more general


class Hierarchy:
    """The ontologies of a graph, for partial credit.

    Args:
        graph: The graph whose is_a and part_of relations are followed.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._closures: dict[str, frozenset[str]] = {}
        self._terms: dict[int, tuple[NodeType, str]] = {}

    def closure(self, ids: Iterable[str]) -> set[str]:
        """The nodes themselves and their informative ancestors of the same type.

        A node that the graph does not know stands for itself alone.
        """
        return {above for node_id in ids for above in self._with_ancestors(node_id)}

    def _with_ancestors(self, node_id: str) -> frozenset[str]:
        if node_id not in self._closures:
            row = self._graph.row(node_id)
            above = set() if row is None else self._informative_above(row)
            self._closures[node_id] = frozenset(above | {node_id})
        return self._closures[node_id]

    def _informative_above(self, row: int) -> set[str]:
        mine = self._graph.type_of(row)
        terms = (self._term(above) for above in self._graph.ancestors(row))
        return {node_id for type, node_id in terms if type is mine and node_id}

    def _term(self, row: int) -> tuple[NodeType, str]:
        """Type and id of an ancestor; no id if naming it says nothing.

        So it is with roots and with what is above more than one in ``GENERAL`` of its type. The
        share of a type's terms below a term is its intrinsic information content (Seco et al.,
        ECAI 2004); it needs no annotations, which diseases and phenotypes have few of.
        """
        if row not in self._terms:
            type = self._graph.type_of(row)
            most = self._sizes[type] / GENERAL
            telling = is_informative(self._graph, row) and not self._has_below(row, most)
            self._terms[row] = type, self._graph.node_id(row) if telling else ""
        return self._terms[row]

    def _has_below(self, row: int, most: float) -> bool:
        """Whether more than so many terms are below a term."""
        below: set[int] = set()
        todo = [row]
        while todo and len(below) <= most:
            children = self._children.get(todo.pop(), set()) - below
            below |= children
            todo.extend(children)
        return len(below) > most

    @cached_property
    def _sizes(self) -> dict[NodeType, int]:
        return {type: len(self._graph.rows_of(type)) for type in NodeType}

    @cached_property
    def _children(self) -> dict[int, set[int]]:
        """Direct children of the same type, of every node that has any."""
        graph = self._graph
        below: dict[int, set[int]] = defaultdict(set)
        for child in range(len(graph)):
            for parent in graph.parents(child):
                if graph.type_of(parent) is graph.type_of(child):
                    below[parent].add(child)
        return dict(below)


# numbers


def numbers_of(
    item: Item, response: Response, *, hierarchy: Hierarchy | None = None
) -> Mapping[str, float]:
    """Precision, recall and F1 of one item; nothing for other forms and for unanswerable ones."""
    if item.form is not Form.ENTITIES or not item.answerable:
        return {}
    named, gold = named_by(item, response), set(item.gold)
    exact = overlap(named, gold)
    numbers = {
        "entity recall": exact[1],
        "entity F1": exact[2],
        "entity hit": float(bool(named & gold)),
    }
    if named or response.error:
        numbers["entity precision"] = exact[0]
    if hierarchy is not None:
        lenient = overlap(hierarchy.closure(named), hierarchy.closure(gold))
        numbers |= {"lenient recall": lenient[1], "lenient F1": lenient[2]}
        if named or response.error:
            numbers["lenient precision"] = lenient[0]
    return numbers


def named_by(item: Item, response: Response) -> set[str]:
    """Nodes that count as named: none where it abstained or failed, none of ``item.also``."""
    if response.error or response.abstained:
        return set()
    return set(response.nodes) - set(item.also)


def exact_f1(item: Item, response: Response) -> float:
    """F1 of the named nodes against the right ones."""
    return overlap(named_by(item, response), set(item.gold))[2]


def overlap(found: Collection[str], right: Collection[str]) -> tuple[float, float, float]:
    """Precision, recall and F1 of one set against another; 0 where there is nothing."""
    both = len(set(found) & set(right))
    precision = both / len(found) if found else 0.0
    recall = both / len(right) if right else 0.0
    together = len(found) + len(right)
    return precision, recall, 2 * both / together if together else 0.0


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """The means over items of whatever could be computed."""
    return [
        mean_of(metric, columns[metric], binary=metric == "entity hit")
        for metric in METRICS
        if metric in columns
    ]
