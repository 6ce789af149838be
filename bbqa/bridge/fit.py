"""Fitting and calibrating a fusion on heads that were kept back from training."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from bbqa.bridge.fusion import CLOSENESS, FEATURES, FLOOR, Array, Fusion, group_of

HIDDEN: Final = (0, 12)
"""Hidden numbers of the perceptrons that are tried; none is a sum of the signals."""
STEPS: Final = 250
LEARNING_RATE: Final = 0.03
WEIGHT_DECAY: Final = 1e-3
PRECISION: Final = 0.9
LEAST_ITEMS: Final = 30
"""A threshold rests on at least this many items."""
STEP_ITEMS: Final = 20
"""A step of the calibration rests on at least this many."""
VOTES: Final = [
    FEATURES.index("all relatives' share, logarithm"),
    FEATURES.index("neighbours' share, logarithm"),
]
NEAR: Final = 30
"""Candidates of a head that the bridge points at, which all count."""
COSINE: Final = FEATURES.index("cosine over temperature")
GROUP_HEADS: Final = 15
"""Heads that a calibration of their own needs at least."""
LEAST_CLOSENESS: Final = 1e-6
SAMPLED: Final = 100
"""Candidates of a head without any vote that are sampled; they count for all of their kind."""


@dataclass(frozen=True, slots=True)
class Examples:
    """Candidates of many heads.

    Attributes:
        features: float32 [E, F].
        true: Whether the graph says so, in these words, bool [E].
        implied: Whether it says so or it follows from what the graph says, bool [E].
        weight: For how many candidates each stands, float32 [E].
        head: Number of the head of each, [E].
    """

    features: Array
    true: npt.NDArray[np.bool_]
    implied: npt.NDArray[np.bool_]
    weight: Array
    head: npt.NDArray[np.int64]


def sample(
    features: Array,
    true: npt.NDArray[np.bool_],
    implied: npt.NDArray[np.bool_],
    head: int,
    random: np.random.Generator,
) -> Examples:
    """The candidates of one head that say most: all that anything speaks for, some of the rest."""
    votes, cosine = features[:, VOTES], features[:, COSINE]
    spoken_for = implied | (votes.max(axis=1) > np.log(2 * FLOOR))
    spoken_for[np.argsort(-cosine)[:NEAR]] = True
    rest = np.flatnonzero(~spoken_for)
    chosen = random.permutation(rest)[:SAMPLED]
    rows = np.concatenate([np.flatnonzero(spoken_for), chosen])
    weight = np.ones(len(rows), np.float32)
    if len(chosen):
        weight[-len(chosen) :] = len(rest) / len(chosen)
    return Examples(features[rows], true[rows], implied[rows], weight, np.full(len(rows), head))


def join(examples: Sequence[Examples]) -> Examples:
    """Several as one."""
    return Examples(
        np.concatenate([e.features for e in examples]),
        np.concatenate([e.true for e in examples]),
        np.concatenate([e.implied for e in examples]),
        np.concatenate([e.weight for e in examples]),
        np.concatenate([e.head for e in examples]),
    )


def fit_fusion(examples: Examples, *, seed: int = 0) -> Fusion:
    """A fusion fitted on all heads and calibrated on what each half's fit says of the other.

    The calibration is thus not that of a memory. In the same way it is decided whether the
    perceptron gets hidden numbers at all: with few heads, sums of the signals rank better.
    """
    fits = {hidden: _cross_fitted(examples, hidden, seed) for hidden in HIDDEN}
    chosen = min(fits, key=lambda hidden: fits[hidden][1])
    raw = fits[chosen][0]
    fitted = _perceptron(examples, chosen, seed)
    edges = _edges(examples)
    group = group_of(examples.features, edges)
    calibrated = np.empty_like(raw)
    of, at, steps = [], [], []
    for number in range(len(edges) + 1):
        mine = group == number
        mine = mine if mine.any() else np.ones_like(mine)
        raised, frequency = isotonic(raw[mine], examples.implied[mine], examples.weight[mine])
        of.append(np.full(len(raised), number, np.float32))
        at.append(raised)
        steps.append(frequency)
        calibrated[mine] = np.interp(raw[mine], raised, frequency)
    return replace(
        fitted,
        edges=edges,
        steps_of=np.concatenate(of),
        steps_at=np.concatenate(at),
        steps=np.concatenate(steps),
        threshold=threshold_of(calibrated, examples.implied, examples.weight),
    )


def _edges(examples: Examples) -> Array:
    """Heads without close relatives, those whose relatives are not near, and those whose are.

    The same raw probability means less in one of these groups than in another.
    """
    _, first = np.unique(examples.head, return_index=True)
    closeness = examples.features[first, CLOSENESS]
    near = closeness[closeness > 0]
    found = np.unique([LEAST_CLOSENESS, *([np.median(near)] if len(near) else [])])
    counts = np.bincount(np.searchsorted(found, closeness, side="right"), minlength=len(found) + 1)
    return found.astype(np.float32) if counts.min() >= GROUP_HEADS else np.empty(0, np.float32)


def _cross_fitted(examples: Examples, hidden: int, seed: int) -> tuple[Array, float]:
    """Raw probabilities by fits that had not seen the head, and how badly those rank."""
    raw = np.empty(len(examples.true), np.float32)
    loss = 0.0
    halves = [examples.head % 2 == half for half in (0, 1)]
    for seen, unseen in (halves, halves[::-1]):
        fitted = _perceptron(_only(examples, seen), hidden, seed)
        rest = _only(examples, unseen)
        raw[unseen] = fitted.raw(rest.features)
        odds = torch.from_numpy(fitted.log_odds(rest.features).astype(np.float32))
        loss += float(_ranking_loss(odds, *_labels(rest)))
    return raw, loss


def isotonic(raw: Array, true: npt.NDArray[np.bool_], weight: Array) -> tuple[Array, Array]:
    """Raw probabilities and the rising frequencies that belong to them, both [S].

    Pool-adjacent-violators over bins of ``STEP_ITEMS`` items.

    Source: Zadrozny and Elkan, KDD 2002, doi:10.1145/775047.775151.
    """
    from sklearn.isotonic import IsotonicRegression

    order = np.argsort(raw, kind="stable")
    bins = np.minimum(np.arange(len(raw)) // STEP_ITEMS, max(len(raw) // STEP_ITEMS - 1, 0))
    total = np.bincount(bins, weight[order])
    at = np.bincount(bins, (weight * raw)[order]) / total
    rate = np.bincount(bins, (weight * true)[order]) / total
    model = IsotonicRegression(y_min=0.0, y_max=1.0).fit(at, rate, sample_weight=total)
    fitted = model.predict(at)
    rises = np.flatnonzero(np.diff(fitted) > 0)
    kept = np.unique(np.concatenate([[0], rises, rises + 1, [len(at) - 1]]))
    return at[kept].astype(np.float32), fitted[kept].astype(np.float32)


def threshold_of(
    probability: npt.NDArray[np.floating], true: npt.NDArray[np.bool_], weight: Array
) -> float:
    """The least probability from which on ``PRECISION`` of the items are right; 2 for none."""
    order = np.argsort(-probability, kind="stable")
    # A threshold takes all items of equal probability or none of them.
    last = np.diff(probability[order], append=-1.0) < 0
    right = np.cumsum((weight * true)[order])
    precision = right / np.cumsum(weight[order])
    enough = np.arange(1, len(order) + 1) >= LEAST_ITEMS
    good = np.flatnonzero(last & (precision >= PRECISION) & enough)
    return float(probability[order[good[-1]]]) if len(good) else 2.0


def _only(examples: Examples, kept: npt.NDArray[np.bool_]) -> Examples:
    return Examples(
        examples.features[kept],
        examples.true[kept],
        examples.implied[kept],
        examples.weight[kept],
        examples.head[kept],
    )


def _perceptron(examples: Examples, hidden: int, seed: int) -> Fusion:
    """The perceptron that makes the graph's statements most likely, not calibrated."""
    mean = examples.features.mean(axis=0)
    spread = np.maximum(examples.features.std(axis=0), 1e-3)
    inputs = torch.from_numpy((examples.features - mean) / spread)
    true, implied, weight, head = _labels(examples)
    random = torch.Generator().manual_seed(seed)
    size = inputs.shape[1]
    first = (torch.randn(size, hidden, generator=random) / size**0.5).requires_grad_()
    first_bias = torch.zeros(hidden, requires_grad=True)
    last = torch.zeros(hidden, requires_grad=True)
    skip = torch.zeros(size, requires_grad=True)
    bias = torch.tensor(-4.0, requires_grad=True)
    numbers = [first, first_bias, last, skip, bias]
    optimizer = torch.optim.AdamW(numbers, LEARNING_RATE, weight_decay=WEIGHT_DECAY)
    positives = (implied * weight).sum()
    for _ in range(STEPS):
        odds = torch.tanh(inputs @ first + first_bias) @ last + inputs @ skip + bias
        losses = torch.nn.functional.binary_cross_entropy_with_logits(
            odds, implied, reduction="none"
        )
        loss = (losses * weight).sum() / positives + _ranking_loss(
            odds, true, implied, weight, head
        )
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    arrays = [number.detach().numpy() for number in numbers[:4]]
    ends = np.array([0.0, 1.0], np.float32)
    return Fusion(
        mean=mean,
        spread=spread,
        first=arrays[0],
        first_bias=arrays[1],
        last=arrays[2],
        skip=arrays[3],
        bias=float(bias.detach()),
        edges=np.empty(0, np.float32),
        steps_of=np.zeros(2, np.float32),
        steps_at=ends,
        steps=ends,
        threshold=2.0,
    )


def _labels(examples: Examples) -> tuple[torch.Tensor, ...]:
    """True, implied, weight as a share of all, and number of the head of each example."""
    return (
        torch.from_numpy(examples.true.astype(np.float32)),
        torch.from_numpy(examples.implied.astype(np.float32)),
        torch.from_numpy(examples.weight / examples.weight.sum()),
        torch.from_numpy(np.unique(examples.head, return_inverse=True)[1]),
    )


def _ranking_loss(
    odds: torch.Tensor,
    true: torch.Tensor,
    implied: torch.Tensor,
    weight: torch.Tensor,
    head: torch.Tensor,
) -> torch.Tensor:
    """Mean over true candidates of -log softmax against the false ones of the same head."""
    heads = int(head.max()) + 1
    size = weight / weight.min() * (1 - implied)
    highest = odds.detach().max()
    against = torch.zeros(heads).index_add(0, head, torch.exp(odds - highest) * size)
    against = torch.log(against + 1e-12) + highest
    losses: torch.Tensor = torch.nn.functional.softplus(against[head] - odds) * true
    return losses.sum() / true.sum()
