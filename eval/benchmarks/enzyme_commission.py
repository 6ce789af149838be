"""EC numbers: the seven classes in words, and the molecular functions that GO refers to them.

The table is made from a file of the Gene Ontology::

    python -m bbqa.eval.benchmarks.enzyme_commission go.obo > eval/sets/ec_to_go.tsv

Source: Enzyme Commission classes, https://iubmb.qmul.ac.uk/enzyme; cross-references of the Gene
Ontology, release 2019-01-27, CC BY 4.0.
"""

from __future__ import annotations

import re
import sys
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.kg.sources.obo import Ontology


TABLE: Final = Path(__file__).resolve().parent.parent / "sets" / "ec_to_go.tsv"
CLASSES: Final = {
    "1": "oxidoreductase",
    "2": "transferase",
    "3": "hydrolase",
    "4": "lyase",
    "5": "isomerase",
    "6": "ligase",
    "7": "translocase",
}
_XREF: Final = re.compile(r"EC:(\d+\.\d+\.\d+\.\w+)")


def class_of(number: str) -> str:
    """The class of an EC number in words; empty if it is none."""
    return CLASSES.get(number.partition(".")[0].strip(), "")


def functions_of(number: str, graph: Graph) -> tuple[int, ...]:
    """Rows of the molecular functions that GO refers to an EC number, the most general ones only.

    GO refers narrower activities to an EC number too (a kinase of one substrate to that of all
    such kinases); which of them this enzyme has, the number does not say.
    """
    found = {row for term in _table().get(number, ()) if (row := graph.row(term)) is not None}
    return tuple(sorted(row for row in found if not graph.ancestors(row) & found))


@cache
def _table() -> dict[str, tuple[str, ...]]:
    table: dict[str, tuple[str, ...]] = {}
    for line in TABLE.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#"):
            number, term = line.split("\t")
            table[number] = (*table.get(number, ()), term)
    return table


def references(ontology: Ontology) -> list[tuple[str, str]]:
    """Whole EC numbers, each with a term in force that refers to it, sorted."""
    return sorted(
        (match[1], term.id)
        for term in ontology.terms.values()
        if not term.obsolete
        for xref in dict.fromkeys(term.xrefs)
        if (match := _XREF.fullmatch(xref))
    )


def _main() -> None:
    """Print the table for the OBO file that is named on the command line."""
    from bbqa.kg.sources.obo import read_obo

    go = read_obo(Path(sys.argv[1]).read_text(encoding="utf-8").splitlines())
    print(f"# EC number, GO molecular function that refers to it; GO {go.release}, CC BY 4.0")
    for number, term in references(go):
        print(f"{number}\t{term}")


if __name__ == "__main__":
    _main()
