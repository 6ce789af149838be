import pytest
from world import make_resources

from bbqa.errors import InputError
from bbqa.schema import Relation
from bbqa.tools import describe


def test_a_card_has_the_node_and_its_facts_by_relation_with_sources(tmp_path):
    card = describe("KIN1", make_resources(tmp_path))
    facts = {group.relation: group.statements for group in card.facts}
    assert card.node.id == "P00001"
    assert facts[Relation.MOLFUNC_PROTEIN] == (
        ("KIN1 enables tyrosine kinase activity", "GOA human, IDA"),
    )


@pytest.mark.parametrize("name", ["P00001", "kin1", "Test tyrosine kinase 1"])
def test_a_node_is_found_by_id_symbol_or_synonym(tmp_path, name):
    assert describe(name, make_resources(tmp_path)).node.id == "P00001"


def test_a_name_that_is_unknown_lists_the_nearest(tmp_path):
    with pytest.raises(InputError, match="nothing in the graph is called 'KNI1'") as caught:
        describe("KNI1", make_resources(tmp_path))
    assert "KIN1" in caught.value.hint


def test_how_many_facts_there_are_is_said_when_not_all_are_shown(tmp_path):
    card = describe("KIN1", make_resources(tmp_path), k=0)
    assert all(group.total >= 1 and not group.statements for group in card.facts)
    assert card.to_json()["node"]["name"] == "KIN1"
