"""Diseases of MONDO, and which of them an id of another vocabulary means."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

_PREFIXES: Final = {
    "DOID": "DOID",
    "OMIM": "OMIM",
    "OMIMPS": "OMIMPS",
    "Orphanet": "ORPHA",
    "MESH": "MESH",
    "EFO": "EFO",
}
ROOT: Final = "MONDO:0000001"


@dataclass(frozen=True, slots=True)
class Disease:
    """One disease: MONDO id, names, ids elsewhere ("OMIM:104300"), parents (MONDO ids)."""

    id: str
    name: str
    synonyms: tuple[str, ...]
    xrefs: tuple[str, ...]
    is_a: tuple[str, ...]


class Mondo:
    """All diseases by id, and the way to them from DOID, OMIM and ORPHA ids."""

    def __init__(self, diseases: Iterable[Disease]) -> None:
        self.diseases = {disease.id: disease for disease in diseases}
        self._by_xref: dict[str, list[str]] = {}
        for disease in self.diseases.values():
            for xref in disease.xrefs:
                self._by_xref.setdefault(xref, []).append(disease.id)

    def find(self, xref: str, name: str = "") -> str | None:
        """The disease that ``xref`` means, or None if there is none or no single one.

        Where several claim it: the one that is called ``name``, else the one above all others.
        """
        claims = self._by_xref.get(xref, [])
        if len(claims) < 2:
            return claims[0] if claims else None
        named = [claim for claim in claims if name.lower() in self._names(claim)]
        if len(named) == 1:
            return named[0]
        above = [
            claim
            for claim in claims
            if all(claim == other or claim in self.ancestors(other) for other in claims)
        ]
        return above[0] if len(above) == 1 else None

    def knows(self, xref: str) -> bool:
        """Whether any disease claims this id."""
        return xref in self._by_xref

    def ancestors(self, disease_id: str) -> set[str]:
        """Ids of all diseases above one, without itself."""
        above: set[str] = set()
        todo = [disease_id]
        while todo:
            disease = self.diseases.get(todo.pop())
            parents = set(disease.is_a) - above if disease else set()
            above |= parents
            todo.extend(parents)
        return above

    def _names(self, disease_id: str) -> set[str]:
        disease = self.diseases[disease_id]
        return {name.lower() for name in (disease.name, *disease.synonyms)}


def read_mondo(data: bytes) -> Mondo:
    """MONDO from a JSON list of entries with id, name, synonyms, xrefs and relations."""
    return Mondo(_disease(entry) for entry in json.loads(data))


def _disease(entry: dict[str, Any]) -> Disease:
    return Disease(
        id=f"MONDO:{entry['id']}",
        name=entry["name"],
        synonyms=tuple(entry.get("synonyms", ())),
        xrefs=tuple(
            f"{_PREFIXES[xref['namespace']]}:{xref['id']}"
            for xref in entry.get("xrefs", ())
            if xref["namespace"] in _PREFIXES
        ),
        is_a=tuple(f"MONDO:{parent}" for parent in entry.get("relations", {}).get("is_a", ())),
    )
