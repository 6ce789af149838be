"""What a text search finds of each node: its description, and the part of it that is encoded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bbqa.kg.describe import definition_of, document
from bbqa.kg.graph import Graph
from bbqa.progress import Progress, Silent

ENCODED_LENGTH: Final = 300
"""Characters of a description that its vector stands for: name, synonyms, most of a definition."""

REPORT_EVERY: Final = 1000


def describe_nodes(
    graph: Graph, definitions: Mapping[str, str], progress: Progress | None = None
) -> list[str]:
    """What a person would want to read of each node, in the order of the graph's rows.

    Args:
        graph: The graph.
        definitions: Definitions by node id or by an id that a node has elsewhere.
        progress: Told how far it is.
    """
    bar = (progress or Silent()).bar("describing", max(len(graph), 1), unit="nodes")
    documents = []
    for row in range(len(graph)):
        documents.append(document(graph, row, definition_of(graph, row, definitions)))
        if len(documents) % REPORT_EVERY == 0 or len(documents) == len(graph):
            bar.move_to(len(documents))
    return documents


def encoded_part(description: str) -> str:
    """The beginning of a description that its vector stands for, cut between words."""
    if len(description) <= ENCODED_LENGTH:
        return description
    return description[: ENCODED_LENGTH + 1].rpartition(" ")[0] or description[:ENCODED_LENGTH]
