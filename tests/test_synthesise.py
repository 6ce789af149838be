"""A model's own text over all evidence: checked sentence by sentence, mended once, else dropped."""

from __future__ import annotations

import json

import pytest
from chat_server import Reply, refusal, serve_chat, sse
from world import KINASE, make_resources

from bbqa.agent import gather
from bbqa.agent.capability import FILE, VERSION, can_synthesise
from bbqa.answer.synthesise import MAX_SENTENCES, numbered_text, synthesise
from bbqa.errors import LLMError
from bbqa.ground import ground
from bbqa.llm import open_llm
from bbqa.llm.endpoints import OpenAIChat
from bbqa.llm.wire import Wire
from bbqa.question.read import read_question
from bbqa.schema import Claim, Dropped, Evidence, Kind, NodeType, Status

WHY = "What does KIN1 do?"


def item(number, statement="KIN1 enables ATP binding", **more):
    given = {"status": Status.CURATED, "source": "GOA human, IDA", "because": "", **more}
    return Evidence(
        number=number,
        statement=statement,
        kind=Kind.FACT,
        release="",
        nodes=("P1",),
        type=NodeType.MOLECULAR_FUNCTION,
        score=1.0,
        **given,
    )


EVIDENCE = [item(n, f"KIN1 enables function {n}") for n in range(1, 5)]


def scripted(tmp_path, *replies):
    path = tmp_path / "script.json"
    path.write_text(json.dumps([r if isinstance(r, str) else json.dumps(r) for r in replies]))
    return open_llm(f"scripted:{path}", home=tmp_path)


def said(*rows):
    return {"sentences": [dict(zip(("text", "cites", "n"), row, strict=False)) for row in rows]}


def check(text, citations):
    """Sentences with "wrong" in them are refused."""
    if "wrong" in text:
        return Dropped(text, citations, "the evidence does not say so")
    return Claim(text, citations, Status.CURATED)


def results(llm, evidence=EVIDENCE, **more):
    return list(synthesise(WHY, evidence, llm, check=check, **more))


def texts(found):
    return [(type(one).__name__, one.text) for one in found]


def test_sentences_may_cite_any_items_and_come_in_the_models_order(tmp_path):
    llm = scripted(tmp_path, said(("KIN1 does two and one.", [2, 1]), ("It does four.", ["4"])))
    found = results(llm)
    assert [claim.citations for claim in found] == [(2, 1), (4,)]
    assert texts(found) == [("Claim", "KIN1 does two and one."), ("Claim", "It does four.")]
    assert len(llm.asked) == 1


def test_the_model_reads_status_source_and_draft(tmp_path):
    llm = scripted(tmp_path, said(("Yes.", [1])))
    inferred = item(2, status=Status.INFERRED, because="48 % identity to P1")
    results(llm, [item(1), inferred], draft="KIN1 is a kinase [1].")
    [system, user] = llm.asked[0]
    assert "numbered evidence alone" in system.content
    assert "[1] KIN1 enables ATP binding (curated; GOA human, IDA)" in user.content
    assert "(inferred; GOA human, IDA; 48 % identity to P1)" in user.content
    assert "Composed answer:\nKIN1 is a kinase [1]." in user.content
    assert user.content.endswith(f"Question: {WHY}")


def test_what_is_refused_is_mended_once_with_the_reasons(tmp_path):
    first = said(("Right.", [1]), ("All wrong.", [2]), ("wrong too.", [3]))
    second = said(("Mended.", [2], 1), ("Still wrong.", [3], 2))
    llm = scripted(tmp_path, first, second)
    assert texts(results(llm)) == [
        ("Claim", "Right."),
        ("Claim", "Mended."),
        ("Dropped", "Still wrong."),
    ]
    told = llm.asked[1][-1].content
    assert "1. All wrong. [2]: the evidence does not say so" in told
    assert "2. wrong too. [3]" in told
    assert "Right." not in told


def test_a_refused_sentence_may_be_split_and_its_true_part_stays(tmp_path):
    first = said(("One and wrong.", [1]))
    llm = scripted(tmp_path, first, said(("One.", [1], 1), ("Two wrong.", [2], 1)))
    assert texts(results(llm)) == [("Claim", "One.")]


@pytest.mark.parametrize("second", ["I am sorry.", {"sentences": []}, {"sentences": 5}, {}])
def test_what_is_not_mended_is_dropped_for_its_first_reason(tmp_path, second):
    llm = scripted(tmp_path, said(("Right.", [1]), ("All wrong.", [2])), second)
    assert texts(results(llm)) == [("Claim", "Right."), ("Dropped", "All wrong.")]


def test_a_model_that_fails_when_it_is_to_mend_has_not_failed(tmp_path):
    llm = scripted(tmp_path, said(("All wrong.", [2])))
    assert texts(results(llm)) == [("Dropped", "All wrong.")]


def test_a_mended_sentence_that_repeats_an_accepted_one_is_not_said_twice(tmp_path):
    llm = scripted(tmp_path, said(("A.", [1]), ("wrong", [1])), said(("A.", [1], 1)))
    assert texts(results(llm)) == [("Claim", "A.")]


def test_a_model_that_writes_without_end_is_not_read_without_end(tmp_path):
    llm = scripted(tmp_path, said(*((f"Sentence {n}.", [1]) for n in range(50))))
    assert len(results(llm)) == MAX_SENTENCES


def test_prose_instead_of_json_is_an_error(tmp_path):
    with pytest.raises(LLMError, match="did not write the JSON"):
        results(scripted(tmp_path, "KIN1 is a kinase."))


def test_evidence_that_does_not_fit_is_left_out_from_its_end(tmp_path):
    llm = scripted(tmp_path, said(("Yes.", [1])))
    many = [item(n, f"KIN1 enables function number {n}") for n in range(1, 300)]
    results(llm, many, max_tokens=200)
    shown = llm.asked[0][-1].content
    assert "[1] KIN1 enables function number 1 " in shown
    assert "[299]" not in shown
    assert llm.count_tokens(shown) < 4096


def test_a_question_that_leaves_no_room_is_an_error(tmp_path):
    with pytest.raises(LLMError, match="the question alone fills the context"):
        results(scripted(tmp_path, said()), max_tokens=2048)


def openai(server, context_tokens=None):
    wire = Wire(f"{server.url}/v1", pause_s=0.001)
    return OpenAIChat("openai:x", model="x", context_tokens=context_tokens, wire=wire)


def test_a_server_that_names_its_limit_is_asked_again_with_less():
    told = refusal(400, "maximum context length is 3000 tokens, you requested 9000")
    good = Reply(sse(json.dumps(said(("Yes.", [1])))))
    many = [item(n, f"KIN1 enables function number {n}") for n in range(1, 300)]
    with serve_chat(v1_chat_completions=[told, good]) as server, openai(server) as llm:
        assert texts(results(llm, many)) == [("Claim", "Yes.")]
    sizes = [len(body["messages"][1]["content"]) for body in server.bodies("/v1/chat/completions")]
    assert sizes[1] < sizes[0] / 3


def test_a_draft_among_the_thoughts_of_a_model_is_not_its_answer():
    thought = f"<think>{json.dumps(said(('Draft.', [1])))}</think>"
    reply = Reply(sse(thought, json.dumps(said(("Answer.", [1])))))
    with serve_chat(v1_chat_completions=reply) as server, openai(server) as llm:
        assert texts(results(llm)) == [("Claim", "Answer.")]


def test_evidence_without_a_source_shows_its_status_alone():
    assert numbered_text([item(7, source="")]) == "[7] KIN1 enables ATP binding (curated)"


# ---- with the real check ----


def test_what_the_graph_does_not_say_is_dropped_and_what_it_says_stays(tmp_path):
    resources = make_resources(tmp_path)
    resources.prepare()
    question = read_question("What does this protein do?", (KINASE,), (), resources, False)
    evidence = gather(question, resources).evidence
    number = next(e.number for e in evidence if "tyrosine kinase activity" in e.statement)
    where = next(e.number for e in evidence if "plasma membrane" in e.statement)
    true = "KIN1 enables tyrosine kinase activity and is found in plasma membrane."
    false = "KIN1 enables lactase activity."
    llm = scripted(
        tmp_path, said((true, [number, where]), (false, [number])), said((false, [where], 1))
    )

    def checked(text, citations):
        numbered = {e.number: e for e in evidence}
        return ground(
            text, citations, evidence=numbered, question=question, lexicon=resources.names
        )

    found = list(synthesise(question.text, evidence, llm, check=checked))
    assert texts(found) == [("Claim", true), ("Dropped", false)]
    assert found[0].citations == (number, where)


# ---- who may ----


def test_a_model_behind_a_server_may_write_freely_and_the_default_one_may_not(tmp_path):
    with serve_chat() as server, openai(server) as llm:
        assert can_synthesise(llm, home=tmp_path)
        assert not server.asked
    default = Embedded("embedded:qwen2.5-coder-1.5b d5cde8a7e219b5f2")
    assert not can_synthesise(default, home=tmp_path)


def test_another_model_in_this_process_may_if_it_was_measured_to_be_able(tmp_path):
    models = {
        "embedded:big 1": {"right": 5, "asked": 5},
        "embedded:small 1": {"right": 1, "asked": 3},
    }
    (tmp_path / FILE).write_text(json.dumps({"version": VERSION, "models": models}))
    assert can_synthesise(Embedded("embedded:big 1"), home=tmp_path)
    assert not can_synthesise(Embedded("embedded:small 1"), home=tmp_path)


class Embedded:
    """A model in this process that nobody needs to ask."""

    writes_freely = None

    def __init__(self, identity):
        self.identity = identity
