"""SciKnowEval's molecule captioning: 884 molecules of ChEBI-20, the SMILES within the question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.chebi20 import LEAKS, captioning_item, plain_smiles
from bbqa.eval.benchmarks.contract import Benchmark, Card, Item
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_jsonl

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = "molecule_captioning.jsonl"
CARD: Final = Card(
    name="sciknoweval-captioning",
    title="What a molecule is, in ChEBI's words (SciKnowEval)",
    modality="molecule",
    metric="ROUGE-L",
    source=(
        "raw_data/Chemistry/L1/molecule_captioning.jsonl of"
        " https://github.com/HICAI-ZJU/SciKnowEval at commit 0bd8bb3 (version 0)"
    ),
    licence="MIT; ChEBI's own texts: CC BY 4.0",
    citation=(
        "Feng et al., SciKnowEval: Evaluating Multi-level Scientific Knowledge of Large Language"
        " Models, 2024, arXiv:2406.09098"
    ),
    leaks=f"{LEAKS}; 30 of the 884 molecules are drugs with recorded roles",
    files=(FILE,),
)
_QUOTED: Final = re.compile(r'"([^"]+)"')


class _Captioning:
    """The benchmark ``sciknoweval-captioning``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All molecules, in the order of the file; they are called by their lines."""
        check_split(CARD, split, ("test",))
        path = find_file(data, CARD, FILE)
        for row in read_jsonl(path, required=("question", "answer")):
            yield captioning_item(f"line-{row.number}", _smiles(row), row.text("answer"))


def _smiles(row: Row) -> str:
    """What the question quotes, its backslashes escaped once more than JSON asks for."""
    found = _QUOTED.search(row.text("question"))
    if found is None:
        raise row.wrong('question has nothing in quotes; expected a SMILES: "CCO"')
    return plain_smiles(found[1])


BENCHMARK: Final[Benchmark] = _Captioning()
