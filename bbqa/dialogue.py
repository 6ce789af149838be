"""A follow-up -> a question that stands alone, by rules over what was said before it.

Nothing is guessed by a model: a reference ("it", "those drugs", "the second one") becomes the
attached inputs, the subject of the last question, or the nodes that the last answer names. What
cannot be told is asked back (``UnclearError``), and what stands alone is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from bbqa.ellipsis import (
    ABOUT,
    UnclearError,
    asked_of_others,
    compared,
    elliptical,
    is_only_things,
    question_for,
    type_alone,
    words_of,
)
from bbqa.kg.ends import are_related
from bbqa.narrow import narrowed
from bbqa.references import Reference, find_references, is_bound, noun_type
from bbqa.schema import Input, Modality, NodeType
from bbqa.things import Memory, Mention, Thing, in_a_row, of_type, unique

MAX_REFERENTS: Final = 10
"""At most so many nodes of an answer are carried into the next question."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A question as it was taken.

    Attributes:
        text: The question, standing alone.
        subjects: All that it is about.
        inputs: Those of the subjects that its words alone do not give.
        changed: Whether ``text`` is other than what was typed.
    """

    text: str
    subjects: tuple[Thing, ...] = ()
    inputs: tuple[Input, ...] = ()
    changed: bool = False


Mentions = Callable[[str], Sequence[Mention]]
"""Finds the nodes of the graph that a text names."""

_OPENING = re.compile(
    r"^(?:(?:and|but|so|also|then|ok(?:ay)?|now|next|well)\b[\s,]*)+(?=\S)", re.IGNORECASE
)
_DOUBT = re.compile(r"^(?:why|really|are you sure|how (?:do|can) you (?:know|tell))\W*$", re.I)
_HEAD = re.compile(r"\bwhere\b|\b(?:which|what)\s+(?P<noun>\w+)", re.IGNORECASE)
# They and them are what an answer named rather than what was asked about, if it is one of these.
_THINGS: Final = frozenset(
    {NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE, NodeType.PHENOTYPE, NodeType.PATHWAY}
)


def resolve(text: str, memory: Memory, mentions: Mentions) -> Taken:
    """The question that a text means after what was said before.

    Args:
        text: What was typed.
        memory: What it can refer to.
        mentions: Finds the nodes that a text names.

    Raises:
        UnclearError: It refers to something, and it cannot be told to what.
    """
    typed = " ".join(text.split())
    if _DOUBT.match(typed):
        raise UnclearError(
            f"{typed!r} alone is no question here", hint="/why 1 shows what sentence 1 rests on"
        )
    asked = _OPENING.sub("", typed)
    named = [*_labels(asked, memory), *mentions(asked)]
    if (filtered := _filtered(asked, named, memory)) is not None:
        return filtered
    plain, subjects, referred = _referring(asked, named, memory)
    new = {mention.thing.input.value for mention in named} - {t.input.value for t in referred}
    alone = asked != typed or ABOUT.match(asked) or len(subjects) == 1
    if subjects and alone and is_only_things(plain, subjects):
        taken, subjects = asked_of_others(asked, subjects, memory)
    elif referred and (type := type_alone(words_of(asked))) is not None:
        taken = question_for(type, subjects)
    elif subjects:
        taken, subjects = compared(plain, subjects, memory)
    else:
        taken, subjects = elliptical(asked, memory, opened=asked != typed)
    taken = taken[0].upper() + taken[1:] if taken else taken
    attached = {thing.input.value for thing in memory.attached}
    inputs = tuple(
        t.input for t in subjects if t.input.value in attached or t.input.value not in new
    )
    return Taken(taken, subjects, inputs, changed=taken.lower() != typed.lower())


def _filtered(asked: str, named: Sequence[Mention], memory: Memory) -> Taken | None:
    """A filter of the last list as a question of its own; None if it is no such filter."""
    is_list = memory.asked_for in _THINGS and any(of_type(memory.found, memory.asked_for))
    text = narrowed(asked, memory.asked, names_nothing=not named) if is_list else None
    others = (
        reference
        for reference in find_references(asked, [])
        if reference.text.lower() != "that"  # "how many is that?"
        if reference.kind != "all" or reference.type not in (None, memory.asked_for)
    )
    if text is None or any(others):
        return None
    subjects = unique([*memory.subjects, *(mention.thing for mention in named)])
    attached = {thing.input.value for thing in memory.attached}
    inputs = tuple(thing.input for thing in subjects if thing.input.value in attached)
    return Taken(text, subjects, inputs, changed=True)


def spoken(taken: Taken) -> str:
    """A question as people ask it: "this protein" for a label, where there is but one of its kind.

    What reads questions was made for such words; ``protein_1`` is for telling inputs apart.
    """
    text = taken.text
    for modality in (Modality.PROTEIN, Modality.MOLECULE):
        given = [one for one in taken.inputs if one.modality is modality]
        if len(given) == 1:
            label = rf"(?<!\w){re.escape(given[0].label)}(?!\w)"
            text = re.sub(label, f"this {modality}", text, flags=re.IGNORECASE)
    return text[:1].upper() + text[1:]


def _labels(text: str, memory: Memory) -> list[Mention]:
    """The labels of inputs in a text."""
    return [
        Mention(*match.span(), thing)
        for thing in memory.attached
        for match in re.finditer(rf"(?<!\w){re.escape(thing.phrase)}(?!\w)", text, re.IGNORECASE)
    ]


# references


def _referring(
    text: str, named: Sequence[Mention], memory: Memory
) -> tuple[str, tuple[Thing, ...], list[Thing]]:
    """The text with references replaced; all things that it is about; those referred to."""
    places = [(mention.start, mention.end) for mention in named]
    pieces: list[str] = []
    about = [(mention.start, mention.thing) for mention in named]
    referred: list[Thing] = []
    at = 0
    for reference in find_references(text, places):
        before = [*places, *((0, start) for start, _ in about if start < reference.start)]
        if reference.is_pronoun and is_bound(text, reference, before):
            continue
        taken = [thing for _, thing in about]
        others = [t for t in taken if t not in referred] + referred
        things = _referents(reference, memory, others, asks=_asks_for(text))
        if things is None:
            continue
        about += [(reference.start, thing) for thing in things]
        referred += things
        pieces += [text[at : reference.start], _in_words(reference, things, memory)]
        at = reference.end
    pieces.append(text[at:])
    ordered = [thing for _, thing in sorted(about, key=lambda item: item[0])]
    return "".join(pieces), unique(ordered), referred


def _referents(
    reference: Reference, memory: Memory, taken: Sequence[Thing], *, asks: NodeType | None
) -> tuple[Thing, ...] | None:
    """What a reference stands for; None if it is no reference after all.

    Args:
        reference: The words that refer to something.
        memory: What they can refer to.
        taken: What else the question is about.
        asks: The type of what the question asks for.

    Raises:
        UnclearError: It is one, and it cannot be told to what.
    """
    match reference.kind:
        case "nth":
            return _nth(reference, memory, asks)
        case "other":
            return _the_other(reference, memory)
        case "all":
            return _several(reference, memory)
        case _:
            return _one(reference, memory, taken)


def _one(reference: Reference, memory: Memory, taken: Sequence[Thing]) -> tuple[Thing, ...] | None:
    """What "it" or "this protein" stands for: new inputs first, then the last subject."""
    values = {thing.input.value for thing in taken} if reference.type is None else set()
    fresh = [thing for thing in memory.attached if thing.phrase in memory.fresh]
    for group in (fresh, memory.subjects, memory.attached, memory.found):
        fitting = [
            thing
            for thing in of_type(group, reference.type)
            if thing.input.value not in values and (group is not memory.found or reference.type)
        ]
        if len(fitting) == 1:
            return (fitting[0],)
        if group is memory.subjects and len({thing.type for thing in fitting}) > 1:
            return (fitting[0],)  # "Does aspirin act on EGFR?": what it asks of
        if len(fitting) > 1 and group is not memory.found:
            raise _unclear(reference, memory)
    if reference.weak or (reference.is_pronoun and taken):
        return None  # what it refers to is in the question itself
    raise _unclear(reference, memory)


def _several(reference: Reference, memory: Memory) -> tuple[Thing, ...] | None:
    """What "they" or "those drugs" stands for."""
    wanted = reference.type or memory.asked_for
    found = tuple(of_type(memory.found, wanted))[:MAX_REFERENTS]
    subjects = tuple(of_type(memory.subjects, reference.type))
    attached = tuple(of_type(memory.attached, reference.type))
    groups = [found, subjects, attached]
    people = reference.type is None and not reference.partitive and wanted not in _THINGS
    if reference.owned or (people and len(subjects) > 1):
        groups = [subjects, attached, found] if not reference.owned else [attached, subjects, found]
    if reference.type is not None and memory.asked_for is not reference.type and len(attached) > 1:
        groups = [attached, subjects, found]
    pair = reference.text.lower() in ("both", "the two")
    for group in groups:
        if len(group) > 1 or (group and group is found and not pair):
            return group
    if reference.weak:
        return None
    raise _unclear(reference, memory)


def _asks_for(text: str) -> NodeType | None:
    """The type of what a question asks for, where its first noun says so."""
    match = _HEAD.search(text)
    if match is None:
        return None
    return NodeType.CELLULAR_COMPONENT if match["noun"] is None else noun_type(match["noun"])


def _nth(reference: Reference, memory: Memory, asks: NodeType | None) -> tuple[Thing, ...] | None:
    """What "the second one" or "the first drug" stands for.

    Of a list of drugs none is meant where it is asked in which compartment the second one is.
    """
    wanted = reference.type or memory.asked_for
    for group in (memory.found, memory.attached):
        listed = list(of_type(group, wanted if group is memory.found else reference.type))
        if not listed or (asks is not None and not are_related(listed[0].type, asks)):
            continue
        if reference.number < len(listed):
            return (listed[reference.number],)
        names = ", ".join(thing.phrase for thing in listed)
        raise UnclearError(
            f"there is no {reference.text!r}: there are {len(listed)} ({names})",
            hint="name it in the question",
        )
    if reference.type is not None:
        return None
    raise _unclear(reference, memory)


def _the_other(reference: Reference, memory: Memory) -> tuple[Thing, ...] | None:
    """What "the other protein" stands for: the one input that was not asked about."""
    last = {thing.input.value for thing in memory.subjects}
    left = [t for t in of_type(memory.attached, reference.type) if t.input.value not in last]
    if len(left) == 1:
        return (left[0],)
    raise _unclear(reference, memory)


def _unclear(reference: Reference, memory: Memory) -> UnclearError:
    attached = ", ".join(thing.phrase for thing in memory.attached)
    named = ", ".join(thing.phrase for thing in memory.found[:5])
    known = [f"attached: {attached}" if attached else "nothing is attached"]
    if named:
        known.append(f"the last answer names {named}")
    elif not memory.asked:
        known.append("nothing was asked before")
    first = memory.attached or memory.subjects or memory.found
    hint = f"name it, such as {first[0].phrase}" if first else "name it, or attach it with /seq"
    return UnclearError(
        f"what does {reference.text!r} refer to? {'; '.join(known)}",
        hint=hint if first else f"{hint} or /smiles",
    )


def _in_words(reference: Reference, things: Sequence[Thing], memory: Memory) -> str:
    """What is put in a reference's place; "this protein" stays where only one is attached."""
    attached = list(of_type(memory.attached, reference.type))
    if reference.type is not None and list(things) == attached and reference.kind in ("one", "all"):
        return reference.text
    listed = in_a_row([thing.phrase for thing in things])
    if reference.possessive:
        return f"{listed}'s" if not listed.endswith("s") else f"{listed}'"
    return f"which of {listed}" if reference.chooses else listed
