"""Approved drugs with structures and ATC codes, and their ids and names elsewhere."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Drug:
    """One approved drug.

    ``ids`` are DrugBank's, the first is the main one; ``atc`` are codes of level 4 ("N02BA");
    ``atc_names`` the names of all its classes by level (1 to 4), in no order that tells which
    name belongs to which code.
    """

    ids: tuple[str, ...]
    name: str
    smiles: str
    atc: tuple[str, ...]
    atc_names: tuple[tuple[str, ...], ...]


@dataclass(slots=True)
class Mapping:
    """What else a DrugBank id is called: ChEBI and ChEMBL ids with their prefix, and names."""

    chebi: list[str] = field(default_factory=list)
    chembl: list[str] = field(default_factory=list)
    names: list[str] = field(default_factory=list)


def read_drugs(lines: Iterable[str]) -> Iterator[Drug]:
    """The drugs of a comma-separated table with smiles, name, id, atc and atc_name_1 to 4."""
    for row in csv.DictReader(lines):
        yield Drug(
            ids=_words(row["id"]),
            name=row["name"],
            smiles=row["smiles"],
            atc=_words(row["atc"]),
            atc_names=tuple(_words(row[f"atc_name_{level}"]) for level in range(1, 5)),
        )


def read_mappings(lines: Iterable[str]) -> dict[str, Mapping]:
    """Mappings by DrugBank id, from a table of DrugBank id, namespace, id and source."""
    mappings: dict[str, Mapping] = {}
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        mapping = mappings.setdefault(row["DRUGBANK_ID"], Mapping())
        match row["NAMESPACE"]:
            case "CHEBI":
                _append(mapping.chebi, f"CHEBI:{row['ID'].removeprefix('CHEBI:')}")
            case "CHEMBL":
                _append(mapping.chembl, f"CHEMBL:{row['ID']}")
            case "NAME":
                _append(mapping.names, row["ID"])
    return mappings


def _append(words: list[str], word: str) -> None:
    if word not in words:
        words.append(word)


def _words(cell: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in cell.split(";") if word.strip())
