"""What the page tells: a sheet for each benchmark, a column for each run of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, fields
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from bbqa.eval.benchmarks import Card, Condition, Form, Item, Response
from bbqa.eval.report.charts import Point, Trace
from bbqa.eval.runs import Run
from bbqa.eval.scores import Difference, compare, reliability, risk_coverage, verdict
from bbqa.eval.scores.table import ALL
from bbqa.progress import Bar, Progress
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.kg.names import NameIndex


class Verdict(StrEnum):
    """What became of one item. COMPARED: a free text, which is scored by likeness alone."""

    RIGHT = "right"
    WRONG = "wrong"
    ABSTAINED = "abstained"
    COMPARED = "compared"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Compared:
    """How far one column is from another, over the items that both answered.

    Attributes:
        first: Name of the one.
        second: Name of the other.
        found: First less second, in one metric and bin.
    """

    first: str
    second: str
    found: Difference


@dataclass(frozen=True, slots=True)
class Column:
    """One run, as a sheet shows it.

    Attributes:
        name: What it is called, unlike every other of its sheet.
        run: The run.
        places: Where each item stands in ``run.finished``, by its id.
        verdicts: How many items ended how.
        risks: Its risk-coverage curve.
        calibrated: Its reliability diagram.
    """

    name: str
    run: Run
    places: Mapping[str, int]
    verdicts: Mapping[Verdict, int]
    risks: tuple[Point, ...] = ()
    calibrated: tuple[Point, ...] = ()


@dataclass(frozen=True, slots=True)
class Sheet:
    """One benchmark and its runs.

    Attributes:
        card: What it is.
        columns: The runs, in the order in which they are shown.
        differences: Of bbqa to every other run that shares items with it.
    """

    card: Card
    columns: tuple[Column, ...]
    differences: tuple[Compared, ...] = ()

    @property
    def main(self) -> str:
        """The metric that it is judged by; where that was not computed, the first that was."""
        return next(iter(self.metrics()), self.card.metric)

    def metrics(self) -> list[str]:
        """Names of all metrics, the one that the benchmark is judged by first."""
        names = dict.fromkeys(score.metric for one in self.columns for score in one.run.scores)
        return sorted(names, key=lambda name: name != self.card.metric)

    def bins(self) -> list[str]:
        """All bins that there are scores of: ``all`` first, ranges by their numbers."""
        names = dict.fromkeys(score.bin for one in self.columns for score in one.run.scores)
        kinds: dict[str, list[str]] = {}
        for name in sorted(names, key=lambda name: name != ALL):
            kinds.setdefault(name.partition(": ")[0], []).append(name)
        return [name for bins in kinds.values() for name in _in_order(bins)]

    def traces(self, kind: str) -> list[Trace]:
        """``risks`` or ``calibrated`` of each column that has any."""
        return [
            Trace(who, one.name, points)
            for who, one in enumerate(self.columns)
            if (points := getattr(one, kind))
        ]


def is_ordered(names: Sequence[str]) -> bool:
    """Whether names of bins are ranges of numbers, but for one that stands apart (``unknown``)."""
    return (
        len(names) > 2
        and sum(bool(re.search(r"\d", name.partition(": ")[2] or name)) for name in names)
        >= len(names) - 1
    )


def _in_order(names: Sequence[str]) -> list[str]:
    """Names of bins of one kind as they are read: ranges by their first number."""
    return sorted(names, key=_place) if is_ordered(names) else list(names)


def _place(name: str) -> tuple[float, int]:
    """By the first number, ``<30`` before ``30-50``; what has none comes last."""
    range_ = name.partition(": ")[2] or name
    number = re.search(r"\d+(?:\.\d+)?", range_)
    below = 0 if re.match(r"\s*(?:<|≤|below|under|up to)", range_) else 1
    return (float(number[0]), below) if number else (float("inf"), 1)


def verdict_of(item: Item, response: Response) -> Verdict:
    """What became of an item.

    Abstaining is right where there is no answer. Of several right nodes one is enough.
    """
    if response.error:
        return Verdict.ERROR
    if item.answerable and response.abstained:
        return Verdict.ABSTAINED
    if item.answerable and item.form is Form.TEXT:
        return Verdict.COMPARED
    return Verdict.RIGHT if verdict(item, response)[1] > 0 else Verdict.WRONG


def make_sheets(
    runs: Sequence[Run],
    *,
    names: NameIndex | None = None,
    resampled: int = 2000,
    progress: Progress,
) -> list[Sheet]:
    """A sheet for each benchmark, in the order of the runs.

    Args:
        runs: What was run.
        names: Names of the graph's nodes, for differences of lenient scores.
        resampled: How often items are drawn for intervals of differences.
        progress: Where progress is reported.
    """
    differ = partial(compare, names=names, meteor=False, resampled=resampled)
    by_benchmark: dict[str, list[Run]] = {}
    for run in runs:
        by_benchmark.setdefault(run.benchmark, []).append(run)
    bar = progress.bar("Comparing", len(runs), unit="runs")
    return [_sheet(sorted(some, key=_rank), differ, bar) for some in by_benchmark.values()]


Pairs = Iterator[tuple[Item, Response]]
Differ = Callable[[Pairs, Pairs], list[Difference]]
"""First less second: ``compare`` with its settings."""


def _sheet(runs: Sequence[Run], differ: Differ, bar: Bar) -> Sheet:
    columns = tuple(_column(name, run) for name, run in zip(names_of(runs), runs, strict=True))
    differences = []
    for first, second in _opponents(columns):
        differences += _differences(first, second, differ)
        bar.advance(1)
    bar.advance(len(runs) - len(_opponents(columns)))
    return Sheet(_card(runs[0].record["benchmark"]), columns, tuple(differences))


def _opponents(columns: Sequence[Column]) -> list[tuple[Column, Column]]:
    """Bbqa with everyone else; without bbqa, the last with those before it."""
    one = next((c for c in columns if c.run.condition == Condition.BBQA), columns[-1])
    return [(one, other) for other in columns if other is not one]


def _differences(first: Column, second: Column, differ: Differ) -> list[Compared]:
    shared = first.places.keys() & second.places.keys()
    if not shared:
        return []
    one, other = (_only(column.run, shared) for column in (first, second))
    return [Compared(first.name, second.name, found) for found in differ(one, other)]


def _only(run: Run, ids: Set[str]) -> Pairs:
    return (pair for pair in run.answered if pair[0].id in ids)


def names_of(runs: Sequence[Run]) -> list[str]:
    """A name for each run of one benchmark: its condition, and its folder where that is not enough.

    Two folders of one name are numbered.
    """
    conditions = Counter(run.condition for run in runs)
    names = [
        run.condition if conditions[run.condition] == 1 else f"{run.condition} · {run.folder.name}"
        for run in runs
    ]
    again = Counter(names)
    return [
        name if again[name] == 1 else f"{name} ({1 + names[:place].count(name)})"
        for place, name in enumerate(names)
    ]


def _rank(run: Run) -> int:
    order = [str(one) for one in Condition]
    return order.index(run.condition) if run.condition in order else len(order)


def _card(stored: Mapping[str, Any]) -> Card:
    """The card that a record has; what it lacks is empty."""
    told = [one.name for one in fields(Card) if one.name not in ("files", "hub")]
    texts: dict[str, Any] = {name: str(stored.get(name, "")) for name in told}
    return Card(**texts, files=tuple(map(str, stored.get("files", ()))))


def _column(name: str, run: Run) -> Column:
    places: dict[str, int] = {}
    verdicts: Counter[Verdict] = Counter()
    for place, (item, response) in enumerate(run.answered):
        places[item.id] = place
        verdicts[verdict_of(item, response)] += 1
    return Column(name, run, places, verdicts, _risks(run), _calibrated(run))


_MOST_POINTS: Final = 200


def _risks(run: Run) -> tuple[Point, ...]:
    """The risk-coverage curve in at most some two hundred points, the last one included."""
    points = risk_coverage(run.answered)
    every = max(1, len(points) // _MOST_POINTS)
    kept = points[:-1][::every] + points[-1:]
    return tuple(
        Point(coverage, risk, f"coverage {coverage:.2f}, risk {risk:.3f}")
        for coverage, risk in kept
    )


def _calibrated(run: Run) -> tuple[Point, ...]:
    return tuple(
        Point(told, right, f"told {told:.2f}, right {right:.2f}, {n:,} items")
        for told, right, n in reliability(run.answered)
    )


def status_words(answer: Mapping[str, Any] | None) -> str:
    """How bbqa says that its answer ended, where it is more than answered."""
    status = str((answer or {}).get("status", ""))
    return "" if status == AnswerStatus.ANSWERED else status.replace("_", " ")
