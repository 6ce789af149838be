"""How often chance would give such a score: bits and E-values of Smith-Waterman scores.

The statistics of Karlin and Altschul for BLOSUM62 with gaps of 11 + 1 for each residue, and
BLAST's correction for composition: where both aligned stretches are made of the same few letters
(poly-glutamine, collagen, coiled coils), high scores come cheaply, and lambda is lowered.

Source: Karlin and Altschul, PNAS 87:2264 (1990), doi:10.1073/pnas.87.6.2264; the gapped constants
from Altschul et al., Nucleic Acids Res. 25:3389 (1997), doi:10.1093/nar/25.17.3389, as NCBI BLAST
uses them; composition-based statistics, Schäffer et al., Nucleic Acids Res. 29:2994 (2001),
doi:10.1093/nar/29.14.2994.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.retrieve.blosum import PAIR_SCORES, PROPER

LAMBDA: Final = 0.267
K: Final = 0.041
"""Gapped Karlin-Altschul parameters of BLOSUM62 with gap costs 11 and 1."""

BACKGROUND: Final = np.array(
    # A R N D C Q E G H I L K M F P S T W Y V
    [78.05, 51.29, 44.87, 53.64, 19.25, 42.64, 62.95, 73.77, 21.99, 51.42,
     90.19, 57.44, 22.43, 38.56, 52.03, 71.20, 58.41, 13.30, 32.16, 64.41]
) / 1000  # fmt: skip
"""Frequencies of amino acids. Source: Robinson and Robinson, PNAS 88:8880 (1991),
doi:10.1073/pnas.88.20.8880."""
PSEUDOCOUNT: Final = 20.0
"""Residues of background that are added to a stretch: short ones say little of composition."""

_SCORES: Final = np.arange(-4, 12)
_SCORE_INDEX: Final = (PAIR_SCORES[:PROPER, :PROPER].astype(np.int64) + 4).reshape(-1)
_LARGEST_LAMBDA: Final = 1.0
_HALVINGS: Final = 24

Floats = npt.NDArray[np.float64]


def bit_score(score: float, factor: float = 1.0) -> float:
    """Normalised score in bits; ``factor`` is ``composition_factor``'s."""
    return (LAMBDA * factor * score - math.log(K)) / math.log(2)


def expected(bits: float, query_length: int, reference_length: int) -> float:
    """E-value: how many hits with so many bits chance gives in a reference of that many residues.

    Without the correction for sequence ends, which would make it smaller.
    """
    return float(query_length * reference_length * 2.0**-bits)


def composition_factor(query: npt.NDArray[np.integer], target: npt.NDArray[np.integer]) -> Floats:
    """By how much lambda shrinks for stretches of such composition, float64 [n], in [0, 1].

    Args:
        query: How often each of the 20 amino acids occurs in the query's stretch, int [n, 20].
        target: The same of the target's stretch, int [n, 20].
    """
    return np.minimum(1.0, _ungapped_lambda(_shares(query), _shares(target)) / _BACKGROUND_LAMBDA)


def chance_identity(query: npt.NDArray[np.integer], target: npt.NDArray[np.integer]) -> Floats:
    """Share of identical pairs where stretches of such composition are paired at random, [n].

    Args:
        query: How often each of the 20 amino acids occurs in the query's stretch, int [n, 20].
        target: The same of the target's stretch, int [n, 20].
    """
    pairs = query.sum(axis=1) * target.sum(axis=1)
    chance: Floats = (query * target).sum(axis=1) / np.maximum(pairs, 1)
    return chance


def _shares(counts: npt.NDArray[np.integer]) -> Floats:
    mixed = counts + PSEUDOCOUNT * BACKGROUND
    shares: Floats = mixed / mixed.sum(axis=1, keepdims=True)
    return shares


def _ungapped_lambda(query: Floats, target: Floats) -> Floats:
    """The positive solution of sum_ij q_i t_j exp(lambda s_ij) = 1; 0 where there is none.

    There is none where the expected score is not negative. The sum is convex in lambda and 1 at
    0, so halving an interval finds the solution.
    """
    pairs = (query[:, :, None] * target[:, None, :]).reshape(len(query), -1)
    share = pairs @ (_SCORE_INDEX[:, None] == np.arange(len(_SCORES)))
    low, high = np.zeros(len(share)), np.full(len(share), _LARGEST_LAMBDA)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        above = (share * np.exp(middle[:, None] * _SCORES)).sum(axis=1) > 1
        low, high = np.where(above, low, middle), np.where(above, middle, high)
    return np.where(share @ _SCORES < 0, low, 0.0)


_BACKGROUND_LAMBDA: Final = float(_ungapped_lambda(BACKGROUND[None], BACKGROUND[None])[0])
"""0.3176, as NCBI BLAST has it."""
