"""Other wordings of names, and sentences without one of their clauses."""

import pytest
from statements import stated

from bbqa.ground import ground
from bbqa.ground.clauses import shortened
from bbqa.ground.variants import kinds_of, other_names
from bbqa.schema import Claim, Evidence, Input, Kind, Modality, NodeType, Question, Status


class NoNames:
    def mentions(self, text):
        return []

    def row_of(self, node):
        return None

    def names_of(self, node):
        return ()


def item(number, statement, *, status=Status.CURATED, kind=Kind.FACT, about="protein_1"):
    return stated(
        Evidence(
            number=number,
            statement=statement,
            kind=kind,
            status=status,
            source="test",
            release="",
            nodes=(),
            type=NodeType.PROTEIN,
            score=1.0,
            about=about,
        )
    )


KIN = "SRC, a homologue of protein_1 (80 % identity over 99 %),"
EVIDENCE = {
    one.number: one
    for one in (
        item(1, "KIN1 enables protein tyrosine kinase activity"),
        item(2, "KIN1 enables epidermal growth factor-activated receptor activity"),
        item(3, "KIN1 takes part in insulin receptor recycling"),
        item(4, "KIN1 takes part in negative regulation of apoptotic process"),
        item(5, "KIN1 is associated with hypercholesterolemia, familial, 1"),
        item(6, "KIN1 takes part in actin cytoskeleton organization"),
        item(7, f"{KIN} enables ATP binding", status=Status.INFERRED),
        item(8, "Ponatinib has the role tyrosine kinase inhibitor", about="molecule_1"),
    )
}
QUESTION = Question(
    "What does it do?",
    (
        Input("protein_1", Modality.PROTEIN, "", "KIN1", "KIN1"),
        Input("molecule_1", Modality.MOLECULE, "", "Ponatinib", "Ponatinib"),
    ),
)


def judged(text, *numbers):
    return ground(text, numbers, evidence=EVIDENCE, question=QUESTION, lexicon=NoNames())


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("KIN1 is a tyrosine kinase.", (1,)),
        ("KIN1 is a receptor tyrosine kinase.", (1, 2)),
        ("KIN1 is involved in the recycling of the insulin receptor.", (3,)),
        ("KIN1 inhibits apoptosis.", (4,)),
        ("KIN1 is linked to familial hypercholesterolaemia 1.", (5,)),
        ("KIN1 takes part in the organisation of the actin cytoskeleton.", (6,)),
        ("Ponatinib, a tyrosine kinase inhibitor, inhibits tyrosine kinases.", (8,)),
        ("Its similarity to SRC suggests that protein_1 binds ATP.", (7,)),
    ],
)
def test_what_an_expert_writes_is_kept_whole(text, numbers):
    found = judged(text, *numbers)
    assert isinstance(found, Claim), found.reason
    assert text.rstrip(".").lower()[1:] in found.text.lower()


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("KIN1 is a receptor tyrosine kinase.", (1,)),
        ("KIN1 is a serine/threonine kinase.", (1,)),
        ("KIN1 promotes apoptosis.", (4,)),
        ("KIN1 is involved in the recycling of the glucagon receptor.", (3,)),
        ("KIN1 binds ATP.", (7,)),
        ("Ponatinib activates tyrosine kinases.", (8,)),
    ],
)
def test_what_its_evidence_does_not_say_is_dropped(text, numbers):
    assert not isinstance(judged(text, *numbers), Claim)


@pytest.mark.parametrize(
    ("text", "numbers", "left"),
    [
        ("KIN1 is a tyrosine kinase and repairs DNA.", (1,), None),
        ("KIN1 is a tyrosine kinase and is found in the moon.", (1,), "KIN1 is a tyrosine kinase."),
        ("KIN1 is a tyrosine kinase, which causes gout.", (1,), "KIN1 is a tyrosine kinase."),
        (
            "KIN1 has magic, and it is a tyrosine kinase.",
            (1,),
            None,
        ),
    ],
)
def test_an_unsupported_clause_goes_and_the_rest_stays(text, numbers, left):
    found = judged(text, *numbers)
    assert (found.text if isinstance(found, Claim) else None) == left


def test_a_list_whose_and_went_with_a_clause_gets_its_own():
    [less, *_] = shortened("It enables A, B, C, and participates in D.")
    assert less == "It enables A, B and C."


def test_what_a_sentence_says_after_suggests_cannot_be_left_out():
    assert list(shortened("Its similarity to A suggests that it binds B.")) == []


def test_names_have_other_wordings_and_kinds():
    assert "clearance of chylomicron" in list(other_names("chylomicron clearance"))
    assert "apoptosis" in list(other_names("apoptotic process"))
    assert "tyrosine kinase activity" in list(kinds_of("protein tyrosine kinase activity"))
    assert list(kinds_of("regulation of growth")) == []
