"""The records of a question that has been read: subjects, constraints, queries, what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bbqa.schema import Input, NodeType, Question, Relation


class Operation(StrEnum):
    """What is to be done with the subjects, or with the nodes that satisfy the constraints.

    IDENTIFY: say what a sequence or structure is. DESCRIBE: say what is known of a subject.
    LIST: name the nodes of the target type that satisfy the constraints. COUNT: say how many they
    are. CHECK: say yes or no. COMPARE: say how the subjects differ and what they share. SHARED:
    name what the subjects have in common. PROPERTY: a computed quantity. DIFFERENCE: how a sequence
    differs from the reference. NAMES: other names and identifiers. SIMILAR: relatives, orthologues
    or analogues. PATH: how the subjects are connected.
    """

    IDENTIFY = "identify"
    DESCRIBE = "describe"
    LIST = "list"
    COUNT = "count"
    CHECK = "check"
    COMPARE = "compare"
    SHARED = "shared"
    PROPERTY = "property"
    DIFFERENCE = "difference"
    NAMES = "names"
    SIMILAR = "similar"
    PATH = "path"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that a question is about, linked once.

    Attributes:
        given: The input: attached, or an entity that was named.
        text: How the question calls it; the label of an attached input.
        type: Its node type.
        rows: Rows of the nodes that it may be, the likeliest first; empty for an attached sequence
            or structure that is no node of the graph.
        correction: How a name was read where it is not written as the graph has it ("taken for
            Gefitinib"); empty otherwise.
    """

    given: Input
    text: str
    type: NodeType
    rows: tuple[int, ...] = ()
    correction: str = ""


@dataclass(frozen=True, slots=True)
class Constraint:
    """A condition on the nodes that are asked for: each must be related to one of some terms.

    A term stands for itself and all its descendants (a kind of the disease, a subclass, a more
    special GO term).

    Attributes:
        terms: Rows; any of them will do.
        text: The words of the question that say so.
        through: Node types on the way from the target to the terms; empty where they are related
            directly.
        relations: Relations that the last step may have; any if empty.
        negated: Whether the nodes must not be so related.
        nearest: Whether the terms were found by meaning rather than by name.
    """

    terms: tuple[int, ...]
    text: str
    through: tuple[NodeType, ...] = ()
    relations: tuple[Relation, ...] = ()
    negated: bool = False
    nearest: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """One part of a question.

    Attributes:
        operation: What is to be done.
        text: The words of this part.
        target: The node type that is asked for; None for operations on the subjects alone.
        subjects: What the part is about.
        constraints: Conditions on the nodes of the target type; all must hold.
        aspects: Node types that a description or comparison is to dwell on; empty for an overview.
        properties: Names of computed properties that are asked for.
        experimental: Whether only experimental evidence counts.
        main: Whether only the most important is wanted ("the main target").
        limit: How many are wanted, where the question says.
        among: What is to be chosen from ("which of the two"); anything if empty.
        presumed: An effect of the subject that the question takes for granted ("raise blood
            sugar"); empty if there is none.
        kinds: Whether the kinds of the subject are asked for ("which kinds of leukemia").
        of_previous: Whether it is about what the part before it finds ("and what does it cause?").
        taxon: NCBI taxonomy number of the species in which a counterpart is asked for.
    """

    operation: Operation
    text: str
    target: NodeType | None = None
    subjects: tuple[Subject, ...] = ()
    constraints: tuple[Constraint, ...] = ()
    aspects: tuple[NodeType, ...] = ()
    properties: tuple[str, ...] = ()
    experimental: bool = False
    main: bool = False
    limit: int | None = None
    among: tuple[Subject, ...] = ()
    presumed: str = ""
    kinds: bool = False
    of_previous: bool = False
    taxon: int | None = None


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is asked for and that the graph at hand does not record.

    Attributes:
        name: What it is called in an answer: "protein domains", "doses".
        text: The part of the question that asks for it.
        near: Types of what may be told beside it, marked as such.
    """

    name: str
    text: str
    near: tuple[NodeType, ...] = ()


@dataclass(frozen=True, slots=True)
class Variant:
    """A variant of a protein's sequence that a question names.

    Attributes:
        text: As the question writes it: ``R175H``, ``p.Arg175His``.
        reference: The residue in the reference sequence.
        position: Its place, from 1.
    """

    text: str
    reference: str
    position: int


@dataclass(frozen=True, slots=True)
class ParsedQuestion:
    """A question that has been read.

    Attributes:
        question: Its words and inputs.
        queries: Its parts, in order.
        missing: What it asks for and no graph or sequence at hand can tell.
        unknown: Names in it that nothing is called by.
        subjects: All that it is about.
        variants: Variants of a protein that it names.
        presumes: Whether it takes something for granted that no record says.
        outside: Whether it is about neither proteins nor molecules.
        advice: Whether it asks what a person should take or do.
    """

    question: Question
    queries: tuple[Query, ...] = ()
    missing: tuple[Missing, ...] = ()
    unknown: tuple[str, ...] = ()
    subjects: tuple[Subject, ...] = ()
    variants: tuple[Variant, ...] = ()
    presumes: bool = False
    outside: bool = False
    advice: bool = False
