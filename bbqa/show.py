"""Answers, hits and tables as a person reads them in a terminal.

Everything that comes from outside (names, headers, a model's words) is printed as text: Rich's
markup is never interpreted in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from bbqa.answer.draft import cited_text
from bbqa.layout import SURE, caveats_of, sentences_of, sources_of, status_words
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
    """Shows an answer while it grows, the answer first and what it rests on below it.

    Args:
        evidence: Show all evidence below the answer, rather than how much there is.
        trace: Show the evidence and what each step did.
    """

    def __init__(self, *, evidence: bool = False, trace: bool = False) -> None:
        self._evidence = evidence or trace
        self._trace = trace
        self._said: set[str] = set()
        self._composed: Answer | None = None

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Nothing is printed yet: the answer comes first."""

    def on_answer(self, answer: Answer) -> None:
        """Print the composed answer's sentences; a model may add to them."""
        self._composed = answer
        for sentence in sentences_of(answer):
            self._say(sentence.text, sentence.status)

    def on_claim(self, claim: Claim) -> None:
        """Print one sentence; uncertain ones have a colour."""
        self._say(cited_text(claim), claim.status)

    def stopped(self) -> Answer | None:
        """The composed answer, where it was stopped while a model was still at work."""
        if self._composed is None:
            return None
        return replace(self._composed, note="stopped with Ctrl-C while the model was writing")

    def finish(self, answer: Answer) -> None:
        """Print the sentences that are not on the screen yet, and what follows them."""
        for sentence in sentences_of(answer):
            if sentence.text not in self._said:
                self._say(sentence.text, sentence.status)
        for caveat in caveats_of(answer):
            _print(caveat, style="dim")
        _show_notes(answer)
        _show_sources(answer, whole=self._evidence)
        if self._trace:
            _show_trace(answer)
        ended = f"{status_words(answer.status)}, written by {answer.written_by}"
        _print(f"\n{ended}; {sum(answer.timings_s.values()):.1f} s", style="dim")

    def _say(self, sentence: str, status: Status | None) -> None:
        self._said.add(sentence)
        sure = status is None or status in SURE
        _print(sentence, style="" if sure or status is None else _STYLE[status])


def _show_notes(answer: Answer) -> None:
    """Print how inputs were read, what went wrong, and how much was dropped."""
    for note in (note for given in answer.question.inputs for note in given.notes):
        _print(f"note: {note}", style="dim")
    if answer.note:
        _print(f"note: {answer.note}", style="yellow")
    if count := len(answer.dropped):
        plural = "sentence was" if count == 1 else "sentences were"
        _print(f"{count} {plural} dropped: the evidence does not support it.", style="dim")


def _show_sources(answer: Answer, *, whole: bool) -> None:
    """Print the sources of what is cited, or all evidence."""
    count = len(answer.evidence)
    if not count:
        return
    _print("")
    if whole:
        show_evidence(answer.evidence)
        return
    for line in sources_of(answer):
        _print(line, style="dim")
    items = "1 item" if count == 1 else f"{count} items"
    _print(f"{items} of evidence; --evidence shows {'it' if count == 1 else 'them'}", style="dim")


def show_evidence(evidence: Sequence[Evidence]) -> None:
    """Print evidence as a table: number, status, statement, source."""
    from rich.text import Text

    table = _table("#", "status", "statement", "source")
    for item in evidence:
        source = f"{item.source} ({item.release})" if item.release else item.source
        if item.because and item.status not in SURE:
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


def show_answer(answer: Answer, *, evidence: bool = False, trace: bool = False) -> None:
    """Print a whole answer: its sentences, what is uncertain, and what it rests on.

    Args:
        answer: The answer.
        evidence: Show all evidence below it.
        trace: Show the evidence and what each step did.
    """
    Screen(evidence=evidence, trace=trace).finish(answer)


def show_choice(
    choice: Choice, options: Sequence[str], *, evidence: bool = False, trace: bool = False
) -> None:
    """Print how probable each option is, why, and what that rests on."""
    from rich.text import Text

    table = _table("p", "option")
    for option, probability in zip(options, choice.probabilities, strict=True):
        style = "bold" if option == choice.option else ""
        table.add_row(Text(f"{probability:.2f}", style=style), Text(option, style=style))
    _console().print(table)
    _print("")
    show_answer(choice.answer, evidence=evidence, trace=trace)


def _show_trace(answer: Answer) -> None:
    for given in answer.question.inputs:
        _print(f"input     {given.label}: {given.modality}, {given.value[:60]}", style="dim")
    for step in answer.steps:
        arguments = ", ".join(f"{name}={value}" for name, value in step.arguments.items())
        tokens = step.prompt_tokens + step.completion_tokens
        cost = f"{step.seconds:.2f} s" + (f", {tokens} tokens" if tokens else "")
        _print(f"step      {step.name}({arguments}) {cost}  {step.note}", style="dim")
    timings = ", ".join(f"{step} {seconds:.1f} s" for step, seconds in answer.timings_s.items())
    _print(f"time      {timings}", style="dim")
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
