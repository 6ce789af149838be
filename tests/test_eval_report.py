import base64
import hashlib
import json
import re
from dataclasses import replace
from html.parser import HTMLParser

import pytest
from report_world import TERMS, make_items, make_response, write_run, write_runs

from bbqa.errors import BbqaError, InputError
from bbqa.eval.benchmarks import Form, Item, Response
from bbqa.eval.report import report
from bbqa.eval.report.charts import Point, Trace, Value, bars, dots, shown, square
from bbqa.eval.report.metrics import group_of, is_better, meaning
from bbqa.eval.report.page import page
from bbqa.eval.report.sheet import Verdict, make_sheets, names_of, verdict_of
from bbqa.eval.report.tables import bin_options
from bbqa.eval.runs import read_run
from bbqa.progress import Silent

INJECTIONS = (
    "</script><script>window.pwned = 1</script>",
    "<img src=x onerror='window.pwned = 1'>",
    "<!--<script>",
    "--></script ><svg onload=window.pwned=1>",
    "]]> & &lt;b&gt; &amp;",
    "$script ${data} {{title}}",
    "\" onmouseover=\"window.pwned = 1",
    "</td></table></section></details>",
    "javascript:window.pwned=1",
    "\\u003c/script\\u003e \\",
    "a\u2028b\u2029c",
    "\u202eesrever\x1b[31m\x00",
    "\ud800 half",
    "</style><style>*{display:none}",
    "' or 1=1 -- <base href=//example.org>",
)  # fmt: skip
NASTY = " ".join(INJECTIONS)


class Parts(HTMLParser):
    """Tags with their attributes, ids, and the contents of scripts."""

    def __init__(self):
        super().__init__()
        self.tags, self.scripts, self._inside = [], [], False

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag == "script":
            self._inside = True
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._inside = self._inside and tag != "script"

    def handle_data(self, data):
        if self._inside:
            self.scripts[-1] += data


def parsed(html):
    parts = Parts()
    parts.feed(html)
    return parts


def told(path):
    parts = parsed(path.read_text(encoding="utf-8"))
    return json.loads(parts.scripts[0]), parts


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("runs")
    runs = write_runs(folder, 24, conditions=("copy", "bbqa"), resampled=20)
    return report(runs, folder / "report.html", resampled=50)


def test_a_report_holds_every_item_with_every_answer(written):
    data, _ = told(written)
    assert [sheet["columns"] for sheet in data["sheets"]] == [["copy", "bbqa"]]
    assert len(data["items"]) == 24
    assert all(len(item["answers"]) == 2 for item in data["items"])
    first = data["items"][0]
    assert first["gold"][0][1] in TERMS.values()
    assert first["bins"] == ["kind: function", "identity: < 30 %"]


def test_the_evidence_of_an_answer_is_told_with_number_and_source(written):
    data, _ = told(written)
    item = next(i for i in data["items"] if any("evidence" in a for a in i["answers"]))
    answer = next(a for a in item["answers"] if "evidence" in a)
    number, place = answer["evidence"][0]
    status, statement, source, sure, because = item["pool"][place]
    assert number == 1
    assert statement.startswith("protein_1 enables")
    assert (status, source) == ("curated", "GOA human, IDA (2019-01-29)")
    assert sure == "score 0.90"
    assert because.startswith("48 % identity")


def test_the_head_tells_the_card_what_was_run_and_how_items_ended(written):
    html = written.read_text()
    assert "Made questions about proteins" in html
    assert "Nobody, Made questions, 2026" in html
    assert "language model</dt><dd>qwen2.5-coder-1.5b</dd>" in html
    assert "machine</dt><dd>A processor, 2 cores, 8.0 GiB</dd>" in html
    assert "run.settings.k</dt><dd>10</dd>" in html
    assert re.search(r"24 items · 2 runs · \d+ errors", html)


def test_nothing_in_a_report_comes_from_elsewhere(written):
    parts = parsed(written.read_text())
    assert [a for t, a in parts.tags if t in ("link", "img", "iframe", "object", "base")] == []
    assert all("src" not in attributes for _, attributes in parts.tags)
    assert [a["href"] for t, a in parts.tags if t == "a" and not a["href"].startswith("#")] == []


def test_the_policy_lets_only_the_script_of_the_page_run(written):
    parts = parsed(written.read_text())
    (policy,) = [a["content"] for t, a in parts.tags if a.get("http-equiv")]
    digest = base64.b64encode(hashlib.sha256(parts.scripts[1].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    assert policy.startswith("default-src 'none'")


def test_ids_of_a_report_are_unique(tmp_path):
    runs = write_runs(tmp_path / "a", 8, conditions=("bbqa",), resampled=10)
    runs += write_runs(
        tmp_path / "b", 8, conditions=("bbqa",), form=Form.CHOICE, resampled=10,
        benchmark={"name": "other", "metric": "accuracy"},
    )  # fmt: skip
    _, parts = told(report(runs, tmp_path / "report.html"))
    ids = [attributes["id"] for _, attributes in parts.tags if "id" in attributes]
    assert sorted(ids) == sorted(set(ids))


def poisoned(tmp_path):
    """A report where everything that can come from outside tries to break out."""
    items = [
        replace(
            item,
            id=f"{item.id} {NASTY}",
            question=NASTY,
            options=(*item.options, NASTY),
            gold=(NASTY,),
            context=NASTY,
            smiles=(NASTY,),
            evidence=(NASTY,),
            bins={NASTY: NASTY},
        )
        for item in make_items(len(INJECTIONS), form=Form.CHOICE)
    ]
    answer = {
        "question": {"text": NASTY, "inputs": []}, "status": NASTY, "text": NASTY, "note": NASTY,
        "claims": [{"text": NASTY, "citations": [1]}],
        "dropped": [{"text": NASTY, "citations": [], "reason": NASTY, "verdict": NASTY}],
        "evidence": [{"number": 1, "statement": NASTY, "kind": "fact", "status": NASTY,
                      "source": NASTY, "release": NASTY, "because": NASTY, "score": 0.5}],
    }  # fmt: skip
    responses = [Response(text=NASTY, choice=NASTY, nodes=(NASTY,), confidence=0.5,
                          answer=answer, error=NASTY if n == 1 else "")
                 for n, _ in enumerate(items)]  # fmt: skip
    card = dict.fromkeys(("title", "source", "licence", "citation", "leaks", "name"), NASTY)
    runs = [
        write_run(
            tmp_path / f"run {condition} <b>&", items, condition, responses=responses,
            names={NASTY: NASTY}, resampled=10, settings={NASTY: NASTY}, state=NASTY,
            benchmark=card | {"metric": "accuracy"},
        )
        for condition in ("copy", "bbqa")
    ]  # fmt: skip
    return report(runs, tmp_path / "report.html", resampled=50)


def test_text_from_outside_cannot_leave_its_place(tmp_path):
    data, parts = told(poisoned(tmp_path))
    assert len(parts.scripts) == 2
    assert [tag for tag, _ in parts.tags if tag in ("img", "base", "iframe", "b")] == []
    assert [a for _, a in parts.tags if any(name.startswith("on") for name in a)] == []
    assert len([1 for tag, _ in parts.tags if tag == "style"]) == 1
    assert INJECTIONS[0] in data["items"][0]["question"]
    assert INJECTIONS[1] in data["items"][0]["pool"][0][1]


def test_embedded_data_has_no_letter_that_html_reads(tmp_path):
    html = poisoned(tmp_path).read_text(encoding="utf-8")
    start = html.index('id="data">') + len('id="data">')
    data = html[start : html.index("</script>", start)]
    assert not set("<>&\u2028\u2029\x00\x1b") & set(data)
    assert data.isascii()
    assert len(json.loads(data)["items"]) == len(INJECTIONS)


def test_too_many_items_are_sampled_and_the_page_says_so(tmp_path):
    runs = write_runs(tmp_path, 60, conditions=("bbqa",), resampled=10)
    sheets = make_sheets([read_run(folder) for folder in runs], progress=Silent())
    html, again = (page(sheets, progress=Silent(), budget=12_000) for _ in range(2))
    data = json.loads(parsed(html).scripts[0])
    kept = [item["id"] for item in data["items"]]
    assert 3 < len(kept) < 60
    assert kept == sorted(kept)
    assert f"Only {len(kept)} of 60 items are in this page" in html
    assert html == again


def test_several_benchmarks_share_the_room_for_items(tmp_path):
    runs = write_runs(tmp_path / "a", 60, conditions=("bbqa",), resampled=10)
    runs += write_runs(
        tmp_path / "b",
        60,
        conditions=("bbqa",),
        resampled=10,
        benchmark={"name": "b", "metric": "MRR"},
    )
    sheets = make_sheets([read_run(folder) for folder in runs], progress=Silent())
    data = json.loads(parsed(page(sheets, progress=Silent(), budget=24_000)).scripts[0])
    assert {item["sheet"] for item in data["items"]} == {0, 1}


def test_a_run_that_has_not_ended_is_reported_without_scores(tmp_path):
    (folder,) = write_runs(tmp_path, 6, conditions=("bbqa",), resampled=10, state="running")
    record = json.loads((folder / "record.json").read_text())
    (folder / "record.json").write_text(json.dumps(record | {"items": 9}))
    (folder / "scores.json").unlink()
    html = report([folder], tmp_path / "report.html").read_text()
    assert "no run has ended" in html
    assert "6 of 9" in html
    assert "1 of the runs not finished" in html


def test_runs_that_share_no_items_are_not_compared(tmp_path):
    items = make_items(8)
    runs = [
        write_run(tmp_path / "one", items[:4], "copy", resampled=10),
        write_run(tmp_path / "two", items[4:], "bbqa", resampled=10),
    ]
    data, _ = told(report(runs, tmp_path / "report.html"))
    assert "Paired differences" not in (tmp_path / "report.html").read_text()
    assert len(data["items"]) == 8


def test_runs_of_one_condition_are_told_apart_by_their_folders(tmp_path):
    items = make_items(3)
    runs = [
        read_run(write_run(tmp_path / name, items, "bbqa", resampled=10))
        for name in ("a/small", "b/small", "b/large")
    ]
    assert names_of(runs) == ["bbqa · small (1)", "bbqa · small (2)", "bbqa · large"]


def test_a_report_of_nothing_is_refused(tmp_path):
    with pytest.raises(InputError, match="no run to report; expected at least one folder"):
        report([], tmp_path / "report.html")


def test_a_report_that_cannot_be_written_says_where(tmp_path, written):
    with pytest.raises(BbqaError, match=r"cannot write .*absent"):
        report([written.parent / "made-bbqa"], tmp_path / "absent" / "report.html")


ENTITY = Item("1", Form.ENTITIES, "?", ("GO:1", "GO:2"))


@pytest.mark.parametrize(
    ("item", "response", "verdict"),
    [
        (ENTITY, Response(nodes=("GO:9", "GO:2")), Verdict.RIGHT),
        (ENTITY, Response(nodes=("GO:9",)), Verdict.WRONG),
        (ENTITY, Response(abstained=True), Verdict.ABSTAINED),
        (ENTITY, Response(nodes=("GO:1",), error="died"), Verdict.ERROR),
        (replace(ENTITY, gold=()), Response(abstained=True), Verdict.RIGHT),
        (replace(ENTITY, gold=()), Response(nodes=("GO:1",)), Verdict.WRONG),
        (Item("1", Form.CHOICE, "?", ("B",)), Response(choice="B"), Verdict.RIGHT),
        (Item("1", Form.CHOICE, "?", ("B",)), Response(choice="A"), Verdict.WRONG),
        (Item("1", Form.TEXT, "?", ("a text",)), Response(text="a"), Verdict.COMPARED),
        (Item("1", Form.TEXT, "?", ("a text",)), Response(abstained=True), Verdict.ABSTAINED),
    ],
)
def test_the_verdict_of_an_item(item, response, verdict):
    assert verdict_of(item, response) == verdict


def test_ranges_are_ordered_by_their_numbers_and_kinds_kept_together(tmp_path):
    items = [replace(item, bins={"identity": bin, "kind": kind}) for item, bin, kind in zip(
        make_items(6), ("> 70 %", "30 to 50 %", "< 30 %", "50 to 70 %", "unknown", "> 70 %"),
        "zyxzyx", strict=True)]  # fmt: skip
    run = read_run(write_run(tmp_path / "run", items, "bbqa", resampled=10))
    (sheet,) = make_sheets([run], progress=Silent())
    assert [bin for bin in sheet.bins() if bin.startswith("identity")] == [
        f"identity: {name}" for name in ("< 30 %", "30 to 50 %", "50 to 70 %", "> 70 %", "unknown")
    ]
    assert sheet.bins()[0] == "all"


def test_bins_can_be_chosen_singly_and_by_kind():
    html = bin_options(["all", "identity: <30 %", "kind: role"])
    values = [attributes["value"] for _, attributes in parsed(html).tags]
    assert values == ["bin:all", "kind:identity", "kind:kind", "bin:identity: <30 %",
                      "bin:kind: role"]  # fmt: skip


def value(who, number, **more):
    low, high = more.get("low", number - 0.1), more.get("high", number + 0.1)
    return Value(who, f"column {who} <b>", number, low, high, 20)


def test_bars_are_as_long_as_their_values():
    html = bars("x", "accuracy", [value(0, 0.25), value(1, 0.5)])
    wide = [float(a["width"]) for t, a in parsed(html).tags if t == "rect"]
    assert wide[1] == pytest.approx(2 * wide[0], abs=0.2)
    assert "<desc" in html
    assert "column 1 &lt;b&gt; 0.500 (0.400 to 0.600), 20 items" in html


def test_charts_of_nothing_and_of_odd_numbers_can_be_drawn():
    odd = [value(0, float("nan")), value(1, -3.0), value(2, 4e9, low=float("-inf"))]
    for html in (bars("x", "t", []), bars("x", "t", odd), dots("x", "t", [("b", odd)], joined=True),
                 dots("x", "t", [], joined=False), square("x", "t", "a", "b", [])):  # fmt: skip
        assert "nan" not in html.split("</desc>")[1].lower()
        assert 'd="M' not in html or "inf" not in html


def test_a_line_of_one_point_is_a_mark_and_a_longer_one_a_path():
    points = tuple(Point(x, 0.5, f"at {x}") for x in (0.2, 0.8))
    html = square("x", "t", "a", "b", [Trace(0, "one", points[:1]), Trace(1, "two", points)])
    assert html.count('class="trace"') == 1
    assert html.count('class="mark"') == 2


def test_numbers_are_as_short_as_they_may_be():
    assert [shown(x) for x in (0.6123, 12.34, 1240.4, -0.5)] == ["0.612", "12.3", "1,240", "-0.500"]


def test_metrics_are_grouped_and_know_which_way_is_better():
    assert [group_of(name) for name in ("accuracy", "AURC", "errors", "seconds per item")][:3] == [
        "answers", "trust", "trust",
    ]  # fmt: skip
    assert is_better("accuracy", 0.1)
    assert is_better("risk", -0.1)
    assert meaning("risk").endswith("Lower is better.")
    assert meaning("unheard of") == ""


def test_a_made_response_names_what_a_made_item_asks_for():
    import random

    item = make_items(1)[0]
    found = [make_response(item, "gold-evidence", random.Random(n)) for n in range(20)]
    assert any(set(one.nodes) & set(item.gold) for one in found)
