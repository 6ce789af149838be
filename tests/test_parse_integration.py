"""Questions as they are typed, read over the real graph into typed queries."""

import pytest

from bbqa.ask import open_resources
from bbqa.question.parse import parse
from bbqa.question.parsed import Operation
from bbqa.question.read import read_question
from bbqa.schema import NodeType
from bbqa.settings import load_settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def resources():
    opened = open_resources(load_settings())
    opened.prepare(("vectors",))
    return opened


def read(text, resources):
    return parse(read_question(text, (), (), resources), resources)


def names(constraint, resources):
    return {resources.graph.name_of(row) for row in constraint.terms}


@pytest.mark.parametrize(
    ("text", "operation", "target", "terms"),
    [
        ("Which drugs act on SLC6A3?", Operation.LIST, NodeType.DRUG, ["SLC6A3"]),
        ("how many proteins take part in glycolysis", Operation.COUNT, NodeType.PROTEIN, None),
        ("proteins that bind calcium", Operation.LIST, NodeType.PROTEIN, ["calcium ion binding"]),
        ("does MDM2 interact with TP53", Operation.CHECK, NodeType.PROTEIN, ["TP53"]),
        ("genes behind retinitis pigmentosa", Operation.LIST, NodeType.PROTEIN, None),
        ("which GPCRs are found in cilia", Operation.LIST, NodeType.PROTEIN, None),
        ("is GAPDH a kinase?", Operation.CHECK, NodeType.PROTEIN, ["kinase activity"]),
    ],
)
def test_a_question_becomes_a_typed_query(text, operation, target, terms, resources):
    (query,) = read(text, resources).queries
    assert (query.operation, query.target) == (operation, target)
    assert query.constraints
    for name in terms or ():
        assert any(name in names(one, resources) for one in query.constraints)


def test_what_is_excluded_is_negated(resources):
    (query,) = read("drugs that act on EGFR but not on ERBB2", resources).queries
    assert [one.negated for one in query.constraints] == [False, True]


def test_partners_lie_on_the_way(resources):
    (query,) = read("Which drugs act on proteins that interact with BECN1?", resources).queries
    assert query.constraints[0].through == (NodeType.PROTEIN,)


def test_an_adjective_that_names_a_role_is_a_condition(resources):
    (query,) = read("which anticonvulsant drugs act on SCN2A", resources).queries
    assert any("anticonvulsant" in names(one, resources) for one in query.constraints)


def test_words_in_capitals_and_everyday_words_are_no_names(resources):
    read_so = read("which proteins are NOT part of the blood or any growth hit", resources)
    assert [one.text for one in read_so.subjects] == []


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Which genes cause parkinsons", "Parkinson disease"),
        ("genes for hypertrofic cardiomyopathy", "hypertrophic cardiomyopathy"),
        ("what does P00533-2 do", "EGFR"),
    ],
)
def test_names_are_linked_however_they_are_written(text, name, resources):
    linked = {resources.graph.name_of(one.rows[0]) for one in read(text, resources).subjects}
    assert name in linked


def test_what_is_not_held_has_no_query(resources):
    asked = read("What is the half-life of atorvastatin?", resources)
    assert (asked.queries, bool(asked.missing)) == ((), True)


def test_a_variant_is_read_with_its_place(resources):
    (variant,) = read("what does BRAF V600E do", resources).variants
    assert (variant.reference, variant.position) == ("V", 600)
