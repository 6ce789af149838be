"""How probable some nodes are for an input, also those that are too improbable to be told.

Retrieval tells the most probable of all nodes. A question with options, or one that takes
something for granted, asks about a few: which of them is the likeliest can be told also where none
is likely.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from bbqa.bridge.fusion import features
from bbqa.kg.describe import predicate
from bbqa.retrieve import visible
from bbqa.retrieve.facts import is_informative, triple_about
from bbqa.retrieve.projection import HEAD, NEAREST
from bbqa.retrieve.signals import signals
from bbqa.schema import Certainty, Evidence, Input, Kind, Modality, Relation, Status
from bbqa.subject import as_attached

if TYPE_CHECKING:
    from bbqa.bridge.triples import Link
    from bbqa.resources import Resources
    from bbqa.retrieve.projection import Projection
    from bbqa.retrieve.relatives import Relatives

Rows = npt.NDArray[np.int64]


def predict(given: Input, rows: Collection[int], resources: Resources) -> Iterator[Evidence]:
    """What the bridge and the relatives of an input say of some nodes, however little.

    Args:
        given: A protein or molecule, attached or named.
        rows: The nodes.
        resources: Graph and bridge; without a bridge nothing is predicted.
    """
    graph = resources.graph
    whole = as_attached(given, graph)
    if not resources.uses_bridge or whole.modality is Modality.ENTITY:
        return
    projection = resources.projection
    asked = np.array(sorted(row for row in rows if is_informative(graph, row)), np.int64)
    types = {graph.type_of(int(row)) for row in asked}
    links = [
        link
        for link in projection.fusions
        if link.head is HEAD[whole.modality] and link.tail in types
    ]
    if not links:
        return
    relatives = visible.relatives(whole, resources)
    for link in links:
        for row, raw, probability in _predicted(relatives, link, asked, projection):
            yield _evidence(given, row, raw, probability, link, projection)


def _predicted(
    relatives: Relatives, link: Link, asked: Rows, projection: Projection
) -> Iterator[tuple[int, float, float]]:
    """Each node that a link may lead to, its probability before calibration, and after it."""
    knowledge, fusion = projection.knowledge[link], projection.fusions[link]
    pointed = projection.bridge.carry(relatives.vector[None], link)[0]
    numbers = knowledge.numbers_of(asked)
    if not len(numbers):
        return
    near = [row for row, _ in projection.index.nearest(pointed, link.tail, NEAREST)]
    others = knowledge.numbers_of(np.array(sorted(near), np.int64))
    # The best cosine of all candidates is one of the signals, so the nearest have to be among them.
    chosen = np.concatenate([numbers, np.setdiff1d(others, numbers)])
    spoken = signals(relatives, knowledge, projection.vectors, pointed, chosen=chosen)
    read = features(spoken, projection.bridge.temperature)[: len(numbers)]
    yield from zip(
        spoken.rows.tolist(),
        fusion.raw(read).tolist(),
        fusion.probability(read).tolist(),
        strict=False,
    )


def _evidence(  # noqa: PLR0917 - called once, above
    given: Input, row: int, raw: float, probability: float, link: Link, projection: Projection
) -> Evidence:
    graph = projection.graph
    is_head = link.relation is not Relation.DRUG_PROTEIN or HEAD[Modality.MOLECULE] is link.head
    words = predicate(graph, link.relation, row, as_head=is_head)
    sure = probability >= projection.fusions[link].threshold
    return Evidence(
        number=0,
        statement=f"{given.label} {'probably' if sure else 'possibly'} {words}",
        kind=Kind.BRIDGE,
        status=Status.PREDICTED,
        source=f"bridge {projection.bridge.name}, p {probability:.2g}",
        release=str(graph.manifest.get("sequences_release", "")),
        nodes=(graph.node_id(row),),
        type=graph.type_of(row),
        score=raw,
        probability=round(probability, 6),
        because="relatives, and the space of texts",
        about=given.label,
        speculative=not sure,
        triple=triple_about(
            (given.label, given.label),
            link.relation,
            row,
            graph,
            is_head=is_head,
            certainty=Certainty.PROBABLE if sure else Certainty.POSSIBLE,
        ),
    )
