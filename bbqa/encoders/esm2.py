"""ESM2: a protein as the mean state of a transformer trained to fill in hidden residues.

Six sizes, through the package ``fair-esm``. The models were trained on crops of 1024 tokens;
longer proteins are read in overlapping windows, see ``bbqa.encoders.windows``.

Source: Lin et al., "Evolutionary-scale prediction of atomic-level protein structure with a
language model", Science 379 (2023), doi:10.1126/science.ade2574, and its table S1 for sizes.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.encoders.device import choose_device
from bbqa.encoders.hub import fetch_file, hash_files
from bbqa.encoders.refusals import check_sequences
from bbqa.encoders.windows import encode_windows
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

if TYPE_CHECKING:
    import torch

DIMENSIONS: Final = {
    "esm2_t6_8M_UR50D": 320,
    "esm2_t12_35M_UR50D": 480,
    "esm2_t30_150M_UR50D": 640,
    "esm2_t33_650M_UR50D": 1280,
    "esm2_t36_3B_UR50D": 2560,
    "esm2_t48_15B_UR50D": 5120,
}
"""The published models and the size of their vectors."""

LONGEST: Final = 1022
"""1024 tokens in training less one at each end."""
OVERLAP: Final = 256
RESIDUES_PER_BATCH: Final = 4096

_Untyped = Any
"""A model of fair-esm, which has no types."""

URL: Final = "https://dl.fbaipublicfiles.com/fair-esm/models/{name}.pt"


class ESM2:
    """A frozen encoder of the ESM2 family. Its weights are read when they are first needed.

    Args:
        name: As the makers call it.
        weights: A file in fair-esm's format.
        device: Where it runs: ``cpu``, ``cuda``, ``mps``.
        longest: Most residues that are read at once.
        overlap: Residues that neighbouring windows share at least.
    """

    modality = Modality.PROTEIN
    licence = "MIT"

    def __init__(
        self,
        name: str,
        weights: Path,
        *,
        device: str = "cpu",
        longest: int = LONGEST,
        overlap: int = OVERLAP,
    ) -> None:
        self.name = name
        self.device = device
        self._path = weights
        self._longest = longest
        self._overlap = overlap

    @property
    def dimension(self) -> int:
        """Numbers in a vector, as the weights have it."""
        return int(self._model.embed_dim)

    @cached_property
    def hash(self) -> str:
        """Of the weights' file and of how windows are cut."""
        return hash_files([self._path], self._longest, self._overlap)

    def encode(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> npt.NDArray[np.float32]:
        """One vector for each amino-acid sequence, float32 [n, D]: the mean over its residues.

        These are the model's own numbers, not scaled to length 1.

        Raises:
            InputError: A sequence is empty or is no protein; the message says which.
            ArtifactError: The weights cannot be read.
        """
        import torch

        check_sequences(texts)
        total = max(sum(map(len, texts)), 1)
        bar = (progress or Silent()).bar(f"encoding with {self.name}", total, unit="residues")
        with torch.inference_mode():
            return encode_windows(
                [len(text) for text in texts],
                lambda windows: self._states([texts[w.row][w.start : w.stop] for w in windows]),
                dimension=self.dimension,
                longest=self._longest,
                overlap=self._overlap,
                places_per_batch=RESIDUES_PER_BATCH,
                bar=bar,
            )

    def _states(self, sequences: Sequence[str]) -> torch.Tensor:
        """The last layer's state of each residue, [B, L, D]."""
        import torch

        model = self._model
        alphabet = model.alphabet
        length = max(map(len, sequences)) + 2
        tokens = torch.full((len(sequences), length), alphabet.padding_idx)
        for row, sequence in enumerate(sequences):
            # a letter that the model does not know becomes its token for that
            inside = [alphabet.get_idx(letter) for letter in sequence]
            written = [alphabet.cls_idx, *inside, alphabet.eos_idx]
            tokens[row, : len(written)] = torch.tensor(written)
        last = model.num_layers
        answer = model(tokens.to(self.device), repr_layers=[last])
        states: torch.Tensor = answer["representations"][last][:, 1:-1]
        return states

    @cached_property
    def _model(self) -> _Untyped:
        return _load(self._path).eval().to(self.device)


def _load(path: Path) -> _Untyped:
    """The model in a file, read without running anything that the file might contain.

    Raises:
        ArtifactError: It is no such file.
    """
    import argparse
    import pickle

    import torch
    from esm.pretrained import (
        load_model_and_alphabet_core,
    )

    try:
        with torch.serialization.safe_globals([argparse.Namespace]):
            stored = torch.load(path, map_location="cpu", weights_only=True)
        with warnings.catch_warnings():
            # weights for predicting contacts are in another file and are not needed
            warnings.filterwarnings("ignore", message="Regression weights not found")
            model, _ = load_model_and_alphabet_core("esm2", stored)
    except (OSError, RuntimeError, KeyError, AttributeError, EOFError, pickle.PickleError) as error:
        raise ArtifactError(
            f"{path} cannot be read as ESM2 weights: {error}",
            hint="give another file in fair-esm's format, or delete this one to fetch it again",
        ) from error
    return model


def open_esm2(
    name: str,
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> ESM2:
    """A model of the family, its weights fetched first if they are neither here nor given.

    Raises:
        ArtifactError: The weights are not here and cannot be fetched.
    """
    path = weights or fetch_file(
        URL.format(name=name),
        home / "hub" / "fair-esm" / f"{name}.pt",
        Modality.PROTEIN,
        name=name,
        progress=progress,
        offline=offline,
    )
    return ESM2(name, path, device=choose_device(device))
