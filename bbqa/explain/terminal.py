"""An explanation as a person reads it in a terminal, from the question down to the manifest.

Whatever comes from the file is printed as text: no markup, no control characters.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from rich.console import Console
from rich.table import Table
from rich.text import Text

from bbqa.answer.draft import cited_text
from bbqa.explain import Explanation
from bbqa.explain.paths import tree_lines
from bbqa.explain.wording import (
    ENDED,
    arguments_of,
    cost_of,
    facts_of,
    manifest_of,
    source_of,
    trust_of,
)
from bbqa.markup import clean
from bbqa.schema import Evidence, Status

STYLE: Final = {
    Status.CURATED: "green",
    Status.COMPUTED: "cyan",
    Status.INFERRED: "yellow",
    Status.PREDICTED: "magenta",
}


def tell(explanation: Explanation, console: Console | None = None) -> None:
    """Print an explanation, on standard output if no console is given."""
    teller = _Teller(explanation, console or Console(highlight=False))
    teller.question()
    teller.sentences()
    teller.dropped()
    teller.evidence()
    teller.disagreements()
    teller.paths()
    teller.alignments()
    teller.drawings()
    teller.steps()
    teller.manifest()


class _Teller:
    """Prints the parts of an explanation; a part that has nothing is left out."""

    def __init__(self, explanation: Explanation, console: Console) -> None:
        self._explained = explanation
        self._answer = explanation.answer
        self._console = console

    def question(self) -> None:
        """The question and what it is about."""
        self._print(self._answer.question.text, style="bold")
        for given in self._answer.question.inputs:
            facts = "; ".join(f"{word} {text}" for word, text in facts_of(given))
            self._print(f"  {given.label}: {facts}")

    def sentences(self) -> None:
        """The answer, each sentence with what it rests on."""
        self._title("Answer")
        self._print(f"{self._answer.status}: {ENDED[self._answer.status]}", style="dim")
        for claim in self._answer.claims:
            self._print("")
            self._print(f"{claim.status}: {cited_text(claim)}", style=STYLE[claim.status])
            for item in self._explained.cited(claim):
                told = f"    [{item.number}] {item.status}: {item.statement} ({source_of(item)})"
                self._print(told)
        if closing := self._explained.closing():
            self._print("")
            self._print(closing)
        if self._answer.note:
            self._print(f"note: {self._answer.note}", style="yellow")

    def dropped(self) -> None:
        """What the model wrote and was not let through."""
        if not self._answer.dropped:
            return
        self._title("Dropped sentences")
        for item in self._answer.dropped:
            numbers = "".join(f"[{n}]" for n in item.citations)
            self._print(f"{item.verdict}: {item.text} {numbers}")
            self._print(f"    why: {item.reason}", style="dim")

    def evidence(self) -> None:
        """All evidence, used or not."""
        if not self._answer.evidence:
            return
        self._title("Evidence")
        rows = (_evidence_row(item) for item in self._answer.evidence)
        self._table(("#", "status", "statement", "source"), rows)

    def disagreements(self) -> None:
        """Evidence that says the reverse of other evidence."""
        pairs = self._explained.disagreements()
        if not pairs:
            return
        self._title("Disagreements")
        for one, two in pairs:
            for item in (one, two):
                self._print(f"[{item.number}] {item.statement} ({source_of(item)})")
            self._print("")

    def paths(self) -> None:
        """Paths through the graph."""
        if not self._explained.paths:
            return
        self._title("Paths")
        for root in self._explained.paths:
            for before, branch in tree_lines(root):
                numbers = "".join(f" [{n}]" for n in branch.numbers)
                source = f"  ({branch.source})" if branch.source else ""
                self._line(before + clean(f"{branch.statement}{numbers}{source}"))

    def alignments(self) -> None:
        """Each protein with its best homologue."""
        for aligned in self._explained.alignments:
            self._title(f"{aligned.label} and its best homologue, {aligned.accession}")
            if aligned.missing:
                self._print(f"no alignment: {aligned.missing}", style="yellow")
            for line in aligned.text.split("\n") if aligned.text else ():
                self._line(line)

    def drawings(self) -> None:
        """Which molecules can be drawn."""
        for drawing in self._explained.drawings:
            if drawing.missing:
                self._print(f"{drawing.label} cannot be drawn: {drawing.missing}", style="yellow")

    def steps(self) -> None:
        """What was done."""
        if not self._answer.steps:
            return
        self._title("Steps")
        rows = (
            (
                str(number),
                step.name + (" (failed)" if step.failed else ""),
                arguments_of(step),
                ", ".join(map(str, step.evidence)),
                cost_of(step),
                step.note,
            )
            for number, step in enumerate(self._answer.steps, start=1)
        )
        self._table(("#", "step", "arguments", "evidence", "cost", "what came of it"), rows)

    def manifest(self) -> None:
        """What was run."""
        self._title("Manifest")
        for name, value in manifest_of(self._answer):
            self._print(f"{name}: {value}", style="dim")

    # printing

    def _title(self, text: str) -> None:
        self._print("")
        self._print(text, style="bold")

    def _print(self, text: str, *, style: str = "") -> None:
        indent = text[: len(text) - len(text.lstrip(" "))]
        self._console.print(Text(indent + clean(text), style=style))

    def _line(self, text: str) -> None:
        """A line whose blanks matter; it is not folded."""
        self._console.print(Text(text), soft_wrap=True)

    def _table(self, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
        table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
        for name in columns:
            table.add_column(name, overflow="fold", no_wrap=name in ("#", "status"))
        for row in rows:
            table.add_row(*(Text(clean(cell)) for cell in row))
        self._console.print(table)


def _evidence_row(item: Evidence) -> tuple[str, ...]:
    why = (source_of(item), item.because, trust_of(item))
    return str(item.number), item.status, item.statement, "; ".join(filter(None, why))
