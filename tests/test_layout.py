"""Answers as they are laid out and shown: the answer first, what it rests on below it."""

from dataclasses import replace

import pytest

from bbqa.chat_screen import Screen as ChatScreen
from bbqa.layout import caveats_of, in_order, sentences_of, sources_of
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Evidence,
    Input,
    Kind,
    Modality,
    NodeType,
    Question,
    Status,
)
from bbqa.show import Screen, show_answer

PROTEIN = Input("protein_1", Modality.PROTEIN, "MKT", "MKT", notes=("3 gaps removed",))


def item(number, statement, status=Status.CURATED, **more):
    fields = {"kind": Kind.FACT, "source": "GOA human, IDA", "release": "2019-01-14"} | more
    return Evidence(
        number,
        statement,
        status=status,
        nodes=("P1", f"GO:{number}"),
        type=NodeType.MOLECULAR_FUNCTION,
        score=1.0,
        about="protein_1",
        **fields,
    )


CURATED = item(1, "KIN1 enables kinase activity")
HOMOLOGUE = item(2, "KIN2, a homologue, enables ATP binding", Status.INFERRED, because="48 %")
GUESS = item(3, "protein_1 probably binds zinc", Status.PREDICTED, source="bridge", release="1")
UNUSED = item(4, "KIN1 is found in nucleus")


def answered(*claims, text=None, evidence=(CURATED, HOMOLOGUE, GUESS, UNUSED), **more):
    said = " ".join(f"{c.text} {''.join(f'[{n}]' for n in c.citations)}." for c in claims)
    return Answer(
        question=Question("What does it do?", (PROTEIN,)),
        status=AnswerStatus.ANSWERED,
        text=said if text is None else text,
        claims=tuple(claims),
        dropped=(),
        evidence=tuple(evidence),
        written_by="composed",
        **more,
    )


SURE = Claim("KIN1 is a kinase", (1,), Status.CURATED)
LIKELY = Claim("It probably binds ATP", (2,), Status.INFERRED)
MAYBE = Claim("It may bind zinc", (3,), Status.PREDICTED)
MIXED = answered(
    SURE,
    LIKELY,
    MAYBE,
    text="Yes. KIN1 is a kinase [1]. It probably binds ATP [2]. Its domains are not held. "
    "It may bind zinc [3]. That is all.",
)


def test_sentences_without_a_citation_stay_in_their_place():
    assert [(s.text, s.place) for s in sentences_of(MIXED)] == [
        ("Yes.", None),
        ("KIN1 is a kinase [1].", 0),
        ("It probably binds ATP [2].", 1),
        ("Its domains are not held.", None),
        ("It may bind zinc [3].", 2),
        ("That is all.", None),
    ]
    assert [s.is_sure for s in sentences_of(MIXED)] == [True, True, False, True, False, True]


def test_a_cited_sentence_that_the_text_lacks_is_not_lost():
    assert in_order("A [1].", ["A [1].", "B [2]."]) == [("A [1].", 0), ("B [2].", 1)]
    assert in_order("", []) == []


def test_what_is_not_recorded_of_the_input_is_said_once():
    assert caveats_of(MIXED) == [
        "[2] is inferred from a homologue, not recorded of protein_1.",
        "[3] is predicted, not recorded of protein_1.",
    ]
    assert caveats_of(answered(SURE)) == []


def test_several_inferred_items_share_a_sentence():
    other = replace(HOMOLOGUE, number=5, statement="another")
    both = Claim("Both", (2, 5), Status.INFERRED)
    with_sure = answered(SURE, both, evidence=(CURATED, HOMOLOGUE, other))
    inferred = "inferred from a homologue, not recorded of protein_1."
    assert caveats_of(with_sure) == [f"[2] and [5] are {inferred}"]
    assert caveats_of(answered(both, evidence=(HOMOLOGUE, other))) == [f"All of this is {inferred}"]


def test_how_near_a_homologue_is_needs_no_caveat():
    near = replace(HOMOLOGUE, kind=Kind.ALIGNMENT, nodes=("P2",))
    assert caveats_of(answered(LIKELY, evidence=(near,))) == []


def test_sources_are_listed_once_with_their_numbers_and_codes():
    items = (CURATED, replace(CURATED, number=5), replace(CURATED, number=6, source="Reactome"))
    everything = Claim("All", (1, 5, 6, 2), Status.INFERRED)
    assert sources_of(answered(everything, evidence=(*items, HOMOLOGUE))) == [
        "GOA human (2019-01-14): [1, 5] IDA; [2] IDA, inferred, 48 %",
        "Reactome (2019-01-14): [6]",
    ]


def test_only_cited_sources_are_listed_and_runs_are_joined():
    items = [replace(CURATED, number=n) for n in range(1, 6)]
    assert sources_of(answered(Claim("X", (1, 2, 3, 5), Status.CURATED), evidence=items)) == [
        "GOA human (2019-01-14): [1-3, 5] IDA"
    ]


def test_the_answer_comes_first_and_the_evidence_on_demand(capsys):
    show_answer(MIXED)
    short = capsys.readouterr().out
    assert short.startswith("Yes.\nKIN1 is a kinase [1].\nIt probably binds ATP [2].\n")
    assert "Not curated" not in short
    assert "4 items of evidence; --evidence shows them" in short
    assert UNUSED.statement not in short
    assert short.index("That is all.") < short.index("note: 3 gaps removed") < short.index("GOA")
    show_answer(MIXED, evidence=True)
    whole = capsys.readouterr().out
    assert whole.index("That is all.") < whole.index(UNUSED.statement)
    assert "--evidence shows" not in whole
    show_answer(MIXED, trace=True)
    assert UNUSED.statement in capsys.readouterr().out


def test_a_sentence_that_is_on_the_screen_is_not_printed_again(capsys):
    screen = Screen()
    screen.on_evidence(MIXED.question, MIXED.evidence)
    screen.on_answer(MIXED)
    screen.on_claim(Claim("A model adds this", (1,), Status.CURATED))
    model = Claim("A model adds this", (1,), Status.CURATED)
    screen.finish(replace(MIXED, claims=(*MIXED.claims, model)))
    printed = capsys.readouterr().out
    assert printed.count("KIN1 is a kinase [1].") == 1
    assert printed.count("A model adds this [1].") == 1


def test_the_composed_answer_is_kept_where_the_model_is_stopped():
    screen = Screen()
    assert screen.stopped() is None
    screen.on_answer(MIXED)
    kept = screen.stopped()
    assert kept.text == MIXED.text
    assert "Ctrl-C" in kept.note


@pytest.mark.parametrize("status", AnswerStatus)
def test_every_status_is_shown_in_words(capsys, status):
    show_answer(replace(answered(evidence=()), text="Nothing.", status=status))
    assert f"{status.replace('_', ' ')}, written by composed" in capsys.readouterr().out


class Quiet:
    """A terminal that keeps what is said."""

    interactive = True

    def __init__(self):
        self.lines = []

    def say(self, text, *, style=""):
        self.lines.append((text, style))


def test_a_chat_numbers_cited_sentences_and_colours_uncertain_ones():
    terminal = Quiet()
    screen = ChatScreen(terminal)
    screen.on_evidence(MIXED.question, MIXED.evidence)
    assert terminal.lines == []
    screen.on_answer(MIXED)
    assert terminal.lines[:3] == [
        ("    Yes.", ""),
        (" 1  KIN1 is a kinase [1].", ""),
        (" 2  It probably binds ATP [2].", "yellow"),
    ]
    screen.finish(MIXED, 1.0)
    last = terminal.lines[-1][0]
    assert last == "answered, written by composed; 1.0 s; 4 items of evidence (/evidence)"
    assert sum("KIN1 is a kinase" in line for line, _ in terminal.lines) == 1


def test_a_chat_that_is_stopped_keeps_the_composed_answer_and_its_status():
    screen = ChatScreen(Quiet())
    screen.on_answer(MIXED)
    screen.on_claim(Claim("A model adds this", (1,), Status.CURATED))
    kept = screen.stopped(MIXED.question)
    assert (kept.status, kept.text) == (AnswerStatus.ANSWERED, MIXED.text)
    early = ChatScreen(Quiet())
    early.on_claim(SURE)
    assert early.stopped(MIXED.question).status is AnswerStatus.CUT_SHORT
