"""Genes of diseases, drawn by machine from GeneRIF notes and mapped to the Disease Ontology.

Source: Peng et al., "The Disease and Gene Annotations (DGA)", Nucleic Acids Research 41:D553
(2013), doi:10.1093/nar/gks1244.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.obo import Ontology

SOURCE: Final = "Disease Ontology"
EVIDENCE: Final = "GeneRIF"
FEWEST_PAPERS: Final = 2
"""One note that names gene and disease need not say that they have to do with each other."""
_TOO_GENERAL: Final = frozenset({"DOID:4", "DOID:225", "DOID:7"})  # disease, syndrome, of anatomy


@dataclass(frozen=True, slots=True)
class GeneDisease:
    """A gene (NCBI number) and a disease (current DOID) that several papers' notes name."""

    gene: str
    disease: str


def read_associations(
    lines: Iterable[str], ontology: Ontology, losses: Losses
) -> Iterator[GeneDisease]:
    """The associations in lines of gene, DOID and PubMed id, sorted by gene and disease."""
    papers: dict[tuple[str, str], set[str]] = {}
    for line in lines:
        gene, disease, paper = line.split("\t")
        current = ontology.current(disease)
        if current is None:
            losses.add(SOURCE, "DOID is obsolete or unknown", disease)
        elif current in _TOO_GENERAL:
            losses.add(SOURCE, "disease is too general to say anything", disease)
        else:
            papers.setdefault((gene, current), set()).add(paper)
    for (gene, disease), named_in in sorted(papers.items()):
        if len(named_in) < FEWEST_PAPERS:
            losses.add(SOURCE, "named in one paper only", f"NCBIGene:{gene} {disease}")
        else:
            yield GeneDisease(gene, disease)
