"""What is calculated from an input, held against the options of a question.

"How many rings does it have?" is answered by a number, "Is it chiral?" by yes or no, "Is it a
racemic mixture or a single stereoisomer?" by one of several words. The structure alone decides.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.choose.offered import plain
from bbqa.choose.statement import Judged, is_negated, polarity
from bbqa.choose.support import SUREST, UNHEARD, Support
from bbqa.choose.traits import NUMBERS, TRAITS, YES_OR_NO, Amounts
from bbqa.errors import ToolError
from bbqa.ground.quantities import Quantity, quantities_in
from bbqa.schema import Evidence, Input, Question
from bbqa.tools.molecule_properties import molecule_properties
from bbqa.tools.protein_properties import protein_properties
from bbqa.workbench import Workbench

if TYPE_CHECKING:
    from bbqa.resources import Resources

CLOSE: Final = 0.005
"""Share by which weights and surfaces of two programs may differ and still be the same."""

_WORDS: Final = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBER_ALONE: Final = re.compile(r"[-+−]?[\d.,]+ ?(?:k?da(?:ltons?)?|g/mol|å[²2]|residues|aa)?")


def is_calculated(text: str, options: Sequence[str]) -> bool:
    """Whether a question asks for something that is calculated, and the options fit it."""
    if polarity(options) is not None:
        return any(one.is_asked(text) for one in YES_OR_NO)
    numbers = all(map(_quantity, options)) and any(one.asked.search(text) for one in NUMBERS)
    return numbers or _are_traits(options)


def calculate(question: Question, resources: Resources) -> list[Evidence]:
    """All that is calculated of the one input that has a structure or a sequence, numbered.

    Of several it cannot be told which is meant: then, and where there is none, it is empty.
    """
    bench = Workbench(resources, question.inputs, question=question.text)
    found = [one for given in question.inputs if (one := _of_input(given, bench))]
    return bench.file(found[0]) if len(found) == 1 else []


def _of_input(given: Input, bench: Workbench) -> tuple[Evidence, ...]:
    for tool in (molecule_properties, protein_properties):
        try:
            return tool(given.label, bench).evidence
        except ToolError:
            continue
    return ()


# yes and no


def judge_structure(text: str, evidence: Sequence[Evidence]) -> Judged | None:
    """How probable what was calculated makes a statement; None if it does not decide it."""
    for one in YES_OR_NO:
        if one.is_asked(text) and (told := _told(one.told, evidence)):
            item, amounts = told
            true = one.probability(text, amounts)
            return Judged(1 - true if is_negated(text) else true, (item,))
    return None


# other options


def by_structure(
    text: str, options: Sequence[str], evidence: Sequence[Evidence]
) -> list[Support] | None:
    """What was calculated says of options that are numbers or traits; None if they are neither."""
    return _by_number(text, options, evidence) or _by_trait(options, evidence)


def _by_number(
    text: str, options: Sequence[str], evidence: Sequence[Evidence]
) -> list[Support] | None:
    """The number that is nearest to the value that is asked for, if it is the same."""
    written = [one for one in map(_quantity, options) if one is not None]
    asked = next((one for one in NUMBERS if one.asked.search(text)), None)
    told = _told(asked.told, evidence) if asked else None
    if asked is None or told is None or len(written) < len(options):
        return None
    item, amounts = told
    off = [_off(amounts[asked.told], option) for option in written]
    return [_support(SUREST if one == min(off) < math.inf else 0.0, item) for one in off]


def _quantity(option: str) -> Quantity | None:
    """The number that an option is; None if it is anything else."""
    text = plain(option).lower()
    text = str(_WORDS.index(text)) if text in _WORDS else text.removeprefix("+")
    found = quantities_in(text) if _NUMBER_ALONE.fullmatch(text) else ()
    return found[0] if len(found) == 1 else None


def _off(value: float, option: Quantity) -> float:
    """How far an option is from a value; infinitely if it is another, roundings allowed."""
    off = abs(value - option.value)
    return off if off <= max(option.step / 2 + 1e-9, CLOSE * abs(value)) else math.inf


def _are_traits(options: Sequence[str]) -> bool:
    """Whether the options are traits; one of them may say that it is not known."""
    meant = sum(any(trait.is_meant(option) for trait in TRAITS) for option in options)
    return meant >= max(2, len(options) - 1)


def _by_trait(options: Sequence[str], evidence: Sequence[Evidence]) -> list[Support] | None:
    if not _are_traits(options):
        return None
    supports = [_of_trait(option, evidence) for option in options]
    return supports if any(one.heard for one in supports) else None


def _of_trait(option: str, evidence: Sequence[Evidence]) -> Support:
    trait = next((one for one in TRAITS if one.is_meant(option)), None)
    told = _told(trait.told, evidence) if trait else None
    if trait is None or told is None:
        return Support(UNHEARD)
    item, amounts = told
    return _support(trait.holds(amounts), item)


def _support(probability: float, item: Evidence) -> Support:
    """What an item says of an option; what it rules out has no evidence for it."""
    if probability <= 1 - SUREST:
        return Support(UNHEARD, heard=True)
    return Support(probability, (item,), heard=True)


def _told(quantity: str, evidence: Sequence[Evidence]) -> tuple[Evidence, Amounts] | None:
    """The first item that states a quantity, and all that it states."""
    for item in evidence:
        amounts = {value.quantity: value.amount for value in item.values}
        if quantity in amounts:
            return item, amounts
    return None
