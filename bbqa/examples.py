"""What labelled questions say of a new one.

``prompts/routes.tsv`` holds questions with what they ask to be done (``Goal``) and what they are
about. A kernel ridge regression carries the words of a question, and the types of its subjects, to
a score for each goal. It is fitted anew whenever an example changes, so that an example more is a
line more.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final
from zipfile import BadZipFile

import numpy as np
import numpy.typing as npt

from bbqa import kernel, wording
from bbqa.kernel import gaussian, solved
from bbqa.prompts import FOLDER
from bbqa.schema import NodeType
from bbqa.whole import whole

Array = npt.NDArray[np.float64]
Array32 = npt.NDArray[np.float32]

WIDTH: Final = 0.5
"""Gamma of the kernel ``exp(-gamma |x - y|^2)``."""
RIDGE: Final = 0.15
FLAG_WEIGHT: Final = 0.3
NOUN_WEIGHT: Final = 0.3
SUBJECT_WEIGHT: Final = 0.5
"""Weights beside a sentence vector of length one. These and the two above were chosen by
cross-validation over the examples (``docs/decisions/routing.md``)."""
OVERVIEW: Final = "overview"
EITHER: Final = "any"
"""A subject that may be a protein or a drug."""

_FLAGS: Final = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        r"\bwhat(?: is| are|'s|s| does)?\b",
        r"\bdefin|\bexplain|\bdescribe|\bmean|\babout\b|background",
        r"similar|resembl|homolog|analog|paralog|relative|looks? like|blast|family|clos|nearest",
        r"\b(?:both|two|common|shared?|compare|differ\w*|between|connect\w*|link\w*|relat\w*)\b",
        r"weight|mass\b|logp|lipinski|tpsa|formula|hydrophob|isoelectric|\bpi\b|composition"
        r"|signal peptide|transmembrane|motif|\blong\b|length|heavy|stereo|chiral|functional group"
        r"|solub|drug-like|donors?|acceptors?|charge|physicochemical|residues|amino acids|daltons?",
        r"accession|identifier|\bids?\b|synonym|also (?:called|known)|another name|names?\b|symbol"
        r"|abbreviat|called|stand for",
        r"price|cost|dos(?:e|age)|side effects?|discover|approved|company|half-life|resolution"
        r"|crystal|express\w*|chromosome|tissue|ic50|kcat|pdb|pregnan|alcohol|trial|synthes"
        r"|melting|boiling|diagnos|how (?:many|much|strong|fast)|when\b|who\b",
        r"\bthrough\b|\bpartners?\b|interact|targets? of|by way|neighbou?rs?"
        r"|(?:proteins?|genes?) (?:that|linked|associated|behind|hit|of)",
        r"\b(?:this|these|the|its?) (?:protein|gene|drug|compound|molecule|sequence|disease"
        r"|disorder|enzyme|pathway|process|receptor)|\bits?\b",
        r"\b(?:which|what) (?:proteins?|genes?|drugs?|diseases?|pathways?|process\w*|functions?)",
        r"how (?:could|might|does|is|are)|why",
        r"where|locat|compartment|organelle|membrane|nucle|secret|cytoplasm|mitochond",
        r"pathway|cascade|signal+ing",
        r"disease|disorder|syndrome|cancer|illness|condition|mutation",
        r"phenotype|symptom|clinical|signs|abnormal|patients?",
        r"drug|inhibitor|agonist|compound|medicine|treat|ligand|block|market",
        r"class|atc|kind of|classified|group|family of",
        r"\broles?\b|used? (?:for|as)|\buse\b|effects?|good for|application",
        r"targets?|act|protein|gene|interact|partner|bind|receptor|enzyme|mechanism|hits?\b",
        r"process|involved|participat|take part|division|response|regulat",
        r"function|activit|cataly[sz]|binds?|reaction",
    )
)


class Task(StrEnum):
    """What a question asks to be done."""

    FACTS = "facts"
    DESCRIBE = "describe"
    PATHS = "paths"
    SIMILAR = "similar"
    COMPARE = "compare"
    PROPERTIES = "properties"
    LOOKUP = "lookup"
    LACKING = "lacking"
    OUTSIDE = "outside"


@dataclass(frozen=True, slots=True)
class Goal:
    """A task, and the types that go with it.

    Attributes:
        task: What is to be done.
        types: For facts those asked for, or ``overview``. For paths from one subject the type asked
            for, then the type on the way; for paths between two what lies between them.
    """

    task: Task
    types: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled question.

    Attributes:
        goal: What it asks to be done.
        about: Node types of its subjects, attached or named; ``any`` is a protein or a drug.
        question: In words; names in it are replaced by "this protein" and the like.
    """

    goal: Goal
    about: tuple[str, ...]
    question: str


class Learned:
    """Scores goals by labelled questions.

    Args:
        goals: G goals.
        inputs: What was learned from, float32 [N, F].
        weights: What each of them says for each goal, float32 [N, G].
    """

    def __init__(self, goals: Sequence[Goal], inputs: Array32, weights: Array32) -> None:
        self.goals = tuple(goals)
        self.inputs = inputs
        self.weights = weights

    @classmethod
    def fit(cls, examples: Sequence[Example], vectors: Array) -> Learned:
        """Learn from examples.

        Args:
            examples: N labelled questions.
            vectors: Their sentence vectors, float64 [N, D], of length one.
        """
        goals = goals_of(examples)
        places = {goal: place for place, goal in enumerate(goals)}
        shared = _features([example.question for example in examples], vectors)
        rows = [(n, about) for n, e in enumerate(examples) for about in _readings(e.about)]
        subjects = np.array([_subject_features(about) for _, about in rows])
        inputs = np.hstack([shared[[n for n, _ in rows]], subjects])
        wanted = np.zeros((len(rows), len(goals)))
        wanted[range(len(rows)), [places[examples[n].goal] for n, _ in rows]] = 1.0
        weights = solved(inputs, wanted, gamma=WIDTH, ridge=RIDGE)
        return cls(goals, inputs.astype(np.float32), weights.astype(np.float32))

    def scores(self, text: str, vector: Array, about: Sequence[NodeType]) -> dict[Goal, float]:
        """How much speaks for each goal, about 1 for what is certain and 0 for what is not.

        Args:
            text: The question, with "this protein" and the like for names.
            vector: Its sentence vector, float64 [D].
            about: Types of its subjects.
        """
        inputs = np.hstack([_features([text], vector[None])[0], _subject_features(about)])
        alike = gaussian(inputs[None].astype(np.float32), self.inputs, gamma=WIDTH)[0]
        found = alike @ self.weights
        return dict(zip(self.goals, found.tolist(), strict=True))


def open_learned(examples: Sequence[Example], vectors: Array, folder: Path) -> Learned:
    """The model of some examples: as it lies in a folder, or fitted and put there.

    Fitting takes the better part of a second, which a person who asks one thing would wait for.
    """
    code = (Path(module).read_bytes() for module in (__file__, wording.__file__, kernel.__file__))
    digest = hashlib.sha256(b"".join([*code, repr(examples).encode(), vectors.tobytes()]))
    path = folder / f"examples-{digest.hexdigest()[:16]}.npz"
    try:
        with path.open("rb") as file, np.load(file) as kept:
            return Learned(goals_of(examples), kept["inputs"], kept["weights"])
    except (OSError, ValueError, KeyError, BadZipFile):
        pass
    learned = Learned.fit(examples, vectors)
    with suppress(OSError):  # a full disk costs time, no answer
        _keep(learned, path)
    return learned


def _keep(learned: Learned, path: Path) -> None:
    """Put a model into its file, whole or not at all, in place of what was kept before."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole(path) as unfinished:
        with unfinished.open("wb") as file:
            np.savez(file, inputs=learned.inputs, weights=learned.weights)
        for other in path.parent.glob("examples-*.npz"):
            other.unlink(missing_ok=True)


def goals_of(examples: Iterable[Example]) -> tuple[Goal, ...]:
    """The goals that some examples have, in a fixed order."""
    return tuple(sorted({e.goal for e in examples}, key=lambda goal: (goal.task, goal.types)))


def read_examples() -> tuple[Example, ...]:
    """The labelled questions of ``prompts/routes.tsv``."""
    lines = (FOLDER / "routes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(
        Example(Goal(Task(task), tuple(types.split())), tuple(about.split()), text)
        for task, types, about, text in rows
    )


def _readings(about: Sequence[str]) -> Iterator[tuple[str, ...]]:
    """Subjects as types: an example about a protein or a drug is one of each."""
    if EITHER not in about:
        yield tuple(about)
        return
    for one in (NodeType.PROTEIN, NodeType.DRUG):
        yield tuple(str(one) if each == EITHER else each for each in about)


def _features(texts: Sequence[str], vectors: Array) -> Array:
    """Sentence vectors, word patterns and what the nouns name, float64 [N, D + F + 3 T]."""
    flags = np.array([[bool(f.search(text)) for f in _FLAGS] for text in texts], np.float64)
    nouns = np.array([_noun_features(text) for text in texts], np.float64)
    return np.hstack([vectors, FLAG_WEIGHT * flags, NOUN_WEIGHT * nouns])


def _noun_features(text: str) -> list[bool]:
    """For each node type: is it asked for, is it on the way, is it what is asked for first?"""
    read = wording.read_wording(text)
    named = (read.asked, read.through, read.asked[:1])
    return [node_type in types for types in named for node_type in NodeType]


def _subject_features(about: Sequence[str]) -> Array:
    """What a question is about: proteins, drugs, other things, several of them; float64 [4]."""
    others = set(about) - {NodeType.PROTEIN, NodeType.DRUG}
    facts = [NodeType.PROTEIN in about, NodeType.DRUG in about, bool(others), len(about) > 1]
    return SUBJECT_WEIGHT * np.array(facts, np.float64)
