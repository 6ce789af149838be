"""An answer while it is composed: sentences in order, and the evidence that they cite."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from bbqa.ground import weakest
from bbqa.schema import AnswerStatus, Claim, Evidence

RUN: Final = 5
"""Citations in a row from which only the first and the last are written."""


@dataclass(slots=True)
class Draft:
    """Sentences and evidence of an answer that is being composed.

    Attributes:
        status: How it ends; set by what composes it.
        claims: Sentences that cite evidence, in order.
        evidence: What is cited, and what else was found, numbered from 1.
        text: All sentences in order, those without a citation included.
    """

    status: AnswerStatus = AnswerStatus.ANSWERED
    claims: list[Claim] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def cite(self, item: Evidence) -> Evidence:
        """The item with its number; one that states the same of the same keeps its number."""
        for known in self.evidence:
            if (known.statement, known.about) == (item.statement, item.about):
                return known
        numbered = replace(item, number=len(self.evidence) + 1)
        self.evidence.append(numbered)
        return numbered

    def say(self, sentence: str, items: Iterable[Evidence]) -> None:
        """Add a sentence that rests on evidence."""
        cited = [self.cite(item) for item in items]
        numbers = tuple(dict.fromkeys(item.number for item in cited))
        claim = Claim(sentence, numbers, weakest(cited))
        self.claims.append(claim)
        self.text.append(cited_text(claim))

    def note(self, sentence: str) -> None:
        """Add a sentence that rests on nothing but what was looked for and how."""
        self.text.append(sentence)


def cited_text(claim: Claim) -> str:
    """``EGFR enables ATP binding [5].``: a claim with its citations before the full stop.

    Long runs of numbers are written as ``[3-18]``.
    """
    runs: list[list[int]] = []
    for number in claim.citations:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    numbers = "".join(
        f"[{run[0]}-{run[-1]}]" if len(run) >= RUN else "".join(f"[{n}]" for n in run)
        for run in runs
    )
    return f"{claim.text.rstrip('. ')} {numbers}."


def listed(names: Sequence[str], *, most: int | None = None, conjunction: str = "and") -> str:
    """Names as a list in a sentence: ``A, B and C``; ``A, B and 7 more`` beyond ``most``.

    Semicolons stand between names with commas of their own.
    """
    shown = list(names) if most is None or len(names) <= most else list(names[:most])
    between = "; " if len(shown) > 2 and any(", " in name for name in shown) else ", "
    if len(shown) < len(names):
        return f"{between.join(shown)} and {len(names) - len(shown)} more"
    if len(shown) < 2:
        return "".join(shown)
    return f"{between.join(shown[:-1])} {conjunction} {shown[-1]}"
