"""A language model reads a question that the rules leave open, into the same query.

The names are linked already: the model sees placeholders with their types, the labelled examples
whose words are nearest, and writes JSON whose schema is that of a query. Words that it gives for
a condition are looked up by name and by meaning; a condition that nothing answers to, or a query
that no relation of the graph can answer, makes the reading fail: nothing is put in its place.

The instructions stand first, so that the state behind them is kept (``llm.prefixes``).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import LLMError
from bbqa.kg.ends import are_related
from bbqa.llm.replies import read_object
from bbqa.prompts import FOLDER, load_prompt
from bbqa.question import terms
from bbqa.question.lexicon import singular
from bbqa.question.parsed import Constraint, Missing, Operation, Query, Subject
from bbqa.schema import Modality, NodeType

if TYPE_CHECKING:
    from bbqa.llm import LLM, Message, Schema
    from bbqa.resources import Resources

EXAMPLES_SHOWN: Final = 4
MAX_REPLY: Final = 160
"""Tokens of a query, at most: three conditions take some 120."""
MAX_CONDITIONS: Final = 3
NONE: Final = "none"
WORDS: Final[Mapping[str, NodeType]] = {
    "protein": NodeType.PROTEIN,
    "function": NodeType.MOLECULAR_FUNCTION,
    "process": NodeType.BIOLOGICAL_PROCESS,
    "component": NodeType.CELLULAR_COMPONENT,
    "pathway": NodeType.PATHWAY,
    "disease": NodeType.DISEASE,
    "phenotype": NodeType.PHENOTYPE,
    "drug": NodeType.DRUG,
    "role": NodeType.ROLE,
    "class": NodeType.DRUG_CLASS,
}
"""Node types in words that models know."""
_WORD_FOR: Final = {kind: word for word, kind in WORDS.items()}
OPERATIONS: Final = tuple(
    op for op in Operation if op not in (Operation.IDENTIFY, Operation.DIFFERENCE)
)
"""What a model may ask for; what a sequence or structure is, the rules read by themselves."""
_OVER_TARGETS: Final = frozenset({Operation.LIST, Operation.COUNT, Operation.CHECK})
_PLACEHOLDER: Final = re.compile(r"E(\d{1,2})")


@dataclass(frozen=True, slots=True)
class LabelledQuery:
    """A question with placeholders, the types of these, and its query as a model writes it."""

    question: str
    names: str
    query: str

    @property
    def shown(self) -> str:
        """The example as it stands in a prompt."""
        return f"Question: {self.question}\n{self.names}\n{self.query}"


@cache
def labelled_queries() -> tuple[LabelledQuery, ...]:
    """The labelled examples of ``prompts/queries.tsv``."""
    lines = (FOLDER / "queries.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple(LabelledQuery(*line.split("\t")) for line in lines)


def read_with_model(
    text: str, subjects: Sequence[Subject], llm: LLM, *, resources: Resources
) -> Query | Missing | None:
    """The query that a model reads in a question.

    Args:
        text: The question or a clause of it.
        subjects: What it names or has attached, linked.
        llm: The model.
        resources: Graph, names and encoder.

    Returns:
        A query; what is asked for and not held; None if the model failed, or wrote something
        that the graph cannot answer.
    """
    masked, names = mask(text, subjects)
    try:
        reply = llm.complete(
            _messages(masked, names, resources),
            schema=query_schema(len(subjects)),
            max_tokens=MAX_REPLY,
        )
    except LLMError:
        return None
    return query_of(reply.text, text, subjects, resources)


def mask(text: str, subjects: Sequence[Subject]) -> tuple[str, str]:
    """The question with ``E1``, ``E2`` … for its subjects, and a line that says what these are."""
    names = []
    for number, subject in enumerate(subjects, start=1):
        word = _WORD_FOR[subject.type]
        if subject.given.modality is Modality.ENTITY:
            pattern = rf"(?<!\w){re.escape(subject.text)}(?!\w)"
            text = re.sub(pattern, f"E{number}", text, count=1)
            names.append(f"E{number}: {word}")
        else:
            names.append(f"E{number}: the attached {word}")
    return text, "; ".join(names)


def query_schema(subjects: int) -> Schema:
    """The JSON schema of a query over so many subjects."""
    types = [*WORDS, NONE]
    condition = {
        "type": "object",
        "properties": {
            "to": {"type": "string", "minLength": 2, "maxLength": 60},
            "not": {"type": "boolean"},
            "via": {"type": "string", "enum": types},
        },
        "required": ["to", "not", "via"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": {
            "do": {"type": "string", "enum": [str(op) for op in OPERATIONS]},
            "want": {"type": "string", "enum": types},
            "that": {
                "type": "array",
                "items": condition,
                "minItems": 0 if subjects == 0 else 1,
                "maxItems": MAX_CONDITIONS,
            },
            "lacks": {"type": "string", "maxLength": 40},
        },
        "required": ["do", "want", "that", "lacks"],
        "additionalProperties": False,
    }


def query_of(
    reply: str, text: str, subjects: Sequence[Subject], resources: Resources
) -> Query | Missing | None:
    """The query that a reply holds, its names linked; see ``read_with_model``."""
    value = read_object(reply, ["do"])
    if value is None or value.get("do") not in OPERATIONS:
        return None
    lacks = _plain(value.get("lacks"))
    if lacks:
        return Missing(lacks, text)
    target = WORDS.get(_plain(value.get("want")))
    operation = _meant(Operation(value["do"]), target, subjects)
    rows = value.get("that")
    conditions = [c for c in rows if isinstance(c, dict)] if isinstance(rows, list) else []
    query = Query(operation, text, target=target, subjects=tuple(subjects))
    if operation not in _OVER_TARGETS:
        return _about(query, conditions, subjects)
    return _over(query, conditions[:MAX_CONDITIONS], subjects, resources)


def _meant(operation: Operation, target: NodeType | None, subjects: Sequence[Subject]) -> Operation:
    """The operation, or a list where that is what the rest of the query describes.

    Whether there is any drug that acts on a protein is asked for by a list of drugs; what one
    thing shares with nothing else is a list as well.
    """
    if target is None:
        return operation
    types = {subject.type for subject in subjects}
    exists = operation in (Operation.CHECK, Operation.SIMILAR) and target not in types
    alone = operation in (Operation.SHARED, Operation.PATH) and len(subjects) == 1
    return Operation.LIST if exists or alone else operation


def _about(
    query: Query, conditions: Sequence[Mapping[str, Any]], subjects: Sequence[Subject]
) -> Query | None:
    """A query on the subjects alone."""
    meant = [s for c in conditions if (s := _subject(c, subjects)) is not None]
    about = tuple(dict.fromkeys(meant)) or tuple(subjects)
    several = query.operation in (Operation.COMPARE, Operation.SHARED, Operation.PATH)
    if len(about) < 1 + several:
        return None
    aspects = () if query.target is None else (query.target,)
    return replace(query, subjects=about, aspects=aspects)


def _over(
    query: Query,
    conditions: Sequence[Mapping[str, Any]],
    subjects: Sequence[Subject],
    resources: Resources,
) -> Query | None:
    """A query for nodes of the type asked for; of a yes-or-no question that of its subject."""
    checked: Subject | None = None
    if query.operation is Operation.CHECK:
        named = [_subject(c, subjects) for c in conditions]
        checked = next((s for s in subjects if s not in named), None)
        if checked is None:
            return None
        query = replace(query, target=checked.type, subjects=(checked,))
    if query.target is None:
        return None
    found = [_constraint(query.target, c, subjects, resources) for c in conditions]
    kept = [constraint for constraint in found if constraint is not None]
    if not kept or len(kept) < len(found) or all(one.negated for one in kept):
        return None
    return replace(query, constraints=tuple(kept))


def _constraint(
    target: NodeType,
    condition: Mapping[str, Any],
    subjects: Sequence[Subject],
    resources: Resources,
) -> Constraint | None:
    """A condition with its terms; None if it names nothing, or nothing that can be related."""
    subject = _subject(condition, subjects)
    via = WORDS.get(_plain(condition.get("via")))
    negated = condition.get("not") is True
    words = _plain(condition.get("to"))
    if subject is None and _PLACEHOLDER.fullmatch(words):
        return None
    if subject is not None:
        return _of_subject(target, subject, via, resources, negated=negated)
    types = _related_types(via or target, resources)
    rows, near = _terms(words, types, resources)
    through = (via,) if via is not None and are_related(target, via) else ()
    return Constraint(rows, words, through=through, negated=negated, nearest=near) if rows else None


def _of_subject(
    target: NodeType,
    subject: Subject,
    via: NodeType | None,
    resources: Resources,
    *,
    negated: bool,
) -> Constraint | None:
    """A condition on what a name stands for; of another type where only that can be related."""
    others = resources.names.by_type(subject.text)
    meant = {subject.type: subject.rows} | {k: r for k, r in others.items() if k != subject.type}
    for kind, rows in meant.items():
        through = _way(target, kind, via, resources)
        if through is not None and rows and (kind is subject.type or not through):
            return Constraint(tuple(rows), subject.text, through=through, negated=negated)
    if target is subject.type is NodeType.DISEASE:  # "hearing loss" as a symptom
        near = terms.by_meaning(subject.text, (NodeType.PHENOTYPE,), resources)
        return Constraint(near, subject.text, negated=negated, nearest=True) if near else None
    return _against(target, subject, resources, negated=negated)


def _way(
    target: NodeType, kind: NodeType, via: NodeType | None, resources: Resources
) -> tuple[NodeType, ...] | None:
    """Types between the target and a thing: what the model said, none, or what joins them."""
    among = resources.graph.relations

    def joins(middle: NodeType) -> bool:
        return are_related(target, middle, among) and are_related(middle, kind, among)

    if via is not None and via not in (target, kind) and joins(via):
        return (via,)
    if are_related(target, kind, among):
        return ()
    if target is kind or {target, kind} == {NodeType.DRUG, NodeType.DISEASE}:
        return None
    return next(((way,) for way in (NodeType.PROTEIN, NodeType.DRUG) if joins(way)), None)


def _against(
    target: NodeType, subject: Subject, resources: Resources, *, negated: bool
) -> Constraint | None:
    """Drugs against a disease, by the roles and classes whose names say so."""
    if target is not NodeType.DRUG or subject.type is not NodeType.DISEASE:
        return None
    rows = terms.against(subject.rows, resources)
    return Constraint(rows, subject.text, negated=negated, nearest=True) if rows else None


def _related_types(target: NodeType, resources: Resources) -> tuple[NodeType, ...]:
    among = resources.graph.relations
    return tuple(kind for kind in NodeType if are_related(target, kind, among))


def _terms(
    words: str, types: Sequence[NodeType], resources: Resources
) -> tuple[tuple[int, ...], bool]:
    """Rows that some words name, else mean; and whether they were found by meaning."""
    one = singular(words)
    forms = [words, one, *(f"{one} {x}" for x in ("activity", "binding", "complex", "agent"))]
    forms += [f"{one}s", f"{one} ion binding"]
    for form in forms:
        if rows := terms.named([form], types, resources):
            return rows, False
    if NodeType.MOLECULAR_FUNCTION in types:
        modifiers, _, noun = one.rpartition(" ")
        if rows := terms.of_noun(noun, modifiers, resources):
            return rows, False
    meant = [kind for kind in types if kind not in (NodeType.PROTEIN, NodeType.DRUG)]
    return terms.by_meaning(words, meant, resources), True


def _subject(condition: Mapping[str, Any], subjects: Sequence[Subject]) -> Subject | None:
    match = _PLACEHOLDER.fullmatch(_plain(condition.get("to")))
    number = int(match[1]) if match else 0
    return subjects[number - 1] if 0 < number <= len(subjects) else None


def _plain(value: object) -> str:
    """A text without blanks around it; empty for what is none, and for "none"."""
    text = value.strip() if isinstance(value, str) else ""
    return "" if text.lower() == NONE else text


def _messages(masked: str, names: str, resources: Resources) -> list[Message]:
    from bbqa.llm import Message

    nearest = _nearest(masked, names, resources)
    asked = load_prompt(
        "queries_question",
        examples="\n\n".join(example.shown for example in nearest),
        question=masked,
        names=names or NONE,
    )
    return [Message("system", load_prompt("queries")), Message("user", asked)]


def _nearest(masked: str, names: str, resources: Resources) -> list[LabelledQuery]:
    """The labelled questions whose words are nearest, the nearest last: it is read last."""
    examples = labelled_queries()
    vectors = resources.encode_kept([f"{e.question} {e.names}" for e in examples])
    near = vectors @ resources.encode(f"{masked} {names}")
    best = sorted(range(len(examples)), key=lambda place: -near[place])[:EXAMPLES_SHOWN]
    return [examples[place] for place in reversed(best)]
