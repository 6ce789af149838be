"""What a named protein, disease or term is, what matters most first."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.disease_account import tell_genes, tell_kinds, tell_signs
from bbqa.answer.draft import Draft, listed
from bbqa.answer.linked_diseases import tell_diseases
from bbqa.answer.members import cited, leaders, name_of
from bbqa.answer.phrases import plural
from bbqa.answer.salient_terms import agent, main_deeds, record_of, salient
from bbqa.card import defined_by, definition, identity_of
from bbqa.kg.describe import predicate
from bbqa.kg.ends import GO_TYPES, are_related
from bbqa.query.engine import Found, execute
from bbqa.question.parsed import Constraint, Operation, ParsedQuestion, Query, Subject
from bbqa.retrieve.links import links_of
from bbqa.retrieve.primary_targets import PRIMARY, primary_score
from bbqa.retrieve.salience import salience
from bbqa.schema import (
    AnswerStatus,
    Evidence,
    Kind,
    Modality,
    NodeType,
    Relation,
    Status,
)

if TYPE_CHECKING:
    from bbqa.resources import Resources

BOUND: Final = 3
PROCESSES: Final = 4
PLACES: Final = 3
MEMBERS: Final = 5
"""So many of each are named in an overview."""
OF_ASPECT: Final = 8
"""So many are named of a type that is asked for."""
_LISTED: Final = (*GO_TYPES, NodeType.DISEASE)
"""Types of which the responder of lists names those of a protein."""
_VAGUE: Final = re.compile(
    r"(?:specific|terminus|domain|protein|enzyme|complex|ion|ligase) binding$"
)
"""Bindings that say little of a protein."""
_PROTEIN_ASPECTS: Final = (NodeType.DISEASE,)
_ABOUT: Final = {
    NodeType.DISEASE: (NodeType.PROTEIN, NodeType.PHENOTYPE),
    NodeType.PHENOTYPE: (NodeType.DISEASE, NodeType.PROTEIN),
    NodeType.ROLE: (NodeType.DRUG,),
    NodeType.DRUG_CLASS: (NodeType.DRUG,),
    NodeType.PATHWAY: (NodeType.PROTEIN,),
    **dict.fromkeys(GO_TYPES, (NodeType.PROTEIN,)),
}
"""Types of what matters most of things of each type."""


_OPENINGS: Final = {
    (NodeType.PROTEIN, NodeType.DRUG): "Drugs with recorded activity on {} are",
    (NodeType.PROTEIN, NodeType.PATHWAY): "{} takes part in the pathways",
    (NodeType.PROTEIN, NodeType.PROTEIN): "{} interacts with",
    (NodeType.DISEASE, NodeType.PROTEIN): "Genes linked to {} are",
    (NodeType.DISEASE, NodeType.PHENOTYPE): "Clinical signs of {} are",
    (NodeType.ROLE, NodeType.DRUG): "Drugs with the role {} are",
    (NodeType.DRUG_CLASS, NodeType.DRUG): "Drugs of the class {} are",
}
"""How the list of nodes of a type begins that are recorded with a thing of another."""


# responders


def describe_named(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Describe what a question names: a protein, a disease, a term."""
    named = [s for s in query.subjects if s.given.modality is Modality.ENTITY and s.rows]
    if not named or len(named) < len(query.subjects):
        return False
    if any(s.type is NodeType.DRUG for s in named):
        return False
    for subject in named:
        if subject.correction:
            draft.note(f"“{subject.text}” was taken for {subject.correction}.")
        if subject.type is NodeType.PROTEIN:
            later = frozenset(_listed_later(subject, parsed))
            _tell_protein(subject, query.aspects, resources, draft, later=later)
        else:
            _tell_other(subject, query.aspects, resources, draft)
    draft.status = AnswerStatus.ANSWERED if draft.claims else AnswerStatus.NO_EVIDENCE
    return True


def _listed_later(subject: Subject, parsed: ParsedQuestion) -> Iterator[NodeType]:
    """Types that other parts of a question ask for of the same subject."""
    for query in parsed.queries:
        if query.operation is Operation.LIST and subject in query.subjects and query.target:
            yield query.target


def list_of_protein(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """The functions, processes, places or diseases of one named protein, the main ones first."""
    if (
        query.target not in _LISTED
        or query.main
        or query.experimental
        or len(query.subjects) != 1
        or len(query.constraints) != 1
        or query.constraints[0].through
        or query.among
    ):
        return False
    subject = query.subjects[0]
    if subject.type is not NodeType.PROTEIN or subject.given.modality is not Modality.ENTITY:
        return False
    if not _tell_aspect(subject, query, resources, draft):
        return False
    draft.status = AnswerStatus.ANSWERED
    return True


def _tell_aspect(subject: Subject, query: Query, resources: Resources, draft: Draft) -> bool:
    """What is asked for of a protein; False if nothing of it is recorded."""
    assert query.target is not None
    match query.target:
        case NodeType.DISEASE:
            return query.limit is None and tell_diseases(subject, resources, draft, asked=True)
        case NodeType.CELLULAR_COMPONENT:
            return _tell_places(subject, resources, draft, most=query.limit or OF_ASPECT)
    return _tell_terms(subject, query.target, resources, draft, most=query.limit or OF_ASPECT)


# proteins


def _tell_protein(
    subject: Subject,
    aspects: Sequence[NodeType],
    resources: Resources,
    draft: Draft,
    *,
    later: frozenset[NodeType],
) -> None:
    _tell_what_it_is(subject, resources, draft)
    if not aspects and NodeType.CELLULAR_COMPONENT not in later:
        _tell_places(subject, resources, draft)
    for aspect in (a for a in aspects or _PROTEIN_ASPECTS if a not in later):
        if aspect is NodeType.CELLULAR_COMPONENT:
            _tell_places(subject, resources, draft, most=OF_ASPECT)
        elif aspect in GO_TYPES:
            _tell_terms(subject, aspect, resources, draft, most=OF_ASPECT)
        elif aspect is NodeType.DISEASE:
            tell_diseases(subject, resources, draft, asked=bool(aspects))
        else:
            _tell_related(subject, aspect, resources, draft, asked=bool(aspects))


def _tell_what_it_is(subject: Subject, resources: Resources, draft: Draft) -> None:
    """``TP53 (P04637, …) is a DNA-binding transcription factor that takes part in …``."""
    name = title(subject.rows[0], resources)
    is_id = subject.text in resources.graph.xrefs_of(subject.rows[0])
    if subject.text.lower() not in name.lower() and not is_id:
        name = f"{name}, also called {subject.text},"
    functions = salient(subject, NodeType.MOLECULAR_FUNCTION, resources, most=6)
    deeds = main_deeds(functions, resources)
    binding = [one for one in functions if one.name.endswith(" binding")]
    bound = [one for one in binding if not _VAGUE.search(one.name)] or binding
    bound = [] if deeds else bound[:BOUND]
    processes = salient(subject, NodeType.BIOLOGICAL_PROCESS, resources, most=PROCESSES)
    clauses = []
    if deeds:
        clauses.append(f"is {listed([agent(one.name) for one in deeds])}")
    if bound:
        clauses.append(f"binds {listed([one.name.removesuffix(' binding') for one in bound])}")
    if len(deeds) == 1 and processes:
        clauses = [f"{clauses[0]} that takes part in {listed([one.name for one in processes])}"]
    elif processes:
        clauses.append(f"takes part in {listed([one.name for one in processes])}")
    items = [one.item for one in (*deeds, *bound, *processes)]
    if clauses:
        draft.say(f"{name} {_joined(clauses)}", items)
    else:
        draft.say(
            f"{name} is a human protein of which no function is recorded",
            [_identity(subject, resources)],
        )
    if note := next(iter(subject.given.notes), ""):
        draft.note(f"{note[:1].upper()}{note[1:]}.")


def _tell_places(
    subject: Subject, resources: Resources, draft: Draft, *, most: int = PLACES
) -> bool:
    """Where a protein is found: the most special places, the best supported first."""
    graph, row = resources.graph, subject.rows[0]
    facts = {term: own for term, _, own in salience(row, NodeType.CELLULAR_COMPONENT, resources)}
    implied = frozenset().union(*(graph.ancestors(term) for term in facts)) if facts else set()
    special = [term for term in facts if term not in implied]
    if not special:
        return False
    words = [predicate(graph, Relation.CELLCOMP_PROTEIN, term) for term in special[:most]]
    rest = f" ({len(special)} places are recorded)" if len(special) > most > PLACES else ""
    draft.say(
        f"{graph.name_of(row)} {_located(words)}{rest}",
        [record_of(facts[term], row, subject, resources) for term in special[:most]],
    )
    return True


def _located(words: Sequence[str]) -> str:
    """Places in words, those of one verb together."""
    by_verb: dict[str, list[str]] = {}
    for one in words:
        verb = next((v for v in ("is found in ", "is part of ") if one.startswith(v)), "is ")
        by_verb.setdefault(verb, []).append(one.removeprefix(verb))
    return _joined([f"{verb}{listed(places)}" for verb, places in by_verb.items()])


def _tell_terms(
    subject: Subject, node_type: NodeType, resources: Resources, draft: Draft, *, most: int
) -> bool:
    """The leading terms of a type that are recorded of a protein, and how many there are."""
    found = salient(subject, node_type, resources, most=most)
    if not found:
        return False
    symbol = resources.graph.name_of(subject.rows[0])
    total = len(salience(subject.rows[0], node_type, resources))
    rest = f" ({total} are recorded)" if total > len(found) else ""
    noun = plural(node_type, len(found))
    verb = "is" if len(found) == 1 else "are"
    main = "main " if total > len(found) else ""
    draft.say(
        f"The {main}{noun} of {symbol} {verb} {listed([one.name for one in found])}{rest}",
        [one.item for one in found],
    )
    return True


# what is related to a subject


def _tell_related(
    subject: Subject, target: NodeType, resources: Resources, draft: Draft, *, asked: bool
) -> bool:
    """The most important nodes of a type that are recorded with a subject.

    Args:
        subject: What they are recorded with.
        target: Their type.
        resources: The graph.
        draft: Where they are named.
        asked: Whether they are asked for; otherwise asides are left out.
    """
    most = OF_ASPECT if asked else MEMBERS
    found = related(subject, target, resources)
    if found is not None and not asked:
        found = _without_asides(found, subject, resources)
    if found is None or not found.members:
        return False
    first = (leaders(found) or found.members)[:most]
    shown = first if len(first) >= min(most, 3) else found.members[:most]
    names = [name_of(member, found, resources) for member in shown]
    left = len(found.members) - len(shown)
    more = f" and {left} more" if left else ""
    list_of = f"{', '.join(names)}{more}" if left else listed(names)
    draft.say(
        f"{_opening(subject, target, resources)} {list_of}",
        cited(shown, found.satisfied, resources),
    )
    return True


def _without_asides(found: Found, subject: Subject, resources: Resources) -> Found:
    """What was found, without general diseases beside special ones and accidental drugs."""
    if found.target is NodeType.DISEASE:
        rows = [member.row for member in found.members]
        general = set().union(*(resources.graph.ancestors(row) for row in rows)) if rows else set()
        members = tuple(m for m in found.members if m.row not in general)
    elif found.target is NodeType.DRUG and subject.type is NodeType.PROTEIN:
        protein = subject.rows[0]
        members = tuple(
            m
            for m in found.members
            if max(primary_score(row, protein, resources) for row in (m.row, *m.entries)) >= PRIMARY
        )
    else:
        return found
    return replace(found, members=members)


def related(subject: Subject, target: NodeType, resources: Resources) -> Found | None:
    """What is recorded with a subject, ranked and folded; None if no relation joins the types."""
    if not are_related(subject.type, target, resources.graph.relations):
        return None
    constraint = Constraint(subject.rows[:1], subject.text)
    query = Query(Operation.LIST, subject.text, target=target, constraints=(constraint,))
    return execute(query, resources)


def _opening(subject: Subject, target: NodeType, resources: Resources) -> str:
    """The beginning of the sentence that lists nodes of a type recorded with a subject."""
    name = resources.graph.name_of(subject.rows[0])
    words = _OPENINGS.get((subject.type, target))
    if words is None and target is NodeType.PROTEIN:
        words = "Human proteins recorded with {} are"
    return (words or f"{plural(target).capitalize()} recorded with {{}} are").format(name)


# diseases and terms


def _tell_other(
    subject: Subject, aspects: Sequence[NodeType], resources: Resources, draft: Draft
) -> None:
    """What a disease or term is, and what matters most of it."""
    if not aspects:
        _tell_kind(subject, resources, draft)
    if not aspects and subject.type is NodeType.DISEASE:
        tell_genes(subject, resources, draft)
        tell_signs(subject, resources, draft)
        tell_kinds(subject, resources, draft)
    if not aspects:
        _tell_definition(subject, resources, draft)
    if not aspects and subject.type is NodeType.DISEASE:
        return
    told = [
        _tell_related(subject, t, resources, draft, asked=bool(aspects))
        for t in aspects or _ABOUT.get(subject.type, ())
    ]
    if aspects and not any(told):
        names = listed([plural(aspect) for aspect in aspects], conjunction="or")
        draft.note(f"I looked for {names} of {subject.text} and found none recorded.")


def _tell_kind(subject: Subject, resources: Resources, draft: Draft) -> None:
    """What a thing is a kind of."""
    graph, row = resources.graph, subject.rows[0]
    special = sorted(graph.parents(row), key=lambda one: len(links_of(graph).below(one)))
    parents = [graph.name_of(parent) for parent in special[:1]]
    identity = _identity(subject, resources)
    name = graph.name_of(row)
    also = f", also called {subject.text}," if subject.text.lower() not in name.lower() else ""
    kind = f"a kind of {listed(parents)}" if parents else _with_article(plural(subject.type, 1))
    draft.say(f"{name} ({graph.node_id(row)}){also} is {kind}", [identity])


def _tell_definition(subject: Subject, resources: Resources, draft: Draft) -> None:
    """The first sentence of a thing's definition, where one is at hand."""
    if text := definition(subject.rows[0], resources).partition(". ")[0]:
        draft.say(
            f"Its definition: {text.rstrip('.').replace('_', ' ')}",
            [_defined(subject, text, resources)],
        )


def _identity(subject: Subject, resources: Resources) -> Evidence:
    return identity_of(
        resources.graph,
        subject.rows[0],
        because=f"named: {subject.text}",
        about=subject.given.label,
    )


def _defined(subject: Subject, text: str, resources: Resources) -> Evidence:
    row = subject.rows[0]
    source, release = defined_by(resources.graph, row)
    return Evidence(
        number=0,
        statement=f"{resources.graph.name_of(row)}: {text}",
        kind=Kind.DEFINITION,
        status=Status.CURATED,
        source=source,
        release=release,
        nodes=(resources.graph.node_id(row),),
        type=subject.type,
        score=1.0,
        because=f"named: {subject.text}",
        about=subject.given.label,
    )


def title(row: int, resources: Resources) -> str:
    """``EGFR (P00533, Epidermal growth factor receptor)``."""
    node = resources.graph.node(row)
    full = node.synonyms[0] if node.synonyms else ""
    inside = ", ".join(part for part in (node.id, full) if part)
    return f"{node.name} ({inside})"


def _joined(clauses: Sequence[str]) -> str:
    """Clauses with lists in them, joined so that it is plain where each ends."""
    if len(clauses) < 2:
        return "".join(clauses)
    return f"{', '.join(clauses[:-1])}, and {clauses[-1]}"


def _with_article(noun: str) -> str:
    return f"{'an' if noun[0] in 'aeiou' else 'a'} {noun}"
