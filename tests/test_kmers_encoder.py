"""The encoder that needs no model: profiles of short words."""

import random

import numpy as np
import pytest
from world import BACTERIAL, KINASE, LACTASE, mutated, random_sequence

from bbqa.encoders import open_encoder
from bbqa.encoders.kmers import FITTED, OTHER, KmerProfile, codes_of, fit, plain_numbers, words
from bbqa.errors import ArtifactError
from bbqa.schema import Modality

SEQUENCES = [random_sequence(60, seed) for seed in range(50)]


@pytest.fixture(scope="module")
def kmers():
    return KmerProfile()


@pytest.fixture(scope="module")
def fitted(tmp_path_factory):
    path = tmp_path_factory.mktemp("kmers") / "new" / "kmers.safetensors"
    fit(SEQUENCES, path)
    return path


def cosine(left, right):
    return float(left @ right / np.linalg.norm(left) / np.linalg.norm(right))


def test_it_is_among_the_encoders(tmp_path):
    encoder = open_encoder("kmers", home=tmp_path)
    assert (encoder.name, encoder.modality, encoder.dimension) == ("kmers", Modality.PROTEIN, 450)
    assert len(encoder.hash) == 16


def test_the_same_protein_has_the_same_vector_always(kmers):
    first, again = kmers.encode([KINASE])[0], KmerProfile().encode([KINASE])[0]
    assert first.shape == (450,)
    assert first.dtype == np.float32
    assert np.array_equal(first, again)


def test_a_vector_does_not_depend_on_what_else_is_encoded(kmers):
    together = kmers.encode([KINASE, LACTASE, BACTERIAL])
    alone = np.concatenate([kmers.encode([s]) for s in (KINASE, LACTASE, BACTERIAL)])
    assert np.array_equal(together, alone)


def test_nothing_gives_no_vectors(kmers):
    assert kmers.encode([]).shape == (0, 450)


def test_letters_that_are_none_of_the_twenty_are_left_out_of_words():
    assert codes_of("AXC*Y").tolist() == [0, OTHER, 1, OTHER, 19]
    assert words(codes_of("ACXCA"), 20, 2).tolist() == [1, 20]
    assert words(codes_of("AC"), 20, 3).tolist() == []
    assert plain_numbers(codes_of("ACX")) == pytest.approx(plain_numbers(codes_of("AC")))


def test_unknown_letters_at_the_ends_change_nothing(kmers):
    assert np.array_equal(kmers.encode([KINASE])[0], kmers.encode([f"XX{KINASE}X"])[0])


@pytest.mark.parametrize("sequence", ["M", "MK", "X", "XXXXXXXX", "MKV", "U", "W" * 19, "W" * 20])
def test_the_shortest_and_emptiest_sequences_give_finite_numbers(kmers, sequence):
    assert np.isfinite(kmers.encode([sequence])).all()


def test_the_order_of_residues_matters(kmers):
    shuffled = "".join(random.Random(0).sample(KINASE, len(KINASE)))
    left, right = kmers.encode([KINASE, shuffled])
    assert cosine(left[:384], right[:384]) < 0.9


def test_relatives_are_nearer_than_strangers(kmers):
    own, relative, stranger = kmers.encode([KINASE, mutated(KINASE, 0.2), LACTASE])
    assert cosine(own[:384], relative[:384]) > cosine(own[:384], stranger[:384]) + 0.1


def test_composition_and_hydropathy_are_counted_as_they_are():
    numbers = plain_numbers(codes_of("I" * 30 + "R" * 30))
    composition = dict(zip("ACDEFGHIKLMNPQRSTVWY", numbers[:20], strict=True))
    assert composition == pytest.approx(dict.fromkeys(composition, 0) | {"I": 0.5, "R": 0.5})
    assert numbers[20:40].max() == numbers[40:60].max() == 1
    highest, lowest, share, length, at_start, begins = numbers[60:]
    assert (highest, lowest, at_start) == pytest.approx((4.5, -4.5, 4.5))
    # Windows of 19 with at least 13 I: those that begin at residues 0 to 17, of 42.
    assert share == pytest.approx(18 / 42)
    assert length == pytest.approx(np.log(60))
    assert begins == 0


def test_a_stretch_across_the_membrane_is_counted():
    assert plain_numbers(codes_of("R" * 30 + "I" * 25 + "R" * 30 + "L" * 25))[-1] == 2


def test_what_is_fitted_on_toy_sequences_encodes(fitted):
    vectors = KmerProfile(fitted).encode(SEQUENCES[:5])
    assert vectors.shape == (5, 450)
    assert np.isfinite(vectors).all()
    assert KmerProfile(fitted).hash != KmerProfile().hash


def test_fitting_twice_gives_the_same_file(fitted, tmp_path):
    again = tmp_path / "again.safetensors"
    fit(SEQUENCES, again)
    assert again.read_bytes() == fitted.read_bytes()


def test_the_axes_of_a_view_stand_at_right_angles():
    from safetensors.numpy import load_file

    projection = load_file(FITTED)["projection.1"].astype(np.float32)
    assert projection.T @ projection == pytest.approx(np.eye(128), abs=0.01)


def test_the_hash_names_the_projections(fitted, tmp_path):
    copy = tmp_path / "copy.safetensors"
    copy.write_bytes(fitted.read_bytes())
    assert KmerProfile(copy).hash == KmerProfile(fitted).hash
    assert open_encoder("kmers", home=tmp_path, weights=copy).hash == KmerProfile(copy).hash


@pytest.mark.parametrize("content", [b"", b"no projections", b"\x08" * 400])
def test_a_broken_file_is_an_error_that_names_it(tmp_path, content):
    path = tmp_path / "broken.safetensors"
    path.write_bytes(content)
    with pytest.raises(ArtifactError, match=r"broken\.safetensors cannot be read as") as caught:
        KmerProfile(path).encode([KINASE])
    assert caught.value.hint == "install bbqa again"


def test_a_file_of_something_else_is_an_error(tmp_path):
    from safetensors.numpy import save_file

    path = tmp_path / "other.safetensors"
    save_file({"weight": np.zeros(3, np.float32)}, path)
    with pytest.raises(ArtifactError, match="cannot be read as projections of k-mers"):
        KmerProfile(path).encode([KINASE])


def test_a_missing_file_is_an_error_for_its_hash_too(tmp_path):
    missing = KmerProfile(tmp_path / "nowhere.safetensors")
    with pytest.raises(ArtifactError, match=r"nowhere\.safetensors cannot be read"):
        print(missing.hash)
    with pytest.raises(ArtifactError, match=r"nowhere\.safetensors cannot be read"):
        missing.encode([KINASE])


def test_many_proteins_are_reported_few_are_not():
    class Bars:
        def __init__(self):
            self.titles, self.done = [], 0

        def bar(self, title, total, *, unit=""):
            self.titles.append((title, total, unit))
            return self

        def advance(self, amount):
            self.done += amount

    few, many = Bars(), Bars()
    KmerProfile().encode(["MKV"], few)
    KmerProfile().encode(["MKV"] * 2000, many)
    assert few.titles == []
    assert many.titles == [("encoding with k-mers", 2000, "proteins")]
    assert many.done == 2000
