"""Questions with several constraints: is what the answer names the right set?

    python -m bbqa.eval.constraints [--split dev|test] [--no-llm] [--limit N] [--show] [--to NAME]

Each question of ``eval/sets/multi_constraint.jsonl`` asks for the nodes that meet several
constraints at once. Its ``query`` says which, and ``right_set`` computes the answer from the edges
alone: nothing of how bbqa reads or answers questions is used. The nodes that an answer names are
those of the type asked for that its sentences' evidence states; salts count as their parent.
Beside it stands the F1 of what the text names in words, whether it cites anything for it or not.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from bbqa.errors import BbqaError
from bbqa.eval.labelled import (
    RESULTS,
    SPLITS,
    opened,
    read_rows,
    what_was_run,
    write_results,
)
from bbqa.eval.replies import Asker, Row
from bbqa.eval.scores.entities import linked, overlap
from bbqa.eval.scores.statistics import intervals, mean_of
from bbqa.kg.ends import HIERARCHY
from bbqa.progress import Progress, Silent
from bbqa.retrieve.forms import all_forms
from bbqa.schema import Answer, Kind, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

AIM: Final = 0.7
SET: Final = "multi_constraint"
PARENT: Final = "the parent compound of"
BARE_ACCESSION: Final = 6
"""Letters from which on a protein called by its accession is one without a gene symbol."""

Query = str | Mapping[str, Any]
"""A node with all below it; or ``by`` a relation ``of`` a query, from one ``source`` if it is told;
``all`` or ``any`` of several queries; the first ``without`` the second."""


# what is right


class RightSets:
    """Answers computed from a graph's edges.

    Args:
        graph: The graph whose edges are followed.
    """

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._parents = parents_of_salts(graph)
        self._salts: dict[int, set[int]] = defaultdict(set)
        for salt, parent in self._parents.items():
            self._salts[parent].add(salt)
        self._below = children(graph)

    def right_set(self, query: Query, type: NodeType) -> set[str]:
        """Ids of the nodes of a type that a query leads to; proteins without a symbol left out."""
        graph = self._graph
        rows = [row for row in self.rows(query) if graph.type_of(row) is type]
        return {graph.node_id(row) for row in rows if not self._is_nameless(row)}

    def rows(self, query: Query) -> set[int]:
        """Rows of the nodes that a query leads to, salts as their parents."""
        if isinstance(query, str):
            return self._with_descendants(query)
        if "all" in query:
            return set.intersection(*map(self.rows, query["all"]))
        if "any" in query:
            return set.union(*map(self.rows, query["any"]))
        if "without" in query:
            kept, left_out = query["without"]
            return self.rows(kept) - self.rows(left_out)
        return self._related(query)

    def _related(self, query: Mapping[str, Any]) -> set[int]:
        starts = self.rows(query["of"])
        starts |= {salt for row in starts for salt in self._salts.get(row, ())}
        relation, source = Relation(query["by"]), query.get("source")
        return {
            self.parent(fact.other(row))
            for row in starts
            for fact in self._graph.facts(row, relations={relation})
            if source in (None, fact.source)
        }

    def parent(self, row: int) -> int:
        """What a node is a salt of, or the node itself."""
        return self._parents.get(row, row)

    def _with_descendants(self, node_id: str) -> set[int]:
        row = self._graph.row(node_id)
        if row is None:
            raise LookupError(f"{node_id} is not in this graph")
        found, todo = {row}, [row]
        while todo:
            new = self._below.get(todo.pop(), set()) - found
            found |= new
            todo.extend(new)
        return {self.parent(one) for one in found}

    def _is_nameless(self, row: int) -> bool:
        name = self._graph.name_of(row)
        is_accession = name == self._graph.node_id(row) and len(name) >= BARE_ACCESSION
        return is_accession and self._graph.type_of(row) is NodeType.PROTEIN


def parents_of_salts(graph: Graph) -> dict[int, int]:
    """The row of the parent compound of each salt or ester in the graph."""
    return {
        row: form
        for row, forms in all_forms(graph).items()
        for form, what in forms
        if what.startswith(PARENT)
    }


def children(graph: Graph) -> dict[int, set[int]]:
    """Rows of what is directly below each node in a hierarchy."""
    below: dict[int, set[int]] = defaultdict(set)
    for relation in HIERARCHY:
        edges = graph.edges_with(relation)
        pairs = zip(graph.tail[edges].tolist(), graph.head[edges].tolist(), strict=True)
        for parent, child in pairs:
            below[parent].add(child)
    return dict(below)


# what was said


@dataclass(frozen=True, slots=True)
class Outcome:
    """One question and the set that was named.

    Attributes:
        row: The question, as it stands in its file.
        status: The answer's; ``failed`` where there is none.
        named: Ids of the nodes of the type asked for that are named.
        precision: Share of these that are right.
        recall: Share of the right ones that are named.
        f1: Of both.
        words_f1: F1 of the nodes that its words name, cited or not.
        seconds: From question to answer.
    """

    row: Row
    status: str
    named: frozenset[str]
    precision: float
    recall: float
    f1: float
    words_f1: float
    seconds: float


def named_in(answer: Answer, type: NodeType, graph: Graph, asked: Collection[str]) -> set[str]:
    """Ids of the nodes of a type that the answer's sentences state, by the evidence they cite.

    What the question itself names is not counted, and salts are their parents.

    Args:
        answer: What was answered.
        type: The type asked for.
        graph: The graph, for the nodes' types.
        asked: Ids of the nodes in the question's own constraints.
    """
    cited = {number for claim in answer.claims for number in claim.citations}
    stated = [item for item in answer.evidence if item.number in cited]
    nodes = {
        node
        for item in stated
        if item.kind not in (Kind.IDENTITY, Kind.TEXT)
        for node in item.nodes
    }
    parents = parents_of_salts(graph)
    rows = [row for row in map(graph.row, nodes - set(asked)) if row is not None]
    kept = {parents.get(row, row) for row in rows if graph.type_of(row) is type}
    return {graph.node_id(row) for row in kept} - set(asked)


def worded_in(text: str, row: Row, resources: Resources) -> set[str]:
    """Ids of the nodes of the type asked for that a text names, those of the question left out."""
    graph = resources.graph
    found = linked(text, row["question"], resources.names, {NodeType(row["type"])})
    parents = parents_of_salts(graph)
    rows = {parents.get(one, one) for one in map(graph.row, found) if one is not None}
    return {graph.node_id(one) for one in rows} - nodes_in(row["query"])


def nodes_in(query: Query) -> set[str]:
    """Ids of the nodes that a query begins from."""
    if isinstance(query, str):
        return {query}
    if "of" in query:
        return nodes_in(query["of"])
    (parts,) = query.values()
    return {node for part in parts for node in nodes_in(part)}


def constraints(
    rows: Sequence[Row],
    resources: Resources,
    *,
    use_llm: bool = True,
    asker: Asker | None = None,
    progress: Progress | None = None,
) -> list[Outcome]:
    """Every question asked, and what its answer names held against the right set.

    Args:
        rows: Questions of the set.
        resources: Graph, indexes and models.
        use_llm: Let the language model write.
        asker: Answers a question; default: ``bbqa.ask.ask``.
        progress: Where progress is reported.
    """
    bar = (progress or Silent()).bar("questions", len(rows), unit="questions")
    outcomes = []
    for row in rows:
        outcomes.append(_outcome(row, resources, asker or _own_asker(), use_llm=use_llm))
        bar.advance(1)
    return outcomes


def _outcome(row: Row, resources: Resources, asker: Asker, *, use_llm: bool) -> Outcome:
    started = time.perf_counter()
    try:
        answer = asker(row["question"], use_llm=use_llm, resources=resources)
    except BbqaError:
        return Outcome(row, "failed", frozenset(), 0.0, 0.0, 0.0, 0.0, _since(started))
    asked = nodes_in(row["query"])
    named = named_in(answer, NodeType(row["type"]), resources.graph, asked)
    seconds = _since(started)
    gold = set(row["gold"]) - asked
    numbers = overlap(named, gold)
    words = overlap(worded_in(answer.text, row, resources), gold)[2]
    return Outcome(row, str(answer.status), frozenset(named), *numbers, words, seconds)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 2)


def _own_asker() -> Asker:
    from bbqa.ask import ask

    return ask


# summing up


def summary(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """Means over the questions, of all and by kind and type, and the questions that failed."""
    return {
        **_means(outcomes),
        "by_kind": _by(outcomes, "kind"),
        "by_type": _by(outcomes, "type"),
        "statuses": _statuses(outcomes),
        "failures": [one.row["id"] for one in outcomes if one.f1 < AIM],
    }


def _means(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    measures = [
        mean_of(name, np.array([getattr(one, name) for one in outcomes], dtype=np.float64))
        for name in ("precision", "recall", "f1", "words_f1")
    ]
    found = {
        measure.metric: {
            "mean": round(one.value, 4),
            "low": round(one.low, 4),
            "high": round(one.high, 4),
        }
        for measure, one in zip(measures, intervals(measures), strict=True)
        if one is not None
    }
    return {"n": len(outcomes), **found}


def _by(outcomes: Sequence[Outcome], field: str) -> dict[str, float]:
    groups: dict[str, list[float]] = defaultdict(list)
    for one in outcomes:
        groups[one.row[field]].append(one.f1)
    return {name: round(sum(f1) / len(f1), 4) for name, f1 in sorted(groups.items())}


def _statuses(outcomes: Sequence[Outcome]) -> dict[str, int]:
    counts: dict[str, int] = defaultdict(int)
    for one in outcomes:
        counts[one.status] += 1
    return dict(sorted(counts.items()))


def main() -> None:
    """Ask, print the means, and write results if a name for them is given."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--split", choices=SPLITS, default="test")
    parser.add_argument("--no-llm", action="store_true", help="measure the evidence alone")
    parser.add_argument("--limit", type=int, help="ask so many questions")
    parser.add_argument("--show", action="store_true", help="tell each question")
    parser.add_argument("--to", help="name of the file in eval/results that is written")
    options = parser.parse_args()
    rows = read_rows(SET, options.split)[: options.limit]
    with opened() as (resources, progress):
        outcomes = constraints(rows, resources, use_llm=not options.no_llm, progress=progress)
        for line in [_shown(one) for one in outcomes] if options.show else []:
            print(line)
        found = summary(outcomes)
        print(json.dumps(found, indent=1))
        if options.to:
            _write(options, found, resources)


def _shown(one: Outcome) -> str:
    gold = set(one.row["gold"])
    return (
        f"{one.row['id']} F1 {one.f1:.2f} {one.status}: {one.row['question']}\n"
        f"    right {len(gold & one.named)} of {len(gold)}; wrong {len(one.named - gold)}"
    )


def _write(options: argparse.Namespace, found: Mapping[str, Any], resources: Resources) -> None:
    import sys

    path = RESULTS / f"{options.to}.json"
    results: dict[str, Any] = {"aim": AIM}
    if path.exists():
        results = json.loads(path.read_text(encoding="utf-8"))
    writer = "evidence_only" if options.no_llm else "llm"
    head = what_was_run(("python -m bbqa.eval.constraints", *sys.argv[1:]), resources.graph.hash)
    results.setdefault(options.split, {})[writer] = {**head, **found}
    write_results(options.to, results)


if __name__ == "__main__":
    main()
