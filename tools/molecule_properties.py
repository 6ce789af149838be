"""What can be calculated from a molecule's structure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Final

from pydantic import Field

from bbqa.errors import ToolError
from bbqa.schema import Evidence, Input, Kind, Modality, NodeType, Status
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
    for words in told:
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
        )


def _told(mol: Mol) -> Iterator[str]:
    """What is said of a molecule, without the subject."""
    from rdkit.Chem import rdMolDescriptors

    yield f"has the molecular formula {rdMolDescriptors.CalcMolFormula(mol)}"
    yield f"has an average molecular weight of {_weight(mol):.2f} g/mol (Da)"
    yield f"has a monoisotopic mass of {rdMolDescriptors.CalcExactMolWt(mol):.4f} Da"
    yield f"has a calculated logP of {_logp(mol):.2f} (Crippen's method)"
    surface = rdMolDescriptors.CalcTPSA(mol)
    yield f"has a topological polar surface area (TPSA) of {surface:.2f} Å²"
    donors, acceptors = rdMolDescriptors.CalcNumHBD(mol), rdMolDescriptors.CalcNumHBA(mol)
    yield (
        f"has {_count(donors, 'hydrogen-bond donor')} and "
        f"{_count(acceptors, 'hydrogen-bond acceptor')}"
    )
    yield f"has {_count(mol.GetNumHeavyAtoms(), 'heavy atom')} (all but hydrogen)"
    rotatable = rdMolDescriptors.CalcNumRotatableBonds(mol)
    yield f"has {_count(rotatable, 'rotatable bond')}"
    yield _lipinski(mol)
    yield _rule_of_three(mol)
    yield _groups(mol)
    yield _rings(mol)
    yield _stereo(mol)
    yield _charge(mol)


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


def _lipinski(mol: Mol) -> str:
    """How many of Lipinski's four limits are exceeded, and which."""
    from rdkit.Chem import rdMolDescriptors

    values = {
        "weight": _weight(mol),
        "logP": _logp(mol),
        "donors": rdMolDescriptors.CalcNumLipinskiHBD(mol),
        "acceptors": rdMolDescriptors.CalcNumLipinskiHBA(mol),
    }
    return _violations("Lipinski's rule of five", values, LIPINSKI)


def _rule_of_three(mol: Mol) -> str:
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
    return _violations("the rule of three for fragments", values, RULE_OF_THREE)


def _violations(rule: str, values: Mapping[str, float], limits: Sequence[tuple[str, float]]) -> str:
    over = [f"{name} above {limit:g}" for name, limit in limits if values[name] > limit]
    told = f"has {_count(len(over), 'violation')} of {rule}"
    return f"{told}: {', '.join(over)}" if over else told


def _groups(mol: Mol) -> str:
    """The functional groups and how often each occurs."""
    counts = {name: len(mol.GetSubstructMatches(p)) for name, p in _patterns().items()}
    listed = [f"{name} ({n})" for name, n in counts.items() if n]
    if not listed:
        return "has none of the functional groups that are looked for"
    return f"has the functional groups {', '.join(listed)}"


@cache
def _patterns() -> dict[str, Mol]:
    from rdkit.Chem import MolFromSmarts

    return {name: MolFromSmarts(smarts) for name, smarts in GROUPS.items()}


def _rings(mol: Mol) -> str:
    from rdkit.Chem import rdMolDescriptors

    rings, aromatic = rdMolDescriptors.CalcNumRings(mol), rdMolDescriptors.CalcNumAromaticRings(mol)
    return f"has {_count(rings, 'ring')}, {aromatic} of them aromatic"


def _stereo(mol: Mol) -> str:
    """Stereocentres and double bonds, and how many of them say which isomer is meant."""
    from rdkit import Chem

    found = list(Chem.FindPotentialStereo(mol))
    atoms = [s for s in found if s.type is Chem.StereoType.Atom_Tetrahedral]
    bonds = [
        s
        for s in found
        if s.type is Chem.StereoType.Bond_Double and not _turns(mol.GetBondWithIdx(s.centeredOn))
    ]
    told = f"has {_specified(atoms, 'stereocentre')} and {_specified(bonds, 'stereo double bond')}"
    return f"{told}, and is the same as its mirror image (meso)" if _is_meso(mol, atoms) else told


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
    from rdkit.Chem import StereoSpecified

    known = sum(s.specified is StereoSpecified.Specified for s in found)
    if not found:
        return f"0 {name}s"
    return f"{_count(len(found), name)} ({known} assigned, {len(found) - known} unassigned)"


def _charge(mol: Mol) -> str:
    from rdkit import Chem

    return f"has a formal charge of {Chem.GetFormalCharge(mol):+d}".replace("+0", "0")


def _count(number: int, thing: str) -> str:
    """``1 ring``, ``2 rings``."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
