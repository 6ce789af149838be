"""A benchmark over the tiny world: options, entities, a text, and an item that cannot be read."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from world import ASPIRIN, KINASE, LACTASE, mutated

from bbqa.eval.benchmarks import Card, Form, Item
from bbqa.schema import NodeType

CARD = Card(
    name="tiny",
    title="Questions about the tiny world",
    modality="protein and molecule",
    metric="entity F1",
    source="made by hand",
    licence="none",
    citation="none",
    leaks="all of it",
)
FUNCTION = "What is the molecular function of this protein?"


def entities(id: str, sequence: str, gold: str, **others: object) -> Item:
    """A question for the function of a protein."""
    return Item(
        id=id,
        form=Form.ENTITIES,
        question=FUNCTION,
        gold=(gold,),
        seq=(sequence,),
        types=(NodeType.MOLECULAR_FUNCTION,),
        evidence=("protein_1 enables tyrosine kinase activity",),
        **others,
    )


ITEMS = (
    entities("kinase", KINASE, "GO:0000002", bins={"identity": "100 %"}),
    entities("distant", mutated(KINASE, 0.4), "GO:0000002", bins={"identity": "<60 %"}),
    Item(
        id="choice",
        form=Form.CHOICE,
        question="What is the function of this protein?",
        gold=("lactase activity",),
        seq=(LACTASE,),
        options=("tyrosine kinase activity", "lactase activity"),
        evidence=("protein_1 enables lactase activity",),
        bins={"identity": "100 %"},
    ),
    Item(
        id="role",
        form=Form.TEXT,
        question="What is the role of this molecule?",
        gold=("It is an analgesic.",),
        smiles=(ASPIRIN,),
        types=(NodeType.ROLE,),
    ),
    entities("broken", "MK1L", "GO:0000002"),
)


@dataclass
class Tiny:
    """A benchmark of given items."""

    given: Sequence[Item] = ITEMS
    card: Card = field(default=CARD)

    def items(self, data: Path | None, resources: object, *, split: str) -> Iterator[Item]:
        """All of them."""
        return iter(self.given)


def write_script(path: Path, *lines: object) -> str:
    """``scripted:FILE`` for some lines of a script."""
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
    return f"scripted:{path}"


KNOWING = (
    {"when": "Options:", "reply": {"answer": "B", "cites": [1], "pick": "B"}},
    {
        "when": "Evidence:",
        "reply": {
            "molecular_function": {"cites": [2], "text": "KIN1 enables tyrosine kinase activity."}
        },
    },
    {"when": " ", "reply": "It enables tyrosine kinase activity."},
)
"""What a model says that knows a little."""
