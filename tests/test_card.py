"""What `bbqa kg show` prints of a node."""

import pytest
from world import make_resources

from bbqa.card import definition, make_card, source_of
from bbqa.errors import InputError
from bbqa.schema import Relation


def test_a_card_has_the_node_and_its_facts_by_relation_with_sources(tmp_path):
    card = make_card("KIN1", make_resources(tmp_path))
    facts = {group.relation: group.statements for group in card.facts}
    assert card.node.id == "P00001"
    assert facts[Relation.MOLFUNC_PROTEIN] == (
        ("KIN1 enables tyrosine kinase activity", "GOA human, IDA"),
    )


@pytest.mark.parametrize("name", ["P00001", "kin1", "Test tyrosine kinase 1"])
def test_a_node_is_found_by_id_symbol_or_synonym(tmp_path, name):
    assert make_card(name, make_resources(tmp_path)).node.id == "P00001"


def test_a_name_that_is_unknown_lists_the_nearest(tmp_path):
    with pytest.raises(InputError, match="nothing in the graph is called 'KNI1'") as caught:
        make_card("KNI1", make_resources(tmp_path))
    assert "KIN1" in caught.value.hint


def test_how_many_facts_there_are_is_said_when_not_all_are_shown(tmp_path):
    card = make_card("KIN1", make_resources(tmp_path), k=0)
    assert all(group.total >= 1 and not group.statements for group in card.facts)
    assert card.to_json()["node"]["name"] == "KIN1"


def test_without_an_index_and_without_definitions_there_is_none(tmp_path):
    resources = make_resources(tmp_path)
    assert definition(resources.graph.row("GO:0000004"), resources) == ""


def test_descriptions_without_a_definition_give_none(tmp_path):
    resources = make_resources(tmp_path)
    resources.prepare()
    for row in range(len(resources.graph)):
        assert definition(row, resources) == ""


def test_a_definition_is_what_a_description_says_beyond_names_and_kinds(tmp_path):
    from bbqa.index import build_index
    from bbqa.kg.describe import document

    resources = make_resources(tmp_path)
    graph = resources.graph
    row = graph.row("GO:0000002")
    documents = [document(graph, r, "Kind of thing. It has two sentences." if r == row else "")
                 for r in range(len(graph))]  # fmt: skip
    build_index(graph, resources.encoder, resources.folder / "chroma", documents=documents,
                vectors=resources.encoder.encode(documents))  # fmt: skip
    assert definition(row, resources) == "Kind of thing. It has two sentences"


@pytest.mark.parametrize(
    ("node_id", "source"),
    [("P00001", "UniProt"), ("GO:0000001", "Gene Ontology"), ("DB00001", "DrugBank")],
)
def test_a_nodes_source_is_told_by_its_id(tmp_path, node_id, source):
    graph = make_resources(tmp_path).graph
    assert source_of(graph, graph.row(node_id)) == (source, "")
