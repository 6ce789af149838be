"""Homologues of a protein in the reference: which ones, how close, and how surely.

``search`` asks the k-mer index (``kmers``) for candidates, scores each of them exactly
(``pairwise``), and tells identity, coverage, bits and E-value (``significance``).
``search_exhaustively`` does without the index: it is what the index is measured against. Neither
depends on chance or time: the same query gives the same list.

How it was chosen and what it finds and misses: docs/decisions/alignment.md.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.progress import Progress
from bbqa.retrieve.blosum import PAIR_SCORES, PROPER, encode
from bbqa.retrieve.kmer_files import Reference, build_kmer_index, open_kmer_index
from bbqa.retrieve.kmers import KmerIndex
from bbqa.retrieve.pairwise import (
    End,
    Local,
    align,
    align_letters,
    best_scores,
    find_ends,
    make_database,
)
from bbqa.retrieve.significance import (
    bit_score,
    chance_identity,
    composition_factor,
    expected,
)

if TYPE_CHECKING:
    from pyopal import Database

METHOD: Final = "Smith-Waterman, BLOSUM62"
"""What tells that sequences are alike, as evidence names it."""
CANDIDATES: Final = 300
"""Proteins that a search aligns exactly."""
CANDIDATES_IF_SOME_HIDDEN: Final = 1_000
"""The same where close homologues are hidden: they would take most places of a large family."""
WHOLE_COVERAGE: Final = 0.8
WHOLE_IDENTITY: Final = 0.3
"""Proteins that over this much of both are identical by so much more than chance gives for their
composition are alike as a whole, and their bits are not lowered: a mucin, all serine and
threonine, is still itself."""
_LEAST_AT_ONCE: Final = 16
_MOST_AT_ONCE: Final = 64
_LINE: Final = 60

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Homologue:
    """A protein of the reference that resembles the query, by their best local alignment.

    Attributes:
        row: Its number in the reference.
        accession: Its accession.
        identity: Identical pairs by columns of the alignment, gaps included, in [0, 1].
        query_coverage: Aligned stretch of the query by the query's length, in [0, 1].
        target_coverage: Aligned stretch of the target by the target's length, in [0, 1].
        score: Smith-Waterman score, BLOSUM62, gaps 11 + 1 for each residue.
        bits: Normalised score, lowered where both stretches have the same unusual
            composition and the proteins are not alike as a whole.
        evalue: Hits as good that chance gives in the reference.
        query_start: Where the aligned stretch of the query begins, from 0.
        query_end: Where it ends, exclusive.
        target_start: Where the aligned stretch of the target begins, from 0.
        target_end: Where it ends, exclusive.
    """

    row: int
    accession: str
    identity: float
    query_coverage: float
    target_coverage: float
    score: int
    bits: float
    evalue: float
    query_start: int
    query_end: int
    target_start: int
    target_end: int

    @property
    def near(self) -> float:
        """How near it is to the query, in [0, 1]: identity times coverage of the query."""
        return self.identity * self.query_coverage


def closeness(homologue: Homologue) -> str:
    """How near a homologue is: ``48 % identity to P00533 over 98 %, E 2e-80``."""
    return (
        f"{percent(homologue.identity)} % identity to {homologue.accession} over "
        f"{percent(homologue.query_coverage)} %, E {homologue.evalue:.1g}"
    )


def percent(share: float) -> str:
    """A share in percent, to a whole number; what is less than all is never rounded up to 100.

    >>> percent(0.476), percent(277 / 278), percent(1.0)
    ('48', '99.6', '100')
    """
    whole = f"{100 * share:.0f}"
    return f"{math.floor(1000 * share) / 10:.1f}" if whole == "100" and share < 1 else whole


@dataclass(frozen=True, slots=True)
class Alignment:
    """An alignment to look at; ``str`` gives it in blocks of 60 columns.

    Attributes:
        homologue: The target and the alignment's numbers.
        query_line: The query's aligned letters, gaps as ``-``.
        match_line: The letter where both have the same, ``+`` where the pair scores, else a blank.
        target_line: The target's aligned letters.
    """

    homologue: Homologue
    query_line: str
    match_line: str
    target_line: str

    def __str__(self) -> str:
        found = self.homologue
        blocks = [
            f"{found.accession}: {percent(found.identity)} % identity, "
            f"{found.bits:.0f} bits, E {found.evalue:.1g}"
        ]
        query, target = found.query_start, found.target_start
        for first in range(0, len(self.query_line), _LINE):
            columns = slice(first, first + _LINE)
            upper, lower = self.query_line[columns], self.target_line[columns]
            query_next = query + len(upper) - upper.count("-")
            target_next = target + len(lower) - lower.count("-")
            blocks.append(
                f"query  {query + 1:>6} {upper} {query_next}\n"
                f"{'':13} {self.match_line[columns]}\n".replace(" \n", "\n")
                + f"target {target + 1:>6} {lower} {target_next}"
            )
            query, target = query_next, target_next
        return "\n\n".join(blocks)


class AlignmentIndex:
    """Searches a reference for homologues. Make one with ``build`` or ``open``."""

    def __init__(self, reference: Reference, kmers: KmerIndex) -> None:
        self.reference = reference
        self._kmers = kmers
        self._offsets = reference.offsets.astype(np.int64)

    @classmethod
    def build(
        cls, sequences: Reference, folder: Path, progress: Progress | None = None
    ) -> AlignmentIndex:
        """The index of ``sequences`` in ``folder``, built and kept there if it is not there yet.

        Raises:
            ArtifactError: The folder cannot be written.
        """
        return cls(sequences, build_kmer_index(sequences, folder, progress))

    @classmethod
    def open(cls, sequences: Reference, folder: Path) -> AlignmentIndex:
        """The index of ``sequences`` in ``folder``.

        Raises:
            IndexMismatchError: There is none, it is damaged, or it is one of other sequences.
        """
        return cls(sequences, open_kmer_index(sequences, folder))

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def search(
        self,
        sequence: str,
        *,
        k: int = 50,
        max_evalue: float = 1e-3,
        max_identity: float | None = None,
        without: Collection[int] = (),
    ) -> list[Homologue]:
        """The best ``k`` homologues among the candidates of the k-mer index, best first.

        Args:
            sequence: Upper-case amino acids. Below 7 residues, nothing is found.
            k: How many at most.
            max_evalue: Leave out what chance would give this often.
            max_identity: Hide homologues of higher identity, for evaluation that must not see
                the query itself or its near relatives.
            without: Numbers of proteins to leave out.
        """
        limit = CANDIDATES_IF_SOME_HIDDEN
        if max_identity is None:
            limit = min(CANDIDATES + len(without), limit)
        query = sequence.encode("ascii")
        rows = self._kmers.candidates(encode(query), limit)
        rows = rows[~np.isin(rows, list(without))]
        return self._best(query, rows, k, max_evalue, max_identity)

    def search_exhaustively(
        self,
        sequence: str,
        *,
        k: int = 50,
        max_evalue: float = 1e-3,
        max_identity: float | None = None,
    ) -> list[Homologue]:
        """The best ``k`` homologues in the whole reference; ``search``, but slow and complete."""
        query = sequence.encode("ascii")
        scores = best_scores(query, self._everything)
        rows = np.argsort(-scores, kind="stable")[: max(CANDIDATES_IF_SOME_HIDDEN, 2 * k)]
        return self._best(query, rows, k, max_evalue, max_identity)

    def search_among(
        self, sequence: str, rows: Sequence[int], *, k: int = 10, max_evalue: float = 1e-3
    ) -> list[Homologue]:
        """The best ``k`` homologues among some proteins, all of them aligned, best first.

        E-values are those of a search of the whole reference.
        """
        query, chosen = sequence.encode("ascii"), np.asarray(rows, np.int64)
        if not len(chosen):
            return []
        scores = best_scores(query, make_database(self._targets(chosen)))
        best = chosen[np.argsort(-scores, kind="stable")[: 2 * k]]
        return self._best(query, best, k, max_evalue, None)

    def compare(self, sequence: str, rows: Sequence[int]) -> list[Homologue]:
        """The best local alignment of a sequence with each of some proteins, in their order."""
        query = sequence.encode("ascii")
        return self._homologues(query, rows, find_ends(query, self._targets(rows))) if rows else []

    def align(self, sequence: str, row: int) -> Alignment:
        """The best local alignment of a sequence with protein ``row``, to be printed."""
        query = sequence.encode("ascii")
        (end,) = find_ends(query, self._targets([row]))
        upper, lower = align_letters(query, end)
        pairs = zip(upper, encode(upper.encode()), lower, encode(lower.encode()), strict=True)
        match = "".join(_match(*pair) for pair in pairs)
        return Alignment(self._homologues(query, [row], [end])[0], upper, match, lower)

    # from scores to homologues

    def _best(
        self,
        query: bytes,
        rows: Ints,
        k: int,
        max_evalue: float,
        max_identity: float | None,
    ) -> list[Homologue]:
        """The ``k`` accepted ones of the highest scores, in the order of their bits."""
        # Opal aligns many targets side by side, fastest where neighbours are about as long.
        rows = rows[np.argsort(self._offsets[rows] - self._offsets[rows + 1], kind="stable")]
        ends = dict(zip(rows.tolist(), find_ends(query, self._targets(rows)), strict=True))
        # Composition only ever lowers bits, so a score that is too low by itself is out.
        enough = [
            row for row in ends if self._evalue(query, bit_score(ends[row].score)) <= max_evalue
        ]
        enough.sort(key=lambda row: (-ends[row].score, row))
        found: list[Homologue] = []
        step = min(max(k, _LEAST_AT_ONCE), _MOST_AT_ONCE)
        for first in range(0, len(enough), step):
            some = enough[first : first + step]
            found += [
                homologue
                for homologue in self._homologues(query, some, [ends[row] for row in some])
                if homologue.evalue <= max_evalue
                and (max_identity is None or homologue.identity <= max_identity)
            ]
            if len(found) >= k:
                break
        return sorted(found[:k], key=lambda h: (-h.bits, h.row))

    def _homologues(
        self, query: bytes, rows: Sequence[int], ends: Sequence[End]
    ) -> list[Homologue]:
        locals_ = align(query, ends)
        pairs = list(zip(ends, locals_, strict=True))
        in_query = _counts([query[a.query_start : a.query_end] for a in locals_])
        in_target = _counts([e.target[a.target_start : a.target_end] for e, a in pairs])
        factors = np.where(
            _alike_as_a_whole(query, pairs, chance_identity(in_query, in_target)),
            1.0,
            composition_factor(in_query, in_target),
        )
        return [
            self._homologue(query, row, end, local, bit_score(local.score, factor))
            for row, (end, local), factor in zip(rows, pairs, factors.tolist(), strict=True)
        ]

    def _homologue(self, query: bytes, row: int, end: End, local: Local, bits: float) -> Homologue:
        return Homologue(
            row=row,
            accession=self.reference.accession(row),
            identity=local.identity,
            query_coverage=(local.query_end - local.query_start) / len(query),
            target_coverage=(local.target_end - local.target_start) / len(end.target),
            score=local.score,
            bits=bits,
            evalue=self._evalue(query, bits),
            query_start=local.query_start,
            query_end=local.query_end,
            target_start=local.target_start,
            target_end=local.target_end,
        )

    def _evalue(self, query: bytes, bits: float) -> float:
        return expected(bits, len(query), int(self._offsets[-1]))

    # the reference

    def _targets(self, rows: Sequence[int] | Ints) -> list[bytes]:
        return [
            self.reference.residues[self._offsets[row] : self._offsets[row + 1]].tobytes()
            for row in rows
        ]

    @cached_property
    def _everything(self) -> Database:
        return make_database(self._targets(range(len(self))))


def _alike_as_a_whole(
    query: bytes, pairs: Sequence[tuple[End, Local]], chance: npt.NDArray[np.float64]
) -> npt.NDArray[np.bool_]:
    """Whether both proteins are aligned nearly whole and far more identical than by chance."""
    return np.array(
        [
            local.identity - expected_identity >= WHOLE_IDENTITY
            and local.query_end - local.query_start >= WHOLE_COVERAGE * len(query)
            and local.target_end - local.target_start >= WHOLE_COVERAGE * len(end.target)
            for (end, local), expected_identity in zip(pairs, chance.tolist(), strict=True)
        ],
        bool,
    )


def _counts(stretches: Sequence[bytes]) -> Ints:
    """How often each of the 20 amino acids occurs in each stretch, int64 [n, 20]."""
    return np.array([np.bincount(encode(s), minlength=PROPER)[:PROPER] for s in stretches])


def _match(upper: str, upper_code: int, lower: str, lower_code: int) -> str:
    if "-" in (upper, lower):
        return " "
    if upper == lower:
        return upper
    return "+" if PAIR_SCORES[upper_code, lower_code] > 0 else " "
