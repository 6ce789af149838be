"""A saved answer told again: what rests on what, what was dropped, and by which steps.

``read_answer`` reads it (``saved``), ``explain`` adds what is not in the file (``homologue``,
``drawing``, ``paths``), ``terminal`` and ``page`` show it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bbqa.explain.drawing import Drawing, drawings_of, write_drawing, write_file
from bbqa.explain.homologue import Aligned, Open, alignments_of
from bbqa.explain.paths import Branch, path_trees
from bbqa.explain.saved import read_answer
from bbqa.layout import sentences_of

if TYPE_CHECKING:
    from bbqa.schema import Answer, Claim, Evidence

__all__ = ["Explanation", "explain", "read_answer", "write_drawing", "write_page"]


@dataclass(frozen=True, slots=True)
class Explanation:
    """An answer and what explains it.

    Attributes:
        answer: The answer.
        alignments: Each protein with its best homologue.
        drawings: Each molecule.
        paths: Paths through the graph, as trees.
    """

    answer: Answer
    alignments: tuple[Aligned, ...]
    drawings: tuple[Drawing, ...]
    paths: tuple[Branch, ...]

    def cited(self, claim: Claim) -> list[Evidence]:
        """The evidence that a sentence cites, as far as the answer has it."""
        by_number = {item.number: item for item in self.answer.evidence}
        return [by_number[n] for n in claim.citations if n in by_number]

    def closing(self) -> str:
        """What the answer says beside its cited sentences: what was not found."""
        said = sentences_of(self.answer)
        return " ".join(sentence.text for sentence in said if sentence.place is None)

    def disagreements(self) -> Sequence[tuple[Evidence, Evidence]]:
        """Pairs of evidence that say the reverse of each other, each pair once."""
        by_number = {item.number: item for item in self.answer.evidence}
        pairs = {
            (min(item.number, other), max(item.number, other))
            for item in self.answer.evidence
            for other in item.disagrees
            if other in by_number
        }
        return [(by_number[one], by_number[two]) for one, two in sorted(pairs)]


def explain(answer: Answer, *, resources: Open | None = None) -> Explanation:
    """An answer with alignments, drawings and paths.

    Args:
        answer: The answer, fresh or saved.
        resources: Opens graph and indexes, should there be something to align; without it, or
            if that fails, the explanation says that alignments are missing and why.
    """
    return Explanation(
        answer=answer,
        alignments=alignments_of(answer, resources),
        drawings=drawings_of(answer),
        paths=tuple(path_trees(answer.evidence)),
    )


def write_page(explanation: Explanation, to: Path) -> None:
    """Write an explanation as one HTML file that needs no network.

    Raises:
        BbqaError: It cannot be written.
    """
    from bbqa.explain.page import page

    write_file(to, page(explanation).encode("utf-8", errors="replace"))
