"""MiniMol: a molecule as 512 numbers of a graph network trained on many assays, run by ONNX.

Source: Kläser et al., "MiniMol: a parameter-efficient foundation model for molecular learning",
2024, arXiv:2404.14986.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.encoders.minimol_features import Graph, make_graph
from bbqa.encoders.refusals import read_molecules
from bbqa.encoders.windows import by_length
from bbqa.errors import ArtifactError, MissingExtraError, SettingsError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

if TYPE_CHECKING:
    from onnxruntime import InferenceSession

DIMENSION: Final = 512
ATOMS_PER_BATCH: Final = 4096

Array = npt.NDArray[np.float32]


class MiniMol:
    """The frozen encoder MiniMol. Its weights are read at the first molecule.

    Args:
        weights: ``minimol_v1.onnx``.
        hash: Names the weights; see ``Encoder.hash``.
        device: ``cpu`` or ``cuda``; none for the best that onnxruntime has.
    """

    name = "minimol"
    modality = Modality.MOLECULE
    dimension = DIMENSION
    licence = "MIT"

    def __init__(self, weights: Path, *, hash: str, device: str | None = None) -> None:
        self.hash = hash
        self._path = weights
        self._device = device
        self._session: InferenceSession | None = None

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Array:
        """One vector for each SMILES, float32 [n, 512], not scaled to length 1.

        Raises:
            InputError: A molecule cannot be read; the message says which.
            ArtifactError: The weights cannot be read.
            MissingExtraError: ``onnxruntime`` is not installed.
        """
        session = self._open()
        molecules = read_molecules(texts)
        bar = (progress or Silent()).bar(
            "encoding with minimol", max(len(texts), 1), unit="molecules"
        )
        vectors = np.empty((len(texts), DIMENSION), np.float32)
        for rows in by_length([m.GetNumAtoms() for m in molecules], ATOMS_PER_BATCH):
            graphs = [make_graph(molecules[row]) for row in rows]
            vectors[rows] = session.run(None, together(graphs))[0]
            bar.advance(len(rows))
        return vectors

    def _open(self) -> InferenceSession:
        if self._session is None:
            onnxruntime = _import_onnxruntime()
            providers = _providers(onnxruntime.get_available_providers(), self._device)
            try:
                self._session = onnxruntime.InferenceSession(self._path, providers=providers)
            except Exception as error:  # the library's errors share no other class
                raise ArtifactError(
                    f"{self._path} cannot be read as MiniMol's weights: {error}",
                    hint="give another file, or delete it; bbqa fetches its own again",
                ) from error
        return self._session


def together(graphs: Sequence[Graph]) -> dict[str, npt.NDArray[np.generic]]:
    """What the network is given: some molecules as one graph in several parts."""
    sizes = np.array([len(graph.atoms) for graph in graphs], np.int64)
    offsets = np.cumsum(sizes) - sizes
    return {
        "feat": np.concatenate([graph.atoms for graph in graphs]),
        "edge_feat": np.concatenate([graph.bonds for graph in graphs]),
        "edge_index": np.concatenate(
            [graph.ends + offset for graph, offset in zip(graphs, offsets, strict=True)], axis=1
        ),
        "laplacian_eigvec": np.concatenate([graph.eigenvectors for graph in graphs]),
        "laplacian_eigval": np.concatenate([graph.eigenvalues for graph in graphs]),
        "rw_return_probs": np.concatenate([graph.returns for graph in graphs]),
        "batch": np.repeat(np.arange(len(graphs)), sizes),
        "graph_slots": np.zeros(len(graphs), np.float32),  # only its length is read
    }


def open_minimol(
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> MiniMol:
    """MiniMol, its weights fetched first if they are not here; arguments as ``open_encoder``'s.

    Raises:
        ArtifactError: The weights are not here and cannot be fetched.
        MissingExtraError: ``onnxruntime`` is not installed.
    """
    from bbqa.artifacts import fetch, find, sha256_of

    _import_onnxruntime()  # before anything is downloaded
    asset = find("minimol")
    path = weights or fetch(asset, home=home, progress=progress, offline=offline)
    sha256 = sha256_of(path) if weights else asset.sha256
    named = f"{sha256} features 1"
    return MiniMol(path, hash=hashlib.sha256(named.encode()).hexdigest()[:16], device=device)


def _providers(available: Sequence[str], device: str | None) -> list[str]:
    """What onnxruntime calls a device; the CPU stands in for what a GPU cannot do."""
    wanted = {"cpu": [], "cuda": ["CUDAExecutionProvider"]}
    if device is None:
        device = "cuda" if wanted["cuda"][0] in available else "cpu"
    if device not in wanted or not set(wanted[device]) <= set(available):
        raise SettingsError(
            f"device {device!r} cannot be used: onnxruntime has {', '.join(available)}",
            hint="leave the device out, or pip install onnxruntime-gpu for CUDA",
        )
    return [*wanted[device], "CPUExecutionProvider"]


def _import_onnxruntime() -> ModuleType:
    try:
        import onnxruntime
    except ImportError as error:
        raise MissingExtraError(
            "minimol needs the package onnxruntime, which is not installed",
            hint="pip install onnxruntime, or use the encoder morgan, which needs nothing",
        ) from error
    module: ModuleType = onnxruntime
    return module
