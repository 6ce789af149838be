"""Facts of the relatives of an input, said of them: "CYP11B2, a homologue of protein_1 ...".

That a relative has something is recorded, whatever it says of the input. So these facts can be told
where a prediction about the input itself would be too unsure, and whoever reads them sees whose
they are and how near it is. Of each type asked for, the nearest relative of which anything is
recorded is the one that is told of, as a search for homologues would have it. Where a bridge says
how probable it is that the input has the same, what is improbable is left out. Most of life has
functions that no bridge learned from human proteins knows: what it does not know is not improbable.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Final

from bbqa.retrieve.alignment import Homologue, percent
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.similarity import Analogue
from bbqa.schema import InputRelation, Kinship, NodeType, Triple, Value

NEAREST: Final = 0.999
"""How near a relative is at most, as it stands for an input; 1 is for what the input is."""
LEAST_PROBABLE: Final = 0.1
"""A fact of a relative that the input shares less probably than this is not told."""


@dataclass(frozen=True, slots=True)
class Kin:
    """A relative of an input.

    Attributes:
        near: How near it is, in (0, 1].
        facts: What is recorded of it, for some types, said of it.
    """

    near: float
    facts: Callable[[Collection[NodeType]], Sequence[Candidate]]


def facts_of_kin(
    kin: Sequence[Kin],
    types: Iterable[NodeType],
    *,
    told: Collection[int] = (),
    probability: Mapping[NodeType, Mapping[int, float]] = MappingProxyType({}),
) -> Iterator[Candidate]:
    """What is recorded of the nearest relatives, unranked.

    Args:
        kin: Relatives, the nearest first.
        types: Types of nodes that are asked for.
        told: Rows of nodes that need not be told again: what is known or predicted of the input,
            and what that implies.
        probability: How probable it is that the input is related to a node, by row, of each type
            that a bridge predicts; of rows that are missing it is unknown.
    """
    for node_type in types:
        for one in kin:
            recorded = [c for c in one.facts([node_type]) if not c.denies]
            if recorded:
                shared = probability.get(node_type, {})
                yield from _told(one.near, recorded, told, shared)
                break


def _told(
    near: float, facts: Sequence[Candidate], told: Collection[int], shared: Mapping[int, float]
) -> Iterator[Candidate]:
    """Facts of one relative but those told of already, scored by how surely the input shares them.

    Where that is unknown of one fact, the input shares it as surely as the relative's other facts
    of the same type on average, and at least as surely as the relative is near and trusted.
    """
    known = [shared[fact.row] for fact in facts if fact.row in shared]
    usual = sum(known) / len(known) if known else 0.0
    for fact in facts:
        probability = shared.get(fact.row)
        if fact.row in told or (probability is not None and probability < LEAST_PROBABLE):
            continue
        if probability is None:
            score = max(near * fact.evidence.score, usual)
            yield replace(fact, evidence=replace(fact.evidence, score=score))
        else:
            evidence = replace(fact.evidence, score=probability, probability=round(probability, 4))
            yield replace(fact, evidence=evidence)


def homologue_of(label: str, found: Homologue) -> str:
    """What a homologue is to an input: ``a homologue of protein_1 (48 % identity over 98 %)``."""
    return kin_words(homology(label, found, ("", "")))


def analogue_of(label: str, found: Analogue) -> str:
    """What an analogue is to an input: ``an analogue of molecule_1 (Tanimoto 0.57)``."""
    return kin_words(analogy(label, found, ("", "")))


def homology(label: str, found: Homologue, homologue: tuple[str, str]) -> Triple:
    """That a protein, by its id and its name, is a homologue of an input."""
    values = (
        Value("identity", float(percent(found.identity)), "%"),
        Value("coverage", float(percent(found.query_coverage)), "%"),
    )
    return kinship(homologue, Kinship.HOMOLOGUE, label, values=values)


def analogy(label: str, found: Analogue, analogue: tuple[str, str]) -> Triple:
    """That a drug, by its id and its name, is an analogue of an input."""
    values = (Value("Tanimoto", round(found.similarity, 2)),)
    return kinship(analogue, Kinship.ANALOGUE, label, values=values)


def kinship(
    relative: tuple[str, str], via: Kinship, label: str, *, values: tuple[Value, ...] = ()
) -> Triple:
    """What a relative, by its id and its name, is to an input."""
    name = relative[1]
    return Triple(
        relative[0],
        InputRelation.RESEMBLES,
        label,
        via=via,
        head_name=name,
        tail_name=label,
        values=values,
    )


def kin_words(kin: Triple) -> str:
    """What a relative is to an input, in words: ``a homologue of protein_1 (48 % …)``."""
    article = "the" if kin.via == Kinship.PARENT else "an" if kin.via[0] == "a" else "a"
    amounts = [one.amount for one in kin.values]
    how = {
        Kinship.HOMOLOGUE: "{:g} % identity over {:g} %",
        Kinship.ANALOGUE: "Tanimoto {:.2f}",
    }.get(Kinship(kin.via), "")
    words = f"{article} {kin.via} of {kin.tail_name}"
    return f"{words} ({how.format(*amounts)})" if how and amounts else words
