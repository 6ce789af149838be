"""PubChemQA: questions on molecules with free answers, in whatever form one got it.

Its authors share the files among others in an archive and say nowhere what they look like, so
none is assumed here: the columns are declared beside the file, as for anyone's own questions.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Item
from bbqa.eval.benchmarks.from_file import benchmark_from_file
from bbqa.eval.benchmarks.reading import find_file

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = "pubchemqa_test.jsonl"
CARD: Final = Card(
    name="pubchemqa",
    title="What PubChem says of a molecule, in free text (PubChemQA)",
    modality="molecule",
    metric="ROUGE-L",
    source=(
        "the share named in https://github.com/PharMolix/OpenBioMed (issue 76); the form of its"
        f" files is not stated: save them as JSONL, JSON list or CSV, say --data FILE (or {FILE})"
        " and declare the columns question, smiles and gold in FILE.columns.toml beside it"
        " (docs/add-a-benchmark.md)"
    ),
    licence="not stated; PubChem's texts belong to its contributors",
    citation=(
        "Luo et al., BioMedGPT: Open Multimodal Generative Pre-trained Transformer for"
        " BioMedicine, 2023, arXiv:2308.09442"
    ),
    leaks=(
        "made from PubChem's descriptions, many of which are ChEBI's: for a drug of the graph its"
        " roles may stand there"
    ),
    files=(FILE,),
)


class _Declared:
    """The benchmark ``pubchemqa``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """The rows of the file, with the columns that are declared beside it."""
        path = find_file(data, CARD, FILE)
        yield from benchmark_from_file(path).items(None, resources, split=split)


BENCHMARK: Final[Benchmark] = _Declared()
