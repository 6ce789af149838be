"""The frozen vectors that a bridge connects: of inputs by their encoder, of all nodes by text."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.triples import INPUTS, Link
from bbqa.errors import ArtifactError
from bbqa.schema import NodeType, Relation

TINY: Final = 1e-6

Array = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int32]

WORDS: Final[Mapping[str, str]] = {
    NodeType.PROTEIN: "protein",
    NodeType.MOLECULAR_FUNCTION: "molecular function",
    NodeType.BIOLOGICAL_PROCESS: "biological process",
    NodeType.CELLULAR_COMPONENT: "cellular component",
    NodeType.PATHWAY: "pathway",
    NodeType.DISEASE: "disease",
    NodeType.PHENOTYPE: "phenotype",
    NodeType.DRUG: "drug",
    NodeType.ROLE: "role of a chemical",
    NodeType.DRUG_CLASS: "class of drugs",
    Relation.MOLFUNC_PROTEIN: "enables the molecular function",
    Relation.BIOPROCESS_PROTEIN: "takes part in the process",
    Relation.CELLCOMP_PROTEIN: "is located in the cell",
    Relation.PATHWAY_PROTEIN: "takes part in the pathway",
    Relation.PROTEIN_PROTEIN: "binds the protein",
    Relation.DISEASE_PROTEIN: "is involved in the disease",
    Relation.PHENOTYPE_PROTEIN: "causes the phenotype when it fails",
    Relation.DRUG_PROTEIN: "drug acts on protein",
    Relation.DRUG_INDICATION: "treats the disease",
    Relation.DRUG_ROLE: "has the role",
    Relation.DRUG_CLASS: "belongs to the class",
}
"""What types and relations are called when the text encoder reads them; others by their own name
with blanks for underscores."""


def words_of(link: Link) -> tuple[str, str, str]:
    """Head type, relation and tail type of a link in words."""
    head, relation, tail = (
        WORDS.get(name, name.replace("_", " ")) for name in (link.head, link.relation, link.tail)
    )
    return head, relation, tail


@dataclass(frozen=True, slots=True)
class InputVectors:
    """Vectors of all nodes of one type that have a sequence or a structure.

    Attributes:
        encoder: Name and hash of the encoder, ``NAME HASH``.
        rows: Rows of the nodes, int32 [M], ascending, each once.
        vectors: Their vectors as the encoder gave them, float32 [M, D of the encoder].
    """

    encoder: str
    rows: Rows
    vectors: Array

    def __post_init__(self) -> None:
        check_finite(self.vectors, self.rows, self.encoder)

    def has(self, rows: npt.NDArray[np.integer]) -> npt.NDArray[np.bool_]:
        """Which of some nodes have a vector, bool [n]."""
        return np.isin(rows, self.rows)

    def take(self, rows: npt.NDArray[np.integer]) -> Array:
        """Vectors of nodes that have one, float32 [n, D of the encoder]."""
        return self.vectors[np.searchsorted(self.rows, rows)]


@dataclass(frozen=True, slots=True)
class Scale:
    """Mean and spread of each number of an encoder's vectors, by which they are standardised.

    Attributes:
        mean: float32 [D].
        spread: Standard deviation, float32 [D]; 1 where a number never changes.
    """

    mean: Array
    spread: Array

    @classmethod
    def of(cls, vectors: Array) -> Scale:
        """The scale of some vectors, [n, D]."""
        spread = vectors.std(axis=0)
        return cls(vectors.mean(axis=0), np.where(spread < TINY, 1, spread).astype(np.float32))

    def apply(self, vectors: Array) -> Array:
        """Standardised vectors, float32 [n, D]."""
        standard: Array = ((vectors - self.mean) / self.spread).astype(np.float32)
        return standard


@dataclass(frozen=True, slots=True)
class NodeVectors:
    """All vectors of a graph.

    Attributes:
        text: Unit vectors of the nodes' descriptions, [N, D], any float type, may be mapped.
        text_encoder: Name and hash of the text encoder, ``NAME HASH``.
        inputs: Vectors of the types that are sequences or structures.
    """

    text: npt.NDArray[np.floating]
    text_encoder: str
    inputs: Mapping[NodeType, InputVectors]

    def usable(self, link: Link, pairs: Rows) -> npt.NDArray[np.bool_]:
        """Which pairs, [E, 2], have a vector for their head, bool [E]."""
        if link.head not in INPUTS:
            return np.ones(len(pairs), np.bool_)
        if link.head not in self.inputs:
            return np.zeros(len(pairs), np.bool_)
        return self.inputs[link.head].has(pairs[:, 0])

    def tails(self, rows: Rows) -> Array:
        """Unit text vectors of some nodes, float32 [n, D].

        Raises:
            ArtifactError: One is not a number.
        """
        found: Array = self.text[rows].astype(np.float32)
        check_finite(found, rows, self.text_encoder)
        unit: Array = found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), TINY)
        return unit


def check_finite(vectors: Array, rows: npt.NDArray[np.integer], encoder: str) -> None:
    """Make sure that every number of some nodes' vectors is one.

    Raises:
        ArtifactError: One is not; the message says which.
    """
    wrong = np.argwhere(~np.isfinite(vectors))
    if len(wrong):
        first, column = wrong[0]
        name, got = encoder.split(maxsplit=1)[0], vectors[first, column]
        raise ArtifactError(
            f"the vector of node {rows[first]} by {name} has {got} at {column}; "
            f"{len(np.unique(wrong[:, 0]))} of {len(vectors)} vectors are not numbers",
            hint="delete the encoder's cache folder and encode again",
        )
