"""The records that travel through bbqa, in the order in which they appear.

``Question`` -> ``Input`` -> ``Evidence`` -> ``Claim`` -> ``Answer``. Node types and relations
are PrimeKG's words, written here once.

Source: Chandak, Huang, Zitnik, "Building a knowledge graph to enable precision medicine",
Scientific Data 10:67 (2023), doi:10.1038/s41597-023-01960-3.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from typing import Any

from bbqa.errors import InputError


class NodeType(StrEnum):
    """What a node of the knowledge graph is. The last two are bbqa's own, the rest PrimeKG's."""

    PROTEIN = "gene/protein"
    MOLECULAR_FUNCTION = "molecular_function"
    BIOLOGICAL_PROCESS = "biological_process"
    CELLULAR_COMPONENT = "cellular_component"
    PATHWAY = "pathway"
    DISEASE = "disease"
    PHENOTYPE = "effect/phenotype"
    DRUG = "drug"
    ROLE = "role"
    DRUG_CLASS = "drug_class"


class Relation(StrEnum):
    """How two nodes are related. Stored once per pair; read in both directions."""

    MOLFUNC_PROTEIN = "molfunc_protein"
    BIOPROCESS_PROTEIN = "bioprocess_protein"
    CELLCOMP_PROTEIN = "cellcomp_protein"
    PATHWAY_PROTEIN = "pathway_protein"
    PROTEIN_PROTEIN = "protein_protein"
    DISEASE_PROTEIN = "disease_protein"
    PHENOTYPE_PROTEIN = "phenotype_protein"
    DISEASE_PHENOTYPE = "disease_phenotype_positive"
    DISEASE_PHENOTYPE_ABSENT = "disease_phenotype_negative"
    DRUG_PROTEIN = "drug_protein"
    DRUG_INDICATION = "indication"
    DRUG_ROLE = "drug_role"
    DRUG_CLASS = "drug_class"
    MOLFUNC_MOLFUNC = "molfunc_molfunc"
    BIOPROCESS_BIOPROCESS = "bioprocess_bioprocess"
    CELLCOMP_CELLCOMP = "cellcomp_cellcomp"
    GO_PART_OF = "go_part_of"
    DISEASE_DISEASE = "disease_disease"
    PHENOTYPE_PHENOTYPE = "phenotype_phenotype"
    ROLE_ROLE = "role_role"
    CLASS_CLASS = "class_class"


class Modality(StrEnum):
    """What an input is."""

    PROTEIN = "protein"
    MOLECULE = "molecule"
    ENTITY = "entity"


class Status(StrEnum):
    """How far a statement can be trusted, the surest first.

    CURATED: the graph says so of this very node. COMPUTED: calculated from the input itself, such
    as a molecular weight. INFERRED: carried over from a homologue or an analogue that is named.
    PREDICTED: a model's or a text search's suggestion.
    """

    CURATED = "curated"
    COMPUTED = "computed"
    INFERRED = "inferred"
    PREDICTED = "predicted"


class Kind(StrEnum):
    """Which step of retrieval found an item of evidence."""

    IDENTITY = "identity"
    ALIGNMENT = "alignment"
    SIMILARITY = "similarity"
    FACT = "fact"
    TEXT = "text"
    BRIDGE = "bridge"
    PATH = "path"
    PROPERTY = "property"
    DEFINITION = "definition"


class AnswerStatus(StrEnum):
    """How an answer ended.

    ANSWERED: what was asked was answered. NO_EVIDENCE: it was looked for, and nothing was found.
    NOT_HELD: the graph records nothing of that kind (doses, domains); the answer names it.
    UNKNOWN_NAME: nothing is called by a name in the question. FALSE_PREMISE: the question takes
    something for granted that no record says. OUT_OF_SCOPE: it is about neither proteins nor
    molecules nor what the graph knows. CUT_SHORT: a limit of steps, tokens or time was reached;
    ``Answer.note`` says what was left undone.
    """

    ANSWERED = "answered"
    UNSURE = "unsure"
    NO_EVIDENCE = "no_evidence"
    NOT_HELD = "not_held"
    UNKNOWN_NAME = "unknown_name"
    FALSE_PREMISE = "false_premise"
    OUT_OF_SCOPE = "out_of_scope"
    CUT_SHORT = "cut_short"


class Verdict(StrEnum):
    """What the evidence that a sentence cites says of it."""

    SUPPORTED = "supported"
    CONTRADICTED = "contradicted"
    UNSUPPORTED = "unsupported"


@dataclass(frozen=True, slots=True)
class Node:
    """A node of the knowledge graph.

    ``id`` is the source's identifier with its prefix where it has one (``P00533``,
    ``GO:0004714``, ``MONDO:0005148``, ``HP:0001250``, ``R-HSA-177929``, ``DB00945``,
    ``CHEBI:35480``, ``ATC:N02BA``).
    """

    id: str
    type: NodeType
    name: str
    synonyms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Input:
    """One protein, molecule or named entity, validated and normalised.

    Attributes:
        label: ``protein_1``, ``molecule_2``, ``entity_1``: how text refers to it.
        modality: What it is.
        value: Amino-acid sequence, standardised isomeric SMILES, or node id.
        given: The text as the person gave it (a name, a path, a sequence), at most 80 characters.
        name: A FASTA header or the entity's name; empty if there is none. Data, never instructions.
        digest: SHA-256 of the sequence, InChIKey of the molecule, or the node id.
        notes: What was changed on the way in ("3 gaps removed", "salt stripped").
    """

    label: str
    modality: Modality
    value: str
    given: str
    name: str = ""
    digest: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Question:
    """A question in words and the inputs it is about."""

    text: str
    inputs: tuple[Input, ...] = ()

    @property
    def attached(self) -> tuple[Input, ...]:
        """The proteins and molecules that were given rather than named in words."""
        return tuple(i for i in self.inputs if i.modality is not Modality.ENTITY)


class Certainty(StrEnum):
    """How surely a triple holds: as recorded, or as predicted, more or less surely."""

    RECORDED = "recorded"
    PROBABLE = "probable"
    POSSIBLE = "possible"


class InputRelation(StrEnum):
    """What joins an input with a node, or two inputs, besides the relations of the graph."""

    IS = "is"
    RESEMBLES = "resembles"
    STEREOISOMER = "stereoisomer"


class Kinship(StrEnum):
    """What a relative is to the input."""

    HOMOLOGUE = "homologue"
    ANALOGUE = "analogue"
    STEREOISOMER = "stereoisomer"
    SALT = "salt or ester"
    PARENT = "parent compound"


@dataclass(frozen=True, slots=True)
class Value:
    """A quantity that an item of evidence states: ``("molecular weight", 180.16, "g/mol")``.

    ``amount`` is rounded as it is printed.
    """

    quantity: str
    amount: float
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Triple:
    """What an item of evidence states.

    A fact of a relative is stated of the relative: head and tail are the nodes of the record, and
    ``via`` says what the relative is to the input that the evidence is about.

    Attributes:
        head: Node id, accession or input label.
        relation: A ``Relation`` (head and tail as the graph stores it) or an ``InputRelation``.
        tail: Node id, accession or input label.
        negated: Whether it is said not to be so.
        certainty: How surely it holds.
        via: A ``Kinship`` where the record is of a relative, salt or other form of the input
            rather than of the input itself; empty otherwise.
        head_name: What the statement calls the head.
        tail_name: What the statement calls the tail.
        synonyms: Other names of the tail, where the statement tells who something is.
        values: Quantities that belong to it: the identity and coverage of a homologue.
    """

    head: str
    relation: str
    tail: str
    negated: bool = False
    certainty: Certainty = Certainty.RECORDED
    via: str = ""
    head_name: str = ""
    tail_name: str = ""
    synonyms: tuple[str, ...] = ()
    values: tuple[Value, ...] = ()


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of a path through the graph: a fact, read in the direction of the path.

    Attributes:
        start: Id of the node where the step begins, or the label of an input.
        end: Id of the node where it ends.
        relation: How they are related; empty where the step goes from an input to what it is or
            resembles.
        statement: The step in words ("EGFR interacts with GRB2").
        source: Who says so.
        release: The source's release date or version.
        triple: What it states.
    """

    start: str
    end: str
    relation: str
    statement: str
    source: str
    release: str = ""
    triple: Triple | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One statement that an answer may rest on.

    Attributes:
        number: 1, 2, 3 …: what citations point to; 0 before fusion has numbered it.
        statement: The fact in words, one sentence without a full stop.
        kind: Which step found it.
        status: curated, inferred or predicted.
        source: Who says so ("GOA human"), with evidence code where there is one ("GOA human, IDA").
        release: The source's release date or version.
        nodes: Node ids the statement is about, subject first.
        type: The type of the node that the statement is about; fusion ranks by it.
        score: Rank score in [0, 1] within its kind; not a probability.
        probability: Calibrated probability in [0, 1], or None where none has been calibrated.
        because: Why it is here: "identical sequence", "48 % identity to P00533, E 2e-80".
        about: Label of the input or entity it is evidence about.
        speculative: Whether it is a prediction less sure than those of which nine in ten are
            right; such ones are shown only where they were asked for.
        hops: The steps, where the statement tells of a path.
        disagrees: Numbers of the evidence that says the reverse.
        triple: What it states, where that is a relation between two things.
        value: What it states, where that is a quantity.
        also: What it states besides: whose record it is, who else has the same, other quantities.
    """

    number: int
    statement: str
    kind: Kind
    status: Status
    source: str
    release: str
    nodes: tuple[str, ...]
    type: NodeType
    score: float
    probability: float | None = None
    because: str = ""
    about: str = ""
    speculative: bool = False
    hops: tuple[Hop, ...] = ()
    disagrees: tuple[int, ...] = ()
    triple: Triple | None = None
    value: Value | None = None
    also: tuple[Triple | Value, ...] = ()

    @property
    def triples(self) -> tuple[Triple, ...]:
        """All relations that it states, the main one first; of a path, step by step."""
        steps = (hop.triple for hop in self.hops)
        stated = (self.triple, *self.also, *steps)
        return tuple(dict.fromkeys(one for one in stated if isinstance(one, Triple)))

    @property
    def values(self) -> tuple[Value, ...]:
        """All quantities that it states, the main one first."""
        return tuple(one for one in (self.value, *self.also) if isinstance(one, Value))


@dataclass(frozen=True, slots=True)
class Hit:
    """One ranked node: what ``bbqa retrieve`` prints."""

    id: str
    name: str
    type: NodeType
    score: float
    probability: float | None
    kind: Kind
    status: Status
    because: str
    speculative: bool = False


@dataclass(frozen=True, slots=True)
class Claim:
    """One sentence of an answer and the evidence numbers it cites.

    ``status`` is the weakest status among the cited evidence.
    """

    text: str
    citations: tuple[int, ...]
    status: Status


@dataclass(frozen=True, slots=True)
class Dropped:
    """A sentence the model wrote that its evidence does not support, and why."""

    text: str
    citations: tuple[int, ...]
    reason: str
    verdict: Verdict = Verdict.UNSUPPORTED


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that was done on the way to an answer: a tool's call or a model's.

    Attributes:
        name: The tool's name, or ``route``, ``plan``, ``write``.
        arguments: What it was called with.
        evidence: Numbers of the evidence that it found.
        seconds: How long it took.
        prompt_tokens: Tokens the model read; 0 where none was asked.
        completion_tokens: Tokens the model wrote.
        note: What came of it in a few words; for a failure, why.
        failed: Whether it failed.
    """

    name: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    evidence: tuple[int, ...] = ()
    seconds: float = 0.0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    note: str = ""
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """A grounded answer and all that is needed to check it."""

    question: Question
    status: AnswerStatus
    text: str
    claims: tuple[Claim, ...]
    dropped: tuple[Dropped, ...]
    evidence: tuple[Evidence, ...]
    written_by: str
    note: str = ""
    steps: tuple[Step, ...] = ()
    timings_s: Mapping[str, float] = field(default_factory=dict)
    record: Mapping[str, Any] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """The answer as plain dictionaries and lists, ready for ``json.dumps``."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: object) -> Answer:
        """The answer that ``to_json`` gave, read back from JSON; fields unknown here are ignored.

        Raises:
            InputError: It is no answer; the message says which field was expected to be what.
        """
        from pydantic import TypeAdapter, ValidationError

        if not isinstance(value, dict):
            raise InputError(
                f"got a JSON {type(value).__name__}; expected an answer, an object with "
                "question, status, text, claims and evidence",
                hint=_ANSWERS_ARE,
            )
        try:
            return TypeAdapter(cls).validate_python(value)
        except ValidationError as error:
            first, *others = error.errors(include_url=False)
            more = f" (and {len(others)} more)" if others else ""
            raise InputError(
                f"this is no answer of bbqa: {_place(first['loc'])}: {first['msg']}{more}",
                hint=_ANSWERS_ARE,
            ) from error


_ANSWERS_ARE = "an answer is what `bbqa ask --json` prints: docs/json.md"


def _place(path: tuple[int | str, ...]) -> str:
    """A place in JSON as a person writes it: ``evidence[3].source``."""
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
