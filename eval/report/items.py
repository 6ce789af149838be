"""Items as JSON inside the page: as many as fit, each as lean as it can be told.

What comes from outside is data twice over: ``embedded`` writes no letter that could end the
script element, and the page's script only ever sets text.
"""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from hashlib import sha256
from typing import Any, Final

from bbqa.eval.benchmarks import Form, Item, Response
from bbqa.eval.report.charts import shown
from bbqa.eval.report.sheet import Sheet, status_words, verdict_of
from bbqa.eval.runs import Finished
from bbqa.eval.scores import verdict
from bbqa.explain.wording import source_of, trust_of
from bbqa.markup import clean
from bbqa.progress import Bar
from bbqa.schema import Evidence, Kind, NodeType, Status

BUDGET_BYTES: Final = 24_000_000
"""What all items together may take, so that the page stays below 30 MB."""
MAX_EVIDENCE: Final = 25
"""Statements that are shown of one answer."""
MAX_NODES: Final = 60
"""Nodes that are shown of one answer, and of what is right."""
_HARMLESS: Final = str.maketrans({"<": "\\u003c", ">": "\\u003e", "&": "\\u0026"})
_NO_EVIDENCE: Final = Evidence(
    0, "", Kind.FACT, Status.PREDICTED, "", "", (), NodeType.PROTEIN, 0.0
)

Told = dict[str, Any]
Pool = dict[tuple[str, ...], int]
"""Statements of evidence with their place: the same one is told once for all who rest on it."""


def embedded(sheets: Sequence[Sheet], *, budget: int, bar: Bar) -> tuple[str, int]:
    """All items as JSON that a script element can hold, and how many of them there are.

    Args:
        sheets: Where they are from.
        budget: Bytes that all items may take; what is more is left out, by chance.
        bar: Advanced by one for each item.
    """
    listed: list[str] = []
    for number, sheet in enumerate(sheets):
        left = budget - sum(map(len, listed))
        listed += _fitting(number, sheet, left // (len(sheets) - number), bar)
    about = [{"name": sheet.card.name, "columns": _names(sheet)} for sheet in sheets]
    return f'{{"sheets":{_json(about)},"items":[\n{",".join(listed)}\n]}}', len(listed)


def ids_of(sheet: Sheet) -> list[str]:
    """Ids of all items that any run of a sheet has, in the order of the runs."""
    return list(dict.fromkeys(id for column in sheet.columns for id in column.places))


def _names(sheet: Sheet) -> list[str]:
    return [clean(column.name) for column in sheet.columns]


def _fitting(number: int, sheet: Sheet, budget: int, bar: Bar) -> list[str]:
    """Items in their order; where not all fit, a sample that is the same every time."""
    ids = ids_of(sheet)
    by_chance = sorted(ids, key=lambda id: sha256(id.encode("utf-8", "replace")).digest())
    told: dict[str, str] = {}
    for id in by_chance:
        text = _json(_told(number, sheet, id))
        bar.advance(1)
        budget -= len(text) + 1
        if budget < 0:
            break
        told[id] = text
    return [told[id] for id in ids if id in told]


def _json(value: object) -> str:
    """JSON in ASCII without a letter that means anything to a reader of HTML."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    return text.translate(_HARMLESS)


def _told(number: int, sheet: Sheet, id: str) -> Told:
    """One item with what each column answered."""
    found = [
        (who, column.run.finished[column.places[id]])
        for who, column in enumerate(sheet.columns)
        if id in column.places
    ]
    pool: Pool = {}
    answers = [_answer(who, one, pool) for who, one in found]
    _, first = found[0]
    return _said(
        {
            "sheet": number,
            **_question(first.item, first.names),
            "answers": answers,
            "pool": [list(statement) for statement in pool],
        }
    )


def _question(item: Item, names: Mapping[str, str]) -> Told:
    return {
        "id": clean(item.id),
        "form": item.form.value,
        "question": clean(item.question),
        "gold": [[clean(gold), clean(names.get(gold, ""))] for gold in item.gold[:MAX_NODES]],
        "moreGold": max(0, len(item.gold) - MAX_NODES),
        "options": list(map(clean, item.options)),
        "context": clean(item.context),
        "inputs": list(map(clean, (*item.seq, *item.smiles))),
        "bins": [clean(f"{name}: {value}") for name, value in item.bins.items()],
        "holds": list(map(clean, item.evidence)),
    }


def _answer(who: int, one: Finished, pool: Pool) -> Told:
    item, response = one.item, one.response
    answer = response.answer or {}
    evidence = list(_evidence(answer))
    return _said(
        {
            "column": who,
            "verdict": verdict_of(item, response).value,
            "text": clean(response.text),
            "choice": clean(response.choice),
            "nodes": [
                [clean(id), clean(one.names.get(id, "")), int(id in item.gold)]
                for id in response.nodes[:MAX_NODES]
            ],
            "moreNodes": max(0, len(response.nodes) - MAX_NODES),
            "value": _value(item, response),
            "confidence": _share(response.confidence),
            "ended": status_words(answer),
            "note": clean(answer.get("note", "")),
            "error": clean(response.error),
            "evidence": [
                [item.number, pool.setdefault(_statement(item), len(pool))]
                for item in evidence[:MAX_EVIDENCE]
            ],
            "moreEvidence": max(0, len(evidence) - MAX_EVIDENCE),
            "dropped": [
                [clean(one.get(key, "")) for key in ("text", "verdict", "reason")]
                for one in answer.get("dropped", ())
            ],
            "cost": _cost(response),
        }
    )


def _value(item: Item, response: Response) -> str:
    """``entity F1 0.667``; nothing where right or wrong says it all."""
    if response.error or response.abstained or item.form is Form.CHOICE or not item.answerable:
        return ""
    metric, value = verdict(item, response)
    return f"{metric} {shown(value)}"


def _share(confidence: float | None) -> str:
    told = confidence is not None and math.isfinite(confidence)
    return f"{confidence:.2f}" if told else ""


def _evidence(answer: Mapping[str, Any]) -> Iterator[Evidence]:
    """The evidence of an answer's JSON; what a leaner or older one lacks is empty."""
    known = Evidence.__slots__
    for stored in answer.get("evidence", ()):
        values = {name: stored.get(name, getattr(_NO_EVIDENCE, name)) for name in known}
        yield Evidence(**values)


def _statement(item: Evidence) -> tuple[str, ...]:
    parts = (item.status, item.statement, source_of(item), trust_of(item), item.because)
    return tuple(map(clean, parts))


def _cost(response: Response) -> str:
    """``1.2 s, 2 calls, 812 + 93 tokens``."""
    seconds = f"{response.seconds:.1f} s"
    if not response.llm_calls:
        return seconds
    calls = f"{response.llm_calls} {'call' if response.llm_calls == 1 else 'calls'}"
    tokens = f"{response.prompt_tokens:,} + {response.completion_tokens:,} tokens"
    return f"{seconds}, {calls}, {tokens}"


def _said(value: Told) -> Told:
    """Without what says nothing; the number of a sheet or column may be 0."""
    return {
        key: part for key, part in value.items() if part or key in ("sheet", "column", "answers")
    }
