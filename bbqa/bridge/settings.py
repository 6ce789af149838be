"""How a bridge is trained; apart from ``train``, so that reading it does not import PyTorch."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

Kind = Literal["linear", "mlp", "transformer"]
KINDS: Final[tuple[Kind, ...]] = ("linear", "mlp", "transformer")


@dataclass(frozen=True, slots=True)
class TrainingSettings:
    """How a bridge is trained.

    Attributes:
        kind: ``linear``, ``mlp`` or ``transformer``.
        width: Of the hidden layers.
        layers: How many of them.
        dropout: Share of hidden numbers left out.
        temperature: Of the softmax; 0.1 in the paper.
        batch: Heads in a batch.
        positives: True tails drawn for a head, at most.
        negatives: Further tails of the same type in a batch, at most.
        steps: Batches, at most.
        validate_every: Batches between validations.
        patience: Validations without a better MRR before it stops.
        learning_rate: AdamW's, at its highest; it rises for 100 steps and falls as a cosine.
        weight_decay: AdamW's.
        seed: The same seed gives the same weights on the same machine.
    """

    kind: Kind = "mlp"
    width: int = 1024
    layers: int = 2
    dropout: float = 0.2
    temperature: float = 0.1
    batch: int = 256
    positives: int = 16
    negatives: int = 2048
    steps: int = 1200
    validate_every: int = 150
    patience: int = 3
    learning_rate: float = 1e-3
    weight_decay: float = 0.01
    seed: int = 0


def shorter(settings: TrainingSettings, steps: int) -> TrainingSettings:
    """The same settings for a run of fewer steps."""
    every = max(1, min(settings.validate_every, steps // 4))
    return replace(settings, steps=min(settings.steps, steps), validate_every=every)
