"""Whether the wordings of ``starter-qa`` reach what they ask, and examples what they are labelled.

    python -m bbqa.eval.routed_wordings [--folds 6]

Each open wording of either half is asked once, with an input that it was asked with; how the
options of the others are told apart has little to do with words. The test half is worded in words
that nobody has built the router with: its failures are not listed. With ``--folds`` the labelled
examples are asked instead, each of a router that learned from the examples of the other folds.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, Final

from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.labelled import (
    SPLITS,
    Rate,
    held_out,
    in_words,
    opened,
    rate,
    read_rows,
    what_was_run,
    write_results,
)
from bbqa.eval.replies import sequence_of, smiles_of
from bbqa.eval.routing import Case, judged, own_planner
from bbqa.eval.starter.asked import ASKED
from bbqa.eval.starter.record import Record
from bbqa.eval.starter.unanswerable import UNANSWERABLE
from bbqa.examples import EITHER, OVERVIEW, Example, Task, read_examples
from bbqa.progress import Progress, Silent
from bbqa.schema import Input, Modality, NodeType, Question

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.route import Route, Router

FACTS: Final = frozenset({"biobridge_search"})
PATHS: Final = frozenset({"kg_paths"})
WELCOME: Final = {
    "function": {NodeType.BIOLOGICAL_PROCESS},
    "process": {NodeType.MOLECULAR_FUNCTION, NodeType.PATHWAY},
    "pathway": {NodeType.BIOLOGICAL_PROCESS},
    "disease": {NodeType.PHENOTYPE},
    "role": {NodeType.DRUG_CLASS},
    "class": {NodeType.ROLE},
    "indication": {NodeType.ROLE, NodeType.DRUG_CLASS},
}
"""Types that may be told besides those that are asked for."""
_MODALITIES: Final = {
    str(NodeType.PROTEIN): Modality.PROTEIN,
    str(NodeType.DRUG): Modality.MOLECULE,
    EITHER: Modality.PROTEIN,
}


def wordings(resources: Resources, *, progress: Progress | None = None) -> dict[str, Any]:
    """How many wordings of each half are routed right, in all and by what they ask."""
    found: dict[str, Any] = {}
    for split in SPLITS:
        cases = list(cases_of(split, resources))
        outcomes = judged(cases, own_planner(resources), resources, progress or Silent())
        kinds = dict.fromkeys(case.id.partition(":")[0] for case in cases)
        found[split] = {
            "both": rate(o.both_right for o in outcomes),
            "by_kind": {
                kind: rate(o.both_right for o in outcomes if o.case.id.startswith(f"{kind}:"))
                for kind in kinds
            },
        }
        if split == "dev":
            found[split]["failures"] = [o.case.question for o in outcomes if not o.both_right]
    return found


def cases_of(split: str, resources: Resources) -> Iterator[Case]:
    """The open wordings of one half, each with the first input that it is asked with."""
    seen: set[str] = set()
    for record in map(Record.from_json, read_rows("starter-qa", split)):
        asked = ASKED.get((record.kind, record.pattern))
        outside = record.kind == UNANSWERABLE and record.pattern == "outside"
        if record.form is not Form.ENTITIES or record.question in seen or not (asked or outside):
            continue
        seen.add(record.question)
        several = asked is not None and len(asked.steps) > 1
        yield Case(
            id=f"{record.kind}:{record.id}",
            question=record.question,
            seq=tuple(sequence_of(given, resources.graph) for given in record.seq),
            smiles=tuple(smiles_of(given, resources.graph) for given in record.smiles),
            tools=(frozenset() if outside else PATHS if several else FACTS,),
            types=frozenset() if asked is None or asked.use else frozenset(asked.types),
            optional=frozenset(WELCOME.get(record.kind, ())),
        )


def folds(
    resources: Resources, count: int, *, seed: int = 1, progress: Progress | None = None
) -> dict[str, Rate]:
    """How many examples about a protein, a molecule or both are routed right, by held-out folds."""
    from bbqa.route import Router

    examples = read_examples()
    bar = (progress or Silent()).bar("folds", len(examples), unit="examples")
    tasks, both = [], []
    for taught, asked in held_out(examples, count, seed=seed):
        own = Router(resources, taught)
        for example in asked:
            bar.advance(1)
            if is_attached(example):
                route = _routed(own, example)
                tasks.append(route.task is example.goal.task)
                both.append(reaches(route, example))
    return {"tasks": rate(tasks), "both": rate(both)}


def is_attached(example: Example) -> bool:
    """Whether an example can be asked with proteins and molecules attached instead of names."""
    named = {Task.DESCRIBE, Task.LOOKUP, Task.OUTSIDE}
    about = set(example.about)
    return bool(about) and about <= _MODALITIES.keys() and example.goal.task not in named


def reaches(route: Route, example: Example) -> bool:
    """Whether a route is what an example is labelled with."""
    wanted = example.goal.types
    if route.task is not example.goal.task or route.task not in (Task.FACTS, Task.PATHS):
        return route.task is example.goal.task
    if wanted == (OVERVIEW,):
        return len(route.types) > 2
    if route.task is Task.PATHS:
        one = len(example.about) == 1
        return not one or (*route.types[:1], *route.through) == wanted
    return set(route.types) == set(wanted)


def _routed(router: Router, example: Example) -> Route:
    inputs = tuple(
        Input(f"input_{n}", _MODALITIES[about], "", "")
        for n, about in enumerate(example.about, start=1)
    )
    return router.route(Question(example.question, inputs))


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write ``eval/results/routed-wordings.json``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folds", type=int, help="of the examples, instead; nothing is written")
    count = parser.parse_args(arguments).folds
    with opened() as (resources, progress):
        if count:
            for what, share in folds(resources, count, progress=progress).items():
                progress.say(f"{what} right: {in_words(share)}")
            return
        found = wordings(resources, progress=progress)
        for split in SPLITS:
            progress.say(f"{split}: {in_words(found[split]['both'])}")
        head = what_was_run(("python -m bbqa.eval.routed_wordings",), resources.graph.hash)
        progress.say(f"written: {write_results('routed-wordings', {**head, **found})}")


if __name__ == "__main__":
    main()
