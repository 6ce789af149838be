"""CARE's enzymes asked openly: which activity has it? EC numbers become GO's molecular functions.

What CARE publishes is accuracy of whole EC numbers with CARE's own training set as reference;
what is measured here, functions found through another reference set, is no such number.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.enzyme_commission import class_of, functions_of
from bbqa.eval.benchmarks.reading import Row, check_split, find_file, read_csv
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

FILES: Final = {
    "30-50": "care_30-50_protein_test.csv",
    "promiscuous": "care_promiscuous_protein_test.csv",
}
"""For each test set of CARE: the file; a split of that name takes it alone, ``test`` both."""

SOURCE: Final = (
    "30-50_protein_test.csv and promiscuous_protein_test.csv in splits/task1 of"
    " https://github.com/jsunn-y/CARE, saved with care_ before their names"
)
LICENCE: Final = "not stated; sequences and EC numbers are UniProtKB/Swiss-Prot's, CC BY 4.0"
CITATION: Final = (
    "Yang et al., CARE: a Benchmark Suite for the Classification and Retrieval of Enzymes,"
    " NeurIPS 2024, arXiv:2406.15669"
)
LEAKS: Final = (
    "made from Swiss-Prot: of the first 200 sequences 144 stand in the starter's reference set,"
    " and where they do their functions mostly do too; that the 30-50 set is far from CARE's"
    " training set says nothing of its distance from bbqa's"
)
CARD: Final = Card(
    name="care-enzymes",
    title="Which activity an enzyme has, EC numbers as GO functions (CARE)",
    modality="protein",
    metric="entity F1",
    source=SOURCE,
    licence=LICENCE,
    citation=CITATION,
    leaks=f"{LEAKS}; enzymes without an EC number that GO refers to are left out",
    files=tuple(FILES.values()),
)
QUESTION: Final = "Which catalytic activity does this enzyme have?"


@dataclass(frozen=True, slots=True)
class Enzyme:
    """One row of a test set.

    Attributes:
        accession: In UniProt.
        sequence: As it stands in the file.
        numbers: Its EC numbers.
        set: Which test set it is of.
    """

    accession: str
    sequence: str
    numbers: tuple[str, ...]
    set: str

    @property
    def classes(self) -> tuple[str, ...]:
        """The classes of its EC numbers in words, each once."""
        return tuple(dict.fromkeys(map(class_of, self.numbers)))


class _Enzymes:
    """The benchmark ``care-enzymes``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each enzyme with an EC number that GO refers to."""
        graph = resources.graph
        for enzyme in enzymes(data, CARD, split):
            numbers = enzyme.numbers
            rows = dict.fromkeys(row for ec in numbers for row in functions_of(ec, graph))
            if not rows:
                continue
            yield Item(
                id=f"{enzyme.set}-{enzyme.accession}",
                form=Form.ENTITIES,
                question=QUESTION,
                gold=tuple(graph.node_id(row) for row in rows),
                seq=(enzyme.sequence,),
                types=(NodeType.MOLECULAR_FUNCTION,),
                evidence=tuple(f"protein_1 enables {graph.name_of(row)}" for row in rows),
                bins=bins_of(enzyme),
            )


def enzymes(data: Path | None, card: Card, split: str) -> Iterator[Enzyme]:
    """The enzymes of a split, in the order of the files."""
    check_split(card, split, ("test", *FILES))
    paths = [
        (name, find_file(data, card, FILES[name])) for name in FILES if split in ("test", name)
    ]
    for name, path in paths:
        for row in read_csv(path, required=("Entry", "Sequence", "EC number"), unique="Entry"):
            yield Enzyme(row.text("Entry"), row.text("Sequence"), _numbers(row), name)


def _numbers(row: Row) -> tuple[str, ...]:
    """The EC numbers of a row."""
    numbers = tuple(number.strip() for number in row.text("EC number").split(";"))
    if wrong := [number for number in numbers if not class_of(number)]:
        raise row.wrong(f"EC number is {wrong[0]!r}; expected 1.1.1.1 or 1.1.1.1;2.7.1.2")
    return numbers


def bins_of(enzyme: Enzyme) -> dict[str, str]:
    """What results are told apart by: the test set, and the class where there is a single one."""
    classes = enzyme.classes
    return {"set": enzyme.set, "class": classes[0] if len(classes) == 1 else "several"}


BENCHMARK: Final[Benchmark] = _Enzymes()
