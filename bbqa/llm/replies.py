"""Reads what models write: the reply without the thinking before it, its JSON, its citations.

Servers differ: some send the thinking of a reasoning model inside the reply, between tags; some
wrap JSON in prose or a code fence; citations come as numbers or as strings. Every reader of a
reply in bbqa uses this module, so that a form that is understood in one place is in all.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

TAGS: Final = (
    ("<think>", "</think>"),
    ("<thinking>", "</thinking>"),
    ("<thought>", "</thought>"),
    ("<reasoning>", "</reasoning>"),
    ("[THINK]", "[/THINK]"),
    ("<|channel|>analysis<|message|>", "<|channel|>final<|message|>"),
)
"""How models mark their thinking: DeepSeek-R1, Qwen3 and others; Magistral; gpt-oss unparsed."""
_OPENING: Final = tuple(opening for opening, _ in TAGS)
_CLOSING: Final = dict(TAGS)
_REPLACED: Final = "\ufffd"
_BRACKETS: Final = r"\[\d+(?:\s*,\s*\d+)*\]"
_CITED: Final = re.compile(rf"\s+(?:{_BRACKETS}\s?)+(?=[\s.,;:]|$)|(?:{_BRACKETS})+(?=\s*\.?\s*$)")


def spoken(text: str) -> tuple[str, str]:
    """A whole reply without its thinking, and the thinking.

    A closing tag without its opening one ends thinking that began with the reply: some templates
    put the opening tag into the prompt. Thinking that is never closed reaches to the end.

    >>> spoken("<think>Is it a kinase?</think> It is.")
    (' It is.', 'Is it a kinase?')
    >>> spoken("Is it a kinase?</think>It is.")
    ('It is.', 'Is it a kinase?')
    """
    thought = ""
    for opening, closing in TAGS:
        while opening in text:
            before, _, rest = text.partition(opening)
            inner, _, after = rest.partition(closing)
            text, thought = before + after, thought + inner
        if closing in text:
            before, _, text = text.rpartition(closing)
            thought += before
    return text, thought


class Speech:
    """Separates a reply from the thinking before it while it arrives.

    Args:
        as_json: Whether the reply is to be JSON. What begins otherwise may be thinking whose
            opening tag was in the prompt, or prose around the JSON: it is held back until it is
            whole.

    Attributes:
        thought: The thinking so far, without its tags.
    """

    def __init__(self, *, as_json: bool = False) -> None:
        self.thought = ""
        self._as_json = as_json
        self._held = ""
        self._closing = ""
        self._open = False

    def add(self, piece: str) -> str:
        """What can be passed on after this piece; often the piece itself."""
        if self._open:
            return piece
        self._held += piece
        if self._closing:
            return self._add_thought()
        start = self._held.lstrip()
        if not start or any(tag.startswith(start) for tag in _OPENING):
            return ""
        if tag := next((tag for tag in _OPENING if start.startswith(tag)), ""):
            self._held, self._closing = start.removeprefix(tag), _CLOSING[tag]
            return self._add_thought()
        if self._as_json and start[0] not in "{[":
            return ""
        return self._released()

    def rest(self) -> str:
        """What is left at the end of the reply."""
        held, self._held = self._held, ""
        if self._closing:
            self.thought += held
            return ""
        said, thought = spoken(held)
        self.thought += thought
        return said if said.strip() else ""

    def _add_thought(self) -> str:
        thought, closed, after = self._held.partition(self._closing)
        if not closed:
            return ""
        self.thought += thought
        self._held, self._closing = "", ""
        return self.add(after)

    def _released(self) -> str:
        self._open = True
        held, self._held = self._held, ""
        return held


def whole_characters(pieces: Iterable[str]) -> Iterator[str]:
    r"""Pieces of a text without surrogates: halves of a pair are joined, lone ones replaced.

    >>> list(whole_characters(["a\ud83d", "\ude00", "b\ud83d"]))
    ['a', '😀', 'b', '\ufffd']
    """
    held = ""
    for piece in pieces:
        joined = held + piece
        held = joined[-1:] if "\ud800" <= joined[-1:] <= "\udbff" else ""
        if text := without_surrogates(joined.removesuffix(held)):
            yield text
    if held:
        yield _REPLACED


def without_surrogates(text: str) -> str:
    """The text with surrogate pairs joined and lone surrogates replaced by U+FFFD."""
    try:
        text.encode()
    except UnicodeEncodeError:
        paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
        return re.sub("[\ud800-\udfff]", _REPLACED, paired)
    return text


def without_surrogates_in(value: Any) -> Any:  # noqa: ANN401
    """JSON whose texts and keys hold no surrogates."""
    match value:
        case str():
            return without_surrogates(value)
        case list():
            return [without_surrogates_in(item) for item in value]
        case dict():
            return {
                without_surrogates(str(key)): without_surrogates_in(item)
                for key, item in value.items()
            }
        case _:
            return value


def read_object(reply: str, keys: Collection[str] = ()) -> dict[str, Any] | None:
    r"""The JSON object in a reply, whatever stands around it; None if there is none.

    Of several it is the last that has one of ``keys``, else the last: a model that corrects
    itself does so afterwards.

    >>> read_object('Here it is:\n```json\n{"pick": "A"}\n```', ["pick"])
    {'pick': 'A'}
    """
    found = list(_objects(spoken(reply)[0]))
    fitting = [value for value in found if not keys or any(key in value for key in keys)]
    return next(reversed(fitting or found), None)


def _objects(text: str) -> Iterator[dict[str, Any]]:
    """The outermost JSON objects in a text, in order."""
    decoder = json.JSONDecoder()
    position = text.find("{")
    while position >= 0:
        try:
            value, end = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            end = position + 1
        else:
            yield without_surrogates_in(value)
        position = text.find("{", end)


def citations_in(value: object) -> tuple[int, ...]:
    """Numbers of evidence, in whichever form a model gives them.

    >>> citations_in([1, "2", "[3]", "[4], [5]", 6.0, None, True])
    (1, 2, 3, 4, 5, 6)
    """
    items = value if isinstance(value, list) else [value]
    return tuple(dict.fromkeys(number for item in items for number in _numbers(item)))


def _numbers(item: object) -> Iterator[int]:
    match item:
        case bool():
            return
        case int():
            yield item
        case float() if item.is_integer():
            yield int(item)
        case str():
            yield from (int(digits) for digits in re.findall(r"(?<!\d)\d{1,9}(?!\d)", item))


def without_citations(text: str) -> tuple[str, tuple[int, ...]]:
    """A sentence without the citations that a model wrote into it, and their numbers.

    >>> without_citations("EGFR enables ATP binding [2][3].")
    ('EGFR enables ATP binding.', (2, 3))
    """
    numbers = citations_in(_CITED.findall(text))
    return " ".join(_CITED.sub("", text).split()), numbers
