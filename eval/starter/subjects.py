"""About whom is asked: proteins and molecules that training kept back, in a dev and a test half.

They are split by identity: whatever has the same residues or the same skeleton, and drugs with the
proteins that they act on, stay together, so that no attached input stands in both halves.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bbqa.bridge.splits import Part, Split
from bbqa.errors import InputError
from bbqa.eval.starter.asked import linked
from bbqa.kg.graph import Graph
from bbqa.schema import NodeType, Relation

DEV_SHARE: Final = 0.2
LARGEST_DEV: Final = 30
"""Groups above this go to the test half: one of them would be most of the other."""
LENGTHS: Final = (40, 2000)
"""Residues of the proteins that are asked about; longer ones would take much of a run's time."""
PARTS: Final = (Part.COLD_TEST, Part.WARM_TEST)
SPLITS: Final = ("dev", "test")


@dataclass(frozen=True, slots=True)
class Subject:
    """A protein or molecule to ask about.

    Attributes:
        row: Of its node.
        id: Of its node.
        type: Protein or drug.
        written: Residues, or standardised SMILES.
        split: ``dev`` or ``test``.
        hidden: Ids of its node and of all that have the same residues or the same skeleton.
    """

    row: int
    id: str
    type: NodeType
    written: str
    split: str
    hidden: tuple[str, ...]


def subjects(graph: Graph, split: Split, *, seed: int) -> list[Subject]:
    """All proteins and molecules of the test parts that can be attached, in random order."""
    written = dict(_written(graph, [row for part in PARTS for row in split.parts[part]]))
    same = _same(graph)
    dev = _dev(graph, written, same, seed)
    found = [
        Subject(
            row=row,
            id=graph.node_id(row),
            type=graph.type_of(row),
            written=text,
            split="dev" if row in dev else "test",
            hidden=tuple(graph.node_id(other) for other in same[row]),
        )
        for row, text in sorted(written.items())
    ]
    random.Random(f"{seed}:subjects").shuffle(found)
    return found


def _written(graph: Graph, rows: Iterable[int]) -> Iterable[tuple[int, str]]:
    """Residues or standardised SMILES of each node that has usable ones."""
    from bbqa.structure import read_structure

    for row in rows:
        if graph.type_of(row) is NodeType.PROTEIN:
            number = graph.sequences.index_of_node(row)
            text = "" if number is None else graph.sequences.sequence(number)
            if LENGTHS[0] <= len(text) <= LENGTHS[1]:
                yield row, text
        elif (number := graph.molecules.index_of_node(row)) is not None:
            try:
                yield row, read_structure(graph.molecules.smiles[number]).smiles
            except InputError:
                continue


def _same(graph: Graph) -> Mapping[int, tuple[int, ...]]:
    """For each node with a sequence or structure, all nodes with the same, itself included."""
    from bbqa.retrieve.identity import SKELETON

    groups: dict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(graph.sequences.node.tolist()):
        if row >= 0:
            groups[graph.sequences.sequence(number)].append(row)
    for number, row in enumerate(graph.molecules.node.tolist()):
        groups[graph.molecules.inchikeys[number][:SKELETON]].append(row)
    return {row: tuple(sorted(group)) for group in groups.values() for row in group}


def _dev(
    graph: Graph, written: Mapping[int, str], same: Mapping[int, tuple[int, ...]], seed: int
) -> set[int]:
    """Rows of the dev half: about ``DEV_SHARE`` of the proteins and of the molecules."""
    groups = _groups(graph, written, same)
    random.Random(f"{seed}:dev").shuffle(groups)
    types = {row: graph.type_of(row) for row in written}
    room = {t: DEV_SHARE * list(types.values()).count(t) for t in set(types.values())}
    dev: set[int] = set()
    for group in groups:
        if len(group) <= LARGEST_DEV and all(room[types[row]] >= 1 for row in group):
            dev |= set(group)
            for row in group:
                room[types[row]] -= 1
    return dev


def _groups(
    graph: Graph, written: Mapping[int, str], same: Mapping[int, tuple[int, ...]]
) -> list[list[int]]:
    """What must stay together: connected by being the same, or by acting on each other."""
    groups, seen = [], set[int]()
    for row in sorted(written):
        group, todo = {row}, [row]
        while todo:
            at = todo.pop()
            near = {*same[at], *linked(graph, at, Relation.DRUG_PROTEIN, proven=True)}
            todo += sorted((near & written.keys()) - group)
            group |= near & written.keys()
        if row not in seen:
            groups.append(sorted(group))
        seen |= group
    return groups
