"""The benchmark of docs/add-a-benchmark.md, built from the page as a newcomer would build it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from world import make_resources

from bbqa.errors import InputError
from bbqa.eval.benchmarks import benchmarks
from bbqa.eval.benchmarks.columns import FIELDS, columns_beside
from bbqa.eval.benchmarks.contract import Form

PAGE = (Path(__file__).parent.parent / "docs" / "add-a-benchmark.md").read_text(encoding="utf-8")


def block(language):
    return re.search(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)[1]


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "signal_peptides.py").write_text(block("python"), encoding="utf-8")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "signal_peptides.jsonl").write_text(block("jsonl"), encoding="utf-8")
    return tmp_path


def test_the_benchmark_of_the_page_is_found_and_read(folder):
    found = benchmarks(folder / "mine")["signal-peptides"]
    resources = make_resources(folder / "home")
    first, second = found.items(folder / "data", resources, split="test")
    assert (first.id, first.form, first.gold) == ("X00001", Form.CHOICE, ("yes",))
    assert (second.gold, second.options) == (("no",), ("yes", "no"))
    assert first.seq[0].startswith("MKWVTF")
    assert first.bins == {"length": "short"}
    assert found.card.leaks


def test_the_benchmark_of_the_page_has_less_than_60_lines():
    assert len(block("python").splitlines()) < 60


def test_the_benchmark_of_the_page_keeps_the_rules_of_the_house(folder):
    root = Path(__file__).parent.parent
    file = folder / "mine" / "signal_peptides.py"
    for command in (["ruff", "check"], ["ruff", "format", "--check"]):
        arguments = ["-m", *command, "--config", str(root / "pyproject.toml"), str(file)]
        run = subprocess.run(
            [sys.executable, *arguments], capture_output=True, text=True, check=False
        )
        assert run.returncode == 0, run.stdout + run.stderr


def test_a_benchmark_of_ones_own_stands_beside_the_projects(folder):
    every = benchmarks(folder / "mine")
    assert set(benchmarks()) < set(every)
    assert set(every) - set(benchmarks()) == {"signal-peptides"}


def test_its_absent_data_and_wrong_rows_are_told(folder):
    found = benchmarks(folder / "mine")["signal-peptides"]
    with pytest.raises(InputError, match=r"is read from signal_peptides\.jsonl") as caught:
        list(found.items(None, None, split="test"))
    assert "https://example.org/signal-peptides" in caught.value.hint
    (folder / "data" / "signal_peptides.jsonl").write_text('{"accession": "X1"}\n')
    with pytest.raises(InputError, match="line 1: no column 'residues', 'signal'"):
        list(found.items(folder / "data", None, split="test"))


def test_a_folder_that_is_none_and_a_file_without_a_benchmark_are_refused(tmp_path):
    with pytest.raises(InputError, match="is no folder; expected one with benchmarks"):
        benchmarks(tmp_path / "nowhere")
    (tmp_path / "empty.py").write_text("CARD = 1\n")
    with pytest.raises(InputError, match=r"empty\.py has no BENCHMARK"):
        benchmarks(tmp_path)
    (tmp_path / "empty.py").write_text("import nothing_of_the_kind\n")
    with pytest.raises(InputError, match="ModuleNotFoundError: No module named") as caught:
        benchmarks(tmp_path)
    assert "docs/add-a-benchmark.md" in caught.value.hint


def test_the_page_names_every_field_that_can_be_declared(tmp_path):
    table = PAGE[PAGE.index("| field |") : PAGE.index("A column that has")]
    assert [field for field in FIELDS if f"`{field}`" not in table] == []
    (tmp_path / "questions.columns.toml").write_text(block("toml"), encoding="utf-8")
    columns, card = columns_beside(tmp_path / "questions.csv")
    assert columns["bins"] == ("kind", "organism")
    assert card["licence"] == "CC0-1.0"
