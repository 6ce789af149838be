"""What the evidence says of each option: how probable it is, and by which items.

An item speaks for the node that it tells of, for all that is more general than that node, and less
for what is more special: of the things that have a general term, that share has the special one
that its information content tells.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.choose.offered import Option
from bbqa.schema import Certainty, Evidence, Kind, NodeType, Status

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph

SUREST: Final = 0.97
"""Most that any record makes an option probable."""
UNHEARD: Final = 0.0003
"""Probability of an option of which nothing is said at all, at most."""
ONE_OF_SEVERAL: Final = 0.3
"""How much a further record of the same counts, as where several sources say the same."""
LENT: Final = 0.5
"""Trust in what is recorded of the nearest homologue or analogue and said of that alone."""
LINKED: Final = 0.5
"""Trust in a path: that two things hang together does not say that they are related as asked."""
RESEMBLED: Final = 0.1
"""Trust in resemblance, of a description or of a relative, as an answer."""
SPECIAL: Final = 0.02
"""Share that has a special term of those that have the general one, where it cannot be told."""
LEAST: Final = 0.01
"""Least probability that is told of an input; what is below counts as not known."""
TIE: Final = 0.05
"""Weight of the score beside a calibrated probability, which is the same for many nodes."""


@dataclass(frozen=True, slots=True)
class Support:
    """What speaks for one option.

    Attributes:
        probability: That the option holds of the subjects, in (0, 1).
        items: The evidence that speaks for it, what decides first.
        by: Row of the node that the first item tells of, and of the option's own; the two
            differ where one is a kind of the other.
        heard: Whether anything was said of it, be it that it is too improbable to be told.
    """

    probability: float
    items: tuple[Evidence, ...] = ()
    by: tuple[int, int] | None = None
    heard: bool = False


@dataclass(frozen=True, slots=True)
class _Voice:
    """An item that speaks for a row by way of a node that it tells of."""

    probability: float
    item: Evidence
    told: int
    row: int


def support(options: Sequence[Option], evidence: Sequence[Evidence], graph: Graph) -> list[Support]:
    """What speaks for each option.

    Several subjects (two diseases, say) each have their say: an option has to hold of all of those
    for which anything speaks for any option.
    """
    speakers = _by_subject(evidence)
    heard = [[_of_option(option, items, graph) for option in options] for items in speakers]
    telling = [found for found in heard if any(one.heard for one in found)]
    if not telling:
        return [Support(_unheard(option.rows, graph)) for option in options]
    return [_together(found) for found in zip(*telling, strict=True)]


def _by_subject(evidence: Sequence[Evidence]) -> list[list[Evidence]]:
    """Evidence by what it is about; what is about nothing in particular is one subject's."""
    groups: dict[str, list[Evidence]] = {}
    for item in evidence:
        groups.setdefault(item.about, []).append(item)
    return list(groups.values())


def _together(found: Sequence[Support]) -> Support:
    """What several subjects say of one option: it has to hold of all."""
    items = tuple(dict.fromkeys(one.items[0] for one in found if one.items))
    rest = tuple(item for one in found for item in one.items[1:])
    by = next((one.by for one in found if one.by is not None), None)
    heard = any(one.heard for one in found)
    return Support(math.prod(one.probability for one in found), (*items, *rest), by, heard)


def _of_option(option: Option, evidence: Sequence[Evidence], graph: Graph) -> Support:
    """What one subject's evidence says of an option: the mean over what the option names."""
    found = [_of_group(group, evidence, graph) for group in option.groups]
    if not any(one.heard for one in found):
        return Support(_unheard(option.rows, graph))
    best = max(found, key=lambda one: (bool(one.items), one.probability))
    items = tuple(dict.fromkeys(item for one in (best, *found) for item in one.items))
    mean = sum(one.probability for one in found) / len(found)
    return Support(mean, items, best.by, heard=True)


def _of_group(group: Collection[int], evidence: Sequence[Evidence], graph: Graph) -> Support:
    voices = [voice for item in evidence for voice in _voices(item, group, graph)]
    if not voices:
        return Support(_unheard(group, graph))
    voices = _without_guesses(voices, graph)
    bits = graph.information_content()
    voices.sort(key=lambda v: (-v.probability, abs(float(bits[v.told] - bits[v.row]))))
    worth_telling = [voice for voice in voices if trust_in(voice.item) >= LEAST]
    items = tuple(dict.fromkeys(voice.item for voice in worth_telling))
    by = next(((voice.told, voice.row) for voice in worth_telling), None)
    return Support(_joint(voices), items, by, heard=True)


def _without_guesses(voices: Sequence[_Voice], graph: Graph) -> list[_Voice]:
    """The voices without those for a general term, where the special one has its own."""
    foretold = {v.row for v in voices if v.told == v.row and v.item.probability is not None}
    return [
        voice
        for voice in voices
        if voice.row not in foretold
        or voice.told == voice.row
        or voice.row in graph.ancestors(voice.told)
    ]


def _joint(voices: Sequence[_Voice]) -> float:
    """The best item's probability; where that is a record, each further record raises it a little.

    Predictions of related terms rest on the same relatives and say nothing new.
    """
    doubt = 1.0 - voices[0].probability
    if voices[0].item.status is Status.CURATED:
        for voice in voices[1:]:
            if voice.item.status is Status.CURATED:
                doubt *= 1.0 - ONE_OF_SEVERAL * voice.probability
    return 1.0 - doubt


def _voices(item: Evidence, group: Collection[int], graph: Graph) -> Iterator[_Voice]:
    """How an item speaks for the rows of a group."""
    trust = trust_in(item)
    for told in told_of(item, graph):
        for row in group:
            if share := _share(told, row, graph):
                yield _Voice(min(trust * share, SUREST), item, told, row)


def told_of(item: Evidence, graph: Graph) -> list[int]:
    """Rows of the nodes that an item says something of an input with."""
    if not item.nodes or any(one.negated for one in item.triples):
        return []
    match item.kind:
        case Kind.FACT | Kind.PATH:
            ids: Sequence[str] = item.nodes[-1:]
        case Kind.IDENTITY:
            ids = item.nodes
        case _:
            ids = item.nodes[:1]
    return [row for row in map(graph.row, ids) if row is not None]


def trust_in(item: Evidence) -> float:
    """How probable an item makes what it tells, in [0, 1]."""
    if item.probability is not None:
        return float(item.probability ** (1 - TIE) * item.score**TIE)
    match item.kind:
        case Kind.FACT:
            return item.score * (1.0 if item.status is Status.CURATED else LENT)
        case Kind.PATH:
            return item.score * LINKED
        case Kind.TEXT:
            return item.score * RESEMBLED
        case Kind.IDENTITY:
            return item.score
        case _:
            inferred = item.triple is not None and item.triple.certainty is Certainty.PROBABLE
            return item.score * (1.0 if inferred else RESEMBLED)


def _share(told: int, row: int, graph: Graph) -> float:
    """Share of those with the node that is told of that have another: 1 if that is implied."""
    if told == row or row in graph.ancestors(told):
        return 1.0
    if told not in graph.ancestors(row):
        return 0.0
    bits = graph.information_content()
    more = float(bits[row] - bits[told])
    return float(2.0**-more) if more > 0 else SPECIAL


def _unheard(rows: Collection[int], graph: Graph) -> float:
    """Probability of what nothing speaks for: the commoner it is, the more."""
    return UNHEARD * (0.1 + 0.9 * max((commonness(graph, row) for row in rows), default=0.0))


def commonness(graph: Graph, row: int) -> float:
    """Share of all that could have a node that has it, roughly: GO terms by their information."""
    bits = float(graph.information_content()[row])
    if bits > 0:
        return float(2.0**-bits)
    most = max(len(graph.rows_of(NodeType.PROTEIN)), 1)
    return min(float(graph.link_counts[row]) / most, 1.0)


def log_odds(probability: float) -> float:
    """Logarithm of p / (1 - p), kept finite."""
    p = min(max(probability, 1e-6), 1 - 1e-6)
    return math.log(p / (1 - p))
