import random

import pytest
from world import make_graph

from bbqa.eval.alignment_bench import bench_alignment, substituted, substitution_test
from bbqa.retrieve.alignment import AlignmentIndex


@pytest.fixture(scope="module")
def graph():
    return make_graph()


@pytest.fixture(scope="module")
def index(graph, tmp_path_factory):
    return AlignmentIndex.build(graph.sequences, tmp_path_factory.mktemp("index") / "alignment")


def test_the_bench_tells_times_and_what_both_searches_find(index, graph):
    found = bench_alignment(index, graph, n=3, exhaustive=2)
    assert (found["searches"], found["exhaustive searches"]) == (3, 2)
    assert found["search, ms, p50"] <= found["search, ms, p99"]
    assert found["exhaustive, ms, p50"] > 0
    # The tiny world's proteins are strangers to each other.
    assert found["queries with a homologue at E <= 1e-3"] == 0


def test_the_substitution_test_tells_each_rate_beside_exact_alignment(index, graph):
    found = substitution_test(index, graph, n=3, rates=(0.0, 0.4))
    assert found == {
        "0 % replaced, right protein first, share of 3": 1,
        "0 % replaced, exact Smith-Waterman at most": 1,
        "40 % replaced, right protein first, share of 3": 1,
        "40 % replaced, exact Smith-Waterman at most": 1,
    }


def test_substitution_replaces_just_the_share_by_other_letters():
    original = "ACDEFGHIKL" * 20
    replaced = substituted(original, 0.2, random.Random(0))
    assert sum(a != b for a, b in zip(original, replaced, strict=True)) == 40
