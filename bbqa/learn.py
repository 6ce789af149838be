"""From a graph to a bridge that can be asked: split, vectors, training, calibration.

``Workshop`` holds what these steps share, and opens each part at first use; whatever takes long is
kept on disk, so that a stopped run goes on where it was. The same parts serve the measurement of
how good the result is (``bbqa.eval.bridge_table``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.checkpoint import SHIPPED_BRIDGE, FrozenBridge, write_checkpoint
from bbqa.bridge.fusion import Fusion, Signals, features, write_fusions
from bbqa.bridge.settings import Kind, TrainingSettings
from bbqa.bridge.splits import (
    IDENTITY,
    Part,
    Split,
    make_split,
    read_split,
    scaffold_of,
)
from bbqa.bridge.triples import Link, Triples, training_triples, triples_of
from bbqa.bridge.vectors import InputVectors, NodeVectors, Scale
from bbqa.build import read_input_vectors
from bbqa.encoders import Encoder, open_encoder
from bbqa.limits import Limits
from bbqa.retrieve.relatives import (
    Neighbourhood,
    Relatives,
    relatives_of_molecule,
    relatives_of_protein,
)
from bbqa.retrieve.remembered import Remembered
from bbqa.retrieve.signals import Knowledge, candidate_tails, commonness, signals
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

SPLIT: Final = SHIPPED_BRIDGE / "split.json"
COLD: Final = (Part.COLD_TEST, Part.COLD_VALIDATION)
ENCODERS: Final[Mapping[NodeType, str]] = {NodeType.PROTEIN: "kmers", NodeType.DRUG: "morgan"}
"""The encoders of the bridge that comes with bbqa; chosen by eval/RESULTS.md."""
SETTINGS: Final[Mapping[Kind, TrainingSettings]] = {
    "linear": TrainingSettings("linear", learning_rate=3e-3),
    "mlp": TrainingSettings("mlp"),
    "transformer": TrainingSettings(
        "transformer", width=128, layers=6, dropout=0.1, learning_rate=5e-4
    ),
}
"""How each kind of bridge is trained; ``mlp`` is the one that comes with bbqa."""
MOST_HEADS: Final = 450
"""Kept-back heads of each kind and part that fusions are fitted on, at most."""
FEWEST_HEADS: Final = 30
"""Kept-back heads that a fusion of a link needs at least; links with fewer get none."""

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Kept:
    """A head that was kept back, and whom it resembles in what was not.

    Attributes:
        row: Of its node.
        part: Where it was put.
        relatives: By the limits of its part.
    """

    row: int
    part: Part
    relatives: Relatives


@dataclass(frozen=True, slots=True)
class Asked:
    """A kept-back head with one link's candidates.

    Attributes:
        kept: The head.
        signals: What speaks for each candidate.
        true: Numbers of the candidates that the graph says it has.
        implied: Numbers of those that follow from what it has, without these.
    """

    kept: Kept
    signals: Signals
    true: Ints
    implied: Ints

    def labels(self, *, implied: bool) -> npt.NDArray[np.bool_]:
        """Which candidates are true, bool [C]; on demand also those that follow."""
        found = np.zeros(len(self.signals.rows), np.bool_)
        found[self.true] = True
        if implied:
            found[self.implied] = True
        return found


class Workshop:
    """A graph with a split, ready to train and to measure.

    Args:
        resources: The graph and its indexes; they are built if they are not there.
        encoders: Name of the encoder of each type of input.
        split: The split; by default the one that comes with bbqa, or for another graph one that
            is made and kept with the graph's indexes.
    """

    def __init__(
        self,
        resources: Resources,
        encoders: Mapping[NodeType, str] = ENCODERS,
        *,
        split: Split | None = None,
    ) -> None:
        self.resources, self.graph = resources, resources.graph
        self.progress = resources.progress
        self._names = encoders
        self._knowledge: dict[Link, Knowledge] = {}
        if split is not None:
            self.__dict__["split"] = split

    # what is learned from

    @cached_property
    def split(self) -> Split:
        """What is kept back."""
        own = self.resources.folder / "split.json"
        for path in (SPLIT, own):
            if path.exists() and f'"{self.graph.hash}"' in path.read_text()[:200]:
                return read_split(path, self.graph)
        split = self.make_split()
        split.write(own, self.graph)
        return split

    def make_split(self, seed: int = 0) -> Split:
        """A new split; what was found while looking for families is kept on disk."""
        molecules = self.graph.molecules
        pairs = zip(molecules.node.tolist(), molecules.smiles, strict=True)
        scaffolds = {row: scaffold_of(smiles) for row, smiles in pairs}
        return make_split(
            self.graph, self._relatives_above_limit, scaffolds, seed=seed, progress=self.progress
        )

    @cached_property
    def triples(self) -> list[Triples]:
        """All pairs, by link."""
        return triples_of(self.graph)

    @cached_property
    def training(self) -> list[Triples]:
        """Those that may be learned from."""
        return training_triples(self.triples, self.split)

    def kept_triples(self, part: Part) -> list[Triples]:
        """Pairs whose heads are in a part."""
        rows = np.array(self.split.parts[part], np.int64)
        return [t.only(np.isin(t.pairs[:, 0], rows)) for t in self.triples]

    @cached_property
    def encoders(self) -> dict[NodeType, Encoder]:
        """The encoder of each type of input."""
        settings = self.resources.settings
        return {
            node_type: open_encoder(
                name, home=settings.home, progress=self.progress, offline=settings.offline
            )
            for node_type, name in self._names.items()
        }

    @cached_property
    def vectors(self) -> NodeVectors:
        """All vectors of the graph."""
        known = {t: read_input_vectors(self.resources, t, e) for t, e in self.encoders.items()}
        text = self.resources.encoder
        return NodeVectors(self.resources.vectors, f"{text.name} {text.hash}", known)

    # how the unknown is met

    @cached_property
    def neighbourhoods(self) -> dict[NodeType, Neighbourhood]:
        """Vectors of what is in training."""
        hidden = np.array(sorted(self.hidden), np.int64)
        found = {}
        for node_type, known in self.vectors.inputs.items():
            kept = ~np.isin(known.rows, hidden)
            only = InputVectors(known.encoder, known.rows[kept], known.vectors[kept])
            found[node_type] = Neighbourhood(only, Scale.of(known.vectors))
        return found

    @cached_property
    def hidden(self) -> frozenset[int]:
        """Rows of all nodes that are not in training."""
        return frozenset(self.split.kept_back())

    def kept(self, parts: Sequence[Part], most: int | None = None) -> list[Kept]:
        """Heads of some parts that have a vector, with their relatives; ``most`` of each type."""
        chosen = [
            (row, part, node_type)
            for node_type, known in self.vectors.inputs.items()
            for part in parts
            for row in _thinned(_with_vector(self.split.parts[part], known), most)
        ]
        bar = self.progress.bar("looking for relatives", max(len(chosen), 1), unit="inputs")
        found = []
        for row, part, node_type in chosen:
            found.append(Kept(row, part, self._relatives(row, part, node_type)))
            bar.advance(1)
        return found

    def knowledge(self, triples: Triples) -> Knowledge:
        """What training says of a link, with all candidates of the whole graph."""
        if triples.link not in self._knowledge:
            self._knowledge[triples.link] = self._know(triples)
        return self._knowledge[triples.link]

    def _know(self, triples: Triples) -> Knowledge:
        known = {t.link: t for t in self.training}.get(
            triples.link, triples.only(np.zeros(0, bool))
        )
        tails = candidate_tails(self.graph, triples)
        common = commonness(self.graph, known, tails)
        return Knowledge(self.graph, triples.link, tails, common, self.hidden)

    def asked(
        self, triples: Triples, kept: Sequence[Kept], bridge: FrozenBridge
    ) -> Iterator[Asked]:
        """Kept-back heads of a link, one after the other, with all that speaks for each tail."""
        knowledge, tails_of = self.knowledge(triples), triples.tails_of()
        heads = [k for k in kept if k.relatives.type is triples.link.head and k.row in tails_of]
        texts = self.vectors.tails(knowledge.tails.astype(np.int32))
        for head in heads:
            own = tails_of[head.row].tolist()
            above = set().union(*(self.graph.ancestors(row) for row in own)) - set(own)
            true = knowledge.numbers_of(np.array(sorted(own), np.int64))
            if not len(true):
                continue
            cosine = texts @ bridge.carry(head.relatives.vector[None], triples.link)[0]
            spoken = signals(head.relatives, knowledge, self.vectors, None)
            spoken = replace(spoken, cosine=cosine, best_cosine=float(cosine.max(initial=-1)))
            implied = knowledge.numbers_of(np.array(sorted(above), np.int64))
            yield Asked(head, spoken, true, implied)

    @cached_property
    def search(self) -> Remembered:
        """The alignment index; what it found is kept on disk."""
        resources = self.resources
        return Remembered(
            lambda: resources.alignment,
            self.graph.sequences.accession,
            resources.folder / "homologues",
        )

    def _relatives(self, row: int, part: Part, node_type: NodeType) -> Relatives:
        hidden = self.hidden
        vector = self.vectors.inputs[node_type].take(np.array([row]))[0]
        around = self.neighbourhoods[node_type]
        if node_type is NodeType.PROTEIN:
            limits = Limits(hidden, max_identity=IDENTITY if part in COLD else None)
            number = self.graph.sequences.numbers_of([row])[row]
            sequence = self.graph.sequences.sequence(number)
            return relatives_of_protein(
                sequence, vector, self.graph.sequences, self.search, around, limits=limits
            )
        place = self.graph.molecules.index_of_node(row)
        assert place is not None
        return relatives_of_molecule(
            self.graph.molecules.smiles[place],
            vector,
            self.resources.molecule_index,
            around,
            limits=Limits(hidden),
        )

    def _relatives_above_limit(self, row: int) -> list[int]:
        """Rows of human proteins of a protein's family."""
        sequences = self.graph.sequences
        numbers = sequences.numbers_of([row])
        found = self.search.search(sequences.sequence(numbers[row]), k=300)
        nodes = [int(sequences.node[h.row]) for h in found if h.identity >= IDENTITY]
        return [node for node in nodes if node >= 0]


def learn_bridge(
    workshop: Workshop,
    folder: Path,
    *,
    name: str,
    settings: TrainingSettings,
    fewest: int = FEWEST_HEADS,
) -> FrozenBridge:
    """Train a bridge, calibrate it, and write both into a folder.

    Args:
        workshop: The graph with its split.
        folder: Where the checkpoint goes; its state while training is kept beside it.
        name: What evidence calls the bridge.
        settings: How to train.
        fewest: See ``fit_fusions``.
    """
    bridge = train_into(workshop, folder, name=name, settings=settings)
    fusions = fit_fusions(workshop, bridge, fewest=fewest)
    write_fusions(folder, fusions, bridge=bridge.sha256)
    return bridge


def train_into(
    workshop: Workshop, folder: Path, *, name: str, settings: TrainingSettings
) -> FrozenBridge:
    """A trained bridge, written into a folder."""
    from bbqa.bridge.train import train_bridge

    trained = train_bridge(
        workshop.training,
        workshop.kept_triples(Part.COLD_VALIDATION),
        workshop.vectors,
        workshop.resources.encoder,
        settings=settings,
        folder=folder / "training",
        progress=workshop.progress,
    )
    write_checkpoint(
        folder,
        trained,
        name=name,
        graph_hash=workshop.graph.hash,
        split_hash=workshop.split.hash,
        vectors=workshop.vectors,
        settings=settings,
    )
    return FrozenBridge.open(folder)


def fit_fusions(
    workshop: Workshop,
    bridge: FrozenBridge,
    *,
    kept: Sequence[Kept] | None = None,
    fewest: int = FEWEST_HEADS,
    told: Callable[[Link, Fusion], None] = lambda _link, _fusion: None,
) -> dict[Link, Fusion]:
    """How signals become probabilities, by link, fitted on the validation parts.

    Args:
        workshop: The graph with its split.
        bridge: The bridge.
        kept: Validation heads; by default all.
        fewest: Heads that a link needs to get a fusion.
        told: Called with each fusion.
    """
    from bbqa.bridge.fit import fit_fusion, join, sample

    parts = (Part.COLD_VALIDATION, Part.WARM_VALIDATION)
    kept = workshop.kept(parts, MOST_HEADS) if kept is None else kept
    bar = workshop.progress.bar("calibrating", len(workshop.triples), unit="relations")
    fusions = {}
    for triples in workshop.triples:
        random = np.random.default_rng(0)
        examples = [
            sample(
                features(asked.signals, bridge.temperature),
                asked.labels(implied=False),
                asked.labels(implied=True),
                number,
                random,
            )
            for number, asked in enumerate(workshop.asked(triples, kept, bridge))
        ]
        if len(examples) >= fewest:
            fusions[triples.link] = fit_fusion(join(examples))
            told(triples.link, fusions[triples.link])
        bar.advance(1)
    return fusions


def _with_vector(rows: Sequence[int], known: InputVectors) -> Sequence[int]:
    """Those rows of which there is a vector."""
    asked = np.array(rows, np.int64)
    found: list[int] = asked[known.has(asked)].tolist()
    return found


def _thinned(rows: Sequence[int], most: int | None) -> Sequence[int]:
    """Every so manieth row, ``most`` of them at most."""
    if most is None or len(rows) <= most:
        return rows
    return [rows[i * len(rows) // most] for i in range(most)]
