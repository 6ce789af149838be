"""Answers about drugs that a question names: what they are, how they act, on what, and what of it.

Responders of ``bbqa.answer.respond``; what they say of a drug is ``drug_account``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft
from bbqa.answer.drug_account import Account, account_of, title
from bbqa.answer.drug_families import is_family, tell_family
from bbqa.answer.drug_sentences import (
    capital,
    tell_function,
    tell_listed,
    tell_overview,
    tell_targets,
)
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.retrieve import visible
from bbqa.schema import AnswerStatus, Modality, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

_LISTED: Final = frozenset({NodeType.PROTEIN, NodeType.ROLE, NodeType.DRUG_CLASS})


# responders


def describe_drug(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """What named drugs are, what they act on, and what their main target does."""
    drugs = _named(query)
    if not drugs or set(query.aspects) - _LISTED:
        return False
    for subject in drugs:
        if is_family(subject):
            tell_family(subject, resources, draft)
            continue
        account = account_of(subject.rows[0], resources, about=subject.given.label)
        opening = f"{capital(title(account.row, resources))} is"
        if set(query.aspects) == {NodeType.PROTEIN}:
            tell_targets(account, resources, draft, opening=opening, limit=query.limit)
            tell_function(account, resources, draft)
        else:
            tell_overview(account, resources, draft, opening=opening)
    return True


def list_of_drug(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """The targets, roles or classes of one named drug."""
    drugs = _named(query)
    if len(drugs) != 1 or query.target not in _LISTED or query.experimental:
        return False
    of_drug = all(set(one.terms) & set(drugs[0].rows) for one in query.constraints)
    if not of_drug or not asks_of(drugs[0].rows, query):
        return False
    if is_family(drugs[0]):
        tell_family(drugs[0], resources, draft)
        return True
    account = account_of(drugs[0].rows[0], resources, about=drugs[0].given.label)
    tell_listed(
        account, query, resources, draft, opening=f"{capital(title(account.row, resources))} is"
    )
    if query.target is NodeType.PROTEIN and not account.targets:
        draft.status = AnswerStatus.NO_EVIDENCE
    return True


# what a query asks for


def _named(query: Query) -> list[Subject]:
    """The subjects of a query, if all are drugs that the question names."""
    subjects = list(query.subjects)
    named = all(
        s.type is NodeType.DRUG and s.given.modality is Modality.ENTITY and s.rows for s in subjects
    )
    return subjects if named else []


def asks_of(rows: Sequence[int], query: Query) -> bool:
    """Whether a query asks for what is related to a drug directly, kinds of proteins apart.

    Args:
        rows: Rows of the drug; none for a structure that is no recorded drug.
        query: The query.
    """
    direct = {Relation.DRUG_PROTEIN, Relation.DRUG_ROLE, Relation.DRUG_CLASS}
    of_drug = [c for c in query.constraints if set(c.terms) & set(rows)]
    kinds = [c for c in query.constraints if c not in of_drug]
    plain = all(
        not (c.negated or c.through) and set(c.relations) <= direct for c in query.constraints
    )
    return plain and (not kinds or query.target is NodeType.PROTEIN)


def of_kind(account: Account, rows: Sequence[int], query: Query, resources: Resources) -> Account:
    """An account with those targets alone that are of the kinds that a query asks for."""
    kinds = [c.terms for c in query.constraints if not set(c.terms) & set(rows)]
    kept = tuple(
        target
        for target in account.targets
        if all(_is_of(target.row, terms, resources) for terms in kinds)
    )
    return replace(account, targets=kept) if kept else account


def _is_of(protein: int, terms: Sequence[int], resources: Resources) -> bool:
    """Whether a protein has one of some terms or a descendant of it."""
    graph = resources.graph
    own = {fact.other(protein) for fact in visible.facts(protein, resources)}
    return any(row in terms or not graph.ancestors(row).isdisjoint(terms) for row in own)
