"""The labelled sentences are sound, and the measure counts as it says."""

from collections import Counter

import pytest
from world import make_resources

from bbqa.eval.ground_floor import floor
from bbqa.eval.grounding import (
    counterfactuals,
    evidence_of,
    grounding,
    measure,
    passes,
    question_of,
)
from bbqa.eval.labelled import SPLITS, read_rows
from bbqa.schema import Claim, Dropped, Status

ROWS = {split: read_rows("grounding", split) for split in SPLITS}
EVERY = [row for rows in ROWS.values() for row in rows]


class NoNames:
    """A lexicon that knows no names but those that evidence tells."""

    def row_of(self, node):
        return None

    def names_of(self, node):
        return ()

    def mentions(self, text):
        return []


def row(label="supported", text="EGFR enables ATP binding.", **more):
    evidence = {
        "number": 1,
        "statement": "EGFR enables ATP binding",
        "kind": "fact",
        "status": "curated",
        "source": "GOA human",
        "nodes": ["P00533"],
        "type": "molecular_function",
        "triple": {
            "head": "P00533",
            "relation": "molfunc_protein",
            "tail": "GO:0005524",
            "head_name": "EGFR",
            "tail_name": "ATP binding",
        },
        "about": "protein_1",
    }
    question = {"text": "What does it do?", "inputs": []}
    kind = "supported" if label == "supported" else "negated"
    return {
        "id": "dev-1", "split": "dev", "origin": "hand", "kind": kind, "text": text,
        "citations": [1], "question": question, "evidence": [evidence], "label": label, **more,
    }  # fmt: skip


@pytest.mark.parametrize("split", SPLITS)
def test_each_half_has_enough_sentences_of_either_sort(split):
    labels = Counter(r["label"] for r in ROWS[split])
    assert len(ROWS[split]) >= 450
    assert 0.35 <= labels["supported"] / len(ROWS[split]) <= 0.45


def test_no_protein_molecule_or_disease_stands_in_both_halves():
    about = {split: {r["about"].split(":")[0] for r in ROWS[split]} for split in SPLITS}
    assert not about["dev"] & about["test"]


def test_sentences_of_one_half_are_not_those_of_the_other():
    both = {r["text"] for r in ROWS["dev"]} & {r["text"] for r in ROWS["test"]}
    assert len(both) <= 1  # two drugs of one class, of which the language model said the same


def test_every_sentence_has_the_evidence_it_cites_and_an_id_of_its_own():
    assert len({r["id"] for r in EVERY}) == len(EVERY)
    for labelled in EVERY:
        assert set(labelled["citations"]) <= set(evidence_of(labelled))
        assert (labelled["kind"] == "supported") == (labelled["label"] == "supported")
        assert question_of(labelled).text


def test_at_least_eighty_sentences_were_written_by_the_language_model():
    assert sum(r["origin"] == "llm" for r in EVERY) >= 80


def test_a_true_sentence_that_is_kept_and_a_false_one_that_is_dropped_count_as_right():
    found = measure(
        [row(), row("contradicted", "EGFR does not enable ATP binding.", id="dev-2")], NoNames()
    )
    assert found["supported_kept"]["share"] == 1.0
    assert found["unsupported_passed"]["share"] == 0.0
    assert found["verdicts_right"]["share"] == 1.0
    assert found["by_kind"]["negated"]["recall"] == 1.0
    assert found["wrong"] == []


def test_a_true_sentence_that_is_dropped_costs_precision():
    rows = [
        row(text="EGFR binds adenosine triphosphate.", id="dev-1"),
        row("contradicted", "EGFR does not enable ATP binding.", id="dev-2"),
    ]
    found = measure(rows, NoNames())
    assert found["supported_kept"]["right"] == 0
    assert found["by_kind"]["negated"]["precision"] == 0.5
    assert found["wrong"] == ["dev-1"]


@pytest.mark.parametrize(
    ("labelled", "result", "right"),
    [
        (row(), Claim("EGFR enables ATP binding.", (1,), Status.CURATED), True),
        (row(needs_doubt=True), Claim("EGFR enables ATP binding.", (1,), Status.CURATED), False),
        (
            row(needs_doubt=True),
            Claim("Probably, EGFR enables ATP binding.", (1,), Status.INFERRED),
            True,
        ),
        (row(), Claim("EGFR enables.", (1,), Status.CURATED), False),
        (row("unsupported"), Claim("Probably, EGFR …", (1,), Status.INFERRED), False),
        (row(), Dropped("EGFR enables ATP binding.", (1,), "so"), False),
    ],
)
def test_what_was_too_sure_passes_only_with_a_word_of_doubt(labelled, result, right):
    assert passes(labelled, result) is right


def test_the_baseline_lets_stronger_relations_pass_that_grounding_drops():
    stronger = row("unsupported", "EGFR alone enables ATP binding.", id="dev-3")
    strengthened = dict(stronger, kind="relation_strengthened")
    assert measure([strengthened], NoNames())["unsupported_passed"]["right"] == 0
    assert measure([strengthened], NoNames(), verifier=floor)["unsupported_passed"]["right"] == 1


def test_the_dev_half_is_kept_and_dropped_as_aimed_for_with_the_names_of_its_evidence():
    rows = [r for r in ROWS["dev"] if r["origin"] != "template"]
    found = measure(rows, NoNames())
    assert found["unsupported_passed"]["share"] <= 0.02
    assert found["supported_kept"]["share"] >= 0.9


def test_counterfactual_answers_change_or_are_withheld(tmp_path):
    resources = make_resources(tmp_path)
    resources.prepare()
    found = counterfactuals(resources, n=3, proteins=("P00001", "P00002"), drugs=("DB00001",))
    for name in ("sequence shuffled", "evidence removed", "molecule as protein"):
        assert found[name]["answer_changes_or_abstains"]["share"] == 1.0
    assert found["inputs"] == 3


def test_both_measurements_are_written_where_asked(tmp_path):
    resources = make_resources(tmp_path)
    path = tmp_path / "ground.json"
    found = grounding(resources, to=path, n=0, use_llm=False)
    assert path.exists()
    assert {"unsupported_passed", "supported_kept", "by_kind"} <= set(found)
    assert "counterfactuals" not in found
