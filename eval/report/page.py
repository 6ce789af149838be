"""The whole report as one HTML file that needs nothing else.

``page.html`` is the skeleton, ``page.css`` and ``page.js`` go into it. The page's own policy lets
no script run but that one, told by its hash, and nothing come from elsewhere.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from string import Template
from typing import Final

from bbqa.eval.report import ran, tables
from bbqa.eval.report.items import BUDGET_BYTES, embedded, ids_of
from bbqa.eval.report.metrics import ORDER, group_of, meaning
from bbqa.eval.report.plots import plots
from bbqa.eval.report.sheet import Sheet, Verdict
from bbqa.markup import pairs, style, text
from bbqa.progress import Progress

HERE: Final = Path(__file__).parent


def page(sheets: Sequence[Sheet], *, progress: Progress, budget: int = BUDGET_BYTES) -> str:
    """The whole page as HTML.

    Args:
        sheets: What it tells.
        progress: Where progress is reported.
        budget: Bytes that all items may take.
    """
    total = sum(len(ids_of(sheet)) for sheet in sheets)
    data, kept = embedded(sheets, budget=budget, bar=progress.bar("Items", total, unit="items"))
    script = _read("page.js")
    titles = [text(sheet.card.title) for sheet in sheets]
    return Template(_read("page.html")).substitute(
        title=text(", ".join(sheet.card.title for sheet in sheets)[:120]),
        heading=titles[0] if len(sheets) == 1 else f"{len(sheets)} benchmarks",
        summary=_summary(sheets, total),
        contents=_contents(titles),
        style=style(),
        own_style=_read("page.css"),
        overview=_overview(sheets),
        sheets="\n".join(_sheet(number, sheet) for number, sheet in enumerate(sheets)),
        controls=_controls(sheets),
        left_out=_left_out(kept, total),
        data=data,
        script=script,
        script_hash=b64encode(sha256(script.encode("utf-8")).digest()).decode("ascii"),
    )


def _read(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _summary(sheets: Sequence[Sheet], total: int) -> str:
    runs = [one for sheet in sheets for one in sheet.columns]
    errors = sum(one.verdicts.get(Verdict.ERROR, 0) for one in runs)
    unfinished = sum(one.run.state != "done" for one in runs)
    parts = [f"{total:,} items", f"{len(runs)} runs", f"{errors:,} errors"]
    parts += [f"{unfinished} of the runs not finished"] if unfinished else []
    return " · ".join(parts)


def _contents(titles: Sequence[str]) -> str:
    entries = [(f"b{number}", title) for number, title in enumerate(titles)]
    return "\n".join(
        f'<li><a href="#{id}">{title}</a></li>' for id, title in [*entries, ("every", "Every item")]
    )


def _overview(sheets: Sequence[Sheet]) -> str:
    if len(sheets) == 1:
        return ""
    return f"<section><h2>Overview</h2>\n{tables.overview(sheets)}</section>"


def _sheet(number: int, sheet: Sheet) -> str:
    """One benchmark: card, runs, scores, differences, plots."""
    parts = [
        f'<section class="sheet" id="b{number}" aria-labelledby="b{number}-title">',
        f'<h2 id="b{number}-title">{text(sheet.card.title)}</h2>',
        f'<div class="card">{ran.card(sheet.card)}\n{ran.in_short(sheet)}</div>',
        ran.runs(sheet),
        f"<details><summary>What was run</summary>{ran.settings(sheet)}</details>",
    ]
    if sheet.metrics():
        parts += [*_numbers(sheet), *_pictures(number, sheet)]
    else:
        parts.append('<p class="note">There are no scores: no run has ended.</p>')
    return "\n".join([*parts, "</section>"])


def _numbers(sheet: Sheet) -> list[str]:
    parts = [
        "<h3>Scores</h3>",
        f'<div class="controls">{_list("bin", "Bin", tables.bin_options(sheet.bins()))}'
        f"{_list('group', 'Scores of', _groups(sheet))}</div>",
        tables.scores(sheet),
        '<p class="soft">Below each number its 95 % interval; a star is at the best of its bin, '
        "gold evidence aside. The shaded metric is the one that the benchmark is judged by.</p>",
        f"<details><summary>What the metrics are</summary>{_meanings(sheet)}</details>",
    ]
    if sheet.differences:
        parts += ["<h3>Paired differences</h3>", _metric_list(sheet), tables.differences(sheet)]
        parts.append(
            '<p class="soft">On the items that both answered; p is of each comparison alone, '
            "and a difference is green (better) or red (worse) if its interval leaves out 0.</p>"
        )
    return parts


def _pictures(number: int, sheet: Sheet) -> list[str]:
    return [
        "<h3>Plots</h3>",
        _metric_list(sheet),
        tables.legend(sheet),
        f'<div class="plots">{plots(number, sheet)}</div>',
    ]


def _groups(sheet: Sheet) -> str:
    there = {group_of(metric) for metric in sheet.metrics()}
    return tables.options([*((one, one) for one in ORDER if one in there), ("all", "all")])


def _metric_list(sheet: Sheet) -> str:
    entries = tables.options((metric, metric) for metric in sheet.metrics())
    return f'<div class="controls">{_list("metric", "Metric", entries)}</div>'


def _meanings(sheet: Sheet) -> str:
    return pairs((metric, told) for metric in sheet.metrics() if (told := meaning(metric)))


def _list(kind: str, label: str, entries: str) -> str:
    return f'<label>{label} <select data-choose="{kind}">{entries}</select></label>'


def _both(one: str, other: str) -> str:
    return f'<span class="both">{one}{other}</span>'


def _controls(sheets: Sequence[Sheet]) -> str:
    """What chooses items; the names of columns and bins are put in by the script."""
    anything = [("", "any")]
    names = [(str(number), sheet.card.title) for number, sheet in enumerate(sheets)]
    verdicts = tables.options([*anything, *((one.value, one.value) for one in Verdict)])
    anyone = tables.options(anything)
    lists = [
        _list("sheet", "Benchmark", tables.options([*anything, *names])) if names[1:] else "",
        _list("item-bin", "Bin", anyone),
        _both(_list("who", "Answered by", anyone), _list("verdict", "is", verdicts)),
        _both(_list("who-too", "and by", anyone), _list("verdict-too", "is", verdicts)),
    ]
    return "\n".join(filter(None, lists))


def _left_out(kept: int, total: int) -> str:
    if kept == total:
        return ""
    return (
        f'<p class="note">Only {kept:,} of {total:,} items are in this page, chosen by chance, to '
        "keep it small. Tables and plots rest on all of them.</p>"
    )
