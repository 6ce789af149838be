"""Any text encoder that ``sentence-transformers`` loads, by its name in the hub or by a folder.

Texts longer than the model reads are cut into overlapping windows of whole tokens, whose vectors
are averaged by length.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.encoders.device import choose_device
from bbqa.encoders.hub import fetch_model, hash_files
from bbqa.encoders.windows import cut
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

PREFIX: Final = "sentence-transformers:"
TEXTS_PER_BATCH: Final = 32
OVERLAPPING_SHARE: Final = 4

Array = npt.NDArray[np.float32]
_Untyped = Any
"""Models of sentence-transformers, which mypy does not see into."""


class SentenceEncoder:
    """A frozen model of sentence-transformers in a folder, read when it is first needed.

    Args:
        name: What bbqa calls it.
        folder: As ``SentenceTransformer.save`` writes it.
        device: Where it runs: ``cpu``, ``cuda``, ``mps``.
    """

    modality = Modality.ENTITY
    licence = "as its makers state; see the model's own page"

    def __init__(self, name: str, folder: Path, *, device: str = "cpu") -> None:
        self.name = name
        self.device = device
        self._folder = folder

    @cached_property
    def dimension(self) -> int:
        """Numbers in a vector, counted: the library's word for it changes with its version."""
        return int(self._model.encode(["a"], show_progress_bar=False).shape[1])

    @cached_property
    def hash(self) -> str:
        """Of all files in the folder."""
        files = [path for path in self._folder.rglob("*") if path.is_file()]
        return hash_files(files, OVERLAPPING_SHARE)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Array:
        """Unit vectors, float32 [n, D].

        Raises:
            ArtifactError: The folder has no model.
        """
        pieces = [
            (row, piece, share)
            for row, text in enumerate(texts)
            for piece, share in self._cut(text)
        ]
        order = sorted(range(len(pieces)), key=lambda number: -len(pieces[number][1]))
        bar = (progress or Silent()).bar(
            f"encoding with {self.name}", max(len(pieces), 1), unit="texts"
        )
        sums = np.zeros((len(texts), self.dimension), np.float32)
        for start in range(0, len(order), TEXTS_PER_BATCH):
            chosen = [pieces[number] for number in order[start : start + TEXTS_PER_BATCH]]
            vectors = self._model.encode(
                [piece for _, piece, _ in chosen],
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
            for (row, _, share), vector in zip(chosen, vectors, strict=True):
                sums[row] += share * vector
            bar.advance(len(chosen))
        scaled: Array = sums / np.linalg.norm(sums, axis=1, keepdims=True)
        return scaled

    def _cut(self, text: str) -> list[tuple[str, float]]:
        """The pieces of a text that the model can read whole, with the tokens each counts for."""
        longest = self._model.max_seq_length
        if longest is None or len(text) < longest:  # a token has a character at least
            return [(text, 1.0)]
        encoded = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, truncation=False
        )
        places = encoded["offset_mapping"]
        room = longest - self._model.tokenizer.num_special_tokens_to_add()
        return [
            (text[places[w.start][0] : places[w.stop - 1][1]], float(w.weights.sum()))
            for w in cut(0, len(places), room, room // OVERLAPPING_SHARE)
        ]

    @cached_property
    def _model(self) -> _Untyped:
        from sentence_transformers import SentenceTransformer

        try:
            return SentenceTransformer(str(self._folder), device=self.device, local_files_only=True)
        except Exception as error:  # whatever the library raises
            raise ArtifactError(
                f"{self._folder} cannot be read as a model of sentence-transformers: {error}",
                hint="give a folder as SentenceTransformer.save writes it",
            ) from error


def open_sentence_encoder(
    name: str,
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> SentenceEncoder:
    """The encoder ``sentence-transformers:NAME_OR_PATH``, fetched first if it is a name.

    Raises:
        ArtifactError: The model is not here and cannot be fetched.
    """
    wanted = name.removeprefix(PREFIX)
    given = weights or (Path(wanted) if Path(wanted).is_dir() else None)
    folder = given or fetch_model(wanted, home, Modality.ENTITY, progress=progress, offline=offline)
    return SentenceEncoder(name, folder, device=choose_device(device))
