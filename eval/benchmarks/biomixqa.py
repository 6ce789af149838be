"""BiomixQA: 306 questions for the gene or variant that two diseases share, 311 statements.

Source: the release's own card and the authors' notebook, which shows a row of each table
(gpt_benchmarking_using_biomixQA.ipynb of https://github.com/karthiksoman/biomixQA).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.kgrag_true_false import CITATION, LEAKS, statements
from bbqa.eval.benchmarks.reading import check_split, find_file, read_csv

if TYPE_CHECKING:
    from bbqa.resources import Resources

CHOICES: Final = "mcq_biomix.csv"
STATEMENTS: Final = "true_false_biomix.csv"
COLUMNS: Final = tuple(f"option_{letter}" for letter in "ABCDE")
CARD: Final = Card(
    name="biomixqa",
    title="Genes that two diseases share, and statements that are true or false (BiomixQA)",
    modality="text",
    metric="accuracy",
    source=(
        f"{CHOICES} and {STATEMENTS} of https://huggingface.co/datasets/kg-rag/BiomixQA; read in"
        " the form that its authors' notebook shows, not yet tried on the released tables"
    ),
    licence="Apache-2.0",
    citation=CITATION,
    leaks=LEAKS,
    files=(CHOICES, STATEMENTS),
    hub={name: ("kg-rag/BiomixQA", name) for name in (CHOICES, STATEMENTS)},
)
_LISTED: Final = re.compile(r"out of the given list, which (?P<rest>.+?)\. Given list is:.*", re.I)


class _Biomix:
    """The benchmark ``biomixqa``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """Both tables for ``test``; ``mcq`` or ``true-false`` alone."""
        check_split(CARD, split, ("test", "mcq", "true-false"))
        paths = [find_file(data, CARD, name) for name in CARD.files]
        if split != "true-false":
            yield from _choices(paths[0])
        if split != "mcq":
            yield from statements(paths[1], prefix="true-false-")


def _choices(path: Path) -> Iterator[Item]:
    for row in read_csv(path, required=("text", *COLUMNS, "correct_answer")):
        options = tuple(dict.fromkeys(row.text(column).strip() for column in COLUMNS))
        right = row.text("correct_answer").strip()
        if right not in options:
            raise row.wrong(f"correct_answer is {right!r}; expected one of {', '.join(options)}")
        question = question_of(row.text("text"))
        yield Item(
            id=f"mcq-line-{row.number}",
            form=Form.CHOICE,
            question=question,
            gold=(right,),
            options=options,
            evidence=(f"the answer to {question!r} is {right}",),
            bins={"kind": "one of five"},
        )


def question_of(text: str) -> str:
    """The question without the list of options at its end.

    >>> question_of("Out of the given list, which Gene is linked with A and B. Given list is: C")
    'Which Gene is linked with A and B?'
    """
    found = _LISTED.fullmatch(text.strip())
    return f"Which {found['rest']}?" if found else text.strip()


BENCHMARK: Final[Benchmark] = _Biomix()
