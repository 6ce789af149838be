"""bbqa as people use it: ``ask``, and ``choose`` where there are options."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from bbqa.eval.abstention import ABSTAINED
from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.conditions.seen import asked_with, nodes_in, seen
from bbqa.schema import AnswerStatus

if TYPE_CHECKING:
    from bbqa.choose import Choice
    from bbqa.resources import Resources
    from bbqa.schema import Answer

_CITATION: Final = re.compile(r"\s*\[\d+(?:-\d+)?\]")


def asking(item: Item, resources: Resources) -> Response:
    """What bbqa says.

    Raises:
        BbqaError: The item's inputs cannot be used, or something that answering needs is missing.
    """
    from bbqa.ask import ask
    from bbqa.choose import choose

    view = seen(item, resources)
    if item.form is Form.CHOICE:
        choice = choose(
            item.question,
            item.options,
            seq=item.seq,
            smiles=item.smiles,
            context=item.context,
            resources=view,
        )
        return from_choice(choice, item, view)
    answer = ask(asked_with(item), seq=item.seq, smiles=item.smiles, resources=view)
    return from_answer(answer, item, view)


def from_choice(choice: Choice, item: Item, resources: Resources) -> Response:
    """A choice as a response; nothing of it is linked, the option is what counts."""
    return Response(
        text=plain_text(choice.answer),
        choice=choice.option,
        ranked=tuple(ranked(choice.answer, item, resources)),
        confidence=choice.confidence if choice.option else None,
        abstained=not choice.option,
        answer=choice.answer.to_json(),
    )


def from_answer(answer: Answer, item: Item, resources: Resources) -> Response:
    """An answer as a response. One without a sentence that is borne out abstains."""
    text = plain_text(answer)
    abstained = answer.status in ABSTAINED or (
        answer.status is AnswerStatus.UNSURE and not answer.claims
    )
    return Response(
        text=text,
        nodes=() if abstained else nodes_in(text, item, resources),
        ranked=tuple(ranked(answer, item, resources)),
        confidence=None if abstained else confidence_of(answer),
        abstained=abstained,
        answer=answer.to_json(),
    )


def plain_text(answer: Answer) -> str:
    """The answer in words, without numbers of evidence."""
    return _CITATION.sub("", answer.text)


def ranked(answer: Answer, item: Item, resources: Resources) -> Iterator[str]:
    """Ids of nodes of the types asked for, in the order of the evidence, each once."""
    from bbqa.answer.compose import introduces
    from bbqa.choose.support import told_of

    graph = resources.graph
    told: set[int] = set()
    for evidence in answer.evidence:
        for row in () if introduces(evidence) else told_of(evidence, graph):
            if row not in told and graph.type_of(row) in item.types:
                told.add(row)
                yield graph.node_id(row)


def confidence_of(answer: Answer) -> float | None:
    """The mean probability of what is cited; None where none is told."""
    cited = {number for claim in answer.claims for number in claim.citations}
    told = [
        one.probability
        for one in answer.evidence
        if one.number in cited and one.probability is not None
    ]
    return sum(told) / len(told) if told else None
