"""Carries a run out: asks what has not been asked, keeps what comes back, scores it at the end.

``carry_out`` = record -> what is there already -> askers -> a line for each item -> scores.
Whatever stops it (Ctrl-C, ``kill -9``, a model that dies, a full disk), the same command goes on.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.batch import MAX_JOBS, SERVER_JOBS, SERVERS
from bbqa.batch.asking import lines
from bbqa.batch.output import Lines, Output, open_output, write_json
from bbqa.errors import BbqaError, InputError, LLMError
from bbqa.eval.benchmarks.contract import Condition, Item
from bbqa.eval.conditions import USES_LLM
from bbqa.eval.runs.asking import Numbered, make_askers
from bbqa.eval.runs.calls import is_there
from bbqa.eval.runs.folder import CALLS, ITEMS, RECORD, SCORES, Run, read_run
from bbqa.eval.runs.line import outcome_in
from bbqa.eval.runs.record import Record, ended, gone_on_with, make_run_record
from bbqa.eval.runs.watch import Watch

if TYPE_CHECKING:
    from collections.abc import Generator

    from bbqa.eval.runs.plan import Plan
    from bbqa.resources import Resources

LOST: Final = 3
"""Items in a row whose model failed before it is asked whether it is still there."""
_OTHER: Final = "choose another --to"
_ANEW: Final = "--fresh to begin anew"
OF_ITEMS: Final = Lines("run", outcome_in, _OTHER, _ANEW)
OF_CALLS: Final = Lines("run", lambda value: str(len(value["calls"])), _OTHER, _ANEW)


@dataclass(frozen=True, slots=True)
class _Files:
    """The two growing files of a run."""

    items: Output
    calls: Output

    def forget_failed(self) -> int:
        """How many items the model failed at; they, and calls of no item, are asked again."""
        failed = self.items.forget_failed()
        for line in self.calls.spans.keys() - self.items.spans.keys():
            del self.calls.spans[line]
        return failed

    def append(self, done: Mapping[str, Any]) -> None:
        """Keep what came of an item; the item's line comes last, and makes it count."""
        if done["calls"] is not None:
            self.calls.append(done["line"], done["calls"])
        self.items.append(done["line"], done["item"])

    def rewrite(self) -> None:
        """Leave one whole line for each item, in their order."""
        self.calls.rewrite()
        self.items.rewrite()


def carry_out(
    plan: Plan,
    condition: Condition,
    items: Sequence[Item],
    resources: Resources,
    *,
    folder: Path,
    fresh: bool = False,
    jobs: int | None = None,
) -> Run:
    """The run of one condition, as far as it got: ``state`` is ``done`` or ``stopped``.

    What is in the folder already is gone on with, if it is of the same run; items at which the
    language model failed are asked again. A run that is done is read, and nothing is asked.

    Args:
        plan: What is asked.
        condition: Who answers.
        items: The plan's items.
        resources: Opened resources; the settings are theirs.
        folder: Where the run lies; made if it is not there.
        fresh: Begin anew and overwrite what is there.
        jobs: Items at a time; by default 4 for a server, else 1.

    Raises:
        InputError: The folder holds another run, and nothing has been written.
        LLMError: The model cannot be opened, or is gone; what came back until then is kept.
        BbqaError: Something that all items need is missing, or the disk is full.
    """
    count = jobs_for(condition, jobs, resources)
    driver, resources = _decided_driver(condition, resources)
    record = make_run_record(plan, condition, items, resources, driver, count)
    with _open_files(folder, fresh=fresh) as files:
        # 1. what is there already, and may it be gone on with?
        record = _record_in(folder, files, record)
        again = files.forget_failed()
        todo = [
            Numbered(line, item)
            for line, item in enumerate(items, start=1)
            if line not in files.items.spans
        ]
        _tell(resources, record, len(items) - len(todo), again, files.items.cut)
        if todo:
            files.rewrite()
            (folder / SCORES).unlink(missing_ok=True)
            write_json(folder / RECORD, record)
            # 2. ask, and keep each response when it comes
            askers = make_askers(plan, condition, items, resources, count=min(count, len(todo)))
            title = f"{plan.benchmark.card.name}, {condition}"
            watch = Watch(resources.progress, title, len(items), len(items) - len(todo))
            try:
                with closing(_generated(lines(todo, askers))) as told:
                    _keep(told, files, watch, resources)
                files.rewrite()
            except KeyboardInterrupt:
                write_json(folder / RECORD, ended(record, "stopped"))
                return read_run(folder)
            except BbqaError:
                with suppress(BbqaError):  # the disk may be full
                    write_json(folder / RECORD, ended(record, "stopped"))
                raise
        # 3. score what came back
        if not (folder / SCORES).exists() or read_run(folder).state != "done":
            write_scores(folder, resources)
            write_json(folder / RECORD, ended(record, "done"))
    return read_run(folder)


def write_scores(folder: Path, resources: Resources) -> None:
    """Score a run and keep the scores beside it."""
    from bbqa.eval.scores import score

    run = read_run(folder)
    scores = score(
        run.answered,
        condition=run.condition,
        names=resources.names,
        progress=resources.progress,
    )
    write_json(folder / SCORES, {"scores": [asdict(one) for one in scores]})


def jobs_for(condition: Condition, jobs: int | None, resources: Resources) -> int:
    """How many items to ask at a time.

    Raises:
        InputError: More are wanted than is sensible.
    """
    if jobs is not None and not 1 <= jobs <= MAX_JOBS:
        raise InputError(f"--jobs is {jobs}; expected 1 to {MAX_JOBS}", hint="--jobs 4")
    spec = resources.settings.llm.strip()
    if condition in USES_LLM and spec.startswith(SERVERS):
        return jobs or SERVER_JOBS
    return 1


def _keep(
    told: Iterator[dict[str, Any]], files: _Files, watch: Watch, resources: Resources
) -> None:
    """Write what comes.

    Raises:
        LLMError: The model failed several times in a row, and is gone.
        BbqaError: The disk is full.
    """
    lost = 0
    for done in told:
        files.append(done)
        watch.count(done)
        lost = lost + 1 if done["failed"] else 0
        if lost >= LOST and not is_there(resources.llm):
            raise LLMError(
                f"{resources.llm.name} failed {lost} times in a row, the last time at item "
                f"{done['line']} ({done['item']['response']['error']}), and does not answer",
                hint="start it again, then the same command with --resume goes on",
            )
        if done["failed"] and lost >= LOST:
            lost = 0


def _decided_driver(condition: Condition, resources: Resources) -> tuple[str, Resources]:
    """Who decides which tools are called, found out before the first item rather than by it."""
    if condition not in USES_LLM:
        return "", resources
    from bbqa.agent.capability import choose_driver_name

    settings = resources.settings
    _ = resources.llm  # a model that cannot be opened ends the run here
    driver = choose_driver_name(
        settings.driver, lambda: resources.llm, home=settings.home, progress=resources.progress
    )
    return driver, resources.with_settings(driver=driver)


def _record_in(folder: Path, files: _Files, record: Record) -> Record:
    """The record of the run in a folder, if it can be gone on with; else of the new one."""
    path = folder / RECORD
    if not (files.items.spans or files.items.cut or path.exists()):
        return record
    try:
        earlier = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError(
            f"{folder} has items, but no record that says of what: {error}",
            hint=f"{_OTHER}, or {_ANEW}",
        ) from error
    return gone_on_with(earlier, record, folder)


def _tell(resources: Resources, record: Record, there: int, again: int, cut: int) -> None:
    """Say what an earlier session left."""
    say = resources.progress.say
    if cut:
        say("the last item is half written, as a killed run leaves it: it is asked again")
    if again:
        say(f"the language model failed at {again} items: they are asked again")
    if there == record["items"]:
        say(f"{record['condition']}: done before, {there:,} items; --fresh asks them anew")
    elif there:
        say(f"going on: {there:,} of {record['items']:,} items are there")
    commits = list(dict.fromkeys(session["commit"] for session in record["sessions"]))
    if there and len(commits) > 1:
        say(f"the program has changed since: commits {', '.join(commits)} are in the record")


@contextmanager
def _open_files(folder: Path, *, fresh: bool) -> Iterator[_Files]:
    """The files of a run, for this process alone.

    Raises:
        InputError: They hold something else.
        BbqaError: Another run writes to them, or the folder cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"cannot make the folder {folder}: {error.strerror}", hint=_OTHER
        ) from error
    with (
        open_output(folder / ITEMS, restart=fresh, lines=OF_ITEMS) as items,
        open_output(folder / CALLS, restart=fresh, lines=OF_CALLS) as calls,
    ):
        if fresh:
            items.rewrite()
            calls.rewrite()
            for name in (RECORD, SCORES):
                (folder / name).unlink(missing_ok=True)
        yield _Files(items, calls)


def _generated(told: Iterator[dict[str, Any]]) -> Generator[dict[str, Any], None, None]:
    """The same as a generator, whose end ends the askers."""
    yield from told
