"""What was run, as HTML: the benchmark's card, who answered how many items, all settings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from bbqa.eval.benchmarks import Card
from bbqa.eval.report.sheet import Column, Sheet, Verdict
from bbqa.eval.report.tables import NO_VALUE, who
from bbqa.markup import pairs, table, text

_CARD: Final = ("name", "modality", "metric", "source", "licence", "citation", "leaks")


def card(one: Card) -> str:
    """What a benchmark is."""
    return pairs(
        ("judged by" if name == "metric" else name, getattr(one, name))
        for name in _CARD
        if getattr(one, name)
    )


def in_short(sheet: Sheet) -> str:
    """The language model, the commit, the days and the machine of all runs of a sheet."""
    records = [column.run.record for column in sheet.columns]
    sessions = [one for record in records for one in record.get("sessions", ())]
    machines = [one.get("machine") or {} for one in sessions]
    days = sorted(str(one.get("started", ""))[:10] for one in sessions)
    told = (
        ("language model", _each((record.get("llm") or {}).get("name") for record in records)),
        ("split", _each(record.get("split") for record in records)),
        ("commit", _each(one.get("commit") for one in sessions)),
        ("date", _each([*days[:1], *days[-1:]], " to ")),
        ("machine", _each(map(_machine, machines), "; ")),
    )
    return pairs((name, value) for name, value in told if value)


def _each(values: Iterable[object], between: str = ", ") -> str:
    return between.join(dict.fromkeys(str(value) for value in values if value))


def _machine(one: Mapping[str, Any]) -> str:
    """``Intel Xeon, 2 cores, 8 GiB``."""
    units = (("cpu", ""), ("cores", " cores"), ("memory_gib", " GiB"))
    return ", ".join(f"{one[name]}{unit}" for name, unit in units if one.get(name))


def runs(sheet: Sheet) -> str:
    """Who answered how many items, and how they ended."""
    verdicts = [one for one in Verdict if any(column.verdicts.get(one) for column in sheet.columns)]
    columns = ("answered by", "items", *verdicts, "state", "run")
    rows = (
        (
            who(number, one.name),
            _items(one),
            *(f"{one.verdicts.get(verdict, 0):,}" for verdict in verdicts),
            text(one.run.state),
            f'<span class="who">{text(one.run.folder.name)}</span>',
        )
        for number, one in enumerate(sheet.columns)
    )
    return table("Items", columns, rows)


def _items(column: Column) -> str:
    done, total = len(column.run.finished), column.run.total
    return f"{done:,}" if done == total else f"{done:,} of {total:,}"


def settings(sheet: Sheet) -> str:
    """What was run: what is not the same in all runs, then what is."""
    records = [dict(_record(one)) for one in sheet.columns]
    names = dict.fromkeys(name for record in records for name in record)
    differing = [name for name in names if len({record.get(name) for record in records}) > 1]
    same = [(name, records[0][name]) for name in names if name not in differing]
    if not differing:
        return pairs(same)
    columns = ("setting", *(text(one.name) for one in sheet.columns))
    rows = (
        (text(name), *(text(record.get(name, NO_VALUE)) for record in records))
        for name in differing
    )
    shared = f"<h4>The same in all runs</h4>\n{pairs(same)}" if same else ""
    return f"{table('Settings that differ', columns, rows)}\n{shared}"


def _record(column: Column) -> Iterator[tuple[str, str]]:
    """A record without the benchmark's card, which is told above it."""
    return _flat({name: part for name, part in column.run.record.items() if name != "benchmark"})


def _flat(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """A record as pairs of a dotted name and a text; what is empty is left out."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _flat(part, f"{name}.{key}" if name else str(key))
    elif isinstance(value, list) and any(isinstance(part, Mapping) for part in value):
        for number, part in enumerate(value, start=1):
            yield from _flat(part, f"{name} {number}")
    elif value not in (None, "", []):
        yield name, str(value)
