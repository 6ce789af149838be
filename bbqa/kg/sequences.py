"""Protein sequences of a graph: human proteins and the reference set of other species.

More than 100,000 sequences stay in Arrow's buffers; Python strings are made of single ones only.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bbqa.kg.tables import numbers


@dataclass(frozen=True, slots=True)
class Protein:
    """One protein with its sequence.

    Attributes:
        accession: UniProt accession.
        node: Row of its node in the graph; None for a protein of another species.
        taxon: NCBI taxonomy number; 0 where the source does not record it.
        symbol: Gene symbol, or empty.
        name: Full name, or empty.
        sequence: One-letter amino acids.
        terms: For other species, (row of a GO term, evidence code or empty), the most specific
            only. Empty for human proteins: their terms are facts of the graph.
        source: Who annotated the terms ("GOA mouse").
        release: The source's release.
    """

    accession: str
    node: int | None
    taxon: int
    symbol: str
    name: str
    sequence: str
    terms: tuple[tuple[int, str], ...]
    source: str
    release: str


class Sequences:
    """All proteins with a sequence, by their number 0 … len - 1.

    Attributes:
        table: The table ``tables.SEQUENCES``.
        node: Row of each protein's node, int32 [S]; -1 for other species.
        taxon: NCBI taxonomy number of each protein, int32 [S].
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.node: npt.NDArray[np.int32] = numbers(table["node"])
        self.taxon: npt.NDArray[np.int32] = numbers(table["taxon"])

    def __len__(self) -> int:
        return int(self.table.num_rows)

    def __getitem__(self, index: int) -> Protein:
        cell = {name: self.table.column(name)[index].as_py() for name in self.table.schema.names}
        node = int(cell["node"])
        return Protein(
            accession=cell["accession"],
            node=None if node < 0 else node,
            taxon=int(cell["taxon"]),
            symbol=cell["symbol"],
            name=cell["name"],
            sequence=cell["sequence"],
            terms=tuple(zip(cell["terms"], cell["evidence"], strict=True)),
            source=cell["source"],
            release=cell["release"],
        )

    def accession(self, index: int) -> str:
        """UniProt accession of protein ``index``."""
        return str(self.table.column("accession")[index].as_py())

    def sequence(self, index: int) -> str:
        """Amino acids of protein ``index``."""
        first, last = self.offsets[index : index + 2]
        return self.residues[first:last].tobytes().decode("ascii")

    def index_of(self, accession: str) -> int | None:
        """The number of the protein with this accession, or None."""
        return self._index_of_accession.get(accession)

    def index_of_node(self, row: int) -> int | None:
        """The number of the protein whose node is ``row``; None if it has no sequence here."""
        found = np.flatnonzero(self.node == row)
        return int(found[0]) if len(found) else None

    def numbers_of(self, rows: Collection[int]) -> dict[int, int]:
        """The number of the protein of each node among ``rows`` that has a sequence here."""
        found = np.flatnonzero(np.isin(self.node, list(rows)))
        return {int(self.node[number]): int(number) for number in found}

    def find(self, sequence: str) -> tuple[int, ...]:
        """The numbers of all proteins with exactly this sequence; human ones come first."""
        same_length = np.flatnonzero(self.lengths == len(sequence))
        return tuple(i for i in same_length.tolist() if self.sequence(i) == sequence)

    def containing(self, fragment: str) -> list[tuple[int, int]]:
        """Proteins in which a fragment occurs, and where it first does, from 0; by number."""
        wanted, text = fragment.encode("ascii"), self._text
        found: list[tuple[int, int]] = []
        at = text.find(wanted) if wanted else -1
        while at >= 0:
            number = int(np.searchsorted(self.offsets, at, side="right")) - 1
            first, last = int(self.offsets[number]), int(self.offsets[number + 1])
            if at + len(wanted) <= last:
                found.append((number, at - first))
                at = text.find(wanted, last)
            else:  # it runs from one sequence into the next
                at = text.find(wanted, at + 1)
        return found

    @cached_property
    def _text(self) -> bytes:
        """All sequences end to end; a copy, for ``bytes.find`` is the fastest search there is."""
        return self.residues.tobytes()

    @cached_property
    def residues(self) -> npt.NDArray[np.uint8]:
        """All sequences end to end as ASCII codes, uint8 [R]; a view, not a copy."""
        data = self._array.buffers()[2]
        return np.frombuffer(data, np.uint8) if data else np.empty(0, np.uint8)

    @cached_property
    def offsets(self) -> npt.NDArray[np.int32]:
        """Where each sequence begins in ``residues``, and the last one's end, int32 [S + 1]."""
        array = self._array
        every = np.frombuffer(array.buffers()[1], np.int32)
        return every[array.offset : array.offset + len(array) + 1]

    @cached_property
    def lengths(self) -> npt.NDArray[np.int32]:
        """Residues of each protein, int32 [S]."""
        return np.diff(self.offsets)

    @cached_property
    def _array(self) -> pa.StringArray:
        return self.table["sequence"].combine_chunks()

    @cached_property
    def _index_of_accession(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.table["accession"].to_pylist())}
