"""Pieces of self-contained HTML pages; what comes from outside is shown and never interpreted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from html import escape
from pathlib import Path
from typing import Final

from bbqa.fasta import printable

LONGEST: Final = 4000
"""Characters that are shown of any one text."""


@cache
def style() -> str:
    """The style sheet of all pages: light, dark, narrow and printed."""
    return Path(__file__).with_suffix(".css").read_text(encoding="utf-8")


def clean(value: object) -> str:
    """A text from outside on one line, without control and direction characters."""
    return printable(str(value), LONGEST)


def text(value: object) -> str:
    """A text from outside, so that a browser shows it and does nothing else with it."""
    return escape(clean(value))


def badge(word: str) -> str:
    """A status or verdict: one of bbqa's own words, in its colour and its kind of frame."""
    return f'<span class="badge {escape(word)}">{escape(word)}</span>'


def pairs(values: Iterable[tuple[str, str]]) -> str:
    """Names with their values; empty if there are none."""
    items = "\n".join(f"<dt>{text(name)}</dt><dd>{text(value)}</dd>" for name, value in values)
    return f"<dl>\n{items}\n</dl>" if items else ""


def table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already."""
    body = "\n".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in rows)
    return frame(title, columns, body)


def frame(title: str, columns: Sequence[str], body: str) -> str:
    """A table that can be scrolled sideways, by keyboard too; its rows are HTML already."""
    return scrolled(title, "".join(f'<th scope="col">{name}</th>' for name in columns), body)


def scrolled(title: str, head: str, body: str, *, kind: str = "") -> str:
    """The same from the cells of its head; ``kind`` is the table's class."""
    named = f' class="{kind}"' if kind else ""
    return (
        f'<div class="scroll" role="region" aria-label="{title}" tabindex="0">\n'
        f"<table{named}><thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>"
    )
