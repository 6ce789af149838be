"""LIST, COUNT, CHECK, SHARED and PATH in sentences."""

import pytest
from query_world import condition, listing, open_world, parsed, subject

from bbqa.answer.checks import say_check
from bbqa.answer.connections import say_connection
from bbqa.answer.draft import Draft
from bbqa.answer.members import say_members
from bbqa.answer.shared import say_shared
from bbqa.question.parsed import Operation, Query
from bbqa.schema import AnswerStatus, NodeType


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return open_world(tmp_path_factory.mktemp("home"))


def say(responder, query, resources):
    draft = Draft()
    assert responder(query, parsed(query), resources, draft)
    return draft


def test_a_list_names_the_members_and_how_many_there_are(resources):
    draft = say(say_members, listing(NodeType.DRUG, condition(resources, "P00001")), resources)
    assert draft.text[0] == (
        "The drugs with recorded activity on KIN1 are Bluestat and Curafen "
        "(2 in all, 3 entries with their salts) [1][2]."
    )
    assert draft.status is AnswerStatus.ANSWERED
    assert [item.nodes[1] for item in draft.evidence] == ["P00001", "P00001"]


def test_a_count_begins_with_the_number(resources):
    query = listing(NodeType.DRUG, condition(resources, "P00001"), operation=Operation.COUNT)
    draft = say(say_members, query, resources)
    assert draft.text[0].startswith("2 drugs have recorded activity on KIN1 (3 entries")


def test_one_member_is_the_only_one(resources):
    draft = say(
        say_members, listing(NodeType.PROTEIN, condition(resources, "GO:0000003")), resources
    )
    assert draft.text == [
        "KIN1 (Blue kinase 1) is the only protein with the function blue kinase activity that is "
        "recorded [1]."
    ]


def test_members_are_grouped_by_what_is_between(resources):
    through = condition(resources, "R-HSA-1", through=(NodeType.PROTEIN,))
    draft = say(say_members, listing(NodeType.DRUG, through), resources)
    first = draft.text[0]
    assert first.startswith(
        "3 drugs have recorded activity on proteins in the pathway Blue pathway (4 entries with "
        "their salts): KIN1: Bluestat and Curafen; KIN2: "
    )


def test_nothing_found_says_what_was_looked_for_and_where(resources):
    draft = say(say_members, listing(NodeType.DRUG, condition(resources, "P00003")), resources)
    assert draft.text == [
        "No drugs with recorded activity on BND1 are recorded in ChEMBL via drug2cell."
    ]
    assert draft.status is AnswerStatus.NO_EVIDENCE
    assert draft.evidence == []


def test_an_empty_intersection_says_what_there_is_of_each(resources):
    both = (condition(resources, "P00001"), condition(resources, "P00003"))
    draft = say(say_members, listing(NodeType.DRUG, *both), resources)
    assert draft.text[1] == (
        "Alone there are 2 drugs with recorded activity on KIN1 and no drugs with recorded "
        "activity on BND1; none is all of this."
    ) or draft.text[1].startswith("Alone there are 2 drugs")
    assert draft.status is AnswerStatus.NO_EVIDENCE


def test_what_meets_all_conditions_but_one_is_named_as_such(resources):
    signs = [condition(resources, f"HP:000000{n}") for n in (1, 2, 3)]
    draft = say(say_members, listing(NodeType.PROTEIN, *signs), resources)
    assert draft.text[0].startswith("KIN1 is the gene closest to this: linked to Blue skin and ")
    assert "but on record not linked to Warm hands" in draft.text[0]
    assert draft.status is AnswerStatus.UNSURE


def test_what_the_graph_has_no_relation_for_is_left_to_others(resources):
    query = listing(NodeType.DRUG, condition(resources, "MONDO:1"))
    assert not say_members(query, parsed(query), resources, Draft())


def check(resources, node_id, *constraints):
    own = subject(resources, node_id)
    query = Query(Operation.CHECK, "", target=own.type, subjects=(own,), constraints=constraints)
    return say(say_check, query, resources)


def test_a_yes_is_cited(resources):
    draft = check(resources, "P00001", condition(resources, "P00003"))
    assert draft.text == ["Yes: KIN1 interacts with BND1 (IPI) [1]."]


def test_a_yes_by_a_descendant_says_of_what_it_is_a_kind(resources):
    draft = check(resources, "P00001", condition(resources, "GO:0000002"))
    assert draft.text == [
        "Yes: KIN1 enables blue kinase activity, a kind of kinase activity (IDA) [1]."
    ]


def test_what_is_not_recorded_is_not_denied(resources):
    draft = check(resources, "P00002", condition(resources, "GO:0000005"))
    assert draft.text[0] == "No record in GOA human connects KIN2 with plasma membrane."
    assert draft.status is AnswerStatus.NO_EVIDENCE


def test_a_record_of_something_more_general_is_told_as_that(resources):
    draft = check(resources, "P00002", condition(resources, "GO:0000003"))
    assert draft.text == [
        "Not recorded of blue kinase activity itself: KIN2 enables kinase activity, which is more "
        "general [1]."
    ]
    assert draft.status is AnswerStatus.UNSURE


def test_what_things_share_is_said_type_by_type(resources):
    own = (subject(resources, "P00001"), subject(resources, "P00002"))
    draft = say(say_shared, Query(Operation.SHARED, "", subjects=own), resources)
    assert draft.text[0].startswith("KIN1 and KIN2 share the disease bluemia")
    assert any("They also share the pathway Blue pathway" in text for text in draft.text)


def test_things_that_share_nothing_are_said_to_share_nothing(resources):
    own = (subject(resources, "P00002"), subject(resources, "P00003"))
    query = Query(Operation.SHARED, "", target=NodeType.DRUG, subjects=own)
    draft = say(say_shared, query, resources)
    assert draft.text == ["No drugs are recorded of all of KIN2 and BND1."]


def test_a_connection_is_told_step_by_step(resources):
    own = (subject(resources, "DB00003"), subject(resources, "MONDO:1"))
    draft = say(say_connection, Query(Operation.PATH, "", subjects=own), resources)
    assert draft.text[0].startswith("Restorin and bluemia are connected: ")
    assert "KIN2" in draft.text[0]
