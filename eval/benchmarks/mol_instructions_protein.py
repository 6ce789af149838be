"""Mol-Instructions' protein tasks, in RAPM's files or in their own: instruction, sequence, text.

RAPM's rows have ``sequence``, ``description``, ``split`` and ``metadata`` (the answer without its
phrase); Mol-Instructions' own have ``input`` (a fenced sequence), ``output`` and ``metadata`` with
``split`` and ``task``.

Source: both forms as RAPM's own evaluation reads them (retrival_methods/knn_text.py of
https://github.com/IDEA-XL/RAPM).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import Row, find_file, read_records

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILE: Final = "rapm_example_task1.json"
CARD: Final = Card(
    name="mol-instructions-protein",
    title="What a protein does, in free text (Mol-Instructions protein tasks)",
    modality="protein",
    metric="ROUGE-L",
    source=(
        f"dataset/example_task1.json of https://github.com/IDEA-XL/RAPM, saved as {FILE}; the"
        " whole sets are https://huggingface.co/datasets/TimeRune/Prot-Inst-OOD (RAPM's split"
        " without homologues) and https://huggingface.co/datasets/zjunlp/Mol-Instructions, each"
        " file of them by --data FILE; --split all takes every row"
    ),
    licence=(
        "RAPM: MIT, but CC BY-NC 4.0 for data by an earlier README; Mol-Instructions: CC BY 4.0"
    ),
    citation=(
        "Wu et al., Rethinking Text-based Protein Understanding: Retrieval or LLM?, EMNLP 2025,"
        " arXiv:2505.20354; Fang et al., Mol-Instructions: A Large-Scale Biomolecular Instruction"
        " Dataset for Large Language Models, ICLR 2024, arXiv:2306.08018"
    ),
    leaks=(
        "made from UniProtKB/Swiss-Prot: 33 of the 105 sequences stand in the starter's reference"
        " set, with GO terms that may say what the text says in other words; the texts themselves"
        " stand nowhere in bbqa"
    ),
    files=(FILE,),
)
EVERY: Final = "all"
_SEQUENCE: Final = re.compile(
    r"(?:\b(?:the|a|an|this|your|my) )?"
    r"\b(?:(?:provided|given|following|supplied|submitted|specified|below) )*"
    r"(?:protein|amino acid|amino-acid) sequence"
    r"(?: (?:below|supplied|provided|given|submitted))?\b",
    re.IGNORECASE,
)


class _MolInstructions:
    """The benchmark ``mol-instructions-protein``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """The rows of a split, called by their places in the file; ``all`` takes every row."""
        path = find_file(data, CARD, FILE)
        splits: dict[str, int] = {}
        for row in read_records(path, required=("instruction", "metadata")):
            own = _split(row)
            splits[own] = splits.get(own, 0) + 1
            if split in (EVERY, own):
                yield _item(row)
        if split not in (EVERY, *splits):
            known = ", ".join(f"{name or 'none'} ({n} rows)" for name, n in splits.items())
            raise InputError(
                f"{path} has no rows of the split {split!r}; it has {known}",
                hint=f"bbqa eval run {CARD.name} --split {EVERY} takes every row",
            )


def _item(row: Row) -> Item:
    metadata = row.value["metadata"]
    task = _of(metadata).get("task")
    answer = row.text("description" if "description" in row.value else "output")
    return Item(
        id=f"row-{row.number}",
        form=Form.TEXT,
        question=question_of(row.text("instruction")),
        gold=(answer,),
        seq=(_sequence(row),),
        evidence=((metadata if isinstance(metadata, str) else answer).rstrip(". "),),
        bins={"kind": task} if isinstance(task, str) else {},
    )


def question_of(instruction: str) -> str:
    """An instruction that speaks of this protein instead of a sequence that follows its colon.

    >>> question_of("Analyze the following protein sequence and name its function: ")
    'Analyze this protein and name its function.'
    """
    text = _SEQUENCE.sub("this protein", instruction.strip()).rstrip(": \n")
    text = text[:1].upper() + text[1:]
    return text if text.endswith((".", "?", "!")) else f"{text}."


def _sequence(row: Row) -> str:
    """The row's sequence, without the fence around it."""
    return row.text("sequence" if "sequence" in row.value else "input").strip("` \n")


def _split(row: Row) -> str:
    """What the row says of itself; empty where it says nothing."""
    found = row.value.get("split", _of(row.value["metadata"]).get("split"))
    return found if isinstance(found, str) else ""


def _of(metadata: object) -> Mapping[str, Any]:
    return metadata if isinstance(metadata, dict) else {}


BENCHMARK: Final[Benchmark] = _MolInstructions()
