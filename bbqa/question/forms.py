"""The form of a clause: what it wants done, and which noun it asks for.

Names have been replaced by ``ENT0``, ``ENT1`` and so on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from bbqa.question.lexicon import NOUNS, PROPERTIES, compiled
from bbqa.question.parsed import Operation
from bbqa.schema import NodeType

NAME: Final = re.compile(r"\bENT(\d+)\b")

_NOUN: Final = compiled("|".join(f"(?P<n{i}>{words})" for i, (_, words) in enumerate(NOUNS)))
_OWN: Final = re.compile(
    r"(?:\b(?:this|these|my|our|that|those|its|the (?:attached|given|same))\s+(?:[\w-]+\s+){0,2}|(?<!tell me )(?<!list )(?<!name )(?<!me )(?<!are )\bthe\s+)$",
    re.IGNORECASE,
)
_ASKING: Final = re.compile(
    r"(?:^\W*whose\b|\b(?:which|what|list|name|show|find|give(?: me)?|any|all|how many|number of|count(?: of)?"
    r"|are there|is there(?: an?)?|know|tell me|need|want|look(?:ing)? for|search(?:ing)? for|other)\b|^)"
    r"(?P<between>(?:\s*(?!(?:is|are|was|does|do|did|has|have|that|which|who|of|for|to|in|by|with|on"
    r"|from|and|or|it|this|an?|ENT\d+)\b)[\w'’()/-]+){0,5}?)\s*$",
    re.IGNORECASE,
)
_APPOSED: Final = re.compile(r"\bENT\d+\s+$")
_FILLERS: Final = frozenset(
    """
    human known approved marketed main major primary different specific other all any the of kind
    kinds type types sort sorts some same exact full complete single best common important new
    possible potential relevant related available existing currently recorded annotated licensed
    clinical therapeutic therapeutical small molecule small-molecule what which list name names
    your my its me please can you tell give show find many few top most well-known several individual
    actual precise key really exactly else more also are there is three two five ten four six
    """.split()  # noqa: SIM905
)
_YES_NO: Final = re.compile(
    r"^\W*(?:(?:so|and|but|or|then|also|please|hi|hello|thanks|well)\W+)*"
    r"(?:does|do|did|is|are|was|were|would|could|can|will|has|have|might|should|isn't|aren't|doesn't)\b",
    re.IGNORECASE,
)
_COUNT: Final = compiled(r"how many|number of|count(?: of| the)?|how large is the (?:family|set)")
_NAMES: Final = compiled(
    r"also (?:called|known as|named)|alias(?:es)?|synonyms?|other names?|(?:official|approved|hgnc|current|old|previous|former|new) (?:gene )?(?:symbol|name)s?"
    r"|renamed|(?:gene|hgnc) symbol|full name|(?:uniprot|ensembl|entrez|ncbi|hgnc|drugbank|chembl|omim|mondo) (?:id|accession|number|entry|gene id)s?|accession(?: number)?"
    r"|stands? for|abbreviat\w+|identifiers?"
)
_COMPARE: Final = compiled(
    r"compar(?:e|ed|es|ing|ison)|differ(?:s|ence|ences|ent|ently)?|versus|vs\.?|distinguish(?:es)?|similarit(?:y|ies)|tell apart"
)
_SHARED: Final = compiled(
    r"in common|shar(?:e|es|ed|ing)|both|common to|all (?:three|four|five|of them|of these|in)|jointly|each of"
)
_MUTATION: Final = compiled(
    r"mutat(?:ion|ions|ed|ant)|variants?|wild[- ]?type|wt|anything (?:wrong|unusual|odd)|something wrong|wrong with|positions? (?:were|was|are|is)? ?changed|changed|altered|substitutions?|point changes?|deletions?|insertions?|truncat(?:ed|ion)|edited|premature stops?|stop codons?|how much .{0,30} (?:is left|remains)|(?:any|some)thing odd"
)
_SIMILAR: Final = compiled(
    r"(?:ortho|homo|para)log(?:ue|s|ues|ous)?|counterparts?|relatives?|equivalents?|similar(?! to what)|resembles?|analog(?:ue|s|ues|ous)?|look[- ]?alikes?|closest"
    r"|(?:drugs|compounds|molecules) (?:\w+ )?like (?:this|it|ENT\d+)"
)
_PATH: Final = compiled(
    r"(?:how|why) (?:is|are|does|do|might|could|would) .*\b(?:connect|link|relat|associat|lead)\w*|(?:connect|link)(?:s|ion|ed)? between|path(?: |way )?(?:from|between)|what (?:connects|links|joins)"
)
_IDENTIFY: Final = compiled(
    r"what(?:'s| is| are| was| could) (?:this|it|that|these|the (?:sequence|protein|compound|molecule|peptide))|identify|identity|what (?:protein|compound|molecule|drug|gene|peptide|enzyme|construct|substance|chemical)\b.{0,20}\b(?:is|it)|(?:which|what) (?:[\w-]+ ){0,3}(?:protein|gene|virus|organism|species|drug|compound)\b.{0,20}\b(?:is|this|it|come|from|part)|"
    r"come from|came from|derived? from|fused|fusion|part of|which (?:human )?(?:protein|gene)|name of (?:this|it)|recogni[sz]e|know what|(?:which|what) (?:residues|positions|region|stretch)|(?:human|mouse|rat|bacterial|viral) or (?:the )?(?:human|mouse|rat|bacterial|viral|yeast)"
)
_MAIN: Final = compiled(
    r"main(?:ly)?|primary|primarily|principal|chief(?:ly)?|most important|best[- ]known|key"
)
_EXPERIMENTAL: Final = compiled(
    r"proven|experimental(?:ly)?(?: (?:evidence|verified|validated|supported|shown))?|only (?:curated|direct)|direct assay|IDA"
)
_WHERE: Final = re.compile(
    r"\bwhere(?:abouts)?\b(?!.*\b(?:buy|get|order|body|expressed)\b)|\blocali[sz]\w+|\blocated\b|\bsits?\b.*\bcell\b",
    re.IGNORECASE,
)
_NUMBERS: Final = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "ten": 10}
_LIMIT: Final = re.compile(
    r"\b(?:top|first|name|list|give me|show me)\s+(?:the\s+)?(?P<n>\d{1,2}|one|two|three|four|five|six|ten)\b",
    re.IGNORECASE,
)

_VERB_TARGETS: Final[tuple[tuple[NodeType, re.Pattern[str]], ...]] = (
    (
        NodeType.DRUG,
        compiled(
            r"(?:what|anything|something) (?:that )?(?:acts?|works?|inhibits?|blocks?|targets?"
            r"|activates?|antagoni[sz]es?|agoni[sz]es?) (?:(?:on|at|against) )?(?:the )?ENT\d+"
            r"|druggable|drugged|targetable|druggability|(?:any|some)thing (?:to (?:take|give|use) )?(?:for|against)"
        ),
    ),
    (
        NodeType.PROTEIN,
        compiled(
            r"(?:acts?|acting) (?:on|at|against)(?! ENT)|what (?:will|does|would|do|did) \w+ (?:hit|target|inhibit|block|bind)(?! (?:to )?ENT)|hits|interacts? with (?:what|which)"
        ),
    ),
    (
        NodeType.PROTEIN,
        compiled(
            r"(?:what|who) (?:causes?|is mutated|is (?:altered|defective|deficient|broken))|caused by(?: what)?|genetic (?:cause|basis)|genetics of|interacts? with(?! ENT)"
        ),
    ),
    (
        NodeType.PHENOTYPE,
        compiled(r"(?:clinical )?(?:presentation|picture)|looks? like clinically|present with"),
    ),
    (
        NodeType.DISEASE,
        compiled(
            r"what (?:am i|are we) (?:looking at|dealing with)|what happens (?:in|when|if|to)|consequence of (?:losing|loss)|lead to when|cause when|goes wrong"
        ),
    ),
)
"""Verbs that ask for a type without naming it."""


@dataclass(frozen=True, slots=True)
class Asked:
    """The noun that a clause asks for.

    Attributes:
        type: Its node type.
        noun: The noun, as written; empty where a verb asks.
        modifiers: Words before it that narrow it ("mitochondrial ribosomal").
        start: Where it begins, with its modifiers.
        end: Where it ends.
        apposed: Whether it stands behind a name ("EGFR inhibitors").
    """

    type: NodeType
    noun: str
    modifiers: str
    start: int
    end: int
    apposed: bool = False


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of a clause says.

    Attributes:
        operations: Operations that some words speak for, the most special first.
        asked: The nouns that are asked for, in order.
        yes_no: Whether it can be answered by yes or no.
        properties: Computed properties that are asked for.
        experimental: Whether only experiments count.
        main: Whether the most important is wanted.
        limit: How many are wanted.
    """

    operations: tuple[Operation, ...]
    asked: tuple[Asked, ...]
    yes_no: bool
    properties: tuple[str, ...]
    experimental: bool
    main: bool
    limit: int | None


_SPOKEN_FOR: Final = (
    (Operation.COUNT, _COUNT),
    (Operation.NAMES, _NAMES),
    (Operation.DIFFERENCE, _MUTATION),
    (Operation.COMPARE, _COMPARE),
    (Operation.SHARED, _SHARED),
    (Operation.SIMILAR, _SIMILAR),
    (Operation.PATH, _PATH),
    (Operation.IDENTIFY, _IDENTIFY),
)


def read_form(clause: str) -> Form:
    """The form of a clause, its names replaced."""
    operations = tuple(op for op, pattern in _SPOKEN_FOR if pattern.search(clause))
    match = _LIMIT.search(clause)
    limit = None
    if match:
        limit = _NUMBERS.get(match["n"].lower()) or (
            int(match["n"]) if match["n"].isdigit() else None
        )
    return Form(
        operations=operations,
        asked=tuple(_asked(clause)),
        yes_no=_YES_NO.match(clause) is not None,
        properties=tuple(name for name, words in PROPERTIES if compiled(words).search(clause)),
        experimental=_EXPERIMENTAL.search(clause) is not None,
        main=_MAIN.search(clause) is not None,
        limit=limit,
    )


def _asked(clause: str) -> Iterator[Asked]:
    """The nouns that a clause asks for; those joined to one by "and" are asked for as well."""
    end_of_last = -1
    for match in _NOUN.finditer(clause):
        node_type = NOUNS[int(str(match.lastgroup)[1:])][0]
        before = clause[: match.start()]
        joined = end_of_last >= 0 and re.fullmatch(
            r"\s*(?:,|/|,?\s*(?:and|or))\s*(?:also\s+)?(?:the\s+|its\s+|their\s+|which\s+|what\s+)?(?:[\w-]+\s+)?",
            clause[end_of_last : match.start()],
        )
        asking = None if _OWN.search(before) and not joined else _ASKING.search(before)
        if asking is not None:
            words = [w for w in asking["between"].split() if w.lower() not in _FILLERS]
            start = match.start() - (len(before) - len(before[: asking.start("between")]))
            yield Asked(node_type, match[0], " ".join(words), start, match.end())
            end_of_last = match.end()
        elif joined:
            yield Asked(node_type, match[0], "", match.start(), match.end())
            end_of_last = match.end()
        elif _APPOSED.search(before):
            yield Asked(node_type, match[0], "", match.start(), match.end(), apposed=True)
            end_of_last = match.end()
    if end_of_last < 0:
        if (where := _WHERE.search(clause)) is not None:
            yield Asked(NodeType.CELLULAR_COMPONENT, "", "", where.start(), where.end())
        for node_type, verbs in _VERB_TARGETS:
            if (verb := verbs.search(clause)) is not None:
                yield Asked(node_type, "", "", verb.start(), verb.end())
                break
