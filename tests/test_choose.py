"""Choosing among options, in the tiny world and with a scripted model."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from world import (
    ASPIRIN,
    EDGES_OF_THE_WORLD,
    KINASE,
    LACTASE,
    NODES_OF_THE_WORLD,
    make_graph,
    make_resources,
    mutated,
    random_sequence,
)

from bbqa.choose import choose, choose_from
from bbqa.choose.offered import link_options, read_options
from bbqa.choose.statement import is_negated, polarity
from bbqa.choose.support import support
from bbqa.choose.weigh import Weighed
from bbqa.errors import InputError
from bbqa.limits import Limits
from bbqa.llm import open_llm
from bbqa.question.read import read_question
from bbqa.schema import AnswerStatus, Evidence, Kind, NodeType, Relation, Status, Triple

FUNCTION = "Which function does this protein have?"
FUNCTIONS = ["lactase activity", "tyrosine kinase activity"]


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with all indexes of the tiny world built."""
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


@pytest.fixture
def resources(home):
    return make_resources(home)


def scripted(tmp_path, *replies):
    """A model that gives these replies, opened as any other model is."""
    path = tmp_path / "script.json"
    path.write_text(json.dumps([json.dumps(reply) for reply in replies]))
    return open_llm(f"scripted:{path}", home=tmp_path)


def plain(text, options, resources, **given):
    return choose(text, options, use_llm=False, resources=resources, **given)


def item(number, node, statement="", *, p=None, kind=Kind.FACT, status=Status.CURATED, score=0.9):
    return Evidence(
        number=number,
        statement=statement or f"protein_1 enables {node}",
        kind=kind,
        status=status,
        source="",
        release="",
        nodes=("P00001", node) if kind is Kind.FACT else (node,),
        type=NodeType.MOLECULAR_FUNCTION,
        score=score,
        probability=p,
        about="protein_1",
    )


# options


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["nucleus"], "got 1 option; expected 2 to 20"),
        ([], "got 0 options; expected 2 to 20"),
        ([f"option {n}" for n in range(21)], "got 21 options; expected 2 to 20"),
        (["nucleus", "  "], "option 2 is empty"),
        (["nucleus", "cytosol", "Nucleus "], "options 1 and 3 are the same: 'Nucleus'"),
    ],
)
def test_options_that_leave_no_choice_are_refused(options, message):
    with pytest.raises(InputError) as refused:
        read_options(options)
    assert message in refused.value.message
    assert refused.value.hint


def test_options_are_linked_by_name_synonym_part_and_mention(resources):
    graph = resources.graph
    options = ["A. the Plasma membrane", "cell membrane/plasma membrane", "KIN1 and seizures"]
    linked = link_options(options, resources, asked=[NodeType.CELLULAR_COMPONENT])
    membrane = graph.row("GO:0000005")
    assert linked[0].rows == linked[1].rows == {membrane}
    assert {graph.node_id(row) for row in linked[2].rows} == {"P00001", "HP:0000001"}
    assert len(linked[2].groups) == 2


def test_the_type_of_most_options_decides_what_an_ambiguous_name_means(home):
    nodes = [*NODES_OF_THE_WORLD, ("MONDO:0000002", NodeType.DISEASE, "fits", (), 0.0)]
    world = make_resources(home, graph=make_graph(nodes))
    linked = link_options(["test disease", "fits"], world)
    assert {world.graph.type_of(row) for o in linked for row in o.rows} == {NodeType.DISEASE}


# what evidence says of options


def probabilities(resources, options, *evidence):
    linked = link_options(options, resources)
    return [one.probability for one in support(linked, evidence, resources.graph)]


def test_what_is_more_general_than_a_record_holds_too_and_what_is_more_special_hardly(resources):
    special = probabilities(resources, ["catalytic activity", "apoptosis"], item(1, "GO:0000003"))
    assert special[0] == pytest.approx(0.9)
    assert special[1] < 0.001
    general = probabilities(resources, FUNCTIONS, item(1, "GO:0000001"))
    # 8 and 6 bits against 1: of 128 and 32 that have the general term, one has the special.
    assert general == pytest.approx([0.9 / 128, 0.9 / 32])


def test_a_prediction_of_a_term_itself_counts_more_than_one_of_a_general_term(resources):
    guess = {"kind": Kind.BRIDGE, "status": Status.PREDICTED}
    of_itself = item(1, "GO:0000003", p=0.002, score=0.002, **guess)
    of_general = item(2, "GO:0000001", p=0.8, score=0.8, **guess)
    assert probabilities(resources, FUNCTIONS, of_general)[0] == pytest.approx(0.8 / 128)
    assert probabilities(resources, FUNCTIONS, of_itself, of_general)[0] == pytest.approx(0.002)


def test_a_denial_speaks_for_nothing(resources):
    denied = replace(
        item(1, "GO:0000003", "protein_1 does not enable lactase activity"),
        triple=Triple("P00001", "molfunc_protein", "GO:0000003", negated=True),
    )
    assert max(probabilities(resources, FUNCTIONS, denied)) < 0.001


def test_an_option_has_to_hold_of_every_subject(resources):
    one = item(1, "GO:0000003")
    both = [one, item(2, "GO:0000002")]
    other = Evidence(**{f: getattr(both[1], f) for f in Evidence.__slots__} | {"about": "b"})
    shared = probabilities(resources, FUNCTIONS, *both, other)
    assert shared[1] > 100 * shared[0]


def test_probabilities_and_not_knowing_sum_to_one():
    weighed = Weighed((1.0, -2.0, -700.0), -4.0, ())
    assert 0.9 < sum(weighed.probabilities) < 1
    assert weighed.best == 0
    assert weighed.knows
    assert not Weighed((-8.0, -9.0), -4.0, ()).knows


def test_a_pick_that_does_not_decide_makes_nothing_else_known():
    nothing_speaks = Weighed((-4.5, -9.0), -4.0, ())
    assert nothing_speaks.picked(0).knows
    assert nothing_speaks.picked(0).best == 0
    assert not nothing_speaks.picked(1).knows


# the whole way


def test_what_is_recorded_is_chosen_without_a_model_and_the_answer_cites_it(resources):
    choice = choose(FUNCTION, FUNCTIONS, seq=KINASE, resources=resources)
    assert choice.option == "tyrosine kinase activity"
    assert choice.how == "evidence"
    assert choice.confidence == choice.probabilities[1] > 0.9
    assert sum(choice.probabilities) <= 1
    assert choice.answer.status is AnswerStatus.ANSWERED
    claim = choice.answer.claims[0]
    assert claim.text == "KIN1 enables tyrosine kinase activity."
    assert f"[{claim.citations[0]}]" in choice.why
    assert choice.answer.text.endswith("Of the options: tyrosine kinase activity.")
    assert "llm" not in vars(resources)


def test_a_general_option_is_told_with_what_it_comes_from(resources):
    choice = plain("What does it do?", ["catalytic activity", "analgesic"], resources, seq=LACTASE)
    assert choice.option == "catalytic activity"
    assert [claim.text for claim in choice.answer.claims] == [
        "LAC1 enables lactase activity.",
        "lactase activity is a kind of catalytic activity.",
    ]
    numbers = {e.number for e in choice.answer.evidence}
    assert {n for c in choice.answer.claims for n in c.citations} <= numbers


def test_what_a_homologue_has_is_chosen_and_said_with_doubt(resources):
    choice = plain(FUNCTION, FUNCTIONS, resources, seq=mutated(KINASE, 0.3))
    assert choice.option == "tyrosine kinase activity"
    assert "probably" in choice.answer.claims[0].text
    assert choice.answer.claims[0].status is Status.INFERRED


def test_what_is_hidden_speaks_for_nothing(resources):
    hidden = frozenset({resources.graph.row("P00001")})
    view = resources.with_limits(Limits(hidden=hidden))
    choice = plain(FUNCTION, FUNCTIONS, view, seq=KINASE)
    assert choice.option == ""


def test_a_named_subject_decides_between_options(resources):
    question = "Out of the given list, which gene is associated with test disease?"
    choice = plain(question, ["LAC1", "TRP1", "KIN1"], resources)
    assert choice.option == "KIN1"
    assert choice.answer.claims[0].text == "test disease is associated with KIN1."


def test_a_molecule_and_its_role(resources):
    choice = plain("Which role does it have?", ["analgesic", "Analgesics"], resources,
                   smiles=ASPIRIN)  # fmt: skip
    assert choice.option == "analgesic"


def test_without_evidence_nothing_is_chosen_but_a_best_guess_is_kept(resources):
    choice = choose(FUNCTION, FUNCTIONS, seq=random_sequence(120, 99), resources=resources)
    assert choice.option == ""
    assert choice.answer.status is AnswerStatus.NO_EVIDENCE
    assert choice.answer.claims == ()
    assert "Nothing that was found speaks for an option." in choice.answer.text
    assert 0 < sum(choice.probabilities) < 0.5
    assert choice.confidence == max(choice.probabilities)
    assert "llm" not in vars(resources)


# the model


OPEN = [
    item(1, "GO:0000002", "protein_1 possibly enables tyrosine kinase activity",
         p=0.3, score=0.3, kind=Kind.BRIDGE, status=Status.PREDICTED),
    item(2, "GO:0000003", "protein_1 possibly enables lactase activity",
         p=0.3, score=0.3, kind=Kind.BRIDGE, status=Status.PREDICTED),
]  # fmt: skip


def chosen_by(home, tmp_path, reply, *, evidence=OPEN, options=FUNCTIONS, driver="asked", **given):
    world = make_resources(home, llm=scripted(tmp_path, reply), driver=driver)
    question = read_question(FUNCTION, [random_sequence(120, 99)], [], world)
    return choose_from(question, options, evidence, world, **given), world.llm


def test_by_default_no_model_picks(home, tmp_path):
    choice, llm = chosen_by(home, tmp_path, {"cites": [2], "pick": "A"}, driver="auto")
    assert choice.how == "evidence"
    assert llm.asked == []


def test_where_evidence_leaves_it_open_the_model_picks_from_it(home, tmp_path):
    choice, llm = chosen_by(home, tmp_path, {"cites": [2], "pick": "A"})
    assert (choice.option, choice.how) == ("lactase activity", "model")
    assert choice.answer.written_by == llm.name
    assert [step.name for step in choice.answer.steps] == ["pick"]
    assert choice.answer.status is AnswerStatus.UNSURE
    assert "The model picked it from the evidence." in choice.why
    [prompt] = [turn.content for turn in llm.asked[0] if turn.role == "user"]
    assert "[2] protein_1 possibly enables lactase activity" in prompt
    assert "A: lactase activity\nB: tyrosine kinase activity" in prompt


def test_a_pick_does_not_overrule_what_is_recorded(home, tmp_path):
    certain = [item(1, "GO:0000002", score=0.7), item(2, "GO:0000003", score=0.6)]
    choice, _ = chosen_by(home, tmp_path, {"cites": [1], "pick": "B"}, evidence=certain)
    assert choice.option == "tyrosine kinase activity"
    record = [item(1, "GO:0000002", score=0.97), item(2, "GO:0000003", score=0.96)]
    both, _ = chosen_by(home, tmp_path, {"cites": [1], "pick": "unknown"}, evidence=record)
    assert (both.option, both.how) == ("tyrosine kinase activity", "evidence")


def test_a_pick_that_nothing_speaks_for_is_unsure_and_said_so(home, tmp_path):
    relative = item(1, "P00003", "protein_1 resembles TRP1", kind=Kind.ALIGNMENT,
                    status=Status.INFERRED, score=0.3)  # fmt: skip
    choice, _ = chosen_by(home, tmp_path, {"cites": [1], "pick": "A"}, evidence=[relative])
    assert (choice.option, choice.how) == ("lactase activity", "model")
    assert choice.answer.status is AnswerStatus.UNSURE
    assert "though none of it speaks for it by itself" in choice.why
    assert choice.confidence < 0.6


@pytest.mark.parametrize("reply", ["no JSON", {"pick": 3}, {"cites": [1], "pick": "Z"}])
def test_a_model_that_answers_with_something_else_changes_nothing(home, tmp_path, reply):
    choice, _ = chosen_by(home, tmp_path, reply)
    without, _ = chosen_by(home, tmp_path, reply, use_llm=False)
    assert choice.probabilities == without.probabilities
    assert choice.how == "evidence"


def test_a_model_that_fails_is_noted(home, tmp_path):
    choice, _ = chosen_by(home, tmp_path, "nonsense")
    assert "the language model failed" in choice.answer.note
    assert choice.answer.steps[0].failed


# a text to answer from


ABSTRACT = (
    "We studied 40 patients. Treatment reduced pain in 30 of 40 patients (p < 0.01). "
    "We conclude that the treatment works."
)


def test_a_text_is_quoted_sentence_by_sentence_and_the_model_asked(home, tmp_path):
    llm = scripted(tmp_path, {"cites": [3], "pick": "A"})
    world = make_resources(home, llm=llm)
    choice = choose("Does the treatment work?", ["yes", "no", "maybe"], context=ABSTRACT,
                    resources=world)  # fmt: skip
    assert (choice.option, choice.how) == ("yes", "model")
    assert [e.source for e in choice.answer.evidence] == ["given text"] * 3
    assert [e.kind for e in choice.answer.evidence] == [Kind.TEXT] * 3
    assert choice.answer.claims[0].text == "We conclude that the treatment works."
    assert choice.answer.claims[0].citations == (3,)
    assert choice.answer.status is AnswerStatus.ANSWERED


def test_of_a_long_text_the_nearest_sentences_are_kept_in_their_order(resources):
    from bbqa.choose.context import MAX_SENTENCES, sentences_of

    text = " ".join(f"Sentence {n} speaks of pain." for n in range(40)) + " Zebras trade lactase."
    question = read_question("Do zebras trade lactase?", [], [], resources)
    items = sentences_of(text, question, ("yes", "no"), resources, first=5)
    assert len(items) == MAX_SENTENCES
    assert [item.number for item in items] == list(range(5, 5 + MAX_SENTENCES))
    assert items[-1].statement == "Zebras trade lactase"


# statements


def test_yes_and_no_are_known_by_their_words():
    assert polarity(["Yes", "No."]) == (1, -1)
    assert polarity(["no", "maybe", "yes"]) == (-1, 0, 1)
    assert polarity(["true", "false", "perhaps"]) == (1, -1, 0)
    assert polarity(["yes", "nucleus"]) is None
    assert polarity(["yes", "maybe"]) is None


def test_a_denial_is_told_from_the_frame_of_a_question():
    assert is_negated("KIN1 is not associated with test disease")
    assert is_negated("Isn't KIN1 a kinase?")
    assert not is_negated("True or false, yes or no: KIN1 is a kinase or not")
    assert not is_negated("It is not true that KIN1 does not act")


@pytest.mark.parametrize(
    ("statement", "expected", "status"),
    [
        ("Is KIN1 associated with test disease?", "yes", AnswerStatus.ANSWERED),
        ("Test disease is not associated with KIN1.", "no", AnswerStatus.ANSWERED),
        ("Does aspirin act on LAC1?", "yes", AnswerStatus.ANSWERED),
        ("Is LAC1 associated with test disease?", "no", AnswerStatus.UNSURE),
        ("LAC1 has no association with test disease", "yes", AnswerStatus.UNSURE),
        ("Is zorblase associated with test disease?", "", AnswerStatus.NO_EVIDENCE),
        ("Is KIN1 a kind of MONDO:9999999?", "", AnswerStatus.NO_EVIDENCE),
    ],
)
def test_a_statement_is_held_against_the_graph(resources, statement, expected, status):
    choice = plain(statement, ["yes", "no"], resources)
    assert choice.option == expected
    assert choice.answer.status is status


def test_what_no_record_says_is_denied_without_much_confidence(resources):
    choice = plain("Is LAC1 associated with test disease?", ["true", "false"], resources)
    assert 0.5 < choice.confidence < 0.8
    assert choice.why.startswith("No record joins them")


def test_where_the_graph_holds_no_such_relation_a_missing_record_says_nothing(resources):
    choice = plain("Does aspirin treat test disease?", ["true", "false"], resources)
    assert (choice.option, choice.answer.status) == ("", AnswerStatus.NO_EVIDENCE)


def test_whether_an_attached_molecule_acts_on_an_attached_protein(resources):
    asked = "Does this molecule act on this protein?"
    assert plain(asked, ["yes", "no"], resources, seq=LACTASE, smiles=ASPIRIN).option == "yes"
    assert plain(asked, ["yes", "no"], resources, seq=KINASE, smiles=ASPIRIN).option == "no"


def test_whether_an_attached_protein_has_a_function(resources):
    asked = "Does this protein have the function {}?"
    yes = plain(asked.format("tyrosine kinase activity"), ["yes", "no"], resources, seq=KINASE)
    no = plain(asked.format("lactase activity"), ["yes", "no"], resources, seq=KINASE)
    assert (yes.option, no.option) == ("yes", "no")


@pytest.mark.parametrize(("node", "expected"), [("MONDO:0000001", "true"), ("HP:0000001", "false")])
def test_an_identifier_belongs_to_what_has_it(home, node, expected):
    nodes = [*NODES_OF_THE_WORLD, ("MONDO:0000002", NodeType.DISEASE, "other disease", (), 0.0)]
    edge = ("MONDO:0000002", Relation.DISEASE_PHENOTYPE, "HP:0000001", "HPO", "PCS")
    world = make_resources(home, graph=make_graph(nodes, [*EDGES_OF_THE_WORLD, edge]))
    choice = plain(f"Test disease has the identifier {node}", ["true", "false"], world)
    assert choice.option == expected
    assert f"{node} is an identifier of" in choice.answer.evidence[0].statement


def test_an_identifier_of_nothing_is_held_against_the_one_that_there_is(resources):
    asked = "Test disease has the identifier {}"
    choice = plain(asked.format("MONDO:0009999"), ["true", "false"], resources)
    assert choice.option == "false"
    assert "MONDO:0000001 is an identifier of test disease" in choice.answer.text
    assert not plain(asked.format("OMIM:604321"), ["true", "false"], resources).option


def test_what_is_recorded_of_a_kind_of_it_counts_for_it_whichever_comes_first(home):
    nodes = [*NODES_OF_THE_WORLD, ("MONDO:0000002", NodeType.DISEASE, "odd disorder", (), 0.0)]
    edge = ("MONDO:0000001", Relation.DISEASE_DISEASE, "MONDO:0000002", "MONDO", "")
    world = make_resources(home, graph=make_graph(nodes, [*EDGES_OF_THE_WORLD, edge]))
    for asked in ("Is odd disorder associated with KIN1?", "Is KIN1 associated with odd disorder?"):
        choice = plain(asked, ["true", "false"], world)
        assert (choice.option, choice.answer.evidence[-1].nodes) == (
            "true",
            ("P00001", "MONDO:0000001"),
        )


# the command


def test_the_command_refuses_one_option_and_says_how(tmp_path):
    run = subprocess.run(
        [sys.executable, "-m", "bbqa.cli", "ask", "Where?", "--option", "nucleus", "-q"],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parent.parent,
        env={"BBQA_HOME": str(tmp_path), "BBQA_OFFLINE": "1", "PATH": "/usr/bin:/bin"},
    )
    assert "got 1 option; expected 2 to 20" in run.stderr
    assert "--option" in run.stderr


def test_a_choice_survives_json(resources):
    choice = plain(FUNCTION, FUNCTIONS, resources, seq=KINASE)
    value = json.loads(json.dumps(choice.to_json()))
    assert value["option"] == "tyrosine kinase activity"
    assert value["answer"]["evidence"][0]["number"] == 1


@pytest.mark.integration
def test_real_questions_with_options_are_answered_from_the_real_graph():
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    resources = Resources(load_settings({}))
    places = ["mitochondrial matrix", "plasma membrane", "Golgi lumen"]
    where = plain("Where is this protein found?", places, resources, seq="examples/egfr.fasta")
    assert where.option == "plasma membrane"
    hidden = resources.with_limits(Limits(max_identity=0.99))
    kin = plain(FUNCTION, ["protein tyrosine kinase activity", "lactase activity"], hidden,
                seq="examples/egfr.fasta")  # fmt: skip
    assert kin.option == "protein tyrosine kinase activity"
    assert kin.answer.claims[0].status is not Status.CURATED
    genes = plain("Which gene is associated with cystic fibrosis?", ["BRCA1", "CFTR"], resources)
    assert genes.option == "CFTR"
