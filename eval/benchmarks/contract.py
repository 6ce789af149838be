"""What a benchmark is made of, and what comes back from whoever answers it.

``Benchmark.items`` -> ``Item`` -> an answerer (``bbqa.eval.conditions``) -> ``Response`` -> scores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources


class Form(StrEnum):
    """What kind of answer is asked for, and so how it is scored.

    ENTITIES: nodes of the graph, named in free words. CHOICE: one of some options. TEXT: a free
    text that is compared with a reference.
    """

    ENTITIES = "entities"
    CHOICE = "choice"
    TEXT = "text"


class Condition(StrEnum):
    """Who answers, and from what.

    CLOSED_BOOK: the language model from the question alone. RANDOM_EVIDENCE: bbqa's writer from
    the evidence of another item. COPY: what is recorded of the nearest homologue or analogue, no
    model. NO_BRIDGE: bbqa without its bridge. BBQA: bbqa as people use it. GOLD_EVIDENCE: bbqa's
    writer from statements that hold the answer, an upper bound. MAJORITY and CHANCE: for options
    alone.
    """

    CLOSED_BOOK = "closed-book"
    RANDOM_EVIDENCE = "random-evidence"
    COPY = "copy"
    NO_BRIDGE = "no-bridge"
    BBQA = "bbqa"
    GOLD_EVIDENCE = "gold-evidence"
    MAJORITY = "majority"
    CHANCE = "chance"


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a benchmark.

    Attributes:
        id: Unique within the benchmark, and the same in every run.
        form: What kind of answer is asked for.
        question: As a person asks it; sequences and structures are in ``seq`` and ``smiles``.
        gold: ENTITIES: ids of all right nodes. CHOICE: the right option, word for word.
            TEXT: reference texts. Empty: there is no answer, and abstaining is right.
        seq: Amino-acid sequences.
        smiles: Structures.
        options: What can be chosen, for CHOICE.
        context: Text that everyone may read, in every condition (an abstract).
        types: Node types of the gold.
        hidden: Ids of nodes that no retriever may see while this is answered.
        evidence: Statements that hold the answer, each one sentence without a full stop.
        bins: What results are told apart by: ``{"kind": "function", "identity": "<30 %"}``.
        also: ENTITIES: ids of nodes that are right too, but too general to be asked for
            ("metabolism"); naming one neither helps nor harms.
    """

    id: str
    form: Form
    question: str
    gold: tuple[str, ...]
    seq: tuple[str, ...] = ()
    smiles: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    context: str = ""
    types: tuple[NodeType, ...] = ()
    hidden: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    bins: Mapping[str, str] = field(default_factory=dict)
    also: tuple[str, ...] = ()

    @property
    def answerable(self) -> bool:
        """Whether there is an answer."""
        return bool(self.gold)


@dataclass(frozen=True, slots=True)
class Response:
    """What one answerer said to one item.

    Attributes:
        text: The answer in words; empty if it abstained without any.
        choice: The option chosen, word for word; empty if none was.
        nodes: Ids of the nodes that the answer names, in its order, those of the question left
            out; the same linking for every condition.
        ranked: Ids of nodes by decreasing trust, where the answerer ranks; for MRR and Hit@k.
        confidence: Probability in [0, 1] that goes with the answer; None where none is told.
        abstained: Whether it said that it does not know.
        answer: ``Answer.to_json()`` where bbqa answered, for citations, support and the report.
        llm_calls: How often the language model was asked.
        prompt_tokens: Tokens it read.
        completion_tokens: Tokens it wrote.
        seconds: From question to answer.
        error: Why there is no answer; the item then counts as wrong, and is never dropped.
    """

    text: str = ""
    choice: str = ""
    nodes: tuple[str, ...] = ()
    ranked: tuple[str, ...] = ()
    confidence: float | None = None
    abstained: bool = False
    answer: Mapping[str, Any] | None = None
    llm_calls: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    seconds: float = 0.0
    error: str = ""


@dataclass(frozen=True, slots=True)
class Card:
    """What a benchmark is, for ``bbqa eval list`` and reports.

    Attributes:
        name: What it is called on the command line.
        title: In words.
        modality: ``protein``, ``molecule``, ``protein and molecule`` or ``text``.
        metric: The name of the score that it is judged by.
        source: Where its data comes from, with the address of the official release.
        licence: Of the data.
        citation: Authors, title, year, and doi or arXiv number.
        leaks: What of its data may stand in the graph or the reference set, in a sentence.
        files: Names of the files that ``--data`` must hold; empty if it comes with bbqa.
        hub: For files that ``bbqa eval fetch`` can get: by name the data set of the Hugging Face
            hub, ``OWNER/NAME``, and the file's path in it.
    """

    name: str
    title: str
    modality: str
    metric: str
    source: str
    licence: str
    citation: str
    leaks: str
    files: tuple[str, ...] = ()
    hub: Mapping[str, tuple[str, str]] = field(default_factory=dict)


class Benchmark(Protocol):
    """One file of ``eval/benchmarks``: a card and items."""

    @property
    def card(self) -> Card:
        """What it is."""
        ...

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All items of a split, in the order of the file.

        Args:
            data: The folder with the files of the card; None for one that comes with bbqa.
            resources: For graph and names, where gold must be linked to nodes.
            split: ``test``, ``dev``, or what the benchmark's files are called.

        Raises:
            InputError: A file is absent (the hint says where to get it) or is not what it should
                be (the message says which line).
        """
        ...


@dataclass(frozen=True, slots=True)
class Score:
    """One number of one run.

    Attributes:
        condition: Who answered.
        bin: ``all``, or ``identity: <30 %``.
        metric: Its name, as ``bbqa.eval.scores.METRICS`` describes it.
        value: The number.
        low: Lower end of its 95 % interval.
        high: Upper end.
        n: Items that it rests on.
    """

    condition: str
    bin: str
    metric: str
    value: float
    low: float
    high: float
    n: int


Answered = Sequence[tuple[Item, Response]]
"""What scores are computed from: each item with its response, in order."""
