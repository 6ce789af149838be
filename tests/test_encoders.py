"""The door to all encoders; windows, devices, refusals; models of the hub in miniature."""

import re
import socket
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from file_server import FileServer, serve
from hub_server import serve_hub
from tiny_models import save_esm2, save_transformer
from world import random_sequence

from bbqa.encoders import ENCODERS, open_encoder
from bbqa.encoders.device import choose_device
from bbqa.encoders.esm2 import DIMENSIONS, ESM2
from bbqa.encoders.hub import fetch_file, fetch_model
from bbqa.encoders.hugging_face import PUBLISHED
from bbqa.encoders.morgan import Morgan
from bbqa.encoders.refusals import check_sequences, read_molecules, unreadable_molecules
from bbqa.encoders.windows import by_length, cut, encode_windows
from bbqa.errors import ArtifactError, InputError, SettingsError
from bbqa.progress import Silent
from bbqa.schema import Modality

ROOT = Path(__file__).parent.parent
PROTEINS = [random_sequence(length, seed) for seed, length in enumerate([33, 8, 120, 1, 47])]
SMILES = ["CC(=O)Oc1ccccc1C(=O)O", "CCO", "CN1C=NC2=C1C(=O)N(C(=O)N2C)C", "C"]


# ---- the door ----


def test_an_unknown_encoder_lists_the_nearest_three(tmp_path):
    with pytest.raises(SettingsError) as caught:
        open_encoder("unirep256", home=tmp_path)
    assert "no encoder is called 'unirep256'; the nearest are unirep-256," in str(caught.value)
    assert caught.value.message.count(",") == 2
    assert "minimol" in caught.value.hint


def test_weights_that_are_not_there_are_named(tmp_path):
    with pytest.raises(SettingsError, match=r"none\.pt does not exist; expected the weights of e"):
        open_encoder("esm2_t6_8M_UR50D", home=tmp_path, weights=tmp_path / "none.pt")


@pytest.mark.parametrize("name", ["morgan", "all-MiniLM-L6-v2"])
def test_an_encoder_that_takes_no_weights_says_so(tmp_path, name):
    with pytest.raises(SettingsError, match=f"{name} takes no weights of one's own"):
        open_encoder(name, home=tmp_path, weights=tmp_path)


def test_the_page_lists_exactly_the_registered_encoders():
    page = (ROOT / "docs" / "encoders.md").read_text()
    rows = re.findall(r"^\| `([^`]+)` \| (\w+) \| ([\d,]+) \|", page, re.MULTILINE)
    assert [name for name, _, _ in rows] == list(ENCODERS)
    stated = {name: (modality, int(size.replace(",", ""))) for name, modality, size in rows}
    known = {name: ("protein", size) for name, size in DIMENSIONS.items()}
    words = {Modality.MOLECULE: "molecule", Modality.ENTITY: "text"}
    known |= {name: (words[p.modality], p.dimension) for name, p in PUBLISHED.items()}
    known |= {f"unirep-{units}": ("protein", units) for units in (64, 256, 1900)}
    known |= {"morgan": ("molecule", 2048), "minimol": ("molecule", 512)}
    assert {name: stated[name] for name in known} == known


# ---- what needs the hub ----

OF_THE_HUB = [*DIMENSIONS, *PUBLISHED, "sentence-transformers:someone/something"]


@pytest.mark.parametrize("name", OF_THE_HUB)
def test_what_needs_the_hub_fails_fast_offline_and_names_what_does_not(tmp_path, name):
    began = time.monotonic()
    with pytest.raises(ArtifactError, match="switched off") as caught:
        open_encoder(name, home=tmp_path, offline=True, device="cpu")
    assert time.monotonic() - began < 20  # imports count; nothing is retried
    known = {"unirep-256", "kmers", "minimol", "morgan", "all-MiniLM-L6-v2"}
    assert any(other in caught.value.hint for other in known)
    assert "give the path of the weights" in caught.value.hint


def test_a_hub_that_cannot_be_reached_is_an_error_within_seconds(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))  # bound, but nobody listens
        address = f"http://127.0.0.1:{unused.getsockname()[1]}"
        began = time.monotonic()
        with pytest.raises(ArtifactError, match="cannot be reached") as caught:
            fetch_model("a/b", tmp_path, Modality.MOLECULE, endpoint=address)
        with pytest.raises(ArtifactError, match="cannot be reached"):
            fetch_file(f"{address}/w.pt", tmp_path / "w.pt", Modality.PROTEIN, name="esm2")
    assert time.monotonic() - began < 20
    assert caught.value.hint.startswith("use minimol or morgan, which need no hub")


def test_a_hub_that_does_not_answer_is_an_error_within_seconds(tmp_path):
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        address = f"http://127.0.0.1:{mute.getsockname()[1]}/w.pt"
        with pytest.raises(ArtifactError, match="cannot be reached"):
            fetch_file(address, tmp_path / "w", Modality.PROTEIN, name="esm2", timeout_s=0.3)


def test_a_file_of_the_hub_is_fetched_once(tmp_path):
    content = b"weights" * 1000
    with serve(FileServer(content)) as server:
        path = fetch_file(server.url, tmp_path / "hub" / "w.pt", Modality.PROTEIN, name="esm2")
    assert path.read_bytes() == content
    assert fetch_file(server.url, path, Modality.PROTEIN, name="esm2", offline=True) == path


def test_a_hub_without_the_model_says_so(tmp_path):
    with (
        serve(FileServer(b"no", status=404)) as server,
        pytest.raises(ArtifactError, match="answers HTTP 404"),
    ):
        fetch_file(server.url, tmp_path / "w.pt", Modality.PROTEIN, name="esm2")


def test_a_host_that_names_no_size_is_an_error(tmp_path):
    with (
        serve(FileServer(b"weights", length=False)) as server,
        pytest.raises(ArtifactError, match="does not say how large they are"),
    ):
        fetch_file(server.url, tmp_path / "w.pt", Modality.PROTEIN, name="esm2")


def test_a_model_of_the_hub_is_fetched_once_without_what_is_not_needed(tmp_path):
    model = {"config.json": b"{}", "model.safetensors": b"weights", "1_Pooling/config.json": b"[]"}
    rest = {"pytorch_model.bin": b"the same", "flax_model.msgpack": b"again", "README.md": b"hi"}
    with serve_hub("a/b", {**model, **rest}) as hub:
        folder = fetch_model("a/b", tmp_path, Modality.ENTITY, endpoint=hub.endpoint)
        assert set(hub.fetched) == set(model)
    assert (folder / "model.safetensors").read_bytes() == b"weights"
    assert fetch_model("a/b", tmp_path, Modality.ENTITY, offline=True) == folder


def test_a_model_that_was_fetched_in_part_does_not_count_as_here(tmp_path):
    files = {"config.json": b"{}", "model.safetensors": b"weights"}
    with serve_hub("a/b", files) as hub:
        fetch_model("a/b", tmp_path, Modality.ENTITY, endpoint=hub.endpoint)
    next((tmp_path / "hub").glob("*.complete")).unlink()
    with pytest.raises(ArtifactError, match="the weights of a/b are not on this machine"):
        fetch_model("a/b", tmp_path, Modality.ENTITY, offline=True)


def test_a_model_that_the_hub_does_not_have_is_an_error(tmp_path):
    with (
        serve_hub("a/b", {}) as hub,
        pytest.raises(ArtifactError, match="did not give it"),
    ):
        fetch_model("c/d", tmp_path, Modality.ENTITY, endpoint=hub.endpoint)


# ---- windows ----


def test_windows_cover_every_place_and_every_place_counts_once():
    for length in range(1, 60):
        windows = cut(0, length, 10, 4)
        counted = np.zeros(length)
        for window in windows:
            assert window.stop - window.start == min(10, length)
            counted[window.start : window.stop] += window.weights
        assert np.allclose(counted, 1)
        for left, right in pairwise(windows):
            assert left.stop - right.start >= 4


def test_windows_of_states_that_know_their_place_give_the_mean_over_all_places():
    import torch

    lengths = [5, 23, 10, 1]
    states = [np.random.default_rng(n).normal(size=(length, 3)) for n, length in enumerate(lengths)]

    def states_of(windows):
        padded = torch.full((len(windows), 12, 3), torch.nan)
        for number, window in enumerate(windows):
            piece = torch.from_numpy(states[window.row][window.start : window.stop])
            padded[number, : len(piece)] = piece
        return padded

    vectors = encode_windows(
        lengths,
        states_of,
        dimension=3,
        longest=10,
        overlap=3,
        places_per_batch=40,
        bar=Silent().bar("", 1),
    )
    assert np.allclose(vectors, [piece.mean(axis=0) for piece in states], atol=1e-6)


def test_batches_hold_everything_once_and_no_more_than_allowed():
    lengths = [7, 100, 3, 3, 50, 1, 9]
    batches = list(by_length(lengths, 60, 3))
    assert sorted(number for batch in batches for number in batch) == list(range(7))
    assert all(len(b) == 1 or max(lengths[n] for n in b) * len(b) <= 60 for b in batches)
    assert max(map(len, batches)) <= 3


# ---- devices and refusals ----


def test_a_device_is_chosen_and_can_be_asked_for():
    assert choose_device() in {"cuda", "mps", "cpu"}
    assert choose_device("cpu") == "cpu"
    with pytest.raises(SettingsError, match="device 'abacus' cannot be used; this machine has"):
        choose_device("abacus")


def test_molecules_that_cannot_be_read_are_named_with_their_numbers():
    given = ["CCO", "C1CC", "", "C*", "not a molecule", "c1ccccc1"]
    with pytest.raises(InputError) as caught:
        read_molecules(given)
    message = caught.value.message
    assert message.startswith("4 of 6 cannot be encoded: molecule 1 ('C1CC'): ")
    assert "molecule 2 (''): it is empty" in message
    assert message.endswith("and 1 more")
    assert list(unreadable_molecules(given)) == [1, 2, 3, 4]
    assert unreadable_molecules(["CCO"]) == {}


def test_a_sequence_that_is_no_protein_is_named_with_its_position():
    with pytest.raises(InputError, match=r"sequence 1 \('MKL1'\): it has '1' at position 4"):
        check_sequences(["MK", "MKL1"])
    with pytest.raises(InputError, match="it has 'm' at position 1; expected amino acids in cap"):
        check_sequences(["mk"])


# ---- Morgan ----


def test_morgan_counts_surroundings_whatever_the_writing(tmp_path):
    encoder = open_encoder("morgan", home=tmp_path)
    vectors = encoder.encode(["CCO", "OCC", "CCCCCC"])
    assert vectors.shape == (3, 2048)
    assert vectors.dtype == np.float32
    assert (vectors[0] == vectors[1]).all()
    # hexane: two CH3 and four CH2, told apart by their bonds and hydrogens
    assert np.isclose(vectors[2], np.log1p(2)).any()
    assert np.isclose(vectors[2], np.log1p(4)).any()
    assert Morgan().encode([]).shape == (0, 2048)


def test_morgan_gives_no_vector_of_zeros_for_a_molecule_it_cannot_read():
    with pytest.raises(InputError, match=r"molecule 1 \('C1'\)"):
        Morgan().encode(["C", "C1"])


# ---- ESM2 in miniature, through fair-esm ----


@pytest.fixture(autouse=True)
def _straight_to_this_machine(monkeypatch):
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture(scope="module")
def esm2_file(tmp_path_factory):
    return save_esm2(tmp_path_factory.mktemp("esm2") / "tiny.pt")


def test_esm2_agrees_with_fair_esm(tmp_path, esm2_file):
    import torch

    encoder = open_encoder("esm2_t6_8M_UR50D", home=tmp_path, weights=esm2_file, device="cpu")
    assert (encoder.dimension, encoder.modality) == (16, Modality.PROTEIN)
    vectors = encoder.encode(PROTEINS)
    model = encoder._model
    convert = model.alphabet.get_batch_converter()
    for sequence, vector in zip(PROTEINS, vectors, strict=True):
        tokens = convert([("", sequence)])[2]
        with torch.inference_mode():
            states = model(tokens, repr_layers=[2])["representations"][2][0, 1:-1]
        assert np.allclose(vector, states.mean(dim=0), atol=1e-5)


def test_esm2_reads_long_proteins_in_windows_to_their_end(esm2_file):
    encoder = ESM2("tiny", esm2_file, longest=40, overlap=10)
    protein = random_sequence(130, 5)
    changed = protein[:-1] + ("A" if protein[-1] != "A" else "C")
    vectors = encoder.encode([protein, protein[:40], changed])
    assert not np.allclose(vectors[0], vectors[1], atol=1e-4)
    assert not np.allclose(vectors[0], vectors[2], atol=1e-5)
    assert encoder.hash != ESM2("tiny", esm2_file).hash


def test_esm2_takes_letters_that_it_does_not_know(esm2_file):
    assert np.isfinite(ESM2("tiny", esm2_file).encode(["MJX"])).all()


def test_a_file_that_is_no_esm2_is_named(tmp_path):
    import torch

    (tmp_path / "w.pt").write_bytes(b"nothing")
    torch.save({"model": {}}, tmp_path / "v.pt")
    for name in ("w.pt", "v.pt"):
        with pytest.raises(ArtifactError, match=f"{name} cannot be read as ESM2 weights"):
            ESM2("tiny", tmp_path / name).encode(["MK"])


def test_weights_that_would_run_code_are_refused(tmp_path):
    import torch

    torch.save({"cfg": Silent(), "model": {}}, tmp_path / "w.pt")
    with pytest.raises(ArtifactError, match="cannot be read as ESM2 weights"):
        ESM2("tiny", tmp_path / "w.pt").encode(["MK"])


# ---- transformers of the hub in miniature ----


@pytest.fixture(scope="module", params=["bert", "roberta"])
def folder(request, tmp_path_factory):
    return save_transformer(tmp_path_factory.mktemp(request.param), request.param)


def test_a_molecule_transformer_gives_the_mean_over_tokens(tmp_path, folder):
    import torch

    encoder = open_encoder("chemberta", home=tmp_path, weights=folder, device="cpu")
    vectors = encoder.encode(SMILES)
    assert (encoder.dimension, vectors.shape) == (16, (4, 16))
    written = "CCO"
    ids = encoder._tokenizer(written, return_tensors="pt")
    with torch.inference_mode():
        states = encoder._model(**ids).last_hidden_state[0, 1:-1]
    assert np.allclose(vectors[1], states.mean(dim=0), atol=1e-5)
    alone = np.concatenate([encoder.encode([smiles]) for smiles in SMILES])
    assert np.allclose(vectors, alone, atol=1e-5)


def test_a_molecule_has_one_vector_however_it_is_written(tmp_path, folder):
    encoder = open_encoder("molformer", home=tmp_path, weights=folder, device="cpu")
    assert np.allclose(*encoder.encode(["C(O)C", "OCC"]), atol=1e-6)


def test_a_molecule_longer_than_the_model_reads_is_not_cut(tmp_path, folder):
    encoder = open_encoder("chemberta", home=tmp_path, weights=folder, device="cpu")
    assert encoder._longest == 22
    vectors = encoder.encode(["C" * 60, "C" * 59 + "O"])
    assert np.abs(vectors[0] - vectors[1]).max() > 1e-4


def test_a_text_transformer_gives_unit_vectors_of_any_text(tmp_path, folder):
    encoder = open_encoder("pubmedbert", home=tmp_path, weights=folder, device="cpu")
    vectors = encoder.encode(["kinase", "", "a long text about kinases " * 9])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert encoder.encode([]).shape == (0, 16)


def test_a_molecule_that_a_transformer_cannot_take_is_named(tmp_path, folder):
    encoder = open_encoder("chemberta", home=tmp_path, weights=folder, device="cpu")
    with pytest.raises(InputError, match=r"molecule 0 \('C1'\)"):
        encoder.encode(["C1"])


def test_a_folder_without_a_model_is_named(tmp_path):
    encoder = open_encoder("pubmedbert", home=tmp_path, weights=tmp_path, device="cpu")
    with pytest.raises(ArtifactError, match="cannot be read as pubmedbert"):
        encoder.encode(["a"])


def test_the_hash_of_a_folder_changes_with_its_weights(tmp_path):
    hashes = {
        open_encoder("chemberta", home=tmp_path, weights=folder, device="cpu").hash
        for folder in (
            save_transformer(tmp_path / "a", "bert"),
            save_transformer(tmp_path / "b", "bert", longest=30),
        )
    }
    assert len(hashes) == 2


# ---- sentence-transformers in miniature: its import alone takes longer than all tests above ----


@pytest.mark.integration
def test_a_folder_of_sentence_transformers_gives_unit_vectors_and_cuts_nothing(tmp_path):
    from sentence_transformers import SentenceTransformer

    # a folder of plain transformers gets mean pooling
    model = SentenceTransformer(str(save_transformer(tmp_path / "inner", "bert")), device="cpu")
    model.max_seq_length = 20
    model.save(str(tmp_path / "model"))
    name = f"sentence-transformers:{tmp_path / 'model'}"
    encoder = open_encoder(name, home=tmp_path, device="cpu", offline=True)
    short, long = "kinase", "kinases bind adenosine and pass its phosphate on to proteins"
    vectors = encoder.encode([short, long, long[:-1] + "x"])
    assert (encoder.name, encoder.dimension, vectors.shape) == (name, 16, (3, 16))
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], model.encode(short, normalize_embeddings=True), atol=1e-5)
    assert np.abs(vectors[1] - vectors[2]).max() > 1e-4
    with pytest.raises(ArtifactError, match="cannot be read as a model of sentence-transformers"):
        empty = tmp_path / "empty"
        empty.mkdir()
        open_encoder(f"sentence-transformers:{empty}", home=tmp_path, device="cpu").encode(["a"])
