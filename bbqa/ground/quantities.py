"""Numbers with their units and what they measure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from bbqa.schema import Value

_NUMBER: Final = r"(?<![\w.,-])[-−]?\d+(?:,\d{3})*(?:\.\d+)?(?:e[-+]?\d+)?"
_UNIT: Final = (
    r"%|percent\b|per cent\b|k?Da\b|kilodaltons?\b|daltons?\b|g/mol\b|residues?\b"
    r"|amino acids?\b|aa\b|Å²|Å2\b|Å\b|°C|years?\b|hours?\b|minutes?\b|[mµun]M\b|[mk]g\b|-fold\b"
)
QUANTITY: Final = re.compile(rf"{_NUMBER}(?![\w-])(?:[ -]?(?:{_UNIT}))?(?: long\b)?", re.IGNORECASE)
_PARTS: Final = re.compile(rf"({_NUMBER})[ -]?(.*)", re.IGNORECASE)

_SAME_UNIT: Final = {
    "percent": "%",
    "per cent": "%",
    "dalton": "da",
    "g/mol": "da",
    "kilodalton": "kda",
    "amino acid": "residue",
    "aa": "residue",
}
_MEASURES: Final[tuple[tuple[str, re.Pattern[str]], ...]] = tuple(
    (name, re.compile(rf"\b(?:{words})", re.IGNORECASE))
    for name, words in (
        ("identity", r"identi|shares?\b|same residues|same sequence"),
        ("coverage", r"length\b|cover|over\b|align|span|stretch"),
        ("likeness", r"tanimoto|similarity"),
        ("length", r"residues?\b|long\b|amino acids?\b"),
    )
)

_STATED: Final = {"Tanimoto": "likeness", "molecular weight": "weight"}
MOST_DIGITS: Final = 100_000
"""Above, all digits before the decimal point are written out."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number, its unit (``%``, ``da``, ``residue``; empty if it has none), what it measures.

    ``step`` is how finely it is written: half of it is how far another may be off and still say
    the same (134.3 kDa of 134,277 Da).
    """

    value: float
    unit: str
    measure: str
    step: float

    def says(self, other: Quantity) -> bool:
        """Whether it is the other, perhaps less finely written, and measures the same."""
        return self.measures(other) and abs(self.value - other.value) <= self.step / 2 + 1e-9

    def measures(self, other: Quantity) -> bool:
        """Whether both measure the same, in the same unit."""
        same = not self.measure or not other.measure or self.measure == other.measure
        return same and self.unit == other.unit


def quantity_of(value: Value) -> Quantity:
    """The quantity that an item of evidence states, as it is written there."""
    amount, unit = value.amount, value.unit.lower()
    written = f"{amount:g}" if abs(amount) < MOST_DIGITS else str(amount).removesuffix(".0")
    step = 10.0 ** -len(written.partition(".")[2])
    unit = unit.removesuffix("s") if len(unit) > 2 else unit
    unit = _SAME_UNIT.get(unit, unit)
    if unit == "kda":
        amount, step, unit = 1000 * amount, 1000 * step, "da"
    return Quantity(amount, unit, _STATED.get(value.quantity, value.quantity), step)


def quantities_in(text: str) -> tuple[Quantity, ...]:
    """The quantities of a text that holds no names with numbers in them.

    What a number measures is told by the nearest word that names a measure, at most up to the
    quantities before and after it.
    """
    matches = list(QUANTITY.finditer(text))
    found = []
    for i, match in enumerate(matches):
        start = matches[i - 1].end() if i else 0
        end = matches[i + 1].start() if i + 1 < len(matches) else len(text)
        found.append(_quantity(match.group(), text[start : match.start()], text[match.end() : end]))
    return tuple(found)


def _quantity(written: str, before: str, after: str) -> Quantity:
    number, unit = (part.strip() for part in _PARTS.match(written).groups())  # type: ignore[union-attr]
    unit = unit.lower().removesuffix("long").strip()
    unit = unit.removesuffix("s") if len(unit) > 2 else unit
    unit = _SAME_UNIT.get(unit, unit)
    digits = number.replace(",", "").replace("−", "-")
    decimals = len(digits.partition(".")[2]) if "e" not in digits.lower() else 2
    value, step = float(digits), 10.0**-decimals
    if unit == "kda":
        value, step, unit = 1000 * value, 1000 * step, "da"
    return Quantity(value, unit, _measure(unit, before, after), step)


def _measure(unit: str, before: str, after: str) -> str:
    """What a number measures, by its unit and the nearest word beside it."""
    if unit in ("residue", "da"):
        return {"residue": "length", "da": "weight"}[unit]
    best: tuple[int, str] = (10**6, "")
    for name, pattern in _MEASURES:
        if name == "length" and unit:
            continue
        last = [match.end() for match in pattern.finditer(before)][-1:]
        first = [match.start() for match in pattern.finditer(after)][:1]
        distances = [*(len(before) - end for end in last), *first]
        best = min([best, *((distance, name) for distance in distances)])
    return best[1]
