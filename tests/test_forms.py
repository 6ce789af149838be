"""Salts and esters: what is recorded of them is told of them, and found for the drug itself."""

import pytest
from world import (
    ASPIRIN,
    EDGES_OF_THE_WORLD,
    NODES_OF_THE_WORLD,
    make_graph,
    make_resources,
)

from bbqa.ask import ask
from bbqa.limits import Limits
from bbqa.retrieve.forms import facts_of_forms, forms_of
from bbqa.schema import NodeType, Relation, Status

DRUGS = [
    "aspirin sodium",
    "aspirin hydrochloride hydrate",
    "Zinc",
    "zinc acetate",
    "aspirin max",
    "Aspirin Max",
]
NODES = [
    *((*n[:2], "Aspirin", (), 0.0) if n[0] == "DB00001" else n for n in NODES_OF_THE_WORLD),
    *((f"DB0001{i}", NodeType.DRUG, name, (), 0.0) for i, name in enumerate(DRUGS)),
]
EDGES = [
    *EDGES_OF_THE_WORLD,
    ("DB00010", Relation.DRUG_PROTEIN, "P00001", "ChEMBL via drug2cell", ""),
    ("DB00010", Relation.DRUG_PROTEIN, "P00002", "ChEMBL via drug2cell", ""),
]


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"), graph=make_graph(NODES, EDGES))
    resources.prepare()
    return resources


def test_a_drug_has_the_salts_that_are_called_after_it(resources):
    graph = resources.graph
    forms = {
        graph.name_of(row): [(graph.name_of(form), what) for form, what in forms_of(row, resources)]
        for row in graph.rows_of(NodeType.DRUG).tolist()
    }
    assert forms == {
        "Aspirin": [
            ("aspirin sodium", "a salt or ester of Aspirin"),
            ("aspirin hydrochloride hydrate", "a salt or ester of Aspirin"),
        ],
        "aspirin sodium": [("Aspirin", "the parent compound of aspirin sodium")],
        "aspirin hydrochloride hydrate": [
            ("Aspirin", "the parent compound of aspirin hydrochloride hydrate")
        ],
        "Zinc": [],
        "zinc acetate": [],
        "aspirin max": [],
        "Aspirin Max": [],
    }


@pytest.mark.parametrize("given", [{"smiles": ASPIRIN}, {}])
def test_what_is_recorded_of_a_salt_is_told_of_the_salt(resources, given):
    name = "this drug" if given else "aspirin"
    question = f"Which proteins does {name} act on?"
    answer = ask(question, use_llm=False, resources=resources, **given)
    told = {item.statement: item.status for item in answer.evidence}
    salt = "aspirin sodium, a salt or ester of Aspirin, has recorded activity on KIN1"
    assert told[salt] is Status.CURATED
    assert "Aspirin has recorded activity on LAC1" in told  # said once, of the drug itself
    assert not any("sodium" in said and "LAC1" in said for said in told)


def test_a_salt_has_the_roles_of_its_parent(resources):
    answer = ask("Which roles does aspirin sodium have?", use_llm=False, resources=resources)
    assert "has the role analgesic (recorded of aspirin (DB00001))" in answer.text
    first, *_ = answer.evidence
    assert first.statement.startswith("Aspirin, the parent compound of aspirin sodium, has")


def test_whether_a_drug_acts_on_a_protein_is_answered_by_its_salt(resources):
    answer = ask("Does aspirin act on KIN1?", use_llm=False, resources=resources)
    first, *_ = answer.evidence
    assert first.statement.startswith("aspirin sodium, a salt or ester of Aspirin, has recorded")
    assert first.because == "names of salts and esters"
    assert answer.text.startswith("Yes: aspirin has recorded activity on KIN1 (recorded of aspirin")


def test_what_is_hidden_is_no_form(resources):
    graph = resources.graph
    hidden = resources.with_limits(Limits(hidden=frozenset({graph.row("DB00010")})))
    row, types = graph.row("DB00001"), [NodeType.PROTEIN]
    assert len(list(facts_of_forms(row, types, resources, about="x"))) == 2
    assert list(facts_of_forms(row, types, hidden, about="x")) == []


def test_what_is_linked_to_the_targets_of_a_salt_is_found_for_the_drug(resources):
    question = "Which diseases are linked to the proteins that aspirin acts on?"
    answer = ask(question, use_llm=False, resources=resources)
    assert {
        "test disease is associated with KIN1",
        "KIN1 is acted on by aspirin sodium",
    } <= {item.statement for item in answer.evidence}
