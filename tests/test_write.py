import json
from dataclasses import replace

import pytest

from bbqa.errors import LLMError
from bbqa.schema import Evidence, Kind, NodeType, Status
from bbqa.write import Sentence, answer_schema, fit_context, write


def item(number, statement="EGFR enables ATP binding"):
    return Evidence(
        number=number,
        statement=statement,
        kind=Kind.FACT,
        status=Status.CURATED,
        source="test",
        release="",
        nodes=("P1",),
        type=NodeType.MOLECULAR_FUNCTION,
        score=1.0,
    )


class Typist:
    """A model that types a fixed text, a few letters at a time."""

    name = "typist"

    def __init__(self, text, *, context_tokens=4096):
        self.text = text
        self.context_tokens = context_tokens
        self.asked = []

    def count_tokens(self, text):
        return len(text) // 3

    def stream(self, messages, *, schema=None, max_tokens=400):
        self.asked.append(messages)
        for place in range(0, len(self.text), 7):
            yield self.text[place : place + 7]


def reply(*sentences):
    return json.dumps({"sentences": [{"cites": c, "text": t} for c, t in sentences]})


def test_each_sentence_comes_as_soon_as_its_object_is_closed():
    typist = Typist(reply(([1], "One."), ([2], "Two.")))
    sentences = write("Why?", [item(1), item(2)], typist)
    assert next(sentences) == Sentence("One.", (1,))
    assert list(sentences) == [Sentence("Two.", (2,))]


@pytest.mark.parametrize("cites", ["1", ["1"], ["[1]"], "[1]", 1, [1, "1"], [1.0]])
def test_citations_are_read_in_whichever_form_they_come(cites):
    typist = Typist(reply((cites, "One.")))
    assert list(write("Why?", [item(1)], typist)) == [Sentence("One.", (1,))]


def test_citations_within_a_sentence_are_taken_out_of_it():
    typist = Typist(reply(([], "EGFR enables ATP binding [1][2].")))
    [sentence] = write("Why?", [item(1), item(2)], typist)
    assert sentence == Sentence("EGFR enables ATP binding.", (1, 2))


@pytest.mark.parametrize(
    "around", ["{}", "Here is the JSON:\n```json\n{}\n```", '{{"text": "draft", "cites": [2]}}\n{}']
)
def test_json_is_found_whatever_stands_around_it(around):
    if around.startswith("{{"):
        around = "I first thought " + around
    typist = Typist(around.format(reply(([1], "One."))))
    assert list(write("Why?", [item(1), item(2)], typist)) == [Sentence("One.", (1,))]


def test_an_answer_that_is_cut_off_keeps_its_whole_sentences():
    typist = Typist(reply(([1], "One."), ([2], "Two."))[:-12])
    assert list(write("Why?", [item(1), item(2)], typist)) == [Sentence("One.", (1,))]


def test_an_empty_list_is_an_answer_without_sentences():
    assert list(write("Why?", [item(1)], Typist('{"sentences": []}'))) == []


@pytest.mark.parametrize("nonsense", ["", "I think that EGFR", "<html>"])
def test_a_model_that_talks_nonsense_is_an_error_that_quotes_it(nonsense):
    with pytest.raises(LLMError, match="did not write the JSON"):
        list(write("Why?", [item(1)], Typist(nonsense)))


def test_items_of_the_wrong_kind_are_passed_over():
    text = '{"sentences": [{"cites": [1], "text": 5}, {"cites": [1], "text": "Good."}]}'
    assert list(write("Why?", [item(1)], Typist(text))) == [Sentence("Good.", (1,))]


def test_evidence_is_cut_from_its_end_to_fit_and_the_question_never_is():
    typist = Typist(reply(), context_tokens=1000)
    evidence = [item(n, "word " * 50) for n in range(1, 30)]
    kept = fit_context("Why?", evidence, typist, reserve=320)
    assert 0 < len(kept) < 29
    assert [e.number for e in kept] == list(range(1, len(kept) + 1))
    list(write("Why is that so?", evidence, typist))
    assert "Why is that so?" in typist.asked[0][-1].content


def test_a_question_that_fills_the_context_is_an_error():
    with pytest.raises(LLMError, match="fills the context"):
        list(write("Why? " * 500, [item(1)], Typist(reply(), context_tokens=600)))


def test_the_schema_has_a_place_for_each_kind_of_fact_that_can_cite_only_its_own():
    place = replace(item(9), type=NodeType.CELLULAR_COMPONENT)
    sentences = answer_schema([item(3), item(7), place])["properties"]
    cites = {
        name: group["properties"]["cites"]["items"]["enum"] for name, group in sentences.items()
    }
    assert cites == {"molecular_function": [3, 7], "cellular_component": [9]}


def test_facts_about_two_inputs_get_sentences_of_their_own():
    one, two = replace(item(1), about="protein_1"), replace(item(2), about="protein_2")
    assert list(answer_schema([one, two])["properties"]) == [
        "protein_1_molecular_function",
        "protein_2_molecular_function",
    ]


def test_an_answer_in_groups_is_read_as_sentences():
    text = (
        '{"molecular_function": {"cites": [1], "text": "One."}, '
        '"disease": {"cites": [2], "text": ""}}'
    )
    assert list(write("Why?", [item(1), item(2)], Typist(text))) == [Sentence("One.", (1,))]
