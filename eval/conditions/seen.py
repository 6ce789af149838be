"""What all conditions share: what may be seen for an item, and which nodes a text names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bbqa.eval.benchmarks.contract import Item
from bbqa.limits import Limits

if TYPE_CHECKING:
    from bbqa.resources import Resources


def seen(item: Item, resources: Resources) -> Resources:
    """The resources as an item may see them: without what it hides."""
    if not item.hidden:
        return resources
    limits = resources.limits
    rows = (resources.graph.row(one) for one in item.hidden)
    hidden = limits.hidden | {row for row in rows if row is not None}
    return resources.with_limits(Limits(hidden, limits.max_identity, limits.max_similarity))


def nodes_in(text: str, item: Item, resources: Resources) -> tuple[str, ...]:
    """Ids of the nodes that a text names as an answer to an item."""
    from bbqa.eval.scores.entities import linked

    return linked(text, item.question, resources.names, item.types)


def asked_with(item: Item) -> str:
    """The question, behind as much of the text that everyone may read as a question may hold."""
    from bbqa.question.read import MAX_QUESTION

    room = MAX_QUESTION - len(item.question) - 1
    return f"{item.context[: max(room, 0)]} {item.question}" if item.context else item.question
