"""UniProtQA: what a protein's function, names, family and locations are, in UniProt's words.

A file is an object of proteins by id, ``{"sequence": "M…", "data": [[question, answer], …]}``.

Source: the files' names from the official release, their form from how RAPM's evaluation reads
them (retrival_methods/knn_text.py of https://github.com/IDEA-XL/RAPM).
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_entries

if TYPE_CHECKING:
    from bbqa.resources import Resources

SPLITS: Final = ("test", "train")
CARD: Final = Card(
    name="uniprotqa",
    title="Function, names, family and locations of a protein, in free text (UniProtQA)",
    modality="protein",
    metric="ROUGE-L",
    source=(
        "test.json of https://huggingface.co/datasets/PharMolix/UniProtQA, saved as"
        " uniprotqa_test.json (train.json as uniprotqa_train.json); read in the form in which"
        " RAPM's evaluation reads it, not yet tried on the released file itself"
    ),
    licence="not stated; its texts are UniProtKB's, CC BY 4.0",
    citation=(
        "Luo et al., BioMedGPT: Open Multimodal Generative Pre-trained Transformer for"
        " BioMedicine, 2023, arXiv:2308.09442"
    ),
    leaks=(
        "made from UniProtKB/Swiss-Prot: a protein may stand in the reference set, its official"
        " names with it; RAPM (arXiv:2505.20354) found that of the questions on families 97.7 %"
        " are answered by copying from the most similar training protein"
    ),
    files=("uniprotqa_test.json",),
    hub={"uniprotqa_test.json": ("PharMolix/UniProtQA", "test.json")},
)
KINDS: Final = {
    "What is the function of this protein?": "function",
    "What are the official names of this protein?": "names",
    "What is the protein family that this protein belongs to?": "family",
    "What are the subcellular locations of this protein?": "location",
}


class _UniProtQA:
    """The benchmark ``uniprotqa``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All questions on all proteins, in the order of the file."""
        check_split(CARD, split, SPLITS)
        path = find_file(data, CARD, f"uniprotqa_{split}.json")
        for key, row in read_entries(path, required=("sequence", "data")):
            for number, (question, answer) in enumerate(_pairs(row), start=1):
                yield Item(
                    id=f"{key}-{number}",
                    form=Form.TEXT,
                    question=question,
                    gold=(answer,),
                    seq=(row.text("sequence"),),
                    evidence=(answer.rstrip(". "),),
                    bins={"kind": KINDS.get(question, "other")},
                )


def _pairs(row: Row) -> Iterator[tuple[str, str]]:
    """The questions of a protein with their answers."""
    data = row.value["data"]
    for pair in data if isinstance(data, list) else [data]:
        match pair:
            case [str(question), str(answer), *_]:
                yield question, answer
            case _:
                raise row.wrong(f"data has {str(pair)[:60]!r}; expected [question, answer]")


BENCHMARK: Final[Benchmark] = _UniProtQA()
