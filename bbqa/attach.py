"""What a person pastes or names in a chat -> validated inputs, not labelled yet.

Recognising is cautious: a line is taken for a sequence or a structure only if it can hardly be
anything else, and it is for the caller to ask whether to attach it.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from bbqa.errors import InputError
from bbqa.fasta import read_text
from bbqa.inputs import read_molecules, read_proteins
from bbqa.residues import is_nucleotides, looks_like_protein
from bbqa.schema import Input, Modality

if TYPE_CHECKING:
    from bbqa.inputs import Names

Kind = Literal["protein", "molecule"]

MAX_FILE: Final = 16 * 2**20
"""Bytes of a file that a chat reads; fifty inputs of the longest kind are less than 2 MB."""

MIN_RESIDUES: Final = 20
MIN_SMALL: Final = 40
MIN_KINDS: Final = 4
"""Letters, capital or small, that are taken for residues: hardly any English word is as long.
Fewer kinds of them are no protein and no gene."""

_SMILES_SIGNS: Final = re.compile(r"[()=#\[\]@/\\]|[A-Za-z]\d")
MIN_ATOMS: Final = 5
"""Letters of the shortest structure that is found within a sentence."""
_WRITTEN: Final[dict[Kind, re.Pattern[str]]] = {
    "protein": re.compile(rf"\b(?P<written>[A-Z]{{{MIN_RESIDUES},}}(?:\s[A-Z]{{5,}})*)(?P<end>)\b"),
    "molecule": re.compile(r"(?<!\S)(?P<written>\S+?)(?P<end>[?!.,;:\"']*)(?!\S)"),
}
_HEADS: Final[dict[str, Kind]] = {
    **dict.fromkeys(("sequence", "seq", "protein", "residues", "protein_sequence"), "protein"),
    **dict.fromkeys(("smiles", "canonical_smiles", "structure", "inchi", "molecule"), "molecule"),
}


def recognise(text: str) -> Kind | None:
    """What a pasted text is: one or several proteins, one or several molecules, or neither.

    >>> recognise("MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ"), recognise("What does CHARACTERISTICS do?")
    ('protein', None)
    """
    lines = [line.strip() for line in text.strip().split("\n") if line.strip()]
    if not lines:
        return None
    if lines[0].startswith(">"):
        return "protein" if len(lines) > 1 else None
    if _is_sequence(lines):
        return "protein"
    return "molecule" if all(map(_is_smiles, lines)) else None


def is_residues(line: str) -> bool:
    """Whether a line can be part of a sequence that goes over several lines."""
    words = line.split()
    return bool(words) and all(re.fullmatch(r"[A-Z*.-]+", word) for word in words)


def take_out(text: str, kind: Kind) -> tuple[str, list[str]]:
    """A question without the sequences or structures in it, and these.

    They are called "this protein" or "this molecule" in what is left. A word is taken for one of
    them if it can hardly be anything else.

    >>> take_out("What does CC(=O)Oc1ccccc1C(=O)O act on?", "molecule")
    ('What does this molecule act on?', ['CC(=O)Oc1ccccc1C(=O)O'])
    """
    found: list[str] = []

    def instead(match: re.Match[str]) -> str:
        written = match.group("written")
        if sum(map(str.isalpha, written)) < MIN_ATOMS or recognise(written) != kind:
            return match.group()
        found.append("".join(written.split()))
        return f"this {kind}{match.group('end')}"

    return _WRITTEN[kind].sub(instead, text), found


def read_attached(kind: Kind, given: str, *, names: Names, translate: bool = False) -> list[Input]:
    """The inputs that a text stands for: what it writes, the file or the node that it names.

    Their label is no more than their kind.

    Raises:
        InputError: It cannot be used.
    """
    if not given.startswith(">") and "\n" not in given:
        _check_size(given)
    if kind == "protein":
        found = read_proteins(given, stdin=io.StringIO(), translate=translate, names=names)
    else:
        found = read_molecules(given, stdin=io.StringIO(), names=names)
    # A node without sequence or structure does not tell by itself what it was given as.
    return [replace(one, label=kind) for one in found]


def read_attached_file(
    path: str, *, names: Names, translate: bool = False
) -> tuple[Kind, list[Input]]:
    """The inputs in a file: FASTA, residues, a SMILES in each line, or a table with a header.

    Raises:
        InputError: It is missing, too large, or none of these.
    """
    file = Path(path).expanduser()
    _check_size(path)
    text = read_text(file)
    if file.suffix.lower() in (".csv", ".tsv"):
        return _read_table(text, str(file), names=names, translate=translate)
    first = next((line for line in text.split("\n") if line.strip()), "")
    written = first.strip() and not first.startswith(">") and not is_residues(first)
    kind: Kind = "molecule" if written or file.suffix.lower() in (".smi", ".smiles") else "protein"
    return kind, read_attached(kind, str(file), names=names, translate=translate)


def _read_table(
    text: str, where: str, *, names: Names, translate: bool
) -> tuple[Kind, list[Input]]:
    """The inputs of a table whose header has a column of sequences or of SMILES."""
    rows = list(csv.reader(io.StringIO(text), delimiter="\t" if where.endswith(".tsv") else ","))
    head = [cell.strip().lower() for cell in rows[0]] if rows else []
    column = next((place for place, cell in enumerate(head) if cell in _HEADS), None)
    if column is None:
        raise InputError(
            f"{where} has the columns {', '.join(head)[:200] or 'none'}; expected one called "
            "sequence or smiles",
            hint="name the column in the first line",
        )
    kind = _HEADS[head[column]]
    label = head.index("name") if "name" in head else None
    found: list[Input] = []
    for number, row in enumerate(rows[1:], start=2):
        if len(row) > column and row[column].strip():
            name = row[label] if label is not None and len(row) > label else ""
            written = _with_name(kind, row[column].strip(), name)
            try:
                found += read_attached(kind, written, names=names, translate=translate)
            except InputError as error:
                message = f"{where}, line {number}: {error.message}"
                raise InputError(message, hint=error.hint) from None
    return kind, found


def _with_name(kind: Kind, value: str, name: str) -> str:
    """A value with its name as FASTA, or as a line of SMILES, writes it."""
    name = " ".join(name.split())
    if not name:
        return value
    return f">{name}\n{value}" if kind == "protein" else f"{value} {name}"


def _check_size(path: str) -> None:
    try:
        size = Path(path).expanduser().stat().st_size
    except (OSError, ValueError, RuntimeError):
        return
    if size > MAX_FILE:
        raise InputError(
            f"{path} has {size:,} bytes; a chat reads at most {MAX_FILE:,}",
            hint="bbqa retrieve --fasta FILE takes large files",
        )


def _is_sequence(lines: Sequence[str]) -> bool:
    """Whether lines are residues: words of capitals, long ones, and no prose in capitals."""
    words = [word for line in lines for word in line.split()]
    letters = "".join(words)
    if len(set(letters)) < MIN_KINDS:
        return False
    if len(words) == 1 and letters.isalpha() and letters.islower():
        return len(letters) >= MIN_SMALL and looks_like_protein(letters)
    if not all(map(is_residues, lines)) or len(letters) < MIN_RESIDUES:
        return False
    whole = len(words) == len(lines)
    blocks = len(letters) >= 8 * (len(words) - 1) + 1
    return (whole or blocks) and (looks_like_protein(letters) or is_nucleotides(letters))


def _is_smiles(line: str) -> bool:
    """Whether a line is a SMILES, and perhaps a name: a word such as COP or CN is not enough."""
    written = line.split(maxsplit=1)[0]
    if written.startswith("InChI="):
        return True
    if len(written) < 4 or not _SMILES_SIGNS.search(written):
        return False
    from bbqa.structure import is_structure

    return is_structure(written)


def in_words(inputs: Sequence[Input]) -> str:
    """What some inputs are: "a protein of 1,210 residues", "3 molecules"."""
    first = inputs[0]
    if len(inputs) > 1:
        return f"{len(inputs)} {first.modality}s"
    if first.modality is Modality.PROTEIN:
        return f"a protein of {len(first.value):,} residues"
    if first.modality is Modality.MOLECULE:
        return "a molecule"
    return "a name"


def blocks(
    read: Callable[[], str | None], more: Callable[[], bool] = lambda: True
) -> Iterator[str]:
    """Lines as a person meant them: those of one FASTA text or sequence together, others alone.

    Args:
        read: The next line, or None at the end.
        more: Whether another line is there already; nothing is waited for where it is not.
    """
    line = read()
    while line is not None:
        block, line = _block(line, read, more)
        yield "\n".join(block)
        line = read() if line is None else line


def _block(
    first: str, read: Callable[[], str | None], more: Callable[[], bool]
) -> tuple[list[str], str | None]:
    """The lines that belong to a first one, and the line after them if it had to be read."""
    headed = first.startswith(">")
    block = [first]
    if not headed and not (is_residues(first) and len(first) >= MIN_RESIDUES):
        return block, None
    while (headed and len(block) == 1) or more():
        line = read()
        if line is None or not (line.startswith(">") or _goes_on(line, headed=headed)):
            return block, line
        block.append(line)
    return block, None


def _goes_on(line: str, *, headed: bool) -> bool:
    """Whether a line goes on with the residues before it; under a header also in small letters."""
    small = headed and len(line.strip()) >= 10 and line.strip().isalpha()
    return is_residues(line) or small
