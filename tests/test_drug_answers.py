"""Answers about named drugs and attached structures, composed from a query."""

import pytest
from drug_world import attached, drug_graph, named, row_of
from world import ASPIRIN, make_resources

from bbqa.answer.draft import Draft
from bbqa.answer.drug_checks import check_drug
from bbqa.answer.drug_comparison import compare_drugs
from bbqa.answer.drugs import describe_drug, list_of_drug
from bbqa.answer.molecules import identify_molecule, list_of_molecule, similar_molecules
from bbqa.answer.near_drugs import near_facts, tell_near
from bbqa.answer.properties import computed_properties
from bbqa.question.parsed import Constraint, Missing, Operation, ParsedQuestion, Query
from bbqa.schema import AnswerStatus, NodeType, Question, Status


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"), graph=drug_graph())


def answered(responder, query, resources):
    draft = Draft()
    parsed = ParsedQuestion(Question(query.text), (query,), subjects=query.subjects)
    assert responder(query, parsed, resources, draft)
    return draft


def describe(node_id, resources):
    query = Query(Operation.DESCRIBE, "what is it?", subjects=(named(node_id, resources),))
    return answered(describe_drug, query, resources)


def test_a_drug_is_introduced_by_what_it_is_and_its_main_target_follows(resources):
    draft = describe("DB00012", resources)
    assert draft.text[0].startswith("Kinbnib (DB00012) is ")
    assert "tyrosine kinase inhibitor" in draft.text[0]
    assert "“Protein kinase inhibitors”" in draft.text[0]
    assert draft.text[1].startswith("Its main recorded target is KIN1 (test tyrosine kinase 1)")
    assert draft.text[2].startswith("KIN1 enables tyrosine kinase activity")


def test_what_is_recorded_of_a_salt_is_marked(resources):
    draft = describe("DB00011", resources)
    assert "KIN1 (test tyrosine kinase 1) (recorded of kinanib mesylate)" in draft.text[1]


def test_a_salt_is_said_to_be_one_of_its_parent(resources):
    draft = describe("CHEMBL:1", resources)
    assert "is a salt or ester of kinanib (DB00011)" in draft.text[0]


def test_every_sentence_cites_the_evidence_it_rests_on(resources):
    draft = describe("DB00012", resources)
    assert all(claim.citations for claim in draft.claims)
    assert all(item.triple is not None for item in draft.evidence)
    assert {item.status for item in draft.evidence} == {Status.CURATED}


def test_targets_are_listed_main_ones_first(resources):
    drug = named("DB00014", resources)
    query = Query(
        Operation.LIST, "targets?", NodeType.PROTEIN, (drug,), (Constraint(drug.rows, drug.text),)
    )
    draft = answered(list_of_drug, query, resources)
    assert "lactase (EC 3.2.1.108) inhibitor" in draft.text[0]
    assert "its main recorded target is LAC1" in draft.text[0]


def test_a_list_by_way_of_something_else_is_left_to_others(resources):
    drug = named("DB00014", resources)
    constraint = Constraint(drug.rows, drug.text, through=(NodeType.PROTEIN,))
    query = Query(Operation.LIST, "pathways?", NodeType.PATHWAY, (drug,), (constraint,))
    draft = Draft()
    assert not list_of_drug(query, ParsedQuestion(Question("")), resources, draft)
    assert draft.text == []


def check(drug_id, other_id, resources):
    other = named(other_id, resources)
    query = Query(
        Operation.CHECK,
        "does it?",
        NodeType.DRUG,
        (named(drug_id, resources),),
        (Constraint(other.rows, other.text),),
    )
    return answered(check_drug, query, resources)


def test_a_recorded_target_is_a_yes(resources):
    draft = check("DB00012", "P00001", resources)
    assert draft.text[0].startswith("Yes: kinbnib has recorded activity on KIN1, among its main")


def test_a_target_that_is_not_recorded_is_said_to_be_that_and_not_denied(resources):
    draft = check("DB00012", "P00002", resources)
    assert draft.status is AnswerStatus.NO_EVIDENCE
    assert draft.text[0].startswith("Not recorded: bbqa holds no activity of kinbnib on LAC1")
    assert "KIN1" in draft.text[1]


def test_the_drug_may_be_the_condition(resources):
    drug = named("DB00012", resources)
    query = Query(
        Operation.CHECK,
        "is KIN1 hit by it?",
        NodeType.PROTEIN,
        (named("P00001", resources),),
        (Constraint(drug.rows, drug.text),),
    )
    assert answered(check_drug, query, resources).text[0].startswith("Yes: kinbnib")


def test_a_role_counts_with_what_it_is_a_kind_of(resources):
    assert check("DB00012", "CHEBI:35222", resources).text[0].startswith("Yes: kinbnib")
    assert check("DB00012", "CHEBI:000003", resources).text[0].startswith("Not recorded: kinbnib")


def test_without_indications_a_disease_is_answered_by_the_kind_of_drug(resources):
    draft = check("DB00012", "MONDO:0000001", resources)
    assert draft.status is AnswerStatus.NOT_HELD
    assert draft.text[0].startswith("bbqa holds no indications")
    assert "tyrosine kinase inhibitor" in draft.text[0]


def test_two_drugs_share_first_and_differ_after(resources):
    subjects = (named("DB00012", resources), named("DB00014", resources))
    draft = answered(compare_drugs, Query(Operation.COMPARE, "?", subjects=subjects), resources)
    assert "Both kinbnib and lactastat have recorded activity on TRP1" in draft.text[0]
    assert "acts mainly on KIN1" in draft.text[1]
    assert "acts mainly on LAC1" in draft.text[2]


def test_what_is_near_to_what_is_not_held_is_said_to_be_recorded_beside_it(resources):
    drug = named("DB00012", resources)
    assert near_facts(drug, resources)
    draft = Draft()
    assert tell_near([Missing("doses", "dose", (NodeType.ROLE,))], [drug], resources, draft)
    assert draft.text[0].startswith("What is recorded: kinbnib is ")


# attached structures


def identify(smiles, resources):
    query = Query(Operation.IDENTIFY, "what is this?", subjects=(attached(smiles),))
    return answered(identify_molecule, query, resources)


def test_a_recorded_structure_is_named_in_the_first_sentence(resources):
    draft = identify(ASPIRIN, resources)
    assert draft.text[0].startswith("This is acetylsalicylic acid (DB00001), an analgesic")


def test_a_salt_is_named_as_such(resources):
    draft = identify("CC(=O)Oc1ccccc1C(=O)[O-].[Na+]", resources)
    assert "acetylsalicylic acid (DB00001) as its sodium salt" in draft.text[0]


def test_the_other_part_of_a_mixture_is_said(resources):
    draft = identify("CC(=O)Oc1ccccc1C(=O)O.OCCN", resources)
    assert "acetylsalicylic acid (DB00001) together with NCCO" in draft.text[0]


def test_a_labelled_structure_is_not_passed_over_as_the_drug_itself(resources):
    draft = identify("[2H]C([2H])([2H])C(=O)Oc1ccccc1C(=O)O", resources)
    assert draft.text[0].startswith("This is an isotopically labelled form of acetylsalicylic acid")
    assert draft.evidence[0].status is Status.INFERRED


def test_an_unknown_structure_is_described_by_its_nearest_analogue_and_the_difference(resources):
    draft = identify("CCC(=O)Oc1ccccc1C(=O)O", resources)
    assert draft.status is AnswerStatus.UNSURE
    assert draft.text[0].startswith("This compound is not recorded here; its nearest analogue is")
    assert "from which it differs by" in draft.text[0]
    assert "Lipinski" in draft.text[-1]


def test_targets_of_an_unlike_structure_are_left_to_general_retrieval(resources):
    query = Query(Operation.LIST, "targets?", NodeType.PROTEIN, (attached("C1CCCCC1"),))
    draft = Draft()
    assert not list_of_molecule(query, ParsedQuestion(Question("")), resources, draft)
    assert draft.text == []


def test_analogues_of_a_recorded_structure_name_it_and_leave_it_out(resources):
    query = Query(Operation.SIMILAR, "analogues?", subjects=(attached(ASPIRIN),))
    draft = answered(similar_molecules, query, resources)
    assert draft.text[0].startswith("This is acetylsalicylic acid (DB00001)")
    assert draft.status is AnswerStatus.NO_EVIDENCE


# computed properties


def properties(subject, names, resources):
    query = Query(Operation.PROPERTY, "?", subjects=(subject,), properties=names)
    return answered(computed_properties, query, resources)


def test_lipinskis_rule_is_answered_by_yes_or_no_with_the_violations(resources):
    draft = properties(attached(ASPIRIN), ("lipinski",), resources)
    assert draft.text[0].startswith("Yes: it violates none of Lipinski's 4 rules")
    fat = properties(attached("C" * 40), ("lipinski", "logp"), resources)
    assert fat.text[0].startswith("No: it violates 2 of Lipinski's 4 rules (molecular weight 563")
    assert "calculated logP" in fat.text[1]


def test_numbers_are_kept_as_values_with_their_units(resources):
    draft = properties(attached(ASPIRIN), ("molecular_weight", "tpsa"), resources)
    weight, surface = (item.value for item in draft.evidence)
    assert (weight.quantity, weight.amount, weight.unit) == ("molecular weight", 180.16, "g/mol")
    assert surface.amount == 63.60


def test_the_residues_of_a_named_protein_are_counted(resources):
    draft = properties(named("P00001", resources), ("length", "composition:C"), resources)
    assert draft.text[0].startswith("KIN1 (P00001) has 220 residues and ")
    assert "cysteine residue" in draft.text[0]


def test_a_drug_without_structure_is_said_to_have_none(resources):
    draft = properties(named("CHEMBL:2", resources), ("logp",), resources)
    assert draft.status is AnswerStatus.NO_EVIDENCE
    assert "holds no structure of solumab" in draft.text[0]


def test_a_node_that_is_neither_drug_nor_protein_is_left_to_others(resources):
    query = Query(
        Operation.PROPERTY,
        "?",
        subjects=(named("MONDO:0000001", resources),),
        properties=("logp",),
    )
    assert not computed_properties(query, ParsedQuestion(Question("")), resources, Draft())
    assert row_of("MONDO:0000001", resources) >= 0
