"""Yes or no about a drug: does it act on a protein, is it of a kind, is it one for a disease."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import (
    MOST_MAIN,
    Account,
    account_of,
    in_words,
    named_in,
    recorded,
    what_it_is,
    with_article,
)
from bbqa.answer.molecular_identity import can_be_read, identity_evidence, known_as
from bbqa.question.parsed import Constraint, ParsedQuestion, Query, Subject
from bbqa.retrieve import visible
from bbqa.retrieve.drug_groups import Group, spoken
from bbqa.retrieve.facts import evidence_of
from bbqa.schema import AnswerStatus, Evidence, Modality, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

_GROUPS: Final = (NodeType.ROLE, NodeType.DRUG_CLASS)
_FOR: Final = (
    ("viral infectious disease", ("antiviral",)),
    ("bacterial infectious disease", ("antibacterial", "antibiotic", "antitubercular")),
    ("fungal infectious disease", ("antifungal",)),
    ("parasitic infectious disease", ("antiparasitic", "antiprotozoal", "anthelminthic")),
    ("protozoa infectious disease", ("antiprotozoal", "antimalarial", "trypanocidal")),
    ("cancer", ("antineoplastic",)),
    ("neoplasm", ("antineoplastic",)),
    ("epilepsy", ("anticonvulsant", "antiepileptic")),
    ("depressive disorder", ("antidepressant",)),
    ("psychotic disorder", ("antipsychotic",)),
    ("hypertensive disorder", ("antihypertensive",)),
    ("diabetes mellitus", ("hypoglycemic", "antidiabetic", "blood glucose lowering")),
)
"""MONDO's kinds of disease, and words that ChEBI and ATC use for what is given against them."""
_STEM: Final = 6


def check_drug(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Whether one drug acts on a protein, has a role or class, or is one for a disease."""
    pair = _pair(query, resources)
    if pair is None:
        return False
    subject, rows, text = pair
    account, identity = _account(subject, resources)
    if account is None:
        return False
    kinds = {resources.graph.type_of(row) for row in rows}
    if kinds == {NodeType.PROTEIN}:
        _check_targets(account, rows, text, resources, draft, identity=identity)
    elif kinds <= set(_GROUPS):
        _check_groups(account, rows, text, resources, draft, identity=identity)
    elif kinds == {NodeType.DISEASE}:
        _check_disease(account, rows, text, resources, draft, identity=identity)
    else:
        return False
    return True


def _pair(query: Query, resources: Resources) -> tuple[Subject, tuple[int, ...], str] | None:
    """The drug of a query, and the rows and words of what it is checked against."""
    plain = [c for c in query.constraints if not (c.negated or c.through)]
    if len(plain) != len(query.constraints):
        return None
    drugs = [s for s in query.subjects if s.type is NodeType.DRUG]
    others = [s for s in query.subjects if s.type is not NodeType.DRUG]
    if len(drugs) == 1:
        rest = [c for c in plain if not set(c.terms) & set(drugs[0].rows)]
        found = [*((c.terms, c.text) for c in rest), *((s.rows, s.text) for s in others)]
        first = found[0] if found else None
        same = first is not None and all(set(rows) == set(first[0]) for rows, _ in found)
        return (drugs[0], first[0], first[1]) if first and same else None
    if not drugs and len(others) == 1 and len(plain) == 1:
        return _reversed(others[0], plain[0], resources)
    return None


def _reversed(
    other: Subject, constraint: Constraint, resources: Resources
) -> tuple[Subject, tuple[int, ...], str] | None:
    """The same where the drug is the condition: "is KIT hit by imatinib?"."""
    from bbqa.question.read import entity

    graph = resources.graph
    drugs = [row for row in constraint.terms if graph.type_of(row) is NodeType.DRUG]
    if len(drugs) != len(constraint.terms) or not other.rows or other.given.modality != "entity":
        return None
    given = entity(constraint.text, drugs[0], resources)
    return Subject(given, constraint.text, NodeType.DRUG, tuple(drugs)), other.rows, other.text


def _account(subject: Subject, resources: Resources) -> tuple[Account | None, list[Evidence]]:
    """What is recorded of a drug, and evidence for which one an attached structure is."""
    if subject.given.modality is Modality.MOLECULE:
        known = known_as(subject.given, resources) if can_be_read(subject.given) else None
        if known is None or not known.is_same:
            return None, []
        account = account_of(known.row, resources, about=subject.given.label)
        return account, [identity_evidence(subject.given, known, resources)]
    if not subject.rows:
        return None, []
    return account_of(subject.rows[0], resources, about=subject.given.label), []


# a protein


def _check_targets(
    account: Account,
    rows: Sequence[int],
    text: str,
    resources: Resources,
    draft: Draft,
    *,
    identity: Sequence[Evidence],
) -> None:
    graph = resources.graph
    hit = [target for target in account.targets if target.row in rows]
    asked = graph.name_of(rows[0]) if len(rows) == 1 else text
    if not hit:
        draft.note(
            f"Not recorded: bbqa holds no activity of {account.name} on {asked}, which does not "
            "show that there is none."
        )
        draft.status = AnswerStatus.NO_EVIDENCE
        _tell_instead(account, resources, draft)
        return
    names = listed([graph.name_of(target.row) for target in hit])
    main = any(target.is_primary for target in hit)
    how = "among its main targets" if main else "not among its main targets"
    salts = listed(list(dict.fromkeys(graph.name_of(t.drug) for t in hit if t.form)))
    of = f" (recorded of {salts})" if salts else ""
    draft.say(
        f"Yes: {account.name} has recorded activity on {names}{of}, {how}",
        [*identity, *(recorded(account, target, resources) for target in hit)],
    )
    _tell_kind(account, resources, draft)
    if not main:
        _tell_instead(account, resources, draft)


def _tell_instead(account: Account, resources: Resources, draft: Draft) -> None:
    """On what a drug does act."""
    shown = account.main or account.others
    if not shown:
        draft.note(f"No target of {account.name} is recorded here.")
        return
    kind = "main recorded targets" if account.main else "recorded targets"
    draft.say(
        f"The {kind} of {account.name}: {in_words(shown, resources, most=MOST_MAIN)}",
        named_in(account, shown, resources, most=MOST_MAIN),
    )


def _tell_kind(account: Account, resources: Resources, draft: Draft) -> None:
    phrase, items = what_it_is(account, resources)
    if phrase:
        draft.say(f"It is {phrase}", items)


# a role or class


def _check_groups(
    account: Account,
    rows: Sequence[int],
    text: str,
    resources: Resources,
    draft: Draft,
    *,
    identity: Sequence[Evidence],
) -> None:
    graph = resources.graph
    held = [
        group
        for group in (*account.roles, *account.classes)
        if group.row in rows or not graph.ancestors(group.row).isdisjoint(rows)
    ]
    if held:
        items = [*identity, *(recorded(account, group, resources) for group in held[:3])]
        draft.say(f"Yes: {account.name} {_is_recorded_as(held[:3])}", items)
        return
    phrase, items = what_it_is(account, resources)
    asked = graph.name_of(rows[0]) if len(rows) == 1 else text
    if phrase:
        draft.say(
            f"Not recorded: {account.name} is not recorded under “{asked}”, but as {phrase}",
            [*identity, *items],
        )
    else:
        draft.note(f"Not recorded: no role and no class of {account.name} is held here.")
    draft.status = AnswerStatus.NO_EVIDENCE


def _is_recorded_as(groups: Sequence[Group]) -> str:
    names = listed([f"“{group.name}”" for group in groups])
    return f"is recorded under {names}"


# a disease


def _check_disease(
    account: Account,
    rows: Sequence[int],
    text: str,
    resources: Resources,
    draft: Draft,
    *,
    identity: Sequence[Evidence],
) -> None:
    """Whether a drug is given for a disease: by indications where the graph holds any.

    Otherwise by the kind of drug it is and the kind of disease, said to be that.
    """
    graph = resources.graph
    if Relation.DRUG_INDICATION in graph.relations:
        _check_indication(account, rows, text, resources, draft, identity=identity)
        return
    draft.status = AnswerStatus.NOT_HELD
    start = "bbqa holds no indications, so it does not know what a drug is given for"
    said, items = fit_for(account, rows, text, resources)
    if said:
        draft.say(f"{start}; {said}", [*identity, *items])
    else:
        draft.note(f"{start}; no role and no class of {account.name} is recorded either.")


def fit_for(
    account: Account, diseases: Sequence[int], text: str, resources: Resources
) -> tuple[str, list[Evidence]]:
    """Whether the kind of drug that something is fits a disease, as a clause with its evidence.

    Empty where neither roles nor classes are recorded.

    Args:
        account: What is recorded of the drug.
        diseases: Rows of the disease.
        text: What the disease is called.
        resources: The graph, and what must not be seen of it.
    """
    wanted = wanted_for(diseases, resources)
    groups = (*account.roles, *account.classes)
    fitting = [(group, kind) for group in groups if (kind := _is_for(group, wanted, resources))]
    if fitting:
        group, kind = fitting[0]
        of_kind = "" if kind == group.name else f", a kind of “{kind}”"
        said = f"{account.name} {_is_recorded_as([group])}{of_kind}, which fits {text}"
        return said, [recorded(account, group, resources)]
    phrase, items = what_it_is(account, resources)
    if not phrase:
        return "", []
    said = f"{account.name} is recorded as {phrase}"
    if wanted:
        said = f"{said}, and nothing recorded of it is {with_article(wanted[0])} role or class"
    return said, items


def _check_indication(
    account: Account,
    rows: Sequence[int],
    text: str,
    resources: Resources,
    draft: Draft,
    *,
    identity: Sequence[Evidence],
) -> None:
    graph = resources.graph
    facts = [
        fact
        for fact in visible.facts(account.row, resources, relations={Relation.DRUG_INDICATION})
        if (other := fact.other(account.row)) in rows or not graph.ancestors(other).isdisjoint(rows)
    ]
    if facts:
        items = [evidence_of([f], account.row, graph, about=account.about) for f in facts[:3]]
        draft.say(f"Yes: {account.name} is recorded to be given for {text}", [*identity, *items])
        return
    draft.note(f"Not recorded: bbqa holds no indication of {account.name} for {text}.")
    draft.status = AnswerStatus.NO_EVIDENCE
    _tell_kind(account, resources, draft)


def wanted_for(diseases: Collection[int], resources: Resources) -> list[str]:
    """Words for what is given against some diseases, by the kind of disease they are."""
    graph = resources.graph
    kinds = {graph.name_of(row) for row in diseases}
    kinds |= {graph.name_of(above) for row in diseases for above in graph.ancestors(row)}
    return [word for kind, words in _FOR if kind in kinds for word in words]


def _is_for(group: Group, wanted: Sequence[str], resources: Resources) -> str:
    """The name of a role or class, or of what it is a kind of, that has one of some words."""
    return names_any(group.row, wanted, resources)


def names_any(group: int, wanted: Sequence[str], resources: Resources) -> str:
    """The name of a role or class, or of what it is a kind of, that has one of some words.

    Empty if none has.
    """
    graph = resources.graph
    names = [spoken(graph.name_of(row)) for row in (group, *sorted(graph.ancestors(group)))]
    plain = [(name, re.sub(r"\W+", " ", name.lower())) for name in names]
    return next((name for name, words in plain if any(word in words for word in wanted)), "")
