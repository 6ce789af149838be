"""Evidence as facts: who, how related, to what; how sure; which numbers.

A thing is known by the folded words of its names. The input's label, its name, and what it is
identical to are names of one thing; "EGFR, the nearest human homologue of protein_1," is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from typing import Final

from bbqa.ground.quantities import Quantity, quantities_in
from bbqa.ground.relations import TEMPLATES, Family, Template
from bbqa.schema import Evidence, Input, Kind, Question

Name = tuple[str, ...]


class Certainty(IntEnum):
    """How sure a statement is of itself."""

    POSSIBLE = 0
    PROBABLE = 1
    PLAIN = 2


@dataclass(frozen=True, slots=True)
class Fact:
    """One relation that an item of evidence states.

    Attributes:
        number: Of the item.
        agent: Who enables, acts on, has.
        family: How the two are related.
        patient: What is enabled, acted on, had.
        certainty: As sure as the item says it is.
        negated: Whether the item says that it is not so.
        quantities: Numbers that belong to it.
    """

    number: int
    agent: Name
    family: Family
    patient: Name
    certainty: Certainty = Certainty.PLAIN
    negated: bool = False
    quantities: tuple[Quantity, ...] = ()


@dataclass(slots=True)
class Record:
    """What some cited evidence says, ready to be compared with a sentence.

    Attributes:
        facts: All facts.
        names: Every name of a thing, and the things it may mean.
        prose: Items whose statements are no facts that could be read: texts, properties.
        subjects: The things that each item is about, by number: what "it" may mean.
        kin: Homologues, salts and such, of whom items speak instead of the input.
    """

    facts: list[Fact] = field(default_factory=list)
    names: dict[Name, set[Name]] = field(default_factory=dict)
    prose: list[Evidence] = field(default_factory=list)
    subjects: dict[int, Name] = field(default_factory=dict)
    kin: set[Name] = field(default_factory=set)

    def name(self, thing: Name, *names: str) -> None:
        """Let names stand for a thing, besides what else they stand for."""
        for words in map(fold, names):
            if words:
                self.names.setdefault(words, set()).add(thing)


_WORD: Final = re.compile(r"[^\W_]+(?:_\d+)?(?:['’]s?(?=\W|$))?")
_TITLE: Final = re.compile(r"^(?P<name>.+?) \((?P<inside>.+)\)$")
_TITLES: Final = re.compile(r"(?<=\)) and ")
_APPOSITION: Final = re.compile(
    r"^(?P<name>.+?), (?:the (?:nearest human homologue|parent compound)"
    r"|an? (?:stereoisomer|homologue|analogue|salt or ester)) of "
    r"(?P<of>.+?)(?: \((?P<how>[^()]*)\))?,?$"
)
_INPUT: Final = re.compile(r"^(?P<label>\w+) \((?P<length>\d+) residues\)$")
_ALIKE: Final = re.compile(
    r"^(?P<label>.+?) is (?P<share>\d+) % identical to (?P<title>.+) over (?P<over>\d+) % of its "
    r"length$"
)
_IDENTITY: Final = re.compile(
    r"^\S+(?: \((?P<length>\d+) residues\))? is (?:identical to )?(?P<titles>.+)$"
)
_ANCHOR: Final = re.compile(
    r"^(?P<label>.+?) (?P<how>is|resembles|has the form) (?P<name>.+?)(?: \([^()]*\))?$"
)
_SHARED: Final = re.compile(r"^(?P<fact>.+), as (?:do|does) (?P<others>.+)$")
_TANIMOTO: Final = re.compile(r"^(?P<fact>.+) \(Tanimoto (?P<value>[\d.]+)\)$")
_PLAIN_TEXT: Final = frozenset({Kind.TEXT, Kind.PROPERTY, Kind.DEFINITION})


def fold(text: str) -> Name:
    """The words of a text, in lower case and without the endings of plurals and possessives."""
    return tuple(fold_word(word) for word in _WORD.findall(text))


def fold_word(word: str) -> str:
    """One word, folded."""
    word = re.sub(r"['’]s?$", "", word.lower())
    if len(word) > 4 and word.endswith("ies"):
        return f"{word[:-3]}y"
    if len(word) > 3 and word.endswith("s") and word[-2] not in "sui":
        return word[:-1]
    return word


def words_of(text: str) -> Iterable[re.Match[str]]:
    """The words of a text with their places."""
    return _WORD.finditer(text)


def read_evidence(
    cited: Sequence[Evidence], evidence: Mapping[int, Evidence], question: Question
) -> Record:
    """The facts of the cited items, with all names of the things they speak of.

    Args:
        cited: The items that a sentence cites.
        evidence: All items by number; those of identity tell the names of the inputs.
        question: What was asked, with its inputs.
    """
    record = Record()
    identities = [item for item in evidence.values() if item.kind is Kind.IDENTITY]
    for item in cited:
        given = next((i for i in question.inputs if i.label == item.about), None)
        _name_input(record, item.about, given, identities)
        if item.kind in _PLAIN_TEXT or not _read(record, item):
            record.prose.append(item)
            record.subjects.setdefault(item.number, fold(item.about))
    for fact in tuple(record.facts):
        _add_implied(record, fact)
    return record


def _name_input(
    record: Record, label: str, given: Input | None, identities: Iterable[Evidence]
) -> None:
    """Label, name and identity of an input all stand for it."""
    thing = fold(label)
    record.name(thing, label)
    if given is not None:
        record.name(thing, *_names_in(given.name), *_names_in(given.given))
    for item in identities:
        if item.about == label:
            titles = re.split(r" is(?: identical to)? ", item.statement, maxsplit=1)[-1]
            record.name(thing, *(n for t in _TITLES.split(titles) for n in _names_in(t)))


def _names_in(title: str) -> list[str]:
    """``EGFR (P00533, Epidermal growth factor receptor)``: all three names, and the whole."""
    match = _TITLE.match(title)
    if match is None:
        return [title]
    first, _, rest = match["inside"].partition(", ")
    return [title, match["name"], first, *([rest] if rest else [])]


def _read(record: Record, item: Evidence) -> bool:
    """Add the facts of one item; whether its statement could be read."""
    if item.kind is Kind.IDENTITY:
        return _read_identity(record, item)
    if item.hops:
        return _read_hops(record, item)
    subject = ""
    found: list[Fact] = []
    for part in re.split(r", which (?=\w)", item.statement):
        read = _read_statement(record, item, f"{subject} {part}" if subject else part)
        if read is None:
            return False
        fact, subject = read
        found.append(fact)
    record.subjects[item.number] = fold(item.about) or found[0].agent
    record.facts += found
    return True


def _read_hops(record: Record, item: Evidence) -> bool:
    """The facts of a path, step by step; a step without a relation tells what an input is like."""
    record.subjects[item.number] = fold(item.about)
    for hop in item.hops:
        anchor = None if hop.relation else _ANCHOR.match(hop.statement)
        if anchor is not None:
            thing, other = fold(anchor["label"]), fold(anchor["name"])
            same = anchor["how"] == "is"
            record.name(thing, anchor["label"], *([anchor["name"]] if same else []))
            record.name(other, anchor["name"])
            record.facts.append(
                Fact(item.number, thing, Family.SAME if same else Family.ALIKE, other)
            )
            continue
        read = _read_statement(record, item, hop.statement)
        if read is None:
            return False
        record.facts.append(read[0])
    return True


def _read_identity(record: Record, item: Evidence) -> bool:
    """Who an input is: identical to each of the entries named."""
    match = _IDENTITY.match(item.statement)
    if match is None:
        return False
    thing = record.subjects[item.number] = fold(item.about)
    numbers = [f"{match['length']} residues long"] if match["length"] else []
    quantities = tuple(q for text in (*numbers, "100 % identical") for q in quantities_in(text))
    for title in _TITLES.split(match["titles"]):
        other = _object(record, title, item)
        record.facts.append(Fact(item.number, thing, Family.SAME, other, quantities=quantities))
    return True


def _read_statement(record: Record, item: Evidence, text: str) -> tuple[Fact, str] | None:
    """The fact that a statement states, and its object as written; None if it is no template's."""
    others = ""
    if match := _SHARED.match(text):
        text, others = match["fact"], match["others"]
    if match := _ALIKE.match(text):
        return _likeness(record, item, match), match["title"]
    numbers: list[str] = []
    if match := _TANIMOTO.match(text):
        text = match["fact"]
        numbers.append(f"Tanimoto {match['value']}")
    split = _split(text, record, item.about)
    if split is None:
        return None
    before, template, after = split
    subject, certainty = _doubt(before)
    if length := _INPUT.match(subject):
        numbers.append(f"{length['length']} residues long")
    thing, other = _subject(record, subject, item), _object(record, after, item)
    agent, patient = (thing, other) if template.is_agent else (other, thing)
    quantities = tuple(q for number in numbers for q in quantities_in(number))
    fact = Fact(
        item.number, agent, template.family, patient, certainty, template.denies, quantities
    )
    for name in re.split(r", | and ", others) if others else ():
        record.name(fold(name), name)
        record.facts.append(Fact(item.number, fold(name), template.family, patient))
    return fact, after


def _likeness(record: Record, item: Evidence, match: re.Match[str]) -> Fact:
    """The fact that an input is so and so much identical to another protein."""
    subject = match["label"]
    numbers = [f"{match['share']} % identical", f"over {match['over']} % of its length"]
    if length := _INPUT.match(subject):
        subject = length["label"]
        numbers.append(f"{length['length']} residues long")
    quantities = tuple(q for text in numbers for q in quantities_in(text))
    thing, other = _subject(record, subject, item), _object(record, match["title"], item)
    return Fact(item.number, thing, Family.ALIKE, other, quantities=quantities)


def _split(text: str, record: Record, about: str) -> tuple[str, Template, str] | None:
    """Subject, template and object of a statement.

    A name may hold the words of a template ("EGFR interacts with phospholipase C-gamma"), so a
    subject that is known wins; otherwise the first template does, the longer of two.
    """
    readings = [
        (match.start(), place, text[: match.start()], text[match.end() :])
        for place, template in enumerate(TEMPLATES)
        for match in template.pattern.finditer(text)
    ]
    if not readings:
        return None

    def rank(reading: tuple[int, int, str, str]) -> tuple[bool, int, int]:
        start, place, before, _ = reading
        known = fold(about) in record.names.get(fold(_doubt(before)[0]), ())
        return not known, start, place

    _, place, before, after = min(readings, key=rank)
    return before, TEMPLATES[place], after


def _doubt(subject: str) -> tuple[str, Certainty]:
    """The subject without the word that says how sure the statement is."""
    for word, certainty in (("probably", Certainty.PROBABLE), ("possibly", Certainty.POSSIBLE)):
        if subject.endswith(f" {word}"):
            return subject.removesuffix(f" {word}"), certainty
    return subject, Certainty.PLAIN


def _subject(record: Record, subject: str, item: Evidence) -> Name:
    """The thing that a statement is about: the input, unless it says or may be another."""
    if match := _APPOSITION.match(subject):
        return _kin(record, match, item)
    if match := _INPUT.match(subject):
        subject = match["label"]
    is_input = item.about and item.kind is not Kind.PATH
    thing = fold(item.about) if is_input else _meant(record, subject, item.about)
    record.name(thing, subject, *_names_in(subject))
    return thing


def _kin(record: Record, match: re.Match[str], item: Evidence) -> Name:
    """A relative of an input, who is spoken of instead of it."""
    kin = ("kin of", *fold(match["of"]), *fold(match["name"]))
    record.name(kin, match["name"], match.group())
    record.kin.add(kin)
    how = (match["how"] or "").replace("identity over", "identical, over")
    fact = Fact(item.number, kin, Family.ALIKE, fold(match["of"]), quantities=quantities_in(how))
    record.facts.append(fact)
    return kin


def _meant(record: Record, subject: str, about: str) -> Name:
    """An input, where the name is one of its names; otherwise a thing of that name."""
    words = fold(subject)
    known = record.names.get(words, set())
    return fold(about) if fold(about) in known else min(known, default=words)


def _object(record: Record, name: str, item: Evidence) -> Name:
    if match := _APPOSITION.match(name):
        return _kin(record, match, item)
    thing = fold(name)
    record.name(thing, *_names_in(name))
    return thing


_IMPLIED: Final = (
    (Family.ENABLES, re.compile(r"^(.+) binding$"), Family.BINDS),
    (Family.ENABLES, re.compile(r"^(.+) activity$"), Family.ROLE),
    (Family.PROCESS, re.compile(r"^positive regulation of (.+)$"), Family.RAISES),
    (Family.PROCESS, re.compile(r"^negative regulation of (.+)$"), Family.LOWERS),
    (
        Family.PROCESS,
        re.compile(r"^(?:positive |negative )?regulation of (.+)$"),
        Family.REGULATES,
    ),
    (Family.PROCESS, re.compile(r"^(?:cellular )?response to (.+)$"), Family.RESPONDS),
)
"""Facts that say the same in other words: what enables ATP binding binds ATP."""


def _add_implied(record: Record, fact: Fact) -> None:
    for family, pattern, implied in _IMPLIED:
        match = pattern.match(" ".join(fact.patient)) if fact.family is family else None
        if match:
            patient = tuple(match[1].split())
            record.names.setdefault(patient, set()).add(patient)
            record.facts.append(
                Fact(fact.number, fact.agent, implied, patient, fact.certainty, fact.negated)
            )
