"""Sequences and structures that a person gives in files, checked, with the row of each fault."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bbqa.errors import InputError
from bbqa.fasta import Record, decode, read_records
from bbqa.kg.sources.delimited import Row, open_bytes, read_rows
from bbqa.kg.sources.losses import Losses
from bbqa.progress import Progress, Silent
from bbqa.residues import read_residues

SEQUENCE_KEYS: Final = ("id", "symbol", "ncbi", "uniprot", "accession")
SMILES_KEYS: Final = ("id", "drugbank_id", "name")

_FASTA_ACCESSION: Final = re.compile(r"^(?:sp|tr)\|([^|\s]+)\|")
_FASTA_SYMBOL: Final = re.compile(r"\bGN=(\S+)")
_SKIP: Final = "correct or remove it, or add --skip-invalid to leave such rows out"


@dataclass(frozen=True, slots=True)
class Given:
    """A value that a person gave, under each of its names, and where it stands."""

    keys: tuple[str, ...]
    value: str
    where: str


@dataclass(frozen=True, slots=True)
class Molecule:
    """A structure as it was given, and its InChIKey."""

    smiles: str
    inchikey: str


def read_sequences(path: Path, losses: Losses, *, skip_invalid: bool = False) -> dict[str, str]:
    """Amino acids by every name that the file has for them; of two with one name the first stays.

    A FASTA file names a protein by the first word of its header, a UniProt header also by the
    accession and the gene symbol. A table needs a column ``sequence`` and one or more of
    ``SEQUENCE_KEYS``.

    Args:
        path: FASTA, TSV or CSV, gzipped or not.
        losses: Where rows that are left out are counted.
        skip_invalid: Leave out what is no protein instead of raising.

    Raises:
        InputError: The file cannot be read, or a sequence in it is none.
    """
    found: dict[str, str] = {}
    given = _fasta(path) if _is_fasta(path) else _table(path, SEQUENCE_KEYS, "sequence")
    for item in given:
        try:
            sequence = read_residues(Record("", item.value)).sequence
        except InputError as error:
            _refuse(item, error, losses, path, skip_invalid=skip_invalid)
            continue
        for key in item.keys:
            if found.setdefault(key, sequence) != sequence:
                losses.add(path.name, "further sequence under the same name", key)
    return found


def read_molecules(
    path: Path,
    losses: Losses,
    *,
    wanted: Iterable[str],
    skip_invalid: bool = False,
    progress: Progress | None = None,
) -> dict[str, Molecule]:
    """Structures by every name that the file has for them; of two with one name the first stays.

    Args:
        path: TSV or CSV with a column ``smiles`` and one or more of ``SMILES_KEYS``.
        losses: Where rows that are left out are counted.
        wanted: Ids and names of the graph's drugs; other rows are counted, not read.
        skip_invalid: Leave out what is no molecule instead of raising.
        progress: Where to report to.

    Raises:
        InputError: The file cannot be read, or a SMILES in it is none.
    """
    found: dict[str, Molecule] = {}
    known = set(wanted)
    rows = list(_table(path, SMILES_KEYS, "smiles"))
    bar = (progress or Silent()).bar("structures", len(rows), unit="molecules")
    for item in rows:
        bar.advance(1)
        keys = [key for key in item.keys if key in known]
        if not keys:
            losses.add(path.name, "structure of no drug in the graph", item.keys[0])
            continue
        try:
            molecule = read_molecule(item.value)
        except InputError as error:
            _refuse(item, error, losses, path, skip_invalid=skip_invalid)
            continue
        for key in keys:
            found.setdefault(key, molecule)
    return found


def read_molecule(smiles: str) -> Molecule:
    """A SMILES with its InChIKey.

    Raises:
        InputError: It cannot be read.
    """
    from bbqa.structure import read_structure

    return Molecule(smiles, read_structure(smiles).inchikey)


def _refuse(
    item: Given, error: InputError, losses: Losses, path: Path, *, skip_invalid: bool
) -> None:
    """Count a row that cannot be used, or raise what is wrong with it and where it stands."""
    if not skip_invalid:
        message = f"{item.where} ({item.keys[0]}): {error.message}"
        raise InputError(message, hint=_SKIP) from error
    losses.add(path.name, "sequence or structure cannot be read", f"{item.keys[0]}, {item.where}")


def _is_fasta(path: Path) -> bool:
    with open_bytes(path) as stream:
        return stream.read(256).removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b">")


def _fasta(path: Path) -> Iterator[Given]:
    with open_bytes(path) as stream:
        text = decode(stream.read(), str(path))
    for record in read_records(text, str(path)):
        names = [match[1] for match in (_FASTA_ACCESSION.search(record.name),) if match]
        names += [match[1] for match in (_FASTA_SYMBOL.search(record.name),) if match]
        keys = tuple(dict.fromkeys([*names, *record.name.split()[:1]])) or (record.name,)
        yield Given(keys, record.body, f"{path}, line {record.line - 1}")


def _table(path: Path, names: tuple[str, ...], value: str) -> Iterator[Given]:
    rows = read_rows(path, (value,), optional=names)
    if rows and not any(name in rows[0].fields for name in names):
        raise InputError(
            f"{path}, line 1: no column says what each {value} belongs to",
            hint=f"add one or more of the columns {', '.join(names)}",
        )
    for row in rows:
        keys = _keys(row, names)
        if keys and row[value]:
            yield Given(keys, row[value], f"{path}, line {row.line}, column '{value}'")


def _keys(row: Row, names: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(row[name] for name in names if row[name]))
