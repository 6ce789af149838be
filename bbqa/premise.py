"""What a question takes for granted, held against the graph.

"What anchors TP53 in the lysosome?" takes for granted that it is there (``bbqa.presumed``); the
lysosome is then looked for among what is recorded of TP53, or of the relatives of what nobody
knows, and among what is predicted.

"Why does insulin transport oxygen?" names no term. The claim (what is left of the question without
its subject) is compared with what is recorded of the subject and with all that could be recorded:
where some term fits the claim well and nothing that is recorded of the subject fits nearly as
well, no record supports the premise. Absence of a record is no proof of the contrary, and the
answer says no more than that.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.ends import GO_TYPES, GROUPS, are_related
from bbqa.predict import predict
from bbqa.presumed import TERM
from bbqa.question.read import type_of
from bbqa.retrieve import visible
from bbqa.retrieve.forms import forms_of
from bbqa.schema import Input, Modality, NodeType, Question
from bbqa.subject import node_of

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.kg.names import Mention
    from bbqa.resources import Resources

NEAR: Final = 0.6
"""Cosine from which a term says what a claim says."""
LEAD: Final = 0.12
"""How much nearer a term that is not the subject's must be than all that are."""
CLAIMED: Final = GO_TYPES
"""Types of nodes that a claim in words may mean; of a drug also the next two."""

KIN: Final = 50
"""Relatives whose records count for an input of which nothing itself is recorded."""
SAME: Final = 0.9
"""Cosine from which two terms all but say the same."""
LIKELY: Final = 0.1
"""Probability from which what is predicted of an input is not doubted."""
_CALLED: Final = {NodeType.PROTEIN: "protein", NodeType.DRUG: "molecule"}
SUBJECTS: Final = (NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE)

_PRESUMES: Final = re.compile(
    r"^\s*(?:why|how|when|since when|where)\s+(?:exactly\s+)?(?:does|do|is|are|did|was|were|has)\b"
    r"\s*(?P<claim>.+)$"
    r"|^\s*(?:since|because|given that|as|now that)\s+(?P<since>[^,]+),.*$"
    r"|^\s*what\s+makes\s+(?P<makes>.+)$"
    r"|^\s*(?:which|what)\s+(?P<noun>[\w-]+\s+)?(?:does|do)\s+(?P<rest>.+)$",
    re.IGNORECASE,
)
_CONNECTS: Final = re.compile(r"\b(?:relate|link|connect)(?:d|ed)?\b", re.IGNORECASE)
"""A connection may lead by way of others, of which no record of the subject tells."""
_EMPTY: Final = frozenset(
    """
    a about act action activity acts affect affected agent an and any are associated at be been
    being belong bind binds by can cause caused causes class classed classified connected contain do
    does for found from function functions good has have help helps how important in inhibit
    inhibits interact interacts into involved is it its known link linked located made make mean
    means mechanism need of on or part relate related role share shared shares so take target
    targets that the their this to treat treated used useful what where which with work works
    """.split()  # noqa: SIM905
)
_WORD: Final = re.compile(r"[A-Za-z][\w'-]*")


@dataclass(frozen=True, slots=True)
class Premise:
    """Something that a question says of its subject, and no record does.

    Attributes:
        subject: Whom it is about.
        claim: What it is said to do or be, in the question's words.
    """

    subject: Input
    claim: str


def unsupported_premise(question: Question, resources: Resources) -> Premise | None:
    """What the question takes for granted without any record; None if there is no such thing."""
    subject, terms = _subject_and_terms(question, resources)
    if subject is None or not terms:
        return _unsupported_claim(question, resources)
    presumed = [term for term in terms if _is_presumed(term, subject, question, resources)]
    if not presumed or _is_known(subject, terms, question, resources):
        return None
    return Premise(subject, presumed[0].text)


def unrecorded(question: Question, resources: Resources) -> Premise | None:
    """What the question names beside its one subject, if no record and no prediction says it.

    Of a protein or drug that is named beside another one, whether a record joins the two.
    """
    subject, terms = _subject_and_terms(question, resources)
    if subject is None or not terms:
        return _unjoined(question, resources)
    if _is_known(subject, terms, question, resources):
        return None
    return Premise(subject, terms[0].text)


def _unjoined(question: Question, resources: Resources) -> Premise | None:
    """The second of two known things, of types that can be joined, if no record joins them."""
    if len(question.inputs) != 2:
        return None
    first, second = question.inputs
    nodes = [node_of(given, resources) for given in (first, second)]
    rows = [node[0] for node in nodes if node is not None]
    if len(set(rows)) < 2 or any(b in _neighbours(a, resources) for a, b in permutations(rows)):
        return None
    one, other = map(resources.graph.type_of, rows)
    if not are_related(one, other, resources.graph.relations):
        return None
    return Premise(first, second.given if second.modality is Modality.ENTITY else second.label)


def _subject_and_terms(
    question: Question, resources: Resources
) -> tuple[Input | None, list[Mention]]:
    """The one thing that a question is about, and what else it names that may hold of it."""
    subject = _only_subject(question, resources)
    return subject, [] if subject is None else _terms_beside(subject, question, resources)


def _only_subject(question: Question, resources: Resources) -> Input | None:
    """The one thing that is attached, or else the one protein or drug that is named."""
    if question.attached:
        return question.attached[0] if len(question.attached) == 1 else None
    named = [i for i in question.inputs if type_of(i, resources) in _CALLED]
    return named[0] if len({i.given for i in named}) == 1 else None


def _terms_beside(subject: Input, question: Question, resources: Resources) -> list[Mention]:
    """What else a question names, of types that may be recorded of its subject."""
    graph, of = resources.graph, type_of(subject, resources)
    if all(i in question.attached or type_of(i, resources) in _CALLED for i in question.inputs):
        return []
    return [
        mention
        for mention in resources.names.mentions(question.text)
        if mention.text != subject.given
        and not (types := {graph.type_of(row) for row in mention.rows}) & _CALLED.keys()
        and all(are_related(of, one, graph.relations) for one in types)
    ]


def _is_presumed(term: Mention, subject: Input, question: Question, resources: Resources) -> bool:
    """Whether a question takes for granted that a term holds of its subject."""
    text = question.text[: term.start] + TERM + question.text[term.end :]
    if subject.modality is Modality.ENTITY:
        text = text.replace(subject.given, f"this {_CALLED[type_of(subject, resources)]}")
    return resources.presumptions.score(text) > 0


def _is_known(
    subject: Input, terms: Sequence[Mention], question: Question, resources: Resources
) -> bool:
    """Whether any of some terms is recorded or predicted of a subject, or nothing is known of it.

    Of an input that nobody has recorded, what is recorded of its relatives counts.
    """
    own = _known_of(subject, question, resources)
    rows = {row for term in terms for row in term.rows}
    if not own or own & rows:
        return True
    # whoever regulates a process has to do with it
    regulated = tuple(f"regulation of {resources.graph.name_of(row)}" for row in rows)
    if any(resources.graph.name_of(row).endswith(regulated) for row in own):
        return True
    known = resources.vectors[np.array(sorted(own), np.int64)].astype(np.float32)
    if float((known @ resources.vectors[list(rows)].T).max(initial=0.0)) >= SAME:
        return True
    return any((one.probability or 0.0) >= LIKELY for one in predict(subject, rows, resources))


def _unsupported_claim(question: Question, resources: Resources) -> Premise | None:
    """What a question claims in words, without any name, and no record says."""
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
    if _CONNECTS.search(claim):
        return None
    telling = [w for w in _WORD.findall(claim) if w.lower() not in _EMPTY]
    noun = match.group("noun") or ""
    if not telling or (match.group("rest") and _asks_openly(claim, noun, question)):
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


def _asks_openly(claim: str, noun: str, question: Question) -> bool:
    """Whether a question with "which" merely asks, with a verb that says nothing special."""
    for given in question.inputs:
        claim = claim.replace(given.given, " ")
    words = [w.lower() for w in _WORD.findall(claim) if w.lower() != noun.strip().lower()]
    return all(word in _EMPTY for word in words)


def _is_recorded(claim: str, own: set[int], resources: Resources, *, of: NodeType) -> bool:
    """Whether something that is recorded of a subject fits a claim, or nothing at all does."""
    vector = resources.encode(claim)
    rows = np.array(sorted(own), np.int64)
    best_own = float((resources.vectors[rows].astype(np.float32) @ vector).max(initial=0.0))
    types = {*CLAIMED, *GROUPS} if of is NodeType.DRUG else CLAIMED
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
    """What is recorded with a node; with a drug also what is with its salts and esters."""
    rows = [row, *(form for form, _ in forms_of(row, resources))]
    return {fact.other(one) for one in rows for fact in visible.facts(one, resources)}


def _could_be_recorded(of: NodeType, others: Collection[int], graph: Graph) -> bool:
    """Whether the graph has relations between a protein and nodes of the others' types."""
    types = {graph.type_of(row) for row in others}
    return NodeType.PROTEIN in {of, *types} and not types & GROUPS
