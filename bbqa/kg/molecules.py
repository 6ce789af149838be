"""Structures of a graph's drugs."""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bbqa.kg.tables import numbers


class Molecules:
    """All drugs with a structure, by their number 0 … len - 1.

    Attributes:
        table: The table ``tables.MOLECULES``.
        node: Row of each molecule's node, int32 [M].
    """

    def __init__(self, table: pa.Table) -> None:
        self.table = table
        self.node: npt.NDArray[np.int32] = numbers(table["node"])

    def __len__(self) -> int:
        return int(self.table.num_rows)

    @cached_property
    def smiles(self) -> list[str]:
        """SMILES of each molecule, as its source has them."""
        strings: list[str] = self.table["smiles"].to_pylist()
        return strings

    @cached_property
    def inchikeys(self) -> list[str]:
        """InChIKey of each molecule's largest fragment, uncharged."""
        strings: list[str] = self.table["inchikey"].to_pylist()
        return strings

    def index_of_node(self, row: int) -> int | None:
        """The number of the molecule whose node is ``row``; None if it has no structure here."""
        found = np.flatnonzero(self.node == row)
        return int(found[0]) if len(found) else None

    def find(self, inchikey: str) -> tuple[int, ...]:
        """The numbers of all molecules whose InChIKey begins with ``inchikey``.

        The first block alone (14 letters) finds every stereoisomer and isotopologue.
        """
        return tuple(i for i, key in enumerate(self.inchikeys) if key.startswith(inchikey))
