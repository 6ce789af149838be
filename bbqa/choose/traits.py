"""What questions call the things that are calculated from a structure, and where each is told.

Numbers ("how many rings"), rules ("the rule of five") and traits ("chiral", "contains an ester").
The values are read from the statements of ``molecule_properties`` and ``protein_properties``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Final

from bbqa.choose.offered import plain
from bbqa.choose.support import SUREST
from bbqa.tools.molecule_properties import GROUPS

DISPUTED: Final = 0.7
"""How probable it is that something counts as what opinions differ about: a drug with one violation
as one that keeps to the rule of five (its authors warn of two, many users of one), a structure with
an open stereocentre as a mixture of isomers (it may be drawn so because nobody knows)."""

_FIVE: Final = r"\b(?:lipinski|rule[- ]of[- ](?:five|5)|ro5)\b"
_FIVE_TOLD: Final = r"(\d+) violations? of Lipinski's"
_THREE: Final = r"\b(?:rule[- ]of[- ](?:three|3)|ro3)\b"
_THREE_TOLD: Final = r"(\d+) violations? of the rule of three"
_CENTRES: Final = r"(?:stereo|stereogenic |chiral )cent(?:er|re)s?"
_STEREO: Final = r"has (\d+ stereocentres?.+)"
_OPEN: Final = re.compile(r"\b[1-9]\d* unassigned")
_FORMULA: Final = r"molecular formula (\S+)"
_CHARGE: Final = r"formal charge of ([+-]?\d+)"
_RINGS: Final = r"has (\d+) rings?,"
_AROMATIC: Final = r"(\d+) of them aromatic"
_GROUPS: Final = r"has (the functional groups .+|none of the functional groups .+)"


# numbers

_HOW_MANY: Final = r"\b(?:how many|number of)"


@dataclass(frozen=True, slots=True)
class Number:
    """A number that is calculated.

    Attributes:
        asked: What a question calls it.
        told: The statement that tells it; the first group is the number.
    """

    asked: re.Pattern[str]
    told: re.Pattern[str]


NUMBERS: Final = tuple(
    Number(re.compile(asked, re.IGNORECASE), re.compile(told))
    for asked, told in (
        (rf"{_HOW_MANY} aromatic rings", _AROMATIC),
        (rf"{_HOW_MANY} rings", _RINGS),
        (rf"{_HOW_MANY} (?:hydrogen|h)[- ]bond(?:ing)? donors", r"(\d+) hydrogen-bond donor"),
        (rf"{_HOW_MANY} (?:hydrogen|h)[- ]bond(?:ing)? acceptors", r"(\d+) hydrogen-bond acceptor"),
        (rf"{_HOW_MANY} rotatable bonds", r"(\d+) rotatable bond"),
        (rf"{_HOW_MANY} (?:heavy|non-?hydrogen) atoms", r"(\d+) heavy atom"),
        (rf"{_HOW_MANY} {_CENTRES}", r"(\d+) stereocentre"),
        (_FIVE, _FIVE_TOLD),
        (_THREE, _THREE_TOLD),
        (r"\bmonoisotopic\b|\bexact mass\b", r"monoisotopic mass of ([\d.]+)"),
        (
            r"\b(?:molecular|molar) (?:weight|mass)\b|\bweigh\b",
            r"molecular weight of ([\d.]+) (?:g/mol|Da)",
        ),
        (r"\blog ?p\b|\bpartition coefficient\b", r"calculated logP of (-?[\d.]+)"),
        (r"\bt?psa\b|\bpolar surface\b", r"\(TPSA\) of ([\d.]+)"),
        (r"\bformal charge\b", _CHARGE),
        (r"\bisoelectric point\b|\bpI\b", r"isoelectric point of ([\d.]+)"),
        (rf"{_HOW_MANY} (?:amino acids|residues)", r"has (\d+) residues?$"),
    )
)
"""What questions ask a number for; of several that fit, the first."""


# rules and traits


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that a molecule keeps to or violates.

    Attributes:
        name: What it is called, as a regular expression.
        told: The statement that tells it; the first group is how often it is violated.
        lenient: Whether one violation is often let pass.
    """

    name: str
    told: re.Pattern[str]
    lenient: bool

    def is_asked(self, text: str) -> bool:
        """Whether a question asks for it."""
        return bool(re.search(self.name, text, re.IGNORECASE))

    def probability(self, text: str, violations: str) -> float:
        """How probable it is that what a question says of it is so."""
        if _VIOLATED.search(text):
            return _some(violations)
        return DISPUTED if self.lenient and violations == "1" else _none(violations)


@dataclass(frozen=True, slots=True)
class Trait:
    """What holds of a structure or does not.

    Attributes:
        name: What it is called, as a regular expression.
        told: The statement that decides; the first group is what ``holds`` reads.
        holds: How probable that makes it, in [0, 1].
    """

    name: str
    told: re.Pattern[str]
    holds: Callable[[str], float]

    def is_asked(self, text: str) -> bool:
        """Whether a question asks for it, and not for something with its name in it."""
        return bool(re.search(rf"{_FRAME}{self.name}{_LAST}", text, re.IGNORECASE))

    def is_meant(self, option: str) -> bool:
        """Whether an option names it and nothing else."""
        return bool(re.fullmatch(rf"{_ARTICLE}{self.name}{_THING}?", plain(option), re.IGNORECASE))

    def probability(self, _text: str, told: str) -> float:
        """How probable it is."""
        return self.holds(told)


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


def _some(number: str) -> float:
    return _sure(int(number) != 0)


def _none(number: str) -> float:
    return _sure(int(number) == 0)


def _chiral(stereo: str) -> float:
    return _sure(not stereo.startswith("0 ") and "mirror image" not in stereo)


def _achiral(stereo: str) -> float:
    return 1 - _chiral(stereo)


def _one_isomer(stereo: str) -> float:
    return _sure(not stereo.startswith("0 ") and not _OPEN.search(stereo))


def _mixture(stereo: str) -> float:
    centres = stereo.split(" and ", maxsplit=1)[0]
    return DISPUTED if _OPEN.search(centres) else 1 - SUREST


def _organic(formula: str) -> float:
    return _sure(re.search(r"C(?![a-z])", formula) is not None)


def _inorganic(formula: str) -> float:
    return 1 - _organic(formula)


def _has_one_of(names: Sequence[str], listed: str) -> float:
    return _sure(any(re.search(rf"(?:groups |, ){name} \(", listed) for name in names))


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
    Rule(_FIVE, re.compile(_FIVE_TOLD), lenient=True),
    Rule(_THREE, re.compile(_THREE_TOLD), lenient=False),
)
TRAITS: Final = (
    Trait("achiral", re.compile(_STEREO), _achiral),
    Trait("(?:chiral|optically active)", re.compile(_STEREO), _chiral),
    Trait(_CENTRES, re.compile(_STEREO), _chiral),
    Trait(
        "(?:single (?:stereoisomer|enantiomer|isomer)|enantiopure)",
        re.compile(_STEREO),
        _one_isomer,
    ),
    Trait("(?:racemic(?: mixture)?|racemate)", re.compile(_STEREO), _mixture),
    Trait("inorganic", re.compile(_FORMULA), _inorganic),
    Trait("organic", re.compile(_FORMULA), _organic),
    Trait("aromatic", re.compile(_AROMATIC), _some),
    Trait("acyclic", re.compile(_RINGS), _none),
    Trait("cyclic", re.compile(_RINGS), _some),
    Trait("charged", re.compile(_CHARGE), _some),
    *(
        Trait(name, re.compile(_GROUPS), partial(_has_one_of, names))
        for name, names in _groups().items()
    ),
)
YES_OR_NO: Final[tuple[Rule | Trait, ...]] = (*RULES, *TRAITS)
"""What is so of a structure or is not."""
