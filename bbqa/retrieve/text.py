"""What resembles the question's words: nodes by the text of their descriptions, from Chroma."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from bbqa.retrieve.facts import specificity
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.visible import described
from bbqa.schema import Evidence, Kind, NodeType, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

MIN_COSINE = 0.45
"""Below this a description does not speak of what the question speaks of."""


def about_text(
    question: str, types: Sequence[NodeType], resources: Resources, *, k: int = 5
) -> list[Candidate]:
    """Nodes whose descriptions are nearest to the question, with what is recorded of them.

    Args:
        question: The question in words.
        types: Collections to search.
        resources: Graph, encoder and vector index.
        k: Nodes per collection.
    """
    vector = resources.encode(question)
    return [
        _described(resources, row, node_type, cosine)
        for node_type in types
        for row, cosine in described(vector, node_type, k, resources)
        if cosine >= MIN_COSINE
    ]


def _described(resources: Resources, row: int, node_type: NodeType, cosine: float) -> Candidate:
    graph = resources.graph
    evidence = Evidence(
        number=0,
        statement=first_sentences(resources.index.document(node_type, row)),
        kind=Kind.TEXT,
        status=Status.PREDICTED,
        source="text search, all-MiniLM-L6-v2",
        release=str(graph.manifest.get("release", "")),
        nodes=(graph.node_id(row),),
        type=node_type,
        score=0.4 * cosine,
        because=f"its description resembles the question (cosine {cosine:.2f})",
    )
    return Candidate(evidence, row, specificity(graph, row))


def first_sentences(document: str, *, limit: int = 240) -> str:
    """The beginning of a document, whole sentences where that fits ``limit`` characters."""
    text = " ".join(document.split())
    if len(text) <= limit:
        return text.rstrip(".")
    cut = text[:limit]
    end = max(cut.rfind(". "), cut.rfind("; "))
    return cut[:end] if end > limit // 3 else cut[: cut.rfind(" ")] + " …"
