"""Drug-target interaction as a question: does this molecule act on this protein?

Source: the human set's cold split of peizhenbai/DrugBAN: SMILES, Protein, Y. In a cold split, no
molecule and no protein of the test stands in the training rows of that benchmark.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_csv

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILES: Final = {"test": "dti_human_cold_test.csv", "dev": "dti_human_cold_val.csv"}
OPTIONS: Final = ("yes", "no")
QUESTION: Final = "Does this molecule act on this protein?"
CARD: Final = Card(
    name="dti-human-cold",
    title="Whether a molecule acts on a protein (human, cold split)",
    modality="protein and molecule",
    metric="accuracy",
    source=(
        "test.csv and val.csv of datasets/human/cold in https://github.com/peizhenbai/DrugBAN,"
        " saved with dti_human_cold_ before their names"
    ),
    licence="MIT (DrugBAN's repository)",
    citation=(
        "Bai et al., Interpretable bilinear attention network with domain adaptation improves"
        " drug-target prediction, Nature Machine Intelligence 5:126 (2023), arXiv:2208.02194; the"
        " pairs: Liu et al., Bioinformatics 31:i221 (2015), doi:10.1093/bioinformatics/btv256"
    ),
    leaks=(
        "cold with regard to its own training rows, not to the graph: in 60 of the 311 test"
        " pairs the molecule is a drug of the graph, whose targets may stand there; a no was"
        " inferred from unlikeness to known pairs, not measured"
    ),
    files=tuple(FILES.values()),
)


class _Interaction:
    """The benchmark ``dti-human-cold``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All pairs, in the order of the file; they are called by their lines."""
        check_split(CARD, split, tuple(FILES))
        path = find_file(data, CARD, FILES[split])
        for row in read_csv(path, required=("SMILES", "Protein", "Y")):
            acts = _acts(row)
            yield Item(
                id=f"line-{row.number}",
                form=Form.CHOICE,
                question=QUESTION,
                gold=(OPTIONS[0] if acts else OPTIONS[1],),
                seq=(row.text("Protein"),),
                smiles=(row.text("SMILES"),),
                options=OPTIONS,
                evidence=(f"molecule_1 {'acts' if acts else 'does not act'} on protein_1",),
            )


def _acts(row: Row) -> bool:
    """Whether the row says that the molecule acts on the protein."""
    written = row.text("Y").strip()
    if written not in ("0", "1", "0.0", "1.0"):
        raise row.wrong(f"Y is {written!r}; expected 0 or 1")
    return written.startswith("1")


BENCHMARK: Final[Benchmark] = _Interaction()
