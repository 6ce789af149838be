"""Asks rows, one after the other or several at a time; whatever goes wrong is part of a line.

What a row is, and what asking it means, is the worker's affair: evaluations have their own.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from bbqa.batch.questions import Row
from bbqa.batch.turns import Patient, Turn, models_in_turn
from bbqa.errors import BbqaError

if TYPE_CHECKING:
    from bbqa.resources import Resources

Line = dict[str, Any]
"""What is written for one question."""
Asked_contra = TypeVar("Asked_contra", contravariant=True)
Work = TypeVar("Work")


class Worker(Protocol[Asked_contra]):
    """Whoever asks one row at a time."""

    @property
    def turn(self) -> Turn:
        """Whose turn it is to compute; shared by all workers."""
        ...

    def line(self, row: Asked_contra, /) -> Line:
        """The line of a row; nothing is raised."""
        ...


@dataclass(frozen=True, slots=True)
class Asker:
    """Asks one question at a time and makes its line.

    Attributes:
        resources: What answering needs; several askers share all of it but the model.
        turn: Whose turn it is to compute; shared by all askers.
        model: This asker's own language model; None to do without.
        translate: Translate nucleotide sequences instead of refusing them.
    """

    resources: Resources
    turn: Turn
    model: Patient | None
    translate: bool

    def line(self, row: Row) -> Line:
        """The line of a row: its answer, or what went wrong, or both if only the model failed."""
        line: Line = {"id": row.id, "line": row.line, "given": dict(row.given)}
        with self.turn:
            try:
                line["answer"] = self._answer(row)
            except Exception as error:  # one bad row fails alone, be it our own fault
                line["error"] = _error(error)
            else:
                if self.model is not None and self.model.failure is not None:
                    line["error"] = _error(self.model.failure)
        return line

    def _answer(self, row: Row) -> dict[str, Any]:
        from bbqa.ask import ask

        if row.wrong is not None:
            raise row.wrong
        if self.model is not None:
            self.model.failure = None
        answer = ask(
            row.question,
            seq=row.seq,
            smiles=row.smiles,
            translate=self.translate,
            use_llm=self.model is not None,
            resources=self.resources,
        )
        return answer.to_json()


def make_askers(resources: Resources, count: int, *, use_llm: bool, translate: bool) -> list[Asker]:
    """Askers that share what is opened; each has a connection of its own to the model.

    Raises:
        BbqaError: Something that all questions need is missing, or the model cannot be opened.
    """
    resources.prepare()
    turn = Turn()
    if not use_llm:
        return [Asker(resources, turn, None, translate)]
    models = models_in_turn(resources, count, turn)
    _ = resources.names, resources.router  # opened once for all, rather than once for each
    return [Asker(resources.with_llm(model), turn, model, translate) for model in models]


def lines(rows: Sequence[Work], askers: Sequence[Worker[Work]]) -> Iterator[Line]:
    """A line for each row, as they come."""
    if len(askers) <= 1:
        # in this thread, so that Ctrl-C reaches a model in this process
        return (askers[0].line(row) for row in rows)
    return _side_by_side(rows, askers)


def _side_by_side(rows: Sequence[Work], askers: Sequence[Worker[Work]]) -> Iterator[Line]:
    """The threads do not outlive the program: one that waits for a server holds up nobody."""
    todo: queue.SimpleQueue[Work] = queue.SimpleQueue()
    done: queue.SimpleQueue[Line] = queue.SimpleQueue()
    turn = askers[0].turn
    for row in rows:
        todo.put(row)

    def work(asker: Worker[Work]) -> None:
        while not turn.stopped:
            try:
                row = todo.get_nowait()
            except queue.Empty:
                return
            line = asker.line(row)
            if not turn.stopped:  # what was stopped midway is no answer
                done.put(line)

    for asker in askers:
        threading.Thread(target=work, args=(asker,), daemon=True).start()
    try:
        for _ in rows:
            yield done.get()
    finally:
        turn.stop()


def _error(error: Exception) -> dict[str, str]:
    hint = "this is a bug in bbqa; ask the question alone with BBQA_DEBUG=1 and report it"
    hint = error.hint if isinstance(error, BbqaError) else hint
    return {"type": type(error).__name__, "message": str(error), "hint": hint}
