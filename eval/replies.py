"""Asking bbqa a set of questions, and keeping what it said, so that an interrupted run goes on.

A reply is kept as a line of JSON with what judging needs of it, and nothing more.
"""

from __future__ import annotations

import hashlib
import json
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import BbqaError
from bbqa.eval.labelled import commit
from bbqa.progress import Progress
from bbqa.schema import Answer

if TYPE_CHECKING:
    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

AMINO_ACIDS: Final = "ACDEFGHIKLMNPQRSTVWY"
FAILED: Final = "failed"
"""Status of a reply that did not come."""

Row = Mapping[str, Any]
"""A labelled question, as it stands in its file."""


@dataclass(frozen=True, slots=True)
class Cited:
    """What judging needs of a cited statement."""

    kind: str
    status: str
    nodes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence of a reply: its words, its status, and the statements that it cites."""

    text: str
    status: str
    cited: tuple[Cited, ...]


@dataclass(frozen=True, slots=True)
class Reply:
    """What bbqa said to one question.

    Attributes:
        id: The question's.
        digest: Of the question as it was asked; another one is asked again.
        commit: Of the program that replied.
        status: The answer's, or ``failed``.
        text: The whole answer, or why there is none.
        said: Its sentences.
        seconds: From question to answer.
        llm_calls: How often the language model was asked.
    """

    id: str
    digest: str
    commit: str
    status: str
    text: str
    said: tuple[Said, ...]
    seconds: float
    llm_calls: int


Asker = Callable[..., Answer]


def asked(
    rows: Sequence[Row],
    resources: Resources,
    *,
    use_llm: bool,
    kept: Path | None,
    asker: Asker | None,
    progress: Progress,
) -> list[Reply]:
    """A reply to each question: from the file where it is there, else asked and added to it."""
    asker = asker or _own_asker()
    known = read_replies(kept)
    version = commit()
    bar = progress.bar("abstention", len(rows), unit="questions")
    replies = []
    for row in rows:
        digest = _digest(row, resources, use_llm=use_llm)
        reply = known.get(digest)
        if reply is None:
            reply = _ask(row, resources, asker, use_llm=use_llm, digest=digest, version=version)
            _keep(reply, kept)
        replies.append(reply)
        bar.advance(1)
    return replies


def read_replies(kept: Path | None) -> dict[str, Reply]:
    """Replies in a file, by digest; those that failed, and a last line cut short, are left out."""
    if kept is None or not kept.exists():
        return {}
    found = {}
    for line in kept.read_text(encoding="utf-8").splitlines():
        try:
            reply = _reply(json.loads(line))
        except (ValueError, KeyError):
            continue
        if reply.status != FAILED:
            found[reply.digest] = reply
    return found


def sequence_of(given: str | Mapping[str, Any], graph: Graph) -> str:
    """The residues that an entry of ``seq`` stands for; the same each time."""
    if isinstance(given, str):
        return _residues(given, graph)
    rng = random.Random(int(given["seed"]))
    if "random" in given:
        return "M" + "".join(rng.choices(AMINO_ACIDS, k=int(given["random"]) - 1))
    residues = list(_residues(str(given["shuffle"]), graph))
    rng.shuffle(residues)
    return "".join(residues)


def smiles_of(drug: str, graph: Graph) -> str:
    """The structure of a drug by its id."""
    row = graph.row(drug)
    number = None if row is None else graph.molecules.index_of_node(row)
    if number is None:
        raise LookupError(f"{drug} has no structure in this graph")
    return graph.molecules.smiles[number]


def _residues(accession: str, graph: Graph) -> str:
    number = graph.sequences.index_of(accession)
    if number is None:
        raise LookupError(f"{accession} has no sequence in this graph")
    return graph.sequences.sequence(number)


def _ask(
    row: Row,
    resources: Resources,
    asker: Asker,
    *,
    use_llm: bool,
    digest: str,
    version: str,
) -> Reply:
    graph = resources.graph
    started = time.perf_counter()
    try:
        answer = asker(
            row["question"],
            seq=[sequence_of(given, graph) for given in row["seq"]],
            smiles=[smiles_of(drug, graph) for drug in row["smiles"]],
            use_llm=use_llm,
            resources=resources,
        )
    except BbqaError as error:
        seconds = round(time.perf_counter() - started, 2)
        return Reply(row["id"], digest, version, FAILED, error.message, (), seconds, 0)
    return Reply(
        id=row["id"],
        digest=digest,
        commit=version,
        status=answer.status,
        text=answer.text,
        said=_said(answer),
        seconds=round(time.perf_counter() - started, 2),
        llm_calls=sum(step.completion_tokens > 0 for step in answer.steps),
    )


def _said(answer: Answer) -> tuple[Said, ...]:
    numbered = {item.number: item for item in answer.evidence}
    return tuple(
        Said(
            text=claim.text,
            status=claim.status,
            cited=tuple(
                Cited(item.kind, item.status, item.nodes)
                for item in (numbered[n] for n in claim.citations if n in numbered)
            ),
        )
        for claim in answer.claims
    )


def _digest(row: Row, resources: Resources, *, use_llm: bool) -> str:
    """Of all that a reply depends on, apart from the program: question, inputs, graph, model."""
    given = [row["question"], row["seq"], row["smiles"], resources.graph.hash]
    model = resources.settings.llm if use_llm else ""
    return hashlib.sha256(json.dumps([*given, model]).encode()).hexdigest()[:16]


def _keep(reply: Reply, kept: Path | None) -> None:
    if kept is None:
        return
    kept.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(asdict(reply), ensure_ascii=False) + "\n"
    with kept.open("a+b") as file:
        # what an interrupted run left of a line must not swallow this one
        if file.tell() and kept.read_bytes()[-1:] != b"\n":
            line = "\n" + line
        file.write(line.encode())


def _reply(row: Mapping[str, Any]) -> Reply:
    said = tuple(
        Said(s["text"], s["status"], tuple(_cited(c) for c in s["cited"])) for s in row["said"]
    )
    return Reply(**{**row, "said": said})


def _cited(item: Mapping[str, Any]) -> Cited:
    return Cited(item["kind"], item["status"], tuple(item["nodes"]))


def _own_asker() -> Asker:
    from bbqa.ask import ask

    return ask
