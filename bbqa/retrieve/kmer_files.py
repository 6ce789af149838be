"""A k-mer index as files: built once, kept in a folder, memory-mapped from there.

places.npy      where each word stands, int32
starts.npy      where each word's places begin, int32
manifest.json   what it was built from; written last, so it vouches for a complete index
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any, Final, Protocol

import numpy as np
import numpy.typing as npt
from filelock import FileLock

from bbqa.errors import ArtifactError, IndexMismatchError
from bbqa.progress import Progress, Silent
from bbqa.retrieve.blosum import CODE_OF_ASCII, PROPER, Codes
from bbqa.retrieve.kmers import PATTERN, SPAN, WORDS, KmerIndex

VERSION: Final = 1
BUILD_HINT: Final = "bbqa index build"

_MANIFEST: Final = "manifest.json"
_WORDS_BY_FIRST_LETTER: Final = WORDS // PROPER


class Reference(Protocol):
    """The proteins that are searched: ``kg.sequences.Sequences``, or anything like it."""

    @property
    def residues(self) -> Codes:
        """All proteins end to end, upper-case ASCII, uint8 [R]."""

    @property
    def offsets(self) -> npt.NDArray[np.signedinteger]:
        """Where each protein begins in ``residues``, and the last one's end, int [N + 1]."""

    def accession(self, index: int, /) -> str:
        """Accession of protein ``index``."""


def open_kmer_index(reference: Reference, folder: Path) -> KmerIndex:
    """The index of ``reference`` in ``folder``, memory-mapped.

    Raises:
        IndexMismatchError: There is none, it is damaged, or it is one of other sequences.
    """
    manifest = _read_manifest(folder)
    for key, expected in _stamp(reference).items():
        if manifest.get(key) != expected:
            raise IndexMismatchError(
                f"alignment index in {folder} has {key} {_short(manifest.get(key))}; "
                f"expected {_short(expected)}",
                hint=BUILD_HINT,
            )
    try:
        places, starts = (np.load(folder / f"{n}.npy", mmap_mode="r") for n in ("places", "starts"))
    except (OSError, ValueError, EOFError) as error:
        raise IndexMismatchError(
            f"alignment index in {folder} is damaged: {error}", hint=BUILD_HINT
        ) from error
    return KmerIndex(reference.residues, reference.offsets, places, starts)


def build_kmer_index(
    reference: Reference, folder: Path, progress: Progress | None = None
) -> KmerIndex:
    """The index of ``reference``, built and kept in ``folder``; one that is there is used.

    Two processes may build at once: one builds, the other waits and then uses the same files.

    Raises:
        ArtifactError: The folder cannot be written.
    """
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.with_name(folder.name + ".lock")):
            try:
                return open_kmer_index(reference, folder)
            except IndexMismatchError:
                _write(reference, folder, progress or Silent())
                return open_kmer_index(reference, folder)
    except OSError as error:
        raise ArtifactError(
            f"cannot write the alignment index to {folder}: {error.strerror or error}",
            hint=f"free {_bytes_needed(reference) // 1_000_000 + 1} MB there, or set BBQA_HOME "
            "to a folder that can be written",
        ) from error


def _write(reference: Reference, folder: Path, progress: Progress) -> None:
    """Build in a folder beside ``folder``, then put it in place."""
    partial = folder.with_name(folder.name + ".partial")
    shutil.rmtree(partial, ignore_errors=True)
    try:
        partial.mkdir()
        starts = _write_places(reference, partial / "places.npy", progress)
        np.save(partial / "starts.npy", starts)
        manifest = json.dumps(_stamp(reference), indent=1)
        (partial / _MANIFEST).write_text(manifest, encoding="utf-8")
        shutil.rmtree(folder, ignore_errors=True)
        partial.replace(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _write_places(reference: Reference, path: Path, progress: Progress) -> npt.NDArray[np.int32]:
    """Write every word's places to ``path``; where each word's begin comes back, [WORDS + 1].

    Words are done by their first letter, so that only a twentieth is sorted at a time.
    """
    letters = CODE_OF_ASCII[reference.residues]
    proper = _begins_word(letters, reference.offsets)
    places = np.lib.format.open_memmap(path, mode="w+", dtype=np.int32, shape=(int(proper.sum()),))
    counts = np.zeros(WORDS, np.int32)
    bar = progress.bar("Index of protein words", len(places), unit="places")
    written = 0
    for first in range(PROPER):
        words, at = _places_with(first, letters, proper)
        places[written : written + len(at)] = at
        counts[first * _WORDS_BY_FIRST_LETTER :][:_WORDS_BY_FIRST_LETTER] = np.bincount(
            words, minlength=_WORDS_BY_FIRST_LETTER
        )
        written += len(at)
        bar.move_to(written)
    places.flush()
    return np.concatenate([[0], np.cumsum(counts)]).astype(np.int32)


def _begins_word(letters: Codes, offsets: npt.NDArray[np.signedinteger]) -> npt.NDArray[np.bool_]:
    """Whether a word of five amino acids of one protein begins at each residue, bool [R]."""
    proper = np.zeros(len(letters), bool)
    count = max(len(letters) - SPAN + 1, 0)
    proper[:count] = True
    for at in PATTERN:
        proper[:count] &= letters[at : at + count] < PROPER
    ends = offsets[1:].astype(np.int64)
    for back in range(1, SPAN):
        proper[np.maximum(ends - back, 0)] = False
    return proper


def _places_with(
    first: int, letters: Codes, proper: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32]]:
    """Words that begin with one letter, without it and ascending, and the place of each."""
    at = np.flatnonzero(proper & (letters == first))
    words = np.zeros(len(at), np.int64)
    for offset in PATTERN[1:]:
        words = words * PROPER + letters[at + offset]
    # Word above, place below: sorting one array of integers is much the fastest way.
    both = np.sort(words << 32 | at)
    return both >> 32, (both & 0xFFFF_FFFF).astype(np.int32)


def _stamp(reference: Reference) -> dict[str, Any]:
    """What an index depends on."""
    digest = hashlib.sha256(np.ascontiguousarray(reference.residues).data)
    digest.update(reference.offsets.astype("<i8").data)
    return {
        "version": VERSION,
        "pattern": list(PATTERN),
        "proteins": len(reference.offsets) - 1,
        "sequences": digest.hexdigest(),
    }


def _read_manifest(folder: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((folder / _MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise IndexMismatchError(f"no alignment index in {folder}", hint=BUILD_HINT) from error
    except (OSError, ValueError) as error:
        raise IndexMismatchError(
            f"alignment index in {folder} is damaged: {error}", hint=BUILD_HINT
        ) from error
    return manifest if isinstance(manifest, dict) else {}


def _short(value: object) -> str:
    """A value as a message shows it; hashes by their first 12 characters."""
    return value[:12] if isinstance(value, str) else str(value)


def _bytes_needed(reference: Reference) -> int:
    return int(reference.residues.size + WORDS) * 4
