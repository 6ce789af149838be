"""How a protein differs from the one it is aligned with, in words like those of HGVS.

``V600E``, ``E746_A750del``, ``D770_N771insNPG``, ``L747_P753delinsS``: positions are those of the
reference, counted from 1.

Source: HGVS nomenclature, protein recommendations (den Dunnen et al., Hum. Mutat. 37:564 (2016),
doi:10.1002/humu.22981); one-letter codes, as the literature writes them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

SHOWN_LETTERS: Final = 10
"""Inserted letters that are written out; of longer stretches the number is."""
DENSE: Final = 4
"""So many changes within ``NEAR`` residues of each other are one region, not point mutations."""
NEAR: Final = 8
SMALL: Final = frozenset("AGSTCPV")
"""Second residues behind which the initiator methionine is cleaved off.

Source: Sherman, Stewart and Tsunasawa, BioEssays 3:27 (1985), doi:10.1002/bies.950030108.
"""


@dataclass(frozen=True, slots=True)
class Change:
    """One difference from a reference.

    Attributes:
        start: First residue of the reference that is changed, from 1; of an insertion the one
            before it.
        before: Residues of the reference that are replaced; empty for an insertion.
        after: What stands in their place; empty for a deletion.
        left: The residue of the reference at ``start`` of an insertion.
        right: The one behind it.
    """

    start: int
    before: str
    after: str
    left: str = ""
    right: str = ""

    @property
    def end(self) -> int:
        """Last residue of the reference that is changed."""
        return self.start + max(len(self.before), 1) - 1

    @property
    def is_substitution(self) -> bool:
        """Whether one residue stands for another."""
        return len(self.before) == len(self.after) == 1

    def __str__(self) -> str:
        if self.is_substitution:
            return f"{self.before}{self.start}{self.after}"
        new = self.after if len(self.after) <= SHOWN_LETTERS else f"({len(self.after)} residues)"
        if not self.before:
            return f"{self.left}{self.start}_{self.right}{self.start + 1}ins{new}"
        first, last = f"{self.before[0]}{self.start}", f"{self.before[-1]}{self.end}"
        span = first if len(self.before) == 1 else f"{first}_{last}"
        return f"{span}del" + (f"ins{new}" if self.after else "")


@dataclass(frozen=True, slots=True)
class Region:
    """A stretch of the reference with many changes, such as an alternative exon.

    Attributes:
        start: First residue that is changed.
        end: Last residue that is changed.
        changes: How many changes it holds.
    """

    start: int
    end: int
    changes: int

    def __str__(self) -> str:
        return f"{self.changes} further differences between residues {self.start} and {self.end}"


def changes(query_line: str, target_line: str, start: int) -> list[Change]:
    """The changes of an alignment, in order; neighbouring gaps and mismatches are one.

    >>> [str(c) for c in changes("MKTE", "MKTV", 0)]
    ['V4E']
    >>> [str(c) for c in changes("MK--E", "MKTVE", 10)]
    ['T13_V14del']

    Args:
        query_line: The query's aligned letters, gaps as ``-``.
        target_line: The reference's.
        start: Where the alignment begins in the reference, from 0.
    """
    found: list[Change] = []
    position, at = start, 0
    while at < len(query_line):
        if query_line[at] == target_line[at]:
            position, at = position + 1, at + 1
            continue
        end = at
        while end < len(query_line) and query_line[end] != target_line[end]:
            end += 1
        columns = slice(at, end)
        found += _of_block(query_line[columns], target_line[columns], position, target_line, at)
        position += end - at - target_line[columns].count("-")
        at = end
    return found


def _of_block(query: str, target: str, position: int, line: str, at: int) -> Iterator[Change]:
    """The changes of columns that all differ: substitutions one by one, gaps as a whole."""
    if "-" not in query and "-" not in target:
        for offset, (new, old) in enumerate(zip(query, target, strict=True)):
            yield Change(position + offset + 1, old, new)
        return
    before, after = target.replace("-", ""), query.replace("-", "")
    if before and after:
        yield Change(position + 1, before, after)
        return
    tail = line[at + len(target) :]
    moved = _moves(before or after, tail)
    if before:
        whole = before + tail[:moved]
        yield Change(position + moved + 1, whole[moved:], "")
        return
    around = line[at - 1 : at] + tail
    left, right = around[moved : moved + 1], around[moved + 1 : moved + 2]
    yield Change(position + moved, "", (after + tail[:moved])[moved:], left, right)


def _moves(letters: str, tail: str) -> int:
    """Residues by which a gap may be moved towards the C-terminus, as HGVS has it."""
    whole, size = letters + tail, len(letters)
    moved = 0
    while moved < len(tail) and tail[moved] != "-" and whole[moved] == whole[moved + size]:
        moved += 1
    return moved


def summarised(found: Sequence[Change]) -> tuple[list[Change], list[Region]]:
    """Changes that stand by themselves, and regions of many."""
    alone: list[Change] = []
    regions: list[Region] = []
    for group in _groups(found):
        if len(group) >= DENSE:
            regions.append(Region(group[0].start, group[-1].end, len(group)))
        else:
            alone += group
    return alone, regions


def _groups(found: Sequence[Change]) -> Iterator[list[Change]]:
    group: list[Change] = []
    for change in found:
        if group and change.start - group[-1].end > NEAR:
            yield group
            group = []
        group.append(change)
    if group:
        yield group


def renumbered(change: Change, offset: int) -> str:
    """A substitution counted from a later residue: ``E7V`` less 1 is ``E6V``."""
    return f"{change.before}{change.start - offset}{change.after}"


def loses_methionine(sequence: str) -> bool:
    """Whether the initiator methionine of a protein is usually cleaved off."""
    return sequence[:1] == "M" and sequence[1:2] in SMALL
