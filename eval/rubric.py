"""Rubrics: what an answer to a question has to establish, and whether a text establishes it.

A rubric is one JSON object a line. ``id`` and ``question`` must be there, all else may be:

==============  ====================================================================================
``seq``         sequences, as ``bbqa ask`` takes them; ``smiles``: structures
``kind``        a free label, ``family/what``; results are told apart by the family
``held``        who can answer: ``graph``, ``reference`` (its sequences), ``data`` (only with more
                data), ``no`` (must be declined)
``status``      the statuses of an answer that are accepted
``first``       groups of strings: the first two sentences hold one string of each group
``all``         groups of strings: the whole answer holds one string of ``need`` of them, or of each
``forbid``      strings that make an answer wrong wherever they stand
``number``      the lowest and the highest number of which the first two sentences name one
``yesno``       ``yes``, ``no`` or ``not recorded``: what the first sentence says
``says_missing``  words of which the first two sentences name one, and say that it is not held
``split``       ``dev`` or ``test``
==============  ====================================================================================

Other fields are for people. Strings are compared as ``Passage`` says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final, cast

from bbqa.errors import InputError
from bbqa.eval.benchmarks.reading import Row, read_jsonl

Group = tuple[str, ...]
"""Strings any of which will do."""

OPENING: Final = 2
"""Sentences in which the answer itself must stand."""
YES_NO: Final = ("yes", "no", "not recorded")

_GREEK: Final = str.maketrans(
    {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "µ": "mu", "μ": "mu"}
)
_CITATION: Final = re.compile(r"\[\d+(?:\s*[,–-]\s*\d+)*\]")
_GAP: Final = re.compile(r"[\s\-–_]+")
_SYMBOL: Final = re.compile(r"[A-Z]{2,4}")
_NUMERAL: Final = re.compile(r"\d+(?:\.\d+)?")

_SHORT: Final = re.compile(
    r"\b(e\.g|i\.e|vs|cf|ca|approx|spp?|al|Fig|resp|No(?=\.\s\d))\.(?=\s)",
)
_DOT: Final = "․"
"""A dot that ends no sentence."""
_NEXT: Final = r"(?=[A-Z0-9\"'(]|[a-z]+_\d)"
_ENDS: Final = re.compile(rf"(?<=[.!?])(?:\s*\[[\d,\s]+\])*\s+{_NEXT}|\n+")

_LABEL: Final = re.compile(
    r"\[[\d,\s]+\]|\b(?:protein|molecule|gene)_\d+|[A-Za-z]+[-–]\d+",
)
"""Digits that are no quantity: citations, labels of inputs, names like IL-2."""
_QUANTITY: Final = re.compile(r"(?<![\w.])[-−]?\d[\d,]*(?:\.\d+)?")

_YES: Final = re.compile(r"\W*yes\b")
_NO: Final = re.compile(r"\W*no\b(?! (?:record|data|evidence))")
_ABSENT: Final = "|".join(
    (
        r"not (?:recorded|held|known|part of|covered|available|stored|listed)",
        r"not in (?:this|the|its|bbqa)\b",
        r"no (?:recorded |known )?(?:record|data|information|evidence|entry|drug|disease)s?",
        r"do(?:es)? not (?:hold|record|contain|cover|say|have|list|know)",
        r"cannot (?:be )?(?:tell|told|say|said|answer|answered|know|known|read)",
        r"nothing (?:is |was )?(?:recorded|found|known|held)",
        r"nothing (?:in this graph |here )?is called",
        r"found (?:nothing|no)",
        r"holds? no",
        r"ha(?:s|ve) no",
    )
)
_NOT_HELD: Final = re.compile(rf"\b(?:{_ABSENT})\b")


@dataclass(frozen=True, slots=True)
class Rubric:
    """What one answer has to establish; ``eval/rubric.py`` says what each field is."""

    id: str
    question: str
    seq: tuple[str, ...] = ()
    smiles: tuple[str, ...] = ()
    kind: str = ""
    held: str = ""
    status: frozenset[str] = frozenset()
    first: tuple[Group, ...] = ()
    all: tuple[Group, ...] = ()
    need: int = 0
    forbid: Group = ()
    number: tuple[float, float] | None = None
    yesno: str = ""
    says_missing: Group = ()
    split: str = ""

    @property
    def family(self) -> str:
        """The first part of the kind."""
        return self.kind.partition("/")[0] or "other"


# reading


def read_rubrics(path: Path, *, split: str | None = None) -> list[Rubric]:
    """The rubrics of a file, in its order; those of one split, if it is told.

    Raises:
        InputError: The file or a line of it cannot be read, or no rubric is of the split.
    """
    rows = read_jsonl(path, required=("question",), unique="id")
    found = [_rubric(row) for row in rows]
    kept = [one for one in found if split in (None, one.split)]
    if not kept:
        raise InputError(
            f"{path} has no questions of the split {split!r}",
            hint="leave --split away to take all of them",
        )
    return kept


def _rubric(row: Row) -> Rubric:
    value = row.value
    try:
        groups = _groups(value.get("all", ()))
        return Rubric(
            id=row.text("id"),
            question=row.text("question"),
            seq=_texts(value.get("seq", ())),
            smiles=_texts(value.get("smiles", ())),
            kind=str(value.get("kind", "")),
            held=str(value.get("held", "")),
            status=frozenset(_texts(value.get("status", ()))),
            first=_groups(value.get("first", ())),
            all=groups,
            need=int(value.get("need", len(groups))),
            forbid=_texts(value.get("forbid", ())),
            number=_range(value.get("number")),
            yesno=_yes_no(value.get("yesno", "")),
            says_missing=_texts(value.get("says_missing", ())),
            split=str(value.get("split", "")),
        )
    except (TypeError, ValueError) as error:
        raise row.wrong(str(error)) from error


def _texts(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if not isinstance(value, list | tuple) or not all(isinstance(one, str) for one in value):
        raise ValueError(f"got {value!r}; expected strings")
    return tuple(value)


def _groups(value: object) -> tuple[Group, ...]:
    if not isinstance(value, list | tuple):
        raise ValueError(f"got {value!r}; expected a list of lists of strings")
    return tuple(_texts(group) for group in value)


def _range(value: object) -> tuple[float, float] | None:
    if value is None:
        return None
    low, high = cast("Iterable[Any]", value)
    return float(low), float(high)


def _yes_no(value: object) -> str:
    if value not in ("", *YES_NO):
        raise ValueError(f"yesno is {value!r}; expected {', '.join(YES_NO)}")
    return str(value)


# judging


@dataclass(frozen=True)
class Passage:
    """A text in which strings are looked for.

    A string is found where it begins a word. Case, hyphens, white space and citations make no
    difference, and Greek letters count as written out. A symbol of two to four capitals (MET) must
    be a whole word in letters; what ends in a digit (CYP2C1, EC 2.7.1.1) must end there, unless it
    is a plain number.
    """

    text: str

    @cached_property
    def plain(self) -> str:
        """The text as it is compared."""
        return folded(self.text)

    def has(self, string: str) -> bool:
        """Whether a string is in it."""
        wanted = folded(string).strip()
        pattern = rf"(?<![a-z0-9]){re.escape(wanted)}{_must_end(string.strip(), wanted)}"
        return re.search(pattern, self.plain) is not None

    def has_any(self, group: Iterable[str]) -> bool:
        """Whether a string of the group is in it."""
        return any(self.has(string) for string in group)


def folded(text: str) -> str:
    """A text without citations, in lower case, with a blank for each gap and hyphen."""
    return _GAP.sub(" ", _CITATION.sub("", text.translate(_GREEK).lower()))


def _must_end(string: str, wanted: str) -> str:
    """What may not follow a string that was found, as a pattern."""
    if _SYMBOL.fullmatch(string):
        return "(?![a-z])"
    if wanted[-1:].isdigit() and not _NUMERAL.fullmatch(wanted):
        return "(?![0-9])"
    return ""


def sentences(text: str) -> list[str]:
    """The sentences and lines of an answer; a citation belongs to the sentence before it."""
    guarded = _SHORT.sub(lambda match: match[1] + _DOT, text.strip())
    return [part.replace(_DOT, ".") for part in _ENDS.split(guarded) if part]


def faults(rubric: Rubric, *, status: str, text: str) -> tuple[str, ...]:
    """Why an answer is not right and useful, in words; none if it is.

    Args:
        rubric: What was to be established.
        status: The answer's status; ``error`` where the input could not be read.
        text: The whole answer.
    """
    said = sentences(text)
    return tuple(_faults(rubric, status, Passage(text), said))


def _faults(rubric: Rubric, status: str, whole: Passage, said: Sequence[str]) -> Iterator[str]:
    opening = Passage(" ".join(said[:OPENING]))
    if rubric.status and status not in rubric.status:
        yield f"status {status}"
    if unsafe := [string for string in rubric.forbid if whole.has(string)]:
        yield f"says {', '.join(unsafe)}"
    yield from (
        f"its opening lacks {' / '.join(group[:3])}"
        for group in rubric.first
        if not opening.has_any(group)
    )
    met = sum(map(whole.has_any, rubric.all))
    if met < rubric.need:
        yield f"{met} of {rubric.need} things are said"
    if rubric.number and not _states(rubric.number, opening.text):
        yield f"no number from {rubric.number[0]:g} to {rubric.number[1]:g}"
    if rubric.yesno and not _says(rubric.yesno, said):
        yield f"does not say {rubric.yesno}"
    missing = rubric.says_missing
    if missing and not (opening.has_any(missing) and _NOT_HELD.search(opening.plain)):
        yield f"does not say that {missing[0]} is not held"


def _states(bounds: tuple[float, float], opening: str) -> bool:
    low, high = bounds
    found = _QUANTITY.findall(_LABEL.sub(" ", opening))
    return any(low <= float(one.replace(",", "").replace("−", "-")) <= high for one in found)


def _says(wanted: str, said: Sequence[str]) -> bool:
    begins = folded(said[0]) if said else ""
    if wanted == "not recorded":
        return _NOT_HELD.search(begins) is not None
    return (_YES if wanted == "yes" else _NO).match(begins) is not None
