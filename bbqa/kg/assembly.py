"""How records of the sources become nodes and edges: one function for each kind of knowledge.

Each adds to a ``Draft`` and counts in ``Losses`` what it cannot place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from bbqa.kg.draft import Draft, Source
from bbqa.kg.sources import atc, disease_ontology, drug2cell, hpo
from bbqa.kg.sources.chebi import ROLE_ROOT, Chebi
from bbqa.kg.sources.drugbank import Drug
from bbqa.kg.sources.drugbank import Mapping as DrugMapping
from bbqa.kg.sources.gaf import Annotation
from bbqa.kg.sources.hgnc import Gene
from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.mondo import Mondo
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


def add_proteins(draft: Draft, genes: Genes) -> None:
    """Add a node for each annotated human protein: symbol, full name first among synonyms."""
    for accession, row in genes.proteins.items():
        gene = genes.gene_of.get(accession)
        symbol = gene.symbol if gene else row.symbol or accession
        synonyms = [row.name, row.symbol, *row.synonyms]
        xrefs: list[str] = []
        if gene:
            same = gene.name.lower() == row.name.lower()
            synonyms += [*gene.aliases] if same else [gene.name, *gene.aliases]
            xrefs = [gene.hgnc, f"NCBIGene:{gene.ncbi}" if gene.ncbi else "", gene.ensembl]
        draft.add_node(Node(accession, NodeType.PROTEIN, symbol, tuple(synonyms)), xrefs)


def add_annotations(
    draft: Draft, rows: Iterable[Annotation], go: Ontology, release: str, losses: Losses
) -> None:
    """Add what proteins do, take part in and are found in. Negated rows never become edges."""
    source = Source(GOA_HUMAN, release)
    for row in rows:
        term = usable_term(row, go, GOA_HUMAN, losses)
        if term is None:
            continue
        relation = _GO[go.terms[term].namespace][1]
        draft.add_edge(row.accession, relation, term, source, row.evidence)


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


def add_interactions(
    draft: Draft, rows: Iterable[Annotation], release: str, losses: Losses
) -> None:
    """Add pairs of human proteins that were seen to bind (``protein binding``, IPI)."""
    source = Source(GOA_HUMAN, release)
    for row in rows:
        if row.evidence != "IPI" or row.term != PROTEIN_BINDING or row.qualifier:
            continue
        for partner in row.partners:
            accession = partner.removeprefix("UniProtKB:").split("-")[0].split(":")[0]
            if not partner.startswith("UniProtKB:"):
                losses.add(GOA_HUMAN, "binding partner is no UniProt entry", partner)
            elif accession not in draft:
                losses.add(GOA_HUMAN, "binding partner is not human or not annotated", accession)
            elif accession == row.accession:
                losses.add(GOA_HUMAN, "protein binds itself", accession)
            else:
                draft.add_edge(row.accession, Relation.PROTEIN_PROTEIN, accession, source, "IPI")


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


def add_phenotypes(draft: Draft, ontology: Ontology) -> None:
    """Add all phenotypes that are in use, with is_a."""
    source = Source(hpo.SOURCE, ontology.release)
    for term in ontology.terms.values():
        if term.obsolete:
            continue
        draft.add_node(
            Node(term.id, NodeType.PHENOTYPE, term.name, tuple(term.synonyms)), term.alt_ids
        )
        for parent in term.is_a:
            draft.add_edge(term.id, Relation.PHENOTYPE_PHENOTYPE, parent, source)


class Diseases:
    """Adds diseases on demand, under their MONDO id where there is one."""

    def __init__(self, draft: Draft, mondo: Mondo, losses: Losses) -> None:
        self._draft = draft
        self._mondo = mondo
        self._losses = losses
        self._kept: set[str] = set()

    def add(self, xref: str, name: str, source: str) -> str | None:
        """The node id of a disease known by ``xref``; None, counted, if it cannot be told which.

        A disease that MONDO does not know keeps its own id, if it comes with a name.
        """
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
    draft: Draft,
    rows: Iterable[hpo.DiseasePhenotype],
    ontology: Ontology,
    diseases: Diseases,
    release: str,
    losses: Losses,
) -> dict[str, str]:
    """Add which phenotypes diseases have, and which not; returns disease names by their id."""
    source = Source(hpo.SOURCE, release)
    names: dict[str, str] = {}
    positive: set[tuple[str, str]] = set()
    absent: list[tuple[str, str, str]] = []
    for row in rows:
        names[row.disease] = row.disease_name
        disease = diseases.add(row.disease, row.disease_name, hpo.SOURCE)
        phenotype = ontology.current(row.phenotype)
        if phenotype is None:
            losses.add(hpo.SOURCE, "phenotype is obsolete or unknown", row.phenotype)
        elif disease is not None and row.absent:
            absent.append((disease, phenotype, row.evidence))
        elif disease is not None:
            positive.add((disease, phenotype))
            draft.add_edge(disease, Relation.DISEASE_PHENOTYPE, phenotype, source, row.evidence)
    for disease, phenotype, evidence in absent:
        if (disease, phenotype) in positive:
            losses.add(hpo.SOURCE, "said to be absent and to be present", f"{disease} {phenotype}")
        else:
            draft.add_edge(disease, Relation.DISEASE_PHENOTYPE_ABSENT, phenotype, source, evidence)
    return names


def add_gene_phenotypes(
    draft: Draft,
    rows: Iterable[hpo.GenePhenotype],
    ontology: Ontology,
    diseases: Diseases,
    names: Mapping[str, str],
    genes: Genes,
    release: str,
    losses: Losses,
) -> None:
    """Add phenotypes and diseases of genes, to each gene's proteins."""
    source = Source(hpo.SOURCE, release)
    for row in rows:
        proteins = genes.by_ncbi(row.gene) or genes.by_symbol(row.symbol)
        if not proteins:
            losses.add(hpo.SOURCE, "gene without an annotated protein", row.symbol)
            continue
        phenotype = ontology.current(row.phenotype)
        disease = diseases.add(row.disease, names.get(row.disease, ""), hpo.SOURCE)
        for protein in proteins:
            if phenotype is not None:
                draft.add_edge(protein, Relation.PHENOTYPE_PROTEIN, phenotype, source)
            if disease is not None:
                draft.add_edge(disease, Relation.DISEASE_PROTEIN, protein, source)


def add_gene_diseases(
    draft: Draft,
    rows: Iterable[disease_ontology.GeneDisease],
    ontology: Ontology,
    diseases: Diseases,
    genes: Genes,
    release: str,
    losses: Losses,
) -> None:
    """Add diseases of genes that several papers' notes name together."""
    source = Source(disease_ontology.SOURCE, release)
    for row in rows:
        proteins = genes.by_ncbi(row.gene)
        if not proteins:
            losses.add(source.name, "gene without an annotated protein", f"NCBIGene:{row.gene}")
            continue
        name = ontology.terms[row.disease].name
        disease = diseases.add(row.disease, name, source.name)
        for protein in proteins if disease is not None else ():
            draft.add_edge(str(disease), Relation.DISEASE_PROTEIN, protein, source, row.evidence)


def add_pathways(
    draft: Draft,
    pathways: Iterable[drug2cell.Pathway],
    genes: Genes,
    release: str,
    losses: Losses,
) -> None:
    """Add pathways and the proteins in them."""
    for pathway in pathways:
        draft.add_node(Node(pathway.id, NodeType.PATHWAY, pathway.name))
        source = Source(pathway.source, release)
        for symbol in pathway.symbols:
            proteins = genes.by_symbol(symbol)
            if not proteins:
                losses.add(pathway.source, "symbol without an annotated protein", symbol)
            for protein in proteins:
                draft.add_edge(protein, Relation.PATHWAY_PROTEIN, pathway.id, source)


class Drugs:
    """Adds drugs, under their DrugBank id where there is one."""

    def __init__(
        self, draft: Draft, drugs: Iterable[Drug], mappings: Mapping[str, DrugMapping]
    ) -> None:
        self._draft = draft
        self._mappings = mappings
        self._by_chembl: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._chebi: dict[str, list[str]] = {}
        for drug in drugs:
            self._add(drug.ids[0], drug.name, drug.ids)
        for drugbank, mapping in mappings.items():
            for chembl in mapping.chembl:
                self._by_chembl.setdefault(chembl, drugbank)

    def find(self, drug: drug2cell.DrugTargets, losses: Losses) -> str:
        """The node id of a drug known by ChEMBL id and name; added if it is new."""
        found = self._by_chembl.get(drug.chembl) or self._by_name.get(drug.name.lower())
        if found is None:
            losses.add(
                drug2cell.SOURCE, "drug without DrugBank id, kept under its ChEMBL id", drug.chembl
            )
            self._draft.add_node(Node(drug.chembl, NodeType.DRUG, drug.name.lower()))
            return drug.chembl
        if found not in self._draft:
            names = self._mappings[found].names
            self._add(found, names[0] if names else drug.name.lower(), (found,))
        return found

    def chebi_ids(self) -> Iterable[tuple[str, list[str]]]:
        """Each drug's node id with its ChEBI ids."""
        return self._chebi.items()

    def _add(self, node_id: str, name: str, ids: tuple[str, ...]) -> None:
        known = [self._mappings[i] for i in ids if i in self._mappings]
        names = [name for mapping in known for name in mapping.names]
        chembl = [chembl for mapping in known for chembl in mapping.chembl]
        self._chebi[node_id] = [chebi for mapping in known for chebi in mapping.chebi]
        node = Node(node_id, NodeType.DRUG, name, tuple(names))
        self._draft.add_node(node, [*ids, *chembl, *self._chebi[node_id]])
        for chembl_id in chembl:
            self._by_chembl.setdefault(chembl_id, node_id)
        for known_name in (name, *names):
            self._by_name.setdefault(known_name.lower(), node_id)


def add_targets(
    draft: Draft,
    targets: Iterable[drug2cell.DrugTargets],
    drugs: Drugs,
    genes: Genes,
    release: str,
    losses: Losses,
) -> None:
    """Add which proteins drugs have recorded activity on."""
    source = Source(drug2cell.SOURCE, release)
    for row in targets:
        drug = drugs.find(row, losses)
        for symbol in row.symbols:
            proteins = genes.by_symbol(symbol)
            if not proteins:
                losses.add(source.name, "symbol without an annotated protein", symbol)
            for protein in proteins:
                draft.add_edge(drug, Relation.DRUG_PROTEIN, protein, source)


def add_roles(draft: Draft, drugs: Drugs, chebi: Chebi, release: str, losses: Losses) -> None:
    """Add the roles of drugs, and all roles above them with is_a."""
    source = Source("ChEBI", release)
    used: set[str] = set()
    for drug, chebi_ids in drugs.chebi_ids():
        for chebi_id in chebi_ids:
            current = chebi.current(chebi_id)
            if current is None:
                losses.add("ChEBI", "id is unknown", chebi_id)
                continue
            for role in chebi.roles(current):
                used.add(role)
                draft.add_edge(drug, Relation.DRUG_ROLE, role, source)
    for role in used.union(*(chebi.role_ancestors(role) for role in used)):
        draft.add_node(Node(role, NodeType.ROLE, chebi.name(role)))
        for parent in chebi.parents(role) if role != ROLE_ROOT else ():
            draft.add_edge(role, Relation.ROLE_ROLE, parent, source)


def add_classes(
    draft: Draft, drugs: Iterable[Drug], names: Mapping[str, str], release: str
) -> None:
    """Add ATC classes and the drugs in them; a class without a name is passed over upwards."""
    source = Source(atc.SOURCE, release)
    for code, name in names.items():
        draft.add_node(Node(f"ATC:{code}", NodeType.DRUG_CLASS, atc.readable(name)), [code])
        above = _named(atc.parent(code), names)
        if above:
            draft.add_edge(f"ATC:{code}", Relation.CLASS_CLASS, f"ATC:{above}", source)
    for drug in drugs:
        for code in drug.atc:
            own = _named(code, names)
            if own:
                draft.add_edge(drug.ids[0], Relation.DRUG_CLASS, f"ATC:{own}", source)


def _named(code: str | None, names: Mapping[str, str]) -> str | None:
    """``code``, or the nearest class above it that has a name."""
    while code is not None and code not in names:
        code = atc.parent(code)
    return code
