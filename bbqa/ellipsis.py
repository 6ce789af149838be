"""Follow-ups that leave something out: "and aspirin?", "its targets?", "and where?"."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from bbqa.errors import InputError
from bbqa.narrow import membership
from bbqa.references import ASKING, noun_type
from bbqa.schema import NodeType
from bbqa.things import Memory, Thing, in_a_row, unique

MAX_WORDS: Final = 4
"""Words of the longest name that nothing is known by and that is taken for one."""

# What may stand around a thing where nothing but the thing is new: "and what about aspirin?"
_AROUND = frozenset(
    """
    a about also and an as but compound disease drug do does for gene how in is it molecule now of
    on ok okay one or please protein question same so that the then this to what with
    """.split()  # noqa: SIM905
) - {"is", "does", "do", "it", "that", "this"}
ABOUT = re.compile(r"(?:(?:what|how) (?:about|of)|(?:the )?same)\b", re.IGNORECASE)
_PREPOSITION = re.compile(r"^(?:(?:what|how) about )?(in|for|against|during|by|with|on)\s", re.I)
_OVERVIEW = frozenset("tell me more about explain describe summarise summarize summary".split())  # noqa: SIM905
_NOUN_ALONE = frozenset(
    "which what who the any and list show of other others are is there its their".split()  # noqa: SIM905
)
_BEFORE_NOUN = frozenset("drug interaction binding molecular biological cellular linked".split())  # noqa: SIM905
_DIFFERS = re.compile(r"\b(differ|differs|different|compare|compares)[\s?.]*$", re.IGNORECASE)
_WORD = re.compile(r"[\w'’-]+")
_REFERRING = re.compile(
    r"\b(?:this|these|that|those|the|my|both)\s+(?:two\s+)?"
    r"(?:proteins?|genes?|drugs?|molecules?|compounds?|sequences?|diseases?|enzymes?|medicines?)\b",
    re.IGNORECASE,
)
# Asked of a subject in so many words, and such that ``intent`` reads no other type out of them.
_TEMPLATES: Final = {
    NodeType.PROTEIN: "Which proteins {do} {it} {act}?",
    NodeType.MOLECULAR_FUNCTION: "Which functions {do} {it} have?",
    NodeType.BIOLOGICAL_PROCESS: "Which processes {are} {it} involved in?",
    NodeType.CELLULAR_COMPONENT: "Where {are} {it} found?",
    NodeType.PATHWAY: "Which pathways {are} {it} part of?",
    NodeType.DISEASE: "Which diseases {are} {it} linked to?",
    NodeType.PHENOTYPE: "Which phenotypes {are} {it} linked to?",
    NodeType.DRUG: "Which drugs are known for {it}?",
    NodeType.ROLE: "Which roles {do} {it} have?",
    NodeType.DRUG_CLASS: "Which drug classes {do} {it} belong to?",
}
_ACTING: Final = {NodeType.DRUG: "act on", NodeType.PROTEIN: "interact with"}
"""What a subject does to the proteins that are asked for; what does neither is linked to them."""


class UnclearError(InputError):
    """A question refers to something, and it cannot be told to what."""


def is_only_things(plain: str, subjects: Sequence[Thing]) -> bool:
    """Whether a text has nothing but things and words around them."""
    for phrase in sorted((thing.phrase for thing in subjects), key=len, reverse=True):
        plain = re.sub(re.escape(phrase), " ", plain, flags=re.IGNORECASE)
    left = [word.lower() for word in _WORD.findall(_REFERRING.sub(" ", plain))]
    return set(left) <= _AROUND


def asked_of_others(
    typed: str, others: tuple[Thing, ...], memory: Memory
) -> tuple[str, tuple[Thing, ...]]:
    """The last question, asked of other things: "and aspirin?", "what about protein_2?"."""
    listed = in_a_row([thing.phrase for thing in others])
    if not memory.asked:
        return f"What is known about {listed}?", others
    if (text := _each_in_place(others, memory)) is not None:
        return text, others
    like = tuple(t for t in memory.subjects if t.type is others[0].type)
    preposition = _PREPOSITION.match(typed)
    if preposition and not like:
        longer = f"{memory.asked.rstrip('?. ')} {preposition.group(1).lower()} {listed}?"
        return longer, unique([*memory.subjects, *others])
    if not like and memory.asked_for is others[0].type and len(others) == 1:
        if others[0].input.value in {thing.input.value for thing in memory.found}:
            return f"What is known about {listed}?", others
        if (asked := membership(memory.asked, listed)) is not None:
            return asked, unique([*others, *memory.subjects])
    replaced = _replaced(memory, like or memory.subjects)
    kept = tuple(thing for thing in memory.subjects if thing not in replaced)
    return _put_in_place(memory.asked, replaced, listed), unique([*others, *kept])


def _each_in_place(others: Sequence[Thing], memory: Memory) -> str | None:
    """The last question with each thing in the place of the only one of its type."""
    types = [thing.type for thing in others]
    if len(types) < 2 or sorted(types) != sorted(thing.type for thing in memory.subjects):
        return None
    if len(set(types)) < len(types):
        return None
    asked = memory.asked
    for thing in others:
        old = [one for one in memory.subjects if one.type is thing.type]
        asked = _put_in_place(asked, old, thing.phrase)
    return asked


def compared(
    text: str, subjects: tuple[Thing, ...], memory: Memory
) -> tuple[str, tuple[Thing, ...]]:
    """A question how one thing differs, completed by what it is to differ from."""
    others = [one for one in memory.subjects if one.type is subjects[0].type]
    match = _DIFFERS.search(text)
    if match is None or len(subjects) > 1 or len(others) != 1 or others[0] in subjects:
        return text, subjects
    joint = "from" if match[1].lower().startswith("diff") else "with"
    return f"{text.rstrip('?. ')} {joint} {others[0].phrase}?", (*subjects, *others)


def _replaced(memory: Memory, like: Sequence[Thing]) -> Sequence[Thing]:
    """In whose place something is put: of several that stand apart the last one in the question."""
    asked = memory.asked.lower()
    if len(like) < 2 or in_a_row([thing.phrase for thing in like]).lower() in asked:
        return like
    last = max(like, key=lambda thing: asked.rfind(thing.phrase.lower()))
    return [last] if last.phrase.lower() in asked else like


def _put_in_place(asked: str, replaced: Sequence[Thing], listed: str) -> str:
    """A question with other words in the place of some of its subjects."""
    phrases = [in_a_row([t.phrase for t in replaced])] if replaced else []
    for phrase in phrases:
        pattern = re.compile(rf"(?<!\w){re.escape(phrase)}(?!\w)", re.IGNORECASE)
        if pattern.search(asked):
            return pattern.sub(lambda _: listed, asked)
    if replaced and _REFERRING.search(asked):
        return _REFERRING.sub(lambda _: listed, asked, count=1)
    rest = re.sub(r"^About [^:]{1,400}: ", "", asked)
    return f"About {listed}: {_lowered(rest)}"


def elliptical(asked: str, memory: Memory, *, opened: bool) -> tuple[str, tuple[Thing, ...]]:
    """A question that names nothing: about what came before, or standing alone."""
    fresh = tuple(thing for thing in memory.attached if thing.phrase in memory.fresh)
    about = fresh or memory.subjects or memory.attached
    words = words_of(asked)
    if not words:
        raise UnclearError("the question has no words", hint="ask, or /help")
    names_other = len(memory.subjects) == 1 and (opened or ABOUT.match(asked) is not None)
    if names_other and (new := _new_name(asked, words)):
        return _put_in_place(memory.asked, memory.subjects, new), ()
    if not about or not (opened or fresh or set(words) <= ASKING):
        return asked, ()
    listed = in_a_row([thing.phrase for thing in about])
    if set(words) <= _OVERVIEW:
        return f"What is known about {listed}?", about
    if (type := type_alone(words)) is not None:
        return question_for(type, about), about
    return f"About {listed}: {_lowered(asked)}", about


def _new_name(asked: str, words: Sequence[str]) -> str:
    """What a text names that nothing is known to be called by; empty where it is no mere name."""
    written = [word for word in _WORD.findall(asked) if word.lower() not in _AROUND]
    is_name = any(c.isupper() or c.isdigit() for word in written for c in word[1:])
    plain = set(words) & (ASKING - _AROUND)
    return " ".join(written) if is_name and not plain and len(written) <= MAX_WORDS else ""


def _lowered(text: str) -> str:
    """A sentence as it goes on after a colon; an abbreviation keeps its capitals."""
    return text if text[1:2].isupper() or text[1:2].isdigit() else text[0].lower() + text[1:]


def words_of(text: str) -> list[str]:
    """The words of a text in small letters."""
    return [word.lower() for word in _WORD.findall(text)]


def type_alone(words: Sequence[str]) -> NodeType | None:
    """The type that a question of one noun asks for: "where?", "its drug class?"."""
    nouns = [word for word in words if word not in _NOUN_ALONE]
    if nouns == ["where"]:
        return NodeType.CELLULAR_COMPONENT
    if len(nouns) == 2 and nouns[0] in _BEFORE_NOUN:
        nouns = nouns[1:]
    return noun_type(nouns[0]) if len(nouns) == 1 else None


def question_for(type: NodeType, about: Sequence[Thing]) -> str:
    """A question for all nodes of a type that go with some things."""
    listed = in_a_row([thing.phrase for thing in about])
    are, do = ("are", "do") if len(about) > 1 else ("is", "does")
    act = _ACTING.get(about[0].type)
    if type is NodeType.PROTEIN and act is None:
        return f"Which genes are linked to {listed}?"
    return _TEMPLATES[type].format(it=listed, are=are, do=do, act=act)
