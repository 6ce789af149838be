"""What a session remembers, and that it is there again after a crash."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bbqa.dialogue import Memory, Taken
from bbqa.errors import InputError
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Input,
    Modality,
    Node,
    NodeType,
    Question,
    Status,
)
from bbqa.session import (
    MAX_INPUTS,
    MAX_SUMMARY,
    MAX_TURNS,
    answered_turn,
    list_sessions,
    new_turn,
    open_session,
)
from bbqa.session_file import SessionError, sessions_file
from bbqa.things import thing_of

HERE = Path(__file__).parent
ASPIRIN = thing_of(Node("DB00945", NodeType.DRUG, "aspirin"))


def protein(letters, name=""):
    return Input("protein", Modality.PROTEIN, letters, letters, name, f"digest of {letters}")


def answered(session, question="What does protein_1 do?", text="It binds ATP [1]. And more [2]."):
    memory = session.memory()
    taken = Taken(question, memory.attached)
    claim = Claim("It binds ATP.", (1,), Status.CURATED)
    answer = Answer(Question(question), AnswerStatus.ANSWERED, text, (claim,), (), (), "summary")
    session.begin(question)
    turn = new_turn(question, taken, seconds=1.5)
    session.keep(answered_turn(turn, answer, found=(ASPIRIN,), asked_for=NodeType.DRUG))


def test_inputs_and_turns_are_there_again(tmp_path):
    with open_session(tmp_path, "mine") as session:
        assert not session.resumed
        session.attach([protein("MKT", "a header")])
        answered(session)
    with open_session(tmp_path, "mine") as session:
        assert session.resumed
        assert [(i.label, i.value, i.name) for i in session.inputs] == [
            ("protein_1", "MKT", "a header")
        ]
        assert session.turns[0]["answer"]["claims"][0]["text"] == "It binds ATP."
        memory = session.memory()
    assert memory.asked == "What does protein_1 do?"
    assert memory.found == (ASPIRIN,)
    assert memory.asked_for is NodeType.DRUG
    assert memory.subjects == memory.attached
    assert memory.fresh == frozenset()


def test_labels_stay_and_are_never_given_twice(tmp_path):
    with open_session(tmp_path, "mine") as session:
        labels = [i.label for i in session.attach([protein("MKA"), protein("MKB")])]
        assert labels == ["protein_1", "protein_2"]
        assert session.attach([protein("MKB")])[0].label == "protein_2"
        assert session.forget("protein_1") == ["protein_1"]
        assert session.attach([protein("MKA")])[0].label == "protein_3"
    with open_session(tmp_path, "mine") as session:
        assert session.forget("all") == ["protein_2", "protein_3"]
        assert session.attach([protein("MKD")])[0].label == "protein_4"


def test_what_was_forgotten_is_no_subject_any_more(tmp_path):
    with open_session(tmp_path, "mine") as session:
        session.attach([protein("MKT")])
        answered(session)
        session.forget("protein_1")
        assert session.memory().subjects == ()


def test_forgetting_what_is_not_there_lists_what_is(tmp_path):
    with open_session(tmp_path, "mine") as session:
        session.attach([protein("MKT")])
        with pytest.raises(InputError, match="no input is called 'protein_7'; attached: protein_1"):
            session.forget("protein_7")


def test_a_session_holds_so_many_inputs_and_then_none_more(tmp_path):
    with open_session(tmp_path, "mine") as session:
        session.attach([protein("M" + "K" * n) for n in range(MAX_INPUTS)])
        with pytest.raises(
            InputError, match="there would be 51 inputs; a session holds at most 50"
        ):
            session.attach([protein("MA")])
        assert len(session.inputs) == MAX_INPUTS


def test_old_turns_go_and_their_summary_is_folded_but_inputs_stay(tmp_path):
    with open_session(tmp_path, "mine") as session:
        session.attach([protein("MKT")])
        for number in range(MAX_TURNS + 5):
            answered(session, f"What is question {number}?", "x" * 150 + ".")
        assert len(session.turns) == MAX_TURNS
        assert session.dropped == 5
        assert session.turns[0]["taken"] == "What is question 5?"
        lines = session.summary
        assert sum(map(len, lines[1:])) <= MAX_SUMMARY
        assert lines[0].endswith("older questions)")
        assert int(lines[0][1:].split()[0]) + len(lines) - 1 == MAX_TURNS + 5
        assert len(session.inputs) == 1


def test_the_summary_has_the_question_the_status_and_the_first_sentence(tmp_path):
    with open_session(tmp_path, "mine") as session:
        answered(session)
        assert session.summary == ["What does protein_1 do? -> answered: It binds ATP [1]."]


def test_the_file_keeps_one_state_of_each_session(tmp_path):
    with open_session(tmp_path, "mine") as session:
        for _ in range(5):
            answered(session)
    with sqlite3.connect(sessions_file(tmp_path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM checkpoints").fetchone() == (1,)
    connection.close()


def test_a_question_without_answer_is_told_after_a_crash(tmp_path):
    with open_session(tmp_path, "mine") as session:
        session.begin("What does it do?")
    with open_session(tmp_path, "mine") as session:
        assert session.begun == "What does it do?"
        answered(session)
        assert session.begun == ""


CRASH = """
import sys
from pathlib import Path
from test_session import answered, protein
from bbqa.session import open_session
with open_session(Path(sys.argv[1]), "crashing") as session:
    session.attach([protein("MKT")])
    number = 0
    while True:
        answered(session, f"What is question {number}?")
        number += 1
        print(number, flush=True)
"""


def test_everything_told_to_be_saved_survives_kill_9(tmp_path):
    run = subprocess.Popen(
        [sys.executable, "-c", CRASH, str(tmp_path)],
        env={**os.environ, "PYTHONPATH": f"{HERE}{os.pathsep}{HERE.parent}"},
        stdout=subprocess.PIPE,
        text=True,
    )
    for _ in range(4):
        saved = int(run.stdout.readline())
    time.sleep(0.003)
    os.kill(run.pid, signal.SIGKILL)
    rest = run.stdout.read().split()
    run.wait()
    run.stdout.close()
    saved = int(rest[-1]) if rest else saved
    with open_session(tmp_path, "crashing") as session:
        assert session.resumed
        assert [i.label for i in session.inputs] == ["protein_1"]
        assert len(session.turns) in (saved, saved + 1)
        assert session.turns[saved - 1]["taken"] == f"What is question {saved - 1}?"


def test_a_second_terminal_on_a_session_is_refused_and_others_are_not(tmp_path):
    with open_session(tmp_path, "mine"):
        with (
            pytest.raises(SessionError, match="session 'mine' is open in another terminal"),
            open_session(tmp_path, "mine"),
        ):
            pass
        with open_session(tmp_path, "yours") as other:
            other.attach([protein("MKT")])
    with open_session(tmp_path, "mine") as session:
        assert not session.resumed


@pytest.mark.parametrize("name", ["../x", "a/b", " ", "-x", "x" * 65, "a\x1b[31m"])
def test_a_session_has_a_plain_name(tmp_path, name):
    with (
        pytest.raises(InputError, match="a session cannot be called"),
        open_session(tmp_path, name),
    ):
        pass


def test_a_file_that_is_no_database_is_an_error_and_stays(tmp_path):
    sessions_file(tmp_path).write_text("these are notes of mine" * 100)
    with (
        pytest.raises(SessionError, match="cannot be read or saved: file is not a database"),
        open_session(tmp_path, "mine"),
    ):
        pass
    assert sessions_file(tmp_path).read_text().startswith("these are notes")


def test_a_file_of_a_newer_bbqa_is_refused_and_not_touched(tmp_path):
    with open_session(tmp_path, "mine") as session:
        answered(session)
    with sqlite3.connect(sessions_file(tmp_path)) as connection:
        connection.execute("PRAGMA user_version = 9")
    connection.close()
    before = sessions_file(tmp_path).read_bytes()
    with (
        pytest.raises(SessionError, match="has format 9; this bbqa knows formats up to 1"),
        open_session(tmp_path, "mine"),
    ):
        pass
    assert sessions_file(tmp_path).read_bytes() == before


def test_a_damaged_session_is_an_error_and_others_can_be_used(tmp_path):
    for name in ("mine", "yours"):
        with open_session(tmp_path, name) as session:
            answered(session)
    with sqlite3.connect(sessions_file(tmp_path)) as connection:
        connection.execute(
            "UPDATE checkpoints SET checkpoint = substr(checkpoint, 1, 99) WHERE thread_id = 'mine'"
        )
    connection.close()
    with (
        pytest.raises(SessionError, match="session 'mine' is damaged"),
        open_session(tmp_path, "mine"),
    ):
        pass
    with open_session(tmp_path, "yours") as session:
        assert len(session.turns) == 1


def test_saved_sessions_are_listed_last_used_first(tmp_path):
    assert list_sessions(tmp_path) == []
    for name in ("one", "two", "one"):
        with open_session(tmp_path, name) as session:
            session.attach([protein("MKT")])
            answered(session, f"What is {name}?")
    lines = list_sessions(tmp_path)
    assert [(line.name, line.turns, line.inputs, line.last) for line in lines] == [
        ("one", 2, 1, "What is one?"),
        ("two", 1, 1, "What is two?"),
    ]


def test_a_session_without_a_name_gets_the_time_as_its_name(tmp_path):
    with open_session(tmp_path) as session:
        answered(session)
        assert session.name.startswith("20")
    assert [line.name for line in list_sessions(tmp_path)] == [session.name]


def test_a_session_that_is_not_kept_leaves_no_file(tmp_path):
    with open_session(tmp_path, kept=False) as session:
        session.attach([protein("MKT")])
        answered(session)
        assert len(session.turns) == 1
    assert list(tmp_path.iterdir()) == []


def test_nothing_but_plain_values_is_stored(tmp_path):
    with open_session(tmp_path, "mine") as session:
        session.attach([protein("MKT")])
        answered(session)
        assert json.loads(json.dumps(session.as_json())) == session.as_json()
    with sqlite3.connect(sessions_file(tmp_path)) as connection:
        rows = connection.execute("SELECT type, checkpoint FROM checkpoints").fetchall()
    connection.close()
    assert [kind for kind, _ in rows] == ["msgpack"]
    assert b"bbqa.schema" not in rows[0][1]


def test_a_failed_question_is_kept_and_not_referred_to(tmp_path):
    with open_session(tmp_path, "mine") as session:
        answered(session)
        session.keep({**new_turn("what?", Taken("what?"), seconds=0), "error": "no model"})
        assert session.turns[-1]["outcome"] == "failed"
        assert session.memory().asked == "What does protein_1 do?"
        assert session.summary[-1] == "what? -> failed: no model"


def test_an_empty_session_remembers_nothing(tmp_path):
    with open_session(tmp_path, kept=False) as session:
        assert session.memory() == Memory()
        assert session.summary == []
