"""What is told first of a disease: the genes curated for it and its most characteristic signs."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Final

from bbqa.answer.draft import Draft, listed
from bbqa.answer.linked_diseases import is_curated
from bbqa.answer.members import GAP
from bbqa.answer.salient_terms import agent
from bbqa.kg.graph import Fact
from bbqa.query.importance import importance
from bbqa.question.parsed import Subject
from bbqa.retrieve import visible
from bbqa.retrieve.facts import evidence_of, specificity, trusted_facts
from bbqa.retrieve.links import links_of
from bbqa.retrieve.salience import is_deed, salience
from bbqa.schema import AnswerStatus, Evidence, NodeType, Relation

if TYPE_CHECKING:
    from bbqa.resources import Resources

GENES: Final = 5
SIGNS: Final = 8
KINDS: Final = 4
NOTED: Final = 4
ALONE: Final = 4
_INHERITANCE: Final = "HP:0000005"
RARE: Final = 0.7
"""Specificity from which a sign says no more for being rarer."""


def tell_genes(subject: Subject, resources: Resources, draft: Draft) -> bool:
    """The genes that are curated for a disease, the main ones first, then those of notes."""
    facts = _genes(subject.rows[0], resources)
    curated = [gene for gene, own in facts.items() if is_curated(own)]
    noted = [gene for gene in facts if gene not in curated]
    name = resources.graph.name_of(subject.rows[0])
    if curated:
        _tell_curated(curated, facts, subject, resources, draft)
    if noted:
        notes = "Notes on the literature"
        lead = f"{notes} also mention" if curated else f"{notes} (GeneRIF) alone link {name} to"
        items = [_item(facts[gene], gene, subject, resources) for gene in noted[:NOTED]]
        draft.say(f"{lead} {listed(_symbols(noted, resources), most=NOTED)}", items)
    return bool(facts)


def _tell_curated(
    curated: Sequence[int],
    facts: Mapping[int, Sequence[Fact]],
    subject: Subject,
    resources: Resources,
    draft: Draft,
) -> None:
    """``The main gene curated for X is A, which encodes ...; B and 4 more are curated as well``."""
    scores = importance(subject.rows[0], curated, resources)
    main, rest = _front(curated, scores)
    items = [_item(facts[gene], gene, subject, resources) for gene in main[:GENES]]
    does, grounds = _what_it_does(main[0], subject, resources) if len(main) == 1 else ("", [])
    noun, verb = ("gene", "is") if len(main) == 1 else ("genes", "are")
    said = (
        f"The {'main ' if rest else ''}{noun} curated for "
        f"{resources.graph.name_of(subject.rows[0])} {verb} "
        f"{listed([_gene(gene, resources) for gene in main], most=GENES)}{does and f', {does}'}"
    )
    if rest:
        verb = "is" if len(rest) == 1 else "are"
        said += f"; {listed(_symbols(rest, resources), most=NOTED)} {verb} curated as well"
        items += [_item(facts[gene], gene, subject, resources) for gene in rest[:NOTED]]
    draft.say(said, [*items, *grounds])


def _front(rows: Sequence[int], scores: Mapping[int, float]) -> tuple[list[int], list[int]]:
    """Rows before and after the first gap in importance among the first few."""
    odds = [math.log(max(s, 1e-6) / max(1.0 - s, 1e-6)) for s in (scores[row] for row in rows)]
    gaps = (
        place
        for place in range(1, min(len(rows), GENES + 1))
        if odds[place - 1] - odds[place] >= GAP
    )
    cut = next(gaps, len(rows))
    return list(rows[:cut]), list(rows[cut:])


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


def compare_diseases(first: Subject, second: Subject, resources: Resources, draft: Draft) -> None:
    """The genes of two diseases, the signs that both have, and those that one has alone."""
    pair = (first, second)
    names = [resources.graph.name_of(one.rows[0]) for one in pair]
    _tell_genes_of_both(pair, names, resources, draft)
    signs = [signs_of(one.rows[0], resources) for one in pair]
    both = [sign for sign in signs[0] if sign in signs[1]]
    if both:
        items = [
            _item(signs[place][sign], sign, one, resources)
            for sign in both[:SIGNS]
            for place, one in enumerate(pair)
        ]
        found = listed([resources.graph.name_of(sign) for sign in both], most=SIGNS)
        draft.say(f"{names[0]} and {names[1]} share the clinical signs {found}", items)
    for place, one in enumerate(pair):
        implied = _implied(signs[1 - place], resources)
        own = [sign for sign in signs[place] if sign not in implied][:ALONE]
        if own:
            items = [_item(signs[place][sign], sign, one, resources) for sign in own]
            found = listed([resources.graph.name_of(sign) for sign in own])
            draft.say(f"Recorded of {names[place]} alone are, among others, {found}", items)
    draft.status = AnswerStatus.ANSWERED if draft.claims else AnswerStatus.NO_EVIDENCE


def _tell_genes_of_both(
    pair: Sequence[Subject], names: Sequence[str], resources: Resources, draft: Draft
) -> None:
    """``Marfan syndrome is linked to FBN1, Loeys-Dietz syndrome to TGFBR1 and TGFBR2``."""
    genes = [_curated(one.rows[0], resources) for one in pair]
    clauses = [
        f"{name} {_verb(place, genes)}to {listed(_symbols(found, resources), most=GENES)}"
        for place, (name, found) in enumerate(zip(names, genes, strict=True))
        if found
    ]
    items = [
        _item(found[gene], gene, one, resources)
        for one, found in zip(pair, genes, strict=True)
        for gene in list(found)[:GENES]
    ]
    if items:
        draft.say(", ".join(clauses), items)
    else:
        draft.note(f"No gene is curated for {names[0]} or {names[1]}.")


def _verb(place: int, genes: Sequence[object]) -> str:
    """``is linked ``, which is not repeated where the first disease has it."""
    return "" if place and genes[0] else "is linked "


def _curated(row: int, resources: Resources) -> dict[int, list[Fact]]:
    return {gene: own for gene, own in _genes(row, resources).items() if is_curated(own)}


def _symbols(rows: Iterable[int], resources: Resources) -> list[str]:
    return [resources.graph.name_of(row) for row in rows]


def _implied(signs: Iterable[int], resources: Resources) -> frozenset[int]:
    """Signs and all that they imply."""
    own = frozenset(signs)
    return own.union(*(resources.graph.ancestors(sign) for sign in own)) if own else own


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
    name = graph.name_of(row).lower()
    signs = [s for s in found if inheritance not in {s, *graph.ancestors(s)}]
    signs = [s for s in signs if graph.name_of(s).lower() != name]
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
    return 2.0 * having + records + 2.0 * min(rare, RARE)


# genes


def _genes(row: int, resources: Resources) -> dict[int, list[Fact]]:
    """The genes of a disease and its kinds with their facts, the most important first."""
    graph = resources.graph
    found: dict[int, list[Fact]] = defaultdict(list)
    for kind in (row, *links_of(graph).below(row).tolist()):
        if not visible.is_visible(kind, resources):
            continue
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


def _what_it_does(gene: int, subject: Subject, resources: Resources) -> tuple[str, list[Evidence]]:
    """``which is a chloride channel``: the main activity of a gene's protein, and its record."""
    terms = salience(gene, NodeType.MOLECULAR_FUNCTION, resources)[:1]
    if not terms or not is_deed(resources.graph, terms[0][0]):
        return "", []
    term, _, facts = terms[0]
    item = evidence_of(facts, gene, resources.graph, about=subject.given.label)
    return f"which encodes {agent(resources.graph.name_of(term))}", [item]


def _item(facts: Sequence[Fact], other: int, subject: Subject, resources: Resources) -> Evidence:
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
