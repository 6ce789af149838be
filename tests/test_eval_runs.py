import json
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from chat_server import Reply, serve_chat, sse
from eval_world import CARD, ITEMS, KNOWING, Tiny, entities, write_script
from world import KINASE, WordEncoder, make_graph, make_resources

from bbqa.errors import BbqaError, InputError, LLMError
from bbqa.eval.benchmarks import Condition, Response
from bbqa.eval.runs import read_run
from bbqa.eval.runs.calls import Recorded, Recording, call_key
from bbqa.eval.runs.engine import carry_out
from bbqa.eval.runs.line import from_line, item_digest, lean_answer, to_line
from bbqa.eval.runs.plan import Plan
from bbqa.eval.runs.replay import replay
from bbqa.eval.runs.results import write_results
from bbqa.eval.runs.watch import Watch
from bbqa.llm import Message, open_llm
from bbqa.progress import Silent
from bbqa.resources import Resources
from bbqa.settings import Settings

TESTS = Path(__file__).parent
PLAN = Plan(Tiny())


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """A home with all indexes of the tiny world built."""
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


def make(home, script, **settings):
    """Resources whose model is a script."""
    made = make_resources(home, **settings)
    made.llm = open_llm(script)
    return made


@pytest.fixture
def knowing(home, tmp_path):
    return make(home, write_script(tmp_path / "script.jsonl", *KNOWING))


def run(resources, folder, condition=Condition.BBQA, *, plan=PLAN, **others):
    items = plan.items(resources)
    return carry_out(plan, condition, items, resources, folder=folder, **others)


class Said(Silent):
    """Progress that keeps what it was told."""

    def __init__(self):
        self.lines = []

    def say(self, text):
        self.lines.append(text)


# what a run holds


def test_a_run_has_a_line_for_each_item_its_calls_its_scores_and_a_record(knowing, tmp_path):
    found = run(knowing, tmp_path / "run")
    assert found.state == "done"
    assert [one.item.id for one in found.finished] == [item.id for item in ITEMS]
    calls = (tmp_path / "run" / "llm_calls.jsonl").read_text().splitlines()
    assert calls and all(json.loads(line)["calls"] for line in calls)
    assert {score.metric for score in found.scores} >= {"entity F1", "accuracy", "ROUGE-L"}
    assert found.record["benchmark"]["metric"] == "entity F1"
    assert found.record["llm"]["driver"] == "plan"
    assert found.record["sessions"][0]["machine"]["cores"] >= 1


def test_an_item_that_cannot_be_asked_is_an_item_with_an_error_and_is_counted(knowing, tmp_path):
    found = run(knowing, tmp_path / "run")
    last = found.finished[-1]
    assert "'MK1L' is no amino-acid sequence" in last.response.error
    errors = next(s for s in found.scores if s.metric == "errors" and s.bin == "all")
    assert errors.value == pytest.approx(1 / 5)
    assert errors.n == 5


def test_a_line_keeps_what_reports_need_and_no_residues(knowing, tmp_path):
    found = run(knowing, tmp_path / "run")
    text = (tmp_path / "run" / "items.jsonl").read_text()
    assert KINASE[100:140] not in text
    first = found.finished[0]
    assert first.item.seq == ("220 residues, " + first.item.seq[0].split(", ")[1],)
    assert first.names["GO:0000002"] == "tyrosine kinase activity"
    assert first.response.nodes == ("GO:0000002",)
    assert first.response.llm_calls >= 1
    assert first.response.prompt_tokens > 0
    cited = {n for claim in first.response.answer["claims"] for n in claim["citations"]}
    dropped = {n for one in first.response.answer["dropped"] for n in one["citations"]}
    assert {one["number"] for one in first.response.answer["evidence"]} <= cited | dropped
    assert sum(first.response.answer["evidence_found"].values()) >= len(cited)


def test_a_lean_answer_is_still_an_answer(knowing):
    from bbqa.ask import ask
    from bbqa.schema import Answer

    answer = ask("What does this protein do?", seq=KINASE, use_llm=False, resources=knowing)
    read = Answer.from_json(lean_answer(answer.to_json()))
    assert read.claims == answer.claims
    assert read.record == {}


def test_a_line_is_read_back_as_it_was_written():
    response = Response(text="x", nodes=("GO:0000002",), confidence=0.0, seconds=1.5)
    item = replace(ITEMS[2], seq=(), context="", also=("GO:0000001",))
    line = json.loads(json.dumps(to_line(3, item, response, {"a": "b"}, failed=False)))
    read = from_line(line)
    assert (read.line, read.item, read.response, read.names) == (3, item, response, {"a": "b"})
    assert line["outcome"] == "answered"


def test_the_digest_of_an_item_changes_with_anything_in_it():
    changed = [
        replace(ITEMS[0], seq=("MK",)),
        replace(ITEMS[0], hidden=("P00001",)),
        replace(ITEMS[0], gold=()),
    ]
    assert len({item_digest(item) for item in (ITEMS[0], *changed)}) == 4


def test_items_are_in_the_benchmarks_order_and_read_one_at_a_time(knowing, tmp_path):
    run(knowing, tmp_path / "run", Condition.COPY)
    found = read_run(tmp_path / "run")
    assert found.finished[1].item.id == "distant"
    assert [item.id for item, _ in found.answered[1:3]] == ["distant", "choice"]
    assert found.answered[-1][0].id == "broken"
    assert len(found.answered) == 5


# going on


def test_the_same_run_asks_nothing_twice(home, tmp_path):
    script = write_script(tmp_path / "s.jsonl", *KNOWING)
    run(make(home, script), tmp_path / "run")
    before = (tmp_path / "run" / "items.jsonl").read_bytes()
    again = make(home, script)
    again.progress = Said()
    found = run(again, tmp_path / "run")
    assert again.llm.asked == []
    assert (tmp_path / "run" / "items.jsonl").read_bytes() == before
    assert found.state == "done"
    assert "bbqa: done before, 5 items; --fresh asks them anew" in again.progress.lines


def test_a_killed_run_goes_on_after_its_last_whole_item(home, tmp_path):
    script = write_script(tmp_path / "s.jsonl", *KNOWING)
    found = run(make(home, script), tmp_path / "run")
    whole = [one.response.text for one in found.finished]
    items = tmp_path / "run" / "items.jsonl"
    lines = items.read_bytes().splitlines(keepends=True)
    items.write_bytes(lines[0] + lines[1] + lines[2][:50])
    record = tmp_path / "run" / "record.json"
    record.write_text(json.dumps({**json.loads(record.read_text()), "state": "running"}))
    (tmp_path / "run" / "scores.json").unlink()
    again = make(home, script)
    again.progress = Said()
    found = run(again, tmp_path / "run")
    assert [one.response.text for one in found.finished] == whole
    assert found.state == "done"
    assert len(found.record["sessions"]) == 2
    assert "going on: 2 of 5 items are there" in again.progress.lines


KILLED = """
import sys, time
from pathlib import Path
sys.path.insert(0, {tests!r})
from eval_world import Tiny, entities
from world import KINASE, make_resources
from bbqa.eval.benchmarks import Condition
from bbqa.eval.runs.engine import carry_out
from bbqa.eval.runs.plan import Plan

class Slow(Tiny):
    def items(self, data, resources, *, split):
        return iter([entities(f"item-{{n}}", KINASE, "GO:0000002") for n in range({n})])

resources = make_resources(Path({home!r}))
plan = Plan(Slow())
carry_out(plan, Condition.COPY, plan.items(resources), resources, folder=Path({folder!r}))
"""


def test_kill_9_in_the_middle_loses_at_most_the_item_under_way(home, tmp_path):
    folder = tmp_path / "run"
    items = folder / "items.jsonl"
    n = 300
    code = KILLED.format(tests=str(TESTS), home=str(home), folder=str(folder), n=n)
    process = subprocess.Popen([sys.executable, "-c", code], cwd=TESTS.parent)
    deadline = time.monotonic() + 60
    while not (items.exists() and items.stat().st_size > 2000) and time.monotonic() < deadline:
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.wait()
    killed = read_run(folder)
    there = len(killed.finished)
    assert 0 < there < n
    assert killed.state == "running"
    many = [entities(f"item-{number}", KINASE, "GO:0000002") for number in range(n)]
    short = Plan(Tiny(many[: there + 3]))
    with pytest.raises(InputError, match="the items' digest was"):
        run(make_resources(home), folder, Condition.COPY, plan=short)
    resources = make_resources(home)
    resources.progress = Said()
    found = run(resources, folder, Condition.COPY, plan=Plan(Tiny(many)))
    assert f"going on: {there:,} of {n:,} items are there" in resources.progress.lines
    assert [one.item.id for one in found.finished] == [item.id for item in many]


@pytest.mark.parametrize(
    ("plan", "condition", "settings", "message"),
    [
        (replace(PLAN, seed=1), Condition.COPY, {}, "seed was 0 and is 1"),
        (replace(PLAN, max_identity=0.3), Condition.COPY, {}, "max identity was None and is 0.3"),
        (PLAN, Condition.CHANCE, {}, "condition was 'copy' and is 'chance'"),
        (PLAN, Condition.COPY, {"k": 5}, "k was 12 and is 5"),
        (Plan(Tiny(ITEMS[:2])), Condition.COPY, {}, "the items' digest was"),
    ],
)
def test_another_run_is_never_mixed_in(home, tmp_path, plan, condition, settings, message):
    run(make_resources(home), tmp_path / "run", Condition.COPY)
    before = (tmp_path / "run" / "items.jsonl").read_bytes()
    with pytest.raises(InputError, match=message) as caught:
        run(make_resources(home, **settings), tmp_path / "run", condition, plan=plan)
    assert caught.value.hint == "choose another --to, or --fresh to begin anew"
    assert (tmp_path / "run" / "items.jsonl").read_bytes() == before


def test_another_graph_is_never_mixed_in(home, tmp_path):
    from world import EDGES_OF_THE_WORLD

    run(make_resources(home), tmp_path / "run", Condition.COPY)
    other = make_resources(home, graph=make_graph(edges_given=EDGES_OF_THE_WORLD[1:]))
    with pytest.raises(InputError, match="the graph was"):
        run(other, tmp_path / "run", Condition.COPY)


def test_another_model_is_never_mixed_in(home, tmp_path):
    run(make(home, write_script(tmp_path / "a.jsonl", *KNOWING)), tmp_path / "run")
    other = make(home, write_script(tmp_path / "b.jsonl", *KNOWING))
    with pytest.raises(InputError, match=r"llm was 'scripted:a.jsonl' and is 'scripted:b.jsonl'"):
        run(other, tmp_path / "run")


def test_fresh_begins_anew(home, tmp_path):
    run(make_resources(home), tmp_path / "run", Condition.COPY)
    found = run(make_resources(home, k=5), tmp_path / "run", Condition.COPY, fresh=True)
    assert len(found.record["sessions"]) == 1
    assert found.record["run"]["settings"]["k"] == 5


def test_a_folder_that_another_run_writes_to_is_left_alone(home, tmp_path):
    from bbqa.batch.output import open_output
    from bbqa.eval.runs.engine import OF_ITEMS

    (tmp_path / "run").mkdir()
    with (
        open_output(tmp_path / "run" / "items.jsonl", lines=OF_ITEMS),
        pytest.raises(BbqaError, match="another run is writing to") as caught,
    ):
        run(make_resources(home), tmp_path / "run", Condition.COPY)
    assert "choose another --to" in caught.value.hint


def test_a_folder_with_something_else_is_refused(home, tmp_path):
    (tmp_path / "items.jsonl").write_text('{"a": 1}\n')
    with pytest.raises(InputError, match="line 1 is no line of a run"):
        run(make_resources(home), tmp_path, Condition.COPY)


# what goes wrong


def dying(tmp_path, *, alive):
    """A script that answers so many closed-book questions, and then nothing any more."""
    replies = [{"reply": f"It enables activity {n}."} for n in range(alive)]
    return write_script(tmp_path / "dying.jsonl", *replies)


def twenty():
    return Plan(Tiny([entities(f"item-{n}", KINASE, "GO:0000002") for n in range(20)]))


def test_a_model_that_dies_at_item_17_ends_the_run_which_can_be_gone_on_with(home, tmp_path):
    folder = tmp_path / "run"
    with pytest.raises(LLMError, match="failed 3 times in a row, the last time at item 19") as e:
        script = dying(tmp_path, alive=16)
        run(make(home, script), folder, Condition.CLOSED_BOOK, plan=twenty())
    assert "--resume goes on" in e.value.hint
    left = read_run(folder)
    assert left.state == "stopped"
    assert len(left.finished) == 19
    revived = make(home, dying(tmp_path, alive=20))
    revived.progress = Said()
    found = run(revived, folder, Condition.CLOSED_BOOK, plan=twenty())
    assert "the language model failed at 3 items: they are asked again" in revived.progress.lines
    assert "going on: 16 of 20 items are there" in revived.progress.lines
    assert len(revived.llm.asked) == 4
    assert found.state == "done"
    assert not any(response.error for _, response in found.answered)


def test_a_model_that_fails_now_and_then_does_not_end_the_run(home, tmp_path):
    lines = [{"reply": "It is a kinase."}, {"error": "no"}, {"reply": "It is a lactase."}] * 8
    script = write_script(tmp_path / "s.jsonl", *lines)
    found = run(make(home, script), tmp_path / "run", Condition.CLOSED_BOOK, plan=twenty())
    assert found.state == "done"
    failed = [response.error for _, response in found.answered if response.error]
    assert failed == ["the language model failed: no"] * 7


def test_a_model_that_cannot_be_opened_ends_the_run_before_the_first_item(home, tmp_path):
    settings = Settings(home=home, llm="openai:x")
    resources = Resources(settings, graph=make_graph(), encoder=WordEncoder())
    with pytest.raises(LLMError, match="needs a server's address"):
        run(resources, tmp_path / "run")
    assert not (tmp_path / "run").exists()


def test_an_answer_that_bbqa_gave_without_its_model_counts_as_an_error(home, tmp_path):
    script = write_script(tmp_path / "s.jsonl", {"when": " ", "error": "out of order"})
    plan = Plan(Tiny(ITEMS[:1]))
    found = run(make(home, script), tmp_path / "run", plan=plan)
    assert found.finished[0].response.error == "the language model failed: out of order"


def test_a_full_disk_ends_the_run_and_the_next_one_goes_on(home, tmp_path):
    folder = tmp_path / "run"
    full = subprocess.run(
        [sys.executable, "-c", FULL_DISK.format(tests=str(TESTS), home=home, folder=folder)],
        capture_output=True,
        text=True,
        cwd=TESTS.parent,
        check=False,
    )
    assert "cannot write" in full.stdout, full.stderr
    assert "make room or mend its folder" in full.stdout
    left = read_run(folder)
    assert 0 < len(left.finished) < 20
    found = run(make_resources(home), folder, Condition.COPY, plan=twenty())
    assert found.state == "done"
    assert len(found.finished) == 20


FULL_DISK = """
import resource, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from eval_world import Tiny, entities
from world import KINASE, make_resources
from bbqa.errors import BbqaError
from bbqa.eval.benchmarks import Condition
from bbqa.eval.runs.engine import carry_out
from bbqa.eval.runs.plan import Plan

resources = make_resources(Path("{home}"))
plan = Plan(Tiny([entities(f"item-{{n}}", KINASE, "GO:0000002") for n in range(20)]))
items = plan.items(resources)
resource.setrlimit(resource.RLIMIT_FSIZE, (6_000, 6_000))
try:
    carry_out(plan, Condition.COPY, items, resources, folder=Path("{folder}"))
except BbqaError as error:
    print(error.message, "|", error.hint)
"""


def test_two_items_of_one_id_are_refused(home):
    with pytest.raises(InputError, match=r"items 1 and 2 have the same id 'kinase'"):
        Plan(Tiny((ITEMS[0], ITEMS[0]))).items(make_resources(home))


def test_a_benchmark_without_items_is_refused(home):
    with pytest.raises(InputError, match="tiny has no items in its split 'dev'"):
        Plan(Tiny(()), split="dev").items(make_resources(home))


def test_a_folder_that_is_no_run_is_refused(tmp_path):
    with pytest.raises(InputError, match=r"cannot read .*record.json") as caught:
        read_run(tmp_path)
    assert caught.value.hint == "a run is a folder that `bbqa eval run` wrote"


# parallel


def with_server(home, url):
    settings = Settings(home=home, llm="openai:m", base_url=f"{url}/v1", driver="plan")
    return Resources(settings, graph=make_graph(), encoder=WordEncoder())


def test_several_items_at_a_time_give_what_one_at_a_time_gives(home, tmp_path):
    written = {
        "molecular_function": {"cites": [2], "text": "KIN1 enables tyrosine kinase activity."}
    }
    found = []
    for jobs in (1, 4):
        with serve_chat(
            v1_chat_completions=Reply(sse(json.dumps(written)), pause_s=0.01)
        ) as server:
            run(with_server(home, server.url), tmp_path / str(jobs), plan=twenty(), jobs=jobs)
        lines = (tmp_path / str(jobs) / "items.jsonl").read_text().splitlines()
        found.append([timeless(json.loads(line)) for line in lines])
    assert found[0] == found[1]
    assert len(found[1]) == 20
    assert read_run(tmp_path / "4").record["sessions"][0]["jobs"] == 4


def timeless(value):
    """A line without its seconds."""
    if isinstance(value, dict):
        return {k: timeless(v) for k, v in value.items() if k not in ("seconds", "timings_s")}
    return [timeless(part) for part in value] if isinstance(value, list) else value


def test_more_jobs_than_is_sensible_are_refused(home, tmp_path):
    with pytest.raises(InputError, match="--jobs is 65; expected 1 to 64"):
        run(make_resources(home), tmp_path / "run", Condition.COPY, jobs=65)


# replay


def test_a_replay_gives_every_response_bit_for_bit_without_a_model(knowing, home, tmp_path):
    for condition in Condition:
        run(knowing, tmp_path / condition, condition)
        without = make_resources(home)
        found = replay(tmp_path / condition, PLAN, without)
        assert found.differing == ()
        assert found.items == 5
        assert "llm" not in vars(without)


def test_a_replay_tells_what_came_out_differently(knowing, home, tmp_path):
    run(knowing, tmp_path / "run", Condition.CLOSED_BOOK)
    calls = tmp_path / "run" / "llm_calls.jsonl"
    calls.write_text(calls.read_text().replace("It enables tyrosine kinase", "It lacks a kinase"))
    found = replay(tmp_path / "run", PLAN, make_resources(home))
    assert [one.id for one in found.differing] == ["kinase", "distant", "role", "broken"]
    assert found.differing[0].fields == ("text", "nodes")


def test_a_replay_says_that_a_call_was_not_recorded(knowing, home, tmp_path):
    run(knowing, tmp_path / "run")
    (tmp_path / "run" / "llm_calls.jsonl").write_text("")
    found = replay(tmp_path / "run", PLAN, make_resources(home))
    assert any("not recorded" in one.fields[0] for one in found.differing)


def test_a_replay_with_other_items_is_refused(knowing, home, tmp_path):
    run(knowing, tmp_path / "run")
    with pytest.raises(InputError, match="cannot be replayed: the items are not those"):
        replay(tmp_path / "run", Plan(Tiny(ITEMS[:2])), make_resources(home))


def test_a_reply_is_said_again_in_the_pieces_in_which_it_came(tmp_path):
    script = write_script(tmp_path / "s.jsonl", {"reply": "one two three"}, {"error": "gone"})
    asked = [Message("user", "Count.")]
    model = Recording(open_llm(script))
    first = iter(model.stream(asked))
    assert next(first).strip() == "one"
    first.close()
    with pytest.raises(LLMError, match="gone"):
        model.complete(asked)
    assert model.failure is not None
    recorded = Recorded(model.name, context_tokens=4096)
    recorded.begin(json.loads(json.dumps(model.to_json())))
    assert "".join(recorded.stream(asked)).strip() == "one"
    assert recorded.last.completion_tokens == 1
    with pytest.raises(LLMError, match="gone"):
        recorded.complete(asked)
    with pytest.raises(LLMError, match="no record of a call"):
        recorded.complete(asked)
    assert recorded.missing


def test_a_call_is_known_by_all_that_its_reply_depends_on():
    asked = [Message("user", "Why?")]
    keys = {
        call_key(asked, None, 10, ()),
        call_key(asked, None, 11, ()),
        call_key(asked, {"type": "object"}, 10, ()),
        call_key(asked, None, 10, ("\n",)),
        call_key([Message("system", "Why?")], None, 10, ()),
    }
    assert len(keys) == 5


# what is told


def test_a_run_says_how_it_goes_with_the_score_so_far_and_the_time_that_is_left():
    now = [0.0]
    said = Said()
    watch = Watch(said, "tiny, bbqa", 4, 0, clock=lambda: now[0])
    for verdict in (("accuracy", 1.0), ("errors", 0.0)):
        now[0] += 61
        watch.count({"verdict": verdict})
    assert said.lines[1] == (
        "tiny, bbqa: 2 of 4 items, accuracy 0.50 of 2, 1 failed; 1.0 a minute, 2 min 2 s left"
    )


def test_results_have_a_record_for_each_run_bin_and_metric(knowing, tmp_path):
    for condition in (Condition.COPY, Condition.CHANCE):
        run(knowing, tmp_path / condition, condition)
    (path,) = write_results([tmp_path / "copy", tmp_path / "chance"], tmp_path / "results")
    found = json.loads(path.read_text())
    assert path.name == "tiny.json"
    assert found["benchmark"]["name"] == CARD.name
    assert found["runs"]["copy"]["condition"] == "copy"
    assert found["runs"]["copy"]["commits"]
    first = found["scores"][0]
    assert set(first) == {"run", "condition", "bin", "metric", "value", "low", "high", "n"}
    assert {one["bin"] for one in found["scores"]} >= {"all", "identity: 100 %"}


def test_results_of_a_run_that_is_not_done_are_refused(home, tmp_path):
    with pytest.raises(LLMError):
        script = dying(tmp_path, alive=2)
        run(make(home, script), tmp_path / "run", Condition.CLOSED_BOOK, plan=twenty())
    with pytest.raises(InputError, match="is not done: 5 of 20 items"):
        write_results([tmp_path / "run"], tmp_path)
