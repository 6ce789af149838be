"""PATH: how two things are connected, by the shortest paths that explain something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.anchor import Anchor, anchor_of
from bbqa.answer.draft import Draft
from bbqa.path_evidence import path_evidence
from bbqa.question.parsed import ParsedQuestion, Query, Subject
from bbqa.retrieve.mechanism_paths import backward, drug_and_end, mechanism_paths
from bbqa.retrieve.paths import Path, paths_between
from bbqa.retrieve.visible import hidden_of
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST: Final = 3
"""Paths that are described."""
MIN_SCORE: Final = 0.001
"""Score below which a path leads over so much that it explains nothing."""


def say_connection(
    query: Query, parsed: ParsedQuestion, resources: Resources, draft: Draft
) -> bool:
    """Describe how the two subjects of a query are connected."""
    ends = _ends(query.subjects, resources)
    if ends is None:
        return False
    first, second = ends
    paths = _paths(first, second, resources)
    evidence = [path_evidence(path, first, second, graph=resources.graph) for path in paths]
    shown = [item for item in evidence if item.score >= MIN_SCORE]
    names = [resources.graph.name_of(anchor.row) for anchor in ends]
    if not shown:
        draft.status = AnswerStatus.NO_EVIDENCE
        draft.note(f"No path of up to four records joins {names[0]} and {names[1]}.")
        return True
    draft.status = AnswerStatus.ANSWERED
    direct = _is_direct(paths)
    draft.say(
        f"{names[0]} and {names[1]} are connected{' directly' if direct else ''}: "
        f"{shown[0].statement}",
        shown[:1],
    )
    for item in shown[1:]:
        draft.say(item.statement, [item])
    return True


def _ends(subjects: Sequence[Subject], resources: Resources) -> tuple[Anchor, Anchor] | None:
    if len(subjects) != 2:
        return None
    first, second = (anchor_of(subject.given, resources) for subject in subjects)
    if first is None or second is None or first.row == second.row:
        return None
    return first, second


def _paths(first: Anchor, second: Anchor, resources: Resources) -> Sequence[Path]:
    """The best paths between two ends; of a drug and a disease those by its main targets."""
    hidden = hidden_of(resources).rows
    pair = drug_and_end(resources.graph, first.row, second.row)
    if pair is None:
        return paths_between(resources.graph, first.row, second.row, k=MOST, hidden=hidden).best
    found = mechanism_paths(*pair, resources, k=MOST, hidden=hidden).paths.best
    return found if pair[0] == first.row else backward(found)


def _is_direct(paths: Sequence[Path]) -> bool:
    return bool(paths) and len(paths[0].nodes) == 2
