"""SciKnowEval's protein localization: a sequence, four cellular components, one of them right.

Version 0 of the release puts a P before every residue (``PMPAPT`` is ``MAT``); it is taken out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_jsonl
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = "protein_localization_prediction.jsonl"
CARD: Final = Card(
    name="sciknoweval-localization",
    title="Where a protein is located, one of four (SciKnowEval)",
    modality="protein",
    metric="accuracy",
    source=(
        "raw_data/Biology/L1/protein_property_identification/protein_localization_prediction.jsonl"
        " of https://github.com/HICAI-ZJU/SciKnowEval at commit 2c1e881 (version 0)"
    ),
    licence="MIT",
    citation=(
        "Feng et al., SciKnowEval: Evaluating Multi-level Scientific Knowledge of Large Language"
        " Models, 2024, arXiv:2406.09098"
    ),
    leaks=(
        "made from UniProtKB, as the reference set is: of the first 200 sequences 52 stand in the"
        " starter's, 12 of them as human proteins with their locations; the 500 questions are"
        " about 337 proteins"
    ),
    files=(FILE,),
)
QUESTION: Final = "Where is this protein located?"
_QUOTED: Final = re.compile(r'"([^"]*)"')
_LETTERS: Final = re.compile(r"[A-Z]{10,}")


class _Localization:
    """The benchmark ``sciknoweval-localization``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All questions, in the order of the file; they are called by their lines."""
        check_split(CARD, split, ("test",))
        path = find_file(data, CARD, FILE)
        for row in read_jsonl(path, required=("question", "choices", "answerKey")):
            options, right = _options(row)
            yield Item(
                id=f"line-{row.number}",
                form=Form.CHOICE,
                question=QUESTION,
                gold=(right,),
                seq=(without_interleaving(_sequence(row.text("question"))),),
                options=options,
                types=(NodeType.CELLULAR_COMPONENT,),
                evidence=(f"protein_1 is found in {right}",),
            )


def without_interleaving(sequence: str) -> str:
    """The sequence without the P before every residue, where there is one before every residue."""
    pairs = len(sequence) >= 2 and len(sequence) % 2 == 0
    return sequence[1::2] if pairs and set(sequence[::2]) == {"P"} else sequence


def _sequence(question: str) -> str:
    """The sequence within a question: what it quotes, else its longest run of capitals, or none."""
    found = _QUOTED.findall(question) or _LETTERS.findall(question) or [""]
    return str(max(found, key=len))


def _options(row: Row) -> tuple[tuple[str, ...], str]:
    """What can be chosen, and what is right."""
    choices = row.value["choices"]
    if not isinstance(choices, dict):
        raise row.wrong('choices is no object; expected {"text": […], "label": […]}')
    given = Row(row.path, row.number, choices, f"{row.place}, choices")
    options, labels, key = given.texts("text"), given.texts("label"), row.text("answerKey")
    if len(options) != len(labels) or key not in labels:
        raise row.wrong(
            f"answerKey is {key!r}, the labels are {', '.join(labels)} of {len(options)} texts;"
            " expected a label for each text, and the right one among them"
        )
    return options, options[labels.index(key)]


BENCHMARK: Final[Benchmark] = _Localization()
