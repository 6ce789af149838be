from dataclasses import replace

import pytest
from eval_world import ITEMS, KNOWING, entities, write_script
from hidden_world import open_hidden_world
from world import ASPIRIN, BACTERIAL, KINASE, LACTASE, make_resources, random_sequence

from bbqa.errors import InputError, LLMError
from bbqa.eval.benchmarks import Condition, Form, Item
from bbqa.eval.conditions import answerer_for, fits, read_condition
from bbqa.eval.conditions.closed_book import MAX_RESIDUES
from bbqa.eval.conditions.given import drawn, gold_evidence
from bbqa.eval.conditions.guessing import Majority
from bbqa.eval.conditions.seen import asked_with, seen
from bbqa.limits import Limits
from bbqa.llm import open_llm
from bbqa.question.read import MAX_QUESTION, read_question
from bbqa.schema import NodeType

KINASE_ITEM, DISTANT, CHOICE, ROLE, BROKEN = ITEMS


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with all indexes of the tiny world built."""
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


@pytest.fixture
def knowing(home, tmp_path):
    return scripted(home, tmp_path, *KNOWING)


def scripted(home, tmp_path, *lines):
    """Resources whose model says what a script says."""
    made = make_resources(home)
    made.llm = open_llm(write_script(tmp_path / "script.jsonl", *lines))
    return made


def answer(condition, item, resources, **others):
    return answerer_for(condition, resources, items=ITEMS, **others)(item)


def prompt(resources):
    """What the model was asked last."""
    return resources.llm.asked[-1][-1].content


# closed book


def test_the_closed_book_sees_the_sequence_and_no_evidence(knowing):
    found = answer(Condition.CLOSED_BOOK, KINASE_ITEM, knowing)
    assert found.nodes == ("GO:0000002",)
    assert not found.abstained
    assert found.answer is None
    assert f"protein_1: {KINASE}" in prompt(knowing)
    assert "KIN1" not in prompt(knowing)
    assert "Evidence" not in prompt(knowing)


def test_a_long_sequence_is_cut_for_the_closed_book_and_said_to_be(knowing):
    item = entities("long", random_sequence(900, 5), "GO:0000002")
    answer(Condition.CLOSED_BOOK, item, knowing)
    assert f"{item.seq[0][:MAX_RESIDUES]}… (900 residues in all)" in prompt(knowing)
    assert item.seq[0][: MAX_RESIDUES + 1] not in prompt(knowing)


def test_the_closed_book_chooses_by_letter(knowing):
    found = answer(Condition.CLOSED_BOOK, CHOICE, knowing)
    assert found.choice == "lactase activity"
    assert "A: tyrosine kinase activity\nB: lactase activity" in prompt(knowing)


@pytest.mark.parametrize("reply", ['{"answer": "unknown"}', "B, of course", '{"answer": "Z"}'])
def test_whatever_is_no_letter_of_an_option_is_abstaining(home, tmp_path, reply):
    resources = scripted(home, tmp_path, reply)
    found = answer(Condition.CLOSED_BOOK, CHOICE, resources)
    assert (found.choice, found.abstained) == ("", True)


@pytest.mark.parametrize(
    "reply", ["Unknown. It may be lactase activity.", "This enzyme has an unknown activity."]
)
def test_a_model_that_says_that_it_does_not_know_abstains(home, tmp_path, reply):
    resources = scripted(home, tmp_path, reply)
    found = answer(Condition.CLOSED_BOOK, KINASE_ITEM, resources)
    assert found.abstained
    assert found.nodes == ()


def test_the_closed_book_reads_the_text_that_everyone_may_read(knowing):
    answer(Condition.CLOSED_BOOK, replace(CHOICE, context="An abstract."), knowing)
    assert prompt(knowing).startswith("An abstract.\n")


# bbqa


def test_bbqa_answers_with_evidence_and_its_nodes_are_linked_from_its_text(knowing):
    found = answer(Condition.BBQA, KINASE_ITEM, knowing)
    assert found.nodes == ("GO:0000002",)
    assert found.ranked[0] == "GO:0000002"
    assert found.answer["evidence"]
    assert "[" not in found.text


def test_bbqa_chooses(knowing):
    found = answer(Condition.BBQA, CHOICE, knowing)
    assert found.choice == "lactase activity"
    assert 0 < found.confidence <= 1
    assert found.answer["claims"]


def test_bbqa_abstains_where_nothing_is_found(home, tmp_path):
    resources = scripted(home, tmp_path, *KNOWING)
    found = answer(
        Condition.BBQA, entities("no", random_sequence(200, 77), "GO:0000002"), resources
    )
    assert found.abstained
    assert found.nodes == ()
    assert found.confidence is None


def test_an_item_whose_input_cannot_be_used_raises(knowing):
    for condition in (Condition.BBQA, Condition.COPY, Condition.GOLD_EVIDENCE):
        with pytest.raises(InputError, match="MK1L"):
            answer(condition, BROKEN, knowing)


def test_without_bridge_the_bridge_is_off_and_all_else_is_shared(knowing):
    found = answer(Condition.NO_BRIDGE, KINASE_ITEM, knowing)
    assert found.nodes == ("GO:0000002",)
    assert found.answer["record"]["settings"]["use_bridge"] is False
    assert knowing.settings.use_bridge


def test_a_long_text_is_cut_so_that_it_can_be_asked():
    item = replace(KINASE_ITEM, context="word " * 1000)
    assert len(asked_with(item)) == MAX_QUESTION
    assert asked_with(item).endswith(item.question)


# hidden things


def test_what_an_item_hides_is_hidden_in_every_condition(tmp_path):
    resources = open_hidden_world(tmp_path)
    item = Item("h", Form.ENTITIES, "What does this drug act on?", ("P00001",), hidden=("P00001",))
    view = seen(item, resources.with_limits(Limits(max_identity=0.3)))
    assert view.limits == Limits(frozenset({resources.graph.row("P00001")}), 0.3, None)
    assert seen(replace(item, hidden=()), resources) is resources


def test_copying_does_not_see_what_is_hidden(knowing):
    plain = answer(Condition.COPY, KINASE_ITEM, knowing)
    hidden = answer(Condition.COPY, replace(KINASE_ITEM, hidden=("P00001",)), knowing)
    assert plain.nodes == ("GO:0000002",)
    assert hidden.abstained


def test_copying_keeps_to_the_limits_of_the_run(knowing):
    limited = knowing.with_limits(Limits(max_identity=0.3))
    assert answer(Condition.COPY, KINASE_ITEM, limited).abstained


# copying


def test_copying_says_what_is_recorded_of_the_nearest_homologue(knowing):
    found = answer(Condition.COPY, DISTANT, knowing)
    assert found.text == "tyrosine kinase activity"
    assert found.ranked == ("GO:0000002",)
    assert found.answer is None
    assert knowing.llm.asked == []


def test_copying_from_another_species_says_its_terms(knowing):
    assert answer(Condition.COPY, entities("b", BACTERIAL, "GO:0000003"), knowing).nodes == (
        "GO:0000003",
    )


def test_copying_writes_a_sentence_a_record_for_a_text(knowing):
    assert answer(Condition.COPY, ROLE, knowing).text == "It has the role analgesic."


def test_copying_chooses_the_option_that_is_recorded_of_the_nearest(knowing):
    assert answer(Condition.COPY, CHOICE, knowing).choice == "lactase activity"
    others = replace(CHOICE, options=("plasma membrane", "apoptotic process"))
    assert answer(Condition.COPY, others, knowing).abstained


@pytest.mark.parametrize(("sequence", "said"), [(LACTASE, "yes"), (KINASE, "no")])
def test_copying_says_yes_where_the_nearest_two_are_recorded_together(knowing, sequence, said):
    item = Item(
        "pair",
        Form.CHOICE,
        "Does this molecule act on this protein?",
        (said,),
        seq=(sequence,),
        smiles=(ASPIRIN,),
        options=("yes", "no"),
    )
    assert answer(Condition.COPY, item, knowing).choice == said


def test_copying_for_what_a_question_names_looks_it_up(knowing):
    item = Item(
        "named",
        Form.ENTITIES,
        "Which diseases is KIN1 associated with?",
        ("MONDO:0000001",),
        types=(NodeType.DISEASE,),
    )
    assert answer(Condition.COPY, item, knowing).nodes == ("MONDO:0000001",)


def test_copying_abstains_where_there_is_nothing_to_copy_from(knowing):
    item = Item("text", Form.CHOICE, "Is it so?", ("yes",), options=("yes", "no"), context="It is.")
    assert answer(Condition.COPY, item, knowing).abstained


# given evidence


def test_gold_evidence_is_curated_numbered_and_about_the_gold(knowing):
    question = read_question(KINASE_ITEM.question, KINASE_ITEM.seq, (), knowing)
    (item,) = gold_evidence(KINASE_ITEM, question, knowing)
    assert (item.number, item.status, item.source) == (1, "curated", "gold")
    assert item.nodes == ("GO:0000002",)
    assert item.about == "protein_1"


def test_bbqas_writer_is_given_the_gold_evidence_and_no_other(home, tmp_path):
    reply = {
        "molecular_function": {"cites": [1], "text": "protein_1 enables tyrosine kinase activity."}
    }
    resources = scripted(home, tmp_path, {"when": " ", "reply": reply})
    nothing = entities("nothing", random_sequence(200, 77), "GO:0000002")
    found = answer(Condition.GOLD_EVIDENCE, nothing, resources)
    assert found.nodes == ("GO:0000002",)
    assert not found.abstained
    assert [one["source"] for one in found.answer["evidence"]] == ["gold"]


def test_gold_evidence_decides_a_choice(knowing):
    found = answer(Condition.GOLD_EVIDENCE, replace(CHOICE, seq=(BACTERIAL,)), knowing)
    assert found.choice == "lactase activity"


@pytest.mark.parametrize("question", ["Is it taken orally?", "Does it obey the rule of five?"])
def test_gold_evidence_that_names_no_node_is_read_by_the_model(home, tmp_path, question):
    reply = {"cites": [1], "pick": "A"}
    resources = scripted(home, tmp_path, {"when": " ", "reply": reply})
    told = f"to the question {question!r} the answer is Yes"
    item = Item(
        id="oral",
        form=Form.CHOICE,
        question=question,
        gold=("Yes",),
        smiles=(ASPIRIN,),
        options=("Yes", "No"),
        evidence=(told,),
    )
    assert answer(Condition.GOLD_EVIDENCE, item, resources).choice == "Yes"
    assert told in prompt(resources)


def test_without_gold_evidence_there_is_nothing_to_say(knowing):
    found = answer(Condition.GOLD_EVIDENCE, replace(KINASE_ITEM, evidence=()), knowing)
    assert found.abstained
    assert knowing.llm.asked == []


def test_random_evidence_is_that_of_another_item_with_another_answer():
    assert drawn(KINASE_ITEM, ITEMS, seed=0) is drawn(KINASE_ITEM, ITEMS, seed=0)
    others = {drawn(KINASE_ITEM, ITEMS, seed=seed).id for seed in range(20)}
    assert others == {"choice", "role"}
    assert drawn(KINASE_ITEM, ITEMS[:2], seed=0) is None


def test_bbqas_writer_is_given_the_evidence_of_another_item(knowing):
    found = answer(Condition.RANDOM_EVIDENCE, KINASE_ITEM, knowing)
    told = " ".join(one["statement"] for one in found.answer["evidence"])
    assert "tyrosine kinase" not in told
    assert found.answer["question"]["text"] == KINASE_ITEM.question


# guessing


def test_chance_is_the_same_for_the_same_seed_and_takes_every_option(home):
    resources = make_resources(home)
    chosen = [answer(Condition.CHANCE, CHOICE, resources, seed=seed).choice for seed in range(20)]
    assert chosen[0] == answer(Condition.CHANCE, CHOICE, resources, seed=0).choice
    assert set(chosen) == set(CHOICE.options)
    assert answer(Condition.CHANCE, KINASE_ITEM, resources).abstained


def choice(right, options):
    return Item(right, Form.CHOICE, "Which?", (right,), options=options)


def test_the_majority_is_the_commonest_option_where_all_have_the_same():
    known = [choice("no", ("yes", "no")), choice("no", ("no", "yes")), choice("yes", ("yes", "no"))]
    assert Majority(known)(choice("yes", ("yes", "no"))).choice == "no"


def test_the_majority_is_the_commonest_place_where_options_differ():
    known = [choice("b", ("a", "b")), choice("d", ("c", "d")), choice("e", ("e", "f"))]
    assert Majority(known)(choice("x", ("x", "y"))).choice == "y"
    assert Majority(())(choice("x", ("x", "y"))).choice == "x"
    assert Majority(known)(KINASE_ITEM).abstained


def test_guessing_is_for_options_alone():
    assert not fits(Condition.CHANCE, [KINASE_ITEM])
    assert fits(Condition.CHANCE, ITEMS)
    assert fits(Condition.COPY, [KINASE_ITEM])


def test_an_unknown_condition_lists_those_there_are():
    with pytest.raises(InputError, match="no condition 'gold'") as caught:
        read_condition("gold")
    assert "gold-evidence" in caught.value.hint


def test_a_failing_model_is_not_hidden_by_the_closed_book(home, tmp_path):
    resources = scripted(home, tmp_path, {"error": "gone"})
    with pytest.raises(LLMError, match="gone"):
        answer(Condition.CLOSED_BOOK, KINASE_ITEM, resources)
