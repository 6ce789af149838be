"""Sentences against the evidence they cite: what is not supported never reaches the person.

A sentence is read as claims: this thing, related so, to that thing (``marking``, ``claims``). The
evidence it cites is read as facts of the same form (``facts``). Each claim must be borne out by
one cited item: same things under any of their names, same or weaker relation, same direction, same
numbers, neither denied nor surer (``verdicts``). Every word that is no name, no relation and no
plain word of English is a claim too, and nothing bears it out. Evidence that is prose is compared
word for word (``prose``).

The words of the question bear nothing out: a sentence that repeats what a question takes for
granted has to find it in the evidence.

Where a clause is not supported it is left out, if the rest is a sentence (``clauses``). What a
sentence marks as an interpretation ("suggests", "is consistent with") may rest on what is recorded
of a relative of the input.

A sentence that sounds surer than its evidence is made to say "probably"; where it insists
("is known to"), it is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from functools import lru_cache, partial
from typing import Final, Protocol, cast

from bbqa.ground.claims import claims_of
from bbqa.ground.clauses import shortened
from bbqa.ground.facts import (
    Name,
    Record,
    Sureness,
    add_interpretations,
    fold,
    fold_word,
    name_implied,
    name_nodes,
    read_evidence,
)
from bbqa.ground.marking import Marked, Sign, mark
from bbqa.ground.prose import hedged, judge_prose
from bbqa.ground.verdicts import Judged, judge, judge_numbers
from bbqa.schema import Claim, Dropped, Evidence, Question, Status, Verdict

_PROBABLY: Final = re.compile(r"\b(?:probably|likely|presumably)\b", re.IGNORECASE)
_DOUBT: Final = {
    Sureness.POSSIBLE: re.compile(r"\b(?:possibly|may|might|could|perhaps)\b"),
    Sureness.PROBABLE: re.compile(r"\b(?:probably|likely|predicted)\b"),
}


class Named(Protocol):
    """A stretch of text that names nodes, and their rows."""

    @property
    def text(self) -> str:
        """The words, as they stand in the text."""
        ...

    @property
    def rows(self) -> Sequence[int]:
        """Rows of the nodes that have this name."""
        ...


class Lexicon(Protocol):
    """Whoever knows the names of the graph's nodes."""

    def mentions(self, question: str, /) -> Sequence[Named]:
        """The names of nodes in a text, in their order."""
        ...

    def row_of(self, node: str, /) -> int | None:
        """The row of a node by its id; None of what is no node."""
        ...

    def names_of(self, node: str, /) -> Sequence[str]:
        """The name and synonyms of a node by its id or name; none of what is no node."""
        ...


def ground(
    text: str,
    citations: tuple[int, ...],
    *,
    evidence: Mapping[int, Evidence],
    question: Question,
    lexicon: Lexicon,
) -> Claim | Dropped:
    """The sentence as a claim that cites what bears it out, else why it was dropped.

    Args:
        text: The sentence.
        citations: Numbers of the evidence it cites.
        evidence: All evidence by number; items of identity tell what the inputs are called.
        question: What was asked; tells the inputs' names.
        lexicon: Names of the graph's nodes.
    """
    if reason := _cites_nothing(citations, evidence):
        return Dropped(text, citations, reason)
    cited = [evidence[n] for n in citations]
    judged = _judged(text, cited, evidence, question, lexicon)
    if judged.verdict is Verdict.SUPPORTED:
        return _claim(text, citations, judged, evidence)
    for less in shortened(text):
        rest = _judged(less, cited, evidence, question, lexicon)
        if rest.verdict is Verdict.SUPPORTED:
            return _claim(less, citations, rest, evidence)
    return Dropped(text, citations, judged.reason, judged.verdict)


def _judged(
    text: str,
    cited: Sequence[Evidence],
    evidence: Mapping[int, Evidence],
    question: Question,
    lexicon: Lexicon,
) -> Judged:
    """The verdict on a sentence, or on what is left of one."""
    record = read_evidence(cited, evidence, question)
    name_nodes(record, cited, partial(_names, cast(Hashable, lexicon)))
    return _judge(text, cited, record, lexicon)


def _claim(
    text: str, citations: tuple[int, ...], judged: Judged, evidence: Mapping[int, Evidence]
) -> Claim:
    numbers = tuple(n for n in citations if n in judged.borne_by)
    bearing = [evidence[n] for n in numbers]
    return Claim(_softened(text, judged.hedge), numbers, weakest(bearing))


def weakest(cited: Iterable[Evidence]) -> Status:
    """The least certain status among some evidence."""
    order = list(Status)
    return max((item.status for item in cited), key=order.index)


def _cites_nothing(citations: Sequence[int], evidence: Mapping[int, Evidence]) -> str:
    """Why a sentence cites nothing that could be read; empty if it does."""
    if not citations:
        return "it cites no evidence"
    missing = [n for n in citations if n not in evidence]
    return f"it cites evidence that is not there: {missing}" if missing else ""


def _judge(text: str, cited: Sequence[Evidence], record: Record, lexicon: Lexicon) -> Judged:
    """The verdict on a sentence, by the facts that it cites or else by the prose."""
    marked = mark(text, record)
    if marked.interprets:
        add_interpretations(record)
    if marked.strange:
        name_implied(record, partial(_names, cast(Hashable, lexicon)))
        marked = mark(text, record)
    judged = _judge_facts(text, record, marked, cited, lexicon)
    if judged.verdict is Verdict.SUPPORTED or not record.prose:
        return judged
    return _judge_prose(text, record, marked, judged)


def _judge_facts(
    text: str, record: Record, marked: Marked, cited: Sequence[Evidence], lexicon: Lexicon
) -> Judged:
    """The verdict by the facts among the cited evidence."""
    if marked.strange or marked.widened:
        strangers = _link(text, record, cited, lexicon, {fold_word(w) for w in marked.strange})
        if strangers:
            return Judged(
                Verdict.UNSUPPORTED, f"name not in the evidence it cites: {', '.join(strangers)}"
            )
        marked = mark(text, record)
    if marked.strange:
        what = "name" if any(_looks_like_name(word, text) for word in marked.strange) else "word"
        words = ", ".join(dict.fromkeys(marked.strange))
        return Judged(Verdict.UNSUPPORTED, f"{what} not in the evidence it cites: {words}")
    return _judge_marks(marked, record)


def _judge_marks(marked: Marked, record: Record) -> Judged:
    """The verdict on a sentence of which every word has been read."""
    readings = claims_of(marked.marks)
    if not readings:
        return judge_numbers(marked.marks, record)
    judged = judge(readings, record)
    claims = [claim for reading in readings for group in reading for claim in group]
    numbers = {quantity for claim in claims for quantity in claim.quantities}
    denies = any(claim.negated or claim.cue.denies for claim in claims)
    for one in marked.marks if judged.verdict is Verdict.SUPPORTED else ():
        if one.sign is Sign.NUMBER and one.quantity not in numbers:
            return Judged(Verdict.UNSUPPORTED, "number not in the evidence it cites")
        if one.sign is Sign.NOT and not denies:
            return Judged(Verdict.UNSUPPORTED, "it denies something that none of its words tells")
    return judged


def _link(
    text: str,
    record: Record,
    cited: Sequence[Evidence],
    lexicon: Lexicon,
    strange: Collection[str],
) -> list[str]:
    """Let synonyms stand for the evidence's things; names of other nodes, which nothing cited has.

    A longer name wins over a name in it: "protein kinase activity" is not "kinase activity".
    """
    things: dict[int, set[Name]] = {}
    strangers = []
    for named in _mentions(cast(Hashable, lexicon), text):
        words = fold(named.text)
        if words in record.names or not _matters(words, strange, record):
            continue
        things = things or _rows(record, cited, lexicon)
        meant = set().union(*(things.get(row, set()) for row in named.rows))
        if meant:
            record.names[words] = meant
        elif not _is_within(words, text, record):
            strangers.append(named.text)
    return strangers


def _rows(record: Record, cited: Sequence[Evidence], lexicon: Lexicon) -> dict[int, set[Name]]:
    """The things of the cited evidence by the rows of their nodes."""
    things: dict[int, set[Name]] = {}
    ends = (
        end
        for item in cited
        for one in item.triples
        for end in ((one.head, one.head_name), (one.tail, one.tail_name))
    )
    for node, name in dict.fromkeys(ends):
        for row in _rows_of(node, name, lexicon):
            things.setdefault(row, set()).update(record.names.get(fold(name or node), ()))
    return things


def _rows_of(node: str, name: str, lexicon: Lexicon) -> tuple[int, ...]:
    """Rows of a node by its id; failing that, of the nodes of its name."""
    row = lexicon.row_of(node)
    if row is not None:
        return (row,)
    found = _mentions(cast(Hashable, lexicon), name)
    return next((tuple(named.rows) for named in found if named.text == name), ())


@lru_cache(maxsize=1024)
def _names(lexicon: Hashable, node: str) -> tuple[str, ...]:
    """Names of a node by its id or name; what is no id means a look at all names there are."""
    return tuple(cast(Lexicon, lexicon).names_of(node))


@lru_cache(maxsize=256)
def _mentions(lexicon: Hashable, text: str) -> tuple[Named, ...]:
    """The names of nodes in a text; finding them means looking through all names there are."""
    return tuple(cast(Lexicon, lexicon).mentions(text))


def _matters(words: Name, strange: Collection[str], record: Record) -> bool:
    """Whether a name holds what nothing explained, or more than a name of the evidence's."""
    return any(word in strange for word in words) or any(
        f" {' '.join(name)} " in f" {' '.join(words)} " for name in record.names
    )


def _is_within(words: Name, text: str, record: Record) -> bool:
    """Whether a name is part of a longer name of the evidence that stands in the text."""
    plain = f" {' '.join(fold(text))} "
    return any(
        len(name) > len(words)
        and f" {' '.join(words)} " in f" {' '.join(name)} "
        and f" {' '.join(name)} " in plain
        for name in record.names
    )


def _looks_like_name(word: str, text: str) -> bool:
    """Whether a word is written as names are: with a capital inside the sentence, or a digit."""
    written = next((m.group() for m in re.finditer(r"\S+", text) if word in m.group().lower()), "")
    return bool(re.search(r"\d|.[A-Z]", written))


def _judge_prose(text: str, record: Record, marked: Marked, facts: Judged) -> Judged:
    """The verdict by the prose among the cited evidence, where facts do not bear a sentence out."""
    verdict, reason, numbers = judge_prose(text, record.prose, record, marked)
    if verdict is not Verdict.SUPPORTED:
        return Judged(verdict, reason or facts.reason)
    bearing = [item for item in record.prose if item.number in numbers]
    doubt = next(
        (how for how, words in _DOUBT.items() if any(words.search(i.statement) for i in bearing)),
        None,
    )
    return Judged(hedge=None if hedged(marked) else doubt, borne_by=numbers)


def _softened(text: str, hedge: Sureness | None) -> str:
    """The sentence made as doubtful as its evidence."""
    if hedge is None:
        return text
    if hedge is Sureness.POSSIBLE and _PROBABLY.search(text):
        return _PROBABLY.sub(lambda m: "Possibly" if m.group()[0].isupper() else "possibly", text)
    word = "Possibly" if hedge is Sureness.POSSIBLE else "Probably"
    first = text[0].lower() if text[1:2].islower() or text[1:2] == " " else text[0]
    return f"{word}, {first}{text[1:]}"
