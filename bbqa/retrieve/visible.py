"""What may be seen of the reference: the one door to it, at which ``resources.limits`` are kept.

An evaluation hides a protein, its homologues above some identity, or a drug and its analogues
above some Tanimoto; nobody else sees a difference. What follows from a limit:

- A hidden node is nobody's identity, homologue, analogue or neighbour by encoder, it has no vote,
  no path leads by way of it, and facts and descriptions of others that name it are left out.
- Whatever has the same sequence as a hidden protein, in whatever species, is hidden with it; so is
  every drug with the same skeleton (first block of the InChIKey) as a hidden one.
- With ``max_identity`` below 1 a protein is identical to nobody, and whom it resembles more than
  that in any alignment does not count for it. With ``max_similarity`` below 1 the same holds of a
  molecule and what has its skeleton or a higher Tanimoto.

What a question itself names is not limited: it is known to whoever asks. Statistics over the whole
graph (how common a term is, how many links a node has) and models that were trained on it are as
they are: for those an evaluation needs inputs that were kept back from training.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.graph import Fact, Graph
from bbqa.kg.sequences import Sequences
from bbqa.limits import NO_LIMITS, Limits
from bbqa.retrieve.alignment import Homologue
from bbqa.retrieve.identity import SKELETON, Match, find_molecule, find_protein
from bbqa.retrieve.relatives import DISTANT_EVALUE, Relatives
from bbqa.retrieve.similarity import Analogue
from bbqa.schema import Input, Modality, NodeType, Relation

if TYPE_CHECKING:
    from collections.abc import Collection

    from bbqa.bridge.vectors import Array
    from bbqa.resources import Resources


@dataclass(frozen=True, slots=True)
class Hidden:
    """What is not to be seen.

    Attributes:
        rows: Rows of nodes.
        proteins: Numbers in ``graph.sequences``; those of other species have no node.
    """

    rows: frozenset[int] = frozenset()
    proteins: frozenset[int] = frozenset()


NOTHING: Final = Hidden()


def hidden_of(resources: Resources) -> Hidden:
    """What the limits hide from everybody, with all that is identical to it."""
    hidden = resources.limits.hidden
    return _with_the_identical(resources.graph, hidden) if hidden else NOTHING


@lru_cache(maxsize=256)
def _with_the_identical(graph: Graph, hidden: frozenset[int]) -> Hidden:
    proteins = _identical_proteins(graph.sequences, hidden)
    nodes = {int(graph.sequences.node[number]) for number in proteins} - {-1}
    skeletons = (key[:SKELETON] for key in graph.molecules.inchikeys)
    known = list(zip(skeletons, graph.molecules.node.tolist(), strict=True))
    unseen = {skeleton for skeleton, row in known if row in hidden}
    drugs = {row for skeleton, row in known if skeleton in unseen}
    return Hidden(hidden | nodes | drugs, proteins)


def _identical_proteins(sequences: Sequences, hidden: Collection[int]) -> frozenset[int]:
    """Numbers of all proteins with the sequence of a hidden node."""
    own = np.flatnonzero(np.isin(sequences.node, list(hidden)))
    unseen = {sequences.sequence(number) for number in own.tolist()}
    as_long = np.flatnonzero(np.isin(sequences.lengths, sequences.lengths[own]))
    return frozenset(n for n in as_long.tolist() if sequences.sequence(n) in unseen)


# who an input is


def same_proteins(given: Input, resources: Resources) -> tuple[Match, ...]:
    """All reference proteins with exactly a protein's residues, human ones first."""
    if _is_below_one(resources.limits.max_identity):
        return ()
    hidden = hidden_of(resources)
    found = find_protein(given, resources.graph.sequences)
    return tuple(match for match in found if match.number not in hidden.proteins)


def proteins_containing(given: Input, resources: Resources) -> list[tuple[int, int]]:
    """Reference proteins of which a protein is an exact fragment, and where it begins, from 0."""
    if _is_below_one(resources.limits.max_identity):
        return []
    hidden = hidden_of(resources).proteins
    found = resources.graph.sequences.containing(given.value)
    return [(number, at) for number, at in found if number not in hidden]


def same_molecules(given: Input, resources: Resources) -> tuple[Match, ...]:
    """All compounds with a molecule's InChIKey; failing that, those that differ least from it."""
    if _is_below_one(resources.limits.max_similarity):
        return ()
    hidden = hidden_of(resources)
    found = find_molecule(given, resources.graph.molecules)
    return tuple(match for match in found if match.node not in hidden.rows)


# whom it resembles


def homologues(
    given: Input, resources: Resources, *, k: int = 50, max_evalue: float = 1e-3
) -> list[Homologue]:
    """The best ``k`` homologues of a protein, best first; with no limits, itself too."""
    return resources.alignment.search(
        given.value,
        k=k,
        max_evalue=max_evalue,
        max_identity=resources.limits.max_identity,
        without=hidden_of(resources).proteins,
    )


def human_homologues(given: Input, resources: Resources, *, k: int = 10) -> list[Homologue]:
    """The best ``k`` human homologues of a protein; where the index has none, all are aligned."""
    sequences = resources.graph.sequences
    found = homologues(given, resources, k=200)
    human = [one for one in found if sequences.node[one.row] >= 0]
    if human or resources.limits.max_identity is not None:
        return human[:k]
    hidden = hidden_of(resources).proteins
    rows = [n for n in np.flatnonzero(sequences.node >= 0).tolist() if n not in hidden]
    return resources.alignment.search_among(given.value, rows, k=k)


def analogues(given: Input, resources: Resources, *, k: int = 10) -> list[Analogue]:
    """The ``k`` drugs most similar to a molecule, best first; with no limits, itself too."""
    return resources.molecule_index.search(
        given.value,
        k=k,
        max_similarity=resources.limits.max_similarity,
        without=_limits_for(given, resources).hidden,
    )


def relatives(given: Input, resources: Resources) -> Relatives:
    """Whom a protein or molecule resembles, for the bridge and its fusion."""
    barred = hidden_of(resources).proteins
    found = resources.projection.relatives(given, _limits_for(given, resources), barred=barred)
    if given.modality is not Modality.PROTEIN or resources.limits.max_identity is None:
        return found
    too_close = _too_close(given, found, resources.limits.max_identity, resources)
    near = {key: weight for key, weight in found.neighbours.items() if key not in too_close}
    return replace(found, neighbours=near)


def _too_close(
    given: Input, found: Relatives, limit: float, resources: Resources
) -> frozenset[int]:
    """Neighbours by encoder that do not count, though the search did not come by them.

    It aligns the likeliest thousand; neighbours may come from among all others.
    """
    aligned = {homologue.row for homologue in found.homologues}
    others = [number for number in found.neighbours if number not in aligned]
    return frozenset(
        homologue.row
        for homologue in resources.alignment.compare(given.value, others)
        if homologue.evalue <= DISTANT_EVALUE and homologue.identity > limit
    )


def _limits_for(given: Input, resources: Resources) -> Limits:
    """The limits with all that is hidden, from everybody or from this very input."""
    limits = resources.limits
    if limits == NO_LIMITS:
        return limits
    hidden = hidden_of(resources).rows
    if given.modality is Modality.MOLECULE and _is_below_one(limits.max_similarity):
        molecules = resources.graph.molecules
        same = molecules.find(given.digest[:SKELETON])
        hidden |= {int(molecules.node[number]) for number in same}
    return replace(limits, hidden=hidden)


def _is_below_one(limit: float | None) -> bool:
    return limit is not None and limit < 1


# what is recorded of nodes


def is_visible(row: int, resources: Resources) -> bool:
    """Whether a node may be told of where the question does not name it."""
    return row not in hidden_of(resources).rows


def facts(
    row: int, resources: Resources, *, relations: Collection[Relation] | None = None
) -> list[Fact]:
    """All facts with the node as head or tail but those that join it with a hidden one."""
    found = resources.graph.facts(row, relations=relations)
    hidden = hidden_of(resources).rows
    return [fact for fact in found if fact.other(row) not in hidden]


def neighbours(row: int, relation: Relation, resources: Resources) -> list[int]:
    """Rows related to ``row`` in either direction, ascending, each once, but hidden ones."""
    found: list[int] = resources.graph.neighbours(row, relation).tolist()
    hidden = hidden_of(resources).rows
    return [other for other in found if other not in hidden]


def described(
    vector: Array, node_type: NodeType, k: int, resources: Resources
) -> list[tuple[int, float]]:
    """Rows of the ``k`` nodes whose descriptions are nearest to a vector, with their cosines.

    Those that are hidden, and those whose descriptions name what is hidden, are passed over.
    """
    asked = k
    while True:
        found = resources.index.nearest(vector, node_type, asked)
        kept = [(row, cosine) for row, cosine in found if _may_be_read(row, resources)]
        if len(kept) >= k or len(found) < asked:
            return kept[:k]
        asked *= 2


def _may_be_read(row: int, resources: Resources) -> bool:
    """Whether a description is of a node that may be seen and names only such."""
    hidden = hidden_of(resources).rows
    if not hidden:
        return True
    if row in hidden:
        return False
    graph = resources.graph
    others = {fact.other(row) for fact in graph.facts(row)} & hidden
    if not others:
        return True
    text = resources.index.document(graph.type_of(row), row)
    return not any(graph.name_of(other) in text for other in others)
