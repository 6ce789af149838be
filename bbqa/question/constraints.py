"""What joins the noun that is asked for to the names of a clause: the constraints of its query."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.kg.ends import GO_TYPES, are_related
from bbqa.question import terms
from bbqa.question.forms import NAME, Asked, Form
from bbqa.question.lexicon import CONVERTS, NOUNS, PLAIN_PROTEIN, compiled, singular
from bbqa.question.linking import Link
from bbqa.question.parsed import Constraint, Operation, Query, Subject
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from bbqa.question.clauses import Clause
    from bbqa.resources import Resources

WIDENED: Final = 0.75
"""The same, for a longer phrase to be meant rather than the name within it."""
SIGN: Final = 0.62
"""Mean of cosine and overlap of words from which a phenotype is what a sign is called."""
_KINDRED: Final = (
    frozenset({*GO_TYPES, NodeType.PATHWAY}),
    frozenset({NodeType.DISEASE, NodeType.PHENOTYPE}),
    frozenset({NodeType.ROLE, NodeType.DRUG_CLASS}),
)
"""Types whose nodes of one name mean one thing."""
_NOT: Final = re.compile(
    r"\b(?:not|no|without|except(?: for)?|excluding|other than|besides|apart from|lack(?:s|ing)?"
    r"|skip|spar(?:e|es|ing)|nor|never|minus|leaving out|barring|rather than|as opposed to|beyond"
    r"|outside"
    r"|don'?t|doesn'?t|isn'?t|aren'?t|wasn'?t)\b"
    r"[^,;]{0,30}$",
    re.IGNORECASE,
)
_BEFORE_GROUP: Final = r"(?:^\W*|\b(?:of the|any|are there|after|every|all|some)\s+)"
_AFTER_GROUP: Final = r",?\s+(?:that|which|who|with|without|\w+ing)\b"
_BY_WAY: Final = re.compile(
    r"\b(?:proteins?|genes?|partners?|interactors?|targets?|enzymes?|kinases?|receptors?)\b"
    r"[^,;?]{0,40}\b(?:interact\w*|bind\w*|bound|partners?|associat\w*|connected)\b[^,;?]{0,12}$",
    re.IGNORECASE,
)
"""Words between what is asked for and a protein that lead there by way of its partners."""
_LEADS: Final = re.compile(
    r"\W*(?:(?:and|or|so|please|then)\s+)?(?:which|what|list|name|how many|any|show|find|give me)"
    r"(?:\s+(?:the|all|of|other|are|known|approved|human|inherited|rare))*\s+ENT(?P<name>\d+)\b",
    re.IGNORECASE,
)
_ARE: Final = re.compile(
    r"\b(?:are|is|being)\s+(?:(?:themselves|itself|also|all|an?|not)\s+)*"
    r"(?P<modifiers>(?:[\w-]+\s+){0,2})$",
    re.IGNORECASE,
)
_IS_NOT: Final = r"(?:is|are|was|were) (?:not|never)|isn'?t|aren'?t"
_PROTEIN_NOUN: Final = compiled(
    "|".join(words for kind, words in NOUNS if kind is NodeType.PROTEIN)
)
_ABSENT: Final = compiled(
    r"absent|never|not (?:seen|present|found|have)|without|lack(?:s|ing)?|missing|don't have"
)
_STOP: Final = frozenset(
    """
    a about act acts affect affected all also am an and any anything are as associated at be been
    being bind but by can carry cause caused causes causing code coding could do does done drugs
    encode encoded encoding every exist exists find for from gene genes get gets give given
    had has have having help how human humans i if in include including into involved is it its
    itself job know known like link linked list many may me might more most mutated my name need no
    not of on one ones or other our out part participate please play plays pls possible protein
    proteins recorded related responsible role say show so some such take takes tell than that the
    their them there these they thing things this those through to too under up us used using want
    was we well were what when where which while who whose why will with within work works would you
    your
    """.split()  # noqa: SIM905
)


def listing(
    clause: Clause, form: Form, base: Query, resources: Resources
) -> tuple[Query | None, str]:
    """A query for the nodes of the type asked for; None if nothing narrows them down.

    The second value is "indications" where only these could answer, and "roles" where a role of
    drugs says what an indication would.
    """
    chosen = clause.among[0].type if clause.among else NodeType.PROTEIN
    first = form.asked[0] if form.asked and not clause.among else Asked(chosen, "", "", 0, 0)
    asked, leading = _as_named(first, clause)
    found = _of_conversion(asked, clause, resources)
    by_role = False
    for number, link in enumerate(() if found else clause.links):
        offered = any(one.text == link.text for one in clause.among)
        if offered or (link is leading and asked.type is link.type):
            continue
        constraint = _of_link(asked, number, link, clause, resources)
        if constraint is None and asked.type is NodeType.DRUG and NodeType.DISEASE in link.rows:
            rows = terms.against(link.rows[NodeType.DISEASE], resources)
            if not rows:
                return None, "indications"
            by_role, constraint = True, Constraint(rows, link.text, nearest=True)
        found += [constraint] if constraint is not None else []
    found += _of_signs(asked, clause, resources)
    own = clause.attached if clause.refers else ()
    words = _of_words(asked, clause, resources, alone=not (found or own or clause.of_previous))
    if words is None:
        return None, ""
    about = own if clause.links else tuple(dict.fromkeys((*own, *clause.subjects)))
    found += [
        *words,
        *(
            constraint
            for s in about
            if s.rows and (constraint := _of_subject(asked.type, s.type, s.rows, s.text, resources))
        ),
    ]
    if not found and not own and not clause.of_previous:
        return None, ""
    named = {row for constraint in found for row in constraint.terms}
    used = tuple(s for s in base.subjects if named.intersection(s.rows))
    subjects = tuple(dict.fromkeys((*own, *used)))
    query = replace(base, target=asked.type, constraints=tuple(found), subjects=subjects)
    return _counted(query, form), "roles" if by_role else ""


def leads(clause: Clause) -> bool:
    """Whether a name stands where the noun that is asked for stands."""
    match = _LEADS.match(clause.masked)
    if match is not None:
        return clause.links[int(match["name"])].type is not NodeType.PROTEIN
    return _group_of(clause) is not None


def _group_of(clause: Clause) -> Link | None:
    """A class or role of drugs whose members are meant: "antipsychotics that …"."""
    whole = clause.masked.rstrip(" ?.!")
    for number, link in enumerate(clause.links):
        at = rf"{_BEFORE_GROUP}ENT{number}\b{_AFTER_GROUP}"
        if link.type in terms.GROUPS and re.search(at, whole, re.IGNORECASE):
            return link
    return None


def _of_signs(asked: Asked, clause: Clause, resources: Resources) -> list[Constraint]:
    """Signs of a patient that a question describes in words of its own, by what they mean."""
    if asked.type not in (NodeType.PROTEIN, NodeType.DISEASE):
        return []
    found = []
    for sign in clause.signs:
        if rows := terms.by_meaning(sign, (NodeType.PHENOTYPE,), resources, floor=SIGN):
            found.append(Constraint(rows, sign, nearest=True))
    return found


def _as_named(asked: Asked, clause: Clause) -> tuple[Asked, Link | None]:
    """What is asked for, and the name that asks for it ("which antibiotics", "which channels")."""
    leads = _LEADS.match(clause.masked)
    link = clause.links[int(leads["name"])] if leads else None
    if leads and asked.apposed and asked.start - leads.end() < 2:
        link = None  # "which Brugada genes" asks for genes
    if link is None and not asked.noun:
        link = _group_of(clause)
    if link is None:
        return asked, None
    members = NodeType.DRUG if link.type in terms.GROUPS else link.type
    return (asked if members is NodeType.PROTEIN else replace(asked, type=members)), link


def _counted(query: Query, form: Form) -> Query:
    counts = Operation.COUNT in form.operations
    return replace(query, operation=Operation.COUNT if counts else Operation.LIST)


def checking(clause: Clause, form: Form, base: Query, resources: Resources) -> Query | None:
    """A query whether the first thing that a clause is about has what else it names."""
    subjects = [*clause.attached, *(s for s in clause.subjects if s not in clause.attached)]
    if not subjects:
        return None
    order = (NodeType.PROTEIN, NodeType.DRUG, NodeType.DISEASE)
    meant = list(clause.attached) if clause.refers and clause.attached else subjects
    subject = min(meant, key=lambda s: order.index(s.type) if s.type in order else len(order))
    asked = Asked(subject.type, "", "", 0, 0)
    found = [
        constraint
        for number, link in enumerate(clause.links)
        if link.text != subject.text
        and (constraint := _of_link(asked, number, link, clause, resources)) is not None
    ]
    found += [
        constraint
        for other in clause.attached
        if other is not subject
        and (constraint := of_subject(subject.type, other, resources)) is not None
    ]
    if not found and subject.type is NodeType.PROTEIN:
        found = _of_kind(clause, resources)
    if not found:
        return None
    return replace(
        base,
        operation=Operation.CHECK,
        target=subject.type,
        subjects=(subject,),
        constraints=tuple(found),
    )


def _of_kind(clause: Clause, resources: Resources) -> list[Constraint]:
    """What a noun says that a protein may be: "is it a kinase?"."""
    for match in _PROTEIN_NOUN.finditer(clause.masked):
        if singular(match[0].lower()) not in PLAIN_PROTEIN:
            before = re.search(r"\ban?\s+((?:[\w-]+\s+){0,3})$", clause.masked[: match.start()])
            modifiers = before[1].strip() if before else ""
            if before and (rows := terms.of_noun(match[0], modifiers, resources)):
                return [Constraint(rows, f"{modifiers} {match[0]}".strip())]
    return []


def _of_link(
    asked: Asked, number: int, link: Link, clause: Clause, resources: Resources
) -> Constraint | None:
    """What a name demands of the nodes that are asked for."""
    name = f"ENT{number}"
    at = clause.masked.find(name)
    alone = re.match(rf"{name}\s+(?:alone|out|aside|{_IS_NOT})\b", clause.masked[at:])
    negated = alone is not None or _NOT.search(clause.masked[:at]) is not None
    if rows := _of_kinds_named(asked, at + len(name), link, clause, resources):
        return Constraint(rows, link.text, negated=negated)
    if asked.type is NodeType.PROTEIN and link.type not in (NodeType.PROTEIN, *GO_TYPES):
        objects = [(at, terms.called(link, resources))]
        if rows := terms.of_frame(clause.masked, objects, resources):
            return Constraint(rows, link.text, negated=negated)
    leads_on = link.type is NodeType.PROTEIN and asked.type in (NodeType.DRUG, NodeType.DISEASE)
    if leads_on and _BY_WAY.search(clause.masked[asked.end : at]):
        rows, way = tuple(_meant(link.type, link.rows[link.type])), (NodeType.PROTEIN,)
        return Constraint(rows, link.text, through=way, negated=negated)
    relations = resources.graph.relations
    direct = [kind for kind in link.rows if are_related(asked.type, kind, relations)]
    if direct:
        main = link.type if link.type in direct else direct[0]
        direct = [k for k in direct if k is main or any({k, main} <= g for g in _KINDRED)]
        rows = _widened(at, link, clause, resources) or tuple(
            row for kind in direct for row in _meant(kind, link.rows[kind])
        )
        if link.type in terms.GROUPS:
            rows = tuple(dict.fromkeys((*rows, *terms.groups_of(link.text, resources))))
        before = clause.masked[max(0, at - 30) : at]
        absent = asked.type is NodeType.PHENOTYPE and _ABSENT.search(before)
        joined = (Relation.DISEASE_PHENOTYPE_ABSENT,) if absent else ()
        return Constraint(rows, link.text, relations=joined, negated=negated and not absent)
    return _of_subject(
        asked.type,
        link.type,
        link.rows[link.type],
        link.text,
        resources,
        clause=clause,
        negated=negated,
    )


def _of_kinds_named(
    asked: Asked, end: int, link: Link, clause: Clause, resources: Resources
) -> tuple[int, ...]:
    """Terms of proteins that are named after what they do, not of what that name also is.

    "Serotonin receptors" are not acted on by serotonin alone, and "potassium channels" are no
    pathway.
    """
    if asked.type is not NodeType.PROTEIN:
        return ()
    *modifiers, last = link.text.lower().split()
    if asked.apposed and asked.noun and not clause.masked[end : asked.start].strip():
        return terms.of_noun(asked.noun, link.text.lower(), resources, exactly=True)
    if modifiers and _PROTEIN_NOUN.fullmatch(last) and singular(last) not in PLAIN_PROTEIN:
        return terms.of_noun(last, " ".join(modifiers), resources, exactly=True)
    return ()


def _widened(at: int, link: Link, clause: Clause, resources: Resources) -> tuple[int, ...]:
    """Terms for a longer phrase around the name of one: "intermembrane space of mitochondria"."""
    if link.type not in GO_TYPES:
        return ()
    before = re.search(r"((?:[a-z-]+\s+){1,3})(?:of|in)\s+(?:the\s+)?$", clause.masked[:at])
    if before is None:
        return ()
    words = [word for word in before[1].split() if word not in _STOP]
    if not words:
        return ()
    phrase = " ".join((*words, "of", link.text))
    return terms.by_meaning(phrase, (link.type,), resources, floor=WIDENED)


def _meant(kind: NodeType, rows: Sequence[int]) -> Sequence[int]:
    """Rows of one name that are meant together: of genes the best known one alone."""
    return rows[:1] if kind is NodeType.PROTEIN and len(rows) < 3 else rows


def _of_subject(
    target: NodeType,
    kind: NodeType,
    rows: Sequence[int],
    text: str,
    resources: Resources,
    *,
    clause: Clause | None = None,
    negated: bool = False,
) -> Constraint | None:
    """What joins a type to a thing by way of proteins or drugs; None if nothing sensible does."""
    relations = resources.graph.relations
    if are_related(target, kind, relations):
        return Constraint(tuple(_meant(kind, rows)), text, negated=negated)
    if target is kind or {target, kind} <= set(terms.OF_PROTEINS):
        return None  # a process of a place is not one of any protein there
    if {target, kind} == {NodeType.DRUG, NodeType.DISEASE} and (
        clause is None or not _by_way_of_proteins(clause)
    ):
        return None
    for way in (NodeType.PROTEIN, NodeType.DRUG):
        if are_related(target, way, relations) and are_related(way, kind, relations):
            return Constraint(tuple(_meant(kind, rows)), text, through=(way,), negated=negated)
    return None


def of_subject(target: NodeType, subject: Subject, resources: Resources) -> Constraint | None:
    """What a subject demands of nodes of a type; None if no relation joins the two."""
    if not subject.rows:
        return None
    return _of_subject(target, subject.type, subject.rows, subject.text, resources)


def _by_way_of_proteins(clause: Clause) -> bool:
    return _PROTEIN_NOUN.search(clause.masked) is not None


def _of_words(
    asked: Asked, clause: Clause, resources: Resources, *, alone: bool
) -> list[Constraint] | None:
    """Constraints that no name gives: the kind that a noun names, and a verb with its object.

    None where words that narrow the question down are not understood.
    """
    found: list[Constraint] = []
    if asked.type is NodeType.PROTEIN and asked.noun:
        rows = terms.of_noun(asked.noun, asked.modifiers, resources)
        if rows:
            found.append(Constraint(rows, f"{asked.modifiers} {asked.noun}".strip()))
    if asked.type is NodeType.DRUG and asked.modifiers:
        ways = [
            asked.modifiers,
            *(f"{asked.modifiers} {x}" for x in ("drug", "agent", "drugs", "agents")),
            f"{asked.modifiers} {asked.noun}",
            f"{asked.modifiers} {asked.noun.removesuffix('s')}",
            *([f"{asked.modifiers} blocking agents"] if "blocker" in asked.noun else []),
        ]
        if rows := terms.named([*ways, f"{asked.modifiers}s"], terms.GROUPS, resources):
            found.append(Constraint(rows, asked.modifiers))
    if asked.type is NodeType.DRUG:
        found += _of_roles(clause, resources, known={asked.noun, *asked.modifiers.split()})
    found += _of_predicates(asked, clause, resources)
    if alone and asked.type is NodeType.PROTEIN and not (clause.links or clause.subjects):
        phrase = _of_phrase(asked, clause, resources, kind=bool(found))
        return None if phrase is None else [*found, *phrase]
    return found


def _of_roles(clause: Clause, resources: Resources, *, known: Collection[str]) -> list[Constraint]:
    """Roles that single words of a clause name: "hypoglycemic", "that are prodrugs"."""
    found = []
    for match in re.finditer(r"[a-z][a-z-]{5,}", clause.masked):
        word = match[0]
        if word in known or word in _STOP or _PROTEIN_NOUN.fullmatch(word):
            continue
        if rows := terms.groups_of(word, resources):
            negated = _NOT.search(clause.masked[: match.start()]) is not None
            found.append(Constraint(rows, word, negated=negated))
    return found


def _of_predicates(asked: Asked, clause: Clause, resources: Resources) -> list[Constraint]:
    """What the proteins that are asked for are said to be: "interactors that are kinases"."""
    found = []
    for match in _PROTEIN_NOUN.finditer(clause.masked, asked.end):
        said = _ARE.search(clause.masked[asked.end : match.start()])
        plain = singular(match[0].lower()) in PLAIN_PROTEIN
        if asked.type is NodeType.PROTEIN and said and not plain:
            rows = terms.of_noun(match[0], said["modifiers"].strip(), resources)
            negated = _NOT.search(clause.masked[: match.start()]) is not None
            found += [Constraint(rows, match[0], negated=negated)] if rows else []
    return found


def _of_phrase(
    asked: Asked, clause: Clause, resources: Resources, *, kind: bool
) -> list[Constraint] | None:
    """A constraint from the words after the noun ("that bind heme"); None if none is known."""
    rest = clause.masked[asked.end :]
    words = [
        (m.start(), [m[0].strip()]) for m in re.finditer(r"[\w-]+(?:\s+(?:ion|acid)s?)?", rest)
    ]
    pairs = [(m.start(1), [m[1], m[2]]) for m in re.finditer(r"(?=\b(([\w-]+)\s+[\w-]+))", rest)]
    if rows := terms.of_frame(rest, [*pairs, *words], resources):
        return [Constraint(rows, rest.strip(" ?."))]
    content = [w for w in re.findall(r"[A-Za-z][\w'-]*", rest) if w.lower() not in _STOP]
    phrase = " ".join(content)
    if not content:
        return []
    if rows := terms.named([phrase, f"{phrase} complex"], terms.OF_PROTEINS, resources):
        return [Constraint(rows, phrase)]
    if kind:
        phrase = f"{phrase} {asked.noun}"
    rows = terms.by_meaning(phrase, terms.OF_PROTEINS, resources)
    return [Constraint(rows, phrase, nearest=True)] if rows else None


def _of_conversion(asked: Asked, clause: Clause, resources: Resources) -> list[Constraint]:
    """What makes one thing of another takes part in breaking down the one or making the other."""
    turns = CONVERTS.search(clause.masked)
    if asked.type is not NodeType.PROTEIN or turns is None:
        return []
    made: list[Constraint] = []
    for what, ways in (
        (turns["from"], ("{x} catabolic process", "{x} metabolic process")),
        (turns["to"], ("{x} biosynthetic process", "{x} metabolic process")),
    ):
        number = NAME.fullmatch(what.strip())
        link = clause.links[int(number[1])] if number else None
        names = [what] if link is None else terms.called(link, resources)
        rows = terms.of_things(names, ways, resources)
        made += [Constraint(rows, what if link is None else link.text)] if rows else []
    return made
