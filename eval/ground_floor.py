"""The baseline of the grounding measurement: sentences against evidence by their words alone.

What bbqa did before it read sentences as claims: a number, a name, the name of a node that the
cited evidence, the question or the inputs do not have; a denial on one side only; or fewer than
``MIN_SHARED_WORDS`` of its words in common with them, and a sentence is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from bbqa.ground import Lexicon, weakest
from bbqa.schema import Claim, Dropped, Evidence, Question

MIN_SHARED_WORDS = 0.6
"""Least share of a sentence's content words that its evidence or question must contain."""

_WORD = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9'+]|[-./](?=[A-Za-z0-9]))*")
_NUMBER = re.compile(r"(?<![A-Za-z0-9-])\d+(?:[.,]\d+)*(?:e[-+]?\d+)?(?![A-Za-z0-9])", re.I)
_NEGATION = re.compile(r"\b(?:not|no|never|neither|nor|without|cannot|lacks?|absent)\b|n't\b", re.I)
_HEDGE = re.compile(
    r"\b(?:probabl[ey]|likely|may|might|could|possibly|predicted|suggests?)\b", re.I
)

# Words that carry no claim of their own: a sentence may use them whatever its evidence says.
_GLUE = frozenset(
    """
    a about according act acts additionally after also an and another any are as associated
    at be been being between binds both but by can cell cells cellular chemical common compound
    contains could curated different disease diseases do does drug drugs each either enables
    enzyme evidence example following for form found from function functions gene genes given has
    have having in include includes including indicates input interact interacts into involved is
    it its itself just known likely linked located may means might molecular molecule more most
    of on one or other others over part particular pathway pathways play plays possibly
    predicted predicts probable probably process processes protein proteins records recorded
    related role roles same several show shown shows similar so some specifically such suggests
    take takes target targets than that the their them these they this those through to two type
    under used uses various via was well were what where which who with within
    """.split()  # noqa: SIM905
)


def floor(
    text: str,
    citations: tuple[int, ...],
    *,
    evidence: Mapping[int, Evidence],
    question: Question,
    lexicon: Lexicon,
) -> Claim | Dropped:
    """The sentence as a claim if it passes these rules, else why it was dropped."""
    cited = [evidence[n] for n in citations if n in evidence]
    reason = _why_not(text, citations, cited, question, lexicon)
    if reason:
        return Dropped(text, citations, reason)
    return Claim(_hedged(text, cited), citations, weakest(cited))


def _why_not(
    text: str,
    citations: tuple[int, ...],
    cited: list[Evidence],
    question: Question,
    lexicon: Lexicon,
) -> str:
    """Why a sentence is not supported; empty if it is."""
    if not citations:
        return "it cites no evidence"
    if missing := [n for n in citations if n not in {item.number for item in cited}]:
        return f"it cites evidence that is not there: {missing}"
    support = " ".join([item.statement for item in cited])
    allowed = " ".join([support, *_spoken_of(question), *(item.because for item in cited)])
    synonyms, strange = _nodes_named(text, allowed, lexicon)
    allowed = " ".join([allowed, *synonyms])
    checks = (
        ("number", _numbers(text) - _numbers(allowed)),
        ("name", _names(text) - _words(allowed)),
        ("name", strange),
    )
    for what, strangers in checks:
        if strangers:
            return f"{what} not in the evidence it cites: {', '.join(sorted(strangers))}"
    if bool(_NEGATION.search(text)) != bool(_NEGATION.search(support)):
        return "it denies what its evidence affirms, or the reverse"
    if (share := _shared(text, allowed)) < MIN_SHARED_WORDS:
        return f"only {share:.0%} of its words are the evidence's"
    return ""


def _spoken_of(question: Question) -> list[str]:
    """What may be named because the person named it or gave it."""
    return [question.text, *(part for i in question.inputs for part in (i.label, i.name, i.given))]


def _nodes_named(text: str, allowed: str, lexicon: Lexicon) -> tuple[set[str], set[str]]:
    """Names of nodes that a text has and the allowed words lack: their synonyms, and strangers."""
    missing = [named for named in lexicon.mentions(text) if not _occurs(named.text, allowed)]
    if not missing:
        return set(), set()
    known = {row for named in lexicon.mentions(allowed) for row in named.rows}
    synonyms = {named.text for named in missing if known & set(named.rows)}
    return synonyms, {named.text for named in missing} - synonyms


def _numbers(text: str) -> set[str]:
    return {match.replace(",", "") for match in _NUMBER.findall(text)}


def _names(text: str) -> set[str]:
    """Words with a capital or a digit in them, normalised; a plain first word does not count."""
    words = _WORD.findall(text)
    first = {words[0]} if words and words[0][1:].islower() else set()
    found = {w for w in words if w not in first and re.search(r"[A-Z]|[a-z]\d|\d[a-z]", w)}
    return {_stem(w) for w in found if w.lower() not in _GLUE}


def _words(text: str) -> set[str]:
    """All words of a text, and the parts of those joined by hyphens, normalised."""
    words = _WORD.findall(text)
    parts = [part for word in words for part in re.split(r"[-./]", word)]
    return {_stem(word) for word in (*words, *parts) if word}


def _shared(text: str, allowed: str) -> float:
    content = {word for word in _words(text) if word not in _GLUE_STEMS and not word.isdigit()}
    return len(content & _words(allowed)) / len(content) if content else 1.0


def _occurs(name: str, allowed: str) -> bool:
    return {word for word in _words(name) if word not in _GLUE_STEMS} <= _words(allowed)


def _stem(word: str) -> str:
    """A word without its commonest English endings: enough to match "binds" with "binding"."""
    word = word.lower().removesuffix("'s")
    for ending in ("ations", "ation", "ities", "ings", "ing", "ies", "ity", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            return word.removesuffix(ending)
    return word


_GLUE_STEMS = frozenset(_stem(word) for word in _GLUE)


def _hedged(text: str, cited: Iterable[Evidence]) -> str:
    certain = not any(_HEDGE.search(item.statement) for item in cited)
    if certain or _HEDGE.search(text):
        return text
    return f"Probably, {text[0].lower() if text[1:2].islower() else text[0]}{text[1:]}"
