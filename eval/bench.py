"""Speed and memory on the machine it runs on: ``make bench``.

Every number stands beside its aim and, where there is one, beside the plain way of doing the
same, measured in the same run. Nothing here is a test: nothing fails for being slow.

    python -m bbqa.eval.bench [--quick] [--no-llm] [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from bbqa.ask import ask
from bbqa.eval.agent_bench import bench_agent
from bbqa.eval.alignment_bench import bench_alignment, substituted, substitution_test
from bbqa.eval.bridge_bench import bench_bridge
from bbqa.eval.measured import Number, peak_memory_gb, timed
from bbqa.progress import open_progress
from bbqa.resources import Resources
from bbqa.schema import Answer, Claim, Evidence, Question
from bbqa.settings import load_settings

QUESTION = "What does this protein do?"


def bench(resources: Resources, *, quick: bool, llm: bool) -> Iterator[Number]:
    """All numbers, as they are measured."""
    yield from _program()
    yield from _alignment(resources, quick=quick)
    yield from _warm(resources, n=20 if quick else 60)
    yield from _cold(3)
    yield from bench_bridge(resources, quick=quick)
    if not quick:
        yield from _index_build(resources)
    if llm:
        yield from _answer()
        yield from bench_agent(resources)


def _program() -> Iterator[Number]:
    seconds = [timed(lambda: _run("--help")) for _ in range(5)]
    yield Number("bbqa --help, s, median of 5", statistics.median(seconds), "under 0.5")


def _cold(n: int) -> Iterator[Number]:
    sequence = _example()
    seconds = [
        timed(lambda: _run("ask", QUESTION, "--seq", sequence, "--no-llm", "-q")) for _ in range(n)
    ]
    yield Number(
        "evidence-only answer, new process, s, median of 3", statistics.median(seconds), "3"
    )


def _warm(resources: Resources, *, n: int) -> Iterator[Number]:
    """Random human proteins, half of them with 30 % of their residues replaced."""
    rng = random.Random(0)
    sequences = resources.graph.sequences
    seconds = []
    for index in rng.sample(range(len(sequences)), n):
        text = sequences.sequence(index)[:35_000]
        given = substituted(text, 0.3, rng) if rng.random() < 0.5 else text
        start = time.perf_counter()
        ask(QUESTION, seq=given, use_llm=False, resources=resources)
        seconds.append(time.perf_counter() - start)
    yield Number(
        "evidence-only answer, warm, ms, p50",
        1000 * statistics.median(seconds),
        "300",
        f"{n} proteins",
    )
    yield Number("evidence-only answer, warm, ms, p95", 1000 * sorted(seconds)[int(0.95 * n)])


def _alignment(resources: Resources, *, quick: bool) -> Iterator[Number]:
    n = 40 if quick else 200
    found = bench_alignment(
        resources.alignment, resources.graph, n=n, exhaustive=10 if quick else 40
    )
    for name, value in found.items():
        yield Number(f"alignment: {name}", value)
    for name, value in substitution_test(resources.alignment, resources.graph, n=n).items():
        yield Number(f"substitutions: {name}", value)


def _index_build(resources: Resources) -> Iterator[Number]:
    """All indexes again, in an empty folder; downloads are there already."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Resources(resources.settings, graph=resources.graph, encoder=resources.encoder)
        fresh.__dict__["folder"] = Path(folder)
        yield Number("building all indexes, s", timed(fresh.prepare), "180")


class _Watch:
    """Notes when evidence and sentences come."""

    def __init__(self) -> None:
        self.start = time.perf_counter()
        self.evidence_s = 0.0
        self.first_claim_s = 0.0

    def on_evidence(self, question: Question, evidence: Sequence[Evidence]) -> None:
        """Note the time."""
        self.evidence_s = time.perf_counter() - self.start

    def on_answer(self, answer: Answer) -> None:
        """Note the time of the first sentence."""
        self.first_claim_s = self.first_claim_s or time.perf_counter() - self.start

    def on_claim(self, claim: Claim) -> None:
        """Note the time of the first sentence."""
        self.first_claim_s = self.first_claim_s or time.perf_counter() - self.start


def _answer() -> Iterator[Number]:
    """A whole answer by the default model, in a process of its own so that its memory shows."""
    run = subprocess.run(
        [sys.executable, "-m", "bbqa.eval.bench", "--answer"],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(run.stdout.splitlines()[-1])
    aims = {"peak memory, GB": "under 3"}
    for name, value in found.items():
        yield Number(f"answer by the default model: {name}", value, aims.get(name, ""))


def _measure_answer() -> dict[str, float]:
    watch = _Watch()
    resources = Resources(load_settings())
    resources.prepare()
    _ = resources.llm
    opened = time.perf_counter() - watch.start
    answer = ask(QUESTION, seq=_example(), resources=resources, listener=watch)
    usage = resources.llm.last
    assert usage is not None
    return {
        "opening everything, s": opened,
        "first evidence after that, s": watch.evidence_s - opened,
        "first token after the evidence, s": usage.first_token_s or 0.0,
        "first sentence, s": watch.first_claim_s - opened,
        "whole answer, s": sum(answer.timings_s.values()),
        "prompt tokens": usage.prompt_tokens,
        "tokens written": usage.completion_tokens,
        "peak memory, GB": peak_memory_gb(),
    }


def _example() -> str:
    """Human EGFR, out of the graph: the example needs no file."""
    from bbqa.kg.graph import open_starter

    sequences = open_starter().sequences
    index = sequences.index_of("P00533")
    assert index is not None
    return sequences.sequence(index)


def _run(*args: str) -> None:
    subprocess.run([sys.executable, "-m", "bbqa.cli", *args], check=True, capture_output=True)


def _machine() -> str:
    return f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"


def _table(numbers: Sequence[Number]) -> str:
    rows = [f"| {n.what} | {n.value:.4g} | {n.aim} | {n.beside} |" for n in numbers]
    return "\n".join(["| what | measured | aim | beside |", "|---|---|---|---|", *rows])


def main() -> None:
    """Measure, print a table, write JSON if asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="fewer repetitions")
    parser.add_argument("--no-llm", action="store_true", help="leave the language model out")
    parser.add_argument("--json", type=Path, help="write the numbers to this file")
    parser.add_argument("--answer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.answer:
        print(json.dumps(_measure_answer()))
        return
    with open_progress() as progress:
        resources = Resources(load_settings(), progress=progress)
        resources.prepare()
    numbers = []
    for number in bench(resources, quick=options.quick, llm=not options.no_llm):
        numbers.append(number)
        print(f"{number.what}: {number.value:.4g}", file=sys.stderr)
    print(f"{_machine()}\n\n{_table(numbers)}")
    if options.json:
        content = {"machine": _machine(), "numbers": [asdict(n) for n in numbers]}
        options.json.write_text(json.dumps(content, indent=2) + "\n")


if __name__ == "__main__":
    main()
