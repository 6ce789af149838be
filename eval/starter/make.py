"""Writing ``starter-qa.jsonl``: the same graph and seed always give the same file."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.bridge.checkpoint import SHIPPED_BRIDGE
from bbqa.bridge.splits import Split, read_split
from bbqa.eval.labelled import SETS
from bbqa.eval.starter.acting import acting
from bbqa.eval.starter.answerable import Maker, answerable
from bbqa.eval.starter.record import Record
from bbqa.eval.starter.relatives import Relatives
from bbqa.eval.starter.subjects import Subject, subjects
from bbqa.eval.starter.unanswerable import unanswerable
from bbqa.progress import Progress, Silent
from bbqa.whole import whole

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = SETS / "starter-qa.jsonl"
VERSION: Final = 1


def make_starter_qa(
    resources: Resources,
    *,
    seed: int = 0,
    to: Path = FILE,
    split: Split | None = None,
    progress: Progress | None = None,
) -> Path:
    """The file that the questions were written to; beside it lies one that says of which graph.

    Args:
        resources: Graph, alignment and fingerprints.
        seed: Of all draws.
        to: The file, ``….jsonl``; what it was made from goes to ``….meta.json``.
        split: Which proteins and molecules training kept back; the shipped bridge's by default.
        progress: Told how far it is.

    Raises:
        IndexMismatchError: The shipped bridge was trained on another graph.
    """
    progress = progress or Silent()
    split = split or read_split(SHIPPED_BRIDGE / "split.json", resources.graph)
    relatives = Relatives(resources, split, progress)
    about = evenly(subjects(resources.graph, split, seed=seed), relatives, progress)
    maker = Maker(resources, relatives, seed=seed)
    records: list[Record] = []
    bar = progress.bar("questions", 3_700, unit="questions")
    for make in (answerable, acting, unanswerable):
        for record in make(maker, about):
            records.append(record)
            bar.advance(1)
    _write(records, to, {"graph": resources.graph.hash, "split": split.hash, "seed": seed})
    progress.say(f"{len(records):,} questions written to {to}")
    return to


def evenly(about: Sequence[Subject], relatives: Relatives, progress: Progress) -> list[Subject]:
    """The same subjects, those that are hard because nothing is like them as early as the rest.

    Most proteins have a close homologue in another species; in random order, few questions would
    be about others.
    """
    bar = progress.bar("relatives", len(about), unit="proteins and molecules")
    places: Counter[tuple[str, ...]] = Counter()
    ranked = []
    for subject in about:
        stratum = (subject.split, *relatives.bins(subject).values())
        ranked.append((places[stratum], subject))
        places[stratum] += 1
        bar.advance(1)
    return [subject for _, subject in sorted(ranked, key=lambda one: one[0])]


def meta_of(path: Path) -> Path:
    """The file that says what a file of questions was made from."""
    return path.with_name(f"{path.stem}.meta.json")


def _write(records: Sequence[Record], to: Path, made_from: dict[str, Any]) -> None:
    """Write questions and what they were made from; the latter last, so it vouches for both."""
    text = "".join(record.to_line() for record in records)
    counts = Counter(f"{record.kind} {record.form} {record.split}" for record in records)
    meta = {
        "version": VERSION,
        **made_from,
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
        "questions": len(records),
        "counts": dict(counts),
    }
    for path, content in ((to, text), (meta_of(to), json.dumps(meta, indent=1) + "\n")):
        with whole(path) as unfinished:
            unfinished.write_text(content, encoding="utf-8")
