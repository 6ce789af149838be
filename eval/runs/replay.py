"""A run done again from its recorded calls, without a model, and compared bit for bit.

Everything but the model's replies is computed anew: retrieval, prompts, reading of the replies,
checks, linking. Seconds are not compared. A run can be replayed as long as graph, encoder, bridge,
prompts and items are the ones it was made with; the program itself may be another one, and what
comes out differently then shows what its changes do.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.batch.output import Output
from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Condition, Item
from bbqa.eval.conditions import USES_BRIDGE, USES_LLM, answerer_for
from bbqa.eval.runs.asking import asked, limited_by, names_of, open_all
from bbqa.eval.runs.calls import Recorded
from bbqa.eval.runs.engine import OF_CALLS
from bbqa.eval.runs.folder import CALLS, read_run
from bbqa.eval.runs.line import Finished, from_line, to_line
from bbqa.eval.runs.plan import items_digest
from bbqa.eval.runs.record import bridge_hash

if TYPE_CHECKING:
    from bbqa.eval.runs.folder import Run
    from bbqa.eval.runs.plan import Plan
    from bbqa.resources import Resources

OF_ANSWERS: Final = (
    "k",
    "max_seconds",
    "max_steps",
    "max_tokens",
    "max_total_tokens",
    "speculative",
    "use_bridge",
)
"""Settings that are taken from the record."""
_OF_TIME: Final = frozenset({"seconds", "timings_s"})


@dataclass(frozen=True, slots=True)
class Differing:
    """An item that came out differently.

    Attributes:
        id: The item's.
        fields: What of its response differs, or that something was asked and never recorded.
    """

    id: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay went.

    Attributes:
        items: How many were done again.
        differing: Those of them that came out differently.
    """

    items: int
    differing: tuple[Differing, ...]


def replay(folder: Path, plan: Plan, resources: Resources) -> Replayed:
    """How the responses of a run compare to those that its recorded calls give now.

    Args:
        folder: Of the run; it is not changed.
        plan: What was asked, as ``plan_of`` reads it from the record.
        resources: For everything but the model, which is never opened.

    Raises:
        InputError: The run cannot be replayed with this graph, bridge, prompts or data.
    """
    run = read_run(folder)
    condition = Condition(run.condition)
    settings = run.record["run"]["settings"]
    changes = {name: settings[name] for name in OF_ANSWERS if name in settings}
    if run.record["llm"]:
        changes["driver"] = run.record["llm"]["driver"]
    resources = resources.with_settings(**changes)
    items = plan.items(resources)
    _check(run, items, resources)
    open_all(condition, resources)
    model = _recorded(run) if condition in USES_LLM else None
    own = limited_by(plan, resources)
    own = own if model is None else own.with_llm(model)
    dev = plan.dev(resources) if condition is Condition.MAJORITY else ()
    answer = answerer_for(condition, own, items=items, dev=dev, seed=plan.seed)
    calls = _Calls(folder / CALLS)
    bar = resources.progress.bar("Replaying", len(run.finished), unit="items")
    differing = []
    for finished in run.finished:
        if model is not None:
            model.begin(calls.of(finished.line))
        item = items[finished.line - 1]
        response, failed = asked(item, answer, model)
        names = names_of(item, response, resources.graph)
        again = to_line(finished.line, item, response, names, failed=failed)
        fields = tuple(_fields(finished, again, missing=model.missing if model else ""))
        differing += [Differing(item.id, fields)] if fields else []
        bar.advance(1)
    return Replayed(len(run.finished), tuple(differing))


class _Calls:
    """Recorded calls of each item, read when they are wanted."""

    def __init__(self, path: Path) -> None:
        self._output = Output(path, OF_CALLS)
        self._output.read()

    def of(self, line: int) -> Mapping[str, Any] | None:
        """What was recorded of an item; None if the model was not asked."""
        span = self._output.spans.get(line)
        if span is None:
            return None
        with self._output.path.open("rb") as file:
            file.seek(span.start)
            found: dict[str, Any] = json.loads(file.read(span.size))
        return found


def _recorded(run: Run) -> Recorded:
    llm = run.record["llm"]
    return Recorded(
        llm["name"],
        context_tokens=llm["context_tokens"],
        writes_freely=llm.get("writes_freely", False),
    )


def _check(run: Run, items: Sequence[Item], resources: Resources) -> None:
    """Refuse to replay with other things than the run was made with.

    Raises:
        InputError: Something is another one; the message says what.
    """
    from bbqa.prompts import prompt_files
    from bbqa.record import hash_files

    record = run.record
    bridge = bridge_hash(resources) if Condition(run.condition) in USES_BRIDGE else ""
    pairs = {
        "the items": (record["items_digest"], items_digest(items)),
        "the graph": (record["run"]["graph"], resources.graph.hash),
        "the bridge": (record["bridge"], bridge),
        "the prompts": (record["run"]["prompts"], hash_files(prompt_files())),
    }
    other = [name for name, (then, now) in pairs.items() if then != now]
    if other:
        raise InputError(
            f"{run.folder} cannot be replayed: {', '.join(other)} are not those it was made with",
            hint=f"--data, --graph, or the program at commit {record['sessions'][-1]['commit']}",
        )


def _fields(finished: Finished, again: Mapping[str, Any], *, missing: str) -> Iterator[str]:
    """What differs between an item as it was and as it came out again."""
    if missing:
        yield missing
    if finished.digest != again["digest"]:
        yield "the item"
    then, now = (
        _timeless(asdict(response)) for response in (finished.response, from_line(again).response)
    )
    yield from (name for name in then if then[name] != now[name])


def _timeless(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """A JSON value without seconds."""
    if isinstance(value, Mapping):
        return {key: _timeless(part) for key, part in value.items() if key not in _OF_TIME}
    return [_timeless(part) for part in value] if isinstance(value, list | tuple) else value
