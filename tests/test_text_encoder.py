"""The text encoder's own arithmetic, and that it agrees with sentence-transformers."""

import math
from pathlib import Path

import numpy as np
import pytest
from world import WordEncoder

from bbqa.encoders import ENCODERS
from bbqa.encoders.text import DIMENSION, TextEncoder, erf, gelu, open_text_encoder, softmax
from bbqa.encoders.vectors import TextVectors, encode_once, hash_texts
from bbqa.errors import ArtifactError
from bbqa.settings import default_home

# Names of functions, processes, diseases and drugs; questions; one text longer than 256 tokens.
TEXTS = [
    "What does this protein do?",
    "Which diseases is BRCA1 linked to?",
    "protein tyrosine kinase activity",
    "epidermal growth factor receptor signaling pathway",
    "integral component of plasma membrane",
    "Hereditary breast and ovarian cancer syndrome",
    "Aspirin (acetylsalicylic acid; ASA)",
    "a",
    "",
    "β-galactosidase, 37 °C, pH 7.4",
    "DNA repair " * 200,
    "mitochondrion",
    "Seizure (fits; epileptic attacks)",
    "phosphatidylinositol-3,4,5-trisphosphate binding",
    "EGFR (Epidermal growth factor receptor; ERBB1). Enables ATP binding.",
    "negative regulation of transcription by RNA polymerase II",
    "Alzheimer disease",
    "Where in the cell is it found?",
    "antineoplastic agent",
    "Which drugs act on the histamine H1 receptor, and how strongly?",
]


class CountingEncoder(WordEncoder):
    """Counts how many texts it was asked for, and can break off."""

    def __init__(self, break_after: int | None = None) -> None:
        self.encoded = 0
        self.break_after = break_after

    def encode(self, texts, progress=None):
        if self.break_after is not None and self.encoded >= self.break_after:
            raise KeyboardInterrupt
        self.encoded += len(texts)
        return super().encode(texts)


def numbered(n):
    return [f"text number {i} of many" for i in range(n)]


def test_erf_is_off_by_at_most_half_a_millionth():
    values = np.linspace(-6, 6, 20001, dtype=np.float32)
    exact = np.array([math.erf(value) for value in values])
    assert np.abs(erf(values) - exact).max() <= 5e-7


def test_gelu_is_x_times_the_normal_distribution():
    values = np.linspace(-5, 5, 3000, dtype=np.float32).reshape(10, 100, 3)
    exact = [x * 0.5 * (1 + math.erf(x / math.sqrt(2))) for x in values.ravel().tolist()]
    assert np.allclose(gelu(values.copy()).ravel(), exact, atol=2e-6)


def test_softmax_gives_shares_and_none_to_padding():
    shares = softmax(np.array([[1.0, 1.0, -1e9]], np.float32))
    assert shares.tolist() == [[0.5, 0.5, 0.0]]


def test_a_missing_model_file_is_named(tmp_path):
    encoder = TextEncoder(tmp_path / "w", tmp_path / "tokenizer.json", hash="none")
    with pytest.raises(ArtifactError, match=r"tokenizer\.json cannot be read") as caught:
        encoder.encode(["a"])
    assert caught.value.hint == "bbqa doctor"


def test_opening_an_encoder_offline_without_its_files_says_what_is_missing(tmp_path):
    with pytest.raises(ArtifactError, match="minilm-l6-v2"):
        ENCODERS["all-MiniLM-L6-v2"](tmp_path, None, True)


def test_stored_vectors_keep_their_direction(tmp_path):
    vectors = np.random.default_rng(0).normal(size=(200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    hashes = hash_texts(numbered(200), "an encoder")
    TextVectors.empty(384).with_more(hashes, vectors).write(tmp_path / "vectors.parquet")
    stored = TextVectors.read(tmp_path / "vectors.parquet")
    assert len(stored) == 200
    assert (stored.take(hashes) * vectors).sum(axis=1).min() > 0.9999
    assert np.allclose(np.linalg.norm(stored.take(hashes), axis=1), 1, atol=1e-6)


def test_a_text_has_another_hash_with_another_encoder():
    assert hash_texts(["a", "b"], "one").tolist() != hash_texts(["a", "b"], "two").tolist()
    assert hash_texts(["a"], "one") == hash_texts(["b", "a"], "one")[1]


def test_a_text_without_a_stored_vector_is_refused():
    with pytest.raises(KeyError, match="2 of 2 texts have no vector"):
        TextVectors.empty(4).take(hash_texts(["a", "b"], "one"))


def test_of_stored_vectors_those_of_some_texts_can_be_kept():
    hashes = hash_texts(numbered(5), "one")
    stored = TextVectors.empty(2).with_more(hashes, np.eye(5, 2, dtype=np.float32))
    assert sorted(stored.only(hashes[:2]).hashes) == sorted(hashes[:2])


def test_texts_whose_vectors_are_shipped_are_not_encoded_again():
    first, second = CountingEncoder(), CountingEncoder()
    texts = numbered(20)
    hashes = hash_texts(texts[:15], first.hash)
    shipped = TextVectors.empty(32).with_more(hashes, first.encode(texts[:15]))
    vectors = encode_once(texts, second, shipped=shipped)
    assert second.encoded == 5
    assert (vectors * first.encode(texts)).sum(axis=1).min() > 0.9998


def test_the_same_text_twice_has_the_same_vector():
    vectors = encode_once(["one", "two", "one"], WordEncoder())
    assert (vectors[0] == vectors[2]).all()
    assert not (vectors[0] == vectors[1]).all()


def test_encoding_that_was_stopped_goes_on_where_it_was(tmp_path):
    texts = numbered(1200)
    with pytest.raises(KeyboardInterrupt):
        encode_once(texts, CountingEncoder(break_after=1000), save_to=tmp_path / "vectors")
    rest = CountingEncoder()
    vectors = encode_once(texts, rest, save_to=tmp_path / "vectors")
    assert rest.encoded == 200
    assert (vectors * rest.encode(texts)).sum(axis=1).min() > 0.9998


def test_shipped_vectors_of_another_dimension_are_left_aside():
    encoder = CountingEncoder()
    encode_once(["one"], encoder, shipped=TextVectors.empty(384))
    assert encoder.encoded == 1


def test_a_broken_file_of_saved_vectors_is_made_anew(tmp_path):
    (tmp_path / "vectors").write_bytes(b"not Parquet")
    encode_once(["one"], WordEncoder(), save_to=tmp_path / "vectors")
    assert len(TextVectors.read(tmp_path / "vectors")) == 1


def test_a_broken_file_of_shipped_vectors_is_an_error_with_its_name(tmp_path):
    (tmp_path / "vectors").write_bytes(b"not Parquet")
    with pytest.raises(ArtifactError, match="vectors cannot be read as text vectors") as caught:
        TextVectors.read(tmp_path / "vectors")
    assert caught.value.hint == "install bbqa again"


@pytest.mark.integration
def test_vectors_agree_with_sentence_transformers(tmp_path):
    from sentence_transformers import SentenceTransformer

    from bbqa.artifacts import fetch
    from bbqa.encoders.text import MAX_TOKENS

    home = default_home()
    encoder = open_text_encoder(home)
    _lay_out_for_transformers(
        tmp_path,
        weights=fetch("minilm-l6-v2", home=home),
        tokenizer=fetch("minilm-l6-v2-tokenizer", home=home),
    )
    theirs = SentenceTransformer(str(tmp_path), device="cpu")  # pools by the mean if not told
    theirs.max_seq_length = MAX_TOKENS
    expected = theirs.encode(TEXTS, normalize_embeddings=True)
    vectors = encoder.encode(TEXTS)
    assert vectors.dtype == np.float32
    assert (vectors * expected).sum(axis=1).min() > 0.9999


@pytest.mark.integration
def test_no_texts_and_reordered_texts_encode_to_what_they_should(tmp_path):
    encoder = open_text_encoder(default_home())
    assert encoder.encode([]).shape == (0, DIMENSION)
    forward, backward = encoder.encode(TEXTS), encoder.encode(TEXTS[::-1])[::-1]
    assert np.allclose(forward, backward, atol=1e-5)


def _lay_out_for_transformers(folder: Path, *, weights: Path, tokenizer: Path) -> None:
    """A folder as transformers reads it; the sizes are the model's."""
    import json

    config = {
        "architectures": ["BertModel"],
        "model_type": "bert",
        "hidden_size": 384,
        "intermediate_size": 1536,
        "num_attention_heads": 12,
        "num_hidden_layers": 6,
        "vocab_size": 30522,
    }
    (folder / "config.json").write_text(json.dumps(config))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True})
    )
    (folder / "model.safetensors").symlink_to(weights)
    (folder / "tokenizer.json").symlink_to(tokenizer)
