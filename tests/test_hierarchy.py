"""Which of two related terms is the more general one."""

import pytest

from bbqa.kg.graph import Graph
from bbqa.kg.hierarchy import MIN_KNOWN, direct
from bbqa.kg.own import build_tsv


@pytest.fixture(scope="module")
def reference(tmp_path_factory):
    """Terms 0 … 39, each a kind of the one before it."""
    folder = tmp_path_factory.mktemp("reference")
    nodes = ["id,type,name", *(f"GO:{n},molecular_function,term {n}" for n in range(40))]
    edges = ["head,relation,tail", *(f"GO:{n + 1},molfunc_molfunc,GO:{n}" for n in range(39))]
    (folder / "nodes.csv").write_text("\n".join(nodes))
    (folder / "edges.csv").write_text("\n".join(edges))
    build_tsv(folder / "nodes.csv", folder / "edges.csv", folder / "graph")
    return Graph.open(folder / "graph")


def directed(pairs, reference):
    return direct(pairs, lambda n: (f"GO:{n}",), reference)


def test_a_pair_that_the_reference_knows_gets_its_direction(reference):
    assert directed([(3, 9), (9, 4)], reference).pairs == ((9, 3), (9, 4))


def test_without_a_reference_the_first_is_the_parent(reference):
    assert directed([(100, 200)], reference).pairs == ((200, 100),)


def test_unknown_pairs_are_read_as_most_known_ones_are_written(reference):
    child_first = [(n + 1, n) for n in range(MIN_KNOWN)]
    found = directed([*child_first, (100, 200)], reference)
    assert found.pairs[-1] == (100, 200)
    assert (found.known, found.parent_first) == (MIN_KNOWN, 0)


def test_unknown_pairs_are_lost_where_known_ones_are_written_either_way(reference):
    either = [(n + 1, n) if n % 2 else (n, n + 1) for n in range(MIN_KNOWN)]
    found = directed([*either, (100, 200)], reference)
    assert found.lost == ((100, 200),)
    assert len(found.pairs) == MIN_KNOWN
    assert found.to_json()["direction_unknown"] == 1
