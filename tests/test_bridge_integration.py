"""The bridge that comes with bbqa, on the real starter graph."""

import pytest
from world import random_sequence

from bbqa.ask import ask
from bbqa.inputs import read_inputs
from bbqa.kg.graph import open_starter
from bbqa.limits import Limits
from bbqa.resources import Resources
from bbqa.retrieve import rank_nodes
from bbqa.retrieve.proteins import about_protein
from bbqa.schema import NodeType, Status
from bbqa.settings import load_settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def resources():
    opened = Resources(load_settings())
    opened.prepare()
    return opened


def sequence_of(graph, accession):
    return graph.sequences.sequence(graph.sequences.index_of(accession))


def predicted(sequence, types, resources, **options):
    (given,) = read_inputs([sequence], [])
    found = about_protein(given, types, resources, **options)
    return [c.evidence for c in found if c.evidence.probability is not None]


def test_a_bridge_for_the_starter_graph_comes_with_bbqa(resources):
    assert resources.uses_bridge
    said = resources.projection.bridge.description
    assert said["graph"] == open_starter().hash


def test_interleukin_2_is_not_predicted_to_take_part_in_spermatogenesis(resources):
    sequence = sequence_of(resources.graph, "P60568")
    types = {NodeType.BIOLOGICAL_PROCESS}
    relatives = resources.projection.relatives(read_inputs([sequence], [])[0])
    names = [resources.graph.name_of(p.row) for p in resources.projection.predict(relatives, types)]
    assert "spermatogenesis" not in names[:50]


def test_a_random_sequence_is_not_said_to_be_linked_to_any_disease(resources):
    short = "MWDKPHTRNAEQYLGCSVIFKDMTWPHRANEYLQGCSVFIKDMPTWHRNAEYQLGCVSFIKWDMPHTRNEAYLQ"
    for sequence in (short, *(random_sequence(150, seed) for seed in range(8))):
        answer = ask(
            "Which diseases is this protein linked to?",
            seq=sequence,
            use_llm=False,
            resources=resources,
        )
        assert not [e for e in answer.evidence if e.type is NodeType.DISEASE]


def test_a_distant_kinase_is_recognised_with_a_probability(resources):
    sequence = sequence_of(resources.graph, "P12931")
    found = predicted(
        sequence,
        {NodeType.MOLECULAR_FUNCTION},
        resources.with_limits(Limits(max_identity=0.4)),
        speculative=False,
    )
    names = [e.statement for e in found]
    assert any("kinase activity" in name for name in names)
    assert all(0.4 < e.probability <= 1 for e in found)
    assert all(e.status is Status.INFERRED for e in found)


def test_ranked_nodes_come_with_probabilities_and_say_what_is_speculative(resources):
    (given,) = read_inputs([random_sequence(150, 1)], [])
    hits = rank_nodes(given, NodeType.CELLULAR_COMPONENT, resources, k=10)
    assert hits
    assert all(hit.probability is not None for hit in hits)
    assert all(hit.speculative for hit in hits if hit.probability < 0.3)


def test_a_new_molecule_gets_targets_with_probabilities(resources):
    (given,) = read_inputs([], ["Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(CC)CC1"])
    hits = rank_nodes(given, NodeType.PROTEIN, resources, k=10)
    assert any(hit.name in {"ABL1", "KIT", "PDGFRA", "PDGFRB"} for hit in hits)
