import pytest
from world import make_graph

from bbqa.kg.describe import MAX_DOCUMENT, document, predicate, statement
from bbqa.schema import Relation


@pytest.fixture(scope="module")
def graph():
    return make_graph()


def said(graph, subject, relation):
    row = graph.row(subject)
    return [statement(graph, fact, row) for fact in graph.facts(row, relations={relation})]


@pytest.mark.parametrize(
    ("subject", "relation", "words"),
    [
        ("P00001", Relation.MOLFUNC_PROTEIN, "KIN1 enables tyrosine kinase activity"),
        ("GO:0000002", Relation.MOLFUNC_PROTEIN, "tyrosine kinase activity is enabled by KIN1"),
        ("P00001", Relation.CELLCOMP_PROTEIN, "KIN1 is found in plasma membrane"),
        ("P00001", Relation.DISEASE_PROTEIN, "KIN1 is associated with test disease"),
        ("DB00001", Relation.DRUG_PROTEIN, "Acetylsalicylic acid has recorded activity on LAC1"),
        ("P00002", Relation.DRUG_PROTEIN, "LAC1 is acted on by Acetylsalicylic acid"),
        ("GO:0000002", Relation.MOLFUNC_MOLFUNC, "tyrosine kinase activity is a kind of catalytic activity"),
    ],
)  # fmt: skip
def test_a_fact_reads_as_english_from_either_side(graph, subject, relation, words):
    assert said(graph, subject, relation) == [words]


def test_the_subject_can_be_called_something_else(graph):
    row = graph.row("P00001")
    fact = graph.facts(row, relations={Relation.CELLCOMP_PROTEIN})[0]
    text = statement(graph, fact, row, name="KIN1, a homologue of protein_1,")
    assert text == "KIN1, a homologue of protein_1, is found in plasma membrane"


def test_every_relation_has_words_for_both_directions(graph):
    for relation in Relation:
        for as_head in (True, False):
            assert predicate(graph, relation, 3, as_head=as_head).endswith("catalytic activity")


def test_a_document_has_name_synonyms_definition_and_main_facts(graph):
    text = document(graph, graph.row("P00001"), "A kinase made for tests.")
    assert text.startswith("KIN1 (Test tyrosine kinase 1; TTK-1). A kinase made for tests. ")
    assert "Enables tyrosine kinase activity" in text
    assert "Is found in plasma membrane" in text


def test_a_document_of_a_term_says_what_kind_of_thing_it_is(graph):
    assert document(graph, graph.row("GO:0000002")).endswith("Kind or part of catalytic activity.")


def test_a_long_document_is_cut_between_words(graph):
    text = document(graph, graph.row("P00001"), "long " * 500)
    assert len(text) <= MAX_DOCUMENT
    assert text.endswith("long…")
