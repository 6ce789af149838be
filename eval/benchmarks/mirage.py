"""MIRAGE: 7,663 questions of five medical sets, without any context.

Source: benchmark.json of Teddy-XiongGZ/MIRAGE:
``{set: {id: {"question": …, "options": {"A": …}, "answer": "A"}}}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_entries

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = "mirage_benchmark.json"
CARD: Final = Card(
    name="mirage",
    title="Medical examinations and literature, without context (MIRAGE)",
    modality="text",
    metric="accuracy",
    source=(
        f"benchmark.json of https://github.com/Teddy-XiongGZ/MIRAGE, saved as {FILE}; --split SET"
        " takes one of its sets: medqa, medmcqa, pubmedqa, bioasq, mmlu"
    ),
    licence="not stated for the whole; each of the five sets has its own",
    citation=(
        "Xiong et al., Benchmarking Retrieval-Augmented Generation for Medicine, Findings of ACL"
        " 2024, arXiv:2402.13178"
    ),
    leaks=(
        "mostly clinical: the graph records little of what is asked, and nothing of these sets;"
        " a language model may well have read the examinations"
    ),
    files=(FILE,),
)


class _Mirage:
    """The benchmark ``mirage``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All questions for ``test``, or those of one set; called by set and id."""
        sets = dict(read_entries(find_file(data, CARD, FILE)))
        check_split(CARD, split, ("test", *sets))
        for name, questions in sets.items():
            for key in questions.value if split in ("test", name) else ():
                yield _item(name, key, questions)


def _item(name: str, key: str, questions: Row) -> Item:
    match questions.value[key]:
        case {"question": str(question), "options": dict(options), "answer": str(answer)} if (
            answer in options and all(isinstance(option, str) for option in options.values())
        ):
            return Item(
                id=f"{name}-{key}",
                form=Form.CHOICE,
                question=question,
                gold=(options[answer],),
                options=tuple(dict.fromkeys(options.values())),
                evidence=(f"the right answer is {options[answer].rstrip('. ')}",),
                bins={"set": name},
            )
        case other:
            raise questions.wrong(
                f"{key} is {str(other)[:60]}; expected question, options and the answer's letter"
            )


BENCHMARK: Final[Benchmark] = _Mirage()
