"""What questions call the things that are calculated from a structure, and where each is told.

Numbers ("how many rings"), rules ("the rule of five") and traits ("chiral", "contains an ester").
The numbers are the values that ``molecule_properties`` and ``protein_properties`` state.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bbqa.choose.offered import plain
from bbqa.choose.support import SUREST
from bbqa.tools.molecule_properties import GROUPS, RULE_FOR_FRAGMENTS, RULE_OF_FIVE

DISPUTED: Final = 0.7
"""How probable it is that something counts as what opinions differ about: a drug with one violation
as one that keeps to the rule of five (its authors warn of two, many users of one), a structure with
an open stereocentre as a mixture of isomers (it may be drawn so because nobody knows)."""

_FIVE: Final = r"\b(?:lipinski|rule[- ]of[- ](?:five|5)|ro5)\b"
_FIVE_TOLD: Final = f"violations of {RULE_OF_FIVE}"
_THREE: Final = r"\b(?:rule[- ]of[- ](?:three|3)|ro3)\b"
_THREE_TOLD: Final = f"violations of {RULE_FOR_FRAGMENTS}"
_CENTRES: Final = r"(?:stereo|stereogenic |chiral )cent(?:er|re)s?"
_STEREO: Final = "stereocentres"
_OPEN: Final = "unassigned stereocentres"
_OPEN_BONDS: Final = "unassigned stereo double bonds"
_CARBON: Final = "carbon atoms"
_CHARGE: Final = "formal charge"
_RINGS: Final = "rings"
_AROMATIC: Final = "aromatic rings"

Amounts = Mapping[str, float]
"""What an item states of each quantity."""


# numbers

_HOW_MANY: Final = r"\b(?:how many|number of)"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is calculated.

    Attributes:
        asked: What a question calls it.
        told: The quantity.
    """

    asked: re.Pattern[str]
    told: str


NUMBERS: Final = tuple(
    Number(re.compile(asked, re.IGNORECASE), told)
    for asked, told in (
        (rf"{_HOW_MANY} aromatic rings", _AROMATIC),
        (rf"{_HOW_MANY} rings", _RINGS),
        (rf"{_HOW_MANY} (?:hydrogen|h)[- ]bond(?:ing)? donors", "hydrogen-bond donors"),
        (rf"{_HOW_MANY} (?:hydrogen|h)[- ]bond(?:ing)? acceptors", "hydrogen-bond acceptors"),
        (rf"{_HOW_MANY} rotatable bonds", "rotatable bonds"),
        (rf"{_HOW_MANY} (?:heavy|non-?hydrogen) atoms", "heavy atoms"),
        (rf"{_HOW_MANY} {_CENTRES}", _STEREO),
        (_FIVE, _FIVE_TOLD),
        (_THREE, _THREE_TOLD),
        (r"\bmonoisotopic\b|\bexact mass\b", "monoisotopic mass"),
        (
            r"\b(?:molecular|molar) (?:weight|mass)\b|\bweigh\b",
            "molecular weight",
        ),
        (r"\blog ?p\b|\bpartition coefficient\b", "logP"),
        (r"\bt?psa\b|\bpolar surface\b", "TPSA"),
        (r"\bformal charge\b", _CHARGE),
        (r"\bisoelectric point\b|\bpI\b", "isoelectric point"),
        (rf"{_HOW_MANY} (?:amino acids|residues)", "length"),
    )
)
"""What questions ask a number for; of several that fit, the first."""


# rules and traits


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a molecule keeps to or violates.

    Attributes:
        name: What it is called, as a regular expression.
        told: The quantity that tells how often it is violated.
        lenient: Whether one violation is often let pass.
    """

    name: str
    told: str
    lenient: bool

    def is_asked(self, text: str) -> bool:
        """Whether a question asks for it."""
        return bool(re.search(self.name, text, re.IGNORECASE))

    def probability(self, text: str, amounts: Amounts) -> float:
        """How probable it is that what a question says of it is so."""
        violations = amounts[self.told]
        if _VIOLATED.search(text):
            return _sure(violations != 0)
        return DISPUTED if self.lenient and violations == 1 else _sure(violations == 0)


@dataclass(frozen=True, slots=True)
class Trait:
    """What holds of a structure or does not.

    Attributes:
        name: What it is called, as a regular expression.
        told: A quantity of the item that decides.
        holds: How probable the item's quantities make it, in [0, 1].
    """

    name: str
    told: str
    holds: Callable[[Amounts], float]

    def is_asked(self, text: str) -> bool:
        """Whether a question asks for it, and not for something with its name in it."""
        return bool(re.search(rf"{_FRAME}{self.name}{_LAST}", text, re.IGNORECASE))

    def is_meant(self, option: str) -> bool:
        """Whether an option names it and nothing else."""
        return bool(re.fullmatch(rf"{_ARTICLE}{self.name}{_THING}?", plain(option), re.IGNORECASE))

    def probability(self, _text: str, amounts: Amounts) -> float:
        """How probable it is."""
        return self.holds(amounts)


_VIOLATED: Final = re.compile(r"\b(?:violat|break|exceed|fail)", re.IGNORECASE)
_ARTICLE: Final = r"(?:(?:it )?(?:is|has|contains) )?(?:an? |the )?"
_THING: Final = (
    r"(?: (?:molecule|compound|drug|substance|structure|group|ring|moiety|function)s?|s)"
)
_FRAME: Final = (
    r"\b(?:(?:is|are) (?:\S+ ){0,3}?"
    r"|(?:ha(?:s|ve)|contains?|bears?|carr(?:y|ies)|possess(?:es)?|includes?) (?:\S+ ){0,2}?)"
    r"(?:an? |any )?\b"
)
"""What stands before a trait that is asked for: "is this drug a …", "does it contain any …"."""
_LAST: Final = rf"{_THING}?\s*(?:$|[?.,;:]|or\b|and\b|in (?:it|its|this|the)\b)"
"""What stands after it, so that "chiral" is asked for and "chiral ligase" is not."""


def _sure(holds: bool) -> float:
    return SUREST if holds else 1 - SUREST


def _some(quantity: str, amounts: Amounts) -> float:
    return _sure(amounts[quantity] != 0)


def _none(quantity: str, amounts: Amounts) -> float:
    return _sure(amounts[quantity] == 0)


def _chiral(amounts: Amounts) -> float:
    return _sure(amounts[_STEREO] != 0 and not amounts["meso"])


def _achiral(amounts: Amounts) -> float:
    return 1 - _chiral(amounts)


def _one_isomer(amounts: Amounts) -> float:
    return _sure(amounts[_STEREO] != 0 and not amounts[_OPEN] and not amounts[_OPEN_BONDS])


def _mixture(amounts: Amounts) -> float:
    return DISPUTED if amounts[_OPEN] else 1 - SUREST


def _has_one_of(names: Sequence[str], amounts: Amounts) -> float:
    return _sure(any(amounts[name] for name in names))


_TOGETHER: Final = {
    "hydroxyl": ("alcohol", "phenol"),
    "carboxyl": ("carboxylic acid", "carboxylate"),
    "amine": ("primary amine", "secondary amine", "tertiary amine", "aromatic amine"),
    "halogen": ("fluorine", "chlorine", "bromine", "iodine"),
}
"""What several groups are called together."""


def _groups() -> dict[str, tuple[str, ...]]:
    """Names of functional groups, as regular expressions, and what they are in a statement."""
    single = {re.sub(r" (ring|group)$", r"(?: \1)?", name): (name,) for name in GROUPS}
    return single | _TOGETHER


RULES: Final = (
    Rule(_FIVE, _FIVE_TOLD, lenient=True),
    Rule(_THREE, _THREE_TOLD, lenient=False),
)
TRAITS: Final = (
    Trait("achiral", _STEREO, _achiral),
    Trait("(?:chiral|optically active)", _STEREO, _chiral),
    Trait(_CENTRES, _STEREO, _chiral),
    Trait("(?:single (?:stereoisomer|enantiomer|isomer)|enantiopure)", _STEREO, _one_isomer),
    Trait("(?:racemic(?: mixture)?|racemate)", _STEREO, _mixture),
    Trait("inorganic", _CARBON, partial(_none, _CARBON)),
    Trait("organic", _CARBON, partial(_some, _CARBON)),
    Trait("aromatic", _AROMATIC, partial(_some, _AROMATIC)),
    Trait("acyclic", _RINGS, partial(_none, _RINGS)),
    Trait("cyclic", _RINGS, partial(_some, _RINGS)),
    Trait("charged", _CHARGE, partial(_some, _CHARGE)),
    *(Trait(name, names[0], partial(_has_one_of, names)) for name, names in _groups().items()),
)
YES_OR_NO: Final[tuple[Rule | Trait, ...]] = (*RULES, *TRAITS)
"""What is so of a structure or is not."""
