"""Sentences against evidence that is prose: a definition, a text, a computed property.

Prose states no fact that could be read, so a sentence has to keep to it closely: every word that
claims something stands in one cited item, in the same order, with the same numbers, and denies
nothing that the item does not deny.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from bbqa.ground.facts import Record, fold, fold_word
from bbqa.ground.marking import Marked, Sign, is_neutral, without_pronouns
from bbqa.ground.quantities import QUANTITY, quantities_in
from bbqa.schema import Evidence, Verdict

_DENIES: Final = re.compile(
    r"\b(?:not|no|never|neither|nor|without|cannot|lacks?|absent)\b|n['’]t\b", re.I
)
_SAME: Final = {
    "weigh": "weight",
    "mass": "weight",
    "long": "length",
    "pi": "isoelectric",
    "hydrophobicity": "hydropathy",
    "start": "begin",
}
_EMPTY: Final = frozenset(
    """
    ha have had consist contain calculated computed estimated equal total about roughly
    approximately around value may might could possibly probably likely perhaps predicted
    amount come appear seem
    """.split()  # noqa: SIM905
)
"""Words that claim nothing of a property, besides those that claim nothing anywhere."""
MAX_DISORDER: Final = 0.25
"""Share of neighbouring words that may stand the other way round than in the evidence."""


def judge_prose(
    text: str, items: Sequence[Evidence], record: Record, marked: Marked
) -> tuple[Verdict, str, set[int]]:
    """Verdict, why, and the numbers of the items that bear a sentence out.

    Args:
        text: The sentence.
        items: The cited items.
        record: Names of the things they are about.
        marked: The sentence as marks; their names of inputs are words of no claim.
    """
    if len(items) > 1 and len({item.about for item in items}) == 1:
        joined = replace(items[0], statement="; ".join(item.statement for item in items))
    else:
        joined = None
    found: list[tuple[Verdict, str, set[int]]] = []
    for item in items:
        found.append((*_judge(text, item, record), {item.number}))
    if joined is not None:
        found.append((*_judge(text, joined, record), {item.number for item in items}))
    order = (Verdict.SUPPORTED, Verdict.CONTRADICTED, Verdict.UNSUPPORTED)
    return min(found, key=lambda one: order.index(one[0]))


def _judge(text: str, item: Evidence, record: Record) -> tuple[Verdict, str]:
    statement = f"{item.statement} {item.about}"
    said = _content(QUANTITY.sub(" ", _plain(text, record, item)))
    known = _content(statement)
    if strangers := [word for word in said if word not in known]:
        return Verdict.UNSUPPORTED, f"not in the evidence it cites: {', '.join(strangers)}"
    if not said and not quantities_in(text):
        return Verdict.UNSUPPORTED, "it says nothing that can be checked"
    numbers = quantities_in(text)
    there = quantities_in(item.statement)
    for number, match in zip(numbers, QUANTITY.finditer(text), strict=True):
        if not any(number.says(other) for other in there):
            clash = any(number.unit == other.unit for other in there)
            verdict = Verdict.CONTRADICTED if clash else Verdict.UNSUPPORTED
            return verdict, f"number not in the evidence it cites: {match.group()}"
    if _disorder(said, known) > MAX_DISORDER:
        return Verdict.UNSUPPORTED, "its evidence has these words in another order"
    if bool(_DENIES.search(text)) != bool(_DENIES.search(item.statement)):
        return Verdict.CONTRADICTED, "it denies what its evidence affirms, or the reverse"
    return Verdict.SUPPORTED, ""


def _plain(text: str, record: Record, item: Evidence) -> str:
    """The sentence with the item's own subject for every name of it."""
    about = fold(item.about)
    own = sorted(
        (name for name, things in record.names.items() if about in things), key=len, reverse=True
    )
    words = " ".join(fold(without_pronouns(text)))
    for name in own:
        words = re.sub(rf"(?<!\S){re.escape(' '.join(name))}(?!\S)", " ", words)
    return words


def _content(text: str) -> list[str]:
    """The words that claim something, folded, each as the one word for all that mean the same."""
    words = [fold_word(word) for word in re.findall(r"[^\W_]+(?:_\d+)?", text)]
    same = [_SAME.get(word, word) for word in words]
    return [
        word
        for word, written in zip(same, words, strict=True)
        if not is_neutral(written) and written not in _EMPTY
    ]


def _disorder(said: Sequence[str], known: Sequence[str]) -> float:
    """Share of neighbouring words that stand the other way round in the evidence."""
    places = [known.index(word) for word in said]
    pairs = list(pairwise(places))
    return sum(a > b for a, b in pairs) / len(pairs) if pairs else 0.0


def hedged(marked: Marked) -> bool:
    """Whether a sentence has a word of doubt."""
    return any(mark.sign in (Sign.PROBABLY, Sign.POSSIBLY) for mark in marked.marks)
