"""Nodes that belong to an input, known and predicted."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from pydantic import Field

from bbqa.retrieve import best_evidence, trusted_candidates
from bbqa.schema import NodeType
from bbqa.subject import subject_of
from bbqa.workbench import Found, Workbench


def biobridge_search(
    input: Annotated[str, Field(description="Label of an input: protein_1, molecule_1, a name.")],
    bench: Workbench,
    *,
    to: Annotated[
        list[NodeType],
        Field(
            min_length=1, max_length=5, description="Types of what is wanted, most wanted first."
        ),
    ],
    k: Annotated[int, Field(ge=1, le=20, description="How many items.")] = 8,
) -> Found:
    """Find what an attached protein or molecule does, where it is, what it acts on or causes.

    Give the input's label and the types of things that are wanted. Works for sequences and
    structures that nobody has described: known facts come first, then what homologues or
    analogues suggest, then predictions with probabilities.
    """
    given = subject_of(input, bench)
    wanted = list(dict.fromkeys(to))
    candidates = trusted_candidates(given, wanted, bench.resources)
    best = best_evidence(
        candidates,
        wanted,
        bench.resources,
        question=bench.question,
        k=k,
        named=bench.named_beside(given),
    )
    found = tuple(replace(item, number=0) for item in best)
    if any(item.type in wanted for item in found):
        return Found(found, total=len({c.row if c.row >= 0 else id(c) for c in candidates}))
    types = " or ".join(wanted)
    return Found(found, note=f"Nothing of type {types} is known of {given.label} or predicted.")
