"""Composes the direct answer to a parsed question, one query after the other.

Each operation has responders, tried in order; the first that can answer a query does. Where none
can, the caller falls back on general retrieval.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.answer import (
    drug_checks,
    drug_comparison,
    drugs,
    molecules,
    near_drugs,
    properties,
    sequence_checks,
    sequences,
)
from bbqa.answer.checks import say_check
from bbqa.answer.comparison import compare_named
from bbqa.answer.connections import say_connection
from bbqa.answer.draft import Draft
from bbqa.answer.kinds import kinds_of
from bbqa.answer.members import say_members
from bbqa.answer.missing import say_missing, say_unknown, say_variants
from bbqa.answer.names import names_of, same_thing
from bbqa.answer.overview import describe_named, list_of_protein
from bbqa.answer.premises import say_presumed
from bbqa.answer.shared import say_shared
from bbqa.query.engine import execute
from bbqa.question.parsed import Constraint, Operation, ParsedQuestion, Query, Subject
from bbqa.question.read import entity
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.resources import Resources

Responder = Callable[[Query, ParsedQuestion, "Resources", Draft], bool]
"""Adds the answer to a query to a draft and sets its status; False if it is not its affair, and
the draft is then left as it was."""

RESPONDERS: Final[Mapping[Operation, tuple[Responder, ...]]] = {
    Operation.IDENTIFY: (molecules.identify_molecule, sequences.identify_sequence),
    Operation.DESCRIBE: (
        molecules.describe_molecule,
        drugs.describe_drug,
        sequences.identify_sequence,
        describe_named,
    ),
    Operation.LIST: (
        kinds_of,
        molecules.list_of_molecule,
        drugs.list_of_drug,
        sequences.list_of_sequence,
        list_of_protein,
        say_members,
    ),
    Operation.COUNT: (say_members,),
    Operation.CHECK: (
        say_presumed,
        same_thing,
        drug_checks.check_drug,
        sequence_checks.check_of_sequence,
        say_check,
    ),
    Operation.NAMES: (names_of,),
    Operation.DIFFERENCE: (sequences.difference_of_sequence,),
    Operation.COMPARE: (
        drug_comparison.compare_drugs,
        sequence_checks.compare_sequences,
        compare_named,
    ),
    Operation.SHARED: (drug_comparison.shared_by_drugs, say_shared),
    Operation.PATH: (say_connection,),
    Operation.PROPERTY: (properties.computed_properties,),
    Operation.SIMILAR: (molecules.similar_molecules, sequences.similar_to_protein),
}


def respond(parsed: ParsedQuestion, resources: Resources) -> Draft | None:
    """The composed answer to a question; None if some query has no responder that can answer it.

    Args:
        parsed: The question, read.
        resources: Graph and indexes, and what must not be seen of them.
    """
    draft = Draft()
    if parsed.presumes or parsed.outside:
        return None
    if parsed.unknown and sequences.tell_pasted_peptides(parsed, resources, draft):
        return draft
    if parsed.unknown:
        say_unknown(parsed, resources, draft)
        return draft
    impossible = say_variants(parsed, resources, draft)
    previous: Query | None = None
    for query in sequences.queries_or_identity(parsed):
        meant = query
        if query.of_previous and previous is not None:
            meant = _about_found(query, previous, resources)
        responders = RESPONDERS.get(query.operation, ())
        if not any(responder(meant, parsed, resources, draft) for responder in responders):
            return None
        previous = meant
    if parsed.missing:
        say_missing(parsed, draft)
        sequences.tell_missing_of_sequence(parsed, resources, draft)
        near_drugs.tell_near(parsed.missing, parsed.subjects, resources, draft)
    if impossible or (parsed.missing and not parsed.queries):
        draft.status = AnswerStatus.FALSE_PREMISE if impossible else AnswerStatus.NOT_HELD
    return draft if draft.text else None


def _about_found(query: Query, previous: Query, resources: Resources) -> Query:
    """A query about "it", where that is the most important of what the query before it found."""
    found = execute(previous, resources)
    if found is None or not found.members:
        return query
    row = found.members[0].row
    name = resources.graph.name_of(row)
    subject = Subject(entity(name, row, resources), name, found.target, (row,))
    own = (Constraint((row,), name),) if query.target else ()
    return replace(query, subjects=(subject,), constraints=own)
