"""What a question asks to be done, and for which types of nodes.

Two readings are joined. The words: nouns behind "which" and "what" name the types, and other
nouns steps on the way (``bbqa.wording``). The examples: a ridge regression from the sentence
vector of a question, and from a few word patterns, to the tasks and types of the labelled
questions in ``prompts/routes.tsv``; it is solved anew in milliseconds whenever it is opened. Where
neither leaves a clear answer the route says that it is not sure, and a model may be asked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.kg.ends import GO_TYPES
from bbqa.prompts import FOLDER
from bbqa.question import about_types, plain_question
from bbqa.retrieve.intent import overview_of
from bbqa.schema import Modality, NodeType, Question
from bbqa.wording import Wording, read_wording

if TYPE_CHECKING:
    from bbqa.resources import Resources

Array = npt.NDArray[np.float64]

RIDGE: Final = 0.3
FLAG_WEIGHT: Final = 0.3
MIN_MARGIN: Final = 0.6
"""Lead of a task from which a route is sure."""
MIN_TYPE: Final = -0.1
"""Score from which a type counts as asked for; the best one always does."""
BY_WAY_OF: Final = 0.8
"""What a form that speaks for a task adds to its score: a noun on the way to the subject for
``PATHS``, a yes-or-no question about two things for ``COMPARE``."""

IMPOSSIBLE: Final = 0.6
"""Lead of a type that a subject cannot have, from which the question is about just that."""

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

# Node types that a subject of each type can be asked for.
_ALLOWED: Final = {
    NodeType.PROTEIN: set(NodeType) - {NodeType.ROLE, NodeType.DRUG_CLASS},
    NodeType.DRUG: {NodeType.PROTEIN, NodeType.ROLE, NodeType.DRUG_CLASS, NodeType.DISEASE},
    NodeType.DISEASE: {NodeType.PROTEIN, NodeType.PHENOTYPE, NodeType.DISEASE, NodeType.DRUG},
    NodeType.PHENOTYPE: {NodeType.PROTEIN, NodeType.DISEASE, NodeType.PHENOTYPE},
    NodeType.ROLE: {NodeType.DRUG, NodeType.ROLE},
    NodeType.DRUG_CLASS: {NodeType.DRUG, NodeType.DRUG_CLASS},
}
_USES: Final = {NodeType.ROLE, NodeType.DRUG_CLASS}
"""Both say what a drug is for: who asks for that in other words gets both."""
_OVERVIEW: Final = "overview"
MAX_CLAUSES: Final = 3
MAX_TYPES: Final = 5
_CLAUSES: Final = re.compile(
    r"[?.!;]\s+|,?\s+and\s+(?=(?:also\s+)?(?:what|which|where|how|does|do|is|are|who|tell|list|its)\b)",
    re.IGNORECASE,
)
_WHAT_IS: Final = re.compile(
    r"\s*(?:what|who)(?:'?s|\s+is|\s+are)\s+(?:exactly\s+)?(?:an?\s+|the\s+)?this \w+\s*\??",
    re.IGNORECASE,
)
_INTRODUCE: Final = re.compile(
    r"\b(?:introduc\w+|enlighten|overview|meaning|meant|defin\w+|explain|describe|summar\w+)\b",
    re.IGNORECASE,
)
_BROAD: Final = re.compile(
    r"\b(?:known?|everything|all|tell|about|info\w*|summar\w+|overview|disease)\b", re.IGNORECASE
)
YES_NO: Final = re.compile(
    r"\s*(?:does|do|did|is|are|was|were|would|could|can|will|has|have|might)\b", re.IGNORECASE
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
class Example:
    """A labelled question; ``types`` are node types, or ``overview``."""

    task: Task
    types: tuple[str, ...]
    question: str


@dataclass(frozen=True, slots=True)
class Route:
    """Where a question leads.

    Attributes:
        task: What is to be done.
        types: Node types asked for, most wanted first; for other tasks than facts and paths none.
        through: Node types on the way, from the subject on.
        sure: Whether the words and examples leave no doubt.
        tasks: The likeliest tasks, best first.
        examples: The most similar labelled questions.
        also: Where other clauses of the question lead, if they ask for something else.
    """

    task: Task
    types: tuple[NodeType, ...] = ()
    through: tuple[NodeType, ...] = ()
    sure: bool = True
    tasks: tuple[Task, ...] = ()
    examples: tuple[Example, ...] = ()
    also: tuple[Route, ...] = ()


class Router:
    """Routes questions by their words and by labelled examples.

    Args:
        resources: Where the text encoder and its cache are.
    """

    def __init__(self, resources: Resources) -> None:
        from bbqa.encoders.cache import encode_cached

        self.resources = resources
        self.examples = read_examples()
        folder = resources.settings.home / "encoded"
        texts = [example.question for example in self.examples]
        self.vectors = encode_cached(texts, resources.encoder, folder, resources.progress).astype(
            np.float64
        )
        inputs = _features(texts, self.vectors)
        tasks = [[e.task is task for task in Task] for e in self.examples]
        self.to_task = _ridge(inputs, np.array(tasks))
        typed = [i for i, e in enumerate(self.examples) if e.task is Task.FACTS]
        types = [[t in self.examples[i].types for t in (*NodeType, _OVERVIEW)] for i in typed]
        self.to_type = _ridge(inputs[typed], np.array(types))

    def route(self, question: Question) -> Route:
        """What the question asks to be done; its clauses may ask for different things."""
        whole = self._route(question)
        clauses = [c for c in _CLAUSES.split(question.text) if len(c.split()) > 2]
        if len(clauses) < 2:
            return whole
        parts = [self._route(replace(question, text=clause)) for clause in clauses[:MAX_CLAUSES]]
        if {part.task for part in parts} == {Task.FACTS} and len(parts[0].types) <= 2:
            types = dict.fromkeys(t for part in parts for t in part.types)
            return replace(whole, types=tuple(types)[:MAX_TYPES])
        if len({part.task for part in parts}) == 1:
            return whole
        first = max(parts, key=lambda part: part.task is Task.FACTS)
        others = tuple(part for part in parts if part is not first and part.sure)
        return replace(first, also=others)

    def _route(self, question: Question) -> Route:
        plain = plain_question(question, self.resources)
        vector = self.resources.encode(plain).astype(np.float64)
        inputs = _features([plain], vector[None])
        subjects = about_types(question, self.resources)
        wording = read_wording(plain)
        scores = self._task_scores(inputs, question, subjects, wording)
        introduces = _WHAT_IS.fullmatch(plain) or (_INTRODUCE.search(plain) and not wording.asked)
        if introduces and Task.DESCRIBE in scores and question.inputs:
            scores[Task.DESCRIBE] += 2 * BY_WAY_OF
        ranked = sorted(scores, key=lambda task: -scores[task])
        nearest = np.argsort(-(self.vectors @ vector))[:8]
        route = Route(
            task=ranked[0],
            sure=scores[ranked[0]] - scores[ranked[1]] >= MIN_MARGIN,
            tasks=tuple(_offered(ranked)),
            examples=tuple(self.examples[i] for i in nearest),
        )
        example = self._labelled(plain)
        if example is None or example.task not in scores:
            return self._typed(route, inputs, plain, subjects)
        known = replace(route, task=example.task, sure=True)
        if example.task is not Task.FACTS:
            return self._typed(known, inputs, plain, subjects)
        if _OVERVIEW in example.types:
            return replace(known, types=_overview(subjects, plain))
        return replace(known, types=tuple(map(NodeType, example.types)))

    def _labelled(self, plain: str) -> Example | None:
        """The example that a question is word for word."""
        words = plain.lower().rstrip("?!. ")
        same = (e for e in self.examples if words == e.question.lower().rstrip("?!. "))
        return next(same, None)

    def retask(self, question: Question, route: Route, task: Task) -> Route:
        """The route with another task, and the types that go with it."""
        plain = plain_question(question, self.resources)
        inputs = _features([plain], self.resources.encode(plain).astype(np.float64)[None])
        other = replace(route, task=task, types=(), through=())
        return self._typed(other, inputs, plain, about_types(question, self.resources))

    def _task_scores(
        self,
        inputs: Array,
        question: Question,
        subjects: Sequence[NodeType],
        wording: Wording,
    ) -> dict[Task, float]:
        """A score for each task that the question's inputs allow."""
        scores = dict(zip(Task, (inputs @ self.to_task)[0].tolist(), strict=True))
        attached = [i for i in question.inputs if i.modality is not Modality.ENTITY]
        drugs_between = _by_way_of_drugs(wording, subjects)
        by_way = bool(wording.asked and wording.through) or drugs_between
        if by_way and question.inputs:
            scores[Task.PATHS] += BY_WAY_OF
        elif attached and (_allowed_for(subjects) - set(subjects)) & set(wording.asked):
            scores[Task.FACTS] += 2 * BY_WAY_OF
        if YES_NO.match(question.text) and len(subjects) > 1:
            both = set(subjects) <= {NodeType.PROTEIN, NodeType.DRUG}
            scores[Task.COMPARE if both else Task.PATHS] += BY_WAY_OF
        impossible = {Task.FACTS} if drugs_between else set()
        if len(question.inputs) < 2:
            impossible.add(Task.COMPARE)
            if not by_way:
                impossible.add(Task.PATHS)
        if not question.inputs:
            impossible |= {Task.SIMILAR, Task.PROPERTIES}
        if attached:
            impossible |= {Task.OUTSIDE, Task.LOOKUP, Task.DESCRIBE}
        elif question.inputs:
            scores[Task.OUTSIDE] -= BY_WAY_OF
        return {task: score for task, score in scores.items() if task not in impossible}

    def _typed(
        self, route: Route, inputs: Array, plain: str, subjects: Sequence[NodeType]
    ) -> Route:
        """The route with the node types that are asked for."""
        wording = read_wording(plain)
        if route.task is Task.PATHS and _by_way_of_drugs(wording, subjects):
            return replace(route, types=wording.asked[:1], through=(NodeType.DRUG,))
        if route.task is Task.PATHS:
            two = len(subjects) > 1
            through = wording.asked if two and not wording.through else wording.through
            types = () if two and not wording.through else wording.asked[:1]
            return replace(route, types=types or through, through=through)
        if route.task is not Task.FACTS:
            return route
        allowed = _allowed_for(subjects)
        asked = _sensible(wording.asked, subjects, allowed)
        if set(subjects) & {NodeType.PROTEIN, NodeType.DRUG}:
            asked = asked or tuple(t for t in subjects if t in GO_TYPES)
        if not asked and self._asks_what_it_cannot_have(inputs, allowed):
            return replace(route, task=Task.LACKING)
        return replace(route, types=asked or self._guessed(inputs, plain, subjects, allowed))

    def _asks_what_it_cannot_have(self, inputs: Array, allowed: set[NodeType]) -> bool:
        """Whether a type that the subject has no relations with leads clearly."""
        scores = (inputs @ self.to_type)[0]
        scored = dict(zip((*NodeType, None), scores.tolist(), strict=True))
        best = max(scored, key=lambda t: scored[t])
        others = max(score for t, score in scored.items() if t is None or t in allowed)
        return best not in allowed and scored[best] - others >= IMPOSSIBLE

    def _guessed(
        self, inputs: Array, plain: str, subjects: Sequence[NodeType], allowed: set[NodeType]
    ) -> tuple[NodeType, ...]:
        """Types that the examples suggest."""
        scores = (inputs @ self.to_type)[0]
        overview = float(scores[-1])
        scored = {t: float(s) for t, s in zip(NodeType, scores, strict=False) if t in allowed}
        best = max(scored.values())
        if overview > best:
            return _overview(subjects, plain)
        chosen = {t for t, s in scored.items() if s >= min(best, MIN_TYPE)}
        if chosen & _USES and set(subjects) == {NodeType.DRUG}:
            chosen |= _USES
        return tuple(sorted(chosen, key=lambda t: -scored[t]))


def _by_way_of_drugs(wording: Wording, subjects: Sequence[NodeType]) -> bool:
    """Whether roles or classes are asked for of a protein: those of the drugs that act on it."""
    return (
        set(subjects) == {NodeType.PROTEIN}
        and set(wording.asked[:1]) <= _USES
        and bool(wording.asked)
    )


def _allowed_for(subjects: Sequence[NodeType]) -> set[NodeType]:
    """Node types that some subjects can be asked for."""
    allowed = set().union(*(_ALLOWED.get(s, {NodeType.PROTEIN, s}) for s in subjects))
    return allowed or set(NodeType)


def _sensible(
    named: Sequence[NodeType], subjects: Sequence[NodeType], allowed: set[NodeType]
) -> tuple[NodeType, ...]:
    """The types that a subject may have; "the medicine" beside a drug is the subject itself."""
    possible = tuple(t for t in named if t in allowed)
    return possible or tuple(t for t in named if t not in subjects)


def _overview(subjects: Sequence[NodeType], plain: str) -> tuple[NodeType, ...]:
    """What tells most of some subjects; diseases only where a question is as broad as that."""
    types = overview_of(subjects)
    if len(types) > 3 and not _BROAD.search(plain):
        return tuple(t for t in types if t is not NodeType.DISEASE)
    return types


def _offered(ranked: Sequence[Task]) -> list[Task]:
    """The tasks that a model may choose from: giving up only where that is the likeliest."""
    return [t for t in ranked[:3] if t is ranked[0] or t not in (Task.LACKING, Task.OUTSIDE)]


def read_examples() -> tuple[Example, ...]:
    """The labelled questions of ``prompts/routes.tsv``."""
    lines = (FOLDER / "routes.tsv").read_text(encoding="utf-8").splitlines()[1:]
    rows = (line.split("\t") for line in lines)
    return tuple(Example(Task(task), tuple(types.split()), text) for task, types, text in rows)


def _features(texts: Sequence[str], vectors: Array) -> Array:
    """Sentence vectors, word patterns and a one, float64 [n, D + F + 1]."""
    flags = np.array([[bool(f.search(text)) for f in _FLAGS] for text in texts], np.float64)
    return np.hstack([vectors, FLAG_WEIGHT * flags, np.ones((len(texts), 1))])


def _ridge(inputs: Array, labels: npt.NDArray[np.bool_]) -> Array:
    """Weights [F, L] that carry features to +1 where a label holds and to -1 where not."""
    target = np.where(labels, 1.0, -1.0)
    size = inputs.shape[1]
    normal = inputs.T @ inputs + RIDGE * np.eye(size)
    return np.asarray(np.linalg.solve(normal, inputs.T @ target), np.float64)
