"""Says by name what is asked for and not held, and names that nothing is called by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.kg.sequences import Protein
from bbqa.question.parsed import ParsedQuestion, Subject, Variant
from bbqa.schema import AnswerStatus, Evidence, Kind, NodeType, Status, Value

if TYPE_CHECKING:
    from bbqa.resources import Resources

LONGEST: Final = 160
"""Characters of a question that are said again."""


def say_missing(parsed: ParsedQuestion, draft: Draft) -> None:
    """Name what the question asks for that no source at hand records."""
    names = listed([one.name for one in parsed.missing], conjunction="or")
    asked = " ".join(dict.fromkeys(one.text.rstrip("?!. ") for one in parsed.missing))
    what = f"“{asked}”" if len(asked) <= LONGEST else "this"
    draft.note(f"bbqa does not hold {names}, so it cannot answer {what}.")


def say_variants(parsed: ParsedQuestion, resources: Resources, draft: Draft) -> bool:
    """Hold the variants that a question names against the sequence; True if one cannot exist."""
    impossible = False
    for subject in parsed.subjects:
        protein = _sequence_of(subject, resources)
        for variant in parsed.variants if protein is not None else ():
            assert protein is not None
            fits, sentence = _held_against(variant, subject, protein)
            draft.say(sentence, [_residue_evidence(variant, subject, protein, resources)])
            impossible |= not fits
        if protein is not None:
            break
    return impossible


def _sequence_of(subject: Subject, resources: Resources) -> Protein | None:
    """The reference sequence of a protein that a question names; None if there is none."""
    if subject.type is not NodeType.PROTEIN or not subject.rows:
        return None
    sequences = resources.graph.sequences
    number = sequences.index_of_node(subject.rows[0])
    return None if number is None else sequences[number]


def _held_against(variant: Variant, subject: Subject, protein: Protein) -> tuple[bool, str]:
    """Whether a variant fits a sequence, and a sentence that says so."""
    name, length = protein.symbol or subject.text, len(protein.sequence)
    if variant.position > length:
        return False, (
            f"{name} has only {length} residues, so it has no residue {variant.position}: "
            f"{variant.text} is not a variant of it"
        )
    found = protein.sequence[variant.position - 1]
    if found == variant.reference:
        return True, f"Residue {variant.position} of {name} is {found}, as {variant.text} says"
    mature = protein.sequence[variant.position : variant.position + 1]
    if mature == variant.reference:
        return True, (
            f"Residue {variant.position + 1} of {name} is {mature}: {variant.text} is numbered "
            "without the initiator methionine"
        )
    return False, (
        f"Residue {variant.position} of {name} is {found}, not {variant.reference}: "
        f"{variant.text} does not fit the reference sequence"
    )


def _residue_evidence(
    variant: Variant, subject: Subject, protein: Protein, resources: Resources
) -> Evidence:
    length = len(protein.sequence)
    at = variant.position
    found = f"residue {at} is {protein.sequence[at - 1]}" if at <= length else "no more"
    return Evidence(
        number=0,
        statement=f"{protein.symbol or protein.accession} has {length} residues; {found}",
        kind=Kind.PROPERTY,
        status=Status.COMPUTED,
        source=f"UniProt sequence {protein.accession}",
        release=str(resources.graph.manifest.get("sequences_release", "")),
        nodes=(protein.accession,),
        type=NodeType.PROTEIN,
        score=1.0,
        because="counted in the sequence",
        about=subject.given.label,
        value=Value("length", float(length), "residues"),
    )


def say_unknown(parsed: ParsedQuestion, resources: Resources, draft: Draft) -> None:
    """Say that nothing is called by a name, and which names are like it."""
    for name in parsed.unknown:
        near = resources.names.nearest(name)
        meant = f" Did you mean {listed(near, conjunction='or')}?" if near else ""
        draft.note(f'Nothing in this graph is called "{name}".{meant}')
    draft.status = AnswerStatus.UNKNOWN_NAME
