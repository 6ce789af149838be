"""How one molecule differs from another, in a chemist's words: "Br for Cl and ethyl for methyl".

The two are laid on each other by their largest common substructure, in which elements may differ.
Where the atoms laid on each other differ, one element stands for another; what is left over of
either is a substituent, named if it is a common one.

Source: Cao, Jiang and Girke, Bioinformatics 24:i366 (2008), doi:10.1093/bioinformatics/btn186, for
largest common substructures; RDKit's FindMCS (Dalke and Hastings, J. Cheminform. 5:O6, 2013).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, cast

if TYPE_CHECKING:
    from rdkit.Chem import Atom, Mol

TIMEOUT_S: Final = 1
LONGEST_CHAIN: Final = 4
"""Atoms of a chain that are named with its end."""
MOST: Final = 4
"""Most differences that are listed."""
LEAST_COMMON: Final = 0.6
"""Share of the larger molecule's heavy atoms that must be common for differences to be listed."""

_SUBSTITUENTS: Final = {
    "*C": "methyl",
    "*CC": "ethyl",
    "*CCC": "propyl",
    "*C(C)C": "isopropyl",
    "*C(C)(C)C": "tert-butyl",
    "*CCCC": "butyl",
    "*C1CC1": "cyclopropyl",
    "*C1CCCC1": "cyclopentyl",
    "*C1CCCCC1": "cyclohexyl",
    "*C=C": "vinyl",
    "*C#C": "ethynyl",
    "*C#N": "cyano",
    "*F": "fluoro",
    "*Cl": "chloro",
    "*Br": "bromo",
    "*I": "iodo",
    "*O": "hydroxy",
    "*OC": "methoxy",
    "*OCC": "ethoxy",
    "*OCCC": "propoxy",
    "*OC(C)C": "isopropoxy",
    "*N": "amino",
    "*NC": "methylamino",
    "*N(C)C": "dimethylamino",
    "*[N+](=O)[O-]": "nitro",
    "*S": "sulfanyl",
    "*SC": "methylthio",
    "*S(C)(=O)=O": "methylsulfonyl",
    "*S(N)(=O)=O": "sulfamoyl",
    "*C(F)(F)F": "trifluoromethyl",
    "*C(F)F": "difluoromethyl",
    "*OC(F)(F)F": "trifluoromethoxy",
    "*C=O": "formyl",
    "*C(C)=O": "acetyl",
    "*C(=O)O": "carboxy",
    "*C(=O)OC": "methoxycarbonyl",
    "*C(=O)OCC": "ethoxycarbonyl",
    "*C(N)=O": "carbamoyl",
    "*c1ccccc1": "phenyl",
    "*Cc1ccccc1": "benzyl",
    "*N1CCOCC1": "morpholino",
    "*N1CCCCC1": "piperidino",
    "*N1CCNCC1": "piperazinyl",
    "*N1CCN(C)CC1": "4-methylpiperazinyl",
    "*OC(C)=O": "acetoxy",
    "*NC(C)=O": "acetamido",
    "*CCO": "2-hydroxyethyl",
    "*CCOC": "2-methoxyethyl",
    "*OCCOC": "2-methoxyethoxy",
    "*CC(F)(F)F": "2,2,2-trifluoroethyl",
    "*CC1CC1": "cyclopropylmethyl",
    "*CO": "hydroxymethyl",
    "*CN": "aminomethyl",
    "*=O": "oxo",
}
"""Names of substituents by their SMILES, ``*`` standing for what they are attached to."""


_HALOGENS: Final = frozenset({"F", "Cl", "Br", "I"})


@dataclass(frozen=True, slots=True)
class Laid:
    """Two molecules laid on each other: numbers of atoms, pairwise."""

    first: tuple[int, ...]
    second: tuple[int, ...]


def difference(first: Mol, second: Mol) -> str:
    """What the first molecule has for what the second has: ``Br for Cl and ethyl for methyl``.

    Empty where they have too little in common to say so in a few words.

    Args:
        first: A molecule.
        second: What it is compared with.
    """
    laid = _laid_on(first, second)
    if laid is None:
        return ""
    found = list(_differences(first, second, laid))
    if not found or len(found) > MOST or not all(found):
        return ""
    counted = Counter(found)
    words = [f"{words} ({count} times)" if count > 1 else words for words, count in counted.items()]
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _laid_on(first: Mol, second: Mol) -> Laid | None:
    """Which atoms lie on each other; None where the common part is small."""
    from rdkit.Chem import MolFromSmarts, rdFMCS

    common = rdFMCS.FindMCS(
        [first, second],
        timeout=TIMEOUT_S,
        atomCompare=rdFMCS.AtomCompare.CompareAny,
        bondCompare=rdFMCS.BondCompare.CompareOrder,
        ringMatchesRingOnly=True,
        completeRingsOnly=True,
    )
    larger = max(first.GetNumHeavyAtoms(), second.GetNumHeavyAtoms())
    if common.canceled or common.numAtoms < LEAST_COMMON * larger:
        return None
    pattern = MolFromSmarts(common.smartsString)
    ways = [
        Laid(one, other)
        for one in first.GetSubstructMatches(pattern, uniquify=False, maxMatches=20)
        for other in second.GetSubstructMatches(pattern, maxMatches=20)
    ]
    return min(ways, key=lambda laid: _unlike(first, second, laid), default=None)


def _unlike(first: Mol, second: Mol, laid: Laid) -> tuple[int, int]:
    """How many pairs of atoms differ in element, and in how many neighbours they have."""
    pairs = [
        (first.GetAtomWithIdx(a), second.GetAtomWithIdx(b))
        for a, b in zip(laid.first, laid.second, strict=True)
    ]
    elements = sum(a.GetAtomicNum() != b.GetAtomicNum() for a, b in pairs)
    return elements, sum(a.GetDegree() != b.GetDegree() for a, b in pairs)


def _differences(first: Mol, second: Mol, laid: Laid) -> Iterator[str]:
    """Each difference in words; the empty words stand for one that has no short name."""
    grown = _grown(first, laid.first) | _grown_of_other(second, laid)
    for a, b in zip(laid.first, laid.second, strict=True):
        one, other = first.GetAtomWithIdx(a), second.GetAtomWithIdx(b)
        whole = a in grown and _are_ends(first, second, (a, b), laid)
        if one.GetAtomicNum() != other.GetAtomicNum() and not whole:
            yield _element(one, other)
        if a in grown:
            yield _exchanged(first, second, (a, b), laid, whole=whole)


def _element(one: Atom, other: Atom) -> str:
    """One atom for another: ``Br for Cl``, ``hydroxy for amino``, ``N for O in a ring``."""
    pair = [atom.GetSymbol() for atom in (one, other)]
    single = all(
        a.GetDegree() == 1 and a.GetBonds()[0].GetBondTypeAsDouble() == 1 for a in (one, other)
    )
    names = [_SUBSTITUENTS.get(f"*{symbol}", "") for symbol in pair]
    if single and all(names) and not set(pair) <= _HALOGENS:
        pair = names
    ring = " in a ring" if one.IsInRing() else ""
    return f"{pair[0]} for {pair[1]}{ring}"


def _grown(mol: Mol, matched: tuple[int, ...]) -> frozenset[int]:
    """Matched atoms that bear something that is not matched."""
    return frozenset(atom for atom in matched if _out(mol, atom, matched))


def _grown_of_other(second: Mol, laid: Laid) -> frozenset[int]:
    """The same for the second molecule, by the atoms of the first."""
    partner = dict(zip(laid.second, laid.first, strict=True))
    return frozenset(partner[atom] for atom in _grown(second, laid.second))


def _are_ends(first: Mol, second: Mol, pair: tuple[int, int], laid: Laid) -> bool:
    """Whether two atoms laid on each other are ends of the common part."""
    a, b = pair
    within = (
        first.GetAtomWithIdx(a).GetDegree() - _out(first, a, laid.first),
        second.GetAtomWithIdx(b).GetDegree() - _out(second, b, laid.second),
    )
    return within == (1, 1)


def _exchanged(first: Mol, second: Mol, pair: tuple[int, int], laid: Laid, *, whole: bool) -> str:
    """What stands at an atom of the first for what stands there in the second.

    An end of a chain is named with the rest of it: ethyl for methyl, not an additional methyl.
    Empty where either is more than a substituent.
    """
    mine = _substituents(first, pair[0], laid.first, whole=whole)
    theirs = _substituents(second, pair[1], laid.second, whole=whole)
    if "" in (*mine, *theirs):
        return ""
    if mine and theirs:
        return f"{' and '.join(mine)} for {' and '.join(theirs)}"
    return f"an additional {' and '.join(mine)}" if mine else f"{' and '.join(theirs)} missing"


def _out(mol: Mol, atom: int, matched: tuple[int, ...]) -> int:
    """How many neighbours of an atom are not matched."""
    inside = set(matched)
    return sum(n.GetIdx() not in inside for n in mol.GetAtomWithIdx(atom).GetNeighbors())


def _substituents(mol: Mol, atom: int, matched: tuple[int, ...], *, whole: bool) -> list[str]:
    """Names of what hangs on an atom; with itself if it is the end of a chain."""
    chain = _chain(mol, atom, matched) if whole else []
    inside = set(matched) - set(chain)
    around = [n.GetIdx() for n in mol.GetAtomWithIdx(atom).GetNeighbors()]
    starts = chain[-1:] if whole else [index for index in around if index not in inside]
    return [_named(mol, _reached(mol, start, inside), start, inside) for start in starts]


def _chain(mol: Mol, end: int, matched: tuple[int, ...]) -> list[int]:
    """The matched atoms from the end of a chain back to where it hangs on a ring or branches."""
    chain, inside = [end], set(matched)
    while len(chain) < LONGEST_CHAIN:
        atom = mol.GetAtomWithIdx(chain[-1])
        back = [n for n in atom.GetNeighbors() if n.GetIdx() in inside and n.GetIdx() not in chain]
        if len(back) != 1 or back[0].IsInRing() or back[0].GetDegree() > 2:
            break
        if back[0].GetSymbol() not in ("C", "O"):
            break
        chain.append(back[0].GetIdx())
    return chain


def _reached(mol: Mol, start: int, inside: set[int]) -> set[int]:
    """All atoms that are reached from one without passing through the common part."""
    found, todo = {start}, [start]
    while todo:
        for neighbour in mol.GetAtomWithIdx(todo.pop()).GetNeighbors():
            index = neighbour.GetIdx()
            if index not in inside and index not in found:
                found.add(index)
                todo.append(index)
    return found


def _named(mol: Mol, members: set[int], start: int, inside: set[int]) -> str:
    """A substituent's name, or its SMILES where it has none; empty if it is part of a ring."""
    from rdkit import Chem, rdBase

    border = {n.GetIdx() for i in members for n in mol.GetAtomWithIdx(i).GetNeighbors()} & inside
    if len(border) != 1:
        return ""
    (attached,) = border
    editable = Chem.RWMol(mol)
    editable.ReplaceAtom(attached, Chem.Atom(0))
    atoms = sorted(members | border)
    with rdBase.BlockLogs():
        written = Chem.MolFragmentToSmiles(editable, atomsToUse=atoms, isomericSmiles=False)
        parsed = cast("Mol | None", Chem.MolFromSmiles(written))
    if parsed is None:
        return ""
    smiles = Chem.MolToSmiles(parsed)
    if "[" in smiles.replace("[N+]", "").replace("[O-]", ""):
        return ""
    return _SUBSTITUENTS.get(smiles) or f"the group {smiles.replace('*', '-', 1)}"
