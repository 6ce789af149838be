"""What an answer costs: calls and tokens of the model, and bbqa's own time beside the model's.

The model is wrapped, so that every call is counted and timed wherever it is made. The overhead is
all the time of an answer that the model does not account for, as a share of the model's time for
the same calls in the same run.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Final

from bbqa.ask import ask
from bbqa.eval.measured import Number
from bbqa.llm import LLM, Message, Schema, Usage
from bbqa.llm.around import Around
from bbqa.resources import Resources
from bbqa.schema import Answer, Claim, Evidence, Question

EGFR: Final = "P00533"
QUESTIONS: Final[tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]] = (
    ("What does this protein do?", (EGFR,), ()),
    ("Where in the cell is this protein found?", ("P04637",), ()),
    ("Which diseases is BRCA1 linked to?", (), ()),
    ("Which proteins does this drug act on?", (), ("imatinib",)),
    ("Which drugs act on proteins that interact with this one?", ("P38398",), ()),
    ("Does this molecule act on this protein?", (EGFR,), ("erlotinib",)),
    ("How could imatinib help against leukemia?", (), ()),
    ("What is the molecular weight of aspirin?", (), ()),
)
"""Simple and multi-hop questions, about one thing and about two."""


class Counted(Around):
    """A language model that notes what each call cost.

    Args:
        llm: The model that does the work.

    Attributes:
        usages: What the calls cost.
    """

    def __init__(self, llm: LLM) -> None:
        super().__init__(llm)
        self.usages: list[Usage] = []

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The model's own reply; what it cost is noted when it ends."""
        pieces = self._llm.stream(messages, schema=schema, max_tokens=max_tokens, stop=stop)
        try:
            yield from pieces
        finally:
            if self.last is not None:
                self.usages.append(self.last)


class _FirstEvidence:
    """Notes when the evidence comes."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.seconds = 0.0

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Note the time."""
        self.seconds = time.perf_counter() - self.start

    def on_answer(self, answer: Answer) -> None:
        """Nothing to note."""

    def on_claim(self, claim: Claim) -> None:
        """Nothing to note."""


def bench_agent(resources: Resources) -> Iterator[Number]:
    """Calls, tokens and times of the questions, asked one after the other of one open model."""
    counted = Counted(resources.llm)
    warm = resources.with_llm(counted)
    ask(*QUESTIONS[0][:1], seq=QUESTIONS[0][1], resources=warm)
    calls, tokens, evidence, totals, overheads = [], [], [], [], []
    for text, seq, smiles in QUESTIONS:
        counted.usages.clear()
        watch = _FirstEvidence()
        ask(text, seq=seq, smiles=smiles, resources=warm, listener=watch)
        total = time.perf_counter() - watch.start
        model = sum(usage.total_s for usage in counted.usages)
        calls.append(len(counted.usages))
        tokens.append(sum(u.prompt_tokens + u.completion_tokens for u in counted.usages))
        evidence.append(watch.seconds)
        totals.append(total)
        if model:
            overheads.append((total - model) / model)
    beside = f"{len(QUESTIONS)} questions, default model"
    yield Number("agent: calls of the model per question, mean", statistics.mean(calls), "", beside)
    yield Number("agent: calls of the model per question, most", max(calls), "2", beside)
    yield Number("agent: tokens per question, mean", statistics.mean(tokens), "", beside)
    yield Number("agent: first evidence, warm, s, median", statistics.median(evidence), "1.5")
    yield Number("agent: first evidence, warm, s, slowest", max(evidence), "1.5")
    yield Number("agent: whole answer, s, median", statistics.median(totals), "", beside)
    yield Number(
        "agent: bbqa's own time as a share of the model's, median",
        statistics.median(overheads),
        "under 0.10",
        "the model's time for the same calls",
    )
