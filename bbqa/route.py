"""What a question asks to be done, and for which types of nodes.

Two readings are joined: what labelled examples say (``bbqa.examples``), to which what is attached
and named sets limits, and the nouns of the question (``bbqa.wording``), which also name what the
examples have no like of. Where neither leaves a clear answer the route says that it is not sure,
and a model may be asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.examples import OVERVIEW, Example, Goal, Learned, Task, open_learned, read_examples
from bbqa.kg.ends import GO_TYPES, are_related
from bbqa.question.read import about_types, plain_question, type_of
from bbqa.retrieve.intent import overview_of
from bbqa.schema import NodeType, Question
from bbqa.wording import Wording, read_wording

if TYPE_CHECKING:
    from bbqa.resources import Resources

MIN_MARGIN: Final = 0.3
"""Lead of a task from which a route is sure."""
FORM: Final = 0.2
"""What the form of a question adds to the score of a task that it speaks for."""
CLEAR: Final = 0.5
"""Score from which examples say better than nouns which types are asked for."""
IMPOSSIBLE: Final = 0.3
"""Lead of a type that a subject cannot have, from which the question is about just that."""

# Node types that a subject of each type can be asked for.
_ALLOWED: Final = {
    NodeType.PROTEIN: set(NodeType) - {NodeType.ROLE, NodeType.DRUG_CLASS},
    NodeType.DRUG: {NodeType.PROTEIN, NodeType.ROLE, NodeType.DRUG_CLASS, NodeType.DISEASE},
    NodeType.DISEASE: {NodeType.PROTEIN, NodeType.PHENOTYPE, NodeType.DISEASE, NodeType.DRUG},
    NodeType.PHENOTYPE: {NodeType.PROTEIN, NodeType.DISEASE, NodeType.PHENOTYPE},
    NodeType.ROLE: {NodeType.DRUG, NodeType.ROLE},
    NodeType.DRUG_CLASS: {NodeType.DRUG, NodeType.DRUG_CLASS},
}
MAX_CLAUSES: Final = 3
MAX_TYPES: Final = 5
_CLAUSES: Final = re.compile(
    r"(?<=[?.!;])\s+|,?\s+and\s+(?=(?:also\s+)?(?:what|which|where|how|does|do|is|are|who|tell|list|its)\b)",
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
_OF_THEM: Final = re.compile(
    r"(?:\bthen\b|\band\b|[,;:.]).*\b(?:them|they|those|these|theirs?|each)\b", re.IGNORECASE
)
"""What a second thing asked for refers back to the first with."""
_ASKS: Final = re.compile(
    r".*\?\s*$|(?:[\w ]+: ?|(?:and|also|please|then|in|on|to|for|with) )*"
    r"(?:what|which|who|whose|where|when|why|how|does|do|is|are|can|could|its|list|name|tell|give"
    r"|show|find|describe|explain|summari[sz]e|compare|say|state)\b",
    re.IGNORECASE | re.DOTALL,
)


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
        between: Whether paths join the subjects, rather than lead on from each of them.
    """

    task: Task
    types: tuple[NodeType, ...] = ()
    through: tuple[NodeType, ...] = ()
    sure: bool = True
    tasks: tuple[Task, ...] = ()
    examples: tuple[Example, ...] = ()
    also: tuple[Route, ...] = ()
    between: bool = False


class Router:
    """Routes questions by their words and by labelled examples.

    Args:
        resources: Where the text encoder and its cache are.
        examples: Labelled questions; default: those of ``prompts/routes.tsv``.
    """

    def __init__(self, resources: Resources, examples: Sequence[Example] | None = None) -> None:
        self.resources = resources
        self.examples = read_examples() if examples is None else tuple(examples)
        self.vectors = resources.encode_kept([example.question for example in self.examples])
        if examples is None:
            self.learned = open_learned(self.examples, self.vectors, resources.learning_folder)
        else:
            self.learned = Learned.fit(self.examples, self.vectors)
        self._labelled = {_letters(e.question): e for e in reversed(self.examples)}

    def route(self, question: Question, *, to: Collection[NodeType] = ()) -> Route:
        """What the question asks to be done; its clauses may ask for different things.

        Args:
            question: The question with its inputs.
            to: Types of what can be answered, where options tell: nothing else is then asked for.
        """
        whole = self._route(question, to)
        clauses = asking_clauses(question.text)
        if len(clauses) < 2:
            return whole
        parts = [self._route(_part_of(question, clause), to) for clause in clauses[:MAX_CLAUSES]]
        if {part.task for part in parts} == {Task.FACTS}:
            types = dict.fromkeys(t for part in parts for t in part.types)
            return replace(whole, types=tuple(types)[:MAX_TYPES])
        if len({part.task for part in parts}) == 1:
            return whole
        first = max(parts, key=lambda part: part.task is Task.FACTS)
        others = tuple(p for p in parts if p is not first and (p.sure or p.between))
        return replace(first, also=others)

    def _route(self, question: Question, to: Collection[NodeType] = ()) -> Route:
        read = self._read(question)
        leading = {g: score for g, score in read.scores.items() if to and _leads_to(g, to)}
        read = replace(read, scores=leading or read.scores)
        leaders = read.leaders()
        ranked = list(leaders)
        scores = [read.scores[goal] for goal in leaders.values()]
        nearest = np.argsort(-(self.vectors @ read.vector))[:8]
        route = Route(
            task=ranked[0],
            sure=scores[0] - max(scores[1:], default=0.0) >= MIN_MARGIN,
            tasks=tuple(_offered(ranked)),
            examples=tuple(self.examples[i] for i in nearest),
        )
        example = self._labelled.get(_letters(read.plain))
        if example is not None and example.goal in read.scores:
            goal = example.goal
            return _typed(replace(route, task=goal.task, sure=True), goal, read)
        return _typed(route, leaders[ranked[0]], read)

    def retask(self, question: Question, route: Route, task: Task) -> Route:
        """The route with another task, and the types that go with it."""
        read = self._read(question)
        goal = read.leaders().get(task, Goal(task))
        return _typed(replace(route, task=task, types=(), through=()), goal, read)

    def _encode(self, text: str) -> npt.NDArray[np.float64]:
        return self.resources.encode(text).astype(np.float64)

    def _read(self, question: Question) -> _Reading:
        """The question with a score for each goal that its subjects allow."""
        plain = plain_question(question, self.resources)
        vector = self._encode(plain)
        subjects = tuple(about_types(question, self.resources))
        attached = tuple(type_of(given, self.resources) for given in question.attached)
        scores = self.learned.scores(plain, vector, subjects)
        if not subjects:
            # what bbqa does not know by name may still be a protein or a drug
            for kind in (NodeType.PROTEIN, NodeType.DRUG):
                meant = self.learned.scores(plain, vector, (kind,))
                scores = {goal: max(score, meant[goal]) for goal, score in scores.items()}
        if attached and attached != subjects:
            # what is named beside something attached may be what it is asked to have
            text = question.text
            own = self.learned.scores(text, self._encode(text), attached)
            scores = {goal: (score + own[goal]) / 2 for goal, score in scores.items()}
        wording = read_wording(plain)
        read = _Reading(plain, vector, subjects, attached, wording, scores)
        return replace(read, scores=dict(_weighed(read)), beyond=_beyond(read))


@dataclass(frozen=True, slots=True)
class _Reading:
    """A question as it was read.

    Attributes:
        plain: Its words, with "this protein" and the like for names.
        vector: Its sentence vector, float64 [D].
        subjects: Types of what is attached and named.
        attached: Types of what is attached.
        wording: What its nouns name.
        scores: A score for each goal that the subjects allow.
        beyond: How much more speaks for facts that no such subject has.
    """

    plain: str
    vector: npt.NDArray[np.float64]
    subjects: tuple[NodeType, ...]
    attached: tuple[NodeType, ...]
    wording: Wording
    scores: Mapping[Goal, float]
    beyond: float = 0.0

    @property
    def starts(self) -> tuple[NodeType, ...]:
        """Types of what paths can lead on from: of what is attached, or else of what is named."""
        return self.attached or self.subjects

    @property
    def allowed(self) -> set[NodeType]:
        """Node types that the subjects can be asked for."""
        types = (_ALLOWED.get(s, {NodeType.PROTEIN, s}) for s in self.subjects)
        return set().union(*types) or set(NodeType)

    def leaders(self) -> dict[Task, Goal]:
        """The likeliest goal of each task that is possible, the likeliest task first."""
        found: dict[Task, Goal] = {}
        for goal in sorted(self.scores, key=lambda goal: (-self.scores[goal], goal.task)):
            found.setdefault(goal.task, goal)
        return found


def _weighed(read: _Reading) -> Iterator[tuple[Goal, float]]:
    """The goals that are possible; the form of the question speaks for some of them."""
    form = _form(read)
    for goal, score in read.scores.items():
        if _is_possible(goal, read):
            yield goal, score + form.get(goal.task, 0.0)
    if (named := _named_path(read)) is not None:
        paths = [score for goal, score in read.scores.items() if goal.task is Task.PATHS]
        yield named, max(paths) + FORM
    asked = _sensible(read.wording.asked, read.subjects, read.allowed)
    if asked and not read.attached and not read.allowed.intersection(asked):
        # no relation joins the two, but descriptions may tell
        facts = [score for goal, score in read.scores.items() if goal.task is Task.FACTS]
        yield Goal(Task.FACTS, tuple(map(str, asked))), max(facts) + FORM


def _form(read: _Reading) -> dict[Task, float]:
    """What the form of a question, and what it is about, add to the scores of tasks."""
    found: dict[Task, float] = {}
    if read.subjects:
        found[Task.OUTSIDE] = -FORM
    if YES_NO.match(read.plain) and len(read.subjects) > 1:
        both = set(read.subjects) <= {NodeType.PROTEIN, NodeType.DRUG}
        found[Task.COMPARE if both else Task.PATHS] = FORM
    asks_nothing = _INTRODUCE.search(read.plain) and not read.wording.asked
    if read.subjects and (_WHAT_IS.fullmatch(read.plain) or asks_nothing):
        found[Task.DESCRIBE] = 2 * FORM
    return found


def _named_path(read: _Reading) -> Goal | None:
    """The path that the nouns name, from one subject by way of something else."""
    asked, through = read.wording.asked, read.wording.through
    if len(asked) == 2 and not through and _OF_THEM.search(read.plain):
        asked, through = asked[1:], asked[:1]
    if len(read.starts) != 1 or not asked or not through:
        return None
    steps = [step for step, _ in groupby((*through, asked[0]))]
    goal = Goal(Task.PATHS, (asked[0], *steps[:-1]))
    return goal if _is_possible(goal, read) else None


def _is_possible(goal: Goal, read: _Reading) -> bool:
    """Whether a goal can be reached from what a question is about."""
    match goal.task:
        case Task.COMPARE:
            return len(read.subjects) > 1
        case Task.SIMILAR | Task.PROPERTIES:
            return bool(read.subjects)
        case Task.OUTSIDE | Task.LOOKUP | Task.DESCRIBE:
            return not read.attached
        case Task.PATHS:
            return len(read.subjects) > 1 if len(goal.types) < 2 else _leads_on(goal, read)
        case Task.FACTS:
            return goal.types == (OVERVIEW,) or bool(read.allowed.intersection(goal.types))
        case _:
            return True


def _leads_to(goal: Goal, to: Collection[NodeType]) -> bool:
    """Whether a goal ends at nodes of some types."""
    if goal.task is Task.PATHS:
        return len(goal.types) < 2 or goal.types[0] in to
    return goal.task is Task.FACTS and bool(set(goal.types) & set(to))


def _leads_on(goal: Goal, read: _Reading) -> bool:
    """Whether each step of a path from the one subject joins types that are related."""
    steps = [NodeType(t) for t in (*read.starts, *goal.types[1:], goal.types[0])]
    return len(read.starts) == 1 and all(are_related(a, b) for a, b in pairwise(steps))


def _beyond(read: _Reading) -> float:
    """How far a type that the subjects cannot be asked for leads all that is possible."""
    facts = {goal: score for goal, score in read.scores.items() if goal.task is Task.FACTS}
    within = [score for goal, score in facts.items() if _is_possible(goal, read)]
    without = [score for goal, score in facts.items() if not _is_possible(goal, read)]
    return max(without, default=0.0) - max(within, default=0.0)


def _typed(route: Route, goal: Goal, read: _Reading) -> Route:
    """The route with the node types that are asked for."""
    if route.task is Task.PATHS:
        return _with_path(route, goal, read)
    if route.task is not Task.FACTS:
        return route
    named = _sensible(read.wording.asked, read.subjects, read.allowed)
    if set(read.subjects) & {NodeType.PROTEIN, NodeType.DRUG}:
        named = named or tuple(t for t in read.subjects if t in GO_TYPES)
    if not named and read.beyond >= IMPOSSIBLE:
        return replace(route, task=Task.LACKING)
    if goal.types == (OVERVIEW,):
        learned = _overview(read.subjects, read.plain)
    else:
        learned = tuple(NodeType(t) for t in goal.types if t in read.allowed)
    several = len(named) > 1 and set(named) & set(learned)
    if named and (several or not learned or read.scores[goal] < CLEAR):
        return replace(route, types=named)
    return replace(route, types=learned)


def _with_path(route: Route, goal: Goal, read: _Reading) -> Route:
    """The route with what is at the end of the path, and on the way."""
    types = tuple(map(NodeType, goal.types))
    if len(types) > 1:
        return replace(route, types=types[:1], through=types[1:])
    wording = read.wording
    through = wording.through or wording.asked or types
    types = wording.asked[:1] if wording.through else through
    return replace(route, types=types, through=through, between=True)


def asking_clauses(text: str) -> list[str]:
    """The parts of a question that ask for something each.

    A sentence that only leads up to what is asked ("I have no idea what this is.") is none, unless
    there are no others.
    """
    clauses = [c for c in _CLAUSES.split(text) if len(c.split()) > 2]
    asking = [c for c in clauses if _ASKS.match(c)]
    return asking or clauses


def _part_of(question: Question, clause: str) -> Question:
    """A clause as a question: about what is attached and what it names itself, if anything."""
    own = tuple(i for i in question.inputs if i in question.attached or i.given in clause)
    return replace(question, text=clause, inputs=own or question.inputs)


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


def _letters(text: str) -> str:
    """A text by which it is told whether two are the same word for word."""
    return " ".join(text.lower().rstrip("?!. ").split())
