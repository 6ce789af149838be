"""How a drug may help against a disease: by way of the targets through which it works.

Any path from a drug leads over a protein that it was once seen to act on, and screening campaigns
have seen drugs act on many. So the drug's likeliest main targets (``primary_targets``) come first,
each with its best path to the disease; what else the drug hits explains nothing as long as one of
these is known. A main target from which no path leads on is told all the same: that the graph
cannot say how it matters here does not make another target the right one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bbqa.retrieve.paths import Path, Paths, paths_between
from bbqa.retrieve.primary_targets import Target, ranked_targets
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

LEAST: Final = 0.5
"""Share of the best target's score that another one needs to be named beside it."""
EXPLAINED: Final = frozenset({NodeType.DISEASE, NodeType.PHENOTYPE})
"""What a drug helps against, or brings about."""
EVERY: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Mechanisms:
    """Ways in which a drug may work on something.

    Attributes:
        paths: By way of its main targets; by any others if none is recorded.
        dead_ends: Main targets from which no path leads on, each as a path of one step.
    """

    paths: Paths
    dead_ends: tuple[Path, ...] = ()


def drug_and_end(graph: Graph, start: int, end: int) -> tuple[int, int] | None:
    """Which of two nodes is a drug and which a disease or sign; None if they are no such pair."""
    for drug, other in ((start, end), (end, start)):
        if graph.type_of(drug) is NodeType.DRUG and graph.type_of(other) in EXPLAINED:
            return drug, other
    return None


def mechanism_paths(
    drug: int, end: int, resources: Resources, *, k: int = 5, hidden: Collection[int] = ()
) -> Mechanisms:
    """The best ``k`` ways in which a drug may work on a disease or sign.

    Args:
        drug: Row of the drug.
        end: Row of the disease or sign.
        resources: The graph, and what must not be seen of it.
        k: How many at most.
        hidden: Rows of nodes that no path leads by way of.
    """
    every = paths_between(resources.graph, drug, end, k=EVERY, hidden=hidden)
    targets = ranked_targets(drug, resources)[:k]
    main = [t for t in targets if t.score >= LEAST * targets[0].score and t.row not in hidden]
    if not main:
        return Mechanisms(replace(every, best=every.best[:k]))
    of_target = {path.nodes[1]: path for path in every.best if len(path.nodes) > 2}
    direct = [path for path in every.best if len(path.nodes) == 2]
    linked = [of_target[target.row] for target in main if target.row in of_target]
    ends = [_dead_end(target, linked) for target in main if target.row not in of_target]
    best = tuple([*direct, *linked][:k])
    return Mechanisms(replace(every, best=best), tuple(ends[: k - len(best)]))


def _dead_end(target: Target, linked: Sequence[Path]) -> Path:
    """A main target from which no path leads on; it is worth less than those that do."""
    worth = LEAST * min((path.total for path in linked), default=target.score)
    return Path((target.drug, target.row), (Relation.DRUG_PROTEIN,), worth, worth, 0)


def backward(paths: Sequence[Path]) -> tuple[Path, ...]:
    """Paths read from their ends."""
    return tuple(
        replace(path, nodes=path.nodes[::-1], relations=path.relations[::-1]) for path in paths
    )
