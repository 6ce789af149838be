"""A line of ``starter-qa.jsonl``: ids of nodes in place of residues, structures and names."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from bbqa.eval.benchmarks.contract import Form

Given = str | dict[str, Any]
"""An accession, ``{"random": LENGTH, "seed": N}`` or ``{"shuffle": ACCESSION, "seed": N}``."""


@dataclass(frozen=True, slots=True)
class Record:
    """One question.

    Attributes:
        id: Kind, pattern, form and what it is about: ``function-choice-P00533``.
        split: ``dev`` or ``test``.
        kind: What is asked: ``function``.
        form: What kind of answer is asked for.
        question: In words.
        pattern: Which question of its kind; empty where there is one.
        seq: What stands for residues.
        smiles: Ids of drugs that stand for structures.
        gold: Ids of the right nodes; ``yes`` or ``no``; empty where there is no answer.
        also: Ids of nodes that are right too, but say too little to be asked for.
        options: Ids of the nodes that can be chosen, or ``yes`` and ``no``.
        hidden: Ids of nodes that are hidden while it is answered.
        bins: How near its inputs are to what is known.
        claim: For a false premise, the node that is claimed.
    """

    id: str
    split: str
    kind: str
    form: Form
    question: str
    pattern: str = ""
    seq: tuple[Given, ...] = ()
    smiles: tuple[str, ...] = ()
    gold: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    bins: Mapping[str, str] = field(default_factory=dict)
    claim: str = ""

    def to_line(self) -> str:
        """The record as a line of JSON, empty fields left out."""
        filled = {name: value for name, value in asdict(self).items() if value}
        return json.dumps(filled, ensure_ascii=False, separators=(",", ":")) + "\n"

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> Record:
        """The record that a line holds."""
        lists = ("seq", "smiles", "gold", "also", "options", "hidden")
        changed = {name: tuple(value[name]) for name in lists if name in value}
        return cls(**{**value, **changed, "form": Form(value["form"])})
