"""A session as a page, for people and for machines; and single pieces of an answer in words.

Works on the plain values that a session keeps. Everything in them that came from outside is
escaped: a FASTA header is text in Markdown and in HTML as it is on the terminal.
"""

from __future__ import annotations

import html
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from bbqa.errors import InputError
from bbqa.layout import caveats_of, sentences_of, status_words
from bbqa.schema import Answer

Json = Mapping[str, Any]

_STYLE = """
body { font: 16px/1.5 sans-serif; max-width: 50em; margin: 2em auto; padding: 0 1em; }
h2 { margin-top: 2em; } small, .dim { color: #666; } td, th { text-align: left; padding: .1em .6em;
vertical-align: top; } .inferred, .predicted { font-style: italic; }
"""


def export(session: Json, path: Path) -> None:
    """Write a session as ``.md``, ``.html`` or ``.json``.

    Raises:
        InputError: The file has another ending, is there already, or cannot be written.
    """
    makers = {".md": as_markdown, ".html": as_html, ".json": as_json}
    if path.suffix.lower() not in makers:
        raise InputError(
            f"cannot write a session as {path.suffix or 'a file without ending'!r}; "
            f"expected {', '.join(makers)}",
            hint="/export chat.md",
        )
    text = makers[path.suffix.lower()](session)
    try:
        # "x": what is there already may be somebody's work.
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        raise InputError(
            f"{path} is there already", hint="give another name, or delete it first"
        ) from None
    except OSError as error:
        raise InputError(f"cannot write {path}: {error.strerror or error}") from error


def as_json(session: Json) -> str:
    """The session as JSON, with every answer as ``bbqa ask --json`` prints it."""
    return json.dumps(session, indent=2, ensure_ascii=False) + "\n"


def as_markdown(session: Json) -> str:
    """The session in Markdown."""
    lines = [f"# {_md(_title(session))}", ""]
    for given in session["inputs"]:
        lines.append(f"- **{_md(given['label'])}** {_md(input_line(given))}")
    for turn in session["turns"]:
        lines += ["", f"## {_md(turn['typed'])}", ""]
        if turn["taken"] != turn["typed"]:
            lines += [f"*taken as: {_md(turn['taken'])}*", ""]
        lines += [_md(line) + "  " for line in answer_lines(turn)]
        evidence = (turn["answer"] or {}).get("evidence", ())
        if evidence:
            lines += ["", "| # | status | statement | source |", "|---|---|---|---|"]
        lines += [f"| {' | '.join(map(_md, _cells(item)))} |" for item in evidence]
    return "\n".join(lines) + "\n"


def as_html(session: Json) -> str:
    """The session as one page that loads nothing and runs nothing."""
    return "\n".join(_html_lines(session)) + "\n"


def _html_lines(session: Json) -> Iterator[str]:
    title = html.escape(_title(session))
    yield '<!doctype html><html lang="en"><head><meta charset="utf-8">'
    yield (
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">"
    )
    yield f"<title>{title}</title><style>{_STYLE}</style></head><body><h1>{title}</h1><ul>"
    for given in session["inputs"]:
        yield f"<li><b>{_h(given['label'])}</b> {_h(input_line(given))}</li>"
    yield "</ul>"
    for turn in session["turns"]:
        yield f"<h2>{_h(turn['typed'])}</h2>"
        if turn["taken"] != turn["typed"]:
            yield f'<p class="dim">taken as: {_h(turn["taken"])}</p>'
        yield from (f"<p>{_h(line)}</p>" for line in answer_lines(turn))
        evidence = (turn["answer"] or {}).get("evidence", ())
        if evidence:
            yield "<table><tr><th>#</th><th>status</th><th>statement</th><th>source</th></tr>"
            for item in evidence:
                cells = "".join(f"<td>{_h(cell)}</td>" for cell in _cells(item))
                yield f'<tr class="{_h(item["status"])}">{cells}</tr>'
            yield "</table>"
    yield "</body></html>"


# pieces


def answer_lines(turn: Json) -> list[str]:
    """What came of a question: its sentences with citations, and how it ended."""
    answer = turn["answer"]
    if answer is None:
        return [f"(no answer: {turn['error']})"]
    laid_out = Answer.from_json(answer)
    lines = [sentence.text for sentence in sentences_of(laid_out)]
    lines += caveats_of(laid_out)
    lines += [f"note: {answer['note']}"] if answer["note"] else []
    stopped = "stopped before its end; " if turn["outcome"] == "stopped" else ""
    ended = f"({stopped}{status_words(answer['status'])}, written by {answer['written_by']}"
    return [*lines, f"{ended}, {turn['seconds']:.1f} s)"]


def evidence_line(item: Json) -> str:
    """An item of evidence in a line: number, status, statement, who says so and why it is here."""
    number, status, statement, source = _cells(item)
    return f"[{number}] {status}: {statement} ({source})"


def why_lines(answer: Json, place: int) -> list[str]:
    """What a sentence of an answer rests on: what it cites, its status, what was checked.

    Args:
        answer: The answer in plain values.
        place: Which sentence, counted from 1.

    Raises:
        InputError: There is no such sentence.
    """
    claims = answer["claims"]
    if not 1 <= place <= len(claims):
        there = f"sentences 1 to {len(claims)}" if claims else "no sentences"
        raise InputError(f"there is no sentence {place}: the last answer has {there}")
    claim = claims[place - 1]
    by_number = {item["number"]: item for item in answer["evidence"]}
    items = [by_number[n] for n in claim["citations"] if n in by_number]
    return [
        f"sentence {place}: {claim['text']}",
        f"status: {claim['status']}, the least certain of what it cites",
        *(f"cites {evidence_line(item)}" for item in items),
        *(
            f"  against it: {evidence_line(by_number[n])}"
            for item in items
            for n in item.get("disagrees", ())
            if n in by_number
        ),
        "checked: what it cites is there; its names, numbers and words, and whether it affirms or "
        "denies, agree with that",
        *dropped_lines(answer),
    ]


def dropped_lines(answer: Json) -> list[str]:
    """The sentences of the model that did not become part of an answer, each with its reason."""
    return [
        f"dropped: {dropped['text']} ({dropped.get('verdict', 'unsupported')}: {dropped['reason']})"
        for dropped in answer["dropped"]
    ]


def input_line(given: Json) -> str:
    """An input in a line: what it is, how large, what it is called, what was changed in it."""
    size = f", {len(given['value']):,} residues" if given["modality"] == "protein" else ""
    what = f"{given['modality']}{size}"
    name = given["name"] or (given["given"] if given["given"] != given["value"][:80] else "")
    value = given["value"] if given["modality"] != "protein" else ""
    notes = f" ({'; '.join(given['notes'])})" if given["notes"] else ""
    return "  ".join(part for part in (what, name, value[:80]) if part) + notes


def _cells(item: Json) -> Sequence[str]:
    source = f"{item['source']} ({item['release']})" if item["release"] else str(item["source"])
    if item["because"] and item["status"] not in ("curated", "computed"):
        source = f"{source}; {item['because']}"
    return str(item["number"]), str(item["status"]), str(item["statement"]), source


def _title(session: Json) -> str:
    return f"bbqa session {session['session']}".strip()


def _h(text: object) -> str:
    return html.escape(_one_line(text))


def _md(text: object) -> str:
    """Text with every sign that Markdown or HTML could read anything into taken literally."""
    return re.sub(r"([\\`*_{}\[\]<>#|~$&!-])", r"\\\1", _one_line(text))


def _one_line(text: object) -> str:
    return "".join(c if c.isprintable() else " " for c in str(text))
