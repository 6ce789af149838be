"""Words of a question that refer to something said before it, and those that only look so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from bbqa.schema import NodeType


@dataclass(frozen=True, slots=True)
class Reference:
    """Words that refer to something.

    Attributes:
        start: Where they begin.
        end: Where they end.
        text: The words.
        kind: One thing, all of several, the nth of several, or the other of two.
        type: The type of what is meant, where a noun says it.
        number: For the nth: its index; -1 is the last.
        possessive: Whether it stands for a genitive ("its", "their").
        owned: Whether it can only mean what was attached ("both proteins", "my drugs").
        partitive: Whether it picks out of several ("which of those", "which one").
        chooses: Whether "which one" is to be put as "which of …".
        weak: Whether it may be no reference at all ("the drug").
    """

    start: int
    end: int
    text: str
    kind: Literal["one", "all", "nth", "other"]
    type: NodeType | None = None
    number: int = 0
    possessive: bool = False
    owned: bool = False
    partitive: bool = False
    chooses: bool = False
    weak: bool = False

    @property
    def is_pronoun(self) -> bool:
        """Whether it may refer to something within its own sentence."""
        return self.text.lower() in ("it", "its", "they", "them", "their")


ASKING: Final = frozenset(
    """
    a about acted acting acts active activities activity act affect affects against all also an
    and any are as associated at atc be been belong belongs bind binds binding biological by can
    cause caused causes cell cells cellular class classes clinical common compartment compartments
    component components connected could describe detail details did do does effect effects
    elsewhere else exactly explain expressed find for found from function functional functions
    gene genes give had happens has have how i if in inhibit inhibits inhibitors interact
    interacts interactions interaction involved is kind kinds know known like likely linked list
    locate located location locations main many may me mechanism members molecular molecule
    molecules more most much name named names normally of on or organelle other others part
    partners pathway pathways phenotype phenotypes please play plays process processes properties
    protein proteins related relation relevant role roles say show side similar so some strongest
    structure summarise summarize summary symptom symptoms take takes target targets tell than
    that the their them there tissue tissues to treat treated treatment treats type types up use
    used uses usually was were weight well what when where which who why will with work works
    would you acid acids acceptors amino approved aromatic atoms bonds calculate chain charge
    coefficient composition compute contain contains content donors extinction five formula
    give groups homologs homologues hydrogen hydropathy isoelectric length lipinski localization
    logp mass motifs number orthologs orthologues paralogs paralogues peptide pi point polar
    regions residues rings rule sequence signal stereocenters stereocentres subcellular surface
    area terminus tpsa transmembrane disease diseases disorder disorders drug drugs compound
    compounds medicine medicines connection between cancers tumours tumors anything something
    different mouse rat yeast fly zebrafish worm chicken orthologue ortholog homologue homolog
    paralogue paralog mechanism
    """.split()  # noqa: SIM905
)
"""Words that ask or join and name nothing: a question of these alone is about what came before."""
_NOUNS: Final = {
    "protein": NodeType.PROTEIN,
    "gene": NodeType.PROTEIN,
    "enzyme": NodeType.PROTEIN,
    "sequence": NodeType.PROTEIN,
    "receptor": NodeType.PROTEIN,
    "target": NodeType.PROTEIN,
    "partner": NodeType.PROTEIN,
    "kinase": NodeType.PROTEIN,
    "channel": NodeType.PROTEIN,
    "transporter": NodeType.PROTEIN,
    "drug": NodeType.DRUG,
    "molecule": NodeType.DRUG,
    "compound": NodeType.DRUG,
    "medicine": NodeType.DRUG,
    "inhibitor": NodeType.DRUG,
    "ligand": NodeType.DRUG,
    "substance": NodeType.DRUG,
    "chemical": NodeType.DRUG,
    "antibody": NodeType.DRUG,
    "blocker": NodeType.DRUG,
    "disease": NodeType.DISEASE,
    "disorder": NodeType.DISEASE,
    "syndrome": NodeType.DISEASE,
    "condition": NodeType.DISEASE,
    "pathway": NodeType.PATHWAY,
    "phenotype": NodeType.PHENOTYPE,
    "symptom": NodeType.PHENOTYPE,
    "process": NodeType.BIOLOGICAL_PROCESS,
    "function": NodeType.MOLECULAR_FUNCTION,
    "component": NodeType.CELLULAR_COMPONENT,
    "location": NodeType.CELLULAR_COMPONENT,
    "compartment": NodeType.CELLULAR_COMPONENT,
    "role": NodeType.ROLE,
    "class": NodeType.DRUG_CLASS,
}
_ONE = "|".join(_NOUNS)
_MANY = "|".join(f"{noun}es" if noun.endswith("s") else f"{noun}s" for noun in _NOUNS)
_DEFINITE = (
    "protein|gene|enzyme|sequence|receptor|kinase|channel|transporter|drug|molecule|compound"
    "|medicine|inhibitor|antibody|disease|disorder|syndrome|condition"
)
_ADJECTIVE = r"(?:(?:human|small|unknown|new|given|attached|same|approved|first|two|three)\s+)?"
_ORDINALS: Final = {
    **{word: place for place, word in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth".split()  # noqa: SIM905
    )},
    "last": -1,
}  # fmt: skip

# Read in this order at each place of a question.
_PATTERN = re.compile(
    rf"""
      \bthe\ (?P<nth>{"|".join(_ORDINALS)}|\d+(?:st|nd|rd|th))
        \ (?P<nth_noun>one\b|(?:{_ONE})\b
        (?!\ (?:for|to|that|which|approved|ever|known|discovered|used|of|in|against)\b))
    | \b(?:the\ )?(?:number\ |\#)(?P<number>\d{{1,3}})\b
    | \bthe\ other\ (?P<other>one|{_ONE})\b
    | \b(?P<owned>both|the\ two|my|our)\ {_ADJECTIVE}(?P<owned_noun>{_MANY})\b
    | \b(?:these|those)\ {_ADJECTIVE}(?P<many>{_MANY})\b
    | \bthe\ (?P<the_many>{_MANY})\b
    | \b(?:this|my|our)\ {_ADJECTIVE}(?P<this>{_ONE})\b
    | \bthat\ (?P<that>{_ONE})\b
    | \bthe\ (?P<the>{_DEFINITE})\b
    | \b(?P<which_one>which\ ones?)\b
    | \b(?P<they>they|them|these|those|both|the\ two|all\ of\ (?:them|these|those))\b
    | \b(?P<their>their)\b
    | \b(?P<this_one>(?:this|that)\ (?:one|thing)|this|that)\b
    | \b(?P<its>its)\b
    | \b(?P<it>it)\b(?!['’])
    """,
    re.IGNORECASE | re.VERBOSE,
)
_EMPTY_IT = re.compile(
    r"\b(?:is|was) it (?:true|known|possible|likely|clear|correct|right|the case|said|thought|"
    r"believed|safe to|dangerous to|common)\b"
    r"|\bit (?:is|was|has been) (?:known|true|possible|likely|said|thought|believed|clear)\b"
    r"|\bwhat time is it\b|\bit (?:seems|appears) that\b"
    r"|\bmake it\b|\bdoes it matter\b|\bput it\b|\bit takes?\b",
    re.IGNORECASE,
)
# What follows "that drug" or "the drug" where the noun stands for itself: "the drug classes of"
# and "that protein kinases" go on with a noun.
_GOES_ON = frozenset(
    """
    a act acts affect affects all also an and any approved are as associated at be been belong
    belonging belongs bind binds both but by called can cause caused causes could did do does
    expressed
    find found from had has have if in inhibit inhibits interact interacts into involved is known
    linked located look made may mean might not occur on or play plays related same share should
    similar so take takes the together treat treats used was were when will with work works would
    target to usually
    """.split()  # noqa: SIM905
)
_ASKS_FIRST = frozenset("are were do does did can could is was would should will of about".split())  # noqa: SIM905
# Where a new clause begins: after "Which diseases and symptoms" none does.
_BOUNDARY = re.compile(
    r"\b(?:because|that|which|when|while|if|so|then)\b|[;:]"
    r"|(?:\b(?:and|or|but)|,)\s+(?:and\s+)?(?:in\s+|by\s+|at\s+|to\s+)?"
    r"(?:wh\w+|how|is|are|was|were|do|does|did|can|could|has|have|may|it|its|they|their)\b",
    re.IGNORECASE,
)
_ASKED_ONE = re.compile(rf"\b(?:which|what)\s+(?:\w+\s+)?(?:{_ONE})\b", re.IGNORECASE)
_ASKED_MANY = re.compile(rf"\b(?:which|what)\s+(?:\w+\s+)?(?:{_MANY})\b", re.IGNORECASE)
_NEXT = re.compile(r"\s*([\w'’-]+|\S)?")
_LAST = re.compile(r"(\w+)\s*$")


def noun_type(word: str) -> NodeType | None:
    """The type of node that a noun, singular or plural, stands for."""
    word = word.lower()
    for one in (word, word.removesuffix("s"), word.removesuffix("es")):
        if one in _NOUNS:
            return _NOUNS[one]
    return None


def find_references(text: str, named: Sequence[tuple[int, int]]) -> list[Reference]:
    """The references in a text, in its order.

    Args:
        text: The question.
        named: Where it names something: nothing within, or right before, refers to anything else.
    """
    empty = [match.span() for match in _EMPTY_IT.finditer(text)]
    found = []
    for match in _PATTERN.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in (*named, *empty)):
            continue
        names_it = any(text[match.end() : start].isspace() for start, _ in named)
        if names_it and match.lastgroup not in ("it", "its", "their"):
            continue
        if reference := _read(match, text):
            found.append(reference)
    return found


def is_bound(text: str, pronoun: Reference, named: Sequence[tuple[int, int]]) -> bool:
    """Whether a pronoun refers to something in its own sentence.

    So it does where something is named, or asked for, in an earlier clause: "What is EGFR and what
    does it do?".
    """
    at = pronoun.start
    asked = _ASKED_ONE if pronoun.kind == "one" else _ASKED_MANY
    earlier = [end for _, end in named if end <= at]
    earlier += [match.end() for match in asked.finditer(text[:at])]
    return any(_BOUNDARY.search(text, end, pronoun.end) for end in earlier)


# What each group of the pattern is; its noun, if it has one, is the group's own text.
_SHAPES: Final[dict[str, dict[str, Any]]] = {
    "nth_noun": {"kind": "nth"},
    "number": {"kind": "nth"},
    "other": {"kind": "other"},
    "owned_noun": {"kind": "all", "owned": True},
    "many": {"kind": "all"},
    "the_many": {"kind": "all", "weak": True},
    "this": {"kind": "one"},
    "that": {"kind": "one"},
    "the": {"kind": "one", "weak": True},
    "which_one": {"kind": "all", "partitive": True, "chooses": True},
    "they": {"kind": "all"},
    "their": {"kind": "all", "possessive": True},
    "this_one": {"kind": "one"},
    "its": {"kind": "one", "possessive": True},
    "it": {"kind": "one"},
}


def _read(match: re.Match[str], text: str) -> Reference | None:
    """The reference that a match is, or None where it only looks like one."""
    group = str(match.lastgroup)
    start, end = match.span()
    word = match.group()
    following = _NEXT.match(text, end)
    after = str(following.group(1) or "").lower() if following else ""
    preceding = _LAST.search(text[:start])
    last = preceding.group(1).lower() if preceding else ""
    if not _is_meant(group, word, after, last):
        return None
    shape = dict(_SHAPES[group])
    if group in ("nth_noun", "number"):
        shape["number"] = _place(match.group("nth") or match.group("number"))
    if group == "they":
        shape["partitive"] = last == "of" or word.lower() == "those"
    return Reference(start, end, word, type=noun_type(match.group(group)), **shape)


def _is_meant(group: str, word: str, after: str, last: str) -> bool:
    """Whether words that look like a reference are one, by the words around them."""
    goes_on = not after.isalpha() or after in _GOES_ON
    match group:
        case "the_many":
            return goes_on and after != "the" and last in ("do", "are", "of", "did")
        case "that" | "the":
            return goes_on
        case "they" | "this_one":
            return _stands_alone(word, after, last)
        case "it":
            return word != "IT"
    return True


def _stands_alone(word: str, after: str, last: str) -> bool:
    """Whether "these", "both" or "this" is no more than the beginning of a noun or a clause."""
    word = word.lower()
    if word in ("they", "them") or " " in word:
        return True
    if word == "that":
        is_what = last in ("is", "was") and after in ("a", "an", "the")
        return is_what or (not after.isalpha() and last not in ("", "so"))
    if after in ("that", "who", "whose", "which", "with"):
        return False
    if word == "both" and after in ("a", "an", "the"):
        return False
    if not after.isalpha() or after in _GOES_ON:
        return True
    return word in ("these", "those") and last in _ASKS_FIRST and not after.endswith("s")


def _place(word: str) -> int:
    """The index that an ordinal stands for."""
    word = word.lower()
    return _ORDINALS[word] if word in _ORDINALS else int(re.sub(r"\D", "", word)) - 1
