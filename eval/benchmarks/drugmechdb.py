"""DrugMechDB's mechanisms as questions: through which proteins does a drug help?

The drug is named, as people ask, so that a model that knows it by heart is not put at a
disadvantage; its structure is attached where the graph has it, which makes most questions
multimodal. Pairs are halved by drug, as where paths are ranked: what ranks them was chosen on
``dev``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, find_file
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.eval.mechanisms import Mechanism
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

FILE: Final = "drugmechdb_dev.jsonl"
CARD: Final = Card(
    name="drugmechdb-paths",
    title="Through which proteins a drug helps against a disease (DrugMechDB)",
    modality="molecule",
    metric="entity F1",
    source=(
        "the mechanisms of https://github.com/SuLab/DrugMechDB, one a line with graph, nodes and"
        f" links, saved as {FILE}"
    ),
    licence="CC0-1.0",
    citation=(
        "Gonzalez-Cavazos et al., DrugMechDB: A Curated Database of Drug Mechanisms, Scientific"
        " Data 10:632 (2023), doi:10.1038/s41597-023-02534-z"
    ),
    leaks=(
        "curated apart from the graph, but its links of drugs and targets, from ChEMBL, hold 45"
        " % of the gold of the test half, at least one protein of 349 of the 531 pairs; pairs"
        " without a protein of the graph are left out"
    ),
    files=(FILE,),
)


class _Paths:
    """The benchmark ``drugmechdb-paths``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each pair of drug and disease; called by their ids."""
        from bbqa.eval.mechanisms import half_of, read_mechanisms

        check_split(CARD, split, ("test", "dev"))
        graph = resources.graph
        for mechanism in read_mechanisms(find_file(data, CARD, FILE), graph):
            if half_of(mechanism, graph) == split:
                yield _item(mechanism, graph)


def _item(mechanism: Mechanism, graph: Graph) -> Item:
    drug, disease = graph.name_of(mechanism.drug), graph.name_of(mechanism.disease)
    molecule = graph.molecules.index_of_node(mechanism.drug)
    rows = sorted(mechanism.proteins)
    return Item(
        id=f"{graph.node_id(mechanism.drug)}-{graph.node_id(mechanism.disease)}",
        form=Form.ENTITIES,
        question=f"How does {drug} help against {disease}? Name the proteins it acts through.",
        gold=tuple(graph.node_id(row) for row in rows),
        smiles=() if molecule is None else (graph.molecules.smiles[molecule],),
        types=(NodeType.PROTEIN,),
        evidence=tuple(
            f"{drug} acts against {disease} through {graph.name_of(row)}" for row in rows
        ),
        bins={
            "drug": "named" if molecule is None else "named, with its structure",
            "proteins": "one" if len(rows) == 1 else "several",
        },
    )


BENCHMARK: Final[Benchmark] = _Paths()
