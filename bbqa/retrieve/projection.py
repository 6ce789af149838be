"""BioBridge in retrieval: an input's vector goes through the bridge into the space of texts.

There Chroma gives the nearest descriptions of each type. With them come what the input's relatives
have and what is common; each candidate gets the probability that the graph would say it, from all
that speaks for it (``bbqa.bridge.fusion``).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.checkpoint import FrozenBridge
from bbqa.bridge.fusion import Fusion, Signals, features
from bbqa.bridge.triples import Link
from bbqa.bridge.vectors import Array, NodeVectors
from bbqa.encoders import Encoder
from bbqa.kg.graph import Graph
from bbqa.limits import NO_LIMITS, Limits
from bbqa.retrieve.relatives import (
    Neighbourhood,
    Relatives,
    Search,
    relatives_of_molecule,
    relatives_of_protein,
)
from bbqa.retrieve.signals import Knowledge, signals, supporters, vote
from bbqa.schema import Input, Modality, NodeType

if TYPE_CHECKING:
    from bbqa.index import Index
    from bbqa.retrieve.similarity import MoleculeIndex

NEAREST: Final = 100
"""Descriptions of each type that Chroma is asked for."""
MOST: Final = 100
"""Predictions of each link that are told, at most."""
LEAST: Final = 0.01
"""Least probability that is worth telling even to those who asked for what is not sure."""
COMMON: Final = 50
"""The most common tails are candidates for every head."""
HEAD: Final = {Modality.PROTEIN: NodeType.PROTEIN, Modality.MOLECULE: NodeType.DRUG}


@dataclass(frozen=True, slots=True)
class Predicted:
    """A node that an input is probably related to.

    Attributes:
        link: How.
        row: Of the node.
        probability: That the graph says so, calibrated, in [0, 1].
        speculative: Whether it is less sure than what is right nine times of ten.
        supporters: Close relatives that have it, by key as in ``Relatives``, best first.
        voters: How many close relatives have anything of the kind.
        cosine: Between the bridged input and the node's description.
        signals: Weight of what speaks for it: shares of the votes of ``relatives`` and
            ``neighbours``, and how ``common`` it is.
    """

    link: Link
    row: int
    probability: float
    speculative: bool
    supporters: tuple[int, ...]
    voters: int
    cosine: float
    signals: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Projection:
    """All that predicting needs, opened; see ``Resources.projection``.

    Attributes:
        graph: The graph.
        bridge: The trained bridge.
        fusions: How signals become a probability, by link.
        knowledge: What is known of each link.
        encoders: The encoder of each type of input.
        neighbourhoods: Vectors of the graph's proteins and drugs.
        vectors: Text vectors of all nodes.
        alignment: Searches the graph's sequences.
        molecules: Fingerprints of the graph's drugs.
        index: Descriptions in Chroma.
    """

    graph: Graph
    bridge: FrozenBridge
    fusions: Mapping[Link, Fusion]
    knowledge: Mapping[Link, Knowledge]
    encoders: Mapping[NodeType, Encoder]
    neighbourhoods: Mapping[NodeType, Neighbourhood]
    vectors: NodeVectors
    alignment: Search
    molecules: MoleculeIndex
    index: Index

    def relatives(
        self, given: Input, limits: Limits = NO_LIMITS, *, barred: Collection[int] = ()
    ) -> Relatives:
        """Whom a protein or molecule resembles.

        Args:
            given: The protein or molecule.
            limits: What does not count.
            barred: Numbers of proteins that do not count either.
        """
        head = HEAD[given.modality]
        vector = self.encoders[head].encode([given.value])[0]
        around = self.neighbourhoods[head]
        if head is NodeType.PROTEIN:
            return relatives_of_protein(
                given.value,
                vector,
                self.graph.sequences,
                self.alignment,
                around,
                limits=limits,
                barred=barred,
            )
        return relatives_of_molecule(given.value, vector, self.molecules, around, limits=limits)

    def predict(self, relatives: Relatives, types: Collection[NodeType]) -> list[Predicted]:
        """What an input is related to, of the types asked for, most probable first."""
        links = [
            link for link in self.fusions if link.head is relatives.type and link.tail in types
        ]
        found = [predicted for link in links for predicted in self._predict(relatives, link)]
        return sorted(found, key=lambda p: (-p.probability, p.row))

    def _predict(self, relatives: Relatives, link: Link) -> list[Predicted]:
        knowledge, fusion = self.knowledge[link], self.fusions[link]
        pointed = self.bridge.carry(relatives.vector[None], link)[0]
        chosen = self._candidates(relatives, knowledge, pointed)
        spoken = signals(relatives, knowledge, self.vectors, pointed, chosen=chosen)
        probability = fusion.probability(features(spoken, self.bridge.temperature))
        order = np.argsort(-probability, kind="stable")[:MOST]
        return [
            self._predicted(relatives, link, spoken, int(chosen[i]), int(i), float(probability[i]))
            for i in order
            if probability[i] >= LEAST
        ]

    def _candidates(
        self, relatives: Relatives, knowledge: Knowledge, pointed: Array
    ) -> npt.NDArray[np.int64]:
        """Numbers of what Chroma finds near, of what anybody votes for, and of what is common."""
        near = [row for row, _ in self.index.nearest(pointed, knowledge.link.tail, NEAREST)]
        votes = vote(relatives.distant, knowledge) + vote(relatives.neighbours, knowledge)
        return np.unique(
            np.concatenate(
                [
                    knowledge.numbers_of(np.array(sorted(near), np.int64)),
                    np.flatnonzero(votes),
                    np.argsort(-knowledge.common)[:COMMON],
                ]
            )
        ).astype(np.int64)

    def _predicted(  # noqa: PLR0917 - called once, just above
        self,
        relatives: Relatives,
        link: Link,
        spoken: Signals,
        number: int,
        place: int,
        probability: float,
    ) -> Predicted:
        return Predicted(
            link=link,
            row=int(spoken.rows[place]),
            probability=probability,
            speculative=probability < self.fusions[link].threshold,
            supporters=tuple(supporters(number, relatives.close, self.knowledge[link])),
            voters=spoken.relatives,
            cosine=float(spoken.cosine[place]),
            signals={
                "relatives": float(spoken.close[place]),
                "neighbours": float(spoken.neighbours[place]),
                "common": float(spoken.common[place]),
            },
        )
