"""What is asked of proteins and molecules, and what the graph says to it.

A question follows one or two steps from an attached input: ``protein -> function``, or ``protein
-> partner -> drug``. All nodes at the end are right; those that say something are asked for.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from bbqa.kg.describe import predicate
from bbqa.kg.ends import ENDS, GO_TYPES
from bbqa.kg.graph import Graph
from bbqa.retrieve.facts import is_informative
from bbqa.retrieve.links import links_of
from bbqa.schema import NodeType, Relation

MAX_EVIDENCE: Final = 12
LEAST_BITS: Final = 1.2
"""Information from which a GO term is asked for: "nucleus" has 1.3, "membrane" 1.0."""
MOST_KINDS: Final = 150
"""Diseases with more kinds than this are not asked for: "cancer" has 395, "carcinoma" 167."""
MOST_PROTEINS: Final = 300
"""Pathways with more proteins are not asked for: "Metabolism" has 1,935."""
METABOLITE: Final = "CHEBI:25212"
REMEDY: Final = "CHEBI:23888"
"""ChEBI's role "drug": what is below it tells what a compound is used for."""
SUBGROUP: Final = 3
"""Characters of the code of an ATC class of the second level, the therapeutic subgroup."""

TOO_GENERAL: Final = frozenset(
    {
        "CHEBI:35703",  # xenobiotic
        "CHEBI:78298",  # environmental contaminant
        "CHEBI:88188",  # drug allergen
        "CHEBI:50904",  # allergen
        "CHEBI:33281",  # antimicrobial agent
        "ATC:G01AE",  # sulfonamides against vaginal infections: diuretics are filed here by name
        "GO:0070062",  # extracellular exosome: what mass spectrometry finds there
        "GO:0042802",  # identical protein binding
        "GO:0042803",  # protein homodimerization activity
        "GO:0019899",  # enzyme binding
        "GO:0043231",  # intracellular membrane-bounded organelle
        "GO:0032991",  # protein-containing complex
    }
)
"""What says little of a protein or molecule for other reasons than its place in a hierarchy."""
SCREENED: Final = frozenset(
    """
    Q9NUW8 P02545 Q96KQ7 Q16236 O75496 P54132 P11473 O75164 Q99714 P00352 O75874 P04637 Q16665
    Q9UIF8 B2RXH2 Q99700 Q9UBT6 P83916 O94782 P10636 P27695 P46063 Q9UNA4 P15428 P51449 Q6W5P4
    P42858 P16473 P19838 P40225 Q99549 Q9Y253 Q96QE3 P06746 P39748 Q92830 P84022 Q16637 Q13148
    O94925 P49798 Q06710 P43220 Q14191 P16050 Q9HC35 P33176 Q16204 P06748 P11274
    """.split()  # noqa: SIM905
)
"""Proteins that are recorded as targets mostly because many drugs were hits in a screen with them:
TDP1 with 459 drugs, LMNA with 248 (metformin among them), EHMT2 with 211; and, the last five,
because a kinase that is fused with them is the target. That activity is recorded, so it is never a
wrong answer, but it is not asked for."""
OPTION_BITS: Final = {NodeType.MOLECULAR_FUNCTION: 3.0, NodeType.BIOLOGICAL_PROCESS: 4.0}
"""Least information of an option: "metal ion binding" (2.0) is right beside anything."""
_LOOSE: Final = re.compile(r"\bcombinations?\b|^other\b|^various\b|^all other\b", re.IGNORECASE)
"""ATC classes of preparations, or of what is left over."""
_MECHANISM: Final = re.compile(r"(?:agonist|antagonist|inhibitor|blocker|modulator)$")
"""Roles below ChEBI's "drug" that tell how it works, and not what it is for."""

Step = tuple[Relation, NodeType]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that can be asked.

    Attributes:
        kind: ``function``, ``multi-hop``.
        pattern: Which of the multi-hop questions; empty for others.
        subject: Type of what is attached.
        steps: How the answer is reached from there: relations, and the types they lead to.
        types: Types of the answer.
        use: Whether only what tells of use in therapy is meant.
    """

    kind: str
    pattern: str
    subject: NodeType
    steps: tuple[Step, ...]
    use: bool = False

    @property
    def types(self) -> tuple[NodeType, ...]:
        """Types of the answer."""
        return (NodeType.ROLE, NodeType.DRUG_CLASS) if self.use else (self.steps[-1][1],)


_PROTEIN, _DRUG = NodeType.PROTEIN, NodeType.DRUG
_TARGETS: Final[Step] = (Relation.DRUG_PROTEIN, NodeType.PROTEIN)
_DRUGS: Final[Step] = (Relation.DRUG_PROTEIN, NodeType.DRUG)
_PARTNERS: Final[Step] = (Relation.PROTEIN_PROTEIN, NodeType.PROTEIN)
_DISEASES: Final[Step] = (Relation.DISEASE_PROTEIN, NodeType.DISEASE)
_CLASSES: Final[Step] = (Relation.DRUG_CLASS, NodeType.DRUG_CLASS)
_ROLES: Final[Step] = (Relation.DRUG_ROLE, NodeType.ROLE)

SINGLE: Final = (
    Asked("function", "", _PROTEIN, ((Relation.MOLFUNC_PROTEIN, NodeType.MOLECULAR_FUNCTION),)),
    Asked("process", "", _PROTEIN, ((Relation.BIOPROCESS_PROTEIN, NodeType.BIOLOGICAL_PROCESS),)),
    Asked("location", "", _PROTEIN, ((Relation.CELLCOMP_PROTEIN, NodeType.CELLULAR_COMPONENT),)),
    Asked("disease", "", _PROTEIN, (_DISEASES,)),
    Asked("pathway", "", _PROTEIN, ((Relation.PATHWAY_PROTEIN, NodeType.PATHWAY),)),
    Asked("drug", "", _PROTEIN, (_DRUGS,)),
    Asked("target", "", _DRUG, (_TARGETS,)),
    Asked("role", "", _DRUG, (_ROLES,)),
    Asked("class", "", _DRUG, (_CLASSES,)),
    Asked("indication", "", _DRUG, (_ROLES,), use=True),
)
SEVERAL: Final = (
    Asked("multi-hop", "partner-drug", _PROTEIN, (_PARTNERS, _DRUGS)),
    Asked("multi-hop", "partner-disease", _PROTEIN, (_PARTNERS, _DISEASES)),
    Asked("multi-hop", "drug-class", _PROTEIN, (_DRUGS, _CLASSES)),
    Asked("multi-hop", "target-disease", _DRUG, (_TARGETS, _DISEASES)),
)
ASKED: Final = {(asked.kind, asked.pattern): asked for asked in (*SINGLE, *SEVERAL)}


# what the graph says


def right(graph: Graph, row: int, asked: Asked, *, proven: bool = False) -> tuple[int, ...]:
    """Rows of all right answers, those that say little included, ascending.

    Args:
        graph: The graph.
        row: What is attached.
        asked: What is asked of it.
        proven: Leave out what rests on a hit in a screen alone.
    """
    if asked.use:
        return tuple(sorted(_uses(graph, row)))
    ends = {row}
    for relation, _ in asked.steps:
        ends = {far for near in ends for far in linked(graph, near, relation, proven=proven)}
    return tuple(end for end in sorted(ends - {row}) if is_informative(graph, end))


def asked_for(graph: Graph, row: int, asked: Asked) -> list[int]:
    """Rows of the right answers that a good answer names, ascending.

    Those that say enough and are proven; of a drug and its salts the drug alone.
    """
    found = [end for end in right(graph, row, asked, proven=True) if telling(graph, end)]
    drugs = [end for end in found if graph.type_of(end) is NodeType.DRUG]
    plain = tuple(f"{graph.name_of(end)} ".casefold() for end in drugs)
    salts = {end for end in drugs if graph.name_of(end).casefold().startswith(plain)}
    return [end for end in found if end not in salts]


@lru_cache(maxsize=1 << 18)
def telling(graph: Graph, row: int) -> bool:
    """Whether a node says enough of a protein or molecule to be asked for."""
    if graph.node_id(row) in TOO_GENERAL | SCREENED or not is_informative(graph, row):
        return False
    match graph.type_of(row):
        case NodeType.DISEASE:
            says_enough = kinds_of(graph)[row] <= MOST_KINDS
        case NodeType.PATHWAY:
            says_enough = len(linked(graph, row, Relation.PATHWAY_PROTEIN)) <= MOST_PROTEINS
        case NodeType.ROLE:
            says_enough = graph.row(METABOLITE) not in {row, *graph.ancestors(row)}
        case NodeType.DRUG_CLASS:
            says_enough = _LOOSE.search(graph.name_of(row)) is None
        case node_type if node_type in GO_TYPES:
            says_enough = float(graph.information_content()[row]) >= LEAST_BITS
        case _:
            says_enough = True
    return says_enough


def special(graph: Graph, row: int) -> bool:
    """Whether a node says so much that it can be an option beside others."""
    least = OPTION_BITS.get(graph.type_of(row), 0.0)
    return telling(graph, row) and float(graph.information_content()[row]) >= least


def linked(graph: Graph, row: int, relation: Relation, *, proven: bool = False) -> set[int]:
    """Rows of all other nodes to which a trusted fact of one relation leads."""
    links = links_of(graph)[relation]
    first, last = links.first[row : row + 2].tolist()
    found = set(links.other[first:last].tolist())
    if proven and relation is Relation.DRUG_PROTEIN:
        return set() if row in _screened(graph) else found - _screened(graph)
    return found


@lru_cache(maxsize=4)
def _screened(graph: Graph) -> frozenset[int]:
    rows = (graph.row(node) for node in SCREENED)
    return frozenset(row for row in rows if row is not None)


def _uses(graph: Graph, row: int) -> set[int]:
    """What a molecule is used for: ChEBI's remedies, and ATC's therapeutic subgroups.

    The classes of preparations and of what is left over put a compound into subgroups that are
    not its own, so they do not count.
    """
    remedy = graph.row(REMEDY)
    roles = linked(graph, row, Relation.DRUG_ROLE)
    found = {
        role
        for role in roles
        if remedy in graph.ancestors(role) and not _MECHANISM.search(graph.name_of(role))
    }
    for drug_class in linked(graph, row, Relation.DRUG_CLASS):
        if telling(graph, drug_class):
            above = {drug_class, *graph.ancestors(drug_class)}
            found |= {one for one in above if is_subgroup(graph, one)}
    return found


def is_subgroup(graph: Graph, row: int) -> bool:
    """Whether a node is an ATC class of the second level."""
    code = graph.node_id(row).removeprefix("ATC:")
    return graph.type_of(row) is NodeType.DRUG_CLASS and len(code) == SUBGROUP


@lru_cache(maxsize=4)
def kinds_of(graph: Graph) -> Counter[int]:
    """How many kinds each disease, role and drug class has, by its row."""
    counts: Counter[int] = Counter()
    for node_type in (NodeType.DISEASE, NodeType.ROLE, NodeType.DRUG_CLASS):
        for row in graph.rows_of(node_type).tolist():
            counts.update(graph.ancestors(row))
    return counts


# what the graph says, in words


def statements(
    graph: Graph, row: int, asked: Asked, gold: tuple[int, ...], label: str
) -> tuple[str, ...]:
    """Statements that hold the gold answers, at most ``MAX_EVIDENCE``, each once."""
    found: dict[str, None] = {}
    for end in gold:
        found |= dict.fromkeys(_of_one(graph, row, asked, end, label))
    return tuple(found)[:MAX_EVIDENCE]


def _of_one(graph: Graph, row: int, asked: Asked, end: int, label: str) -> Iterator[str]:
    if asked.use:
        relation = _CLASSES[0] if graph.type_of(end) is NodeType.DRUG_CLASS else _ROLES[0]
        yield f"{label} {predicate(graph, relation, end)}"
    elif len(asked.steps) == 1:
        yield said(graph, label, asked.steps[0], asked.subject, end)
    else:
        first, second = asked.steps
        middle = min(
            near
            for near in linked(graph, row, first[0], proven=True)
            if end in linked(graph, near, second[0], proven=True)
        )
        yield said(graph, label, first, asked.subject, middle)
        yield said(graph, graph.name_of(middle), second, first[1], end)


def said(graph: Graph, name: str, step: Step, subject: NodeType, end: int) -> str:
    """A fact in words, its subject by name."""
    relation, _ = step
    as_head = ENDS[relation][0] is subject
    return f"{name} {predicate(graph, relation, end, as_head=as_head)}"
