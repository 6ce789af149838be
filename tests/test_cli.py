import json

import pytest

from bbqa.cli import main

ASK = ["ask", "What does this protein do?", "--no-llm", "-q"]


@pytest.fixture(autouse=True)
def nothing_to_fetch(monkeypatch, tmp_path):
    """A home of its own, and no network: bad input is refused before anything is fetched."""
    monkeypatch.setenv("BBQA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BBQA_OFFLINE", "1")
    monkeypatch.chdir(tmp_path)


def run(capsys, *args):
    code = main(list(args))
    captured = capsys.readouterr()
    return code, captured.out, captured.err


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ([*ASK, "--seq", ""], "--seq is empty"),
        ([*ASK, "--seq", "   "], "--seq is empty"),
        ([*ASK, "--seq", "MKTAYIAKQR1QISFVKSHF"], "'1'"),
        ([*ASK, "--seq", "MKTAYIAKQR*QISFVKSHF"], "stop"),
        ([*ASK, "--seq", "ATGGCCATTGTAATGGGCCGCTGAAAGGGTGCCCGATAG"], "nucleotide"),
        ([*ASK, "--seq", "CC(=O)Oc1ccccc1C(=O)O"], "--smiles"),
        ([*ASK, "--seq", "missing.fasta"], "missing.fasta"),
        ([*ASK, "--seq", "M" * 40_000], "35,000"),
        ([*ASK, "--smiles", "CC(=O)Oc1ccccc1C(=O"], "position 17"),
        ([*ASK, "--smiles", "C(C)(C)(C)(C)C"], "atom 1 (C) has 5 bonds"),
        ([*ASK, "--smiles", "MKTAYIAKQRQISFVKSHFSRQLEERLGLIEVQ"], "--seq"),
        (["ask", "  ", "--no-llm"], "question is empty"),
        (["retrieve", "--seq", "P00533", "--to", "molecular_funktion"], "unknown node type"),
        (["retrieve", "--to", "disease"], "no input"),
        (["kg", "show", "EGRF1"], "nothing in the graph is called"),
        (["kg", "build", "yeast"], "unknown graph"),
    ],
)
def test_bad_input_says_what_is_wrong_and_what_to_do_and_exits_with_2(capsys, args, message):
    code, out, err = run(capsys, *args)
    assert code == 2, err
    assert out == ""
    error, _, hint = err.partition("hint: ")
    assert error.startswith("error: ")
    assert message in err
    assert hint.strip()


def test_an_unknown_name_lists_the_nearest(capsys):
    _, _, err = run(capsys, "kg", "show", "EGRF")
    assert "EGFR" in err


@pytest.mark.parametrize("option", ["--max-identity", "--max-similarity"])
def test_a_limit_is_a_share(capsys, option):
    code, _, err = run(capsys, "ask", "Why?", option, "30")
    assert code == 2
    assert option in err


def test_an_unknown_option_exits_with_2(capsys):
    code, _, err = run(capsys, "ask", "Why?", "--colour")
    assert code == 2
    assert "--colour" in err


def test_help_shows_every_command(capsys):
    code, out, _ = run(capsys, "--help")
    assert code == 0
    for command in ("ask", "retrieve", "kg", "index", "models", "doctor"):
        assert command in out


def test_offline_without_downloads_says_how_to_get_them(capsys):
    code, _, err = run(capsys, *ASK, "--seq", "P00533")
    assert code == 1
    assert "offline" in err
    assert "hint: " in err


def test_models_lists_what_is_here_with_licence_and_source(capsys):
    code, out, _ = run(capsys, "models", "--json")
    rows = json.loads(out)
    assert code == 0
    assert {"qwen2.5-coder-1.5b", "minilm-l6-v2"} <= {row["name"] for row in rows}
    assert all(row["licence"] and row["where_from"] and not row["here"] for row in rows)


def test_kg_stats_counts_nodes_edges_and_what_was_not_mapped(capsys):
    code, out, _ = run(capsys, "kg", "stats", "--json")
    counts = json.loads(out)
    assert code == 0
    assert counts["node_types"]["gene/protein"] >= 17_000
    assert counts["not_mapped"]


def test_kg_show_prints_facts_with_their_sources(capsys):
    code, out, _ = run(capsys, "kg", "show", "EGFR")
    assert code == 0
    assert "P00533" in out
    assert "GOA human" in out


@pytest.mark.parametrize(
    "args",
    [
        ["ask", "Which", "gene", "is", "1?", "--no-llm", "-q", "--seq", "MKTAYIAKQR1QISFVKSHF"],
        ["Which gene is 1?", "--no-llm", "-q", "--seq", "MKTAYIAKQR1QISFVKSHF"],
    ],
)
def test_a_question_needs_no_quotes_and_no_command(capsys, args):
    code, _, err = run(capsys, *args)
    assert code == 2
    assert "'1' at position 11" in err


def test_words_that_are_no_command_say_how_to_ask(capsys):
    code, _, err = run(capsys, "what", "does", "TP53", "do", "--no-llm")
    assert code == 2
    assert 'hint: to ask: bbqa ask "what does TP53 do"' in err
    _, _, err = run(capsys, "ask")
    assert "hint: bbqa --help" in err
