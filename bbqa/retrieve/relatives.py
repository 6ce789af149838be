"""Whom an input resembles, in three ways: close relatives, distant ones, neighbours by encoder.

What speaks for a prediction is what these have: see ``signals``. The same code serves a person's
question and the measurement of how good the answer is; only ``Limits`` differ.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
import numpy.typing as npt

from bbqa.bridge.vectors import InputVectors, Scale
from bbqa.kg.sequences import Sequences
from bbqa.limits import NO_LIMITS, Limits
from bbqa.retrieve.alignment import Homologue
from bbqa.retrieve.similarity import MIN_SIMILARITY, MoleculeIndex
from bbqa.retrieve.transfer import vote_of
from bbqa.schema import NodeType

CLOSE_EVALUE: Final = 1e-3
DISTANT_EVALUE: Final = 10.0
"""Alignments that chance gives ten times are mostly chance, but not all of them."""
HOMOLOGUES: Final = 1000
ANALOGUES: Final = 30
NEIGHBOURS: Final = 30
SHARPNESS: Final = 8
"""A neighbour's vote weighs as its cosine, an analogue's as its Tanimoto, to this power."""

Array = npt.NDArray[np.float32]


class Search(Protocol):
    """What finds homologues: ``AlignmentIndex``, or what remembers what it found."""

    def search(
        self,
        sequence: str,
        *,
        k: int = 50,
        max_evalue: float = 1e-3,
        max_identity: float | None = None,
    ) -> list[Homologue]:
        """The best ``k`` homologues; see ``AlignmentIndex.search``."""


@dataclass(frozen=True, slots=True)
class Relatives:
    """Whom an input resembles; weights of votes by the relative's key, best first.

    A key is a number in ``graph.sequences`` for a protein, a row for a drug.

    Attributes:
        type: What the input and its relatives are.
        vector: The input's vector by its encoder, [D].
        close: Homologues at E <= 1e-3; analogues with a Tanimoto of ``MIN_SIMILARITY`` or more.
        distant: These and all others that were found.
        neighbours: The nearest by the encoder.
        closeness: Of the nearest: logarithm of its bits, or its Tanimoto; 0 for none.
        identity: Of the nearest homologue, or the Tanimoto of the nearest analogue; 0 for none.
        homologues: All that vote, close ones first; none for a molecule.
    """

    type: NodeType
    vector: Array
    close: Mapping[int, float]
    distant: Mapping[int, float]
    neighbours: Mapping[int, float]
    closeness: float
    identity: float
    homologues: tuple[Homologue, ...] = ()


class Neighbourhood:
    """Vectors of all known inputs of one type, ready to be compared with another.

    Args:
        known: The vectors.
        scale: By which they are standardised before their cosine is taken.
    """

    def __init__(self, known: InputVectors, scale: Scale) -> None:
        self._rows, self._scale = known.rows, scale
        self._unit = _unit(scale.apply(known.vectors))

    def nearest(self, vector: Array, barred: Collection[int]) -> dict[int, float]:
        """Rows of the nearest nodes that are not barred, and the weights of their votes."""
        cosine = self._unit @ _unit(self._scale.apply(vector[None]))[0]
        cosine[np.isin(self._rows, list(barred))] = 0.0
        order = np.argsort(-cosine, kind="stable")[:NEIGHBOURS]
        return {int(self._rows[i]): float(cosine[i]) ** SHARPNESS for i in order if cosine[i] > 0}


def relatives_of_protein(
    sequence: str,
    vector: Array,
    proteins: Sequences,
    alignment: Search,
    neighbourhood: Neighbourhood,
    *,
    limits: Limits = NO_LIMITS,
    barred: Collection[int] = (),
) -> Relatives:
    """The relatives of a protein, itself left out where it is in the reference.

    Args:
        sequence: Amino acids.
        vector: Its vector by the encoder of ``neighbourhood``, [D].
        proteins: The reference.
        alignment: Searches the reference.
        neighbourhood: The graph's proteins.
        limits: What does not count.
        barred: Numbers of proteins that do not count either, which may have no node.
    """
    found = alignment.search(sequence, k=HOMOLOGUES, max_evalue=DISTANT_EVALUE, max_identity=1.0)
    node = proteins.node
    unseen = {*barred, *proteins.find(sequence)}
    unseen |= {h.row for h in found if _is_too_close(h, limits)}
    hidden = limits.hidden | {int(node[row]) for row in unseen}
    kept = [h for h in found if h.row not in unseen and int(node[h.row]) not in limits.hidden]
    close = [h for h in kept if h.evalue <= CLOSE_EVALUE]
    near = neighbourhood.nearest(vector, hidden)
    number_of = proteins.numbers_of(near)
    return Relatives(
        NodeType.PROTEIN,
        vector,
        {h.row: vote_of(h) for h in close},
        {h.row: vote_of(h) for h in kept},
        {number_of[row]: weight for row, weight in near.items() if row in number_of},
        float(np.log1p(max((h.bits for h in close), default=0.0))),
        max((h.identity for h in close), default=0.0),
        tuple(kept),
    )


def relatives_of_molecule(
    smiles: str,
    vector: Array,
    molecules: MoleculeIndex,
    neighbourhood: Neighbourhood,
    *,
    limits: Limits = NO_LIMITS,
) -> Relatives:
    """The relatives of a molecule, itself left out where it is one of the drugs.

    Args:
        smiles: The molecule, standardised.
        vector: Its vector by the encoder of ``neighbourhood``, [D].
        molecules: Fingerprints of the graph's drugs.
        neighbourhood: The graph's drugs.
        limits: What does not count.
    """
    highest = 1.0 if limits.max_similarity is None else limits.max_similarity
    similarity = molecules.similarities(smiles)
    order = np.argsort(-similarity, kind="stable")
    hidden = {
        int(molecules.node[i]) for i in order if similarity[i] > highest or similarity[i] == 1
    }
    barred = limits.hidden | hidden
    kept = [i for i in order if int(molecules.node[i]) not in barred][:ANALOGUES]
    weights = {int(molecules.node[i]): float(similarity[i]) ** SHARPNESS for i in kept}
    nearest = float(similarity[kept[0]]) if kept else 0.0
    count = int((similarity[kept] >= MIN_SIMILARITY).sum()) if kept else 0
    return Relatives(
        NodeType.DRUG,
        vector,
        dict(list(weights.items())[:count]),
        weights,
        neighbourhood.nearest(vector, barred),
        nearest,
        nearest,
    )


def _is_too_close(homologue: Homologue, limits: Limits) -> bool:
    """Whether a homologue is to be treated as unknown like the protein itself."""
    return limits.max_identity is not None and homologue.identity > limits.max_identity


def _unit(vectors: Array) -> Array:
    """Vectors of length 1 in the same directions, [n, D]."""
    unit: Array = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    return unit
