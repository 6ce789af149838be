"""What MiniMol reads of a molecule: numbers for atoms, bonds and places in the graph.

MiniMol was trained on graphs of heavy atoms with these numbers, rounded to half precision.
Everything here follows its published settings, and a test compares it with the original's
numbers:

- an atom: total degree less 2, formal charge, radical electrons, aromatic, in a ring; element,
  group, period and total valence, each one-hot with a last place for anything else;
- a bond, in both directions: type and stereo, one-hot with a last place for anything else; in a
  ring;
- a place: 8 smallest eigenvalues of its component's Laplacian with the eigenvectors' entries, and
  the chances that a random walk is back after 1 to 16 steps.

Eigenvectors have no sign of their own, and none but their span where eigenvalues coincide. What
LAPACK's ``geev`` gives is taken as it comes, on atoms in RDKit's canonical order, for so it was
in training; with another build of LAPACK a symmetric molecule may come out a little differently.
Of a molecule in several parts the original takes the atoms in the order of a Python set, an
accident; here they keep their order.

Sources: Kläser et al., "MiniMol: a parameter-efficient foundation model for molecular learning",
2024, arXiv:2404.14986; Beaini et al., "Towards foundational models for molecular learning on
large-scale multi-task datasets" (Graphium), 2023, arXiv:2310.04292.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from rdkit.Chem import Atom, Bond, Mol

# fmt: off
ELEMENTS: Final = (
    "C", "N", "O", "S", "F", "Si", "P", "Cl", "Br", "Mg", "Na", "Ca", "Fe", "As", "Al", "I", "B",
    "V", "K", "Tl", "Yb", "Sb", "Sn", "Ag", "Pd", "Co", "Se", "Ti", "Zn", "H", "Li", "Ge", "Cu",
    "Au", "Ni", "Cd", "In", "Mn", "Zr", "Cr", "Pt", "Hg", "Pb",
)
# fmt: on
"""Elements with a place of their own, in the model's order."""
GROUPS: Final = range(1, 20)
"""Groups of the periodic table; 19 stands for the lanthanides and actinides that have none."""
PERIODS: Final = range(1, 8)
VALENCES: Final = range(7)
BOND_TYPES: Final = ("SINGLE", "DOUBLE", "TRIPLE", "AROMATIC")
BOND_STEREO: Final = ("STEREONONE", "STEREOANY", "STEREOZ", "STEREOE", "STEREOCIS", "STEREOTRANS")

PERIOD_ENDS: Final = (2, 10, 18, 36, 54, 86, 118)
"""Atomic numbers of the noble gases."""

FREQUENCIES: Final = 8
STEPS: Final = 16

Array = npt.NDArray[np.float32]


class Graph(NamedTuple):
    """A molecule of A atoms and B bonds as MiniMol reads it.

    Attributes:
        atoms: [A, 85].
        bonds: Each bond twice, there and back, [2 B, 13].
        ends: First and second atom of each row of ``bonds``, int64 [2, 2 B].
        eigenvectors: [A, 8].
        eigenvalues: Of the atom's component, [A, 8].
        returns: Chances of a random walk, [A, 16].
    """

    atoms: Array
    bonds: Array
    ends: npt.NDArray[np.int64]
    eigenvectors: Array
    eigenvalues: Array
    returns: Array


def make_graph(molecule: Mol) -> Graph:
    """The graph of a molecule, its atoms in canonical order and without hydrogens."""
    molecule = _in_canonical_order(molecule)
    bonds = list(molecule.GetBonds())
    pairs = [(bond.GetBeginAtomIdx(), bond.GetEndAtomIdx()) for bond in bonds]
    ends = np.array([way for a, b in pairs for way in ((a, b), (b, a))], np.int64).reshape(-1, 2).T
    neighbours = np.zeros((molecule.GetNumAtoms(),) * 2)
    neighbours[ends[0], ends[1]] = 1
    eigenvalues, eigenvectors = _spectrum(neighbours)
    return Graph(
        atoms=_half([_describe_atom(atom) for atom in molecule.GetAtoms()], 85),
        bonds=_half([_describe_bond(bond) for bond in bonds for _ in range(2)], 13),
        ends=ends,
        eigenvectors=_half(eigenvectors, FREQUENCIES),
        eigenvalues=_half(eigenvalues, FREQUENCIES),
        returns=_half(_returns(neighbours), STEPS),
    )


def _in_canonical_order(molecule: Mol) -> Mol:
    from rdkit import Chem, rdBase

    rank = Chem.CanonicalRankAtoms(molecule, includeChirality=True, includeIsotopes=True)
    with rdBase.BlockLogs():
        return Chem.RemoveHs(Chem.RenumberAtoms(molecule, np.argsort(rank).tolist()))


def _half(rows: Sequence[Sequence[float]] | npt.NDArray[np.float64], width: int) -> Array:
    """Numbers [n, width] as the model met them in training, rounded to half precision."""
    return np.asarray(rows, np.float32).reshape(-1, width).astype(np.float16).astype(np.float32)


def _describe_atom(atom: Atom) -> list[float]:
    number = atom.GetAtomicNum()
    return [
        atom.GetTotalDegree() - 2,  # a carbon in a chain counts as 0
        atom.GetFormalCharge(),
        atom.GetNumRadicalElectrons(),
        atom.GetIsAromatic(),
        atom.IsInRing(),
        *_one_hot(atom.GetSymbol(), ELEMENTS),
        *_one_hot(group_of(number), GROUPS),
        *_one_hot(period_of(number), PERIODS),
        *_one_hot(atom.GetTotalValence(), VALENCES),
    ]


def _describe_bond(bond: Bond) -> list[float]:
    return [
        *_one_hot(bond.GetBondType().name, BOND_TYPES),
        *_one_hot(bond.GetStereo().name, BOND_STEREO),
        bond.IsInRing(),
    ]


def _one_hot(value: Hashable, known: Sequence[Hashable]) -> list[float]:
    """A 1 at the place of the value, or at the last place if it is not among the known."""
    place = known.index(value) if value in known else len(known)
    return [float(place == at) for at in range(len(known) + 1)]


def period_of(number: int) -> int:
    """The period of an element by its atomic number."""
    return 1 + sum(number > end for end in PERIOD_ENDS)


def group_of(number: int) -> int:
    """The group of an element, 1 to 18, or 19 where it has none.

    As in the table that MiniMol was trained with, lanthanum and actinium are in group 3 and the 14
    elements after each of them in none.
    """
    period = period_of(number)
    place = number - (0, *PERIOD_ENDS)[period - 1]
    length = PERIOD_ENDS[period - 1] - (0, *PERIOD_ENDS)[period - 1]
    if place <= 2 and number != 2:
        return place
    if length == 32 and place < 18:
        return 3 if place == 3 else 19
    return place + 18 - length


def _spectrum(
    neighbours: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Eigenvalues and eigenvectors of each component's Laplacian, both [A, 8], smallest first.

    A component of fewer atoms has fewer; the rest is 0.
    """
    from scipy.sparse.csgraph import connected_components

    laplacian = np.diag(neighbours.sum(axis=1)) - neighbours
    values = np.zeros((len(laplacian), FREQUENCIES))
    vectors = np.zeros((len(laplacian), FREQUENCIES))
    count, component_of = connected_components(neighbours, directed=False)
    for component in range(count):
        atoms = np.flatnonzero(component_of == component)
        found, entries = _smallest(laplacian[np.ix_(atoms, atoms)])
        values[atoms, : len(found)] = found
        vectors[atoms, : len(found)] = entries
    return values, vectors


def _smallest(
    matrix: npt.NDArray[np.float64],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Up to 8 eigenvalues, ascending, with unit eigenvectors as columns."""
    # not eigh: where eigenvalues coincide it gives other vectors
    from scipy.linalg import eig

    values, vectors = eig(matrix)
    order = values.argsort()[:FREQUENCIES]
    chosen = vectors[:, order]
    # rounding can make equal eigenvalues a complex pair; this is how the model met their vectors
    lengths = np.maximum(np.sqrt((chosen**2).sum(axis=0)), 1e-4)
    return values[order].real, (chosen / lengths).real


def _returns(neighbours: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Chances that a random walk is back where it began after 1 to 16 steps, [A, 16].

    A lone atom's walk always is, if it is the whole molecule, and never, if it is part of a salt.
    """
    if len(neighbours) == 1:
        return np.ones((1, STEPS))
    step = neighbours / np.maximum(neighbours.sum(axis=1, keepdims=True), 1)
    step = step.astype(np.float32)
    walked = np.eye(len(step), dtype=np.float32)
    returns = np.empty((len(step), STEPS))
    for number in range(STEPS):
        walked = walked @ step
        returns[:, number] = np.diag(walked)
    return returns
