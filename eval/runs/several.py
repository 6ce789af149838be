"""Several conditions of one plan, one after the other, each in a folder of its own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Condition
from bbqa.eval.conditions import USES_LLM, fits, read_condition
from bbqa.eval.runs.engine import carry_out
from bbqa.eval.runs.folder import RECORD, Run

if TYPE_CHECKING:
    from bbqa.eval.runs.plan import Plan
    from bbqa.resources import Resources

ALL: Final = "all"


def carry_out_all(
    plan: Plan,
    conditions: Sequence[str],
    resources: Resources,
    *,
    to: Path | None = None,
    resume: bool = False,
    fresh: bool = False,
    jobs: int | None = None,
    on_run: Callable[[Run], None] = lambda _run: None,
) -> list[Run]:
    """The runs of some conditions, those that need no model first; ends where one is stopped.

    A folder that is there is gone on with, whether ``resume`` is said or not.

    Args:
        plan: What is asked.
        conditions: Names, or ``all``; the latter leaves out what the items do not allow.
        resources: Opened resources.
        to: Folder for the folders of runs; default ``runs`` in the home folder.
        resume: Refuse to begin where there is nothing to go on with.
        fresh: Begin anew and overwrite.
        jobs: Items at a time.
        on_run: Told of each run as it ends.

    Raises:
        InputError: A condition is unknown or does not fit; there is nothing to resume.
        BbqaError: As ``carry_out``.
    """
    if resume and fresh:
        raise InputError("--resume and --fresh exclude each other", hint="say one of them")
    wanted = _conditions(conditions)
    to = to or resources.settings.home / "runs"
    llm = resources.settings.llm
    folders = {one: to / plan.folder_name(one, llm) for one in wanted}
    if resume and not any((folder / RECORD).exists() for folder in folders.values()):
        names = ", ".join(folder.name for folder in folders.values())
        raise InputError(
            f"there is no run to go on with in {to}: expected {names}",
            hint="leave --resume away to begin, or say the --to of the run",
        )
    items = plan.items(resources)
    fitting = [one for one in wanted if fits(one, items)]
    if ALL not in conditions and (unfit := [one for one in wanted if one not in fitting]):
        raise InputError(
            f"{', '.join(unfit)} need options, which {plan.benchmark.card.name} does not have",
            hint="--condition all leaves out what does not fit",
        )
    runs = []
    for condition in sorted(fitting, key=USES_LLM.__contains__):
        runs.append(
            carry_out(
                plan,
                condition,
                items,
                resources,
                folder=folders[condition],
                fresh=fresh,
                jobs=jobs,
            )
        )
        on_run(runs[-1])
        if runs[-1].state != "done":
            break
    return runs


def _conditions(names: Sequence[str]) -> list[Condition]:
    if ALL in names:
        return list(Condition)
    return list(dict.fromkeys(map(read_condition, names)))
