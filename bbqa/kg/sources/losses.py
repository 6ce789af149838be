"""What a source had and the graph has not, counted by source and reason."""

from __future__ import annotations

from typing import Any, Final

_EXAMPLES: Final = 3


class Losses:
    """Counts of what was left out or could not be mapped, with the first few examples of each."""

    def __init__(self) -> None:
        self._counts: dict[str, dict[str, int]] = {}
        self._examples: dict[str, dict[str, list[str]]] = {}

    def add(self, source: str, reason: str, example: str, *, count: int = 1) -> None:
        """Count ``example`` (an identifier or a name) under its source and reason."""
        reasons = self._counts.setdefault(source, {})
        reasons[reason] = reasons.get(reason, 0) + count
        examples = self._examples.setdefault(source, {}).setdefault(reason, [])
        if len(examples) < _EXAMPLES and example not in examples:
            examples.append(example)

    def count(self, source: str, reason: str) -> int:
        """How often ``reason`` was counted for ``source``."""
        return self._counts.get(source, {}).get(reason, 0)

    def to_json(self) -> dict[str, dict[str, Any]]:
        """``{source: {reason: {"count": n, "examples": [...]}}}``, sorted."""
        return {
            source: {
                reason: {"count": count, "examples": self._examples[source][reason]}
                for reason, count in sorted(reasons.items())
            }
            for source, reasons in sorted(self._counts.items())
        }
