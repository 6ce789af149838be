"""A protein as the profile of its short words: the trivial encoder, which needs no model.

Three views stand side by side: words of three residues, words of four in an alphabet of seven
groups of like residues, and plain numbers (composition of the whole and of both ends, hydropathy
along the chain). Words are weighted by how rare they are and projected to few numbers, by a
projection that was fitted, without any label, on proteins of many species. It takes
milliseconds, and one protein's vector never depends on another's.

Sources: tf-idf, Sparck Jones, J. Documentation 28:11 (1972); the seven groups, Shen et al., PNAS
104:4337 (2007), doi:10.1073/pnas.0607879104; hydropathy, Kyte and Doolittle, J. Mol. Biol.
157:105 (1982), doi:10.1016/0022-2836(82)90515-0.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

RESIDUES: Final = "ACDEFGHIKLMNPQRSTVWY"
GROUPS: Final = ("AGV", "ILFP", "YMTS", "HNQW", "RK", "DE", "C")
HYDROPATHY: Final = (
    *(1.8, 2.5, -3.5, -3.5, 2.8, -0.4, -3.2, 4.5, -3.9, 3.8),
    *(1.9, -3.5, -1.6, -3.5, -4.5, -0.8, -0.7, 4.2, -0.9, -1.3),
)
"""Of each residue in the order of ``RESIDUES``; Kyte and Doolittle 1982."""
END: Final = 30
"""Residues of either end whose composition counts: signals for where a protein goes stand there."""
WINDOW: Final = 19
"""Residues whose mean hydropathy counts: the length of a helix across a membrane."""
IN_MEMBRANE: Final = 1.6
"""Mean hydropathy of a window from which it may cross a membrane; Kyte and Doolittle 1982."""
OTHER: Final = 255

THREE, FOUR, PLAIN = 256, 128, 66
"""Numbers that each view contributes."""

STORED: Final = ("rarity.0", "projection.0", "rarity.1", "projection.1")
"""What the file with the projections holds, by view."""
FITTED: Final = Path(__file__).parent / "data" / "kmers.safetensors"
ANNOUNCED: Final = 2000
"""From this many proteins on, encoding takes longer than two seconds."""

Array = npt.NDArray[np.float32]
Codes = npt.NDArray[np.uint8]


class KmerProfile:
    """The encoder. Its projections are read at the first protein.

    Args:
        fitted: File with the projections, made by ``fit``.
    """

    name = "kmers"
    modality = Modality.PROTEIN
    dimension = THREE + FOUR + PLAIN
    licence = "Apache-2.0"

    def __init__(self, fitted: Path = FITTED) -> None:
        self._path = fitted

    @cached_property
    def hash(self) -> str:
        """Of the projections."""
        try:
            return hashlib.sha256(self._path.read_bytes()).hexdigest()[:16]
        except OSError as error:
            raise ArtifactError(
                f"{self._path} cannot be read: {error}", hint="install bbqa again"
            ) from error

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Array:
        """One vector for each amino-acid sequence, float32 [n, D]; see ``Encoder.encode``."""
        reporter = progress if progress and len(texts) >= ANNOUNCED else Silent()
        bar = reporter.bar("encoding with k-mers", max(len(texts), 1), unit="proteins")
        vectors = np.empty((len(texts), self.dimension), np.float32)
        for row, sequence in enumerate(texts):
            vectors[row] = self._encode(sequence)
            bar.advance(1)
        return vectors

    def _encode(self, sequence: str) -> Array:
        residues = codes_of(sequence)
        views = [plain_numbers(residues)]
        for view, (words, size) in enumerate(word_views(residues)):
            found, counts = np.unique(words, return_counts=True)
            weights = weigh(counts, self._fitted[f"rarity.{view}"][found])
            projected = weights @ self._fitted[f"projection.{view}"][found]
            views.append(projected if len(found) else np.zeros(size, np.float32))
        return np.concatenate([*views[1:], views[0]]).astype(np.float32)

    @cached_property
    def _fitted(self) -> Mapping[str, Array]:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            stored = load_file(self._path)
            return {name: stored[name].astype(np.float32) for name in STORED}
        except (OSError, KeyError, SafetensorError) as error:
            raise ArtifactError(
                f"{self._path} cannot be read as projections of k-mers: {error}",
                hint="install bbqa again",
            ) from error


def codes_of(sequence: str) -> Codes:
    """Numbers of the residues, uint8 [L]; letters that are none of the twenty are ``OTHER``."""
    return _CODES[np.frombuffer(sequence.encode("ascii"), np.uint8)]


def word_views(residues: Codes) -> list[tuple[npt.NDArray[np.int64], int]]:
    """Numbers of the words in both alphabets, and how many numbers each view is projected to."""
    grouped = _GROUP_OF[residues]
    return [
        (words(residues, len(RESIDUES), 3), THREE),
        (words(grouped, len(GROUPS), 4), FOUR),
    ]


def words(codes: Codes, letters: int, length: int) -> npt.NDArray[np.int64]:
    """The number of the word that begins at each residue; none where a letter is ``OTHER``."""
    count = max(0, len(codes) - length + 1)
    numbers, proper = np.zeros(count, np.int64), np.ones(count, np.bool_)
    for place in range(length):
        letter = codes[place : place + count]
        numbers = numbers * letters + letter
        proper &= letter != OTHER
    return numbers[proper]


def weigh(counts: npt.NDArray[np.int64], rarity: Array) -> Array:
    """Weights of a protein's words, of length 1 together."""
    weights = np.log1p(counts).astype(np.float32) * rarity
    unit: Array = weights / max(float(np.linalg.norm(weights)), 1e-9)
    return unit


def plain_numbers(residues: Codes) -> Array:
    """Composition of the whole and of both ends, and hydropathy along the chain, float32 [66]."""
    proper = residues[residues != OTHER]
    whole = np.bincount(proper, minlength=20) / max(len(proper), 1)
    ends = [np.bincount(part, minlength=20) / END for part in (proper[:END], proper[-END:])]
    return np.concatenate([whole, *ends, _along(proper)]).astype(np.float32)


def _along(residues: Codes) -> npt.NDArray[np.float64]:
    """Most and least hydropathic window, share and number of those that may cross a membrane."""
    values = np.array(HYDROPATHY)[residues] if len(residues) else np.zeros(1)
    total = np.cumsum([0.0, *values])
    means = (total[WINDOW:] - total[:-WINDOW]) / WINDOW
    if not len(means):
        means = np.array([values.mean()])
    crossing = means > IN_MEMBRANE
    begins = (crossing[1:] & ~crossing[:-1]).sum()
    length = np.log(max(len(residues), 1))
    return np.array(
        [means.max(), means.min(), crossing.mean(), length, means[:15].max(), begins], float
    )


def fit(sequences: Sequence[str], path: Path, *, seed: int = 0) -> None:
    """Write the projections that explain most of how proteins differ in their words.

    Args:
        sequences: Proteins of many kinds, some 10,000 at least; nothing else is known of them.
        path: The file to write, numbers as float16.
        seed: Of the randomised decomposition (Halko et al. 2011, doi:10.1137/090771806).
    """
    from safetensors.numpy import save_file
    from sklearn.utils.extmath import randomized_svd

    arrays: dict[str, npt.NDArray[np.float16]] = {}
    for view, (base, length, size) in enumerate(((20, 3, THREE), (7, 4, FOUR))):
        counted = _count(sequences, view, base**length)
        seen = np.bincount(counted.indices, minlength=base**length)
        rarity = (np.log((1 + len(sequences)) / (1 + seen)) + 1).astype(np.float32)
        for row in range(len(sequences)):
            inside = slice(counted.indptr[row], counted.indptr[row + 1])
            counted.data[inside] = weigh(counted.data[inside], rarity[counted.indices[inside]])
        # Fewer proteins than numbers have fewer axes; the rest stays 0.
        axes = np.zeros((size, base**length), np.float16)
        found = min(size, len(sequences))
        axes[:found] = randomized_svd(counted, found, n_iter=3, random_state=seed)[2]
        arrays[f"rarity.{view}"] = rarity.astype(np.float16)
        arrays[f"projection.{view}"] = np.ascontiguousarray(axes.T)
    path.parent.mkdir(parents=True, exist_ok=True)
    save_file(arrays, path)


def _count(sequences: Sequence[str], view: int, size: int) -> csr_matrix:
    """How often each protein has each word, [n, size]."""
    from scipy.sparse import csr_matrix

    columns, counts, starts = [], [], [0]
    for sequence in sequences:
        found, times = np.unique(word_views(codes_of(sequence))[view][0], return_counts=True)
        columns.append(found)
        counts.append(times.astype(np.float32))
        starts.append(starts[-1] + len(found))
    parts = (np.concatenate(counts), np.concatenate(columns), np.array(starts))
    return csr_matrix(parts, shape=(len(sequences), size))


_CODES: Final = np.full(256, OTHER, np.uint8)
_GROUP_OF: Final = np.full(256, OTHER, np.uint8)
for _number, _letter in enumerate(RESIDUES):
    _CODES[ord(_letter)] = _number
    _GROUP_OF[_number] = next(i for i, group in enumerate(GROUPS) if _letter in group)
