"""Whether the best path from a drug to a disease goes through the protein that explains it.

DrugMechDB tells for a drug and a disease by which protein the one helps against the other. Here
the graph's paths between the two are put in order in some ways, and it is counted how often the
first, or one of the first five, goes through that protein. Every way orders the same paths: one
for each node next to the drug. Pairs are halved by drug: what is chosen is chosen on one half.

    python -m bbqa.eval.mechanisms FILE [--half dev|test]

Source: DrugMechDB, doi:10.1038/s41597-023-02534-z, CC0; its file of mechanisms, one a line.
"""

from __future__ import annotations

import argparse
import hashlib
import random
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path as File
from typing import Any, Final

from bbqa.eval.benchmarks.reading import read_jsonl
from bbqa.eval.measured import percentile, timed
from bbqa.kg.graph import Graph, open_starter
from bbqa.retrieve.paths import Path, paths_between
from bbqa.schema import Relation

EVERYTHING: Final = 1_000_000
SHUFFLES: Final = 20
CUTS: Final = (1, 5)

Order = Callable[[Sequence[Path], random.Random], list[Path]]


@dataclass(frozen=True, slots=True)
class Mechanism:
    """A drug, a disease (rows), and the proteins by which the one helps against the other.

    Attributes:
        drug: What helps.
        disease: What it helps against.
        targets: Proteins that the drug itself acts on; none of them may be in the graph.
        proteins: All proteins of the mechanism, targets included.
    """

    drug: int
    disease: int
    targets: frozenset[int]
    proteins: frozenset[int]


def read_mechanisms(file: File, graph: Graph) -> list[Mechanism]:
    """Mechanisms whose drug, disease and a protein are in the graph, one for each pair.

    Raises:
        InputError: The file is not one mechanism a line; the message says which.
    """
    rows = _rows_by_any_id(graph)
    targets: dict[tuple[int, int], set[int]] = defaultdict(set)
    proteins: dict[tuple[int, int], set[int]] = defaultdict(set)
    for line in read_jsonl(file, required=("graph", "nodes", "links")):
        told = line.value
        drug, disease = _drug(told, rows), rows.get(str(told["graph"].get("disease_mesh")))
        every = {rows[p] for p in _proteins(told) if p in rows}
        if drug is not None and disease is not None and every:
            targets[drug, disease] |= {rows[p] for p in _targets(told) if p in rows}
            proteins[drug, disease] |= every
    return [
        Mechanism(*pair, frozenset(targets[pair]), frozenset(every))
        for pair, every in sorted(proteins.items())
    ]


def _rows_by_any_id(graph: Graph) -> dict[str, int]:
    rows: dict[str, int] = {}
    columns = (graph.nodes["id"].to_pylist(), graph.nodes["xrefs"].to_pylist())
    for row, (own, others) in enumerate(zip(*columns, strict=True)):
        for node_id in (own, *others):
            rows.setdefault(node_id, row)
    return rows


def _drug(told: Mapping[str, Any], rows: Mapping[str, int]) -> int | None:
    """The drug's row; its DrugBank id is written ``DB:B00619`` or ``DB:DB00619``."""
    number = str(told["graph"].get("drugbank") or "").split(":")[-1]
    known = rows.get(f"DB{number.removeprefix('D').removeprefix('B')}")
    return rows.get(str(told["graph"].get("drug_mesh"))) if known is None else known


def _proteins(told: Mapping[str, Any]) -> set[str]:
    """Accessions of all proteins of the mechanism."""
    return {
        node["id"].removeprefix("UniProt:") for node in told["nodes"] if node["label"] == "Protein"
    }


def _targets(told: Mapping[str, Any]) -> set[str]:
    """Accessions of the proteins that the drug itself acts on."""
    label = {node["id"]: node["label"] for node in told["nodes"]}
    return {
        link["target"].removeprefix("UniProt:")
        for link in told["links"]
        if label.get(link["source"]) == "Drug" and label.get(link["target"]) == "Protein"
    }


def half_of(mechanism: Mechanism, graph: Graph) -> str:
    """``dev`` or ``test``, by the drug."""
    digest = hashlib.sha256(graph.node_id(mechanism.drug).encode()).digest()
    return ("dev", "test")[digest[0] % 2]


def orders_of(graph: Graph) -> dict[str, Order]:
    """Ways to put paths in order, by name; the first is the one in use."""
    links = graph.link_counts

    def by(key: Callable[[Path], float]) -> Order:
        return lambda paths, rng: sorted(rng.sample(paths, len(paths)), key=key)

    return {
        "by worth": lambda paths, _rng: list(paths),
        "by the worth of the best path alone": by(lambda path: -path.worth),
        "arbitrary": by(lambda _path: 0.0),
        "shortest first": by(lambda path: len(path.nodes)),
        "fewest links first": by(lambda path: float(links[path.nodes[1]])),
        "most links first": by(lambda path: -float(links[path.nodes[1]])),
        "most paths first": by(lambda path: -path.others),
    }


def hit_rates(
    found: Sequence[tuple[Mechanism, Sequence[Path]]], order: Order
) -> Iterator[tuple[int, float]]:
    """The share of pairs with a target among the nodes in between, for each cut."""
    hits = dict.fromkeys(CUTS, 0)
    for seed in range(SHUFFLES):
        rng = random.Random(seed)
        for mechanism, paths in found:
            ordered = order(paths, rng)
            for cut in CUTS:
                between = {node for path in ordered[:cut] for node in path.nodes[1:-1]}
                hits[cut] += bool(between & mechanism.targets)
    yield from ((cut, hit / SHUFFLES / max(len(found), 1)) for cut, hit in hits.items())


def main() -> None:
    """Print how often each order of paths puts the target first, or among the first five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=File)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    asked = parser.parse_args()
    graph = open_starter()
    mechanisms = [
        m
        for m in read_mechanisms(asked.file, graph)
        if m.targets and half_of(m, graph) == asked.half
    ]
    paths_between(graph, mechanisms[0].drug, mechanisms[0].disease)  # reads all links
    found: list[tuple[Mechanism, Sequence[Path]]] = []
    seconds = [timed(lambda m=m: found.append((m, _all(graph, m)))) for m in mechanisms]  # type: ignore[misc]
    print(f"{asked.half}: {len(mechanisms)} pairs; ms a pair, p50 {percentile(seconds, 0.5):.0f},"
          f" p99 {percentile(seconds, 0.99):.0f}")  # fmt: skip
    recorded = [(m, p) for m, p in found if m.targets & _recorded(graph, m.drug) and p]
    many = [(m, p) for m, p in recorded if len(p) > max(CUTS)]
    for name, of in (
        ("all", found),
        ("target recorded, disease reached", recorded),
        (f"of these, more than {max(CUTS)} to choose from", many),
    ):
        print(f"\n{name}: {len(of)} pairs")
        for order_name, order in orders_of(graph).items():
            rates = ", ".join(f"first {cut}: {rate:.1%}" for cut, rate in hit_rates(of, order))
            print(f"  {order_name:38} {rates}")


def _all(graph: Graph, mechanism: Mechanism) -> Sequence[Path]:
    return paths_between(graph, mechanism.drug, mechanism.disease, k=EVERYTHING).best


def _recorded(graph: Graph, drug: int) -> set[int]:
    return set(graph.neighbours(drug, Relation.DRUG_PROTEIN).tolist())


if __name__ == "__main__":
    main()
