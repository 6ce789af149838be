"""Phenotypes of diseases and of genes, as annotated with the Human Phenotype Ontology.

Source: "phenotype.hpoa" and "genes_to_phenotype.txt", HPO annotation file formats.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.kg.sources.losses import Losses

SOURCE: Final = "HPO"
NEVER_SEEN: Final = "seen in none of the patients examined (0/n)"


@dataclass(frozen=True, slots=True)
class DiseasePhenotype:
    """A disease ("OMIM:…", "ORPHA:…") and a phenotype that it has, or that it has not."""

    disease: str
    disease_name: str
    phenotype: str
    evidence: str
    absent: bool


@dataclass(frozen=True, slots=True)
class GenePhenotype:
    """A gene (NCBI number and symbol), a phenotype of it, and the disease that joins them."""

    gene: str
    symbol: str
    phenotype: str
    disease: str


def read_release(lines: Sequence[str]) -> str:
    """The version in the header of ``phenotype.hpoa``, or "unknown"."""
    heads = (line for line in lines[:20] if line.startswith("#version:"))
    return next(heads, "#version: unknown").partition(":")[2].strip()


def read_hpoa(lines: Iterable[str], losses: Losses) -> Iterator[DiseasePhenotype]:
    """The rows of ``phenotype.hpoa``. A row seen in 0 of n patients is counted and left out."""
    for line in lines:
        cells = line.split("\t")
        if line.startswith("#") or cells[0] == "database_id" or len(cells) < 11:
            continue
        if _is_zero(cells[7]):
            losses.add(SOURCE, NEVER_SEEN, f"{cells[0]} {cells[3]} {cells[7]}")
            continue
        yield DiseasePhenotype(cells[0], cells[1], cells[3], cells[5], cells[2] == "NOT")


def read_genes(lines: Iterable[str], losses: Losses) -> Iterator[GenePhenotype]:
    """The rows of ``genes_to_phenotype.txt``. One seen in 0 of n patients is left out."""
    for line in lines:
        cells = line.split("\t")
        if cells[0] == "ncbi_gene_id" or len(cells) < 6:
            continue
        if _is_zero(cells[4]):
            losses.add(SOURCE, NEVER_SEEN, f"{cells[1]} {cells[2]} {cells[4]}")
            continue
        yield GenePhenotype(cells[0], cells[1], cells[2], cells[5])


def _is_zero(frequency: str) -> bool:
    """Whether a frequency says never: ``0/12``, ``0%``, or the term "Excluded"."""
    return frequency.startswith("0/") or frequency in {"0%", "HP:0040285"}
