"""Each part of the bridge's benchmark in miniature: numbers are there, named, with units."""

import subprocess
import sys

import numpy as np
import pytest
from bridge_world import FAMILIES, accession, make_bridge_graph, make_vectors
from test_unirep import SEQUENCES, write_weights
from world import ASPIRIN, KINASE, LACTASE, WordEncoder

from bbqa.bridge.settings import TrainingSettings
from bbqa.bridge.splits import Part, Split
from bbqa.bridge.triples import triples_of
from bbqa.encoders.kmers import KmerProfile
from bbqa.encoders.morgan import Morgan
from bbqa.encoders.unirep import UniRep
from bbqa.eval.bridge_bench import bench_prediction, bench_projection, bench_training, pairs_of
from bbqa.eval.encoder_bench import (
    Reference,
    Sample,
    bench_encoders,
    compare,
    kmers_by_scikit_learn,
    morgan_by_rdkit,
    unirep_by_loop,
)
from bbqa.eval.growth_bench import (
    bench_growth,
    chroma_search,
    exact_search,
    in_new_process,
    nearest,
    vectors_of,
)
from bbqa.eval.measured import Number, p50_and_p99, peak_memory_gb, percentile
from bbqa.learn import Workshop, learn_bridge
from bbqa.resources import Resources
from bbqa.schema import Modality
from bbqa.settings import Settings

SHORT = TrainingSettings(
    "mlp", width=16, layers=1, batch=16, steps=12, validate_every=12, dropout=0.0
)


def by_name(numbers):
    return {number.what: number for number in numbers}


@pytest.fixture(scope="module")
def graph():
    return make_bridge_graph()


@pytest.fixture(scope="module")
def resources(graph, tmp_path_factory):
    """The toy graph with a bridge and all indexes."""
    home = tmp_path_factory.mktemp("home")
    plain = Resources(Settings(home=home, use_bridge=False), graph=graph, encoder=WordEncoder())
    plain.prepare()
    kept = tuple(sorted(graph.row(accession(family, 0)) for family in range(FAMILIES)))
    parts = {part: kept if part is Part.WARM_VALIDATION else () for part in Part}
    workshop = Workshop(plain, split=Split(graph.hash, 0, parts))
    learn_bridge(workshop, home / "bridge", name="toy", settings=SHORT, fewest=5)
    settings = Settings(home=home, bridge=home / "bridge")
    return Resources(settings, graph=graph, encoder=WordEncoder())


# numbers


def test_percentiles_are_milliseconds_and_p99_is_the_slow_end():
    seconds = [0.001 * n for n in range(1, 101)]
    assert percentile(seconds, 0.5) == pytest.approx(51)
    p50, p99 = p50_and_p99("a query", seconds, aim="under 50")
    assert (p50.what, p99.what) == ("a query, ms, p50", "a query, ms, p99")
    assert p99.value == pytest.approx(100)
    assert p50.aim == p99.aim == "under 50"


def test_one_time_is_every_percentile():
    assert percentile([0.5], 0.5) == percentile([0.5], 0.99) == 500


def test_peak_memory_is_that_of_this_process_and_not_of_who_started_it():
    ballast = np.ones(30_000_000)
    run = subprocess.run(
        [sys.executable, "-c", "from bbqa.eval.measured import *; print(peak_memory_gb())"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert peak_memory_gb() > ballast.nbytes / 1e9
    if sys.platform == "linux":
        assert 0 < float(run.stdout) < ballast.nbytes / 1e9


# encoders


def sample(modality, texts):
    return Sample({modality: list(texts)}, for_loops=2)


@pytest.mark.parametrize(
    ("encoder", "reference", "texts", "unit"),
    [
        (KmerProfile(), kmers_by_scikit_learn, [KINASE, LACTASE, "MXBZAAAC"], "residues"),
        (Morgan(), lambda: morgan_by_rdkit, [ASPIRIN, "CCO", "c1ccccc1"], "molecules"),
    ],
)
def test_an_encoder_stands_beside_its_reference_which_gives_the_same(
    encoder, reference, texts, unit
):
    references = [Reference("other", reference())]
    found = by_name(compare(encoder, references, sample(encoder.modality, texts)))
    ours = found[f"encoder {encoder.name}, {unit}/s"]
    theirs = found[f"encoder {encoder.name} by other, {unit}/s"]
    assert ours.value > 0 < theirs.value
    assert "times other" in ours.beside
    assert "cosine with ours at least 1.00000" in theirs.beside


def test_a_loop_gets_few_inputs_and_gives_the_same(tmp_path):
    write_weights(tmp_path / "w.npz")
    encoder = UniRep(tmp_path / "w.npz", units=6, hash="tiny")
    loop = Reference("loop", unirep_by_loop(tmp_path / "w.npz"), is_loop=True)
    found = by_name(compare(encoder, [loop], sample(Modality.PROTEIN, SEQUENCES)))
    assert found["encoder unirep-6, residues/s"].beside.startswith(f"{len(SEQUENCES)} inputs")
    theirs = found["encoder unirep-6 by loop, residues/s"].beside
    assert theirs == "2 of the same inputs; cosine with ours at least 1.00000"


def test_an_encoder_without_a_reference_says_so():
    (number,) = compare(Morgan(), [], sample(Modality.MOLECULE, [ASPIRIN]))
    assert number.beside == "1 inputs; no reference here"


def test_a_reference_that_gives_something_else_shows():
    wrong = Reference("wrong", lambda texts: -Morgan().encode(texts))
    _, theirs = compare(Morgan(), [wrong], sample(Modality.MOLECULE, [ASPIRIN, "CCO"]))
    assert "at least -1.00000" in theirs.beside


def test_encoders_whose_files_are_not_here_are_named_and_nothing_is_fetched(graph, tmp_path):
    found = by_name(bench_encoders(graph, tmp_path, quick=True))
    skipped = found.pop("encoders not measured")
    assert {"unirep-256", "all-MiniLM-L6-v2", "minimol"} <= set(skipped.beside.split(", "))
    assert "kmers" not in skipped.beside.split(", ")
    assert {name.split()[1].strip(",") for name in found} == {"kmers", "morgan"}
    assert not (tmp_path / "assets").exists()


# one query


def test_a_projected_query_has_two_times_and_an_aim(resources):
    found = list(bench_projection(resources.projection, queries=4))
    assert [n.what.rsplit(", ", 2)[1:] for n in found] == [["ms", "p50"], ["ms", "p99"]]
    assert 0 < found[0].value <= found[1].value
    assert {n.aim for n in found} == {"under 50"}
    assert found[0].beside.startswith("4 queries of ")


def test_all_predictions_have_two_times(resources):
    p50, p99 = bench_prediction(resources.projection, inputs=3)
    assert 0 < p50.value <= p99.value
    assert p50.what == "all predictions for a protein, without encoder and alignment, ms, p50"
    assert p50.beside.startswith("3 proteins, ")


# training


def test_training_is_told_in_triples_and_steps_per_second(graph):
    found = list(bench_training(triples_of(graph), make_vectors(graph), WordEncoder(), SHORT))
    assert [n.what for n in found] == ["training mlp, triples/s", "training mlp, steps/s"]
    triples, steps = (n.value for n in found)
    assert triples > steps > 0
    assert found[0].beside == "8 batches of 16 heads, 2048 negatives"


def test_pairs_of_a_link_are_those_that_are_trained_on(graph):
    for triples in triples_of(graph):
        assert np.array_equal(pairs_of(graph, triples.link).pairs, triples.pairs)


# growth


def test_made_vectors_begin_with_the_real_ones_and_stay_near_them():
    real = vectors_of(30, None)
    made = vectors_of(100, real.astype(np.float16))
    assert made.dtype == np.float32
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    assert np.allclose(made[:30], real, atol=1e-3)
    cosines = (made[30:60] * real).sum(axis=1)
    assert 0.8 < cosines.min() < cosines.max() < 0.99


def test_exact_search_finds_the_nearest_best_first():
    vectors = vectors_of(200, None)
    found = nearest(vectors, vectors[7], 10)
    assert found[0] == 7
    assert np.array_equal(found, np.argsort(-(vectors @ vectors[7]), kind="stable")[:10])
    assert len(nearest(vectors[:3], vectors[7], 10)) == 3


def test_exact_search_tells_times_and_memory():
    vectors = vectors_of(50, None)
    found = exact_search(vectors, vectors[:3], lambda heads: heads)
    assert list(found) == [
        "one query, ms, p50",
        "one query, ms, p99",
        "vectors, GB",
        "peak memory, GB",
    ]
    assert all(value > 0 for value in found.values())


def test_chroma_tells_times_memory_disk_and_what_it_finds(tmp_path):
    vectors = vectors_of(150, None)
    found = chroma_search(vectors, vectors[:3], tmp_path)
    assert found["exact 10 nearest found, share"] == 1
    for name in ("inserting, s", "one query, ms, p50", "disk, GB", "peak memory, GB"):
        assert found[name] > 0


def test_a_new_process_measures_by_itself():
    found = in_new_process("exact", 40)
    assert found["vectors, GB"] == 40 * 384 * 4 / 1e9
    assert all(value > 0 for value in found.values())


def test_what_is_too_much_for_chroma_is_said(resources):
    numbers = bench_growth(
        [110, 120],
        [110],
        vectors=resources.folder / "vectors.npy",
        bridge=resources.settings.bridge,
    )
    found = by_name(numbers)
    assert found["120 nodes, bridge and exact search: one query, ms, p50"].value > 0
    assert found["110 nodes, bridge and exact search: one query, ms, p50"].beside.startswith(
        f"{len(resources.graph)} vectors are the graph's own, "
    )
    assert found["110 nodes, Chroma: inserting, s"].beside.startswith("120 nodes not measured")
    assert all(isinstance(number, Number) and number.value > 0 for number in found.values())
