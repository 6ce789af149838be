"""Which recorded target of a drug is its main one; its roles and classes, what it is first."""

import pytest
from drug_world import drug_graph, row_of
from world import make_resources

from bbqa.retrieve.drug_groups import is_combination, ranked_classes, ranked_roles, spoken
from bbqa.retrieve.primary_targets import primary_score, ranked_targets, stems, together


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"), graph=drug_graph())


def test_the_target_that_a_role_names_comes_before_what_every_drug_hits(resources):
    drug = row_of("DB00012", resources)
    found = ranked_targets(drug, resources)
    assert [resources.graph.node_id(t.row) for t in found] == ["P00001", "P00003"]
    assert found[0].is_primary
    assert found[0].score > 2 * found[1].score


def test_what_is_recorded_of_a_salt_counts_for_the_drug_and_says_so(resources):
    first = ranked_targets(row_of("DB00011", resources), resources)[0]
    assert resources.graph.node_id(first.row) == "P00001"
    assert first.form == "a salt or ester of Kinanib"
    assert resources.graph.name_of(first.drug) == "kinanib mesylate"


def test_the_only_target_of_a_drug_without_role_or_class_is_its_main_one(resources):
    drug, protein = row_of("CHEMBL:2", resources), row_of("P00002", resources)
    assert primary_score(drug, protein, resources) > 0.9


def test_a_protein_without_a_record_scores_less_than_what_its_role_names(resources):
    drug, other, own = (row_of(name, resources) for name in ("DB00014", "P00001", "P00002"))
    assert primary_score(drug, other, resources) < primary_score(drug, own, resources)


def test_targets_on_which_the_same_drugs_act_stand_together(resources):
    groups = together(ranked_targets(row_of("DB00012", resources), resources), resources)
    assert sorted(len(group) for group in groups) in ([1, 1], [2])


def test_words_are_compared_by_their_stems_and_plain_ones_are_left_out():
    assert stems("dopaminergic antagonist") == {"dopam"}
    assert stems("Dopamine receptor D2") == {"dopam", "d2"}


def test_how_a_drug_acts_comes_before_where_it_was_found(resources):
    drug = row_of("DB00011", resources)
    roles = ranked_roles(drug, ranked_targets(drug, resources), resources)
    assert {roles[0].name, roles[1].name} == {"tyrosine kinase inhibitor", "antineoplastic agent"}
    assert roles[-1].name == "environmental contaminant"
    assert next(r for r in roles if r.name == "tyrosine kinase inhibitor").acts


def test_classes_of_combinations_come_last(resources):
    drug = row_of("DB00011", resources)
    classes = ranked_classes(drug, ranked_targets(drug, resources), resources)
    assert classes[0].name == "Protein kinase inhibitors"
    assert is_combination(classes[-1], classes)


def test_a_role_with_an_ec_number_is_said_as_a_chemist_says_it():
    assert spoken("EC 3.2.1.108 (lactase) inhibitor") == "lactase (EC 3.2.1.108) inhibitor"
    assert spoken("vitamin (role)") == "vitamin"
