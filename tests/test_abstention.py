"""The abstention set is sound, and its measure counts as it says."""

from collections import Counter

import pytest
from world import KINASE, make_resources

from bbqa.errors import InputError
from bbqa.eval.abstention import abstention, spread, summary, why_wrong
from bbqa.eval.labelled import read_rows
from bbqa.eval.replies import Cited, Reply, Said, asked, sequence_of, smiles_of
from bbqa.progress import Silent
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Evidence,
    Kind,
    NodeType,
    Question,
    Relation,
    Status,
)

ROWS = [row for split in ("dev", "test") for row in read_rows("abstention", split)]
KINDS = {
    "sequence": 26,
    "molecule": 20,
    "named": 24,
    "true premise": 10,
    "properties": 8,
    "two inputs": 6,
    "multi-hop": 6,
    "random": 20,
    "invented": 20,
    "lacking": 20,
    "outside": 20,
    "false premise": 20,
}


# the set


def test_there_are_a_hundred_of_each_half_of_them_answerable_in_the_same_mix():
    for split in ("dev", "test"):
        rows = read_rows("abstention", split)
        assert sum(row["answerable"] for row in rows) == 50
        mix = {kind: 2 * n for kind, n in Counter(row["kind"] for row in rows).items()}
        assert mix == KINDS


def test_every_id_occurs_once_and_no_question_twice():
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    given = {(row["question"], str(row["seq"]), str(row["smiles"])) for row in ROWS}
    assert len(given) == len(ROWS)


def test_every_answerable_question_says_where_its_answer_lies():
    for row in ROWS:
        told = bool(row["gold"]) or row["kind"] == "properties"
        assert told is row["answerable"], row["id"]


# the measure


def row(kind, **fields):
    answerable = kind not in ("random", "invented", "lacking", "outside", "false premise")
    return {
        "id": "dev-001",
        "kind": kind,
        "answerable": answerable,
        "question": "What is it?",
        "seq": [],
        "smiles": [],
        "gold": [],
    } | fields


def reply(status, *said, text=""):
    return Reply("dev-001", "0", "", status, text, tuple(said), 1.0, 0)


def sentence(status, *nodes, text="It is so", kind=Kind.FACT):
    return Said(text, status, (Cited(kind, status, nodes),))


def test_an_answer_is_right_only_if_a_sentence_cites_a_gold_node():
    asked_for = row("named", gold=["GO:1", "GO:2"])
    right = reply(AnswerStatus.ANSWERED, sentence(Status.CURATED, "P1", "GO:2"))
    assert why_wrong(asked_for, right) == ""
    other = reply(AnswerStatus.ANSWERED, sentence(Status.CURATED, "P1", "GO:3"))
    assert why_wrong(asked_for, other) == "no sentence cites what answers the question"
    unsure = reply(AnswerStatus.UNSURE, sentence(Status.CURATED, "P1", "GO:2"))
    assert why_wrong(asked_for, unsure) == "status unsure"


def test_saying_who_an_input_is_answers_nothing():
    who = sentence(Status.CURATED, "P1", kind=Kind.IDENTITY)
    assert why_wrong(row("sequence", gold=["P1"]), reply(AnswerStatus.ANSWERED, who))


def test_of_two_things_one_statement_must_name_both():
    asked_for = row("two inputs", together="DB1", gold=["P1"])
    apart = [sentence(Status.CURATED, "DB1", "P2"), sentence(Status.CURATED, "P1", "P3")]
    assert why_wrong(asked_for, reply(AnswerStatus.ANSWERED, *apart))
    joint = sentence(Status.CURATED, "DB1", "P1")
    assert why_wrong(asked_for, reply(AnswerStatus.ANSWERED, joint)) == ""


def test_a_property_must_be_computed_and_said():
    asked_for = row("properties", says=["180.2", "180.16"])
    computed = sentence(Status.COMPUTED, "molecule_1", kind=Kind.PROPERTY)
    said = reply(AnswerStatus.ANSWERED, computed, text="It weighs 180.16 g/mol [1].")
    assert why_wrong(asked_for, said) == ""
    other = reply(AnswerStatus.ANSWERED, computed, text="It weighs 90 g/mol [1].")
    assert why_wrong(asked_for, other) == "none of 180.2, 180.16 is said"


@pytest.mark.parametrize("status", ["no_evidence", "false_premise", "out_of_scope"])
@pytest.mark.parametrize("kind", ["random", "invented", "lacking", "outside"])
def test_saying_that_nothing_is_known_is_right_where_nothing_is(kind, status):
    assert why_wrong(row(kind), reply(status)) == ""


@pytest.mark.parametrize("kind", ["random", "invented", "lacking", "outside"])
def test_an_answer_to_an_unanswerable_question_is_wrong(kind):
    assert why_wrong(row(kind), reply(AnswerStatus.ANSWERED)) == "status answered"


def test_a_hedged_guess_will_do_for_a_random_sequence_and_for_nothing_else():
    guess = sentence(Status.PREDICTED, text="It may be a kinase")
    assert why_wrong(row("random"), reply(AnswerStatus.UNSURE, guess)) == ""
    assert why_wrong(row("lacking"), reply(AnswerStatus.UNSURE, guess)) == "status unsure"
    bold = sentence(Status.PREDICTED, text="It is a kinase")
    stated = why_wrong(row("random"), reply(AnswerStatus.UNSURE, bold))
    assert stated == "stated without hedge: It is a kinase"
    carried = sentence(Status.INFERRED, text="It is probably a kinase")
    assert why_wrong(row("random"), reply(AnswerStatus.UNSURE, carried))


def test_a_false_premise_is_corrected_by_its_status_or_in_words():
    premise = row("false premise")
    assert why_wrong(premise, reply(AnswerStatus.FALSE_PREMISE)) == ""
    told = reply(AnswerStatus.NO_EVIDENCE, text="No record says that INS carries oxygen.")
    assert why_wrong(premise, told) == ""
    assert why_wrong(premise, reply(AnswerStatus.NO_EVIDENCE, text="I found nothing."))
    followed = reply(AnswerStatus.ANSWERED, text="INS enables hormone activity [1].")
    assert why_wrong(premise, followed)


def test_failures_of_the_test_half_have_id_and_kind_alone():
    rows = [row("outside"), row("named", gold=["GO:1"])]
    replies = [reply(AnswerStatus.ANSWERED), reply(AnswerStatus.OUT_OF_SCOPE)]
    found = summary(rows, replies, told=False)
    assert found["failures"] == [
        {"id": "dev-001", "kind": "outside"},
        {"id": "dev-001", "kind": "named"},
    ]
    assert summary(rows, replies, told=True)["failures"][0]["why"] == "status answered"
    assert found["answerable"]["right"] == found["unanswerable"]["right"] == 0


def test_a_limit_is_spread_over_the_kinds():
    assert spread(ROWS[:10], 3) == [ROWS[0], ROWS[3], ROWS[6]]
    assert spread(ROWS[:10], 50) == ROWS[:10]


# asking


class Scripted:
    """Answers every question with one fact, and remembers what it was asked."""

    def __init__(self, fail_at=()):
        self.asked = []
        self.fail_at = fail_at

    def __call__(self, text, *, seq, smiles, use_llm, resources):
        self.asked.append(text)
        if len(self.asked) in self.fail_at:
            raise InputError("too long", hint="shorten it")
        fact = Evidence(
            number=1,
            statement="KIN1 enables tyrosine kinase activity",
            kind=Kind.FACT,
            status=Status.CURATED,
            source="GOA human",
            release="2019-01",
            nodes=("P00001", "GO:0000002"),
            type=NodeType.MOLECULAR_FUNCTION,
            score=1.0,
        )
        claim = Claim(fact.statement, (1,), Status.CURATED)
        question = Question(text)
        return Answer(question, AnswerStatus.ANSWERED, text, (claim,), (), (fact,), "summary")


def ask_all(rows, resources, asker, kept):
    return asked(rows, resources, use_llm=False, kept=kept, asker=asker, progress=Silent())


def test_an_interrupted_run_asks_only_what_was_not_answered(tmp_path):
    resources, kept = make_resources(tmp_path), tmp_path / "eval" / "replies.jsonl"
    rows = [row("named", question=f"What is {n}?", gold=["GO:0000002"]) for n in range(3)]
    ask_all(rows[:2], resources, Scripted(), kept)
    with kept.open("a") as file:
        file.write('{"id": "cut sho')
    again = Scripted()
    replies = ask_all(rows, resources, again, kept)
    assert again.asked == ["What is 2?"]
    assert [why_wrong(*pair) for pair in zip(rows, replies, strict=True)] == ["", "", ""]


def test_a_line_that_was_cut_short_does_not_swallow_the_next_reply(tmp_path):
    resources, kept = make_resources(tmp_path), tmp_path / "replies.jsonl"
    kept.write_text('{"id": "cut sho')
    rows = [row("outside")]
    ask_all(rows, resources, Scripted(), kept)
    again = Scripted()
    ask_all(rows, resources, again, kept)
    assert again.asked == []


def test_a_question_that_failed_is_wrong_and_is_asked_again(tmp_path):
    resources, kept = make_resources(tmp_path), tmp_path / "replies.jsonl"
    rows = [row("outside")]
    (failed,) = ask_all(rows, resources, Scripted(fail_at=(1,)), kept)
    assert why_wrong(rows[0], failed) == "failed: too long"
    again = Scripted()
    ask_all(rows, resources, again, kept)
    assert again.asked == ["What is it?"]


def test_sequences_are_the_same_each_time_and_shuffling_keeps_their_residues(tmp_path):
    graph = make_resources(tmp_path).graph
    assert sequence_of("P00001", graph) == KINASE
    shuffled = sequence_of({"shuffle": "P00001", "seed": 1}, graph)
    assert shuffled != KINASE
    assert sorted(shuffled) == sorted(KINASE)
    made = sequence_of({"random": 50, "seed": 2}, graph)
    assert len(made) == 50
    assert made == sequence_of({"random": 50, "seed": 2}, graph)
    assert smiles_of("DB00001", graph)


def test_what_the_graph_does_not_hold_cannot_be_given(tmp_path):
    graph = make_resources(tmp_path).graph
    with pytest.raises(LookupError, match="P99999 has no sequence in this graph"):
        sequence_of("P99999", graph)
    with pytest.raises(LookupError, match="DB99999 has no structure in this graph"):
        smiles_of("DB99999", graph)


# the set against the real graph


@pytest.fixture(scope="module")
def graph():
    from bbqa.kg.graph import open_starter

    return open_starter()


def reached(graph, start, steps):
    """Rows reached from a node by relations: ``a|b`` is either, ``a<`` only from tail to head."""
    rows = {graph.row(start)}
    for step in steps:
        following = set()
        for one in step.split("|"):
            for here in rows:
                facts = graph.facts(here, relations={Relation(one.removesuffix("<"))})
                following |= {
                    fact.head if fact.tail == here else fact.tail
                    for fact in facts
                    if fact.tail == here or not one.endswith("<")
                }
        rows = following
    return rows


def related(graph, first):
    """Rows joined to a node by any edge."""
    return {fact.tail if fact.head == first else fact.head for fact in graph.facts(first)}


@pytest.mark.integration
def test_gold_is_what_the_graph_says(graph):
    for one in ROWS:
        if "by" in one:
            sets = [reached(graph, start, one["by"]) for start in one["from"]]
            rows = set.intersection(*sets) - {graph.row(start) for start in one["from"]}
            assert sorted(graph.node_id(r) for r in rows) == one["gold"], one["id"]
        elif "from" in one:
            assert one["gold"] == one["from"], one["id"]
            assert all(graph.row(start) is not None for start in one["from"])
        if "together" in one:
            first, (second, *more) = graph.row(one["together"]), map(graph.row, one["gold"])
            assert {second, *more} <= related(graph, first), one["id"]
            assert all(second in graph.ancestors(row) for row in more), one["id"]


@pytest.mark.integration
def test_no_false_premise_and_no_missing_relation_has_an_edge(graph):
    for one in ROWS:
        if "premise" in one:
            first, second = map(graph.row, one["premise"])
            below = {
                r for r in related(graph, first) if r == second or second in graph.ancestors(r)
            }
            assert below == set(), one["id"]
        if "missing" in one:
            start, node_type = graph.row(one["missing"][0]), one["missing"][1]
            assert not [r for r in related(graph, start) if graph.type_of(r) == node_type]


@pytest.mark.integration
def test_no_invented_name_is_known(graph):
    from bbqa.kg.names import NameIndex

    names = NameIndex(graph)
    told = {m.text for r in ROWS if r["kind"] == "invented" for m in names.mentions(r["question"])}
    assert told == {"anemia", "EGFR"}


@pytest.mark.integration
def test_every_input_is_in_the_graph(graph):
    for one in ROWS:
        assert all(len(sequence_of(given, graph)) > 20 for given in one["seq"])
        assert all(smiles_of(given, graph) for given in one["smiles"])


@pytest.mark.integration
def test_the_evidence_alone_handles_some_of_the_set():
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    resources = Resources(load_settings())
    found = abstention(resources, split="dev", use_llm=False, limit=10)
    assert found["answerable"]["n"] == found["unanswerable"]["n"] == 5
    assert found["answerable"]["right"] >= 3
