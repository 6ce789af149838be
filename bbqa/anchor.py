"""Where an input enters the graph: at the node that it is, or at the nearest that it is like."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bbqa.retrieve import alignment, forms, similarity, visible
from bbqa.retrieve.identity import How
from bbqa.retrieve.kin import NEAREST
from bbqa.retrieve.proteins import CLOSE_COVERAGE, CLOSE_IDENTITY
from bbqa.schema import Hop, Input, InputRelation, Modality, Triple
from bbqa.subject import node_of

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

STEREOISOMER: Final = 0.8
"""How near a compound with other stereochemistry is: no measure, only below identity."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """A node that stands for an input.

    Attributes:
        given: The input.
        row: Row of the node.
        near: How near it is, in (0, 1]; 1 for what the input is.
        how: What it has to do with the input: "is", "resembles".
        because: How that is known: "identical sequence", "48 % identity to P00533 …".
        source: What told so.
    """

    given: Input
    row: int
    near: float
    how: str
    because: str
    source: str

    @property
    def exact(self) -> bool:
        """Whether the input is the node."""
        return self.near == 1.0

    def statement(self, graph: Graph) -> str:
        """``protein_1 is EGFR``, ``protein_1 resembles EGFR (48 % identity to P00533 …)``."""
        said = f"{self.given.label} {self.how} {graph.name_of(self.row)}"
        return said if self.exact else f"{said} ({self.because})"

    def hop(self, graph: Graph) -> Hop:
        """The step from the input to its node."""
        return self._hop((self.given.label, graph.node_id(self.row)), graph)

    def hop_back(self, graph: Graph) -> Hop:
        """The step from the node to the input that it stands for."""
        return self._hop((graph.node_id(self.row), self.given.label), graph)

    def _hop(self, ends: tuple[str, str], graph: Graph) -> Hop:
        said = self.statement(graph)
        return Hop(*ends, "", said, self.source, triple=self.triple(graph))

    def triple(self, graph: Graph) -> Triple:
        """What the input is, or what it resembles."""
        return Triple(
            self.given.label,
            InputRelation.IS if self.exact else InputRelation.RESEMBLES,
            graph.node_id(self.row),
            head_name=self.given.label,
            tail_name=graph.name_of(self.row),
        )


def anchor_of(given: Input, resources: Resources) -> Anchor | None:
    """The node that an input is, or its nearest relative's; None if nothing near is known."""
    return next(anchors_of(given, resources), None)


def anchors_of(given: Input, resources: Resources) -> Iterator[Anchor]:
    """The node that an input is, then its salts; failing that, its relatives, nearest first.

    A relative is a human protein of at least 40 % identity over 70 % of the input, a drug with a
    Tanimoto of at least .4, or a stereoisomer.
    """
    if (same := node_of(given, resources)) is not None:
        source = {
            Modality.PROTEIN: "UniProt sequence",
            Modality.MOLECULE: "InChIKey",
            Modality.ENTITY: "named",
        }[given.modality]
        yield Anchor(given, same[0], 1.0, "is", same[1], source)
        for form, what in forms.forms_of(same[0], resources):
            yield Anchor(given, form, NEAREST, "has the form", what, forms.METHOD)
    elif given.modality is Modality.PROTEIN:
        yield from _homologues(given, resources)
    elif given.modality is Modality.MOLECULE:
        yield from _analogues(given, resources)


def _homologues(given: Input, resources: Resources) -> Iterator[Anchor]:
    nodes = resources.graph.sequences.node
    for found in visible.homologues(given, resources):
        close = found.identity >= CLOSE_IDENTITY and found.query_coverage >= CLOSE_COVERAGE
        if close and nodes[found.row] >= 0:
            near, row = min(found.near, NEAREST), int(nodes[found.row])
            yield Anchor(
                given, row, near, "resembles", alignment.closeness(found), alignment.METHOD
            )


def _analogues(given: Input, resources: Resources) -> Iterator[Anchor]:
    for match in visible.same_molecules(given, resources):
        if match.node is not None:
            how = str(How.STEREO_DIFFERS)
            yield Anchor(given, match.node, STEREOISOMER, "resembles", how, "InChIKey")
    for found in visible.analogues(given, resources):
        near, how = min(found.similarity, NEAREST), similarity.likeness(found)
        yield Anchor(given, found.node, near, "resembles", how, similarity.METHOD)
