"""What questions are about and answers name: attached inputs, and nodes of the graph."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from bbqa.schema import Answer, Input, Kind, Modality, Node, NodeType


@dataclass(frozen=True, slots=True)
class Thing:
    """What a question can be about: an attached input, or a node that was named.

    Attributes:
        phrase: How text refers to it: ``protein_1``, or a name.
        type: Its type; a molecule's is drug.
        input: It as an input of a question.
    """

    phrase: str
    type: NodeType
    input: Input


@dataclass(frozen=True, slots=True)
class Memory:
    """What a question can refer to.

    Attributes:
        attached: The session's inputs.
        fresh: Labels of those attached since the last question.
        asked: The last question as it was taken; empty before the first.
        subjects: What that question was about.
        found: The nodes that its answer names with evidence, in the answer's order.
        asked_for: The type of node that it asked for.
    """

    attached: tuple[Thing, ...] = ()
    fresh: frozenset[str] = frozenset()
    asked: str = ""
    subjects: tuple[Thing, ...] = ()
    found: tuple[Thing, ...] = ()
    asked_for: NodeType | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Words of a question that name a thing."""

    start: int
    end: int
    thing: Thing


def things_found(
    answer: Answer, asked_for: NodeType | None, node_of: Callable[[str], Node | None]
) -> tuple[Thing, ...]:
    """The nodes that an answer names with evidence, in its order, those asked for first.

    Args:
        answer: The answer.
        asked_for: The type of node that was asked for.
        node_of: Finds a node by its id.
    """
    items = {item.number: item for item in answer.evidence}
    cited = [items[n] for claim in answer.claims for n in claim.citations if n in items]
    own = {given.value for given in answer.question.inputs}
    own |= {n for item in answer.evidence if item.kind is Kind.IDENTITY for n in item.nodes}
    ids = (n for item in cited if item.kind is not Kind.IDENTITY for n in reversed(item.nodes))
    nodes = [node_of(node_id) for node_id in dict.fromkeys(ids) if node_id not in own]
    things = [thing_of(node) for node in nodes if node is not None]
    return tuple(sorted(things, key=lambda thing: thing.type is not asked_for))


def thing_of(node: Node, written: str = "") -> Thing:
    """A node of the graph as a thing, under its name or as it was written."""
    phrase = written or node.name
    given = Input(node.name, Modality.ENTITY, node.id, phrase, node.name, node.id)
    return Thing(phrase, node.type, given)


def thing_attached(given: Input) -> Thing:
    """An attached input as a thing, under its label."""
    is_protein = given.label.startswith("protein")
    return Thing(given.label, NodeType.PROTEIN if is_protein else NodeType.DRUG, given)


def in_a_row(names: Sequence[str]) -> str:
    """Names as text lists them: "A, B and C"."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def of_type(things: Iterable[Thing], type: NodeType | None) -> Iterable[Thing]:
    """Those of some things that are of a type; all where it is None."""
    return (thing for thing in things if type is None or thing.type is type)


def unique(things: Iterable[Thing]) -> tuple[Thing, ...]:
    """Some things, each once."""
    return tuple({thing.input.value: thing for thing in things}.values())
