"""One FASTA record -> a clean amino-acid sequence, or an error with the position.

Nucleotides are recognised, and refused unless the caller asks for a translation.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import Final

from bbqa.errors import InputError
from bbqa.fasta import Record

MAX_RESIDUES: Final = 35_000
"""Human titin, the longest human protein, has 34,350."""

MAX_NUCLEOTIDES: Final = 200_000
"""Titin's messenger RNA has about 109,000."""

MIN_NUCLEOTIDES: Final = 10
NUCLEOTIDE_SHARE: Final = 0.9
NUCLEOTIDE_KINDS: Final = 3
"""What counts as nucleotides: that many letters, that share of them A, C, G, T, U or N, and that
many of the four bases.

Measured on the 1,338,325 entries of the three BLAST databases of metastudent-data 2.0.1: not one
protein is taken for nucleotides by this rule, and only one has that share at all.
"""

RARE_SHARE: Final = 0.05
"""Typed text with a larger share of B, J, O, U and Z is words rather than a protein."""

_FOREIGN: Final = re.compile(r"[^A-Za-z\s.*-]")
_GAPS: Final = str.maketrans("", "", "-.")
_SPACE: Final = re.compile(r"\s+")

# NCBI's translation table 1, codons in the order TTT, TTC, TTA, TTG, TCT, … GGG.
_AMINO_ACIDS: Final = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
_CODONS: Final = {
    a + b + c: _AMINO_ACIDS[16 * i + 4 * j + k]
    for i, a in enumerate("TCAG")
    for j, b in enumerate("TCAG")
    for k, c in enumerate("TCAG")
}
_COMPLEMENT: Final = str.maketrans("ACGTRYKMBDHV", "TGCAYRMKVHDB")


@dataclass(frozen=True, slots=True)
class Residues:
    """A clean sequence in upper case, and what was changed on the way."""

    sequence: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReadingFrame:
    """An open reading frame and where it lies.

    Attributes:
        protein: Its translation.
        frame: +1 … +3 on the strand that was given, -1 … -3 on the other.
        first: Its first nucleotide, counted from 1 on the strand that was given.
        last: Its last nucleotide, counted likewise; the stop codon does not belong to it.
        starts: Whether it begins with a start codon.
    """

    protein: str
    frame: int
    first: int
    last: int
    starts: bool


def read_residues(record: Record, *, translate: bool = False) -> Residues:
    """The sequence of a record: white space, gaps and a final stop removed, upper case.

    >>> read_residues(Record("", "mktay-iakq*"))
    Residues(sequence='MKTAYIAKQ', notes=('read as upper case', '1 gap removed', 'final * removed'))

    Args:
        record: What was written.
        translate: Whether to read nucleotides as their longest open reading frame.

    Raises:
        InputError: A character is no amino acid, a stop stands inside, it is empty or too long,
            or it is nucleotides and ``translate`` is False.
    """
    _check_characters(record)
    written = _SPACE.sub("", record.body)
    letters = written.upper().translate(_GAPS)
    notes = list(_changes(written, letters))
    protein = letters.rstrip("*")
    if is_nucleotides(protein):
        protein, note = _translated(protein, record, translate=translate)
        notes.append(note)
    if not protein:
        raise InputError(_at("sequence has no residues", record, 0))
    _check_stops(record)
    _check_length(len(protein), MAX_RESIDUES, "residues", record)
    return Residues(protein, tuple(notes))


def is_nucleotides(letters: str) -> bool:
    """Whether upper-case letters are DNA or RNA rather than amino acids."""
    counts = Counter(letters.replace("U", "T"))
    bases = sum(counts[base] for base in "ACGTN")
    kinds = sum(counts[base] > 0 for base in "ACGT")
    return (
        len(letters) >= MIN_NUCLEOTIDES
        and bases >= NUCLEOTIDE_SHARE * len(letters)
        and kinds >= NUCLEOTIDE_KINDS
    )


def looks_like_protein(text: str) -> bool:
    """Whether typed text can be meant as a sequence: mostly letters, few of them rare ones."""
    letters = [c for c in text.upper() if "A" <= c <= "Z"]
    written = [c for c in text if not c.isspace() and c not in "-.*"]
    rare = sum(c in "BJOUZ" for c in letters)
    return len(letters) >= 0.9 * len(written) and rare <= RARE_SHARE * len(letters)


def longest_open_frame(nucleotides: str) -> ReadingFrame:
    """The longest open reading frame of DNA in upper case over its six frames.

    From a start codon to a stop or the end. A fragment may begin inside its gene: where the
    longest stretch without a stop is more than twice as long, that stretch is taken whole.
    Ambiguous codons become X.
    """
    stretches = [
        (frame, offset, stretch)
        for frame in (1, 2, 3, -1, -2, -3)
        for offset, stretch in _open_stretches(nucleotides, frame)
    ]
    begun = [
        (frame, offset + stretch.find("M"), stretch[stretch.find("M") :])
        for frame, offset, stretch in stretches
        if "M" in stretch
    ]
    longest = max(stretches, key=_length, default=(1, 0, ""))
    best = max(begun, key=_length, default=(1, 0, ""))
    starts = 2 * _length(best) >= _length(longest)
    frame, offset, protein = best if starts else longest
    first = 3 * offset + abs(frame)
    last = first + 3 * len(protein) - 1
    if frame < 0:
        first, last = len(nucleotides) - last + 1, len(nucleotides) - first + 1
    return ReadingFrame(protein, frame, first, last, starts)


def _open_stretches(nucleotides: str, frame: int) -> list[tuple[int, str]]:
    """Each stretch between stops in one frame, with the number of codons before it."""
    strand = nucleotides if frame > 0 else nucleotides.translate(_COMPLEMENT)[::-1]
    codons = range(abs(frame) - 1, len(strand) - 2, 3)
    protein = "".join(_CODONS.get(strand[i : i + 3], "X") for i in codons)
    return [(match.start(), match.group()) for match in re.finditer(r"[^*]+", protein)]


def _length(stretch: tuple[int, int, str]) -> int:
    return len(stretch[2])


def _translated(letters: str, record: Record, *, translate: bool) -> tuple[str, str]:
    share = sum(letters.count(base) for base in "ACGTUN") / len(letters)
    if not translate:
        raise InputError(
            _at(
                f"sequence is nucleotides: {share:.0%} of its {len(letters):,} letters are "
                "A, C, G, T, U or N; expected amino acids",
                record,
                0,
            ),
            hint="add --translate to read its longest open reading frame",
        )
    _check_length(len(letters), MAX_NUCLEOTIDES, "nucleotides", record)
    found = longest_open_frame(letters.replace("U", "T"))
    strand = "given" if found.frame > 0 else "other"
    note = (
        f"translated from nucleotides {found.first:,} to {found.last:,} of {len(letters):,}, "
        f"frame {found.frame:+d} ({strand} strand), standard code"
        f"{'' if found.starts else ', no start codon'}"
    )
    return found.protein, note


def _check_characters(record: Record) -> None:
    found = _FOREIGN.search(record.body)
    if found:
        at = found.start()
        position = len(_SPACE.sub("", record.body[:at])) + 1
        message = (
            f"sequence has '{found.group()}' at position {position}; expected amino-acid letters"
        )
        hint = "remove line numbers and labels" if found.group().isdigit() else ""
        raise InputError(_at(message, record, at), hint=hint)


def _check_stops(record: Record) -> None:
    inside = re.search(r"\*(?=[\s.-]*[A-Za-z])", record.body)
    if inside:
        position = len(_SPACE.sub("", record.body[: inside.start()])) + 1
        raise InputError(
            _at(
                f"sequence has a stop codon '*' at position {position}; "
                "expected one only at the end",
                record,
                inside.start(),
            ),
            hint="give the protein up to its stop, or check the reading frame",
        )


def _check_length(length: int, limit: int, unit: str, record: Record) -> None:
    if length > limit:
        raise InputError(
            _at(f"sequence has {length:,} {unit}; at most {limit:,} are accepted", record, 0),
            hint="give the domain you ask about",
        )


def _changes(written: str, letters: str) -> list[str]:
    gaps = sum(written.count(gap) for gap in "-.")
    changes = {
        "read as upper case": written != written.upper(),
        f"{gaps} gap{'s' if gaps > 1 else ''} removed": gaps > 0,
        "final * removed": letters.endswith("*"),
    }
    return [change for change, happened in changes.items() if happened]


def _at(message: str, record: Record, at: int) -> str:
    place = record.place(at)
    return f"{message} ({place})" if place else message
