"""Stretches and motifs, on sequences small enough to count by hand."""

import pytest

from bbqa.stretches import (
    MOTIFS,
    Stretch,
    entropy,
    find_motif,
    low_complexity,
    membrane_like,
    signal_like,
)

INSULIN = (
    "MALWMRLLPLLALLALWGPDPAAAFVNQHLCGSHLVEALYLVCGERGFFYTPKTRREAEDLQVGQVELGGGPGAGSLQPLALEGSLQKRGI"
    "VEQCCTSICSLYQLENYCN"
)
"""Human preproinsulin; UniProt P01308 has a signal peptide at 1-24."""

VARIED = "ACDEFGHIKLMNPQRSTVWY"


def test_entropy_is_0_for_one_letter_and_the_logarithm_for_all_different():
    assert entropy("QQQQ") == 0.0
    assert entropy("ACDEFGHI") == pytest.approx(3.0)
    assert entropy("AAAC") == pytest.approx(0.8113, abs=1e-4)


def test_a_run_of_one_residue_is_of_low_complexity():
    # A window of 12 with 6 Q and 6 others has 2.29 bits, one with 7 Q and 5 others 2.14.
    assert low_complexity(VARIED + "Q" * 20 + VARIED) == [Stretch(16, 45)]
    assert low_complexity(VARIED * 5) == []
    assert low_complexity("QQQQ") == []


def test_stretches_are_told_by_both_ends():
    assert str(Stretch(3, 21)) == "3-21"


def test_19_hydrophobic_residues_may_span_a_membrane():
    assert membrane_like("D" * 20 + "L" * 19 + "K" * 20) == [Stretch(21, 39)]
    assert membrane_like("D" * 20 + "G" * 19 + "K" * 20) == []


def test_two_membrane_stretches_do_not_overlap():
    found = membrane_like("D" * 10 + "L" * 40 + "K" * 10)
    assert len(found) == 2
    assert found[0].end < found[1].start


def test_unknown_residues_are_neither_hydrophobic_nor_the_contrary():
    assert membrane_like("X" * 60) == []
    assert low_complexity("X" * 12) == [Stretch(1, 12)]


def test_the_signal_peptide_of_insulin_is_seen():
    assert signal_like(INSULIN) == Stretch(1, 24)


@pytest.mark.parametrize("sequence", ["", "M", INSULIN[24:], "A" + INSULIN, "M" + VARIED * 5])
def test_other_beginnings_are_no_signal_peptides(sequence):
    assert signal_like(sequence) is None


@pytest.mark.parametrize(
    ("name", "sequence", "places"),
    [
        ("N-glycosylation", "AANGSAA", [Stretch(3, 6)]),
        ("N-glycosylation", "AANPSAANGSP", []),
        ("N-glycosylation", "NNSSA", [Stretch(1, 4), Stretch(2, 5)]),
        ("cell attachment", "AARGDRGD", [Stretch(3, 5), Stretch(6, 8)]),
        ("C-terminal ER retention", "AAAKDEL", [Stretch(4, 7)]),
        ("C-terminal ER retention", "KDELA", []),
        ("nuclear localisation", "PKKKRKV", [Stretch(2, 5), Stretch(3, 6)]),
        ("bipartite nuclear localisation", "KRPAATKKAGQAKKKK", [Stretch(1, 15)]),
        ("zinc finger C2H2", "YKCPECGKSFSQSSNLQKHQRTHTG", [Stretch(3, 23)]),
        ("Walker A", "MTEYKLVVVGAGGVGKSALT", [Stretch(10, 17)]),
        ("C-terminal CAAX", "GCMSCKCVLS", [Stretch(7, 10)]),
        ("C-terminal CAAX", "CVLSA", []),
    ],
)
def test_motifs_are_found_where_they_are(name, sequence, places):
    (motif,) = (motif for motif in MOTIFS if motif.name == name)
    assert find_motif(motif, sequence) == places
