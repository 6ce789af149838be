"""How early the salience of terms names the textbook function and process of well-known proteins.

Each line of ``sets/overview.tsv`` is a human protein with parts of the names of GO terms that a
textbook would give as its main function and process. Measured are the shares of proteins whose
first, or one of whose first three, terms is such a one. Lines alternate between those that weights
are fitted on and those that are reported.

    python -m bbqa.eval.salience [--fit]
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.query.importance import importance
from bbqa.resources import Resources
from bbqa.retrieve.facts import joint_trust, telling
from bbqa.retrieve.salience import SIGNALS, facts_of_terms, salience, signals_of
from bbqa.schema import NodeType
from bbqa.settings import load_settings

SET: Final = Path(__file__).parent / "sets" / "overview.tsv"
TYPES: Final = {
    "functions": NodeType.MOLECULAR_FUNCTION,
    "processes": NodeType.BIOLOGICAL_PROCESS,
}
PENALTY: Final = 0.02
STEPS: Final = 800
RATE: Final = 0.5

Values = npt.NDArray[np.float64]
Scores = Callable[["Ranked"], Values]


@dataclass(frozen=True, slots=True)
class Ranked:
    """The terms of one type of one protein.

    Attributes:
        row: The protein.
        terms: Rows of its terms.
        right: Which of them a textbook would give first, bool [T].
        signals: Their signals, float64 [T, S].
    """

    row: int
    terms: tuple[int, ...]
    right: npt.NDArray[np.bool_]
    signals: Values


def read_rankings(column: str, resources: Resources) -> list[Ranked]:
    """The proteins of the set that have any right term recorded."""
    with SET.open(encoding="utf-8") as file:
        lines = list(csv.DictReader(file, delimiter="\t"))
    found = (_ranked(line["symbol"], line[column].split("|"), TYPES[column], resources)
             for line in lines)
    return [one for one in found if one is not None and one.right.any()]


def _ranked(
    symbol: str, parts: Sequence[str], node_type: NodeType, resources: Resources
) -> Ranked | None:
    rows = [
        row
        for row in resources.names.exact(symbol)
        if resources.graph.type_of(row) is NodeType.PROTEIN
        and resources.graph.name_of(row) == symbol
    ]
    if not rows:
        return None
    facts = facts_of_terms(rows[0], node_type, resources)
    signals = signals_of(rows[0], facts, resources)
    names = [resources.graph.name_of(term).lower() for term in facts]
    right = np.array([any(part.lower() in name for part in parts) for name in names], bool)
    values = np.array([[signals[term][name] for name in SIGNALS] for term in facts])
    return Ranked(rows[0], tuple(facts), right, values)


def fit(rankings: Sequence[Ranked]) -> Values:
    """Weights of the signals, float64 [S], that put right terms first: softmax loss, L2."""
    weights = np.zeros(len(SIGNALS))
    for _ in range(STEPS):
        step = -PENALTY * weights
        for one in rankings:
            raw = np.exp(one.signals @ weights - (one.signals @ weights).max())
            share, wanted = raw / raw.sum(), raw * one.right / (raw * one.right).sum()
            step += (wanted - share) @ one.signals / len(rankings)
        weights += RATE * step
    return weights


def hits(rankings: Sequence[Ranked], scores: Scores, k: int) -> float:
    """Share of the proteins with a right term among the first ``k``."""
    found = [one.right[np.argsort(-scores(one), kind="stable")[:k]].any() for one in rankings]
    return float(np.mean(found))


def main() -> None:
    """Print the measurements; with ``--fit`` the fitted weights too."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fit", action="store_true", help="fit weights and print them")
    given = parser.parse_args()
    resources = Resources(load_settings())
    for column in TYPES:
        rankings = read_rankings(column, resources)
        train, test = rankings[::2], rankings[1::2]
        ways = _ways(resources)
        if given.fit:
            weights = fit(train)
            print({name: round(float(w), 1) for name, w in zip(SIGNALS, weights, strict=True)})
            ways["fitted"] = lambda one, weights=weights: one.signals @ weights
        for name, way in ways.items():
            told = " ".join(f"hit@{k} {hits(test, way, k):.2f}" for k in (1, 3))
            print(f"{column:10} {name:12} of {len(test)}: {told}; fitted on: "
                  f"{hits(train, way, 1):.2f} {hits(train, way, 3):.2f}")


def _ways(resources: Resources) -> dict[str, Scores]:
    """The rankings that are compared, each as scores of the terms of a protein."""

    def told(one: Ranked) -> Values:
        facts = facts_of_terms(one.row, resources.graph.type_of(one.terms[0]), resources)
        by_row = telling(resources.graph, {term: joint_trust(facts[term]) for term in facts})
        return np.array([by_row[term] for term in one.terms])

    def important(one: Ranked) -> Values:
        by_row = importance(one.row, one.terms, resources)
        return np.array([by_row[term] for term in one.terms])

    def salient(one: Ranked) -> Values:
        facts = facts_of_terms(one.row, resources.graph.type_of(one.terms[0]), resources)
        by_row = salience(one.row, facts, resources)
        return np.array([by_row[term] for term in one.terms])

    return {"telling": told, "importance": important, "salience": salient}


if __name__ == "__main__":
    main()
