"""The plots of a sheet: scores, scores by bin, risk and coverage, confidence and truth."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from bbqa.eval.report.charts import Value, bars, dots, square
from bbqa.eval.report.sheet import Sheet, is_ordered
from bbqa.eval.scores.table import ALL
from bbqa.markup import text


def plots(number: int, sheet: Sheet) -> str:
    """All plots of a sheet, those of its main metric shown and the others hidden.

    Args:
        number: The sheet's, for ids.
        sheet: The benchmark and its runs.
    """
    figures = []
    for place, metric in enumerate(sheet.metrics()):
        figures += _of_metric(f"b{number}m{place}", sheet, metric)
    return "\n".join(figures + _of_trust(f"b{number}", sheet))


def _of_metric(id: str, sheet: Sheet, metric: str) -> list[str]:
    found = _values(sheet, metric)
    main = metric == sheet.main
    told = [_figure(metric, bars(id, metric, found.get(ALL, ())), metric=metric, hidden=not main)]
    for place, (kind, bins) in enumerate(_kinds(sheet.bins(), found).items()):
        title = f"{metric} by {kind}"
        drawn = dots(f"{id}k{place}", title, bins, joined=is_ordered([name for name, _ in bins]))
        told.append(_figure(title, drawn, metric=metric, hidden=not main))
    return told


def _of_trust(id: str, sheet: Sheet) -> list[str]:
    told = []
    if risks := sheet.traces("risks"):
        title = "Risk and coverage"
        drawn = square(f"{id}risk", title, "share of items answered", "risk among these", risks)
        about = "The most trusted answers first: how many are wrong among so many."
        told.append(_figure(title, drawn, about=about))
    if calibrated := sheet.traces("calibrated"):
        title = "Confidence and truth"
        drawn = square(
            f"{id}trust", title, "confidence told", "share right", calibrated, diagonal=True
        )
        about = "On the dashed line, confidence is what it says; below, it is too high."
        told.append(_figure(title, drawn, about=about))
    return told


def _values(sheet: Sheet, metric: str) -> dict[str, list[Value]]:
    """What each column reached in each bin."""
    found: dict[str, list[Value]] = {}
    for who, one in enumerate(sheet.columns):
        for score in one.run.scores:
            if score.metric == metric:
                value = Value(who, one.name, score.value, score.low, score.high, score.n)
                found.setdefault(score.bin, []).append(value)
    return found


Bins = list[tuple[str, Sequence[Value]]]


def _kinds(order: Sequence[str], found: dict[str, list[Value]]) -> dict[str, Bins]:
    """Bins by their kind, in the order of the sheet."""
    kinds: dict[str, Bins] = {}
    for name in [name for name in order if name in found]:
        values = found[name]
        kind, colon, bin = name.partition(": ")
        if colon:
            kinds.setdefault(kind, []).append((bin, values))
    return kinds


def _figure(
    title: str, drawn: str, *, metric: str = "", about: str = "", hidden: bool = False
) -> str:
    of = f' data-metric="{escape(metric)}"' if metric else ""
    said = f'<span class="soft">{text(about)}</span>' if about else ""
    off = " hidden" if hidden else ""
    return (
        f'<figure class="plot"{of}{off}>\n<figcaption><strong>{text(title)}</strong>{said}'
        f"</figcaption>\n{drawn}</figure>"
    )
