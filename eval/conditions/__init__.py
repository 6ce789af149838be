"""Who answers the items of a benchmark, and from what; each condition is a function of an item.

==================  ==========================================================================
``closed-book``     ``closed_book``: the language model from the question alone
``random-evidence`` ``given``: bbqa's writer and verifier over the evidence of another item
``copy``            ``nearest``: what is recorded of the nearest relative, no model
``no-bridge``       ``asking``: bbqa without its bridge
``bbqa``            ``asking``: bbqa
``gold-evidence``   ``given``: bbqa's writer and verifier over statements that hold the answer
``majority``        ``guessing``: the option that is most often right
``chance``          ``guessing``: any option
==================  ==========================================================================

Whatever an item hides, and the limits of the resources, hold in all of them. What a text names is
linked to nodes by the same function for all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Condition, Form, Item, Response

if TYPE_CHECKING:
    from bbqa.resources import Resources

__all__ = [
    "READS",
    "SEARCHES",
    "USES_BRIDGE",
    "USES_LLM",
    "Answerer",
    "answerer_for",
    "fits",
    "read_condition",
]

Answerer = Callable[[Item], Response]
"""Answers one item; may raise ``BbqaError``. Costs are counted by whoever calls it."""

USES_LLM: Final = frozenset(Condition) - {Condition.COPY, Condition.MAJORITY, Condition.CHANCE}
"""Conditions in which a language model may be asked."""
SEARCHES: Final = frozenset(
    {Condition.BBQA, Condition.NO_BRIDGE, Condition.RANDOM_EVIDENCE, Condition.COPY}
)
"""Conditions in which anything is looked for."""
USES_BRIDGE: Final = frozenset({Condition.BBQA, Condition.RANDOM_EVIDENCE})
"""Conditions in which the bridge predicts, if there is one."""
READS: Final = SEARCHES | {Condition.GOLD_EVIDENCE}
"""Conditions in which words are compared with the text encoder."""


def answerer_for(
    condition: Condition,
    resources: Resources,
    *,
    items: Sequence[Item] = (),
    dev: Sequence[Item] = (),
    seed: int = 0,
) -> Answerer:
    """Who answers under a condition.

    Args:
        condition: One of ``Condition``.
        resources: What answering needs; ``resources.llm`` is the model that is measured, and
            ``resources.limits`` hold for each item beside what it hides itself.
        items: All items of the run: where another item's evidence comes from, and which options
            are most often right if there is no ``dev``.
        dev: Items of a development split; tells which options are most often right.
        seed: Of what is drawn.
    """
    from bbqa.eval.conditions.asking import asking
    from bbqa.eval.conditions.closed_book import closed_book
    from bbqa.eval.conditions.given import from_another, from_gold
    from bbqa.eval.conditions.guessing import Majority, chance
    from bbqa.eval.conditions.nearest import nearest

    bridgeless = resources.with_settings(use_bridge=False)
    answerers: dict[Condition, Answerer] = {
        Condition.CLOSED_BOOK: lambda item: closed_book(item, resources),
        Condition.RANDOM_EVIDENCE: lambda item: from_another(item, items, resources, seed=seed),
        Condition.COPY: lambda item: nearest(item, resources),
        Condition.NO_BRIDGE: lambda item: asking(item, bridgeless),
        Condition.BBQA: lambda item: asking(item, resources),
        Condition.GOLD_EVIDENCE: lambda item: from_gold(item, resources),
        Condition.MAJORITY: Majority(dev or items),
        Condition.CHANCE: lambda item: chance(item, seed=seed),
    }
    return answerers[condition]


def fits(condition: Condition, items: Sequence[Item]) -> bool:
    """Whether a condition can answer any of some items: guessing needs options."""
    if condition not in (Condition.MAJORITY, Condition.CHANCE):
        return True
    return any(item.form is Form.CHOICE for item in items)


def read_condition(name: str) -> Condition:
    """The condition that a name means.

    Raises:
        InputError: There is none of that name; the message says what there is.
    """
    try:
        return Condition(name)
    except ValueError as error:
        raise InputError(
            f"there is no condition {name!r}", hint=f"--condition {', '.join(Condition)}, or all"
        ) from error
