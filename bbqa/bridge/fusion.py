"""How likely each candidate is, from all that speaks for it: the signals, fused and calibrated.

What speaks for a tail of a head: the share of votes of close relatives and of distant ones, of
neighbours by the encoder, the bridge's cosine, how common the tail is; and, the same for all tails
of a head, how close its nearest relative is. A small perceptron, one for each link, turns these
into log-odds; it is fitted on heads that were kept back from training, and an isotonic step on top
makes its numbers frequencies. Sizes: C candidates, F signals.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.triples import Link
from bbqa.errors import IndexMismatchError
from bbqa.schema import NodeType, Relation
from bbqa.whole import whole

Array = npt.NDArray[np.float32]

FILE: Final = "fusion.safetensors"
FLOOR: Final = 1e-3
"""Added to shares before their logarithm is taken: what one vote in a thousand would be."""

FEATURES: Final = (
    "close relatives' share of votes",
    "its logarithm",
    "the same with gentler weights, logarithm",
    "whether the closest has it",
    "all relatives' share, logarithm",
    "neighbours' share, logarithm",
    "cosine over temperature",
    "the same, less the best candidate's",
    "share of heads that have it, logarithm",
    "closeness of the nearest relative",
    "number of close relatives, logarithm",
    "close relatives' share times closeness",
    "all relatives' share, logarithm, times closeness",
)


@dataclass(frozen=True, slots=True)
class Signals:
    """What speaks for each candidate tail of one head.

    Attributes:
        rows: Rows of the candidates, [C].
        close: Share of votes of close relatives: homologues at E <= 1e-3, analogues, [C].
        even: The same with the square roots of their weights, [C].
        closest: Whether the closest that has any tail has this one, 0 or 1, [C].
        distant: Share of votes of all relatives that were found, [C].
        neighbours: Share of votes of the nearest by the encoder, [C].
        cosine: Of the head, carried by the bridge, to the candidate's text, [C]; 0 without one.
        best_cosine: The highest over all candidates of the link.
        common: Share of the known heads that have it, [C].
        closeness: Of the nearest relative: bits on a log scale, or Tanimoto; 0 for none.
        relatives: How many close relatives voted.
    """

    rows: npt.NDArray[np.int64]
    close: Array
    even: Array
    closest: Array
    distant: Array
    neighbours: Array
    cosine: Array
    best_cosine: float
    common: Array
    closeness: float
    relatives: int


CLOSENESS: Final = FEATURES.index("closeness of the nearest relative")


def features(signals: Signals, temperature: float) -> Array:
    """The signals as a perceptron reads them, float32 [C, F]; see ``FEATURES``."""
    size, closeness = len(signals.rows), signals.closeness
    distant = np.log(signals.distant + FLOOR)
    return np.stack(
        [
            signals.close,
            np.log(signals.close + FLOOR),
            np.log(signals.even + FLOOR),
            signals.closest,
            distant,
            np.log(signals.neighbours + FLOOR),
            signals.cosine / temperature,
            (signals.cosine - signals.best_cosine) / temperature,
            np.log(signals.common + FLOOR / 10),
            np.full(size, closeness),
            np.full(size, np.log1p(signals.relatives)),
            signals.close * closeness,
            distant * closeness,
        ],
        axis=1,
    ).astype(np.float32)


def group_of(features: Array, edges: Array) -> npt.NDArray[np.int64]:
    """Which calibration holds for each candidate, by the closeness of the nearest relative, [C]."""
    return np.searchsorted(edges, features[:, CLOSENESS], side="right")


@dataclass(frozen=True, slots=True)
class Fusion:
    """The fitted perceptron of one link, with its calibration.

    Attributes:
        mean: Of each feature where it was fitted, [F].
        spread: Their standard deviation, [F].
        first: Weights of the hidden layer, [F, H].
        first_bias: [H].
        last: Weights of the output, [H].
        skip: Weights of the features on the output, [F].
        bias: Of the output.
        edges: Closeness of the nearest relative from which on another calibration holds, [G - 1].
        steps_of: Which of the G calibrations each step belongs to, ascending, [S].
        steps_at: Raw probability of each step, ascending within a calibration, [S].
        steps: Frequency there, ascending within a calibration, [S].
        threshold: Least probability from which on 90 % were right on validation; above 1 where
            there is none.
    """

    mean: Array
    spread: Array
    first: Array
    first_bias: Array
    last: Array
    skip: Array
    bias: float
    edges: Array
    steps_of: Array
    steps_at: Array
    steps: Array
    threshold: float

    def log_odds(self, features: Array) -> Array:
        """What ranks the candidates, [C]."""
        x = (features - self.mean) / self.spread
        hidden = np.tanh(x @ self.first + self.first_bias)
        odds = hidden @ self.last + x @ self.skip + self.bias
        return odds.astype(np.float32)

    def raw(self, features: Array) -> Array:
        """Probability of each candidate before calibration, [C]."""
        odds = np.clip(self.log_odds(features), -30, 30)
        return (1 / (1 + np.exp(-odds))).astype(np.float32)

    def probability(self, features: Array) -> Array:
        """Calibrated probability of each candidate, [C]."""
        raw = self.raw(features)
        found = np.empty_like(raw)
        group = group_of(features, self.edges)
        for number in np.unique(group):
            mine, steps = group == number, self.steps_of == number
            found[mine] = np.interp(raw[mine], self.steps_at[steps], self.steps[steps])
        return found

    def to_arrays(self) -> dict[str, Array]:
        """All numbers, by name, for a checkpoint."""
        scalars = np.array([self.bias, self.threshold], np.float32)
        return {
            **{name: np.asarray(getattr(self, name), np.float32) for name in _ARRAYS},
            "scalars": scalars,
        }

    @classmethod
    def from_arrays(cls, arrays: Mapping[str, Array]) -> Fusion:
        """What ``to_arrays`` gave."""
        bias, threshold = arrays["scalars"].tolist()
        return cls(**{name: arrays[name] for name in _ARRAYS}, bias=bias, threshold=threshold)


_ARRAYS: Final = (
    *("mean", "spread", "first", "first_bias", "last", "skip"),
    *("edges", "steps_of", "steps_at", "steps"),
)


def write_fusions(folder: Path, fusions: Mapping[Link, Fusion], *, bridge: str) -> None:
    """Write the fusions that belong to a bridge beside it.

    Args:
        folder: The bridge's.
        fusions: By link.
        bridge: SHA-256 of the bridge's numbers.
    """
    from safetensors.numpy import save_file

    arrays = {
        f"{link}|{name}": np.ascontiguousarray(array)
        for link, fusion in fusions.items()
        for name, array in fusion.to_arrays().items()
    }
    with whole(folder / FILE) as unfinished:
        save_file(arrays, unfinished, metadata={"bridge": bridge})


def read_fusions(folder: Path, *, bridge: str) -> dict[Link, Fusion]:
    """The fusions beside a bridge, by link.

    Raises:
        IndexMismatchError: There are none, they are damaged, or they belong to another bridge.
    """
    from safetensors import SafetensorError, safe_open

    hint = "bbqa bridge train"
    found: dict[Link, dict[str, Array]] = {}
    try:
        with safe_open(folder / FILE, framework="numpy") as stored:
            belongs_to = (stored.metadata() or {}).get("bridge", "")
            for key in stored.keys():  # noqa: SIM118 - it is no dictionary
                written, _, name = key.partition("|")
                head, relation, tail = written.split(" > ")
                link = Link(NodeType(head), Relation(relation), NodeType(tail))
                found.setdefault(link, {})[name] = stored.get_tensor(key)
    except (OSError, ValueError, SafetensorError) as error:
        raise IndexMismatchError(
            f"{folder / FILE} cannot be read as fusions: {error}", hint=hint
        ) from error
    if belongs_to != bridge:
        raise IndexMismatchError(
            f"{folder / FILE} belongs to bridge {belongs_to[:12]}; expected {bridge[:12]}",
            hint=hint,
        )
    return {link: Fusion.from_arrays(arrays) for link, arrays in sorted(found.items())}
