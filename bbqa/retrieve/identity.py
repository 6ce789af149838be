"""An input -> the entries of the graph that are the very same protein or compound.

No model and no threshold is involved: residues are equal or not, InChIKeys are equal or not.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bbqa.kg.molecules import Molecules
from bbqa.kg.sequences import Sequences
from bbqa.schema import Input

SKELETON = 14
"""Length of an InChIKey's first block: atoms and bonds, without stereochemistry and isotopes."""

STEREO = 25
"""Length of an InChIKey without its last letter, which counts protons."""


class How(StrEnum):
    """What is identical, in the words that evidence uses."""

    SEQUENCE = "identical sequence"
    STRUCTURE = "identical structure (InChIKey)"
    CHARGE_DIFFERS = "same structure, protonation differs"
    STEREO_DIFFERS = "same skeleton, stereochemistry differs"


@dataclass(frozen=True, slots=True)
class Match:
    """An entry of the graph that an input is.

    Attributes:
        number: Number in ``graph.sequences`` or ``graph.molecules``.
        node: Row of its node; None for a protein of another species, which has none.
        how: What is identical.
    """

    number: int
    node: int | None
    how: How


def find_protein(given: Input, sequences: Sequences) -> tuple[Match, ...]:
    """All reference proteins with exactly the input's residues, human ones first."""
    return tuple(
        Match(number, int(node) if (node := sequences.node[number]) >= 0 else None, How.SEQUENCE)
        for number in sequences.find(given.value)
    )


def find_molecule(given: Input, molecules: Molecules) -> tuple[Match, ...]:
    """All compounds with the input's InChIKey; failing that, those that differ least from it.

    Several may share a key, for salts are keyed by their parent: the compound that is the parent
    comes before its salts.
    """
    for length, how in (
        (len(given.digest), How.STRUCTURE),
        (STEREO, How.CHARGE_DIFFERS),
        (SKELETON, How.STEREO_DIFFERS),
    ):
        if numbers := molecules.find(given.digest[:length]):
            numbers = tuple(sorted(numbers, key=lambda n: ("." in molecules.smiles[n], n)))
            return tuple(Match(n, int(molecules.node[n]), how) for n in numbers)
    return ()
