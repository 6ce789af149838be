"""What is to be asked: a benchmark, which of its items, and what must not be seen."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Benchmark, Condition, Item
from bbqa.eval.conditions import USES_LLM
from bbqa.eval.runs.line import item_digest

if TYPE_CHECKING:
    from bbqa.resources import Resources

_NOT_IN_NAMES: Final = re.compile(r"[^A-Za-z0-9.]+")


@dataclass(frozen=True, slots=True)
class Plan:
    """What is asked of every condition alike.

    Attributes:
        benchmark: The benchmark.
        data: The folder or file with its data; None for one that comes with bbqa.
        file: The file, where the benchmark is one of one's own.
        columns: The mapping of columns, where the benchmark is a file of one's own.
        split: Which items.
        limit: How many of them at most, of every bin its share; None for all.
        seed: Of whatever is drawn by a condition.
        max_identity: Proteins more identical than that to an item's are not seen.
        max_similarity: Drugs more similar than that to an item's are not seen.
    """

    benchmark: Benchmark
    data: Path | None = None
    file: Path | None = None
    columns: str = ""
    split: str = "test"
    limit: int | None = None
    seed: int = 0
    max_identity: float | None = None
    max_similarity: float | None = None

    def items(self, resources: Resources) -> list[Item]:
        """The items, in the benchmark's order.

        Raises:
            InputError: The data is absent or not what it should be, or there are no items.
        """
        name = self.benchmark.card.name
        found = list(self.benchmark.items(self.data, resources, split=self.split))
        if not found:
            raise InputError(
                f"{name} has no items in its split {self.split!r}", hint="another --split"
            )
        _check_ids(found, name)
        if self.limit is None or self.limit >= len(found):
            return found
        from bbqa.eval.benchmarks.sample import stratified

        return list(stratified(found, self.limit))

    def dev(self, resources: Resources) -> list[Item]:
        """Items of the development split; none if the benchmark has no such split."""
        with suppress(InputError):
            if self.split != "dev":
                return list(self.benchmark.items(self.data, resources, split="dev"))
        return []

    def folder_name(self, condition: Condition, llm: str) -> str:
        """What a run's folder is called: what people vary most is told by the name."""
        parts = [self.benchmark.card.name, str(condition)]
        parts += [self.split] if self.split != "test" else []
        parts += [str(self.limit)] if self.limit is not None else []
        parts += [f"identity{self.max_identity:g}"] if self.max_identity is not None else []
        parts += [f"similarity{self.max_similarity:g}"] if self.max_similarity is not None else []
        kind, _, model = llm.partition(":")
        parts += [kind, model.rpartition("/")[2]] if condition in USES_LLM else []
        return "-".join(_NOT_IN_NAMES.sub("-", part).strip("-") for part in parts if part)


def items_digest(items: Sequence[Item]) -> str:
    """16 hex digits that change with any item, or their order."""
    text = " ".join(map(item_digest, items))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _check_ids(items: Sequence[Item], name: str) -> None:
    seen: dict[str, int] = {}
    for place, item in enumerate(items, start=1):
        if item.id in seen:
            raise InputError(
                f"{name}: items {seen[item.id]} and {place} have the same id {item.id!r}",
                hint="every item needs an id of its own",
            )
        seen[item.id] = place
