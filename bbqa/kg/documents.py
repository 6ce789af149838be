"""What a text search finds of each node: its description, and the vector of what it is.

The vector stands for the beginning of the description without its facts (name, synonyms,
definition): whoever learns from the graph's facts must not read them in the vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from bbqa.encoders import Encoder
from bbqa.encoders.vectors import Array, TextVectors, encode_once
from bbqa.kg.describe import definition_of, document
from bbqa.kg.graph import Graph
from bbqa.progress import Progress, Silent
from bbqa.schema import NodeType

ENCODED_LENGTH: Final = 300
"""Characters of a description that its vector stands for: name, synonyms, most of a definition."""

BRIEF: Final = frozenset(
    {NodeType.BIOLOGICAL_PROCESS, NodeType.DISEASE, NodeType.PHENOTYPE, NodeType.PROTEIN}
)
BRIEF_LENGTH: Final = 64
"""The same for the four largest types: name and first synonyms. Encoding takes a laptop 30 ms a
description, and these are 73,000."""

SHIPPED: Final = Path(__file__).parent / "data" / "text_vectors.parquet"
"""Vectors of the starter graph's descriptions by all-MiniLM-L6-v2; made with ``encode_once``."""

REPORT_EVERY: Final = 1000


def describe_nodes(
    graph: Graph,
    definitions: Mapping[str, str],
    progress: Progress | None = None,
    *,
    facts: bool = True,
) -> list[str]:
    """What a person would want to read of each node, in the order of the graph's rows.

    Args:
        graph: The graph.
        definitions: Definitions by node id or by an id that a node has elsewhere.
        progress: Told how far it is.
        facts: Whether to tell facts; see ``document``.
    """
    title = "describing" if facts else "describing without facts"
    bar = (progress or Silent()).bar(title, max(len(graph), 1), unit="nodes")
    documents = []
    for row in range(len(graph)):
        documents.append(document(graph, row, definition_of(graph, row, definitions), facts=facts))
        if len(documents) % REPORT_EVERY == 0 or len(documents) == len(graph):
            bar.move_to(len(documents))
    return documents


def embed_documents(
    graph: Graph,
    documents: Sequence[str],
    encoder: Encoder,
    *,
    shipped: TextVectors | None = None,
    save_to: Path | None = None,
    progress: Progress | None = None,
) -> Array:
    """A unit vector for each description, float32 [N, D], that stands for its ``encoded_part``.

    Args:
        graph: The graph.
        documents: A description without facts for each of its rows: the vectors are what a bridge
            learns the facts by, and what it is tested on.
        encoder: The text encoder.
        shipped: Vectors that are there already.
        save_to: A file for vectors made now, see ``encode_once``.
        progress: Told how far it is.
    """
    parts = [encoded_part(text, graph.type_of(row)) for row, text in enumerate(documents)]
    return encode_once(parts, encoder, shipped=shipped, save_to=save_to, progress=progress)


def shipped_vectors() -> TextVectors | None:
    """The vectors that come with bbqa, or None where they were left out.

    Raises:
        ArtifactError: The file is broken.
    """
    return TextVectors.read(SHIPPED) if SHIPPED.exists() else None


def encoded_part(description: str, node_type: NodeType) -> str:
    """The beginning of a description that its vector stands for, cut between words."""
    length = BRIEF_LENGTH if node_type in BRIEF else ENCODED_LENGTH
    if len(description) <= length:
        return description
    return description[: length + 1].rpartition(" ")[0] or description[:length]
