"""Names of ATC classes, worked out from drugs that list codes and names apart.

A drug with several codes lists the names of its classes without saying which is whose. A name
that all drugs of a class share, and that no other class of that level accounts for, is its name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from bbqa.kg.sources.drugbank import Drug
from bbqa.kg.sources.losses import Losses

SOURCE: Final = "ATC"
CODE_LENGTHS: Final = (1, 3, 4, 5)
"""Characters of a code by level, 1 to 4: N, N02, N02B, N02BA."""

_KEPT: Final = frozenset(
    [
        "A",
        "B1",
        "B6",
        "B12",
        "C",
        "D",
        "I",
        "II",
        "III",
        "I.V.",
        "K",
        "X",
        "ACE",
        "ADHD",
        "GORD",
        "UV",
    ]
)
"""Words that stay in capitals: vitamins, Roman numbers, abbreviations."""


def name_classes(drugs: Iterable[Drug], losses: Losses) -> dict[str, str]:
    """Names of ATC classes by code, levels 1 to 4; a class without a certain name is left out."""
    drugs = list(drugs)
    names: dict[str, str] = {}
    for level, length in enumerate(CODE_LENGTHS):
        listed = [
            (
                {code[:length] for code in drug.atc if len(code) >= length},
                set(drug.atc_names[level]),
            )
            for drug in drugs
        ]
        found = _name_level([pair for pair in listed if pair[0] and pair[1]])
        for code in sorted({code for codes, _ in listed for code in codes} - set(found)):
            losses.add(SOURCE, "class without a certain name", code)
        names |= found
    return names


def readable(name: str) -> str:
    """A class name without shouting: ``ACE INHIBITORS`` becomes ``ACE inhibitors``."""
    quiet = re.sub(
        r"[A-Z0-9.]+[A-Za-z0-9.]*",
        lambda word: word[0].lower() if word[0].isupper() and word[0] not in _KEPT else word[0],
        name,
    )
    return quiet[:1].upper() + quiet[1:] if name.isupper() or "(ARBs)" in name else name


def parent(code: str) -> str | None:
    """The code of the class above, or None for a class of the first level."""
    level = CODE_LENGTHS.index(len(code))
    return code[: CODE_LENGTHS[level - 1]] if level else None


def _name_level(listed: list[tuple[set[str], set[str]]]) -> dict[str, str]:
    """Names by code of one level, from each drug's codes and names of that level."""
    candidates: dict[str, set[str]] = {}
    for codes, names in listed:
        for code in codes:
            candidates[code] = candidates.get(code, names) & names
    settled: dict[str, str] = {}
    changed = True
    while changed:
        changed = False
        for codes, names in listed:
            open_codes = codes - settled.keys()
            if len(open_codes) == 1:
                # Every name that is not another code's must be this one's.
                code = open_codes.pop()
                left = names - {settled[other] for other in codes - {code}}
                candidates[code] &= left or candidates[code]
        for code in sorted(candidates.keys() - settled.keys()):
            if len(candidates[code]) == 1:
                settled[code] = next(iter(candidates[code]))
                changed = True
    return settled
