"""Whether a question takes for granted that something it names holds of what it is about.

"What anchors this protein in the lysosome?" takes for granted that it is there. "Is it in the
lysosome?" asks, and "Which of its partners are in the lysosome?" does neither. In
``prompts/premises.tsv`` wordings are labelled so, ``{term}`` standing for what is named; a kernel
ridge regression carries a question's sentence vector and some patterns of words to a score.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.kernel import gaussian, solved
from bbqa.prompts import FOLDER

if TYPE_CHECKING:
    from bbqa.resources import Resources

Array = npt.NDArray[np.float64]

TERM: Final = "{term}"
"""What stands for the name of the thing in question."""
WIDTH: Final = 0.3
"""Gamma of the kernel ``exp(-gamma |x - y|^2)``."""
RIDGE: Final = 0.3
PATTERN_WEIGHT: Final = 0.5
"""Weight of a pattern beside a sentence vector of length one. All three were chosen by
cross-validation over the wordings (``docs/decisions/premises.md``)."""
PRESUMES: Final = "presumes"

_THINGS: Final = (
    r"(?:partners?|proteins|interact\w*|kinases|regulators?|genes|drugs?|compounds?|substrates?"
    r"|ligands|targets?|members?|interactome|neighbou?rs?)\b"
)
_PATTERNS: Final = tuple(
    re.compile(words, re.IGNORECASE)
    for words in (
        # asks
        r"^(?:so |please |and )?(?:does|do|did|is|are|was|were|would|could|can|will|has|have|might"
        r"|any)\b",
        r"\b(?:if|whether|wonder|sure|true|false|yes or no|y/n|verify|confirm|check|assume"
        r"|plausible|evidence|likely|possible|claims?|ever|really|right|correct)\b",
        r"\bany(?:thing|body)?\b|\bsome(?:thing|body)\b",
        # supposes
        r"\b(?:suppose|imagine|artificially|hypothetical|what if|were|turned out|conferred)\b",
        # gives examples
        r"\b(?:for (?:instance|example)|such as|e\.g|say|like)\b"
        r"|\bor (?:some|any|what)\w* else|\bor others\b|, (?:or|and) an? ",
        # connects, compares or picks others
        r"\b(?:link\w*|relat\w*|connect\w*|between|bridges?|ties?|hang|path|chain|intermediates?"
        r"|associat\w*|reach|to do with|in common|indirect\w*|neighbou?r\w*)\b",
        r"\b(?:compar\w+|similar|differ\w*|typical|resembl\w*|shared?|shares|mistaken|rather than"
        r"|versus|vs)\b",
        rf"\b{_THINGS}[^?.]*{{term}}",
        rf"{{term}}[^?.]*\b{_THINGS}",
        r"\b(?:among|of (?:its|the|all)|filter|pick|list|name|show|which of)\b",
        # takes for granted
        r"^(?:why|how|when|since|what makes|where)\b",
        r"\b(?:its|the|of this|by this|in this|this (?:protein|enzyme|molecule|compound)'s) {term}",
        r"{term} of\b",
        r"\b(?:explain|describe|summari|outline|discuss|tell me|walk me|mechanism)\w*",
        r"\b(?:given|seeing|since|because|considering|know|read|heard|apart|besides|other than"
        r"|not only)\b",
        r"\?\s*\S|[.;:,-]\s.*\?$",
    )
)


@dataclass(frozen=True, slots=True)
class Labelled:
    """A labelled wording.

    Attributes:
        label: ``presumes``, ``whether`` (it asks that) or ``other``.
        text: The question, with ``{term}`` for what is named.
    """

    label: str
    text: str


class Presumptions:
    """Tells which questions take what they name for granted.

    Args:
        resources: Where the text encoder and its cache are.
        wordings: Labelled wordings; default: those of ``prompts/premises.tsv``.
    """

    def __init__(self, resources: Resources, wordings: Sequence[Labelled] | None = None) -> None:
        self._resources = resources
        wordings = read_wordings() if wordings is None else wordings
        texts = [wording.text for wording in wordings]
        self._inputs = _features(texts, resources.encode_kept(list(map(_plain, texts))))
        wanted = np.array([1.0 if w.label == PRESUMES else -1.0 for w in wordings])
        self._weights = solved(self._inputs, wanted, gamma=WIDTH, ridge=RIDGE)

    def score(self, text: str) -> float:
        """How much speaks for it: above 0 a question takes ``{term}`` for granted.

        Args:
            text: The question, with ``{term}`` for what is named.
        """
        vector = self._resources.encode(_plain(text)).astype(np.float64)
        alike = gaussian(_features([text], vector[None]), self._inputs, gamma=WIDTH)[0]
        return float(alike @ self._weights)


def read_wordings() -> tuple[Labelled, ...]:
    """The labelled wordings of ``prompts/premises.tsv``."""
    lines = (FOLDER / "premises.tsv").read_text(encoding="utf-8").splitlines()[1:]
    return tuple(Labelled(*line.split("\t")) for line in lines)


def _plain(text: str) -> str:
    """A wording as the encoder reads it."""
    return text.replace(TERM, "X")


def _features(texts: Sequence[str], vectors: Array) -> Array:
    """Sentence vectors and patterns of words, float64 [N, D + P]."""
    found = [[bool(pattern.search(text)) for pattern in _PATTERNS] for text in texts]
    return np.hstack([vectors, PATTERN_WEIGHT * np.array(found, np.float64)])
