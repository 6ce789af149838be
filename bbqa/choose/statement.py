"""Options such as yes and no: the question is a statement, and is held against the graph.

"Is KRAS associated with Noonan syndrome?" names two things; that they are related is recorded, or
follows, or is not known. Between two things that the graph knows, of types between which it holds
records, the lack of one speaks against the statement, though not strongly. A statement may also say
which identifier a thing has.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.choose.offered import Option
from bbqa.choose.search import decided, number
from bbqa.choose.support import SUREST, commonness, log_odds, support
from bbqa.kg.ends import are_related
from bbqa.question.read import type_of
from bbqa.retrieve import candidates_for
from bbqa.schema import (
    Evidence,
    Input,
    InputRelation,
    Kind,
    Modality,
    Question,
    Relation,
    Status,
    Triple,
)
from bbqa.tools.compare import compare
from bbqa.workbench import Workbench

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.kg.names import Mention
    from bbqa.resources import Resources

YES: Final = frozenset({"yes", "true", "correct", "right"})
NO: Final = frozenset({"no", "false", "incorrect", "wrong", "not true"})
OPEN: Final = frozenset(
    {"maybe", "unknown", "uncertain", "unsure", "not sure", "perhaps", "cannot say"}
)
UNRECORDED: Final = 0.25
"""Probability of a statement about two known things that nothing recorded or predicted speaks for.
As many false statements as true ones are asked, and the graph holds two thirds of the true ones."""

_NEGATED: Final = re.compile(
    r"\b(?:not|never|neither|cannot|without|lacks?)\b|n't\b"
    r"|\bno (?:link|association|role|effect)\b",
    re.IGNORECASE,
)
_FRAME: Final = re.compile(
    r"\b(?:yes or no|true or false|true/false|yes/no|whether or not)\b|\bor not\b", re.IGNORECASE
)
_ID: Final = re.compile(r"\b[A-Z][A-Za-z]{1,9}[:_]\d+\b")


EVEN: Final = (0.02, 0.5)
"""Between these the share of things that have what is claimed is taken to lie."""


@dataclass(frozen=True, slots=True)
class Thing:
    """Something that a statement is about.

    Attributes:
        text: How the question refers to it.
        inputs: It as an input: several where a name has several meanings; none of an identifier
            that is nobody's.
        rows: Rows of its nodes; none for what is attached.
    """

    text: str
    inputs: tuple[Input, ...] = ()
    rows: tuple[int, ...] = ()


Pair = tuple[Thing, Thing]


@dataclass(frozen=True, slots=True)
class Judged:
    """What evidence says of a statement.

    Attributes:
        probability: That it is true.
        items: What decides; none where nothing is recorded.
    """

    probability: float
    items: tuple[Evidence, ...] = ()


def polarity(options: Sequence[str]) -> tuple[int, ...] | None:
    """For each option 1 for yes, -1 for no, 0 for neither; None if the options are others."""
    words = [" ".join(text.split()).strip(" .!").lower() for text in options]
    signs = tuple(1 if word in YES else -1 if word in NO else 0 for word in words)
    fitting = all(sign or word in OPEN for sign, word in zip(signs, words, strict=True))
    return signs if fitting and signs.count(1) == 1 == signs.count(-1) else None


def is_negated(text: str) -> bool:
    """Whether a statement says that something is not so."""
    return len(_NEGATED.findall(_FRAME.sub(" ", text))) % 2 == 1


# what it is about


def pairs_of(question: Question, resources: Resources) -> list[Pair]:
    """The pairs of things that a statement relates: its first subject with all others.

    None where fewer than two things of it are known. An identifier that is nobody's is held against
    what it is said of, if the graph knows that by another identifier of the same kind.
    """
    mentions = resources.names.mentions(question.text)
    written = [match.group() for match in _ID.finditer(question.text)]
    if unknown := [one for one in written if all(one not in m.text for m in mentions)]:
        named = [_thing(mention, resources.graph) for mention in mentions]
        return [
            (thing, Thing(one))
            for one in unknown
            for thing in named
            if any(_identifiers_like(one, row, resources.graph) for row in thing.rows)
        ]
    things = [Thing(given.label, (given,)) for given in question.attached]
    things += [_thing(mention, resources.graph) for mention in mentions]
    for place, first in enumerate(things):
        pairs = [
            (first, other)
            for other in things[place + 1 :]
            if other.text != first.text and _may_be_related(first, other, resources)
        ]
        if pairs:
            return pairs
    return []


def _thing(mention: Mention, graph: Graph) -> Thing:
    nodes = [graph.node(row) for row in mention.rows]
    inputs = (
        Input(node.name, Modality.ENTITY, node.id, mention.text, node.name, node.id)
        for node in nodes
    )
    return Thing(mention.text, tuple(inputs), mention.rows)


def _may_be_related(one: Thing, other: Thing, resources: Resources) -> bool:
    held = resources.graph.relations
    ends = [{type_of(given, resources) for given in thing.inputs} for thing in (one, other)]
    return any(a is b or are_related(a, b, held) for a in ends[0] for b in ends[1])


# what is known of it


def search_statement(question: Question, resources: Resources) -> list[Evidence]:
    """The evidence for and against a statement, numbered; none if it cannot be judged."""
    pairs = pairs_of(question, resources)
    return number(item for pair in pairs for item in _of_pair(*pair, question, resources))


def _of_pair(
    one: Thing, other: Thing, question: Question, resources: Resources
) -> Iterator[Evidence]:
    graph = resources.graph
    if _ID.fullmatch(one.text) or _ID.fullmatch(other.text):
        yield from _identifiers(one, other, graph)
        return
    if not other.rows:
        yield from _compared(one, other, question, resources)
        return
    said = list(_said_of(one, other, resources))
    yield from said
    if one.rows and not any(item.status is Status.CURATED for item in _telling(said)):
        yield from _said_of(other, one, resources)


def _said_of(one: Thing, other: Thing, resources: Resources) -> Iterator[Evidence]:
    """What is known or follows of one thing that says whether it is related to another."""
    target = Option(other.text, (other.rows,))
    types = {resources.graph.type_of(row) for row in other.rows}
    for given in one.inputs:
        found = candidates_for(given, types, resources)
        yield from (c.evidence for c in found if c.leads)
        yield from decided(given, found, [target], other.rows, resources)


def _telling(evidence: Iterable[Evidence]) -> Iterator[Evidence]:
    return (item for item in evidence if item.kind is not Kind.IDENTITY)


def _compared(
    one: Thing, other: Thing, question: Question, resources: Resources
) -> Iterator[Evidence]:
    """What two attached inputs have to do with each other."""
    bench = Workbench(resources, question.inputs, question=question.text)
    yield from compare(one.text, other.text, bench).evidence


def _identifiers(one: Thing, other: Thing, graph: Graph) -> Iterator[Evidence]:
    """What an identifier in a statement belongs to; if to nothing, which one there is instead."""
    for thing, said_of in ((one, other), (other, one)):
        if _ID.fullmatch(thing.text):
            for row in thing.rows:
                yield _identity(thing.text, row, graph, about=thing.text)
            for row in () if thing.rows else said_of.rows:
                for written in _identifiers_like(thing.text, row, graph):
                    yield _identity(written, row, graph, about=thing.text)


def _identifiers_like(written: str, row: int, graph: Graph) -> list[str]:
    """The identifiers of a node that have the prefix of another: ``DOID`` of ``DOID:14323``."""
    prefix = re.split("[:_]", written)[0]
    known = (graph.node_id(row), *graph.nodes["xrefs"][row].as_py())
    return [one for one in known if re.split("[:_]", one)[0] == prefix]


def _identity(written: str, row: int, graph: Graph, *, about: str) -> Evidence:
    node = graph.node(row)
    return Evidence(
        number=0,
        statement=f"{written} is an identifier of {node.name}",
        kind=Kind.IDENTITY,
        status=Status.CURATED,
        source="the graph's identifiers",
        release=str(graph.manifest.get("release", "")),
        nodes=(node.id,),
        type=node.type,
        score=1.0,
        because="identifier",
        about=about,
        triple=Triple(written, InputRelation.IS, node.id, head_name=written, tail_name=node.name),
    )


# how far that makes it true


def judge(question: Question, evidence: Sequence[Evidence], resources: Resources) -> Judged | None:
    """How probable some evidence makes a statement; None if it cannot be judged.

    Where it relates several pairs of things, all have to hold.
    """
    pairs = pairs_of(question, resources)
    if not pairs:
        return None
    found = [_judged(one, other, evidence, resources.graph) for one, other in pairs]
    least = min(found, key=lambda one: one.probability)
    items = tuple(dict.fromkeys(item for one in (least, *found) for item in one.items))
    true = 1 - least.probability if is_negated(question.text) else least.probability
    return Judged(true, items)


def _judged(one: Thing, other: Thing, evidence: Sequence[Evidence], graph: Graph) -> Judged:
    if _ID.fullmatch(one.text) or _ID.fullmatch(other.text):
        return _judged_same(one, other, evidence)
    labels = {given.label for given in one.inputs}
    if not other.rows:
        labels.add(other.text)
        return _judged_attached([item for item in evidence if item.about in labels])
    sides = [(one, other), (other, one)] if one.rows else [(one, other)]
    judged = [_judged_by(subject, target, evidence, graph) for subject, target in sides]
    told = [found for found in judged if found.items]
    return max(told, key=lambda found: found.probability, default=Judged(UNRECORDED))


def _judged_by(one: Thing, other: Thing, evidence: Sequence[Evidence], graph: Graph) -> Judged:
    """Whether one thing is related to another, by what is said of the first."""
    labels = {given.label for given in one.inputs}
    own = [item for item in _telling(evidence) if item.about in labels]
    [found] = support([Option(other.text, (other.rows,))], own, graph)
    share = max(commonness(graph, row) for row in other.rows)
    return Judged(_among_even(found.probability, share), found.items)


def _judged_same(one: Thing, other: Thing, evidence: Sequence[Evidence]) -> Judged:
    """Whether an identifier belongs to what the statement says."""
    items = tuple(item for item in evidence if item.about in (one.text, other.text))
    if not items:
        return Judged(UNRECORDED)
    return Judged(SUREST if set(one.rows) & set(other.rows) else 1 - SUREST, items)


def _judged_attached(items: Sequence[Evidence]) -> Judged:
    """Whether a molecule acts on a protein, or two proteins interact, by what ``compare`` found."""
    telling_of_both = [
        item
        for item in items
        if item.kind is Kind.FACT or item.probability is not None or _states_activity(item)
    ]
    if not telling_of_both:
        return Judged(UNRECORDED)
    best = max(telling_of_both, key=_trust_in_pair)
    return Judged(_trust_in_pair(best), (best,))


def _states_activity(item: Evidence) -> bool:
    """Whether an item states that a drug acts on a protein, be it of relatives of the two."""
    return any(one.relation == Relation.DRUG_PROTEIN for one in item.triples)


def _trust_in_pair(item: Evidence) -> float:
    if item.kind is Kind.FACT and item.status is Status.CURATED:
        return SUREST
    if item.probability is not None:
        return _among_even(item.probability, EVEN[0])
    return max(item.score, UNRECORDED)


def _among_even(probability: float, share: float) -> float:
    """A probability among things as they are, were as many asked about that have it as have not.

    Bayes' rule: the odds, over the odds of having it at all.
    """
    odds = log_odds(probability) - log_odds(min(max(share, EVEN[0]), EVEN[1]))
    return min(1 / (1 + math.exp(-odds)), SUREST)
