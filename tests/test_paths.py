"""Paths: which there are, what they are worth, and how they are told."""

import numpy as np
import pytest
from path_world import make_path_graph

from bbqa.resources import Resources
from bbqa.retrieve.facts import facts_about
from bbqa.retrieve.links import links_of
from bbqa.retrieve.path_words import both, told
from bbqa.retrieve.paths import KIND_OF, direct_links, paths_along, paths_between
from bbqa.schema import NodeType, Relation
from bbqa.settings import Settings


@pytest.fixture(scope="module")
def graph():
    return make_path_graph()


def between(graph, start, end, **kwargs):
    return paths_between(graph, graph.row(start), graph.row(end), **kwargs)


def names(graph, path):
    return [graph.name_of(row) for row in path.nodes]


def test_a_drug_and_a_disease_are_joined_by_the_drugs_targets(graph):
    found = between(graph, "DB00001", "MONDO:2")
    assert [names(graph, path) for path in found.best] == [
        ["Curafen", "AAA1", "blue leukemia"],
        ["Curafen", "BBB1", "blue leukemia"],
    ]
    assert found.total == 2
    assert not found.cut


def test_a_path_is_worth_the_trust_in_its_links_damped_by_what_else_its_nodes_do(graph):
    (best, _) = between(graph, "DB00001", "MONDO:2").best
    links = links_of(graph)
    acts = 0.9 * 0.7
    associated = 1 - (1 - 0.9 * 0.9) * (1 - 0.3 * 0.55)
    # AAA1 has one drug and one disease.
    damping = 1 / np.log2(3) / np.log2(3)
    assert best.worth == pytest.approx(acts * associated * damping)
    assert links[Relation.DRUG_PROTEIN].degree[graph.row("P1")] == 1


def test_trust_in_a_link_is_trust_in_the_fact_as_evidence(graph):
    row, other = graph.row("P1"), graph.row("MONDO:2")
    resources = Resources(Settings(), graph=graph)
    (fact,) = facts_about(row, {NodeType.DISEASE}, resources, about="", because="")
    (link,) = direct_links(graph, row, other)
    assert link.worth == pytest.approx(fact.evidence.score)


def test_paths_to_the_same_add_up_and_are_shown_once(graph):
    first = between(graph, "DB00001", "MONDO:2").best[0]
    # By way of AAA1 there is also the path through CCC1.
    assert first.others == 1
    assert first.worth < first.total < 2 * first.worth


def test_a_path_through_what_is_linked_with_everything_is_worth_less(graph):
    found = paths_along(graph, graph.row("DB00001"), [NodeType.PROTEIN], NodeType.PROTEIN, k=100)
    worth = {names(graph, path)[-1]: path.worth for path in found.best}
    assert worth["CCC1"] > 2 * worth["CROWD00"]
    assert found.total == 31


def test_what_is_recorded_of_a_kind_of_the_end_counts_for_it_and_is_said(graph):
    general = between(graph, "DB00001", "MONDO:1").best[0]
    special = between(graph, "DB00001", "MONDO:2").best[0]
    assert general.worth == pytest.approx(KIND_OF * special.worth)
    words = told(graph, general, graph.row("DB00001"), graph.row("MONDO:1"))
    assert words.statement == (
        "Curafen has recorded activity on AAA1, which is associated with blue leukemia, "
        "a kind of leukemia"
    )
    assert words.hops[-1].statement == "blue leukemia is a kind of leukemia"
    assert words.hops[-1].source == "MONDO"


def test_what_is_recorded_of_a_kind_of_the_start_counts_for_it_and_is_said(graph):
    start = graph.row("MONDO:1")
    found = paths_along(graph, start, [NodeType.PROTEIN], NodeType.DRUG)
    words = [told(graph, path, start, None).statement for path in found.best]
    assert (
        "leukemia includes blue leukemia, which is associated with CCC1, "
        "which is acted on by Restorin" in words
    )


def test_a_chain_of_types_leads_to_each_end_once_with_its_best_path(graph):
    found = paths_along(graph, graph.row("P1"), [NodeType.PROTEIN], NodeType.DRUG)
    assert [names(graph, path) for path in found.best] == [["AAA1", "CCC1", "Restorin"]]


def test_a_path_goes_through_the_types_that_are_asked_for(graph):
    found = between(graph, "P1", "P3", through=[NodeType.DISEASE])
    assert [names(graph, path)[1] for path in found.best] == ["blue leukemia"]
    far = between(graph, "P1", "DB00002", through=[NodeType.DISEASE, NodeType.PROTEIN])
    assert names(graph, far.best[0]) == ["AAA1", "blue leukemia", "CCC1", "Restorin"]


def test_direct_links_come_first(graph):
    found = between(graph, "P1", "P3")
    assert names(graph, found.best[0]) == ["AAA1", "CCC1"]


def test_general_terms_and_modes_of_inheritance_explain_nothing(graph):
    assert between(graph, "MONDO:2", "MONDO:3").total == 0
    assert between(graph, "P1", "P4", through=[NodeType.BIOLOGICAL_PROCESS]).total == 0
    assert between(graph, "P1", "P4", through=[NodeType.PATHWAY]).total == 0
    assert paths_along(graph, graph.row("P1"), [], NodeType.PATHWAY).total == 0


def test_a_record_that_nothing_is_known_joins_nothing(graph):
    assert direct_links(graph, graph.row("P4"), graph.row("GO:0000011")) == []


def test_hierarchy_is_no_step_unless_it_is_asked_for(graph):
    row = graph.row("MONDO:2")
    found = paths_along(graph, row, [], NodeType.DISEASE)
    assert [names(graph, path) for path in found.best] == [["blue leukemia", "leukemia"]]
    assert all(
        Relation.DISEASE_DISEASE not in path.relations
        for path in between(graph, "P1", "MONDO:2", k=100).best
    )


def test_four_steps_are_taken_only_where_there_is_nothing_shorter(graph):
    (path,) = between(graph, "P10000", "DB00002").best
    assert len(path.nodes) == 5
    assert all(len(p.nodes) <= 4 for p in between(graph, "DB00001", "DB00002", k=100).best)


def test_the_same_question_has_the_same_paths(graph):
    assert between(graph, "DB00001", "DB00002") == between(graph, "DB00001", "DB00002")


def test_every_step_says_who_says_so(graph):
    path = between(graph, "DB00001", "MONDO:2").best[0]
    words = told(graph, path, path.nodes[0], path.nodes[-1])
    assert [(hop.start, hop.relation, hop.end) for hop in words.hops] == [
        ("DB00001", "drug_protein", "P1"),
        ("P1", "disease_protein", "MONDO:2"),
    ]
    assert words.hops[1].source == "HPO; Disease Ontology, GeneRIF"


@pytest.mark.parametrize(
    ("one", "two"),
    [
        ("is found in nucleus", "are both found in nucleus"),
        ("has the role analgesic", "both have the role analgesic"),
        ("takes part in apoptosis", "both take part in apoptosis"),
        ("interacts with EGFR", "both interact with EGFR"),
    ],
)
def test_what_one_does_can_be_said_of_two(one, two):
    assert both(one) == two
