"""What a person asks: words and inputs, read and validated."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from bbqa.errors import InputError
from bbqa.kg.everyday_words import EVERYDAY, GENERIC
from bbqa.schema import Input, Modality, NodeType, Question

if TYPE_CHECKING:
    from bbqa.kg.names import Mention
    from bbqa.resources import Resources

MAX_QUESTION = 2000
"""Longest question, in characters."""

MIN_FAMILY = 5
"""Letters of the shortest word that may name a family of proteins."""
MIN_SYMBOL = 3
"""Letters of the shortest symbol that may be that of a family ("AKT")."""
FAMILY = 3
"""Members of a family that stand for it."""

_PEPTIDE = re.compile(r"(?<![\w-])(?=[A-Z]*[DEKRHNQYWFV])[ACDEFGHIKLMNPQRSTVWY]{7,19}(?![\w-])")
"""Letters of a peptide in a sentence; longer ones are found by ``take_out``."""
_WORD = re.compile(r"[A-Za-z][\w'-]*\w")
_TYPES = {Modality.PROTEIN: NodeType.PROTEIN, Modality.MOLECULE: NodeType.DRUG}
_NOUNS = {
    NodeType.PROTEIN: "protein",
    NodeType.MOLECULAR_FUNCTION: "function",
    NodeType.BIOLOGICAL_PROCESS: "process",
    NodeType.CELLULAR_COMPONENT: "compartment",
    NodeType.PATHWAY: "pathway",
    NodeType.DISEASE: "disease",
    NodeType.PHENOTYPE: "phenotype",
    NodeType.DRUG: "drug",
    NodeType.ROLE: "role",
    NodeType.DRUG_CLASS: "class",
}


def read_question(
    text: str,
    seq: Sequence[str],
    smiles: Sequence[str],
    resources: Resources,
    translate: bool = False,
    *,
    inputs: Sequence[Input] = (),
) -> Question:
    """The question with its inputs validated and the entities that its words name.

    Sequences that stand in the question itself are inputs where no others are, and so are
    structures.

    Raises:
        InputError: The question is empty or too long, or an input cannot be used.
    """
    from bbqa.attach import take_out
    from bbqa.inputs import read_inputs

    text = " ".join(text.split())
    if not text:
        raise InputError("the question is empty", hint='bbqa ask "What does this protein do?" …')
    modalities = {i.modality for i in inputs}
    if not seq and Modality.PROTEIN not in modalities:
        text, seq = take_out(text, "protein")
        translate = translate or bool(seq)
        if not seq:
            text, seq = _without_peptide(text, resources)
    if not smiles and Modality.MOLECULE not in modalities:
        text, smiles = take_out(text, "molecule")
    if len(text) > MAX_QUESTION:
        raise InputError(
            f"the question has {len(text)} characters; at most {MAX_QUESTION} are allowed",
            hint="put sequences into --seq and structures into --smiles",
        )
    given = read_inputs(seq, smiles, translate=translate, names=lambda: resources.names)
    mentions = resources.names.mentions(text)
    attached = [i for i in (*inputs, *given) if i.modality is not Modality.ENTITY]
    if attached:
        mentions = [m for m in mentions if not _is_a_word(m, resources)]
    meant = {meant_by(m, text, attached, resources): m for m in mentions}
    named = [entity(m.text, row, resources, _others(m, row, resources)) for row, m in meant.items()]
    if not (inputs or given):
        named = [*_families(text, named, resources), *named]
    known = {i.value for i in inputs}
    return Question(text, (*inputs, *given, *(e for e in named if e.value not in known)))


def _without_peptide(text: str, resources: Resources) -> tuple[str, list[str]]:
    """A question without a peptide too short to be told by its letters alone, and the peptide.

    It stands in capitals, every letter is that of an amino acid, and nothing is called so.
    """
    match = None if text.isupper() else _PEPTIDE.search(text)
    if match is None or resources.names.by_type(match[0]):
        return text, []
    return f"{text[: match.start()]}this protein{text[match.end() :]}", [match[0]]


def _is_a_word(mention: Mention, resources: Resources) -> bool:
    """Whether a gene's symbol in small letters is rather a word ("prep"), or a slip ("wich").

    Beside something that is attached that is likelier; by itself the question is about it.
    """
    graph = resources.graph
    genes = all(graph.type_of(row) is NodeType.PROTEIN for row in mention.rows)
    return genes and mention.text.isalpha() and mention.text.islower() and len(mention.text) < 6


def meant_by(mention: Mention, text: str, attached: Sequence[Input], resources: Resources) -> int:
    """Which of the nodes of a name is meant: one that is recorded with what is attached, if any.

    "COX-2" beside celecoxib is PTGS2, though a subunit of cytochrome c oxidase is called so too.
    Of genes, it is the one of which most is recorded of what the question asks for.

    Args:
        mention: The name, and the rows of all that are called so.
        text: The question in which it stands.
        attached: Proteins and molecules that are attached to the question.
        resources: The graph, and what must not be seen of it.
    """
    from bbqa.retrieve import visible
    from bbqa.retrieve.intent import wanted_types
    from bbqa.subject import node_of

    graph, rows = resources.graph, mention.rows
    if len(rows) == 1:
        return rows[0]
    others = {row: [fact.other(row) for fact in visible.facts(row, resources)] for row in rows}
    own = {node[0] for given in attached if (node := node_of(given, resources)) is not None}
    if joined := [row for row in rows if own.intersection(others[row])]:
        return joined[0]
    if all(graph.type_of(row) is not NodeType.PROTEIN for row in rows):
        return rows[0]
    wanted = wanted_types(text, [NodeType.PROTEIN])
    return max(rows, key=lambda row: sum(graph.type_of(one) in wanted for one in others[row]))


def _others(mention: Mention, meant: int, resources: Resources) -> str:
    """What else is called as a name is, in words; empty if nothing is."""
    nodes = [resources.graph.node(row) for row in mention.rows if row != meant]
    listed = ", ".join(f"{node.name} ({node.id})" for node in nodes[:FAMILY])
    return f"{mention.text} is also a name of {listed}" if nodes else ""


def words_outside(text: str, named: Sequence[Input]) -> list[str]:
    """Words of a text that belong to no name, as they are written, each once."""
    for given in sorted(named, key=lambda i: -len(i.given)):
        text = text.replace(given.given, " ")
    return list(dict.fromkeys(_WORD.findall(text)))


def _families(text: str, named: Sequence[Input], resources: Resources) -> list[Input]:
    """The best-known members of families of proteins that a text names ("hemoglobin").

    Where there are none, the largest classes or roles of drugs ("penicillin").
    """
    names, found = resources.names, []
    for word in words_outside(text, named):
        if word.lower() in GENERIC | EVERYDAY:
            continue
        rows, whose = names.family(word) if len(word) >= MIN_FAMILY else [], "proteins"
        if not (rows or named) and len(word) >= MIN_SYMBOL and word.isupper():
            rows = names.numbered(word)  # beside a name, TPM may be a unit
        if not rows and len(word) >= MIN_FAMILY:
            rows, whose = names.group(word), "classes or roles of drugs"
        note = f"{word}: {min(FAMILY, len(rows))} of {len(rows)} {whose} whose names begin so"
        found += [entity(word, row, resources, note) for row in rows[:FAMILY]]
    return found


def entity(text: str, row: int, resources: Resources, note: str = "") -> Input:
    """A node that a question names, as an input."""
    node = resources.graph.node(row)
    return Input(
        label=node.name,
        modality=Modality.ENTITY,
        value=node.id,
        given=text,
        name=node.name,
        digest=node.id,
        notes=(note,) if note else (),
    )


def bare_question(question: Question) -> str:
    """The question without the names in it, so that "breast cancer" does not ask for diseases."""
    return _without_names(question, lambda _: "it")


def plain_question(question: Question, resources: Resources) -> str:
    """The question with "this protein", "this disease" … for each name in it."""
    return _without_names(question, lambda i: f"this {_NOUNS[type_of(i, resources)]}")


def _without_names(question: Question, instead: Callable[[Input], str]) -> str:
    text = question.text
    entities = [i for i in question.inputs if i.modality is Modality.ENTITY]
    for given in sorted(entities, key=lambda i: -len(i.given)):
        text = text.replace(given.given, f" {instead(given)} ")
    return " ".join(text.split())


def about_types(question: Question, resources: Resources) -> list[NodeType]:
    """Node types of what a question is about."""
    return [type_of(given, resources) for given in question.inputs]


def type_of(given: Input, resources: Resources) -> NodeType:
    """The node type of an input."""
    row = resources.graph.row(given.value) if given.modality is Modality.ENTITY else None
    return (
        _TYPES.get(given.modality, NodeType.PROTEIN)
        if row is None
        else (resources.graph.type_of(row))
    )
