"""Questions on two inputs: does this molecule act on this protein?

The proteins of the questions whose answer is no are targets too, of other drugs; neither a close
relative of the molecule acts on them, nor the molecule on a relative of theirs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Final

from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.starter.answerable import Maker
from bbqa.eval.starter.asked import linked, telling
from bbqa.eval.starter.record import Record
from bbqa.eval.starter.subjects import SPLITS, Subject
from bbqa.kg.graph import Graph
from bbqa.schema import NodeType, Relation

YES: Final = "yes"
NO: Final = "no"
KIND: Final = "acts-on"

CLEARING: Final = ("CYP", "ABC", "UGT")
"""How the symbols of enzymes and transporters begin that rid the body of drugs."""

Pair = tuple[Subject, Subject]
"""A molecule and a protein."""


def acting(maker: Maker, subjects: Sequence[Subject]) -> Iterator[Record]:
    """All pairs of which activity is recorded, and as many of which it is not, in random order."""
    for split in SPLITS:
        some = [one for one in subjects if one.split == split]
        molecules = [one for one in some if one.type is NodeType.DRUG]
        proteins = [one for one in some if one.type is NodeType.PROTEIN]
        of_row = {one.row: one for one in proteins if _is_target(maker.graph, one.row)}
        yes = [
            (one, of_row[row])
            for one in molecules
            for row in sorted(_targets(maker, one) & of_row.keys())
        ]
        no = _without(maker, yes, molecules)
        judged = [(pair, YES) for pair in yes[: len(no)]] + [(pair, NO) for pair in no]
        maker.rng(KIND, split).shuffle(judged)
        for pair, answer in judged:
            yield _record(maker, pair, answer)


def _is_target(graph: Graph, protein: int) -> bool:
    """Whether drugs are made for it; what clears them away acts on many more than are recorded."""
    return telling(graph, protein) and not graph.name_of(protein).startswith(CLEARING)


def _targets(maker: Maker, molecule: Subject) -> set[int]:
    return linked(maker.graph, molecule.row, Relation.DRUG_PROTEIN, proven=True)


def _without(maker: Maker, yes: Sequence[Pair], molecules: Sequence[Subject]) -> list[Pair]:
    """Pairs without activity, each protein in as many of them as of those with.

    The molecules have targets too, each is used about as often as others, and those come first
    whose targets are most like the protein by their places and surroundings in the cell.
    """
    others = [one for one in molecules if _targets(maker, one)]
    times: Counter[int] = Counter()
    found: list[Pair] = []
    for _, protein in yes:
        free = [
            molecule
            for molecule in others
            if (molecule, protein) not in found and _is_inactive(maker, molecule, protein)
        ]
        if free:
            chosen = min(free, key=lambda one: (times[one.row], -_shared(maker, one, protein)))
            times[chosen.row] += 1
            found.append((chosen, protein))
    return found


def _shared(maker: Maker, molecule: Subject, protein: Subject) -> int:
    """How many cellular components a protein has in common with a target of a molecule, at most."""
    own = _places(maker.graph, protein.row)
    return max(len(own & _places(maker.graph, row)) for row in _targets(maker, molecule))


@lru_cache(maxsize=1 << 12)
def _places(graph: Graph, protein: int) -> frozenset[int]:
    rows = linked(graph, protein, Relation.CELLCOMP_PROTEIN)
    return frozenset(rows.union(*map(graph.ancestors, rows)))


def _is_inactive(maker: Maker, molecule: Subject, protein: Subject) -> bool:
    """Whether a molecule acts on no protein like this one, and nothing like it acts on this."""
    targets, drugs = (
        linked(maker.graph, one.row, Relation.DRUG_PROTEIN) for one in (molecule, protein)
    )
    of = maker.relatives
    functions = of.functions(protein.row).intersection
    return not (
        targets & {protein.row, *of.family(protein)}
        or drugs & of.family(molecule)
        or any(functions(of.functions(target)) for target in targets)
    )


def _record(maker: Maker, pair: Pair, answer: str) -> Record:
    molecule, protein = pair
    options = [YES, NO]
    maker.rng(KIND, molecule.id, protein.id).shuffle(options)
    return Record(
        id=f"{KIND}-{Form.CHOICE}-{molecule.id}-{protein.id}",
        split=molecule.split,
        kind=KIND,
        form=Form.CHOICE,
        question=maker.wordings.next(molecule.split, KIND, "", Form.CHOICE),
        seq=(protein.id,),
        smiles=(molecule.id,),
        gold=(answer,),
        options=tuple(options),
        hidden=(*molecule.hidden, *protein.hidden),
        bins={**maker.relatives.bins(protein), **maker.relatives.bins(molecule)},
    )
