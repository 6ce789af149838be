"""Species that a question names, by their NCBI taxonomy numbers."""

from __future__ import annotations

import re
from typing import Final

_SPECIES: Final = (
    (9606, r"humans?|homo sapiens|patients?"),
    (10090, r"mouse|mice|murine|mus musculus"),
    (10116, r"rats?|rattus norvegicus"),
    (7955, r"zebrafish|danio rerio"),
    (7227, r"(?:fruit[- ]?)?fl(?:y|ies)|drosophila(?: melanogaster)?"),
    (6239, r"worms?|nematodes?|c\.? ?elegans|caenorhabditis(?: elegans)?"),
    (3702, r"arabidopsis(?: thaliana)?|thale cress"),
    (4932, r"(?:budding |baker'?s )?yeast|s\.? ?cerevisiae|saccharomyces(?: cerevisiae)?"),
    (83333, r"e\.? ?coli|escherichia coli"),
    (9031, r"chickens?|gallus gallus"),
    (9913, r"bovine|cows?|cattle|bos taurus"),
    (9823, r"pigs?|porcine|sus scrofa"),
    (9615, r"dogs?|canine"),
    (9598, r"chimp(?:anzee)?s?"),
    (8355, r"xenopus(?: laevis)?|frogs?"),
)
_PATTERN: Final = re.compile(
    "|".join(rf"(?P<t{taxon}>\b(?:{words})\b)" for taxon, words in _SPECIES), re.IGNORECASE
)
_COUNTERPART: Final = re.compile(
    r"ortholog|homolog|counterpart|equivalent|version|relative|analog", re.IGNORECASE
)
NAMES: Final = {
    9606: "human", 10090: "mouse", 10116: "rat", 7955: "zebrafish", 7227: "Drosophila",
    6239: "C. elegans", 3702: "Arabidopsis", 4932: "yeast", 83333: "E. coli", 9031: "chicken",
    9913: "cow", 9823: "pig", 9615: "dog", 9598: "chimpanzee", 8355: "Xenopus",
}  # fmt: skip
"""What a species is called in an answer."""


def counterpart_taxon(clause: str) -> int | None:
    """The species in which a counterpart is asked for; None if none is named.

    >>> counterpart_taxon("What's the mouse orthologue of ENT0?")
    10090
    >>> counterpart_taxon("the human counterpart of this mouse protein")
    9606

    It is the one that is named next to the word for the counterpart.
    """
    found = [(match, int(str(match.lastgroup)[1:])) for match in _PATTERN.finditer(clause)]
    word = _COUNTERPART.search(clause)
    if not found or word is None:
        return None
    return min(found, key=lambda one: _distance(one[0], word))[1]


def _distance(species: re.Match[str], word: re.Match[str]) -> int:
    """Characters between a species and a word; one that stands before it is nearer."""
    if species.end() <= word.start():
        return word.start() - species.end()
    return 2 * (species.start() - word.end()) + 4
