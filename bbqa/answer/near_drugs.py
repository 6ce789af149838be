"""What is recorded of a drug beside what is asked for and not held, marked as that."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.analogues import is_harmful
from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import (
    MOST_OTHERS,
    Account,
    account_of,
    in_words,
    named_in,
    recorded,
    spoken_name,
    what_it_is,
)
from bbqa.answer.drug_checks import fit_for, names_any, wanted_for
from bbqa.answer.drug_families import is_family, tell_family
from bbqa.question.parsed import Missing, Subject
from bbqa.retrieve import visible
from bbqa.retrieve.drug_groups import spoken
from bbqa.retrieve.facts import evidence_of
from bbqa.retrieve.primary_targets import primary_score
from bbqa.schema import Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST_TARGETS: Final = 8
MOST_DRUGS: Final = 3
"""Targets of a drug, and drugs of a question, that are named."""


def near_facts(subject: Subject, resources: Resources) -> list[Evidence]:
    """The roles and classes of a drug, what it is first: near to what it is given for.

    Args:
        subject: A drug, named or attached.
        resources: The graph, and what must not be seen of it.
    """
    if subject.type is not NodeType.DRUG or not subject.rows:
        return []
    account = account_of(subject.rows[0], resources, about=subject.given.label)
    return [recorded(account, one, resources) for one in (*account.roles, *account.classes)]


def tell_near(
    missing: Sequence[Missing], subjects: Sequence[Subject], resources: Resources, draft: Draft
) -> bool:
    """Say what is recorded of the drugs of a question that lacks an answer; False if nothing is.

    Args:
        missing: What is asked for and not held, and which types are near to it.
        subjects: What the question is about.
        resources: The graph, and what must not be seen of it.
        draft: Where it is said.
    """
    near = {node_type for one in missing for node_type in one.near}
    told = {item.about for item in draft.evidence}
    drugs = [
        s for s in subjects if s.type is NodeType.DRUG and s.rows and s.given.label not in told
    ]
    others = [s for s in subjects if s.type is NodeType.PROTEIN and s.rows]
    before = len(draft.text)
    if NodeType.DRUG in near and drugs and others:
        _tell_both(drugs[0], others, resources, draft)
    elif near & {NodeType.ROLE, NodeType.DRUG_CLASS, NodeType.PROTEIN}:
        proteins = others if NodeType.PROTEIN in near else None
        diseases = [s for s in subjects if s.type is NodeType.DISEASE and s.rows]
        for subject in drugs[:MOST_DRUGS]:
            _tell_beside(subject, proteins, diseases, resources, draft)
        for subject in subjects:
            if subject.type is NodeType.DRUG_CLASS and subject.rows:
                _tell_class(subject, diseases, resources, draft)
    return len(draft.text) > before


def _tell_beside(
    subject: Subject,
    proteins: Sequence[Subject] | None,
    diseases: Sequence[Subject],
    resources: Resources,
    draft: Draft,
) -> None:
    """What is recorded of one drug: with a disease, whether it fits; targets; or what it is."""
    if is_family(subject):
        tell_family(subject, resources, draft)
        return
    account = account_of(subject.rows[0], resources, about=subject.given.label)
    if diseases:
        said, items = fit_for(account, diseases[0].rows, diseases[0].text, resources)
        if said:
            draft.say(f"What is recorded: {said}", items)
    elif proteins is not None:
        _tell_targets(account, proteins, resources, draft)
    else:
        _tell_kind(account, resources, draft)


def _tell_class(
    subject: Subject, diseases: Sequence[Subject], resources: Resources, draft: Draft
) -> None:
    """What a class of drugs is a kind of, up to the second level of ATC."""
    graph = resources.graph
    row, facts = subject.rows[0], []
    while up := [
        fact
        for fact in visible.facts(row, resources, relations={Relation.CLASS_CLASS})
        if fact.head == row and len(graph.node_id(fact.tail)) > len("ATC:J")
    ]:
        facts.append(up[0])
        row = up[0].tail
    if facts:
        names = listed([f"“{graph.name_of(fact.tail)}”" for fact in facts])
        items = [evidence_of([f], f.head, graph, about=subject.given.label) for f in facts]
        own = graph.name_of(subject.rows[0])
        draft.say(f"What is recorded: the ATC class “{own}” is a kind of {names}", items)
    _tell_members(subject, diseases, resources, draft)


def _tell_members(
    subject: Subject, diseases: Sequence[Subject], resources: Resources, draft: Draft
) -> None:
    """Which role most drugs of a class have, and how many have one that fits a disease."""
    graph = resources.graph
    members = visible.neighbours(subject.rows[0], Relation.DRUG_CLASS, resources)
    facts = [
        fact
        for drug in members
        for fact in visible.facts(drug, resources, relations={Relation.DRUG_ROLE})
    ]
    counts = Counter(fact.tail for fact in facts)
    if not counts:
        return
    role, count = counts.most_common(1)[0]
    said = f"{count} of its {len(members)} drugs have the role “{spoken(graph.name_of(role))}”"
    for disease in diseases:
        if wanted := wanted_for(disease.rows, resources):
            fitting = {f.head for f in facts if names_any(f.tail, wanted, resources)}
            number = "none has" if not fitting else f"{len(fitting)} of them have"
            said = f"{said}; against {disease.text} ({listed(wanted)}) {number} any"
    shown = [fact for fact in facts if fact.tail == role][:MOST_DRUGS]
    draft.say(said, [evidence_of([f], f.head, graph, about=subject.given.label) for f in shown])


def _tell_kind(account: Account, resources: Resources, draft: Draft) -> None:
    """What a drug is, and which of its roles say that it does harm."""
    phrase, items = what_it_is(account, resources)
    harm = [role for role in account.roles if is_harmful(role.row, resources)]
    if not phrase:
        return
    said = f"What is recorded: {account.name} is {phrase}"
    if harm and not all(role.name in phrase for role in harm):
        said = f"{said}, and has the role {listed([role.name for role in harm[:3]])}"
        items = [*items, *(recorded(account, role, resources) for role in harm[:3])]
    draft.say(said, items)


def _tell_targets(
    account: Account, proteins: Sequence[Subject], resources: Resources, draft: Draft
) -> None:
    """On which of the proteins that are asked about, or on what at all, a drug acts."""
    asked = {row for subject in proteins for row in subject.rows}
    shown = [target for target in account.targets if target.row in asked]
    shown = shown or [*account.main, *account.others][:MOST_TARGETS]
    if not shown:
        _tell_kind(account, resources, draft)
        return
    names = in_words(shown, resources, most=MOST_TARGETS)
    draft.say(
        f"What is recorded: {account.name} has activity on {names}, of unrecorded strength",
        named_in(account, shown, resources, most=MOST_TARGETS),
    )


def _tell_both(
    drug: Subject, proteins: Sequence[Subject], resources: Resources, draft: Draft
) -> None:
    """Recorded drugs that act on the main target of a drug and on another protein."""
    graph = resources.graph
    account = account_of(drug.rows[0], resources, about=drug.given.label)
    wanted = [subject.rows[0] for subject in proteins]
    if not account.targets:
        return
    main = account.targets[0].row
    acting = [set(visible.neighbours(row, Relation.DRUG_PROTEIN, resources)) for row in wanted]
    both = set.intersection(
        *acting, set(visible.neighbours(main, Relation.DRUG_PROTEIN, resources))
    )
    ranked = sorted(both, key=lambda row: (-primary_score(row, wanted[0], resources), row))
    if not ranked:
        return
    names = list(dict.fromkeys(spoken_name(graph.name_of(row)) for row in ranked))
    targets = listed([graph.name_of(row) for row in dict.fromkeys((main, *wanted))])
    items = []
    for row in ranked[:MOST_OTHERS]:
        other = account_of(row, resources, about=drug.given.label)
        items += [recorded(other, t, resources) for t in other.targets if t.row in wanted]
    draft.say(f"Recorded drugs that act on both {targets}: {listed(names, most=6)}", items)
