"""Exact local alignments of one query with some targets: score, ends, starts, identical pairs.

``pyopal`` gives the best score and where its alignment ends, many targets at a time. What is
missing, identity and start, is found by walking back from the end along a narrow band of
diagonals, for all targets at once. The band is proven wide enough by the score: where the walk
reaches it, the alignment is an optimal one; where it does not, it is repeated with a wider band.
That is 10 times faster than ``pyopal``'s own traceback, and its memory does not grow with the
product of the lengths (titin with itself would take 14 GB).

A cell is one integer that is maximised: score above, then identical pairs, then pairs. So of
several best alignments, the one with most identical pairs is told, always the same.

Source: Smith and Waterman, J. Mol. Biol. 147:195 (1981), doi:10.1016/0022-2836(81)90087-5; Gotoh,
J. Mol. Biol. 162:705 (1982), doi:10.1016/0022-2836(82)90398-9; Opal by Korpar et al., PLoS One
10:e0145857 (2015), doi:10.1371/journal.pone.0145857.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.retrieve.blosum import ANY, LETTERS, OUTSIDE, PAIR_SCORES, Codes, encode, readable

if TYPE_CHECKING:
    from pyopal import Aligner, Database

GAP_OPEN: Final = 11
GAP_EXTEND: Final = 1
"""A gap of n residues costs 11 + n, BLAST's convention."""

BANDS: Final = (16, 64, 256, 1024)
"""Diagonals on either side of the end's that are walked; the next where one was too narrow."""
_CHECKED_EVERY: Final = 32

_SCORE, _IDENTICAL = 32, 16
"""Bits to the left of which a cell has its score and its identical pairs; pairs are below."""
_OPEN: Final = GAP_OPEN << _SCORE
_EXTEND: Final = GAP_EXTEND << _SCORE
_NEVER: Final = -(1 << 60)

Ints = npt.NDArray[np.int64]


def _cells_of_pairs() -> Ints:
    scores = PAIR_SCORES.astype(np.int64)
    identical = np.eye(len(LETTERS), dtype=np.int64)
    identical[ANY, ANY] = 0
    return ((scores << _SCORE) + (identical << _IDENTICAL) + 1).reshape(-1)


_CELL_OF_PAIR: Final = _cells_of_pairs()
"""What a pair of letters adds to a cell, by 24 x one's code + the other's."""
_CELL_OF_PAIR_WITH_BONUS: Final = _CELL_OF_PAIR + 2 * _EXTEND


@dataclass(frozen=True, slots=True)
class Local:
    """A best local alignment. Positions count from 0, ends are exclusive.

    Attributes:
        identical: Columns with the same letter twice.
        pairs: Columns without a gap.
    """

    score: int
    query_start: int
    query_end: int
    target_start: int
    target_end: int
    identical: int
    pairs: int

    @property
    def columns(self) -> int:
        """Length of the alignment, gaps included."""
        spans = self.query_end - self.query_start + self.target_end - self.target_start
        return spans - self.pairs

    @property
    def identity(self) -> float:
        """Identical pairs by columns, in [0, 1]."""
        return self.identical / self.columns if self.columns else 0.0


@lru_cache(maxsize=1)
def _aligner() -> Aligner:
    from pyopal import Aligner

    # Opal charges the opening for a gap's first residue alone, BLAST the extension on top.
    return Aligner("BLOSUM62", gap_open=GAP_OPEN + GAP_EXTEND, gap_extend=GAP_EXTEND)


def make_database(targets: Sequence[bytes]) -> Database:
    """Targets as ``pyopal`` wants them."""
    from pyopal import Database

    return Database([readable(target) for target in targets])


def best_scores(query: bytes, targets: Database) -> Ints:
    """Smith-Waterman score of the query with each target, int64 [n]."""
    found = _aligner().align(readable(query), targets)
    return np.fromiter((result.score for result in found), np.int64, len(found))


@dataclass(frozen=True, slots=True)
class End:
    """A target, the best score with it, and the exclusive positions where that alignment ends."""

    target: bytes
    score: int
    query_end: int
    target_end: int


def find_ends(query: bytes, targets: Sequence[bytes]) -> list[End]:
    """The best score with each target, and where its alignment ends."""
    results = _aligner().align(readable(query), make_database(targets), mode="end")
    return [
        End(target, result.score, result.query_end + 1, result.target_end + 1)
        for target, result in zip(targets, results, strict=True)
    ]


def align(query: bytes, ends: Sequence[End]) -> list[Local]:
    """The best local alignments that end there; of no pairs where nothing scores."""
    found = [Local(0, 0, 0, 0, 0, 0, 0)] * len(ends)
    todo = [n for n, end in enumerate(ends) if end.score > 0]
    for band in BANDS:
        if not todo:
            break
        walk = Walk(encode(query), [ends[n] for n in todo], band)
        walk.run()
        for place, n in enumerate(todo):
            if walk.complete[place] or band == BANDS[-1]:
                found[n] = walk.local(place)
        todo = [n for place, n in enumerate(todo) if not walk.complete[place]]
    return found


class Walk:
    """The alignments that end where the best ones do, from there backwards, row by row.

    Row i takes the query's letter i places before the end; column b takes the target's letter
    i + b - band places before the end. N targets, B = 2 band + 1 columns.

    Attributes:
        complete: Whether the best score was reached, so that start and pairs are the best
            alignment's, bool [N]. Otherwise the band cuts it off, and ``local`` tells of the
            best part within.
    """

    def __init__(self, query: Codes, ends: Sequence[End], band: int) -> None:
        self.ends = ends
        self.band = band
        self.complete = np.zeros(len(ends), bool)
        self._query_end = np.array([end.query_end for end in ends], np.int64)
        self._goal = np.array([end.score for end in ends], np.int64)
        self._best = np.full(len(ends), _NEVER)
        self._row = np.zeros(len(ends), np.int64)
        self._column = np.zeros(len(ends), np.int64)
        # Position 0 lies outside the query, where everything before its start falls to.
        self._letters = np.append(OUTSIDE, query).astype(np.int64) * len(LETTERS)

    def run(self, trail: list[Ints] | None = None) -> None:
        """Walk until every best score is reached or the sequences end.

        Cells carry a bonus, one extension for each column and two for each row, which makes
        extending a gap free and so saves a third of the work.

        Args:
            trail: Where the rows of cells are kept, without the bonus, if they are wanted.
        """
        active = np.arange(len(self.ends))
        before = self._targets_backwards()
        bonus = np.arange(2 * self.band + 1) * _EXTEND - 2 * _EXTEND
        cells = np.full((len(active), len(bonus)), _NEVER)
        cells[:, self.band] = bonus[self.band]
        unpaired = np.full_like(cells, _NEVER)
        for row in range(before.shape[1] - len(bonus)):
            letters = self._letters[np.maximum(self._query_end[active] - row, 0)]
            pairs = letters[:, None] + before[:, row : row + len(bonus)]
            cells = _next_row(cells, unpaired, _CELL_OF_PAIR_WITH_BONUS[pairs])
            bonus += 2 * _EXTEND
            plain = cells - bonus
            if trail is not None:
                trail.append(plain)
            self._note(active, row, plain)
            going = ~self.complete[active]
            if not going.any():
                return
            if row % _CHECKED_EVERY == 0 and not going.all():
                active, before = active[going], before[going]
                cells, unpaired = cells[going], unpaired[going]

    def local(self, place: int) -> Local:
        """The alignment with target ``place``, or the part of it within the band."""
        end = self.ends[place]
        row, column = int(self._row[place]), int(self._column[place])
        cell = int(self._best[place])
        return Local(
            score=end.score,
            query_start=end.query_end - 1 - row,
            query_end=end.query_end,
            target_start=end.target_end - 1 - (row + column - self.band),
            target_end=end.target_end,
            identical=(cell >> _IDENTICAL) & 0xFFFF,
            pairs=cell & 0xFFFF,
        )

    def _targets_backwards(self) -> Ints:
        """Codes of the targets from their ends backwards, column 0 of row 0 first, int64."""
        longest_target = max(end.target_end for end in self.ends)
        longest_query = max(end.query_end for end in self.ends)
        rows = min(longest_query, longest_target + self.band)
        before = np.full((len(self.ends), rows + 2 * self.band + 1), OUTSIDE, np.int64)
        for place, end in enumerate(self.ends):
            letters = encode(end.target[: end.target_end])[::-1][: rows + self.band + 1]
            before[place, self.band : self.band + len(letters)] = letters
        return before

    def _note(self, active: Ints, row: int, cells: Ints) -> None:
        """Remember who has reached the best score, and in the last band the best so far."""
        score = cells.max(axis=1) >> _SCORE
        reached = score >= self._goal[active]
        better = score > self._best[active] >> _SCORE if self.band == BANDS[-1] else reached
        better = np.flatnonzero(better & ~self.complete[active])
        if len(better):
            places, column = active[better], cells[better].argmax(axis=1)
            self._best[places] = cells[better, column]
            self._row[places], self._column[places] = row, column
            self.complete[places] = reached[better]


def _next_row(cells: Ints, unpaired: Ints, pairs: Ints) -> Ints:
    """The next row of best cells; cells carry their bonus.

    Args:
        cells: Best cells of the row before, int64 [N, B].
        unpaired: Those of them that end with a letter of the query in a gap; made the next row's.
        pairs: What a pair adds in this row, int64 [N, B].
    """
    # A letter of the query in a gap: comes from one column to the right in the row before.
    np.maximum(unpaired[:, 1:], cells[:, 1:] - _OPEN, out=unpaired[:, :-1])
    best = cells + pairs
    np.maximum(best, unpaired, out=best)
    # Letters of the target in a gap: come from any column to the left in the same row.
    reach = np.maximum.accumulate(best, axis=1)
    reach -= _OPEN
    np.maximum(best[:, 1:], reach[:, :-1], out=best[:, 1:])
    return best


# the alignment itself


def align_letters(query: bytes, end: End) -> tuple[str, str]:
    """The two lines of the best local alignment that ends there, gaps as ``-``.

    Of several with the best score it is the one that ``align`` tells of.
    """
    if end.score <= 0:
        return "", ""
    for band in BANDS:
        walk = Walk(encode(query), [end], band)
        trail: list[Ints] = []
        walk.run(trail)
        if walk.complete[0]:
            break
    return _lines(walk, trail, query.decode(), end.target.decode())


def _lines(walk: Walk, trail: Sequence[Ints], query: str, target: str) -> tuple[str, str]:
    """The two lines of an alignment, found by asking each cell where its value comes from."""
    local = walk.local(0)
    nothing = np.full((1, 2 * walk.band + 1), _NEVER)
    nothing[0, walk.band] = 0
    rows = [nothing, *trail]  # by how many letters of the query are still to come
    q, t = local.query_start, local.target_start
    top, bottom = "", ""
    while q < local.query_end or t < local.target_end:
        column = (local.target_end - t) - (local.query_end - q) + walk.band
        pair = _cell_of(query[q : q + 1], target[t : t + 1])
        dq, dt = _step(rows[: local.query_end - q + 1], column, pair)
        top += query[q : q + dq].ljust(dt, "-")
        bottom += target[t : t + dt].ljust(dq, "-")
        q, t = q + dq, t + dt
    return top, bottom


def _step(rows: Sequence[Ints], column: int, pair: int) -> tuple[int, int]:
    """How many letters of query and target the alignment's next columns take from the last row."""
    cell = rows[-1][0, column]
    if rows[-2][0, column] + pair == cell:
        return 1, 1
    for gap in range(1, rows[-1].shape[1]):
        cost = _OPEN + gap * _EXTEND
        below, right = len(rows) - 1 - gap, column + gap
        if below >= 0 and right < rows[-1].shape[1] and rows[below][0, right] - cost == cell:
            return gap, 0
        if column >= gap and rows[-1][0, column - gap] - cost == cell:
            return 0, gap
    raise AssertionError("no cell leads here")


def _cell_of(query: str, target: str) -> int:
    if not query or not target:
        return _NEVER
    row, column = int(encode(query.encode())[0]), int(encode(target.encode())[0])
    return int(_CELL_OF_PAIR[row * len(LETTERS) + column])
