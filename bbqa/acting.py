"""Whether a molecule acts on a protein: what is recorded of the two, of their kin, or predicted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.retrieve import alignment, forms, similarity, visible
from bbqa.retrieve.facts import triple_of
from bbqa.retrieve.kin import NEAREST, analogy, homology, kin_words
from bbqa.retrieve.path_words import facts_of_link, hop_of, joined
from bbqa.schema import Evidence, Input, Kind, Modality, NodeType, Relation, Status, Triple
from bbqa.subject import as_attached, node_of

if TYPE_CHECKING:
    from bbqa.resources import Resources

LEAST_NEAR: Final = 0.1
"""Kin farther away than this say nothing of the two."""


@dataclass(frozen=True, slots=True)
class _Kin:
    """A node that is an input or resembles it; ``near`` is 1 for what it is.

    ``method`` says how that is known of what the input is not itself, ``kin`` what it is to it.
    """

    row: int
    near: float
    words: str
    method: str = ""
    kin: Triple | None = None


def acting_of_kin(molecule: Input, protein: Input, resources: Resources) -> list[Evidence]:
    """Recorded activity of a molecule's analogues on a protein's homologues, the nearest first.

    The two themselves count as the nearest of their kin, but what is recorded of both is left out:
    that is no inference. How near a pair is: Tanimoto times identity times coverage.
    """
    drugs = {kin.row: kin for kin in _kin_of_molecule(molecule, resources)}
    found = []
    for target in _kin_of_protein(protein, resources):
        for row in visible.neighbours(target.row, Relation.DRUG_PROTEIN, resources):
            if row in drugs and LEAST_NEAR <= drugs[row].near * target.near < 1:
                found.append((drugs[row], target))
    found.sort(key=lambda pair: -pair[0].near * pair[1].near)
    return [_inferred(*pair, molecule, resources) for pair in found]


def predicted_acting(molecule: Input, protein: Input, resources: Resources) -> list[Evidence]:
    """What the bridge says of a molecule and a known protein, or of a protein and a known drug."""
    from bbqa.retrieve.predicted import about_predicted

    if not resources.uses_bridge:
        return []
    for given, other in ((molecule, protein), (protein, molecule)):
        node = node_of(other, resources)
        if node is None:
            continue
        whole = as_attached(given, resources.graph)
        types = [NodeType.PROTEIN if given is molecule else NodeType.DRUG]
        relatives = visible.relatives(whole, resources)
        predicted = resources.projection.predict(relatives, types)
        candidates = about_predicted(given, relatives, predicted, resources, speculative=True)
        found = [c.evidence for c in candidates if c.row == node[0]]
        if found:
            return found
    return []


def _kin_of_molecule(given: Input, resources: Resources) -> Iterator[_Kin]:
    graph = resources.graph
    own = node_of(given, resources)
    if own is not None:
        yield _Kin(own[0], 1.0, graph.name_of(own[0]))
        for form, what in forms.forms_of(own[0], resources):
            named = f"{graph.name_of(form)}, {what},"
            kin = forms.form_of(own[0], form, graph, about=given.label)
            yield _Kin(form, NEAREST, named, forms.METHOD, kin)
    whole = as_attached(given, graph)
    if whole.modality is not Modality.MOLECULE:
        return
    for found in visible.analogues(whole, resources):
        if own is None or found.node != own[0]:
            itself = (graph.node_id(found.node), graph.name_of(found.node))
            kin = analogy(given.label, found, itself)
            near = min(found.similarity, NEAREST)
            yield _Kin(found.node, near, f"{itself[1]}, {kin_words(kin)},", similarity.METHOD, kin)


def _kin_of_protein(given: Input, resources: Resources) -> Iterator[_Kin]:
    graph = resources.graph
    own = node_of(given, resources)
    if own is not None:
        yield _Kin(own[0], 1.0, graph.name_of(own[0]))
    whole = as_attached(given, graph)
    if whole.modality is not Modality.PROTEIN:
        return
    for found in visible.homologues(whole, resources):
        row = int(graph.sequences.node[found.row])
        if row >= 0 and (own is None or row != own[0]):
            kin = homology(given.label, found, (graph.node_id(row), graph.name_of(row)))
            words = f"{graph.name_of(row)}, {kin_words(kin)}"
            yield _Kin(row, min(found.near, NEAREST), words, alignment.METHOD, kin)


def _inferred(drug: _Kin, target: _Kin, molecule: Input, resources: Resources) -> Evidence:
    graph = resources.graph
    facts = facts_of_link(graph, drug.row, Relation.DRUG_PROTEIN, target.row)
    hop = hop_of(graph, drug.row, facts)
    likened = [kin.method for kin in (drug, target) if kin.method]
    kinships = tuple(kin.kin for kin in (drug, target) if kin.kin is not None)
    return Evidence(
        number=0,
        statement=f"{drug.words} has recorded activity on {target.words}",
        kind=Kind.SIMILARITY if drug.near < 1 else Kind.ALIGNMENT,
        status=Status.INFERRED,
        source=joined([hop.source, *likened]),
        release=hop.release,
        nodes=(graph.node_id(drug.row), graph.node_id(target.row)),
        type=NodeType.PROTEIN,
        score=drug.near * target.near,
        because=f"nearness {drug.near:.2f} x {target.near:.2f}",
        about=molecule.label,
        triple=triple_of(facts[0], graph, via=kinships[0].via if kinships else ""),
        also=kinships,
    )
