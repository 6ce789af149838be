"""Letters of proteins as numbers, and what BLOSUM62 says of each pair of them.

Source: Henikoff and Henikoff, PNAS 89:10915 (1992), doi:10.1073/pnas.89.22.10915; the matrix as
NCBI distributes it, from the package ``scoring-matrices``.
"""

from __future__ import annotations

from typing import Final

import numpy as np
import numpy.typing as npt
from scoring_matrices.lib import ScoringMatrix

Codes = npt.NDArray[np.uint8]

LETTERS: Final = "ARNDCQEGHILKMFPSTWYVBZX*"
"""BLOSUM62's letters in its own order. The first 20 are amino acids, then Asx, Glx, any, end."""
PROPER: Final = 20
"""Codes below this one are amino acids; B, Z and X are scored but are never part of a word."""
ANY: Final = LETTERS.index("X")
OUTSIDE: Final = LETTERS.index("*")
"""Code of what lies beyond a sequence's ends: -4 with every letter."""

KNOWN_AS: Final = bytes.maketrans(b"UOJ", b"CKL")
"""BLOSUM62 has no selenocysteine, pyrrolysine, or leucine-or-isoleucine: read as the nearest."""


def _pair_scores() -> npt.NDArray[np.int8]:
    matrix = ScoringMatrix.from_name("BLOSUM62")
    assert matrix.alphabet == LETTERS
    scores: npt.NDArray[np.int8] = np.asarray(matrix).astype(np.int8)
    scores[OUTSIDE, OUTSIDE] = scores[OUTSIDE, ANY]  # two ends are no match
    return scores


def _code_of_ascii() -> Codes:
    codes = np.full(256, ANY, np.uint8)
    for letter in LETTERS + "UOJ":
        codes[ord(letter)] = LETTERS.index(letter.translate(KNOWN_AS.decode("latin-1")))
    return codes


PAIR_SCORES: Final = _pair_scores()
"""Score of each pair of letters, int8 [24, 24]."""
CODE_OF_ASCII: Final = _code_of_ascii()
"""Code of each ASCII letter, uint8 [256]; X's for whatever is none."""


def readable(sequence: bytes) -> bytes:
    """The sequence in BLOSUM62's letters: U, O and J replaced by C, K and L."""
    return sequence.translate(KNOWN_AS)


def encode(sequence: bytes) -> Codes:
    """Codes of the letters of a sequence, uint8 [L]."""
    return CODE_OF_ASCII[np.frombuffer(sequence, np.uint8)]
