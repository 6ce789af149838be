"""Sequences from protein databases in BLAST's format, version 4.

Three files share a name: ``.pin`` has the offsets (big-endian), ``.phr`` the descriptions (ASN.1,
of which only the title is read), ``.psq`` the residues (one byte each, a zero between sequences).

Source: NCBI, "BLAST Database Format", format version 4; NCBIstdaa alphabet.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from bbqa.errors import ArtifactError

NCBISTDAA: Final = b"-ABCDEFGHIKLMNPQRSTVWXYZU*OJ"
_TO_LETTERS: Final = NCBISTDAA + b"?" * (256 - len(NCBISTDAA))
_VISIBLE_STRING: Final = 0x1A


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a BLAST database: its title line and its residues in ASCII."""

    title: str
    sequence: bytes


def read_blast(pin: bytes, phr: bytes, psq: bytes) -> Iterator[Record]:
    """The entries of a protein database, in its order.

    Raises:
        ArtifactError: The files are not a protein database of format version 4.
    """
    headers, sequences = _offsets(pin)
    letters = psq.translate(_TO_LETTERS)
    for index in range(len(headers) - 1):
        title = _title(phr, int(headers[index]))
        # The last byte of each stretch is the zero between two sequences.
        yield Record(title, letters[int(sequences[index]) : int(sequences[index + 1]) - 1])


def _offsets(pin: bytes) -> tuple[np.ndarray[tuple[int], np.dtype[np.uint32]], ...]:
    """Where each description and each sequence begins, both uint32 [entries + 1]."""
    version, kind, length = struct.unpack_from(">3I", pin)
    if (version, kind) != (4, 1):
        raise ArtifactError(
            f"BLAST database has version {version}, type {kind}; expected version 4, type 1",
            hint="fetch the file again",
        )
    at = 12 + length
    at += 4 + int(struct.unpack_from(">I", pin, at)[0])
    entries = int(struct.unpack_from(">I", pin, at)[0])
    at += 16  # entries, residues (8 bytes), longest sequence
    both = np.frombuffer(pin, ">u4", 2 * (entries + 1), at).astype(np.uint32)
    return both[: entries + 1], both[entries + 1 :]


def _title(phr: bytes, at: int) -> str:
    """The first visible string of the description that begins at ``at``."""
    at = phr.index(_VISIBLE_STRING, at) + 1
    length = phr[at]
    at += 1
    if length & 0x80:  # the length itself takes the next (length - 128) bytes
        size = length & 0x7F
        length = int.from_bytes(phr[at : at + size], "big")
        at += size
    return phr[at : at + length].decode("ascii")
