"""Readers of benchmarks of text alone, on tiny files of the same form and on the real ones."""

import json
import os
from collections import Counter
from pathlib import Path

import pytest

from bbqa.errors import InputError
from bbqa.eval.benchmarks import biomixqa, kgrag_true_false, mirage, pubmedqa
from bbqa.eval.benchmarks.biomixqa import question_of
from bbqa.eval.benchmarks.contract import Form, Response
from bbqa.eval.scores import score

MODULES = (biomixqa, kgrag_true_false, mirage, pubmedqa)


def items(module, data, split="test"):
    return list(module.BENCHMARK.items(data, None, split=split))


def refused(module, data, split="test"):
    with pytest.raises(InputError) as caught:
        items(module, data, split)
    return caught.value.message, caught.value.hint


# all of them


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.CARD.name)
def test_every_card_says_where_it_is_from_under_which_licence_and_what_leaks(module):
    card = module.BENCHMARK.card
    assert "https://" in card.source
    assert all((card.title, card.licence, card.citation, card.leaks, card.files))
    assert card.modality == "text"
    assert card.metric == "accuracy"


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.CARD.name)
def test_absent_data_says_where_to_get_it(module, tmp_path):
    for data in (None, tmp_path):
        message, hint = refused(module, data)
        assert any(name in message for name in module.CARD.files)
        assert "https://" in hint


# statements


def test_a_statement_is_a_question_whether_it_is_true(tmp_path):
    (tmp_path / kgrag_true_false.FILE).write_text(
        ",text,label\n0,KIN1 causes testosis,True\n1,aspirin  harms nobody.,FALSE\n"
    )
    first, second = items(kgrag_true_false, tmp_path)
    assert first.question == "Is this statement true? KIN1 causes testosis."
    assert (first.form, first.options, first.gold) == (Form.CHOICE, ("True", "False"), ("True",))
    assert second.question == "Is this statement true? aspirin harms nobody."
    assert second.gold == ("False",)
    assert second.evidence == ("it is false that aspirin harms nobody",)


def test_of_a_false_denial_the_evidence_is_what_it_denies(tmp_path):
    (tmp_path / kgrag_true_false.FILE).write_text(
        ",text,label\n0,KIN1 is not linked to testosis,False\n1,KIN1 is not linked to fits,True\n"
    )
    false, true = items(kgrag_true_false, tmp_path)
    assert false.evidence == ("it is true that KIN1 is linked to testosis",)
    assert true.evidence == ("it is true that KIN1 is not linked to fits",)


def test_a_label_that_is_neither_names_the_line(tmp_path):
    (tmp_path / kgrag_true_false.FILE).write_text(",text,label\n0,It is so,perhaps\n")
    message, _ = refused(kgrag_true_false, tmp_path)
    assert "line 2: label is 'perhaps'; expected True or False" in message


# BiomixQA


def biomix(folder, right="TERT"):
    (folder / biomixqa.CHOICES).write_text(
        "text,option_A,option_B,option_C,option_D,option_E,correct_answer\n"
        '"Out of the given list, which Gene is associated with testosis and fits. Given list is:'
        f'  ABO, TERT,  KIT","ABO"," TERT",KIT,ABO,IL6,{right}\n'
    )
    (folder / biomixqa.STATEMENTS).write_text("text,label\nIt is so,True\n")


def test_biomixqa_reads_choices_and_statements_together_or_alone(tmp_path):
    biomix(tmp_path)
    choice, statement = items(biomixqa, tmp_path)
    assert choice.question == "Which Gene is associated with testosis and fits?"
    assert choice.options == ("ABO", "TERT", "KIT", "IL6")
    assert choice.gold == ("TERT",)
    assert (statement.gold, statement.options) == (("True",), ("True", "False"))
    assert [item.id for item in items(biomixqa, tmp_path, "mcq")] == [choice.id]
    assert [item.id for item in items(biomixqa, tmp_path, "true-false")] == [statement.id]


def test_a_right_answer_that_is_no_option_names_the_line(tmp_path):
    biomix(tmp_path, right="EGFR")
    message, _ = refused(biomixqa, tmp_path)
    assert "line 2: correct_answer is 'EGFR'; expected one of ABO, TERT, KIT, IL6" in message
    assert (
        "has no split 'dev'; it has test, mcq, true-false" in refused(biomixqa, tmp_path, "dev")[0]
    )


def test_a_question_of_another_wording_is_left_as_it_is():
    assert question_of(" Which gene is it? ") == "Which gene is it?"


# PubMedQA


def pubmed(folder, **changes):
    entry = {
        "QUESTION": "Does it help?",
        "CONTEXTS": ["It was tried.", "It was measured."],
        "LABELS": ["METHODS", "RESULTS"],
        "final_decision": "maybe",
        "LONG_ANSWER": "It may help. More is needed.",
    }
    questions = {"11": entry, "12": entry | {"final_decision": "no"} | changes}
    (folder / pubmedqa.QUESTIONS).write_text(json.dumps(questions))
    (folder / pubmedqa.TEST).write_text('{"12": "no"}')


def test_pubmedqa_gives_the_abstract_without_its_conclusion(tmp_path):
    pubmed(tmp_path)
    (item,) = items(pubmedqa, tmp_path)
    assert (item.id, item.gold, item.options) == ("12", ("no",), ("yes", "no", "maybe"))
    assert item.context == "It was tried.\nIt was measured."
    assert "may help" not in item.context + item.question
    assert item.evidence == ("It may help", "More is needed")
    assert [other.id for other in items(pubmedqa, tmp_path, "dev")] == ["11"]


def test_pubmedqa_whose_labels_disagree_is_refused(tmp_path):
    pubmed(tmp_path, final_decision="yes")
    assert "entry '12': final_decision is 'yes'; expected no" in refused(pubmedqa, tmp_path)[0]
    pubmed(tmp_path, CONTEXTS="It was tried.")
    assert "entry '12': CONTEXTS is a text" in refused(pubmedqa, tmp_path)[0]
    (tmp_path / pubmedqa.TEST).write_text('["12"]')
    assert "expected an object with yes, no or maybe for each id" in refused(pubmedqa, tmp_path)[0]


# MIRAGE


def asked(answer="B", **options):
    return {
        "question": "What now?",
        "options": options or {"A": "yes", "B": "no"},
        "answer": answer,
    }


def test_mirage_reads_all_sets_or_one(tmp_path):
    sets = {"mmlu": {"anatomy-000": asked()}, "bioasq": {"x": asked("A"), "y": asked("A")}}
    (tmp_path / mirage.FILE).write_text(json.dumps(sets))
    found = items(mirage, tmp_path)
    assert [item.id for item in found] == ["mmlu-anatomy-000", "bioasq-x", "bioasq-y"]
    assert (found[0].gold, found[0].options) == (("no",), ("yes", "no"))
    assert [item.bins["set"] for item in items(mirage, tmp_path, "bioasq")] == ["bioasq"] * 2
    assert "has no split 'medqa'; it has test, mmlu" in refused(mirage, tmp_path, "medqa")[0]


def test_two_options_of_the_same_words_are_one(tmp_path):
    sets = {"medmcqa": {"1": asked("C", A="x", B="y", C="x", D="z")}}
    (tmp_path / mirage.FILE).write_text(json.dumps(sets))
    (item,) = items(mirage, tmp_path)
    assert (item.options, item.gold) == (("x", "y", "z"), ("x",))


@pytest.mark.parametrize("entry", [asked("E"), {"question": "What?"}, "What?", asked(A=1, B=2)])
def test_a_question_of_mirage_that_is_none_is_named(entry, tmp_path):
    (tmp_path / mirage.FILE).write_text(json.dumps({"mmlu": {"q7": entry}}))
    message, _ = refused(mirage, tmp_path)
    assert "entry 'mmlu': q7 is " in message
    assert "expected question, options and the answer's letter" in message


# the real files

REAL = os.environ.get("BBQA_BENCHMARK_DATA", "")
real = pytest.mark.skipif(
    not REAL, reason="BBQA_BENCHMARK_DATA names no folder with benchmarks' files"
)


@real
@pytest.mark.parametrize(
    ("module", "split", "golds"),
    [
        (kgrag_true_false, "test", {"True": 197, "False": 114}),
        (pubmedqa, "test", {"yes": 276, "no": 169, "maybe": 55}),
        (pubmedqa, "dev", {"yes": 276, "no": 169, "maybe": 55}),
    ],
    ids=lambda value: value.CARD.name if hasattr(value, "CARD") else "",
)
def test_the_real_files_are_read_whole(module, split, golds):
    found = items(module, Path(REAL), split)
    assert Counter(item.gold[0] for item in found) == golds
    assert len({item.id for item in found}) == len(found)
    assert all(item.evidence for item in found)


@real
def test_no_real_abstract_holds_its_conclusion_but_for_a_sentence_in_two():
    found = [item for split in ("test", "dev") for item in items(pubmedqa, Path(REAL), split)]
    assert not [item.id for item in found if ". ".join(item.evidence) in item.context]
    some = [i.id for i in found if any(len(text) > 25 and text in i.context for text in i.evidence)]
    assert some == ["24434052", "24519615"]


@real
@pytest.mark.parametrize(
    ("field", "accuracy"), [("reasoning_required_pred", 0.780), ("reasoning_free_pred", 0.904)]
)
def test_the_annotators_of_pubmedqa_have_their_published_accuracy(field, accuracy):
    """Published with the data: what one annotator said, without and with the conclusion.

    Accuracy: Jin et al., EMNLP 2019, arXiv:1909.06146, single human performance.
    """
    said = json.loads(next(Path(REAL).rglob(pubmedqa.QUESTIONS)).read_text(encoding="utf-8"))
    found = items(pubmedqa, Path(REAL))
    answered = [(item, Response(choice=said[item.id][field])) for item in found]
    scores = score(answered, condition="published", resampled=5)
    whole = next(one for one in scores if one.metric == "accuracy" and one.bin == "all")
    assert (whole.value, whole.n) == (pytest.approx(accuracy, abs=0.0005), 500)
