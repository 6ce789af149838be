"""Questions with several constraints: what is right, and what an answer names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from world import EDGES_OF_THE_WORLD, NODES_OF_THE_WORLD, WordEncoder, make_graph

from bbqa.errors import InputError
from bbqa.eval.constraints import SET, RightSets, constraints, named_in, nodes_in, summary
from bbqa.eval.labelled import SPLITS, read_rows
from bbqa.resources import Resources
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Evidence,
    Kind,
    NodeType,
    Question,
    Relation,
    Status,
)
from bbqa.settings import Settings

SALT = ("CHEMBL:1", NodeType.DRUG, "acetylsalicylic acid sodium", (), 0.0)
NAMELESS = ("A0A0A0", NodeType.PROTEIN, "A0A0A0", (), 0.0)
ENZYMES = {"by": "molfunc_protein", "of": "GO:0000001"}


@pytest.fixture(scope="module")
def graph():
    more = [
        ("CHEMBL:1", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
        ("A0A0A0", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "IEA"),
    ]
    return make_graph([*NODES_OF_THE_WORLD, SALT, NAMELESS], [*EDGES_OF_THE_WORLD, *more])


@pytest.fixture(scope="module")
def sets(graph):
    return RightSets(graph)


def evidence(number, *nodes, kind=Kind.FACT):
    return Evidence(
        number,
        "so it is",
        kind,
        Status.CURATED,
        "GOA human",
        "2019-01",
        nodes,
        NodeType.PROTEIN,
        1.0,
    )


def answer(*claims, items=()):
    said = tuple(Claim("So it is.", numbers, Status.CURATED) for numbers in claims)
    return Answer(
        Question("?"), AnswerStatus.ANSWERED, "So it is.", said, (), tuple(items), "rules"
    )


def test_a_term_stands_for_all_below_it_and_proteins_without_a_symbol_are_left_out(sets):
    assert sets.right_set(ENZYMES, NodeType.PROTEIN) == {"P00001", "P00002"}


def test_constraints_are_met_together_in_turn_or_not(sets):
    in_membrane = {"by": "cellcomp_protein", "of": "GO:0000005"}
    assert sets.right_set({"all": [ENZYMES, in_membrane]}, NodeType.PROTEIN) == {"P00001"}
    assert sets.right_set({"without": [ENZYMES, in_membrane]}, NodeType.PROTEIN) == {"P00002"}
    either = {"any": ["P00003", in_membrane]}
    assert sets.right_set(either, NodeType.PROTEIN) == {"P00001", "P00003"}


def test_a_salt_is_its_parent_on_either_side_of_a_relation(sets):
    on_kinase = {"by": "drug_protein", "of": "P00001"}
    assert sets.right_set(on_kinase, NodeType.DRUG) == {"DB00001"}
    targets = {"by": "drug_protein", "of": "DB00001"}
    assert sets.right_set(targets, NodeType.PROTEIN) == {"P00001", "P00002"}


def test_a_relation_may_be_followed_in_two_steps_and_from_one_source(sets):
    drugs = {"by": "drug_protein", "of": ENZYMES}
    roles = {"by": "drug_role", "of": drugs}
    assert sets.right_set(roles, NodeType.ROLE) == {"CHEBI:000001"}
    told = {"by": "disease_protein", "of": "P00001", "source": "Disease Ontology"}
    assert sets.right_set(told, NodeType.DISEASE) == set()
    with pytest.raises(LookupError, match="P99999"):
        sets.right_set("P99999", NodeType.PROTEIN)


def test_what_cited_evidence_states_is_named_but_not_what_was_asked_nor_other_types(graph):
    said = answer(
        (1, 2), items=[evidence(1, "P00001", "GO:0000002"), evidence(2, "P00003", "P00001")]
    )
    assert named_in(said, NodeType.PROTEIN, graph, {"P00001"}) == {"P00003"}


def test_uncited_evidence_identities_and_text_hits_name_nothing_and_salts_are_parents(graph):
    items = [
        evidence(1, "P00001"),
        evidence(2, "P00002", kind=Kind.IDENTITY),
        evidence(3, "P00003", kind=Kind.TEXT),
        evidence(4, "CHEMBL:1", "P00001"),
    ]
    said = answer((2, 3, 4), items=items)
    assert named_in(said, NodeType.PROTEIN, graph, ()) == {"P00001"}
    assert named_in(said, NodeType.DRUG, graph, ()) == {"DB00001"}


def test_the_nodes_that_a_query_begins_from_are_found_at_any_depth():
    query = {"without": [{"all": ["A", {"by": "x", "of": {"any": ["B", "C"]}}]}, "D"]}
    assert nodes_in(query) == {"A", "B", "C", "D"}


def test_an_answer_is_held_against_the_right_set_and_a_failure_counts_as_nothing(graph, tmp_path):
    resources = Resources(Settings(home=tmp_path), graph=graph, encoder=WordEncoder())
    rows = [
        {
            "id": name,
            "question": name,
            "kind": "intersection",
            "type": "gene/protein",
            "query": ENZYMES,
            "gold": ["P00001", "P00002"],
        }
        for name in ("half", "broken")
    ]

    def asker(question, **given):
        if question == "broken":
            raise InputError("broken", hint="mend it")
        told = answer((1,), items=[evidence(1, "P00001", "P00003")])
        return replace(told, text="It is KIN1.")

    outcomes = constraints(rows, resources, use_llm=False, asker=asker)
    assert [(one.precision, one.recall, one.f1) for one in outcomes] == [(0.5, 0.5, 0.5), (0, 0, 0)]
    found = summary(outcomes)
    assert found["f1"]["mean"] == 0.25
    assert [one.words_f1 for one in outcomes] == [pytest.approx(2 / 3), 0]
    assert found["statuses"] == {"answered": 1, "failed": 1}
    assert found["failures"] == ["half", "broken"]


def test_the_set_has_a_hundred_questions_in_halves_of_one_to_twenty_five_nodes():
    halves = [read_rows(SET, split) for split in SPLITS]
    assert [len(half) for half in halves] == [50, 50]
    every = [row for half in halves for row in half]
    assert len({row["question"] for row in every}) == 100
    assert all(1 <= len(row["gold"]) <= 25 for row in every)


@pytest.mark.integration
def test_the_right_sets_of_the_file_are_what_the_graph_records():
    from bbqa.kg.graph import open_starter

    sets = RightSets(open_starter())
    rows = [row for split in SPLITS for row in read_rows(SET, split)]
    wrong = [
        row["id"]
        for row in rows
        if sets.right_set(row["query"], NodeType(row["type"])) != set(row["gold"])
    ]
    assert wrong == []
