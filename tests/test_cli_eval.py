import json
from pathlib import Path

import pytest
from eval_world import KNOWING, write_script

from bbqa.cli import main


@pytest.fixture(autouse=True)
def nothing_to_fetch(monkeypatch, tmp_path):
    """A home of its own, and no network; what is asked needs the starter graph alone."""
    monkeypatch.setenv("BBQA_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BBQA_OFFLINE", "1")
    monkeypatch.delenv("BBQA_BENCHMARK_DATA", raising=False)
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def questions(tmp_path):
    """Four questions with options."""
    rows = [
        {
            "id": f"q{number}",
            "question": "Which of these is a kinase?",
            "options": ["EGFR", "insulin"],
            "gold": ["EGFR", "insulin", "EGFR", "EGFR"][number],
        }
        for number in range(4)
    ]
    path = tmp_path / "questions.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


@pytest.fixture
def llm(tmp_path):
    return write_script(tmp_path / "knowing.jsonl", *KNOWING)


def run(capsys, *args):
    code = main(["eval", *args])
    captured = capsys.readouterr()
    return code, captured.out, captured.err


ROOT = str(Path(__file__).parent.parent)
GUESSES = ("-c", "majority", "-c", "chance")


def test_a_file_of_questions_is_run_under_several_conditions_and_told_side_by_side(
    capsys, questions, llm, tmp_path
):
    conditions = (*GUESSES, "-c", "closed-book")
    code, out, err = run(capsys, "run", questions, *conditions, "--llm", llm, "--to", "runs")
    assert code == 0, err
    head, items, accuracy = out.splitlines()[:3]
    assert head.split() == ["closed-book", "majority", "chance"]
    assert items.split() == ["items", *["4", "of", "4"] * 3]
    assert accuracy.split()[:2] == ["accuracy", ".250"]
    assert ".750 (" in accuracy
    assert {path.name for path in (tmp_path / "runs").iterdir()} == {
        "questions-majority",
        "questions-chance",
        "questions-closed-book-scripted-knowing.jsonl",
    }


def test_what_comes_with_bbqa_is_not_looked_for_where_other_data_is(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("BBQA_BENCHMARK_DATA", str(tmp_path))
    code, _, err = run(
        capsys, "run", "starter-qa", "-c", "chance", "--limit", "12", "--to", "runs", "-q"
    )
    assert code == 0, err


def test_runs_are_told_as_json(capsys, questions):
    code, out, _ = run(capsys, "run", questions, "-c", "majority", "--to", "runs", "--json", "-q")
    assert code == 0
    found = json.loads(out)["majority"]
    assert found["state"] == "done"
    accuracy = next(s for s in found["scores"] if (s["metric"], s["bin"]) == ("accuracy", "all"))
    assert (accuracy["value"], accuracy["n"]) == (0.75, 4)


def test_the_same_command_again_asks_nothing_and_a_changed_setting_is_refused(capsys, questions):
    run(capsys, "run", questions, "-c", "chance", "--to", "runs")
    code, _, err = run(capsys, "run", questions, "-c", "chance", "--to", "runs")
    assert code == 0
    assert "chance: done before, 4 items" in err
    code, out, err = run(capsys, "run", questions, "-c", "chance", "--to", "runs", "--seed", "1")
    assert code == 2
    assert "seed was 0 and is 1" in err
    assert "--fresh" in err
    assert out == ""
    again = ("run", questions, "-c", "chance", "--to", "runs", "--seed", "1", "--fresh")
    assert run(capsys, *again)[0] == 0


def test_runs_are_compared(capsys, questions):
    run(capsys, "run", questions, *GUESSES, "--to", "runs")
    folders = ("runs/questions-majority", "runs/questions-chance")
    code, out, _ = run(capsys, "compare", *folders, "-q")
    assert code == 0
    assert "questions-majority less questions-chance" in out
    assert "McNemar exact" in out
    code, out, _ = run(capsys, "compare", *folders, "-q", "--json")
    assert json.loads(out)["less"]["runs/questions-chance"][0]["metric"] == "accuracy"


def test_a_run_is_replayed_without_its_model(capsys, questions, llm, tmp_path):
    run(capsys, "run", questions, "-c", "closed-book", "--llm", llm, "--to", "runs")
    folder = "runs/questions-closed-book-scripted-knowing.jsonl"
    (tmp_path / "knowing.jsonl").unlink()
    code, out, err = run(capsys, "replay", folder)
    assert code == 0, err
    assert out.strip() == "4 of 4 items came out the same, bit for bit"
    calls = tmp_path / folder / "llm_calls.jsonl"
    calls.write_text(calls.read_text().replace('\\"answer\\": \\"B\\"', '\\"answer\\": \\"A\\"'))
    code, out, _ = run(capsys, "replay", folder)
    assert code == 1
    assert "0 of 4 items came out the same" in out
    assert "q0: text, choice" in out


def test_a_report_is_written(capsys, questions, tmp_path):
    run(capsys, "run", questions, *GUESSES, "--to", "runs")
    code, _, err = run(
        capsys, "report", "runs/questions-majority", "runs/questions-chance", "-o", "report.html"
    )
    assert code == 0, err
    assert "Which of these is a kinase?" in (tmp_path / "report.html").read_text()


def test_results_are_written_as_json(capsys, questions, tmp_path):
    run(capsys, "run", questions, *GUESSES, "--to", "runs")
    code, _, err = run(capsys, "results", "runs/questions-majority", "--to", "results")
    assert code == 0, err
    assert json.loads((tmp_path / "results" / "questions.json").read_text())["scores"]


def test_results_do_not_tell_where_folders_lie_on_this_machine(
    capsys, questions, tmp_path, monkeypatch
):
    runs = tmp_path / "my runs"
    args = ("run", questions, "-c", "chance", f"--to={runs}", "--data", str(tmp_path))
    monkeypatch.setattr("sys.argv", ["bbqa", "eval", *args])
    run(capsys, *args)
    code, _, err = run(capsys, "results", str(runs / "questions-chance"), "--to", "results")
    assert code == 0, err
    written = (tmp_path / "results" / "questions.json").read_text()
    assert f"questions.jsonl -c chance '--to=my runs' --data {tmp_path.name}" in written
    assert str(tmp_path) not in written


def test_the_list_says_what_is_here(capsys):
    code, out, err = run(capsys, "list", "--json", "-q")
    assert code == 0
    found = {one["name"]: one for one in json.loads(out)}
    assert not found["pubmedqa"]["here"]
    assert found["pubmedqa"]["licence"]
    code, out, err = run(capsys, "list")
    assert "sciknoweval-localization" in out
    assert "no --data" in err


@pytest.mark.parametrize(
    ("args", "message", "hint"),
    [
        (["run", "pubmedq"], "there is no benchmark 'pubmedq'; nearest are pubmedqa", "eval list"),
        (["run", "pubmedqa"], "which does not come with bbqa; got no --data", "where to get it"),
        (["run", "pubmedqa", "--data", "no"], "there is no no", "--data FOLDER"),
        (["run", "no.jsonl"], "there is no file no.jsonl", "another path"),
        (["run", "Q", "-c", "bbqaa"], "there is no condition 'bbqaa'", "closed-book"),
        (["run", "Q", "--resume", "--fresh"], "exclude each other", "one of them"),
        (["run", "Q", "-c", "chance", "--resume"], "no run to go on with", "--to"),
        (["run", "Q", "--split", "dev", "-c", "chance"], "no column for splits", "split=COLUMN"),
        (["run", "pubmedqa", "--columns", "a=b"], "--columns is for files", "bbqa eval run"),
        (["compare", "one"], "one run has nothing to be compared to", "RUN RUN"),
        (["compare", "one", "two"], "cannot read one/record.json", "bbqa eval run"),
        (["replay", "none"], "cannot read none/record.json", "bbqa eval run"),
        (["results", "none"], "cannot read none/record.json", "bbqa eval run"),
        (["make", "others"], "'others' cannot be made", "starter-qa"),
    ],
)
def test_bad_input_says_what_is_wrong_and_what_to_do(capsys, questions, args, message, hint):
    args = [questions if arg == "Q" else arg for arg in args]
    code, out, err = run(capsys, *args, "-q")
    assert code == 2, err
    assert out == ""
    assert message in err
    assert hint in err.partition("hint: ")[2]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"question": "a", "gold": "b"}\n{"question"\n', "line 2"),
        ('{"question": "a"}\n', "gold"),
        ('{"id": 1, "question": "a", "gold": "b"}\n' * 2, "line 2"),
        ("", "has no rows"),
        (b'{"question": "a\xff", "gold": "b"}\n', "UTF-8"),
    ],
)
def test_a_file_that_is_not_what_it_should_be_is_refused_by_its_line(
    capsys, tmp_path, text, message
):
    path = tmp_path / "broken.jsonl"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    code, _, err = run(capsys, "run", str(path), "-c", "copy", "-q")
    assert code == 2, err
    assert message in err


def test_a_limit_takes_some_of_the_items(capsys, questions):
    code, out, err = run(capsys, "run", questions, "-c", "chance", "--limit", "2", "--to", "runs")
    assert code == 0, err
    assert "2 of 2" in out


def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(capsys, questions, tmp_path):
    """The kernel's signal comes while the model is asked, as a person's would."""
    import os
    import signal
    import subprocess
    import sys
    import time

    from chat_server import Reply, serve_chat, sse

    with serve_chat(v1_chat_completions=Reply(sse('{"answer": "A"}'), pause_s=0.5)) as server:
        command = [sys.executable, "-m", "bbqa.cli", "eval", "run", questions, "--jobs", "1"]
        command += ["-c", "closed-book", "--llm", "openai:m", "--to", "runs"]
        environment = {**os.environ, "BBQA_BASE_URL": f"{server.url}/v1", "PYTHONPATH": ROOT}
        process = subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True)
        items = tmp_path / "runs" / "questions-closed-book-openai-m" / "items.jsonl"
        deadline = time.monotonic() + 60
        while not (items.exists() and items.stat().st_size) and time.monotonic() < deadline:
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert process.returncode == 130, err
        assert "the same command goes on" in err
        left = items.read_text().count("\n")
        assert 0 < left < 4
        again = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert f"going on: {left} of 4 items are there" in again.stderr
    assert items.read_text().count("\n") == 4
