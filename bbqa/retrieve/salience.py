"""Which of the GO terms recorded of a protein a reader should be told first.

A linear score over signals of each term: the evidence, the agreement of orthologues, the protein's
own names, whether it is an activity or a binding, how much it says and how central it is among the
protein's terms. The weights were fitted on proteins whose main function is in every textbook:
docs/decisions/salience.md.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bbqa.kg.evidence import EXPERIMENTAL
from bbqa.kg.graph import Fact, Graph
from bbqa.retrieve import visible
from bbqa.retrieve.facts import is_informative, joint_trust, specificity, telling, trusted_facts
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

SIGNALS: Final = (
    "trust",
    "records",
    "experiment",
    "orthologues",
    "named",
    "naming",
    "activity",
    "partner",
    "specific",
    "specific squared",
    "enough",
    "rare",
    "central",
    "telling",
    "regulation",
)
"""All signals, each in [0, 1].

trust: joint trust in the records. records: how many there are. experiment: whether one is an
experiment. orthologues: share of the annotated orthologues with the term or a more special one.
named: share of the term's words that are among the protein's names. naming: share of the words of
the protein's full name that the term has. activity: of a function, that it is none of binding, nor
what a protein called an inhibitor is not. partner: that it is the binding of some protein.
specific: information content. enough, rare: whether that is enough to say anything, and so much
that it is an aside. central: share of the protein's terms that imply it or that it implies, on a
logarithmic scale. telling: ``retrieve.facts.telling``. regulation: that it is the regulation of, or
the response to, something.
"""
WEIGHTS: Final[Mapping[NodeType, Mapping[str, float]]] = {
    NodeType.MOLECULAR_FUNCTION: {
        "trust": 0.7,
        "records": 1.5,
        "experiment": 1.2,
        "orthologues": 0.3,
        "named": 1.3,
        "naming": 1.3,
        "activity": 2.0,
        "partner": -0.9,
        "specific": 0.6,
        "specific squared": 0.7,
        "central": 0.5,
        "telling": 0.4,
    },
    NodeType.BIOLOGICAL_PROCESS: {
        "trust": 1.0,
        "records": 1.0,
        "orthologues": 1.0,
        "named": 1.5,
        "enough": 1.0,
        "rare": -0.7,
        "central": 1.0,
    },
    NodeType.CELLULAR_COMPONENT: {
        "trust": 1.0,
        "records": 2.0,
        "experiment": 1.0,
        "orthologues": 0.6,
        "named": 1.2,
        "specific": 1.0,
        "central": 0.5,
    },
}
"""The weight of each signal for each type of term; those of functions are fitted, the
others a choice by the same measure."""
_OTHERS: Final = WEIGHTS[NodeType.BIOLOGICAL_PROCESS]
"""For pathways and whatever else may be recorded."""
ENOUGH: Final = (2.0, 5.0)
"""Bits of information below which a term says next to nothing, and from which it says enough."""
RARE: Final = (9.0, 12.0)
"""Bits from which a term is more and more of an aside."""
ORTHOLOGUES: Final = frozenset({10090, 10116, 7955, 7227, 6239, 3702})
"""Species whose proteins with the same symbol are taken for orthologues: mouse, rat, zebrafish,
fruit fly, nematode and thale cress."""
_BINDING: Final = "GO:0005488"
_PARTNER: Final = "GO:0005515"
_FULL: Final = 8
"""Records beyond which a further one adds nothing."""
_WORD: Final = re.compile(r"[a-z]+\d*|\d+")
_EMPTY: Final = frozenset(
    """a an and of the to in by for from or via with activity process protein factor positive
    negative regulation cellular type alpha beta gamma 1 2 3 4""".split()  # noqa: SIM905
)
_INDIRECT: Final = ("regulation of", "positive regulation", "negative regulation", "response to")


def salience(
    row: int, node_type: NodeType, resources: Resources
) -> list[tuple[int, float, list[Fact]]]:
    """The terms of one type that are recorded of a protein, the most salient first.

    Args:
        row: The protein.
        node_type: Molecular function, biological process, cellular component or pathway.
        resources: The graph, and what must not be seen of it.

    Returns:
        (row of the term, score, facts that say so), without terms that say nothing; general terms
        are kept beside specific ones.
    """
    facts = facts_of_terms(row, node_type, resources)
    weights = WEIGHTS.get(node_type, _OTHERS)
    scores = {
        term: sum(weights.get(name, 0.0) * value for name, value in own.items())
        for term, own in signals_of(row, facts, resources).items()
    }
    order = sorted(facts, key=lambda term: (-scores[term], term))
    return [(term, scores[term], facts[term]) for term in order]


def is_deed(graph: Graph, term: int) -> bool:
    """Whether a function is what a protein does rather than what it binds."""
    if graph.type_of(term) is not NodeType.MOLECULAR_FUNCTION:
        return False
    is_named_one = " activity" in graph.name_of(term)  # a hormone's is a kind of binding in GO
    return is_named_one or not _is_below(graph, term, _BINDING)


def without_implied(terms: Sequence[int], graph: Graph, *, most: int) -> list[int]:
    """The first ``most`` terms, none of which implies another or is implied by one before it."""
    kept: list[int] = []
    for term in terms:
        above = graph.ancestors(term)
        if not any(other in above or term in graph.ancestors(other) for other in kept):
            kept.append(term)
        if len(kept) == most:
            break
    return kept


def facts_of_terms(row: int, node_type: NodeType, resources: Resources) -> dict[int, list[Fact]]:
    """The informative terms of one type recorded of a protein, with their facts."""
    found: dict[int, list[Fact]] = {}
    for (_, other), facts in trusted_facts(row, {node_type}, resources).items():
        if is_informative(resources.graph, other):
            found.setdefault(other, facts)
    return found


def signals_of(
    row: int, facts: Mapping[int, Sequence[Fact]], resources: Resources
) -> dict[int, dict[str, float]]:
    """The signals of each term of a protein, by name, as in ``SIGNALS``."""
    graph = resources.graph
    trusts = {term: joint_trust(own) for term, own in facts.items()}
    told, central = telling(graph, trusts), _central(graph, facts)
    implied = _implied_by_orthologues(row, resources)
    own_words, full = _names(graph, row)
    bits = graph.information_content()
    return {
        term: {
            "trust": trusts[term],
            "records": min(1.0, math.log1p(len(own)) / math.log1p(_FULL)),
            "experiment": float(any(fact.evidence in EXPERIMENTAL for fact in own)),
            "orthologues": _share(term, implied),
            "named": _overlap(_words(graph.name_of(term)), own_words),
            "naming": _overlap(full, _words(graph.name_of(term))),
            "activity": float(is_deed(graph, term) and not _contradicts(graph, row, term)),
            "partner": float(_is_below(graph, term, _PARTNER)),
            "specific": specificity(graph, term),
            "specific squared": specificity(graph, term) ** 2,
            "enough": _between(bits[term], *ENOUGH),
            "rare": _between(bits[term], *RARE),
            "central": central[term],
            "telling": told[term],
            "regulation": float(graph.name_of(term).startswith(_INDIRECT)),
        }
        for term, own in facts.items()
    }


def _central(graph: Graph, terms: Mapping[int, object]) -> dict[int, float]:
    """The share of some terms that each implies or is implied by, itself included."""
    near: dict[int, int] = dict.fromkeys(terms, 0)
    for term in terms:
        for general in graph.ancestors(term):
            if general in near:
                near[general] += 1
                near[term] += 1
    most = max(near.values(), default=0) or 1
    return {term: math.log1p(count) / math.log1p(most) for term, count in near.items()}


def _between(value: float, low: float, high: float) -> float:
    """Where a value lies between two others, in [0, 1]."""
    return min(1.0, max(0.0, (float(value) - low) / (high - low)))


def _is_below(graph: Graph, term: int, general: str) -> bool:
    above = graph.row(general)
    return above is not None and (term == above or above in graph.ancestors(term))


def _contradicts(graph: Graph, row: int, term: int) -> bool:
    """Whether a protein is called an inhibitor and a term is not of inhibition."""
    node = graph.node(row)
    name = f" {node.synonyms[0].lower()} " if node.synonyms else ""
    return " inhibitor " in name and "inhibitor" not in graph.name_of(term)


# names


def _names(graph: Graph, row: int) -> tuple[frozenset[str], frozenset[str]]:
    """The words of all names of a protein, and those of its full name."""
    node = graph.node(row)
    words = [_words(name) for name in (node.name, *node.synonyms)]
    return frozenset().union(*words), words[1] if len(words) > 1 else frozenset()


@lru_cache(maxsize=50_000)
def _words(name: str) -> frozenset[str]:
    """The words of a name that mean anything, cut to their stems."""
    return frozenset(_stem(word) for word in _WORD.findall(name.lower()) if word not in _EMPTY)


def _stem(word: str) -> str:
    """A word without its ending, where it is long: ``activated`` and ``activator`` are one."""
    return word if len(word) < 7 else word[: max(6, len(word) - 3)]


def _overlap(asked: frozenset[str], known: frozenset[str]) -> float:
    return len(asked & known) / len(asked) if asked else 0.0


# orthologues


def _implied_by_orthologues(row: int, resources: Resources) -> list[frozenset[int]]:
    """For each annotated orthologue its terms and all that they imply."""
    graph = resources.graph
    hidden = visible.hidden_of(resources).proteins
    numbers = _by_symbol(graph).get(graph.name_of(row).upper(), ())
    found: list[frozenset[int]] = []
    for number in numbers:
        terms = [term for term, code in graph.sequences[number].terms if code != "ND"]
        if number not in hidden and terms:
            found.append(frozenset(terms).union(*(graph.ancestors(term) for term in terms)))
    return found


def _share(term: int, implied: Sequence[frozenset[int]]) -> float:
    return sum(term in own for own in implied) / (len(implied) + 1)


@lru_cache(maxsize=2)
def _by_symbol(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Numbers of the proteins of other species by their symbol in capitals."""
    found: dict[str, list[int]] = defaultdict(list)
    symbols = graph.sequences.table["symbol"].to_pylist()
    taxa = graph.sequences.taxon.tolist()
    for number, (symbol, taxon) in enumerate(zip(symbols, taxa, strict=True)):
        if symbol and taxon in ORTHOLOGUES:
            found[symbol.upper()].append(number)
    return {symbol: tuple(numbers) for symbol, numbers in found.items()}
