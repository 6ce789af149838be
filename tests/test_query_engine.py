"""A query over the graph: who satisfies it, how it is folded, and on what it rests."""

import pytest
from query_world import condition, listing, open_world

from bbqa.limits import Limits
from bbqa.query.engine import chains_of, evidence_for, execute
from bbqa.question.parsed import Operation, Query
from bbqa.schema import NodeType, Relation


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return open_world(tmp_path_factory.mktemp("home"))


def names(found, resources):
    return [resources.graph.name_of(member.row) for member in found.members]


def run(resources, target, *constraints, **more):
    return execute(listing(target, *constraints, **more), resources)


def test_a_term_stands_for_its_descendants(resources):
    found = run(resources, NodeType.PROTEIN, condition(resources, "GO:0000002"))
    assert sorted(names(found, resources)) == ["KIN1", "KIN2"]
    found = run(resources, NodeType.PROTEIN, condition(resources, "GO:0000003"))
    assert names(found, resources) == ["KIN1"]


def test_a_salt_is_folded_into_its_drug_and_both_are_counted(resources):
    found = run(resources, NodeType.DRUG, condition(resources, "P00001"))
    assert sorted(names(found, resources)) == ["Bluestat", "Curafen"]
    assert found.entries == 3


def test_the_record_of_a_salt_counts_for_the_drug_in_an_intersection(resources):
    both = (condition(resources, "P00001"), condition(resources, "P00002"))
    assert names(run(resources, NodeType.DRUG, *both), resources) == ["Curafen"]


def test_a_negated_constraint_takes_away(resources):
    without = condition(resources, "P00002", negated=True)
    found = run(resources, NodeType.DRUG, condition(resources, "P00001"), without)
    assert names(found, resources) == ["Bluestat"]


def test_negated_constraints_alone_ask_for_nothing(resources):
    assert run(resources, NodeType.DRUG, condition(resources, "P00002", negated=True)) is None


def test_terms_of_a_constraint_are_alternatives(resources):
    found = run(resources, NodeType.DRUG, condition(resources, "P00001", "P00002"))
    assert sorted(names(found, resources)) == ["Bluestat", "Curafen", "Restorin"]


def test_a_chain_of_types_leads_over_what_is_between(resources):
    through = condition(resources, "R-HSA-1", through=(NodeType.PROTEIN,))
    found = run(resources, NodeType.DRUG, through)
    assert sorted(names(found, resources)) == ["Bluestat", "Curafen", "Restorin"]
    member = next(m for m in found.members if resources.graph.name_of(m.row) == "Restorin")
    [chain] = chains_of(member, found.satisfied[0], resources)
    assert [resources.graph.name_of(row) for row in chain.rows] == [
        "Restorin",
        "KIN2",
        "Blue pathway",
    ]
    assert [item.statement for item in evidence_for(chain, resources)] == [
        "Restorin has recorded activity on KIN2",
        "KIN2 takes part in the pathway Blue pathway",
    ]


def test_evidence_of_a_salt_is_said_of_the_salt(resources):
    found = run(
        resources, NodeType.DRUG, condition(resources, "P00001"), condition(resources, "P00002")
    )
    [chain] = chains_of(found.members[0], found.satisfied[1], resources)
    [item] = evidence_for(chain, resources)
    assert item.statement == (
        "curafen sodium, a salt or ester of Curafen, has recorded activity on KIN2"
    )
    assert item.triple.via == "DB00002"


def test_subtypes_are_folded_into_the_disease_among_the_results(resources):
    found = run(resources, NodeType.DISEASE, condition(resources, "P00001"))
    assert names(found, resources) == ["bluemia"]
    assert found.entries == 2


def test_what_things_share_may_be_more_general_than_what_is_recorded_of_each(resources):
    both = (condition(resources, "P00001"), condition(resources, "P00002"))
    found = run(resources, NodeType.BIOLOGICAL_PROCESS, *both)
    assert names(found, resources) == ["blue signaling"]


def test_kinds_of_a_disease_with_a_sign_each_do_not_make_a_disease_with_both(resources):
    both = (condition(resources, "HP:0000001"), condition(resources, "HP:0000002"))
    assert names(run(resources, NodeType.DISEASE, *both), resources) == []


def test_only_experiments_count_where_they_are_asked_for(resources):
    found = run(resources, NodeType.PROTEIN, condition(resources, "GO:0000002"), experimental=True)
    assert names(found, resources) == ["KIN1"]


def test_a_disease_asks_for_its_kinds_where_diseases_are_asked_for(resources):
    found = run(resources, NodeType.DISEASE, condition(resources, "MONDO:1"))
    assert names(found, resources) == ["bluemia 1"]


def test_a_name_of_a_disease_and_a_sign_means_the_disease_if_it_has_genes(resources):
    found = run(resources, NodeType.PROTEIN, condition(resources, "HP:0000003", "MONDO:1"))
    assert sorted(names(found, resources)) == ["KIN1", "KIN2"]


def test_relations_of_a_constraint_are_kept(resources):
    absent = condition(resources, "HP:0000001", relations=(Relation.DISEASE_PHENOTYPE_ABSENT,))
    found = run(resources, NodeType.DISEASE, absent)
    assert found.members == ()


def test_a_query_without_type_or_condition_finds_nothing(resources):
    assert execute(Query(Operation.LIST, ""), resources) is None
    assert execute(Query(Operation.LIST, "", target=NodeType.DRUG), resources) is None


def test_what_is_hidden_is_not_found_nor_led_over(resources):
    hidden = resources.with_limits(Limits(hidden=frozenset({resources.graph.row("P00002")})))
    found = run(hidden, NodeType.PROTEIN, condition(hidden, "GO:0000002"))
    assert names(found, hidden) == ["KIN1"]
    through = condition(hidden, "R-HSA-1", through=(NodeType.PROTEIN,))
    assert "Restorin" not in names(run(hidden, NodeType.DRUG, through), hidden)
