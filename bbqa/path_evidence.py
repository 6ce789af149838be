"""A path through the graph as evidence about the inputs that it joins."""

from __future__ import annotations

from math import prod
from typing import TYPE_CHECKING

from bbqa.anchor import Anchor
from bbqa.retrieve.path_words import joined, told
from bbqa.retrieve.paths import Path
from bbqa.schema import Evidence, Hop, Kind, Modality, Status

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph


def path_evidence(
    path: Path, first: Anchor, second: Anchor | None = None, *, graph: Graph
) -> Evidence:
    """A path between two inputs, or from one, as an item of evidence.

    It is inferred where an input only resembles the node that the path begins or ends at. Its type
    is that of what it leads to, or of what is in between where that is a single node.
    """
    words = told(graph, path, first.row, None if second is None else second.row)
    anchors = [first] if second is None else [first, second]
    likened = [anchor for anchor in anchors if not anchor.exact]
    ends = path.nodes[1 if second is not None and len(path.nodes) == 3 else -1]
    return Evidence(
        number=0,
        statement=", and ".join([*(a.statement(graph) for a in likened), words.statement]),
        kind=Kind.PATH,
        status=Status.INFERRED if likened else Status.CURATED,
        source=joined([*(a.source for a in likened), *(hop.source for hop in words.hops)]),
        release=joined(hop.release for hop in words.hops),
        nodes=tuple(dict.fromkeys(graph.node_id(row) for row in (first.row, *path.nodes))),
        type=graph.type_of(ends),
        score=prod(anchor.near for anchor in anchors) * path.total,
        because=_because(path, graph.name_of(ends)),
        about=first.given.label,
        hops=_hops(words.hops, first, second, graph),
        triple=words.hops[0].triple if len(words.hops) == 1 else None,
    )


def _hops(
    hops: tuple[Hop, ...], first: Anchor, second: Anchor | None, graph: Graph
) -> tuple[Hop, ...]:
    """The steps of a path, with those from an attached input to its node and back."""
    if first.given.modality is not Modality.ENTITY:
        hops = (first.hop(graph), *hops)
    if second is not None and second.given.modality is not Modality.ENTITY:
        hops = (*hops, second.hop_back(graph))
    return hops


def _because(path: Path, name: str) -> str:
    if not path.others:
        return f"the only such path to {name}, worth {path.worth:.2g}"
    ways = "path leads" if path.others == 1 else "paths lead"
    return (
        f"best path, worth {path.worth:.2g}; {path.others} other {ways} there, "
        f"together {path.total:.2g}"
    )
