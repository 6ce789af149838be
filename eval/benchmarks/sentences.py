"""A reference text as statements: what ``Item.evidence`` wants of a paragraph."""

from __future__ import annotations

import re
from typing import Final

_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-Z0-9(\[])")


def sentences(text: str) -> tuple[str, ...]:
    """The sentences of a text, each without its full stop.

    >>> sentences("It is an acid. It derives from E. coli.")
    ('It is an acid', 'It derives from E. coli')
    """
    return tuple(part.rstrip(". ") for part in _END.split(text.strip()) if part.rstrip(". "))
