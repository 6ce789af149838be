"""Whether the best path from a drug to a disease goes through the protein that explains it.

DrugMechDB tells for a drug and a disease by which protein the one helps against the other. Here
the graph's paths between the two are put in order in some ways, and it is counted how often the
first, or one of the first five, goes through that protein. Every way orders the same paths: one
for each node next to the drug. Pairs are halved by drug: what is chosen is chosen on one half.

    python -m bbqa.eval.mechanisms FILE [--half dev|test] [--proteins N [--seed SEED]]

With ``--proteins`` it is counted instead how many of all proteins of a mechanism are named, and how
many of those that are named belong to it: by the five paths of ``kg_paths``, by the first five
paths of whatever worth, and by merely listing the drug's recorded targets, of N pairs of the half.

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
from typing import TYPE_CHECKING, Any, Final

from bbqa.eval.benchmarks.reading import read_jsonl
from bbqa.eval.measured import percentile, timed
from bbqa.kg.graph import Graph, open_starter
from bbqa.retrieve.forms import forms_of
from bbqa.retrieve.mechanism_paths import mechanism_paths
from bbqa.retrieve.paths import Path, paths_between
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

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


# all proteins of a mechanism

Naming = Callable[[Mechanism], set[int]]


def namings_of(resources: Resources) -> dict[str, Naming]:
    """Ways to name proteins for a drug and a disease, by name; the first is the one in use."""
    graph = resources.graph

    def by_tool(mechanism: Mechanism) -> set[int]:
        found = mechanism_paths(mechanism.drug, mechanism.disease, resources, k=max(CUTS))
        return _between(graph, found.paths.best) | {path.nodes[-1] for path in found.dead_ends}

    def by_paths(mechanism: Mechanism) -> set[int]:
        found = paths_between(graph, mechanism.drug, mechanism.disease, k=max(CUTS))
        return _between(graph, found.best)

    def by_listing_all(mechanism: Mechanism) -> set[int]:
        forms = [mechanism.drug, *(form for form, _ in forms_of(mechanism.drug, resources))]
        return {target for form in forms for target in _recorded(graph, form)}

    return {
        "main targets and their paths": by_tool,
        "the best paths": by_paths,
        "listing the drug's targets": lambda mechanism: _recorded(graph, mechanism.drug),
        "listing these and its salts'": by_listing_all,
    }


def _between(graph: Graph, paths: Sequence[Path]) -> set[int]:
    """Rows of the proteins between the ends of paths."""
    rows = {row for path in paths for row in path.nodes[1:-1]}
    return {row for row in rows if graph.type_of(row) is NodeType.PROTEIN}


@dataclass(frozen=True, slots=True)
class Shares:
    """How many proteins of mechanisms are named, and how many of the named are right.

    Attributes:
        recall: Share of a mechanism's proteins that are named, mean over pairs.
        precision: Share of the named that are right, mean over pairs; 0 where none is named.
        pooled_recall: The same of all pairs' proteins together.
        pooled_precision: Likewise.
        named: Proteins that are named, mean over pairs.
    """

    recall: float
    precision: float
    pooled_recall: float
    pooled_precision: float
    named: float


def shares(mechanisms: Sequence[Mechanism], naming: Naming) -> Shares:
    """What one way to name proteins gives."""
    pairs = [(naming(one), one.proteins) for one in mechanisms]
    right = [len(named & proteins) for named, proteins in pairs]
    named = [len(names) for names, _ in pairs]
    n = max(len(pairs), 1)
    return Shares(
        recall=sum(r / len(proteins) for r, (_, proteins) in zip(right, pairs, strict=True)) / n,
        precision=sum(r / max(m, 1) for r, m in zip(right, named, strict=True)) / n,
        pooled_recall=sum(right) / max(sum(len(proteins) for _, proteins in pairs), 1),
        pooled_precision=sum(right) / max(sum(named), 1),
        named=sum(named) / n,
    )


def _tell_proteins(asked: argparse.Namespace) -> None:
    from bbqa.eval.labelled import opened

    with opened() as (resources, _):
        graph = resources.graph
        half = [m for m in read_mechanisms(asked.file, graph) if half_of(m, graph) == asked.half]
        drawn = random.Random(asked.seed).sample(half, min(asked.proteins, len(half)))
        print(f"{asked.half}: {len(drawn)} of {len(half)} pairs, seed {asked.seed}")
        for name, naming in namings_of(resources).items():
            of = shares(drawn, naming)
            print(
                f"  {name:30} recall {of.recall:.3f}, precision {of.precision:.3f};"
                f" pooled {of.pooled_recall:.3f}, {of.pooled_precision:.3f};"
                f" {of.named:.1f} a pair"
            )


def main() -> None:
    """Print how often each order of paths puts the target first, or among the first five."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", type=File)
    parser.add_argument("--half", choices=("dev", "test"), default="test")
    parser.add_argument("--proteins", type=int, metavar="N", help="all proteins, of N pairs")
    parser.add_argument("--seed", type=int, default=0, help="of the drawing")
    asked = parser.parse_args()
    if asked.proteins:
        _tell_proteins(asked)
        return
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
