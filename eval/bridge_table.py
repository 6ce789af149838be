"""What a bridge adds: every relation, every split, every simple opponent beside it.

    bbqa bridge eval [--quick] [--to FOLDER]

All rows rank the same candidates for the same heads. Terms that follow from a true one are neither
right nor wrong in a ranking. Everything costly (vectors, alignments, trained bridges) is kept in
the work folder, so that a stopped run goes on where it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.checkpoint import FrozenBridge
from bbqa.bridge.fusion import Fusion, features
from bbqa.bridge.ranking import filtered_ranks
from bbqa.bridge.splits import Part
from bbqa.bridge.triples import Link, Triples
from bbqa.eval.ranking_metrics import (
    TOP,
    Record,
    calibration_error,
    csls,
    f_max,
    hubness,
    propagate,
    ranking_numbers,
)
from bbqa.learn import Asked, Kept, Workshop
from bbqa.retrieve.signals import FUNCTIONS, Knowledge, vote
from bbqa.schema import NodeType

SPLITS: Final = {"cold": Part.COLD_TEST, "warm": Part.WARM_TEST}
IDENTITY_BINS: Final = (("<30", 0.0, 0.3), ("30-50", 0.3, 0.5), ("50-95", 0.5, 0.95))
RARE: Final = 1e-6
"""What a tie is broken with: the prior, made too small to matter otherwise."""
FEWEST: Final = 10
"""Heads that a bin needs to be shown."""

Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Opponents:
    """All that is compared.

    Attributes:
        workshop: With the encoders of the bridge that is shown to people.
        bridges: Bridges by the name of their row, on this workshop's encoders; ``mlp`` among them.
        fusions: Fusions that go with the ``mlp`` bridge.
        others: Further workshops with other encoders, each with the name and bridge of a row.
    """

    workshop: Workshop
    bridges: Mapping[str, FrozenBridge]
    fusions: Mapping[Link, Fusion]
    others: Sequence[tuple[str, Workshop, FrozenBridge]]


@dataclass(slots=True)
class _Line:
    """What is gathered of one head and link."""

    bin: str
    ranks: dict[str, Scores]
    scores: dict[str, npt.NDArray[np.float32]]
    true: npt.NDArray[np.bool_]


def table(opponents: Opponents, *, most: int | None = None) -> Iterator[Record]:
    """All records of the splits by nodes.

    Args:
        opponents: What is compared.
        most: Heads of each kind that are asked, at most; all by default.
    """
    workshop = opponents.workshop
    for split, part in SPLITS.items():
        kept = workshop.kept([part], most)
        other = [w.kept([part], most) for _, w, _ in opponents.others]
        for triples in workshop.triples:
            yield from _link_records(opponents, triples, split, kept, other)


def _link_records(
    opponents: Opponents,
    triples: Triples,
    split: str,
    kept: Sequence[Kept],
    other: Sequence[Sequence[Kept]],
) -> Iterator[Record]:
    lines, cosines = [], []
    knowledge = opponents.workshop.knowledge(triples)
    elsewhere = [{k.row: k for k in found} for found in other]
    fused: list[tuple[float, bool]] = []
    for asked in opponents.workshop.asked(triples, kept, opponents.bridges["mlp"]):
        scores = _rows(opponents, triples.link, asked, knowledge, elsewhere)
        lines.append(_line(split, asked, scores, triples.link))
        cosines.append(asked.signals.cosine)
        fused += _most_probable(opponents, triples.link, asked)
    if len(lines) < FEWEST:
        return
    link = str(triples.link)
    yield from _ranking_records(link, split, lines)
    yield from _hub_records(link, split, lines, np.stack(cosines))
    if triples.link in FUNCTIONS:
        yield from _function_records(opponents, link, split, lines, knowledge)
    if fused:
        probability, right = map(np.array, zip(*fused, strict=True))
        error, curve = calibration_error(probability, right)
        yield Record(link, split, "all", "fused", "ece", error, None, None, len(fused))
        for mean, share, size in curve:
            yield Record(
                link, split, f"p {mean:.2f}", "fused", "frequency", share, None, None, size
            )
        yield from _sure_records(link, split, probability, right, opponents.fusions[triples.link])


def _rows(
    opponents: Opponents,
    link: Link,
    asked: Asked,
    knowledge: Knowledge,
    elsewhere: Sequence[Mapping[int, Kept]],
) -> dict[str, Scores]:
    """The scores of every row for one head's candidates."""
    spoken, relatives = asked.signals, asked.kept.relatives
    prior = spoken.common.astype(np.float64)
    log_prior = np.log(prior + 1e-4)
    random = np.random.default_rng(asked.kept.row)
    rows: dict[str, npt.NDArray[np.floating]] = {
        "random": random.random(len(prior)),
        "prior": prior,
    }
    if link.head is NodeType.PROTEIN:
        rows |= {"alignment": spoken.close, "alignment+prior": spoken.close + RARE * prior}
        rows["distant alignment+prior"] = spoken.distant + RARE * prior
    else:
        rows |= {"tanimoto": spoken.distant, "tanimoto+prior": spoken.distant + RARE * prior}
    name = opponents.workshop.encoders[link.head].name
    rows[f"knn:{name}"] = spoken.neighbours + RARE * prior
    texts = opponents.workshop.vectors.tails(knowledge.tails.astype(np.int32))
    for row, bridge in opponents.bridges.items():
        cosine = spoken.cosine
        if row != "mlp":
            cosine = texts @ bridge.carry(relatives.vector[None], link)[0]
        rows[row] = cosine / bridge.temperature + log_prior
    for (row, workshop, bridge), kept in zip(opponents.others, elsewhere, strict=True):
        if asked.kept.row in kept:
            other = kept[asked.kept.row].relatives
            near = vote(other.neighbours, knowledge)
            rows[f"knn:{workshop.encoders[link.head].name}"] = near + RARE * prior
            cosine = texts @ bridge.carry(other.vector[None], link)[0]
            rows[f"{row}:{workshop.encoders[link.head].name}"] = (
                cosine / bridge.temperature + log_prior
            )
    if link in opponents.fusions:
        temperature = opponents.bridges["mlp"].temperature
        rows["fused"] = opponents.fusions[link].log_odds(features(spoken, temperature))
    return {row: np.asarray(scores, np.float64) for row, scores in rows.items()}


def _line(split: str, asked: Asked, scores: Mapping[str, Scores], link: Link) -> _Line:
    counted = np.ones(len(asked.signals.rows), np.bool_)
    counted[asked.implied] = False
    places = np.cumsum(counted) - 1
    ranks = {
        row: filtered_ranks(found[counted], places[asked.true]) for row, found in scores.items()
    }
    return _Line(
        bin=bin_of(split, link, asked.kept.relatives.identity),
        ranks=ranks,
        scores={row: found.astype(np.float32) for row, found in scores.items()},
        true=asked.labels(implied=True),
    )


def bin_of(split: str, link: Link, identity: float) -> str:
    """Where a head belongs by how near it is to what is known."""
    if link.head is not NodeType.PROTEIN:
        return "new scaffold" if split == "cold" else "known scaffold"
    for name, low, high in IDENTITY_BINS:
        if low <= identity < high:
            return name
    return ">95"


def _ranking_records(link: str, split: str, lines: Sequence[_Line]) -> Iterator[Record]:
    bins: dict[str, list[_Line]] = defaultdict(list)
    for line in lines:
        bins[line.bin].append(line)
        bins["all"].append(line)
    for name, members in sorted(bins.items()):
        if len(members) < FEWEST:
            continue
        for row in lines[0].ranks:
            ranks = [line.ranks[row] for line in members if row in line.ranks]
            for metric, value, low, high in ranking_numbers(ranks):
                yield Record(link, split, name, row, metric, value, low, high, len(ranks))


def _function_records(
    opponents: Opponents, link: str, split: str, lines: Sequence[_Line], knowledge: Knowledge
) -> Iterator[Record]:
    graph = opponents.workshop.graph
    pairs = [
        (number, ancestor)
        for number, row in enumerate(knowledge.tails.tolist())
        for ancestor in knowledge.numbers_of(
            np.array(sorted(graph.ancestors(row)), np.int64)
        ).tolist()
    ]
    child, ancestor = np.array(pairs, np.int64).reshape(-1, 2).T
    information = graph.information_content()[knowledge.tails].astype(np.float64)
    true = np.stack([line.true for line in lines])
    for row in lines[0].scores:
        if not all(row in line.scores for line in lines):
            continue
        scores = np.stack([propagate(line.scores[row], child, ancestor) for line in lines])
        weights = np.stack([np.ones(len(information)), information])
        found = zip(("fmax", "weighted_fmax"), f_max(scores, true, weights), strict=True)
        for metric, (value, low, high) in found:
            yield Record(link, split, "all", row, metric, value, low, high, len(lines))


def _hub_records(
    link: str, split: str, lines: Sequence[_Line], cosine: npt.NDArray[np.float32]
) -> Iterator[Record]:
    """How unevenly tails are named: by the cosine alone, corrected, fused, and in truth."""
    shown = {"mlp, cosine alone": cosine, "mlp, csls": csls(cosine)}
    if all("fused" in line.scores for line in lines):
        shown["fused"] = np.stack([line.scores["fused"] for line in lines])
    shown["the graph itself"] = np.stack([line.true for line in lines]).astype(np.float32)
    for row, scores in shown.items():
        top = np.argsort(-scores, axis=1, kind="stable")[:, :TOP]
        skewness, largest = hubness(top, scores.shape[1])
        for metric, value in (("hub_skewness", skewness), ("hub_largest_share", largest)):
            yield Record(link, split, "all", row, metric, value, None, None, len(lines))


def _most_probable(opponents: Opponents, link: Link, asked: Asked) -> list[tuple[float, bool]]:
    """The ten most probable candidates of a head, and whether they are right."""
    if link not in opponents.fusions:
        return []
    temperature = opponents.bridges["mlp"].temperature
    probability = opponents.fusions[link].probability(features(asked.signals, temperature))
    right = asked.labels(implied=True)
    best = np.argsort(-probability, kind="stable")[:TOP]
    return [(float(probability[i]), bool(right[i])) for i in best]


def _sure_records(
    link: str,
    split: str,
    probability: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    fusion: Fusion,
) -> Iterator[Record]:
    """How often what is not called speculative is right, and how much of the shown that is."""
    sure = probability >= fusion.threshold
    share = float(sure.mean())
    yield Record(link, split, "all", "fused", "sure_share", share, None, None, len(sure))
    precision = float(right[sure].mean()) if sure.any() else None
    count = int(sure.sum())
    yield Record(link, split, "all", "fused", "sure_precision", precision, None, None, count)
