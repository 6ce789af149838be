"""Sentences about one drug, named or attached: what it is, on what it acts, what else is known."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import (
    MOST_MAIN,
    MOST_OTHERS,
    Account,
    form_evidence,
    full_name,
    in_words,
    leading_roles,
    named_in,
    recorded,
    title,
    what_it_is,
    what_target_does,
    with_article,
)
from bbqa.question.parsed import Query
from bbqa.retrieve.drug_groups import Group, is_combination
from bbqa.retrieve.primary_targets import Target
from bbqa.schema import AnswerStatus, Evidence, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST_GROUPS: Final = 12
"""Roles or classes that are listed where they are asked for."""
MOST_LISTED: Final = 20
"""Targets that are listed where they are asked for."""


def tell_overview(
    account: Account,
    resources: Resources,
    draft: Draft,
    *,
    opening: str,
    items: Sequence[Evidence] = (),
) -> None:
    """What a drug is, what it acts on, what its main target does, what else is recorded.

    Args:
        account: What is recorded of the drug.
        resources: The graph, and what must not be seen of it.
        draft: Where it is said.
        opening: The sentence up to what it is: ``Osimertinib (DB09330) is``.
        items: Evidence that the opening rests on.
    """
    phrase, grounds = what_it_is(account, resources)
    if account.parent != account.row:
        opening = f"{opening} a salt or ester of {title(account.parent, resources)},"
        items = [*items, form_evidence(account, resources)]
    if phrase:
        draft.say(f"{opening} {phrase}", [*items, *grounds])
    elif items:
        draft.say(opening.removesuffix(","), items)
    else:
        draft.note(f"{opening} a drug of which no role and no class is recorded.")
    _tell_main(account, resources, draft)
    tell_function(account, resources, draft)
    _tell_others(account, resources, draft)


def tell_targets(
    account: Account,
    resources: Resources,
    draft: Draft,
    *,
    opening: str,
    items: Sequence[Evidence] = (),
    limit: int | None = None,
    main: bool = False,
) -> None:
    """The targets of a drug, main ones first, in at most three sentences.

    Args:
        account: What is recorded of the drug.
        resources: The graph, and what must not be seen of it.
        draft: Where it is said.
        opening: The sentence up to what it is.
        items: Evidence that the opening rests on.
        limit: How many are wanted.
        main: Whether only the main ones are wanted.
    """
    phrase, grounds = what_it_is(account, resources)
    if items or phrase:
        said = f"{opening} {phrase}" if phrase else opening.removesuffix(",")
        targets = account.main[: limit or MOST_MAIN]
        if targets:
            said = f"{said}; {_main_phrase(targets, resources)}{of_forms(targets, resources)}"
            shown = named_in(account, targets, resources, most=MOST_MAIN + 2)
            draft.say(said, [*items, *grounds, *shown])
        else:
            draft.say(said, [*items, *grounds])
            _tell_main(account, resources, draft)
    else:
        _tell_main(account, resources, draft, subject=account.name)
    if not main and limit is None:
        _tell_others(account, resources, draft, most=MOST_LISTED)


def tell_listed(
    account: Account,
    query: Query,
    resources: Resources,
    draft: Draft,
    *,
    opening: str,
    items: Sequence[Evidence] = (),
) -> None:
    """The targets, roles or classes of a drug, whichever a query asks for."""
    if query.target is NodeType.PROTEIN:
        tell_targets(
            account,
            resources,
            draft,
            opening=opening,
            items=items,
            limit=query.limit,
            main=query.main,
        )
    elif query.target is NodeType.ROLE:
        _tell_groups(account, account.roles, "role", resources, draft, items=items)
    else:
        plain = [c for c in account.classes if not is_combination(c, account.classes)]
        rest = len(account.classes) - len(plain)
        _tell_groups(account, plain or account.classes, "class", resources, draft, items=items)
        if plain and rest:
            classes = "1 class" if rest == 1 else f"{rest} classes"
            draft.note(f"ATC also lists it in {classes} of combination products.")
        if roles := leading_roles(account):
            named = with_article(listed([role.name for role in roles]))
            draft.say(f"It is {named}", [recorded(account, role, resources) for role in roles])


# sentences


def _tell_main(account: Account, resources: Resources, draft: Draft, *, subject: str = "") -> None:
    """The main targets of a drug; that none stands out; that none is recorded."""
    main = account.main[:MOST_MAIN]
    if main:
        said = _main_phrase(account.main, resources, subject=subject)
        items = named_in(account, main, resources, most=MOST_MAIN + 2)
        draft.say(f"{capital(said)}{of_forms(main, resources)}", items)
        return
    if not account.targets:
        draft.note(f"No target of {account.name} is recorded here.")
        return
    shown = account.others[: MOST_OTHERS * 2] if len(account.others) > 60 else account.others
    said = in_words(shown, resources, most=MOST_OTHERS)
    draft.say(
        f"Activity of {account.name} is recorded on {said}{of_forms(shown, resources)}; its roles "
        "and class point to no main target among these",
        named_in(account, shown, resources, most=MOST_OTHERS + 1),
    )


def tell_function(account: Account, resources: Resources, draft: Draft) -> None:
    """What the main target of a drug does."""
    if account.main:
        said, facts = what_target_does(account, account.main[0], resources)
        if said:
            draft.say(said, facts)


def _main_phrase(main: Sequence[Target], resources: Resources, *, subject: str = "") -> str:
    whose = f"{_possessive(subject)}" if subject else "its"
    if len(main) <= 2:
        names = listed([full_name(target.row, resources) for target in main])
    else:
        names = in_words(main, resources, most=MOST_MAIN)
    verb = "target is" if len(main) == 1 else "targets are"
    return f"{whose} main recorded {verb} {names}"


def _tell_others(
    account: Account, resources: Resources, draft: Draft, *, most: int = MOST_OTHERS
) -> None:
    """What else a drug has recorded activity on, and on what the order rests."""
    others = account.others if account.main else []
    if not others:
        return
    names = in_words(others, resources, most=most)
    count = "one further protein" if len(others) == 1 else f"{len(others)} further proteins"
    draft.say(
        f"Activity is also recorded on {count}, to which its roles and class point less: {names}"
        "; potencies are not held",
        named_in(account, others, resources, most=most + 1),
    )


def of_forms(targets: Sequence[Target], resources: Resources) -> str:
    """Of which salts something is recorded: ``(PDGFRB and KIT: of imatinib mesylate)``."""
    graph = resources.graph
    of_form: dict[int, list[Target]] = {}
    for target in targets:
        if target.form:
            of_form.setdefault(target.drug, []).append(target)
    if not of_form:
        return ""
    names = listed([graph.name_of(drug) for drug in of_form])
    recorded_of = sum(len(some) for some in of_form.values())
    if recorded_of == len(targets):
        return f" (recorded of {names})"
    if recorded_of > MOST_OTHERS:
        return f" ({recorded_of} of them recorded of {names})"
    those = [graph.name_of(target.row) for some in of_form.values() for target in some]
    return f" ({listed(those, most=4)}: recorded of {names})"


def _tell_groups(
    account: Account,
    groups: Sequence[Group],
    what: str,
    resources: Resources,
    draft: Draft,
    *,
    items: Sequence[Evidence] = (),
) -> None:
    kind = "role" if what == "role" else "ATC class"
    if not groups:
        draft.note(f"No {kind} of {account.name} is recorded here.")
        draft.status = AnswerStatus.NO_EVIDENCE
        return
    plural = kind if len(groups) == 1 else f"{kind}es" if what == "class" else f"{kind}s"
    names = listed([f"“{g.name}”" if what == "class" else g.name for g in groups], most=MOST_GROUPS)
    shown = [recorded(account, group, resources) for group in groups[:MOST_GROUPS]]
    verb = "belongs to the" if what == "class" else "has the"
    salts = dict.fromkeys(group.drug for group in groups if group.form)
    of = [title(row, resources) for row in salts] if all(g.form for g in groups) else []
    note = f" (recorded of {listed(of)})" if of else ""
    draft.say(f"{capital(account.name)} {verb} {plural} {names}{note}", [*items, *shown])


# words


def capital(text: str) -> str:
    """A text with its first letter in upper case."""
    return text[:1].upper() + text[1:]


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"
