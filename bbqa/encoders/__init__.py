"""Frozen foundation models: what goes in becomes vectors of a fixed dimension.

An encoder is never trained here. Its ``hash`` names weights and settings, so that whatever is
derived from its vectors can say which encoder it was made with.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from bbqa.progress import Progress
from bbqa.schema import Modality

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


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
        """One unit vector for each text, float32 [n, D]."""


def _open_minilm(home: Path, progress: Progress | None, offline: bool) -> Encoder:
    from bbqa.encoders.text import open_text_encoder

    return open_text_encoder(home, progress, offline)


ENCODERS: Final[Mapping[str, Callable[[Path, Progress | None, bool], Encoder]]] = {
    "all-MiniLM-L6-v2": _open_minilm,
}
"""What opens each encoder, given the cache folder, a progress, and whether to stay offline."""

__all__ = ["ENCODERS", "Encoder"]
