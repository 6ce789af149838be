import pytest

from bbqa.retrieve.alignment import Homologue
from bbqa.retrieve.transfer import SHOWN_SUPPORT, VOTERS, transfer

# A tiny ontology: root 0; binding 1, catalysis 2; kinase 20, tyrosine kinase 200.
ABOVE = {0: set(), 1: {0}, 2: {0}, 20: {2, 0}, 200: {20, 2, 0}}


def homologue(row, bits=100.0, coverage=1.0):
    return Homologue(
        row=row,
        accession=f"T{row}",
        identity=0.5,
        query_coverage=coverage,
        target_coverage=1.0,
        score=250,
        bits=bits,
        evalue=1e-20,
        query_start=0,
        query_end=100,
        target_start=0,
        target_end=100,
    )


def vote(terms, homologues=None, **more):
    homologues = homologues or [homologue(row) for row in terms]
    return transfer(homologues, lambda row: terms[row], ancestors=ABOVE.__getitem__, **more)


def test_what_all_homologues_share_has_score_one_and_names_them():
    (found,) = vote({0: [200], 1: [200]})
    assert (found.node, found.score, found.n_support, found.n_neighbours) == (200, 1.0, 2, 2)
    assert [h.accession for h in found.support] == ["T0", "T1"]


def test_a_general_term_wins_where_the_specific_ones_differ():
    found = vote({0: [200], 1: [20], 2: [20, 1]})
    assert [(t.node, round(t.score, 2)) for t in found] == [(20, 1.0), (1, 0.33), (200, 0.33)]


def test_a_term_implied_by_a_more_specific_one_is_kept_on_request():
    found = vote({0: [200]}, with_implied=True)
    assert [t.node for t in found] == [0, 2, 20, 200]


def test_nearer_homologues_and_longer_alignments_weigh_more():
    terms = {0: [1], 1: [2]}
    by_bits = vote(terms, [homologue(0, bits=300), homologue(1, bits=100)])
    assert {t.node: t.score for t in by_bits}[1] == pytest.approx(0.9)
    by_coverage = vote(terms, [homologue(0), homologue(1, coverage=0.5)])
    assert {t.node: t.score for t in by_coverage}[1] == pytest.approx(0.8)


def test_homologues_without_terms_do_not_vote():
    found = vote({0: [], 1: [1]})
    assert [(t.node, t.score, t.n_neighbours) for t in found] == [(1, 1.0, 1)]
    assert vote({0: []}) == []
    assert transfer([], lambda row: [1], ancestors=ABOVE.__getitem__) == []


def test_only_the_nearest_vote_and_only_a_few_are_shown():
    found = vote({row: [1] if row < VOTERS else [2] for row in range(VOTERS + 10)})
    assert [(t.node, t.n_support, t.n_neighbours) for t in found] == [(1, VOTERS, VOTERS)]
    assert len(found[0].support) == SHOWN_SUPPORT


def test_equal_scores_come_in_the_order_of_their_rows():
    assert [t.node for t in vote({0: [200, 1]})] == [1, 200]
