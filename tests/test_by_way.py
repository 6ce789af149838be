"""Options that hang together with an input by way of what is predicted of it."""

import pytest
from world import EDGES_OF_THE_WORLD, make_graph, make_resources

from bbqa.choose import choose
from bbqa.choose.by_way import predict_by_way, together, ways_to
from bbqa.inputs import read_inputs
from bbqa.limits import Limits
from bbqa.resources import Resources
from bbqa.retrieve.facts import joint_trust
from bbqa.schema import Evidence, Kind, NodeType, Relation, Status
from bbqa.settings import load_settings

DISEASE = "MONDO:0000001"


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    second = (DISEASE, Relation.DISEASE_PROTEIN, "P00003", "HPO", "PCS")
    graph = make_graph(edges_given=[*EDGES_OF_THE_WORLD, second])
    return make_resources(tmp_path_factory.mktemp("home"), graph=graph)


def predicted(graph, accession, probability):
    row = graph.row(accession)
    return Evidence(
        number=0,
        statement=f"molecule_1 possibly has recorded activity on {graph.name_of(row)}",
        kind=Kind.BRIDGE,
        status=Status.PREDICTED,
        source="bridge test",
        release="2014-01",
        nodes=(accession,),
        type=NodeType.PROTEIN,
        score=probability,
        probability=probability,
        because="relatives",
        about="molecule_1",
        speculative=True,
    )


def test_the_ways_to_a_node_are_what_is_linked_to_it_and_may_be_seen(resources):
    graph = resources.graph
    disease, kinase, transporter = map(graph.row, (DISEASE, "P00001", "P00003"))
    found = ways_to(disease, NodeType.PROTEIN, resources)
    assert set(found) == {kinase, transporter}
    assert {fact.relation for facts in found.values() for fact in facts} == {
        Relation.DISEASE_PROTEIN
    }
    unseen = resources.with_limits(Limits(hidden=frozenset({kinase})))
    assert set(ways_to(disease, NodeType.PROTEIN, unseen)) == {transporter}
    assert ways_to(disease, NodeType.ROLE, resources) == {}


def test_what_is_more_general_is_no_way(resources):
    term = resources.graph.row("GO:0000002")
    assert ways_to(term, NodeType.MOLECULAR_FUNCTION, resources) == {}


def test_an_option_holds_if_at_least_one_of_its_links_does(resources):
    graph = resources.graph
    disease = graph.row(DISEASE)
    ways = ways_to(disease, NodeType.PROTEIN, resources)
    likely = {"P00001": 0.2, "P00003": 0.4}
    steps = {predicted(graph, one, p): ways[graph.row(one)] for one, p in likely.items()}
    item = together(disease, steps, graph)
    trusts = {one: joint_trust(ways[graph.row(one)]) for one in likely}
    neither = (1 - 0.2 * trusts["P00001"]) * (1 - 0.4 * trusts["P00003"])
    assert item.probability == pytest.approx(1 - neither, abs=1e-6)
    assert item.nodes == (DISEASE, "P00003")
    assert item.statement == (
        "molecule_1 possibly has recorded activity on TRP1, "
        f"which is associated with {graph.name_of(disease)}"
    )
    assert item.because.startswith("by way of TRP1 and 1 more, together p ")
    assert item.source == "bridge test; HPO"
    assert (item.status, item.speculative) == (Status.PREDICTED, True)


def test_without_a_bridge_nothing_is_predicted_by_way_of_anything(resources):
    [molecule] = read_inputs([], ["CCO"])
    row = resources.graph.row(DISEASE)
    assert list(predict_by_way(molecule, [row], NodeType.PROTEIN, resources)) == []


@pytest.mark.integration
def test_what_a_hidden_drug_reaches_through_its_targets_is_predicted():
    resources = Resources(load_settings({}))
    fluoxymesterone = resources.graph.row("DB01185")
    smiles = resources.graph.molecules.smiles[
        resources.graph.molecules.node.tolist().index(fluoxymesterone)
    ]
    hidden = resources.with_limits(Limits(hidden=frozenset({fluoxymesterone})))
    choice = choose(
        "Which of these diseases is associated with a protein that this molecule acts on?",
        ["sarcoidosis", "endometriosis", "fatty liver disease", "oligohydramnios"],
        smiles=[smiles],
        resources=hidden,
        use_llm=False,
    )
    assert choice.option == "endometriosis"
    assert choice.answer.status == "unsure"  # a prediction is no fact
    assert "possibly" in choice.answer.text
