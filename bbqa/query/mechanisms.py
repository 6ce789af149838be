"""How a drug may help against a disease: paths by way of its main targets.

Paths from a drug to a disease differ most in the target that they begin with. A target is ranked
by its importance for the drug, times one plus the worth of the paths from it to the disease as a
share of the best target's; what falls below a share of the first is left out. A main target from
which no path leads on is kept as a path of one step. How it was chosen and what it is worth:
docs/decisions/importance.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.anchor import Anchor, anchors_of
from bbqa.path_evidence import path_evidence
from bbqa.query.importance import importance
from bbqa.retrieve import visible
from bbqa.retrieve.forms import forms_of
from bbqa.retrieve.links import links_of
from bbqa.retrieve.paths import Path, paths_between
from bbqa.schema import Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

EVERY: Final = 1_000
LEAST: Final = 0.35
"""Share of the first target's score below which a target is left out."""
ENDS: Final = (NodeType.DISEASE, NodeType.PHENOTYPE)
"""Types of what a drug may help against."""


@dataclass(frozen=True, slots=True)
class MechanismPath:
    """A path from a drug by way of one of its targets.

    Attributes:
        form: Row of the drug or of the salt or ester that has the record of the target.
        path: The best path to what it may help against; one step if none leads on.
        score: By which it was ranked, in [0, 2].
        leads_on: Whether it comes to the end that was asked for.
    """

    form: int
    path: Path
    score: float
    leads_on: bool


def mechanism_paths(
    drug: int, end: int, resources: Resources, *, k: int = 5
) -> list[MechanismPath]:
    """The best paths from a drug to what it may help against, one for each main target.

    Args:
        drug: Row of a drug.
        end: Row of a disease or phenotype.
        resources: The graph, and what must not be seen of it.
        k: How many at most.

    Returns:
        The paths, best first; empty if no target of the drug is recorded.
    """
    forms = [drug, *(form for form, _ in forms_of(drug, resources))]
    holder = _targets(forms, resources)
    weight = importance(drug, holder, resources)
    best: dict[int, tuple[int, Path]] = {}
    for form in forms:
        for path in _paths(form, end, resources):
            target = path.nodes[1]
            if target in holder and path.total > (best[target][1].total if target in best else 0):
                best[target] = (form, path)
    most = max((path.total for _, path in best.values()), default=1.0)
    score = {
        target: weight[target] * (1.0 + (best[target][1].total / most if target in best else 0.0))
        for target in holder
    }
    kept = sorted(score, key=lambda target: (-score[target], target))[:k]
    found = (
        MechanismPath(*best[target], score[target], leads_on=True)
        if target in best
        else _one_step(holder[target], target, score[target], resources)
        for target in kept
        if score[target] >= LEAST * score[kept[0]]
    )
    return sorted(found, key=lambda one: not one.leads_on)


def mechanism_evidence(
    first: Anchor, second: Anchor, resources: Resources, *, k: int = 5
) -> tuple[list[Evidence], list[Evidence]]:
    """Evidence for the paths between two inputs, if one is a drug and the other it may help.

    Args:
        first: Where the one enters the graph.
        second: Where the other does.
        resources: The graph, and what must not be seen of it.
        k: How many paths at most.

    Returns:
        Evidence for paths from the one to the other, best first, and for main targets from which
        none leads on; both empty for other inputs, or if no target is recorded.
    """
    graph = resources.graph
    if graph.type_of(second.row) is NodeType.DRUG:
        first, second = second, first
    if graph.type_of(first.row) is not NodeType.DRUG or graph.type_of(second.row) not in ENDS:
        return [], []
    ways = {first.row: first}
    if first.exact:
        ways |= {anchor.row: anchor for anchor in anchors_of(first.given, resources)}
    whole: list[Evidence] = []
    only_targets: list[Evidence] = []
    for one in mechanism_paths(first.row, second.row, resources, k=k):
        if one.form in ways:
            end = second if one.leads_on else None
            item = path_evidence(one.path, ways[one.form], end, graph=graph)
            (whole if one.leads_on else only_targets).append(item)
    return whole, only_targets


def _targets(forms: list[int], resources: Resources) -> dict[int, int]:
    """The targets of a drug, with the first of its forms that has a record of each."""
    holder: dict[int, int] = {}
    for form in forms:
        for target in visible.neighbours(form, Relation.DRUG_PROTEIN, resources):
            holder.setdefault(target, form)
    return holder


def _paths(form: int, end: int, resources: Resources) -> tuple[Path, ...]:
    hidden = visible.hidden_of(resources).rows
    found = paths_between(resources.graph, form, end, k=EVERY, hidden=hidden, most_proteins=1)
    return tuple(path for path in found.best if len(path.nodes) > 2)


def _one_step(form: int, target: int, score: float, resources: Resources) -> MechanismPath:
    of = links_of(resources.graph)[Relation.DRUG_PROTEIN]
    places = slice(*of.first[form : form + 2])
    trust = float(of.trust[places][of.other[places] == target][0])
    path = Path((form, target), (Relation.DRUG_PROTEIN,), trust, trust, 0)
    return MechanismPath(form, path, score, leads_on=False)
