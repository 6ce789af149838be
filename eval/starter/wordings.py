"""How questions are worded: ``eval/sets/starter_qa_wordings.tsv``, each used about as often.

The dev and the test half are worded in different words, so that what was learnt of the one's
wordings cannot help with the other's.
"""

from __future__ import annotations

import csv
import random
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain, repeat
from typing import Final

from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.labelled import SETS

FILE: Final = SETS / "starter_qa_wordings.tsv"
FEWEST: Final = 8
"""Wordings of each thing that is asked."""

Key = tuple[str, str, str, Form]
"""Split, kind, pattern and form."""


@cache
def wordings() -> dict[Key, tuple[str, ...]]:
    """All wordings by what they ask."""
    found: dict[Key, list[str]] = defaultdict(list)
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            key = (row["split"], row["kind"], row["pattern"], Form(row["form"]))
            found[key].append(row["question"])
    return {key: tuple(questions) for key, questions in found.items()}


class Wordings:
    """Hands out wordings in turn, in an order that the seed gives."""

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._turns: dict[Key, Iterator[str]] = {}

    def next(self, split: str, kind: str, pattern: str, form: Form) -> str:
        """The next wording of what is asked in a half."""
        key = (split, kind, pattern, form)
        if key not in self._turns:
            shuffled = list(wordings()[key])
            random.Random(f"{self._seed}:{kind}:{pattern}:{form}").shuffle(shuffled)
            self._turns[key] = chain.from_iterable(repeat(shuffled))
        return next(self._turns[key])
