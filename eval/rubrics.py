"""Answers to a file of questions with rubrics, judged: how many are right and useful.

    python -m bbqa.eval.rubrics FILE [--split dev|test] [--answers OUT.jsonl] [--no-llm] [--show]
        [--to NAME]

Without ``--answers`` every question is asked here, in one process; with it the answers are those
that ``bbqa batch`` has written. FILE is JSONL (``eval/rubric.py``), ``professional`` for the set
that comes with bbqa.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import BbqaError, InputError
from bbqa.eval.benchmarks.reading import read_jsonl
from bbqa.eval.labelled import SETS, SPLITS, in_words, opened, rate, what_was_run, write_results
from bbqa.eval.replies import Asker
from bbqa.eval.rubric import Rubric, faults, read_rubrics
from bbqa.progress import Progress, Silent

if TYPE_CHECKING:
    from bbqa.resources import Resources

AIM: Final = 0.85
NOW: Final = ("graph", "reference", "no")
"""Questions that the data at hand can answer, or that must be declined."""
ERROR: Final = "error"
"""Status of an input that cannot be read: its message is the answer."""


@dataclass(frozen=True, slots=True)
class Told:
    """What was answered to one question: a status, a text, and how long it took."""

    status: str
    text: str
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Judged:
    """A question, what was answered, and why that is not right; nothing if it is."""

    rubric: Rubric
    told: Told
    faults: tuple[str, ...]


def rubrics(
    questions: Sequence[Rubric],
    resources: Resources,
    *,
    use_llm: bool = True,
    asker: Asker | None = None,
    progress: Progress | None = None,
) -> list[Judged]:
    """Every question asked and its answer judged.

    Args:
        questions: What is asked, with what the answers have to establish.
        resources: Graph, indexes and models.
        use_llm: Let the language model write; otherwise only the evidence speaks.
        asker: Answers a question; default: ``bbqa.ask.ask``.
        progress: Where progress is reported.
    """
    bar = (progress or Silent()).bar("questions", len(questions), unit="questions")
    answers: dict[str, Told] = {}
    for one in questions:
        answers[one.id] = _asked(one, resources, asker or _own_asker(), use_llm=use_llm)
        bar.advance(1)
    return judged(questions, answers)


def judged(questions: Iterable[Rubric], answers: Mapping[str, Told]) -> list[Judged]:
    """Each question with its answer's faults; one without an answer has that fault."""
    return [_judged(one, answers.get(one.id)) for one in questions]


def _judged(rubric: Rubric, told: Told | None) -> Judged:
    if told is None:
        return Judged(rubric, Told("", ""), ("no answer",))
    return Judged(rubric, told, faults(rubric, status=told.status, text=told.text))


def _asked(rubric: Rubric, resources: Resources, asker: Asker, *, use_llm: bool) -> Told:
    started = time.perf_counter()
    try:
        answer = asker(
            rubric.question,
            seq=list(rubric.seq),
            smiles=list(rubric.smiles),
            use_llm=use_llm,
            resources=resources,
        )
    except BbqaError as error:
        return Told(ERROR, f"{error.message}\n{error.hint or ''}", _since(started))
    return Told(str(answer.status), answer.text, _since(started))


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


def _own_asker() -> Asker:
    from bbqa.ask import ask

    return ask


# answers from a file


def read_answers(path: Path) -> dict[str, Told]:
    """Answers by the ids of their questions: what ``bbqa batch`` wrote, or plain objects.

    Raises:
        InputError: The file, or a line of it, cannot be read.
    """
    return {str(row.value.get("id")): _told(row.value) for row in read_jsonl(path)}


def _told(row: Mapping[str, Any]) -> Told:
    if isinstance(error := row.get("error"), dict):
        return Told(ERROR, f"{error.get('message', '')}\n{error.get('hint', '')}")
    answer = row["answer"] if isinstance(row.get("answer"), dict) else row
    timings = answer.get("timings_s") or {}
    text = answer.get("text") or answer.get("answer") or ""
    return Told(str(answer.get("status")), str(text), round(sum(timings.values()), 2))


# summing up


def summary(found: Sequence[Judged], *, told: bool) -> dict[str, Any]:
    """Rates of answers that are right and useful, by kind and by who can answer.

    Args:
        found: Questions with their judged answers.
        told: Whether what failed may be told in words; otherwise by id alone.
    """
    seconds = sorted(one.told.seconds for one in found)
    return {
        "right_and_useful": rate(not one.faults for one in found),
        "of_what_can_be_answered_or_must_be_declined": rate(
            not one.faults for one in found if one.rubric.held in NOW
        ),
        "by_held": _rates(found, lambda one: one.held or "not stated"),
        "by_kind": _rates(found, lambda one: one.family),
        "median_s": seconds[len(seconds) // 2] if seconds else None,
        "failures": [_failure(one, told=told) for one in found if one.faults],
    }


def _rates(found: Sequence[Judged], key: Callable[[Rubric], str]) -> dict[str, Any]:
    groups: dict[str, list[bool]] = {}
    for one in found:
        groups.setdefault(key(one.rubric), []).append(not one.faults)
    return {name: rate(groups[name]) for name in sorted(groups)}


def _failure(one: Judged, *, told: bool) -> dict[str, Any]:
    failure: dict[str, Any] = {"id": one.rubric.id, "kind": one.rubric.kind}
    return failure | ({"why": list(one.faults)} if told else {})


def set_path(given: str) -> Path:
    """The file of a set: a path, or the name of one that comes with bbqa.

    Raises:
        InputError: There is neither.
    """
    for path in (Path(given), SETS / f"{given}.jsonl"):
        if path.is_file():
            return path
    raise InputError(
        f"{given} is no file, and no set of this name comes with bbqa",
        hint="a path to a JSONL file, or: professional",
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Ask or read, judge, print, and write results if a name for them is given."""
    options = _options(arguments)
    path = set_path(options.file)
    questions = read_rubrics(path, split=options.split)
    if options.answers:
        found = judged(questions, read_answers(options.answers))
        for line in lines(found, show=options.show):
            print(line)
        return
    with opened() as (resources, progress):
        found = rubrics(questions, resources, use_llm=not options.no_llm, progress=progress)
        for line in lines(found, show=options.show):
            print(line)
        if options.to:
            command = ("python -m bbqa.eval.rubrics", *(arguments or _typed()))
            _write(options, found, what_was_run(command, resources.graph.hash))


def _typed() -> list[str]:
    import sys

    return sys.argv[1:]


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", help="JSONL of questions with rubrics, or: professional")
    parser.add_argument("--split", choices=SPLITS, help="one half; all by default")
    parser.add_argument("--answers", type=Path, help="judge what `bbqa batch` wrote")
    parser.add_argument("--no-llm", action="store_true", help="measure the evidence alone")
    parser.add_argument("--show", action="store_true", help="tell each failure with its text")
    parser.add_argument("--to", help="name of the file in eval/results that is written")
    return parser.parse_args(arguments)


def lines(found: Sequence[Judged], *, show: bool) -> list[str]:
    """What was measured, for a person; with ``show`` every failure."""
    told = [_shown(one) for one in found if one.faults] if show else []
    rates = summary(found, told=False)
    for heading, key in (("held", "by_held"), ("kind", "by_kind")):
        told += [f"{heading} {name}: {in_words(share)}" for name, share in rates[key].items()]
    told.append(f"right and useful: {in_words(rates['right_and_useful'])}")
    now = in_words(rates["of_what_can_be_answered_or_must_be_declined"])
    return [*told, f"of what today's data can answer or that must be declined: {now}"]


def _shown(one: Judged) -> str:
    return (
        f"{one.rubric.id} ({one.rubric.kind}): {one.rubric.question[:100]}\n"
        f"    {'; '.join(one.faults)}\n    {one.told.text[:240]!r}"
    )


def _write(options: argparse.Namespace, found: Sequence[Judged], head: Mapping[str, Any]) -> None:
    """Put one run beside the others of the file, in place of an earlier one of its kind."""
    from bbqa.eval.labelled import RESULTS

    path = RESULTS / f"{options.to}.json"
    results: dict[str, Any] = {"aim": AIM}
    if path.exists():
        results = json.loads(path.read_text(encoding="utf-8"))
    writer = "evidence_only" if options.no_llm else "llm"
    told = summary(found, told=options.split == "dev")
    results.setdefault(options.split or "all", {})[writer] = {**head, **told}
    write_results(options.to, results)


if __name__ == "__main__":
    main()
