"""Words and inputs -> ``ParsedQuestion``: the one place that decides what a question asks.

Each clause is read by itself. Names are linked and taken out; what is left is read for the form of
the question (how many, yes or no, compare), for the noun that is asked for, and for what joins it
to the names. Nothing after this looks at the words again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bbqa.examples import OVERVIEW, Task
from bbqa.premise import unsupported_premise
from bbqa.question import constraints
from bbqa.question.forms import NAME, Asked, Form, read_form
from bbqa.question.lexicon import PROPERTIES, THREE_LETTERS, compiled
from bbqa.question.linking import Link, links
from bbqa.question.missing import missing_in
from bbqa.question.parsed import Missing, Operation, ParsedQuestion, Query, Subject, Variant
from bbqa.question.read import entity, type_of
from bbqa.question.species import counterpart_taxon
from bbqa.question.terms import singular
from bbqa.schema import NodeType, Question
from bbqa.subject import node_of
from bbqa.unknown import unknown_names

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.route import Route

MAX_CLAUSES: Final = 4
SELVES: Final = (NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE)
"""Types of what a question may be about by itself."""

_CLAUSES: Final = re.compile(
    r"(?<=[.?!;])\s+"
    r"|,?\s+(?:and|but)\s+(?=(?:also\s+|then\s+)?(?:what|which|where|how|does|do|is|are|who|tell|list)\b)"
    r"|,\s+(?=(?:which|what|how many|is it|does it|who)\b)",
    re.IGNORECASE,
)
_ASKS: Final = re.compile(
    r".*\?|\W*(?:[\w'-]+\W+){0,3}?(?:what|which|who|where|why|how|does|do|is|are|can|could|list|name"
    r"|tell|give|show|find|describe|explain|summari[sz]e|compare|identify)\b|.*\b(?:please|pls)\b",
    re.IGNORECASE | re.DOTALL,
)
_VARIANT: Final = re.compile(
    r"(?<![\w-])(?:p\.)?(?:(?P<long>Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp"
    r"|Tyr|Val)(?P<at>\d{1,5})(?:[A-Z][a-z]{2}|\*|=)"
    r"|(?P<short>[ACDEFGHIKLMNPQRSTVWY])(?P<place>\d{2,4})[ACDEFGHIKLMNPQRSTVWY*])(?![\w-])"
)
_EACH: Final = re.compile(r"\beach\b|\brespectively\b", re.IGNORECASE)
_IT: Final = re.compile(
    r"\b(?:this|these|it|its|my|attached|that (?:one|protein|gene|enzyme)|they|them|their)\b",
    re.IGNORECASE,
)
_WH: Final = re.compile(r"\b(?:what'?s?|which|who|where|how)\b|\?", re.IGNORECASE)
_INTERACTS: Final = re.compile(
    r"\b(?:interact|bind|partner|associat|substrate|regulat|neighbou?r|complex|phosphorylat|activat|inhibit)\w*",
    re.IGNORECASE,
)
_MOLECULAR: Final = re.compile(
    r"\b(?:molecular|biochemical|enzym\w+|activit\w+|cataly\w+|reactions?|binds?)\b", re.IGNORECASE
)
_PRONOUN: Final = re.compile(
    r"\b(?:it|its|that (?:one|protein|gene|enzyme|disease))\b", re.IGNORECASE
)
_OF_THOSE: Final = re.compile(
    r"\bwhich\s+(?:one\b|of\s+(?:the\s+(?:two|three)|these|them|those)\b)", re.IGNORECASE
)
_WHY: Final = re.compile(r"\s*(?:why|how come|since|given that)\b", re.IGNORECASE)
_ADVICE: Final = re.compile(
    r"\b(?:should|can|could|may|must)\s+(?:i|we|he|she|my \w+|patients?|people|you)\b(?! (?:tell|give|find|show|list|name|identify|explain))"
    r"|\b(?:safe|dangerous|harmful)\s+(?:for|to|in|during)\b|\b(?:dose|dosage|overdose|pregnan\w+)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Clause:
    """A part of a question, with the names in it.

    Attributes:
        text: Its words.
        masked: Its words, ``ENT0`` and so on for the names.
        links: The names, by number.
        subjects: What it is about: what it names, what is attached, or what was named before.
        attached: Proteins and molecules that are attached to the question.
        refers: Whether it speaks of what is attached ("this", "it").
        of_previous: Whether it speaks of what the clause before it finds.
        signs: Phrases of a list that holds signs of a patient, names of signs among them.
        among: What it chooses from ("which of the two"); nothing if empty.
    """

    text: str
    masked: str
    links: tuple[Link, ...]
    subjects: tuple[Subject, ...]
    attached: tuple[Subject, ...]
    refers: bool = False
    of_previous: bool = False
    among: tuple[Subject, ...] = ()
    signs: tuple[str, ...] = ()


def parse(question: Question, resources: Resources) -> ParsedQuestion:
    """What a question asks, as far as it is understood.

    Args:
        question: Words and inputs; see ``read_question``.
        resources: Graph, names, encoder, and labelled questions for what the words leave open.

    Returns:
        The parsed question; without queries where some part of it is not understood.
    """
    found = [one for one in links(question.text, resources) if not _is_counted(one, question.text)]
    attached = tuple(_attached(question, resources))
    subjects = (*attached, *(_subject(link, resources) for link in found))
    read = ParsedQuestion(
        question,
        subjects=subjects,
        variants=tuple(_variants(question.text)),
        advice=bool(_ADVICE.search(question.text)),
    )
    queries: list[Query] = []
    missing: list[Missing] = []
    not_understood: list[Clause] = []
    for clause in _clauses(question.text, found, attached, resources):
        if _EACH.search(clause.masked) and queries:
            continue
        query, lacking = _read_clause(clause, question, resources)
        missing += lacking
        queries += [query] if query is not None else []
        if query is None and not lacking and attached and _WH.search(clause.text):
            queries.append(Query(Operation.IDENTIFY, clause.text, subjects=attached))
        elif query is None and not lacking:
            not_understood.append(clause)
    if not queries and not found and not attached:
        unknown = unknown_names(question, resources)
        return replace(read, missing=_each_once(missing), unknown=tuple(unknown))
    if any(not queries or _ASKS.match(clause.text) for clause in not_understood):
        return replace(read, missing=_each_once(missing))
    if _leaves_out(found, queries) and unsupported_premise(question, resources) is not None:
        return read
    return replace(read, queries=_without_repeats(queries), missing=_each_once(missing))


def _leaves_out(found: Sequence[Link], queries: Sequence[Query]) -> bool:
    """Whether no query says anything of some name of a question."""
    used = {s.text for q in queries for s in q.subjects} | {
        c.text for q in queries for c in q.constraints
    }
    return bool(queries) and any(link.text not in used for link in found)


def _variants(text: str) -> Iterator[Variant]:
    """The variants that a text names, in one-letter or three-letter code."""
    for match in _VARIANT.finditer(text):
        reference = match["long"] or match["short"]
        yield Variant(
            match[0],
            THREE_LETTERS.get(reference.lower(), reference),
            int(match["at"] or match["place"]),
        )


def _without_repeats(queries: Sequence[Query]) -> tuple[Query, ...]:
    """The queries, without those whose answer another one contains."""
    kept: list[Query] = []
    ops = {query.operation for query in queries}
    contained = {
        Operation.IDENTIFY: {Operation.DIFFERENCE},
        Operation.DESCRIBE: {Operation.IDENTIFY},
    }
    for query in _joined_properties(queries):
        within = contained.get(query.operation, set()) & ops
        if any(_says_same(query, other) for other in kept):
            continue
        same = any(
            (q.operation, q.subjects, q.target) == (query.operation, query.subjects, query.target)
            for q in kept
        )
        if not (same and not query.constraints) and not (within and not query.aspects):
            kept.append(query)
    return tuple(kept)


def _says_same(one: Query, other: Query) -> bool:
    """Whether two queries differ in their words alone."""
    return replace(one, text="") == replace(other, text="")


def _joined_properties(queries: Sequence[Query]) -> Iterator[Query]:
    """The queries, those for properties of the same things as one."""
    asked = {q.subjects: () for q in queries if q.operation is Operation.PROPERTY}
    for query in queries:
        if query.operation is Operation.PROPERTY:
            asked[query.subjects] = (*asked[query.subjects], *query.properties)
    for query in queries:
        if query.operation is not Operation.PROPERTY:
            yield query
        elif properties := asked.pop(query.subjects, ()):
            yield replace(query, properties=tuple(dict.fromkeys(properties)))


def _is_counted(link: Link, text: str) -> bool:
    """Whether a name is that of residues to be counted ("how many cysteines")."""
    near = text[max(0, link.start - 12) : link.end]
    return compiled(dict(PROPERTIES)["composition"]).search(near) is not None


def _each_once(missing: Sequence[Missing]) -> tuple[Missing, ...]:
    return tuple({one.name: one for one in missing}.values())


def _attached(question: Question, resources: Resources) -> Iterator[Subject]:
    for given in question.attached:
        node = node_of(given, resources)
        rows = () if node is None else (node[0],)
        yield Subject(given, given.label, type_of(given, resources), rows)


def _subject(link: Link, resources: Resources) -> Subject:
    rows = link.rows[link.type]
    given = entity(link.text, rows[0], resources)
    return Subject(given, link.text, link.type, rows, link.correction)


# clauses


def _clauses(
    text: str, found: Sequence[Link], attached: tuple[Subject, ...], resources: Resources
) -> list[Clause]:
    """The clauses that ask for something, each with what it is about."""
    spans = list(_spans(text))
    asking = [span for span in spans if _asks(text[slice(*span)], alone=not attached)] or spans
    clauses: list[Clause] = []
    before: tuple[Subject, ...] = ()
    found_by_previous = False
    for start, end in spans:
        own = tuple(link for link in found if start <= link.start and link.end <= end)
        named = tuple(_subject(link, resources) for link in own)
        selves = tuple(s for s in named if s.type in SELVES)
        about = selves or attached or named or before
        if (start, end) in asking and len(clauses) < MAX_CLAUSES:
            masked = _masked(text, start, end, own)
            refers = _IT.search(masked) is not None or not own
            of_previous = (
                found_by_previous
                and not own
                and not attached
                and _PRONOUN.search(masked) is not None
            )
            among = before if len(before) > 1 and _OF_THOSE.search(masked) else ()
            clauses.append(
                Clause(
                    text[start:end],
                    masked,
                    own,
                    about,
                    attached,
                    refers,
                    of_previous,
                    among,
                    _signs(text, found),
                )
            )
            nouns = read_form(masked).asked
            found_by_previous = bool(nouns) and not nouns[0].noun.endswith("s")
        before = selves or before or named
    return clauses


def _signs(text: str, found: Sequence[Link]) -> tuple[str, ...]:
    """The items of a list in which some sign or disease is named and others are described."""
    signs = [one for one in found if one.type in (NodeType.PHENOTYPE, NodeType.DISEASE)]
    if not signs or any(one.type in (NodeType.PROTEIN, NodeType.DRUG) for one in found):
        return ()
    items: list[str] = []
    for sentence in re.split(r"[.?!:;]+", text):
        parts = [part.strip() for part in re.split(r",|\band\b|\bwith\b", sentence)]
        if len(parts) > 1 and any(one.text in sentence for one in signs):
            items += [p for p in parts if not any(one.text in p for one in found)]
    return tuple(item for item in items if 2 <= len(item.split()) <= 6)


def _asks(text: str, *, alone: bool) -> bool:
    """Whether a clause asks for something, be it by a noun alone.

    Args:
        text: The clause.
        alone: Whether nothing is attached, which a noun by itself would describe.
    """
    if _ASKS.match(text) is not None:
        return True
    form, first = read_form(text), read_form(" ".join(text.split()[:3]))
    stands_alone = {Operation.SIMILAR, Operation.NAMES} & {*first.operations}
    begins = form.asked and not form.asked[0].start and (alone or text.endswith("?"))
    return bool(first.properties or stands_alone or begins)


def _spans(text: str) -> Iterator[tuple[int, int]]:
    """Start and end of each clause of more than one word."""
    start = 0
    for match in [*_CLAUSES.finditer(text), None]:
        end = len(text) if match is None else match.start()
        if len(text[start:end].split()) > 1 or text[start:end].endswith("?") or not start:
            yield start, end
            start = len(text) if match is None else match.end()


def _masked(text: str, start: int, end: int, own: Sequence[Link]) -> str:
    parts, at = [], start
    for number, link in enumerate(own):
        parts += [text[at : link.start], f"ENT{number}"]
        at = link.end
    return "".join([*parts, text[at:end]])


# one clause


def _read_clause(
    clause: Clause, question: Question, resources: Resources
) -> tuple[Query | None, list[Missing]]:
    """The query of a clause, and what it asks for that is not held."""
    form = read_form(clause.masked)
    if (query := _computed(clause, form)) is not None:
        return query, []
    lacking = missing_in(NAME.sub("ENT", clause.masked))
    query, more = _over_graph(clause, form, resources)
    if query is not None and (not lacking or more == "roles"):
        return query, []
    if lacking:
        return None, lacking
    if more == "indications":
        return None, missing_in("used to treat")[:1]
    return _as_classified(clause, question, resources), []


def _computed(clause: Clause, form: Form) -> Query | None:
    """What is computed from a sequence or structure, or asked of the thing itself."""
    base = Query(Operation.PROPERTY, clause.text, subjects=clause.subjects)
    things = tuple(s for s in clause.subjects if s.type in (NodeType.PROTEIN, NodeType.DRUG))
    if form.properties and not clause.refers and "composition" in form.properties:
        things = tuple(s for s in things if s.type is NodeType.PROTEIN) or things
    proteins = tuple(s for s in clause.attached if s.type is NodeType.PROTEIN)
    if form.properties and things:
        return replace(base, subjects=things, properties=form.properties)
    if Operation.NAMES in form.operations and clause.links and not form.yes_no:
        return replace(base, operation=Operation.NAMES)
    if proteins and not clause.links and Operation.DIFFERENCE in form.operations:
        return replace(base, operation=Operation.DIFFERENCE, subjects=proteins)
    if Operation.SIMILAR in form.operations and things and not form.asked[1:]:
        taxon = counterpart_taxon(clause.masked)
        return replace(base, operation=Operation.SIMILAR, subjects=things, taxon=taxon)
    selves = [link for link in clause.links if link.type in SELVES]
    if clause.attached and _identifies(form) and not (selves and form.asked):
        return replace(base, operation=Operation.IDENTIFY, subjects=clause.attached)
    return None


def _identifies(form: Form) -> bool:
    """Whether a clause asks what is attached, rather than for something of it."""
    others = [
        one for one in form.asked if one.type not in (NodeType.PROTEIN, NodeType.DRUG) and one.noun
    ]
    return Operation.IDENTIFY in form.operations and not others


def _over_graph(clause: Clause, form: Form, resources: Resources) -> tuple[Query | None, str]:
    """A query over the graph, and "indications" or "roles" as ``constraints.listing`` has it."""
    base = Query(
        Operation.LIST,
        clause.text,
        subjects=clause.subjects,
        experimental=form.experimental,
        main=form.main,
        limit=form.limit,
        among=clause.among,
        of_previous=clause.of_previous,
    )
    if _names_itself(clause, form):
        others = tuple(dict.fromkeys(one.type for one in form.asked if not _is_self(one)))
        return replace(base, operation=Operation.DESCRIBE, aspects=others), ""
    several = [s for s in clause.subjects if s.type in SELVES]
    if Operation.COMPARE in form.operations and len(several) > 1:
        return replace(base, operation=Operation.COMPARE, aspects=_types(form)), ""
    if Operation.SHARED in form.operations and len(several) > 1 and _alike(several):
        shared = replace(base, operation=Operation.SHARED, aspects=_types(form))
        target = shared.aspects[0] if shared.aspects else None
        return replace(shared, target=target, subjects=tuple(several)), ""
    lists = bool(form.asked or clause.among or constraints.leads(clause)) and not (
        clause.attached and not clause.links and _only_itself(clause, form)
    )
    by_verb = not clause.among and not any(one.noun for one in form.asked)
    if form.yes_no and (by_verb or not lists) and not _WHY.match(clause.masked):
        checked = constraints.checking(clause, form, base, resources)
        if checked is not None or not lists:
            return checked, ""
    return constraints.listing(clause, form, base, resources) if lists else (None, "")


def _is_self(asked: Asked) -> bool:
    return asked.type is NodeType.PROTEIN and singular(asked.noun.lower()) in {"gene", "protein"}


def _names_itself(clause: Clause, form: Form) -> bool:
    """Whether "gene" or "protein" is what the one gene is that is named, and nothing else."""
    one = len(clause.subjects) == 1 and clause.subjects[0].type is NodeType.PROTEIN
    itself = form.asked and _is_self(form.asked[0]) and not form.asked[0].noun.endswith("s")
    return bool(one and itself and not clause.attached and not _INTERACTS.search(clause.masked))


def _only_itself(clause: Clause, form: Form) -> bool:
    """Whether the noun that is asked for can only be what is attached ("which two genes?")."""
    return (
        {one.type for one in form.asked} == {s.type for s in clause.attached} == {NodeType.PROTEIN}
    )


def _types(form: Form) -> tuple[NodeType, ...]:
    return tuple(dict.fromkeys(one.type for one in form.asked))


def _alike(subjects: Sequence[Subject]) -> bool:
    return len({s.type for s in subjects}) == 1


def _as_classified(clause: Clause, question: Question, resources: Resources) -> Query | None:
    """What labelled questions say of a clause whose words leave it open; None if that is not sure."""
    if _WHY.match(clause.masked) or not clause.subjects:
        return None
    about = replace(question, text=clause.text, inputs=tuple(s.given for s in clause.subjects))
    route: Route = resources.router.route(about)
    base = Query(Operation.DESCRIBE, clause.text, subjects=clause.subjects)
    if route.task is Task.DESCRIBE:
        return base
    if route.task is Task.COMPARE and len(clause.subjects) > 1:
        return replace(base, operation=Operation.COMPARE)
    if route.task is not Task.FACTS or len(clause.subjects) != 1:
        return None
    if len(route.types) > 2 or (OVERVIEW,) in {e.goal.types for e in route.examples[:3]}:
        return base
    if route.types == (NodeType.MOLECULAR_FUNCTION,) and not _MOLECULAR.search(clause.masked):
        return base
    subject = clause.subjects[0]
    constraint = constraints.of_subject(route.types[0], subject, resources)
    if len(route.types) == 1 and constraint is not None:
        form = read_form(clause.masked)
        counts = Operation.COUNT in form.operations
        return replace(
            base,
            operation=Operation.COUNT if counts else Operation.LIST,
            target=route.types[0],
            constraints=(constraint,),
            experimental=form.experimental,
        )
    return replace(base, aspects=route.types)
