"""UniRep: a protein as the mean state of a language model that read it residue by residue.

A multiplicative LSTM (mLSTM) with weight normalisation, one layer of 1900 units or four layers
of 64 or 256, trained to name the next residue on UniRef50. The vector is the mean of the last
layer's hidden state over all positions. A recurrent network has no longest input: nothing is
windowed or cut.

Sources: Alley et al., "Unified rational protein engineering with sequence-based deep
representation learning", Nature Methods 16 (2019), doi:10.1038/s41592-019-0598-1; Krause et al.,
"Multiplicative LSTM for sequence modelling", 2016, arXiv:1609.07959, equations 8 to 11.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bbqa.encoders.device import choose_device
from bbqa.encoders.refusals import check_sequences
from bbqa.encoders.windows import by_length
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

if TYPE_CHECKING:
    import torch

SIZES: Final = (64, 256, 1900)
START: Final = 24
LETTERS: Final = "-MRHKDESTNQCUGPAVIFYWLOX"
"""The model's alphabet by its own numbers; 0 is padding, 24 begins and 25 ends a protein."""
UNKNOWN: Final = LETTERS.index("X")
_NUMBERS: Final = {letter: number for number, letter in enumerate(LETTERS) if number}
PROTEINS_PER_BATCH: Final = 64
RESIDUES_PER_BATCH: Final = 1 << 16
"""Padding counted; the states of a batch take 4 U bytes for each: 500 MB for 1900 units."""

Array = npt.NDArray[np.float32]


class Layer(NamedTuple):
    """Weights of one mLSTM layer of U units that reads I numbers, normalised already.

    Attributes:
        wx: From the input to the four gates, [I, 4 U]; gates in the order i, f, o, u.
        wm: From the intermediate state to the gates, [U, 4 U].
        wmx: From the input to the intermediate state, [I, U].
        wmh: From the hidden to the intermediate state, [U, U].
        b: Of the gates, [4 U].
    """

    wx: torch.Tensor
    wm: torch.Tensor
    wmx: torch.Tensor
    wmh: torch.Tensor
    b: torch.Tensor


class UniRep:
    """The frozen encoder UniRep. Its weights are read at the first protein.

    Args:
        weights: ``model_weights.npz`` with embedding, mLSTM layers and output layer.
        units: 64, 256 or 1900: D.
        hash: Names the weights; see ``Encoder.hash``.
        device: Where it runs: ``cpu``, ``cuda``, ``mps``.
    """

    modality = Modality.PROTEIN
    licence = "CC BY-NC 4.0"

    def __init__(self, weights: Path, *, units: int, hash: str, device: str = "cpu") -> None:
        self.name = f"unirep-{units}"
        self.dimension = units
        self.hash = hash
        self.device = device
        self._path = weights
        self._weights: tuple[torch.Tensor, list[Layer]] | None = None

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Array:
        """One vector for each amino-acid sequence, float32 [n, D]; see ``Encoder.encode``.

        These are UniRep's own numbers, not scaled to length 1.

        Raises:
            ArtifactError: The weights cannot be read.
            InputError: A sequence is empty or is no protein; see ``check_sequences``.
        """
        import torch

        check_sequences(texts)
        total = max(sum(map(len, texts)), 1)
        bar = (progress or Silent()).bar(f"encoding with {self.name}", total, unit="residues")
        vectors = np.empty((len(texts), self.dimension), np.float32)
        lengths = [len(sequence) for sequence in texts]
        with torch.inference_mode():
            for rows in by_length(lengths, RESIDUES_PER_BATCH, PROTEINS_PER_BATCH):
                vectors[rows] = self._encode_batch([texts[row] for row in rows])
                bar.advance(sum(lengths[row] for row in rows))
        return vectors

    def next_residue_logits(self, sequence: str) -> Array:
        """What the model expects at each residue, having read those before it, [L, 25].

        A column is a letter's number less one (``LETTERS``), the last the end.
        """
        import torch

        with torch.inference_mode():
            states = self._states([sequence])[:, 0].cpu().numpy()
        with np.load(self._path) as stored:
            logits: Array = states @ stored["dense.w"] + stored["dense.b"]
        return logits[:-1]

    def _encode_batch(self, sequences: Sequence[str]) -> Array:
        """Mean states of sequences that come longest first, float32 [B, D]."""
        import torch

        lengths = torch.tensor([len(s) + 1 for s in sequences], device=self.device)
        states = self._states(sequences)
        total: torch.Tensor = states.sum(dim=0) / lengths[:, None]
        return total.float().cpu().numpy()

    def _states(self, sequences: Sequence[str]) -> torch.Tensor:
        """States of the last layer after each residue, [T, B, D]; zero after a sequence's end."""
        import torch

        embedding, layers = self._open()
        tokens = torch.zeros(len(sequences[0]) + 1, len(sequences), dtype=torch.long)
        for column, sequence in enumerate(sequences):
            tokens[: len(sequence) + 1, column] = torch.tensor([START, *numbers_of(sequence)])
        running = (tokens > 0).sum(dim=1).tolist()  # longest first: these are the leading columns
        states = embedding[tokens.to(self.device)]
        for layer in layers:
            states = _run(layer, states, running)
        return states

    def _open(self) -> tuple[torch.Tensor, list[Layer]]:
        if self._weights is None:
            try:
                with self._path.open("rb") as file, np.load(file) as stored:
                    arrays = {name: stored[name].astype(np.float32) for name in stored.files}
                self._weights = _embedding(arrays, self.device), _layers(arrays, self.device)
            except (OSError, KeyError, ValueError, EOFError, BadZipFile) as error:
                raise ArtifactError(
                    f"{self._path} cannot be read as UniRep weights: {error!r}",
                    hint="give another file, or delete it; bbqa fetches its own again",
                ) from error
            found = self._weights[1][-1].wmh.shape[0]
            if found != self.dimension:
                raise ArtifactError(
                    f"{self._path} has {found} units; {self.name} has {self.dimension}",
                    hint=f"open_encoder('unirep-{found}', ...)",
                )
        return self._weights


def numbers_of(sequence: str) -> list[int]:
    """The model's number of each residue; any letter that it does not know is X."""
    return [_NUMBERS.get(letter, UNKNOWN) for letter in sequence]


def _run(layer: Layer, inputs: torch.Tensor, running: Sequence[int]) -> torch.Tensor:
    """States of one layer, [T, B, U], from its inputs, [T, B, I].

    Args:
        layer: Weights.
        inputs: Inputs, longest sequence first.
        running: How many sequences have not ended at each position.
    """
    import torch

    length, size, _ = inputs.shape
    units = layer.wmh.shape[0]
    states = inputs.new_zeros(length, size, units)
    hidden = inputs.new_zeros(size, units)
    cell = inputs.new_zeros(size, units)
    for position, count in enumerate(running):
        x, hidden, cell = inputs[position, :count], hidden[:count], cell[:count]
        between = (x @ layer.wmx) * (hidden @ layer.wmh)
        gates = torch.addmm(torch.addmm(layer.b, x, layer.wx), between, layer.wm)
        opened = torch.sigmoid(gates[:, : 3 * units])
        new, kept, out = opened.chunk(3, dim=1)
        cell = kept * cell + new * torch.tanh(gates[:, 3 * units :])
        hidden = out * torch.tanh(cell)
        states[position, :count] = hidden
    return states


def _embedding(arrays: Mapping[str, Array], device: str) -> torch.Tensor:
    import torch

    return torch.from_numpy(arrays["embedding"]).to(device)


def _layers(arrays: Mapping[str, Array], device: str) -> list[Layer]:
    import torch

    def normalised(number: int, weight: str, gain: str) -> torch.Tensor:
        values = arrays[f"mlstm.{number}.{weight}"]
        scale = arrays[f"mlstm.{number}.{gain}"]
        unit = values / np.linalg.norm(values, axis=0, keepdims=True)
        return torch.from_numpy(unit * scale).to(device)

    count = sum(name.endswith(".wmh") for name in arrays)
    return [
        Layer(
            wx=normalised(number, "wx", "gx"),
            wm=normalised(number, "wh", "gh"),
            wmx=normalised(number, "wmx", "gmx"),
            wmh=normalised(number, "wmh", "gmh"),
            b=torch.from_numpy(arrays[f"mlstm.{number}.b"]).to(device),
        )
        for number in range(count)
    ]


def open_unirep(
    units: int,
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> UniRep:
    """UniRep of a size, its weights fetched first if they are not here.

    Args:
        units: 64, 256 or 1900.
        home: The cache folder.
        progress: Told of the download.
        offline: Fetch nothing.
        weights: Another ``model_weights.npz`` of this size.
        device: Where it runs; see ``choose_device``.

    Raises:
        ArtifactError: The weights are not here and cannot be fetched.
    """
    from bbqa.artifacts import fetch, find, sha256_of

    asset = find(f"unirep-{units}")
    path = weights or fetch(asset, home=home, progress=progress, offline=offline)
    sha256 = sha256_of(path) if weights else asset.sha256
    named = f"{sha256} mean over start and residues"
    return UniRep(
        path,
        units=units,
        hash=hashlib.sha256(named.encode()).hexdigest()[:16],
        device=choose_device(device),
    )
