"""ChEMBL's facts on drugs as DrugChat asks for them: a SMILES, some thirty questions each.

A file is ``{SMILES: [[question, answer], …]}``. A question that lists its answers, or that can
only be answered with yes or no, becomes a choice; a number becomes a text of the kind ``number``;
all else is a text. A question that is asked twice of a molecule, because ChEMBL knows two
mechanisms, is one question with two references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, find_file, read_json

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILES: Final = {
    "dev": "drugchat_chembl_dev.json",
    "test": "drugchat_chembl_test.json",
    "train": "drugchat_chembl_train.json",
}
CARD: Final = Card(
    name="drugchat-chembl",
    title="Properties, approval and mechanism of a drug (ChEMBL-QA of DrugChat)",
    modality="molecule",
    metric="accuracy",
    source=(
        "ChEMBL_QA_dev.json, ChEMBL_QA_test.json and ChEMBL_QA_train.json of"
        " https://github.com/UCSD-AI4H/drugchat, saved as drugchat_chembl_dev.json and so on"
    ),
    licence="BSD-3-Clause (DrugChat's code); ChEMBL's data: CC BY-SA 3.0",
    citation=(
        "Liang et al., DrugChat: Towards Enabling ChatGPT-Like Capabilities on Drug Molecule"
        " Graphs, 2023, arXiv:2309.03907"
    ),
    leaks=(
        "made from ChEMBL, as the graph's links of drugs and targets are: of the 185 molecules"
        " of dev 103 are drugs of the graph, 74 with targets, which tell their mechanisms in"
        " other words; numbers can be computed from the structure, and approval, availability"
        " and warnings stand nowhere in the graph"
    ),
    files=(FILES["dev"],),
)
LISTED: Final = {
    "racemic mixture": (
        "Racemic mixture",
        "Single stereoisomer",
        "An achiral molecule",
        "Unknown chirality",
    ),
    "an acid, a base, or neutral": ("ACID", "BASE", "NEUTRAL", "ZWITTERION"),
}
"""Options of questions that list them in words of their own, by a part of the question.

ChEMBL's fourth kind, zwitterion, is an answer of the file that the question does not name.
"""
_RESPOND: Final = re.compile(r"\s*Please respond with (.+?)\.?$")
_CLOSED: Final = re.compile(r"^(Is|Has|Does|Determine if)\b")


class _ChemblQA:
    """The benchmark ``drugchat-chembl``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All questions on all molecules; called by their places in the file."""
        check_split(CARD, split, tuple(FILES))
        path = find_file(data, CARD, FILES[split])
        for number, (smiles, pairs) in enumerate(_molecules(path), start=1):
            for place, (question, answers) in enumerate(_asked(path, smiles, pairs), start=1):
                yield _item(f"{number}-{place}", smiles, question, answers)


def _molecules(path: Path) -> Iterator[tuple[str, object]]:
    found = read_json(path)
    if not isinstance(found, dict) or not found:
        raise InputError(
            f"{path} is not what it should be; expected an object with questions for each SMILES",
            hint="fetch the official file again",
        )
    yield from found.items()


def _asked(path: Path, smiles: str, pairs: object) -> Iterator[tuple[str, list[str | int | float]]]:
    """The different questions on a molecule, each with all answers to it."""
    answers: dict[str, list[str | int | float]] = {}
    for pair in pairs if isinstance(pairs, list) else [pairs]:
        match pair:
            case [str(question), str() | int() | float() as answer]:
                answers.setdefault(question, []).append(answer)
            case _:
                raise InputError(
                    f"{path}, entry {smiles[:40]!r}: has {str(pair)[:60]!r};"
                    " expected [question, answer]",
                    hint="fetch the official file again",
                )
    yield from answers.items()


def _item(id: str, smiles: str, question: str, answers: list[str | int | float]) -> Item:
    gold = tuple(dict.fromkeys(str(answer).strip() for answer in answers))
    options = options_of(question, gold[0]) if len(gold) == 1 else ()
    right = tuple(option for option in options if option.lower() == gold[0].lower())
    number = not any(isinstance(answer, str) for answer in answers)
    return Item(
        id=id,
        form=Form.CHOICE if right else Form.TEXT,
        question=_RESPOND.sub("", question),
        gold=right or gold,
        smiles=(smiles,),
        options=options if right else (),
        evidence=tuple(f"to the question {question!r} the answer is {one}" for one in gold),
        bins={"kind": "choice" if right else "number" if number else "text"},
    )


def options_of(question: str, answer: str) -> tuple[str, ...]:
    """What a question can be answered with; empty where it is open.

    >>> options_of("How far is it? Please respond with Approved, Phase 1, or Unknown.", "Unknown")
    ('Approved', 'Phase 1', 'Unknown')
    >>> options_of("Is it known whether this drug is taken orally?", "No")
    ('Yes', 'No')
    """
    if found := _RESPOND.search(question):
        return tuple(re.split(r",\s*(?:or\s+)?|\s+or\s+", found[1]))
    for part, options in LISTED.items():
        if part in question:
            return options
    closed = _CLOSED.match(question) and answer in ("Yes", "No")
    return ("Yes", "No") if closed else ()


BENCHMARK: Final[Benchmark] = _ChemblQA()
