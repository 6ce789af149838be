"""What a sentence claims: each thing on one side of a relation phrase with each on the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.ground.facts import Name, Sureness
from bbqa.ground.marking import Mark, Sign
from bbqa.ground.quantities import Quantity
from bbqa.ground.relations import COPULA, HAS, INCLUDES, SYMMETRIC, WITH, Cue

PRONOUN: Final = frozenset({("it",)})
"""What "it" means is for the evidence to say."""

_FINITE: Final = ("is ", "are ", "was ", "were ", "has ", "have ", "shows ", "show ")
_FILLS: Final = (COPULA, INCLUDES)
_BRINGS: Final = (HAS, WITH)
_DOUBTS: Final = (Sign.NOT, Sign.PROBABLY, Sign.POSSIBLY, Sign.SURELY)
_MARKERS: Final = (*_DOUBTS, Sign.NUMBER)

Things = frozenset[Name]


@dataclass(frozen=True, slots=True)
class Claimed:
    """One relation that a sentence claims.

    Attributes:
        left: What the thing before the relation phrase may mean.
        cue: What the phrase says.
        right: What the thing after it may mean.
        words: The phrase.
        negated: Whether the sentence denies it.
        certainty: As sure as the sentence says it is.
        insists: Whether it says that this is known or certain.
        quantities: The numbers that belong to it.
    """

    left: Things
    cue: Cue
    right: Things
    words: str
    negated: bool
    certainty: Sureness
    insists: bool
    quantities: tuple[Quantity, ...]


@dataclass(slots=True)
class _Side:
    """Things on one side of a phrase, and the places of their marks."""

    things: list[tuple[Things, int, bool]]

    @property
    def only_things(self) -> list[Things]:
        return [things for things, _, _ in self.things]


Reading = list[list[Claimed]]
"""Claims that must all hold, in several readings where a phrase may speak of several things."""


def claims_of(marks: Sequence[Mark]) -> list[Reading]:
    """All that a sentence claims: for each phrase its readings, one of which must hold whole."""
    return _Sentence([m for at, m in enumerate(marks) if not _says_nothing(marks, at)]).read()


def _says_nothing(marks: Sequence[Mark], at: int) -> bool:
    """Whether a phrase only brings a number ("with 1210 residues") or helps another ("is")."""
    cue = marks[at].cue
    ahead = [mark for mark in marks[at + 1 :] if mark.sign not in _DOUBTS]
    if not ahead or cue is None:
        return False
    if next((mark.sign for mark in ahead if mark.sign is not Sign.NOUN), None) is Sign.NUMBER:
        return cue in _BRINGS
    helps = cue is COPULA or marks[at].words.endswith("one of")
    return helps and ahead[0].sign is Sign.CUE


class _Sentence:
    def __init__(self, marks: Sequence[Mark]) -> None:
        self.marks = marks
        self.readings: list[Reading] = []
        self.before: list[Things] | None = None
        self.open: tuple[int, _Side] | None = None
        self.used: set[int] = set()

    def read(self) -> list[Reading]:
        """The claims of all phrases, from left to right."""
        for at, mark in enumerate(self.marks):
            if mark.sign is Sign.CUE and at not in self.used:
                self._read_phrase(at, mark)
        self._close([PRONOUN])
        return self.readings

    def _read_phrase(self, at: int, mark: Mark) -> None:
        assert mark.cue is not None
        right = self._right(at)
        if self.open is not None and mark.cue in _FILLS and right.things:
            self._close(right.only_things)
            return
        options = self._left(at)
        if mark.cue is COPULA and not right.things:
            self.before = options[0] if options else self.before
            return
        if options and not self._follows_which(at):
            self.before = options[-1]  # whom the sentence is about, where that is in doubt
        if mark.cue.pairs:
            self._add(at, [right.only_things[:1]], _Side(right.things[1:]))
        elif not right.things and options and len(options[0]) > 1:
            group = options[0]
            self._add(at, [group[:1]], _Side([(things, at, False) for things in group[1:]]))
        elif not options:
            self._close([PRONOUN])
            self.open = at, right
        else:
            self._add(at, options, right)

    def _close(self, left: list[Things]) -> None:
        """Say of whom a phrase spoke that had nobody before it ("drugs acting on A are B")."""
        if self.open is not None:
            at, right = self.open
            self.open = None
            self._add(at, [left], right)

    def _add(self, at: int, options: Sequence[Sequence[Things]], right: _Side) -> None:
        cue = self.marks[at].cue
        assert cue is not None
        reading = [
            [
                Claimed(
                    left,
                    cue,
                    things,
                    self.marks[at].words,
                    (negated or self._is_denied(at)) != cue.denies,
                    self._certainty(at, place),
                    self._has(Sign.SURELY, at, place),
                    self._numbers(at, place),
                )
                for left in group
                for things, place, negated in right.things
                if left != things or not set(cue.forward) & SYMMETRIC
            ]
            for group in options
        ]
        self.readings.append(reading if any(reading) and right.things else [])

    # what stands on either side

    def _right(self, at: int) -> _Side:
        """Things after a phrase, up to the next, without the one that the next speaks of."""
        side = _Side([])
        negated = False
        end = at + 1
        while end < len(self.marks):
            mark = self.marks[end]
            if mark.sign in (Sign.THING, Sign.PRONOUN):
                side.things.append((mark.things or PRONOUN, end, negated))
            elif mark.sign is Sign.NOT and not self._before_phrase(end):
                negated = True
            elif self._ends(at, end, bool(side.things)):
                break
            elif mark.sign is Sign.CUE:
                self.used.add(end)
            end += 1
        if end < len(self.marks) and self.marks[end].sign is Sign.CUE and side.things:
            last = self._skip_back(end - 1)
            if side.things[-1][1] == last and self._leads(end) and not self._awaits(at, end):
                side.things.pop()
        return side

    def _ends(self, at: int, end: int, found: bool) -> bool:
        """Whether a mark ends what the phrase at ``at`` is said of.

        "One that it interacts with is A" goes on after "is", for nothing had been named before.
        """
        mark = self.marks[end]
        if mark.sign is Sign.CUE:
            return found or mark.cue not in _FILLS or self.marks[at].cue in (*_FILLS, HAS)
        return mark.sign is Sign.WHICH or (mark.sign is Sign.BREAK and not self._continues(end))

    def _before_phrase(self, at: int) -> bool:
        """Whether a denial belongs to the next phrase rather than to things: "and is not …"."""
        for mark in self.marks[at + 1 :]:
            if mark.sign not in _MARKERS:
                return mark.sign is Sign.CUE
        return False

    def _continues(self, at: int) -> bool:
        """Whether "but" goes on with the same phrase: "A but not B"."""
        for mark in self.marks[at + 1 :]:
            if mark.sign in (Sign.CUE, Sign.BREAK, Sign.WHICH):
                return False
        following = self.marks[at + 1 : at + 2]
        return self.marks[at].words in ("but", "yet") and [m.sign for m in following] == [Sign.NOT]

    def _leads(self, at: int) -> bool:
        """Whether a phrase has a verb of its own, whose subject stands before it."""
        mark = self.marks[at]
        assert mark.cue is not None
        return not mark.cue.reduced or mark.words.startswith(_FINITE)

    def _awaits(self, at: int, end: int) -> bool:
        """Whether the phrase at ``at`` has nobody before it and the one at ``end`` names them."""
        return self.marks[end].cue in _FILLS and not self._left(at)

    def _follows_which(self, at: int) -> bool:
        back = self._skip_back(at - 1)
        return back >= 0 and self.marks[back].sign is Sign.WHICH

    def _left(self, at: int) -> list[list[Things]]:
        """Whom a phrase may speak of: groups of things, the likeliest first; none if it waits."""
        back = self._skip_back(at - 1)
        if back < 0:
            return []
        mark = self.marks[back]
        starts = not any(one.sign is Sign.CUE for one in self.marks[:at])
        if mark.sign in (Sign.THING, Sign.PRONOUN) or (mark.words == "," and starts):
            return self._led(at, back)
        if mark.sign is Sign.WHICH:
            return self._related(back)
        carried = [self.before] if self.before is not None else []
        if mark.sign is Sign.NOUN:
            return carried if self._after_copula(back) else []
        if mark.sign is Sign.AND and not self._leads(at):
            return [*self._last_thing(back), *carried]
        return carried or ([[PRONOUN]] if mark.sign in (Sign.BREAK, Sign.CUE) else [])

    def _led(self, at: int, back: int) -> list[list[Things]]:
        """The things directly before a phrase; only the last where they are another's objects."""
        group: list[Things] = []
        while back >= 0 and self.marks[back].sign in (
            Sign.THING,
            Sign.PRONOUN,
            Sign.AND,
            Sign.NOUN,
            *_MARKERS,
        ):
            if self.marks[back].sign in (Sign.THING, Sign.PRONOUN):
                group.insert(0, self.marks[back].things or PRONOUN)
            back -= 1
        if back < 0 or self.marks[back].sign is Sign.BREAK:
            return [group]
        if self._leads(at):
            return [group[-1:]]
        carried = [self.before] if self.before is not None else []
        return [group[-1:], *carried]

    def _related(self, back: int) -> list[list[Things]]:
        """Whom "which" may mean: the last thing before it, or whom the sentence is about."""
        before = self._skip_back(back - 1)
        if before >= 0 and self.marks[before].sign is Sign.NOUN and not self._after_copula(before):
            return []
        carried = [self.before] if self.before is not None else []
        return [*self._last_thing(back), *carried]

    def _after_copula(self, at: int) -> bool:
        """Whether a noun says again who the sentence is about: "EGFR is a protein that …"."""
        while at >= 0 and self.marks[at].sign in (Sign.NOUN, *_MARKERS):
            at -= 1
        return at >= 0 and self.marks[at].cue is COPULA

    def _last_thing(self, at: int) -> list[list[Things]]:
        for mark in reversed(self.marks[:at]):
            if mark.sign in (Sign.THING, Sign.PRONOUN):
                return [[mark.things or PRONOUN]]
        return []

    def _skip_back(self, at: int) -> int:
        """The nearest mark at or before a place that is no marker of doubt or denial."""
        while at >= 0 and self.marks[at].sign in _MARKERS:
            at -= 1
        return at

    # how it is said

    def _clause(self, at: int) -> int:
        """Where the clause of a phrase begins."""
        for place in range(at, -1, -1):
            if self.marks[place].sign is Sign.BREAK and not self._continues(place):
                return place
        return 0

    def _is_denied(self, at: int) -> bool:
        """Whether a denial stands between what is before a phrase and the phrase."""
        place = at - 1
        while place >= 0 and self.marks[place].sign in (*_MARKERS, Sign.NOUN, Sign.AND):
            if self.marks[place].sign is Sign.NOT:
                return True
            place -= 1
        first = all(mark.sign is not Sign.CUE for mark in self.marks[:at])
        return first and self._has(Sign.NOT, -1, at)

    def _has(self, sign: Sign, at: int, place: int) -> bool:
        start = self._clause(at) if at >= 0 else 0
        return any(mark.sign is sign for mark in self.marks[start:place])

    def _certainty(self, at: int, place: int) -> Sureness:
        """As sure as the words between the start of the clause and a thing, or right after it."""
        end = place + 1
        while end < len(self.marks) and self.marks[end].sign in (*_MARKERS, Sign.AND):
            end += 1
        trailing = end == len(self.marks)
        upto = end if trailing else place
        if self._has(Sign.POSSIBLY, at, upto):
            return Sureness.POSSIBLE
        return Sureness.PROBABLE if self._has(Sign.PROBABLY, at, upto) else Sureness.PLAIN

    def _numbers(self, at: int, place: int) -> tuple[Quantity, ...]:
        """The numbers of a phrase: those nearest to it, and those after the thing."""
        start = max((i for i in range(at) if self.marks[i].sign is Sign.CUE), default=-1) + 1
        end = next(
            (
                i
                for i in range(place + 1, len(self.marks))
                if self.marks[i].sign is Sign.CUE and self.marks[i].cue not in _FILLS
            ),
            len(self.marks),
        )
        if start:
            start = at - 1 if self.marks[at - 1].sign is Sign.NUMBER else at
        return tuple(mark.quantity for mark in self.marks[start:end] if mark.quantity is not None)
