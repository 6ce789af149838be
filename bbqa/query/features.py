"""Features of a pair of nodes that are recorded together: what its importance is judged by."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.kg.ends import GO_TYPES, GROUPS
from bbqa.kg.graph import Graph
from bbqa.query.folding import parent_drug
from bbqa.query.steps import Step
from bbqa.retrieve.facts import specificity
from bbqa.retrieve.links import Floats, Ints, Rows, links_of
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

FEATURES: Final = (
    "evidence",
    "experiment",
    "agreement",
    "breadth",
    "direct",
    "named",
    "known",
    "specific",
    "curated",
    "family",
    "classified",
    "telling",
)
"""All features, each in [0, 1].

evidence: trust in the best record. experiment: whether any rests on an experiment. agreement: how
many records there are, those of terms below the one in question counting less. breadth: how many
there are, all counted alike. direct: 1 if the record is of the term itself, 1/(1 + steps) if of one
below. named: share of the other node's name, or of the classes and roles of a drug, that is found
in the node's names. known: how much is recorded of the node at all. specific: how few other nodes
it is so related to. curated: whether HPO, not only text mining, says so. family: share of the
drug's class and role fellows that act on the protein; for a class or role, the share of the
fellows in its other classes that have it too; of a protein the same by its GO terms. classified:
whether a drug has an ATC class.
telling: of a GO term or pathway how much it says and how many of the others it covers.
"""

_FULL: Final = 8
"""Records that agree completely."""
_SMALL: Final = 60
"""Drugs of the largest class or role that is a family."""
_LEAST: Final = 4
"""Members of the smallest term that makes them fellows."""
_OF_FUNCTION: Final = (Relation.MOLFUNC_PROTEIN, Relation.BIOPROCESS_PROTEIN)
_LEND_FELLOWS: Final = frozenset({*GO_TYPES, NodeType.PATHWAY, NodeType.DISEASE})
_HALF: Final = 0.5
_CODED_BY_HAND: Final = "HPO"
_EMPTY: Final = frozenset(
    """
    a an the of and or in to by with for from type activity process protein gene human class
    agent agents inhibitor inhibitors antagonist antagonists agonist agonists blocker blockers
    blocking activator activators modulator modulators other plain selective combination
    combinations ec disease syndrome disorder familial
    """.split()  # noqa: SIM905
)
_TOKEN: Final = re.compile(r"[a-z]+\d*[a-z]*|\d+")


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs of nodes that are recorded together, P pairs with E edges.

    Attributes:
        near: Row of the node whose importance is judged, int32 [P].
        anchor: Row of the node that it is judged for, int32 [P].
        edge: Rows of the edges of all pairs, int32 [E].
        pair: The pair of each edge, int64 [E].
        depth: How far below the anchor the edge's node is, int64 [E].
    """

    near: Rows
    anchor: Rows
    edge: Rows
    pair: Ints
    depth: Ints


def pairs_of(
    step: Step,
    depths: Mapping[int, int] | None,
    terms: Sequence[int],
    *,
    one_meaning: bool = True,
) -> Pairs:
    """The pairs of a step.

    Args:
        step: The step.
        depths: For the last step, the terms and what they stand for, with how far below each is:
            what is recorded of those is judged for the term.
        terms: The terms of the last step.
        one_meaning: Whether the terms mean one thing, for which the first stands; otherwise each
            far node is judged by itself.
    """
    anchor = step.far
    depth = np.zeros(len(step.far), np.int64)
    if depths is not None:
        depth = np.array([depths[row] for row in step.far.tolist()], np.int64)
    if one_meaning:
        anchor = np.full(len(step.far), terms[0], np.int32)
    keys = step.near.astype(np.int64) << 32 | anchor
    unique, pair = np.unique(keys, return_inverse=True)
    near, of = (unique >> 32).astype(np.int32), (unique & 0xFFFFFFFF).astype(np.int32)
    return Pairs(near, of, step.edge, pair.astype(np.int64), depth)


def features_of(pairs: Pairs, resources: Resources) -> Floats:
    """The features of each pair, in the order of ``FEATURES``, float64 [P, F]."""
    graph, links = resources.graph, links_of(resources.graph)
    size = len(pairs.near)
    columns = {name: np.zeros(size) for name in FEATURES}
    closeness = 1.0 / (1.0 + pairs.depth)
    np.maximum.at(columns["evidence"], pairs.pair, links.edge_trust[pairs.edge])
    np.maximum.at(columns["experiment"], pairs.pair, links.experimental[pairs.edge])
    np.maximum.at(columns["direct"], pairs.pair, closeness)
    np.maximum.at(columns["curated"], pairs.pair, _is_from(graph, _CODED_BY_HAND)[pairs.edge])
    close = np.bincount(pairs.pair, weights=closeness, minlength=size)
    columns["agreement"] = np.clip(np.log2(1.0 + close) / np.log2(1.0 + _FULL), 0.0, 1.0)
    records = np.bincount(pairs.pair, minlength=size)
    columns["breadth"] = np.minimum(1.0, np.log2(records) / np.log2(_FULL))
    whole = [parent_drug(row, resources) for row in pairs.near.tolist()]
    columns["known"] = _known(graph)[whole]
    columns["specific"] = np.minimum(
        *(_specific(pairs, rows, graph) for rows in (pairs.near, whole))
    )
    types = {graph.type_of(int(pairs.near[0])), graph.type_of(int(pairs.anchor[0]))}
    ends = list(zip(pairs.near.tolist(), pairs.anchor.tolist(), strict=True))
    if types == {NodeType.DRUG, NodeType.PROTEIN}:
        first = graph.type_of(ends[0][0]) is NodeType.DRUG
        drugs = ends if first else [(anchor, near) for near, anchor in ends]
        drugs = [(parent_drug(drug, resources), protein) for drug, protein in drugs]
        columns["named"] = np.array([group_names(graph, *one) for one in drugs])
        columns["family"] = np.array([family_share(graph, *one) for one in drugs])
    else:
        columns["named"] = np.array([naming(graph, near, anchor) for near, anchor in ends])
    if graph.type_of(int(pairs.near[0])) in (*GO_TYPES, NodeType.PATHWAY):
        columns["telling"] = _telling(pairs.near, graph)
    if NodeType.PROTEIN in types and types & _LEND_FELLOWS:
        columns["family"] = _fellows(pairs, graph)
    if NodeType.DRUG in types and types & GROUPS:
        among = frozenset(pairs.near.tolist())
        columns["family"] = np.array([fellow_share(graph, drug, among) for drug in whole])
    if NodeType.DRUG in types:
        columns["classified"] = _has_class(graph)[whole]
    return np.column_stack([columns[name] for name in FEATURES])


def _fellows(pairs: Pairs, graph: Graph) -> Floats:
    """The largest share of fellows in another term that are members too, float64 [P].

    Fellows are the other proteins of a small GO term that the protein has: if most peroxidases
    bind heme, a peroxidase is a typical member. What is above or below the anchor does not count.
    """
    links = links_of(graph)
    if graph.type_of(int(pairs.near[0])) is not NodeType.PROTEIN:
        return np.zeros(len(pairs.near))
    member = np.zeros(len(graph), bool)
    member[pairs.near] = True
    kin = np.zeros(len(graph), bool)
    for anchor in np.unique(pairs.anchor).tolist():
        kin[[*links.depths((anchor,)), *graph.ancestors(anchor)]] = True
    best = np.zeros(len(graph))
    for relation in _OF_FUNCTION:
        of = links[relation]
        size = of.degree
        owner = np.repeat(np.arange(len(graph)), size)
        within = np.bincount(owner, weights=member[of.other], minlength=len(graph))
        share = np.where((size >= _LEAST) & (size <= _SMALL) & ~kin, (within - 1) / (size + 1), 0.0)
        np.maximum.at(best, owner, np.where(member[owner], share[of.other], 0.0))
    fellows: Floats = best[pairs.near]
    return fellows


def _telling(rows: Rows, graph: Graph) -> Floats:
    """How telling each term is among those of one thing, float64 [P].

    The geometric mean of how specific it is and of how many of the others are a kind of it: an odd
    process seen once is specific, the roots of GO are central.
    """
    among = rows.tolist()
    covered = dict.fromkeys(among, 0)
    for row in set(among):
        for general in (row, *graph.ancestors(row)):
            if general in covered:
                covered[general] += 1
    central = np.log1p([covered[row] for row in among])
    specific = np.array([specificity(graph, row) for row in among])
    telling: Floats = np.sqrt(specific * central / max(float(central.max()), 1e-9))
    return telling


def _specific(pairs: Pairs, rows: Rows | list[int], graph: Graph) -> Floats:
    """1 / log2(2 + number of other links of the pairs' relation that each node has)."""
    fact = graph.fact(int(pairs.edge[0]))
    degree = links_of(graph)[fact.relation].degree[rows]
    specific: Floats = 1.0 / np.log2(1.0 + np.maximum(1, degree))
    return specific


@lru_cache(maxsize=8)
def _is_from(graph: Graph, source: str) -> Floats:
    """Whether each edge is from a source, float64 [E]."""
    from bbqa.kg.tables import numbers

    column = graph.edges["source"].combine_chunks()
    column = column.chunk(0) if hasattr(column, "chunk") else column
    is_it = np.array([name == source for name in column.dictionary.to_pylist()], float)
    values: Floats = is_it[numbers(column.indices)]
    return values


@lru_cache(maxsize=2)
def _known(graph: Graph) -> Floats:
    """How much is recorded of each node, as a share of the most of its type, float64 [N].

    Of a drug it is the classes and roles that count: a screen finds many targets of an unknown one.
    """
    counts: Floats = np.log1p(graph.link_counts.astype(float))
    links, drugs = links_of(graph), graph.rows_of(NodeType.DRUG)
    groups = links[Relation.DRUG_CLASS].degree[drugs] + links[Relation.DRUG_ROLE].degree[drugs]
    counts[drugs] = np.log1p(groups)
    for node_type in NodeType:
        rows = graph.rows_of(node_type)
        if len(rows):
            counts[rows] /= max(float(counts[rows].max()), 1e-9)
    return counts


@lru_cache(maxsize=2)
def _has_class(graph: Graph) -> Floats:
    classified = links_of(graph)[Relation.DRUG_CLASS].degree > 0
    values: Floats = classified.astype(float)
    return values


# names


def naming(graph: Graph, row: int, other: int) -> float:
    """The share of a node's name, empty words aside, that is found in another's names."""
    asked = tokens_of_name(graph, other)
    return _covered(asked, _all_tokens(graph, row))


def group_names(graph: Graph, drug: int, protein: int) -> float:
    """How well the classes and roles of a drug name a protein, in [0, 1].

    The best coverage of a name, times 1 - 1 / (1 + n): the words that names covered by half or
    more have in common with the protein, a word that many targets bear counting little.
    """
    known = _all_tokens(graph, protein)
    groups = [tokens_of_name(graph, group) for group in _groups(graph, drug)]
    covered = [(_covered(group, known), group & known) for group in groups]
    words = {word for share, common in covered if share >= _HALF for word in common}
    best = max((share for share, _ in covered), default=0.0)
    rarity = _rarity(graph)
    return best * (1.0 - 1.0 / (1.0 + sum(rarity.get(word, 0.0) for word in words)))


@lru_cache(maxsize=2)
def _rarity(graph: Graph) -> dict[str, float]:
    """For each word of the names of drug targets, minus the logarithm of its share, at most 1."""
    proteins = {protein for targets in _targets(graph).values() for protein in targets}
    counts = Counter(word for protein in proteins for word in _all_tokens(graph, protein))
    most = math.log(1.0 + len(proteins))
    return {word: 1.0 - math.log(count) / most for word, count in counts.items()}


def _covered(asked: frozenset[str], known: frozenset[str]) -> float:
    return len(asked & known) / len(asked) if asked else 0.0


@lru_cache(maxsize=100_000)
def tokens_of_name(graph: Graph, row: int) -> frozenset[str]:
    """The words of a node's own name that mean anything."""
    return _tokens(graph.name_of(row))


@lru_cache(maxsize=30_000)
def _all_tokens(graph: Graph, row: int) -> frozenset[str]:
    node = graph.node(row)
    return frozenset().union(*map(_tokens, (node.name, *node.synonyms)))


@lru_cache(maxsize=100_000)
def _tokens(name: str) -> frozenset[str]:
    words = _TOKEN.findall(name.lower())
    return frozenset(word.removesuffix("s") if len(word) > 4 else word for word in words) - _EMPTY


# families of drugs


def family_share(graph: Graph, drug: int, protein: int) -> float:
    """The largest share of the other drugs of a class or role that act on a protein, in [0, 1]."""
    groups = [_members(graph, group) for group in _groups(graph, drug)]
    shares = (_share(graph, members - {drug}, protein) for members in groups)
    return max(shares, default=0.0)


def fellow_share(graph: Graph, drug: int, among: frozenset[int]) -> float:
    """The largest share of a drug's fellows in a small class that are among some drugs."""
    families = (_members(graph, group) - {drug} for group in _groups(graph, drug))
    shares = (len(one & among) / (len(one) + 1) for one in families if not one >= among - {drug})
    return max(shares, default=0.0)


def _share(graph: Graph, members: frozenset[int], protein: int) -> float:
    """The share of drugs that act on a protein, with one more that does not."""
    acting = sum(protein in _targets(graph)[one] for one in members if one in _targets(graph))
    measured = sum(one in _targets(graph) for one in members)
    return acting / (measured + 1)


@lru_cache(maxsize=20_000)
def _groups(graph: Graph, drug: int) -> tuple[int, ...]:
    """The classes and roles of a drug."""
    links = links_of(graph)
    found: list[int] = []
    for relation in (Relation.DRUG_CLASS, Relation.DRUG_ROLE):
        of = links[relation]
        found += of.other[of.first[drug] : of.first[drug + 1]].tolist()
    return tuple(found)


@lru_cache(maxsize=4_000)
def _members(graph: Graph, group: int) -> frozenset[int]:
    """The drugs of a class or role; empty if they are too many to be a family."""
    links = links_of(graph)
    found: set[int] = set()
    for relation in (Relation.DRUG_CLASS, Relation.DRUG_ROLE):
        of = links[relation]
        found |= set(of.other[of.first[group] : of.first[group + 1]].tolist())
    return frozenset(found) if len(found) <= _SMALL else frozenset()


@lru_cache(maxsize=2)
def _targets(graph: Graph) -> dict[int, frozenset[int]]:
    """The proteins that each drug acts on."""
    of = links_of(graph)[Relation.DRUG_PROTEIN]
    drugs = graph.rows_of(NodeType.DRUG).tolist()
    targets = {
        one: frozenset(of.other[of.first[one] : of.first[one + 1]].tolist()) for one in drugs
    }
    return {one: found for one, found in targets.items() if found}
