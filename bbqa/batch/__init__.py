"""Many questions from a file, each with its own answer, in a file that is whole at any moment.

``batch`` reads the questions (``questions``), asks them one after the other or several at a time
(``turns``), and writes one line for each (``output``). Beside the answers lies a run record: what
was asked with which settings. It is how a run that was stopped, or killed, is known again and
gone on with.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.batch.asking import lines, make_askers
from bbqa.batch.output import FAILED, Output, open_output
from bbqa.batch.pace import Pace
from bbqa.batch.questions import read_questions
from bbqa.batch.run import check_same, make_run, record_path, write_record
from bbqa.errors import InputError
from bbqa.progress import seconds_in_words

if TYPE_CHECKING:
    from bbqa.resources import Resources

__all__ = ["Report", "batch", "read_questions", "record_path"]

SERVERS: Final = ("openai:", "ollama:")
"""Language models that answer several calls at a time; those in this process answer one."""
SERVER_JOBS: Final = 4
MAX_JOBS: Final = 64


@dataclass(frozen=True, slots=True)
class Report:
    """How a batch ended.

    Attributes:
        output: The file of answers.
        total: Questions in the file.
        earlier: Those of them that an earlier run had answered.
        counts: Questions by how they ended: an answer's status, or ``failed``.
        seconds: How long this run took.
        stopped: Whether it was stopped before all were asked.
        jobs: Questions asked at a time.
    """

    output: Path
    total: int
    earlier: int
    counts: Mapping[str, int]
    seconds: float
    stopped: bool
    jobs: int

    @property
    def failed(self) -> int:
        """Questions without an answer, or whose model failed."""
        return self.counts.get(FAILED, 0)

    @property
    def done(self) -> int:
        """Questions with an answer."""
        return sum(self.counts.values()) - self.failed

    def lines(self) -> list[str]:
        """How it went, in words for a person."""
        asked = max(0, sum(self.counts.values()) - self.earlier)
        a_minute = f", {60 * asked / self.seconds:,.1f} a minute" if asked else ""
        earlier = f" ({self.earlier} of them earlier)" if self.earlier else ""
        by_status = ", ".join(f"{n} {status}" for status, n in sorted(self.counts.items()))
        told = [
            f"{self.done} of {self.total} questions have an answer{earlier}, {self.failed} failed; "
            f"{seconds_in_words(self.seconds)}{a_minute}"
        ]
        if by_status:
            told.append(by_status)
        if self.stopped:
            told.append("stopped: the same command goes on where this left off")
        elif self.failed:
            told.append("what failed says why in its line; the same command asks it again")
        return told


def batch(
    questions: Path,
    output: Path,
    *,
    resources: Resources,
    use_llm: bool = True,
    translate: bool = False,
    jobs: int | None = None,
    retry: bool = True,
    restart: bool = False,
) -> Report:
    """How it went to ask every question of a file; the answers are in ``output``.

    What is in ``output`` already is gone on with, if its run record says that it is of the same
    questions, settings, graph and version. Ctrl-C ends the run with ``Report.stopped``.

    Args:
        questions: JSONL or CSV: see ``bbqa.batch.questions``.
        output: JSONL; one object a question with ``id``, ``line``, ``given``, and ``answer`` or
            ``error``.
        resources: Opened resources; the settings are theirs.
        use_llm: Let the language model write.
        translate: Translate nucleotide sequences instead of refusing them.
        jobs: Questions at a time; by default 4 for a server, else 1.
        retry: Whether to ask those again that failed earlier.
        restart: Begin anew and overwrite what is there.

    Raises:
        InputError: The file of questions or the output cannot be used; nothing has been written.
        BbqaError: Something that all questions need is missing, or the disk is full.
    """
    started = time.monotonic()
    # 1. what is asked?
    asked = read_questions(questions)
    if output.resolve() == questions.resolve():
        raise InputError(f"-o {output} is the file of questions", hint="choose another -o")
    with open_output(output, restart=restart) as answers:
        # 2. what has been answered already, and may it be gone on with?
        run = make_run(asked, resources, use_llm=use_llm, translate=translate)
        check_same(answers, run)
        _tell(answers, resources, failed=answers.forget_failed() if retry else 0)
        todo = [row for row in asked.rows if row.line not in answers.spans]
        earlier = len(asked.rows) - len(todo)
        # 3. ask, and write each answer when it comes
        count = _jobs(jobs, resources, use_llm=use_llm, rows=len(todo))
        askers = make_askers(resources, count, use_llm=use_llm, translate=translate) if todo else []
        answers.rewrite()
        write_record(answers, run, "running", jobs=count)
        pace = Pace(resources.progress, len(asked.rows), earlier)
        stopped = False
        try:
            for line in lines(todo, askers):
                answers.append(line["line"], line)
                pace.count(failed="error" in line)
            # 4. one line for each question, in their order
            answers.rewrite()
        except KeyboardInterrupt:
            stopped = True
        write_record(answers, run, "stopped" if stopped else "done", jobs=count)
        counts = Counter(span.status for span in answers.spans.values())
    seconds = time.monotonic() - started
    return Report(output, len(asked.rows), earlier, dict(counts), seconds, stopped, count)


def _tell(answers: Output, resources: Resources, *, failed: int) -> None:
    """Say what an earlier run left."""
    say = resources.progress.say
    if answers.cut:
        say(f"{answers.path} ends with half a line, as a killed run leaves it: it is cut off")
    if answers.spans or failed:
        again = f", {failed} that failed are asked again" if failed else ""
        say(f"going on: {len(answers.spans)} answers are there{again}")


def _jobs(jobs: int | None, resources: Resources, *, use_llm: bool, rows: int) -> int:
    """How many questions to ask at a time.

    Raises:
        InputError: More are wanted than is sensible.
    """
    if jobs is not None and not 1 <= jobs <= MAX_JOBS:
        raise InputError(f"--jobs is {jobs}; expected 1 to {MAX_JOBS}", hint="--jobs 4")
    if use_llm and resources.settings.llm.strip().startswith(SERVERS):
        return max(1, min(jobs or SERVER_JOBS, rows))
    if jobs is not None and jobs > 1 and rows:
        what = resources.settings.llm if use_llm else "bbqa without a model"
        resources.progress.say(f"{what} answers one question at a time: --jobs {jobs} is 1")
    return 1
