"""Words and inputs -> ``ParsedQuestion``: the one place that decides what a question asks.

Each clause is read by itself. Names are linked and taken out; what is left is read for the form of
the question (how many, yes or no, compare), for the noun that is asked for, and for what joins it
to the names. Nothing after this looks at the words again.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.examples import OVERVIEW, Task
from bbqa.premise import unsupported_premise
from bbqa.question import constraints
from bbqa.question.clauses import SELVES, Clause, clauses_of, subject_of_link
from bbqa.question.forms import NAME, Asked, Form, read_form
from bbqa.question.joining import without_repeats
from bbqa.question.lexicon import PROPERTIES, THREE_LETTERS, compiled, residue_of, singular
from bbqa.question.linking import Link, links
from bbqa.question.missing import missing_in
from bbqa.question.parsed import Missing, Operation, ParsedQuestion, Query, Subject, Variant
from bbqa.question.read import type_of
from bbqa.question.species import counterpart_taxon
from bbqa.schema import NodeType, Question
from bbqa.subject import node_of
from bbqa.unknown import looks_like_a_name, unknown_names

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.route import Route


_VARIANT: Final = re.compile(
    r"(?<![\w-])(?:p\.)?(?:(?P<long>Ala|Arg|Asn|Asp|Cys|Gln|Glu|Gly|His|Ile|Leu|Lys|Met|Phe|Pro|Ser|Thr|Trp"
    r"|Tyr|Val)(?P<at>\d{1,5})(?:[A-Z][a-z]{2}|\*|=)"
    r"|(?P<short>[ACDEFGHIKLMNPQRSTVWY])(?P<place>\d{2,4})[ACDEFGHIKLMNPQRSTVWY*])(?![\w-])"
)
_HOW: Final = re.compile(
    r"\W*(?:(?:how|why)\s+(?:come\s+)?(?:does|do|did|is|are|was|can|could)|what\s+makes)\b"
    r"(?! (?:similar|different|many))",
    re.IGNORECASE,
)
_KINDS: Final = re.compile(
    r"\b(?:kinds?|types?|sub-?types?|forms?|classes|varieties)\s+of\s+(?:the\s+)?ENT(?P<name>\d+)\b"
    r"(?!\s+(?:does|do|is|are(?! there)|act|bind|target))",
    re.IGNORECASE,
)
_EACH: Final = re.compile(r"\beach\b|\brespectively\b", re.IGNORECASE)
_QUESTION: Final = re.compile(
    r".*\?|\W*(?:\w+\W+){0,2}?(?:what|which|who|where|why|how|does|do|is|are|can|could)\b",
    re.IGNORECASE | re.DOTALL,
)
_WH: Final = re.compile(r"\b(?:what'?s?|which|who|where|how)\b|\?", re.IGNORECASE)
_INTERACTS: Final = re.compile(
    r"\b(?:interact|bind|partner|associat|substrate|regulat|neighbou?r|complex|phosphorylat|activat|inhibit)\w*",
    re.IGNORECASE,
)
_MOLECULAR: Final = re.compile(
    r"\b(?:molecular|biochemical|enzym\w+|activit\w+|cataly\w+|reactions?|binds?)\b", re.IGNORECASE
)
_EFFECT: Final = re.compile(
    r"ENT(?P<name>\d+)\s+(?P<effect>(?:raise|lower|increase|decrease|reduce|elevate|boost|suppress"
    r"|stimulate|promote|prevent|trigger|induce|block|inhibit)\b[^?.!;]*)",
    re.IGNORECASE,
)
_WHY: Final = re.compile(r"\s*(?:why|how come|since|given that)\b", re.IGNORECASE)
_ADVICE: Final = re.compile(
    r"\b(?:should|can|could|may|must)\s+(?:i|we|he|she|my \w+|patients?|people|you)\b"
    r"(?! (?:tell|give|find|show|list|name|identify|explain))"
    r"|\b(?:safe|dangerous|harmful)\s+(?:for|to|in|during)\b|\b(?:dose|dosage|overdose|pregnan\w+)\b",
    re.IGNORECASE,
)


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
    subjects = (*attached, *(subject_of_link(link, resources) for link in found))
    read = ParsedQuestion(
        question,
        subjects=subjects,
        variants=tuple(_variants(question.text)),
        advice=bool(_ADVICE.search(question.text)),
    )
    queries: list[Query] = []
    missing: list[Missing] = []
    not_understood: list[Clause] = []
    for clause in clauses_of(question.text, found, attached, resources):
        if _EACH.search(clause.masked) and queries:
            continue
        query, lacking = _read_clause(clause, question, resources)
        missing += [replace(one, text=clause.text.strip()) for one in lacking]
        queries += [query] if query is not None else []
        asks_of_it = attached and (clause.refers or queries) and _WH.search(clause.text)
        if query is None and not lacking and asks_of_it:
            if resources.router.route(replace(question, text=clause.text)).task is Task.OUTSIDE:
                return replace(read, outside=True)
            queries.append(Query(Operation.IDENTIFY, clause.text, subjects=attached))
        elif query is None and not lacking and (clause.links or len(clause.text.split()) > 3):
            not_understood.append(clause)
    unknown = [] if attached or missing else _unknown(question, found, read.variants, resources)
    if unknown and (not found or any(looks_like_a_name(one, resources) for one in unknown)):
        strange = [one for one in unknown if looks_like_a_name(one, resources)] or unknown
        if queries and not found:
            strange = [one for one in strange if looks_like_a_name(one, resources)]
        if strange:
            return replace(read, unknown=tuple(strange))
    if any(not queries or _QUESTION.match(clause.text) for clause in not_understood):
        return replace(read, missing=_each_once(missing))
    doubtful = _leaves_out(found, queries) or (queries and _HOW.match(question.text))
    if doubtful and unsupported_premise(question, resources) is not None:
        return replace(read, presumes=True)
    return replace(read, queries=without_repeats(queries), missing=_each_once(missing))


def _unknown(
    question: Question, found: Sequence[Link], variants: Sequence[Variant], resources: Resources
) -> list[str]:
    """Names in a question that nothing is called by, without those that were read otherwise."""
    read = " ".join([*(link.text for link in found), *(one.text for one in variants)])
    return [name for name in unknown_names(question, resources) if name not in read]


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


# clauses


# one clause


def _read_clause(
    clause: Clause, question: Question, resources: Resources
) -> tuple[Query | None, list[Missing]]:
    """The query of a clause, and what it asks for that is not held."""
    form = read_form(clause.masked)
    if (query := _presumed(clause) or _computed(clause, form)) is not None:
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
        return replace(base, subjects=things, properties=tuple(_exactly(form, clause)))
    named = Operation.NAMES in form.operations and not _WHY.match(clause.masked)
    if named and clause.links and not form.yes_no:
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


def _exactly(form: Form, clause: Clause) -> Iterator[str]:
    """The properties that are asked for, with the residue that is to be counted, if any."""
    counted = re.search(r"how many (?:\w+ )?([a-z]+)", clause.text, re.IGNORECASE)
    letter = residue_of(counted[1]) if counted else ""
    for name in form.properties:
        yield f"{name}:{letter}" if name == "composition" and letter else name


def _presumed(clause: Clause) -> Query | None:
    """An effect that a clause takes for granted: "why does insulin raise blood sugar?"."""
    effect = _EFFECT.search(clause.masked) if _WHY.match(clause.masked) else None
    if effect is None or NAME.search(effect["effect"]):
        return None
    link = clause.links[int(effect["name"])]
    about = tuple(s for s in clause.subjects if s.text == link.text)
    words = effect["effect"].strip()
    return Query(Operation.CHECK, clause.text, subjects=about, presumed=words) if about else None


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
    if (special := _of_kinds(clause, base, resources)) is not None:
        return special, ""
    if _affirms(clause, form) and (check := constraints.checking(clause, form, base, resources)):
        return check, ""
    if (together := _of_several(clause, form, base)) is not None:
        return together, ""
    lists = bool(form.asked or clause.among or constraints.leads(clause)) and not (
        clause.attached and not clause.links and _only_itself(clause, form)
    )
    by_verb = not clause.among and not any(one.noun for one in form.asked)
    if form.yes_no and (by_verb or not lists) and not _WHY.match(clause.masked):
        checked = constraints.checking(clause, form, base, resources)
        if checked is not None or not lists:
            return checked, ""
    return constraints.listing(clause, form, base, resources) if lists else (None, "")


def _of_kinds(clause: Clause, base: Query, resources: Resources) -> Query | None:
    """A query for the kinds of something: "which types of leukemia are there?"."""
    kinds = _KINDS.search(clause.masked)
    if kinds is None:
        return None
    of = clause.links[int(kinds["name"])]
    return replace(base, target=of.type, subjects=(subject_of_link(of, resources),), kinds=True)


def _of_several(clause: Clause, form: Form, base: Query) -> Query | None:
    """A query about several things at once: compared, connected, or what they share."""
    several = [s for s in clause.subjects if s.type in SELVES]
    compared = [*clause.attached, *several] if clause.refers and clause.links else []
    if Operation.COMPARE in form.operations and len(several) > 1:
        return replace(base, operation=Operation.COMPARE, aspects=_types(form))
    if Operation.COMPARE in form.operations and {s.type for s in compared} == {NodeType.DRUG}:
        subjects = tuple(dict.fromkeys(compared))
        return replace(base, operation=Operation.COMPARE, subjects=subjects)
    if Operation.PATH in form.operations and len(several) == 2 and not form.asked:
        return replace(base, operation=Operation.PATH, subjects=tuple(several))
    several = [s for s in several if s.type is several[0].type]
    if Operation.SHARED in form.operations and len(several) > 1 and not clause.among:
        shared = replace(base, operation=Operation.SHARED, aspects=_types(form))
        target = shared.aspects[0] if shared.aspects else None
        return replace(shared, target=target, subjects=tuple(several))
    return None


def _affirms(clause: Clause, form: Form) -> bool:
    """Whether a clause says that one thing has another: "how does A block B?", "do these bind?"."""
    if form.yes_no and len(clause.attached) > 1 and clause.refers:
        return Operation.COMPARE not in form.operations
    things = len(clause.links) + len(clause.attached)
    as_what = things == 1 and re.search(r"\b(?:as|ENT\d+) an?\s", clause.masked)
    how = _HOW.match(clause.masked) and (things > 1 or as_what)
    return bool(how) and not {Operation.COMPARE, Operation.PATH} & {*form.operations}


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


def _as_classified(clause: Clause, question: Question, resources: Resources) -> Query | None:
    """What labelled questions say of a clause whose words leave it open; None if nothing sure."""
    if _WHY.match(clause.masked) or not clause.subjects:
        return None
    about = replace(question, text=clause.text, inputs=tuple(s.given for s in clause.subjects))
    route: Route = resources.router.route(about)
    base = Query(Operation.DESCRIBE, clause.text, subjects=clause.subjects)
    if route.task is Task.COMPARE and len(clause.subjects) > 1:
        return replace(base, operation=Operation.COMPARE)
    if route.task is Task.FACTS and len(clause.subjects) == 1:
        return base if _is_overview(route, clause) else _of_types(route, clause, base, resources)
    return base if route.task is Task.DESCRIBE else None


def _is_overview(route: Route, clause: Clause) -> bool:
    """Whether labelled questions take a clause for one after all that matters."""
    functions = route.types == (NodeType.MOLECULAR_FUNCTION,)
    return (
        len(route.types) > 2
        or (OVERVIEW,) in {example.goal.types for example in route.examples[:3]}
        or (functions and not _MOLECULAR.search(clause.masked))
    )


def _of_types(route: Route, clause: Clause, base: Query, resources: Resources) -> Query | None:
    """A query for nodes of the types that labelled questions ask for; None where none can be."""
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
    if constraint is None and subject.type not in SELVES:
        return None  # descriptions may tell where no relation does
    return replace(base, aspects=route.types)
