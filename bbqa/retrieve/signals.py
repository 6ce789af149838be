"""What speaks for each node that an input might be related to.

Relatives vote for what they have, and for all that it implies; the bridge points at descriptions;
and some nodes are simply common. ``bbqa.bridge.fusion`` turns these signals into a probability.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice
from typing import Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.fusion import Signals
from bbqa.bridge.triples import Link, Triples
from bbqa.bridge.vectors import NodeVectors
from bbqa.kg.graph import Graph
from bbqa.retrieve.relatives import Relatives
from bbqa.retrieve.transfer import VOTERS
from bbqa.schema import NodeType, Relation

FUNCTIONS: Final = frozenset(
    {
        Link(NodeType.PROTEIN, Relation.MOLFUNC_PROTEIN, NodeType.MOLECULAR_FUNCTION),
        Link(NodeType.PROTEIN, Relation.BIOPROCESS_PROTEIN, NodeType.BIOLOGICAL_PROCESS),
        Link(NodeType.PROTEIN, Relation.CELLCOMP_PROTEIN, NodeType.CELLULAR_COMPONENT),
    }
)
"""What is recorded of proteins of other species too."""
UNINFORMATIVE: Final = frozenset(
    {"GO:0003674", "GO:0005575", "GO:0008150", "GO:0005515", "GO:0005488"}
)
"""The three roots of the Gene Ontology, "protein binding" and "binding": true of anything."""

Array = npt.NDArray[np.float32]
Rows = npt.NDArray[np.int64]


class Knowledge:
    """What is known of one link: what its heads have, and all tails that may be predicted.

    Args:
        graph: The graph.
        link: Which.
        tails: Rows of the candidates, ascending, [C].
        common: Share of the known heads that have each, or something more specific, [C].
        hidden: Rows of nodes whose edges do not count.
    """

    def __init__(
        self, graph: Graph, link: Link, tails: Rows, common: Array, hidden: frozenset[int]
    ) -> None:
        self.link, self.tails, self.common = link, tails, common
        self._graph, self._hidden = graph, hidden
        self._numbers: dict[int, Rows] = {}

    def of(self, key: int) -> Rows:
        """Numbers of the candidates that a known head has, or that what it has implies.

        Args:
            key: The head, as in ``Relatives``: a protein's number or a drug's row.
        """
        if key not in self._numbers:
            own = {row for row in self._own(key) if row not in self._hidden}
            implied = own.union(*(self._graph.ancestors(row) for row in own))
            self._numbers[key] = self.numbers_of(np.array(sorted(implied), np.int64))
        return self._numbers[key]

    def numbers_of(self, rows: Rows) -> Rows:
        """Numbers of those rows that are candidates, in the same order."""
        places = np.minimum(np.searchsorted(self.tails, rows), max(len(self.tails) - 1, 0))
        found: Rows = places[self.tails[places] == rows] if len(self.tails) else places[:0]
        return found

    def _own(self, key: int) -> list[int]:
        """Rows of what the graph says of a head."""
        node = key
        if self.link.head is NodeType.PROTEIN:
            node = int(self._graph.sequences.node[key])
            if node < 0:
                terms = self._graph.sequences[key].terms if self.link in FUNCTIONS else ()
                return [row for row, _ in terms if self._graph.type_of(row) is self.link.tail]
        rows = self._graph.neighbours(node, self.link.relation).tolist()
        return [row for row in rows if self._graph.type_of(row) is self.link.tail]


def commonness(graph: Graph, triples: Triples, tails: Rows) -> Array:
    """Share of the heads that have each candidate, or something more specific, float32 [C]."""
    counts = np.zeros(len(tails), np.float32)
    own = triples.tails_of()
    for rows in own.values():
        implied = set(rows.tolist()).union(*(graph.ancestors(row) for row in rows.tolist()))
        counts[np.isin(tails, list(implied))] += 1
    shares: Array = counts / np.float32(max(len(own), 1))
    return shares


def candidate_tails(graph: Graph, triples: Triples) -> Rows:
    """Rows that may be predicted for a link: its tails and all that these imply, ascending."""
    own = np.unique(triples.pairs[:, 1]).tolist()
    found = set(own).union(*(graph.ancestors(row) for row in own))
    kept = sorted(row for row in found if graph.node_id(row) not in UNINFORMATIVE)
    return np.array([row for row in kept if graph.type_of(row) is triples.link.tail], np.int64)


def signals(
    relatives: Relatives,
    knowledge: Knowledge,
    vectors: NodeVectors,
    pointed: Array | None,
    *,
    chosen: Rows | None = None,
) -> Signals:
    """What speaks for the candidates of a link.

    Args:
        relatives: Whom the input resembles.
        knowledge: What is known of the link.
        vectors: Text vectors of the candidates.
        pointed: Where the bridge carries the input for this link, [D]; without it all cosines
            are 0.
        chosen: Numbers of the candidates that matter; all of them if not given.
    """
    tails = knowledge.tails
    numbers = np.arange(len(tails)) if chosen is None else chosen
    cosine = np.zeros(len(numbers), np.float32)
    if pointed is not None:
        cosine = vectors.tails(tails[numbers].astype(np.int32)) @ pointed
    voters = sum(len(knowledge.of(key)) > 0 for key in list(relatives.close)[:VOTERS])
    return Signals(
        rows=tails[numbers],
        close=vote(relatives.close, knowledge)[numbers],
        even=vote({key: w**0.5 for key, w in relatives.close.items()}, knowledge)[numbers],
        closest=vote(relatives.close, knowledge, voters=1)[numbers],
        distant=vote(relatives.distant, knowledge)[numbers],
        neighbours=vote(relatives.neighbours, knowledge)[numbers],
        cosine=cosine,
        best_cosine=float(cosine.max(initial=-1.0)),
        common=knowledge.common[numbers],
        closeness=relatives.closeness,
        relatives=min(voters, VOTERS),
    )


def vote(weights: Mapping[int, float], knowledge: Knowledge, *, voters: int = VOTERS) -> Array:
    """Share of the votes for each candidate, of the first voters that have any tail, [C]."""
    shares = np.zeros(len(knowledge.tails), np.float32)
    heard = list(islice((key for key in weights if len(knowledge.of(key))), voters))
    total = sum(weights[key] for key in heard)
    for key in heard:
        shares[knowledge.of(key)] += weights[key] / max(total, 1e-30)
    return shares


def supporters(number: int, weights: Mapping[int, float], knowledge: Knowledge) -> list[int]:
    """Keys of those who voted for a candidate, best first."""
    heard = islice((key for key in weights if len(knowledge.of(key))), VOTERS)
    return [key for key in heard if number in knowledge.of(key)]
