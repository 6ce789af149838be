"""The tables of a sheet as HTML: scores and differences; and the lists that choose from them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from html import escape
from typing import Final

from bbqa.eval.benchmarks import Condition, Score
from bbqa.eval.report.charts import COLOURS, shown, sign
from bbqa.eval.report.metrics import ANSWERS, best, group_of, is_better, meaning
from bbqa.eval.report.sheet import Compared, Sheet
from bbqa.eval.scores.table import ALL
from bbqa.markup import scrolled, table, text

NO_VALUE: Final = "–"


def who(number: int, name: str) -> str:
    """A column's name with its mark."""
    return f'<span class="who c{number % COLOURS}">{sign(number)}{text(name)}</span>'


def legend(sheet: Sheet) -> str:
    """The mark and colour of each column."""
    entries = "".join(f"<li>{who(i, one.name)}</li>" for i, one in enumerate(sheet.columns))
    return f'<ul class="legend" aria-label="Marks">{entries}</ul>'


# scores


def overview(sheets: Sequence[Sheet]) -> str:
    """What each benchmark is judged by, of everyone; for several benchmarks."""
    names = list(dict.fromkeys(one.name for sheet in sheets for one in sheet.columns))
    rows = (
        (
            f'<a href="#b{number}">{text(sheet.card.title)}</a>',
            text(sheet.main),
            *(_judged(sheet, name) for name in names),
        )
        for number, sheet in enumerate(sheets)
    )
    return table("Overview", ("benchmark", "judged by", *map(text, names)), rows)


def _judged(sheet: Sheet, name: str) -> str:
    found = (
        score
        for one in sheet.columns
        for score in one.run.scores
        if one.name == name and score.bin == ALL and score.metric == sheet.main
    )
    score = next(found, None)
    return NO_VALUE if score is None else _number(score)


def scores(sheet: Sheet) -> str:
    """A row for each column and bin, a cell for each metric; the bin ``all`` is shown first."""
    metrics, main = sheet.metrics(), sheet.main
    heads = [_head("answered by"), _head("bin"), _head("items")]
    heads += [_metric_head(metric, main) for metric in metrics]
    rows = [row for bin in sheet.bins() for row in _score_rows(sheet, bin, metrics)]
    return scrolled(
        "Scores", "".join(heads), "\n".join(rows), kind=f"sortable scores show-{ANSWERS}"
    )


def _score_rows(sheet: Sheet, bin: str, metrics: Sequence[str]) -> Iterator[str]:
    main = sheet.main
    found = {
        (number, score.metric): score
        for number, one in enumerate(sheet.columns)
        for score in one.run.scores
        if score.bin == bin
    }
    top = {m: best(m, values) for m in metrics if (values := _rivals(found, m))}
    for number, column in enumerate(sheet.columns):
        some = [found.get((number, metric)) for metric in metrics]
        if n := max((score.n for score in some if score), default=0):
            cells = "".join(
                _score_cell(metric, score, main, top)
                for metric, score in zip(metrics, some, strict=True)
            )
            yield (
                f'{_row(bin)}<th scope="row" data-v="{number}">{who(number, column.name)}</th>'
                f'<td class="bin">{text(bin)}</td><td data-v="{n}">{n:,}</td>{cells}</tr>'
            )


def _rivals(found: Mapping[tuple[int, str], Score], metric: str) -> list[float]:
    """Values that a best one is chosen from: the upper bound is no rival."""
    return [
        score.value
        for (_, name), score in found.items()
        if name == metric and score.condition != Condition.GOLD_EVIDENCE
    ]


def _score_cell(metric: str, score: Score | None, main: str, top: Mapping[str, float]) -> str:
    kind = _kind(metric, main)
    if score is None:
        return f'<td data-v="" class="{kind}">{NO_VALUE}</td>'
    bound = score.condition == Condition.GOLD_EVIDENCE
    leading = " top" if not bound and score.value == top[metric] else ""
    return (
        f'<td data-v="{score.value:.6g}" class="{kind}{leading}" title="{score.n:,} items">'
        f"{_number(score)}</td>"
    )


def _number(score: Score) -> str:
    return (
        f'<span class="number">{shown(score.value)}</span>'
        f'<span class="interval">{shown(score.low)} to {shown(score.high)}</span>'
    )


def _metric_head(metric: str, main: str) -> str:
    return _head(metric, kind=_kind(metric, main), title=meaning(metric))


def _kind(metric: str, main: str) -> str:
    return "main" if metric == main else f"g-{group_of(metric)}"


# differences


def differences(sheet: Sheet) -> str:
    """A row for each pair of columns, bin and metric; empty if no runs share items."""
    if not sheet.differences:
        return ""
    heads = ("difference", "bin", "metric", "value", "95 % interval", "p", "items", "test")
    main = sheet.main
    rows = "\n".join(_difference(one, main) for one in sheet.differences)
    return scrolled("Differences", "".join(map(_head, heads)), rows, kind="sortable")


def _difference(one: Compared, main: str) -> str:
    it = one.found
    clear = it.low > 0 or it.high < 0
    kind = ("top" if is_better(it.metric, it.difference) else "bottom") if clear else ""
    return (
        f"{_row(it.bin, metric=it.metric, main=main)}"
        f'<th scope="row">{text(one.first)} − {text(one.second)}</th>'
        f'<td class="bin">{text(it.bin)}</td><td>{text(it.metric)}</td>'
        f'<td data-v="{it.difference:.6g}"><span class="number {kind}">'
        f"{signed(it.difference)}</span></td>"
        f'<td data-v="{it.low:.6g}" class="who">{signed(it.low)} to {signed(it.high)}</td>'
        f'<td data-v="{it.p:.6g}">{p_words(it.p)}</td><td data-v="{it.n}">{it.n:,}</td>'
        f"<td>{text(it.test)}</td></tr>"
    )


def signed(value: float) -> str:
    """``+0.120``, ``−0.031``."""
    return ("−" if value < 0 else "+") + shown(abs(value))


def p_words(p: float) -> str:
    """``0.032``, or ``< 0.001``, as HTML."""
    return f"{p:.3f}" if p >= 0.001 else "&lt; 0.001"


# drop-down lists


def options(values: Iterable[tuple[str, str]]) -> str:
    """Entries of a drop-down list: value and text."""
    return "".join(
        f'<option value="{escape(value)}">{text(told)}</option>' for value, told in values
    )


def bin_options(bins: Sequence[str]) -> str:
    """``all``, every kind of bins at once, and every single one."""
    kinds = dict.fromkeys(name.partition(": ")[0] for name in bins if ": " in name)
    every = [(f"kind:{kind}", f"by {kind}") for kind in kinds]
    return options([(f"bin:{ALL}", ALL), *every, *((f"bin:{b}", b) for b in bins if b != ALL)])


# pieces


def _head(name: str, *, kind: str = "", title: str = "") -> str:
    about = (f' class="{kind}"' if kind else "") + (f' title="{text(title)}"' if title else "")
    return f'<th scope="col"{about}><button type="button" class="sort">{text(name)}</button></th>'


def _row(bin: str, *, metric: str = "", main: str = "") -> str:
    """The beginning of a row that the drop-down lists hide or show."""
    about = f' data-metric="{escape(metric)}"' if metric else ""
    off = " hidden" if bin != ALL or metric not in ("", main) else ""
    return f'<tr data-bin="{escape(bin)}"{about}{off}>'
