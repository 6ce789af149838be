"""InstructProtein's GO benchmark asked openly: which molecular functions does this protein have?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.instructprotein_go import (
    CITATION,
    FILE,
    LEAKS,
    LICENCE,
    SOURCE,
    annotated,
)
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

CARD: Final = Card(
    name="instructprotein-functions",
    title="Which molecular functions a protein has (InstructProtein GO)",
    modality="protein",
    metric="entity F1",
    source=SOURCE,
    licence=LICENCE,
    citation=CITATION,
    leaks=LEAKS,
    files=(FILE,),
)
QUESTION: Final = "What are the molecular functions of this protein?"


class _Functions:
    """The benchmark ``instructprotein-functions``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each protein with a true term that the graph has."""
        graph = resources.graph
        for protein in annotated(data, graph, CARD, split):
            if not protein.true:
                continue
            yield Item(
                id=f"line-{protein.line}",
                form=Form.ENTITIES,
                question=QUESTION,
                gold=tuple(graph.node_id(row) for row in protein.true),
                seq=(protein.sequence,),
                types=(NodeType.MOLECULAR_FUNCTION,),
                evidence=tuple(f"protein_1 enables {graph.name_of(row)}" for row in protein.true),
            )


BENCHMARK: Final[Benchmark] = _Functions()
