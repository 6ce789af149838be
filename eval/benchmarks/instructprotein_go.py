"""InstructProtein's GO benchmark: does this protein have this molecular function? Yes or no.

Each line of the file has a sequence, terms that are true of it and as many that are not. A
protein gives one question, so that questions are independent of each other; right answers
alternate, so that the first N of them are balanced too.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.reading import check_split, find_file, read_records
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

FILE: Final = "instructprotein_go_mf.json"
SOURCE: Final = (
    "dump/data/gene_ontology/test_mf.lm.json of https://github.com/HICAI-ZJU/InstructProtein,"
    f" saved as {FILE}"
)
LICENCE: Final = "MIT"
CITATION: Final = (
    "Wang et al., InstructProtein: Aligning Human and Protein Language via Knowledge Instruction,"
    " 2023, arXiv:2310.03269"
)
LEAKS: Final = (
    "its annotation comes from the sources of the reference set: of the first 200 sequences 52"
    " stand in the starter's, with 92 % of their true terms"
)
CARD: Final = Card(
    name="instructprotein-go",
    title="Whether a protein has a molecular function (InstructProtein GO)",
    modality="protein",
    metric="accuracy",
    source=SOURCE,
    licence=LICENCE,
    citation=CITATION,
    leaks=f"{LEAKS}; the false terms are drawn at random, and so are easy to tell from true ones",
    files=(FILE,),
)
YES: Final = "yes"
NO: Final = "no"


@dataclass(frozen=True, slots=True)
class Annotated:
    """One line of the file.

    Attributes:
        line: Its number.
        sequence: As it stands there.
        true: Rows of the graph's nodes for the terms that are true of it.
        false: Likewise for those that are not.
        absent: Terms of the line that the graph does not have.
    """

    line: int
    sequence: str
    true: tuple[int, ...]
    false: tuple[int, ...]
    absent: tuple[str, ...]


class _YesOrNo:
    """The benchmark ``instructprotein-go``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each protein with a term that the graph has, in the order of the file."""
        lead = 0  # how many more right answers were yes than no
        for protein in annotated(data, resources.graph, CARD, split):
            if not (protein.true or protein.false):
                continue
            yes = bool(protein.true) and (lead <= 0 or not protein.false)
            lead += 1 if yes else -1
            yield _item(protein, resources.graph, yes)


def annotated(data: Path | None, graph: Graph, card: Card, split: str) -> Iterator[Annotated]:
    """The lines of the file, their terms looked up in the graph."""
    check_split(card, split, ("test",))
    path = find_file(data, card, FILE)
    for row in read_records(path, required=("sequence", "label", "negative_labels")):
        true, false = row.texts("label"), row.texts("negative_labels")
        yield Annotated(
            row.number,
            row.text("sequence"),
            _rows(graph, true),
            _rows(graph, false),
            tuple(term for term in (*true, *false) if graph.row(term) is None),
        )


def _rows(graph: Graph, terms: Sequence[str]) -> tuple[int, ...]:
    rows = (graph.row(term) for term in dict.fromkeys(terms))
    return tuple(row for row in rows if row is not None)


def _item(protein: Annotated, graph: Graph, yes: bool) -> Item:
    term = _chosen(protein.true if yes else protein.false, protein.sequence)
    name = graph.name_of(term)
    return Item(
        id=f"line-{protein.line}-{graph.node_id(term)}",
        form=Form.CHOICE,
        question=f"Does this protein have the function {name}?",
        gold=(YES if yes else NO,),
        seq=(protein.sequence,),
        options=(YES, NO),
        types=(NodeType.MOLECULAR_FUNCTION,),
        evidence=(f"protein_1 enables {name}" if yes else f"protein_1 does not enable {name}",),
        bins={"right answer": YES if yes else NO},
    )


def _chosen(terms: Sequence[int], sequence: str) -> int:
    """One of the terms, by the sequence's hash: the same in every run, and not always the first."""
    digest = hashlib.sha256(sequence.encode("utf-8")).digest()
    return terms[int.from_bytes(digest[:8]) % len(terms)]


BENCHMARK: Final[Benchmark] = _YesOrNo()
