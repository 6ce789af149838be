"""What can be calculated from a protein's residues, and what they look like."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field

from bbqa.errors import ToolError
from bbqa.schema import Evidence, Input, Kind, Modality, NodeType, Status, Value
from bbqa.stretches import (
    HYDROPATHY,
    MEMBRANE_WINDOW,
    MOTIFS,
    Motif,
    Stretch,
    find_motif,
    low_complexity,
    membrane_like,
    signal_like,
)
from bbqa.subject import as_attached, node_of, subject_of, what_it_is
from bbqa.workbench import Found, Workbench

KNOWN: Final = frozenset(HYDROPATHY)
"""The 20 amino acids; of others nothing is calculated."""
SHOWN: Final = 5
"""Places and residues that are listed, at most."""
PREDICTED_SCORE: Final = 0.4
EXACT_WEIGHT: Final = 10_000
"""Above so many Da, tenths are beyond what average weights of residues tell."""


@dataclass(frozen=True, slots=True)
class _Told:
    """What is said of a protein, without the subject, and on what it rests."""

    words: str
    source: str
    because: str = "calculated from its sequence"
    status: Status = Status.COMPUTED
    values: tuple[Value, ...] = ()


def protein_properties(
    input: Annotated[str, Field(description="Label of a protein, or a protein's name.")],
    bench: Workbench,
) -> Found:
    """Calculate a protein's length, weight, isoelectric point, hydropathy and composition.

    Also finds low-complexity stretches, a signal-peptide-like beginning, stretches that may
    cross a membrane, and motifs. Use it for questions about the sequence itself.
    """
    given = subject_of(input, bench)
    protein = as_attached(given, bench.graph)
    if protein.modality is not Modality.PROTEIN:
        molecule = protein.modality is Modality.MOLECULE
        instead = f': call molecule_properties with input "{given.label}"' if molecule else ""
        raise ToolError(
            f"{given.label} is {what_it_is(given, bench.graph)} without a sequence here; "
            f"protein_properties takes a protein{instead}"
        )
    node = node_of(given, bench.resources)
    nodes = (bench.graph.node_id(node[0]),) if node else ()
    evidence = tuple(_evidence(protein, told, nodes) for told in _told(protein.value))
    return Found(evidence, note=_left_out(protein.value))


def _evidence(given: Input, told: _Told, nodes: tuple[str, ...]) -> Evidence:
    return Evidence(
        number=0,
        statement=f"{given.label} {told.words}",
        kind=Kind.PROPERTY,
        status=told.status,
        source=told.source,
        release="",
        nodes=nodes,
        type=NodeType.PROTEIN,
        score=1.0 if told.status is Status.COMPUTED else PREDICTED_SCORE,
        because=told.because,
        about=given.label,
        value=told.values[0] if told.values else None,
        also=told.values[1:],
    )


def _left_out(sequence: str) -> str:
    """Which residues nothing is calculated of, in a sentence; empty if there are none."""
    odd = Counter(letter for letter in sequence if letter not in KNOWN)
    if not odd:
        return ""
    listed = ", ".join(f"{count} {letter}" for letter, count in sorted(odd.items()))
    return f"Weight, isoelectric point, hydropathy and extinction leave out {listed}."


def _told(sequence: str) -> Iterator[_Told]:
    """Everything that is said of a protein: what is exact first, what it looks like after."""
    length = (Value("length", len(sequence), "residues"),)
    yield _Told(f"has {_count(len(sequence), 'residue')}", "the sequence", values=length)
    yield from _calculated(sequence)
    yield _composition(sequence)
    yield _low_complexity(sequence)
    signal = signal_like(sequence)
    yield _signal(signal)
    yield _membrane(membrane_like(sequence), signal)
    yield from _motifs(sequence)


# what is exact


def _calculated(sequence: str) -> Iterator[_Told]:
    """What Biopython's ProtParam calculates, of the 20 amino acids alone."""
    import Bio

    known = "".join(letter for letter in sequence if letter in KNOWN)
    if known:
        source = f"Biopython {Bio.__version__}, ProtParam"
        for words, *values in _parameters(known, odd=len(sequence) - len(known)):
            yield _Told(words, source, values=tuple(values))


def _parameters(known: str, *, odd: int) -> Iterator[tuple[str, *tuple[Value, ...]]]:
    """Weight, charge, hydropathy and extinction of a protein, ``odd`` residues left out.

    Each in words, followed by the numbers in them.
    """
    from Bio.SeqUtils.ProtParam import ProteinAnalysis

    analysis: Any = ProteinAnalysis(known)  # type: ignore[no-untyped-call]
    weight = analysis.molecular_weight()
    without = f" without its {_count(odd, 'residue')} of other kinds" if odd else ""
    digits = 0 if weight > EXACT_WEIGHT else 1
    yield (
        f"has a molecular weight of {weight:.{digits}f} Da{without}",
        Value("molecular weight", round(weight, digits), "Da"),
    )
    point, mean = round(analysis.isoelectric_point(), 2), round(analysis.gravy(), 3)
    yield (
        f"has a theoretical isoelectric point of {point:.2f}",
        Value("isoelectric point", point),
    )
    yield f"has a mean hydropathy (GRAVY) of {mean:.3f}", Value("GRAVY", mean)
    reduced, bridged = analysis.molar_extinction_coefficient()
    yield (
        f"has an extinction coefficient of {reduced} per M and cm at 280 nm with all cysteines "
        f"reduced, {bridged} with all in disulfide bridges",
        Value("extinction coefficient, reduced", reduced, "per M and cm"),
        Value("extinction coefficient, in disulfide bridges", bridged, "per M and cm"),
    )


def _composition(sequence: str) -> _Told:
    """The most frequent residues."""
    most = Counter(sequence).most_common(SHOWN)
    values = tuple(Value(f"share of {x}", round(100 * n / len(sequence), 1), "%") for x, n in most)
    listed = ", ".join(f"{letter} {100 * n / len(sequence):.1f} %" for letter, n in most)
    return _Told(f"has as its most frequent residues {listed}", "the sequence", values=values)


def _low_complexity(sequence: str) -> _Told:
    """Stretches of few kinds of residues; the longest are listed."""
    found = low_complexity(sequence)
    source = "Wootton and Federhen 1993 (SEG's windows)"
    if not found:
        none = (Value("low-complexity stretches", 0),)
        return _Told("has no low-complexity stretch", source, values=none)
    share = sum(s.end - s.start + 1 for s in found) / len(sequence)
    longest = sorted(found, key=lambda s: (s.start - s.end, s.start))[:3]
    listed = ", ".join(f"{s} (mostly {_mostly(sequence, s)})" for s in longest)
    named = "among them" if len(found) > len(longest) else "at"
    return _Told(
        f"has {_count(len(found), 'low-complexity stretch')} with {100 * share:.0f} % of its "
        f"residues, {named} {listed}",
        source,
        values=(Value("low-complexity stretches", len(found)),),
    )


def _mostly(sequence: str, stretch: Stretch) -> str:
    """The most frequent residue of a stretch."""
    return Counter(sequence[stretch.start - 1 : stretch.end]).most_common(1)[0][0]


# what it only looks like


def _signal(found: Stretch | None) -> _Told:
    source = "von Heijne 1985 and 1986 (hydrophobic core, -3 and -1)"
    if found is None:
        none = (Value("signal-like residues", 0, "residues"),)
        return _Told("has no beginning like that of a signal peptide", source, values=none)
    return _Told(
        f"may begin with a signal peptide of about {found.end} residues",
        source,
        "its beginning looks like one",
        Status.PREDICTED,
        (Value("signal-like residues", found.end, "residues"),),
    )


def _membrane(found: list[Stretch], signal: Stretch | None) -> _Told:
    source = f"Kyte and Doolittle 1982 (windows of {MEMBRANE_WINDOW}, mean above 1.6)"
    if not found:
        none = (Value("membrane-like stretches", 0),)
        return _Told("has no stretch hydrophobic enough to cross a membrane", source, values=none)
    in_signal = signal is not None and found[0].start <= signal.end
    first = ", the first perhaps its signal peptide" if in_signal else ""
    return _Told(
        f"may cross a membrane with {_count(len(found), 'hydrophobic stretch')}: "
        f"{_listed(found)}{first}",
        source,
        "as hydrophobic as stretches that do",
        Status.PREDICTED,
        (Value("membrane-like stretches", len(found)),),
    )


def _motifs(sequence: str) -> Iterator[_Told]:
    """Each motif that occurs; if none does, that none does."""
    found = [(motif, places) for motif in MOTIFS if (places := find_motif(motif, sequence))]
    for motif, places in found:
        yield _motif(motif, places)
    if not found:
        names = ", ".join(motif.name for motif in MOTIFS)
        yield _Told(f"has none of the motifs that are looked for: {names}", "the sequence")


def _motif(motif: Motif, places: list[Stretch]) -> _Told:
    often = "once" if len(places) == 1 else f"{len(places)} times"
    return _Told(
        f"may {motif.means}: it has the {motif.name} motif {motif.written} {often}, "
        f"at {_listed(places)}",
        motif.source,
        "the pattern also occurs by chance",
        Status.PREDICTED,
        (Value(f"{motif.name} motifs", len(places)),),
    )


def _listed(places: list[Stretch]) -> str:
    """The first few places, and that there are more."""
    more = f" and {len(places) - SHOWN} more" if len(places) > SHOWN else ""
    return ", ".join(map(str, places[:SHOWN])) + more


def _count(number: int, thing: str) -> str:
    """``1 stretch``, ``2 stretches``."""
    if number == 1:
        return f"1 {thing}"
    return f"{number} {thing}{'es' if thing.endswith('ch') else 's'}"
