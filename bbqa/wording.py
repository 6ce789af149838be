"""What the words of a question ask for, where its nouns and verbs leave no doubt.

"Which drugs act on proteins that interact with this one?" asks for drugs, by way of proteins:
the noun behind "which" is what is asked for, the other nouns are steps on the way to the subject.
The subject itself ("this protein", a name) has been taken out before the nouns are read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bbqa.schema import NodeType

_NOUNS: tuple[tuple[NodeType, str], ...] = (
    (
        NodeType.DRUG_CLASS,
        r"drug class(?:es)?|(?:atc|therapeutic|pharmacological) (?:class|code|group)e?s?"
        r"|(?:class|kind|family|type|group)e?s? of (?:drugs?|medicines?|medications?)"
        r"|families of medicines|class(?:es)?",
    ),
    (
        NodeType.PROTEIN,
        r"proteins?|genes?|targets?(?!\s+(?:SUBJECT|the|it))|partners?|receptors?|interactors?"
        r"|binders",
    ),
    (NodeType.PROTEIN, r"enzymes?|kinases?|transporters?|channels?"),
    (NodeType.MOLECULAR_FUNCTION, r"functions?|(?<!recorded )activit(?:y|ies)|reactions?"),
    (NodeType.BIOLOGICAL_PROCESS, r"process(?:es)?"),
    (
        NodeType.CELLULAR_COMPONENT,
        r"compartments?|organelles?|locations?|locali[sz]ations?|components?|complex(?:es)?"
        r"|parts? of (?:the|a) cell",
    ),
    (NodeType.PATHWAY, r"pathways?|cascades?"),
    (
        NodeType.DISEASE,
        r"diseases?|disorders?|syndromes?|cancers?|illness(?:es)?|conditions?|tumou?rs?",
    ),
    (
        NodeType.PHENOTYPE,
        r"phenotypes?|symptoms?|signs?|abnormalit(?:y|ies)|manifestations?|features",
    ),
    (
        NodeType.DRUG,
        r"drugs?|inhibitors?|agonists?|antagonists?|compounds?|medicines?|medications?|ligands?"
        r"|chemicals?|substances?|molecules?|blockers?|therapeutics",
    ),
    (NodeType.ROLE, r"roles?"),
)
_NOUN = re.compile(
    "|".join(rf"(?P<n{place}>\b(?:{words})\b)" for place, (_, words) in enumerate(_NOUNS)),
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"\b(?:this|these|my|that(?! (?:this|these|my|it|they|targets?)\b)|those|both|the two|two"
    r"|attached|given|its|their)\s+(?:\w+\s+)?"
    rf"(?:{'|'.join(words for _, words in _NOUNS)}|sequences?|structures?|one)\b"
    r"|\b(?:of|by|with|on|in|to|for|from) the (?:protein|gene|drug|compound|enzyme|molecule)\b"
    r"|\b(?:this|it|these|they|them)\b",
    re.IGNORECASE,
)
_APPOSED = re.compile(
    rf"\b(?:the\s+)?(?:{_NOUN.pattern})\s+(?=SUBJECT)"
    r"(?!(?<=s\s)SUBJECT\s+(?:is|was|has|does|may)\b)",
    re.IGNORECASE,
)
"""A noun before the name that it belongs to; not "the diseases EGFR is linked to"."""
_ASKING = re.compile(
    r"(?:^(?:(?:interaction|binding|known)\b)?|\b(?:which|what|whose|list|name|find|show"
    r"|give(?: me)?|any|are there|is there(?: an?)?|what are|what is|what's|tell me|all)\b)"
    r"(?:\s+(?!that\b|which\b|of\b|in\b|to\b)[\w-]+){0,4}?\s*$",
    re.IGNORECASE,
)
_JOINING = re.compile(r"^[\s,]*(?:and|or|,)\s*(?:also\s+)?(?:[\w-]+\s+){0,3}$", re.IGNORECASE)
"""What joins a noun to the one before."""
_LISTING = re.compile(
    r"SUBJECT\b.*\b(?:and|plus|as well as|along with)\s+(?:also\s+)?(?:the\s+|all\s+|any\s+)?$",
    re.IGNORECASE | re.DOTALL,
)
"""What joins a noun to one about which more was said: "drugs that target it, and the" diseases."""
_WHICH = re.compile(r"\W*(?:which|what|whose)\s+(?!are\b|is\b)", re.IGNORECASE)
"""How questions begin in which that joins what something is done to, not what is asked for."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Node types that a question's nouns name.

    Attributes:
        asked: Those that are asked for.
        through: The others, in the order in which a path from the subject comes by them.
    """

    asked: tuple[NodeType, ...]
    through: tuple[NodeType, ...]


def read_wording(question: str) -> Wording:
    """What the nouns of a question say, its names taken out or replaced by "this protein"."""
    own = re.sub(r"\b(?:its|their)\b", "the", question, flags=re.IGNORECASE)
    text = _APPOSED.sub(" ", " ".join(_SUBJECT.sub(" SUBJECT ", own).split()))
    asked: list[NodeType] = []
    others: list[NodeType] = []
    end_of_asked = end_of_last = -1
    for match in _NOUN.finditer(text):
        node_type = _NOUNS[int(str(match.lastgroup)[1:])][0]
        asking = _ASKING.search(text, max(end_of_last, 0), match.start())
        between = text[end_of_asked : match.start()] if end_of_asked >= 0 else ""
        listed = not _WHICH.match(text) and _LISTING.search(between)
        joined = listed or _JOINING.match(between)
        end_of_last = match.end()
        if asking or joined:
            asked.append(node_type)
            end_of_asked = match.end()
        else:
            others.append(node_type)
    return Wording(tuple(dict.fromkeys(asked)), tuple(reversed(others)))
