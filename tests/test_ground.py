from typing import NamedTuple

import pytest

from bbqa.ground import ground
from bbqa.schema import Claim, Dropped, Evidence, Kind, NodeType, Question, Status


class Mention(NamedTuple):
    text: str
    rows: tuple[int, ...]


class Names:
    """A lexicon of a few names: which words are called what, by row."""

    def __init__(self, **rows):
        self.rows = {name.replace("_", " "): row for name, row in rows.items()}

    def mentions(self, text):
        return [Mention(name, (row,)) for name, row in self.rows.items() if name in text.lower()]


def item(number, statement, status=Status.CURATED):
    return Evidence(
        number=number,
        statement=statement,
        kind=Kind.FACT,
        status=status,
        source="GOA human",
        release="2019-01",
        nodes=("P00533",),
        type=NodeType.MOLECULAR_FUNCTION,
        score=1.0,
    )


EVIDENCE = {
    1: item(1, "EGFR enables protein tyrosine kinase activity"),
    2: item(2, "EGFR takes part in MAPK cascade"),
    3: item(3, "protein_1 probably enables lactase activity", Status.INFERRED),
    4: item(4, "Marfan syndrome does not have the phenotype seizure"),
    5: item(5, "EGFR enables ATP binding"),
    6: item(6, "EGFR takes part in apoptotic process"),
}
QUESTION = Question("What does EGFR do?")


def check(text, *citations):
    return ground(
        text,
        citations,
        evidence=EVIDENCE,
        question=QUESTION,
        lexicon=Names(apoptotic_process=1, apoptosis=1, mapk_cascade=2, cell_death=3),
    )


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("EGFR enables protein tyrosine kinase activity.", (1,)),
        ("It has protein tyrosine kinase activity and takes part in the MAPK cascade.", (1, 2)),
        ("It binds ATP.", (5,)),
        ("Marfan syndrome does not have seizures.", (4,)),
        ("EGFR takes part in apoptosis.", (6,)),
    ],
)
def test_a_sentence_in_the_words_of_its_evidence_survives(text, citations):
    assert check(text, *citations) == Claim(text, citations, Status.CURATED)


@pytest.mark.parametrize(
    ("text", "citations", "reason"),
    [
        ("EGFR enables protein tyrosine kinase activity.", (), "cites no evidence"),
        ("EGFR enables protein tyrosine kinase activity.", (9,), "not there"),
        ("ERBB2 enables protein tyrosine kinase activity.", (1,), "name not in the evidence"),
        ("EGFR enables protein tyrosine kinase activity in 95 % of cells.", (1,), "number"),
        ("EGFR takes part in apoptosis.", (2,), "name not in the evidence"),
        ("EGFR does not take part in MAPK cascade.", (2,), "denies"),
        ("Marfan syndrome has the phenotype seizure.", (4,), "denies"),
        ("EGFR regulates bone growth during early development.", (1,), "not in the evidence it cites: bone, growth"),
    ],
)
def test_a_sentence_beyond_its_evidence_is_dropped_with_the_reason(text, citations, reason):
    dropped = check(text, *citations)
    assert isinstance(dropped, Dropped)
    assert reason in dropped.reason


def test_a_sentence_on_inferred_evidence_always_says_probably():
    claim = check("Protein_1 enables lactase activity.", 3)
    assert isinstance(claim, Claim)
    assert claim.status is Status.INFERRED
    assert "robably" in claim.text


def test_a_hedge_that_is_there_is_not_doubled():
    claim = check("It probably enables lactase activity.", 3)
    assert isinstance(claim, Claim)
    assert claim.text.lower().count("probably") == 1
