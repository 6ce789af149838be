"""What is shown of an answer while it grows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bbqa.schema import Answer, Claim, Evidence, Question


class Listener(Protocol):
    """Shows an answer while it grows."""

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """All evidence has been found."""
        ...

    def on_answer(self, answer: Answer) -> None:
        """The composed answer is ready and whole; a model may still add to it by ``on_claim``."""
        ...

    def on_claim(self, claim: Claim) -> None:
        """A sentence has been written and checked."""
        ...


class NullListener:
    """Shows nothing."""

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Nothing is shown."""

    def on_answer(self, answer: Answer) -> None:
        """Nothing is shown."""

    def on_claim(self, claim: Claim) -> None:
        """Nothing is shown."""
