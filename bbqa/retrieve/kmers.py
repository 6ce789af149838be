"""Which reference proteins might be homologues of a sequence: a spaced-seed index and a filter.

Each place of the reference where five letters stand in the pattern ``##.#.##`` is listed under
the word of those five letters. A search goes through (1) the query's words and all that resemble
them by BLOSUM62; (2) the places where they stand; (3) of these, places on the same or a near
diagonal as another one: homologues share several words at about the same offset, chance seldom
gives two; (4) the best ungapped segment around each, first a short one, for the best ones a long
one; (5) the proteins with the best segments. What they truly have in common with the query is for
``pairwise`` to say.

Sizes: R residues and N proteins of the reference, L residues of the query, S similar words, H
places (hits).

Source: two hits near a diagonal, Altschul et al., Nucleic Acids Res. 25:3389 (1997),
doi:10.1093/nar/25.17.3389; spaced seeds, Ma, Tromp, Li, Bioinformatics 18:440 (2002),
doi:10.1093/bioinformatics/18.3.440. Why these numbers: docs/decisions/alignment.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.retrieve.blosum import CODE_OF_ASCII, OUTSIDE, PAIR_SCORES, PROPER, Codes

PATTERN: Final = (0, 1, 3, 5, 6)
"""Offsets of a word's letters. Words of neighbouring letters overlap, and so hit by chance
together; spaced ones do so 5 times less often and find more."""
SPAN: Final = PATTERN[-1] + 1
WORDS: Final = PROPER ** len(PATTERN)

MIN_WORD_SCORE: Final = 22
"""Least BLOSUM62 score of a similar word: about 70 words for each residue of a query."""
WINDOW: Final = 1_500
OVERLAP: Final = 100
"""Longer queries are searched in windows, so that each domain finds its own relatives."""
MAX_HITS: Final = 1_000_000
"""Most hits of a window; where there would be more, only the best words count."""
BAND: Final = 8
"""Hits on diagonals at most this far apart support each other."""
ALONE_BELOW: Final = 50_000
"""Where hits are fewer than this (short queries), one counts without another beside it."""
SHORT_ARM: Final = 8
LONG_ARM: Final = 48
"""Residues on either side of a hit in which the first and the second segment are looked for."""
KEPT: Final = 10_000
"""Hits of a window that get the second, longer segment."""
KEPT_OF_PROTEIN: Final = 10
"""Of these, at most so many of one protein: repeats would leave no place for other proteins."""

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Words:
    """Words that resemble a query's words.

    Attributes:
        code: Number of the word, int64 [S].
        position: Where the query's word begins, int64 [S].
        score: BLOSUM62 score between the two, int64 [S].
    """

    code: Ints
    position: Ints
    score: Ints

    def __len__(self) -> int:
        return len(self.code)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | Ints) -> Words:
        return Words(self.code[chosen], self.position[chosen], self.score[chosen])


@dataclass(frozen=True, slots=True)
class Hits:
    """Places where the reference resembles the query.

    Attributes:
        query: Position in the query, int64 [H].
        target: Position in the reference, int64 [H].
    """

    query: Ints
    target: Ints

    def __len__(self) -> int:
        return len(self.query)

    def __getitem__(self, chosen: npt.NDArray[np.bool_] | Ints) -> Hits:
        return Hits(self.query[chosen], self.target[chosen])


@dataclass(frozen=True, slots=True)
class KmerIndex:
    """Where each word stands in a reference. ``kmer_files`` makes and keeps one.

    Attributes:
        residues: The reference, all proteins end to end, ASCII, uint8 [R].
        offsets: Where each protein begins, and the last one's end, int [N + 1].
        places: Where words begin, by word and then by place, int32 [at most R].
        starts: Where each word's places begin in ``places``, int32 [WORDS + 1].
    """

    residues: Codes
    offsets: npt.NDArray[np.signedinteger]
    places: npt.NDArray[np.int32]
    starts: npt.NDArray[np.int32]

    def candidates(self, query: Codes, limit: int) -> Ints:
        """Numbers of at most ``limit`` proteins that may be homologues, the likeliest first.

        Args:
            query: The query's letters as ``blosum.encode`` gives them, uint8 [L].
            limit: How many at most.
        """
        if not len(self.places):  # a graph without sequences
            return np.empty(0, np.int64)
        firsts = range(0, max(len(query) - OVERLAP, 1), WINDOW)
        found = [self._segments(query[first : first + WINDOW + OVERLAP]) for first in firsts]
        proteins = np.concatenate([proteins for proteins, _ in found])
        scores = np.concatenate([scores for _, scores in found])
        ranked = proteins[np.lexsort((proteins, -scores))]
        _, first = np.unique(ranked, return_index=True)
        return ranked[np.sort(first)[:limit]]

    def _segments(self, query: Codes) -> tuple[Ints, Ints]:
        """Proteins with similar segments, and the segments' scores; a protein may come often."""
        hits = _supported(self._hits(self._affordable(similar_words(query))))
        scores = self._segment_scores(hits, query, SHORT_ARM)
        proteins = np.searchsorted(self.offsets, hits.target, side="right") - 1
        chosen = _best_of_each(proteins, scores)
        return proteins[chosen], self._segment_scores(hits[chosen], query, LONG_ARM)

    def _affordable(self, words: Words) -> Words:
        """The words, or of too many those with the best scores, rare before frequent ones."""
        count = self.starts[words.code + 1] - self.starts[words.code]
        if count.sum() <= MAX_HITS:
            return words
        order = np.lexsort((count, -words.score))
        return words[order[np.cumsum(count[order]) <= MAX_HITS]]

    def _hits(self, words: Words) -> Hits:
        """All places of the words."""
        first = self.starts[words.code].astype(np.int64)
        count = self.starts[words.code + 1] - first
        # Ranges first … first + count, end to end, without a loop.
        at = np.repeat(first - (np.cumsum(count) - count), count)
        at += np.arange(len(at))
        return Hits(np.repeat(words.position, count), self.places[at].astype(np.int64))

    def _segment_scores(self, hits: Hits, query: Codes, arm: int) -> Ints:
        """Score of the best ungapped segment within ``arm`` residues of each hit, int64 [H].

        A window may reach into the next protein: that can only bring up a candidate too many.
        """
        width = min(2 * arm + SPAN, len(self.residues))
        begin = np.clip(hits.target - arm, 0, len(self.residues) - width)
        target = _windows(self.residues, width)[begin].view(np.uint8).reshape(-1, width)
        # Both windows move together, so they stay on the hit's diagonal at the reference's ends.
        pad = np.full(2 * width, OUTSIDE, np.uint8)
        row_of_pair = np.concatenate([pad, query, pad]).astype(np.uint16) * np.uint16(128)
        windows = np.lib.stride_tricks.sliding_window_view(row_of_pair, width)
        pair = windows[hits.query + (begin - hits.target) + len(pad)] + target
        return _best_segments(_SCORE_OF_PAIR[pair])


def _windows(residues: Codes, width: int) -> npt.NDArray[np.void]:
    """Every stretch of ``width`` residues as one opaque item, which numpy copies in one go."""
    count = len(residues) - width + 1
    return np.ndarray((count,), np.dtype(f"V{width}"), residues.data, strides=(1,))


_SCORE_OF_PAIR: Final = np.ascontiguousarray(PAIR_SCORES[:, CODE_OF_ASCII[:128]]).reshape(-1)
"""BLOSUM62 by 128 x code of the query's letter + ASCII code of the target's."""


def _best_segments(scores: npt.NDArray[np.int8]) -> Ints:
    """The highest sum of neighbouring scores in each row, int64 [H].

    Source: Kadane's algorithm, Bentley, Commun. ACM 27:865 (1984), doi:10.1145/358234.381162.
    """
    running = np.zeros(len(scores), np.int16)
    best = np.zeros(len(scores), np.int16)
    for column in np.ascontiguousarray(scores.T):
        running += column
        np.maximum(running, 0, out=running)
        np.maximum(best, running, out=best)
    return best.astype(np.int64)


def _supported(hits: Hits) -> Hits:
    """Hits with another one on the same or a near diagonal; all of them if they are few.

    Of several on one diagonal within 16 residues, one is enough.
    """
    # Diagonal in the high bits, position in the low 16: one array to sort.
    longest = int(hits.query.max(initial=0))
    key = np.sort((hits.target - hits.query + longest) << 16 | hits.query)
    if len(key) >= ALONE_BELOW:
        near = np.diff(key >> 16) <= BAND
        key = key[np.append(near, False) | np.append(False, near)]
    key = key[np.diff(key >> 4, prepend=-1) > 0]
    query = key & 0xFFFF
    return Hits(query, (key >> 16) - longest + query)


def _best_of_each(proteins: Ints, scores: Ints) -> Ints:
    """Which ``KEPT`` hits have the best scores, at most ``KEPT_OF_PROTEIN`` of each protein."""
    # Protein, then falling score, then number of the hit: one array to sort.
    key = np.sort(proteins << 40 | (0xFFFF - scores) << 24 | np.arange(len(scores)))
    protein = key >> 40
    begins = np.flatnonzero(np.diff(protein, prepend=-1))
    rank = np.arange(len(key)) - np.repeat(begins, np.diff(begins, append=len(key)))
    chosen = key[rank < KEPT_OF_PROTEIN] & 0xFF_FFFF
    if len(chosen) > KEPT:
        chosen = chosen[np.argpartition(-scores[chosen], KEPT)[:KEPT]]
    return chosen


# words


def similar_words(query: Codes) -> Words:
    """All words that score ``MIN_WORD_SCORE`` or more with a word of the query.

    The query's own are among them, unless they have a letter that is none of the 20 or consist
    of A, I, L, S and V only: with less than 22 these are so frequent that they tell nothing.

    A word's code is its first three letters (one of 8,000) and its last two (one of 400). For
    each position, similar threes are listed by descending score; then each similar pair takes as
    many from the top as reach the minimum with it.
    """
    at, threes, pairs = _halves(query)
    need = MIN_WORD_SCORE - pairs.max(axis=1, initial=-128)
    row3, three = np.nonzero(threes >= need[:, None])
    score3 = threes[row3, three].astype(np.int64)
    order = np.lexsort((-score3, row3))
    row3, three, score3 = row3[order], three[order], score3[order]
    need = MIN_WORD_SCORE - threes.max(axis=1, initial=-128)
    row2, pair = np.nonzero(pairs >= need[:, None])
    score2 = pairs[row2, pair].astype(np.int64)

    # How many threes of each position score s or more, for every s: int64 [positions, 64].
    count = np.bincount(row3 * 64 + score3, minlength=64 * len(at)).reshape(-1, 64)
    enough = np.cumsum(count[:, ::-1], axis=1)[:, ::-1]
    taken = enough[row2, np.minimum(MIN_WORD_SCORE - score2, 63)]
    begin = np.cumsum(enough[:, 0]) - enough[:, 0]
    index = np.repeat(begin[row2] - (np.cumsum(taken) - taken), taken) + np.arange(taken.sum())
    return Words(
        code=three[index] * 400 + np.repeat(pair, taken),
        position=np.repeat(at[row2], taken),
        score=score3[index] + np.repeat(score2, taken),
    )


def _halves(query: Codes) -> tuple[Ints, npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Positions P of proper words, and their scores with every three letters and every two.

    int64 [P], int8 [P, 8000], int8 [P, 400].
    """
    letters = [query[at : max(len(query) - SPAN + 1 + at, at)] for at in PATTERN]
    positions = np.flatnonzero(np.all([letter < PROPER for letter in letters], axis=0))
    a, b, c, d, e = (PAIR_SCORES[letter[positions], :PROPER] for letter in letters)
    threes = a[:, :, None, None] + b[:, None, :, None] + c[:, None, None, :]
    pairs = d[:, :, None] + e[:, None, :]
    return positions, threes.reshape(-1, 8000), pairs.reshape(-1, 400)
