"""Reads a protein as a biologist does: what it is, which part of it, what differs, what is fused.

The whole chain is looked up first, then as an exact fragment, then it is aligned; what the best
match leaves over is searched by itself, so that fusions are named part by part. All access to the
reference is through ``visible``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bbqa.constructs import OUTSIDE, FoundTag, Partner, find_tags
from bbqa.differences import Change, changes
from bbqa.retrieve import visible
from bbqa.schema import Input
from bbqa.stretches import Stretch

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.retrieve.alignment import Homologue

SHORTEST: Final = 7
"""Residues of the shortest fragment that is looked for."""
SAME: Final = 0.8
"""Identity from which a stretch is taken for the protein itself, changed, and not a relative."""
PART: Final = 12
"""Residues of the shortest part of a chain that is searched by itself."""
PART_OF_RELATIVE: Final = 40
"""The same beside a part that is only a relative: ends of homologues differ without meaning."""
DISTINCT: Final = 6
"""Different amino acids in a short exact part that is no linker."""
BY_CHANCE: Final = 50.0
SIGNIFICANT: Final = 1e-3
MAX_PARTS: Final = 8
NEAREST: Final = 32
"""Proteins like the whole chain that are looked at; their names tell the family."""
ALL_TAG: Final = 0.7
"""Share of a chain from which tags are all that it is; proteins have such residues by chance."""
ENDS: Final = 10
"""Residues at most by which an alignment is extended to the ends of both proteins."""
HUMAN: Final = 9606


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a chain and the reference protein that it is or resembles.

    Attributes:
        place: Residues of the chain, from 1.
        number: Number of the protein in ``graph.sequences``; None for one that is not in it.
        target: Residues of the protein, from 1.
        length: Residues of the whole protein.
        identity: Identical pairs by columns of the alignment, in [0, 1].
        changes: How the stretch differs; empty for relatives.
        homologue: The alignment; None where residues are identical.
        partner: A common fusion partner that is not in the reference.
        also: Numbers of other proteins with exactly the same stretch.
    """

    place: Stretch
    number: int | None
    target: Stretch
    length: int
    identity: float = 1.0
    changes: tuple[Change, ...] = ()
    homologue: Homologue | None = None
    partner: Partner | None = None
    also: tuple[int, ...] = ()

    @property
    def is_same(self) -> bool:
        """Whether it is the protein itself, perhaps changed, rather than a relative."""
        return self.identity >= SAME

    @property
    def is_whole(self) -> bool:
        """Whether it is the whole reference protein."""
        return self.target == Stretch(1, self.length)


@dataclass(frozen=True, slots=True)
class SequenceReading:
    """What a protein is made of.

    Attributes:
        parts: Its parts in order of their place; empty where nothing is like it.
        tags: Tags and cleavage sites outside of the parts.
        gaps: Stretches of at least ``SHORTEST`` residues that match nothing.
        homologues: Proteins like the whole chain, nearest first; empty where it is identical.
    """

    parts: tuple[Part, ...]
    tags: tuple[FoundTag, ...] = ()
    gaps: tuple[Stretch, ...] = ()
    homologues: tuple[Homologue, ...] = ()

    @property
    def main(self) -> Part | None:
        """The part that matches best: the longest that is a protein itself, else the longest."""
        return max(
            self.parts,
            key=lambda part: (part.is_same, part.place.end - part.place.start),
            default=None,
        )

    @property
    def is_changed(self) -> bool:
        """Whether it is a protein of the reference with changes, or with stretches lost."""
        return any(part.changes for part in self.parts) or (
            len(self.parts) > 1 and not self.is_fusion
        )

    @property
    def is_fusion(self) -> bool:
        """Whether it joins parts of several proteins."""
        return len({(p.number, p.partner and p.partner.name) for p in self.parts}) > 1


def read_sequence(given: Input, resources: Resources) -> SequenceReading:
    """What a protein is, as far as the reference tells.

    Args:
        given: The protein.
        resources: Sequences and their index, and what must not be seen of them.
    """
    return _read(replace(given, label="", given="", name="", notes=()), resources)


@lru_cache(maxsize=32)
def _read(given: Input, resources: Resources) -> SequenceReading:
    whole = Stretch(1, len(given.value))
    if same := [match.number for match in visible.same_proteins(given, resources)]:
        first, *others = _preferred(same, resources)
        return SequenceReading((Part(whole, first, whole, whole.end, also=tuple(others)),))
    tags = find_tags(given.value)
    if _cover(tags) >= ALL_TAG * whole.end:
        return SequenceReading((), tuple(tags))
    if (exact := _exact(given.value, 0, resources)) is not None:
        return SequenceReading((exact,))
    homologues = visible.homologues(given, resources, k=NEAREST)
    parts = sorted(_parts(given, homologues, tags, resources), key=lambda part: part.place.start)
    outside = [tag for tag in tags if not any(_within(tag.place, p.place) for p in parts)]
    gaps = _free(whole, [*(p.place for p in parts), *(t.place for t in outside)], SHORTEST)
    return SequenceReading(tuple(parts), tuple(outside), tuple(gaps), tuple(homologues))


def _cover(tags: Sequence[FoundTag]) -> int:
    """Residues that tags take."""
    return sum(tag.place.end - tag.place.start + 1 for tag in tags)


def _preferred(numbers: Sequence[int], resources: Resources) -> list[int]:
    """Proteins that match equally well: human ones first, best known first."""
    sequences, links = resources.graph.sequences, resources.graph.link_counts
    symbols = sequences.table.column("symbol")
    known = {n: int(links[node]) if (node := sequences.node[n]) >= 0 else 0 for n in numbers}
    return sorted(
        numbers,
        key=lambda n: (int(sequences.taxon[n]) != HUMAN, -known[n], not symbols[n].as_py(), n),
    )


def _exact(fragment: str, offset: int, resources: Resources) -> Part | None:
    """The proteins of which a stretch of a chain is an exact fragment, as a part."""
    if len(fragment) < SHORTEST:
        return None
    found = dict(visible.proteins_containing(_as_input(fragment), resources))
    if not found:
        return None
    first, *others = _preferred(list(found), resources)
    start = found[first]
    return Part(
        Stretch(offset + 1, offset + len(fragment)),
        first,
        Stretch(start + 1, start + len(fragment)),
        int(resources.graph.sequences.lengths[first]),
        also=tuple(others),
    )


def _as_input(sequence: str) -> Input:
    from bbqa.schema import Modality

    return Input("", Modality.PROTEIN, sequence, "")


# parts of a chain


def _parts(
    given: Input, homologues: Sequence[Homologue], tags: Sequence[FoundTag], resources: Resources
) -> Iterator[Part]:
    """The best match of the whole chain, then what is found of what it leaves over."""
    tagged = [tag.place for tag in tags]
    outside = list(_outside(given.value, resources))
    taken = [*tagged, *(part.place for part in outside)]
    yield from outside
    best = _best(homologues, given.value, 0, resources)
    if best is not None and not any(_within(best.place, part.place) for part in outside):
        yield best
        taken.append(best.place)
    shortest = PART_OF_RELATIVE if best is not None and not best.is_same else PART
    waiting = _free(Stretch(1, len(given.value)), taken, shortest)
    if best is None and not outside and not tagged:
        waiting = []
    for _ in range(MAX_PARTS):
        if not waiting:
            return
        stretch = waiting.pop(0)
        part = _part_within(given.value, stretch, resources)
        if part is not None:
            yield part
            waiting += _free(stretch, [part.place], shortest)


def _part_within(sequence: str, stretch: Stretch, resources: Resources) -> Part | None:
    """What a stretch that nothing has matched yet is, or holds; only what is near exact counts."""
    letters = sequence[stretch.start - 1 : stretch.end]
    if len(set(letters)) < DISTINCT:
        return None
    found = visible.homologues(_as_input(letters), resources, k=20, max_evalue=BY_CHANCE)
    likely = [h for h in found if h.identity >= SAME and _is_real(h, letters)]
    return _best(likely, letters, stretch.start - 1, resources)


def _is_real(homologue: Homologue, letters: str) -> bool:
    """Whether a match is no chance: significant, or exact and long and varied enough."""
    matched = letters[homologue.query_start : homologue.query_end]
    exact = homologue.identity == 1 and len(matched) >= PART and len(set(matched)) >= DISTINCT
    return homologue.evalue <= SIGNIFICANT or exact


def _best(
    homologues: Sequence[Homologue], letters: str, offset: int, resources: Resources
) -> Part | None:
    """The best homologue of a stretch of a chain as a part; a human one where several are."""
    if not homologues:
        return None
    highest = max(h.score for h in homologues)
    tied = {h.row: h for h in homologues if h.score == highest}
    first, *others = _preferred(list(tied), resources)
    found = tied[first]
    place = Stretch(offset + found.query_start + 1, offset + found.query_end)
    target = Stretch(found.target_start + 1, found.target_end)
    length = int(resources.graph.sequences.lengths[first])
    part = Part(place, first, target, length, found.identity, homologue=found)
    if not part.is_same:
        return part
    return _compared(replace(part, also=tuple(others)), letters, offset, resources)


def _compared(part: Part, letters: str, offset: int, resources: Resources) -> Part:
    """A part with its changes; ends that the alignment leaves over in both are compared too."""
    assert part.number is not None
    protein = resources.graph.sequences.sequence(part.number)
    if part.identity < 1:
        aligned = resources.alignment.align(letters, part.number)
        lines, first = (aligned.query_line, aligned.target_line), aligned.homologue
        upper, lower = lines
        start, end = first.query_start, first.query_end
        target_start, target_end = first.target_start, first.target_end
    else:
        start, end = part.place.start - offset - 1, part.place.end - offset
        target_start, target_end = part.target.start - 1, part.target.end
        upper = lower = letters[start:end]
    if 0 < start == target_start <= ENDS:
        upper, lower = letters[:start] + upper, protein[:start] + lower
        start = target_start = 0
    left = len(letters) - end
    if 0 < left == len(protein) - target_end <= ENDS:
        upper, lower = upper + letters[end:], lower + protein[target_end:]
        end, target_end = len(letters), len(protein)
    if start:
        cut = _leading_mismatches(upper, lower)
        start, target_start = start + cut, target_start + cut
        upper, lower = upper[cut:], lower[cut:]
    identical = sum(a == b for a, b in zip(upper, lower, strict=True))
    return replace(
        part,
        place=Stretch(offset + start + 1, offset + end),
        target=Stretch(target_start + 1, target_end),
        identity=identical / len(upper),
        changes=tuple(changes(upper, lower, target_start)),
    )


def _leading_mismatches(upper: str, lower: str) -> int:
    """Columns before the first identical pair; where more residues precede they are a junction."""
    return next((n for n, (a, b) in enumerate(zip(upper, lower, strict=True)) if a == b), 0)


def _outside(sequence: str, resources: Resources) -> Iterator[Part]:
    """Fusion partners that the reference does not hold."""
    from bbqa.retrieve.pairwise import align, find_ends

    query = sequence.encode("ascii")
    ends = find_ends(query, [partner.sequence.encode("ascii") for partner in OUTSIDE])
    for partner, local in zip(OUTSIDE, align(query, ends), strict=True):
        size = local.query_end - local.query_start
        if size >= 0.8 * len(partner.sequence) and local.identity >= 0.95:
            yield Part(
                Stretch(local.query_start + 1, local.query_end),
                None,
                Stretch(local.target_start + 1, local.target_end),
                len(partner.sequence),
                local.identity,
                partner=partner,
            )


def _within(inner: Stretch, outer: Stretch) -> bool:
    """Whether at least half of a stretch lies within another."""
    shared = min(inner.end, outer.end) - max(inner.start, outer.start) + 1
    return 2 * shared > inner.end - inner.start + 1


def _free(whole: Stretch, taken: Sequence[Stretch], shortest: int) -> list[Stretch]:
    """Stretches of some length that are not taken, in order."""
    free: list[Stretch] = []
    start = whole.start
    for one in sorted(taken, key=lambda one: one.start):
        if one.start - start >= shortest:
            free.append(Stretch(start, one.start - 1))
        start = max(start, one.end + 1)
    if whole.end - start + 1 >= shortest:
        free.append(Stretch(start, whole.end))
    return free
