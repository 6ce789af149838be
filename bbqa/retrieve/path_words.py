"""A path in words: its steps, each with its source, and the sentence they make together."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.kg.describe import predicate
from bbqa.kg.ends import GO_TYPES, HIERARCHY
from bbqa.kg.evidence import trust
from bbqa.kg.graph import Fact, Graph
from bbqa.retrieve.facts import sources_of, triple_of
from bbqa.retrieve.forms import METHOD, all_forms
from bbqa.retrieve.paths import Path
from bbqa.schema import Hop, Relation, Triple

SALT: Final = "a salt"
"""How it begins what a salt or ester is to its drug."""
_PLURAL = {"is": "are", "has": "have"}


@dataclass(frozen=True, slots=True)
class Told:
    """A path in words.

    Attributes:
        statement: One sentence without a full stop.
        hops: Its steps.
    """

    statement: str
    hops: tuple[Hop, ...]


def told(graph: Graph, path: Path, start: int, end: int | None) -> Told:
    """A path in words, from what was asked for to what was asked for.

    Args:
        graph: The graph.
        path: A path.
        start: Row of the node that was asked for; the path may begin at a kind of it.
        end: The same of its end; None if any node of a type would do.
    """
    rows, relations = path.nodes, path.relations
    facts = [facts_of_link(graph, *step) for step in zip(rows, relations, rows[1:], strict=False)]
    hops = [hop_of(graph, a, found) for a, found in zip(rows, facts, strict=False)]
    does = [_does(graph, a, found[0]) for a, found in zip(rows, facts, strict=False)]
    sentence = f"{graph.name_of(rows[0])} {', which '.join(does)}"
    if rows[0] == start and rows[-1] == end:
        sentence = _shared(graph, path, does[0]) or sentence
    if rows[0] != start:
        hops.insert(
            0, _form_hop(graph, start, rows[0]) or _kind_hop(graph, start, rows[0], downward=True)
        )
        sentence = ", which ".join([hops[0].statement, *does])
    if end is not None and rows[-1] != end:
        last = _form_hop(graph, rows[-1], end)
        hops.append(last or _kind_hop(graph, rows[-1], end, downward=False))
        sentence += f", {_what(graph, rows[-1], end) or _kind(graph, end)}"
    return Told(sentence, tuple(hops))


def joined(parts: Iterable[str]) -> str:
    """Sources or releases of several steps, each once."""
    return "; ".join(dict.fromkeys(one for part in parts for one in part.split("; ") if one))


def facts_of_link(graph: Graph, one: int, relation: Relation, other: int) -> list[Fact]:
    """All facts that say how two nodes are related, the most trusted first."""
    fewer, more = sorted((one, other), key=lambda row: graph.link_counts[row])
    found = [
        fact
        for fact in graph.facts(fewer, relations={relation})
        if more in (fact.head, fact.tail) and trust(fact.evidence, fact.source) > 0
    ]
    return sorted(found, key=lambda fact: -trust(fact.evidence, fact.source))


def hop_of(graph: Graph, start: int, facts: Sequence[Fact]) -> Hop:
    """One step, from a node by facts that say the same."""
    source, release = sources_of(facts)
    return Hop(
        start=graph.node_id(start),
        end=graph.node_id(facts[0].other(start)),
        relation=facts[0].relation,
        statement=f"{graph.name_of(start)} {_does(graph, start, facts[0])}",
        source=source,
        release=release,
        triple=triple_of(facts[0], graph),
    )


def both(predicate: str) -> str:
    """What one does, said of two: ``is found in X`` becomes ``are both found in X``."""
    verb, _, rest = predicate.partition(" ")
    if verb == "is":
        return f"are both {rest}"
    return f"both {_PLURAL.get(verb, verb.removesuffix('s'))} {rest}"


def _does(graph: Graph, row: int, fact: Fact) -> str:
    return predicate(graph, fact.relation, fact.other(row), as_head=fact.head == row)


def _shared(graph: Graph, path: Path, does: str) -> str:
    """A path of one and the same step from either end as what they share; empty for any other."""
    first, last = path.nodes[0], path.nodes[-1]
    alike = graph.type_of(first) is graph.type_of(last)
    if len(path.nodes) != 3 or path.relations[0] is not path.relations[1] or not alike:
        return ""
    return f"{graph.name_of(first)} and {graph.name_of(last)} {both(does)}"


def _kind_of(graph: Graph, row: int) -> str:
    return "a kind or part of" if graph.type_of(row) in GO_TYPES else "a kind of"


def _kind(graph: Graph, row: int) -> str:
    return f"{_kind_of(graph, row)} {graph.name_of(row)}"


def _what(graph: Graph, row: int, drug: int) -> str:
    """What one form of a drug is to another, named; empty if they are no forms of one drug."""
    return dict(all_forms(graph).get(drug, ())).get(row, "")


def _form_hop(graph: Graph, start: int, end: int) -> Hop | None:
    """The step from a drug to a salt or ester of it, or from such a form to its drug."""
    what = _what(graph, end, start)
    if not what:
        return None
    one, other = graph.name_of(start), graph.name_of(end)
    verb = "has the salt or ester" if what.startswith(SALT) else "is a salt or ester of"
    return Hop(
        start=graph.node_id(start),
        end=graph.node_id(end),
        relation="",
        statement=f"{one} {verb} {other}",
        source=METHOD,
    )


def _kind_hop(graph: Graph, start: int, end: int, *, downward: bool) -> Hop:
    """The step between a term and a more specific one, however far below it is."""
    general, special = (start, end) if downward else (end, start)
    parent = next(f for f in graph.facts(special, relations=HIERARCHY) if f.head == special)
    names = graph.name_of(start), graph.name_of(end)
    middle = "includes" if downward else f"is {_kind_of(graph, general)}"
    return Hop(
        start=graph.node_id(start),
        end=graph.node_id(end),
        relation=parent.relation,
        statement=f"{names[0]} {middle} {names[1]}",
        source=parent.source,
        release=parent.release,
        triple=Triple(
            graph.node_id(special),
            str(parent.relation),
            graph.node_id(general),
            head_name=graph.name_of(special),
            tail_name=graph.name_of(general),
        ),
    )
