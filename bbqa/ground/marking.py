"""A sentence as a row of marks: things, numbers, relation phrases, doubts, denials; and the rest.

Names of the evidence's things become marks first, longest first, so that nothing inside a name is
read ("negative regulation of …" denies nothing). What is left is searched for relation phrases;
words that claim nothing are dropped; whatever then remains is a claim that nobody has read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Final

from bbqa.ground.facts import Name, Record, fold_word, words_of
from bbqa.ground.quantities import QUANTITY, Quantity, quantities_in
from bbqa.ground.relations import COPULA, CUES, HAS, HAS_WORDS, INCLUDES, Cue
from bbqa.kg.everyday_words import EVERYDAY


class Sign(Enum):
    """What a mark is."""

    THING = auto()
    PRONOUN = auto()
    NUMBER = auto()
    CUE = auto()
    NOUN = auto()
    WHICH = auto()
    AND = auto()
    LINK = auto()
    BREAK = auto()
    NOT = auto()
    PROBABLY = auto()
    POSSIBLY = auto()
    SURELY = auto()


@dataclass(frozen=True, slots=True)
class Mark:
    """One mark of a sentence.

    Attributes:
        sign: What it is.
        words: As they stand in the sentence, roughly.
        things: What a name may mean.
        cue: What a relation phrase says.
        quantity: The number.
    """

    sign: Sign
    words: str
    things: frozenset[Name] = frozenset()
    cue: Cue | None = None
    quantity: Quantity | None = None


@dataclass(slots=True)
class Marked:
    """A sentence as marks, and the words of it that nothing explains.

    Attributes:
        marks: Its marks.
        strange: Words that nothing explains.
        widened: Whether a name in it may be part of a longer one.
        interprets: Whether it says what its evidence suggests.
    """

    marks: list[Mark] = field(default_factory=list)
    strange: list[str] = field(default_factory=list)
    widened: bool = False
    interprets: bool = False


_NOUNS: Final = (
    r"(?:protein|gene|product|enzyme|molecule|compound|drug|medicine|agent|sequence|disease|"
    r"disorder|condition|illness|function|process|processe|pathway|location|compartment|component|"
    r"phenotype|feature|symptom|sign|role|clas|classe|class|target|partner|activity|activitie|"
    r"complex|complexe|input|thing|term|homologue|homolog|relative|place|cell|patient|people|"
    r"person|individual|structure|substance|relationship|relation|way|group|kind|type|form|"
    r"syndrome|residue)s?"
)
_NEUTRAL: Final = frozenset(
    """
    a additional additionally all also among an another any as both cellular clinical combined
    different do does did each either e entire evidence example few finally following further
    furthermore g given here human i.e including its itself known like list listed main many
    moreover multiple namely next number one other others overall part particular particularly
    records recorded related respective said same several similarly since so some specifically
    such than that the their them then there these they this those thus together too various
    was well where you your be been being can has have having is are according first second
    third lastly curated molecular biological amongst tanimoto identity similarity coefficient
    score over length coverage sequence about roughly approximately around nearly % [ ] - – . "
    ' * +
    """.split()  # noqa: SIM905
) - {"known"}

_KIN: Final = re.compile(
    r"(?:@\d+ |its |the |their |a )?(?:(?:nearest|closest|known|best) )*(?:human )?"
    r"(?:homologu?e|relative|counterpart|stereoisomer|salt|ester|parent compound)\b"
    r"(?: (?:of|to) (?:@\d+|it\b|(?:this|the) (?:input |query |given )?"
    r"(?:protein|sequence|molecule|compound)))?"
)
_PRONOUN: Final = re.compile(
    r"\b(?:(?:this|the|that|its|given|attached|our|your|these|those)"
    r"(?: (?:human|input|query|given|unknown|attached|same|two|submitted))* "
    r"(?:protein|gene|enzyme|molecule|compound|drug|sequence|substance|medicine|agent|disease|"
    r"disorder|condition|syndrome|phenotype|entity|input)|"
    r"(?:these|those|its|both|the two)(?: two)? "
    r"(?:proteins|genes|molecules|compounds|drugs|sequences|inputs)|it|they|its|their|this|these)\b"
    r"(?! (?:@|that\b|which\b|acting\b|linked\b|associated\b|targeting\b|class\b|target\b))"
)

_OWN_LENGTH: Final = re.compile(
    r"\b(?:of |over )?its (?=(?:whole |full |entire )?(?:length|sequence|residues)\b)"
)
_SUGGESTS: Final = (
    r"(?:strongly )?(?:suggest(?:s|ing)?|indicat(?:es|ing)|impl(?:ies|ying)|points? to|"
    r"(?:is |are )?consistent with)\b(?: that| it being| its being)?"
)
"""What marks the rest of a sentence as an interpretation."""

_INTERPRETS: Final = re.compile(rf"\b{_SUGGESTS}")

_REWRITE: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(pattern), instead)
    for pattern, instead in (
        (
            r"\b(?:functionally|clinically|structurally|biologically|biochemically|"
            r"pharmacologically|mechanistically|accordingly|notably|collectively)\b ?,?",
            " ",
        ),
        (r"^ ?(?:the )?(@\d+) (@\d+)(?= (?!(?:and|or|,|is associated)\b)[a-z])", r"\2 is \1 and"),
        (r"^(@\d+) ?, (?:an?|the) (@\d+) ?,(?! (?:@|an? @|and @))", r"\1 is \2 and"),
        (
            r"\b(?:close|closely|strong|strongly|high|highly|marked|markedly) (?=\w*"
            r"(?:resembl|similar|identi|homolog))",
            " ",
        ),
        (r"n['’]t\b", " not"),
        (
            r"\b(?:patients?|people|persons?|individuals?|those) (?:with|who have|affected by)\b",
            " ",
        ),
        (
            r"\b(is|are) @p ((?:\w+ ){0,3}?(?:homologu?e|relative|counterpart|match|analogu?e|"
            r"targets?|partners?|functions?|roles?|phenotypes?))\b",
            r"\1 \2 of @p",
        ),
        (
            r"(@p|@\d+) (?:\w+ ){0,2}?(?:similarity|identity|homology|resemblance) (?:to|with) "
            rf"(@\d+) {_SUGGESTS}",
            r"\1 resembles \2 ; ~h ",
        ),
        (
            r"\b(?:the )?(?:\w+ )?(?:similarity|identity|homology|resemblance) of (@p|@\d+) "
            rf"(?:to|with) (@\d+) {_SUGGESTS}",
            r"\1 resembles \2 ; ~h ",
        ),
        (rf"(?:, )?(?:which |this )?{_SUGGESTS}", " ; ~h "),
        (
            r"(@p|@\d+) (?:is |are )?(?:associated|linked|connected|related|tied) (?:with|to) "
            r"(@\d+) ?,? (?:through|via|by|because of|owing to) (?:(?:@p|its|their|the) )?"
            r"(?:activity|action|effects?) (?:on|against) (@\d+)",
            r"\1 acts on \3 , which is associated with \2",
        ),
        (
            r"(@p|@\d+) (?:is |are )?(?:associated|linked|connected|related|tied) (?:with|to) "
            r"(@\d+) ?,? (?:through|via) (@\d+)",
            r"\1 is associated with \3 , which is associated with \2",
        ),
        (r"\bcannot\b", "can not"),
        (r"\bnot (?:only|just|merely)\b", " "),
        (r"\bbut (?:it |they )?(?:also|additionally)\b", " and "),
        (r"\b(?:as well as|along with|together with|in addition to|plus)\b|&", " and "),
        (r"\bas well\b|\bin addition\b|\bfor example\b|\bfor instance\b|\be\.g\.|\bi\.e\.", " "),
        (
            r"\b(?:according to|based on|per) (?:the |its )?"
            r"(?:evidence|records?|knowledge graph)\b",
            " ",
        ),
        (
            r"\b(?:the )?(?:evidence|records?) (?:says?|states?|shows?|lists?|indicates?)"
            r"(?: that)?\b",
            " ",
        ),
        (
            r"\b(?:the )?evidence suggests?(?: that)?\b|\bit is (?:likely|probable)(?: that)?\b"
            r"|\bmost likely\b|\bin all likelihood\b",
            " ~h ",
        ),
        (r"\bit is possible that\b", " ~q "),
        (
            r"\b(?:(?:is|are|was|were|has been|have been) )?(?:predicted|thought|believed|expected|"
            r"inferred|suspected|presumed|likely|probable|assumed|estimated)"
            r"(?: to be| to have been)\b"
            r"|\b(?:appears?|seems?) to be\b",
            " ~h is ",
        ),
        (
            r"\b(?:(?:is|are|was|were|has been|have been) )?(?:predicted|thought|believed|expected|"
            r"inferred|suspected|presumed|likely|probable|assumed|estimated) to\b"
            r"|\b(?:appears?|seems?) to\b|\b(?:probably|likely|presumably|supposedly|putatively)\b",
            " ~h ",
        ),
        (r"\b(?:may|might|could) be\b", " ~q is "),
        (r"\b(?:possibly|perhaps|may|might|could|potentially|conceivably)\b", " ~q "),
        (
            r"\b(?:(?:is|are|was|were|has been|have been) )?(?:well )?(?:known|shown|established|"
            r"reported|recorded|annotated|documented|described|confirmed|found|certain) to be\b",
            " ~b is ",
        ),
        (
            r"\b(?:(?:is|are|was|were|has been|have been) )?(?:well )?(?:known|shown|established|"
            r"reported|recorded|annotated|documented|described|confirmed|found|certain) to\b"
            r"|\b(?:certainly|definitely|undoubtedly|clearly|indeed|surely|known|established)\b",
            " ~b ",
        ),
        (r"\b(?:(?:does|do|did|can|is|are|was|were|has|have) )?(?:not|never)\b(?= is\b)", " ~n "),
        (r"\b(is|are|was|were) (?:not|never|no)\b", r" ~n \1 "),
        (r"\b(?:fails? to|unable to|neither|nor|not|never|no|none)\b", " ~n "),
        (r"\b(?:has|have|had) been\b|\bto be\b|\b(?:can|will) be\b", " is "),
        (r"\b(?:is |are )?able to\b|\bhas the ability to\b", " "),
        (r"\b(?:does|do|did|can|will|also|further)\b", " "),
        (r"\b(?:recorded|reported|documented|annotated|curated)\b(?! (?:to|as|in|by)\b)", " "),
        (r"\b(?:up)?on which (@\w+) ((?:~\w )*)acts?\b", r" which is acted on by \2 \1 "),
        (r"\bwhich (@\w+) ((?:~\w )*)(?:acts? on|targets?)\b", r" which is acted on by \2 \1 "),
        (r"\bwith which (@\w+) ((?:~\w )*)interacts?\b", r" which interacts with \2 \1 "),
        (
            r"\bin which (@\w+) ((?:~\w )*)(?:takes? part|participates?)\b",
            r" which involves \2 \1 ",
        ),
        (r"\bin which (@\w+) ((?:~\w )*)(?:is|are) found\b", r" which contains \2 \1 "),
        (r"\b(?:one|some) (?:of )?(?=[a-z])", " "),
        (r"\bin which\b|\bwhere\b", " which "),
        (r"[.!]+$", " "),
        (r"\.(?= )", " ; "),
        (r"\b(?:a|an|the)\b", " "),
    )
)
_PIECE: Final = re.compile(r"@p|@\d+|#\d+|~\w|[;,:()/]|[^\s;,:()/]+")
_LINKS: Final = frozenset(
    ("at", "by", "for", "from", "in", "of", "on", "to", "upon", "via", "within")
)
"""What may stand anywhere but between two names: "interacts with A in B" says more than both."""
_MARKERS: Final = {
    "~n": Sign.NOT,
    "~h": Sign.PROBABLY,
    "~q": Sign.POSSIBLY,
    "~b": Sign.SURELY,
}
_SIGNS: Final = {
    **_MARKERS,
    "@p": Sign.PRONOUN,
    **dict.fromkeys(_LINKS, Sign.LINK),
    **dict.fromkeys((",", "and", "or", ":", "(", ")", "/", "including", "namely"), Sign.AND),
    **dict.fromkeys(("which", "that", "who", "whose"), Sign.WHICH),
    **dict.fromkeys(
        ("while", "whereas", "although", "though", "but", "however", ";", "yet"), Sign.BREAK
    ),
}
_COPULA: Final = re.compile(r"(?:is|are|was|were)(?= |$)")
_INCLUDES: Final = re.compile(r"(?:includes?|comprises?|encompass(?:es)?)(?= |$)")
_OWNS: Final = re.compile(rf"{HAS_WORDS}(?= |$)")
_WIDENS_BEFORE: Final = frozenset(("protein", "cell", "cellular", "human", "molecular", "gene"))
_WIDENS_AFTER: Final = frozenset(
    """
    activity binding complex process disease syndrome cell protein receptor membrane part
    """.split()  # noqa: SIM905
)
"""Words that claim nothing by themselves and yet make another name of a name beside them."""
_SHOULD_SHOUT: Final = 3
"""A symbol of at most so many letters is meant only in capitals: "was" is no gene."""


def mark(text: str, record: Record) -> Marked:
    """A sentence as marks.

    Args:
        text: The sentence.
        record: What the cited evidence says, with the names of its things.
    """
    marked = Marked()
    things: list[frozenset[Name]] = []
    masked = _mask_things(text, record, things, marked)
    masked, numbers = _mask_numbers(masked)
    masked = " ".join(masked.lower().split())
    if record.kin:
        things.append(frozenset(record.kin))
        masked = " ".join(_KIN.sub(f" @{len(things) - 1} ", masked).split())
    marked.interprets = bool(_INTERPRETS.search(masked))
    for pattern, instead in ((_OWN_LENGTH, " "), (_PRONOUN, " @p "), *_REWRITE):
        masked = " ".join(pattern.sub(instead, masked).split())
    _scan(" ".join(_PIECE.findall(masked)), things, numbers, marked)
    return marked


def _mask_things(text: str, record: Record, things: list[frozenset[Name]], marked: Marked) -> str:
    """The text with ``@0``, ``@1`` … for the names in it, longest first."""
    text = re.sub(r"\[\d+(?:(?:, ?|-)\d+)*\]|[@#~]", " ", text)  # no marks but ours
    words = list(words_of(text))
    folded = [fold_word(match.group()) for match in words]
    starts: dict[str, list[Name]] = {}
    for name in record.names:
        starts.setdefault(name[0], []).append(name)
    out: list[str] = []
    at = place = 0
    while place < len(words):
        match = _longest(starts.get(folded[place], ()), folded, place, words[place].group())
        if match is None:
            place += 1
            continue
        name, end = match
        out += [text[at : words[place].start()], f" @{len(things)} "]
        things.append(frozenset(record.names[name]))
        marked.widened |= _may_be_wider(folded, place, end)
        at = words[end - 1].end()
        place = end
    return "".join([*out, text[at:]])


def _longest(
    names: list[Name] | tuple[()], folded: list[str], place: int, written: str
) -> tuple[Name, int] | None:
    """The longest of some names that stands at a place, articles aside, and where it ends."""
    best: tuple[Name, int] | None = None
    for name in names:
        if len(name) == 1 and written.islower() and _is_everyday(name[0]):
            continue
        end = place
        for word in name:
            while end < len(folded) and folded[end] in ("the", "a", "an") and word != folded[end]:
                end += 1
            if end >= len(folded) or folded[end] != word:
                break
            end += 1
        else:
            if best is None or len(name) > len(best[0]):
                best = name, end
    return best


def _is_everyday(word: str) -> bool:
    return len(word) <= _SHOULD_SHOUT or word in EVERYDAY


def _may_be_wider(folded: list[str], start: int, end: int) -> bool:
    """Whether a word beside a name may belong to a longer name ("protein kinase activity")."""
    before, after = folded[max(start - 1, 0) : start], folded[end : end + 1]
    return bool(_WIDENS_BEFORE & set(before) or _WIDENS_AFTER & set(after))


def _mask_numbers(text: str) -> tuple[str, tuple[Quantity, ...]]:
    """The text with ``#0``, ``#1`` … for its quantities."""
    plain = re.sub(r"@\d+", lambda match: "@" * len(match.group()), text)
    numbers = quantities_in(plain)
    out: list[str] = []
    at = 0
    for i, match in enumerate(QUANTITY.finditer(plain)):
        out += [text[at : match.start()], f" #{i} "]
        at = match.end()
    return "".join([*out, text[at:]]), numbers


def _scan(
    masked: str, things: list[frozenset[Name]], numbers: tuple[Quantity, ...], marked: Marked
) -> None:
    """Read marks from left to right, the longest phrase at each place."""
    at = 0
    while at < len(masked):
        phrase = _phrase(masked, at)
        if phrase is not None:
            words, cue = phrase
            for piece in words.split():
                if piece in _MARKERS:
                    marked.marks.append(Mark(_MARKERS[piece], piece))
                elif piece.startswith("#"):
                    quantity = numbers[int(piece[1:])]
                    marked.marks.append(Mark(Sign.NUMBER, piece, quantity=quantity))
            marked.marks.append(Mark(Sign.CUE, words, cue=cue))
            at += len(words) + 1
            continue
        piece = masked[at:].split(" ", 1)[0]
        at += len(piece) + 1
        mark_of = _piece(piece, things, numbers)
        if mark_of is not None:
            marked.marks.append(mark_of)
        elif piece not in _NEUTRAL:
            marked.strange.append(piece)
    _drop_links(marked)


def _drop_links(marked: Marked) -> None:
    """Forget prepositions, but for those that join two names: nothing explains them."""
    kept: list[Mark] = []
    after: list[Mark | None] = [*marked.marks[1:], None]
    for mark_, following in zip(marked.marks, after, strict=False):
        if mark_.sign is not Sign.LINK:
            kept.append(mark_)
        elif kept and following and kept[-1].sign is following.sign is Sign.THING:
            marked.strange.append(mark_.words)
    marked.marks[:] = kept


def _phrase(masked: str, at: int) -> tuple[str, Cue] | None:
    """The longest relation phrase at a place; "is", "has" and "includes" if there is no other."""
    best: tuple[str, Cue] | None = None
    for pattern, cue in (*CUES, (_COPULA, COPULA), (_OWNS, HAS), (_INCLUDES, INCLUDES)):
        match = pattern.match(masked, at)
        if match and (best is None or len(match.group()) > len(best[0])):
            best = match.group(), cue
    return best


def _piece(piece: str, things: list[frozenset[Name]], numbers: tuple[Quantity, ...]) -> Mark | None:
    """The mark of one word; None if it is none."""
    if re.fullmatch(r"@\d+", piece):
        return Mark(Sign.THING, piece, things=things[int(piece[1:])])
    if re.fullmatch(r"#\d+", piece):
        return Mark(Sign.NUMBER, piece, quantity=numbers[int(piece[1:])])
    sign = _SIGNS.get(piece) or (Sign.NOUN if re.fullmatch(_NOUNS, piece) else None)
    return Mark(sign, piece) if sign else None


def is_neutral(word: str) -> bool:
    """Whether a word claims nothing."""
    return word in _NEUTRAL | _LINKS or word in (
        "and",
        "or",
        "which",
        "that",
        "is",
        "are",
        "not",
        "no",
    )


def without_pronouns(text: str) -> str:
    """The text without "it", "this protein" and the like."""
    return _PRONOUN.sub(" ", " ".join(text.lower().split()))
