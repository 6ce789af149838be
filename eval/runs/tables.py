"""Scores of runs beside each other, as a table for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

from bbqa.eval.benchmarks.contract import Condition, Score
from bbqa.eval.runs.folder import Run

if TYPE_CHECKING:
    from bbqa.eval.scores import Difference

ALL: Final = "all"
WHOLE: Final = 100.0
"""Numbers from here on are written without decimals."""

Row = tuple[str, ...]


def score_rows(runs: Sequence[Run], *, bins: bool = True) -> tuple[Row, list[Row]]:
    """Head and rows of a table: a row for each metric, then what items are judged by in each bin.

    Args:
        runs: Of one benchmark.
        bins: Whether bins are told.
    """
    ordered = sorted(runs, key=lambda run: list(Condition).index(Condition(run.condition)))
    found = [{(score.bin, score.metric): score for score in run.scores} for run in ordered]
    keys = list(dict.fromkeys(key for scores in found for key in scores))
    main = ordered[0].metric
    shown = [key for key in keys if key[0] == ALL and not _costs_nobody(key, found)]
    shown.sort(key=lambda key: key[1] != main)
    judged = {main, "accuracy"}  # a benchmark may ask for nodes and have options too
    shown += [key for key in keys if bins and key[0] != ALL and key[1] in judged]
    names = _names(ordered)
    rows = [
        (_title(bin, metric), *(in_words(scores.get((bin, metric))) for scores in found))
        for bin, metric in shown
    ]
    counts = ("items", *(f"{len(run.finished):,} of {run.total:,}" for run in ordered))
    return ("", *names), [counts, *rows]


def difference_rows(
    differences: Sequence[Difference], *, main: str, bins: bool
) -> tuple[Row, list[Row]]:
    """Head and rows of how much one run differs from another, the main metric first."""
    shown = [one for one in differences if one.bin == ALL or (bins and one.metric == main)]
    shown.sort(key=lambda one: (one.bin != ALL, one.metric != main))
    head = ("", "difference", "95 % interval", "p", "p (Holm)", "items", "test")
    return head, [
        (
            _title(one.bin, one.metric),
            f"{_number(one.difference, sign=True)}{' *' * (one.low > 0 or one.high < 0)}",
            f"{_number(one.low, sign=True)} to {_number(one.high, sign=True)}",
            _p(one.p),
            _p(one.p_holm),
            f"{one.n:,}",
            one.test,
        )
        for one in shown
    ]


def in_words(score: Score | None) -> str:
    """A score with its interval: ``.512 (.480 to .541)``; nothing where there is none."""
    if score is None:
        return ""
    return f"{_number(score.value)} ({_number(score.low)} to {_number(score.high)})"


def print_rows(head: Row, rows: Sequence[Row], *, right: Sequence[str] | None = None) -> None:
    """Print a table on stdout, as wide as the terminal; words are folded, never cut.

    Args:
        head: Names of the columns.
        rows: What they hold.
        right: Columns that are set to the right; all but the first if not given.
    """
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    right = head[1:] if right is None else right
    for name in head:
        table.add_column(name, overflow="fold", justify="right" if name in right else "left")
    for row in rows:
        table.add_row(*map(Text, row))
    console = Console()
    if not console.is_terminal:  # a file or a pipe has no width to keep to
        console = Console(width=_width(head, rows))
    console.print(table)


def _width(head: Row, rows: Sequence[Row]) -> int:
    columns: list[tuple[Any, ...]] = list(zip(head, *rows, strict=True))
    return sum(max(map(len, column)) + 2 for column in columns)


def _costs_nobody(key: tuple[str, str], found: Sequence[Mapping[tuple[str, str], Score]]) -> bool:
    """Whether it is a cost, and none of the runs has any of it."""
    from bbqa.eval.scores import costs

    return key[1] in costs.METRICS and not any(key in one and one[key].value for one in found)


def _names(runs: Sequence[Run]) -> Iterator[str]:
    """What each run is called: its condition, or its folder where two have the same."""
    conditions = [run.condition for run in runs]
    for run in runs:
        several = conditions.count(run.condition) > 1
        unfinished = "" if run.state == "done" else f" ({run.state})"
        yield f"{run.folder.name if several else run.condition}{unfinished}"


def _title(bin: str, metric: str) -> str:
    return metric if bin == ALL else f"{metric}, {bin}"


def _number(value: float, *, sign: bool = False) -> str:
    if abs(value) >= WHOLE:
        return f"{value:+,.0f}" if sign else f"{value:,.0f}"
    text = f"{value:+.3f}" if sign else f"{value:.3f}"
    return text.replace("0.", ".", 1) if abs(value) < 1 else text


def _p(value: float) -> str:
    return f"{value:.3f}".replace("0.", ".", 1) if value >= 0.001 else "<.001"
