"""The alignment of each protein of an answer with its best homologue, made again."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.errors import BbqaError
from bbqa.schema import Answer, Evidence, Input, Kind, Modality, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

_RESIDUES: Final = re.compile(r"[A-Z]{1,35000}")

Open = Callable[[], "Resources"]
"""Opens graph and indexes; called only where there is something to align."""


@dataclass(frozen=True, slots=True)
class Aligned:
    """A protein and its best homologue.

    Attributes:
        label: What text calls the protein.
        accession: The homologue.
        text: The alignment in blocks of 60 columns; empty if there is none.
        missing: Why there is none.
    """

    label: str
    accession: str
    text: str = ""
    missing: str = ""


def alignments_of(answer: Answer, resources: Open | None) -> tuple[Aligned, ...]:
    """The alignment of each protein with the best homologue that the evidence names."""
    wanted = [
        (given, accession)
        for given in answer.question.inputs
        if given.modality is Modality.PROTEIN and (accession := _best(given.label, answer.evidence))
    ]
    if not wanted:
        return ()
    if resources is None:
        why = "the graph was not opened"
        return tuple(Aligned(given.label, name, missing=why) for given, name in wanted)
    return tuple(_aligned(given, accession, resources) for given, accession in wanted)


def _best(label: str, evidence: Sequence[Evidence]) -> str:
    """The accession of the nearest homologue, or nothing."""
    alike = [
        item
        for item in evidence
        if item.kind is Kind.ALIGNMENT
        and item.type is NodeType.PROTEIN
        and item.about == label
        and len(item.nodes) == 1
    ]
    return max(alike, key=lambda item: item.score).nodes[0] if alike else ""


def _aligned(given: Input, accession: str, resources: Open) -> Aligned:
    if not _RESIDUES.fullmatch(given.value):
        why = "the saved sequence is not written in amino-acid letters"
        return Aligned(given.label, accession, missing=why)
    try:
        opened = resources()
        row = opened.graph.sequences.index_of(accession)
        if row is None:
            why = f"the graph in use has no sequence of {accession}"
            return Aligned(given.label, accession, missing=why)
        return Aligned(given.label, accession, text=str(opened.alignment.align(given.value, row)))
    except BbqaError as error:
        hint = f" ({error.hint})" if error.hint else ""
        return Aligned(given.label, accession, missing=f"{error.message}{hint}")
