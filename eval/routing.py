"""Whether questions reach the right tools and node types: ``eval/sets/routing.jsonl``.

    python -m bbqa.eval.routing [--split dev|test]

A plan is right if its tools are one of the sets that a question accepts. Node types are judged
where a tool that takes them is called: all that are asked for, and none that is not.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from bbqa.eval.labelled import (
    SPLITS,
    Rate,
    in_words,
    opened,
    rate,
    read_rows,
    what_was_run,
    write_results,
)
from bbqa.progress import Progress, Silent
from bbqa.schema import NodeType, Question

if TYPE_CHECKING:
    from bbqa.resources import Resources

TYPED: Final = frozenset({"biobridge_search", "kg_facts", "kg_paths"})
"""Tools that are told which types of nodes are wanted."""
FIND: Final = "find_entity"
NONE: Final = "none"
AIM: Final = 0.9


class Planned(Protocol):
    """What a planner decides."""

    @property
    def tools(self) -> tuple[str, ...]:
        """Names of tools, in the order in which they are called."""
        ...

    @property
    def types(self) -> tuple[NodeType, ...]:
        """Types of nodes that are asked for."""
        ...


Planner = Callable[[Question, "Resources"], Planned]


@dataclass(frozen=True, slots=True)
class Plan:
    """Tools and types, as a baseline chooses them."""

    tools: tuple[str, ...]
    types: tuple[NodeType, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """One labelled question.

    Attributes:
        id: ``dev-07``.
        question: In words.
        seq: Accessions, gene names or residues.
        smiles: SMILES or drug names.
        tools: Sets of tools, any of which is right.
        types: Node types that must be asked for.
        optional: Node types that may be.
    """

    id: str
    question: str
    seq: tuple[str, ...]
    smiles: tuple[str, ...]
    tools: tuple[frozenset[str], ...]
    types: frozenset[NodeType]
    optional: frozenset[NodeType]


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a plan fares; ``types_right`` is None where no tool takes types."""

    case: Case
    planned: frozenset[str]
    types: tuple[NodeType, ...]
    tools_right: bool
    types_right: bool | None

    @property
    def both_right(self) -> bool:
        """Tools right, and types where they are judged."""
        return self.tools_right and self.types_right is not False


def routing(
    resources: Resources,
    *,
    split: str = "test",
    planner: Planner | None = None,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Rates of right tools and types over one half of the set, and what baselines reach.

    Args:
        resources: Graph and models.
        split: ``dev`` or ``test``. Failures of the test half are listed by id alone, so that
            nobody tunes on them.
        planner: Decides for a question; default: bbqa's own, ``bbqa.agent.make_plan``.
        progress: Where progress is reported.
    """
    cases = read_cases(split)
    outcomes = judged(cases, planner or own_planner(resources), resources, progress or Silent())
    return {
        "split": split,
        **rates(outcomes),
        "by_tool": by_tool(outcomes),
        "confusion": confusion(outcomes),
        "failures": [_failure(o, told=split == "dev") for o in outcomes if not o.both_right],
        "baselines": {
            name: rates(judged(cases, baseline, resources, Silent()))
            for name, baseline in baselines().items()
        },
    }


def read_cases(split: str) -> list[Case]:
    """The labelled questions of one half."""
    return [
        Case(
            id=row["id"],
            question=row["question"],
            seq=tuple(row["seq"]),
            smiles=tuple(row["smiles"]),
            tools=tuple(frozenset(tools) for tools in row["tools"]),
            types=frozenset(map(NodeType, row["types"])),
            optional=frozenset(map(NodeType, row["optional_types"])),
        )
        for row in read_rows("routing", split)
    ]


def judged(
    cases: Sequence[Case], planner: Planner, resources: Resources, progress: Progress
) -> list[Outcome]:
    """What a planner decides for each question, and whether it is right."""
    from bbqa.question.read import read_question

    bar = progress.bar("routing", len(cases), unit="questions")
    outcomes = []
    for case in cases:
        question = read_question(case.question, case.seq, case.smiles, resources)
        outcomes.append(judge(case, planner(question, resources)))
        bar.advance(1)
    return outcomes


def judge(case: Case, plan: Planned) -> Outcome:
    """Whether a plan's tools and types are right.

    ``find_entity`` beside other tools counts only where it is what is asked for: looking a name
    up first is never wrong.
    """
    planned = frozenset(plan.tools)
    if FIND not in case.tools[0] and len(planned) > 1:
        planned -= {FIND}
    tools_right = planned in case.tools
    about = planned if tools_right else case.tools[0]
    asked = set(plan.types)
    fits = case.types <= asked <= case.types | case.optional
    return Outcome(
        case=case,
        planned=planned,
        types=tuple(plan.types),
        tools_right=tools_right,
        types_right=fits if about & TYPED else None,
    )


# what came of it


def rates(outcomes: Sequence[Outcome]) -> dict[str, Rate]:
    """How often tools, types and both are right."""
    return {
        "tools": rate(o.tools_right for o in outcomes),
        "types": rate(o.types_right for o in outcomes if o.types_right is not None),
        "both": rate(o.both_right for o in outcomes),
    }


def by_tool(outcomes: Sequence[Outcome]) -> dict[str, dict[str, Rate]]:
    """Rates for the questions of each tool; a question of two tools counts for both."""
    names = sorted({name for o in outcomes for name in _wanted(o.case)})
    return {name: rates([o for o in outcomes if name in _wanted(o.case)]) for name in names}


def confusion(outcomes: Iterable[Outcome]) -> dict[str, dict[str, int]]:
    """How often each set of tools was planned where another (or the same) was right."""
    table: dict[str, Counter[str]] = {}
    for o in outcomes:
        right = o.planned if o.tools_right else o.case.tools[0]
        table.setdefault(_joined(right), Counter())[_joined(o.planned)] += 1
    return {wanted: dict(counts.most_common()) for wanted, counts in sorted(table.items())}


def _wanted(case: Case) -> frozenset[str]:
    return case.tools[0] or frozenset({NONE})


def _joined(tools: Iterable[str]) -> str:
    return " + ".join(sorted(tools)) or NONE


def _failure(o: Outcome, *, told: bool) -> dict[str, Any]:
    if not told:
        return {"id": o.case.id}
    return {
        "id": o.case.id,
        "question": o.case.question,
        "tools": _joined(o.case.tools[0]),
        "planned": _joined(o.planned),
        "types": sorted(map(str, o.case.types)),
        "planned_types": [str(node_type) for node_type in o.types],
        "types_right": o.types_right,
    }


# planners


def own_planner(resources: Resources) -> Planner:
    """What bbqa does; with the driver "asked" a model chooses where words leave it open."""
    from bbqa.agent import make_plan

    llm = resources.llm if resources.settings.driver == "asked" else None
    return lambda question, resources: make_plan(question, resources, llm=llm)


def baselines() -> Mapping[str, Planner]:
    """Planners to compare with, which know next to nothing."""
    return {
        "one tool, the commonest types": _commonest(),
        "one tool, types by word rules": _by_word_rules,
    }


def one_tool(question: Question) -> str:
    """``biobridge_search`` where an input is attached, ``kg_facts`` otherwise."""
    return "biobridge_search" if question.attached else "kg_facts"


def _commonest() -> Planner:
    """Asks every question for what most questions of the dev half ask for."""
    counted = Counter(tuple(sorted(case.types)) for case in read_cases("dev") if case.types)
    ((types, _),) = counted.most_common(1)
    return lambda question, _: Plan((one_tool(question),), types)


def _by_word_rules(question: Question, resources: Resources) -> Plan:
    from bbqa.question.read import about_types, bare_question
    from bbqa.retrieve.intent import wanted_types

    types = wanted_types(bare_question(question), about_types(question, resources))
    return Plan((one_tool(question),), types)


def main() -> None:
    """Measure, and write ``eval/results/routing.json``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--split", choices=SPLITS, help="one half; nothing is written")
    asked = parser.parse_args().split
    with opened() as (resources, progress):
        results = what_was_run(("python -m bbqa.eval.routing",), resources.graph.hash)
        for split in (asked,) if asked else SPLITS:
            results[split] = found = routing(resources, split=split, progress=progress)
            _tell(found, progress)
        if asked is None:
            progress.say(f"written: {write_results('routing', {'aim': AIM, **results})}")


def _tell(found: Mapping[str, Any], progress: Progress) -> None:
    for what in ("tools", "types", "both"):
        progress.say(f"{found['split']}, {what} right: {in_words(found[what])}")
    for failure in found["failures"]:
        progress.say("  " + ", ".join(f"{name}: {value}" for name, value in failure.items()))


if __name__ == "__main__":
    main()
