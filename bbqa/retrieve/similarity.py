"""A molecule's nearest analogues among the graph's drugs, by Morgan fingerprint and Tanimoto.

Fingerprints of all drugs are computed once and kept as one small file of bits; a search is one
pass over them.

Source: Rogers and Hahn, "Extended-connectivity fingerprints", J. Chem. Inf. Model. 50:742 (2010),
doi:10.1021/ci100050t; RDKit's Morgan generator with radius 2 and 2,048 bits.
"""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from rdkit import rdBase
from rdkit.Chem import Mol, rdFingerprintGenerator

from bbqa.errors import InputError
from bbqa.kg.molecules import Molecules
from bbqa.progress import Progress, Silent
from bbqa.structure import parse, standardise
from bbqa.whole import whole

RADIUS: Final = 2
BITS: Final = 2048

METHOD: Final = "Morgan fingerprint, radius 2"
"""What tells that molecules are alike, as evidence names it."""

MIN_SIMILARITY: Final = 0.4
"""Least Tanimoto of an analogue: from here on it is as likely as not to share a target.

Measured by leaving out each of 1,226 drugs with recorded targets (drug2cell 0.1.2; structures of
admet-ai 2.0.1). Where the nearest other drug lies at .20 to .25, it shares a target in 20 %; at
.30 to .35 in 34 %, at .40 to .45 in 49 %, at .50 to .60 in 69 %, at .80 to .90 in 89 %. Random
pairs do in 12 %.
"""

VERSION: Final = 1
_BITS_FILE: Final = "fingerprints.npy"
_MANIFEST: Final = "manifest.json"

Fingerprints = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Analogue:
    """A drug that resembles a molecule.

    Attributes:
        node: Row of the drug's node.
        similarity: Tanimoto coefficient of the two fingerprints, in [0, 1].
    """

    node: int
    similarity: float


def likeness(analogue: Analogue) -> str:
    """How near an analogue is: ``Tanimoto 0.57``."""
    return f"Tanimoto {analogue.similarity:.2f}"


class MoleculeIndex:
    """Fingerprints of a graph's drugs. Make one with ``open`` or ``build``.

    Attributes:
        fingerprints: Bits of each molecule, uint64 [M, BITS / 64].
        node: Row of each molecule's node, int32 [M].
    """

    def __init__(self, fingerprints: Fingerprints, node: npt.NDArray[np.int32]) -> None:
        self.fingerprints = fingerprints
        self.node = node
        self._counts = np.bitwise_count(fingerprints).sum(axis=1, dtype=np.int64)

    @classmethod
    def open(
        cls, molecules: Molecules, folder: Path, *, progress: Progress | None = None
    ) -> MoleculeIndex:
        """The index kept in ``folder``, built and kept there first if it is not there yet.

        An index of other molecules or another RDKit, or one that is damaged, is built anew.
        """
        stamp = _stamp(molecules.smiles)
        fingerprints = _load(folder, stamp)
        if fingerprints is None:
            fingerprints = _compute(molecules.smiles, progress or Silent())
            # Where nothing can be written the index still works; it is only not kept.
            with suppress(OSError):
                _save(fingerprints, folder, stamp)
        return cls(fingerprints, molecules.node)

    @classmethod
    def build(cls, molecules: Molecules) -> MoleculeIndex:
        """An index in memory."""
        return cls(_compute(molecules.smiles, Silent()), molecules.node)

    def __len__(self) -> int:
        return len(self.node)

    def search(
        self,
        smiles: str,
        k: int = 10,
        *,
        min_similarity: float = MIN_SIMILARITY,
        max_similarity: float | None = None,
        without: Collection[int] = (),
    ) -> list[Analogue]:
        """The ``k`` drugs most similar to a standardised molecule, best first.

        Args:
            smiles: The molecule.
            k: How many at most.
            min_similarity: Least Tanimoto of an analogue.
            max_similarity: Leave out what is more similar than this: for tests and benchmarks
                that pretend the molecule were unknown.
            without: Rows of drugs to leave out.
        """
        similarity = self.similarities(smiles)
        accepted = (similarity >= min_similarity) & ~np.isin(self.node, list(without))
        if max_similarity is not None:
            accepted &= similarity <= max_similarity
        order = np.flatnonzero(accepted)
        order = order[np.argsort(-similarity[order], kind="stable")]
        best: dict[int, float] = {}
        for number in order.tolist():
            best.setdefault(int(self.node[number]), float(similarity[number]))
            if len(best) == k:
                break
        return [Analogue(node, tanimoto) for node, tanimoto in best.items()]

    def similarities(self, smiles: str) -> npt.NDArray[np.float64]:
        """Tanimoto of a molecule to every molecule of the index, float64 [M]."""
        with rdBase.BlockLogs():
            bits = _fingerprint(parse(smiles))
        shared = np.bitwise_count(self.fingerprints & bits).sum(axis=1, dtype=np.int64)
        union = self._counts + int(np.bitwise_count(bits).sum()) - shared
        tanimoto: npt.NDArray[np.float64] = shared / np.maximum(union, 1)
        return tanimoto


def _compute(smiles: Sequence[str], progress: Progress) -> Fingerprints:
    """Fingerprints of all molecules; a structure that cannot be read has no bits."""
    bar = progress.bar("Fingerprints of drugs", len(smiles), unit="drugs")
    rows = np.zeros((len(smiles), BITS // 64), np.uint64)
    with rdBase.BlockLogs():
        for number, written in enumerate(smiles):
            with suppress(InputError):
                rows[number] = _fingerprint(standardise(parse(written))[0])
            bar.advance(1)
    return rows


def _fingerprint(mol: Mol) -> Fingerprints:
    """The molecule's Morgan fingerprint, uint64 [BITS / 64]."""
    generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    return np.packbits(generator.GetFingerprintAsNumPy(mol)).view(np.uint64)


# the kept file


def _stamp(smiles: Sequence[str]) -> dict[str, Any]:
    """What fingerprints depend on."""
    return {
        "version": VERSION,
        "rdkit": rdBase.rdkitVersion,
        "radius": RADIUS,
        "bits": BITS,
        "molecules": hashlib.sha256("\n".join(smiles).encode()).hexdigest(),
    }


def _load(folder: Path, stamp: dict[str, Any]) -> Fingerprints | None:
    """The kept fingerprints if they are the ones that ``stamp`` describes."""
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
        content = (folder / _BITS_FILE).read_bytes()
    except (OSError, ValueError):
        return None
    if manifest != {**stamp, "sha256": hashlib.sha256(content).hexdigest()}:
        return None
    fingerprints: Fingerprints = np.load(io.BytesIO(content), allow_pickle=False)
    return fingerprints


def _save(fingerprints: Fingerprints, folder: Path, stamp: dict[str, Any]) -> None:
    """Keep the fingerprints; the manifest comes last, so it vouches for a complete file."""
    folder.mkdir(parents=True, exist_ok=True)
    content = io.BytesIO()
    np.save(content, fingerprints, allow_pickle=False)
    digest = hashlib.sha256(content.getvalue()).hexdigest()
    _write(folder / _BITS_FILE, content.getvalue())
    _write(folder / _MANIFEST, json.dumps({**stamp, "sha256": digest}, indent=1).encode())


def _write(path: Path, content: bytes) -> None:
    with whole(path) as unfinished:
        unfinished.write_bytes(content)
