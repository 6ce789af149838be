"""bbqa's own benchmark: questions on proteins and molecules that its bridge was not trained on.

The file comes with bbqa and names nodes of the starter graph by their ids; residues, structures,
names and statements are read from the graph. How it is made: ``bbqa.eval.starter``; what is in it:
eval/sets/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import InputError
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, read_json, read_jsonl
from bbqa.eval.replies import sequence_of, smiles_of
from bbqa.eval.starter.acting import KIND as ACTS_ON
from bbqa.eval.starter.acting import YES
from bbqa.eval.starter.asked import ASKED, statements
from bbqa.eval.starter.make import FILE, meta_of
from bbqa.eval.starter.record import Record
from bbqa.eval.starter.subjects import SPLITS
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

CARD: Final = Card(
    name="starter-qa",
    title="What the starter graph says of proteins and molecules it must not look up",
    modality="protein and molecule",
    metric="entity F1",
    source="comes with bbqa; made from the starter graph by bbqa eval make starter-qa",
    licence=(
        "questions Apache-2.0; facts from GOA, Reactome, WikiPathways, HPO, Disease Ontology,"
        " ChEMBL, ChEBI, MONDO and ATC under the licences in the graph's manifest"
    ),
    citation="made by this project: eval/sets/README.md",
    leaks=(
        "all of it stands in the graph, so the nodes of the attached inputs are hidden from every"
        " retriever while a question is answered; homologues and analogues stay (bins identity and"
        " tanimoto), and the bridge was trained without these proteins and molecules"
    ),
)
ACTIVE: Final = "molecule_1 has recorded activity on protein_1"
INACTIVE: Final = "no activity of molecule_1 on protein_1 is recorded"
_HINT: Final = "bbqa eval make starter-qa makes the questions anew from the graph in the settings"


class _StarterQA:
    """The benchmark ``starter-qa``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """All questions of a half, in the order of the file.

        Raises:
            InputError: The file is broken, or was made from another graph.
        """
        check_split(CARD, split, SPLITS[::-1])
        path = _path(data)
        _check_graph(path, resources.graph)
        for row in read_jsonl(path, required=("id", "split", "kind", "form", "question")):
            if row.value["split"] == split:
                try:
                    record = Record.from_json(row.value)
                    yield item_of(record, resources.graph)
                except (LookupError, TypeError, ValueError) as error:
                    raise row.wrong(f"is no question on this graph: {error}") from error


def _path(data: Path | None) -> Path:
    """The shipped file, or the one that was made in a folder."""
    if data is None:
        return FILE
    if not data.is_dir():
        return data
    own = data / FILE.name
    return own if own.exists() else FILE


def _check_graph(path: Path, graph: Graph) -> None:
    meta = read_json(meta_of(path))
    of = meta.get("graph") if isinstance(meta, dict) else None
    if of != graph.hash:
        raise InputError(
            f"{path} holds questions on graph {str(of)[:12]}; got graph {graph.hash[:12]}",
            hint=f"{_HINT}, or name the other graph in the settings",
        )


def item_of(record: Record, graph: Graph) -> Item:
    """A question with residues, structures, names and statements from the graph.

    Raises:
        LookupError: An id is not in the graph.
    """
    named = record.form is Form.CHOICE and record.kind != ACTS_ON
    asked = ASKED.get((record.kind, record.pattern if record.kind == "multi-hop" else ""))
    return Item(
        id=record.id,
        form=record.form,
        question=record.question,
        gold=_names(record.gold, graph) if named else record.gold,
        seq=tuple(sequence_of(given, graph) for given in record.seq),
        smiles=tuple(smiles_of(drug, graph) for drug in record.smiles),
        options=_names(record.options, graph) if named else record.options,
        types=asked.types if asked else (),
        hidden=record.hidden,
        evidence=_evidence(record, graph),
        bins=_bins(record),
        also=record.also,
    )


def _names(nodes: Iterable[str], graph: Graph) -> tuple[str, ...]:
    return tuple(graph.name_of(_row(node, graph)).strip() for node in nodes)


def _row(node: str, graph: Graph) -> int:
    row = graph.row(node)
    if row is None:
        raise LookupError(f"{node} is not in this graph")
    return row


def _bins(record: Record) -> dict[str, str]:
    pattern = {"pattern": record.pattern} if record.pattern else {}
    return {"kind": record.kind, "form": record.form.value, **pattern, **record.bins}


def _evidence(record: Record, graph: Graph) -> tuple[str, ...]:
    """Statements about the attached inputs that hold the answer."""
    if not record.gold:
        return ()
    if record.kind == ACTS_ON:
        return (ACTIVE if record.gold[0] == YES else INACTIVE,)
    asked = ASKED[record.kind, record.pattern]
    label = "protein_1" if asked.subject is NodeType.PROTEIN else "molecule_1"
    subject = _row(str((record.seq or record.smiles)[0]), graph)
    gold = tuple(_row(node, graph) for node in record.gold)
    return statements(graph, subject, asked, gold, label)


BENCHMARK: Final[Benchmark] = _StarterQA()
