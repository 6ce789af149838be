"""What can be calculated from a molecule's structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from bbqa.errors import ToolError
from bbqa.schema import Evidence, Input, Kind, Modality, NodeType, Status, Value
from bbqa.subject import as_attached, node_of, subject_of, what_it_is
from bbqa.workbench import Found, Workbench

if TYPE_CHECKING:
    from rdkit.Chem import Bond, Mol, StereoInfo

GROUPS: Final = {
    "carboxylic acid": "[CX3](=O)[OX2H]",
    "carboxylate": "[CX3](=O)[O-]",
    "ester": "[CX3;!$([C;R](=O)[O;R])](=O)[OX2][#6;!$(C=O)]",
    "lactone": "[CX3;R](=O)[OX2;R][#6;!$(C=O)]",
    "anhydride": "[CX3](=O)[OX2][CX3]=O",
    "amide": "[#6][CX3;!$([C;R][N;R])](=O)[NX3;!$(N(C=O)C=O)]",
    "beta-lactam": "O=C1[#6][#6]N1",
    "lactam": "[#6][CX3;R;!r4](=O)[NX3;R;!$(N(C=O)C=O)]",
    "imide": "[NX3]([CX3](=O)[#6])[CX3](=O)[#6]",
    "acylurea": "[#6][CX3](=O)[NX3][CX3](=O)[NX3]",
    "urea": "[NX3;!$(NC(=O)[#6])][CX3](=O)[NX3;!$(NC(=O)[#6])]",
    "carbamate": "[NX3][CX3](=O)[OX2]",
    "aldehyde": "[CX3H1](=O)[#6]",
    "ketone": "[#6][CX3](=O)[#6]",
    "phenol": "c[OX2H]",
    "alcohol": "[CX4][OX2H]",
    "epoxide": "C1OC1",
    "ether": "[OX2;!r3]([#6;!$(C=O)])[#6;!$(C=O)]",
    "thiol": "[SX2H]",
    "thioether": "[SX2]([#6])[#6]",
    "disulfide": "[SX2][SX2]",
    "sulfonamide": "[SX4](=O)(=O)[NX3]",
    "sulfoxide": "[$([SX3]=O),$([SX3+][O-])]([#6])[#6]",
    "sulfone": "[SX4](=O)(=O)([#6])[#6]",
    "sulfonic acid": "[SX4](=O)(=O)[OX2H]",
    "phosphate": "[PX4](=O)([OX2,O-])([OX2,O-])[OX2,O-]",
    "primary amine": "[NX3H2;!$(NC=[!#6]);!$(NS=O);!$(N[!#6])][CX4]",
    "secondary amine": "[NX3H1;!$(NC=[!#6]);!$(NS=O);!$(N[!#6])]([CX4])[CX4]",
    "tertiary amine": "[NX3H0;!$(NC=[!#6]);!$(NS=O);!$(N[!#6])]([CX4])([CX4])[CX4]",
    "aromatic amine": "[NX3;!$(NC=[!#6]);!$(NS=O);!$(N=O);!$([N+])]c",
    "quaternary ammonium": "[NX4+]([#6])([#6])([#6])[#6]",
    "guanidine": "[CX3]([NX3])([NX3])=[NX2,NX3+]",
    "nitrile": "[CX2]#[NX1]",
    "nitro group": "[$([NX3](=O)=O),$([NX3+](=O)[O-])]",
    "alkyne": "[CX2]#[CX2]",
    "alkene": "[CX3]=[CX3]",
    "fluorine": "[F]",
    "chlorine": "[Cl]",
    "bromine": "[Br]",
    "iodine": "[I]",
    "benzene ring": "c1ccccc1",
    "pyridine ring": "c1ccncc1",
    "pyrimidine ring": "c1cncnc1",
    "imidazole ring": "c1cncn1",
    "indole": "c1ccc2nccc2c1",
    "furan ring": "c1ccoc1",
    "thiophene ring": "c1ccsc1",
    "piperidine ring": "C1CCNCC1",
    "piperazine ring": "C1CNCCN1",
}
"""Functional groups, as SMARTS; a group is counted once for each set of atoms that it matches."""

LIPINSKI: Final = (("weight", 500.0), ("logP", 5.0), ("donors", 5.0), ("acceptors", 10.0))
"""What a drug that is swallowed seldom exceeds; donors and acceptors are all N and O that have a
hydrogen, and all N and O.

Source: Lipinski et al., Adv. Drug Deliv. Rev. 23:3 (1997), doi:10.1016/S0169-409X(96)00423-1.
"""

RULE_OF_FIVE: Final = "Lipinski's rule of five"
RULE_FOR_FRAGMENTS: Final = "the rule of three for fragments"
GROUP: Final = "functional groups"
"""The unit of the number of functional groups of one kind."""
CARBON: Final = 6
"""Its atomic number."""
_Property = tuple[str, tuple[Value, ...]]
"""What is said of a molecule, without the subject, and the numbers in it."""

RULE_OF_THREE: Final = (
    ("weight", 300.0),
    ("logP", 3.0),
    ("donors", 3.0),
    ("acceptors", 3.0),
    ("rotatable bonds", 3.0),
    ("TPSA", 60.0),
)
"""What a good fragment to begin a drug with seldom exceeds; the last two came with the rule as
useful besides.

Source: Congreve et al., Drug Discov. Today 8:876 (2003), doi:10.1016/S1359-6446(03)02831-9.
"""


def molecule_properties(
    input: Annotated[str, Field(description="Label of a molecule, or a drug's name.")],
    bench: Workbench,
) -> Found:
    """Calculate a molecule's formula, weight, logP, polar surface, hydrogen bonds and groups.

    Use it for questions about a molecule's own chemistry: mass, solubility, Lipinski's rules,
    functional groups, rings, charge, stereochemistry.
    """
    given = subject_of(input, bench)
    molecule = as_attached(given, bench.graph)
    if molecule.modality is not Modality.MOLECULE:
        protein = molecule.modality is Modality.PROTEIN
        instead = f': call protein_properties with input "{given.label}"' if protein else ""
        raise ToolError(
            f"{given.label} is {what_it_is(given, bench.graph)} without a structure here; "
            f"molecule_properties takes a molecule{instead}"
        )
    notes = f"Calculated for the parent: {'; '.join(molecule.notes)}." if molecule.notes else ""
    node = node_of(given, bench.resources)
    nodes = (bench.graph.node_id(node[0]),) if node else ()
    return Found(tuple(_properties(molecule, nodes)), note=notes)


def _properties(given: Input, nodes: tuple[str, ...]) -> Iterator[Evidence]:
    """Each property in words, as evidence."""
    from rdkit import rdBase

    from bbqa.structure import parse

    with rdBase.BlockLogs():
        mol = parse(given.value)
        told = list(_told(mol))
    for words, values in told:
        yield Evidence(
            number=0,
            statement=f"{given.label} {words}",
            kind=Kind.PROPERTY,
            status=Status.COMPUTED,
            source=f"RDKit {rdBase.rdkitVersion}",
            release="",
            nodes=nodes,
            type=NodeType.DRUG,
            score=1.0,
            because="calculated from its structure",
            about=given.label,
            value=values[0] if values else None,
            also=tuple(values[1:]),
        )


def _told(mol: Mol) -> Iterator[_Property]:
    """What is said of a molecule, without the subject, and the numbers in it."""
    from rdkit.Chem import rdMolDescriptors

    formula = rdMolDescriptors.CalcMolFormula(mol)
    carbons = sum(atom.GetAtomicNum() == CARBON for atom in mol.GetAtoms())
    yield f"has the molecular formula {formula}", (Value("carbon atoms", carbons),)
    weight, mass = round(_weight(mol), 2), round(rdMolDescriptors.CalcExactMolWt(mol), 4)
    yield (
        f"has an average molecular weight of {weight:.2f} g/mol (Da)",
        (Value("molecular weight", weight, "Da"),),
    )
    yield f"has a monoisotopic mass of {mass:.4f} Da", (Value("monoisotopic mass", mass, "Da"),)
    logp, surface = round(_logp(mol), 2), round(rdMolDescriptors.CalcTPSA(mol), 2)
    yield f"has a calculated logP of {logp:.2f} (Crippen's method)", (Value("logP", logp),)
    yield (
        f"has a topological polar surface area (TPSA) of {surface:.2f} Å²",
        (Value("TPSA", surface, "Å²"),),
    )
    yield from _counted(mol)
    yield _lipinski(mol)
    yield _rule_of_three(mol)
    yield _groups(mol)
    yield _rings(mol)
    yield _stereo(mol)
    yield _charge(mol)


def _counted(mol: Mol) -> Iterator[_Property]:
    """Hydrogen bonds, heavy atoms and rotatable bonds."""
    from rdkit.Chem import rdMolDescriptors

    donors, acceptors = rdMolDescriptors.CalcNumHBD(mol), rdMolDescriptors.CalcNumHBA(mol)
    yield (
        f"has {_count(donors, 'hydrogen-bond donor')} and "
        f"{_count(acceptors, 'hydrogen-bond acceptor')}",
        (Value("hydrogen-bond donors", donors), Value("hydrogen-bond acceptors", acceptors)),
    )
    heavy = mol.GetNumHeavyAtoms()
    yield f"has {_count(heavy, 'heavy atom')} (all but hydrogen)", (Value("heavy atoms", heavy),)
    rotatable = rdMolDescriptors.CalcNumRotatableBonds(mol)
    yield f"has {_count(rotatable, 'rotatable bond')}", (Value("rotatable bonds", rotatable),)


def _weight(mol: Mol) -> float:
    """Average molecular weight in g/mol."""
    from rdkit.Chem import Descriptors

    return float(Descriptors.MolWt(mol))  # type: ignore[attr-defined]


def _logp(mol: Mol) -> float:
    """Logarithm of the octanol-water partition coefficient, by contributions of atoms.

    Source: Wildman and Crippen, J. Chem. Inf. Comput. Sci. 39:868 (1999), doi:10.1021/ci990307l.
    """
    from rdkit.Chem import rdMolDescriptors

    logp, _ = rdMolDescriptors.CalcCrippenDescriptors(mol)
    return float(logp)


def _lipinski(mol: Mol) -> _Property:
    """How many of Lipinski's four limits are exceeded, and which."""
    from rdkit.Chem import rdMolDescriptors

    values = {
        "weight": _weight(mol),
        "logP": _logp(mol),
        "donors": rdMolDescriptors.CalcNumLipinskiHBD(mol),
        "acceptors": rdMolDescriptors.CalcNumLipinskiHBA(mol),
    }
    return _violations(RULE_OF_FIVE, values, LIPINSKI)


def _rule_of_three(mol: Mol) -> _Property:
    """How many of the limits for fragments are exceeded, and which."""
    from rdkit.Chem import rdMolDescriptors

    values = {
        "weight": _weight(mol),
        "logP": _logp(mol),
        "donors": rdMolDescriptors.CalcNumHBD(mol),
        "acceptors": rdMolDescriptors.CalcNumHBA(mol),
        "rotatable bonds": rdMolDescriptors.CalcNumRotatableBonds(mol),
        "TPSA": rdMolDescriptors.CalcTPSA(mol),
    }
    return _violations(RULE_FOR_FRAGMENTS, values, RULE_OF_THREE)


def _violations(
    rule: str, values: Mapping[str, float], limits: Sequence[tuple[str, float]]
) -> _Property:
    over = [f"{name} above {limit:g}" for name, limit in limits if values[name] > limit]
    told = f"has {_count(len(over), 'violation')} of {rule}"
    words = f"{told}: {', '.join(over)}" if over else told
    return words, (Value(f"violations of {rule}", len(over)),)


def _groups(mol: Mol) -> _Property:
    """The functional groups and how often each occurs; those that are missing as 0."""
    counts = {name: len(mol.GetSubstructMatches(p)) for name, p in _patterns().items()}
    listed = [f"{name} ({n})" for name, n in counts.items() if n]
    values = tuple(Value(name, n, GROUP) for name, n in counts.items())
    if not listed:
        return "has none of the functional groups that are looked for", values
    return f"has the functional groups {', '.join(listed)}", values


@cache
def _patterns() -> dict[str, Mol]:
    from rdkit.Chem import MolFromSmarts

    return {name: MolFromSmarts(smarts) for name, smarts in GROUPS.items()}


def _rings(mol: Mol) -> _Property:
    from rdkit.Chem import rdMolDescriptors

    rings, aromatic = rdMolDescriptors.CalcNumRings(mol), rdMolDescriptors.CalcNumAromaticRings(mol)
    return (
        f"has {_count(rings, 'ring')}, {aromatic} of them aromatic",
        (Value("rings", rings), Value("aromatic rings", aromatic)),
    )


def _stereo(mol: Mol) -> _Property:
    """Stereocentres and double bonds, how many of them are unassigned, and whether it is meso."""
    from rdkit import Chem

    found = list(Chem.FindPotentialStereo(mol))
    atoms = [s for s in found if s.type is Chem.StereoType.Atom_Tetrahedral]
    bonds = [
        s
        for s in found
        if s.type is Chem.StereoType.Bond_Double and not _turns(mol.GetBondWithIdx(s.centeredOn))
    ]
    told = f"has {_specified(atoms, 'stereocentre')} and {_specified(bonds, 'stereo double bond')}"
    meso = _is_meso(mol, atoms)
    values = (
        Value("stereocentres", len(atoms)),
        Value("unassigned stereocentres", len(atoms) - _assigned(atoms)),
        Value("stereo double bonds", len(bonds)),
        Value("unassigned stereo double bonds", len(bonds) - _assigned(bonds)),
        Value("meso", int(meso)),
    )
    return f"{told}, and is the same as its mirror image (meso)" if meso else told, values


def _is_meso(mol: Mol, centres: list[StereoInfo]) -> bool:
    """Whether all its stereocentres say which isomer is meant, and turning all gives the same."""
    from rdkit import Chem

    if not centres or any(one.specified is not Chem.StereoSpecified.Specified for one in centres):
        return False
    mirrored = Chem.Mol(mol)
    for atom in mirrored.GetAtoms():
        atom.InvertChirality()
    return _canonical(mirrored) == _canonical(mol)


def _canonical(mol: Mol) -> str:
    """SMILES of a molecule, read once more: what was known of its stereocentres is forgotten."""
    from rdkit import Chem

    return Chem.MolToSmiles(Chem.MolFromSmiles(Chem.MolToSmiles(mol)))


def _turns(bond: Bond) -> bool:
    """Whether a double bond is that of a C=NH, whose proton changes sides at once."""
    ends = bond.GetBeginAtom(), bond.GetEndAtom()
    return any(atom.GetAtomicNum() == 7 and atom.GetTotalNumHs() for atom in ends)


def _specified(found: list[StereoInfo], name: str) -> str:
    known = _assigned(found)
    if not found:
        return f"0 {name}s"
    return f"{_count(len(found), name)} ({known} assigned, {len(found) - known} unassigned)"


def _assigned(found: list[StereoInfo]) -> int:
    """How many centres or bonds say which isomer is meant."""
    from rdkit.Chem import StereoSpecified

    return sum(s.specified is StereoSpecified.Specified for s in found)


def _charge(mol: Mol) -> _Property:
    from rdkit import Chem

    charge = Chem.GetFormalCharge(mol)
    words = f"has a formal charge of {charge:+d}".replace("+0", "0")
    return words, (Value("formal charge", charge),)


def _count(number: int, thing: str) -> str:
    """``1 ring``, ``2 rings``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
