"""Proteins, what they do, where they are, what they bind, which pathways they are part of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from bbqa.kg.draft import Draft, Source
from bbqa.kg.sources import drug2cell
from bbqa.kg.sources.gaf import Annotation
from bbqa.kg.sources.hgnc import Gene
from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.obo import Ontology
from bbqa.schema import Node, NodeType, Relation

GOA_HUMAN: Final = "GOA human"
PROTEIN_BINDING: Final = "GO:0005515"
_GO: Final = {
    "molecular_function": (
        NodeType.MOLECULAR_FUNCTION,
        Relation.MOLFUNC_PROTEIN,
        Relation.MOLFUNC_MOLFUNC,
    ),
    "biological_process": (
        NodeType.BIOLOGICAL_PROCESS,
        Relation.BIOPROCESS_PROTEIN,
        Relation.BIOPROCESS_BIOPROCESS,
    ),
    "cellular_component": (
        NodeType.CELLULAR_COMPONENT,
        Relation.CELLCOMP_PROTEIN,
        Relation.CELLCOMP_CELLCOMP,
    ),
}


class Genes:
    """From gene symbols and NCBI gene numbers to the accessions of the graph's proteins."""

    def __init__(self, genes: Iterable[Gene], annotations: Iterable[Annotation]) -> None:
        self.proteins: dict[str, Annotation] = {}
        for row in annotations:
            self.proteins.setdefault(row.accession, row)
        self.gene_of: dict[str, Gene] = {}
        self._by_symbol: dict[str, tuple[str, ...]] = {}
        self._by_ncbi: dict[str, tuple[str, ...]] = {}
        self._by_alias: dict[str, set[tuple[str, ...]]] = {}
        goa_symbols: dict[str, tuple[str, ...]] = {}
        for accession, row in self.proteins.items():
            goa_symbols[row.symbol] = (*goa_symbols.get(row.symbol, ()), accession)
        for gene in genes:
            known = tuple(p for p in gene.proteins if p in self.proteins)
            found = known or goa_symbols.get(gene.symbol, ())
            if found:
                self._add(gene, found)
        self._by_symbol = goa_symbols | self._by_symbol

    def by_symbol(self, symbol: str) -> tuple[str, ...]:
        """Accessions of a gene by its symbol; by an alias if only one gene has it."""
        if symbol in self._by_symbol:
            return self._by_symbol[symbol]
        claims = self._by_alias.get(symbol, set())
        return next(iter(claims)) if len(claims) == 1 else ()

    def by_ncbi(self, number: str) -> tuple[str, ...]:
        """Accessions of a gene by its NCBI gene number."""
        return self._by_ncbi.get(number, ())

    def _add(self, gene: Gene, accessions: tuple[str, ...]) -> None:
        self._by_symbol[gene.symbol] = accessions
        self._by_ncbi[gene.ncbi] = accessions
        for alias in gene.aliases:
            self._by_alias.setdefault(alias, set()).add(accessions)
        for accession in accessions:
            self.gene_of.setdefault(accession, gene)


@dataclass(frozen=True, slots=True)
class Site:
    """What every step of the building works on: the draft, the genes, the count of losses."""

    draft: Draft
    genes: Genes
    losses: Losses


def add_proteins(site: Site) -> None:
    """Add a node for each annotated human protein: symbol, full name first among synonyms."""
    for accession, row in site.genes.proteins.items():
        gene = site.genes.gene_of.get(accession)
        symbol = gene.symbol if gene else row.symbol or accession
        synonyms = [row.name, row.symbol, *row.synonyms]
        xrefs: list[str] = []
        if gene:
            same = gene.name.lower() == row.name.lower()
            synonyms += [*gene.aliases] if same else [gene.name, *gene.aliases]
            xrefs = [gene.hgnc, f"NCBIGene:{gene.ncbi}" if gene.ncbi else "", gene.ensembl]
        site.draft.add_node(Node(accession, NodeType.PROTEIN, symbol, tuple(synonyms)), xrefs)


def add_annotations(site: Site, rows: Iterable[Annotation], go: Ontology, release: str) -> None:
    """Add what proteins do, take part in and are found in. Negated rows never become edges."""
    source = Source(GOA_HUMAN, release)
    for row in rows:
        term = usable_term(row, go, GOA_HUMAN, site.losses)
        if term is None:
            continue
        relation = _GO[go.terms[term].namespace][1]
        site.draft.add_edge(row.accession, relation, term, source, row.evidence)


def usable_term(row: Annotation, go: Ontology, source: str, losses: Losses) -> str | None:
    """The current term that a row asserts, or None, counted, if it asserts none plainly."""
    example = f"{row.accession} {row.qualifier} {row.term}".replace("  ", " ")
    if "NOT" in row.qualifier.split("|"):
        losses.add(source, "NOT annotation", example)
    elif row.qualifier:
        losses.add(source, f"qualified annotation ({row.qualifier})", example)
    elif row.evidence == "ND":
        losses.add(source, "no data (evidence code ND)", example)
    elif (term := go.current(row.term)) is None:
        losses.add(source, "term is obsolete or unknown", row.term)
    else:
        return term
    return None


def add_interactions(site: Site, rows: Iterable[Annotation], release: str) -> None:
    """Add pairs of human proteins that were seen to bind (``protein binding``, IPI)."""
    source = Source(GOA_HUMAN, release)
    for row in rows:
        if row.evidence != "IPI" or row.term != PROTEIN_BINDING or row.qualifier:
            continue
        for partner in row.partners:
            accession = partner.removeprefix("UniProtKB:").split("-")[0].split(":")[0]
            if not partner.startswith("UniProtKB:"):
                site.losses.add(GOA_HUMAN, "binding partner is no UniProt entry", partner)
            elif accession not in site.draft:
                site.losses.add(
                    GOA_HUMAN, "binding partner is not human or not annotated", accession
                )
            elif accession == row.accession:
                site.losses.add(GOA_HUMAN, "protein binds itself", accession)
            else:
                site.draft.add_edge(
                    row.accession, Relation.PROTEIN_PROTEIN, accession, source, "IPI"
                )


def add_go(draft: Draft, go: Ontology, used: Iterable[str]) -> None:
    """Add the terms in ``used`` and all above them, with is_a and part_of."""
    source = Source("Gene Ontology", go.release)
    wanted = set(used).union(*(go.ancestors(term) for term in used))
    for term_id in wanted:
        term = go.terms[term_id]
        type, _, is_a = _GO[term.namespace]
        draft.add_node(Node(term.id, type, term.name, tuple(term.synonyms)), term.alt_ids)
        for parent in term.is_a:
            draft.add_edge(term.id, is_a, parent, source)
        for whole in term.part_of:
            draft.add_edge(term.id, Relation.GO_PART_OF, whole, source)


def add_pathways(site: Site, pathways: Iterable[drug2cell.Pathway], release: str) -> None:
    """Add pathways and the proteins in them."""
    for pathway in pathways:
        site.draft.add_node(Node(pathway.id, NodeType.PATHWAY, pathway.name))
        source = Source(pathway.source, release)
        for symbol in pathway.symbols:
            proteins = site.genes.by_symbol(symbol)
            if not proteins:
                site.losses.add(pathway.source, "symbol without an annotated protein", symbol)
            for protein in proteins:
                site.draft.add_edge(protein, Relation.PATHWAY_PROTEIN, pathway.id, source)
