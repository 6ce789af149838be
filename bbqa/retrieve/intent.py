"""What a question asks for: node types, most wanted first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from bbqa.schema import NodeType

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
        r"functions?|activit\w+|cataly[sz]\w*|binds?",
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
_PROTEIN_OVERVIEW = (
    NodeType.MOLECULAR_FUNCTION,
    NodeType.BIOLOGICAL_PROCESS,
    NodeType.CELLULAR_COMPONENT,
    NodeType.PATHWAY,
    NodeType.DISEASE,
)
_OVERVIEW = {
    NodeType.PROTEIN: _PROTEIN_OVERVIEW,
    NodeType.DRUG: (NodeType.ROLE, NodeType.DRUG_CLASS, NodeType.PROTEIN),
    NodeType.DISEASE: (NodeType.PHENOTYPE, NodeType.PROTEIN, NodeType.DISEASE),
    NodeType.PHENOTYPE: (NodeType.DISEASE, NodeType.PROTEIN),
    NodeType.ROLE: (NodeType.DRUG,),
    NodeType.DRUG_CLASS: (NodeType.DRUG,),
}


def wanted_types(question: str, about: Iterable[NodeType] = ()) -> tuple[NodeType, ...]:
    """Node types that a question asks for, most wanted first.

    A question that asks for nothing in particular ("What does this protein do?") wants an
    overview of what it is about.

    Args:
        question: The question in words, with the names of its entities taken out.
        about: Node types of the question's inputs and entities.
    """
    text = _SUBJECT.sub(" ", question)
    named = [t for pattern, types in _PATTERNS if pattern.search(text) for t in types]
    return tuple(dict.fromkeys(named)) or overview_of(about)


def overview_of(about: Iterable[NodeType]) -> tuple[NodeType, ...]:
    """The types that tell most of subjects of some types."""
    told = [t for node_type in about for t in _OVERVIEW.get(node_type, (NodeType.PROTEIN,))]
    return tuple(dict.fromkeys(told)) or _PROTEIN_OVERVIEW
