"""What is kept back from training, so that a test says how the unknown will be met.

Proteins are kept back in two ways. *Cold* ones come as whole families: a family is all that is
connected by alignments of 30 % identity or more, so no cold protein has a training homologue
above that. *Warm* ones are drawn singly from what remains, with their relatives in training, as
most proteins that people ask about have. Molecules likewise: cold ones share their Bemis-Murcko
scaffold with no molecule in training, warm ones do. Some terms are kept back too. All edges of
whatever is kept back are removed, whichever end it stands at.

Sources: Bemis and Murcko, J. Med. Chem. 39:2887 (1996), doi:10.1021/jm9602928; the split by nodes
follows Wang et al. 2024, arXiv:2310.03320, section 4.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.errors import GraphError, IndexMismatchError
from bbqa.kg.graph import Graph
from bbqa.progress import Progress, Silent
from bbqa.schema import NodeType
from bbqa.structure import standardise
from bbqa.whole import whole

if TYPE_CHECKING:
    from rdkit.Chem import Mol

IDENTITY: Final = 0.3
"""Proteins with an alignment of at least this identity, at E <= 1e-3, are of one family."""
LARGEST_FAMILY: Final = 30
"""Families above this stay in training: to keep one back would take too much from it."""
COLD_SHARE: Final = 0.05
WARM_SHARE: Final = 0.025
MOLECULE_SHARE: Final = 0.1
TERM_SHARE: Final = 0.03
VERSION: Final = 1


class Part(StrEnum):
    """Where a node stands. What is in none of these is in training."""

    COLD_TEST = "cold-test"
    COLD_VALIDATION = "cold-validation"
    WARM_TEST = "warm-test"
    WARM_VALIDATION = "warm-validation"
    TERM_TEST = "term-test"


VALIDATION: Final = frozenset({Part.COLD_VALIDATION, Part.WARM_VALIDATION})
TEST: Final = frozenset({Part.COLD_TEST, Part.WARM_TEST, Part.TERM_TEST})


@dataclass(frozen=True, slots=True)
class Split:
    """Which nodes are kept back.

    Attributes:
        graph: Hash of the graph that it is a split of.
        seed: Of the draws.
        parts: Rows of the nodes in each part, ascending.
    """

    graph: str
    seed: int
    parts: Mapping[Part, tuple[int, ...]]

    @property
    def hash(self) -> str:
        """Names graph and parts; a checkpoint records it."""
        text = json.dumps([self.graph, {part: self.parts[part] for part in Part}])
        return hashlib.sha256(text.encode()).hexdigest()

    def kept_back(self) -> set[int]:
        """Rows of all nodes that are not in training."""
        return {row for rows in self.parts.values() for row in rows}

    def training_pairs(self, pairs: npt.NDArray[np.int32]) -> npt.NDArray[np.bool_]:
        """Which pairs of nodes are in training, bool [E], for pairs [E, 2] in either order."""
        kept = np.fromiter(self.kept_back(), np.int64)
        training: npt.NDArray[np.bool_] = np.logical_not(np.isin(pairs, kept).any(axis=1))
        return training

    def write(self, path: Path, graph: Graph) -> None:
        """Write the split as JSON, nodes by their ids."""
        written = {
            "version": VERSION,
            "graph": self.graph,
            "seed": self.seed,
            "hash": self.hash,
            "parts": {
                part.value: [graph.node_id(row) for row in self.parts[part]] for part in Part
            },
        }
        with whole(path) as unfinished:
            unfinished.write_text(json.dumps(written, separators=(",", ":")) + "\n")


def read_split(path: Path, graph: Graph) -> Split:
    """The split in a file that ``Split.write`` made.

    Raises:
        GraphError: The file is missing, broken or was changed.
        IndexMismatchError: It is a split of another graph.
    """
    hint = "bbqa bridge split"
    try:
        stored = json.loads(path.read_text())
        if stored["version"] != VERSION:
            raise GraphError(
                f"{path} is a split of version {stored['version']}; expected {VERSION}", hint=hint
            )
        if stored["graph"] != graph.hash:
            raise IndexMismatchError(
                f"{path} is a split of graph {stored['graph'][:12]}; expected {graph.hash[:12]}",
                hint=hint,
            )
        rows = {part: [graph.row(node) for node in stored["parts"][part]] for part in Part}
        parts = {
            part: tuple(row for row in found if row is not None) for part, found in rows.items()
        }
        split = Split(stored["graph"], stored["seed"], parts)
        if split.hash != stored["hash"]:
            raise GraphError(f"{path} was changed: its hash does not fit", hint=hint)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise GraphError(f"{path} cannot be read as a split: {error}", hint=hint) from error
    return split


def make_split(
    graph: Graph,
    relatives: Callable[[int], Iterable[int]],
    scaffolds: Mapping[int, str],
    *,
    seed: int = 0,
    progress: Progress | None = None,
) -> Split:
    """A split of a graph's proteins, molecules and terms.

    Args:
        graph: The graph.
        relatives: Rows of the proteins with an alignment of ``IDENTITY`` or more to a protein.
        scaffolds: Scaffold of each molecule, by the row of its node; see ``scaffold_of``.
        seed: The same seed gives the same split.
        progress: Told how far it is.
    """
    random = np.random.default_rng(seed)
    parts: dict[Part, Collection[int]] = {}
    proteins = sorted(int(row) for row in graph.sequences.node if row >= 0)
    bar = (progress or Silent()).bar(
        "protein families", max(int(2 * COLD_SHARE * len(proteins)), 1), unit="proteins"
    )
    _draw(parts, proteins, _Families(relatives).of, COLD_SHARE, WARM_SHARE, random, bar.move_to)
    groups = defaultdict(list)
    for row, scaffold in scaffolds.items():
        groups[scaffold].append(row)
    _draw(
        parts,
        sorted(scaffolds),
        lambda row: _small(groups[scaffolds[row]]),
        MOLECULE_SHARE,
        MOLECULE_SHARE / 2,
        random,
        lambda _done: None,
    )
    parts[Part.TERM_TEST] = _draw_terms(graph, random)
    return Split(graph.hash, seed, {part: tuple(sorted(parts.get(part, ()))) for part in Part})


def scaffold_of(smiles: str) -> str:
    """The Bemis-Murcko scaffold of a molecule's parent; of one without rings, the parent itself.

    Salts and charges are taken off first: a hydrochloride is no new scaffold.
    """
    from rdkit import Chem
    from rdkit.Chem.Scaffolds import MurckoScaffold

    read: Mol | None = Chem.MolFromSmiles(smiles)
    if read is None:
        return smiles
    parent, _ = standardise(read)
    core: Mol = MurckoScaffold.GetScaffoldForMol(parent)  # type: ignore[no-untyped-call]
    scaffold: str = Chem.MolToSmiles(core, isomericSmiles=False)
    return scaffold or str(Chem.MolToSmiles(parent, isomericSmiles=False))


class _Families:
    """Families of proteins, found by following relatives only as far as needed."""

    def __init__(self, relatives: Callable[[int], Iterable[int]]) -> None:
        self._relatives = relatives
        self._large: set[int] = set()

    def of(self, row: int) -> Sequence[int]:
        """All proteins connected with one, itself included; none if they are too many."""
        family, todo = {row}, [row]
        while todo:
            family_of_next = set(self._relatives(todo.pop())) - family
            family |= family_of_next
            todo.extend(sorted(family_of_next))
            if len(family) > LARGEST_FAMILY or family & self._large:
                self._large |= family
                return ()
        return sorted(family)


def _draw(  # noqa: PLR0917 - called twice, just above
    parts: dict[Part, Collection[int]],
    rows: Sequence[int],
    group_of: Callable[[int], Sequence[int]],
    cold: float,
    warm: float,
    random: np.random.Generator,
    done: Callable[[int], None],
) -> None:
    """Add to each part a share of ``rows``: cold ones by whole groups, warm ones singly."""
    shuffled = [int(row) for row in random.permutation(np.array(rows, np.int64))]
    drawn: dict[Part, set[int]] = {Part.COLD_TEST: set(), Part.COLD_VALIDATION: set()}
    taken: set[int] = set()
    for row in shuffled:
        part = min(drawn, key=lambda part: len(drawn[part]))
        if len(drawn[part]) >= cold * len(rows):
            break
        if row not in taken:
            # Search is not symmetric: a family may reach one that was drawn before it.
            drawn[part] |= set(group_of(row)) - taken
            taken |= drawn[part]
            done(len(taken))
    rest = [row for row in shuffled if row not in taken]
    count = int(warm * len(rows))
    drawn[Part.WARM_TEST] = set(rest[:count])
    drawn[Part.WARM_VALIDATION] = set(rest[count : 2 * count])
    for part, found in drawn.items():
        parts[part] = {*parts.get(part, ()), *found}


def _small(group: Sequence[int]) -> Sequence[int]:
    return group if len(group) <= LARGEST_FAMILY else ()


def _draw_terms(graph: Graph, random: np.random.Generator) -> set[int]:
    """A share of the nodes of every type that is described in words only."""
    drawn: set[int] = set()
    for node_type in NodeType:
        if node_type not in (NodeType.PROTEIN, NodeType.DRUG):
            rows = graph.rows_of(node_type)
            chosen = random.permutation(rows)[: int(TERM_SHARE * len(rows))]
            drawn |= {int(row) for row in chosen}
    return drawn
