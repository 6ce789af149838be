"""Whether false sentences are dropped and true ones kept: ``eval/sets/grounding.jsonl``.

    python -m bbqa.eval.grounding [-n N] [--no-llm]

Each row is a sentence with the evidence that it cites and a label: supported, contradicted or
unsupported. A sentence passes if it comes out as a claim that is no surer than its evidence; one
that only lacks a "probably" may come out with it.

The same of expert paraphrases: sentences as a specialist writes them, of several clauses, in other
words than the evidence.

Beside it, counterfactuals: the same question with the sequence shuffled, with another input's
evidence, with none, and with a molecule given as a protein. The answer has to change, or bbqa has
to say that it does not know.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter

from bbqa.agent import gather
from bbqa.answer.compose import compose
from bbqa.errors import InputError
from bbqa.eval.ground_floor import floor
from bbqa.eval.labelled import (
    SPLITS,
    in_words,
    opened,
    rate,
    read_rows,
    what_was_run,
    write_results,
)
from bbqa.ground import Lexicon, ground
from bbqa.outcome import status_of
from bbqa.progress import Progress, Silent
from bbqa.question.read import read_question
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Dropped,
    Evidence,
    Input,
    Modality,
    Question,
)

if TYPE_CHECKING:
    from bbqa.resources import Resources

AIMS: Final = {"unsupported_passed": "at most .02", "supported_kept": "at least .95"}
SUPPORTED: Final = "supported"
ABSTAINED: Final = frozenset(
    {
        AnswerStatus.NO_EVIDENCE,
        AnswerStatus.NOT_HELD,
        AnswerStatus.UNKNOWN_NAME,
        AnswerStatus.UNSURE,
        AnswerStatus.OUT_OF_SCOPE,
        AnswerStatus.FALSE_PREMISE,
    }
)
PROTEINS: Final = (
    "P00533", "P01308", "P38398", "P68871", "P00439", "P01130", "P10275", "P12821", "P35498",
    "P02768", "P15056", "P08684",
)  # fmt: skip
"""UniProt accessions of proteins that counterfactual questions are asked about."""
DRUGS: Final = ("DB00945", "DB00619", "DB00331", "DB00682", "DB00338", "DB00203")
"""DrugBank ids of molecules that they are asked about."""

_EVIDENCE: Final = TypeAdapter(Evidence)

Row = Mapping[str, Any]
Verifier = Callable[..., Claim | Dropped]


def grounding(
    resources: Resources,
    *,
    to: Path | None = None,
    n: int = 4,
    use_llm: bool = False,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Both measurements, as they are written to ``eval/results/ground.json``.

    The numbers on top are the test half's.

    Args:
        resources: Graph, indexes and models.
        to: File for the results too; none by default.
        n: Inputs for the counterfactuals; 0 leaves them out.
        use_llm: Let the language model write the counterfactual answers.
        progress: Where progress is reported.
    """
    progress = progress or Silent()
    halves = {split: measure(read_rows("grounding", split), resources.names) for split in SPLITS}
    floors = {
        split: measure(read_rows("grounding", split), resources.names, verifier=floor)
        for split in SPLITS
    }
    results = {
        "aims": AIMS,
        "unsupported_passed": halves["test"]["unsupported_passed"]["share"],
        "supported_kept": halves["test"]["supported_kept"]["share"],
        "by_kind": halves["test"]["by_kind"],
        **halves,
        "paraphrases": {
            split: measure(read_rows("paraphrases", split), resources.names) for split in SPLITS
        },
        "baseline: words in common": floors,
    }
    if n:
        results["counterfactuals"] = counterfactuals(
            resources, n=n, use_llm=use_llm, progress=progress
        )
    if to is not None:
        to.write_text(json.dumps(results, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return results


# the labelled set


def measure(
    rows: Sequence[Row], lexicon: Lexicon, *, verifier: Verifier = ground
) -> dict[str, Any]:
    """How many unsupported sentences pass and supported ones are kept, over all and by kind.

    Precision of a kind is over its perturbed sentences and all supported ones: of what was
    dropped, how much had to be; recall is the share of the kind that was dropped.
    """
    lexicon.mentions("")
    times, outcomes = [], []
    for row in rows:
        evidence, question = evidence_of(row), question_of(row)
        started = time.perf_counter()
        result = verifier(
            row["text"],
            tuple(row["citations"]),
            evidence=evidence,
            question=question,
            lexicon=lexicon,
        )
        times.append(time.perf_counter() - started)
        outcomes.append((row, passes(row, result), result))
    kept = [passed for row, passed, _ in outcomes if row["label"] == SUPPORTED]
    return {
        "unsupported_passed": rate(p for row, p, _ in outcomes if row["label"] != SUPPORTED),
        "supported_kept": rate(kept),
        "verdicts_right": rate(
            isinstance(result, Dropped) and result.verdict == row["label"]
            for row, passed, result in outcomes
            if row["label"] != SUPPORTED and not passed
        ),
        "by_kind": _by_kind(outcomes, lost=kept.count(False)),
        "by_origin": _by_origin(outcomes),
        "ms_per_sentence": _milliseconds(times),
        "wrong": [
            row["id"] for row, passed, _ in outcomes if passed != (row["label"] == SUPPORTED)
        ],
    }


def passes(row: Row, result: Claim | Dropped) -> bool:
    """Whether a sentence comes out as it may: for one too sure of itself, unchanged.

    A supported sentence has to come out whole; of an unsupported one what is left may come out.

    A supported sentence whose evidence is only probable has to come out with a word of doubt; an
    unsupported one that comes out with it did not pass: it has been mended.
    """
    if isinstance(result, Dropped):
        return False
    mended = result.text != row["text"]
    if row["label"] == SUPPORTED:
        is_whole = len(result.text) >= len(row["text"])
        return is_whole and (mended or not row.get("needs_doubt"))
    return not mended


def evidence_of(row: Row) -> dict[int, Evidence]:
    """The evidence of a row, by number."""
    return {item["number"]: _evidence(item) for item in row["evidence"]}


def question_of(row: Row) -> Question:
    """The question of a row, with its inputs."""
    given = row["question"]
    inputs = tuple(Input(**{**i, "modality": Modality(i["modality"])}) for i in given["inputs"])
    return Question(given["text"], inputs)


def _evidence(item: Mapping[str, Any]) -> Evidence:
    return _EVIDENCE.validate_python({"release": "", "score": 0.0, **item})


def _by_kind(
    outcomes: Sequence[tuple[Row, bool, Claim | Dropped]], *, lost: int
) -> dict[str, dict[str, Any]]:
    """For each kind of sentence how many passed; of perturbed ones, precision and recall."""
    kinds: dict[str, dict[str, Any]] = {}
    for kind in sorted({row["kind"] for row, _, _ in outcomes}):
        passed = [
            ok
            for row, ok, _ in outcomes
            if row["kind"] == kind and (row["label"] == SUPPORTED) == (kind == SUPPORTED)
        ]
        dropped = passed.count(False)
        found = rate(passed)
        if kind == SUPPORTED:
            kinds[kind] = {"n": len(passed), "kept": found}
            continue
        kinds[kind] = {
            "n": len(passed),
            "passed": found,
            "precision": round(dropped / (dropped + lost), 4) if dropped + lost else None,
            "recall": round(dropped / len(passed), 4) if passed else None,
        }
    return kinds


def _by_origin(outcomes: Sequence[tuple[Row, bool, Claim | Dropped]]) -> dict[str, Any]:
    """The two rates for sentences by template, by hand, and by the language model."""
    return {
        origin: {
            "unsupported_passed": rate(
                ok
                for row, ok, _ in outcomes
                if row["origin"] == origin and row["label"] != SUPPORTED
            ),
            "supported_kept": rate(
                ok
                for row, ok, _ in outcomes
                if row["origin"] == origin and row["label"] == SUPPORTED
            ),
        }
        for origin in sorted({row["origin"] for row, _, _ in outcomes})
    }


def _milliseconds(times: Sequence[float]) -> dict[str, float]:
    ordered = sorted(times) or [0.0]
    return {
        "median": round(1000 * ordered[len(ordered) // 2], 2),
        "p90": round(1000 * ordered[int(0.9 * len(ordered))], 2),
    }


# counterfactuals


def counterfactuals(
    resources: Resources,
    *,
    n: int = 4,
    use_llm: bool = False,
    progress: Progress | None = None,
    proteins: Sequence[str] = PROTEINS,
    drugs: Sequence[str] = DRUGS,
) -> dict[str, Any]:
    """How often an answer changes, or bbqa abstains, when what it should rest on is changed.

    Args:
        resources: Graph, indexes and models.
        n: How many inputs are asked about; at least half of them proteins.
        use_llm: Let the language model write.
        progress: Where progress is reported.
        proteins: Accessions of the proteins.
        drugs: Ids of the molecules.
    """
    progress = progress or Silent()
    cases = _cases(n, proteins, drugs, resources)
    outcomes: dict[str, list[str]] = {
        name: []
        for name in (
            "sequence shuffled",
            "evidence swapped",
            "evidence removed",
            "molecule as protein",
        )
    }
    bar = progress.bar("counterfactuals", len(cases), unit="inputs")
    for i, (modality, value) in enumerate(cases):
        others = [other for kind, other in cases if kind is modality and other != value]
        other = others[i % len(others)] if others else value
        for name, outcome in _changed(modality, value, other, resources, use_llm).items():
            outcomes[name].append(outcome)
        bar.advance(1)
    return {
        name: {
            "answer_changes_or_abstains": rate(outcome != "same" for outcome in found),
            "abstains": rate(outcome == "abstains" for outcome in found),
        }
        for name, found in outcomes.items()
    } | {"use_llm": use_llm, "inputs": len(cases)}


def _cases(
    n: int, proteins: Sequence[str], drugs: Sequence[str], resources: Resources
) -> list[tuple[Modality, str]]:
    """Sequences and structures of what is asked about, proteins first."""
    sequences, graph = resources.graph.sequences, resources.graph
    number = {sequences.accession(i): i for i in range(len(sequences))}
    chosen = [
        (Modality.PROTEIN, sequences[number[accession]].sequence)
        for accession in proteins[: (n + 1) // 2]
    ]
    smiles = dict(zip(graph.molecules.node.tolist(), graph.molecules.smiles, strict=False))
    rows = [graph.row(drug) for drug in drugs[: n // 2]]
    return [*chosen, *((Modality.MOLECULE, str(smiles[row])) for row in rows if row in smiles)]


def _changed(
    modality: Modality, value: str, other: str, resources: Resources, use_llm: bool
) -> dict[str, str]:
    """What becomes of the answer about one input, by what was changed."""
    real = _answer(modality, value, resources, use_llm)
    others = _answer(modality, value, resources, use_llm, evidence_of_other=other)
    nothing = _answer(modality, value, resources, use_llm, evidence_of_other="")
    found = {
        "evidence swapped": _compared(real, others),
        "evidence removed": _compared(real, nothing),
    }
    if modality is Modality.PROTEIN:
        letters = list(value)
        random.Random(0).shuffle(letters)
        shuffled = _answer(modality, "".join(letters), resources, use_llm)
        found["sequence shuffled"] = _compared(real, shuffled)
    else:
        found["molecule as protein"] = _refused(value, resources, use_llm)
    return found


def _answer(
    modality: Modality,
    value: str,
    resources: Resources,
    use_llm: bool,
    *,
    evidence_of_other: str | None = None,
) -> frozenset[str]:
    """The sentences about one input; none if bbqa abstains.

    Args:
        modality: What the input is.
        value: Its sequence or SMILES.
        resources: Graph, indexes and models.
        use_llm: Let the language model write.
        evidence_of_other: Give the writer the evidence of this input instead of the first one's;
            none at all if empty.
    """
    question = _question(modality, value, resources)
    other = question if not evidence_of_other else _question(modality, evidence_of_other, resources)
    findings = gather(other, resources, llm=(lambda: resources.llm) if use_llm else None)
    if evidence_of_other == "":
        findings = replace(findings, evidence=[])
    composed = compose(question, findings, resources, use_llm=use_llm, listener=Nobody())
    if status_of(composed.claims, findings) in ABSTAINED:
        return frozenset()
    return frozenset(claim.text for claim in composed.claims)


def _question(modality: Modality, value: str, resources: Resources) -> Question:
    if modality is Modality.PROTEIN:
        return read_question("What does this protein do?", [value], [], resources)
    return read_question("What does this drug act on?", [], [value], resources)


def _refused(smiles: str, resources: Resources, use_llm: bool) -> str:
    """What becomes of a molecule that is given as a protein: refused, at best."""
    try:
        said = _answer(Modality.PROTEIN, smiles, resources, use_llm)
    except InputError:
        return "abstains"
    return "same" if said else "abstains"


def _compared(real: frozenset[str], changed: frozenset[str]) -> str:
    if not changed:
        return "abstains"
    return "same" if real == changed else "changes"


class Nobody:
    """A listener that does not listen."""

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Evidence was found."""

    def on_answer(self, answer: Answer) -> None:
        """An answer was composed."""

    def on_claim(self, claim: Claim) -> None:
        """A sentence was written."""


# writing


def main() -> None:
    """Measure, and put what was measured into ``eval/results/ground.json``."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("-n", type=int, default=8, help="inputs for the counterfactual checks")
    parser.add_argument("--no-llm", action="store_true", help="plain answers in those checks")
    options = parser.parse_args()
    with opened() as (resources, progress):
        found = grounding(resources, n=options.n, use_llm=not options.no_llm, progress=progress)
        for split in SPLITS:
            for name in ("unsupported_passed", "supported_kept"):
                progress.say(f"{split}, {name}: {in_words(found[split][name])}")
                of_experts = found["paraphrases"][split][name]
                progress.say(f"{split}, paraphrases, {name}: {in_words(of_experts)}")
        head = what_was_run(("python -m bbqa.eval.grounding", *sys.argv[1:]), resources.graph.hash)
        write_results("ground", {**head, **found})


if __name__ == "__main__":
    main()
