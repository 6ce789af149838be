"""MoleculeQA: a molecule, a question on its structure, source, properties or use, four answers.

A row has ``smiles``, ``selfies``, ``question`` and ``answer``. The question is a prompt with
places for the structure, ending in ``Question about this molecule: …`` and ``Option A: …`` to
``Option D: …``; the answer is a letter.

Source: the files' names from the official release, their form from how public code reads them
(a fine-tuning recipe and an evaluation script, both of which fill ``<BIO-SEQ>`` and look for
``Option X:``), and from the script that made the release (utils/convert_data.py of
https://github.com/Nipers/MoleculeQA).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.chebi20 import plain_smiles
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_records

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILES: Final = {
    "test": "moleculeqa_test.json",
    "valid": "moleculeqa_valid.json",
    "train": "moleculeqa_train.json",
}
CARD: Final = Card(
    name="moleculeqa",
    title="Structure, source, properties and use of a molecule, one of four (MoleculeQA)",
    modality="molecule",
    metric="accuracy",
    source=(
        "test.json, valid.json and train.json of JSON/All in"
        " https://huggingface.co/datasets/hcaoaf/MoleculeQA, saved with moleculeqa_ before their"
        " names; read in the form in which public code reads them, not yet tried on the files"
    ),
    licence="MIT",
    citation=(
        "Lu et al., MoleculeQA: A Dataset to Evaluate Factual Accuracy in Molecular Comprehension,"
        " Findings of EMNLP 2024, arXiv:2403.08192"
    ),
    leaks=(
        "made from ChEBI-20, so from ChEBI, as the graph's roles of drugs are: for a drug of the"
        " graph, answers on its roles stand there"
    ),
    files=(FILES["test"],),
    hub={FILES["test"]: ("hcaoaf/MoleculeQA", "JSON/All/test.json")},
)
_ASKED: Final = re.compile(r"Question about this molecule:[ \t]*(.+)")
_OPTION: Final = re.compile(r"Option ([A-D]):[ \t]*(.+)")


class _MoleculeQA:
    """The benchmark ``moleculeqa``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All questions, in the order of the file; they are called by their places in it."""
        check_split(CARD, split, tuple(FILES))
        path = find_file(data, CARD, FILES[split])
        for row in read_records(path, required=("smiles", "question", "answer")):
            yield _item(row)


def _item(row: Row) -> Item:
    prompt, letter = row.text("question"), row.text("answer").strip().upper()
    asked = _ASKED.search(prompt)
    options = {found[1]: found[2].strip() for found in _OPTION.finditer(prompt)}
    if asked is None or letter not in options:
        raise row.wrong(
            f"answer is {letter!r}, the question {prompt[:60]!r}…; expected in it"
            " 'Question about this molecule: …' and 'Option A: …' to 'Option D: …'"
        )
    return Item(
        id=f"row-{row.number}",
        form=Form.CHOICE,
        question=asked[1].strip(),
        gold=(options[letter],),
        smiles=(plain_smiles(row.text("smiles")),),
        options=tuple(dict.fromkeys(options.values())),
        evidence=(f"of molecule_1 it is true: {options[letter].rstrip('. ')}",),
    )


BENCHMARK: Final[Benchmark] = _MoleculeQA()
