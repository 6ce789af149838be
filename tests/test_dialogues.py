"""How follow-ups are judged, and the set of dialogues."""

import pytest
from world import make_resources

from bbqa.eval.dialogues import Followed, held, summary, why_wrong
from bbqa.eval.labelled import SPLITS, read_rows


def came(status="answered", about=(("entity", "P1"),), cited=("P1", "GO:1")):
    item = {"number": 1, "nodes": list(cited), "about": "protein_1"}
    inputs = [{"label": label, "value": value} for label, value in about]
    return {
        "answer": {
            "status": status,
            "question": {"inputs": inputs},
            "claims": [{"citations": [1]}],
            "evidence": [item, {"number": 2, "nodes": ["GO:9"], "about": ""}],
        }
    }


@pytest.mark.parametrize(
    ("turn", "answer", "why"),
    [
        ({"about": ["P1"], "gold": ["GO:1", "GO:2"]}, came(), ""),
        ({"about": ["protein_1"]}, came(about=[("protein_1", "MKT")]), ""),
        ({"about": ["P2"]}, came(), "not about P2"),
        ({"stale": ["P1"]}, came(), "still about P1"),
        ({"gold": ["GO:9"]}, came(), "cites nothing that answers it (answered)"),
        ({"not": ["GO:1"]}, came(), "cites GO:1"),
        ({}, came("not_held"), "status not_held"),
        ({"status": ["not_held", "no_evidence"]}, came("not_held"), ""),
        ({"status": ["not_held"]}, came(), "status answered"),
        ({}, None, "refused"),
        ({}, {"answer": None, "error": "broken"}, "failed: broken"),
    ],
)
def test_a_follow_up_is_judged_by_what_it_is_about_and_cites(turn, answer, why):
    assert why_wrong(turn, answer) == why


def test_a_dialogue_is_held_from_its_first_line_to_its_last(tmp_path):
    row = {
        "id": "x",
        "kind": "new subject",
        "turns": [
            {"seq": "P00001"},
            {"typed": "Where is this protein found?"},
            {"typed": "which drugs act on it?", "about": ["protein_1"], "status": ["no_evidence"]},
            {"typed": "what does the ninth one do?"},
        ],
    }
    followed = list(held(row, make_resources(tmp_path)))
    assert [turn.id for turn in followed] == ["x.1", "x.2"]
    assert followed[0].taken == "Which drugs act on protein_1?"
    assert followed[1].wrong == "refused"


def test_failures_of_the_test_half_are_not_told():
    turns = [
        Followed("d1.1", "k", "and X?", "About X", "refused"),
        Followed("d1.2", "k", "", "", ""),
    ]
    assert summary(turns, told=False)["failures"] == [{"id": "d1.1", "kind": "k"}]
    assert summary(turns, told=True)["failures"][0]["why"] == "refused"
    assert summary(turns, told=True)["understood"]["share"] == 0.5


def test_the_set_has_forty_dialogues_in_two_halves_of_all_kinds():
    halves = [read_rows("dialogues", split) for split in SPLITS]
    assert [len(half) for half in halves] == [20, 20]
    assert len({row["id"] for half in halves for row in half}) == 40
    kinds = [sorted({row["kind"] for row in half}) for half in halves]
    assert kinds[0] == kinds[1]
    assert all(2 <= sum("typed" in t for t in row["turns"]) <= 4 for h in halves for row in h)
