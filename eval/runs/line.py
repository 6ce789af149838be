"""A line of ``items.jsonl``: an item that was asked, and what came back, as lean as it can be.

==============  ===============================================================================
``line``        place of the item in the run, from 1
``id``          the item's
``digest``      16 hex digits over the whole item, what is not kept of it included
``outcome``     ``answered``, ``abstained``, ``error``, or ``failed`` if the language model did
``item``        what reports and scores need of the item, see ``Item``; a sequence is told by its
                length and digest, long texts are cut, and hidden nodes are only counted
``response``    ``Response``; of an answer's evidence what a sentence cites
``names``       names of the nodes of gold and response, by their ids
==============  ===============================================================================

Nothing here changes while a run lasts: two runs of the same program over the same things give the
same lines, but for seconds.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.schema import NodeType

MAX_TEXT: Final = 600
"""Letters that are kept of an item's context, each reference, and each statement of evidence."""
MAX_REFERENCE: Final = 4_000
MAX_EVIDENCE: Final = 20
"""Statements of gold evidence that are kept."""
MAX_RANKED: Final = 50
"""Ranked nodes that are kept; Hit@k is asked of no more than ten."""
ANSWERED: Final = "answered"
ABSTAINED: Final = "abstained"
ERROR: Final = "error"
FAILED: Final = "failed"

_CUT_STEPS: Final = ("name", "seconds", "prompt_tokens", "completion_tokens", "note", "failed")
_CUT_EVIDENCE: Final = (
    "number",
    "statement",
    "kind",
    "status",
    "source",
    "release",
    "nodes",
    "type",
    "score",
    "probability",
    "because",
    "about",
)


@dataclass(frozen=True, slots=True)
class Finished:
    """One item that was asked.

    Attributes:
        line: Its place in the run, from 1.
        digest: Over the whole item.
        item: What is kept of it.
        response: What came back.
        names: Names of the nodes of gold and response, by their ids.
    """

    line: int
    digest: str
    item: Item
    response: Response
    names: Mapping[str, str]


def item_digest(item: Item) -> str:
    """16 hex digits that change with anything in an item."""
    text = json.dumps(_plain(asdict(item)), sort_keys=True, ensure_ascii=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def to_line(
    number: int, item: Item, response: Response, names: Mapping[str, str], *, failed: bool
) -> dict[str, Any]:
    """A finished item as JSON.

    Args:
        number: Its place in the run, from 1.
        item: The item.
        response: What came back.
        names: Names of nodes, by their ids.
        failed: Whether the language model failed, so that the item may be asked again.
    """
    return {
        "line": number,
        "id": item.id,
        "digest": item_digest(item),
        "outcome": FAILED if failed else outcome_of(response),
        "item": _kept_item(item),
        "response": _kept_response(response),
        "names": dict(names),
    }


def from_line(value: Mapping[str, Any]) -> Finished:
    """The finished item that a line tells of.

    Raises:
        KeyError, ValueError, TypeError: It is no such line.
    """
    item = dict(value["item"])
    item["form"] = Form(item["form"])
    item["types"] = tuple(NodeType(name) for name in item["types"])
    response = dict(value["response"])
    return Finished(
        line=value["line"],
        digest=value["digest"],
        item=Item(**_tuples(item)),
        response=Response(**_tuples(response)),
        names=value["names"],
    )


def outcome_of(response: Response) -> str:
    """How an item ended, in a word."""
    if response.error:
        return ERROR
    return ABSTAINED if response.abstained else ANSWERED


def outcome_in(value: Mapping[str, Any]) -> str:
    """The outcome that a line tells.

    Raises:
        KeyError, ValueError: It is no line of a run.
    """
    if not {"item", "response", "digest"} <= value.keys():
        raise ValueError("it has no item, response or digest")
    return str(value["outcome"])


def lean_answer(answer: Mapping[str, Any]) -> dict[str, Any]:
    """An answer's JSON without what a report does not show; ``Answer.from_json`` still reads it.

    Left out are the record, which is the run's, arguments of steps, evidence that no sentence
    cites (``evidence_found`` counts it by kind), and residues of sequences.
    """
    plain = _plain(answer)
    sentences = [*plain.get("claims", ()), *plain.get("dropped", ())]
    cited = {number for sentence in sentences for number in sentence["citations"]}
    evidence = plain.get("evidence", ())
    lean = {key: value for key, value in plain.items() if key != "record"}
    lean["question"] = _lean_question(plain["question"])
    lean["evidence"] = [_only(one, _CUT_EVIDENCE) for one in evidence if one["number"] in cited]
    lean["evidence_found"] = dict(sorted(Counter(one["kind"] for one in evidence).items()))
    lean["steps"] = [_only(one, _CUT_STEPS) for one in plain.get("steps", ())]
    return lean


def sequence_in_words(sequence: str) -> str:
    """``220 residues, 5e8a03c1``: what is kept of a sequence."""
    return f"{len(sequence)} residues, {hashlib.sha256(sequence.encode()).hexdigest()[:8]}"


def _kept_item(item: Item) -> dict[str, Any]:
    longest = 200 if item.form is Form.ENTITIES else MAX_REFERENCE
    kept = replace(
        item,
        gold=tuple(_cut(text, longest) for text in item.gold),
        seq=tuple(map(sequence_in_words, item.seq)),
        context=_cut(item.context, MAX_TEXT),
        evidence=tuple(_cut(text, MAX_TEXT) for text in item.evidence[:MAX_EVIDENCE]),
        hidden=(),
    )
    value: dict[str, Any] = _plain(asdict(kept))
    return {key: part for key, part in value.items() if part or key in _ALWAYS}


_ALWAYS: Final = ("id", "form", "question", "gold", "types", "bins")


def _kept_response(response: Response) -> dict[str, Any]:
    answer = None if response.answer is None else lean_answer(response.answer)
    kept = replace(response, answer=answer, ranked=response.ranked[:MAX_RANKED])
    value: dict[str, Any] = _plain(asdict(kept))
    return {key: part for key, part in value.items() if part != _UNSAID[key]}


def _lean_question(question: Mapping[str, Any]) -> dict[str, Any]:
    inputs = [
        {**one, "value": "" if one["modality"] == "protein" else one["value"]}
        for one in question["inputs"]
    ]
    return {**question, "inputs": inputs}


def _only(value: Mapping[str, Any], keys: Sequence[str]) -> dict[str, Any]:
    return {key: value[key] for key in keys if key in value}


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[:longest]}…"


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is anything
    """A value as it comes back from JSON: so that what is compared has been written."""
    return json.loads(json.dumps(value, ensure_ascii=False, default=str))


def _tuples(value: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(part) if isinstance(part, list) else part for key, part in value.items()}


_UNSAID: Final[Mapping[str, Any]] = _plain(asdict(Response()))
"""What is not written of a response, because it says nothing."""
