"""Answers about drugs that a question names: what they are, how they act, on what, and what of it.

Responders of ``bbqa.answer.respond``; what they say of a drug is ``drug_account``'s.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import (
    MOST_MAIN,
    MOST_OTHERS,
    Account,
    account_of,
    form_evidence,
    full_name,
    in_words,
    leading_classes,
    leading_roles,
    named_in,
    recorded,
    title,
    what_it_is,
    what_target_does,
    with_article,
)
from bbqa.answer.drug_families import is_family, tell_family
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.retrieve import visible
from bbqa.retrieve.drug_groups import Group, is_combination
from bbqa.retrieve.primary_targets import Target
from bbqa.schema import AnswerStatus, Evidence, Modality, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST_GROUPS: Final = 12
"""Roles or classes that are listed where they are asked for."""
MOST_LISTED: Final = 20
"""Targets that are listed where they are asked for."""
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
        opening = f"{_capital(title(account.row, resources))} is"
        if set(query.aspects) == {NodeType.PROTEIN}:
            tell_targets(account, resources, draft, opening=opening, limit=query.limit)
            _tell_function(account, resources, draft)
        else:
            tell_overview(account, resources, draft, opening=opening)
    return True


def list_of_drug(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """The targets, roles or classes of one named drug."""
    drugs = _named(query)
    if len(drugs) != 1 or query.target not in _LISTED or query.experimental:
        return False
    if not asks_of(drugs[0].rows, query):
        return False
    if is_family(drugs[0]):
        tell_family(drugs[0], resources, draft)
        return True
    account = account_of(drugs[0].rows[0], resources, about=drugs[0].given.label)
    tell_listed(
        account, query, resources, draft, opening=f"{_capital(title(account.row, resources))} is"
    )
    return True


def shared_by_drugs(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """What two or three named drugs have in common in roles, classes and targets."""
    drugs = _named(query)
    if not 1 < len(drugs) < 4 or query.target is not None or query.constraints:
        return False
    accounts = [account_of(d.rows[0], resources, about=d.given.label) for d in drugs]
    tell_shared(accounts, resources, draft)
    return True


def compare_drugs(query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """What two or three named drugs share in roles, classes and targets, and how they differ."""
    drugs = _named(query)
    if not 1 < len(drugs) < 4 or len({d.rows[0] for d in drugs}) < len(drugs):
        return False
    accounts = [account_of(d.rows[0], resources, about=d.given.label) for d in drugs]
    tell_shared(accounts, resources, draft)
    for account in accounts:
        _tell_own(account, accounts, resources, draft)
    draft.status = AnswerStatus.ANSWERED
    return True


# what is told of a drug, named or attached


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
        draft.say(f"{opening.removesuffix(',').removesuffix(' is')}", items) if (
            "This is" in opening or account.parent != account.row
        ) else draft.note(f"{opening} a drug of which no role and no class is recorded.")
    else:
        draft.note(f"{opening} a drug of which no role and no class is recorded.")
    _tell_main(account, resources, draft)
    _tell_function(account, resources, draft)
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
            said = f"{said}; {_main_phrase(targets, resources)}{_of_forms(targets, resources)}"
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
        if NodeType.DRUG_CLASS in query.aspects or NodeType.ROLE in query.aspects:
            return
    elif query.target is NodeType.ROLE:
        _tell_groups(account, account.roles, "role", resources, draft, items=items)
    else:
        plain = [c for c in account.classes if not is_combination(c, account.classes)]
        rest = len(account.classes) - len(plain)
        _tell_groups(account, plain or account.classes, "class", resources, draft, items=items)
        if plain and rest:
            classes = "1 class" if rest == 1 else f"{rest} classes"
            draft.note(f"ATC also lists it in {classes} of combination products.")


# sentences


def _tell_main(account: Account, resources: Resources, draft: Draft, *, subject: str = "") -> None:
    """The main targets of a drug; that none stands out; that none is recorded."""
    main = account.main[:MOST_MAIN]
    if main:
        said = _main_phrase(account.main, resources, subject=subject)
        items = named_in(account, main, resources, most=MOST_MAIN + 2)
        draft.say(f"{_capital(said)}{_of_forms(main, resources)}", items)
        return
    if not account.targets:
        draft.note(f"No target of {account.name} is recorded here.")
        return
    shown = account.others[: MOST_OTHERS * 2] if len(account.others) > 60 else account.others
    said = in_words(shown, resources, most=MOST_OTHERS)
    draft.say(
        f"Activity of {account.name} is recorded on {said}{_of_forms(shown, resources)}; its roles "
        "and class point to no main target among these",
        named_in(account, shown, resources, most=MOST_OTHERS + 1),
    )


def _tell_function(account: Account, resources: Resources, draft: Draft) -> None:
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


def _of_forms(targets: Sequence[Target], resources: Resources) -> str:
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
    draft.say(f"{_capital(account.name)} {verb} {plural} {names}", [*items, *shown])


# two drugs


def tell_shared(accounts: Sequence[Account], resources: Resources, draft: Draft) -> None:
    """What all of some drugs have in common, what they are first; once in a draft."""
    names = listed([account.name for account in accounts])
    roles = _common(accounts, "roles")
    classes = _common(accounts, "classes")
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
        draft.note(f"{_capital(names)} have no recorded role, class or target in common.")


def _common(accounts: Sequence[Account], what: str) -> list[Group]:
    """Roles, classes or targets that all accounts have, in the order of the first."""
    others = [{one.row for one in getattr(account, what)} for account in accounts[1:]]
    first = getattr(accounts[0], what)
    return [one for one in first if all(one.row in rows for rows in others)]


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
        parts.append(f"{acts} {words}{_of_forms(shown, resources)}")
        items += named_in(account, shown, resources, most=MOST_OTHERS + 1)
    if parts:
        draft.say(f"{_capital(account.name)} {listed(parts)}", items)
    if not account.targets:
        draft.note(f"No target of {account.name} is recorded here.")


# words


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


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _possessive(name: str) -> str:
    return f"{name}'" if name.endswith("s") else f"{name}'s"


def _plural(name: str) -> str:
    return name if name.endswith("s") else f"{name}s"
