"""SMILES or InChI -> a standardised structure with its InChIKey, or an error that shows the atom.

Standardised means: functional groups drawn one way, counter-ions and solvent removed, charges
neutralised where a proton can come or go, stereochemistry kept. The same drug bought as its
hydrochloride and as its free base therefore has one InChIKey. RDKit is imported at the top (a
quarter of a second), so this module itself is imported only where a molecule is at hand.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from rdkit import Chem, rdBase
from rdkit.Chem import Mol, rdinchi, rdqueries
from rdkit.Chem.MolStandardize import rdMolStandardize

from bbqa.errors import InputError

MAX_HEAVY_ATOMS: Final = 500
"""More than any small molecule has; cyclosporin has 85."""

MAX_CHARACTERS: Final = 20_000
"""A SMILES of 500 heavy atoms stays far below; longer text is not worth parsing."""

_INCHI: Final = "InChI="

# Alkali and alkaline earth metals, by atomic number: a bond drawn to one of them means a salt.
# Bonds to other metals hold a complex together: cisplatin without them would be ammonia.
_SALT_METALS: Final = frozenset({3, 4, 11, 12, 19, 20, 37, 38, 55, 56})

# A carbon bound to carbon or hydrogen: what carbonate, carbon monoxide and cyanide do not have.
_ORGANIC_CARBON: Final = Chem.MolFromSmarts("[#6;$([#6][#6]),$([#6;!H0])]")

_ATOM: Final = re.compile(r"\[[^\]]*\]|Br|Cl|[BCNOPSFIbcnops*]")
_BRACKET: Final = re.compile(r"\[[^\]]*\]")
_RING_NUMBER: Final = re.compile(r"%\(\d+\)|%\d\d|\d")
_CARET_WINDOW: Final = 60

_HINT: Final = "correct the structure, and put it in quotes for the shell"


@dataclass(frozen=True, slots=True)
class Structure:
    """A standardised molecule.

    Attributes:
        smiles: Canonical isomeric SMILES.
        inchikey: InChIKey, the fingerprint under which it is known everywhere.
        name: What stood behind the SMILES, as in a line of a ``.smi`` file; usually empty.
        notes: What was changed on the way in.
    """

    smiles: str
    inchikey: str
    name: str = ""
    notes: tuple[str, ...] = ()


def read_structure(text: str) -> Structure:
    """The standardised structure that a SMILES (and a name after a space) or an InChI writes.

    >>> read_structure("CC(=O)Oc1ccccc1C(=O)[O-].[Na+]").inchikey
    'BSYNRYMUTXBXSQ-UHFFFAOYSA-N'

    Raises:
        InputError: It cannot be read, and where; it has a wildcard or more than
            ``MAX_HEAVY_ATOMS`` heavy atoms.
    """
    written, name = [*text.split(maxsplit=1), "", ""][:2]
    with rdBase.BlockLogs():
        mol, notes = standardise(parse(written))
        key = inchikey(mol)
    if not key:
        raise InputError(
            "InChI cannot describe this structure; expected ordinary bonds between its atoms"
        )
    return Structure(Chem.MolToSmiles(mol), key, name.strip(), notes)


def is_structure(text: str) -> bool:
    """Whether ``text`` is a SMILES or an InChI that can be read."""
    try:
        with rdBase.BlockLogs():
            parse(text.strip())
    except InputError:
        return False
    return True


def parse(written: str) -> Mol:
    """The molecule that a SMILES or InChI writes, as it is written.

    Raises:
        InputError: As ``read_structure`` does.
    """
    kind = "InChI" if written.startswith(_INCHI) else "SMILES"
    if len(written) > MAX_CHARACTERS:
        raise InputError(
            f"{kind} has {len(written):,} characters; at most {MAX_CHARACTERS:,} are accepted"
        )
    if kind == "InChI":
        mol = rdinchi.InchiToMol(written)[0]
        if mol is None:
            raise InputError(f"InChI cannot be read: {written[:_CARET_WINDOW]}")
    else:
        mol = Chem.MolFromSmiles(written, sanitize=False)
        if mol is None:
            raise _syntax_error(written)
    _check_atoms(mol, kind)
    # Parsed a second time, now with valences and aromaticity, which can be slow for huge input.
    sane = mol if kind == "InChI" else Chem.MolFromSmiles(written)
    if sane is None:
        raise _chemistry_error(written, mol)
    return sane


def standardise(mol: Mol) -> tuple[Mol, tuple[str, ...]]:
    """The parent of a molecule, neutral where it can be, and notes on what was changed.

    Nothing is taken from an inorganic compound, for in magnesium chloride neither part is "the
    salt"; and no bond to a transition metal is cut.
    """
    if _is_complex(mol):
        clean = rdMolStandardize.Reionize(rdMolStandardize.Normalize(mol))
    else:
        clean = rdMolStandardize.Cleanup(mol)
    if not (_is_complex(mol) or clean.HasSubstructMatch(_ORGANIC_CARBON)):
        return clean, ()
    parent = rdMolStandardize.LargestFragmentChooser(preferOrganic=True).choose(clean)
    neutral = rdMolStandardize.Uncharger().uncharge(parent)
    notes = [*_removed(clean, parent)]
    if _charges(neutral) != _charges(parent):
        notes.append("charges neutralised")
    return neutral, tuple(notes)


def inchikey(mol: Mol) -> str:
    """The InChIKey of a molecule, stereochemistry and isotopes included.

    InChI knows no dative bonds; it cuts bonds to metals anyway, so they are cut for it.
    """
    key: str = rdinchi.MolToInchiKey(mol)
    return key or rdinchi.MolToInchiKey(rdMolStandardize.MetalDisconnector().Disconnect(mol))


def _is_complex(mol: Mol) -> bool:
    metals = mol.GetAtomsMatchingQuery(rdqueries.MAtomQueryAtom())
    return any(atom.GetDegree() and atom.GetAtomicNum() not in _SALT_METALS for atom in metals)


def _removed(whole: Mol, parent: Mol) -> Iterator[str]:
    parts = Counter(Chem.MolToSmiles(whole).split("."))
    parts.subtract([Chem.MolToSmiles(parent)])
    left = [f"{n} {part}" if n > 1 else part for part, n in sorted(parts.items()) if n > 0]
    if left:
        yield "salt or solvent removed: " + ", ".join(left)


def _charges(mol: Mol) -> list[int]:
    return [atom.GetFormalCharge() for atom in mol.GetAtoms()]


def _check_atoms(mol: Mol, kind: str) -> None:
    count = mol.GetNumHeavyAtoms()
    if count > MAX_HEAVY_ATOMS:
        raise InputError(
            f"{kind} has {count:,} heavy atoms; at most {MAX_HEAVY_ATOMS} are accepted",
            hint="give a peptide or protein as its sequence, with --seq",
        )
    if any(atom.GetAtomicNum() == 0 for atom in mol.GetAtoms()):
        raise InputError(f"{kind} has a wildcard atom '*'; expected a complete molecule")
    if count == 0:
        raise InputError(f"{kind} has no atom but hydrogen; expected a molecule")


def _syntax_error(smiles: str) -> InputError:
    """What RDKit's parser complained about, in plain words and with a caret."""
    with rdBase.CaptureErrorLog() as log:
        Chem.MolFromSmiles(smiles, sanitize=False)
    complaint = re.search(r"Parse Error: (.*?) (?:while parsing|for input)", log.messages)
    place = re.search(r"around position (\d+)", log.messages)
    reason = complaint.group(1) if complaint else "syntax error"
    if reason == "unclosed ring":
        return InputError(
            f"SMILES cannot be read: ring bond {_open_ring(smiles)} is never closed", hint=_HINT
        )
    if place is None:
        return InputError(f"SMILES cannot be read: {reason}", hint=_HINT)
    at = int(place.group(1))
    plain = {
        "extra open parentheses": f"the '(' at position {at} is never closed",
        "extra close parentheses": f"the ')' at position {at} closes nothing",
    }.get(reason, f"unexpected '{smiles[at - 1 : at]}' at position {at}")
    return InputError(f"SMILES cannot be read: {plain}{_caret(smiles, at - 1)}", hint=_HINT)


def _chemistry_error(smiles: str, mol: Mol) -> InputError:
    """Which atom of a well-formed SMILES cannot exist, with a caret."""
    problem = next(iter(Chem.DetectChemistryProblems(mol)), None)
    if problem is None:
        return InputError("SMILES is no possible molecule", hint=_HINT)
    hint = _HINT
    if problem.GetType() == "KekulizeException":
        atoms = list(problem.GetAtomIndices())
        listed = ", ".join(str(atom + 1) for atom in atoms)
        what = f"aromatic atoms {listed} cannot be given alternating single and double bonds"
        hint = "an aromatic nitrogen that carries a hydrogen is written [nH]"
    else:
        atoms = [problem.GetAtomIdx()]
        named = f"atom {atoms[0] + 1} ({mol.GetAtomWithIdx(atoms[0]).GetSymbol()})"
        what = f"{named} {_plain(problem.Message())}"
    at = [match.start() for match in _ATOM.finditer(smiles)][atoms[0]]
    return InputError(f"SMILES is no possible molecule: {what}{_caret(smiles, at)}", hint=hint)


def _plain(complaint: str) -> str:
    """RDKit's complaint about one atom, to stand behind the atom's name."""
    if valence := re.search(r", (\d+), is greater than permitted", complaint):
        return f"has {valence.group(1)} bonds, more than it can have"
    if "non-ring atom" in complaint:
        return "is written as aromatic but is in no ring"
    return f"is impossible: {complaint}"


def _open_ring(smiles: str) -> str:
    counts = Counter(_RING_NUMBER.findall(_BRACKET.sub("", smiles)))
    return next((number for number, count in counts.items() if count % 2), "?")


def _caret(smiles: str, at: int) -> str:
    """Two more lines: the part of the SMILES around character ``at``, and a caret below it."""
    first = max(0, at - _CARET_WINDOW // 2)
    return f"\n  {smiles[first : first + _CARET_WINDOW]}\n  {' ' * (at - first)}^"
