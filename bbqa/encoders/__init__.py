"""Frozen foundation models: what goes in becomes vectors of a fixed dimension.

An encoder is never trained here. Its ``hash`` names weights and settings, so that whatever is
derived from its vectors can say which encoder it was made with. ``docs/encoders.md`` lists them.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from bbqa.errors import SettingsError
from bbqa.progress import Progress
from bbqa.schema import Modality

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

SENTENCE_TRANSFORMERS: Final = "sentence-transformers:"
"""What stands before the name or the folder of a model that sentence-transformers loads."""


class Encoder(Protocol):
    """A frozen model that turns texts, sequences or molecules into vectors."""

    @property
    def name(self) -> str:
        """What the model is called by its makers."""

    @property
    def modality(self) -> Modality:
        """What it reads; text counts as ``ENTITY``."""

    @property
    def dimension(self) -> int:
        """Numbers in a vector, D."""

    @property
    def licence(self) -> str:
        """Of the weights."""

    @property
    def hash(self) -> str:
        """Of the weights and of everything else that changes a vector."""

    def encode(
        self, texts: Sequence[str], progress: Progress | None = None
    ) -> npt.NDArray[np.float32]:
        """One vector for each text, sequence or SMILES, float32 [n, D], in the order given.

        Encoders of text give unit vectors; the others give what the model gives, so whoever
        compares or trains standardises first. A vector does not depend, but for rounding, on what
        else is encoded with it. What an encoder cannot take is an error that names it.
        """


class Opener(Protocol):
    """Opens one encoder; see ``open_encoder`` for the arguments."""

    def __call__(
        self,
        home: Path,
        progress: Progress | None = None,
        offline: bool = False,
        *,
        weights: Path | None = None,
        device: str | None = None,
    ) -> Encoder:
        """The encoder."""


def open_encoder(
    name: str,
    *,
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    weights: Path | None = None,
    device: str | None = None,
) -> Encoder:
    """The encoder of that name, its weights fetched first if they are neither here nor given.

    Args:
        name: One of ``ENCODERS``, or ``sentence-transformers:NAME_OR_PATH``.
        home: The cache folder.
        progress: Told of downloads.
        offline: Fetch nothing.
        weights: The person's own file or folder, in the format of the encoder's makers.
        device: ``cpu``, ``cuda`` or ``mps``; none for the best that is there.

    Raises:
        SettingsError: There is no such encoder or device, or the encoder takes no weights.
        ArtifactError: The weights are not here and cannot be fetched.
        MissingExtraError: The encoder needs a package that is not installed.
    """
    if name.startswith(SENTENCE_TRANSFORMERS):
        opener = _later("sentences", "open_sentence_encoder", name)
    elif name in ENCODERS:
        opener = ENCODERS[name]
    else:
        nearest = ", ".join(difflib.get_close_matches(name, ENCODERS, n=3, cutoff=0.0))
        raise SettingsError(
            f"no encoder is called {name!r}; the nearest are {nearest}",
            hint=f"one of {', '.join(ENCODERS)}, or {SENTENCE_TRANSFORMERS}NAME",
        )
    if weights is not None and not weights.exists():
        raise SettingsError(
            f"{weights} does not exist; expected the weights of {name}",
            hint="correct the path, or leave it out to fetch them",
        )
    return opener(home, progress, offline, weights=weights, device=device)


# ---- one opener for each kind; the module behind it is imported when it is needed ----


def _later(module: str, function: str, *which: object) -> Opener:
    """What calls ``bbqa.encoders.MODULE.FUNCTION(*which, home, ...)`` when it is called itself."""

    def open_now(
        home: Path,
        progress: Progress | None = None,
        offline: bool = False,
        *,
        weights: Path | None = None,
        device: str | None = None,
    ) -> Encoder:
        opener = getattr(import_module(f"bbqa.encoders.{module}"), function)
        encoder: Encoder = opener(*which, home, progress, offline, weights=weights, device=device)
        return encoder

    return open_now


def _open_minilm(
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> Encoder:
    from bbqa.encoders.text import open_text_encoder

    _refuse_weights("all-MiniLM-L6-v2", weights)
    return open_text_encoder(home, progress, offline)


def _open_morgan(
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> Encoder:
    from bbqa.encoders.morgan import Morgan

    _refuse_weights("morgan", weights)
    return Morgan()


def _open_kmers(
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> Encoder:
    from bbqa.encoders.kmers import KmerProfile

    return KmerProfile(weights) if weights else KmerProfile()


def _refuse_weights(name: str, weights: Path | None) -> None:
    if weights is not None:
        raise SettingsError(
            f"{name} takes no weights of one's own, got {weights}", hint="leave the path out"
        )


ENCODERS: Final[Mapping[str, Opener]] = {
    "all-MiniLM-L6-v2": _open_minilm,
    "pubmedbert": _later("hugging_face", "open_hub_transformer", "pubmedbert"),
    "unirep-64": _later("unirep", "open_unirep", 64),
    "unirep-256": _later("unirep", "open_unirep", 256),
    "unirep-1900": _later("unirep", "open_unirep", 1900),
    "esm2_t6_8M_UR50D": _later("esm2", "open_esm2", "esm2_t6_8M_UR50D"),
    "esm2_t12_35M_UR50D": _later("esm2", "open_esm2", "esm2_t12_35M_UR50D"),
    "esm2_t30_150M_UR50D": _later("esm2", "open_esm2", "esm2_t30_150M_UR50D"),
    "esm2_t33_650M_UR50D": _later("esm2", "open_esm2", "esm2_t33_650M_UR50D"),
    "esm2_t36_3B_UR50D": _later("esm2", "open_esm2", "esm2_t36_3B_UR50D"),
    "esm2_t48_15B_UR50D": _later("esm2", "open_esm2", "esm2_t48_15B_UR50D"),
    "kmers": _open_kmers,
    "minimol": _later("minimol", "open_minimol"),
    "morgan": _open_morgan,
    "chemberta": _later("hugging_face", "open_hub_transformer", "chemberta"),
    "molformer": _later("hugging_face", "open_hub_transformer", "molformer"),
}
"""What opens each encoder, by name."""

__all__ = ["ENCODERS", "SENTENCE_TRANSFORMERS", "Encoder", "Opener", "open_encoder"]
