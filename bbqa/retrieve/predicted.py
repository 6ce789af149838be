"""Predictions as evidence: what the bridge and an input's relatives together make probable.

Each says how sure it is, which bridge and encoder it comes from, and which relatives support it.
Where relatives do, it is inferred; where only the bridge does, it is predicted. What is less sure
than nine in ten is speculative and left out unless it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.kg.describe import predicate
from bbqa.kg.graph import Graph
from bbqa.retrieve.alignment import closeness
from bbqa.retrieve.facts import is_informative, specificity, triple_about
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.kin import Kin, facts_of_kin
from bbqa.retrieve.projection import Predicted, Projection
from bbqa.retrieve.relatives import Relatives
from bbqa.schema import Certainty, Evidence, Input, Kind, NodeType, Relation, Status

if TYPE_CHECKING:
    from bbqa.resources import Resources

MARGIN: Final = 0.1
"""A general term is left out beside a specific one that is at most this much less probable."""
SHOWN: Final = 3
TRUE_OF_MOST: Final = 0.5
"""What more than this share of all inputs have, such as "human disease", says nothing of one."""


@dataclass(frozen=True, slots=True)
class _Named:
    """How to speak of the relatives of an input."""

    graph: Graph
    relatives: Relatives

    def ids(self, keys: Sequence[int]) -> tuple[str, ...]:
        """Accessions of homologues, node ids of analogues."""
        if self.relatives.type is NodeType.PROTEIN:
            return tuple(self.graph.sequences.accession(key) for key in keys)
        return tuple(self.graph.node_id(key) for key in keys)

    def because(self, key: int) -> str:
        """How near a relative is."""
        if self.relatives.type is not NodeType.PROTEIN:
            return f"an analogue, {self.graph.name_of(key)}"
        return closeness(next(h for h in self.relatives.homologues if h.row == key))


def about_inferred(
    given: Input,
    relatives: Relatives,
    kin: Sequence[Kin],
    types: Collection[NodeType],
    resources: Resources,
    *,
    speculative: bool,
    known: Collection[Candidate] = (),
) -> list[Candidate]:
    """Predictions about an input, and what is recorded of its nearest relatives; unranked.

    Args:
        given: A protein or a molecule.
        relatives: Whom it resembles, for the bridge.
        kin: Whose facts can be told, the nearest first.
        types: Types of nodes that are asked for.
        resources: Graph and bridge.
        speculative: Whether predictions that are not sure are wanted too.
        known: What the graph itself says of the input.
    """
    projection, graph = resources.projection, resources.graph
    predicted = projection.predict(relatives, types)
    rows = {candidate.row for candidate in known}
    told = about_predicted(
        given, relatives, predicted, resources, speculative=speculative, known=rows
    )
    lent = facts_of_kin(
        kin,
        types,
        told=implied_by([*known, *told], graph),
        probability=probabilities(predicted, relatives, projection),
    )
    return [*told, *lent]


def about_predicted(
    given: Input,
    relatives: Relatives,
    predicted: Sequence[Predicted],
    resources: Resources,
    *,
    speculative: bool,
    known: Collection[int] = (),
) -> list[Candidate]:
    """Predictions about an input, unranked.

    Args:
        given: A protein or a molecule.
        relatives: Whom it resembles.
        predicted: What the bridge and they make probable; see ``Projection.predict``.
        resources: Graph and bridge.
        speculative: Whether predictions that are not sure are wanted too.
        known: Rows of nodes of which the graph itself speaks.
    """
    projection, graph = resources.projection, resources.graph
    named = _Named(graph, relatives)
    source = f"bridge {projection.bridge.name}, {projection.encoders[relatives.type].name}"
    wanted = [
        found
        for found in predicted
        if (speculative or not found.speculative)
        and found.row not in known
        and found.signals["common"] <= TRUE_OF_MOST
        and is_informative(graph, found.row)
    ]
    return [
        _candidate(given, found, named, source)
        for found in without_implied(wanted, graph.ancestors)
    ]


def probabilities(
    predicted: Iterable[Predicted], relatives: Relatives, projection: Projection
) -> dict[NodeType, dict[int, float]]:
    """How probable an input's relation to each node is, of all nodes that may be predicted.

    Those that may be and were not are as good as impossible; of others nothing is known.
    """
    found: dict[NodeType, dict[int, float]] = {}
    for link in projection.fusions:
        if link.head is relatives.type:
            tails = projection.knowledge[link].tails.tolist()
            found.setdefault(link.tail, {}).update(dict.fromkeys(tails, 0.0))
    for one in predicted:
        known = found[one.link.tail]
        known[one.row] = max(known.get(one.row, 0.0), one.probability)
    return found


def implied_by(candidates: Iterable[Candidate], graph: Graph) -> set[int]:
    """Rows of the nodes that candidates speak of, and of all that these imply."""
    rows = {candidate.row for candidate in candidates if candidate.row >= 0}
    return rows.union(*map(graph.ancestors, rows))


def without_implied(
    found: Sequence[Predicted], ancestors: Callable[[int], Collection[int]]
) -> list[Predicted]:
    """Predictions without general terms beside specific ones that are nearly as probable."""
    best: dict[tuple[Relation, int], float] = {}
    for one in found:
        for general in ancestors(one.row):
            key = (one.link.relation, general)
            best[key] = max(best.get(key, 0.0), one.probability)
    return [
        one
        for one in found
        if best.get((one.link.relation, one.row), 0.0) < one.probability - MARGIN
        or (one.link.relation, one.row) not in best
    ]


def _candidate(given: Input, found: Predicted, named: _Named, source: str) -> Candidate:
    graph, supporters = named.graph, found.supporters[:SHOWN]
    is_head = found.link.relation is not Relation.DRUG_PROTEIN or (found.link.head is NodeType.DRUG)
    words = predicate(graph, found.link.relation, found.row, as_head=is_head)
    by_kin = Kind.ALIGNMENT if found.link.head is NodeType.PROTEIN else Kind.SIMILARITY
    evidence = Evidence(
        number=0,
        statement=f"{given.label} {'possibly' if found.speculative else 'probably'} {words}",
        kind=by_kin if supporters else Kind.BRIDGE,
        status=Status.INFERRED if supporters else Status.PREDICTED,
        source=f"{_voices(found)}{source}, p {found.probability:.2f}",
        release=str(graph.manifest.get("sequences_release", "")),
        nodes=(graph.node_id(found.row), *named.ids(supporters)),
        type=graph.type_of(found.row),
        score=found.probability,
        probability=round(found.probability, 4),
        because=named.because(supporters[0]) if supporters else "near in the space of texts",
        about=given.label,
        speculative=found.speculative,
        triple=triple_about(
            (given.label, given.label),
            found.link.relation,
            found.row,
            graph,
            is_head=is_head,
            certainty=Certainty.POSSIBLE if found.speculative else Certainty.PROBABLE,
        ),
    )
    return Candidate(evidence, found.row, specificity(graph, found.row))


def _voices(found: Predicted) -> str:
    if not found.supporters:
        return ""
    kin = "homologues" if found.link.head is NodeType.PROTEIN else "analogues"
    return f"{len(found.supporters)} of {found.voters} {kin}; "
