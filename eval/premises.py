"""Whether what questions take for granted is seen, and only that.

    python -m bbqa.eval.premises [--folds 8]

The false premises of ``starter-qa`` should be doubted; its other open questions, which have an
answer, should not. Nothing but the premise is looked at, without a language model. The test half is
worded in words that nobody has built this with: its failures are not listed. With ``--folds`` the
labelled wordings are read instead, each by what was learned from the wordings of the other folds.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from bbqa.eval.benchmarks import benchmarks
from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.conditions.seen import asked_with, seen
from bbqa.eval.labelled import (
    SPLITS,
    Rate,
    held_out,
    in_words,
    opened,
    rate,
    what_was_run,
    write_results,
)
from bbqa.eval.starter.unanswerable import FALSE_PREMISE
from bbqa.premise import unsupported_premise
from bbqa.presumed import PRESUMES, Presumptions, read_wordings
from bbqa.progress import Progress, Silent
from bbqa.question.read import read_question

if TYPE_CHECKING:
    from bbqa.eval.benchmarks.contract import Item
    from bbqa.resources import Resources


def premises(resources: Resources, *, progress: Progress | None = None) -> dict[str, Any]:
    """How many false premises are doubted, and how many other questions are not."""
    found: dict[str, Any] = {}
    for split in SPLITS:
        items = [
            item
            for item in benchmarks()["starter-qa"].items(None, resources, split=split)
            if item.form is Form.ENTITIES and (item.gold or _is_false(item))
        ]
        bar = (progress or Silent()).bar(split, len(items), unit="questions")
        outcomes = []
        for item in items:
            right = _is_doubted(item, resources) is _is_false(item)
            outcomes.append((item, right))
            bar.advance(1)
        found[split] = {
            "doubted": rate(right for item, right in outcomes if _is_false(item)),
            "left alone": rate(right for item, right in outcomes if not _is_false(item)),
        }
        if split == "dev":
            found[split]["failures"] = [item.question for item, right in outcomes if not right]
    return found


def folds(
    resources: Resources, count: int, *, seed: int = 1, progress: Progress | None = None
) -> dict[str, Rate]:
    """How many wordings are told right, by label, each by what the other folds have taught."""
    wordings = read_wordings()
    bar = (progress or Silent()).bar("folds", len(wordings), unit="wordings")
    outcomes: list[tuple[str, bool]] = []
    for taught, asked in held_out(wordings, count, seed=seed):
        own = Presumptions(resources, taught)
        for wording in asked:
            presumed = own.score(wording.text) > 0
            outcomes.append((wording.label, presumed is (wording.label == PRESUMES)))
            bar.advance(1)
    labels = dict.fromkeys(label for label, _ in outcomes)
    return {one: rate(right for label, right in outcomes if label == one) for one in labels}


def _is_false(item: Item) -> bool:
    return item.bins.get("kind") == FALSE_PREMISE


def _is_doubted(item: Item, resources: Resources) -> bool:
    own = seen(item, resources)
    question = read_question(asked_with(item), item.seq, item.smiles, own)
    return unsupported_premise(question, own) is not None


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure, and write ``eval/results/premises.json``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--folds", type=int, help="of the wordings, instead; nothing is written")
    count = parser.parse_args(arguments).folds
    with opened() as (resources, progress):
        if count:
            for label, share in folds(resources, count, progress=progress).items():
                progress.say(f"{label}: {in_words(share)}")
            return
        found = premises(resources, progress=progress)
        for split in SPLITS:
            for what in ("doubted", "left alone"):
                progress.say(f"{split}, {what}: {in_words(found[split][what])}")
        head = what_was_run(("python -m bbqa.eval.premises",), resources.graph.hash)
        progress.say(f"written: {write_results('premises', {**head, **found})}")


if __name__ == "__main__":
    main()
