from dataclasses import replace
from typing import NamedTuple

import pytest
from statements import stated

from bbqa.ground import ground
from bbqa.ground.facts import read_evidence
from bbqa.ground.quantities import quantities_in
from bbqa.kg.describe import predicate
from bbqa.kg.ends import ENDS
from bbqa.schema import (
    Claim,
    Dropped,
    Evidence,
    Hop,
    Input,
    Kind,
    Modality,
    NodeType,
    Question,
    Relation,
    Status,
    Verdict,
)


class Mention(NamedTuple):
    text: str
    rows: tuple[int, ...]


class Names:
    """A lexicon of a few names: which words are called what, by row."""

    def __init__(self, **rows):
        self.rows = {name.replace("_", " "): row for name, row in rows.items()}

    def row_of(self, node):
        return None

    def names_of(self, node):
        return ()

    def mentions(self, text):
        return [Mention(name, (row,)) for name, row in self.rows.items() if name in text.lower()]


def item(number, statement, status=Status.CURATED):
    return stated(
        Evidence(
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
        (
            "EGFR regulates bone growth during early development.",
            (1,),
            "not in the evidence it cites: bone, growth",
        ),
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


# what is said of one protein, by number

ABOUT = "protein_1"
GIVEN = Question(
    "Does EGFR cause lung cancer and repair DNA?",
    (Input(ABOUT, Modality.PROTEIN, "", "P00533", "EGFR (P00533)"),),
)
KNOWN = {
    number: stated(
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
            about=ABOUT,
        )
    )
    for number, statement, kind, status in (
        (
            1,
            "protein_1 (1210 residues) is identical to EGFR (P00533, Epidermal growth factor "
            "receptor)",
            Kind.IDENTITY,
            Status.CURATED,
        ),
        (2, "EGFR enables protein tyrosine kinase activity", Kind.FACT, Status.CURATED),
        (3, "EGFR enables ATP binding", Kind.FACT, Status.CURATED),
        (4, "EGFR is found in endosome", Kind.FACT, Status.CURATED),
        (5, "EGFR is associated with lung cancer", Kind.FACT, Status.CURATED),
        (6, "EGFR interacts with GRB2", Kind.FACT, Status.CURATED),
        (7, "EGFR is acted on by gefitinib", Kind.FACT, Status.CURATED),
        (8, "EGFR takes part in positive regulation of cell migration", Kind.FACT, Status.CURATED),
        (
            9,
            "LCT, the nearest human homologue of protein_1, is associated with rickets",
            Kind.FACT,
            Status.INFERRED,
        ),
        (
            10,
            "protein_1 (1210 residues) is 48 % identical to ERBB2 (P04626, Receptor 2) over 98 % "
            "of its length",
            Kind.ALIGNMENT,
            Status.INFERRED,
        ),
        (11, "protein_1 has a molecular weight of 134277 Da", Kind.PROPERTY, Status.COMPUTED),
        (12, "protein_1 possibly enables lipase activity", Kind.BRIDGE, Status.PREDICTED),
    )
}


def judged(text, *citations):
    return ground(text, citations, evidence=KNOWN, question=GIVEN, lexicon=Names())


@pytest.mark.parametrize(
    ("text", "citations"),
    [
        ("EGFR is a protein that binds ATP and has protein tyrosine kinase activity.", (2, 3)),
        ("Epidermal growth factor receptor is found in the endosome.", (4,)),
        ("protein_1 promotes cell migration.", (8,)),
        ("Lung cancer is associated with this protein.", (5,)),
        ("Drugs that act on it include gefitinib.", (7,)),
        ("Gefitinib targets EGFR, which interacts with GRB2.", (6, 7)),
        ("EGFR, which is found in the endosome, binds ATP.", (3, 4)),
        ("EGFR enables not only ATP binding but also protein tyrosine kinase activity.", (2, 3)),
        ("Its nearest human homologue, LCT, is linked to rickets.", (9,)),
        ("It shares 48 % of its residues with ERBB2.", (10,)),
        ("It weighs 134.3 kDa.", (11,)),
        ("EGFR may bind ATP.", (3,)),
        ("EGFR has 1210 residues.", (1,)),
    ],
)
def test_a_sentence_in_other_words_survives(text, citations):
    assert judged(text, *citations) == Claim(
        text, citations, max(KNOWN[n].status for n in citations)
    )


@pytest.mark.parametrize(
    ("text", "citations", "verdict"),
    [
        ("EGFR acts on gefitinib.", (7,), Verdict.CONTRADICTED),
        ("EGFR does not bind ATP.", (3,), Verdict.CONTRADICTED),
        ("EGFR enables ATP binding but not protein tyrosine kinase activity.", (2, 3),
         Verdict.CONTRADICTED),
        ("It is 98 % identical to ERBB2.", (10,), Verdict.CONTRADICTED),
        ("It weighs 134.9 kDa.", (11,), Verdict.CONTRADICTED),
        ("Gefitinib inhibits EGFR.", (7,), Verdict.UNSUPPORTED),
        ("EGFR causes lung cancer.", (5,), Verdict.UNSUPPORTED),
        ("EGFR is treated with lung cancer.", (5,), Verdict.UNSUPPORTED),
        ("EGFR repairs DNA because it enables ATP binding.", (3,), Verdict.UNSUPPORTED),
        ("EGFR interacts with GRB2 in the endosome.", (4, 6), Verdict.UNSUPPORTED),
        ("GRB2 is found in the endosome.", (4, 6), Verdict.UNSUPPORTED),
        ("EGFR enables ATP binding.", (2,), Verdict.UNSUPPORTED),
        ("It is associated with rickets.", (9,), Verdict.UNSUPPORTED),
        ("It probably is associated with rickets.", (9,), Verdict.UNSUPPORTED),
        ("protein_1 is ERBB2.", (10,), Verdict.UNSUPPORTED),
        ("It is known to enable lipase activity.", (12,), Verdict.UNSUPPORTED),
        ("EGFR rarely binds ATP.", (3,), Verdict.UNSUPPORTED),
        ("EGFR binds 2 ATP.", (3,), Verdict.UNSUPPORTED),
        ("EGFR is a protein.", (3,), Verdict.UNSUPPORTED),
    ],
)  # fmt: skip
def test_more_than_the_evidence_says_is_dropped_with_its_verdict(text, citations, verdict):
    dropped = judged(text, *citations)
    assert isinstance(dropped, Dropped)
    assert dropped.verdict is verdict
    assert dropped.reason


@pytest.mark.parametrize(
    ("text", "supported"),
    [
        ("Metoprolol succinate has recorded activity on ADRB1.", True),
        ("Metoprolol succinate, a salt of metoprolol, acts on ADRB1.", True),
        ("Its salt acts on ADRB1.", True),
        ("Metoprolol acts on ADRB1.", False),
        ("It acts on ADRB1.", False),
    ],
)
def test_what_is_recorded_of_a_salt_is_not_said_of_the_drug(text, supported):
    salt = "metoprolol succinate, a salt or ester of Metoprolol,"
    evidence = {1: replace(item(1, f"{salt} has recorded activity on ADRB1"), about="Metoprolol")}
    found = ground(text, (1,), evidence=evidence, question=QUESTION, lexicon=Names())
    assert isinstance(found, Claim) is supported


def test_a_claim_cites_only_what_bears_it_out():
    assert judged("EGFR enables ATP binding.", 3, 5).citations == (3,)


def test_probably_becomes_possibly_where_the_evidence_is_no_surer():
    assert judged("It probably enables lipase activity.", 12).text == (
        "It possibly enables lipase activity."
    )


def test_marks_that_a_sentence_brings_itself_mean_nothing():
    assert isinstance(judged("@0 ~n #3 EGFR enables @7 binding.", 3), Dropped)


def test_a_path_supports_each_of_its_steps_but_not_the_jump():
    path = stated(
        Evidence(
            number=1,
            statement="imatinib has recorded activity on ABL1, which interacts with GRB2",
            kind=Kind.PATH,
            status=Status.CURATED,
            source="test",
            release="",
            nodes=(),
            type=NodeType.PROTEIN,
            score=1.0,
            about="imatinib",
            hops=(
                Hop("A", "B", "drug_protein", "imatinib has recorded activity on ABL1", "test"),
                Hop("B", "C", "protein_protein", "ABL1 interacts with GRB2", "test"),
            ),
        )
    )

    def said(text):
        return ground(text, (1,), evidence={1: path}, question=QUESTION, lexicon=Names())

    assert isinstance(said("GRB2 interacts with ABL1, which is a target of imatinib."), Claim)
    assert isinstance(said("Imatinib acts on GRB2."), Dropped)


@pytest.mark.parametrize("relation", list(Relation))
@pytest.mark.parametrize("as_head", [True, False])
def test_every_relation_is_read_as_evidence_writes_it(relation, as_head):
    from world import make_graph

    graph = make_graph()
    end = ENDS.get(relation, (NodeType.MOLECULAR_FUNCTION,) * 2)[1 if as_head else 0]
    row = int(next(iter(graph.rows_of(end)), 0))  # the tiny graph has no pathway
    statement = f"THING9 {predicate(graph, relation, row, as_head=as_head)}"
    evidence = item(1, statement)
    record = read_evidence([evidence], {1: evidence}, QUESTION)
    assert [len(record.facts[:1]), record.prose] == [1, []]
    kept = ground(f"{statement}.", (1,), evidence={1: evidence}, question=QUESTION, lexicon=Names())
    assert isinstance(kept, Claim)


@pytest.mark.parametrize(
    ("text", "value", "unit", "measure"),
    [
        ("is 48 % identical", 48.0, "%", "identity"),
        ("over 98% of its length", 98.0, "%", "coverage"),
        ("weighs 134.3 kDa", 134300.0, "da", "weight"),
        ("has 1,210 amino acids", 1210.0, "residue", "length"),
    ],
)
def test_a_number_is_read_with_its_unit_and_what_it_measures(text, value, unit, measure):
    (found,) = quantities_in(text)
    assert (found.value, found.unit, found.measure) == (value, unit, measure)
