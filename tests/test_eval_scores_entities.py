import random

import pytest
from world import EDGES_OF_THE_WORLD, NODES_OF_THE_WORLD, make_graph

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores import linked, score
from bbqa.eval.scores.entities import Hierarchy, numbers_of, overlap
from bbqa.kg.names import NameIndex
from bbqa.schema import NodeType, Relation

# 26 roles beside "analgesic": 1 is the root, 2 is below it, 3 and 5 are below 2, 4 is below 3.
ROLES = [(f"CHEBI:1{n:02}", NodeType.ROLE, f"test role {n}", (), 0.0) for n in range(1, 27)]
BELOW = [(2, 1), (3, 2), (4, 3), (5, 2), *((n, 1) for n in range(6, 27))]
EDGES = [
    (f"CHEBI:1{child:02}", Relation.ROLE_ROLE, f"CHEBI:1{parent:02}", "ChEBI", "")
    for child, parent in BELOW
]


@pytest.fixture(scope="module")
def names():
    also = ("HP:0000002", NodeType.PHENOTYPE, "test disease", (), 0.0)
    return NameIndex(make_graph([*NODES_OF_THE_WORLD, also], EDGES_OF_THE_WORLD))


@pytest.fixture(scope="module")
def roles():
    return make_graph([*NODES_OF_THE_WORLD, *ROLES], [*EDGES_OF_THE_WORLD, *EDGES])


def item(*gold):
    return Item("x", Form.ENTITIES, "What is it?", gold)


def mean(metric, answered, **options):
    found = score(answered, condition="bbqa", resampled=20, **options)
    return next(one.value for one in found if one.metric == metric and one.bin == "all")


# what a text names


def test_a_text_names_nodes_by_name_synonym_and_id_each_once(names):
    text = "It drives apoptosis, the apoptotic process [1], in the plasma membrane. See HP:0000001."
    assert linked(text, "", names) == ("GO:0000004", "GO:0000005", "HP:0000001")


def test_nodes_of_the_question_are_left_out_under_any_name(names):
    text = "Aspirin is an analgesic."
    assert linked(text, "What is acetylsalicylic acid?", names) == ("CHEBI:000001",)


def test_only_nodes_of_the_types_asked_for_are_found(names):
    text = "KIN1 has tyrosine kinase activity in the plasma membrane."
    assert linked(text, "", names, (NodeType.CELLULAR_COMPONENT,)) == ("GO:0000005",)


def test_a_name_that_nodes_of_two_types_share_is_read_as_the_type_asked_for(names):
    assert linked("It causes test disease.", "", names, (NodeType.PHENOTYPE,)) == ("HP:0000002",)
    assert linked("It causes test disease.", "", names, (NodeType.DISEASE,)) == ("MONDO:0000001",)


@pytest.mark.parametrize(
    "text",
    [
        "No record says that it takes part in apoptosis.",
        "It does not take part in apoptosis [2].",
        "It doesn't take part in apoptosis.",
        "It is unknown whether it takes part in apoptosis.",
        "It never reaches the plasma membrane, nor apoptosis.",
    ],
)
def test_a_sentence_that_denies_names_nothing(names, text):
    assert linked(text, "", names) == ()


def test_a_denial_reaches_no_further_than_its_sentence(names):
    text = "It is not an analgesic [1]. It is in the plasma membrane [2].\nNothing says apoptosis"
    assert linked(text, "", names) == ("GO:0000005",)


def test_not_only_is_no_denial(names):
    text = "It is not only in the plasma membrane but drives apoptosis."
    assert linked(text, "", names) == ("GO:0000005", "GO:0000004")


def test_a_denying_word_inside_a_name_is_no_denial():
    node = ("MONDO:0000002", NodeType.DISEASE, "carcinoma of no special type", (), 0.0)
    names = NameIndex(make_graph([*NODES_OF_THE_WORLD, node]))
    assert linked("It causes carcinoma of no special type.", "", names) == ("MONDO:0000002",)


def test_an_empty_text_names_nothing(names):
    assert linked("", "", names) == ()


# exactly


def test_precision_recall_and_f1_of_one_item():
    # named a b c d, right a b e: 2/4, 2/3, 2 * 2 / (4 + 3)
    found = numbers_of(item("a", "b", "e"), Response(nodes=("a", "b", "c", "d")))
    assert found["entity precision"] == pytest.approx(1 / 2)
    assert found["entity recall"] == pytest.approx(2 / 3)
    assert found["entity F1"] == pytest.approx(4 / 7)
    assert found["entity hit"] == 1


def test_what_is_right_but_too_general_neither_helps_nor_harms():
    asked = Item("x", Form.ENTITIES, "What is it?", ("a", "b"), also=("c",))
    assert numbers_of(asked, Response(nodes=("a", "c"))) == numbers_of(
        item("a", "b"), Response(nodes=("a",))
    )


def test_f1_is_between_precision_and_recall():
    rng = random.Random(0)
    for _ in range(300):
        one, other = ({*rng.choices("abcdefgh", k=rng.randint(1, 6))} for _ in range(2))
        precision, recall, f1 = overlap(one, other)
        assert min(precision, recall) - 1e-12 <= f1 <= max(precision, recall) + 1e-12


def test_means_are_over_items_and_not_over_nodes():
    # F1 of 1 and of 2 * 1 / (1 + 9) = .2; over all nodes it would be 2 * 2 / (2 + 10)
    answered = [
        (item("a"), Response(nodes=("a",))),
        (item(*"abcdefghi"), Response(nodes=("a",))),
    ]
    assert mean("entity F1", answered) == pytest.approx(0.6)


def test_precision_rests_on_items_where_something_was_named():
    answered = [(item("a"), Response(nodes=("a",))), (item("b"), Response())]
    assert mean("entity precision", answered) == 1
    assert mean("entity recall", answered) == pytest.approx(0.5)


@pytest.mark.parametrize("response", [Response(nodes=("a",), abstained=True), Response()])
def test_who_abstains_or_names_nothing_scores_nothing(response):
    found = numbers_of(item("a"), response)
    assert found == {"entity recall": 0, "entity F1": 0, "entity hit": 0}


def test_a_failure_has_no_precision_even_if_it_named_the_right_node():
    assert numbers_of(item("a"), Response(nodes=("a",), error="x"))["entity precision"] == 0


def test_items_of_other_forms_and_without_answers_have_no_entity_scores():
    assert numbers_of(item(), Response(nodes=("a",))) == {}
    assert numbers_of(Item("x", Form.TEXT, "?", ("a",)), Response(nodes=("a",))) == {}


def test_the_risk_of_entities_is_what_f1_lacks_to_one():
    answered = [(item("a", "b"), Response(nodes=("a", "c"), confidence=0.5))]
    assert mean("risk", answered) == pytest.approx(0.5)


# with relatives


def test_a_relative_counts_for_the_ancestors_that_it_shares(roles):
    # Of 4: itself, 3 and 2. Of 5: itself and 2. The root is above all, and says nothing.
    # One in common: precision 1/3, recall 1/2, F1 = 2 / (3 + 2).
    hierarchy = Hierarchy(roles)
    assert hierarchy.closure(["CHEBI:104"]) == {"CHEBI:104", "CHEBI:103", "CHEBI:102"}
    found = numbers_of(item("CHEBI:105"), Response(nodes=("CHEBI:104",)), hierarchy=hierarchy)
    assert found["entity F1"] == 0
    assert found["lenient precision"] == pytest.approx(1 / 3)
    assert found["lenient recall"] == pytest.approx(1 / 2)
    assert found["lenient F1"] == pytest.approx(2 / 5)


def test_a_more_general_term_is_precise_and_a_more_special_one_recalls_all(roles):
    hierarchy = Hierarchy(roles)
    general = numbers_of(item("CHEBI:104"), Response(nodes=("CHEBI:103",)), hierarchy=hierarchy)
    special = numbers_of(item("CHEBI:103"), Response(nodes=("CHEBI:104",)), hierarchy=hierarchy)
    assert (general["lenient precision"], special["lenient recall"]) == (1, 1)
    assert general["lenient recall"] == special["lenient precision"] == pytest.approx(2 / 3)


def test_terms_that_share_only_the_root_have_nothing_in_common(roles):
    found = numbers_of(
        item("CHEBI:106"), Response(nodes=("CHEBI:104",)), hierarchy=Hierarchy(roles)
    )
    assert found["lenient F1"] == 0


def test_a_term_that_was_named_counts_even_if_it_is_the_root(roles):
    assert Hierarchy(roles).closure(["CHEBI:101"]) == {"CHEBI:101"}


def test_a_node_that_the_graph_does_not_know_stands_for_itself(roles):
    assert Hierarchy(roles).closure(["Q99999"]) == {"Q99999"}


def test_lenient_scores_need_the_names_of_a_graph(roles):
    answered = [(item("CHEBI:105"), Response(nodes=("CHEBI:104",)))]
    assert mean("lenient F1", answered, names=NameIndex(roles)) == pytest.approx(2 / 5)
    with pytest.raises(StopIteration):
        mean("lenient F1", answered)
