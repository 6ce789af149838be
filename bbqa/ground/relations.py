"""How sentences speak of relations: verbs and nouns, who stands on which side, what they claim.

A phrase claims one or more families of facts. It may be weaker than the record ("is linked to"
for "enables"), never stronger: what says more ("inhibits", "causes") is in no list, and a word in
no list is a claim that nothing supports.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from bbqa.kg.ends import HIERARCHY
from bbqa.schema import InputRelation, Relation


class Family(StrEnum):
    """Kinds of facts; each has an agent and a patient, ``SYMMETRIC`` ones either way round."""

    ENABLES = "enables"
    BINDS = "binds"
    PROCESS = "takes part in"
    REGULATES = "regulates"
    RAISES = "positively regulates"
    LOWERS = "negatively regulates"
    RESPONDS = "responds to"
    LOCATED = "is found in"
    PART = "is part of"
    INTERACTS = "interacts with"
    ASSOCIATED = "is associated with"
    PHENOTYPE = "has the phenotype"
    ACTS = "has recorded activity on"
    TREATS = "is indicated for"
    ROLE = "has the role"
    KIND = "is a kind of"
    SAME = "is identical to"
    ALIKE = "resembles"
    STEREO = "has the same skeleton as"


SYMMETRIC: Final = frozenset({Family.INTERACTS, Family.ASSOCIATED, Family.SAME, Family.ALIKE})

_FAMILIES: Final[dict[str, tuple[Family, ...]]] = {
    Relation.MOLFUNC_PROTEIN: (Family.ENABLES,),
    Relation.BIOPROCESS_PROTEIN: (Family.PROCESS,),
    Relation.CELLCOMP_PROTEIN: (Family.LOCATED, Family.PART),
    Relation.PATHWAY_PROTEIN: (Family.PROCESS,),
    Relation.PROTEIN_PROTEIN: (Family.INTERACTS,),
    Relation.DISEASE_PROTEIN: (Family.ASSOCIATED,),
    Relation.PHENOTYPE_PROTEIN: (Family.ASSOCIATED,),
    Relation.DISEASE_PHENOTYPE: (Family.PHENOTYPE,),
    Relation.DISEASE_PHENOTYPE_ABSENT: (Family.PHENOTYPE,),
    Relation.DRUG_PROTEIN: (Family.ACTS,),
    Relation.DRUG_INDICATION: (Family.TREATS,),
    Relation.DRUG_ROLE: (Family.ROLE,),
    Relation.DRUG_CLASS: (Family.KIND,),
    Relation.GO_PART_OF: (Family.PART,),
    **dict.fromkeys(HIERARCHY - {Relation.GO_PART_OF}, (Family.KIND,)),
    InputRelation.IS: (Family.SAME,),
    InputRelation.RESEMBLES: (Family.ALIKE,),
    InputRelation.STEREOISOMER: (Family.STEREO,),
}
"""What a relation states of its head, the agent, and its tail."""


def families_of(relation: str) -> tuple[Family, ...]:
    """The families of facts that a relation states; none for one that is not known."""
    return _FAMILIES.get(relation, ())


@dataclass(frozen=True, slots=True)
class Cue:
    """What a phrase says of what stands before it and after it.

    Attributes:
        forward: Families whose agent stands before it.
        backward: Families whose agent stands after it.
        weak: Whether any relation between the two bears it out, whatever its family.
        denies: Whether it says that there is none ("lacks").
        reduced: Whether it may follow what it speaks of without a verb ("found in").
        pairs: Whether it relates those that follow it with each other ("between A and B").
    """

    forward: frozenset[Family] = frozenset()
    backward: frozenset[Family] = frozenset()
    weak: bool = False
    denies: bool = False
    reduced: bool = False
    pairs: bool = False


def _cue(forward: str = "", backward: str = "", **flags: bool) -> Cue:
    return Cue(
        frozenset(Family[name] for name in forward.split()),
        frozenset(Family[name] for name in backward.split()),
        **flags,
    )


_BE = "(?:(?:is|are|was|were) )?"
_AT = "(?:in|within|inside|at|on|to)"
_HAS = "(?:has|have|shows?|showing|having|displays?|possesse?s?|exhibits?|carries|carry)"
_ILL = (
    "(?:phenotypes?|features?|symptoms?|signs?|manifestations?|findings?|abnormality|abnormalities)"
)
_HOMOLOGUE = (
    "(?:homologu?e?s?|relatives?|counterparts?|match|matches|analogu?e?s?|neighbou?rs?|hit)"
)
_CONSIST = "(?:includes?|are|is|comprises?)"
_NEAR = "(?:(?:nearest|closest|best|top|most similar|human|structural|known) )*"

WITH: Final = _cue("ENABLES PHENOTYPE ROLE", reduced=True)
"""What "with" may claim, and "has"."""

_CUES: Final[tuple[tuple[str, Cue], ...]] = (
    # enables
    (r"enabl(?:es?|ing)", _cue("ENABLES")),
    (rf"{_BE}enabled by", _cue("", "ENABLES", reduced=True)),
    (r"performs?|carries out|carry out|performing|provides?|exerts?|mediates?", _cue("ENABLES")),
    (rf"{_BE}(?:performed|carried out|mediated|provided) by", _cue("", "ENABLES", reduced=True)),
    (rf"{_BE}(?:capable|responsible) (?:of|for)", _cue("ENABLES", reduced=True)),
    (r"with", WITH),
    (
        rf"{_HAS} (?:molecular )?(?:functions?|activity|activities|ability)(?: of| to)?",
        _cue("ENABLES"),
    ),
    (rf"(?:molecular )?(?:functions?|activities) {_CONSIST}", _cue("ENABLES PROCESS")),
    (rf"{_BE}(?:molecular )?functions? (?:of|for)", _cue("", "ENABLES PROCESS")),
    (r"binds?(?: to)?|binding(?: to)?|attaches to|attach to", _cue("BINDS")),
    (rf"{_BE}bound by", _cue("", "BINDS", reduced=True)),
    (rf"{_BE}(?:activity|activities|ability|abilities) of", _cue("", "ENABLES")),
    # processes and pathways
    (r"undergoes|undergoing|undergo", _cue("PROCESS")),
    (r"(?:takes?|taking) part in(?: pathways? of)?|participat(?:es?|ing) in", _cue("PROCESS")),
    (rf"{_BE}(?:involved|engaged|active|participating) in", _cue("PROCESS ENABLES", reduced=True)),
    (
        rf"{_BE}(?:participants?|players?|members?|components?) (?:in|of)",
        _cue("PROCESS PART LOCATED KIND"),
    ),
    (r"(?:plays?|playing|has|have) (?:role|part) in", _cue("PROCESS ENABLES")),
    (
        r"contribut(?:es?|ing) to|functions in|acts in|engages? in|works in|operates in|acting in",
        _cue("PROCESS ENABLES"),
    ),
    (r"involv(?:es?|ing)", _cue("", "PROCESS")),
    (rf"(?:process(?:es)?|pathways?) {_CONSIST}", _cue("PROCESS")),
    (r"(?:process(?:es)?|pathways?) of", _cue("", "PROCESS")),
    (
        r"positively (?:regulates?|controls?|modulates?)|promotes?|stimulates?|enhances?|"
        r"(?:up[- ]?regulates?|increases?|induces?|inducing)",
        _cue("RAISES"),
    ),
    (
        r"negatively (?:regulates?|controls?|modulates?)|suppresses|suppress|represses|"
        r"(?:down[- ]?regulates?|inhibits?|inhibiting|reduces?|decreases?)",
        _cue("LOWERS"),
    ),
    (r"regulat(?:es?|ing)|controls?|controlling|modulat(?:es?|ing)", _cue("REGULATES")),
    (rf"{_BE}regulated by", _cue("", "REGULATES", reduced=True)),
    (r"responds? to|responding to|reacts? to", _cue("RESPONDS")),
    # places
    (
        rf"{_BE}(?:found|located|locali[sz]ed|present|situated|residing|resident|detected) {_AT}",
        _cue("LOCATED PART", reduced=True),
    ),
    (
        rf"(?:resid(?:es?|ing)|sits?|occurs?|locali[sz](?:es?|ing)|lies?|lives?) {_AT}",
        _cue("LOCATED PART PHENOTYPE"),
    ),
    (rf"(?:locations?|compartments?|places?|locali[sz]ations?) {_CONSIST}", _cue("LOCATED PART")),
    (r"(?:location|compartment|locali[sz]ation)s? of", _cue("", "LOCATED PART")),
    (r"contains?|containing|holds?|harbou?rs?|houses", _cue("", "LOCATED PART")),
    (
        rf"{_BE}parts? of|{_BE}(?:subunits?|constituents?) of|forms? part of|"
        rf"forming part of|belongs? to",
        _cue("PART KIND PROCESS", reduced=True),
    ),
    (rf"{_HAS} part|has as part|has among (?:its )?parts", _cue("", "PART")),
    # partners
    (r"interact(?:s|ing)?(?: with)?|partners? with|partnering with", _cue("INTERACTS")),
    (rf"{_BE}(?:interaction )?partners? of", _cue("INTERACTS")),
    (r"physically (?:associates?|interacts?) with", _cue("INTERACTS")),
    (rf"(?:interaction |binding )?partners? {_CONSIST}", _cue("INTERACTS")),
    (rf"{_HAS} interactions? with|interactions? with", _cue("INTERACTS")),
    (r"interactions? between", _cue("INTERACTS", pairs=True)),
    # associations: whatever the record, it is at least that
    (
        rf"{_BE}(?:associated|linked|connected|related|tied|implicated)(?: (?:with|to|in))?",
        _cue("", "", weak=True, reduced=True),
    ),
    (rf"{_HAS} (?:associations?|links?|connections?|ties) (?:with|to)", _cue(weak=True)),
    (r"(?:associations?|links?|connections?) (?:with|to)", _cue(weak=True)),
    (r"(?:associations?|links?|connections?) between", _cue(weak=True, pairs=True)),
    (rf"(?:genes?|proteins?|diseases?|disorders?|conditions?) {_CONSIST}", _cue("ASSOCIATED")),
    # phenotypes
    (rf"{_HAS} {_ILL}(?: of)?", _cue("PHENOTYPE")),
    (rf"{_ILL} {_CONSIST}", _cue("PHENOTYPE ASSOCIATED")),
    (rf"{_BE}{_ILL} (?:of|in)", _cue("", "PHENOTYPE")),
    (
        r"presents? (?:with|as)|presenting with|manifests? (?:with|as|itself as)|"
        r"goes with|comes with",
        _cue("PHENOTYPE"),
    ),
    (rf"{_BE}(?:characteri[sz]ed|marked|accompanied) by", _cue("PHENOTYPE", reduced=True)),
    (rf"{_BE}(?:seen|observed|noted|encountered) (?:in|with)", _cue("", "PHENOTYPE", reduced=True)),
    (
        r"occurs? in|appears? in|appearing in|occurring in",
        _cue("LOCATED", "PHENOTYPE", reduced=True),
    ),
    (r"features?|featuring", _cue("PHENOTYPE")),
    (
        r"(?:(?:comes|come|presents?|occurs?|goes) )?without",
        _cue("PHENOTYPE ENABLES", denies=True, reduced=True),
    ),
    (r"lacks?|lacking", _cue("PHENOTYPE ENABLES ROLE", denies=True)),
    (rf"{_BE}(?:absent|missing) (?:in|from)", _cue("LOCATED", "PHENOTYPE", denies=True)),
    (r"spares?|excludes?", _cue("PHENOTYPE", denies=True)),
    (rf"{_HAS} modes? of inheritance(?: of)?|{_BE}inherited (?:as|in)", _cue("PHENOTYPE")),
    (rf"modes? of inheritance {_CONSIST}|inheritance {_CONSIST}", _cue("PHENOTYPE")),
    (rf"{_BE}modes? of inheritance (?:of|for)", _cue("", "PHENOTYPE")),
    # drugs
    (r"signals? (?:through|via)|signall?ing (?:through|via)", _cue("PROCESS")),
    (rf"(?:(?:{_HAS}|with) )?activity (?:on|against|at|towards?)", _cue("ACTS", reduced=True)),
    (
        r"acts? (?:up)?on|acting (?:up)?on|acts? against|targets?|targeting|affects?|affecting",
        _cue("ACTS"),
    ),
    (rf"{_BE}active (?:on|against|at|towards?)", _cue("ACTS", reduced=True)),
    (rf"{_BE}(?:acted (?:up)?on|targeted|affected) by", _cue("", "ACTS", reduced=True)),
    (rf"{_BE}(?:targets?|target proteins?) (?:of|for)", _cue("", "ACTS")),
    (rf"(?:targets?|target proteins?) {_CONSIST}", _cue("ACTS")),
    (rf"{_BE}indicated (?:for|in|against)|treats?|treating", _cue("TREATS", reduced=True)),
    (
        rf"{_BE}(?:used|given|prescribed|applied) (?:for|against|in|to treat|in treatment of|"
        r"for treatment of|as treatment for)",
        _cue("TREATS", reduced=True),
    ),
    (rf"{_BE}(?:treatments?|indications?|therapy) (?:for|of)", _cue("TREATS")),
    (rf"{_BE}treated (?:with|by)|treatable with", _cue("", "TREATS", reduced=True)),
    (rf"(?:indications?) {_CONSIST}", _cue("TREATS")),
    # roles and classes
    (rf"(?:{_HAS}|plays?|playing) roles?(?: of| as)?|roles? {_CONSIST}", _cue("ROLE")),
    (
        r"(?:acts?|serves?|functions?|works?|acting|serving|functioning) as|"
        r"(?:is|are) (?:used|known|described|classified|listed|recorded) as",
        _cue("ROLE ENABLES KIND"),
    ),
    (rf"{_BE}roles? of", _cue("", "ROLE")),
    (
        r"(?:belongs?|belonging) to(?: drug)? class(?: of)?|belongs? (?:in|to)(?: drug class)?",
        _cue("KIND PART"),
    ),
    (
        r"(?:falls?|comes?|counts?|ranks?|goes) (?:in|into|under|within|among|"
        r"as)(?: (?:drug )?class(?: of)?)?",
        _cue("KIND"),
    ),
    (
        rf"{_BE}(?:classified|grouped|listed|filed|placed|counted) "
        r"(?:in|as|under|among|with|into)(?: (?:drug )?class(?: of)?)?",
        _cue("KIND ROLE", reduced=True),
    ),
    (rf"{_BE}(?:member|one) of(?: (?:drug )?class(?: of)?)?", _cue("KIND PART ROLE")),
    (rf"{_BE}in (?:drug )?class(?: of)?|(?:drug )?class(?:es)? {_CONSIST}", _cue("KIND")),
    (
        rf"{_BE}(?:kinds?|types?|forms?|subtypes?|sorts?|variety|varieties|examples?|"
        rf"subclass|subclasses)"
        r"(?: or part)? of",
        _cue("KIND"),
    ),
    (rf"(?:kinds|types|forms|subtypes|members|examples) (?:of)? ?{_CONSIST}", _cue("", "KIND")),
    # likeness
    (rf"{_BE}identical to", _cue("SAME")),
    (
        rf"{_BE}#\d+ (?:sequence )?(?:identical|identity) (?:to|with)|"
        r"shares? #\d+ (?:of )?(?:its )?(?:sequence )?(?:identity|residues|sequence|amino acids)"
        r"(?: with)?|(?:has|have|with) #\d+ (?:sequence )?identity (?:to|with)",
        _cue("ALIKE SAME", reduced=True),
    ),
    (
        rf"resembl(?:es?|ing)|{_BE}(?:similar|alike|homologous|close) to|looks like",
        _cue("ALIKE", reduced=True),
    ),
    (rf"{_NEAR}{_HOMOLOGUE} {_CONSIST}", _cue("ALIKE")),
    (rf"{_BE}{_NEAR}{_HOMOLOGUE} (?:of|to)", _cue("ALIKE")),
    (
        rf"(?:{_HAS}|with|at) (?:tanimoto |sequence )?(?:similarity|identity|coefficient) of #\d+ "
        r"(?:to|with)",
        _cue("ALIKE SAME", reduced=True),
    ),
    (rf"{_BE}same as|corresponds? to|matches|equals", _cue("SAME")),
    (
        rf"{_BE}stereoisomers? of|{_HAS} same skeleton as|shares? skeleton (?:with|of)",
        _cue("STEREO"),
    ),
)

COPULA: Final = _cue("SAME ROLE KIND ENABLES LOCATED")
"""What "is" may claim, where no other word says more."""
HAS: Final = _cue("ENABLES PHENOTYPE ROLE")
INCLUDES: Final = _cue("PHENOTYPE", "KIND PART LOCATED")
HAS_WORDS: Final = _HAS


def _with_marks(pattern: str) -> str:
    """A phrase between whose words marks of doubt and denial may stand."""
    return pattern.replace(" ", r"(?: ~\w)* ")


CUES: Final = tuple(
    (re.compile(rf"(?:{_with_marks(pattern)})(?= |$)"), cue) for pattern, cue in _CUES
)
