"""Answers about a family of drugs that one word names ("statins"): what most of them share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import Account, account_of, leading_classes, leading_roles, recorded
from bbqa.question.parsed import Subject
from bbqa.retrieve.drug_groups import Group
from bbqa.retrieve.primary_targets import Target
from bbqa.schema import Evidence, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MIN_MEMBERS: Final = 3
"""A name that so many drugs share is that of a family."""
MOST_MEMBERS: Final = 40
_NAMED: Final = 6
_CITED: Final = 3


def is_family(subject: Subject) -> bool:
    """Whether a name stands for several drugs."""
    return subject.type is NodeType.DRUG and len(subject.rows) >= MIN_MEMBERS


def tell_family(subject: Subject, resources: Resources, draft: Draft) -> None:
    """The members of a family, and the targets, roles and classes that most of them have.

    Args:
        subject: The family.
        resources: The graph, and what must not be seen of it.
        draft: Where it is said.
    """
    accounts = _akin(_members(subject, resources))
    names = listed(sorted(account.name for account in accounts), most=_NAMED)
    whole = len(accounts)
    targets = _common([account.main for account in accounts])
    roles = _common([leading_roles(account) for account in accounts])
    classes = _common([leading_classes(account) for account in accounts])
    parts, items = [], []
    if targets:
        named = [f"{resources.graph.name_of(row)} ({n} of {whole})" for row, n in targets[:_NAMED]]
        parts.append(f"act mainly on {listed(named)}")
        items += _cited(accounts, [row for row, _ in targets[:2]], resources)
    for what, found in (("have the role", roles), ("belong to the ATC class", classes)):
        if found:
            row, count = found[0]
            name = next(g.name for a in accounts for g in (*a.roles, *a.classes) if g.row == row)
            parts.append(f"{what} “{name}” ({count} of {whole})")
            items += _cited(accounts, [row], resources)
    called = subject.text[:1].upper() + subject.text[1:]
    start = f"{called} are {whole} drugs here ({names})"
    if parts:
        draft.say(f"{start}; they {listed(parts)}", items)
    else:
        draft.note(f"{start}; most of them have neither a target nor a role nor a class in common.")


def _members(subject: Subject, resources: Resources) -> list[Account]:
    """The drugs of a family, each once: salts stand for their parents."""
    rows: dict[int, None] = {}
    for row in subject.rows[:MOST_MEMBERS]:
        account = account_of(row, resources, about=subject.given.label)
        rows.setdefault(account.parent)
    return [account_of(row, resources, about=subject.given.label) for row in rows]


def _akin(accounts: Sequence[Account]) -> list[Account]:
    """The members that share a class or main target with at least half; all if nothing is shared.

    Names that end alike may be those of unrelated drugs.
    """
    groups = [leading_classes(account) for account in accounts]
    targets = [account.main for account in accounts]
    shared = {row for row, _ in (*_common(groups), *_common(targets))}
    kept = [
        account
        for account, some, others in zip(accounts, groups, targets, strict=True)
        if shared & ({group.row for group in some} | {target.row for target in others})
    ]
    return kept or list(accounts)


def _common(lists: Sequence[Sequence[Group] | Sequence[Target]]) -> list[tuple[int, int]]:
    """What at least half of the members have, and how many of them, commonest first."""
    counts = Counter(one.row for found in lists for one in found)
    return [(row, n) for row, n in counts.most_common() if 2 * n >= len(lists)]


def _cited(
    accounts: Sequence[Account], rows: Sequence[int], resources: Resources
) -> list[Evidence]:
    """Records of the first few members for some targets, roles or classes."""
    found = []
    for row in rows:
        held = [
            recorded(account, one, resources)
            for account in accounts
            for one in account.records
            if one.row == row
        ]
        found += held[:_CITED]
    return found
