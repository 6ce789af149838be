"""What a question takes for granted, held against the graph.

"Why does insulin transport oxygen?" takes for granted that it does. The claim (what is left of
the question without its subject) is compared with what is recorded of the subject and with all
that could be recorded: where some term fits the claim well and nothing that is recorded of the
subject fits nearly as well, no record supports the premise. Absence of a record is no proof of the
contrary, and the answer says no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.ends import GO_TYPES
from bbqa.question import type_of
from bbqa.retrieve import visible
from bbqa.schema import Input, Modality, NodeType, Question
from bbqa.subject import node_of

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

NEAR: Final = 0.6
"""Cosine from which a term says what a claim says."""
LEAD: Final = 0.12
"""How much nearer a term that is not the subject's must be than all that are."""
CLAIMED: Final = GO_TYPES
"""Types of nodes that a claim in words may mean; of a drug also the next two."""

KIN: Final = 50
"""Relatives whose records count for an input of which nothing itself is recorded."""
SUBJECTS: Final = (NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE)
_OF_DRUGS: Final = (NodeType.ROLE, NodeType.DRUG_CLASS)

_PRESUMES: Final = re.compile(
    r"^\s*(?:why|how|when|since when|where)\s+(?:exactly\s+)?(?:does|do|is|are|did|was|were|has)\b"
    r"\s*(?P<claim>.+)$"
    r"|^\s*(?:since|because|given that|as|now that)\s+(?P<since>[^,]+),.*$"
    r"|^\s*what\s+makes\s+(?P<makes>.+)$"
    r"|^\s*(?:which|what)\s+(?P<noun>[\w-]+\s+)?(?:does|do)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_EMPTY: Final = frozenset(
    """
    a about act action activity acts affect affected agent an and any are associated at be been
    being belong bind binds by can cause caused causes class classed classified connected contain
    do does for found from function functions good has have help helps how important in inhibit
    inhibits interact interacts into involved is it its known link linked located made make mean
    means mechanism need of on or part relate related role so take target targets that the their
    this to treat treated used useful what where which with work works
    """.split()  # noqa: SIM905
)
_WORD: Final = re.compile(r"[A-Za-z][\w'-]*")


@dataclass(frozen=True, slots=True)
class Premise:
    """Something that a question takes for granted and no record says.

    Attributes:
        subject: Whom it is about.
        claim: What it is said to do or be, in the question's words.
    """

    subject: Input
    claim: str


def unsupported_premise(question: Question, resources: Resources) -> Premise | None:
    """What the question takes for granted without any record; None if there is no such thing."""
    match = _PRESUMES.match(question.text.rstrip("?!. "))
    if match is None or not question.inputs:
        return None
    said = match.group("claim") or match.group("since") or match.group("makes")
    said = said or f"{match.group('noun') or ''}{match.group('rest')}"
    subject = _subject(question, said, resources)
    own = set() if subject is None else _known_of(subject, question, resources)
    if subject is None or not own:
        return None
    claim = _claim(said, subject)
    telling = [w for w in _WORD.findall(claim) if w.lower() not in _EMPTY]
    if not telling or (match.group("rest") and _asks_openly(claim, match.group("noun") or "")):
        return None
    of = type_of(subject, resources)
    return None if _is_recorded(claim, own, resources, of=of) else Premise(subject, claim)


def _subject(question: Question, said: str, resources: Resources) -> Input | None:
    """Whom a claim is about: the first thing that it names, or what is attached."""
    named = [
        i
        for i in question.inputs
        if i.modality is Modality.ENTITY and i.given in said and type_of(i, resources) in SUBJECTS
    ]
    attached = question.attached
    if attached and re.match(r"\s*(?:this|the|my|it)\b", said, re.IGNORECASE):
        return attached[0]
    return min(named, key=lambda i: said.index(i.given), default=None)


def _known_of(given: Input, question: Question, resources: Resources) -> set[int]:
    """Rows of what is recorded of an input; of one that is nobody known, of its relatives."""
    same = [given]
    if given.modality is Modality.ENTITY:
        same = [i for i in question.inputs if i.given == given.given]
    nodes = [node[0] for one in same if (node := node_of(one, resources)) is not None]
    if nodes or given.modality is Modality.ENTITY:
        return set().union(*(_recorded(row, resources) for row in nodes))
    return _known_of_kin(given, resources)


def _known_of_kin(given: Input, resources: Resources) -> set[int]:
    """Rows of what is recorded of any relative of an attached input."""
    graph = resources.graph
    if given.modality is Modality.MOLECULE:
        analogues = visible.analogues(given, resources, k=KIN)
        return set().union(*(_recorded(one.node, resources) for one in analogues))
    proteins = [graph.sequences[one.row] for one in visible.homologues(given, resources, k=KIN)]
    nodes = [protein.node for protein in proteins if protein.node is not None]
    terms = {row for protein in proteins for row, _ in protein.terms}
    known = terms.union(*map(graph.ancestors, terms))
    return known.union(*(_recorded(row, resources) for row in nodes))


def _claim(said: str, subject: Input) -> str:
    text = said.replace(subject.given, " ") if subject.modality is Modality.ENTITY else said
    text = re.sub(
        r"^\s*(?:this|the|my|it)\b(?:\s+(?:protein|gene|drug|molecule|compound|enzyme|sequence))?",
        " ",
        text,
        flags=re.IGNORECASE,
    )
    return " ".join(text.split())


def _asks_openly(claim: str, noun: str) -> bool:
    """Whether a question with "which" merely asks, with a verb that says nothing special."""
    words = [w.lower() for w in _WORD.findall(claim) if w.lower() != noun.strip().lower()]
    return all(word in _EMPTY for word in words)


def _is_recorded(claim: str, own: set[int], resources: Resources, *, of: NodeType) -> bool:
    """Whether something that is recorded of a subject fits a claim, or nothing at all does."""
    vector = resources.encode(claim)
    rows = np.array(sorted(own), np.int64)
    best_own = float((resources.vectors[rows].astype(np.float32) @ vector).max(initial=0.0))
    types = CLAIMED + _OF_DRUGS * (of is NodeType.DRUG)
    nearest = (visible.described(vector, node_type, 1, resources) for node_type in types)
    best = max((cosine for found in nearest for _, cosine in found), default=0.0)
    if best_own >= best - LEAD and best_own >= NEAR:
        return True
    if best >= NEAR:
        return False
    named = [set(mention.rows) for mention in resources.names.mentions(claim)]
    judged = [rows for rows in named if _could_be_recorded(of, rows, resources.graph)]
    return not judged or any(rows & own for rows in judged)


def _recorded(row: int, resources: Resources) -> set[int]:
    """What is recorded of a node, with what that implies; of a drug also what its targets do."""
    graph = resources.graph
    own = _neighbours(row, resources)
    if graph.type_of(row) is NodeType.DRUG:
        proteins = [other for other in own if graph.type_of(other) is NodeType.PROTEIN]
        own |= {far for protein in proteins for far in _neighbours(protein, resources)}
    return own.union(*(graph.ancestors(other) for other in own))


def _neighbours(row: int, resources: Resources) -> set[int]:
    return {fact.other(row) for fact in visible.facts(row, resources)}


def _could_be_recorded(of: NodeType, others: Collection[int], graph: Graph) -> bool:
    """Whether the graph has relations between a protein and nodes of the others' types."""
    types = {graph.type_of(row) for row in others}
    return NodeType.PROTEIN in {of, *types} and not types & set(_OF_DRUGS)
