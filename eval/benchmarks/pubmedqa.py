"""PubMedQA, expert-labelled: a question that an abstract answers, its conclusion withheld."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, find_file, read_entries, read_json
from bbqa.eval.benchmarks.sentences import sentences

if TYPE_CHECKING:
    from bbqa.resources import Resources

QUESTIONS: Final = "pubmedqa_ori_pqal.json"
TEST: Final = "pubmedqa_test_ground_truth.json"
OPTIONS: Final = ("yes", "no", "maybe")
CARD: Final = Card(
    name="pubmedqa",
    title="What a study concludes, from its abstract without the conclusion (PubMedQA)",
    modality="text",
    metric="accuracy",
    source=(
        "data/ori_pqal.json and data/test_ground_truth.json of"
        " https://github.com/pubmedqa/pubmedqa, saved with pubmedqa_ before their names"
    ),
    licence="MIT (PubMedQA's repository); abstracts belong to their publishers",
    citation=(
        "Jin et al., PubMedQA: A Dataset for Biomedical Research Question Answering, EMNLP 2019,"
        " doi:10.18653/v1/D19-1259, arXiv:1909.06146"
    ),
    leaks=(
        "questions of clinical and other studies, of which the graph records next to nothing; a"
        " language model may have read the whole abstracts, conclusions included; two abstracts"
        " hold a sentence of their conclusion as published"
    ),
    files=(QUESTIONS, TEST),
)


class _PubMedQA:
    """The benchmark ``pubmedqa``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """The 500 official test questions, or for ``dev`` the other 500; called by PubMed ids."""
        check_split(CARD, split, ("test", "dev"))
        held_out = _labels(find_file(data, CARD, TEST))
        columns = ("QUESTION", "CONTEXTS", "final_decision", "LONG_ANSWER")
        for pmid, row in read_entries(find_file(data, CARD, QUESTIONS), required=columns):
            if (pmid in held_out) != (split == "test"):
                continue
            label = row.text("final_decision")
            expected = (held_out[pmid],) if pmid in held_out else OPTIONS
            if label not in expected:
                raise row.wrong(f"final_decision is {label!r}; expected {' or '.join(expected)}")
            yield Item(
                id=pmid,
                form=Form.CHOICE,
                question=row.text("QUESTION"),
                gold=(label,),
                options=OPTIONS,
                context="\n".join(row.texts("CONTEXTS")),
                evidence=sentences(row.text("LONG_ANSWER")),
            )


def _labels(path: Path) -> dict[str, str]:
    """The official answers of the test questions, by PubMed id."""
    found = read_json(path)
    if isinstance(found, dict) and all(label in OPTIONS for label in found.values()):
        return found
    raise InputError(
        f"{path} is not what it should be; expected an object with yes, no or maybe for each id",
        hint="fetch the official file again",
    )


BENCHMARK: Final[Benchmark] = _PubMedQA()
