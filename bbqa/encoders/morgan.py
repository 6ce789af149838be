"""Morgan fingerprints: a molecule as the counts of its atoms' surroundings. Nothing is learnt.

Source: Rogers and Hahn, "Extended-connectivity fingerprints", J. Chem. Inf. Model. 50 (2010),
doi:10.1021/ci100050t; RDKit's implementation, with counts and folded to ``BITS`` places.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.encoders.refusals import read_molecules
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

RADIUS: Final = 2
BITS: Final = 2048


class Morgan:
    """The encoder that needs no weights: ``log(1 + count)`` of each surrounding."""

    name = "morgan"
    modality = Modality.MOLECULE
    dimension = BITS
    licence = "BSD-3-Clause"
    """Of RDKit."""
    hash = f"morgan-counts-{RADIUS}-{BITS}"

    def encode(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> npt.NDArray[np.float32]:
        """One vector for each SMILES, float32 [n, 2048], not scaled to length 1.

        Raises:
            InputError: A molecule cannot be read; the message says which.
        """
        from rdkit.Chem import rdFingerprintGenerator

        molecules = read_molecules(texts)
        bar = (progress or Silent()).bar(
            "encoding with morgan", max(len(texts), 1), unit="molecules"
        )
        generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)
        vectors = np.empty((len(molecules), BITS), np.float32)
        for row, molecule in enumerate(molecules):
            vectors[row] = np.log1p(generator.GetCountFingerprintAsNumPy(molecule))
            bar.advance(1)
        return vectors
