"""How a protein that was read is named: what it is, which part, what differs, what is fused."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import listed
from bbqa.constructs import PARTNERS, FoundTag, Partner
from bbqa.differences import loses_methionine, renumbered, summarised
from bbqa.retrieve.alignment import METHOD, percent
from bbqa.retrieve.identity import How
from bbqa.retrieve.proteins import homologue_evidence
from bbqa.retrieve.proteins import title_of as reference_title
from bbqa.retrieve.sequence_reading import HUMAN, Part, SequenceReading
from bbqa.schema import Evidence, Input, Kind, NodeType, Status, Triple, Value
from bbqa.stretches import Stretch, signal_like

if TYPE_CHECKING:
    from bbqa.kg.sequences import Protein
    from bbqa.resources import Resources

SPECIES: Final = {
    9606: "human",
    10090: "mouse",
    10116: "rat",
    7955: "zebrafish",
    7227: "Drosophila melanogaster",
    6239: "Caenorhabditis elegans",
    3702: "Arabidopsis thaliana",
}
"""Names of the species whose proteins the reference has with their taxon."""
FEW: Final = 6
"""Changes that are listed one by one."""
SHOWN: Final = 8
RENUMBERED: Final = 2
"""Changes whose positions are given in the numbering of the mature protein as well."""
SMALL: Final = 200
"""Residues of the longest protein whose changes are also numbered without the methionine: of such
the mature protein was sequenced first, and its numbering is still in use."""
SIGNAL_ENDS: Final = 6
"""Residues by which a fragment may differ from a predicted signal peptide and still be it."""
NAMED: Final = 3
PEPTIDE: Final = 50
"""Residues of the longest fragment of which it is said how many proteins have it."""
LINKER: Final = 60
"""Residues of the longest unmatched stretch between parts that is called a linker."""
FAMILY: Final = 5
FAMILY_SHARE: Final = 0.4
"""So many relatives, and that share of those with a name, carry the name of a family."""
_WORD: Final = re.compile(r"[a-z][a-z0-9]*")
_EMPTY: Final = frozenset(
    """
    protein proteins domain domains containing subunit chain isoform putative probable alpha beta
    gamma delta type member family like homolog related associated factor and of the with a b c
    precursor region binding
    """.split()  # noqa: SIM905
)


# names


def name_of(number: int, resources: Resources) -> str:
    """What a reference protein is called in a sentence: ``BRAF``, ``mouse Tp53``, an accession."""
    protein = resources.graph.sequences[number]
    if partner := PARTNERS.get(protein.accession):
        return partner.name
    if not protein.symbol:
        return protein.accession
    if protein.taxon == HUMAN:
        return protein.symbol
    return f"{SPECIES.get(protein.taxon, '')} {protein.symbol}".strip()


def title_of(number: int, resources: Resources) -> str:
    """A reference protein in full: ``human BRAF (Serine/threonine-protein kinase ..., P15056)``."""
    protein = resources.graph.sequences[number]
    if partner := PARTNERS.get(protein.accession):
        return f"{partner.name} of {partner.origin} ({protein.accession})"
    if not protein.symbol:
        return _unnamed(protein, resources)
    full = [part for part in (protein.name, protein.accession) if part]
    return f"{SPECIES.get(protein.taxon, '')} {protein.symbol} ({', '.join(full)})".strip()


def _unnamed(protein: Protein, resources: Resources) -> str:
    """A protein without name and species by what is recorded of it."""
    from bbqa.answer.protein_terms import leading_terms

    number = resources.graph.sequences.index_of(protein.accession)
    terms = [] if number is None else leading_terms(number, resources, about="")[:1]
    names = [resources.graph.name_of(candidate.row) for candidate in terms]
    noun = "a protein of unrecorded name and species"
    return f"{protein.accession}, {noun}{f' annotated with {names[0]}' if names else ''}"


def part_name(part: Part, resources: Resources) -> str:
    """What the protein of a part is called in a sentence."""
    if part.number is None:
        return part.partner.name if part.partner else ""
    return name_of(part.number, resources)


def residues(place: Stretch) -> str:
    """``residues 15 to 29``."""
    return f"residues {place.start} to {place.end}"


# one part


def part_phrase(part: Part, resources: Resources) -> str:
    """A part in words: ``residues 446 to 723 of human BRAF (P15056)``."""
    if part.number is None:
        assert part.partner is not None
        return f"{part.partner.name} ({part.partner.origin})"
    title = title_of(part.number, resources)
    if part.is_whole:
        return title
    if part.target.start == 1 and part.target.end == part.length - 1:
        return f"{title} without its last residue"
    if part.target.end == part.length and part.target.start == 2:
        return f"{title} without its initiator methionine"
    if _is_signal(part, resources):
        return f"the signal peptide ({residues(part.target)}) of {title}"
    return f"{residues(part.target)} (of {part.length:,}) of {title}"


def _is_signal(part: Part, resources: Resources) -> bool:
    """Whether a part is about what looks like the signal peptide of its protein."""
    assert part.number is not None
    signal = signal_like(resources.graph.sequences.sequence(part.number))
    return (
        signal is not None
        and part.target.start <= 2
        and abs(part.target.end - signal.end) <= SIGNAL_ENDS
    )


def changes_phrase(part: Part, resources: Resources) -> str:
    """How a part differs: ``one difference, V600E``; empty if it does not."""
    found = part.changes
    if not found:
        return ""
    if len(found) <= FEW:
        noun = "one difference" if len(found) == 1 else f"{len(found)} differences"
        return f"{noun}: {listed([str(c) for c in found])}{_mature(part, resources)}"
    alone, regions = summarised(found)
    words = [str(change) for change in alone[:SHOWN]]
    if len(alone) > SHOWN:
        words.append(f"{len(alone) - SHOWN} other changes")
    for region in regions:
        if region.end >= part.length - SIGNAL_ENDS and part.target.end >= part.length - 1:
            words.append(
                f"a C-terminus that differs from residue {region.start} on, as in another isoform"
            )
        else:
            words.append(str(region))
    share = f"{percent(part.identity)} % identity"
    return f"{len(found)} differences ({share}): {listed(words)}"


def _mature(part: Part, resources: Resources) -> str:
    """The same changes numbered as in the mature protein, where that is usual."""
    assert part.number is not None
    moved = [c for c in part.changes if c.is_substitution]
    if not moved or len(part.changes) > RENUMBERED:
        return ""
    protein = resources.graph.sequences.sequence(part.number)
    signal = signal_like(protein)
    if signal is not None and all(c.start > signal.end for c in moved):
        words = listed([renumbered(c, signal.end) for c in moved])
        return f" ({words} without the predicted signal peptide of {signal.end} residues)"
    small = part.length <= SMALL and signal is None
    if part.target.start == 1 and small and loses_methionine(protein):
        words = listed([renumbered(c, 1) for c in moved if c.start > 1])
        return f" ({words} without the initiator methionine)" if words else ""
    return ""


# the whole chain


def opening(reading: SequenceReading, subject: str, resources: Resources) -> str:
    """The first sentence about a chain of which something is known."""
    main = reading.main
    assert main is not None
    if not main.is_same and not reading.is_fusion:
        return _relative(reading, main, subject, resources)
    if len(reading.parts) == 1:
        return f"{subject} is {_single(reading, main, resources)}"
    if not reading.is_fusion:
        return f"{subject} is {_rearranged(reading, resources)}"
    words = [_fused(part, resources) for part in reading.parts]
    if all(_is_immunoglobulin(part, resources) for part in reading.parts):
        return f"{subject} is an immunoglobulin chain of {listed(words)}{_beside(reading)}"
    return f"{subject} is a fusion of {listed(words)}{_beside(reading)}"


def _shared(part: Part, resources: Resources) -> str:
    """In which other proteins of the reference a peptide occurs."""
    if not part.also:
        return ", and of no other protein of the reference"
    shown = [name_of(number, resources) for number in part.also[:NAMED]]
    more = len(part.also) - len(shown)
    return f"; the same residues are in {listed([*shown, *([f'{more} more'] if more else [])])}"


def _is_immunoglobulin(part: Part, resources: Resources) -> bool:
    """Whether a part is a gene segment of an antibody, which are joined by nature."""
    if part.number is None:
        return False
    return resources.graph.sequences[part.number].name.lower().startswith("immunoglobulin ")


def _fused(part: Part, resources: Resources) -> str:
    """A part of a fusion, how it differs, and where it stands."""
    whole = part.number is not None and part.target.start <= 3 and part.target.end >= part.length
    words = part_phrase(part, resources)
    if whole and part.number is not None:
        words = title_of(part.number, resources)
    differing = [str(change) for change in part.changes]
    if differing and len(differing) <= FEW:
        words += f" with {listed(differing)}"
    elif differing:
        words += f" ({percent(part.identity)} % identical)"
    return f"{words} (chain residues {part.place})"


def _single(reading: SequenceReading, part: Part, resources: Resources) -> str:
    words = part_phrase(part, resources)
    partner = _partner(part, resources)
    if partner is not None and partner.use and part.place.end > PEPTIDE:
        words += f", {partner.use}"
    differing = changes_phrase(part, resources)
    if differing:
        words += f", with {differing}"
    elif part.place.end <= PEPTIDE and not part.is_whole and not reading.tags:
        words += _shared(part, resources)
    elif part.is_whole and reading.tags:
        words += ", complete"
    return f"{words}{_beside(reading)}"


def _rearranged(reading: SequenceReading, resources: Resources) -> str:
    """Parts of one protein in a chain: what lies between them is deleted or repeated."""
    first = reading.parts[0]
    assert first.number is not None
    title = title_of(first.number, resources)
    pairs = list(zip(reading.parts, reading.parts[1:], strict=False))
    lost = [
        f"{one.target.end + 1}-{other.target.start - 1}"
        for one, other in pairs
        if other.target.start > one.target.end + 1
    ]
    if len(lost) == len(pairs):
        return f"{title} with residues {listed(lost)} deleted{_beside(reading)}"
    covered = [residues(part.target) for part in reading.parts]
    return f"several stretches of {title} in one chain: {listed(covered)}{_beside(reading)}"


def _relative(reading: SequenceReading, part: Part, subject: str, resources: Resources) -> str:
    """A chain that is none of the reference's proteins, by the nearest of them."""
    assert part.number is not None
    assert part.homologue is not None
    share = percent(part.homologue.identity)
    over = percent(part.homologue.query_coverage)
    return (
        f"{subject} is not identical to any protein of the reference; the nearest is "
        f"{title_of(part.number, resources)}, {share} % identical over {over} % of its length"
        f"{_beside(reading)}{_called(reading, resources)}"
    )


def _beside(reading: SequenceReading) -> str:
    """Tags and unmatched stretches, as the end of a sentence."""
    parts = [f"a {found.tag.name} (residues {found.place})" for found in reading.tags]
    parts += [
        f"{_between(gap, reading)} (residues {gap}) that matches nothing"
        for gap in reading.gaps[:3]
    ]
    return f", with {listed(parts)}" if parts else ""


def _partner(part: Part, resources: Resources) -> Partner | None:
    """The common fusion partner or reporter that a part is, if it is one."""
    if part.number is None:
        return part.partner
    return PARTNERS.get(resources.graph.sequences.accession(part.number))


def tags_phrase(tags: Sequence[FoundTag]) -> str:
    """Tags that are all there is, and what they are for."""
    return listed([f"the {found.tag.name}, {found.tag.purpose}" for found in tags])


def _between(gap: Stretch, reading: SequenceReading) -> str:
    """What an unmatched stretch is: a linker between parts, or an end."""
    before = any(part.place.end < gap.start for part in reading.parts)
    behind = any(part.place.start > gap.end for part in reading.parts)
    if before and behind:
        return "a linker" if gap.end - gap.start < LINKER else "a stretch"
    return "a C-terminal stretch" if before else "an N-terminal stretch"


def _called(reading: SequenceReading, resources: Resources) -> str:
    """What most relatives are called, as the end of a sentence: the name of a family."""
    sequences = resources.graph.sequences
    names = sequences.table.column("name")
    named = [str(names[h.row].as_py()) for h in reading.homologues]
    named = [name for name in named if name]
    counts = Counter(phrase for name in named for phrase in _phrases(name))
    shared = [(p, n) for p, n in counts.items() if n >= max(FAMILY, FAMILY_SHARE * len(named))]
    if not shared:
        return ""
    phrase, count = max(shared, key=lambda one: (len(one[0].split()), one[1], one[0]))
    return f'; {count} of its {len(named)} named relatives are called "{phrase}"'


def _phrases(name: str) -> set[str]:
    """Runs of one to three words of a protein's name that may name a family."""
    words = [word for word in _WORD.findall(name.lower()) if word not in _EMPTY]
    runs = {" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)}
    return {run for run in runs if len(run) > 3}


# evidence


def part_evidence(given: Input, part: Part, resources: Resources) -> Evidence:
    """What a part is, as evidence."""
    graph = resources.graph
    if part.number is None:
        assert part.partner is not None
        return _computed(
            given,
            f"residues {part.place} of {given.label} are {percent(part.identity)} % identical to "
            f"{part.partner.name}",
            kind=Kind.ALIGNMENT,
            source=f"{METHOD}; UniProt",
            score=part.identity,
        )
    accession = graph.sequences.accession(part.number)
    if not part.is_same:
        assert part.homologue is not None
        item = homologue_evidence(given, part.homologue, graph)
        return _with_triple(item, Triple(given.label, "resembles", accession))
    title = reference_title(graph, graph.sequences[part.number])
    whole = part.is_whole and part.place == Stretch(1, len(given.value)) and part.identity == 1
    if whole:
        said = f"{given.label} ({len(given.value)} residues) is identical to {title}"
    else:
        same = "identical to" if part.identity == 1 else f"{percent(part.identity)} % identical to"
        of = f"residues {part.place} of {given.label}"
        said = f"{of} are {same} residues {part.target} of {title}"
    item = _computed(
        given,
        said,
        kind=Kind.IDENTITY if part.identity == 1 else Kind.ALIGNMENT,
        source="UniProt sequence" if part.identity == 1 else METHOD,
        score=part.identity,
        nodes=(accession,),
        triple=Triple(given.label, "is" if whole else "resembles", accession),
        because=How.SEQUENCE if whole else "",
    )
    return replace(item, status=Status.CURATED) if whole else item


def change_evidence(given: Input, part: Part, resources: Resources) -> list[Evidence]:
    """How a part differs, as evidence."""
    if not part.changes or part.number is None:
        return []
    title = title_of(part.number, resources)
    shown = listed([str(change) for change in part.changes], most=SHOWN)
    return [
        _computed(
            given,
            f"{given.label} differs from {title} by {shown}",
            kind=Kind.ALIGNMENT,
            source=METHOD,
            score=1.0,
            nodes=(resources.graph.sequences.accession(part.number),),
            value=Value("differences", len(part.changes)),
        )
    ]


def tag_evidence(given: Input, tags: Sequence[FoundTag]) -> list[Evidence]:
    """Tags and cleavage sites, as evidence."""
    return [
        _computed(
            given,
            f"residues {found.place} of {given.label} are a {found.tag.name}, {found.tag.purpose}",
            kind=Kind.PROPERTY,
            source="bbqa's table of tags",
            score=1.0,
        )
        for found in tags
    ]


def all_evidence(given: Input, reading: SequenceReading, resources: Resources) -> list[Evidence]:
    """All that the first sentence about a chain rests on."""
    items: list[Evidence] = []
    for part in reading.parts:
        items.append(part_evidence(given, part, resources))
        items += change_evidence(given, part, resources)
    return [*items, *tag_evidence(given, reading.tags)]


def _with_triple(item: Evidence, triple: Triple) -> Evidence:
    return replace(item, triple=triple)


def _computed(
    given: Input,
    statement: str,
    *,
    kind: Kind,
    source: str,
    score: float,
    nodes: tuple[str, ...] = (),
    triple: Triple | None = None,
    value: Value | None = None,
    because: str = "",
) -> Evidence:
    return Evidence(
        number=0,
        statement=statement,
        kind=kind,
        status=Status.COMPUTED,
        source=source,
        release="",
        nodes=nodes,
        type=NodeType.PROTEIN,
        score=score,
        because=because,
        about=given.label,
        triple=triple,
        value=value,
    )
