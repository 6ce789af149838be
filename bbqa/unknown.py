"""Names in a question that nothing is called by.

"What does zorblatinib do?" must not be answered from whatever resembles its words. A word counts
as a name if it is written like one (digits, capitals within a sentence) or is so rare that the
text encoder's vocabulary has no place for it; and as unknown if no id, name or synonym of the
graph has it in it.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Final

from bbqa.examples import read_examples
from bbqa.kg.everyday_words import EVERYDAY, GENERIC
from bbqa.question.read import words_outside
from bbqa.schema import Modality, NodeType, Question

if TYPE_CHECKING:
    from bbqa.resources import Resources

MIN_PIECES: Final = 3
"""Pieces of the encoder's vocabulary from which a lower-case word is no ordinary one."""
MIN_LETTERS: Final = 6
ENDING: Final = 4
SHARED: Final = 5
"""Drugs that must share the last letters of a word for it to be written like a drug's name."""
TYPO: Final = 0.85
"""difflib's ratio from which a word is a slip of the pen for an ordinary one."""
_LIKE_A_NAME: Final = re.compile(r"\w*(?:[A-Za-z]\d|\d[A-Za-z]|[a-z][A-Z]|[A-Z]{3})")


def unknown_names(question: Question, resources: Resources) -> list[str]:
    """Words of a question that look like names and are not in the graph, in their order."""
    named = [i for i in question.inputs if i.modality is Modality.ENTITY]
    first = question.text.split()[0].strip("\"'(")
    return [
        word
        for word in words_outside(question.text, named)
        if not _is_ordinary(word)
        and _looks_like_a_name(word, resources, starts=word == first)
        and not resources.names.occurs(word)
    ]


def looks_like_a_name(word: str, resources: Resources) -> bool:
    """Whether a word can hardly be anything but a name: ZNQ77, or with the ending of drugs."""
    if _LIKE_A_NAME.match(word):
        return True
    ending = word.lower()[-ENDING:]
    drugs = resources.names.ending_in(ending, {NodeType.DRUG}) if len(word) > 2 * ENDING else []
    return len(drugs) >= SHARED


def _is_ordinary(word: str) -> bool:
    plain = word.lower().removesuffix("'s")
    known = _vocabulary()
    return plain in known or bool(get_close_matches(plain, known, n=1, cutoff=TYPO))


def _looks_like_a_name(word: str, resources: Resources, *, starts: bool) -> bool:
    """Whether a word is written like a name, or is a rare one."""
    if _LIKE_A_NAME.match(word) or (word[0].isupper() and not starts):
        return True
    pieces = getattr(resources.encoder, "pieces", None)
    rare = pieces is not None and pieces(word.lower()) >= MIN_PIECES
    return rare and len(word) >= MIN_LETTERS


@cache
def _vocabulary() -> frozenset[str]:
    """Ordinary words of questions."""
    asked = {
        word.lower().removesuffix("'s")
        for example in read_examples()
        for word in re.findall(r"[A-Za-z][\w'-]*", example.question)
    }
    return frozenset(asked | GENERIC | EVERYDAY)
