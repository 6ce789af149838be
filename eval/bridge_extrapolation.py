"""Edges, terms and relations that training has not seen, where the heads themselves were.

``transductive`` hides single edges, as the paper's comparison with knowledge-graph embeddings
does: both ends are known by other edges. ``new-terms`` asks for terms of which no edge was seen,
and ``unseen-relation`` for a relation that was left out altogether.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.checkpoint import FrozenBridge
from bbqa.bridge.kge import KGE_DEFAULTS, Kge, KgeSettings, train_kge
from bbqa.bridge.ranking import filtered_ranks
from bbqa.bridge.splits import Part
from bbqa.bridge.triples import Link, Triples
from bbqa.eval.ranking_metrics import Record, ranking_numbers
from bbqa.learn import Workshop
from bbqa.retrieve.signals import UNINFORMATIVE
from bbqa.schema import NodeType, Relation

HIDDEN_SHARE: Final = 0.05
UNSEEN: Final = Relation.PATHWAY_PROTEIN
"""The relation that is left out: no other has its type of tail."""
MOST: Final = 300
"""Heads of each link that are asked, at most."""

Scores = npt.NDArray[np.floating]
Rank = Callable[[Link, npt.NDArray[np.int32], npt.NDArray[np.int32]], Scores]
"""Scores of all tails for some heads, [Q, C]."""


def hide_edges(triples: Sequence[Triples], seed: int = 0) -> tuple[list[Triples], list[Triples]]:
    """Training and test pairs of each link; a pair is hidden in both directions or in neither."""
    training, test = [], []
    for one in triples:
        ends = np.sort(one.pairs.astype(np.uint64), axis=1)
        relation = list(Relation).index(one.link.relation)
        mixed = ends[:, 0] * np.uint64(1_000_003) + ends[:, 1] * np.uint64(7919)
        mixed = (mixed + np.uint64(relation + 31 * seed)) * np.uint64(0x9E3779B97F4A7C15)
        hidden = (mixed >> np.uint64(40)) < np.uint64(HIDDEN_SHARE * 2**24)
        training.append(one.only(~hidden))
        known = np.isin(one.pairs[:, 0], one.pairs[~hidden][:, 0])
        test.append(one.only(hidden & known))
    return training, test


def train_all_kge(
    workshop: Workshop, training: Sequence[Triples], models: Sequence[str], epochs: int | None
) -> dict[str, tuple[Kge, dict[Relation, int]]]:
    """Knowledge-graph embeddings on the very pairs that the bridges learn from."""
    relations = {r: n for n, r in enumerate(sorted({t.link.relation for t in training}))}
    facts = np.concatenate(
        [
            np.insert(t.pairs.astype(np.int64), 1, relations[t.link.relation], axis=1)
            for t in training
            if not _is_repeated(t.link)
        ]
    )
    found = {}
    for model in models:
        given = KGE_DEFAULTS[model]
        settings = KgeSettings(
            model,
            given.dimension,
            epochs or given.epochs,
            given.batch_size,
            given.negatives,
            given.learning_rate,
        )
        kge = train_kge(
            facts,
            n_nodes=len(workshop.graph),
            n_relations=len(relations),
            settings=settings,
            progress=workshop.progress,
        )
        found[model] = kge, relations
    return found


def rank_by_kge(kge: Kge, relations: Mapping[Relation, int]) -> Rank:
    """How a knowledge-graph embedding scores."""

    def rank(link: Link, heads: npt.NDArray[np.int32], tails: npt.NDArray[np.int32]) -> Scores:
        own, other = heads.astype(np.int64), tails.astype(np.int64)
        if _is_repeated(link):
            return kge.scores(other, relations[link.relation], own).T
        return kge.scores(own, relations[link.relation], other)

    return rank


def rank_by_bridge(
    workshop: Workshop, bridge: FrozenBridge, training: Sequence[Triples] = ()
) -> Rank:
    """How a bridge scores: cosine over temperature plus the logarithm of the prior.

    Without training pairs, and for links that have none, the cosine alone decides: the prior of
    what was never seen says nothing.
    """
    prior = rank_by_prior(training)

    def rank(link: Link, heads: npt.NDArray[np.int32], tails: npt.NDArray[np.int32]) -> Scores:
        words = None
        if not bridge.knows(link):
            from bbqa.bridge.vectors import words_of

            words = workshop.resources.encoder.encode(words_of(link))
        vectors = workshop.vectors.inputs[link.head].take(heads)
        cosine = bridge.carry(vectors, link, words) @ workshop.vectors.tails(tails).T
        scores: Scores = cosine / bridge.temperature + np.log(prior(link, heads, tails) + 1e-4)
        return scores

    return rank


def rank_by_prior(training: Sequence[Triples]) -> Rank:
    """How common tails are among the heads in training."""
    known = {t.link: t for t in training}

    def rank(link: Link, heads: npt.NDArray[np.int32], tails: npt.NDArray[np.int32]) -> Scores:
        share = np.zeros(len(tails))
        if link in known and len(known[link]):
            found, counts = np.unique(known[link].pairs[:, 1], return_counts=True)
            places = np.searchsorted(tails, found)
            inside = places < len(tails)
            inside[inside] = tails[places[inside]] == found[inside]
            share[places[inside]] = counts[inside] / len(np.unique(known[link].pairs[:, 0]))
        return np.broadcast_to(share, (len(heads), len(tails)))

    return rank


def rank_by_chance(seed: int = 0) -> Rank:
    """Random scores."""
    random = np.random.default_rng(seed)
    return lambda _link, heads, tails: random.random((len(heads), len(tails)))


def records(
    workshop: Workshop,
    split: str,
    test: Sequence[Triples],
    everything: Sequence[Triples],
    rows: Mapping[str, Rank],
    *,
    most: int = MOST,
) -> Iterator[Record]:
    """Rankings of the test pairs of each link by each row.

    Args:
        workshop: Graph and vectors.
        split: What the records call it.
        test: Pairs to be found.
        everything: All true pairs: those not asked for are filtered.
        rows: What ranks.
        most: Heads of each link, at most.
    """
    all_pairs = {t.link: t for t in everything}
    for one in test:
        whole = all_pairs[one.link]
        usable = one.only(workshop.vectors.usable(one.link, one.pairs))
        asked = usable.tails_of()
        heads = np.array(list(asked)[:: max(1, len(asked) // most)][:most], np.int32)
        if len(heads) < 10:
            continue
        tails = np.unique(whole.pairs[:, 1])
        tails = tails[[workshop.graph.node_id(int(r)) not in UNINFORMATIVE for r in tails]]
        true = whole.tails_of()
        for name, rank in rows.items():
            scores = np.asarray(rank(one.link, heads, tails), np.float64)
            ranks = []
            for line, head in zip(scores, heads.tolist(), strict=True):
                others = np.setdiff1d(true[head], asked[head])
                kept = ~np.isin(tails, others)
                right = np.flatnonzero(np.isin(tails[kept], asked[head]))
                if len(right):
                    ranks.append(filtered_ranks(line[kept], right))
            if not ranks:
                continue
            for metric, value, low, high in ranking_numbers(ranks):
                yield Record(
                    str(one.link), split, "all", name, metric, value, low, high, len(ranks)
                )


def new_term_test(workshop: Workshop) -> list[Triples]:
    """Pairs of training heads with terms that were kept back."""
    split = workshop.split
    terms = np.array(split.parts[Part.TERM_TEST], np.int64)
    heads = split.kept_back() - set(terms.tolist())
    hidden = np.array(sorted(heads), np.int64)
    return [
        t.only(np.isin(t.pairs[:, 1], terms) & ~np.isin(t.pairs[:, 0], hidden))
        for t in workshop.triples
    ]


def without_relation(triples: Sequence[Triples]) -> list[Triples]:
    """All links but those of the relation that is left out."""
    return [t for t in triples if t.link.relation is not UNSEEN]


def _is_repeated(link: Link) -> bool:
    """Whether a link says again what another one says the other way round."""
    return link.head is NodeType.PROTEIN and link.tail is NodeType.DRUG
