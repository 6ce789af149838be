"""Human genes: symbols, numbers and proteins, from a table of HGNC.

Source: HGNC "Custom downloads", https://www.genenames.org
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gene:
    """One gene. ``aliases`` are its alias and previous symbols, ``proteins`` UniProt accessions."""

    hgnc: str
    symbol: str
    name: str
    aliases: tuple[str, ...]
    ncbi: str
    ensembl: str
    proteins: tuple[str, ...]


def read_hgnc(lines: Iterable[str]) -> Iterator[Gene]:
    """The approved genes of a tab-separated table of HGNC."""
    for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE):
        if row["Status"] == "Approved":
            yield Gene(
                hgnc=row["HGNC ID"],
                symbol=row["Approved symbol"],
                name=row["Approved name"],
                aliases=(*_words(row["Alias symbols"]), *_words(row["Previous symbols"])),
                ncbi=row["NCBI Gene ID(supplied by NCBI)"],
                ensembl=row["Ensembl gene ID"],
                proteins=_words(row["UniProt ID(supplied by UniProt)"]),
            )


def _words(cell: str | None) -> tuple[str, ...]:
    return tuple(word.strip() for word in (cell or "").split(",") if word.strip())
