"""Answers, hits and tables as a person reads them in a terminal.

Everything that comes from outside (names, headers, a model's words) is printed as text: Rich's
markup is never interpreted in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any

from bbqa.ask import cited_text
from bbqa.schema import Answer, Claim, Evidence, Question, Status

if TYPE_CHECKING:
    from rich.console import Console

    from bbqa.card import Card
    from bbqa.choose import Choice
    from bbqa.doctor import Check, ModelRow
    from bbqa.llm.local import LocalServer, OpenModel
    from bbqa.ranking import Row

_STYLE = {
    Status.CURATED: "green",
    Status.COMPUTED: "cyan",
    Status.INFERRED: "yellow",
    Status.PREDICTED: "magenta",
}


@cache
def _console() -> Console:
    from rich.console import Console

    return Console(highlight=False, soft_wrap=False)


class Screen:
    """Shows an answer while it grows: evidence first, then each checked sentence."""

    def __init__(self) -> None:
        self.told = False

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Print the numbered evidence."""
        for note in (note for given in question.inputs for note in given.notes):
            _print(f"note: {note}", style="dim")
        if evidence:
            show_evidence(evidence)
            _print("")

    def on_claim(self, claim: Claim) -> None:
        """Print one sentence; uncertain ones stand apart."""
        if claim.status in (Status.CURATED, Status.COMPUTED):
            _print(cited_text(claim))
        else:
            _print(f"Not curated ({claim.status}): {cited_text(claim)}", style=_STYLE[claim.status])


def show_evidence(evidence: Sequence[Evidence]) -> None:
    """Print evidence as a table: number, status, statement, source."""
    from rich.text import Text

    table = _table("#", "status", "statement", "source")
    for item in evidence:
        source = f"{item.source} ({item.release})" if item.release else item.source
        if item.because and item.status not in (Status.CURATED, Status.COMPUTED):
            source = f"{source}; {item.because}"
        if item.disagrees:
            source = f"{source}; disagrees with {', '.join(map(str, item.disagrees))}"
        table.add_row(
            Text(str(item.number)),
            Text(item.status, style=_STYLE[item.status]),
            Text(item.statement),
            Text(source),
        )
    _console().print(table)


def show_answer(answer: Answer, *, trace: bool = False) -> None:
    """Print what follows the sentences: what was not found, dropped or slow."""
    if closing := answer.text.removeprefix(" ".join(map(cited_text, answer.claims))).strip():
        _print(closing)
    if answer.note:
        _print(f"note: {answer.note}", style="yellow")
    if answer.dropped:
        count = len(answer.dropped)
        plural = "sentence was" if count == 1 else "sentences were"
        _print(f"{count} {plural} dropped: the evidence does not support it.", style="dim")
    if trace:
        _show_trace(answer)
    timings = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in answer.timings_s.items())
    _print(f"\n{answer.status}, written by {answer.written_by}; {timings}", style="dim")


def show_choice(choice: Choice, options: Sequence[str], *, trace: bool = False) -> None:
    """Print the evidence, what it says, and how probable that makes each option."""
    from rich.text import Text

    screen = Screen()
    screen.on_evidence(choice.answer.question, choice.answer.evidence)
    for claim in choice.answer.claims:
        screen.on_claim(claim)
    table = _table("p", "option")
    for option, probability in zip(options, choice.probabilities, strict=True):
        style = "bold" if option == choice.option else ""
        table.add_row(Text(f"{probability:.2f}", style=style), Text(option, style=style))
    _print("")
    _console().print(table)
    _print("")
    show_answer(choice.answer, trace=trace)


def _show_trace(answer: Answer) -> None:
    for given in answer.question.inputs:
        _print(f"input     {given.label}: {given.modality}, {given.value[:60]}", style="dim")
    for step in answer.steps:
        arguments = ", ".join(f"{name}={value}" for name, value in step.arguments.items())
        tokens = step.prompt_tokens + step.completion_tokens
        cost = f"{step.seconds:.2f} s" + (f", {tokens} tokens" if tokens else "")
        _print(f"step      {step.name}({arguments}) {cost}  {step.note}", style="dim")
    for dropped in answer.dropped:
        _print(f"dropped   {dropped.text} {list(dropped.citations)}", style="dim")
        _print(f"          {dropped.reason}", style="dim")
    for name, value in answer.record.items():
        _print(f"{name:<9} {value}", style="dim")


def show_hits(row: Row) -> None:
    """Print the ranked nodes of one input."""
    from rich.text import Text

    _print(f"{row.given.label}  {row.given.name or row.given.given}")
    if not row.hits:
        _print(f"  nothing found of type {row.to}")
        return
    table = _table("#", "id", "name", "score", "p", "status", "because")
    for rank, hit in enumerate(row.hits, start=1):
        sure = "" if hit.probability is None else f"{hit.probability:.2f}"
        status = "speculative" if hit.speculative else hit.status
        cells = (str(rank), hit.id, hit.name, f"{hit.score:.2f}", sure, status, hit.because)
        table.add_row(*map(Text, cells))
    _console().print(table)


def show_card(card: Card) -> None:
    """Print a node: its names, its definition, its facts by relation."""
    _print(f"{card.node.name}  {card.node.id}  {card.node.type}", style="bold")
    if card.node.synonyms:
        _print(f"also called: {'; '.join(card.node.synonyms[:8])}")
    if card.text:
        _print(card.text)
    for group in card.facts:
        _print(f"\n{group.relation}  ({len(group.statements)} of {group.total})", style="bold")
        for statement, source in group.statements:
            _print(f"  {statement}  [{source}]")


def show_stats(counts: Mapping[str, Any]) -> None:
    """Print the counts of a graph, one table for each group."""
    for title, group in counts.items():
        if not isinstance(group, Mapping):
            _print(f"{title}: {group}")
            continue
        _print(f"\n{title}", style="bold")
        for name, value in group.items():
            _print(f"  {name:<48} {value:>12,}" if isinstance(value, int) else f"  {name}: {value}")


def show_models(rows: Iterable[ModelRow]) -> None:
    """Print models and data, one line each."""
    from rich.text import Text

    table = _table("name", "here", "size", "licence", "purpose", "from")
    for row in rows:
        cells = (
            row.name,
            "yes" if row.here else "no",
            f"{row.size_bytes / 1e6:,.1f} MB",
            row.licence,
            row.purpose,
            " | ".join(row.where_from),
        )
        table.add_row(*map(Text, cells))
    _console().print(table)


def show_better_models(
    models: Sequence[OpenModel], servers: Sequence[LocalServer], *, memory_bytes: int | None
) -> None:
    """Print servers found on this machine, and models that would fit it."""
    for server in servers:
        _print(f"\n{server.name} runs at {server.url} and has {', '.join(server.models)}")
        where = "" if server.spec == "ollama" else f"BBQA_BASE_URL={server.url} "
        _print(f"  {where}bbqa ask … --llm {server.spec}:{server.models[0]}")
    if not models:
        return
    free = "" if memory_bytes is None else f" ({memory_bytes / 1e9:.0f} GB of memory free)"
    _print(f"\nBetter models that fit this machine{free}, not measured with bbqa:")
    for model in models:
        _print(f"{model.name}: {model.purpose}; {model.licence}")
        _print(f"  {model.size_gb:g} GB, takes {model.memory_gb:g} GB; Ollama {model.ollama}")
        _print(f"  GGUF {model.gguf}")
    first = models[-1]
    _print(f"ollama pull {first.ollama} && bbqa ask … --llm ollama:{first.ollama}")
    _print("or a GGUF file (its hash stands at its publisher's): --llm embedded:FILE.gguf")


def show_checks(checks: Sequence[Check]) -> None:
    """Print what was checked, and for what is wrong the command that mends it."""
    marks = {"ok": ("ok  ", "green"), "warn": ("warn", "yellow"), "fail": ("FAIL", "red")}
    for check in checks:
        mark, style = marks[check.status]
        _print(f"{mark}  {check.name}: {check.found}", style=style)
        if check.mend:
            _print(f"      mend it: {check.mend}")


def _table(*columns: str) -> Any:  # noqa: ANN401
    from rich.table import Table

    table = Table(box=None, pad_edge=False, show_edge=False, header_style="dim")
    for name in columns:
        table.add_column(name, overflow="fold", no_wrap=name in ("#", "status", "score"))
    return table


def _print(text: str, *, style: str = "") -> None:
    from rich.text import Text

    _console().print(Text(text, style=style))
