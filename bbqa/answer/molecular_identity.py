"""Which recorded drug an attached structure is, and what of it is different: salt, stereochemistry.

What is recorded of another stereoisomer or tautomer is said of that one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final, cast

from bbqa.answer.draft import listed
from bbqa.answer.drug_account import spoken_name, title
from bbqa.retrieve.identity import SKELETON, How
from bbqa.retrieve.visible import analogues, is_visible, same_molecules
from bbqa.schema import Evidence, Input, Kind, NodeType, Status, Triple

if TYPE_CHECKING:
    from rdkit.Chem import Mol

    from bbqa.resources import Resources

_REMOVED: Final = "salt or solvent removed: "
_TAUTOMERS_OF: Final = 30
"""So many of the most similar drugs are looked at for a tautomer."""
_MAX_TAUTOMERS: Final = 200
_COUNTERIONS: Final = {
    "Cl": "hydrochloride",
    "[Cl-]": "chloride",
    "Br": "hydrobromide",
    "[Br-]": "bromide",
    "I": "hydroiodide",
    "[I-]": "iodide",
    "[Na+]": "sodium",
    "[K+]": "potassium",
    "[Li+]": "lithium",
    "[Ca+2]": "calcium",
    "[Mg+2]": "magnesium",
    "[Zn+2]": "zinc",
    "CS(=O)(=O)O": "mesylate",
    "CS(=O)(=O)[O-]": "mesylate",
    "CCS(=O)(=O)O": "esylate",
    "Cc1ccc(S(=O)(=O)O)cc1": "tosylate",
    "O=S(=O)(O)c1ccccc1": "besylate",
    "O=S(=O)(O)O": "sulfate",
    "O=S(=O)([O-])O": "bisulfate",
    "O=[N+]([O-])O": "nitrate",
    "O=P(O)(O)O": "phosphate",
    "CC(=O)O": "acetate",
    "CC(=O)[O-]": "acetate",
    "O=C(O)C(F)(F)F": "trifluoroacetate",
    "O=C(O)C(=O)O": "oxalate",
    "O=C(O)CCC(=O)O": "succinate",
    "O=C(O)/C=C/C(=O)O": "fumarate",
    "O=C(O)/C=C\\C(=O)O": "maleate",
    "O=C(O)C=CC(=O)O": "maleate or fumarate",
    "O=C(O)CC(O)(CC(=O)O)C(=O)O": "citrate",
    "O=C(O)C(O)C(O)C(=O)O": "tartrate",
    "O=C(O)[C@H](O)[C@@H](O)C(=O)O": "tartrate",
    "O=C(O)[C@@H](O)[C@H](O)C(=O)O": "tartrate",
    "O=C(O)CC(O)C(=O)O": "malate",
    "O=C(O)C[C@H](O)C(=O)O": "malate",
    "CC(O)C(=O)O": "lactate",
    "CNC[C@H](O)[C@@H](O)[C@H](O)[C@H](O)CO": "meglumine",
    "NC(CO)(CO)CO": "tromethamine",
    "O": "hydrate",
    "CCO": "ethanol solvate",
    "CS(C)=O": "dimethyl sulfoxide solvate",
}
"""Salts and solvates by the SMILES of what is taken from them."""


class Sameness(StrEnum):
    """What an attached structure is to a recorded one, in the words that evidence uses."""

    SAME = "identical structure (InChIKey)"
    CHARGE = "same structure, protonation differs"
    ISOTOPE = "same structure, isotopes differ"
    UNSPECIFIED = "same skeleton, stereochemistry not given"
    SPECIFIED = "same skeleton, stereochemistry given that the record leaves open"
    ENANTIOMER = "mirror image"
    STEREOISOMER = "same skeleton, stereochemistry differs"
    TAUTOMER = "tautomer"


@dataclass(frozen=True, slots=True)
class Known:
    """The recorded drug that an attached structure is or comes closest to being.

    Attributes:
        row: Row of the drug.
        how: What it is to the structure.
        drawn: As what it is drawn ("as its mesylate salt"); empty where nothing else is drawn.
        isomer: Which stereoisomer it is: ``(S)-enantiomer``; empty where that is not known.
        of_flat: Row of the drug that is recorded without stereochemistry, of which it is one
            stereoisomer; None if there is none.
        others: Rows of recorded drugs that are its other stereoisomers.
        labelled: Whether it has isotopes that the drug has not.
    """

    row: int
    how: Sameness
    drawn: str = ""
    isomer: str = ""
    of_flat: int | None = None
    others: tuple[int, ...] = ()
    labelled: bool = False

    @property
    def is_same(self) -> bool:
        """Whether what is recorded of the drug is recorded of the structure."""
        return self.how in (Sameness.SAME, Sameness.CHARGE)


def known_as(given: Input, resources: Resources) -> Known | None:
    """Which recorded drug an attached structure is; None if it is none.

    Args:
        given: A molecule, standardised.
        resources: The graph, and what must not be seen of it.
    """
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = Chem.MolFromSmiles(given.value)
        matches = same_molecules(given, resources)
        if not matches:
            return _tautomer(given, mol, resources)
        first = matches[0]
        assert first.node is not None
        drawn = drawn_with(given, resources)
        isomer = isomer_name(mol)
        if first.how is How.CHARGE_DIFFERS:
            return Known(first.node, Sameness.CHARGE, drawn, isomer)
        if first.how is How.STEREO_DIFFERS:
            return _other_isomer(given, mol, [m.number for m in matches], resources)
        others = _stereoisomers(given, resources)
        flat = next((row for row, form in others if not _specified(form)), None)
        rest = tuple(row for row, form in others if _specified(form))
        return Known(first.node, Sameness.SAME, drawn, isomer, flat, rest)


def can_be_read(given: Input) -> bool:
    """Whether a standardised structure is one that RDKit reads; some metal complexes are not."""
    from rdkit import Chem, rdBase

    with rdBase.BlockLogs():
        mol = cast("Mol | None", Chem.MolFromSmiles(given.value))
    return mol is not None


def drawn_with(given: Input, resources: Resources) -> str:
    """As what a structure is drawn: ``as its mesylate salt``, ``together with caffeine (DB00201)``.

    Empty where nothing was taken from it.
    """
    note = next((note for note in given.notes if note.startswith(_REMOVED)), "")
    parts = [part.split(" ")[-1] for part in note.removeprefix(_REMOVED).split(", ") if part]
    known = [_COUNTERIONS[part] for part in parts if part in _COUNTERIONS]
    others = [_called(part, resources) for part in parts if part not in _COUNTERIONS]
    words = []
    if known:
        solvates = all(name.endswith(("hydrate", "solvate")) for name in known)
        names = " ".join(dict.fromkeys(known))
        words.append(f"as its {names}" if solvates else f"as its {names} salt")
    if others:
        words.append(f"together with {listed(others)}")
    return " ".join(words)


def _called(smiles: str, resources: Resources) -> str:
    """What a part of a mixture is: a recorded drug, or its SMILES."""
    from bbqa.errors import InputError
    from bbqa.structure import read_structure

    molecules = resources.graph.molecules
    try:
        key = read_structure(smiles).inchikey
    except InputError:
        return smiles
    rows = [int(molecules.node[n]) for n in molecules.find(key)]
    seen = [row for row in rows if is_visible(row, resources)]
    return title(seen[0], resources) if seen else smiles


def isomer_name(mol: Mol) -> str:
    """Which stereoisomer a structure is: ``(S)-enantiomer``, ``(2R,3S)-stereoisomer``."""
    from rdkit import Chem
    from rdkit.Chem import rdCIPLabeler

    rdCIPLabeler.AssignCIPLabels(mol)
    labels = [
        (atom.GetIdx() + 1, atom.GetProp("_CIPCode"))
        for atom in mol.GetAtoms()
        if atom.HasProp("_CIPCode")
    ]
    tetrahedral = Chem.StereoType.Atom_Tetrahedral
    centres = [one for one in Chem.FindPotentialStereo(mol) if one.type is tetrahedral]
    if len(labels) == 1 and len(centres) == 1:
        return f"({labels[0][1]})-enantiomer"
    if len(labels) > 1 and len(labels) == len(centres):
        return f"({','.join(label for _, label in labels)})-stereoisomer"
    return ""


def _other_isomer(given: Input, mol: Mol, numbers: list[int], resources: Resources) -> Known:
    """What a structure is to a drug with its skeleton and other stereochemistry or isotopes."""
    from rdkit import Chem

    from bbqa.structure import read_structure

    graph = resources.graph
    drawn, isomer = drawn_with(given, resources), isomer_name(mol)
    best: Known | None = None
    mirrored: list[int] = []
    for number in numbers:
        row = int(graph.molecules.node[number])
        record = Chem.MolFromSmiles(read_structure(graph.molecules.smiles[number]).smiles)
        how = _stereo_relation(mol, record)
        found = Known(row, how, drawn, isomer, labelled=_isotopes(mol) != _isotopes(record))
        if how is Sameness.ENANTIOMER:
            mirrored.append(row)
        if best is None or _RANK.index(how) < _RANK.index(best.how):
            best = found
    assert best is not None
    return replace(best, others=tuple(row for row in mirrored if row != best.row))


_RANK: Final = (
    Sameness.ISOTOPE,
    Sameness.SPECIFIED,
    Sameness.UNSPECIFIED,
    Sameness.ENANTIOMER,
    Sameness.STEREOISOMER,
)
"""What comes nearest first."""


def _stereo_relation(mol: Mol, record: Mol) -> Sameness:
    """How two molecules of one skeleton differ."""
    from rdkit import Chem

    plain = _without_isotopes(mol), _without_isotopes(record)
    if Chem.MolToSmiles(plain[0]) == Chem.MolToSmiles(plain[1]):
        return Sameness.ISOTOPE
    mine, theirs = _specified(mol), _specified(record)
    if not mine or (mine < theirs and _is_part(mol, record)):
        return Sameness.UNSPECIFIED
    if not theirs or (theirs < mine and _is_part(record, mol)):
        return Sameness.SPECIFIED
    mirrored = Chem.Mol(mol)
    for atom in mirrored.GetAtoms():
        atom.InvertChirality()
    if _canonical(mirrored) == _canonical(record):
        return Sameness.ENANTIOMER
    return Sameness.STEREOISOMER


def _is_part(less: Mol, more: Mol) -> bool:
    """Whether the stereochemistry of one structure is part of that of another."""
    return bool(more.HasSubstructMatch(less, useChirality=True))


def _isotopes(mol: Mol) -> list[int]:
    """The isotopes that a structure names, in order."""
    return sorted(atom.GetIsotope() for atom in mol.GetAtoms() if atom.GetIsotope())


def _without_isotopes(mol: Mol) -> Mol:
    from rdkit import Chem

    plain = Chem.Mol(mol)
    for atom in plain.GetAtoms():
        atom.SetIsotope(0)
    return Chem.RemoveHs(Chem.MolFromSmiles(Chem.MolToSmiles(plain)))


def _canonical(mol: Mol) -> str:
    from rdkit import Chem

    return str(Chem.MolToSmiles(Chem.MolFromSmiles(Chem.MolToSmiles(mol))))


def _specified(mol: Mol) -> int:
    """How many stereocentres and double bonds say which isomer is meant."""
    from rdkit import Chem

    found = Chem.FindPotentialStereo(mol)
    return sum(one.specified is Chem.StereoSpecified.Specified for one in found)


def _stereoisomers(given: Input, resources: Resources) -> list[tuple[int, Mol]]:
    """Recorded drugs with the skeleton of a structure that are not the same, with structures."""
    from rdkit import Chem

    from bbqa.structure import read_structure

    graph = resources.graph
    found: list[tuple[int, Mol]] = []
    if resources.limits.max_similarity is not None and resources.limits.max_similarity < 1.0:
        return found  # what has the same skeleton is not to be seen
    for number in graph.molecules.find(given.digest[:SKELETON]):
        row = int(graph.molecules.node[number])
        key = graph.molecules.inchikeys[number]
        if key[:-2] != given.digest[:-2] and is_visible(row, resources):
            record = Chem.MolFromSmiles(read_structure(graph.molecules.smiles[number]).smiles)
            found.append((row, record))
    return found


# tautomers


def _tautomer(given: Input, mol: Mol, resources: Resources) -> Known | None:
    """The recorded drug of which a structure is a tautomer that InChI does not see."""
    from rdkit import Chem
    from rdkit.Chem import rdMolDescriptors

    from bbqa.errors import InputError
    from bbqa.structure import read_structure

    if (resources.limits.max_similarity or 1.0) < 1.0:
        return None
    graph = resources.graph
    formula = rdMolDescriptors.CalcMolFormula(mol)
    key = ""
    for near in analogues(given, resources, k=_TAUTOMERS_OF):
        number = graph.molecules.index_of_node(near.node)
        if number is None:
            continue
        try:
            record = Chem.MolFromSmiles(read_structure(graph.molecules.smiles[number]).smiles)
        except InputError:
            continue
        if rdMolDescriptors.CalcMolFormula(record) != formula:
            continue
        key = key or _tautomer_key(mol)
        if key and key == _tautomer_key(record):
            return Known(near.node, Sameness.TAUTOMER, drawn_with(given, resources))
    return None


def _tautomer_key(mol: Mol) -> str:
    """The SMILES of the canonical tautomer of a molecule, without stereochemistry."""
    from rdkit import Chem
    from rdkit.Chem.MolStandardize import rdMolStandardize

    enumerator = rdMolStandardize.TautomerEnumerator()
    enumerator.SetMaxTautomers(_MAX_TAUTOMERS)
    return str(Chem.MolToSmiles(enumerator.Canonicalize(mol), isomericSmiles=False))


# words

_IS: Final = {
    Sameness.SAME: "is {name}",
    Sameness.CHARGE: "is {name} in another state of protonation",
    Sameness.ISOTOPE: "is an isotopically labelled form of {name}",
    Sameness.UNSPECIFIED: "matches {name} without its stereochemistry",
    Sameness.SPECIFIED: "is the {which} of {name}",
    Sameness.ENANTIOMER: "is not {name} but its mirror image",
    Sameness.STEREOISOMER: "is not {name} but a stereoisomer of it",
    Sameness.TAUTOMER: "is a tautomer of {name}",
}


def opening_of(known: Known, resources: Resources, *, subject: str) -> str:
    """Who a structure is: ``This is escitalopram (DB01175), the (S)-enantiomer of citalopram``.

    Args:
        known: What the structure is.
        resources: The graph.
        subject: What it is called: ``This`` or its label.
    """
    name = title(known.row, resources)
    words = _IS[known.how].format(name=name, which=known.isomer or "stereoisomer")
    if known.labelled and known.how is not Sameness.ISOTOPE:
        words = f"{words}, isotopically labelled"
    if known.how is Sameness.SAME and known.of_flat is not None and known.isomer:
        words = f"{words}, the {known.isomer} of {title(known.of_flat, resources)}"
    if known.how is Sameness.ENANTIOMER and known.isomer:
        words = f"{words}, the {known.isomer}"
    return f"{subject} {words} {known.drawn}".rstrip()


def identity_evidence(given: Input, known: Known, resources: Resources) -> Evidence:
    """Which drug an attached structure is, as evidence."""
    node_id = resources.graph.node_id(known.row)
    return Evidence(
        number=0,
        statement=opening_of(known, resources, subject=given.label),
        kind=Kind.IDENTITY,
        status=Status.CURATED if known.is_same else Status.INFERRED,
        source="RDKit tautomers" if known.how is Sameness.TAUTOMER else "InChIKey",
        release=given.digest,
        nodes=(node_id,),
        type=NodeType.DRUG,
        score=1.0,
        because=known.how.value,
        about=given.label,
        triple=Triple(given.label, "is" if known.is_same else "resembles", node_id),
    )


def isomer_note(known: Known, resources: Resources) -> str:
    """What is to be said of stereoisomers; empty if nothing is."""
    name = spoken_name(resources.graph.name_of(known.row))
    others = listed([title(row, resources) for row in known.others])
    if known.is_same:
        if not known.isomer or (known.of_flat is None and not known.others):
            return ""
        told = f"{others} is recorded as well" if others else f"{name} alone is a drug of its own"
        return (
            f"Of its stereoisomers {told}; bbqa holds no potencies, so it does not tell which is "
            "the more active one."
        )
    if others:
        return f"Its mirror image is {others}. What follows is recorded of {name}."
    if known.how is Sameness.UNSPECIFIED:
        return f"What follows is recorded of {name}, whose stereochemistry is defined."
    return f"What follows is recorded of {name}."
