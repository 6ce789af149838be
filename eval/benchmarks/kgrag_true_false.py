"""KG-RAG's statements on genes, diseases and drugs, each of them true or false."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, find_file, read_csv

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = "kgrag_true_false_questions.csv"
OPTIONS: Final = ("True", "False")
_NOT: Final = re.compile(r" not ")
CITATION: Final = (
    "Soman et al., Biomedical knowledge graph-optimized prompt generation for large language"
    " models, Bioinformatics 40:btae560 (2024), arXiv:2311.17330"
)
LEAKS: Final = (
    "made from DisGeNET, MONDO, SemMedDB, Monarch and ROBOKOP; the graph has kinds of diseases from"
    " MONDO, and links of genes, drugs and diseases from other sources that say some of the same"
)
CARD: Final = Card(
    name="kgrag-true-false",
    title="Whether a statement on genes, diseases and drugs is true (KG-RAG)",
    modality="text",
    metric="accuracy",
    source=(
        "data/benchmark_data/true_false_questions.csv of"
        f" https://github.com/BaranziniLab/KG_RAG, saved as {FILE}"
    ),
    licence="Apache-2.0",
    citation=CITATION,
    leaks=LEAKS,
    files=(FILE,),
)


class _TrueFalse:
    """The benchmark ``kgrag-true-false``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All statements, in the order of the file; they are called by their lines."""
        check_split(CARD, split, ("test",))
        yield from statements(find_file(data, CARD, FILE))


def statements(path: Path, *, prefix: str = "") -> Iterator[Item]:
    """A question for each statement of a table with ``text`` and ``label``.

    Args:
        path: The table.
        prefix: What the ids begin with.
    """
    for row in read_csv(path, required=("text", "label")):
        text, label = " ".join(row.text("text").split()), row.text("label").strip().capitalize()
        if label not in OPTIONS:
            raise row.wrong(f"label is {row.text('label')!r}; expected True or False")
        yield Item(
            id=f"{prefix}line-{row.number}",
            form=Form.CHOICE,
            question=f"Is this statement true? {text.rstrip('.')}.",
            gold=(label,),
            options=OPTIONS,
            evidence=(_held(text.rstrip("."), label),),
            bins={"kind": "true or false"},
        )


def _held(text: str, label: str) -> str:
    """What holds, given a statement and whether it is true; of a false denial, what it denies."""
    if label == OPTIONS[1] and _NOT.search(text):
        return f"it is true that {_NOT.sub(' ', text, count=1)}"
    return f"it is {label.lower()} that {text}"


BENCHMARK: Final[Benchmark] = _TrueFalse()
