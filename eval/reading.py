"""What each layer of reading a question is worth: sets asked with one layer after the other off.

    python -m bbqa.eval.reading [--split dev|test]

Scored are the rubric questions of ``eval/sets/professional.jsonl`` (right and useful) and the
questions with several constraints (mean F1), composed answers alone, no model.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final
from unittest import mock

from bbqa.eval import constraints as several
from bbqa.eval.labelled import SETS, opened, read_rows
from bbqa.eval.rubric import read_rubrics
from bbqa.eval.rubrics import rubrics

if TYPE_CHECKING:
    from bbqa.resources import Resources

Patch = tuple[str, Any]
"""A function of a layer by its dotted name, and what it gives where the layer is off."""

LAYERS: Final[dict[str, Sequence[Patch]]] = {
    "all layers": (),
    "no labelled questions": (("bbqa.question.parse._as_classified", lambda *_: None),),
    "no terms by meaning": (("bbqa.question.terms.by_meaning", lambda *_, **__: ()),),
    "no verb frames": (("bbqa.question.terms.of_frame", lambda *_: ()),),
    "no roles by stems": (
        ("bbqa.question.terms.against", lambda *_: ()),
        ("bbqa.question.terms.groups_of", lambda *_: ()),
    ),
    "no names respelled": (
        ("bbqa.question.linking._respelled", lambda *_, **__: None),
        ("bbqa.question.linking._inverted", lambda *_: iter(())),
        ("bbqa.question.linking._corrected", lambda *_: None),
    ),
    "nothing known not to be held": (("bbqa.question.parse.missing_in", lambda _: []),),
    "no premises doubted": (("bbqa.question.parse.unsupported_premise", lambda *_: None),),
    "no query at all": (("bbqa.answer.respond.respond", lambda *_: None),),
}


def ablation(resources: Resources, *, split: str = "dev") -> Iterator[tuple[str, int, int, float]]:
    """For each layer that is off: right and asked rubric questions, and mean F1 of constraints."""
    questions = read_rubrics(SETS / "professional.jsonl", split=split)
    rows = read_rows("multi_constraint", split)
    for name, patches in LAYERS.items():
        with ExitStack() as off:
            for target, instead in patches:
                off.enter_context(mock.patch(target, instead))
            found = rubrics(questions, resources, use_llm=False)
            sets = several.constraints(rows, resources, use_llm=False)
        right = sum(not one.faults for one in found)
        yield name, right, len(found), several.summary(sets)["f1"]["mean"]


def main() -> None:
    """Print a row for each layer."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", choices=("dev", "test"), default="dev")
    options = parser.parse_args()
    with opened() as (resources, _):
        print("| | right and useful | F1 of constraints |\n|---|---|---|")
        for name, right, asked, f1 in ablation(resources, split=options.split):
            print(f"| {name} | {right} of {asked} | {f1:.2f} |", flush=True)


if __name__ == "__main__":
    main()
