"""``record.json``: what was run, with everything that the numbers depend on, and how it went.

A run is gone on with only if nothing that matters has changed. The commit does not count as such:
it is written down for every session, and told when it has changed. Where things lie and how long
to wait does not matter either.
"""

from __future__ import annotations

import hashlib
import os
import platform
import shlex
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.batch.run import NO_MATTER
from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Card, Condition, Item
from bbqa.eval.conditions import READS, USES_BRIDGE, USES_LLM
from bbqa.eval.labelled import commit
from bbqa.eval.runs.plan import Plan, items_digest

if TYPE_CHECKING:
    from bbqa.resources import Resources

Record = dict[str, Any]
OF_THE_MODEL: Final = frozenset({"llm", "driver", "context_tokens"})
"""Settings that are told by the model's own part of a record."""
_HINT: Final = "choose another --to, or --fresh to begin anew"


def make_run_record(  # noqa: PLR0917 - called once, by the engine
    plan: Plan,
    condition: Condition,
    items: Sequence[Item],
    resources: Resources,
    driver: str,
    jobs: int,
) -> Record:
    """What is run, from now on.

    Args:
        plan: What is asked.
        condition: Who answers.
        items: The items.
        resources: What answering needs; its model is opened if the condition uses one.
        driver: Who decides which tools are called: ``plan`` or ``native``.
        jobs: Items asked at a time.
    """
    from bbqa import __version__
    from bbqa.prompts import prompt_files
    from bbqa.record import make_record

    uses_llm = condition in USES_LLM
    return {
        "state": "running",
        "benchmark": asdict(plan.benchmark.card),
        "condition": str(condition),
        "split": plan.split,
        "limit": plan.limit,
        "seed": plan.seed,
        "max_identity": plan.max_identity,
        "max_similarity": plan.max_similarity,
        "items": len(items),
        "items_digest": items_digest(items),
        "data": {
            "path": "" if plan.data is None else str(plan.data),
            "file": "" if plan.file is None else str(plan.file.resolve()),
            "columns": plan.columns,
            "sha256": data_hashes(plan.benchmark.card, plan.data),
        },
        "llm": _model(resources, driver) if uses_llm else None,
        "bridge": bridge_hash(resources) if condition in USES_BRIDGE else "",
        "encoder": _encoder(resources) if condition in READS else "",
        "bbqa": __version__,
        "run": make_record(
            graph_hash=resources.graph.hash,
            models={"llm": resources.llm.name} if uses_llm else {},
            prompts=list(map(Path, prompt_files())),
            settings=resources.settings.public(),
        ),
        "sessions": [_session(jobs)],
    }


def what_matters(record: Mapping[str, Any]) -> dict[str, Any]:
    """What must be the same for a run to be gone on with, by its name."""
    run = record["run"]
    settings = {
        name: value
        for name, value in run["settings"].items()
        if name not in NO_MATTER | OF_THE_MODEL | {"bridge"}
    }
    llm = record["llm"] or {}
    if not llm:
        settings.pop("max_tokens", None)
    own = ("condition", "split", "limit", "seed", "max_identity", "max_similarity")
    return {
        "benchmark": record["benchmark"]["name"],
        **{name.replace("_", " "): record[name] for name in own},
        "the items' digest": record["items_digest"],
        "llm": llm.get("identity"),
        "driver": llm.get("driver"),
        "context_tokens": llm.get("context_tokens"),
        "the bridge": record["bridge"],
        "the text encoder": record["encoder"],
        "the graph": run["graph"],
        "the prompts' hash": run["prompts"],
        "bbqa's version": record["bbqa"],
        **settings,
    }


def differences(earlier: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """What differs between two records: ``seed was 0 and is 1``."""
    before, after = what_matters(earlier), what_matters(now)
    return [
        f"{name} was {_short(before.get(name))} and is {_short(after.get(name))}"
        for name in before | after
        if before.get(name) != after.get(name)
    ]


def gone_on_with(earlier: Mapping[str, Any], now: Record, folder: Path) -> Record:
    """The record of a run that is gone on with: as it was, with another session.

    Raises:
        InputError: Something that matters has changed; the message says what.
    """
    try:
        changed = differences(earlier, now)
    except (KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{folder} holds a record that cannot be read: {error}", hint=_HINT
        ) from error
    if changed:
        raise InputError(f"{folder} is another run: {'; '.join(changed)}", hint=_HINT)
    return {**now, "sessions": [*earlier["sessions"], *now["sessions"]]}


def ended(record: Mapping[str, Any], state: str) -> Record:
    """The record with its last session ended."""
    *before, last = record["sessions"]
    return {**record, "state": state, "sessions": [*before, {**last, "ended": _now()}]}


def data_hashes(card: Card, data: Path | None) -> dict[str, str]:
    """SHA-256 of each file of a benchmark that can be found; the items' digest is what counts."""
    from bbqa.eval.benchmarks.reading import find_file

    found = {}
    for name in card.files if data is not None else ():
        with suppress(InputError, OSError), find_file(data, card, name).open("rb") as file:
            found[name] = hashlib.file_digest(file, "sha256").hexdigest()
    return found


def bridge_hash(resources: Resources) -> str:
    """SHA-256 of the bridge in use; empty if none is."""
    import json

    from bbqa.bridge.checkpoint import DESCRIPTION, SHIPPED_BRIDGE

    if not resources.uses_bridge:
        return ""
    file = (resources.settings.bridge or SHIPPED_BRIDGE) / DESCRIPTION
    try:
        return str(json.loads(file.read_text(encoding="utf-8"))["sha256"])
    except (OSError, ValueError, KeyError):
        return "unknown"


def machine() -> dict[str, Any]:
    """What it runs on: processor, cores that may be used, memory in GiB."""
    from bbqa.llm.cores import usable_cores

    memory = None
    with suppress(ValueError, OSError, AttributeError):
        memory = round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30, 1)
    return {"cpu": _cpu(), "cores": usable_cores(), "memory_gib": memory, "os": platform.platform()}


def _encoder(resources: Resources) -> str:
    return f"{resources.encoder.name} {resources.encoder.hash}"


def _model(resources: Resources, driver: str) -> dict[str, Any]:
    from bbqa.agent.capability import can_synthesise

    llm = resources.llm
    return {
        "spec": resources.settings.llm,
        "name": llm.name,
        "identity": llm.identity,
        "context_tokens": llm.context_tokens,
        "driver": driver,
        "writes_freely": can_synthesise(resources.llm, home=resources.settings.home),
    }


def _session(jobs: int) -> dict[str, Any]:
    return {
        "started": _now(),
        "ended": None,
        "commit": commit(),
        "command": shlex.join(["bbqa", *sys.argv[1:]]),
        "jobs": jobs,
        "machine": machine(),
    }


def _cpu() -> str:
    with suppress(OSError):
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _short(value: object) -> str:
    text = str(value)
    return f"{text[:12]}…" if len(text) > 40 else repr(value)
