"""Questions with an answer in the graph, openly and with four options."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.starter.asked import SEVERAL, SINGLE, Asked, asked_for, right, special
from bbqa.eval.starter.distractors import Distractors
from bbqa.eval.starter.record import Record
from bbqa.eval.starter.relatives import Relatives
from bbqa.eval.starter.subjects import SPLITS, Subject
from bbqa.eval.starter.wordings import Wordings
from bbqa.kg.graph import Graph
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

MOST_GOLD: Final = 12
"""Right nodes of an open question; who has more to say than this cannot be complete."""
WANTED: Final = {"dev": 28, "test": 112}
"""Questions of each kind and form; multi-hop questions have a third of it for each pattern."""


class Maker:
    """What making a question needs.

    Attributes:
        graph: The graph.
        relatives: Of the subjects.
        distractors: Wrong options.
        wordings: How to ask.
        seed: Of all draws.
    """

    def __init__(self, resources: Resources, relatives: Relatives, *, seed: int) -> None:
        self.graph: Graph = resources.graph
        self.relatives = relatives
        self.distractors = Distractors(resources, relatives)
        self.wordings = Wordings(seed)
        self.seed = seed

    def rng(self, *what: object) -> random.Random:
        """Chance that depends on what is drawn and the seed alone."""
        return random.Random(":".join(map(str, (self.seed, *what))))


def answerable(maker: Maker, subjects: Sequence[Subject]) -> Iterator[Record]:
    """All questions that one or two steps in the graph answer, on the first subjects that fit."""
    for asked in (*SINGLE, *SEVERAL):
        share = 3 if asked.pattern else 1
        for split in SPLITS:
            some = [one for one in subjects if one.type is asked.subject and one.split == split]
            wanted = WANTED[split] // share
            yield from _first(open_questions(maker, asked, some), wanted)
            yield from _first(choices(maker, asked, some), wanted)


def _first(records: Iterator[Record], wanted: int) -> Iterator[Record]:
    for _, record in zip(range(wanted), records, strict=False):
        yield record


def open_questions(maker: Maker, asked: Asked, subjects: Sequence[Subject]) -> Iterator[Record]:
    """An open question about each subject that has few enough answers which say something."""
    for subject in subjects:
        gold = asked_for(maker.graph, subject.row, asked)
        if 1 <= len(gold) <= MOST_GOLD:
            also = [row for row in right(maker.graph, subject.row, asked) if row not in gold]
            yield _record(maker, asked, subject, Form.ENTITIES, gold=gold, also=also)


def choices(maker: Maker, asked: Asked, subjects: Sequence[Subject]) -> Iterator[Record]:
    """A question with four options about each subject for which there are wrong ones."""
    for subject in subjects:
        rng = maker.rng(asked.kind, asked.pattern, subject.id)
        found = asked_for(maker.graph, subject.row, asked)
        gold = [row for row in found if special(maker.graph, row)]
        rng.shuffle(gold)
        for row in gold[:3]:
            wrong = maker.distractors.of(subject, asked, row, rng)
            if wrong is not None:
                options = [*wrong]
                options.insert(rng.randrange(len(wrong) + 1), row)
                yield _record(maker, asked, subject, Form.CHOICE, gold=[row], options=options)
                break


def _record(
    maker: Maker,
    asked: Asked,
    subject: Subject,
    form: Form,
    *,
    gold: Sequence[int],
    also: Sequence[int] = (),
    options: Sequence[int] = (),
) -> Record:
    graph = maker.graph
    is_protein = subject.type is NodeType.PROTEIN
    return Record(
        id="-".join(filter(None, (asked.kind, asked.pattern, form, subject.id))),
        split=subject.split,
        kind=asked.kind,
        form=form,
        question=maker.wordings.next(subject.split, asked.kind, asked.pattern, form),
        pattern=asked.pattern,
        seq=(subject.id,) if is_protein else (),
        smiles=() if is_protein else (subject.id,),
        gold=tuple(graph.node_id(row) for row in gold),
        also=tuple(graph.node_id(row) for row in also),
        options=tuple(graph.node_id(row) for row in options),
        hidden=subject.hidden,
        bins=maker.relatives.bins(subject),
    )
