"""The page of the bridge's table, from records made up for the purpose."""

import pytest

from bbqa.eval.bridge_eval import write_records
from bbqa.eval.bridge_report import report
from bbqa.eval.ranking_metrics import Record

FUNCTION = "gene/protein > molfunc_protein > molecular_function"
TARGET = "drug > drug_protein > gene/protein"


def record(row, value, *, relation=FUNCTION, split="cold", bin="all", metric="mrr", n=50):
    low, high = (None, None) if value is None else (value - 0.01, value + 0.01)
    return Record(relation, split, bin, row, metric, value, low, high, n)


ROWS = {"prior": 0.1, "alignment": 0.2, "alignment+prior": 0.25, "fused": 0.3}

RECORDS = [
    *(
        record(row, value, bin=bin)
        for bin in ("all", "<30")
        for row, value in ROWS.items()
    ),
    record("transe", None, n=0),
    record("mlp", 0.4, split="transductive"),
    record("complex", 0.2, split="transductive"),
    record("fused", 0.1, relation=TARGET, split="warm"),
    record("tanimoto", 0.3, relation=TARGET, split="warm"),
    record("fused", 0.04, metric="ece"),
    record("fused", 0.5, metric="sure_share"),
    record("fused", 0.8, metric="sure_precision"),
    record("fused", 0.33, bin="p 0.30", metric="frequency"),
    record("fused", 0.71, bin="p 0.75", metric="frequency"),
    record("fused", 0.6, metric="fmax"),
    record("fused", 12.0, metric="hub_skewness"),
    record("fused", 0.4, metric="hub_largest_share"),
]  # fmt: skip


@pytest.fixture
def page(tmp_path):
    write_records(RECORDS, tmp_path, about={"date": "2026-01-01"})
    report(tmp_path / "bridge.json", tmp_path)
    return (tmp_path / "bridge.md").read_text()


def test_the_best_row_of_a_relation_is_bold_and_what_does_not_apply_says_so(page):
    assert "| protein → molecular function | 50 | .100 | .200 | .250 | n/a | **.300** |" in page


@pytest.mark.parametrize(
    "line",
    [
        "mean MRR, transductive | 2.00 | 1.76 | met |",
        "<30: fused by alignment | 1.50 | 1.25 | met |",
        "<30: fused by alignment+prior | 1.20 | 1.15 | met |",
        "fused's interval lies below the best single row | none of 1 | none | met |",
        "drug → protein (tanimoto) of 1 | none | missed |",
        "expected calibration error, first ten | 0.040 | 0.05 | met |",
        "right among what is not speculative | 0.800 (50 % of the first ten) | 0.90 | missed |",
    ],
)
def test_each_aim_is_computed_and_said_to_be_met_or_missed(page, line):
    assert line in page


def test_intervals_hubs_and_what_was_run_are_on_the_page(page):
    assert ".600 (.590–.610)" in page
    assert ".300 (.290–.310)" in page
    assert "12.0 / 0.40" in page
    assert '"date": "2026-01-01"' in page


def test_pictures_are_drawn_and_are_the_same_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    drawn = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        write_records(RECORDS, folder, about={})
        report(folder / "bridge.json", folder)
        drawn.append([path.read_text() for path in sorted(folder.glob("*.svg"))])
    assert len(drawn[0]) == 2
    assert drawn[0] == drawn[1]
    assert not any("nan" in text.lower().split() for text in drawn[0])


def test_functions_are_averaged_where_all_three_were_measured(tmp_path, page):
    assert "mean of the three functions" not in page
    kinds = ("molecular_function", "biological_process", "cellular_component")
    records = [
        record(row, value * factor, relation=f"gene/protein > any > {kind}", bin="<30")
        for kind, factor in zip(kinds, (1, 0.5, 0.1), strict=True)
        for row, value in ROWS.items()
    ]
    write_records(records, tmp_path, about={})
    report(tmp_path / "bridge.json", tmp_path)
    said = (tmp_path / "bridge.md").read_text()
    assert "mean of the three functions, <30: fused by alignment | 1.50 | 1.25 | met |" in said


def test_where_all_is_speculative_there_is_no_share_of_what_is_right(tmp_path):
    records = [
        record("fused", 0.04, metric="ece"),
        record("fused", 0.0, metric="sure_share"),
        record("fused", None, metric="sure_precision", n=0),
    ]
    write_records(records, tmp_path, about={})
    report(tmp_path / "bridge.json", tmp_path)
    assert "| n/a (all of the first ten are speculative) |" in (tmp_path / "bridge.md").read_text()


def test_rows_stand_from_the_simplest_to_the_fused_one(tmp_path):
    mixed = ("fused", "mlp:esm", "mlp", "mine", "transe", "knn:esm", "prior")
    write_records([record(row, 0.1) for row in mixed], tmp_path, about={})
    report(tmp_path / "bridge.json", tmp_path)
    head = "| prior | knn:esm | transe | mlp | mlp:esm | mine | fused |"
    assert head in (tmp_path / "bridge.md").read_text()


def test_without_the_library_that_draws_the_page_says_so(tmp_path):
    def load(name):
        raise ImportError(name)

    write_records(RECORDS, tmp_path, about={})
    report(tmp_path / "bridge.json", tmp_path, load=load)
    said = (tmp_path / "bridge.md").read_text()
    assert "No pictures: pictures need the package matplotlib" in said
    assert "pip install 'bbqa[plots]'" in said
    assert "| 2.00 | 1.76 | met |" in said
    assert not list(tmp_path.glob("*.svg"))
