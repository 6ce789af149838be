"""What satisfies several conditions at once."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from bbqa.errors import ToolError
from bbqa.query.engine import Found as Members
from bbqa.query.engine import chains_of, evidence_for, execute
from bbqa.query.folding import Member
from bbqa.question.parsed import Constraint, Operation, Query
from bbqa.schema import Evidence, NodeType
from bbqa.subject import node_of, subject_of
from bbqa.workbench import Found, Workbench


class Condition(BaseModel):
    """A condition on the things that are asked for."""

    model_config = ConfigDict(extra="forbid")

    of: Annotated[
        list[str],
        Field(
            min_length=1, max_length=8, description="Names, ids or labels; any one of them will do."
        ),
    ]
    through: Annotated[
        list[NodeType],
        Field(max_length=2, description="Types in between, from what is asked for; empty if none."),
    ] = []
    negated: Annotated[bool, Field(description="Whether they must not be so related.")] = False


def kg_query(
    target: Annotated[NodeType, Field(description="Type of the things that are asked for.")],
    conditions: Annotated[
        list[Condition], Field(min_length=1, max_length=5, description="All of them must hold.")
    ],
    bench: Workbench,
    *,
    k: Annotated[int, Field(ge=1, le=20, description="How many things.")] = 8,
) -> Found:
    """Find the things of a type that satisfy several conditions at once, and count them.

    "Drugs that act on both A and B but not on C": target "drug", conditions of ["A"], ["B"], and
    ["C"] negated. "Drugs that act on proteins of a pathway": of the pathway, through
    ["gene/protein"]. A term stands for its kinds, a drug for its salts. The most important come
    first.
    """
    constraints = tuple(_constraint(one, bench) for one in conditions)
    query = Query(Operation.LIST, "", target=target, constraints=constraints)
    found = execute(query, bench.resources)
    if found is None:
        return Found(note="At least one condition must not be negated.")
    impossible = [one for one in found.satisfied if not one.is_possible]
    if impossible:
        names = ", ".join(one.constraint.text for one in impossible)
        return Found(note=f"No relation of the graph joins {target} with {names} in that way.")
    evidence = [item for member in found.members[:k] for item in _why(member, found, bench)]
    distinct = {item.statement: item for item in evidence}
    return Found(tuple(distinct.values()), len(distinct), _counted(found, bench))


def _constraint(given: Condition, bench: Workbench) -> Constraint:
    rows = tuple(dict.fromkeys(_row(name, bench) for name in given.of))
    return Constraint(
        rows, " or ".join(given.of), through=tuple(given.through), negated=given.negated
    )


def _row(name: str, bench: Workbench) -> int:
    """The node that a name or the label of an input stands for."""
    given = subject_of(name, bench)
    node = node_of(given, bench.resources)
    if node is None:
        raise ToolError(f"{given.label} is not in the graph, so no condition can name it")
    return node[0]


def _why(member: Member, found: Members, bench: Workbench) -> list[Evidence]:
    """Evidence for a member: its best chain for each condition."""
    return [
        item
        for one in found.satisfied
        if not one.constraint.negated
        for chain in chains_of(member, one, bench.resources, most=1)
        for item in evidence_for(chain, bench.resources)
    ]


def _counted(found: Members, bench: Workbench) -> str:
    """How many there are, and the first of them by name."""
    names = [bench.graph.name_of(member.row) for member in found.members[:8]]
    count = f"{len(found.members)} of type {found.target} satisfy all conditions"
    return f"{count}: {', '.join(names)}." if names else f"{count}."
