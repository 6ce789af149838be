"""What an input resembles: homologues of a protein, analogues of a molecule."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from bbqa.errors import ToolError
from bbqa.retrieve import visible
from bbqa.retrieve.identity import How
from bbqa.retrieve.molecules import analogue_evidence
from bbqa.retrieve.proteins import homologue_evidence
from bbqa.schema import Evidence, Input, Modality
from bbqa.subject import as_attached, node_of, subject_of, what_it_is
from bbqa.workbench import Found, Workbench


def similar(
    input: Annotated[str, Field(description="Label of an input, or a protein's or drug's name.")],
    bench: Workbench,
    *,
    k: Annotated[int, Field(ge=1, le=20, description="How many.")] = 8,
) -> Found:
    """Find proteins with a similar sequence, or drugs with a similar structure.

    Use it for homologues, relatives, analogues, "what resembles this". Gives identity, coverage
    and E-value for proteins, Tanimoto similarity for molecules.
    """
    given = subject_of(input, bench)
    whole = as_attached(given, bench.graph)
    if whole.modality is Modality.ENTITY:
        raise ToolError(
            f"{given.label} is {what_it_is(given, bench.graph)} without a sequence or structure "
            f'here; similar takes proteins and molecules: call describe with name "{given.label}"'
        )
    is_protein = whole.modality is Modality.PROTEIN
    found = _homologues(given, whole, bench, k) if is_protein else _analogues(whole, bench, k)
    kin = "homologue" if is_protein else "analogue"
    return Found(tuple(found), note="" if found else f"No {kin} of {given.label} is known.")


def _homologues(named: Input, given: Input, bench: Workbench, k: int) -> list[Evidence]:
    """The nearest reference proteins but itself.

    A named protein is one entry; an attached sequence is all entries that are identical to it.
    """
    sequences = bench.graph.sequences
    same = {match.number for match in visible.same_proteins(given, bench.resources)}
    if node := node_of(named, bench.resources) if named.modality is Modality.ENTITY else None:
        same = {number for number in same if sequences.node[number] == node[0]}
    found = visible.homologues(given, bench.resources, k=k + len(same))
    others = [homologue for homologue in found if homologue.row not in same]
    return [homologue_evidence(given, homologue, bench.graph) for homologue in others[:k]]


def _analogues(given: Input, bench: Workbench, k: int) -> list[Evidence]:
    """The nearest drugs but itself and its salts."""
    same = {
        match.node
        for match in visible.same_molecules(given, bench.resources)
        if match.how is not How.STEREO_DIFFERS
    }
    found = visible.analogues(given, bench.resources, k=k + len(same))
    others = [analogue for analogue in found if analogue.node not in same]
    return [analogue_evidence(given, analogue, bench.graph) for analogue in others[:k]]
