"""What a tool is asked about: an attached input, or a node that a text names."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.errors import ToolError
from bbqa.fasta import printable
from bbqa.retrieve.identity import How
from bbqa.retrieve.visible import same_molecules, same_proteins
from bbqa.schema import Input, Modality, NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources
    from bbqa.workbench import Workbench

MAX_SHOWN: Final = 80
"""Characters of what a model gave that are said again."""

_LABEL: Final = re.compile(r"(?:protein|molecule|entity)_\d+", re.IGNORECASE)


def subject_of(text: str, bench: Workbench) -> Input:
    """The input with this label, or the node of this name as an input.

    Raises:
        ToolError: There is neither; the message lists the inputs, or the nearest names.
    """
    try:
        return bench.input(text)
    except ToolError:
        if _LABEL.fullmatch(text.strip()) or not text.strip():
            raise
    node = bench.graph.node(bench.node(text))
    return Input(node.name, Modality.ENTITY, node.id, shown(text), node.name, node.id)


def node_of(given: Input, resources: Resources) -> tuple[int, str] | None:
    """The row of the node that an input is, and how that is known; None if it is no node.

    A molecule with another stereochemistry is another molecule. What is named is never hidden.
    """
    match given.modality:
        case Modality.ENTITY:
            row = resources.graph.row(given.value)
            return None if row is None else (row, f"named: {given.given}")
        case Modality.PROTEIN:
            matches = same_proteins(given, resources)
        case Modality.MOLECULE:
            matches = same_molecules(given, resources)
    for match in matches:
        if match.node is not None and match.how is not How.STEREO_DIFFERS:
            return match.node, str(match.how)
    return None


def as_attached(given: Input, graph: Graph) -> Input:
    """A named protein or drug as if its sequence or structure had been attached.

    Anything else, and what has none in the graph, comes back as it is.
    """
    row = graph.row(given.value) if given.modality is Modality.ENTITY else None
    if row is None:
        return given
    if (number := graph.sequences.index_of_node(row)) is not None:
        return replace(given, modality=Modality.PROTEIN, value=graph.sequences.sequence(number))
    if (number := graph.molecules.index_of_node(row)) is not None:
        from bbqa.structure import read_structure

        found = read_structure(graph.molecules.smiles[number])
        return replace(
            given,
            modality=Modality.MOLECULE,
            value=found.smiles,
            digest=found.inchikey,
            notes=found.notes,
        )
    return given


def what_it_is(given: Input, graph: Graph) -> str:
    """An input's kind in words: "a protein", "a disease"."""
    row = graph.row(given.value) if given.modality is Modality.ENTITY else None
    return with_article(given.modality if row is None else graph.type_of(row))


def with_article(kind: Modality | NodeType) -> str:
    """A kind of thing in words: "a gene/protein", "an effect/phenotype", "a drug class"."""
    words = kind.replace("_", " ")
    return f"an {words}" if words[0] in "aeiou" else f"a {words}"


def shown(text: str) -> str:
    """What a model or person gave, short and in printable characters."""
    return printable(text.strip(), MAX_SHOWN)
