"""What is told first of a disease: the genes curated for it and its most characteristic signs."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.linked_diseases import is_curated
from bbqa.kg.graph import Fact
from bbqa.query.importance import importance
from bbqa.question.parsed import Subject
from bbqa.retrieve import visible
from bbqa.retrieve.facts import evidence_of, specificity, trusted_facts
from bbqa.retrieve.links import links_of
from bbqa.retrieve.salience import is_deed, salience
from bbqa.schema import Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

GENES: Final = 5
SIGNS: Final = 8
KINDS: Final = 4
NOTED: Final = 4
_INHERITANCE: Final = "HP:0000005"
_COMMON: Final = 0.35
"""Specificity of a sign that very many diseases have; one that says something has more."""


def tell_genes(subject: Subject, resources: Resources, draft: Draft) -> bool:
    """The genes that are curated for a disease, then those of literature notes."""
    graph = resources.graph
    facts = _genes(subject.rows[0], resources)
    curated = {gene: own for gene, own in facts.items() if is_curated(own)}
    noted = [gene for gene in facts if gene not in curated]
    name = graph.name_of(subject.rows[0])
    if curated:
        first = list(curated)[:GENES]
        names = listed([_gene(gene, resources) for gene in curated], most=GENES)
        noun, verb = ("gene", "is") if len(curated) == 1 else ("genes", "are")
        items = [_item(curated[gene], gene, subject, resources) for gene in first]
        does, ground = _what_it_does(first[0], subject, resources)
        tail = f", {does}" if does and len(curated) == 1 else ""
        draft.say(
            f"The {noun} curated for {name} {verb} {names}{tail}", [*items, *(ground if tail else [])]
        )
    if noted:
        lead = "Notes on the literature also mention" if curated else (
            f"Only notes on the literature (GeneRIF) link genes to {name}:"
        )
        items = [_item(facts[gene], gene, subject, resources) for gene in noted[:NOTED]]
        names = [graph.name_of(gene) for gene in noted]
        draft.say(f"{lead} {listed(names, most=NOTED)}", items)
    return bool(facts)


def tell_signs(subject: Subject, resources: Resources, draft: Draft, *, most: int = SIGNS) -> bool:
    """The clinical signs of a disease and its kinds, the most characteristic first."""
    facts = signs_of(subject.rows[0], resources)
    if not facts:
        return False
    graph = resources.graph
    names = [graph.name_of(sign) for sign in facts]
    items = [_item(facts[sign], sign, subject, resources) for sign in list(facts)[:most]]
    draft.say(
        f"Its main clinical signs are {listed(names, most=most)}"
        if len(facts) > most
        else f"Its clinical signs are {listed(names)}",
        items,
    )
    return True


def tell_kinds(subject: Subject, resources: Resources, draft: Draft) -> bool:
    """The direct kinds of a disease."""
    graph, row = resources.graph, subject.rows[0]
    facts = {
        fact.head: [fact]
        for fact in visible.facts(row, resources, relations={Relation.DISEASE_DISEASE})
        if fact.tail == row
    }
    if not facts:
        return False
    names = [graph.name_of(kind) for kind in facts]
    noun = "kind is" if len(names) == 1 else "kinds are"
    items = [_item(facts[kind], kind, subject, resources) for kind in list(facts)[:KINDS]]
    draft.say(f"Its recorded {noun} {listed(names, most=KINDS)}", items)
    return True


def signs_of(row: int, resources: Resources) -> dict[int, list[Fact]]:
    """The signs of a disease and its kinds with their facts, the most characteristic first.

    A sign is the more characteristic, the more of the kinds have it, the more records say so, and
    the fewer other diseases have it; what a more special sign implies is left out.
    """
    graph = resources.graph
    kinds = [row, *links_of(graph).below(row).tolist()]
    found: dict[int, list[Fact]] = defaultdict(list)
    with_signs: set[int] = set()
    for kind in kinds:
        if graph.type_of(kind) is not NodeType.DISEASE or not visible.is_visible(kind, resources):
            continue
        own = trusted_facts(
            kind, {NodeType.PHENOTYPE}, resources, relations={Relation.DISEASE_PHENOTYPE}
        )
        for (_, sign), facts in own.items():
            found[sign] += facts
            with_signs.add(kind)
    inheritance = graph.row(_INHERITANCE)
    signs = [s for s in found if inheritance not in {s, *graph.ancestors(s)}]
    score = {sign: _worth(sign, found[sign], len(with_signs), resources) for sign in signs}
    implied: set[int] = set()
    for sign in signs:
        implied |= graph.ancestors(sign)
    order = sorted((s for s in signs if s not in implied), key=lambda s: (-score[s], s))
    return {sign: found[sign] for sign in order}


def _worth(sign: int, facts: Sequence[Fact], kinds: int, resources: Resources) -> float:
    having = len({fact.other(sign) for fact in facts}) / max(kinds, 1)
    records = min(1.0, len({(fact.other(sign), fact.evidence) for fact in facts}) / (kinds + 1))
    rare = specificity(resources.graph, sign)
    return having + records + 2.0 * min(rare, 2 * _COMMON)


# genes


def _genes(row: int, resources: Resources) -> dict[int, list[Fact]]:
    """The genes of a disease and its kinds with their facts, the most important first."""
    graph = resources.graph
    found: dict[int, list[Fact]] = defaultdict(list)
    for kind in (row, *links_of(graph).below(row).tolist()):
        own = trusted_facts(
            kind, {NodeType.PROTEIN}, resources, relations={Relation.DISEASE_PROTEIN}
        )
        for (_, gene), facts in own.items():
            found[gene] += facts
    scores = importance(row, list(found), resources)
    order = sorted(found, key=lambda gene: (-scores[gene], gene))
    return {gene: found[gene] for gene in order}


def _gene(row: int, resources: Resources) -> str:
    node = resources.graph.node(row)
    full = node.synonyms[0] if node.synonyms else ""
    return f"{node.name} ({full})" if full else node.name


def _what_it_does(
    gene: int, subject: Subject, resources: Resources
) -> tuple[str, list[Evidence]]:
    """``which is a chloride channel``: the main activity of a gene's protein, and its record."""
    from bbqa.answer.overview import agent

    terms = salience(gene, NodeType.MOLECULAR_FUNCTION, resources)[:1]
    if not terms or not is_deed(resources.graph, terms[0][0]):
        return "", []
    term, _, facts = terms[0]
    item = evidence_of(facts, gene, resources.graph, about=subject.given.label)
    return f"which encodes {agent(resources.graph.name_of(term))}", [item]


def _item(
    facts: Sequence[Fact], other: int, subject: Subject, resources: Resources
) -> Evidence:
    """The record of a node with the disease itself, or else with one of its kinds."""
    row = subject.rows[0]
    own = [fact for fact in facts if row in {fact.head, fact.tail}] or [
        fact for fact in facts if fact.other(other) == facts[0].other(other)
    ]
    return evidence_of(
        own,
        own[0].other(other),
        resources.graph,
        about=subject.given.label,
        because=f"named: {subject.text}",
    )
