"""A trained bridge on disk: the same numbers without PyTorch, and nothing that does not fit."""

import json
from dataclasses import replace

import numpy as np
import pytest
import torch
from bridge_world import (
    ACTS_ON,
    DRUG,
    HAS_FUNCTION,
    PROTEIN,
    make_bridge_graph,
    make_vectors,
)
from world import WordEncoder

from bbqa.bridge.checkpoint import (
    DESCRIPTION,
    NUMBERS,
    Asked,
    FrozenBridge,
    gelu,
    shipped_for,
    write_checkpoint,
)
from bbqa.bridge.settings import KINDS, TrainingSettings
from bbqa.bridge.train import train_bridge
from bbqa.bridge.triples import Link, triples_of
from bbqa.bridge.vectors import InputVectors, NodeVectors, words_of
from bbqa.errors import IndexMismatchError
from bbqa.schema import NodeType, Relation

torch.set_num_threads(1)
LINKS = (HAS_FUNCTION, ACTS_ON, ACTS_ON.reverse, HAS_FUNCTION.reverse)
SETTINGS = TrainingSettings(width=32, layers=2, batch=16, negatives=8, steps=8, validate_every=4)


@pytest.fixture(scope="module")
def graph():
    return make_bridge_graph()


@pytest.fixture(scope="module")
def vectors(graph):
    return make_vectors(graph)


def trained_of(graph, vectors, kind):
    triples = triples_of(graph, both_ways=True)
    settings = replace(SETTINGS, kind=kind)
    return train_bridge(triples, triples[:1], vectors, WordEncoder(), settings=settings)


def write(folder, trained, graph, vectors, kind="linear"):
    write_checkpoint(
        folder,
        trained,
        name="toy-v1",
        graph_hash=graph.hash,
        split_hash="f" * 64,
        vectors=vectors,
        settings=replace(SETTINGS, kind=kind),
    )


@pytest.fixture(scope="module")
def folder(graph, vectors, tmp_path_factory):
    folder = tmp_path_factory.mktemp("bridge")
    write(folder, trained_of(graph, vectors, "linear"), graph, vectors)
    return folder


@pytest.fixture
def copy(folder, tmp_path):
    """The checkpoint once more, to be spoilt."""
    for path in folder.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def heads_of(link, graph, vectors):
    rows = np.array(graph.rows_of(link.head)[:7])
    return (
        vectors.inputs[link.head].take(rows)
        if link.head in vectors.inputs
        else (vectors.tails(rows))
    )


def in_torch(trained, link, heads):
    scaled = trained.scales[link.head].apply(heads) if link.head in trained.scales else heads
    with torch.inference_mode():
        return trained.bridge(torch.from_numpy(scaled), link, trained.words[link]).numpy()


@pytest.mark.parametrize("kind", KINDS)
def test_a_frozen_bridge_carries_as_the_trained_one_does(kind, graph, vectors, tmp_path):
    trained = trained_of(graph, vectors, kind)
    write(tmp_path, trained, graph, vectors, kind)
    frozen = FrozenBridge.open(tmp_path)
    for link in LINKS:
        heads = heads_of(link, graph, vectors)
        carried = frozen.carry(heads, link)
        assert carried.dtype == np.float32
        assert np.abs(carried - in_torch(trained, link, heads)).max() < 2e-3
        assert np.linalg.norm(carried, axis=1) == pytest.approx(np.ones(len(heads)), abs=1e-5)


def test_an_encoder_may_give_numbers_that_float16_does_not_hold(graph, vectors, tmp_path):
    def stretched(known, by, moved):
        return InputVectors(known.encoder, known.rows, known.vectors * np.float32(by) + moved)

    inputs = {
        PROTEIN: stretched(vectors.inputs[PROTEIN], 1e5, np.float32(3e5)),
        DRUG: stretched(vectors.inputs[DRUG], 1e-6, np.float32(0)),
    }
    other = NodeVectors(vectors.text, vectors.text_encoder, inputs)
    trained = trained_of(graph, other, "linear")
    write(tmp_path, trained, graph, other)
    frozen = FrozenBridge.open(tmp_path)
    for link in LINKS:
        heads = heads_of(link, graph, other)
        assert np.abs(frozen.carry(heads, link) - in_torch(trained, link, heads)).max() < 2e-3


def test_a_checkpoint_says_what_it_is_and_how_it_came_about(folder, graph):
    described = json.loads((folder / DESCRIPTION).read_text())
    assert described["graph"] == graph.hash
    assert described["split"] == "f" * 64
    assert described["encoders"] == {"gene/protein": "pairs-24 pairs-24-v1",
                                     "drug": "pairs-24 pairs-24-v1"}  # fmt: skip
    assert described["training"]["width"] == 32
    assert described["parameters"] == 2 * 24 * 32 + 96 * 32 + 32
    assert len(described["losses"]) == len(described["validation_mrr"]) == 2
    assert {path.name for path in folder.iterdir()} == {NUMBERS, DESCRIPTION}
    frozen = FrozenBridge.open(folder)
    assert (frozen.name, frozen.temperature) == ("toy-v1", 0.1)
    assert frozen.encoder_names == {PROTEIN: "pairs-24", DRUG: "pairs-24"}
    assert frozen.sha256 == described["sha256"]


def test_a_link_not_trained_on_can_be_asked_for_with_its_words(folder, graph, vectors):
    frozen = FrozenBridge.open(folder)
    new = Link(PROTEIN, Relation.PHENOTYPE_PROTEIN, NodeType.PHENOTYPE)
    assert frozen.knows(HAS_FUNCTION)
    assert not frozen.knows(new)
    heads = heads_of(new, graph, vectors)
    carried = frozen.carry(heads, new, WordEncoder().encode(words_of(new)))
    assert np.linalg.norm(carried, axis=1) == pytest.approx(np.ones(len(heads)), abs=1e-5)


def test_the_words_of_a_known_link_may_be_given_too(folder, graph, vectors):
    frozen, heads = FrozenBridge.open(folder), heads_of(HAS_FUNCTION, graph, vectors)
    given = frozen.carry(heads, HAS_FUNCTION, WordEncoder().encode(words_of(HAS_FUNCTION)))
    assert given == pytest.approx(frozen.carry(heads, HAS_FUNCTION), abs=2e-3)


# what does not fit


def asked(graph, **other):
    encoders = {PROTEIN: "pairs-24 pairs-24-v1", DRUG: "pairs-24 pairs-24-v1"}
    return Asked(**({"graph": graph.hash, "text_encoder": "words-32 words-32-v1",
                     "encoders": encoders} | other))  # fmt: skip


def test_a_bridge_of_this_graph_and_these_encoders_fits(folder, graph):
    FrozenBridge.open(folder).check(asked(graph))


def test_a_bridge_of_another_graph_is_refused(folder, graph):
    other = make_bridge_graph(names="another ")
    assert other.hash != graph.hash
    with pytest.raises(IndexMismatchError) as caught:
        FrozenBridge.open(folder).check(asked(other))
    assert str(caught.value) == (
        f"bridge toy-v1 was trained with another graph: {graph.hash[:16]}; got {other.hash[:16]}"
    )
    assert "bbqa bridge train" in caught.value.hint


def test_a_bridge_of_another_text_encoder_is_refused(folder, graph):
    with pytest.raises(IndexMismatchError, match=r"another text encoder: words-32 .*; got other 1"):
        FrozenBridge.open(folder).check(asked(graph, text_encoder="other 1"))


@pytest.mark.parametrize("encoder", ["esm2 1234", "pairs-24 another-version"])
def test_a_bridge_of_another_input_encoder_is_refused(folder, graph, encoder):
    encoders = {PROTEIN: encoder, DRUG: "pairs-24 pairs-24-v1"}
    with pytest.raises(IndexMismatchError, match=f"another gene/protein encoder.*{encoder[:20]}"):
        FrozenBridge.open(folder).check(asked(graph, encoders=encoders))


def test_a_bridge_whose_encoder_is_not_there_is_refused(folder, graph):
    with pytest.raises(IndexMismatchError, match=r"another gene/protein encoder.*; got none"):
        FrozenBridge.open(folder).check(asked(graph, encoders={}))


def test_a_bridge_of_another_version_is_refused(copy):
    described = json.loads((copy / DESCRIPTION).read_text())
    (copy / DESCRIPTION).write_text(json.dumps(described | {"version": 99}))
    with pytest.raises(IndexMismatchError, match="holds a bridge of version 99; expected 1"):
        FrozenBridge.open(copy)


def test_damaged_numbers_are_refused(copy):
    content = bytearray((copy / NUMBERS).read_bytes())
    content[-1] ^= 1
    (copy / NUMBERS).write_bytes(content)
    with pytest.raises(IndexMismatchError, match=r"safetensors has SHA-256 .*; expected") as caught:
        FrozenBridge.open(copy)
    assert "bbqa bridge train" in caught.value.hint


@pytest.mark.parametrize("missing", [NUMBERS, DESCRIPTION])
def test_a_missing_file_is_refused(copy, missing):
    (copy / missing).unlink()
    with pytest.raises(IndexMismatchError, match=f"cannot be read as a bridge.*{missing}"):
        FrozenBridge.open(copy)


@pytest.mark.parametrize("text", ["", "{", "{}", "[]", "3"])
def test_a_description_that_is_none_is_refused(copy, text):
    (copy / DESCRIPTION).write_text(text)
    with pytest.raises(IndexMismatchError, match="cannot be read as a bridge"):
        FrozenBridge.open(copy)


def test_no_bridge_ships_for_a_graph_that_nobody_knows(graph):
    assert not shipped_for(graph.hash)


def test_gelu_is_that_of_pytorch():
    x = np.concatenate([np.linspace(-9, 9, 4001), [0.0, -30, 30]]).astype(np.float32)
    exact = torch.nn.functional.gelu(torch.from_numpy(x).double()).numpy()
    assert np.abs(gelu(x.astype(np.float64)) - exact)[np.abs(x) < 3].max() < 3.1e-7
    assert np.abs(gelu(x) - exact).max() < 1e-6
    assert gelu(x).dtype == np.float32
