"""Paths through the graph as a tree: paths with the same beginning share their branches.

protein_1
|-- protein_1 is EGFR
|   |-- EGFR interacts with GRB2
|   |   `-- GRB2 is a target of pegademase [7]
|   `-- EGFR interacts with SHC1 [9]
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from bbqa.schema import Evidence, Hop

MAX_HOPS: Final = 32
"""Steps of a path that are drawn; a graph's own paths are far shorter."""


@dataclass(slots=True)
class Branch:
    """One step, and the steps that paths go on with from it.

    Attributes:
        statement: The step in words; of a root, what the paths begin at.
        source: Who says so, with release; of a root, nothing.
        numbers: Evidence whose path ends here.
        branches: What comes next.
    """

    statement: str
    source: str = ""
    numbers: list[int] = field(default_factory=list)
    branches: list[Branch] = field(default_factory=list)


def path_trees(evidence: Sequence[Evidence]) -> list[Branch]:
    """The paths of some evidence as trees, one for each place where paths begin."""
    roots: dict[str, Branch] = {}
    # a step is the same one if all that came before it is
    known: dict[tuple[Hop, ...], Branch] = {}
    for item in evidence:
        if not item.hops:
            continue
        start = item.hops[0].start
        branch = roots.setdefault(start, Branch(start))
        for length, hop in enumerate(item.hops[:MAX_HOPS], start=1):
            way = item.hops[:length]
            if way not in known:
                known[way] = Branch(hop.statement, f"{hop.source} {hop.release}".strip())
                branch.branches.append(known[way])
            branch = known[way]
        branch.numbers.append(item.number)
    return list(roots.values())


def tree_lines(root: Branch) -> Iterator[tuple[str, Branch]]:
    """Each branch from the top down, with what is drawn before it."""
    yield "", root
    yield from _below(root, "")


def _below(branch: Branch, before: str) -> Iterator[tuple[str, Branch]]:
    for place, child in enumerate(branch.branches, start=1):
        last = place == len(branch.branches)
        yield before + ("`-- " if last else "|-- "), child
        yield from _below(child, before + ("    " if last else "|   "))
