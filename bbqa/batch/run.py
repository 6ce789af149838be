"""The run record beside a file of answers: what was asked, under which settings, how far it got.

It is written before the first answer and again at the end. A run that was killed leaves it with
the state ``running``. A later run goes on with the answers if nothing that matters has changed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.batch.output import FAILED, Output, write_json
from bbqa.batch.questions import Questions
from bbqa.errors import InputError

if TYPE_CHECKING:
    from bbqa.resources import Resources

NO_MATTER: Final = frozenset(
    {"api_key", "base_url", "home", "offline", "threads", "timeout_s", "graph"}
)
"""Settings that say where things are and how long to wait; a run may be gone on with under others.
The graph is compared by what is in it."""

Run = Mapping[str, Any]
"""What a run is told by: questions, settings, versions, hashes."""


def record_path(output: Path) -> Path:
    """Where the run record of a file of answers lies."""
    return output.with_name(f"{output.name}.run.json")


def make_run(
    questions: Questions, resources: Resources, *, use_llm: bool, translate: bool
) -> dict[str, Any]:
    """What a run is told by, from now on."""
    from bbqa import __version__
    from bbqa.prompts import prompt_files
    from bbqa.record import make_record

    return {
        "questions": {
            "file": str(questions.path),
            "sha256": questions.sha256,
            "rows": len(questions.rows),
        },
        "bbqa": __version__,
        "use_llm": use_llm,
        "translate": translate,
        "record": make_record(
            graph_hash=resources.graph.hash,
            models={"llm": resources.settings.llm} if use_llm else {},
            prompts=list(map(Path, prompt_files())),
            settings=resources.settings.public(),
        ),
        "started": _now(),
    }


def write_record(answers: Output, run: Run, state: str, *, jobs: int) -> None:
    """Write the run record as it is now: ``running``, ``stopped`` or ``done``.

    Raises:
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    counts = Counter(span.status for span in answers.spans.values())
    failed = counts.get(FAILED, 0)
    value = {
        "state": state,
        **run,
        "written": _now(),
        "finished": _now() if state != "running" else None,
        "jobs": jobs,
        "counts": {
            "done": sum(counts.values()) - failed,
            "failed": failed,
            "left": run["questions"]["rows"] - sum(counts.values()),
            "by_status": dict(counts),
        },
    }
    write_json(record_path(answers.path), value)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def check_same(answers: Output, run: Run) -> None:
    """Refuse to go on with answers of other questions, settings, graph or version.

    Raises:
        InputError: Something differs; the message says what.
    """
    hint = "choose another -o, or --restart to begin anew and overwrite it"
    if not (answers.spans or answers.cut):
        return
    path = record_path(answers.path)
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
        before, now = _what_matters(earlier), _what_matters(run)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{answers.path} has answers, but no run record {path} that says of what", hint=hint
        ) from error
    changed = [name for name in before | now if before.get(name) != now.get(name)]
    if changed:
        told = "; ".join(
            f"{name} was {_short(before.get(name))} and is {_short(now.get(name))}"
            for name in changed
        )
        raise InputError(f"{answers.path} is of another run: {told}", hint=hint)


def _what_matters(run: Run) -> dict[str, Any]:
    """What must be the same for a run to be gone on with, by its name."""
    record = run["record"]
    settings = {k: v for k, v in record["settings"].items() if k not in NO_MATTER}
    if not run["use_llm"]:
        settings.pop("llm", None)
    return {
        "the questions' SHA-256": run["questions"]["sha256"],
        "--no-llm": not run["use_llm"],
        "--translate": run["translate"],
        "the graph": record["graph"],
        "bbqa's version": run["bbqa"],
        "the prompts' hash": record["prompts"],
        **settings,
    }


def _short(value: object) -> str:
    text = str(value)
    return f"{text[:12]}…" if len(text) > 40 else repr(value)
