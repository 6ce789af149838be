"""What is recorded of a drug, ranked, and in the phrases that answers are made of."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import listed
from bbqa.kg.graph import Fact
from bbqa.retrieve.drug_groups import LEAST, Group, is_combination, ranked_classes, ranked_roles
from bbqa.retrieve.facts import evidence_of, facts_about
from bbqa.retrieve.forms import METHOD, parent_of
from bbqa.retrieve.primary_targets import SUBUNITS, Target, acting_on, ranked_targets, together
from bbqa.retrieve.visible import neighbours
from bbqa.schema import Evidence, Kind, NodeType, Relation, Status, Triple

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST_ROLES: Final = 3
MOST_MAIN: Final = 6
MOST_OTHERS: Final = 5
"""So many roles, main targets and other targets are named in a sentence."""
AS_WELL: Final = 0.9
"""Share of the score of the class that fits best, from which on another one is named beside it."""
_SPELLED: Final = re.compile(r"[AEFHILMNORSX](?:[A-Z]|\d|-|\()")
"""The beginning of a word that is spelled out and begins with a vowel then: HIV, H1, NAD."""
_COMPLEX: Final = "GO:0032991"
_MOST_OF: Final = 0.8
"""Share of the targets that must be part of a complex for it to be named."""


@dataclass(frozen=True, slots=True)
class Account:
    """What is recorded of a drug.

    Attributes:
        row: Row of the drug.
        name: Its name, as it stands in the middle of a sentence.
        about: Label of the input or entity that it is.
        roles: Its roles, what it is first.
        classes: Its classes, the most fitting first.
        targets: Its targets, main ones first.
        parent: Row of the drug of which it is a salt or ester; itself if it is none.
        status: Status of what is recorded of it as evidence about the input.
    """

    row: int
    name: str
    about: str
    roles: tuple[Group, ...]
    classes: tuple[Group, ...]
    targets: tuple[Target, ...]
    parent: int
    status: Status = Status.CURATED

    @property
    def main(self) -> list[Target]:
        """The main targets."""
        return [target for target in self.targets if target.is_primary]

    @property
    def others(self) -> list[Target]:
        """All other targets, those that few drugs share first."""
        return [target for target in self.targets if not target.is_primary]

    @property
    def records(self) -> list[Group | Target]:
        """Targets, roles and classes."""
        return [*self.targets, *self.roles, *self.classes]

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all is recorded."""
        return not (self.roles or self.classes or self.targets)


def account_of(
    row: int, resources: Resources, *, about: str, status: Status = Status.CURATED
) -> Account:
    """All that is recorded of a drug and its salts and esters.

    Args:
        row: Row of the drug.
        resources: The graph, and what must not be seen of it.
        about: Label of the input or entity that it is.
        status: Inferred if the input is only like it.
    """
    targets = ranked_targets(row, resources)
    if not any(target.is_primary for target in targets):
        targets = _least_common_first(targets, resources)
    return Account(
        row,
        spoken_name(resources.graph.name_of(row)),
        about,
        tuple(ranked_roles(row, targets, resources)),
        tuple(ranked_classes(row, targets, resources)),
        tuple(targets),
        row if (parent := parent_of(row, resources)) is None else parent,
        status,
    )


def _least_common_first(targets: Sequence[Target], resources: Resources) -> list[Target]:
    """Targets of which none stands out: complexes first, then those on which few drugs act."""
    groups = together(targets, resources)
    groups.sort(key=lambda group: (len(group) < SUBUNITS, acting_on(group[0].row, resources)))
    return [target for group in groups for target in group]


def spoken_name(name: str) -> str:
    """A drug's name within a sentence: ``imatinib``, but ``AMG 510`` as it is."""
    first = name.split(" ", maxsplit=1)[0]
    return name[:1].lower() + name[1:] if first[1:].islower() and first[:1].isupper() else name


def title(row: int, resources: Resources) -> str:
    """``imatinib (DB00619)``."""
    graph = resources.graph
    return f"{spoken_name(graph.name_of(row))} ({graph.node_id(row)})"


# evidence


def recorded(account: Account, item: Group | Target, resources: Resources) -> Evidence:
    """The record of a role, class or target, said of the form that it is recorded of."""
    graph = resources.graph
    subject = f"{graph.name_of(item.drug)}, {item.form}," if item.form else ""
    return evidence_of(
        item.facts,
        item.drug,
        graph,
        about=account.about,
        subject=subject,
        because=METHOD if item.form else "",
        status=account.status,
        score=item.score,
    )


def of_facts(
    facts: Sequence[Fact], row: int, resources: Resources, *, about: str, status: Status
) -> Evidence:
    """Facts of another drug as evidence about an input."""
    return evidence_of(facts, row, resources.graph, about=about, status=status)


def form_evidence(account: Account, resources: Resources) -> Evidence:
    """That a drug is a salt or ester of another."""
    graph = resources.graph
    ids = graph.node_id(account.row), graph.node_id(account.parent)
    return Evidence(
        number=0,
        statement=(
            f"{graph.name_of(account.row)} is a salt or ester of {graph.name_of(account.parent)}"
        ),
        kind=Kind.IDENTITY,
        status=Status.COMPUTED,
        source=METHOD,
        release="",
        nodes=ids,
        type=NodeType.DRUG,
        score=1.0,
        about=account.about,
        triple=Triple(ids[0], "is", ids[1]),
    )


# phrases


def what_it_is(account: Account, resources: Resources) -> tuple[str, list[Evidence]]:
    """``a tyrosine kinase inhibitor and antineoplastic agent (ATC class: …)`` and its evidence.

    Empty where neither a role nor a class is recorded.
    """
    roles = leading_roles(account)
    classes = leading_classes(account)
    items = [recorded(account, one, resources) for one in (*roles, *classes)]
    names = listed([f"“{group.name}”" for group in classes])
    if not roles and not classes:
        return "", []
    if not roles:
        return f"a drug of the ATC class{_es(classes)} {names}", items
    phrase = with_article(listed([role.name for role in roles]))
    return (f"{phrase} (ATC class{_es(classes)} {names})" if classes else phrase), items


def leading_roles(account: Account) -> list[Group]:
    """The roles that say best what a drug is."""
    telling = [role for role in account.roles if role.score >= LEAST][:MOST_ROLES]
    if telling:
        floor = telling[0].score / 3
        return [role for role in telling if role.score >= floor]
    return [] if account.classes else list(account.roles[:1])


def leading_classes(account: Account) -> list[Group]:
    """The class that fits a drug best, and a second one that fits as well."""
    plain = [one for one in account.classes if not is_combination(one, account.classes)]
    shown = plain or list(account.classes)
    return [one for one in shown[:2] if one.score >= AS_WELL * shown[0].score]


def in_words(targets: Sequence[Target], resources: Resources, *, most: int) -> str:
    """Targets as a list: symbols, and one name for the subunits of a complex."""
    graph = resources.graph
    names: list[str] = []
    shown = 0
    for group in together(targets, resources):
        known = _jointly(group, resources)
        if len(group) >= SUBUNITS and known:
            symbols = listed([graph.name_of(t.row) for t in group], most=2)
            names.append(f"{len(group)} {known} ({symbols})")
            shown += 1
        else:
            names += [graph.name_of(target.row) for target in group]
    return listed(names, most=most if len(names) > most + 1 else None)


def _jointly(group: Sequence[Target], resources: Resources) -> str:
    """What some targets are together: ``subunits of the …``, ``tubulin proteins``; or empty."""
    if found := _complex_of(group, resources):
        return f"subunits of the {found}"
    nodes = [resources.graph.node(target.row) for target in group]
    first = Counter(
        word for node in nodes for word in {name.split(" ")[0].lower() for name in node.synonyms}
    )
    word, count = first.most_common(1)[0] if first else ("", 0)
    return f"{word} proteins" if count >= _MOST_OF * len(group) and word.isalpha() else ""


def _complex_of(group: Sequence[Target], resources: Resources) -> str:
    """The most special complex that most of some targets are part of; empty if there is none."""
    graph = resources.graph
    root = graph.row(_COMPLEX)
    counts = Counter(
        row
        for target in group
        for row in neighbours(target.row, Relation.CELLCOMP_PROTEIN, resources)
    )
    shared = [
        row
        for row, count in counts.items()
        if count >= _MOST_OF * len(group) and root is not None and root in graph.ancestors(row)
    ]
    information = graph.information_content()
    best = max(shared, key=lambda row: (float(information[row]), row), default=None)
    return "" if best is None else graph.name_of(best)


def named_in(
    account: Account, targets: Sequence[Target], resources: Resources, *, most: int
) -> list[Evidence]:
    """Evidence for the targets that ``in_words`` names, two for a complex."""
    items: list[Evidence] = []
    for group in together(targets, resources):
        shown = group[:2] if len(group) >= SUBUNITS and _jointly(group, resources) else group
        items += [recorded(account, target, resources) for target in shown]
    return items[:most]


def full_name(protein: int, resources: Resources) -> str:
    """``XDH (xanthine dehydrogenase/oxidase)``: a gene's symbol and its protein's name."""
    node = resources.graph.node(protein)
    long = next((s for s in node.synonyms if " " in s or len(s) > 8), "")
    if not long:
        return node.name
    words = long.split(" ", maxsplit=1)[0]
    plain = long[:1].lower() + long[1:] if words[1:].islower() else long
    return f"{node.name} ({plain})"


def what_target_does(
    account: Account, target: Target, resources: Resources
) -> tuple[str, list[Evidence]]:
    """``EGFR enables …``: the function of a target that tells most; empty if none is recorded."""
    found = facts_about(
        target.row,
        [NodeType.MOLECULAR_FUNCTION],
        resources,
        about=account.about,
        because=f"a target of {account.name}",
    )
    found = [one for one in found if not resources.graph.name_of(one.row).endswith("binding")]
    best = max(
        found, key=lambda one: (one.evidence.score * one.specificity, -one.row), default=None
    )
    if best is None:
        return "", []
    return best.evidence.statement, [best.evidence]


def with_article(words: str) -> str:
    """``an antineoplastic agent``."""
    spelled = _SPELLED.match(words) is not None
    return f"an {words}" if spelled or words[:1] in "aeiouAEIO" else f"a {words}"


def _es(groups: Sequence[Group]) -> str:
    return "es" if len(groups) > 1 else ""
