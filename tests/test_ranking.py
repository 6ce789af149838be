import pytest
from world import KINASE, LACTASE, make_resources, mutated

from bbqa.errors import InputError
from bbqa.ranking import read_node_type, retrieve_many
from bbqa.schema import NodeType, Status


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


def test_each_input_gets_its_own_ranked_nodes(resources):
    rows = list(retrieve_many("molecular_function", resources, seq=[KINASE, LACTASE]))
    assert [row.given.label for row in rows] == ["protein_1", "protein_2"]
    assert [row.hits[0].name for row in rows] == ["tyrosine kinase activity", "lactase activity"]


def test_a_protein_asked_for_proteins_finds_itself_first(resources):
    (row,) = retrieve_many("protein", resources, seq=[KINASE])
    assert row.hits[0].id == "P00001"
    assert row.hits[0].because == "identical sequence"


def test_a_mutated_protein_finds_its_original_and_inherits_its_function(resources):
    given = mutated(KINASE, 0.3)
    (proteins,) = retrieve_many("protein", resources, seq=[given])
    (functions,) = retrieve_many("function", resources, seq=[given])
    assert proteins.hits[0].id == "P00001"
    assert functions.hits[0].name == "tyrosine kinase activity"
    assert functions.hits[0].status is Status.INFERRED


def test_nothing_is_called_a_probability_that_was_not_calibrated(resources):
    (row,) = retrieve_many("function", resources, seq=[KINASE])
    assert {hit.probability for hit in row.hits} == {None}


def test_a_file_of_many_sequences_gives_one_row_each_in_order(resources, tmp_path):
    fasta = tmp_path / "many.fasta"
    fasta.write_text(f">a\n{KINASE}\n>b\n{LACTASE}\n>c\n{KINASE}\n")
    rows = list(retrieve_many("function", resources, fasta=fasta))
    assert [row.given.name for row in rows] == ["a", "b", "c"]


def test_a_row_is_json_with_the_documented_keys(resources):
    (row,) = retrieve_many("function", resources, seq=[KINASE], k=1)
    value = row.to_json()
    assert set(value) == {"input", "to", "hits"}
    assert set(value["hits"][0]) == {
        "id", "name", "type", "score", "probability", "kind", "status", "because", "speculative",
    }  # fmt: skip


def test_an_unknown_type_lists_the_nearest_and_all():
    with pytest.raises(InputError, match="molecular_function") as caught:
        read_node_type("molecular_funktion")
    assert "cellular_component" in caught.value.hint
    assert read_node_type("Protein") is NodeType.PROTEIN


def test_no_input_is_an_error_before_anything_is_built(resources):
    with pytest.raises(InputError, match="no input"):
        list(retrieve_many("function", resources))
