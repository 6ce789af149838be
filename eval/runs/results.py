"""``eval/results/NAME.json``: scores of a benchmark's runs, a record each, with what was run."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bbqa.batch.output import write_whole
from bbqa.errors import InputError
from bbqa.eval.labelled import anywhere
from bbqa.eval.runs.folder import Run, read_run


def write_results(folders: Sequence[Path], to: Path) -> list[Path]:
    """The files that were written, one for each benchmark.

    Args:
        folders: Of runs that are done.
        to: Folder for the files; a file of the same name is overwritten.

    Raises:
        InputError: A run is not done, or two runs of a benchmark have the same name.
        BbqaError: The folder cannot be written to.
    """
    runs = [read_run(folder) for folder in folders]
    for run in runs:
        if run.state != "done":
            raise InputError(
                f"{run.folder} is not done: {len(run.finished)} of {run.total} items",
                hint="the command that began it goes on",
            )
    to.mkdir(parents=True, exist_ok=True)
    written = []
    for name in dict.fromkeys(run.benchmark for run in runs):
        path = to / f"{name}.json"
        write_whole(path, _text(results_of([run for run in runs if run.benchmark == name])))
        written.append(path)
    return written


def results_of(runs: Sequence[Run]) -> dict[str, Any]:
    """The scores of some runs of one benchmark, with what was run."""
    return {
        "benchmark": runs[0].record["benchmark"],
        "runs": {run.folder.name: head_of(run.record) for run in runs},
        "scores": [
            {"run": run.folder.name, **asdict(score)} for run in runs for score in run.scores
        ],
    }


def _text(results: Mapping[str, Any]) -> str:
    """The JSON with a score a line, so that a comparison of two files shows which differ."""
    whole = json.dumps({**results, "scores": []}, indent=1, ensure_ascii=False)
    head, _, end = whole.rpartition("[]")
    scores = ",\n".join(f"  {json.dumps(score, ensure_ascii=False)}" for score in results["scores"])
    return f"{head}[\n{scores}\n ]{end}"


def head_of(record: Mapping[str, Any]) -> dict[str, Any]:
    """What was run, in short."""
    sessions = record["sessions"]
    llm = record["llm"] or {}
    kept = ("condition", "split", "limit", "seed", "max_identity", "max_similarity", "items")
    return {
        **{name: record[name] for name in kept},
        "command": anywhere(sessions[-1]["command"]),
        "started": sessions[0]["started"],
        "ended": sessions[-1]["ended"],
        "commits": list(dict.fromkeys(session["commit"] for session in sessions)),
        "llm": llm.get("identity"),
        "graph": record["run"]["graph"],
        "bridge": record["bridge"],
        "machine": sessions[-1]["machine"],
    }
