"""The tools on the real graph, against published facts and numbers."""

import pytest

from bbqa.inputs import read_inputs
from bbqa.resources import Resources
from bbqa.schema import NodeType, Relation, Status
from bbqa.settings import load_settings
from bbqa.tools import (
    biobridge_search,
    describe,
    find_entity,
    kg_facts,
    molecule_properties,
    protein_properties,
    similar,
)
from bbqa.workbench import Workbench

pytestmark = pytest.mark.integration

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"


@pytest.fixture(scope="module")
def bench():
    resources = Resources(load_settings({}))
    resources.prepare()
    return Workbench(resources, read_inputs(["examples/egfr.fasta"], [ASPIRIN]))


def statements(found):
    return [item.statement for item in found.evidence]


@pytest.mark.parametrize(
    ("name", "node"),
    [("HER1", "P00533"), ("P04637", "P04637"), ("aspirin", "DB00945"), ("0004714", "GO:0004714")],
)
def test_synonyms_and_ids_find_their_node(bench, name, node):
    assert find_entity(name, bench).evidence[0].nodes == (node,)


@pytest.mark.parametrize(
    ("typo", "node"),
    [("EGRF", "P00533"), ("asprin", "DB00945"), ("alzheimers diseese", "MONDO:0004975")],
)
def test_typos_find_what_is_probably_meant(bench, typo, node):
    first = find_entity(typo, bench).evidence[0]
    assert first.nodes == (node,)
    assert first.status is Status.PREDICTED
    assert "probably means" in first.statement


@pytest.mark.parametrize("name", ["Zorblatin", "zorblatinib", "Quuxase 7", "Flimflamycin"])
def test_invented_names_are_nothing(bench, name):
    assert find_entity(name, bench).evidence == ()


def test_insulin_is_a_gene_and_a_drug(bench):
    found = find_entity("insulin", bench)
    assert {item.type for item in found.evidence} == {NodeType.PROTEIN, NodeType.DRUG}
    assert found.note.startswith("2 things may be meant")


def test_a_function_is_defined_in_its_sources_words(bench):
    second = describe("GO:0004714", bench).evidence[1]
    assert "is defined as: Combining with a signal" in second.statement
    assert (second.source, second.release) == ("Gene Ontology", "2019-01-27")


def test_egfr_is_acted_on_by_its_inhibitors(bench):
    names = " ".join(statements(kg_facts("protein_1", bench, to=[NodeType.DRUG], k=20)))
    assert "osimertinib" in names
    assert "Cetuximab" in names


def test_imatinib_has_the_facts_of_one_relation(bench):
    found = kg_facts("Imatinib", bench, relation=Relation.DRUG_ROLE)
    assert "Imatinib has the role tyrosine kinase inhibitor" in statements(found)
    assert {item.type for item in found.evidence} == {NodeType.ROLE}


def test_the_nearest_homologues_of_egfr_are_its_orthologue_and_its_family(bench):
    told = " ".join(statements(similar("EGFR", bench)))
    assert "ERBB4 (Q15303" in told
    assert "ERBB2 (P04626" in told
    assert "(P00533" not in told


def test_the_nearest_analogues_of_aspirin_are_salicylates(bench):
    told = statements(similar("molecule_1", bench))
    assert told[0].startswith("molecule_1 resembles Salsalate (DB01399)")
    assert not any("DB00945" in statement for statement in told)


def test_the_search_finds_the_kinase_activity_of_egfr(bench):
    found = biobridge_search("protein_1", bench, to=[NodeType.MOLECULAR_FUNCTION])
    assert "EGFR enables protein tyrosine kinase activity" in statements(found)


@pytest.mark.parametrize(
    ("name", "formula", "weight"),
    [  # PubChem CIDs 2244, 5291, 54454
        ("aspirin", "C9H8O4", 180.16),
        ("Imatinib", "C29H31N7O", 493.6),
        ("Simvastatin", "C25H38O5", 418.6),
    ],
)
def test_named_drugs_have_their_published_formula_and_weight(bench, name, formula, weight):
    told = statements(molecule_properties(name, bench))
    assert told[0].endswith(f"has the molecular formula {formula}")
    assert float(told[1].split()[-3]) == pytest.approx(weight, abs=0.05)


@pytest.mark.parametrize(
    ("name", "residues", "weight"),
    [("EGFR", 1210, 134277), ("INS", 110, 11981), ("HRAS", 189, 21298)],  # UniProt
)
def test_named_proteins_have_their_published_length_and_mass(bench, name, residues, weight):
    told = statements(protein_properties(name, bench))
    assert told[0] == f"{name} has {residues} residues"
    assert float(told[1].split()[-2]) == pytest.approx(weight, rel=2e-5)


def test_egfr_has_its_signal_peptide_and_its_transmembrane_stretch(bench):
    told = " ".join(statements(protein_properties("protein_1", bench)))
    assert "may begin with a signal peptide of about 24 residues" in told
    assert "650-668" in told  # UniProt: 646-668


@pytest.mark.parametrize(
    "tool", [find_entity, describe, kg_facts, similar, molecule_properties, protein_properties]
)
def test_every_result_is_short_enough_for_a_small_model(bench, tool):
    first = next(iter(tool.__annotations__))
    name = "aspirin" if tool is molecule_properties else "EGFR"
    text, step = bench.call(tool, {first: name})
    assert not step.failed
    assert len(text) <= 2000
