"""The form of a clause, what is not held, and how citations and lists are written."""

import pytest

from bbqa.answer.draft import Draft, cited_text, listed
from bbqa.answer.overview import agent
from bbqa.question.forms import read_form
from bbqa.question.joining import without_repeats
from bbqa.question.lexicon import residue_of, singular
from bbqa.question.missing import facets, missing_in
from bbqa.question.parsed import Operation, Query
from bbqa.schema import AnswerStatus, Claim, Evidence, Kind, NodeType, Status


@pytest.mark.parametrize(
    ("clause", "node_type", "modifiers"),
    [
        ("Which kinases interact with ENT0?", NodeType.PROTEIN, ""),
        ("list the approved drugs that act on ENT0", NodeType.DRUG, ""),
        ("What nuclear envelope proteins do you know?", NodeType.PROTEIN, "nuclear envelope"),
        ("signs of ENT0", NodeType.PHENOTYPE, ""),
        ("Where in the cell is ENT0?", NodeType.CELLULAR_COMPONENT, ""),
        ("what causes ENT0", NodeType.PROTEIN, ""),
        ("is ENT0 druggable", NodeType.DRUG, ""),
    ],
)
def test_the_noun_or_verb_that_asks_gives_the_type(clause, node_type, modifiers):
    first = read_form(clause).asked[0]
    assert (first.type, first.modifiers) == (node_type, modifiers)


@pytest.mark.parametrize(
    "clause", ["Does ENT0 bind ENT1?", "this protein and ENT0", "ENT0 is what I purified"]
)
def test_a_clause_that_names_its_subject_asks_for_no_type(clause):
    assert [one.noun for one in read_form(clause).asked if one.noun] == []


@pytest.mark.parametrize(
    ("clause", "operation"),
    [
        ("how many drugs act on ENT0", Operation.COUNT),
        ("compare ENT0 and ENT1", Operation.COMPARE),
        ("what do ENT0 and ENT1 have in common", Operation.SHARED),
        ("what is ENT0 also called", Operation.NAMES),
        ("is there a mutation in it", Operation.DIFFERENCE),
        ("what is the rat orthologue of ENT0", Operation.SIMILAR),
    ],
)
def test_words_speak_for_an_operation(clause, operation):
    assert operation in read_form(clause).operations


def test_a_number_of_things_is_a_limit():
    assert read_form("name three drugs that act on ENT0").limit == 3


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("what dose of ENT should I take", "doses"),
        ("which domains does ENT have", "domains"),
        ("is ENT expressed in skin", "expression"),
        ("what is ENT prescribed for", "indications"),
        ("IC50 of ENT", "potencies"),
        ("side effects of ENT", "side effects"),
    ],
)
def test_what_is_not_held_is_known_by_name(text, word):
    assert any(word in one.name for one in missing_in(text))


def test_what_is_held_is_not_said_to_be_missing():
    held = ("which proteins bind ENT", "drugs that act on ENT", "signs of ENT", "where is ENT")
    assert [text for text in held if missing_in(text)] == []
    assert len({facet.name for facet in facets()}) == len(facets())


@pytest.mark.parametrize(
    ("word", "letter"),
    [("cysteines", "C"), ("tryptophan", "W"), ("glutamates", "E"), ("glutamine", "Q"), ("x", "")],
)
def test_an_amino_acid_has_its_letter(word, letter):
    assert residue_of(word) == letter


@pytest.mark.parametrize(
    ("plural", "one"),
    [("kinases", "kinase"), ("bodies", "body"), ("analysis", "analysis")],
)
def test_a_noun_in_the_singular(plural, one):
    assert singular(plural) == one


def test_a_function_names_what_has_it():
    assert agent("protein tyrosine kinase activity") == "a protein tyrosine kinase"
    assert agent("RNA helicase activity") == "an RNA helicase"


def test_long_runs_of_citations_are_written_short():
    few = Claim("A is B", (1, 2, 3), Status.CURATED)
    many = Claim("A is B.", (1, 2, 3, 4, 5, 6, 9), Status.CURATED)
    assert cited_text(few) == "A is B [1][2][3]."
    assert cited_text(many) == "A is B [1-6][9]."


def test_names_with_commas_are_listed_with_semicolons():
    assert listed(["a", "b", "c"]) == "a, b and c"
    assert listed(["a, with b", "c", "d"]) == "a, with b; c and d"
    assert listed(["a", "b", "c"], most=2) == "a, b and 1 more"


def test_the_same_statement_is_cited_once():
    item = Evidence(
        0, "A is B", Kind.FACT, Status.CURATED, "S", "", ("a",), NodeType.PROTEIN, 1.0, about="x"
    )
    draft = Draft()
    draft.say("A is B", [item, item])
    draft.note("No more is recorded.")
    assert [one.number for one in draft.evidence] == [1]
    assert draft.text == ["A is B [1].", "No more is recorded."]
    assert draft.status is AnswerStatus.ANSWERED


def test_what_another_part_of_the_answer_contains_is_not_answered_twice():
    identity = Query(Operation.IDENTIFY, "what is it")
    overview = Query(Operation.DESCRIBE, "what does it do")
    weight = Query(Operation.PROPERTY, "weight", properties=("mass",))
    length = Query(Operation.PROPERTY, "length", properties=("length",))
    assert without_repeats([identity, overview]) == (identity,)
    (joined,) = without_repeats([weight, length])
    assert joined.properties == ("mass", "length")
