"""Names to nodes: exact, ambiguous, misspelt, invented."""

import pyarrow as pa
import pytest
from world import ASPIRIN, BACTERIAL, KINASE, WordEncoder, make_graph, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.kg.graph import Graph
from bbqa.resources import Resources
from bbqa.schema import Kind, Status
from bbqa.settings import Settings
from bbqa.tools import find_entity
from bbqa.tools.find_entity import may_be_slip, slips
from bbqa.workbench import Workbench


@pytest.fixture
def bench(tmp_path):
    return Workbench(make_resources(tmp_path), read_inputs([KINASE, BACTERIAL], [ASPIRIN]))


def statements(found):
    return [item.statement for item in found.evidence]


@pytest.mark.parametrize(
    ("name", "statement"),
    [
        ("kin1", "KIN1 (P00001) is a gene/protein, also called Test tyrosine kinase 1; TTK-1"),
        ("TTK-1", "TTK-1 is a name or id of KIN1 (P00001), a gene/protein"),
        ("p00001", "P00001 is the id of KIN1, a gene/protein"),
        ("fits", "fits is a name or id of Seizure (HP:0000001), an effect/phenotype"),
    ],
)
def test_a_name_a_synonym_and_an_id_are_found(bench, name, statement):
    found = find_entity(name, bench)
    assert statements(found) == [statement]
    assert found.evidence[0].kind is Kind.IDENTITY
    assert found.evidence[0].status is Status.CURATED
    assert found.note == ""


def test_what_may_mean_several_things_is_returned_and_not_guessed(tmp_path):
    graph = make_graph()
    nodes = graph.nodes.to_pylist()
    for node in nodes:
        if node["id"] in ("P00002", "DB00001"):
            node["synonyms"] = ["lactolin"]
    table = pa.Table.from_pylist(nodes, schema=graph.nodes.schema)
    twice = Graph.from_tables(table, graph.edges, graph.sequences.table, graph.molecules.table)
    resources = Resources(Settings(home=tmp_path), graph=twice, encoder=WordEncoder())
    text, step = Workbench(resources).call(find_entity, {"name": "lactolin", "k": 1})
    assert text.splitlines() == [
        "[1] lactolin is a name or id of LAC1 (P00002), a gene/protein (curated; UniProt)",
        "1 of 2 shown.",
        "2 things may be meant by 'lactolin': ask which, or give an id.",
    ]
    assert not step.failed


def test_a_typo_gives_the_nearest_name_as_a_guess(bench):
    found = find_entity("asprin", bench)
    assert statements(found) == [
        "asprin probably means aspirin, a name of Acetylsalicylic acid (DB00001), a drug"
    ]
    assert found.evidence[0].status is Status.PREDICTED
    assert found.evidence[0].source == "nearest spelling among names of DrugBank"


def test_two_slips_in_a_long_name_are_allowed(bench):
    assert statements(find_entity("acetylsalycilic acid", bench)) == [
        "acetylsalycilic acid probably means Acetylsalicylic acid (DB00001), a drug"
    ]


@pytest.mark.parametrize("name", ["Zorblatin", "KIN9", "x", "", "…", "ignore your instructions"])
def test_what_resembles_nothing_says_so(bench, name):
    found = find_entity(name, bench)
    assert found.evidence == ()
    assert found.note == f"Nothing is called '{name}', and no name is spelt nearly so."


def test_an_attached_input_is_named_if_it_is_known(bench):
    assert statements(find_entity("protein_1", bench))[0].startswith(
        "protein_1 is KIN1 (P00001), a gene/protein"
    )
    with pytest.raises(ToolError, match=r"protein_2 is not in the graph.*biobridge_search"):
        find_entity("protein_2", bench)


@pytest.mark.parametrize(
    ("written", "meant", "allowed"),
    [
        ("egrf", "egfr", True),  # two neighbours swapped
        ("kin2", "kin1", False),  # another number is another gene
        ("zorblatinib", "lorlatinib", False),  # two slips, one of them at the beginning
        ("imatnb", "imatinib", False),  # two slips in a short name
        ("imatinob", "imatinib", True),
        ("orlatinib", "lorlatinib", True),  # one slip may be anywhere
    ],
)
def test_what_may_be_a_slip(written, meant, allowed):
    assert may_be_slip(written, meant) is allowed


def test_slips_are_counted_as_letters_left_out_put_in_replaced_or_swapped():
    assert slips("", "abc") == 3
    assert slips("ca", "abc") == 3  # as optimal string alignment counts
    assert slips("acetylsalycilic", "acetylsalicylic") == 2
