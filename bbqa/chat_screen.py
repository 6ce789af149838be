"""An answer in a chat: its sentences as they come, and what follows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import cited_text
from bbqa.layout import Sentence, caveats_of, sentences_of, status_words
from bbqa.schema import Answer, AnswerStatus, Claim, Evidence, Question, Status

if TYPE_CHECKING:
    from bbqa.terminal import Terminal

STYLES: Final = {Status.INFERRED: "yellow", Status.PREDICTED: "magenta"}


class Screen:
    """Shows an answer sentence by sentence, and keeps what is on the screen if it is stopped."""

    def __init__(self, terminal: Terminal) -> None:
        self._terminal = terminal
        self._question: Question | None = None
        self._evidence: tuple[Evidence, ...] = ()
        self._composed: Answer | None = None
        self._claims: list[Claim] = []
        self._said: set[str] = set()

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Keep what was found: the answer comes first, the items when they are asked for."""
        self._question, self._evidence = question, tuple(evidence)

    def on_answer(self, answer: Answer) -> None:
        """Show the composed answer's sentences; a model may add to them."""
        self._composed = answer
        self._claims = list(answer.claims)
        for sentence in sentences_of(answer):
            self._show(sentence)

    def on_claim(self, claim: Claim) -> None:
        """Show a sentence; an uncertain one has a colour."""
        self._claims.append(claim)
        self._show(Sentence(cited_text(claim), len(self._claims) - 1, claim.status))

    def _show(self, sentence: Sentence) -> None:
        """Show a sentence with its number, by which ``/why`` knows it."""
        self._said.add(sentence.text)
        number = "" if sentence.place is None else str(sentence.place + 1)
        place = f"{number:>2}  " if self._terminal.interactive else ""
        style = "" if sentence.status is None else STYLES.get(sentence.status, "")
        self._terminal.say(f"{place}{sentence.text}", style=style)

    def stopped(self, question: Question) -> Answer:
        """The composed answer if it was there already, else the answer as far as it came."""
        if self._composed is not None:
            return replace(self._composed, note="stopped with Ctrl-C while the model was writing")
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
        """Show what is not on the screen yet: what is uncertain, was dropped, how long it took."""
        say = self._terminal.say
        for sentence in sentences_of(answer):
            if sentence.text not in self._said:
                self._show(sentence)
        for caveat in caveats_of(answer):
            say(caveat, style="dim")
        for note in (note for given in answer.question.inputs for note in given.notes):
            say(f"note: {note}", style="dim")
        if answer.note and answer.note not in answer.text:
            say(f"note: {answer.note}", style="yellow")
        if count := len(answer.dropped):
            say(f"{count} sentence{'s' if count > 1 else ''} dropped (/why)", style="dim")
        by = f", written by {answer.written_by}" if answer.written_by else ""
        ended = f"{status_words(answer.status)}{by}; {seconds:.1f} s"
        items = "item" if len(answer.evidence) == 1 else "items"
        told = f"; {len(answer.evidence)} {items} of evidence (/evidence)"
        found = told if answer.evidence else ""
        say(f"{ended}{found if self._terminal.interactive else ''}", style="dim")
