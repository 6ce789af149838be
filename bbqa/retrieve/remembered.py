"""Searches that are done once and kept on disk: measuring asks for the same ones many times."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import fields
from functools import cached_property
from pathlib import Path

import numpy as np

from bbqa.retrieve.alignment import AlignmentIndex, Homologue
from bbqa.whole import whole

_NUMBERS = tuple(field.name for field in fields(Homologue) if field.name != "accession")
_WHOLE = frozenset({"row", "score", "query_start", "query_end", "target_start", "target_end"})


class Remembered:
    """An alignment index that looks first whether it has been asked before.

    Args:
        open_index: Opens the index, if a search is new.
        accession_of: The accession of a protein of the reference by its number.
        folder: Where results are kept; one folder for one reference.
    """

    def __init__(
        self,
        open_index: Callable[[], AlignmentIndex],
        accession_of: Callable[[int], str],
        folder: Path,
    ) -> None:
        self._open_index, self._accession_of, self._folder = open_index, accession_of, folder

    @cached_property
    def _index(self) -> AlignmentIndex:
        return self._open_index()

    def search(
        self,
        sequence: str,
        *,
        k: int = 50,
        max_evalue: float = 1e-3,
        max_identity: float | None = None,
    ) -> list[Homologue]:
        """The best ``k`` homologues; see ``AlignmentIndex.search``."""
        asked = f"{sequence} {k} {max_evalue} {max_identity}".encode()
        path = self._folder / f"{hashlib.sha256(asked).hexdigest()[:24]}.npy"
        try:
            table = np.load(path)
        except (OSError, ValueError, EOFError):
            found = self._index.search(
                sequence, k=k, max_evalue=max_evalue, max_identity=max_identity
            )
            self._keep(found, path)
            return found
        return [self._homologue(line) for line in table.tolist()]

    def _keep(self, found: list[Homologue], path: Path) -> None:
        rows = [[float(getattr(h, name)) for name in _NUMBERS] for h in found]
        self._folder.mkdir(parents=True, exist_ok=True)
        with whole(path) as unfinished, unfinished.open("wb") as file:
            np.save(file, np.array(rows, np.float64).reshape(-1, len(_NUMBERS)))

    def _homologue(self, line: list[float]) -> Homologue:
        values = dict(zip(_NUMBERS, line, strict=True))
        numbers = {name: int(v) if name in _WHOLE else v for name, v in values.items()}
        accession = self._accession_of(int(values["row"]))
        return Homologue(accession=accession, **numbers)  # type: ignore[arg-type]
