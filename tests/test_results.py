"""What RESULTS.md says is what the files beside it say."""

import json
import re
from pathlib import Path

import pytest

EVAL = Path(__file__).resolve().parent.parent / "eval"
TEXT = (EVAL / "RESULTS.md").read_text(encoding="utf-8")
LINK = re.compile(r"\(results/([^)]+)\)")
CELL = re.compile(r"(-?\d*\.\d+) \((-?\d*\.\d+) to (-?\d*\.\d+)\)")
ROUNDED = 0.00501


def tables():
    """Each table's rows by the benchmark whose file was linked last before it."""
    benchmark, rows = None, {}
    for line in TEXT.splitlines():
        for name in LINK.findall(line):
            benchmark = name.removesuffix(".json")
        if line.startswith("|"):
            rows.setdefault(benchmark, []).append([cell.strip() for cell in line.split("|")[1:-1]])
    return rows


def test_every_file_of_results_is_told_about_and_every_link_leads_to_one():
    linked = set(LINK.findall(TEXT))
    pictures = {path.name for path in (EVAL / "results").iterdir() if path.suffix == ".svg"}
    assert linked == {path.name for path in (EVAL / "results").iterdir()} - pictures


@pytest.mark.parametrize(
    "benchmark",
    ["starter-qa", "kgrag-true-false", "sciknoweval-localization", "drugchat-chembl"],
)
def test_numbers_with_intervals_are_those_of_the_file(benchmark):
    recorded = json.loads((EVAL / "results" / f"{benchmark}.json").read_text(encoding="utf-8"))
    scores = [score for score in recorded["scores"] if score["bin"] == "all"]
    conditions = {score["condition"] for score in scores}
    checked = set()
    for condition, *cells in tables()[benchmark]:
        for value, low, high in CELL.findall(" ".join(cells)) if condition in conditions else ():
            told = (float(value), float(low), float(high))
            assert any(
                score["condition"] == condition
                and all(
                    abs(score[name] - number) < ROUNDED
                    for name, number in zip(("value", "low", "high"), told, strict=True)
                )
                for score in scores
            ), f"{benchmark}, {condition}: {told} is not in the file"
            checked.add(condition)
    assert checked == conditions
