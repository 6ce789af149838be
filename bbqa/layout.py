"""An answer laid out for reading: its sentences in order, what is not recorded, its sources."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bbqa.answer.draft import cited_text
from bbqa.schema import Answer, Evidence, Input, Kind, Modality, Status

SURE = frozenset({Status.CURATED, Status.COMPUTED})
_RELATIVE = {Modality.PROTEIN: "a homologue", Modality.MOLECULE: "an analogue"}


@dataclass(frozen=True, slots=True)
class Sentence:
    """A piece of an answer's text.

    Attributes:
        text: The words, with citations.
        place: Index of the claim that it is; None for what cites nothing.
        status: The claim's status; None for what cites nothing.
    """

    text: str
    place: int | None = None
    status: Status | None = None

    @property
    def is_sure(self) -> bool:
        """Whether it is neither inferred nor predicted."""
        return self.status is None or self.status in SURE


def sentences_of(answer: Answer) -> list[Sentence]:
    """An answer's text in its order: cited sentences, and between them what cites nothing."""
    cited = [cited_text(claim) for claim in answer.claims]
    return [
        Sentence(text, place, None if place is None else answer.claims[place].status)
        for text, place in in_order(answer.text, cited)
    ]


def in_order(text: str, cited: Sequence[str]) -> list[tuple[str, int | None]]:
    """A text cut at its cited sentences, each with its index; the rest has none.

    A cited sentence that the text lacks stands where its turn is.

    >>> in_order("Yes. A binds B [1]. That is all.", ["A binds B [1]."])
    [('Yes.', None), ('A binds B [1].', 0), ('That is all.', None)]
    """
    pieces: list[tuple[str, int | None]] = []
    at = 0
    for place, sentence in enumerate(cited):
        start = text.find(sentence, at)
        if start >= 0:
            pieces.append((text[at:start].strip(), None))
            at = start + len(sentence)
        pieces.append((sentence, place))
    pieces.append((text[at:].strip(), None))
    return [(piece, place) for piece, place in pieces if piece]


def cited_by(answer: Answer) -> list[Evidence]:
    """The evidence that an answer's sentences cite, by number."""
    numbers = {number for claim in answer.claims for number in claim.citations}
    return [item for item in answer.evidence if item.number in numbers]


def caveats_of(answer: Answer) -> list[str]:
    """Which citations are no records of what was asked about, in a sentence for each reason."""
    inputs = {given.label: given for given in answer.question.inputs}
    reasons: dict[str, list[int]] = {}
    for item in cited_by(answer):
        if item.status not in SURE and not _is_likeness(item):
            reasons.setdefault(_reason(item, inputs.get(item.about)), []).append(item.number)
    everything = {number for claim in answer.claims for number in claim.citations}
    return [_caveat(reason, numbers, everything) for reason, numbers in reasons.items()]


def _is_likeness(item: Evidence) -> bool:
    """Whether an item says no more than what an input is or resembles."""
    if item.triple is not None:
        return item.triple.relation in ("is", "resembles")
    near = item.kind in (Kind.ALIGNMENT, Kind.SIMILARITY) and len(item.nodes) == 1
    return near or item.kind is Kind.IDENTITY


def _reason(item: Evidence, given: Input | None) -> str:
    whom = given.label if given is not None else "what was asked about"
    if item.status is Status.PREDICTED:
        return f"predicted, not recorded of {whom}"
    relative = _RELATIVE.get(given.modality, "a relative") if given is not None else "a relative"
    return f"inferred from {relative}, not recorded of {whom}"


def _caveat(reason: str, numbers: Sequence[int], everything: Iterable[int]) -> str:
    if set(numbers) == set(everything) and len(numbers) > 1:
        return f"All of this is {reason}."
    listed = [f"[{number}]" for number in numbers]
    if len(listed) == 1:
        return f"{listed[0]} is {reason}."
    return f"{', '.join(listed[:-1])} and {listed[-1]} are {reason}."


def sources_of(answer: Answer) -> list[str]:
    """Where the cited evidence is from, a line for each source and release.

    A line reads ``GOA human (2019-01-14): [2, 5] IDA, [3] IMP``; what is not curated says so.
    """
    lines: dict[str, dict[str, list[int]]] = {}
    for item in cited_by(answer):
        name, _, codes = item.source.partition(", ")
        source = f"{name} ({item.release})" if item.release else name
        lines.setdefault(source, {}).setdefault(_detail(item, codes), []).append(item.number)
    return [f"{source}: {_numbers_with(details)}" for source, details in lines.items()]


def _detail(item: Evidence, codes: str) -> str:
    """What is said of an item beside its source: evidence codes, status, what it rests on."""
    sure = item.status in SURE
    parts = (codes, "" if sure else str(item.status), "" if sure else item.because)
    against = f"disagrees with {', '.join(map(str, item.disagrees))}" if item.disagrees else ""
    return ", ".join(part for part in (*parts, against) if part)


def _numbers_with(details: dict[str, list[int]]) -> str:
    return "; ".join(
        f"[{_ranges(numbers)}] {detail}".rstrip() for detail, numbers in details.items()
    )


def _ranges(numbers: Sequence[int]) -> str:
    """Numbers in rising order with runs of three and more joined: ``1-4, 7``."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    return ", ".join(
        f"{run[0]}-{run[-1]}" if len(run) > 2 else ", ".join(map(str, run)) for run in runs
    )


def status_words(status: str) -> str:
    """How an answer ended, in words: ``not held``."""
    return status.replace("_", " ")
