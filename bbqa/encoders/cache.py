"""Vectors on disk, found again by the hash of encoder and text: nothing is encoded twice.

Under ``folder`` each encoder has a folder of its own, and in it every file holds the vectors of
some thousand texts::

    NAME-HASH/DIGEST.npz        "keys" uint8 [n, 16], "vectors" float32 [n, D]
    NAME-HASH/DIGEST.npz.bad    a file that turned out to be damaged

A file appears in one step when it is complete, so a run that is killed leaves whole files and
loses at most ``SECONDS_PER_FILE`` of work. Several processes may share a folder.
"""

from __future__ import annotations

import hashlib
import os
import re
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bbqa.encoders import Encoder
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality
from bbqa.whole import whole

KEY_BYTES: Final = 16
TEXTS_PER_STEP: Final = 64
TEXTS_PER_FILE: Final = 4096
SECONDS_PER_FILE: Final = 20.0

Array = npt.NDArray[np.float32]


def encode_cached(
    texts: Sequence[str],
    encoder: Encoder,
    folder: Path,
    progress: Progress | None = None,
    *,
    texts_per_file: int = TEXTS_PER_FILE,
    seconds_per_file: float = SECONDS_PER_FILE,
) -> Array:
    """One vector for each text, float32 [n, D], as ``encoder.encode`` gives it.

    Each different text is encoded once, ever: what is in the folder is read, the rest is encoded
    and written there.

    Args:
        texts: What to encode.
        encoder: The encoder.
        folder: Where vectors are kept; made if it is not there.
        progress: Told how far it is.
        texts_per_file: A file is written after so many texts,
        seconds_per_file: or after so many seconds.

    Raises:
        ArtifactError: A vector has NaN or infinite numbers; the message says of which text. What
            was encoded before it is kept.
    """
    progress = progress or Silent()
    keys = [key_of(text, encoder.hash) for text in texts]
    first: dict[bytes, int] = {}
    for number, key in enumerate(keys):
        first.setdefault(key, number)
    place = {key: row for row, key in enumerate(first)}
    vectors = np.empty((len(place), encoder.dimension), np.float32)
    shelf = _Shelf(folder / _folder_name(encoder), encoder.dimension, progress)
    missing = dict(first)
    for found, stored in shelf.read():
        for key, vector in zip(found, stored, strict=True):
            if key in place:
                vectors[place[key]] = vector
                missing.pop(key, None)
    batches = _encode(
        {key: texts[number] for key, number in missing.items()}, first, encoder, progress
    )
    for made, new in shelf.keep(batches, texts_per_file, seconds_per_file):
        vectors[[place[key] for key in made]] = new
    return vectors[[place[key] for key in keys]]


def key_of(text: str, encoder_hash: str) -> bytes:
    """128 bits for a text with the encoder that reads it."""
    return hashlib.blake2b(f"{encoder_hash}\0{text}".encode(), digest_size=KEY_BYTES).digest()


def _folder_name(encoder: Encoder) -> str:
    plain = re.sub(r"[^A-Za-z0-9._-]+", "_", encoder.name)[-60:]
    named = hashlib.sha256(encoder.hash.encode()).hexdigest()[:16]
    return f"{plain}-{named}"


Batch = tuple[list[bytes], Array]
"""Keys of n texts, and their vectors [n, D]."""


def _encode(
    texts: dict[bytes, str], number_of: dict[bytes, int], encoder: Encoder, progress: Progress
) -> Iterator[Batch]:
    """Vectors of some texts, a few at a time, those of like length together, longest first."""
    order = sorted(texts, key=lambda key: -len(texts[key]))
    if not order:
        return
    unit = "residues" if encoder.modality is Modality.PROTEIN else "characters"
    total = sum(map(len, texts.values()))
    bar = progress.bar(f"encoding with {encoder.name}", max(total, 1), unit=unit)
    for start in range(0, len(order), TEXTS_PER_STEP):
        keys = order[start : start + TEXTS_PER_STEP]
        vectors = encoder.encode([texts[key] for key in keys])
        good: npt.NDArray[np.bool_] = np.isfinite(vectors).min(axis=1, initial=True)
        yield [key for key, fine in zip(keys, good, strict=True) if fine], vectors[good]
        for key in (key for key, fine in zip(keys, good, strict=True) if not fine):
            raise _not_finite(texts[key], number_of[key], encoder)
        bar.advance(sum(len(texts[key]) for key in keys))


def _not_finite(text: str, number: int, encoder: Encoder) -> ArtifactError:
    shown = text if len(text) <= 60 else text[:57] + "..."
    return ArtifactError(
        f"{encoder.name} gave NaN or infinite numbers for text {number} ({shown!r})",
        hint="leave this text out, or try another device; other vectors are kept",
    )


class _Shelf:
    """The files of one encoder's vectors, of dimension D."""

    def __init__(self, folder: Path, dimension: int, progress: Progress) -> None:
        self._folder = folder
        self._dimension = dimension
        self._progress = progress
        folder.mkdir(parents=True, exist_ok=True)

    def read(self) -> Iterator[Batch]:
        """What is in each file; a damaged file is set aside."""
        for path in sorted(self._folder.glob("*.npz")):
            try:
                with (
                    path.open("rb") as file,
                    np.load(file) as stored,
                ):  # a zip: checksums are checked
                    keys, vectors = stored["keys"], stored["vectors"]
                if keys.shape != (len(vectors), KEY_BYTES) or vectors.shape[1] != self._dimension:
                    raise ValueError(f"it has {keys.shape} keys and {vectors.shape} numbers")
            except (OSError, KeyError, ValueError, EOFError, IndexError, BadZipFile) as error:
                aside = path.replace(path.with_name(path.name + ".bad"))
                self._progress.say(
                    f"{path} is damaged ({error}); renamed to {aside.name}, "
                    "its texts are encoded again"
                )
                continue
            yield [key.tobytes() for key in keys], vectors

    def keep(
        self, batches: Iterator[Batch], texts_per_file: int, seconds_per_file: float
    ) -> Iterator[Batch]:
        """The same batches, written to files as they pass, also when they are broken off."""
        waiting: list[Batch] = []
        since = time.monotonic()
        try:
            for batch in batches:
                waiting.append(batch)
                many = sum(len(keys) for keys, _ in waiting) >= texts_per_file
                if many or time.monotonic() - since >= seconds_per_file:
                    self._write(waiting)
                    waiting, since = [], time.monotonic()
                yield batch
        finally:
            self._write(waiting)

    def _write(self, batches: Sequence[Batch]) -> None:
        """Write a file in one step, named by its keys."""
        keys = b"".join(key for found, _ in batches for key in found)
        if not keys:
            return
        name = hashlib.blake2b(keys, digest_size=12).hexdigest()
        with whole(self._folder / f"{name}.npz") as unfinished, unfinished.open("wb") as file:
            np.savez(
                file,
                keys=np.frombuffer(keys, np.uint8).reshape(-1, KEY_BYTES),
                vectors=np.concatenate([vectors for _, vectors in batches]),
            )
            file.flush()
            os.fsync(file.fileno())
