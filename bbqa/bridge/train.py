"""Training a bridge: InfoNCE over the pairs of a graph, stopped where validation stops rising.

Both directions are learned at once: a head must find its tails among others of their type, and a
tail its heads among the others of the batch. True pairs never count as wrong ones. How common a
tail is gets added to its score while heads look for tails, so that the bridge need not learn it
and does not point everybody at the same few hubs. A run that was killed goes on from its last
saved state and ends with the very same weights.

Source: van den Oord et al., "Representation learning with contrastive predictive coding", 2018,
arXiv:1807.03748 (InfoNCE); Radford et al. 2021, arXiv:2103.00020 (both directions); Menon et al.
2021, arXiv:2007.07314 (scores adjusted by frequency).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor

from bbqa.bridge.batches import Batch, Batches, log_shares
from bbqa.bridge.model import Bridge, Shape
from bbqa.bridge.ranking import filtered_ranks
from bbqa.bridge.settings import TrainingSettings
from bbqa.bridge.triples import Link, Triples
from bbqa.bridge.vectors import NodeVectors, Scale, words_of
from bbqa.encoders import Encoder
from bbqa.errors import BbqaError, GraphError
from bbqa.progress import Progress, Silent
from bbqa.schema import NodeType
from bbqa.whole import whole

VALIDATED_HEADS: Final = 150
"""Heads of each link whose tails are ranked at each validation, at most."""
STATE: Final = "state.pt"


@dataclass(frozen=True, slots=True)
class Trained:
    """A bridge and how it came about.

    Attributes:
        bridge: With the weights of its best validation.
        scales: By which input vectors are standardised.
        words: Text vectors [3, D] of what is asked by each link, scaled to numbers about 1.
        losses: Mean loss since the last validation, one for each.
        validations: Validation MRR, one for each.
        steps: Batches until the best.
    """

    bridge: Bridge
    scales: Mapping[NodeType, Scale]
    words: Mapping[Link, Tensor]
    losses: Sequence[float]
    validations: Sequence[float]
    steps: int


def train_bridge(
    training: Sequence[Triples],
    validation: Sequence[Triples],
    vectors: NodeVectors,
    text_encoder: Encoder,
    *,
    settings: TrainingSettings,
    folder: Path | None = None,
    progress: Progress | None = None,
) -> Trained:
    """A bridge trained on ``training``, with the weights that did best on ``validation``.

    Args:
        training: Pairs to learn from, by link.
        validation: Pairs of other heads, by link.
        vectors: Frozen vectors of all nodes.
        text_encoder: Reads the names of types and relations.
        settings: How.
        folder: Where the state is kept at each validation, and found by the next run with the
            same settings, pairs and vectors.
        progress: Told how far it is.

    Raises:
        GraphError: There is nothing to train on.
        BbqaError: The loss is not a number any more.
    """
    run = _Run(training, validation, vectors, text_encoder, settings)
    run.restore(folder)
    bar = (progress or Silent()).bar(f"training {settings.kind}", settings.steps, unit="steps")
    bar.move_to(run.step)
    while not run.is_finished:
        run.learn(run.batches.draw())
        if run.step % settings.validate_every == 0 or run.step == settings.steps:
            run.validate()
            run.save(folder)
        bar.move_to(run.step)
    return run.result()


def info_nce(scores: Tensor, true: Tensor) -> Tensor:
    """Mean over rows of the mean over true columns of -log softmax, other true columns left out.

    Args:
        scores: Cosines over temperature, [B, C].
        true: Which are true pairs, bool [B, C]. Rows without any count nothing.
    """
    against = torch.logsumexp(scores.masked_fill(true, float("-inf")), dim=1, keepdim=True)
    losses = torch.nn.functional.softplus(against - scores) * true
    counts = true.sum(dim=1)
    kept = counts > 0
    return (losses.sum(dim=1)[kept] / counts[kept]).mean()


class _Run:
    """All that changes while training."""

    def __init__(
        self,
        training: Sequence[Triples],
        validation: Sequence[Triples],
        vectors: NodeVectors,
        text_encoder: Encoder,
        settings: TrainingSettings,
    ) -> None:
        usable = [t.only(vectors.usable(t.link, t.pairs)) for t in training]
        self.settings = settings
        self.vectors = vectors
        self.batches = Batches(
            usable,
            size=settings.batch,
            positives=settings.positives,
            negatives=settings.negatives,
            seed=settings.seed,
        )
        torch.manual_seed(settings.seed)
        self.scales = {
            node_type: Scale.of(given.take(_heads(usable, node_type)))
            for node_type, given in vectors.inputs.items()
            if len(_heads(usable, node_type))
        }
        if not self.scales:
            raise GraphError("no head of the training pairs has a vector", hint="bbqa kg stats")
        sizes = {t: vectors.inputs[t].vectors.shape[1] for t in self.scales}
        shape = Shape(
            settings.kind,
            sizes,
            dimension=vectors.text.shape[1],
            width=settings.width,
            layers=settings.layers,
            dropout=settings.dropout,
        )
        self.bridge = Bridge(shape)
        self.optimizer = torch.optim.AdamW(
            self.bridge.parameters(), settings.learning_rate, weight_decay=settings.weight_decay
        )
        self.schedule = torch.optim.lr_scheduler.LambdaLR(self.optimizer, self._rate)
        self.words = {t.link: read_words(t.link, text_encoder) for t in (*usable, *validation)}
        self._tests = [
            _Test(v, t, vectors, settings.temperature) for v, t in _matched(validation, usable)
        ]
        self._data = _fingerprint([*usable, *validation], vectors)
        self.step = 0
        self.losses: list[float] = []
        self.validations: list[float] = []
        self._recent: list[float] = []
        self._best: dict[str, Tensor] = {}

    @property
    def is_finished(self) -> bool:
        """Whether all steps are done or validation has stopped rising."""
        best = int(np.argmax(self.validations)) if self.validations else 0
        stale = len(self.validations) - 1 - best
        return self.step >= self.settings.steps or stale >= self.settings.patience

    def learn(self, batch: Batch) -> None:
        """One step."""
        self.bridge.train()
        pointed = self.carry(batch.link, batch.heads)
        tails = torch.from_numpy(self.vectors.tails(batch.tails.astype(np.int32)))
        scores = pointed @ tails.T / self.settings.temperature
        true, common = torch.from_numpy(batch.true), torch.from_numpy(batch.common)
        loss = (info_nce(scores + common, true) + info_nce(scores.T, true.T)) / 2
        if not torch.isfinite(loss):
            raise BbqaError(
                f"the loss is {loss.item()} at step {self.step}, for {batch.link}",
                hint="train with a lower learning rate",
            )
        self.optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(self.bridge.parameters(), 1.0)
        self.optimizer.step()
        self.schedule.step()
        self._recent.append(loss.item())
        self.step += 1

    def carry(self, link: Link, rows: np.ndarray[Any, np.dtype[np.integer[Any]]]) -> Tensor:
        """Where heads point to, unit vectors [B, D]."""
        inputs = _inputs(self.vectors, self.scales, link, rows)
        pointed: Tensor = self.bridge(inputs, link, self.words[link])
        return pointed

    def validate(self) -> None:
        """Note the MRR on the validation pairs, and the weights if it is the best."""
        self.bridge.eval()
        with torch.inference_mode():
            found = [test.mrr(self.carry) for test in self._tests]
        self.validations.append(float(np.mean(found)) if found else -float(np.mean(self._recent)))
        self.losses.append(float(np.mean(self._recent)))
        self._recent = []
        if np.argmax(self.validations) == len(self.validations) - 1:
            self._best = {k: v.detach().clone() for k, v in self.bridge.state_dict().items()}

    def save(self, folder: Path | None) -> None:
        """Keep everything that the rest of the run depends on."""
        if folder is None:
            return
        folder.mkdir(parents=True, exist_ok=True)
        state = {
            "settings": asdict(self.settings),
            "data": self._data,
            "bridge": self.bridge.state_dict(),
            "best": self._best,
            "optimizer": self.optimizer.state_dict(),
            "schedule": self.schedule.state_dict(),
            "draws": self.batches.random.bit_generator.state,
            "torch": torch.get_rng_state(),
            "step": self.step,
            "losses": self.losses,
            "validations": self.validations,
        }
        with whole(folder / STATE) as unfinished:
            torch.save(state, unfinished)

    def restore(self, folder: Path | None) -> None:
        """Go on where an earlier run with the same settings and data was stopped."""
        if folder is None or not (folder / STATE).exists():
            return
        state = torch.load(folder / STATE, weights_only=True)
        if (state["settings"], state.get("data")) != (asdict(self.settings), self._data):
            return
        self.bridge.load_state_dict(state["bridge"])
        self._best = state["best"]
        self.optimizer.load_state_dict(state["optimizer"])
        self.schedule.load_state_dict(state["schedule"])
        self.batches.random.bit_generator.state = state["draws"]
        torch.set_rng_state(state["torch"])
        self.step, self.losses = state["step"], state["losses"]
        self.validations = state["validations"]

    def result(self) -> Trained:
        """The bridge as it did best."""
        self.bridge.load_state_dict(self._best)
        self.bridge.eval()
        best = int(np.argmax(self.validations))
        steps = min((best + 1) * self.settings.validate_every, self.step)
        return Trained(self.bridge, self.scales, self.words, self.losses, self.validations, steps)

    def _rate(self, step: int) -> float:
        """The share of the highest learning rate at a step."""
        rising = min(1.0, (step + 1) / 100)
        return float(rising * 0.5 * (1.02 + np.cos(np.pi * min(1, step / self.settings.steps))))


class _Test:
    """Heads kept back and all candidates of a link."""

    def __init__(
        self, kept: Triples, known: Triples, vectors: NodeVectors, temperature: float
    ) -> None:
        self._link = kept.link
        self._temperature = temperature
        kept = kept.only(vectors.usable(kept.link, kept.pairs))
        candidates = np.unique(np.concatenate([known.pairs[:, 1], kept.pairs[:, 1]]))
        self._candidates = torch.from_numpy(vectors.tails(candidates))
        counts = np.zeros(len(candidates), np.int64)
        np.add.at(counts, np.searchsorted(candidates, known.pairs[:, 1]), 1)
        self._common = log_shares(counts, len(np.unique(known.pairs[:, 0])))
        tails = dict(
            list(kept.tails_of().items())[:: max(1, len(kept.tails_of()) // VALIDATED_HEADS)]
        )
        self._heads = np.array(list(tails), np.int64)
        self._true = [np.searchsorted(candidates, rows) for rows in tails.values()]

    def mrr(self, carry: Callable[[Link, Any], Tensor]) -> float:
        """Filtered mean reciprocal rank over all pairs."""
        if not len(self._heads):
            return 0.0
        cosines = (carry(self._link, self._heads) @ self._candidates.T).numpy()
        scores = cosines / self._temperature + self._common
        ranks = [filtered_ranks(s, true) for s, true in zip(scores, self._true, strict=True)]
        return float(np.mean(1 / np.concatenate(ranks)))


def read_words(link: Link, text_encoder: Encoder) -> Tensor:
    """Text vectors of what a link asks, [3, D], scaled to numbers about 1."""
    vectors = text_encoder.encode(words_of(link))
    return torch.from_numpy(vectors * np.sqrt(vectors.shape[1]).astype(np.float32))


def _inputs(
    vectors: NodeVectors,
    scales: Mapping[NodeType, Scale],
    link: Link,
    rows: np.ndarray[Any, np.dtype[np.integer[Any]]],
) -> Tensor:
    """What the bridge reads of heads: standardised vectors of inputs, text vectors of terms."""
    if link.head in scales:
        return torch.from_numpy(scales[link.head].apply(vectors.inputs[link.head].take(rows)))
    return torch.from_numpy(vectors.tails(rows.astype(np.int32)))


def _heads(triples: Sequence[Triples], node_type: NodeType) -> npt.NDArray[np.int32]:
    rows = [t.pairs[:, 0] for t in triples if t.link.head is node_type]
    return np.unique(np.concatenate(rows)) if rows else np.empty(0, np.int32)


def _fingerprint(triples: Sequence[Triples], vectors: NodeVectors) -> str:
    """Of all pairs and vectors that a run depends on."""
    digest = hashlib.sha256(f"{vectors.text_encoder} {vectors.text.dtype}".encode())
    for t in triples:
        digest.update(f"{t.link} {len(t)}".encode())
        digest.update(np.ascontiguousarray(t.pairs).data)
    for node_type, given in vectors.inputs.items():
        digest.update(f"{node_type} {given.encoder}".encode())
        digest.update(np.ascontiguousarray(given.rows).data)
        digest.update(np.ascontiguousarray(given.vectors).data)
    digest.update(np.ascontiguousarray(vectors.text).data)
    return digest.hexdigest()


def _matched(
    validation: Sequence[Triples], training: Sequence[Triples]
) -> list[tuple[Triples, Triples]]:
    known = {t.link: t for t in training if len(t)}
    return [(v, known[v.link]) for v in validation if v.link in known and len(v)]
