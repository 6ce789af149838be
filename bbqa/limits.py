"""What must not be seen: what an evaluation hides to learn how the unknown is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Limits:
    """What must not be used: nothing, unless it is to be measured how the unknown is met.

    ``bbqa.retrieve.visible`` says what follows from each of them.

    Attributes:
        hidden: Rows of nodes whose edges do not count.
        max_identity: Proteins with an alignment of higher identity do not count.
        max_similarity: Drugs with a higher Tanimoto do not count.
    """

    hidden: frozenset[int] = frozenset()
    max_identity: float | None = None
    max_similarity: float | None = None


NO_LIMITS: Final = Limits()
