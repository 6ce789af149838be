"""Evidence as facts: who, how related, to what; how sure; which numbers.

A thing is known by the folded words of its names. The input's label, its name, and what it is
identical to are names of one thing; "EGFR, the nearest human homologue of protein_1," is another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import Final

from bbqa.ground.quantities import Quantity, quantity_of
from bbqa.ground.relations import Family, families_of
from bbqa.ground.variants import doers_of, kinds_of, other_names
from bbqa.schema import (
    Certainty,
    Evidence,
    Input,
    InputRelation,
    Kind,
    Kinship,
    Question,
    Relation,
    Status,
    Triple,
)

Name = tuple[str, ...]


class Sureness(IntEnum):
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
    certainty: Sureness = Sureness.PLAIN
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

    def name_in_other_words(self, thing: Name, *names: str) -> None:
        """Let other wordings of names stand for a thing."""
        self.name(thing, *(other for name in names for other in other_names(name)))


_WORD: Final = re.compile(r"[^\W_]+(?:_\d+)?(?:['’]s?(?=\W|$))?")
_TITLE: Final = re.compile(r"^(?P<name>.+?) \((?P<inside>.+)\)$")
_SPELLINGS: Final = {
    "isation": "ization",
    "ising": "izing",
    "ised": "ized",
    "ise": "ize",
    "ises": "izes",
    "aemi": "emi",
    "haem": "hem",
    "oedem": "edem",
    "oestr": "estr",
    "paed": "ped",
    "anaes": "anes",
    "tumour": "tumor",
    "behaviour": "behavior",
    "signalling": "signaling",
    "labelling": "labeling",
    "fibre": "fiber",
    "sulph": "sulf",
}
"""British spellings and the American ones."""
_SPELT: Final = re.compile(
    r"(?<=[a-z]{2})(?:isation|ising|ised|ises|ise)$|haem|aemi|oedem|oestr|paed|anaes|tumour|"
    r"behaviour|signalling|labelling|fibre|sulph"
)
_PLAIN_TEXT: Final = frozenset({Kind.TEXT, Kind.PROPERTY, Kind.DEFINITION})
_SURE: Final = {
    Certainty.RECORDED: Sureness.PLAIN,
    Certainty.PROBABLE: Sureness.PROBABLE,
    Certainty.POSSIBLE: Sureness.POSSIBLE,
}


def fold(text: str) -> Name:
    """The words of a text, in lower case and without the endings of plurals and possessives."""
    return tuple(fold_word(word) for word in _WORD.findall(text))


_IRREGULAR: Final = {"mitochondria": "mitochondrion", "nuclei": "nucleus", "loci": "locus"}


def fold_word(word: str) -> str:
    """One word, folded."""
    word = _SPELT.sub(lambda m: _SPELLINGS[m.group()], re.sub(r"['’]s?$", "", word.lower()))
    if word in _IRREGULAR:
        return _IRREGULAR[word]
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
        _read(record, item)
    for fact in tuple(record.facts):
        _add_implied(record, fact)
    return record


def add_interpretations(record: Record) -> None:
    """What is recorded of a relative as probable of the input: what it suggests."""
    for fact in tuple(record.facts):
        subject = record.subjects.get(fact.number)
        if subject and fact.agent in record.kin and fact.family is not Family.ALIKE:
            record.facts.append(replace(fact, agent=subject, certainty=Sureness.PROBABLE))
        elif subject and fact.patient in record.kin and fact.family is not Family.ALIKE:
            record.facts.append(replace(fact, patient=subject, certainty=Sureness.PROBABLE))


def name_implied(record: Record, names_of: Callable[[str], Iterable[str]]) -> None:
    """Let all names of what is implied stand for it: "apoptosis" for "apoptotic process"."""
    for fact in record.facts:
        if fact.family in _IMPLIED_FAMILIES:
            names = tuple(names_of(" ".join(fact.patient)))
            record.name(fact.patient, *names)
            record.name_in_other_words(fact.patient, *names)


def name_nodes(
    record: Record, cited: Iterable[Evidence], names_of: Callable[[str], Iterable[str]]
) -> None:
    """Let all names of the nodes that evidence speaks of stand for them.

    Args:
        record: What the evidence says.
        cited: The evidence.
        names_of: Names of a node by its id.
    """
    ends = (
        end
        for item in cited
        for one in item.triples
        for end in ((one.head, one.head_name), (one.tail, one.tail_name))
    )
    for node, name in dict.fromkeys(ends):
        for thing in tuple(record.names.get(fold(name or node), ())):
            names = tuple(names_of(node))
            record.name(thing, *names)
            record.name_in_other_words(thing, *names)


def _name_input(
    record: Record, label: str, given: Input | None, identities: Iterable[Evidence]
) -> None:
    """Label, name and identity of an input all stand for it."""
    thing = fold(label)
    record.name(thing, label)
    if given is not None:
        record.name(thing, *_names_in(given.name), *_names_in(given.given))
    for item in identities:
        for triple in item.triples if item.about == label else ():
            is_own = triple.head == label and triple.relation == InputRelation.IS
            if is_own and triple.certainty is Certainty.RECORDED:
                record.name(thing, triple.head_name, triple.tail, triple.tail_name)
                record.name(thing, *triple.synonyms)


def _names_in(title: str) -> list[str]:
    """``EGFR (P00533, Epidermal growth factor receptor)``: all three names, and the whole."""
    match = _TITLE.match(title)
    if match is None:
        return [title]
    first, _, rest = match["inside"].partition(", ")
    return [title, match["name"], first, *([rest] if rest else [])]


def _read(record: Record, item: Evidence) -> None:
    """Add the facts of one item; what states none, or more than that, is prose."""
    is_text = item.kind in _PLAIN_TEXT or item.status is Status.COMPUTED
    if is_text or not item.triples:
        record.prose.append(item)
    subject = fold(item.about)
    for triple in item.triples:
        facts = list(_facts_of(record, item, triple))
        subject = subject or facts[0].agent
        record.facts += facts
    record.subjects.setdefault(item.number, subject)


def _facts_of(record: Record, item: Evidence, triple: Triple) -> Iterator[Fact]:
    """What a triple states, once for each family of its relation."""
    kin = {one.head: one for one in item.also if isinstance(one, Triple) and _is_kinship(one)}
    if triple in kin.values():
        agent = _kin(record, triple)
    else:
        agent = _thing(record, item, (triple.head, triple.head_name), kin)
    end = (triple.tail, triple.tail_name)
    is_own = triple.head == triple.tail or triple.relation == InputRelation.IS
    patient = _named(record, *end) if is_own else _thing(record, item, end, kin)
    record.name(patient, *triple.synonyms)
    record.name_in_other_words(patient, triple.tail_name)
    if triple.relation in _COMPOUNDS:
        kinds = list(kinds_of(triple.tail_name))
        record.name(patient, *kinds)
        record.name_in_other_words(patient, *kinds)
    for family in families_of(triple.relation):
        yield Fact(
            item.number,
            agent,
            family,
            patient,
            _SURE[triple.certainty],
            triple.negated,
            tuple(map(quantity_of, triple.values)),
        )


_COMPOUNDS: Final = frozenset({Relation.MOLFUNC_PROTEIN, Relation.BIOPROCESS_PROTEIN})
"""Relations whose tails have names that say what they are a kind of."""


def _is_kinship(triple: Triple) -> bool:
    """Whether a triple only says what a relative is to the input."""
    return bool(triple.via) and triple.relation == InputRelation.RESEMBLES


def _thing(record: Record, item: Evidence, end: tuple[str, str], kin: Mapping[str, Triple]) -> Name:
    """One end of a triple, by its id and name: the input, its relative, or another thing."""
    node, name = end
    if node in kin:
        return _kin(record, kin[node])
    is_subject = item.kind is Kind.FACT and item.nodes[:1] == (node,)
    if item.about and (is_subject or node == item.about):
        thing = fold(item.about)
        record.name(thing, name, node)
        return thing
    return _named(record, node, name, about=item.about if item.kind is Kind.PATH else "")


def _named(record: Record, node: str, name: str, *, about: str = "") -> Name:
    """A thing by its name; the input, where that is one of the input's names."""
    words = fold(name or node)
    known = record.names.get(words, set())
    thing = fold(about) if about and fold(about) in known else words
    record.name(thing, node, *_names_in(name))
    return thing


def _kin(record: Record, kin: Triple) -> Name:
    """A relative of an input, of whom the record is."""
    thing = ("kin of", *fold(kin.tail_name), *fold(kin.head_name))
    record.name(thing, kin.head_name, kin.head)
    if kin.via == Kinship.SALT:
        _, _, salt = kin.head_name.lower().partition(f"{kin.tail_name.lower()} ")
        record.name(thing, salt, f"{salt} salt")
    record.kin.add(thing)
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
    (Family.ROLE, re.compile(r"^(.+) (?:inducer|activator|agonist)$"), Family.RAISES),
    (Family.ROLE, re.compile(r"^(.+) (?:inhibitor|antagonist)$"), Family.LOWERS),
)
"""Facts that say the same in other words: what enables ATP binding binds ATP."""
_IMPLIED_FAMILIES: Final = frozenset(family for _, _, family in _IMPLIED)


def _add_implied(record: Record, fact: Fact) -> None:
    for family, pattern, implied in _IMPLIED:
        match = pattern.match(" ".join(fact.patient)) if fact.family is family else None
        if match:
            patient = tuple(match[1].split())
            record.name(patient, match[1])
            record.name_in_other_words(patient, match[1])
            if implied is Family.ROLE:
                record.name(patient, *doers_of(match[1]))
                record.name_in_other_words(patient, *doers_of(match[1]))
            record.facts.append(
                Fact(fact.number, fact.agent, implied, patient, fact.certainty, fact.negated)
            )
