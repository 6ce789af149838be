"""Other ways to write a name that mean the same, and what a name's thing is a kind of.

"Insulin receptor recycling" is "recycling of the insulin receptor", "hypercholesterolemia,
familial, 1" is "familial hypercholesterolemia 1", and whoever has "protein tyrosine kinase
activity" is a tyrosine kinase.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

_PREPOSITION: Final = re.compile(
    r"\b(?:of|to|by|in|on|with|from|for|via|and|or|the|that|which|into|involved)\b|[(),;:]",
    re.IGNORECASE,
)
_INVERTED: Final = re.compile(r"^([^,()]+), ([^,()]+)(?:, ([^,()]+))?$")
_CROSSING: Final = re.compile(r"^(.+) transmembrane (transport)$", re.IGNORECASE)
_SIGNALLING: Final = re.compile(r"^(signall?ing) by (.+)$", re.IGNORECASE)
_BY_CLASS: Final = re.compile(r"^(.+) (?:cascade|pathway|process)$", re.IGNORECASE)
_AGENT: Final = re.compile(r"^(.+) agent$", re.IGNORECASE)
_DOER: Final = re.compile(
    r"^(.+) (receptor|inhibitor|antagonist|agonist|inducer|activator|transporter|carrier)$",
    re.IGNORECASE,
)
_NEGATING: Final = frozenset(("non", "anti", "not", "no"))
_CONVENTIONS: Final = tuple(
    (re.compile(rf"{written}\b", re.IGNORECASE), usual)
    for written, *others in (
        (r"\bapoptotic process", "apoptosis"),
        (r"\bbiosynthetic process", "biosynthesis", "synthesis"),
        (r"\bcatabolic process", "catabolism", "breakdown", "degradation"),
        (r"\bmetabolic process", "metabolism"),
        (
            r"\bnon[- ]membrane spanning protein",
            "non-receptor",
            "non-receptor protein",
            "cytoplasmic",
        ),
        (r"\btransmembrane receptor protein", "receptor", "receptor protein"),
        (r"\bG protein[- ]coupled receptor", "GPCR", "G-protein coupled receptor"),
        (r"\bintegral component of", "integral part of"),
        ("[- ]activated receptor", " receptor"),
        (r"\bDNA[- ]templated transcription", "transcription"),
        (r"\bantineoplastic", "anticancer", "antitumour"),
        (r"\bmyelogenous", "myeloid"),
    )
    for usual in others
)
"""How ontologies write what the field's literature writes otherwise."""
MAX_WORDS: Final = 6
"""Words of the longest name of which other wordings are made."""
LONG_WORD: Final = 12
"""Letters from which a single word says enough to stand for a name."""


def other_names(name: str) -> Iterator[str]:
    """Other wordings of a name that mean the same thing."""
    for pattern, usual in _CONVENTIONS:
        if pattern.search(name):
            wording = pattern.sub(usual, name)
            yield wording
            yield from _reordered(wording)
    yield from _reordered(name)


def _reordered(name: str) -> Iterator[str]:
    """A name with its words in another order, or without those that add nothing."""
    if match := _INVERTED.match(name):
        first, *rest = (part for part in match.groups() if part)
        yield " ".join([rest[0], first, *rest[1:]])
    if match := _SIGNALLING.match(name):
        yield f"{match[2]} {match[1]}"
    for pattern, wordings in (
        (_BY_CLASS, ("{0}",)),
        (_AGENT, ("{0}", "{0} drug", "{0} action", "{0} compound", "{0} medicine")),
        (_DOER, ("{1} for {0}", "{1} of {0}")),
        (_CROSSING, ("{1} of {0} across membranes", "{1} of {0} across the membrane")),
    ):
        if match := pattern.match(name):
            yield from (wording.format(*match.groups()) for wording in wordings)
    words = name.split()
    if 1 < len(words) <= MAX_WORDS and not _PREPOSITION.search(name):
        yield f"{words[-1]} of {' '.join(words[:-1])}"


def kinds_of(name: str) -> Iterator[str]:
    """What a function, a process or a doer is a kind of, by the end of its name.

    The last noun of an English compound says what kind of thing it is: a protein tyrosine kinase
    is a tyrosine kinase. Names that are no plain compounds have none.
    """
    words = name.split()
    if len(words) > MAX_WORDS + 2 or _PREPOSITION.search(name):
        return
    for start in range(1, len(words)):
        rest = words[start:]
        if words[start - 1].lower() in _NEGATING:
            return
        if len(rest) > 1 or len(rest[0]) >= LONG_WORD:
            yield " ".join(rest)


def doers_of(activity: str) -> Iterator[str]:
    """What has an activity, more and more generally: ``tyrosine kinase``, ``kinase``."""
    words = activity.split()
    yield from (" ".join(words[start:]) for start in range(1, len(words)))
