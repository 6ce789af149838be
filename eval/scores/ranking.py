"""Where the right nodes stand among those an answerer ranked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.ranking_metrics import HITS
from bbqa.eval.scores.statistics import Floats, Measure, share_of

METRICS: Final = {
    "MRR": (
        "Mean of 1 / rank over all right nodes of all items, other right nodes left out of the "
        "ranking; 0 for nodes that were not ranked (Bordes et al., NeurIPS 2013, filtered)."
    ),
    **{
        f"Hit@{k}": f"Share of all right nodes of all items with a filtered rank of at most {k}."
        for k in HITS
    },
}


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """Sums over the right nodes of an item; ``ranked`` says whether there was any ranking."""
    if item.form is not Form.ENTITIES or not item.answerable:
        return {}
    ranks = [] if response.error else filtered_ranks(response.ranked, item.gold)
    return {
        "right nodes": float(len(set(item.gold))),
        "ranked": float(bool(response.ranked)),
        "MRR": sum(1 / rank for rank in ranks),
        **{f"Hit@{k}": float(sum(rank <= k for rank in ranks)) for k in HITS},
    }


def filtered_ranks(ranked: tuple[str, ...], gold: tuple[str, ...]) -> list[int]:
    """Ranks of the right nodes that were ranked, from 1, as if each were the only right one."""
    right = set(gold)
    order = list(dict.fromkeys(ranked))
    places = [place for place, node in enumerate(order) if node in right]
    # The i-th right node has i right ones before it, which do not count.
    return [place - found + 1 for found, place in enumerate(places)]


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """MRR and hits, if the answerer ranked anything at all; where it did not, it missed."""
    if "ranked" not in columns or not (columns["ranked"] == 1).any():
        return []
    return [share_of(metric, columns[metric], columns["right nodes"]) for metric in METRICS]
