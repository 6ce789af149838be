"""An answer in a chat while it grows, and what follows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.ask import cited_text
from bbqa.schema import Answer, AnswerStatus, Claim, Evidence, Question, Status

if TYPE_CHECKING:
    from bbqa.terminal import Terminal

STYLES: Final = {Status.INFERRED: "yellow", Status.PREDICTED: "magenta"}


class Screen:
    """Shows the sentences of an answer as they are checked, and keeps them if it is stopped."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._question: Question | None = None
        self._evidence: tuple[Evidence, ...] = ()
        self._claims: list[Claim] = []

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Say how much was found: the items themselves are shown when asked for."""
        self._question, self._evidence = question, tuple(evidence)
        for note in (note for given in question.inputs for note in given.notes):
            self._terminal.say(f"note: {note}", style="dim")
        if evidence and self._terminal.interactive:
            self._terminal.say(f"{len(evidence)} items of evidence (/evidence)", style="dim")

    def on_claim(self, claim: Claim) -> None:
        """Show a sentence; one that is not curated says so."""
        self._claims.append(claim)
        place = f"{len(self._claims):>2}  " if self._terminal.interactive else ""
        sure = claim.status not in STYLES
        said = cited_text(claim) if sure else f"Not curated ({claim.status}): {cited_text(claim)}"
        self._terminal.say(f"{place}{said}", style=STYLES.get(claim.status, ""))

    def stopped(self, question: Question) -> Answer:
        """The answer as far as it came."""
        return Answer(
            question=self._question or question,
            status=AnswerStatus.CUT_SHORT,
            text=" ".join(map(cited_text, self._claims)),
            claims=tuple(self._claims),
            dropped=(),
            evidence=self._evidence,
            written_by="",
            note="stopped with Ctrl-C before its end",
        )

    def finish(self, answer: Answer, seconds: float) -> None:
        """Show what follows the sentences: what is not known, was dropped, and how long it took."""
        say = self._terminal.say
        rest = answer.text
        for claim in self._claims:
            rest = rest.replace(cited_text(claim), "")
        if rest := " ".join(rest.split()):
            say(rest)
        if answer.note and answer.note not in rest:
            say(f"note: {answer.note}", style="yellow")
        if count := len(answer.dropped):
            say(f"{count} sentence{'s' if count > 1 else ''} dropped (/why)", style="dim")
        steps = ", ".join(f"{step} {s:.1f}" for step, s in answer.timings_s.items())
        by = f", written by {answer.written_by}" if answer.written_by else ""
        say(f"{answer.status}{by}; {seconds:.1f} s{f' ({steps})' if steps else ''}", style="dim")


def with_remark(answer: Answer, remark: str) -> Answer:
    """An answer that says what its evidence cannot tell, and is therefore no sure one."""
    sure = answer.status is AnswerStatus.ANSWERED
    return replace(
        answer,
        status=AnswerStatus.UNSURE if sure else answer.status,
        text=f"{answer.text} {remark}".strip(),
    )
