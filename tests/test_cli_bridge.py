"""``bbqa bridge`` from the command line, on a graph of one's own."""

import json

import pytest
from world import random_sequence

from bbqa.cli import main

FAMILIES = 6


@pytest.fixture(scope="module")
def graph(tmp_path_factory):
    """A graph of six proteins that do six things, from two tables."""
    folder = tmp_path_factory.mktemp("tables")
    nodes = ["id\ttype\tname\tsequence"]
    edges = ["head\trelation\ttail"]
    for number in range(FAMILIES):
        nodes.append(f"P{number}\tgene/protein\tprotein {number}\t{random_sequence(80, number)}")
        nodes.append(f"T:{number}\tmolecular_function\tactivity {number}\t")
        edges.append(f"P{number}\tmolfunc_protein\tT:{number}")
    (folder / "nodes.tsv").write_text("\n".join(nodes) + "\n")
    (folder / "edges.tsv").write_text("\n".join(edges) + "\n")
    built = folder / "graph"
    tables = ["--nodes", str(folder / "nodes.tsv"), "--edges", str(folder / "edges.tsv")]
    assert main(["kg", "build", "tsv", *tables, "--to", str(built), "-q"]) == 0
    return built


def test_a_kind_that_is_none_is_refused_with_those_there_are(capsys):
    assert main(["bridge", "train", "--kind", "mpl", "-q"]) == 2
    said = capsys.readouterr().err
    assert "linear, mlp, transformer" in said
    assert "hint: bbqa bridge train" in said


def test_the_bridge_that_comes_with_bbqa_can_be_looked_at(capsys):
    assert main(["bridge", "show"]) == 0
    said = json.loads(capsys.readouterr().out)
    assert said["shape"]["kind"] == "mlp"
    assert said["parameters"] > 1_000_000
    assert set(said["encoders"]) == {"gene/protein", "drug"}


def test_a_folder_without_a_bridge_is_an_error_with_the_next_command(tmp_path, capsys):
    assert main(["bridge", "show", str(tmp_path)]) == 1
    said = capsys.readouterr().err
    assert "cannot be read as a bridge" in said
    assert "hint: bbqa bridge train" in said


def test_a_bridge_given_for_another_graph_stops_the_answer(graph, tmp_path, capsys, monkeypatch):
    from bbqa.bridge.checkpoint import SHIPPED_BRIDGE

    monkeypatch.setenv("BBQA_HOME", str(tmp_path))
    monkeypatch.setenv("BBQA_OFFLINE", "true")
    code = main(
        [
            *("retrieve", "--to", "function", "--seq", random_sequence(80, 0)),
            *("--graph", str(graph), "--bridge", str(SHIPPED_BRIDGE), "-q"),
        ]
    )
    assert code == 1
    assert "hint:" in capsys.readouterr().err
