"""From a toy graph to predictions in an answer: the whole way, with nothing faked but the words."""

import json
from dataclasses import replace

import numpy as np
import pytest
from bridge_world import (
    DRUG,
    FAMILIES,
    HAS_FUNCTION,
    PROTEIN,
    accession,
    family_sequence,
    make_bridge_graph,
)
from world import WordEncoder, mutated, random_sequence

from bbqa.ask import ask
from bbqa.bridge.settings import TrainingSettings
from bbqa.bridge.splits import Part, Split
from bbqa.errors import IndexMismatchError
from bbqa.inputs import read_inputs
from bbqa.learn import Workshop, fit_fusions, learn_bridge
from bbqa.limits import Limits
from bbqa.resources import Resources
from bbqa.retrieve import candidates_for, visible
from bbqa.retrieve.predicted import about_predicted
from bbqa.retrieve.proteins import about_protein
from bbqa.schema import Kind, NodeType, Status
from bbqa.settings import Settings

SHORT = TrainingSettings(
    "mlp", width=32, layers=1, batch=16, steps=40, validate_every=20, dropout=0.0
)


def split_of(graph):
    """One member of each family to validate on, one to test, one drug each."""
    parts = {
        Part.WARM_VALIDATION: [accession(f, 0) for f in range(FAMILIES)] + ["caffeine"],
        Part.WARM_TEST: [accession(f, 1) for f in range(FAMILIES)] + ["niacin"],
    }
    rows = {part: tuple(sorted(graph.row(node) for node in ids)) for part, ids in parts.items()}
    return Split(graph.hash, 0, {part: rows.get(part, ()) for part in Part})


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def workshop(home):
    graph = make_bridge_graph()
    resources = Resources(Settings(home=home, use_bridge=False), graph=graph, encoder=WordEncoder())
    resources.prepare()
    return Workshop(resources, split=split_of(graph))


@pytest.fixture(scope="module")
def bridge(workshop, home):
    learn_bridge(workshop, home / "bridge", name="toy", settings=SHORT, fewest=5)
    return home / "bridge"


@pytest.fixture(scope="module")
def resources(workshop, bridge, home):
    opened = Resources(
        Settings(home=home, bridge=bridge), graph=workshop.graph, encoder=WordEncoder()
    )
    opened.prepare()
    return opened


def stranger(family, share=0.3):
    """A protein that is not in the graph, of one of its families."""
    return mutated(family_sequence(family, 2), share, seed=77)


def predictions(sequence, resources, **options):
    (given,) = read_inputs([sequence], [])
    found = about_protein(given, {NodeType.MOLECULAR_FUNCTION}, resources, **options)
    return [c.evidence for c in found if c.evidence.probability is not None]


def test_heads_that_were_kept_back_are_asked_with_what_remains_known(workshop):
    (triples,) = (t for t in workshop.triples if t.link == HAS_FUNCTION)

    kept = workshop.kept([Part.WARM_TEST])
    assert {k.relatives.type for k in kept} == {PROTEIN, DRUG}
    hidden = workshop.split.kept_back()
    node = workshop.graph.sequences.node
    for head in kept:
        if head.relatives.type is PROTEIN:
            assert not {int(node[key]) for key in head.relatives.distant} & hidden
    assert workshop.knowledge(triples).common.max() <= 1


def test_a_thinned_part_has_as_many_heads_of_each_kind_as_asked_for(workshop):
    kept = workshop.kept([Part.WARM_TEST], 3)
    assert sum(k.relatives.type is PROTEIN for k in kept) == 3


def test_a_stranger_gets_its_family_s_function_with_probability_and_supporters(resources):
    best = predictions(stranger(3), resources)[0]
    assert best.nodes[0] == "GO:003"
    assert 0 < best.probability <= 1
    assert best.kind is Kind.ALIGNMENT
    assert best.status is Status.INFERRED
    assert "homologues; bridge toy, kmers, p " in best.source
    assert set(best.nodes[1:]) <= {accession(3, member) for member in range(4)}


def test_a_protein_without_relatives_gets_predictions_by_the_bridge_alone(resources):
    found = predictions(random_sequence(110, 5), resources)
    assert found
    assert {e.kind for e in found} == {Kind.BRIDGE}
    assert {e.status for e in found} == {Status.PREDICTED}
    assert all(e.source.startswith("bridge toy, kmers, p ") for e in found)


def test_what_is_not_sure_is_marked_and_left_out_unless_asked_for(resources):
    sequence = random_sequence(110, 5)
    every = predictions(sequence, resources, speculative=True)
    sure = predictions(sequence, resources, speculative=False)
    assert [e for e in every if not e.speculative] == sure
    assert all("possibly" in e.statement for e in every if e.speculative)
    assert all("probably" in e.statement for e in sure)


def test_hiding_near_homologues_reaches_every_kind_of_relative(resources):
    (given,) = read_inputs([family_sequence(4, 3)], [])
    hidden = resources.projection.relatives(given, Limits(max_identity=0.3))
    assert hidden.identity <= 0.3
    near = {resources.graph.sequences.accession(key) for key in hidden.neighbours}
    assert not near & {accession(4, member) for member in range(4)}


def test_what_is_hidden_has_no_voice_in_predictions(resources):
    hidden = {accession(4, member) for member in (0, 1)}
    rows = frozenset(resources.graph.row(name) for name in hidden)
    limited = resources.with_limits(Limits(rows))
    found = predictions(family_sequence(4, 0), limited)
    assert found[0].nodes[0] == "GO:004"
    assert not {node for item in found for node in item.nodes} & hidden
    partners = candidates_for(*read_inputs([family_sequence(4, 0)], []), {PROTEIN}, limited)
    assert partners
    assert not {node for c in partners for node in c.evidence.nodes} & hidden


def test_no_neighbour_by_encoder_is_nearer_than_allowed(resources):
    (given,) = read_inputs([family_sequence(4, 3)], [])
    # what a search that aligns too few proteins would leave among the neighbours
    missed = resources.projection.relatives(given)
    near = visible._too_close(given, replace(missed, homologues=()), 0.3, resources)
    family = {resources.graph.sequences.index_of(accession(4, member)) for member in range(3)}
    assert family <= near


def test_without_the_bridge_there_are_no_probabilities(workshop, home):
    plain = Resources(
        Settings(home=home, use_bridge=False), graph=workshop.graph, encoder=WordEncoder()
    )
    assert predictions(stranger(3), plain) == []
    (given,) = read_inputs([stranger(3)], [])
    assert candidates_for(given, {NodeType.MOLECULAR_FUNCTION}, plain)


def test_a_graph_for_which_no_bridge_comes_with_bbqa_does_without(workshop, home):
    other = Resources(Settings(home=home), graph=workshop.graph, encoder=WordEncoder())
    assert not other.uses_bridge


def test_a_bridge_of_another_graph_is_refused_with_the_next_command(bridge, home):
    other = make_bridge_graph(names="other ")
    resources = Resources(Settings(home=home, bridge=bridge), graph=other, encoder=WordEncoder())
    with pytest.raises(IndexMismatchError, match="another graph") as caught:
        resources.prepare()
    assert caught.value.hint == "bbqa bridge train"


def test_an_answer_says_what_is_probable_and_keeps_it_apart_from_facts(resources):
    answer = ask("What does this protein do?", seq=stranger(3), use_llm=False, resources=resources)
    shown = [e for e in answer.evidence if e.probability is not None]
    assert not [e for e in shown if e.speculative]
    assert not [e for e in shown if e.status is Status.CURATED]


def test_a_molecule_gets_predictions_too(resources):
    (given,) = read_inputs([], ["Cn1cnc2c1c(=O)n(CC)c(=O)n2C"])
    relatives = resources.projection.relatives(given)
    predicted = resources.projection.predict(relatives, {NodeType.PROTEIN, NodeType.ROLE})
    found = about_predicted(given, relatives, predicted, resources, speculative=True)
    assert all(c.evidence.type in {NodeType.PROTEIN, NodeType.ROLE} for c in found)


def test_the_checkpoint_says_what_it_was_made_of(bridge, workshop):
    said = json.loads((bridge / "bridge.json").read_text())
    assert said["graph"] == workshop.graph.hash
    assert said["split"] == workshop.split.hash
    assert said["encoders"][PROTEIN.value].startswith("kmers ")
    assert (bridge / "fusion.safetensors").exists()


def test_a_link_with_too_few_heads_gets_no_fusion(workshop, bridge):
    from bbqa.bridge.checkpoint import FrozenBridge

    fusions = fit_fusions(workshop, FrozenBridge.open(bridge), fewest=10)
    assert HAS_FUNCTION in fusions
    assert all(link.head is PROTEIN for link in fusions)  # there is one drug to validate on
    assert all(np.isfinite(f.threshold) for f in fusions.values())
