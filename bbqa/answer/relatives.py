"""Counterparts of a protein in other species, and what it shares with the nearest of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.protein_terms import FUNCTIONS, clause, leading_terms, without_kin
from bbqa.answer.sequence_words import SPECIES, name_of, title_of
from bbqa.question.species import NAMES
from bbqa.retrieve import visible
from bbqa.retrieve.alignment import METHOD, Homologue, percent
from bbqa.retrieve.sequence_reading import HUMAN, read_sequence
from bbqa.schema import (
    AnswerStatus,
    Evidence,
    Input,
    Kind,
    Modality,
    NodeType,
    Status,
    Triple,
)
from bbqa.subject import as_attached

if TYPE_CHECKING:
    from bbqa.question.parsed import Subject
    from bbqa.resources import Resources

SEARCHED: Final = 60
BACK: Final = 10
"""Relatives that are looked at, and among which the way back is looked for."""
NEAREST: Final = 3
SURE: Final = 1e-10
SHARED: Final = 3


@dataclass(frozen=True, slots=True)
class _About:
    """The protein whose relatives are told of.

    Attributes:
        given: The protein with its sequence.
        number: Its number in the reference; None if it is not in it.
        name: What to call it.
    """

    given: Input
    number: int | None
    name: str


def tell_relatives(
    subject: Subject, resources: Resources, draft: Draft, *, taxon: int | None = None
) -> bool:
    """Name the counterparts of a protein; False if it has no sequence.

    Args:
        subject: The protein, attached or named.
        resources: Sequences and graph.
        draft: Where it is said.
        taxon: The species that is asked for; all if None.
    """
    given = as_attached(subject.given, resources.graph)
    if given.modality is not Modality.PROTEIN:
        return False
    own = _own_number(given, resources)
    is_human = own is not None and int(resources.graph.sequences.taxon[own]) == HUMAN
    about = _About(given, own, subject.text if own is None else name_of(own, resources))
    if is_human and taxon != HUMAN:
        _tell_orthologues(about, taxon, resources, draft)
    elif not _tell_human(about, resources, draft):
        draft.note(f"The reference holds no human relative of {about.name}.")
        draft.status = AnswerStatus.NO_EVIDENCE
    return True


def human_counterpart(given: Input, resources: Resources) -> Homologue | None:
    """The human protein most like a protein, if one is."""
    return next(iter(visible.human_homologues(given, resources, k=1)), None)


def _own_number(given: Input, resources: Resources) -> int | None:
    main = read_sequence(given, resources).main
    return main.number if main is not None and main.is_same else None


def _tell_orthologues(about: _About, taxon: int | None, resources: Resources, draft: Draft) -> None:
    """The counterpart of a human protein in one species, or in each of the reference."""
    wanted = [one for one in SPECIES if one != HUMAN and taxon in (None, one)]
    found = _orthologues(about, wanted, resources)
    lacking = [NAMES.get(one, "that species") for one in wanted or [taxon or 0] if one not in found]
    if found:
        words = listed([_with_identity(found[one], resources) for one in found])
        items = [relative_evidence(about.given, found[one], resources) for one in found]
        noun, verb = ("orthologues", "are") if len(found) > 1 else ("orthologue", "is")
        kind = f"{NAMES[taxon]} {noun}" if taxon in NAMES else noun
        draft.say(f"The {kind} of {about.name} {verb} {words}", items)
        draft.status = AnswerStatus.ANSWERED
    if lacking:
        where = listed(lacking, conjunction="or")
        draft.note(f"The reference holds no orthologue of {about.name} from {where}.")
    if not found:
        every = [one for one in SPECIES if one != HUMAN]
        others = _orthologues(about, every, resources, both_ways=False)
        if others:
            words = listed([_with_identity(others[one], resources) for one in others])
            items = [relative_evidence(about.given, others[one], resources) for one in others]
            draft.say(f"It holds {words}", items)
        draft.status = AnswerStatus.NO_EVIDENCE


def _orthologues(
    about: _About, taxa: Sequence[int], resources: Resources, *, both_ways: bool = True
) -> dict[int, Homologue]:
    """By species the protein of the same symbol, or the nearest that is nearest the other way.

    Args:
        about: A human protein.
        taxa: The species.
        resources: Sequences, and what must not be seen of them.
        both_ways: Whether proteins of other symbols count where they are nearest both ways.
    """
    known = resources.graph.sequences.taxon
    found = visible.homologues(about.given, resources, k=SEARCHED, max_evalue=SURE)
    best: dict[int, Homologue] = {}
    for taxon in taxa:
        near = [h for h in found if int(known[h.row]) == taxon]
        same = [h for h in near if _same_symbol(h.row, about.number, resources)]
        if same or (both_ways and near and _is_reciprocal(near[0], about, resources)):
            best[taxon] = (same or near)[0]
    return best


def _is_reciprocal(found: Homologue, about: _About, resources: Resources) -> bool:
    """Whether the human protein nearest to a relative is the one that it was found for."""
    sequence = resources.graph.sequences.sequence(found.row)
    given = Input("", Modality.PROTEIN, sequence, "")
    back = visible.homologues(given, resources, k=BACK, max_evalue=SURE)
    taxa = resources.graph.sequences.taxon
    nearest = next((h.row for h in back if int(taxa[h.row]) == HUMAN), None)
    return nearest == about.number


def _tell_human(about: _About, resources: Resources, draft: Draft) -> bool:
    """The human proteins most like one of another species, and what the first shares with it."""
    human = visible.human_homologues(about.given, resources, k=NEAREST)
    if not human:
        return False
    first, *others = human
    same = _same_symbol(first.row, about.number, resources)
    kind = "human counterpart (orthologue)" if same else "closest human relative"
    items = [relative_evidence(about.given, one, resources) for one in human]
    if same or not others:
        words = _with_identity(first, resources)
        draft.say(f"The {kind} of {about.name} is {words}", items[:1])
    else:
        words = listed([_with_identity(h, resources) for h in human])
        draft.say(f"The closest human relatives of {about.name} are {words}", items)
    if about.number is not None:
        _tell_shared(about.given, about.number, first.row, resources, draft)
    draft.status = AnswerStatus.ANSWERED
    return True


def _tell_shared(given: Input, own: int, other: int, resources: Resources, draft: Draft) -> None:
    """What is recorded of both proteins."""
    graph = resources.graph
    mine = leading_terms(own, resources, about=given.label)
    theirs = leading_terms(other, resources, about=given.label)
    implied = {row for c in mine for row in (c.row, *graph.ancestors(c.row))}
    for node_type in FUNCTIONS[:2]:
        shared = [c for c in theirs if c.row in implied and c.evidence.type is node_type]
        if chosen := without_kin(shared, resources)[:SHARED]:
            says = clause(chosen, node_type, resources).replace("takes", "take", 1)
            says = says.replace("enables", "enable", 1)
            bearing = [
                c.evidence for c in mine if any(_bears(c.row, s.row, resources) for s in chosen)
            ]
            draft.say(
                f"Both {says}",
                [*(c.evidence for c in chosen), *bearing[:SHARED]],
            )


def _bears(row: int, general: int, resources: Resources) -> bool:
    return row == general or general in resources.graph.ancestors(row)


def relative_evidence(given: Input, found: Homologue, resources: Resources) -> Evidence:
    """How near a relative is, as evidence."""
    accession = found.accession
    share, over = percent(found.identity), percent(found.query_coverage)
    return Evidence(
        number=0,
        statement=(
            f"{given.label or given.name} is {share} % identical to "
            f"{title_of(found.row, resources)} over {over} % of its length"
        ),
        kind=Kind.ALIGNMENT,
        status=Status.COMPUTED,
        source=METHOD,
        release="",
        nodes=(accession,),
        type=NodeType.PROTEIN,
        score=found.near,
        because=f"E {found.evalue:.1g}",
        about=given.label,
        triple=Triple(given.label, "resembles", accession),
    )


def _with_identity(found: Homologue, resources: Resources) -> str:
    """``mouse Tp53 (Cellular tumor antigen p53, P02340; 78 % identical)``."""
    title = title_of(found.row, resources)
    share = f"{percent(found.identity)} % identical"
    return f"{title[:-1]}; {share})" if title.endswith(")") else f"{title} ({share})"


def _same_symbol(row: int, own: int | None, resources: Resources) -> bool:
    """Whether two proteins have the same gene symbol, case aside."""
    if own is None:
        return False
    symbols = resources.graph.sequences.table.column("symbol")
    one, other = (str(symbols[n].as_py()).casefold() for n in (row, own))
    return bool(one) and one == other
