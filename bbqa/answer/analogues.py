"""The nearest recorded drugs of a molecule: how near, how different, and what they suggest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.drug_account import (
    Account,
    account_of,
    in_words,
    leading_roles,
    recorded,
    spoken_name,
    title,
    with_article,
)
from bbqa.answer.structural_difference import difference
from bbqa.retrieve.identity import SKELETON
from bbqa.retrieve.molecules import analogue_evidence
from bbqa.retrieve.primary_targets import Target
from bbqa.retrieve.similarity import Analogue
from bbqa.retrieve.visible import analogues
from bbqa.schema import Evidence, Input, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

SHOWN: Final = 3
MOST_LENT: Final = 6
"""Targets of analogues that are named."""
CLOSE: Final = 0.5
"""Least Tanimoto at which two drugs in three share a target (``retrieve.similarity``)."""
LOOKED_AT: Final = 12
_CHANNELS: Final = frozenset({"Q12809"})
"""hERG (KCNH2), the channel that a candidate is tested on for arrhythmia."""
_HARMFUL: Final = "CHEBI:52209"
"""ChEBI's aetiopathogenetic roles: toxins, teratogens, carcinogens."""


@dataclass(frozen=True, slots=True)
class Near:
    """A recorded drug that resembles a molecule.

    Attributes:
        analogue: Which, and how similar.
        differs: What the molecule has for what the drug has ("Br for Cl"); empty if that cannot
            be said in a few words.
    """

    analogue: Analogue
    differs: str

    @property
    def row(self) -> int:
        """Row of the drug."""
        return self.analogue.node


def nearest(given: Input, resources: Resources, *, k: int = SHOWN) -> list[Near]:
    """The ``k`` drugs most similar to a molecule, each skeleton once, itself and its isomers not.

    Args:
        given: A molecule with its structure.
        resources: The graph and its index of fingerprints, and what must not be seen of them.
        k: How many.
    """
    from rdkit import Chem, rdBase

    molecules = resources.graph.molecules
    seen = {given.digest[:SKELETON]}
    found: list[Near] = []
    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(given.value)
        for analogue in analogues(given, resources, k=k + LOOKED_AT):
            number = molecules.index_of_node(analogue.node)
            key = "" if number is None else molecules.inchikeys[number][:SKELETON]
            if len(found) < k and key not in seen:
                seen.add(key)
                other = None if number is None else Chem.MolFromSmiles(_parent(number, resources))
                found.append(Near(analogue, difference(mol, other) if other else ""))
    return found


def _parent(number: int, resources: Resources) -> str:
    from bbqa.structure import read_structure

    return read_structure(resources.graph.molecules.smiles[number]).smiles


def tell_nearest(
    given: Input, found: Sequence[Near], resources: Resources, draft: Draft, *, opening: str
) -> None:
    """Which recorded drugs are nearest, and how a molecule differs from them.

    Args:
        given: The molecule.
        found: Its analogues, the nearest first.
        resources: The graph.
        draft: Where it is said.
        opening: The sentence up to the first of them.
    """
    evidence = [analogue_evidence(given, near.analogue, resources.graph) for near in found]
    names = [_with_likeness(near, resources) for near in found]
    first = f"{opening} {names[0]}"
    if found[0].differs:
        first = f"{first}, from which it differs by {found[0].differs}"
    draft.say(first, evidence[:1])
    if found[1:]:
        others = [
            f"{name}{f' ({near.differs})' if near.differs else ''}"
            for name, near in zip(names[1:], found[1:], strict=True)
        ]
        draft.say(f"Next come {listed(others)}", evidence[1:])


def _with_likeness(near: Near, resources: Resources) -> str:
    return f"{title(near.row, resources)}, Tanimoto {near.analogue.similarity:.2f}"


def tell_lent(given: Input, found: Sequence[Near], resources: Resources, draft: Draft) -> bool:
    """On what a molecule probably acts, as its analogues do; False if they have no targets.

    Targets that several analogues have come first.
    """
    accounts = [
        account_of(near.row, resources, about=given.label, status=Status.INFERRED) for near in found
    ]
    lent = _lent(accounts)
    if not lent:
        return False
    near = found[0].analogue.similarity
    first = next(account for account in accounts if account.targets)
    shown = lent[:MOST_LENT]
    lenders = [a for a in accounts if any(t.row in {x.row for x in shown} for t in a.targets)]
    names = listed([account.name for account in lenders])
    items = _evidence_of(shown, lenders, resources)
    roles = leading_roles(first)[:2]
    kind = with_article(listed([role.name for role in roles])) if roles else ""
    acts = "probably acts" if near >= CLOSE else "may act"
    draft.say(
        f"It {acts} on {in_words(lent, resources, most=MOST_LENT)}: this is recorded of {names}, "
        f"not of the compound itself{f'; {first.name} is {kind}' if kind else ''}",
        [*items, *(recorded(first, role, resources) for role in roles)],
    )
    return True


def _lent(accounts: Sequence[Account]) -> list[Target]:
    """Targets of some analogues, by their scores with the nearer ones and how many have them.

    Of one that a single analogue has, only if it is a main target of that.
    """
    counts = Counter(target.row for account in accounts for target in account.targets)
    weight: dict[int, float] = {}
    target_of: dict[int, Target] = {}
    for place, account in enumerate(accounts):
        for target in account.targets:
            if counts[target.row] == 1 and not target.is_primary:
                continue
            worth = max(target.score, 0.02) / (1 + place)
            weight[target.row] = weight.get(target.row, 0.0) + worth
            target_of.setdefault(target.row, target)
    return [target_of[row] for row in sorted(weight, key=lambda row: (-weight[row], row))]


def _evidence_of(
    shown: Sequence[Target], lenders: Sequence[Account], resources: Resources
) -> list[Evidence]:
    items = []
    for target in shown:
        for account in lenders:
            mine = next((t for t in account.targets if t.row == target.row), None)
            if mine is not None:
                items.append(recorded(account, mine, resources))
                break
    return items


def harmful_of(
    given: Input, found: Sequence[Near], resources: Resources
) -> tuple[list[str], list[Evidence]]:
    """What its analogues are recorded to do that a molecule should not: toxic roles, hERG, CYPs."""
    graph = resources.graph
    told: list[str] = []
    items: list[Evidence] = []
    for near in found:
        account = account_of(near.row, resources, about=given.label, status=Status.INFERRED)
        toxic = [role for role in account.roles if is_harmful(role.row, resources)]
        channel = [t for t in account.targets if graph.node_id(t.row) in _CHANNELS]
        name = spoken_name(graph.name_of(near.row))
        if toxic:
            told.append(f"{name} is recorded as a {listed([role.name for role in toxic])}")
        if channel:
            told.append(f"{name} has recorded activity on hERG (KCNH2)")
        items += [recorded(account, role, resources) for role in toxic]
        items += [recorded(account, target, resources) for target in channel]
    return told, items


def is_harmful(role: int, resources: Resources) -> bool:
    """Whether a role is that of a toxin, teratogen, carcinogen or allergen."""
    above = resources.graph.row(_HARMFUL)
    return above is not None and above in resources.graph.ancestors(role)
