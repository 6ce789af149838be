"""Questions without an answer: not recorded, nothing that a graph records, or a wrong premise.

*lacking*: neither the subject nor any relative of it has what is asked for. *random*, *shuffled*:
residues that no protein has. *outside*: prices, doses, dates. *false premise*: something is taken
for granted that no record says, and that has nothing to do with what they do say.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any, Final

from bbqa.eval.benchmarks.contract import Form
from bbqa.eval.starter.answerable import Maker
from bbqa.eval.starter.asked import ASKED, SINGLE, Asked, kinds_of, right, telling
from bbqa.eval.starter.distractors import used
from bbqa.eval.starter.record import Given, Record
from bbqa.eval.starter.subjects import SPLITS, Subject
from bbqa.kg.ends import GO_TYPES
from bbqa.kg.graph import Graph
from bbqa.schema import NodeType

UNANSWERABLE: Final = "unanswerable"
FALSE_PREMISE: Final = "false-premise"
WANTED: Final = {"dev": 6, "test": 25}
"""Questions of each pattern; a lacking fact and a false premise come for each kind apart."""
LACKING: Final = ("disease", "pathway", "drug", "target")
CLAIMED: Final = ("function", "process", "location", "disease", "role")
LENGTHS: Final = (80, 400)
"""Residues of random sequences."""
COMMON: Final = {"function": 10, "process": 20, "location": 30, "disease": 10, "role": 8}
"""How often a claimed node must be recorded, so that people have heard of it."""
WORDS: Final = 4
DEFINITE_BITS: Final = 5.5
DEFINITE_KINDS: Final = 5
TUMOURS: Final = ("MONDO:0004992", "MONDO:0005070")
"""Cancer and neoplasm."""
GENERAL_BITS: Final = 3.0
"""A term with fewer bits that a claim shares with what is recorded does not make it related."""
GENERAL_KINDS: Final = 40
"""A disease or role with more kinds does neither."""


def unanswerable(maker: Maker, subjects: Sequence[Subject]) -> Iterator[Record]:
    """All questions without an answer, the false premises last."""
    for split in SPLITS:
        some = [one for one in subjects if one.split == split]
        proteins = [one for one in some if one.type is NodeType.PROTEIN]
        molecules = [one for one in some if one.type is NodeType.DRUG]
        for kind in LACKING:
            asked = ASKED[kind, ""]
            yield from lacking(maker, asked, some, WANTED[split])
        yield from meaningless(maker, proteins, WANTED[split])
        for name, group in (("protein", proteins), ("molecule", molecules)):
            for subject in group[: WANTED[split]]:
                pattern = f"outside-{name}"
                question = maker.wordings.next(split, UNANSWERABLE, pattern, Form.ENTITIES)
                yield _record(maker, subject, UNANSWERABLE, "outside", question)
        for kind in CLAIMED:
            yield from false_premises(maker, ASKED[kind, ""], some, WANTED[split])


def lacking(
    maker: Maker, asked: Asked, subjects: Sequence[Subject], wanted: int
) -> Iterator[Record]:
    """Questions for what neither the subject nor any relative of it has."""
    found = 0
    for subject in subjects:
        if found == wanted:
            return
        if subject.type is not asked.subject or right(maker.graph, subject.row, asked):
            continue
        family = maker.relatives.family(subject)
        if not any(right(maker.graph, row, asked) for row in family):
            question = maker.wordings.next(subject.split, asked.kind, "", Form.ENTITIES)
            yield _record(maker, subject, UNANSWERABLE, f"lacking-{asked.kind}", question)
            found += 1


def meaningless(maker: Maker, proteins: Sequence[Subject], wanted: int) -> Iterator[Record]:
    """Questions on residues in random order, half of them those of a protein."""
    split = proteins[0].split if proteins else ""
    rng = maker.rng("meaningless", split)
    kinds = [asked for asked in SINGLE if asked.subject is NodeType.PROTEIN]
    for number, subject in enumerate(proteins[:wanted]):
        draw = rng.randrange(10**6)
        for pattern, given in (
            ("random", {"random": rng.randint(*LENGTHS), "seed": draw}),
            ("shuffled", {"shuffle": subject.id, "seed": draw}),
        ):
            asked = kinds[(number + (pattern == "random")) % len(kinds)]
            question = maker.wordings.next(split, asked.kind, "", Form.ENTITIES)
            record = _record(maker, subject, UNANSWERABLE, pattern, question)
            yield _without_identity(record, given, f"{UNANSWERABLE}-{pattern}-{subject.id}")


def _without_identity(record: Record, given: Given, name: str) -> Record:
    return replace(record, id=name, seq=(given,), hidden=(), bins={})


# false premises


def false_premises(
    maker: Maker, asked: Asked, subjects: Sequence[Subject], wanted: int
) -> Iterator[Record]:
    """Questions that take a relation for granted which no record says."""
    claims = claimable(maker, asked)
    found = 0
    for subject in subjects:
        if found == wanted:
            return
        if subject.type is not asked.subject or not _is_well_known(maker, subject, asked):
            continue
        claim = _unrelated(maker, subject, asked, claims, maker.rng("premise", subject.id))
        if claim is None:
            continue
        name = maker.graph.name_of(claim)
        wording = maker.wordings.next(subject.split, FALSE_PREMISE, asked.kind, Form.ENTITIES)
        question = wording.replace("{a name}", with_article(name)).replace("{name}", name)
        record = _record(maker, subject, FALSE_PREMISE, asked.kind, question)
        yield replace(record, claim=maker.graph.node_id(claim))
        found += 1


def claimable(maker: Maker, asked: Asked) -> list[int]:
    """Rows of well-known nodes that read well in a sentence, ascending."""
    graph = maker.graph
    return sorted(
        row
        for row, times in used(graph, asked).items()
        if times >= COMMON[asked.kind]
        and telling(graph, row)
        and _is_definite(graph, row)
        and _reads_well(graph.name_of(row), asked.kind)
    )


def _is_definite(graph: Graph, row: int) -> bool:
    """Whether a claim is so special that it is hardly true of a protein without any record.

    Half of all proteins have been connected with some cancer.
    """
    match graph.type_of(row):
        case NodeType.DISEASE:
            tumours = {graph.row(node) for node in TUMOURS}
            return kinds_of(graph)[row] <= DEFINITE_KINDS and not tumours & graph.ancestors(row)
        case node_type if node_type in GO_TYPES:
            return float(graph.information_content()[row]) >= DEFINITE_BITS
        case _:
            return True


def _reads_well(name: str, kind: str) -> bool:
    words = name.split()
    if len(words) > WORDS or any(mark in name for mark in ",;()/0123456789"):
        return False
    match kind:
        case "function":
            return name.endswith("activity")
        case "process":
            return not {"regulation", "response", "negative", "positive", "process"} & set(words)
        case "location":
            return words[-1] not in ("membrane", "complex") and "component" not in words
        case "role":
            return words[-1] not in ("allergen", "metabolite", "contaminant")
        case _:
            return True


def _is_well_known(maker: Maker, subject: Subject, asked: Asked) -> bool:
    """Whether so much is recorded of a subject that what is not recorded may be doubted."""
    rights = right(maker.graph, subject.row, asked)
    return sum(telling(maker.graph, row) for row in rights) >= 2


def _unrelated(
    maker: Maker, subject: Subject, asked: Asked, claims: Sequence[int], rng: random.Random
) -> int | None:
    """A claim that is wrong and shares no telling ancestor with what is right; None if none is."""
    graph, known = maker.graph, maker.distractors.known(subject, asked)
    rights = {
        end
        for row in (subject.row, *(one.row for one in maker.relatives.of(subject)))
        for end in right(graph, row, asked)
    }
    bits: Any = graph.information_content()
    related = {
        above
        for row in rights
        for above in (row, *graph.ancestors(row))
        if graph.type_of(above) is asked.types[0] and _is_special(maker, above, float(bits[above]))
    }
    for row in rng.sample(claims, len(claims)):
        if not related & {row, *graph.ancestors(row)} and maker.distractors.is_wrong(row, known):
            return row
    return None


def _is_special(maker: Maker, row: int, bits: float) -> bool:
    """Whether sharing a node makes two nodes related."""
    if maker.graph.type_of(row) in GO_TYPES:
        return bits >= GENERAL_BITS
    return kinds_of(maker.graph)[row] <= GENERAL_KINDS


def with_article(name: str) -> str:
    """A name after ``a`` or ``an``."""
    return f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"


def _record(maker: Maker, subject: Subject, kind: str, pattern: str, question: str) -> Record:
    is_protein = subject.type is NodeType.PROTEIN
    return Record(
        id=f"{kind}-{pattern}-{subject.id}",
        split=subject.split,
        kind=kind,
        form=Form.ENTITIES,
        question=question,
        pattern=pattern,
        seq=(subject.id,) if is_protein else (),
        smiles=() if is_protein else (subject.id,),
        hidden=subject.hidden,
        bins=maker.relatives.bins(subject),
    )
