"""Answers about two or three drugs: what they share, and how they differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import (
    MOST_MAIN,
    MOST_OTHERS,
    Account,
    account_of,
    in_words,
    leading_classes,
    leading_roles,
    named_in,
    recorded,
    with_article,
)
from bbqa.answer.drug_sentences import MOST_LISTED, capital, of_forms
from bbqa.answer.molecular_identity import can_be_read, identity_evidence, known_as, opening_of
from bbqa.answer.structural_difference import difference
from bbqa.likeness import molecules_alike
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.retrieve.drug_groups import Group, is_combination
from bbqa.retrieve.primary_targets import Target
from bbqa.schema import AnswerStatus, Input, Modality, NodeType
from bbqa.subject import as_attached

if TYPE_CHECKING:
    from bbqa.resources import Resources


# responders


def shared_by_drugs(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What two or three drugs have in common in roles, classes and targets."""
    drugs = _drugs(query)
    rows = {row for subject in drugs for row in subject.rows}
    others = [one for one in query.constraints if not set(one.terms) <= rows]
    if not drugs or others or query.target not in (None, NodeType.PROTEIN):
        return False
    accounts = _accounts(drugs, resources, draft)
    if len(accounts) < len(drugs):
        return False
    if query.target is NodeType.PROTEIN:
        _tell_shared_targets(accounts, resources, draft)
    else:
        tell_shared(accounts, resources, draft)
    return True


def compare_drugs(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """What two or three drugs share in roles, classes and targets, and how they differ.

    Of structures that are no recorded drugs, how they differ as structures.
    """
    drugs = _drugs(query)
    if not drugs:
        return False
    accounts = _accounts(drugs, resources, draft)
    if len(accounts) == len(drugs):
        tell_shared(accounts, resources, draft)
        for account in accounts:
            _tell_own(account, accounts, resources, draft)
    structures = [as_attached(subject.given, resources.graph) for subject in drugs]
    readable = all(s.modality is Modality.MOLECULE and can_be_read(s) for s in structures)
    if len(drugs) == 2 and readable:
        _tell_structures(structures[0], structures[1], draft)
    return bool(draft.text)


def _drugs(query: Query) -> list[Subject]:
    """The subjects of a query, if they are two or three different drugs."""
    drugs = list(query.subjects)
    known = {subject.rows[0] if subject.rows else subject.given.digest for subject in drugs}
    fits = all(subject.type is NodeType.DRUG for subject in drugs)
    return drugs if fits and 1 < len(drugs) < 4 and len(known) == len(drugs) else []


def _accounts(drugs: Sequence[Subject], resources: Resources, draft: Draft) -> list[Account]:
    """What is recorded of each drug; attached ones are named first, unknown ones left out."""
    accounts: list[Account] = []
    for subject in drugs:
        given = subject.given
        if given.modality is not Modality.MOLECULE:
            accounts.append(account_of(subject.rows[0], resources, about=given.label))
            continue
        known = known_as(given, resources) if can_be_read(given) else None
        if known is None or not known.is_same:
            draft.note(f"{given.label} is no recorded drug.")
            continue
        said = opening_of(known, resources, subject=given.label)
        evidence = identity_evidence(given, known, resources)
        if said not in {claim.text for claim in draft.claims}:
            draft.say(said, [evidence])
        accounts.append(account_of(known.row, resources, about=given.label))
    return accounts


def _tell_structures(first: Input, second: Input, draft: Draft) -> None:
    """How alike two structures are, and what the first has for what the second has."""
    from rdkit import Chem, rdBase

    alike = list(molecules_alike(first, second))
    tanimoto = [item for item in alike if "Tanimoto" in item.statement]
    with rdBase.BlockLogs():
        words = difference(Chem.MolFromSmiles(first.value), Chem.MolFromSmiles(second.value))
    shown = tanimoto or alike[:1]
    if shown:
        said = shown[0].statement
        differs = f"; {first.label} differs by {words}" if words else ""
        draft.say(f"As structures, {said}{differs}", shown)


# sentences


def tell_shared(accounts: Sequence[Account], resources: Resources, draft: Draft) -> None:
    """What all of some drugs have in common, what they are first; once in a draft."""
    names = listed([account.name for account in accounts])
    roles = _common(accounts, "roles")
    classes = [c for c in _common(accounts, "classes") if not is_combination(c, ())]
    targets = _common(accounts, "targets")
    telling = [r for r in roles if any(r.row == x.row for x in leading_roles(accounts[0]))] or roles
    parts, items = [], []
    if telling:
        parts.append(f"are {listed([_plural(r.name) for r in telling[:3]])}")
    if classes:
        parts.append(f"belong to the ATC class “{classes[0].name}”")
    if targets:
        rows = {t.row for t in targets}
        shared = [t for t in accounts[0].targets if t.row in rows]
        parts.append(f"have recorded activity on {in_words(shared, resources, most=4)}")
    for account in accounts:
        own: list[Group | Target] = [
            *(r for r in account.roles if r.row in {x.row for x in telling[:3]}),
            *(c for c in account.classes if classes and c.row == classes[0].row),
            *[t for t in account.targets if t.row in {x.row for x in targets}][:2],
        ]
        items += [recorded(account, one, resources) for one in own]
    both = "Both" if len(accounts) == 2 else "All three of"
    said = f"{both} {names} {listed(parts)}"
    if parts and said not in {claim.text for claim in draft.claims}:
        draft.say(said, items)
    elif not parts:
        draft.note(f"{capital(names)} have no recorded role, class or target in common.")


def _common(accounts: Sequence[Account], what: str) -> list[Group]:
    """Roles, classes or targets that all accounts have, in the order of the first."""
    others = [{one.row for one in getattr(account, what)} for account in accounts[1:]]
    first = getattr(accounts[0], what)
    return [one for one in first if all(one.row in rows for rows in others)]


def _tell_shared_targets(accounts: Sequence[Account], resources: Resources, draft: Draft) -> None:
    """The targets that some drugs have in common, main ones of most of them first."""
    names = listed([account.name for account in accounts])
    shared = {target.row for target in _common(accounts, "targets")}
    score = dict.fromkeys(shared, 0.0)
    for account in accounts:
        for target in account.targets:
            if target.row in shared:
                score[target.row] += target.score
    first = sorted(
        (target for target in accounts[0].targets if target.row in shared),
        key=lambda target: -score[target.row],
    )
    if not first:
        draft.note(f"No target is recorded that {names} have in common.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return
    items = [
        recorded(account, target, resources)
        for shown in first[:MOST_MAIN]
        for account in accounts
        for target in account.targets
        if target.row == shown.row
    ]
    count = "one recorded target" if len(first) == 1 else f"{len(first)} recorded targets"
    words = in_words(first, resources, most=MOST_LISTED)
    draft.say(f"{capital(names)} share {count}: {words}", items)


def _tell_own(
    account: Account, accounts: Sequence[Account], resources: Resources, draft: Draft
) -> None:
    """What one drug has that the others have not: roles, class, main targets."""
    others = [other for other in accounts if other is not account]
    roles = [
        role
        for role in leading_roles(account)
        if all(role.row not in {r.row for r in other.roles} for other in others)
    ]
    known = [{t.row for t in other.targets} for other in others]
    targets = account.main or account.others
    targets = [t for t in targets if not all(t.row in rows for rows in known)]
    shown = targets[:MOST_MAIN] if account.main else targets
    classes = [
        one
        for one in leading_classes(account)[:1]
        if all(one.row not in {c.row for c in other.classes} for other in others)
    ]
    items = [recorded(account, one, resources) for one in (*roles, *classes)]
    parts = [f"is {with_article(listed([role.name for role in roles]))}"] if roles else []
    parts += [f"is in the ATC class “{one.name}”" for one in classes]
    if shown:
        words = in_words(shown, resources, most=MOST_OTHERS)
        acts = "acts mainly on" if account.main else "has recorded activity on"
        parts.append(f"{acts} {words}{of_forms(shown, resources)}")
        items += named_in(account, shown, resources, most=MOST_OTHERS + 1)
    if parts:
        draft.say(f"{capital(account.name)} {listed(parts)}", items)
    if not account.targets:
        draft.note(f"No target of {account.name} is recorded here.")


def _plural(name: str) -> str:
    return name if name.endswith("s") else f"{name}s"
