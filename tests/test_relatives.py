"""Whom an input resembles, and what must not be used to find out."""

from dataclasses import replace

import numpy as np
import pytest
from bridge_world import (
    DRUG,
    DRUGS,
    PROTEIN,
    PairEncoder,
    accession,
    family_sequence,
    make_bridge_graph,
    make_vectors,
)
from world import mutated, random_sequence

from bbqa.bridge.vectors import InputVectors, Scale
from bbqa.limits import Limits
from bbqa.retrieve.alignment import AlignmentIndex
from bbqa.retrieve.relatives import (
    NEIGHBOURS,
    SHARPNESS,
    Neighbourhood,
    relatives_of_molecule,
    relatives_of_protein,
    vote_of,
)
from bbqa.retrieve.similarity import MIN_SIMILARITY, MoleculeIndex


@pytest.fixture(scope="module")
def graph():
    return make_bridge_graph()


@pytest.fixture(scope="module")
def around(graph):
    inputs = make_vectors(graph).inputs
    return {t: Neighbourhood(known, Scale.of(known.vectors)) for t, known in inputs.items()}


@pytest.fixture(scope="module")
def alignment(graph, tmp_path_factory):
    return AlignmentIndex.build(graph.sequences, tmp_path_factory.mktemp("alignment"))


@pytest.fixture(scope="module")
def molecules(graph):
    return MoleculeIndex.build(graph.molecules)


@pytest.fixture(scope="module")
def of_protein(graph, alignment, around):
    def find(sequence, **limits):
        vector = PairEncoder().encode([sequence])[0]
        return relatives_of_protein(
            sequence, vector, graph.sequences, alignment, around[PROTEIN], limits=Limits(**limits)
        )

    return find


@pytest.fixture(scope="module")
def of_molecule(molecules, around):
    def find(smiles, **limits):
        vector = PairEncoder().encode([smiles])[0]
        return relatives_of_molecule(
            smiles, vector, molecules, around[DRUG], limits=Limits(**limits)
        )

    return find


def number(graph, name):
    return graph.sequences.index_of(name)


def kinds(relatives):
    return {"close": relatives.close, "distant": relatives.distant,
            "neighbours": relatives.neighbours}  # fmt: skip


# proteins


def test_a_known_protein_is_none_of_its_own_relatives(graph, of_protein):
    found = of_protein(family_sequence(3, 1))
    for votes in kinds(found).values():
        assert number(graph, "P31") not in votes
        assert len(votes) >= 3


def test_the_rest_of_the_family_votes(graph, of_protein):
    found = of_protein(family_sequence(3, 1))
    family = {number(graph, accession(3, member)) for member in (0, 2, 3)}
    assert set(found.close) == family
    assert family <= set(found.distant)
    assert family <= set(found.neighbours)
    assert found.type is PROTEIN
    assert 0.5 < found.identity < 0.9
    assert found.closeness > np.log(100)


def test_a_relative_in_another_species_votes_too(graph, of_protein):
    assert number(graph, "Q1") in of_protein(family_sequence(1, 0)).close


def test_a_protein_too_short_to_be_aligned_is_still_none_of_its_relatives(graph):
    sequence = random_sequence(9, 5)
    vector = PairEncoder().encode([sequence])[0]
    # The ninth-residue peptide is in the graph as number 40, the lonely protein.
    table = graph.sequences.table
    sequences = table["sequence"].to_pylist()
    sequences[40] = sequence
    column = table.schema.get_field_index("sequence")
    changed = type(graph.sequences)(table.set_column(column, "sequence", [sequences]))
    known = make_vectors(graph).inputs[PROTEIN]
    vectors = known.vectors.copy()
    vectors[40] = vector
    around = Neighbourhood(InputVectors("e 1", known.rows, vectors), Scale.of(vectors))
    found = relatives_of_protein(sequence, vector, changed, FindsNothing(), around)
    assert (found.close, found.distant, found.closeness, found.identity) == ({}, {}, 0, 0)
    assert 40 not in found.neighbours


class FindsNothing:
    """An alignment index for sequences that are too short."""

    def search(self, sequence, *, k=50, max_evalue=1e-3, max_identity=None):
        return []


def test_relatives_come_best_first_in_all_three_kinds(of_protein):
    found = of_protein(mutated(family_sequence(0, 0), 0.05))
    assert list(found.close) == list(found.distant)[: len(found.close)]
    best = {kind: next(iter(votes)) for kind, votes in kinds(found).items()}
    assert len(set(best.values())) == 1
    weights = list(found.neighbours.values())
    assert weights == sorted(weights, reverse=True)
    assert len(weights) <= NEIGHBOURS


def test_what_is_too_identical_is_hidden_in_all_three_kinds(graph, of_protein):
    sequence = mutated(family_sequence(0, 0), 0.05)
    first = number(graph, "P00")
    assert all(first in votes for votes in kinds(of_protein(sequence)).values())
    limited = of_protein(sequence, max_identity=0.8)
    assert not any(first in votes for votes in kinds(limited).values())
    assert limited.identity <= 0.8
    assert number(graph, "P01") in limited.close


def test_where_every_homologue_is_hidden_nothing_close_is_left(of_protein):
    found = of_protein(family_sequence(0, 0), max_identity=0.1)
    assert found.close == {}
    assert (found.closeness, found.identity) == (0, 0)


def test_hidden_rows_vote_in_none_of_the_three_kinds(graph, of_protein):
    sequence, first = mutated(family_sequence(0, 0), 0.05), number(graph, "P00")
    found = of_protein(sequence, hidden=frozenset({graph.row("P00")}))
    assert not any(first in votes for votes in kinds(found).values())
    assert number(graph, "P01") in found.close
    assert found.identity < 0.9


def test_the_homologues_that_vote_are_told(graph, of_protein):
    found = of_protein(family_sequence(3, 1))
    assert [h.row for h in found.homologues] == list(found.distant)
    assert {h.row: vote_of(h) for h in found.homologues} == found.distant


def test_a_vote_weighs_bits_and_coverage(alignment):
    homologue = alignment.search(family_sequence(2, 0), k=1)[0]
    half = replace(homologue, query_coverage=homologue.query_coverage / 2)
    assert vote_of(half) == pytest.approx(vote_of(homologue) / 4)


# molecules


def test_a_known_molecule_is_none_of_its_own_relatives(graph, of_molecule):
    own = graph.row("caffeine")
    found = of_molecule(DRUGS["caffeine"])
    assert not any(own in votes for votes in kinds(found).values())
    assert found.type is DRUG
    assert next(iter(found.close)) in {graph.row("theophylline"), graph.row("theobromine")}


def test_close_analogues_are_those_that_are_similar_enough(of_molecule, molecules):
    found = of_molecule(DRUGS["caffeine"])
    similar = molecules.similarities(DRUGS["caffeine"])
    expected = {
        int(row): s**SHARPNESS
        for row, s in zip(molecules.node, similar, strict=True)
        if MIN_SIMILARITY <= s < 1
    }
    assert found.close == pytest.approx(expected)
    assert len(found.distant) == len(DRUGS) - 1
    assert found.closeness == found.identity == max(s for s in similar if s < 1)
    weights = list(found.distant.values())
    assert weights == sorted(weights, reverse=True)


def test_what_is_too_similar_is_hidden_in_all_three_kinds(of_molecule, molecules):
    smiles = DRUGS["caffeine"]
    similar = dict(zip(molecules.node.tolist(), molecules.similarities(smiles), strict=True))
    found = of_molecule(smiles, max_similarity=0.3)
    for votes in kinds(found).values():
        assert all(similar[row] <= 0.3 for row in votes)
    assert found.close == {}
    assert 0 < found.identity <= 0.3


def test_hidden_drugs_vote_in_none_of_the_three_kinds(graph, of_molecule):
    hidden = frozenset({graph.row("theophylline"), graph.row("theobromine")})
    found = of_molecule(DRUGS["caffeine"], hidden=hidden)
    assert not any(hidden & set(votes) for votes in kinds(found).values())


def test_where_all_drugs_are_hidden_there_are_no_relatives(graph, of_molecule):
    hidden = frozenset(graph.row(name) for name in DRUGS)
    found = of_molecule(DRUGS["caffeine"], hidden=hidden)
    assert kinds(found) == {"close": {}, "distant": {}, "neighbours": {}}
    assert (found.closeness, found.identity) == (0, 0)


# neighbours by encoder


def test_neighbours_are_weighed_by_their_cosine_after_standardising():
    vectors = np.array([[1, 10], [3, 10], [1, 30], [3, 30]], np.float32)
    known = InputVectors("e 1", np.array([5, 6, 8, 9], np.int32), vectors)
    around = Neighbourhood(known, Scale.of(vectors))
    # Standardised, these are the corners of a square; the query is at (1, 1/2).
    found = around.nearest(np.array([3, 25], np.float32), barred=())
    expected = {9: (3 / np.sqrt(10)) ** 8, 6: (1 / np.sqrt(10)) ** 8}
    assert found == pytest.approx(expected, rel=1e-4)
    assert list(found) == [9, 6]
    assert list(around.nearest(np.array([3, 25], np.float32), barred={9, 77})) == [6]
