"""ChEBI-20 the other way round: of ten molecules the one that a text describes.

The nine wrong ones are those of the same split whose fingerprints are nearest to the right one's,
so that a formula or a ring alone decides little; stereoisomers are among them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.chebi20 import (
    CITATION,
    FILES,
    LEAKS,
    LICENCE,
    MEASURED,
    SOURCE,
    Described,
    described,
)
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item

if TYPE_CHECKING:
    from bbqa.resources import Resources

CANDIDATES: Final = 10
QUESTION: Final = "Which of these molecules does the text describe?"
CARD: Final = Card(
    name="chebi20-retrieval",
    title="Which of ten similar molecules a text describes (ChEBI-20)",
    modality="molecule",
    metric="accuracy",
    source=(
        f"{SOURCE}; ten candidates for each text, chosen here: no number of it compares with"
        " published ranks among all molecules"
    ),
    licence=LICENCE,
    citation=CITATION,
    leaks=f"{LEAKS}; {MEASURED}",
    files=(FILES["test"],),
)


class _Retrieval:
    """The benchmark ``chebi20-retrieval``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each text; it is called by the right molecule's CID."""
        molecules = list(described(data, CARD, split))
        nearest = _nearest(molecules)
        for place, right in enumerate(molecules):
            wrong = [molecules[other].smiles for other in nearest(place)]
            yield Item(
                id=f"CID{right.cid}",
                form=Form.CHOICE,
                question=QUESTION,
                gold=(right.smiles,),
                options=_shuffled([right.smiles, *wrong], right.cid),
                context=right.text,
                evidence=(f"the text describes {right.smiles}",),
            )


def _nearest(molecules: Sequence[Described]) -> Callable[[int], list[int]]:
    """For a molecule's place, the places of those like it, the most similar first."""
    import numpy as np
    from rdkit.Chem import Mol, MolFromSmiles, MolToSmiles, rdFingerprintGenerator
    from rdkit.DataStructs import BulkTanimotoSimilarity
    from rdkit.rdBase import BlockLogs

    from bbqa.retrieve.similarity import BITS, RADIUS

    with BlockLogs():  # a structure that cannot be read resembles nothing, and stays a candidate
        structures = [MolFromSmiles(molecule.smiles) or Mol() for molecule in molecules]
        written = [MolToSmiles(structure) for structure in structures]
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    prints = [generator.GetFingerprint(structure) for structure in structures]

    def nearest(place: int) -> list[int]:
        likeness = np.array(BulkTanimotoSimilarity(prints[place], prints))
        different: dict[str, int] = {}
        for other in np.argsort(-likeness, kind="stable").tolist():
            if written[other] != written[place]:
                different.setdefault(written[other], other)
            if len(different) == CANDIDATES - 1:
                break
        return list(different.values())

    return nearest


def _shuffled(options: Sequence[str], salt: str) -> tuple[str, ...]:
    """The options in an order that is the same in every run and tells nothing."""
    return tuple(sorted(options, key=lambda one: hashlib.sha256(f"{salt} {one}".encode()).digest()))


BENCHMARK: Final[Benchmark] = _Retrieval()
