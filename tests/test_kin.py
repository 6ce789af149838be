"""Facts of relatives: whose they are, which of them are told, and how sure that is."""

import pytest
from world import KINASE, make_resources, mutated

from bbqa.ask import ask
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.kin import LEAST_PROBABLE, Kin, facts_of_kin
from bbqa.schema import Evidence, Kind, NodeType, Status


def fact(row, node_type=NodeType.DISEASE, score=0.8):
    evidence = Evidence(
        number=0,
        statement=f"KIN1, a homologue of protein_1 (50 % identity over 90 %), has {row}",
        kind=Kind.FACT,
        status=Status.INFERRED,
        source="here",
        release="1",
        nodes=(f"N{row}",),
        type=node_type,
        score=score,
        because="",
        about="protein_1",
    )
    return Candidate(evidence, row)


def kin(near, *facts):
    return Kin(near, lambda types: [one for one in facts if one.evidence.type in types])


def test_the_nearest_of_whom_anything_is_recorded_is_told_of():
    nobody, near, far = kin(0.9), kin(0.8, fact(1), fact(2)), kin(0.3, fact(3))
    told = list(facts_of_kin([nobody, near, far], [NodeType.DISEASE]))
    assert [one.row for one in told] == [1, 2]
    assert [one.evidence.score for one in told] == pytest.approx([0.64, 0.64])


def test_each_type_has_a_nearest_of_its_own():
    near, far = kin(0.8, fact(1)), kin(0.3, fact(3), fact(4, NodeType.PATHWAY))
    told = facts_of_kin([near, far], [NodeType.DISEASE, NodeType.PATHWAY])
    assert [one.row for one in told] == [1, 4]


def test_what_was_told_of_the_input_is_not_told_again():
    assert [
        one.row for one in facts_of_kin([kin(1, fact(1), fact(2))], [NodeType.DISEASE], told={1})
    ] == [2]


def test_what_is_improbable_is_left_out_and_the_rest_says_how_probable_it_is():
    near = kin(0.8, fact(1), fact(2), fact(3))
    known = {NodeType.DISEASE: {1: 0.5, 2: LEAST_PROBABLE / 2, 3: 0.0}}
    (told,) = facts_of_kin([near], [NodeType.DISEASE], probability=known)
    assert (told.row, told.evidence.probability) == (1, 0.5)


def test_a_fact_outside_what_a_bridge_can_predict_is_unknown_and_kept():
    known = {NodeType.DISEASE: {1: 0.0}}
    (told,) = facts_of_kin([kin(0.5, fact(1), fact(2))], [NodeType.DISEASE], probability=known)
    assert (told.row, told.evidence.probability) == (2, None)
    assert told.evidence.score == pytest.approx(0.5 * 0.8)


def test_an_unknown_fact_is_as_sure_as_the_other_facts_of_the_same_relative():
    known = {NodeType.DISEASE: {1: 0.9, 2: 0.8}}
    near = kin(0.3, fact(1), fact(2), fact(3))
    (told,) = facts_of_kin([near], [NodeType.DISEASE], told={1, 2}, probability=known)
    assert told.evidence.score == pytest.approx(0.85)


def test_an_answer_says_whose_facts_it_tells(tmp_path):
    resources = make_resources(tmp_path)
    stranger = mutated(KINASE, 0.4)
    answer = ask(
        "Which diseases is it linked to?", seq=stranger, use_llm=False, resources=resources
    )
    (fact,) = (item for item in answer.evidence if item.kind is Kind.FACT)
    assert fact.statement.startswith("KIN1, a homologue of protein_1 (")
    assert fact.statement.endswith("is associated with test disease")
    assert "KIN1 is linked to test disease" in answer.text
    assert answer.text.endswith("need not hold of protein_1.")
