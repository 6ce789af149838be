"""Says by name what is asked for and not held, and names that nothing is called by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bbqa.answer.draft import Draft, listed
from bbqa.question.parsed import ParsedQuestion
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.resources import Resources


def say_missing(parsed: ParsedQuestion, draft: Draft) -> None:
    """Name what the question asks for that no source at hand records."""
    about = listed(list(dict.fromkeys(s.text for s in parsed.subjects)))
    whose = f" for {about}" if about else ""
    names = listed([one.name for one in parsed.missing], conjunction="or")
    draft.note(f"bbqa does not hold {names}, so it cannot answer that{whose}.")


def say_unknown(parsed: ParsedQuestion, resources: Resources, draft: Draft) -> None:
    """Say that nothing is called by a name, and which names are like it."""
    for name in parsed.unknown:
        near = resources.names.nearest(name)
        meant = f" Did you mean {listed(near, conjunction='or')}?" if near else ""
        draft.note(f'Nothing in this graph is called "{name}".{meant}')
    draft.status = AnswerStatus.UNKNOWN_NAME
