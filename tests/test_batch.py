import json
import resource
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from copy import copy
from pathlib import Path

import pytest
from chat_server import Reply, serve_chat, sse
from world import ASPIRIN, KINASE, LACTASE, WordEncoder, make_graph, make_resources

from bbqa.batch import batch, record_path
from bbqa.batch.asking import Asker, lines
from bbqa.batch.output import open_output
from bbqa.batch.pace import Pace
from bbqa.batch.questions import read_questions
from bbqa.batch.turns import Patient, StoppedError, Turn
from bbqa.cli import main
from bbqa.errors import BbqaError, InputError, LLMError
from bbqa.llm import Message, open_llm
from bbqa.llm.scripted import Scripted
from bbqa.progress import Silent
from bbqa.resources import Resources
from bbqa.settings import Settings

DO = "What does this protein do?"
TESTS = Path(__file__).parent


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with all indexes of the tiny world built."""
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


@pytest.fixture
def resources(home):
    return make_resources(home)


def write_rows(path, *rows):
    path.write_text(
        "".join(row if isinstance(row, str) else json.dumps(row) + "\n" for row in rows)
    )
    return path


def lines_of(path):
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def three(tmp_path):
    """Three good questions."""
    return write_rows(
        tmp_path / "questions.jsonl",
        {"id": "kinase", "question": DO, "seq": KINASE, "batch": 7},
        {"id": "lactase", "question": DO, "seq": [LACTASE]},
        {"question": "Which proteins does this drug act on?", "smiles": ASPIRIN},
    )


def plain(questions, output, resources, **others):
    return batch(questions, output, resources=resources, use_llm=False, **others)


# reading questions


def test_each_row_becomes_one_line_with_its_id_its_line_and_what_was_given(
    three, tmp_path, resources
):
    report = plain(three, tmp_path / "a.jsonl", resources)
    answers = lines_of(tmp_path / "a.jsonl")
    assert [(a["id"], a["line"]) for a in answers] == [("kinase", 1), ("lactase", 2), ("3", 3)]
    assert answers[0]["given"] == {"batch": 7}
    assert answers[1]["answer"]["status"] == "answered"
    assert (report.done, report.failed, report.stopped) == (3, 0, False)


def test_csv_takes_several_inputs_in_columns_of_their_own(tmp_path):
    path = tmp_path / "q.csv"
    path.write_bytes(
        "\ufeffid,question,seq,seq_2,smiles,note\r\n"
        f'a,"Are these alike, or not?",{KINASE},{LACTASE},,"two\r\nlines"\r\n'
        f"b,{DO},{KINASE}\r\n".encode()
    )
    first, second = read_questions(path).rows
    assert (first.id, first.line, first.seq) == ("a", 2, (KINASE, LACTASE))
    assert first.question == "Are these alike, or not?"
    assert first.given == {"note": "two\nlines"}
    assert (second.line, second.seq, second.smiles) == (4, (KINASE,), ())


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_the_separator_is_found_in_the_header(tmp_path, separator):
    path = tmp_path / "q.txt"
    path.write_text(f"id{separator}question\na{separator}Why?\n")
    assert read_questions(path).rows[0].question == "Why?"


def test_a_relative_fasta_file_is_looked_for_beside_the_questions(tmp_path, monkeypatch):
    folder = tmp_path / "there"
    folder.mkdir()
    (folder / "k.fasta").write_text(f">k\n{KINASE}\n")
    path = write_rows(folder / "q.jsonl", {"question": DO, "seq": ["k.fasta", "no.fasta", KINASE]})
    monkeypatch.chdir(tmp_path)
    (row,) = read_questions(path).rows
    assert row.seq == (str(folder / "k.fasta"), str(folder / "no.fasta"), KINASE)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("q.jsonl", b"", "empty"),
        ("q.jsonl", b" \n \n", "empty"),
        ("q.jsonl", b'{"question": "\xff"}\n', "not UTF-8"),
        ("q.jsonl", b'[{"question": "Why?"}]', "JSON list"),
        ("q.jsonl", b'{"quesion": "Why?"}\n', "no column 'question'; it has 'quesion'"),
        ("q.csv", b"id,seq\na,MKT\n", "no column 'question'"),
        ("q.csv", b'id,"question\na,b\n', "header is broken"),
        ("q.csv", b"question,seq,seq\nWhy?,MKT,MKT\n", "column 'seq' comes 2 times"),
        ("q.csv", b'question,seq\n"Why?,MKT\nWhy?,MKT\n', "line 2: a quote is opened and never"),
        ("q.csv", b"question\n", "no questions"),
        (
            "q.jsonl",
            b'{"id": "x", "question": "Why?"}\n\n{"id": "x", "question": "Who?"}\n',
            "lines 1 and 3 have the same id 'x'",
        ),
        (
            "q.jsonl",
            b'{"id": 2, "question": "Why?"}\n{"question": "Who?"}\n',
            "lines 1 and 2 have the same id '2'",
        ),
    ],
)
def test_a_file_that_is_wrong_as_a_whole_is_refused_and_nothing_is_written(
    tmp_path, resources, name, content, message
):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=message) as caught:
        plain(tmp_path / name, tmp_path / "a.jsonl", resources)
    assert caught.value.hint
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_a_missing_file_is_refused(tmp_path, resources):
    with pytest.raises(InputError, match="no file"):
        plain(tmp_path / "none.jsonl", tmp_path / "a.jsonl", resources)


def test_a_bad_row_fails_alone_and_says_where_and_why(tmp_path, resources):
    path = write_rows(
        tmp_path / "q.jsonl",
        {"id": 0, "question": DO, "seq": KINASE},
        '{"id": 1, "question": \n',
        {"id": 2, "question": "  ", "extra": "kept"},
        {"id": 3, "question": DO, "seq": "MKT1AYIAKQR"},
        {"id": 4, "question": DO, "seq": 7},
        {"id": [5], "question": DO},
        "[1, 2]\n",
        '{"id": 7, "question": "Why?", "n": NaN}\n',
        {"id": 8, "question": DO, "seq": "-"},
        {"id": 9, "question": DO, "seq": LACTASE},
    )
    report = plain(path, tmp_path / "a.jsonl", resources)
    answers = lines_of(tmp_path / "a.jsonl")
    assert [a["line"] for a in answers] == list(range(1, 11))
    assert ["error" in a for a in answers] == [False, *[True] * 8, False]
    told = {a["line"]: a["error"]["message"] for a in answers if "error" in a}
    assert answers[1]["id"] is None
    assert "no JSON" in told[2]
    assert "no question" in told[3]
    assert answers[2]["given"] == {"extra": "kept"}
    assert "'1'" in told[4]
    assert "expected a text" in told[5]
    assert "id is [5]" in told[6]
    assert "expected an object" in told[7]
    assert "NaN" in told[8]
    assert "standard input" in told[9]
    assert all(a["error"]["hint"] and a["error"]["type"] for a in answers if "error" in a)
    assert (report.done, report.failed) == (2, 8)


def test_a_csv_row_with_too_many_cells_fails_alone(tmp_path):
    path = tmp_path / "q.csv"
    path.write_text(f"question,seq\n{DO},{KINASE},more\n{DO},{KINASE}\n")
    first, second = read_questions(path).rows
    assert "has 3 cells; the header has 2" in str(first.wrong)
    assert second.wrong is None


# going on


def test_a_second_run_asks_only_what_is_left_and_what_failed(tmp_path, resources):
    fasta = tmp_path / "late.fasta"
    path = write_rows(
        tmp_path / "q.jsonl",
        {"id": "a", "question": DO, "seq": "late.fasta"},
        {"id": "b", "question": DO, "seq": KINASE},
    )
    output = tmp_path / "a.jsonl"
    first = plain(path, output, resources)
    kept = output.read_text().splitlines()[1]
    assert first.counts["failed"] == 1
    unchanged = plain(path, output, resources, retry=False)
    assert (unchanged.earlier, unchanged.failed) == (2, 1)
    fasta.write_text(f">k\n{KINASE}\n")
    second = plain(path, output, resources)
    assert (second.earlier, second.done, second.failed) == (1, 2, 0)
    assert [a["id"] for a in lines_of(output)] == ["a", "b"]
    assert output.read_text().splitlines()[1] == kept


def test_half_a_line_at_the_end_is_cut_off_and_asked_again(three, tmp_path, resources):
    output = tmp_path / "a.jsonl"
    plain(three, output, resources)
    whole = output.read_bytes()
    output.write_bytes(whole[:-40])
    report = plain(three, output, resources)
    assert report.earlier == 2
    assert [a["line"] for a in lines_of(output)] == [1, 2, 3]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("questions", "the questions' SHA-256 was"),
        ("settings", "k was 12 and is 5"),
        ("translate", "--translate was False and is True"),
        ("record", "no run record"),
        ("line", "line 1 is no line of a batch"),
    ],
)
def test_answers_of_another_run_are_not_gone_on_with(
    three, tmp_path, home, resources, change, message
):
    output = tmp_path / "a.jsonl"
    plain(three, output, resources)
    before = output.read_bytes()
    others = {}
    match change:
        case "questions":
            three.write_text(three.read_text() + "\n")
        case "settings":
            resources = make_resources(home, k=5)
        case "translate":
            others = {"translate": True}
        case "record":
            record_path(output).unlink()
        case "line":
            before = b'{"some": "other file"}\n'
            output.write_bytes(before)
    with pytest.raises(InputError, match=message) as caught:
        plain(three, output, resources, **others)
    assert "--restart" in caught.value.hint
    assert output.read_bytes() == before
    assert plain(three, output, resources, restart=True, **others).earlier == 0


def test_where_things_are_and_how_long_to_wait_may_change_between_runs(three, tmp_path, home):
    plain(three, tmp_path / "a.jsonl", make_resources(home))
    later = make_resources(home, timeout_s=5.0, offline=True)
    assert plain(three, tmp_path / "a.jsonl", later).earlier == 3


def test_the_run_record_tells_what_was_asked_and_how_far_it_got(three, tmp_path, resources):
    plain(three, tmp_path / "a.jsonl", resources)
    run = json.loads((tmp_path / "a.jsonl.run.json").read_text())
    assert run["state"] == "done"
    assert run["counts"] == {"done": 3, "failed": 0, "left": 0, "by_status": {"answered": 3}}
    assert run["record"]["graph"] == resources.graph.hash
    assert run["questions"]["rows"] == 3
    assert run["started"] <= run["finished"]


# the output file


def test_two_runs_do_not_write_to_one_file(three, tmp_path, resources):
    with (
        open_output(tmp_path / "a.jsonl"),
        pytest.raises(BbqaError, match="another batch is writing to"),
    ):
        plain(three, tmp_path / "a.jsonl", resources)


def test_an_output_that_cannot_be_is_refused(three, tmp_path, resources):
    with pytest.raises(InputError, match="is a folder"):
        plain(three, tmp_path, resources)
    with pytest.raises(InputError, match="no folder"):
        plain(three, tmp_path / "none" / "a.jsonl", resources)
    with pytest.raises(InputError, match="is the file of questions"):
        plain(three, three, resources)


@contextmanager
def files_of_at_most(size):
    """A full disk, as far as this process can tell."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_a_full_disk_ends_the_run_with_whole_lines_and_it_can_be_gone_on_with(
    three, tmp_path, resources
):
    output = tmp_path / "a.jsonl"
    plain(three, output, resources)
    first, second, _ = output.read_bytes().splitlines(keepends=True)
    resources.prepare()
    plain_size = len(first) + len(second) // 2
    with files_of_at_most(plain_size), pytest.raises(BbqaError, match="cannot write") as caught:
        plain(three, output, resources, restart=True)
    assert "go on" in caught.value.hint
    assert [a["id"] for a in lines_of(output)] == ["kinase"]
    assert plain(three, output, resources).earlier == 1


# language models


def model_reply(*sentences):
    return json.dumps({"sentences": [{"text": t, "cites": list(c)} for t, c in sentences]})


def test_a_model_that_fails_leaves_the_composed_answer_and_the_row_is_asked_again(
    three, tmp_path, home, resources
):
    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"error": "no power", "when": "e"}) + "\n")
    with open_llm(f"scripted:{script}", home=tmp_path) as llm:
        failing = make_resources(home, llm=llm)
        report = batch(three, tmp_path / "a.jsonl", resources=failing)
    line = lines_of(tmp_path / "a.jsonl")[0]
    assert report.failed == 3
    assert line["error"]["message"] == "no power"
    assert line["answer"]["written_by"] == "composed"


def serve_model(*, pause_s=0.0):
    pieces = sse(model_reply(("KIN1 enables tyrosine kinase activity.", [2])))
    return serve_chat(v1_chat_completions=Reply(pieces, pause_s=pause_s))


def with_server(home, url):
    settings = Settings(home=home, llm="openai:m", base_url=f"{url}/v1", driver="plan")
    return Resources(settings, graph=make_graph(), encoder=WordEncoder())


def without_times(path):
    lines = lines_of(path)
    for line in lines:
        line["answer"] |= {"timings_s": 0, "record": 0}
        line["answer"]["steps"] = [step | {"seconds": 0} for step in line["answer"]["steps"]]
    return lines


def test_answers_do_not_depend_on_how_many_are_asked_at_a_time(tmp_path, home):
    rows = [{"id": n, "question": DO, "seq": [KINASE, LACTASE][n % 2]} for n in range(12)]
    path = write_rows(tmp_path / "q.jsonl", *rows)
    with serve_model(pause_s=0.01) as server:
        one = batch(path, tmp_path / "1.jsonl", resources=with_server(home, server.url), jobs=1)
        four = batch(path, tmp_path / "4.jsonl", resources=with_server(home, server.url))
    assert (one.jobs, four.jobs) == (1, 4)
    assert one.counts == four.counts == {"answered": 12}
    assert without_times(tmp_path / "1.jsonl") == without_times(tmp_path / "4.jsonl")


def test_several_questions_wait_for_a_server_at_the_same_time(three, tmp_path, home):
    resources = with_server(home, "http://127.0.0.1:1")
    resources.prepare()
    waiting = threading.Barrier(3, timeout=20)  # broken unless three calls are there at once

    class Meeting(Scripted):
        def _pieces(self, *args, **others):
            waiting.wait()
            return super()._pieces(*args, **others)

    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"reply": model_reply(), "when": "e"}) + "\n")
    turn = Turn()
    askers = []
    for _ in range(3):
        own = copy(resources)
        own.llm = Patient(Meeting(script), turn)
        askers.append(Asker(own, turn, own.llm, translate=False))
    found = list(lines(read_questions(three).rows, askers))
    assert sorted(line["line"] for line in found) == [1, 2, 3]


def test_a_model_in_this_process_answers_one_question_at_a_time(three, tmp_path, home):
    script = tmp_path / "script.jsonl"
    script.write_text(json.dumps({"reply": model_reply(), "when": "e"}) + "\n")
    with open_llm(f"scripted:{script}", home=tmp_path) as llm:
        resources = make_resources(home, llm=llm)
        assert batch(three, tmp_path / "a.jsonl", resources=resources, jobs=8).jobs == 1


def test_too_many_jobs_are_refused(three, tmp_path, resources):
    with pytest.raises(InputError, match="--jobs is 1000; expected 1 to 64"):
        plain(three, tmp_path / "a.jsonl", resources, jobs=1000)


# progress


def test_rate_failures_and_time_left_are_said_once_a_minute():
    said = []

    class Listening(Silent):
        def say(self, text):
            said.append(text)

    clock = iter([0, 30, 61, 100, 122])
    pace = Pace(Listening(), 1010, 10, clock=lambda: next(clock))
    for failed in (False, True, False, False):
        pace.count(failed=failed)
    assert said == [
        "12 of 1,010 questions asked, 1 of 2 failed; 2.0 a minute, 8 h 27 min left",
        "14 of 1,010 questions asked, 1 of 4 failed; 2.0 a minute, 8 h 26 min left",
    ]


# being stopped

RUN = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_batch import with_server
from bbqa.batch import batch
home, questions, output, url, jobs = sys.argv[2:]
report = batch(Path(questions), Path(output), resources=with_server(Path(home), url),
               jobs=int(jobs))
print("\\n".join(report.lines()))
sys.exit(130 if report.stopped else 0)
"""


@contextmanager
def running(home, questions, output, url, jobs):
    """A batch in a process of its own that has written two lines and is going on."""
    args = [sys.executable, "-c", RUN, TESTS, home, questions, output, url, jobs]
    process = subprocess.Popen(list(map(str, args)), stdout=subprocess.PIPE, text=True)
    try:
        until = time.monotonic() + 60
        while not output.exists() or output.read_bytes().count(b"\n") < 2:
            assert process.poll() is None and time.monotonic() < until
            time.sleep(0.02)
        yield process
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture
def twenty(tmp_path):
    rows = [{"id": n, "question": DO, "seq": KINASE} for n in range(20)]
    return write_rows(tmp_path / "q.jsonl", *rows)


@pytest.mark.parametrize("jobs", [1, 3])
def test_a_killed_run_leaves_whole_lines_and_is_gone_on_with(twenty, tmp_path, home, jobs):
    output = tmp_path / "a.jsonl"
    with serve_model(pause_s=0.05) as server:
        with running(home, twenty, output, server.url, jobs) as process:
            process.kill()
            process.wait()
        done = lines_of(output)
        assert 2 <= len(done) < 20
        assert json.loads(record_path(output).read_text())["state"] == "running"
        report = batch(twenty, output, resources=with_server(home, server.url))
    assert (report.earlier, report.done) == (len(done), 20)
    assert [line["id"] for line in lines_of(output)] == [str(n) for n in range(20)]
    assert [line for line in lines_of(output) if line in done] == sorted(
        done, key=lambda line: line["line"]
    )


@pytest.mark.parametrize("jobs", [1, 3])
def test_ctrl_c_ends_a_run_cleanly_and_says_how_to_go_on(twenty, tmp_path, home, jobs):
    output = tmp_path / "a.jsonl"
    with (
        serve_model(pause_s=0.05) as server,
        running(home, twenty, output, server.url, jobs) as process,
    ):
        process.send_signal(signal.SIGINT)
        told, _ = process.communicate(timeout=20)
    assert process.returncode == 130
    done = lines_of(output)
    assert 1 <= len(done) < 20  # the one just being written may have been taken back
    assert not any("error" in line for line in done)
    assert f"{len(done)} of 20 questions have an answer" in told
    assert "the same command goes on" in told
    run = json.loads(record_path(output).read_text())
    assert (run["state"], run["counts"]["left"]) == ("stopped", 20 - len(done))


# the command


def test_the_command_refuses_a_bad_file_with_2_and_writes_nothing(tmp_path, capsys, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("q.csv").write_text("id,seq\na,MKT\n")
    assert main(["batch", "q.csv", "-o", "a.jsonl", "--no-llm"]) == 2
    assert "no column 'question'" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["q.csv"]


def test_the_examples_can_be_read():
    rows = read_questions(TESTS.parent / "examples" / "questions.jsonl").rows
    assert all(row.wrong is None for row in rows)
    assert Path(rows[0].seq[0]).is_file()


def test_others_have_their_turn_while_a_model_is_asked_and_its_failure_is_remembered(tmp_path):
    script = tmp_path / "script.jsonl"
    script.write_text('"one"\n{"error": "no power"}\n"three"\n')
    turn = Turn()
    taken = []

    class Looking(Scripted):
        def converse(self, messages, **others):
            with turn:  # would wait for ever if the asker kept its turn
                taken.append(True)
            return super().converse(messages, **others)

    model = Patient(Looking(script), turn)
    with turn:
        assert model.converse([Message("user", "?")], tools=()).text == "one"
        with pytest.raises(LLMError, match="no power"):
            model.converse([Message("user", "?")], tools=())
        assert str(model.failure) == "no power"
        assert model.complete([Message("user", "?")]).text == "three"
        assert model.failure is None
        turn.stop()
        with pytest.raises(StoppedError):
            model.complete([Message("user", "?")])
    assert taken == [True, True]
