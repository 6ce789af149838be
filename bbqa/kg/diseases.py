"""Diseases and phenotypes, and the proteins that go with them."""

from __future__ import annotations

from collections.abc import Iterable

from bbqa.kg.draft import Source
from bbqa.kg.proteins import Site
from bbqa.kg.sources import disease_ontology, hpo
from bbqa.kg.sources.mondo import Mondo
from bbqa.kg.sources.obo import Ontology
from bbqa.schema import Node, NodeType, Relation


def add_phenotypes(site: Site, ontology: Ontology) -> None:
    """Add all phenotypes that are in use, with is_a."""
    source = Source(hpo.SOURCE, ontology.release)
    for term in ontology.terms.values():
        if term.obsolete:
            continue
        site.draft.add_node(
            Node(term.id, NodeType.PHENOTYPE, term.name, tuple(term.synonyms)), term.alt_ids
        )
        for parent in term.is_a:
            site.draft.add_edge(term.id, Relation.PHENOTYPE_PHENOTYPE, parent, source)


class Diseases:
    """Adds diseases on demand, under their MONDO id where there is one."""

    def __init__(self, site: Site, mondo: Mondo) -> None:
        self._draft = site.draft
        self._losses = site.losses
        self._mondo = mondo
        self._names: dict[str, str] = {}
        self._kept: set[str] = set()

    def add(self, xref: str, source: str, name: str = "") -> str | None:
        """The node id of a disease known by ``xref``; None, counted, if it cannot be told which.

        A disease that MONDO does not know keeps its own id, if it ever came with a name.
        """
        name = self._names.setdefault(xref, name) or name
        found = self._mondo.find(xref, name)
        if found is not None:
            self._add_known(found)
            return found
        if self._mondo.knows(xref):
            self._losses.add(source, "disease id means several MONDO diseases", xref)
            return None
        if not name:
            self._losses.add(source, "disease id without MONDO entry", xref)
            return None
        if xref not in self._kept:
            self._kept.add(xref)
            self._losses.add(source, "disease without MONDO entry, kept under its own id", xref)
            self._draft.add_node(Node(xref, NodeType.DISEASE, name))
        return xref

    def add_hierarchy(self, release: str) -> None:
        """Add what is above the diseases added so far, with is_a."""
        source = Source("MONDO", release)
        added = [d for d in self._mondo.diseases if d in self._draft]
        wanted = set(added).union(*(self._mondo.ancestors(d) for d in added))
        for disease_id in wanted:
            self._add_known(disease_id)
            for parent in self._mondo.diseases[disease_id].is_a:
                self._draft.add_edge(disease_id, Relation.DISEASE_DISEASE, parent, source)

    def _add_known(self, disease_id: str) -> None:
        disease = self._mondo.diseases[disease_id]
        node = Node(disease_id, NodeType.DISEASE, disease.name, disease.synonyms)
        self._draft.add_node(node, disease.xrefs)


def add_disease_phenotypes(
    site: Site,
    rows: Iterable[hpo.DiseasePhenotype],
    ontology: Ontology,
    diseases: Diseases,
    release: str,
) -> None:
    """Add which phenotypes diseases have, and which they have not."""
    source = Source(hpo.SOURCE, release)
    positive: set[tuple[str, str]] = set()
    absent: list[tuple[str, str, str]] = []
    for row in rows:
        disease = diseases.add(row.disease, hpo.SOURCE, row.disease_name)
        phenotype = ontology.current(row.phenotype)
        if phenotype is None:
            site.losses.add(hpo.SOURCE, "phenotype is obsolete or unknown", row.phenotype)
        elif disease is not None and row.absent:
            absent.append((disease, phenotype, row.evidence))
        elif disease is not None:
            positive.add((disease, phenotype))
            site.draft.add_edge(
                disease, Relation.DISEASE_PHENOTYPE, phenotype, source, row.evidence
            )
    for disease, phenotype, evidence in absent:
        if (disease, phenotype) in positive:
            site.losses.add(
                hpo.SOURCE, "said to be absent and to be present", f"{disease} {phenotype}"
            )
        else:
            site.draft.add_edge(
                disease, Relation.DISEASE_PHENOTYPE_ABSENT, phenotype, source, evidence
            )


def add_gene_phenotypes(
    site: Site,
    rows: Iterable[hpo.GenePhenotype],
    ontology: Ontology,
    diseases: Diseases,
    release: str,
) -> None:
    """Add phenotypes and diseases of genes, to each gene's proteins."""
    source = Source(hpo.SOURCE, release)
    for row in rows:
        proteins = site.genes.by_ncbi(row.gene) or site.genes.by_symbol(row.symbol)
        if not proteins:
            site.losses.add(hpo.SOURCE, "gene without an annotated protein", row.symbol)
            continue
        phenotype = ontology.current(row.phenotype)
        disease = diseases.add(row.disease, hpo.SOURCE)
        for protein in proteins:
            if phenotype is not None:
                site.draft.add_edge(protein, Relation.PHENOTYPE_PROTEIN, phenotype, source)
            if disease is not None:
                site.draft.add_edge(disease, Relation.DISEASE_PROTEIN, protein, source)


def add_gene_diseases(
    site: Site,
    rows: Iterable[disease_ontology.GeneDisease],
    ontology: Ontology,
    diseases: Diseases,
    release: str,
) -> None:
    """Add diseases of genes that several papers' notes name together."""
    source = Source(disease_ontology.SOURCE, release)
    for row in rows:
        proteins = site.genes.by_ncbi(row.gene)
        if not proteins:
            site.losses.add(
                source.name, "gene without an annotated protein", f"NCBIGene:{row.gene}"
            )
            continue
        name = ontology.terms[row.disease].name
        disease = diseases.add(row.disease, source.name, name)
        for protein in proteins if disease is not None else ():
            site.draft.add_edge(
                str(disease), Relation.DISEASE_PROTEIN, protein, source, disease_ontology.EVIDENCE
            )
