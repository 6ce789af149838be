"""How early the importance of nodes names what a textbook names first, and its weights fitted.

Each line of ``sets/importance.tsv`` asks for the nodes recorded with one (the genes of a disease,
the drugs of a protein) and says which of them are named first. Measured are the reciprocal rank
of the first such node and the share of the first five places that they hold, of as many as there
are; for each feature alone, for the weights in use, and for weights fitted on four fifths of the
lines and measured on the fifth.

    python -m bbqa.eval.importance [--fit]
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.query.features import FEATURES, features_of, pairs_of
from bbqa.query.importance import WEIGHTS
from bbqa.query.steps import relations_between, step_to, with_descendants
from bbqa.resources import Resources
from bbqa.schema import NodeType
from bbqa.settings import load_settings

SET: Final = Path(__file__).parent / "sets" / "importance.tsv"
FOLDS: Final = 5
PLACES: Final = 5
PENALTY: Final = 0.02
STEPS: Final = 250

Values = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Ranking:
    """One line of the set.

    Attributes:
        kind: Of what, for what: ``drug of protein``.
        anchor: What is asked of.
        values: Features of each node that is recorded with it, float64 [P, F].
        named: Which of those a textbook names first, bool [P].
    """

    kind: str
    anchor: str
    values: Values
    named: npt.NDArray[np.bool_]


def read_rankings(resources: Resources, file: Path = SET) -> list[Ranking]:
    """The lines whose anchor is in the graph, with some node that is named first and some not."""
    found = []
    for line in file.read_text().splitlines():
        if not line.startswith("#"):
            kind, anchor, node_type, names = line.split("\t")
            ranking = _ranking(kind, anchor, NodeType(node_type), names.split("; "), resources)
            if ranking is not None and 0 < ranking.named.sum() < len(ranking.named):
                found.append(ranking)
    return found


def _ranking(
    kind: str, anchor: str, node_type: NodeType, names: Sequence[str], resources: Resources
) -> Ranking | None:
    rows = resources.names.exact(anchor, types=[node_type])
    if not rows:
        return None
    _, _, of_type = kind.partition(":")
    target = NodeType(of_type) if of_type else _TARGETS[kind.split(maxsplit=1)[0]]
    depths = with_descendants(rows[:1], resources)
    types = {resources.graph.type_of(row) for row in depths}
    relations = relations_between(target, types)
    pairs = pairs_of(step_to(target, depths, resources, relations=relations), depths, rows[:1])
    if not len(pairs.near):
        return None
    wanted = {row for name in names for row in _with_salts(name, target, resources)}
    named = np.array([row in wanted for row in pairs.near.tolist()], bool)
    return Ranking(kind, anchor, features_of(pairs, resources), named)


_TARGETS: Final = {
    "protein": NodeType.PROTEIN,
    "drug": NodeType.DRUG,
    "disease": NodeType.DISEASE,
}


def _with_salts(name: str, target: NodeType, resources: Resources) -> set[int]:
    rows = resources.names.exact(name, types=[target])[:1]
    return set(with_descendants(rows, resources)) if target is NodeType.DRUG else set(rows)


def measured(rankings: Sequence[Ranking], weights: Values) -> tuple[float, float]:
    """Mean reciprocal rank of the first named node, and mean share of the first five places.

    Ties count as the mean of all their orders.
    """
    reciprocal, precision = [], []
    for one in rankings:
        scores = one.values @ weights
        noise = np.random.default_rng(0).random((8, len(scores))) * 1e-9
        for shaken in scores + noise:
            named = one.named[np.argsort(-shaken)]
            reciprocal.append(1.0 / (1 + int(np.argmax(named))))
            places = min(PLACES, int(named.sum()))
            precision.append(float(named[:PLACES].sum()) / places)
    return float(np.mean(reciprocal)), float(np.mean(precision))


def fitted(rankings: Sequence[Ranking]) -> Values:
    """Weights, none negative, under which named nodes are the likeliest choice, float64 [F].

    Maximises the mean log of the share that named nodes have of the softmax over all nodes, each
    named node on its own, less a penalty on the squared weights; by projected gradients.
    """
    weights = np.full(len(FEATURES), 0.5)
    for step in range(STEPS):
        slope = -2 * PENALTY * weights
        for one in rankings:
            scores = one.values @ weights
            share = np.exp(scores - scores.max())
            share /= share.sum()
            slope += (one.values[one.named].mean(0) - share @ one.values) / len(rankings)
        weights = np.maximum(0.0, weights + 2.0 / (1 + step / 50) * slope)
    return weights


def cross_validated(rankings: Sequence[Ranking]) -> tuple[float, float]:
    """What weights fitted on four fifths of the lines measure on the other fifth."""
    results = []
    for fold in range(FOLDS):
        held = [one for n, one in enumerate(rankings) if n % FOLDS == fold]
        rest = [one for n, one in enumerate(rankings) if n % FOLDS != fold]
        if held:
            results += [measured([one], fitted(rest)) for one in held]
    return float(np.mean([r for r, _ in results])), float(np.mean([p for _, p in results]))


def main(arguments: Sequence[str] | None = None) -> None:
    """Print, for each kind, what every feature and the weights measure."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", maxsplit=1)[0])
    parser.add_argument("--fit", action="store_true", help="fit weights and cross-validate them")
    options = parser.parse_args(arguments)
    kinds: dict[str, list[Ranking]] = defaultdict(list)
    for ranking in read_rankings(Resources(load_settings())):
        kinds[ranking.kind.partition(":")[0]].append(ranking)
    for kind, rankings in kinds.items():
        print(f"{kind}: {len(rankings)} lines")
        for name, weights in (*zip(FEATURES, np.eye(len(FEATURES)), strict=True),):
            _print(name, measured(rankings, weights))
        in_use = np.array([WEIGHTS[kind].get(name, 0.0) for name in FEATURES])
        _print("weights in use", measured(rankings, in_use))
        if options.fit:
            _print("fitted, held out", cross_validated(rankings))
            weights = fitted(rankings)
            _print("fitted", measured(rankings, weights))
            named = zip(FEATURES, weights.tolist(), strict=True)
            print("  ", {name: round(weight, 2) for name, weight in named if weight >= 0.01})


def _print(name: str, result: tuple[float, float]) -> None:
    print(f"  {name:<18} MRR {result[0]:.2f}  P@{PLACES} {result[1]:.2f}")


if __name__ == "__main__":
    main()
