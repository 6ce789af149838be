import json
import os
import subprocess
import sys

import pytest
from hub_server import serve_hub

from bbqa.cli import main
from bbqa.errors import ArtifactError, BbqaError
from bbqa.eval.benchmarks import biomixqa
from bbqa.eval.benchmarks.hub import fetch_files, fetch_splits
from bbqa.eval.runs.find import data_folder

CHOICES = (
    b"text,option_A,option_B,option_C,option_D,option_E,correct_answer\n"
    b"Which Gene is it?,ABO,TERT,KIT,IL6,BLM,KIT\n"
)
BIOMIX = {biomixqa.CHOICES: CHOICES, biomixqa.STATEMENTS: b"text,label\nIt is so,True\n"}
TABLES = {
    "README.md": b"---\nconfigs:\n"
    b"- config_name: long\n  data_files: [{split: test, path: long.csv}]\n"
    b"- config_name: short\n  data_files: short.csv\n---\nTwo tables.\n",
    "long.csv": "q,right\nIs β-alanine one?,yes\nIs it?,no\n".encode(),
    "short.csv": b"q,right\nWas it?,no\n",
}

FETCH = "import sys; from bbqa.cli import main; sys.exit(main(sys.argv[1:]))"


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    """A home of its own, to which downloads belong."""
    folder = tmp_path / "home"
    monkeypatch.setenv("BBQA_HOME", str(folder))
    monkeypatch.delenv("BBQA_BENCHMARK_DATA", raising=False)
    monkeypatch.delenv("BBQA_OFFLINE", raising=False)
    return folder


def hub_of(name, files):
    """Serves one data set in place of the real hub."""
    return serve_hub(name, files, kind="datasets")


def test_a_benchmarks_files_come_by_the_names_that_its_reader_looks_for(home, tmp_path):
    with hub_of("kg-rag/BiomixQA", BIOMIX) as hub:
        written = fetch_files(biomixqa.CARD, tmp_path / "data", home, endpoint=hub.endpoint)
    assert [path.name for path in written] == list(biomixqa.CARD.files)
    items = list(biomixqa.BENCHMARK.items(tmp_path / "data", None, split="test"))
    assert [item.gold for item in items] == [("KIT",), ("True",)]
    assert {path.name for path in home.iterdir()} == {"hub"}


def test_a_data_set_comes_as_a_file_for_each_split_of_a_configuration(home, tmp_path):
    with hub_of("someone/tables", TABLES) as hub:
        (path,) = fetch_splits(
            "someone/tables:long", tmp_path / "data", home, endpoint=hub.endpoint
        )
    assert path.name == "tables_long_test.jsonl"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    assert rows == [{"q": "Is β-alanine one?", "right": "yes"}, {"q": "Is it?", "right": "no"}]
    assert {path.name for path in home.iterdir()} == {"hub", "datasets"}


@pytest.mark.parametrize("name", ["someone/tables", "someone/tables:middling"])
def test_a_data_set_of_several_configurations_is_told_with_their_names(name, home, tmp_path):
    with (
        hub_of("someone/tables", TABLES) as hub,
        pytest.raises(ArtifactError, match="'long', 'short'"),
    ):
        fetch_splits(name, tmp_path / "data", home, endpoint=hub.endpoint)
    assert not (tmp_path / "data").exists()


def test_what_the_hub_has_not_is_told_and_nothing_is_written(home, tmp_path):
    with hub_of("kg-rag/BiomixQA", {biomixqa.CHOICES: CHOICES}) as hub:
        with pytest.raises(ArtifactError, match="did not give kg-rag/BiomixQA") as caught:
            fetch_files(biomixqa.CARD, tmp_path / "data", home, endpoint=hub.endpoint)
        with pytest.raises(ArtifactError, match="did not give no/where"):
            fetch_splits("no/where", tmp_path / "data", home, endpoint=hub.endpoint)
    assert "https://huggingface.co/datasets/kg-rag/BiomixQA" in caught.value.hint
    assert [path.name for path in (tmp_path / "data").iterdir()] == [biomixqa.CHOICES]


def test_a_hub_out_of_reach_is_told_at_once(home, tmp_path):
    with pytest.raises(ArtifactError, match=r"did not give someone/tables: .*refused"):
        fetch_splits("someone/tables", tmp_path, home, endpoint="http://127.0.0.1:9")


def test_a_folder_that_cannot_be_written_to_is_told(home, tmp_path):
    (tmp_path / "data").write_text("a file")
    with (
        hub_of("kg-rag/BiomixQA", BIOMIX) as hub,
        pytest.raises(BbqaError, match=f"cannot write {tmp_path}/data"),
    ):
        fetch_files(biomixqa.CARD, tmp_path / "data", home, endpoint=hub.endpoint)


def test_what_was_fetched_is_found_without_saying_where(home, capsys):
    assert data_folder(None) is None
    with hub_of("kg-rag/BiomixQA", BIOMIX) as hub:
        subprocess.run(
            [sys.executable, "-c", FETCH, "eval", "fetch", "biomixqa", "--quiet"],
            env=os.environ | {"HF_ENDPOINT": hub.endpoint},
            check=True,
        )
    assert data_folder(None) == home / "benchmarks"
    assert main(["eval", "run", "biomixqa", "-c", "majority", "--json", "--quiet"]) == 0
    (score, *_) = json.loads(capsys.readouterr().out)["majority"]["scores"]
    assert (score["metric"], score["n"]) == ("accuracy", 2)


def test_a_benchmark_that_is_not_fetched_says_where_it_is(capsys, monkeypatch):
    assert main(["eval", "fetch", "pubmedqa"]) == 2
    assert "https://github.com/pubmedqa/pubmedqa" in capsys.readouterr().err
    monkeypatch.setenv("BBQA_OFFLINE", "1")
    assert main(["eval", "fetch", "biomixqa"]) == 1
    assert "fetching is switched off" in capsys.readouterr().err
