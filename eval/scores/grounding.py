"""Whether what an answer cites holds the right answer: only for answers with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.scores.statistics import Floats, Measure, mean_of, share_of

METRICS: Final = {
    "citation precision": (
        "Share of an answer's citations that are right, mean over items with any; a citation is "
        "right if its evidence is about a right node."
    ),
    "citation recall": (
        "Share of an answer's sentences with at least one right citation, mean over items with "
        "any sentence."
    ),
    "supported sentences": (
        "Share of the sentences that were written which their evidence supports: claims of all "
        "answers, divided by claims and dropped sentences."
    ),
}


def numbers_of(item: Item, response: Response) -> Mapping[str, float]:
    """Shares of right citations, and how many sentences were kept and written.

    An answer without a sentence counts nowhere; neither does an answerer without evidence.
    """
    if response.answer is None:
        return {}
    claims = response.answer.get("claims", ())
    written = len(claims) + len(response.answer.get("dropped", ()))
    numbers = {"kept": float(len(claims)), "written": float(written)}
    if item.form is Form.ENTITIES and item.answerable and claims:
        numbers |= _citations(claims, _right_evidence(response.answer, set(item.gold)))
    return numbers


def _right_evidence(answer: Mapping[str, Any], gold: set[str]) -> set[int]:
    """Numbers of the evidence that is about a right node."""
    return {item["number"] for item in answer.get("evidence", ()) if gold & set(item["nodes"])}


def _citations(claims: Sequence[Mapping[str, Any]], right: set[int]) -> dict[str, float]:
    cited = [number for claim in claims for number in claim["citations"]]
    numbers = {
        "citation recall": sum(bool(right & set(claim["citations"])) for claim in claims)
        / len(claims)
    }
    if cited:
        numbers["citation precision"] = sum(number in right for number in cited) / len(cited)
    return numbers


def measures(columns: Mapping[str, Floats]) -> list[Measure]:
    """Precision and recall of citations, and the share of supported sentences."""
    found: list[Measure] = [
        mean_of(metric, columns[metric])
        for metric in ("citation precision", "citation recall")
        if metric in columns
    ]
    if "kept" in columns:
        found.append(share_of("supported sentences", columns["kept"], columns["written"]))
    return found
