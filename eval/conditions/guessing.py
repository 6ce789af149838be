"""Guessing an option without reading the question."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence

from bbqa.eval.benchmarks.contract import Form, Item, Response


def chance(item: Item, *, seed: int) -> Response:
    """Any option, each as likely; the same for the same seed. Of other items none."""
    if item.form is not Form.CHOICE:
        return Response(abstained=True)
    chosen = random.Random(f"{seed} {item.id}").choice(item.options)
    return Response(text=chosen, choice=chosen, confidence=1 / len(item.options))


class Majority:
    """What is most often right: an option's words where items share them, else a place.

    Where all items of a benchmark have the same options ("yes", "no"), the commonest right one is
    taken; where options differ from item to item, the place at which the right one stands most
    often.

    Args:
        known: Items whose gold may be counted: those of a development split, else the run's own,
            which flatters this condition a little.
    """

    def __init__(self, known: Sequence[Item]) -> None:
        texts: Counter[str] = Counter()
        places: Counter[int] = Counter()
        counted = [one for one in known if one.form is Form.CHOICE and one.gold]
        for item in counted:
            if item.gold[0] in item.options:
                texts[item.gold[0]] += 1
                places[item.options.index(item.gold[0])] += 1
        shared = len({frozenset(item.options) for item in counted}) == 1
        self._text = texts.most_common(1)[0][0] if shared and texts else ""
        self._places = [place for place, _ in places.most_common()]

    def __call__(self, item: Item) -> Response:
        """The commonest option of an item; none where there are no options."""
        if item.form is not Form.CHOICE:
            return Response(abstained=True)
        chosen = self._text if self._text in item.options else self._by_place(item)
        return Response(text=chosen, choice=chosen)

    def _by_place(self, item: Item) -> str:
        fitting = [place for place in self._places if place < len(item.options)]
        return item.options[fitting[0] if fitting else 0]
