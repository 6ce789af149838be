"""Roles of chemicals in ChEBI ("non-narcotic analgesic"), and how roles are ordered."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

ROLE_ROOT: Final = "CHEBI:50906"


class Chebi:
    """ChEBI's entries: names, roles, and parents."""

    def __init__(self, entries: list[Mapping[str, Any]]) -> None:
        self._entries = {entry["id"]: entry for entry in entries}
        self._current = {alt: e["id"] for e in entries for alt in e.get("alt_ids", ())}

    def current(self, chebi_id: str) -> str | None:
        """The id under which an entry stands today, or None."""
        return chebi_id if chebi_id in self._entries else self._current.get(chebi_id)

    def name(self, chebi_id: str) -> str:
        """An entry's name."""
        return str(self._entries[chebi_id]["name"])

    def roles(self, chebi_id: str) -> tuple[str, ...]:
        """Ids of the roles that a chemical is said to have."""
        return self._related(chebi_id, "has_role")

    def parents(self, chebi_id: str) -> tuple[str, ...]:
        """Ids of an entry's is_a parents."""
        return self._related(chebi_id, "is_a")

    def role_ancestors(self, role: str) -> set[str]:
        """Ids of all roles above one, without itself."""
        above: set[str] = set()
        todo = [role]
        while todo:
            parents = set(self.parents(todo.pop())) - above
            above |= parents
            todo.extend(parents)
        return above

    def _related(self, chebi_id: str, relation: str) -> tuple[str, ...]:
        return tuple(self._entries[chebi_id].get("relations", {}).get(relation, ()))


def read_chebi(data: bytes) -> Chebi:
    """ChEBI from a JSON list of entries with id, name, alt_ids and relations."""
    return Chebi(json.loads(data))
