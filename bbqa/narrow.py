"""What is asked of the last list -> one question that stands alone.

"Which of those also hit ERBB2?" after "Which drugs act on EGFR?" is "Which drugs act on EGFR that
also hit ERBB2?". So the whole list is filtered, not only what of it was shown.
"""

from __future__ import annotations

import re
from typing import Final

LONGEST: Final = 400
"""Characters of the longest question that is narrowed."""

_FILTER: Final = re.compile(
    r"""^(?:
        (?P<aux>do|does|are|is|have|has|can)\s+(?:any|some|one|all|many)\s+of\s+(?P<these>THOSE)
      | (?:which|what|who|any|(?P<count>how\ many)|(?:show|give|list)(?:\ me)?(?:\ only)?)
        (?:\ ones?)?\s+(?:of|among|from)\s+(?P<those>THOSE)
      | (?:which|what)\s+ones?
    )\s+(?P<rest>\S.*?)[\s?.!]*$""".replace(
        "THOSE", r"(?:those|these|them)\b(?:\s+(?!(?:acts?|hits?|binds?|is|has|does)\b)[a-z]+s\b)?"
    ),
    re.IGNORECASE | re.VERBOSE,
)
_BARE: Final = re.compile(
    r"^which\s+(?P<rest>(?:is|are|has|have|also|act|acts|hit|hits|bind|binds|cross|block)\b.*?)[\s?.!]*$",
    re.IGNORECASE,
)
_ONLY: Final = re.compile(
    r"^(?:only|just)\s+(?:(?:those|the ones)\s+(?P<place>(?:in|on|at|with|from)\s.+?)"
    r"|(?:the\s+)?(?P<kind>(?:[a-z-]+\s+){0,2}[a-z-]+s))(?:[\s,]+please)?[\s?.!]*$",
    re.IGNORECASE,
)
_HOW_MANY: Final = re.compile(
    r"^how many(?:\s+(?:is|are|were)\s+(?:that|those|there|they|these)|\s+in\s+(?:all|total)"
    r"|\s+of\s+(?:them|those)(?:\s+are\s+there)?)?[\s?.!]*$",
    re.IGNORECASE,
)
_LIST: Final = re.compile(
    r"^(?:which|what|who|list|name|show|give me|find|how many)\b(?!\s+of\b)", re.IGNORECASE
)
_ARE: Final = re.compile(
    r"^(?:are|is)\s+(?:an?\s+|the\s+)?(?P<kind>[\w-]+(?:\s+[\w-]+){0,2})$", re.I
)
_NO_KIND: Final = re.compile(
    r"\b(?:also|too|\w+(?:ed|wn)|in|on|at|by|to|of|for|not|from|with)\b", re.IGNORECASE
)
_DOES: Final = re.compile(r"^(?:do|does|did)\s+(?P<clause>.+)$", re.IGNORECASE)
_IS_NAMED: Final = re.compile(
    r"^(?P<aux>(?i:is|are|can|has))\s+(?P<name>\S*[A-Z\d]\S*)\s+(?P<does>.+)$"
)
_HEAD: Final = re.compile(
    r"^(?P<ask>which|what|list|name|how many|show(?: me)?|give me|find)\s+(?:the\s+|all\s+)?"
    r"(?P<noun>(?!AUX\b)[a-z][\w-]*(?:\s+[a-z][\w-]*)??)"
    r"(?=\s+(?:AUX|that|which|acts?|hits?|binds?|blocks?|inhibits?|targets?|interacts?|of|for|in|on"
    r"|linked|associated|related|involved|known|against)\b)".replace(
        "AUX", "(?:do|does|did|is|are|was|were|has|have|can|will|would)"
    ),
    re.IGNORECASE,
)


_ENDS_OPEN: Final = re.compile(
    r"\b(?:act|hit|bind|block|inhibit|target|cause|treat|on|to|with|in|at|by|for|of)$",
    re.IGNORECASE,
)
_OF_WHOM: Final = re.compile(
    r"^(?:which|what)\s+(?:[\w-]+\s+){0,3}?(?P<aux>is|are|do|does|did)\s+(?P<clause>.+?)[\s?.!]*$",
    re.IGNORECASE,
)
_WHO_DOES: Final = re.compile(
    r"^(?:which|what|who)\s+(?:(?!(?:do|does|did|is|are|the)\b)[a-z][\w-]*\s+){0,2}?(?:(?P<are>are|is)\s+"
    r"(?P<linked>(?:linked|associated|related|connected|known|used|involved|found)\b.+?)"
    r"|(?P<does>(?:act|hit|bind|block|inhibit|target|interact|cause|treat|activate)(?P<s>s?)\b.+?))"
    r"[\s?.!]*$",
    re.IGNORECASE,
)


def membership(asked: str, name: str) -> str | None:
    """Whether a thing is in the list that answers a question, as a question.

    Args:
        asked: The question that the list answers.
        name: A thing of the kind that it asks for.

    Returns:
        The question; None if the last one cannot be turned.

    >>> membership("Which drugs act on KRAS?", "sotorasib")
    'Does sotorasib act on KRAS?'
    >>> membership("Which diseases is LDLR linked to?", "asthma")
    'Is LDLR linked to asthma?'
    """
    if match := _WHO_DOES.match(asked):
        if match["are"]:
            return f"Is {name} {match['linked']}?"
        return f"Does {name} {match['does'].replace(match['does'].split()[0], _base(match), 1)}?"
    match = _OF_WHOM.match(asked)
    if match is None or not _ENDS_OPEN.search(match["clause"]):
        return None
    return f"{match['aux'].capitalize()} {match['clause']} {name}?"


def _base(match: re.Match[str]) -> str:
    """The verb without its ending for the third person."""
    return str(match["does"].split()[0]).removesuffix("s")


def narrowed(text: str, asked: str, *, names_nothing: bool = False) -> str | None:
    """A filter of a list as one question with the one that the list answers.

    Args:
        text: What was typed.
        asked: The question to which the list is the answer, standing alone.
        names_nothing: Whether the text names no thing, so that "which are enzymes?" is a filter.

    Returns:
        The question; None if the text is no filter, or the last question no list.

    >>> narrowed("which of those also hit ERBB2?", "Which drugs act on EGFR?")
    'Which drugs act on EGFR that also hit ERBB2?'
    >>> narrowed("which of those are kinases?", "Which proteins does dasatinib act on?")
    'Which kinases does dasatinib act on?'
    """
    if not _LIST.match(asked) or len(asked) > LONGEST:
        return None
    if _HOW_MANY.match(text):
        return _counted(asked)
    if only := _ONLY.match(text):
        if only["kind"] is not None:
            return _of_kind(only["kind"], asked)
        return f"{asked.rstrip(' ?.!')} that are {only['place']}?"
    match = _FILTER.match(text) or (_BARE.match(text) if names_nothing else None)
    if match is None:
        return None
    found = match.groupdict()
    rest = _relative(found["rest"], (found.get("aux") or "").lower())
    kind = _kind(rest)
    narrower = f"{asked.rstrip(' ?.!')} that {rest}?" if kind is None else _of_kind(kind, asked)
    return _counted(narrower) if found.get("count") else narrower


def _counted(asked: str) -> str:
    """A question for a list as one for its length."""
    return re.sub(r"^(?:which|what)\b", "How many", asked, flags=re.IGNORECASE)


def _relative(rest: str, aux: str) -> str:
    """What the list is filtered by, as it stands after "that"."""
    if aux in ("are", "is", "have", "has", "can"):
        return f"{aux} {rest}"
    if does := _DOES.match(rest):
        return does["clause"]
    if named := _IS_NAMED.match(rest):
        return f"{named['name']} {named['aux']} {named['does']}"
    return re.sub(r"^is\b", "are", rest)


def _kind(rest: str) -> str | None:
    """The noun of "are kinases": what the members have to be."""
    match = _ARE.match(rest)
    if match is None or _NO_KIND.search(match["kind"]) or not match["kind"].endswith("s"):
        return None
    return match["kind"]


def _of_kind(kind: str, asked: str) -> str:
    """A question for things of a kind instead of those that it asks for."""
    if head := _HEAD.match(asked):
        return f"{head['ask']} {kind}{asked[head.end() :]}"
    return f"Which {kind} {asked.partition(' ')[2]}"
