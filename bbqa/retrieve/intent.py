"""What a question asks for: node types, most wanted first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bbqa.schema import Modality, NodeType

# Read in this order; each pattern that occurs adds its types. Whole words, any case.
_ASKS: tuple[tuple[str, tuple[NodeType, ...]], ...] = (
    (
        r"where|locat\w*|locali[sz]\w*|compartment\w*|organelle\w*|component\w*|membrane|nucleus",
        (NodeType.CELLULAR_COMPONENT,),
    ),
    (r"pathways?|cascades?|signal+ing", (NodeType.PATHWAY, NodeType.BIOLOGICAL_PROCESS)),
    (r"diseases?|disorders?|syndromes?|cancers?|illness\w*|conditions?", (NodeType.DISEASE,)),
    (r"phenotypes?|symptoms?|clinical|signs|abnormalit\w+", (NodeType.PHENOTYPE,)),
    (
        r"drugs?|inhibitors?|agonists?|antagonists?|compounds?|medicines?|treat\w*|ligands?",
        (NodeType.DRUG,),
    ),
    (r"class|classes|atc|kind of (?:drug|medicine)|classified", (NodeType.DRUG_CLASS,)),
    (r"roles?|used for|use|uses|effects?", (NodeType.ROLE, NodeType.DRUG_CLASS)),
    (
        r"targets?|acts? (?:on|against|upon)|proteins?|genes?|interacts?|interactions?|partners?"
        r"|binds? to|receptors?|enzymes?",
        (NodeType.PROTEIN,),
    ),
    (r"process\w*|involved|participat\w*|take part", (NodeType.BIOLOGICAL_PROCESS,)),
    (
        r"functions?|activit\w+|cataly[sz]\w*|enzym\w+|binds?|do|does",
        (NodeType.MOLECULAR_FUNCTION, NodeType.BIOLOGICAL_PROCESS),
    ),
)
_PATTERNS = tuple((re.compile(rf"\b(?:{words})\b", re.IGNORECASE), t) for words, t in _ASKS)

# "What does this protein do?" names its subject, it does not ask for it.
_SUBJECT = re.compile(
    r"\b(?:this|these|the|my|that|those|both|two|attached|given)\s+(?:\w+\s+)?"
    r"(?:proteins?|genes?|drugs?|compounds?|enzymes?|molecules?|sequences?|medicines?)\b"
    r"|\b(?:does|do|is|are|can)\s+(?=it\b)",
    re.IGNORECASE,
)
_BROAD = re.compile(
    r"\bwhat (?:does|do) .{0,60}\bdo\b|\bwhat (?:is|are)\b|\btell me\b|\bdescribe\b|\babout\b",
    re.IGNORECASE,
)

OVERVIEW: dict[Modality, tuple[NodeType, ...]] = {
    Modality.PROTEIN: (
        NodeType.MOLECULAR_FUNCTION,
        NodeType.BIOLOGICAL_PROCESS,
        NodeType.CELLULAR_COMPONENT,
        NodeType.PATHWAY,
        NodeType.DISEASE,
    ),
    Modality.MOLECULE: (
        NodeType.ROLE,
        NodeType.DRUG_CLASS,
        NodeType.PROTEIN,
    ),
    Modality.ENTITY: (
        NodeType.MOLECULAR_FUNCTION,
        NodeType.BIOLOGICAL_PROCESS,
        NodeType.CELLULAR_COMPONENT,
        NodeType.PROTEIN,
        NodeType.DISEASE,
        NodeType.PHENOTYPE,
    ),
}


def wanted_types(question: str, modalities: Iterable[Modality] = ()) -> tuple[NodeType, ...]:
    """Node types that a question asks for, most wanted first.

    A question that asks for nothing in particular ("What does this protein do?") wants an
    overview of what its inputs are.

    Args:
        question: The question in words, with the names of its entities taken out.
        modalities: What the inputs are.
    """
    text = _SUBJECT.sub(" ", question)
    wanted = [] if _is_broad(text) else _named_types(text)
    overview = [t for m in modalities for t in OVERVIEW[m]] or list(OVERVIEW[Modality.ENTITY])
    return tuple(dict.fromkeys(wanted or overview))


def _named_types(text: str) -> list[NodeType]:
    return [node_type for pattern, types in _PATTERNS if pattern.search(text) for node_type in types]


def _is_broad(text: str) -> bool:
    """Whether a question wants an overview: a broad phrase and no type but "do" and "does"."""
    if not _BROAD.search(text):
        return False
    named = {t for pattern, types in _PATTERNS[:-1] if pattern.search(text) for t in types}
    return not named
