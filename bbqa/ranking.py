"""Many inputs, one after the other, each with the nodes that fit it best."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bbqa.errors import InputError
from bbqa.schema import Hit, Input, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

DEFAULT_K = 10


@dataclass(frozen=True, slots=True)
class Row:
    """One input and the nodes that were found for it."""

    given: Input
    to: NodeType
    hits: tuple[Hit, ...]

    def to_json(self) -> dict[str, Any]:
        """``{"input": …, "to": …, "hits": […]}``, ready for ``json.dumps``."""
        return {
            "input": asdict(self.given),
            "to": self.to,
            "hits": [asdict(hit) for hit in self.hits],
        }


def retrieve_many(
    to: str,
    resources: Resources,
    *,
    seq: Sequence[str] = (),
    smiles: Sequence[str] = (),
    fasta: Path | None = None,
    translate: bool = False,
    k: int = DEFAULT_K,
) -> Iterator[Row]:
    """The ``k`` best nodes of one type for each input, as they are found.

    Raises:
        InputError: The type is unknown or an input cannot be used; nothing has been yielded then.
    """
    from bbqa.inputs import read_inputs
    from bbqa.retrieve import rank_nodes

    node_type = read_node_type(to)
    inputs = read_inputs(
        seq, smiles, fasta=fasta, translate=translate, names=lambda: resources.names
    )
    if not inputs:
        raise InputError("no input was given", hint="add --seq, --smiles or --fasta FILE")
    resources.prepare()
    bar = resources.progress.bar("Retrieving", len(inputs), unit="inputs")
    for given in inputs:
        yield Row(given, node_type, tuple(rank_nodes(given, node_type, resources, k=k)))
        bar.advance(1)


def read_node_type(text: str) -> NodeType:
    """The node type with this name; ``protein``, ``function`` and the like are understood.

    Raises:
        InputError: There is none; the message lists the nearest.
    """
    short = {
        "protein": NodeType.PROTEIN,
        "gene": NodeType.PROTEIN,
        "function": NodeType.MOLECULAR_FUNCTION,
        "process": NodeType.BIOLOGICAL_PROCESS,
        "component": NodeType.CELLULAR_COMPONENT,
        "phenotype": NodeType.PHENOTYPE,
    }
    known = {str(node_type): node_type for node_type in NodeType} | short
    key = text.strip().lower().replace(" ", "_")
    if key in known:
        return known[key]
    near = get_close_matches(key, known, n=3, cutoff=0.0)
    raise InputError(
        f"unknown node type {text!r}; nearest: {', '.join(near)}",
        hint=f"types are: {', '.join(NodeType)}",
    )
