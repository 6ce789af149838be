"""all-MiniLM-L6-v2: texts become unit vectors of 384 dimensions whose cosine is their likeness.

The forward pass is written out in numpy: importing PyTorch and sentence-transformers takes longer
than a whole answer without a language model may take. What comes out agrees with
sentence-transformers (a test compares them).

Source: Reimers and Gurevych, "Sentence-BERT", 2019, arXiv:1908.10084; Devlin et al., "BERT", 2018,
arXiv:1810.04805; Wang et al., "MiniLM", 2020, arXiv:2002.10957. Sizes below are the model's own
configuration.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

if TYPE_CHECKING:
    from tokenizers import Encoding, Tokenizer

LAYERS: Final = 6
HEADS: Final = 12
DIMENSION: Final = 384
MAX_TOKENS: Final = 256
EPSILON: Final = np.float32(1e-12)

TOKENS_PER_BATCH: Final = 512
"""Larger batches are no faster, and their intermediate results no longer fit the cache."""

ANNOUNCED: Final = 64
"""From this many texts on, encoding may take long enough to be worth a progress bar."""

Array = npt.NDArray[np.float32]


class TextEncoder:
    """The frozen encoder all-MiniLM-L6-v2. Its files are read at the first text.

    Args:
        weights: ``model.safetensors``.
        tokenizer: ``tokenizer.json``.
        hash: Names the two files; see ``Encoder.hash``.
    """

    name = "all-MiniLM-L6-v2"
    modality = Modality.ENTITY
    dimension = DIMENSION
    licence = "Apache-2.0"

    def __init__(self, weights: Path, tokenizer: Path, *, hash: str) -> None:
        self.hash = hash
        self._weights_file = weights
        self._tokenizer_file = tokenizer

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Array:
        """Unit vectors, float32 [n, 384]; of a text only the first 256 tokens count.

        Raises:
            ArtifactError: A file of the model cannot be read.
        """
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        reporter = progress if progress and len(texts) >= ANNOUNCED else Silent()
        bar = reporter.bar("encoding texts", max(len(texts), 1), unit="texts")
        encodings: list[Encoding] = self._tokenizer.encode_batch(list(texts))
        for rows in _batches([len(encoding) for encoding in encodings]):
            tokens, mask = _pad([encodings[row].ids for row in rows])
            vectors[rows] = self._pool(self._forward(tokens, mask), mask)
            bar.advance(len(rows))
        return vectors

    def pieces(self, word: str) -> int:
        """How many pieces of the vocabulary make up a word: 1 for common ones, more for rare."""
        return len(self._tokenizer.encode(word, add_special_tokens=False).ids)

    def rank(self, word: str) -> int | None:
        """Place of a word in the vocabulary, which is sorted by frequency; None if not in it."""
        place: int | None = self._tokenizer.token_to_id(word)
        return place

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        from tokenizers import Tokenizer

        try:
            tokenizer = Tokenizer.from_file(str(self._tokenizer_file))
        except Exception as error:  # the library raises nothing more specific
            raise _unreadable(self._tokenizer_file, error) from error
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()
        return tokenizer

    @cached_property
    def _weights(self) -> dict[str, Array]:
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            weights: dict[str, Array] = load_file(self._weights_file)
        except (OSError, SafetensorError) as error:
            raise _unreadable(self._weights_file, error) from error
        return weights

    # the forward pass; B texts of at most L tokens, H heads, D dimensions

    def _forward(self, tokens: npt.NDArray[np.int64], mask: Array) -> Array:
        """What the last layer says of each token, float32 [B, L, D].

        Args:
            tokens: Numbers of the tokens, [B, L].
            mask: 1 for a token, 0 for padding, [B, L].
        """
        hidden = self._embed(tokens)
        # added to the attention scores: padding gets no attention
        bias = (1 - mask)[:, None, None, :] * np.float32(-1e9)
        for layer in range(LAYERS):
            prefix = f"encoder.layer.{layer}."
            attended = self._attend(hidden, bias, prefix + "attention.")
            hidden = self._norm(hidden + attended, prefix + "attention.output.LayerNorm")
            inner = gelu(self._linear(hidden, prefix + "intermediate.dense"))
            outer = self._linear(inner, prefix + "output.dense")
            hidden = self._norm(hidden + outer, prefix + "output.LayerNorm")
        return hidden

    def _embed(self, tokens: npt.NDArray[np.int64]) -> Array:
        words, places, types = (
            self._weights[f"embeddings.{kind}_embeddings.weight"]
            for kind in ("word", "position", "token_type")
        )
        summed = words[tokens] + places[: tokens.shape[1]] + types[0]
        return self._norm(summed, "embeddings.LayerNorm")

    def _attend(self, hidden: Array, bias: Array, prefix: str) -> Array:
        """Multi-head self-attention of [B, L, D] with its output projection."""
        texts, length, _ = hidden.shape
        query, key, value = (
            self._linear(hidden, f"{prefix}self.{part}")
            .reshape(texts, length, HEADS, DIMENSION // HEADS)
            .transpose(0, 2, 1, 3)
            for part in ("query", "key", "value")
        )
        scores = query @ key.transpose(0, 1, 3, 2)
        scores *= np.float32((DIMENSION // HEADS) ** -0.5)
        mixed = softmax(scores + bias) @ value
        together = mixed.transpose(0, 2, 1, 3).reshape(texts, length, DIMENSION)
        return self._linear(together, prefix + "output.dense")

    def _linear(self, given: Array, name: str) -> Array:
        weight = self._weights[f"{name}.weight"]
        # one large product is faster than one for each text
        product: Array = given.reshape(-1, given.shape[-1]) @ weight.T
        product += self._weights[f"{name}.bias"]
        return product.reshape(*given.shape[:-1], len(weight))

    def _norm(self, given: Array, name: str) -> Array:
        """Layer normalisation over the last axis."""
        centred: Array = given - given.mean(axis=-1, keepdims=True)
        centred /= np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + EPSILON)
        centred *= self._weights[f"{name}.weight"]
        centred += self._weights[f"{name}.bias"]
        return centred

    @staticmethod
    def _pool(hidden: Array, mask: Array) -> Array:
        """The mean over a text's tokens, scaled to length 1, [B, D]."""
        mean = (hidden * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        pooled: Array = mean / np.linalg.norm(mean, axis=1, keepdims=True)
        return pooled


def _batches(lengths: Sequence[int]) -> Iterator[list[int]]:
    """Rows of texts of like length, longest first, padded to ``TOKENS_PER_BATCH`` at most."""
    order = sorted(range(len(lengths)), key=lambda row: -lengths[row])
    start = 0
    while start < len(order):
        size = max(1, TOKENS_PER_BATCH // lengths[order[start]])
        yield order[start : start + size]
        start += size


def _pad(ids: Sequence[Sequence[int]]) -> tuple[npt.NDArray[np.int64], Array]:
    """Token numbers [B, L], 0 where a text has ended, and the mask [B, L]."""
    length = max(map(len, ids))
    tokens = np.array([[*text, *[0] * (length - len(text))] for text in ids], np.int64)
    ends = np.array([len(text) for text in ids])
    return tokens, (np.arange(length) < ends[:, None]).astype(np.float32)


def softmax(scores: Array) -> Array:
    """Shares that sum to 1 over the last axis; computed in place."""
    scores -= scores.max(axis=-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(axis=-1, keepdims=True)
    return scores


def gelu(values: Array) -> Array:
    """The Gaussian error linear unit, ``x * Phi(x)``, of contiguous values; computed in place.

    Source: Hendrycks and Gimpel, 2016, arXiv:1606.08415, in its exact form with ``erf``.
    """
    rows = values.reshape(-1, values.shape[-1])
    for start in range(0, len(rows), 64):  # what fits the cache is twice as fast
        part = rows[start : start + 64]
        part *= np.float32(0.5) + np.float32(0.5) * erf(part * np.float32(0.5**0.5))
    return values


def erf(values: Array) -> Array:
    """The error function, at most 5e-7 off (1.5e-7 by the formula, the rest by rounding).

    Source: Abramowitz and Stegun, Handbook of Mathematical Functions, 1964, formula 7.1.26.
    """
    size = np.abs(values)
    t = 1 / (1 + np.float32(0.3275911) * size)
    polynomial = np.float32(1.061405429) * t
    for coefficient in (-1.453152027, 1.421413741, -0.284496736, 0.254829592):
        polynomial += np.float32(coefficient)
        polynomial *= t
    polynomial *= np.exp(-size * size)
    result: Array = np.copysign(1 - polynomial, values)
    return result


def open_text_encoder(
    home: Path, progress: Progress | None = None, offline: bool = False
) -> TextEncoder:
    """The encoder, its two files fetched first if they are not here.

    Args:
        home: The cache folder.
        progress: Told of downloads.
        offline: Fetch nothing.

    Raises:
        ArtifactError: A file is not here and cannot be fetched.
    """
    from bbqa.artifacts import fetch, find

    assets = [find("minilm-l6-v2"), find("minilm-l6-v2-tokenizer")]
    weights, tokenizer = (
        fetch(asset, home=home, progress=progress, offline=offline) for asset in assets
    )
    named = " ".join([*(asset.sha256 for asset in assets), str(MAX_TOKENS)])
    return TextEncoder(weights, tokenizer, hash=hashlib.sha256(named.encode()).hexdigest()[:16])


def _unreadable(path: Path, error: Exception) -> ArtifactError:
    return ArtifactError(f"{path} cannot be read: {error}", hint="bbqa doctor")
