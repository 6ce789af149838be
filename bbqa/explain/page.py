"""An explanation as one HTML file that needs nothing else: no network, no script.

The skeleton is ``report.html``, its style and pieces ``bbqa.markup``'s. Whatever comes from outside
goes through ``text`` and is shown, never interpreted; the page's own policy forbids scripts and
anything from elsewhere besides.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from bbqa.explain import Explanation
from bbqa.explain.paths import Branch
from bbqa.explain.wording import (
    ENDED,
    MEANING,
    arguments_of,
    cost_of,
    facts_of,
    manifest_of,
    source_of,
    trust_of,
)
from bbqa.fasta import printable
from bbqa.markup import badge, frame, pairs, style, table, text
from bbqa.schema import Claim, Dropped, Evidence, Input, Modality, Step

SKELETON: Final = Path(__file__).with_name("report.html")
_LINE: Final = 60
MAX_RESIDUES: Final = 35_000

Section = tuple[str, str, str]
"""Anchor, title and content of one part of the page; without content it is left out."""


def page(explanation: Explanation) -> str:
    """The whole page as HTML."""
    answer = explanation.answer
    parts = [part for part in _sections(explanation) if part[2]]
    question = text(answer.question.text)
    return Template(SKELETON.read_text(encoding="utf-8")).substitute(
        style=style(),
        title=f"{text(answer.question.text[:120])} · bbqa",
        question=question,
        status=text(answer.status.replace("_", " ")),
        ended=text(ENDED[answer.status]),
        contents="\n".join(f'<li><a href="#{name}">{title}</a></li>' for name, title, _ in parts),
        sections="\n".join(
            f'<section id="{name}" aria-labelledby="{name}-title">\n'
            f'<h2 id="{name}-title">{title}</h2>\n{content}\n</section>'
            for name, title, content in parts
        ),
    )


def _sections(explanation: Explanation) -> list[Section]:
    """The parts of the page in the order in which a person reads them."""
    answer = explanation.answer
    return [
        ("answer", "Answer", _answer(explanation)),
        ("about", "What it is about", _inputs(answer.question.inputs)),
        ("molecules", "Molecules", _drawings(explanation)),
        ("dropped", "Dropped sentences", _dropped(answer.dropped)),
        ("disagreements", "Disagreements", _disagreements(explanation)),
        ("paths", "Paths", "\n".join(map(_tree, explanation.paths))),
        ("evidence", "All evidence", _evidence(answer.evidence)),
        ("alignments", "Best homologues", _alignments(explanation)),
        ("steps", "Steps", _steps(answer.steps)),
        ("manifest", "Manifest", pairs(manifest_of(answer))),
    ]


# the parts


def _answer(explanation: Explanation) -> str:
    answer = explanation.answer
    sentences = "\n".join(_sentence(claim, explanation.cited(claim)) for claim in answer.claims)
    parts = [f'<ol class="sentences">\n{sentences}\n</ol>'] if sentences else []
    if closing := explanation.closing():
        parts.append(f'<p class="closing">{text(closing)}</p>')
    if answer.note:
        parts.append(f'<p class="note">Note: {text(answer.note)}</p>')
    return "\n".join(parts) or "<p>There is no sentence in this answer.</p>"


def _sentence(claim: Claim, cited: Sequence[Evidence]) -> str:
    numbers = "".join(f" {_link(number)}" for number in claim.citations)
    rests = "\n".join(
        f"<li>{_link(item.number)} {badge(item.status)} {text(item.statement)} "
        f'<span class="soft">({text(source_of(item))})</span></li>'
        for item in cited
    )
    below = f'\n<ul class="rests" aria-label="rests on">\n{rests}\n</ul>' if rests else ""
    return (
        f'<li><p class="claim">{badge(claim.status)} {text(claim.text.rstrip(". "))}{numbers}.'
        f"</p>{below}</li>"
    )


def _inputs(inputs: Sequence[Input]) -> str:
    cards = "\n".join(
        f'<div class="card"><h3>{text(given.label)}</h3>\n{pairs(facts_of(given))}'
        f"{_residues(given)}</div>"
        for given in inputs
    )
    return f'<div class="inputs">\n{cards}\n</div>' if cards else ""


def _residues(given: Input) -> str:
    if given.modality is not Modality.PROTEIN:
        return ""
    sequence = printable(given.value, MAX_RESIDUES)
    lines = (sequence[first : first + _LINE] for first in range(0, len(sequence), _LINE))
    return (
        "\n<details><summary>Sequence</summary>"
        f'<pre tabindex="0">{escape(chr(10).join(lines))}</pre></details>'
    )


def _drawings(explanation: Explanation) -> str:
    figures = []
    for drawing in explanation.drawings:
        label, name = text(drawing.label), text(drawing.name)
        shown = drawing.svg.replace("<svg", f'<svg role="img" aria-label="Structure of {label}"', 1)
        if drawing.missing:
            shown = f'<p class="note">It cannot be drawn: {text(drawing.missing)}</p>'
        figures.append(
            f"<figure>{shown}\n<figcaption><strong>{label}</strong> {name}</figcaption></figure>"
        )
    return f'<div class="drawings">\n{chr(10).join(figures)}\n</div>' if figures else ""


def _dropped(dropped: Sequence[Dropped]) -> str:
    rows = (
        (
            badge(item.verdict),
            f"{text(item.text)} {''.join(map(_link, item.citations))}",
            text(item.reason),
        )
        for item in dropped
    )
    about = "<p>The model wrote these; what they cite does not say so.</p>\n"
    listed = table("Dropped sentences", ("verdict", "sentence", "why"), rows)
    return about + listed if dropped else ""


def _disagreements(explanation: Explanation) -> str:
    opposed = "\n".join(
        f"<li><p>{_said(one)}</p><p>against</p><p>{_said(two)}</p></li>"
        for one, two in explanation.disagreements()
    )
    return f'<ul class="sentences">\n{opposed}\n</ul>' if opposed else ""


def _said(item: Evidence) -> str:
    source = f'<span class="soft">({text(source_of(item))})</span>'
    return f"{_link(item.number)} {badge(item.status)} {text(item.statement)} {source}"


def _tree(root: Branch) -> str:
    return f'<ul class="tree" tabindex="0">{_branch(root)}</ul>'


def _branch(branch: Branch) -> str:
    source = f' <span class="soft">({text(branch.source)})</span>' if branch.source else ""
    numbers = "".join(f" {_link(number)}" for number in branch.numbers)
    below = "".join(map(_branch, branch.branches))
    below = f"\n<ul>{below}</ul>" if below else ""
    return f"<li>{text(branch.statement)}{source}{numbers}{below}</li>\n"


def _evidence(evidence: Sequence[Evidence]) -> str:
    if not evidence:
        return ""
    statuses = dict.fromkeys(item.status for item in evidence)
    legend = " · ".join(f"{badge(status)} {text(MEANING[status])}" for status in statuses)
    columns = ("#", "status", "statement", "about", "source", "sure", "because")
    rows = "\n".join(
        f'<tr id="e{item.number}"><th scope="row">{item.number}</th>'
        f'<td>{badge(item.status)}</td><td class="wide">{text(item.statement)}</td>'
        f"<td>{text(item.about)}</td><td>{text(source_of(item))}</td>"
        f"<td>{text(trust_of(item))}</td><td>{text(item.because)}</td></tr>"
        for item in evidence
    )
    return f'<p class="soft">{legend}</p>\n' + frame("All evidence", columns, rows)


def _alignments(explanation: Explanation) -> str:
    parts = []
    for aligned in explanation.alignments:
        title = f"<h3>{text(aligned.label)} and {text(aligned.accession)}</h3>"
        shown = (
            f'<p class="note">No alignment: {text(aligned.missing)}</p>'
            if aligned.missing
            else f'<div class="scroll"><pre tabindex="0">{escape(aligned.text)}</pre></div>'
        )
        parts.append(f"{title}\n{shown}")
    return "\n".join(parts)


def _steps(steps: Sequence[Step]) -> str:
    columns = ("step", "arguments", "evidence", "cost", "what came of it")
    rows = (
        (
            text(step.name) + (' <span class="badge failed">failed</span>' if step.failed else ""),
            text(arguments_of(step)),
            " ".join(map(_link, step.evidence)),
            text(cost_of(step)),
            text(step.note),
        )
        for step in steps
    )
    return table("Steps", columns, rows) if steps else ""


# pieces


def _link(number: int) -> str:
    return f'<a href="#e{number}" aria-label="evidence {number}">[{number}]</a>'
