"""Pictures as inline SVG: narrow enough for a phone, coloured by the page's style sheet.

Each column of a sheet has a number; its colour is the class ``c0`` to ``c7``, its shape goes with
it, so that grey paper is enough. Every mark says its numbers when pointed at.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.markup import text

WIDTH: Final = 360
COLOURS: Final = 8
_LEFT: Final = 112
_RIGHT: Final = 308
_LETTERS: Final = 17
_SHAPES: Final = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z",
    "M-3.6 -3.6h7.2v7.2h-7.2z",
    "M0 -4.6l4.4 7.8h-8.8z",
    "M0 -5l4.4 5l-4.4 5l-4.4 -5z",
    "M-1.6 -4.4h3.2v2.8h2.8v3.2h-2.8v2.8h-3.2v-2.8h-2.8v-3.2h2.8z",
    "M0 4.6l4.4 -7.8h-8.8z",
    "M-4.6 -2h9.2v4h-9.2z",
    "M-2 -4.6h4v9.2h-4z",
)


@dataclass(frozen=True, slots=True)
class Value:
    """A number with its 95 % interval, of one column (``who``, counted from 0)."""

    who: int
    name: str
    value: float
    low: float
    high: float
    n: int

    def words(self) -> str:
        """``bbqa 0.610 (0.550 to 0.660), 300 items``."""
        return (
            f"{self.name} {shown(self.value)} ({shown(self.low)} to {shown(self.high)}), "
            f"{self.n:,} items"
        )


@dataclass(frozen=True, slots=True)
class Point:
    """A place in a square of 0 to 1, and what is said of it."""

    x: float
    y: float
    words: str


@dataclass(frozen=True, slots=True)
class Trace:
    """Points of one column, from left to right."""

    who: int
    name: str
    points: tuple[Point, ...]


def shown(value: float) -> str:
    """A number as short as it may be: 0.612, 12.3, 1,240."""
    if not math.isfinite(value):
        return "–"
    size = abs(value)
    return f"{value:.3f}" if size < 10 else f"{value:.1f}" if size < 100 else f"{value:,.0f}"


def sign(who: int) -> str:
    """The mark of a column as a small picture, for the legend."""
    return (
        f'<svg class="sign" viewBox="-7 -7 14 14" aria-hidden="true">{_mark(who, 0, 0, "")}</svg>'
    )


def bars(id: str, title: str, values: Sequence[Value]) -> str:
    """A bar with its interval for each column."""
    axis = _Axis.over(values)
    height = 26 * len(values) + 30
    parts = [axis.grid(4, height - 24)]
    for row, one in enumerate(values):
        y = 8 + 26 * row
        start, end = sorted((axis.at(0), axis.at(one.value)))
        parts.append(
            f'<g class="c{one.who % COLOURS}"><title>{text(one.words())}</title>'
            f'<text class="name" x="{_LEFT - 8}" y="{y + 12}" text-anchor="end">'
            f"{text(_short(one.name))}</text>"
            f'<rect class="bar" x="{start:.1f}" y="{y}" width="{max(end - start, 0.5):.1f}" '
            f'height="16" rx="2"/>{_whisker(axis, one, y + 8)}'
            f'<text class="value" x="{WIDTH}" y="{y + 12}" text-anchor="end">'
            f"{shown(one.value)}</text></g>"
        )
    return _svg(id, title, (one.words() for one in values), height, parts)


def dots(id: str, title: str, bins: Sequence[tuple[str, Sequence[Value]]], *, joined: bool) -> str:
    """A row for each bin with a mark and an interval for each column.

    Args:
        id: Of the picture, unlike all others of the page.
        title: What it shows.
        bins: Name of each bin with its values.
        joined: Whether bins have an order, so that a line from one to the next means something.
    """
    axis = _Axis.over([value for _, values in bins for value in values], right=WIDTH - 12)
    parts, tops, top = [], [], 4.0
    for _, values in bins:
        tops.append(top)
        top += max(30.0, 9.0 * len(values) + 14)
    parts.append(axis.grid(4, top))
    at: dict[int, list[tuple[float, float]]] = {}
    marks = []
    for (name, values), first in zip(bins, tops, strict=True):
        tall = max(30.0, 9.0 * len(values) + 14)
        n = max((one.n for one in values), default=0)
        parts.append(_label(name, n, first, tall))
        for place, one in enumerate(values):
            y = first + tall / 2 + 9 * (place - (len(values) - 1) / 2)
            at.setdefault(one.who, []).append((axis.at(one.value), y))
            marks.append(
                f'<g class="c{one.who % COLOURS}"><title>{text(f"{name}: {one.words()}")}</title>'
                f"{_whisker(axis, one, y)}{_mark(one.who, axis.at(one.value), y, '')}</g>"
            )
    if joined:
        parts += [_line(who, places, "joined") for who, places in at.items()]
    words = (f"{name}: " + "; ".join(one.words() for one in values) for name, values in bins)
    return _svg(id, title, words, top + 24, parts + marks)


def square(
    id: str, title: str, across: str, up: str, traces: Sequence[Trace], *, diagonal: bool = False
) -> str:
    """Lines in a square of 0 to 1 both ways; a line of one point is a mark.

    Args:
        id: Of the picture, unlike all others of the page.
        title: What it shows.
        across: What the horizontal axis is.
        up: What the vertical axis is.
        traces: The lines.
        diagonal: Whether the line of equal values is drawn, and points are marked.
    """
    parts = [_frame(across, up)]
    if diagonal:
        parts.append(f'<path class="equal" d="M{_x(0):.1f} {_y(0):.1f}L{_x(1):.1f} {_y(1):.1f}"/>')
    for trace in traces:
        places = [(_x(point.x), _y(point.y)) for point in trace.points]
        marked = range(len(places)) if diagonal else range(len(places))[-1:]
        parts.append(
            f'<g class="c{trace.who % COLOURS}"><title>{text(trace.name)}</title>'
            + _line(trace.who, places, "trace")
            + "".join(_mark(trace.who, *places[i], trace.points[i].words) for i in marked)
            + "</g>"
        )
    words = (f"{trace.name}: {trace.points[-1].words}" for trace in traces if trace.points)
    return _svg(id, title, words, 290, parts)


@dataclass(frozen=True, slots=True)
class _Axis:
    """A horizontal axis from ``first`` to ``last`` in steps, which ends ``right`` of its sheet."""

    first: float
    last: float
    step: float
    right: float

    @classmethod
    def over(cls, values: Sequence[Value], *, right: float = _RIGHT) -> _Axis:
        """An axis that holds all values with their intervals, and 0."""
        ends = [end for one in values for end in (one.low, one.high, one.value)]
        ends = [end for end in ends if math.isfinite(end)]
        low, high = min([0.0, *ends]), max([0.0, *ends])
        span = (high - low) or 1.0
        unit = 10 ** math.floor(math.log10(span))
        step = next(unit * k for k in (0.1, 0.2, 0.25, 0.5, 1, 2) if span / (unit * k) <= 5)
        last = math.ceil(high / step - 1e-9) * step or 1.0
        return cls(math.floor(low / step) * step, last, step, right)

    def at(self, value: float) -> float:
        """Where a value stands, in pixels."""
        kept = min(max(value, self.first), self.last) if math.isfinite(value) else self.first
        return _LEFT + (self.right - _LEFT) * (kept - self.first) / (self.last - self.first)

    def grid(self, top: float, bottom: float) -> str:
        """Lines and numbers."""
        count = round((self.last - self.first) / self.step)
        return "".join(
            f'<path class="grid" d="M{self.at(tick):.1f} {top:.1f}V{bottom:.1f}"/>'
            f'<text class="tick" x="{self.at(tick):.1f}" y="{bottom + 15:.1f}" '
            f'text-anchor="middle">{_tick(tick)}</text>'
            for tick in (self.first + self.step * i for i in range(count + 1))
        )


def _svg(id: str, title: str, words: Iterable[str], height: float, parts: Sequence[str]) -> str:
    said = text(". ".join(words))
    return (
        f'<svg class="chart" viewBox="0 0 {WIDTH} {height:.0f}" role="img" '
        f'aria-labelledby="{id}-title {id}-desc"><title id="{id}-title">{text(title)}</title>'
        f'<desc id="{id}-desc">{said}</desc>\n' + "\n".join(parts) + "\n</svg>"
    )


def _whisker(axis: _Axis, one: Value, y: float) -> str:
    if not (math.isfinite(one.low) and math.isfinite(one.high)):
        return ""
    low, high = axis.at(one.low), axis.at(one.high)
    return (
        f'<path class="whisker" d="M{low:.1f} {y:.1f}H{high:.1f}'
        f'M{low:.1f} {y - 3:.1f}v6M{high:.1f} {y - 3:.1f}v6"/>'
    )


def _mark(who: int, x: float, y: float, words: str) -> str:
    said = f"<title>{text(words)}</title>" if words else ""
    return (
        f'<g class="c{who % COLOURS}"><path class="mark" transform="translate({x:.1f} {y:.1f})" '
        f'd="{_SHAPES[who % len(_SHAPES)]}">{said}</path></g>'
    )


def _line(who: int, places: Sequence[tuple[float, float]], kind: str) -> str:
    if len(places) < 2:
        return ""
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in places)
    return f'<g class="c{who % COLOURS}"><path class="{kind}" d="M{path}"/></g>'


def _label(name: str, n: int, top: float, tall: float) -> str:
    """A bin's name in at most two lines, the number of its items below, and a rule above."""
    first, second = _two_lines(name)
    lines = [(first, "name"), *([(second, "name")] if second else []), (f"n {n:,}", "tick")]
    y = top + tall / 2 + 4 - 6.5 * (len(lines) - 1)
    told = "".join(
        f'<text class="{kind}" x="{_LEFT - 8}" y="{y + 13 * i:.1f}" text-anchor="end">'
        f"{text(line)}</text>"
        for i, (line, kind) in enumerate(lines)
    )
    rule = f'<path class="grid" d="M0 {top:.1f}H{WIDTH}"/>' if top > 4 else ""
    return f"<g><title>{text(name)}</title>{rule}{told}</g>"


def _two_lines(name: str) -> tuple[str, str]:
    if len(name) <= _LETTERS:
        return name, ""
    cut = max(name.rfind(mark, 0, _LETTERS + 1) for mark in " _/,-")
    cut = cut + 1 if cut > 3 else _LETTERS
    return name[:cut].strip(), _short(name[cut:].strip())


def _short(name: str) -> str:
    return name if len(name) <= _LETTERS else name[: _LETTERS - 1] + "…"


def _tick(value: float) -> str:
    return f"{value:,.10g}" if abs(value) > 1e-9 else "0"


# a square of 0 to 1


def _x(value: float) -> float:
    return 44 + 300 * min(max(value, 0.0), 1.0)


def _y(value: float) -> float:
    return 246 - 238 * min(max(value, 0.0), 1.0)


def _frame(across: str, up: str) -> str:
    ticks = (0, 0.25, 0.5, 0.75, 1)
    lines = "".join(
        f'<path class="grid" d="M{_x(tick)} {_y(0)}V{_y(1)}M{_x(0)} {_y(tick)}H{_x(1)}"/>'
        f'<text class="tick" x="{_x(tick)}" y="262" text-anchor="middle">{tick:g}</text>'
        f'<text class="tick" x="38" y="{_y(tick) + 4}" text-anchor="end">{tick:g}</text>'
        for tick in ticks
    )
    return (
        f'{lines}<text class="name" x="{_x(0.5)}" y="282" text-anchor="middle">{text(across)}'
        f'</text><text class="name" transform="translate(11 {_y(0.5)}) rotate(-90)" '
        f'text-anchor="middle">{text(up)}</text>'
    )
