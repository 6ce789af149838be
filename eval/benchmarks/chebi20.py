"""ChEBI-20: a molecule is described in the words of ChEBI, its classes and roles first.

Source: the table of blender-nlp/MolT5, tab-separated: CID, SMILES, description.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, find_file, read_csv
from bbqa.eval.benchmarks.sentences import sentences

if TYPE_CHECKING:
    from bbqa.resources import Resources

QUESTION: Final = "Describe this molecule: its structure, its roles and what it derives from."
FILES: Final = {
    "test": "chebi20_test.txt",
    "validation": "chebi20_validation.txt",
    "train": "chebi20_train.txt",
}
SOURCE: Final = (
    "test.txt, validation.txt and train.txt of ChEBI-20_data in"
    " https://github.com/blender-nlp/MolT5, saved with chebi20_ before their names"
)
LICENCE: Final = "BSD-3-Clause (MolT5's repository); ChEBI's own texts: CC BY 4.0"
CITATION: Final = (
    "Edwards et al., Text2Mol: Cross-Modal Molecule Retrieval with Natural Language Queries,"
    " EMNLP 2021, doi:10.18653/v1/2021.emnlp-main.47; Edwards et al., Translation between Molecules"
    " and Natural Language, EMNLP 2022, arXiv:2204.11817"
)
LEAKS: Final = (
    "the texts are written from ChEBI, and so are the graph's roles of drugs: for a molecule that"
    " is a drug of the graph, the roles that the text tells stand there; the texts stand nowhere"
)
MEASURED: Final = (
    "68 of the first 900 molecules of the validation split are drugs with recorded roles"
)
CARD: Final = Card(
    name="chebi20-captioning",
    title="What a molecule is, in ChEBI's words (ChEBI-20)",
    modality="molecule",
    metric="ROUGE-L",
    source=SOURCE,
    licence=LICENCE,
    citation=CITATION,
    leaks=f"{LEAKS}; {MEASURED}",
    files=(FILES["test"],),
)


@dataclass(frozen=True, slots=True)
class Described:
    """One row of the table.

    Attributes:
        cid: In PubChem.
        smiles: Its structure.
        text: Its description.
    """

    cid: str
    smiles: str
    text: str


class _Captioning:
    """The benchmark ``chebi20-captioning``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each molecule; it is called by its CID."""
        for molecule in described(data, CARD, split):
            yield captioning_item(f"CID{molecule.cid}", molecule.smiles, molecule.text)


def described(data: Path | None, card: Card, split: str) -> Iterator[Described]:
    """The molecules of a split, in the order of the file."""
    check_split(card, split, tuple(FILES))
    path = find_file(data, card, FILES[split])
    columns = ("CID", "SMILES", "description")
    for row in read_csv(path, required=columns, unique="CID", separator="\t", quoted=False):
        yield Described(row.text("CID"), plain_smiles(row.text("SMILES")), row.text("description"))


def captioning_item(id: str, smiles: str, text: str) -> Item:
    """A question for a description."""
    return Item(
        id=id,
        form=Form.TEXT,
        question=QUESTION,
        gold=(text,),
        smiles=(smiles,),
        evidence=sentences(text),
    )


def plain_smiles(written: str) -> str:
    r"""The SMILES without backslashes that escape backslashes.

    >>> plain_smiles("C/C=C\\\\C")
    'C/C=C\\C'
    """
    return written.replace("\\\\", "\\")


BENCHMARK: Final[Benchmark] = _Captioning()
