"""A sentence without one of its clauses: what is left where one is not supported.

Clauses that are joined as equals, and relative clauses, can be left out and the rest is still a
sentence. Nothing else is cut.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations
from typing import Final

_FINITE: Final = (
    r"(?:is|are|was|were|has|have|does|do|binds?|enables?|takes?|acts?|interacts?|involves|"
    r"contains?|belongs?|plays?|serves?|functions?|works?|promotes?|stimulates?|inhibits?|"
    r"regulates?|participates?|locali[sz]es?|resembles?|includes?|shows?|features?|presents?|"
    r"targets?|lacks?|forms?|undergoes|phosphorylates?|activates?|suppress(?:es)?|catalyses|"
    r"catalyzes|mediates?|induces?|blocks?|treats?|causes?|leads?|protects?|degrades?)"
)
_ADVERB: Final = r"(?:(?:also|probably|possibly|likely|may|can|further|physically|directly) )?"
_JOINT: Final = re.compile(
    rf";\s+(?:and |but )?|,? (?:and|but) (?={_ADVERB}{_FINITE}\b)"
    r"|, (?:and|but|while|whereas|although) (?=(?:[Ii]ts?|[Tt]hey|[Tt]heir|[Tt]h(?:e|is|ese)|both|"
    rf"[A-Z][\w-]*)(?: \S+){{0,4}}? {_ADVERB}{_FINITE}\b)"
    rf"|,? (?=(?:which|that|whose|who) (?:\w+ ){{0,3}}?{_ADVERB}{_FINITE}\b)"
)
_GOVERNS: Final = re.compile(
    r"\b(?:suggest|indicat|impl|show|mean|stat|say|likely|possible|probable|known|fact|so)\w*$"
)
"""After these "that" begins what the sentence says, not what can be left out."""
MAX_CLAUSES: Final = 5
"""Clauses of the longest sentence that is tried; each that is dropped must be compared anew."""


def shortened(text: str) -> Iterator[str]:
    """The sentence without one clause or several, the longest first; the main clause stays."""
    clauses, joints = _clauses(text.rstrip(" ."))
    if not 1 < len(clauses) <= MAX_CLAUSES:
        return
    for left in range(len(clauses) - 1, 0, -1):
        for chosen in combinations(range(1, len(clauses)), left - 1):
            yield _joined([0, *chosen], clauses, joints)


def _clauses(text: str) -> tuple[list[str], list[str]]:
    """The clauses of a sentence, and what stands before each."""
    clauses, joints, at = [], [""], 0
    for match in _JOINT.finditer(text):
        if _GOVERNS.search(text[: match.start()]):
            continue
        clauses.append(text[at : match.start()])
        joints.append(match.group())
        at = match.end()
    return [*clauses, text[at:]], joints


def _joined(chosen: list[int], clauses: list[str], joints: list[str]) -> str:
    """Some clauses as a sentence; a list whose "and" went with a clause gets its own."""
    parts = [f"{joints[i] if i else ''}{_listed(i, clauses, joints)}" for i in chosen]
    return f"{''.join(parts).rstrip(' ,;')}."


def _listed(place: int, clauses: list[str], joints: list[str]) -> str:
    clause = clauses[place]
    goes = place + 1 < len(clauses) and " and " in joints[place + 1]
    is_list = clause.count(", ") > 1 and " and " not in clause
    return " and ".join(clause.rsplit(", ", 1)) if goes and is_list else clause
