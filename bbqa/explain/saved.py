"""A saved answer, read back: what ``bbqa ask --json`` printed, or a line of a batch's output."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, TextIO

from bbqa.errors import InputError
from bbqa.fasta import decode, read_text
from bbqa.schema import Answer

FORMS: Final = "give what `bbqa ask --json` printed, or a batch's output with --line or --id"
_LISTED: Final = 5


def read_answer(
    where: str, *, line: int | None = None, id: str | None = None, stdin: TextIO | None = None
) -> Answer:
    """The answer in a file.

    Args:
        where: A file, or ``-`` for standard input.
        line: Of a batch's output, the answer to the question on this line of its questions.
        id: Of a batch's output, the answer with this id.
        stdin: What ``-`` reads; ``sys.stdin`` by default.

    Raises:
        InputError: The file is missing or no JSON, is something else than an answer, has no such
            line or id, or has several and none was chosen.
    """
    text = _text(where, stdin or sys.stdin)
    name = "standard input" if where == "-" else where
    values = _values(text, name)
    if len(values) == 1 and not _is_batch_line(values[0]):
        if line is not None or id is not None:
            raise InputError(
                f"{name} is one answer, not a batch's output", hint="leave out --line and --id"
            )
        return _answer(values[0], name)
    chosen = _chosen(values, name, line, id)
    if "answer" not in chosen:
        error = chosen["error"]
        message = error.get("message") if isinstance(error, dict) else error
        raise InputError(
            f"{name}: the question on line {chosen.get('line')} has no answer: {message}",
            hint="mend the question and run `bbqa batch` again",
        )
    return _answer(chosen["answer"], f"{name}, line {chosen.get('line')}")


def _text(where: str, stdin: TextIO) -> str:
    if where != "-":
        return read_text(Path(where))
    buffer = getattr(stdin, "buffer", None)
    return stdin.read() if buffer is None else decode(buffer.read(), "standard input")


def _values(text: str, name: str) -> list[Any]:
    """The JSON values of a text: one that may run over many lines, or one a line."""
    if not text.strip():
        raise InputError(f"{name} is empty; expected an answer in JSON", hint=FORMS)
    try:
        return [json.loads(text)]
    except (ValueError, RecursionError) as error:
        whole = error
    values = []
    lines = [(n, x) for n, x in enumerate(text.split("\n"), start=1) if x.strip()]
    for number, each in lines:
        try:
            values.append(json.loads(each))
        except (ValueError, RecursionError) as error:
            # where not even the first line is JSON, what is wrong with the whole says more
            told = f"line {number}: {error}" if values else str(whole)
            raise InputError(f"{name} is no JSON: {told}", hint=FORMS) from error
    return values


def _is_batch_line(value: object) -> bool:
    return isinstance(value, dict) and "line" in value and ("answer" in value or "error" in value)


def _chosen(values: Sequence[Any], name: str, line: int | None, id: str | None) -> dict[str, Any]:
    """The line of a batch's output that is wanted."""
    for number, value in enumerate(values, start=1):
        if not _is_batch_line(value):
            raise InputError(
                f"{name}, line {number} is no line of a batch's output; expected an object with "
                "line, and answer or error",
                hint=FORMS,
            )
    wanted = [
        value
        for value in values
        if (line is None or value["line"] == line) and (id is None or value.get("id") == id)
    ]
    if len(wanted) == 1:
        found: dict[str, Any] = wanted[0]
        return found
    some = ", ".join(str(value.get("id") or f"line {value['line']}") for value in values[:_LISTED])
    more = f" and {len(values) - _LISTED} more" if len(values) > _LISTED else ""
    if line is None and id is None:
        raise InputError(
            f"{name} has {len(values)} answers: {some}{more}",
            hint="choose one: --id ID or --line N",
        )
    asked = " and ".join(
        [f"--line {line}"] * (line is not None) + [f"--id {id}"] * (id is not None)
    )
    raise InputError(f"{name} has nothing for {asked}; it has {some}{more}", hint="see their ids")


def _answer(value: object, where: str) -> Answer:
    try:
        return Answer.from_json(value)
    except InputError as error:
        raise InputError(f"{where}: {error.message}", hint=error.hint) from error
