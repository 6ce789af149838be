"""Who resembles a protein or molecule, how closely, and what that says of a question's hardness."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.splits import Split, scaffold_of
from bbqa.eval.starter.asked import linked
from bbqa.eval.starter.subjects import Subject
from bbqa.progress import Progress
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

CLOSE_IDENTITY: Final = 0.4
CLOSE_TANIMOTO: Final = 0.4
"""From here on a relative probably has what the subject has, recorded of the subject or not."""
FAMILY_TANIMOTO: Final = 0.3
"""From here on two molecules may be of one family; two proteins with any significant alignment."""
SPECIAL_BITS: Final = 6.0
"""Two proteins that share a function of so many bits may bind the same drugs: one in 64 has it."""
IDENTITY_BINS: Final = ((0.8, ">=80 %"), (0.5, "50-80 %"), (0.3, "30-50 %"), (0.0, "<30 %"))
TANIMOTO_BINS: Final = ((0.7, ">=0.7"), (0.5, "0.5-0.7"), (0.3, "0.3-0.5"), (0.0, "<0.3"))


@dataclass(frozen=True, slots=True)
class Relative:
    """A node that resembles a subject.

    Attributes:
        row: Of its node.
        likeness: Identity of the best local alignment, or Tanimoto, in [0, 1].
    """

    row: int
    likeness: float


class Relatives:
    """Relatives of any protein or molecule of a graph, found once each.

    Args:
        resources: Graph, alignment and fingerprints.
        split: Says which molecules are in training.
        progress: Told of the scaffolds.
    """

    def __init__(self, resources: Resources, split: Split, progress: Progress) -> None:
        self._resources, self._split, self._progress = resources, split, progress
        self._found: dict[int, tuple[Relative, ...]] = {}
        self._nearest: dict[int, float] = {}
        self._likeness: dict[int, npt.NDArray[np.float16]] = {}

    def of(self, subject: Subject) -> tuple[Relative, ...]:
        """Nodes that resemble a subject, none with its own residues or skeleton, nearest first."""
        return self.of_row(subject.row, subject.written, subject.type)

    def of_row(self, row: int, written: str, node_type: NodeType) -> tuple[Relative, ...]:
        """The same of any node."""
        if row not in self._found:
            find = self._homologues if node_type is NodeType.PROTEIN else self._analogues
            self._found[row] = find(row, written)
        return self._found[row]

    def close(self, subject: Subject) -> frozenset[int]:
        """Rows of those that probably have what the subject has."""
        least = CLOSE_IDENTITY if subject.type is NodeType.PROTEIN else CLOSE_TANIMOTO
        return frozenset(one.row for one in self.of(subject) if one.likeness >= least)

    def family(self, subject: Subject) -> frozenset[int]:
        """Rows of all that may be related to it at all."""
        least = 0.0 if subject.type is NodeType.PROTEIN else FAMILY_TANIMOTO
        return frozenset(one.row for one in self.of(subject) if one.likeness >= least)

    def distant(self, subject: Subject) -> tuple[int, ...]:
        """Rows of those that resemble it less, and of the proteins that it interacts with."""
        close = self.close(subject)
        partners = self._resources.graph.neighbours(subject.row, Relation.PROTEIN_PROTEIN)
        rows = [*(one.row for one in self.of(subject)), *partners.tolist()]
        return tuple(dict.fromkeys(row for row in rows if row not in close | {subject.row}))

    def bins(self, subject: Subject) -> dict[str, str]:
        """What results are told apart by."""
        found = self.of(subject)
        if subject.type is NodeType.PROTEIN:
            return {"identity": _bin(self._nearest[subject.row], IDENTITY_BINS)}
        nearest = max((one.likeness for one in found), default=0.0)
        known = scaffold_of(subject.written) in self._trained_scaffolds
        scaffold = "seen in training" if known else "new"
        return {"scaffold": scaffold, "tanimoto": _bin(nearest, TANIMOTO_BINS)}

    def _homologues(self, row: int, sequence: str) -> tuple[Relative, ...]:
        """Human homologues; and in passing, how near the nearest annotated protein is."""
        sequences = self._resources.graph.sequences
        hits = self._resources.alignment.search(sequence)
        others = [hit for hit in hits if sequences.sequence(hit.row) != sequence]
        known = (hit.identity for hit in others if len(self._resources.terms_of(hit.row)))
        self._nearest[row] = next(known, 0.0)
        nodes = ((int(sequences.node[hit.row]), hit.identity) for hit in others)
        return tuple(Relative(node, identity) for node, identity in nodes if node >= 0)

    def _analogues(self, row: int, smiles: str) -> tuple[Relative, ...]:
        from bbqa.retrieve.identity import SKELETON

        molecules, node = self._resources.graph.molecules, self._resources.molecule_index.node
        likeness = self._resources.molecule_index.similarities(smiles)
        own = molecules.index_of_node(row)
        assert own is not None
        skeleton = molecules.inchikeys[own][:SKELETON]
        return tuple(
            Relative(int(node[number]), float(likeness[number]))
            for number in np.argsort(-likeness, kind="stable")[:50].tolist()
            if not molecules.inchikeys[number].startswith(skeleton)
        )

    @cached_property
    def _trained_scaffolds(self) -> frozenset[str]:
        from rdkit import rdBase

        molecules, kept = self._resources.graph.molecules, self._split.kept_back()
        bar = self._progress.bar("scaffolds", len(molecules), unit="molecules")
        found = set()
        with rdBase.BlockLogs():
            for number, row in enumerate(molecules.node.tolist()):
                if row not in kept:
                    found.add(scaffold_of(molecules.smiles[number]))
                bar.advance(1)
        return frozenset(found)

    # of the answers rather than the subject

    def like_any(self, row: int, others: Collection[int]) -> bool:
        """Whether a drug or protein so resembles one of others that it may stand for it."""
        graph = self._resources.graph
        match graph.type_of(row):
            case NodeType.DRUG:
                return any(self._tanimoto(row, other) >= CLOSE_TANIMOTO for other in others)
            case NodeType.PROTEIN:
                own = self.functions(row)
                return any(row in self._family(o) or own & self.functions(o) for o in others)
            case _:
                return False

    def functions(self, row: int) -> frozenset[int]:
        """Rows of the special functions of a protein, implied ones included."""
        graph = self._resources.graph
        bits = graph.information_content()
        recorded = linked(graph, row, Relation.MOLFUNC_PROTEIN)
        every = recorded.union(*map(graph.ancestors, recorded))
        return frozenset(one for one in every if bits[one] >= SPECIAL_BITS)

    def _family(self, row: int) -> frozenset[int]:
        number = self._resources.graph.sequences.index_of_node(row)
        if number is None:
            return frozenset({row})
        sequence = self._resources.graph.sequences.sequence(number)
        found = self.of_row(row, sequence, NodeType.PROTEIN)
        return frozenset({row, *(one.row for one in found)})

    def _tanimoto(self, row: int, other: int) -> float:
        """Of two drugs; 0 where one of them has no structure."""
        molecules = self._resources.graph.molecules
        numbers = [self._molecule_of.get(one) for one in (row, other)]
        if numbers[0] is None or numbers[1] is None:
            return 0.0
        if other not in self._likeness:
            smiles = molecules.smiles[numbers[1]]
            found = self._resources.molecule_index.similarities(smiles)
            self._likeness[other] = found.astype(np.float16)
        return float(self._likeness[other][numbers[0]])

    @cached_property
    def _molecule_of(self) -> dict[int, int]:
        nodes = self._resources.molecule_index.node.tolist()
        return {row: number for number, row in enumerate(nodes)}


def _bin(value: float, bins: Collection[tuple[float, str]]) -> str:
    return next(name for least, name in bins if value >= least)
