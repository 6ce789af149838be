"""Vectors of texts that are made once, kept in a small file, and found again by their text.

Encoding the starter graph's descriptions takes the better part of an hour, so their vectors come
with bbqa. They are stored as directions in whole numbers from -127 to 127: the file is a fifth
of its size in float32, and the cosine of a vector with its stored form is .9999.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from bbqa.encoders import Encoder
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.whole import whole

LARGEST: Final = 127
STEP: Final = 1 / 23
"""One step of a stored number, in units of a unit vector's mean square number.

Rounding loses STEP^2 / 24 of the cosine, 8e-5.
"""

TEXTS_PER_SAVE: Final = 500

Array = npt.NDArray[np.float32]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class TextVectors:
    """Vectors by the hash of their text.

    Attributes:
        hashes: ``hash_text`` of each text, uint64 [M], ascending, each once.
        codes: The directions, int8 [M, D].
    """

    hashes: Hashes
    codes: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.hashes)

    @classmethod
    def empty(cls, dimension: int) -> TextVectors:
        """No vectors of a dimension."""
        return cls(np.empty(0, np.uint64), np.empty((0, dimension), np.int8))

    @classmethod
    def read(cls, path: Path) -> TextVectors:
        """The vectors in a file that ``write`` made.

        Raises:
            ArtifactError: The file is missing or is no such file.
        """
        try:
            table = pq.read_table(path).combine_chunks()
            hashes = np.asarray(np.from_dlpack(table["hash"].combine_chunks()), np.uint64)
            stored = table["codes"].combine_chunks()
            dimension = stored.type.byte_width
            codes = np.frombuffer(stored.buffers()[1], np.int8).reshape(-1, dimension)
        except (OSError, KeyError, ValueError, AttributeError, pa.ArrowException) as error:
            raise ArtifactError(
                f"{path} cannot be read as text vectors: {error}", hint="install bbqa again"
            ) from error
        return cls(hashes, codes[: len(hashes)])

    def write(self, path: Path) -> None:
        """Write a file in one step: whoever reads it sees the old one or the whole new one."""
        dimension = self.codes.shape[1]
        codes = pa.py_buffer(np.ascontiguousarray(self.codes))
        stored = pa.Array.from_buffers(pa.binary(dimension), len(self), [None, codes])
        table = pa.table({"hash": self.hashes, "codes": stored})
        with whole(path) as unfinished:
            pq.write_table(
                table,
                unfinished,
                compression="zstd",
                use_dictionary=False,
                # the first numbers of all vectors, then the second: each has a range of its own
                column_encoding={"hash": "PLAIN", "codes": "BYTE_STREAM_SPLIT"},
            )

    def has(self, hashes: Hashes) -> npt.NDArray[np.bool_]:
        """Which of some texts are here, bool [n]."""
        return np.isin(hashes, self.hashes)

    def take(self, hashes: Hashes) -> Array:
        """Unit vectors of texts that are here, float32 [n, D].

        Raises:
            KeyError: One is not.
        """
        if not self.has(hashes).all():
            raise KeyError(f"{(~self.has(hashes)).sum()} of {len(hashes)} texts have no vector")
        directions = self.codes[np.searchsorted(self.hashes, hashes)].astype(np.float32)
        lengths = np.linalg.norm(directions, axis=1, keepdims=True)
        unit: Array = directions / np.maximum(lengths, 1)  # only a zero vector is shorter
        return unit

    def only(self, hashes: Hashes) -> TextVectors:
        """Those of some texts, without all the others."""
        kept = np.isin(self.hashes, hashes)
        return TextVectors(self.hashes[kept], self.codes[kept])

    def merged(self, other: TextVectors) -> TextVectors:
        """These and those of ``other``; of a text in both, the vector from here."""
        hashes = np.concatenate([self.hashes, other.hashes])
        unique, first = np.unique(hashes, return_index=True)
        return TextVectors(unique, np.concatenate([self.codes, other.codes])[first])

    def with_more(self, hashes: Hashes, vectors: Array) -> TextVectors:
        """These and some more; of a text given twice the first vector stays.

        Args:
            hashes: ``hash_text`` of each further text, uint64 [n].
            vectors: Their vectors, float32 [n, D].
        """
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        spread = lengths / np.sqrt(vectors.shape[1])
        largest = np.abs(vectors).max(axis=1, keepdims=True)
        # coarser steps where a number would be out of range; only the direction counts
        step = np.maximum(np.maximum(STEP * spread, largest / LARGEST), 1e-30)
        codes = np.rint(vectors / step).astype(np.int8)
        unique, first = np.unique(hashes, return_index=True)
        return self.merged(TextVectors(unique, codes[first]))


def encode_once(
    texts: Sequence[str],
    encoder: Encoder,
    *,
    shipped: TextVectors | None = None,
    save_to: Path | None = None,
    progress: Progress | None = None,
) -> Array:
    """A unit vector for each text, float32 [n, D]; only those seen for the first time are encoded.

    They are saved every ``TEXTS_PER_SAVE``, so that a stopped run goes on where it was. All
    vectors are what ``TextVectors`` keeps of them, so that it does not matter when they were made.

    Args:
        texts: What to encode.
        encoder: The encoder.
        shipped: Vectors that are there already.
        save_to: A file for further vectors, read if it exists.
        progress: Told how far it is.
    """
    hashes = hash_texts(texts, encoder.hash)
    shipped = _fitting(shipped, encoder)
    saved = _fitting(_read_saved(save_to), encoder)
    missing = np.flatnonzero(~(shipped.has(hashes) | saved.has(hashes)))
    reporter = progress if progress and len(missing) else Silent()
    bar = reporter.bar("encoding texts", max(len(missing), 1), unit="texts")
    for start in range(0, len(missing), TEXTS_PER_SAVE):
        rows = missing[start : start + TEXTS_PER_SAVE]
        saved = saved.with_more(hashes[rows], encoder.encode([texts[row] for row in rows]))
        if save_to is not None:
            saved.write(save_to)
        bar.advance(len(rows))
    return shipped.merged(saved).take(hashes)


def _fitting(vectors: TextVectors | None, encoder: Encoder) -> TextVectors:
    """The vectors if they have the encoder's dimension, else none."""
    if vectors is None or vectors.codes.shape[1] != encoder.dimension:
        return TextVectors.empty(encoder.dimension)
    return vectors


def _read_saved(path: Path | None) -> TextVectors | None:
    """Vectors of an earlier run; a broken file counts as none, for it can be made again."""
    try:
        return TextVectors.read(path) if path and path.exists() else None
    except ArtifactError:
        return None


def hash_texts(texts: Sequence[str], encoder_hash: str) -> Hashes:
    """64 bits for each text with the encoder it is read by, uint64 [n]."""
    start = hashlib.blake2b(encoder_hash.encode() + b"\0", digest_size=8)
    digests = bytearray()
    for text in texts:
        digest = start.copy()
        digest.update(text.encode())
        digests += digest.digest()
    return np.frombuffer(bytes(digests), "<u8").astype(np.uint64)
