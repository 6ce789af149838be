"""What is kept back from training, and what is left to learn from."""

import itertools
import json
import random

import numpy as np
import pytest
from bridge_world import (
    ACTS_ON,
    BINDS,
    DRUGS,
    FAMILIES,
    HAS_FUNCTION,
    HAS_ROLE,
    IN_DISEASE,
    ISOLATED,
    accession,
    make_bridge_graph,
    make_vectors,
)
from world import make_graph

from bbqa.bridge.batches import Batches, log_shares
from bbqa.bridge.splits import (
    IDENTITY,
    LARGEST_FAMILY,
    TEST,
    VALIDATION,
    Part,
    Split,
    make_split,
    read_split,
    scaffold_of,
)
from bbqa.bridge.triples import Link, Triples, training_triples, triples_of
from bbqa.bridge.vectors import InputVectors, NodeVectors
from bbqa.errors import ArtifactError, GraphError, IndexMismatchError
from bbqa.kg.graph import Graph
from bbqa.kg.sequences import Sequences
from bbqa.retrieve.alignment import AlignmentIndex
from bbqa.schema import NodeType, Relation


@pytest.fixture(scope="module")
def graph():
    return make_bridge_graph()


def family_of(graph, row):
    """All members but the protein itself, by their ids; the lonely one has none."""
    own = graph.node_id(row)
    found = [graph.row(accession(int(own[1]), m)) for m in range(4)] if own != "P99" else []
    return [relative for relative in found if relative != row]


def scaffolds(graph):
    pairs = zip(graph.molecules.node.tolist(), graph.molecules.smiles, strict=True)
    return {row: scaffold_of(smiles) for row, smiles in pairs}


def split_of(graph, seed=0):
    return make_split(graph, lambda row: family_of(graph, row), scaffolds(graph), seed=seed)


@pytest.fixture(scope="module")
def split(graph):
    return split_of(graph)


# splits


def test_the_same_seed_gives_the_same_split_and_another_seed_another(graph, split):
    assert split_of(graph) == split
    assert split_of(graph).hash == split.hash
    assert split_of(graph, seed=1).hash != split.hash


def test_parts_do_not_overlap_and_each_is_for_test_or_validation(split):
    assert sum(len(rows) for rows in split.parts.values()) == len(split.kept_back())
    assert set(Part) == VALIDATION | TEST
    assert min(len(split.parts[part]) for part in Part) >= 1


def test_a_cold_protein_has_no_relative_outside_its_part(graph, split):
    cold = 0
    for part in (Part.COLD_TEST, Part.COLD_VALIDATION):
        for row in split.parts[part]:
            if graph.type_of(row) is NodeType.PROTEIN:
                cold += 1
                assert set(family_of(graph, row)) <= set(split.parts[part])
    assert cold >= 2 * 4


def test_a_family_is_all_that_is_connected_even_where_search_finds_it_one_way_only(graph):
    proteins = sorted(graph.sequences.node[graph.sequences.node >= 0].tolist())
    next_one = dict(itertools.pairwise(proteins))

    def chain_of_three(row):
        return [next_one[row]] if proteins.index(row) % 3 < 2 and row in next_one else []

    for seed in range(20):
        split = make_split(graph, chain_of_three, {}, seed=seed)
        assert sum(map(len, split.parts.values())) == len(split.kept_back())


def test_a_family_above_the_limit_stays_in_training(graph):
    proteins = graph.sequences.node[graph.sequences.node >= 0].tolist()
    large = set(proteins[: LARGEST_FAMILY + 1])
    small = set(proteins) - large
    for seed in range(5):
        split = make_split(graph, lambda row: large if row in large else (), {}, seed=seed)
        cold = {*split.parts[Part.COLD_TEST], *split.parts[Part.COLD_VALIDATION]}
        assert cold & set(proteins) <= small
        assert cold & set(proteins)


def test_a_cold_molecule_shares_its_scaffold_with_none_in_training(graph, split):
    own = scaffolds(graph)
    cold = {*split.parts[Part.COLD_TEST], *split.parts[Part.COLD_VALIDATION]} & set(own)
    rest = set(own) - cold
    assert cold
    assert {own[row] for row in cold}.isdisjoint(own[row] for row in rest)


def test_molecules_share_a_scaffold_whatever_hangs_on_it():
    assert scaffold_of(DRUGS["aspirin"]) == scaffold_of(DRUGS["ibuprofen"]) == "c1ccccc1"
    assert scaffold_of(DRUGS["niacin"]) == scaffold_of(DRUGS["nicotinamide"]) == "c1ccncc1"


def test_a_molecule_without_rings_is_its_own_scaffold():
    assert scaffold_of("OCC") == "CCO"
    assert scaffold_of("C[C@H](N)C(=O)O") == "CC(N)C(=O)O"
    assert len({scaffold_of(DRUGS[name]) for name in ("ethanol", "acetate", "glycerol")}) == 3


def test_a_structure_that_cannot_be_read_is_its_own_scaffold():
    assert scaffold_of("no structure") == "no structure"


def test_no_kept_back_node_is_in_a_training_pair_in_either_direction(graph, split):
    kept = split.kept_back()
    every = triples_of(graph, both_ways=True)
    training = training_triples(every, split)
    assert sum(map(len, training)) < sum(map(len, every))
    for triples in training:
        assert not kept & set(triples.pairs.ravel().tolist())


def test_a_split_comes_back_from_its_file(graph, split, tmp_path):
    path = tmp_path / "split.json"
    split.write(path, graph)
    assert read_split(path, graph) == split
    assert json.loads(path.read_text())["hash"] == split.hash
    assert list(tmp_path.iterdir()) == [path]


def test_a_changed_split_is_refused(graph, split, tmp_path):
    path = tmp_path / "split.json"
    split.write(path, graph)
    stored = json.loads(path.read_text())
    stored["parts"]["cold-test"].pop()
    path.write_text(json.dumps(stored))
    with pytest.raises(GraphError, match="was changed: its hash does not fit") as caught:
        read_split(path, graph)
    assert caught.value.hint == "bbqa bridge split"


def test_a_node_that_the_graph_does_not_have_counts_as_a_change(graph, split, tmp_path):
    path = tmp_path / "split.json"
    split.write(path, graph)
    path.write_text(path.read_text().replace('"cold-test":["', '"cold-test":["no'))
    with pytest.raises(GraphError, match="was changed"):
        read_split(path, graph)


def test_a_split_of_another_graph_is_refused(graph, split, tmp_path):
    path = tmp_path / "split.json"
    split.write(path, graph)
    with pytest.raises(IndexMismatchError, match=f"graph {graph.hash[:12]}; expected") as caught:
        read_split(path, make_graph())
    assert caught.value.hint == "bbqa bridge split"


def test_a_split_of_another_version_is_refused(graph, split, tmp_path):
    path = tmp_path / "split.json"
    split.write(path, graph)
    path.write_text(path.read_text().replace('"version":1', '"version":9'))
    with pytest.raises(GraphError, match="version 9; expected 1"):
        read_split(path, graph)


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"graph": 1', "\x00"])
def test_a_file_that_is_no_split_is_refused(graph, tmp_path, text):
    path = tmp_path / "split.json"
    path.write_text(text)
    with pytest.raises((GraphError, IndexMismatchError), match="split"):
        read_split(path, graph)


def test_a_missing_split_is_an_error_that_names_the_file(graph, tmp_path):
    with pytest.raises(GraphError, match=r"nowhere\.json cannot be read as a split"):
        read_split(tmp_path / "nowhere.json", graph)


# triples


def by_link(graph, **how):
    found = triples_of(graph, **how)
    assert len({t.link for t in found}) == len(found)
    return {t.link: t for t in found}


def test_triples_start_at_proteins_and_drugs_whichever_end_the_graph_stores_first(graph):
    links = by_link(graph)
    assert {HAS_FUNCTION, IN_DISEASE, BINDS, ACTS_ON, ACTS_ON.reverse, HAS_ROLE} <= set(links)
    assert all(link.head in (NodeType.PROTEIN, NodeType.DRUG) for link in links)
    pair = [graph.row("P00"), graph.row("MONDO:0")]
    assert pair in links[IN_DISEASE].pairs.tolist()


def test_both_ways_adds_each_link_backwards_once(graph):
    one, both = by_link(graph), by_link(graph, both_ways=True)
    assert set(both) == set(one) | {link.reverse for link in one}
    backwards = both[HAS_FUNCTION.reverse].pairs
    assert sorted(backwards[:, ::-1].tolist()) == one[HAS_FUNCTION].pairs.tolist()


def test_a_pair_that_two_sources_state_counts_once(graph):
    pairs = by_link(graph)[HAS_FUNCTION].pairs
    assert len(pairs) == FAMILIES * 4
    assert len({tuple(pair) for pair in pairs.tolist()}) == len(pairs)


def test_a_pair_of_proteins_counts_both_ways(graph):
    pairs = by_link(graph)[BINDS].pairs.tolist()
    first, second = graph.row("P00"), graph.row("P01")
    assert [first, second] in pairs
    assert [second, first] in pairs
    assert len(pairs) == 2 * FAMILIES


def test_an_isolated_node_gives_nothing(graph):
    rows = {graph.row(node) for node in ISOLATED}
    touched = {row for t in triples_of(graph, both_ways=True) for row in t.pairs.ravel().tolist()}
    assert not rows & touched


def test_tails_of_gives_each_head_its_own():
    pairs = np.array([[1, 5], [1, 7], [4, 5]], np.int32)
    found = Triples(HAS_FUNCTION, pairs).tails_of()
    assert {head: tails.tolist() for head, tails in found.items()} == {1: [5, 7], 4: [5]}


def test_an_empty_relation_has_no_tails():
    assert Triples(HAS_FUNCTION, np.empty((0, 2), np.int32)).tails_of() == {}


def test_a_graph_without_edges_at_proteins_and_drugs_is_an_error(graph):
    from bbqa.kg.tables import EDGES

    empty = Graph.from_tables(
        graph.nodes, EDGES.empty_table(), graph.sequences.table, graph._table("molecules")
    )
    with pytest.raises(GraphError, match="no edge of the graph starts at a protein or a drug"):
        triples_of(empty)


def test_links_that_keep_nothing_are_left_out_of_training(graph):
    every = tuple(graph.rows_of(NodeType.DRUG).tolist())
    parts = dict.fromkeys(Part, ()) | {Part.COLD_TEST: every}
    training = training_triples(triples_of(graph), Split(graph.hash, 0, parts))
    assert HAS_ROLE not in {t.link for t in training}
    assert HAS_FUNCTION in {t.link for t in training}


def test_a_link_is_written_in_the_words_of_the_graph():
    assert str(HAS_FUNCTION) == "gene/protein > molfunc_protein > molecular_function"


# vectors


def test_a_number_that_is_none_is_an_error_that_says_which(graph):
    known = make_vectors(graph).inputs[NodeType.PROTEIN]
    wrong = known.vectors.copy()
    wrong[3, 5] = np.nan
    with pytest.raises(ArtifactError, match=f"node {known.rows[3]} by pairs-24 has nan at 5;"):
        InputVectors(known.encoder, known.rows, wrong)


def test_a_text_vector_that_is_not_a_number_is_named_by_its_node(graph):
    vectors = make_vectors(graph)
    text = vectors.text.copy()
    text[17, 2] = np.inf
    wrong = NodeVectors(text, vectors.text_encoder, vectors.inputs)
    with pytest.raises(ArtifactError, match="node 17 by words-32 has inf at 2"):
        wrong.tails(np.array([4, 17, 9], np.int32))


def test_heads_without_a_vector_are_not_usable_but_terms_always_are(graph):
    vectors = make_vectors(graph)
    only = NodeVectors(vectors.text, vectors.text_encoder, {})
    pairs = np.array([[graph.row("P00"), 50]], np.int32)
    assert vectors.usable(HAS_FUNCTION, pairs).all()
    assert not only.usable(HAS_FUNCTION, pairs).any()
    assert only.usable(HAS_FUNCTION.reverse, pairs[:, ::-1]).all()


# batches


def batches_of(triples, seed=0, **sizes):
    return Batches(triples, **({"size": 8, "positives": 2, "negatives": 5} | sizes), seed=seed)


def test_a_batch_knows_all_true_pairs_among_its_heads_and_tails(graph):
    triples = by_link(graph)
    batches = batches_of(list(triples.values()))
    for _ in range(30):
        batch = batches.draw()
        pairs = {tuple(pair) for pair in triples[batch.link].pairs.tolist()}
        expected = [[(h, t) in pairs for t in batch.tails] for h in batch.heads]
        assert np.array_equal(batch.true, expected)
        assert batch.true.any(axis=1).all()
        assert len(set(batch.heads)) == len(batch.heads) <= 8
        assert len(set(batch.tails)) == len(batch.tails)
        assert {graph.type_of(int(row)) for row in batch.tails} == {batch.link.tail}


def test_a_head_of_many_tails_brings_only_some_of_them():
    pairs = np.array([[0, tail] for tail in range(10, 60)], np.int32)
    batch = batches_of([Triples(HAS_FUNCTION, pairs)], positives=3, negatives=0).draw()
    assert len(batch.tails) == 3
    assert batch.true.all()


def test_links_are_drawn_so_that_rare_ones_count():
    many = Triples(HAS_FUNCTION, np.array([[h, 900] for h in range(400)], np.int32))
    few = Triples(HAS_ROLE, np.array([[h, 901] for h in range(500, 504)], np.int32))
    batches = batches_of([many, few])
    share = np.mean([batches.draw().link == HAS_ROLE for _ in range(1000)])
    assert share == pytest.approx(2 / 22, abs=0.03)


def test_the_same_seed_draws_the_same_batches(graph):
    triples = triples_of(graph)
    first, second, third = batches_of(triples), batches_of(triples), batches_of(triples, seed=1)
    drawn = [(b.link, b.heads.tolist(), b.tails.tolist()) for b in map(_draw, [first] * 9)]
    assert drawn == [(b.link, b.heads.tolist(), b.tails.tolist()) for b in map(_draw, [second] * 9)]
    assert drawn != [(b.link, b.heads.tolist(), b.tails.tolist()) for b in map(_draw, [third] * 9)]


def _draw(batches):
    return batches.draw()


def test_how_common_a_tail_is_counts_heads_of_training():
    pairs = np.array([[1, 5], [2, 5], [3, 6], [4, 5]], np.int32)
    batch = batches_of([Triples(HAS_FUNCTION, pairs)]).draw()
    assert batch.tails.tolist() == [5, 6]
    assert np.exp(batch.common) == pytest.approx([3 / 4, 1 / 4])
    assert np.exp(log_shares(np.array([0, 4]), 4)) == pytest.approx([1 / 8, 1])


def test_a_relation_with_one_tail_and_an_empty_one_go_into_batches(graph):
    empty = Triples(BINDS, np.empty((0, 2), np.int32))
    batch = batches_of([empty, by_link(graph)[HAS_ROLE]]).draw()
    assert batch.link == HAS_ROLE
    assert batch.true.shape == (8, 1)
    assert batch.true.all()


def test_nothing_to_train_on_is_an_error():
    link = Link(NodeType.DRUG, Relation.DRUG_ROLE, NodeType.ROLE)
    with pytest.raises(GraphError, match="no relation has a pair left"):
        batches_of([Triples(link, np.empty((0, 2), np.int32))])


# the real split


@pytest.fixture(scope="module")
def real():
    from bbqa.resources import Resources
    from bbqa.settings import load_settings

    return Resources(load_settings({})).graph


@pytest.fixture(scope="module")
def shipped(real):
    from bbqa.learn import SPLIT

    return read_split(SPLIT, real)


@pytest.mark.integration
def test_parts_of_the_shipped_split_do_not_overlap(shipped):
    assert sum(len(rows) for rows in shipped.parts.values()) == len(shipped.kept_back())


@pytest.mark.integration
def test_no_cold_protein_has_a_training_homologue(real, shipped, tmp_path):
    every = real.sequences
    kept = shipped.kept_back()
    training = [n for n, row in enumerate(every.node.tolist()) if row >= 0 and row not in kept]
    index = AlignmentIndex.build(Sequences(every.table.take(training)), tmp_path)
    proteins = [
        row for row in shipped.parts[Part.COLD_TEST] if real.type_of(row) is NodeType.PROTEIN
    ]
    leaks = []
    for row in random.Random(0).sample(proteins, 40):
        sequence = every.sequence(every.numbers_of([row])[row])
        found = index.search_exhaustively(sequence, k=1000, max_evalue=1e-3)
        leaks += [(real.node_id(row), h) for h in found if h.identity >= IDENTITY]
    assert leaks == []


@pytest.mark.integration
def test_no_training_pair_touches_what_is_kept_back(real, shipped):
    kept = shipped.kept_back()
    for triples in training_triples(triples_of(real, both_ways=True), shipped):
        assert not kept & set(triples.pairs.ravel().tolist())


@pytest.mark.integration
def test_no_cold_drug_shares_its_scaffold_with_one_in_training(real, shipped):
    own = scaffolds(real)
    cold = set(shipped.parts[Part.COLD_TEST]) & set(own)
    training = set(own) - shipped.kept_back()
    assert len(cold) > 50
    assert {own[row] for row in cold}.isdisjoint(own[row] for row in training)
