"""How fast the bridge is: its encoders, its training, one projected query, growth.

Called by ``bbqa.eval.bench``; each part can be called alone.
"""

from __future__ import annotations

import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from bbqa.bridge.batches import Batches
from bbqa.bridge.checkpoint import SHIPPED_BRIDGE
from bbqa.bridge.settings import TrainingSettings
from bbqa.bridge.triples import Link, Triples
from bbqa.bridge.vectors import NodeVectors
from bbqa.build import VECTORS
from bbqa.encoders import Encoder
from bbqa.eval.encoder_bench import bench_encoders
from bbqa.eval.growth_bench import bench_growth
from bbqa.eval.measured import Number, p50_and_p99, timed
from bbqa.inputs import read_inputs
from bbqa.kg.graph import Graph
from bbqa.learn import SETTINGS
from bbqa.resources import Resources
from bbqa.retrieve.projection import NEAREST, Projection
from bbqa.retrieve.relatives import Relatives
from bbqa.schema import NodeType

STEPS: Final = 30
WARM_UP: Final = 3
"""Steps of training that are not counted: PyTorch sets things up in them."""
SIZES: Final = (10_000, 150_000, 1_000_000)
IN_CHROMA: Final = {True: (10_000, 50_000), False: (10_000, 150_000)}
"""How many nodes Chroma is given, by whether the run is quick."""


def bench_bridge(resources: Resources, *, quick: bool) -> Iterator[Number]:
    """All numbers about the bridge, as they are measured; none for a graph without a bridge."""
    yield from bench_encoders(resources.graph, resources.settings.home, quick=quick)
    if not resources.uses_bridge:
        return
    projection = resources.projection
    yield from bench_projection(projection, queries=100 if quick else 500)
    yield from bench_prediction(projection, inputs=10 if quick else 60)
    training = [pairs_of(resources.graph, link) for link in projection.fusions]
    for kind in ("linear", "mlp"):
        settings = replace(SETTINGS[kind], steps=STEPS)
        yield from bench_training(training, projection.vectors, resources.encoder, settings)
    yield from bench_growth(
        SIZES,
        IN_CHROMA[quick],
        vectors=resources.folder / VECTORS,
        bridge=resources.settings.bridge or SHIPPED_BRIDGE,
    )


# ---- one query ----


def bench_projection(projection: Projection, *, queries: int) -> Iterator[Number]:
    """Times of one known input's vector through the bridge to its nearest descriptions."""
    rng = random.Random(0)
    links = [link for link in projection.fusions if link.head is NodeType.PROTEIN]
    proteins = projection.vectors.inputs[NodeType.PROTEIN].vectors
    chosen = [proteins[rng.randrange(len(proteins))] for _ in range(queries)]

    def ask(number: int) -> None:
        link = links[number % len(links)]
        pointed = projection.bridge.carry(chosen[number][None], link)[0]
        projection.index.nearest(pointed, link.tail, NEAREST)

    for number in range(len(links)):  # Chroma reads each collection at its first search
        ask(number % queries)
    yield from p50_and_p99(
        f"bridge and {NEAREST} nearest in Chroma, one query without the encoder",
        [timed(partial(ask, number)) for number in range(queries)],
        aim="under 50",
        beside=f"{queries} queries of {len(links)} relations in turn",
    )


def bench_prediction(projection: Projection, *, inputs: int) -> Iterator[Number]:
    """Times of all predictions for one protein, from its vector and relatives on."""
    rng = random.Random(0)
    sequences = projection.graph.sequences
    numbers = rng.sample(np.flatnonzero(sequences.node >= 0).tolist(), inputs)
    relatives = [_relatives(projection, sequences.sequence(number)) for number in numbers]
    types = {link.tail for link in projection.fusions}
    projection.predict(relatives[0], types)
    seconds = [timed(partial(projection.predict, r, types)) for r in relatives]
    links = sum(link.head is NodeType.PROTEIN for link in projection.fusions)
    yield from p50_and_p99(
        "all predictions for a protein, without encoder and alignment",
        seconds,
        beside=f"{inputs} proteins, {links} relations each",
    )


def _relatives(projection: Projection, sequence: str) -> Relatives:
    return projection.relatives(read_inputs([sequence], [])[0])


# ---- training ----


class Clock:
    """A progress that notes when each step was done."""

    def __init__(self) -> None:
        self.times: list[float] = []

    def say(self, text: str) -> None:
        """Nothing."""

    def bar(self, title: str, total: float, *, unit: str = "") -> Clock:
        """Itself."""
        return self

    def advance(self, amount: float) -> None:
        """Nothing: training moves to a step."""

    def move_to(self, completed: float) -> None:
        """Note the time."""
        self.times.append(time.perf_counter())


def bench_training(
    training: Sequence[Triples],
    vectors: NodeVectors,
    text_encoder: Encoder,
    settings: TrainingSettings,
) -> Iterator[Number]:
    """True pairs that a bridge learns from in a second, and its steps.

    Args:
        training: Pairs by link.
        vectors: Vectors of all nodes.
        text_encoder: Reads names of types and relations.
        settings: How; of its steps the first few do not count.
    """
    from bbqa.bridge.train import train_bridge

    clock = Clock()
    train_bridge(training, [], vectors, text_encoder, settings=settings, progress=clock)
    # The first time is taken before any step; the last step also keeps the weights.
    counted = slice(WARM_UP, len(clock.times) - 2)
    seconds = clock.times[counted.stop] - clock.times[counted.start]
    pairs = _pairs_drawn(training, vectors, settings)[counted]
    beside = f"{len(pairs)} batches of {settings.batch} heads, {settings.negatives} negatives"
    yield Number(f"training {settings.kind}, triples/s", sum(pairs) / seconds, beside=beside)
    yield Number(f"training {settings.kind}, steps/s", len(pairs) / seconds)


def _pairs_drawn(
    training: Sequence[Triples], vectors: NodeVectors, settings: TrainingSettings
) -> list[int]:
    """True pairs in each batch: the same seed draws the same batches as in training."""
    batches = Batches(
        [t.only(vectors.usable(t.link, t.pairs)) for t in training],
        size=settings.batch,
        positives=settings.positives,
        negatives=settings.negatives,
        seed=settings.seed,
    )
    return [int(batches.draw().true.sum()) for _ in range(settings.steps)]


def pairs_of(graph: Graph, link: Link) -> Triples:
    """All pairs of one link."""
    edges = graph.edges_with(link.relation)
    pairs = np.stack([graph.head[edges], graph.tail[edges]], axis=1)
    both = np.concatenate([pairs, pairs[:, ::-1]])
    kept = np.isin(both[:, 0], graph.rows_of(link.head))
    kept &= np.isin(both[:, 1], graph.rows_of(link.tail))
    return Triples(link, np.unique(both[kept], axis=0))
