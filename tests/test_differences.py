"""Differences of aligned proteins, in the words of HGVS."""

import pytest

from bbqa.differences import changes, loses_methionine, renumbered, summarised


@pytest.mark.parametrize(
    ("query", "target", "start", "said"),
    [
        ("MKTE", "MKTV", 0, ["V4E"]),
        ("LATEKS", "LATVKS", 596, ["V600E"]),
        ("AK-----TSP", "AKELREATSP", 743, ["E746_A750del"]),
        ("MK-A", "MKTA", 0, ["T3del"]),
        ("MDNPHV", "MD--HV", 768, ["D770_H771insNP"]),
        ("AS---T", "ALREAT", 745, ["L747_A750delinsS"]),
        ("MKTA", "MKTA", 0, []),
    ],
)
def test_each_kind_of_change_is_written_as_hgvs_writes_it(query, target, start, said):
    assert [str(change) for change in changes(query, target, start)] == said


def test_neighbouring_substitutions_are_told_one_by_one():
    assert [str(c) for c in changes("MAAK", "MKTK", 0)] == ["K2A", "T3A"]


def test_many_changes_close_together_are_one_region():
    query, target = "M" + "A" * 20 + "K" * 5 + "V" * 20, "M" + "A" * 20 + "R" * 5 + "V" * 20
    alone, regions = summarised(changes("G" + query[1:], target, 0))
    assert [str(change) for change in alone] == ["M1G"]
    assert [(region.start, region.end) for region in regions] == [(22, 26)]


def test_the_mature_protein_is_counted_without_its_methionine():
    (change,) = changes("MVHLTPV", "MVHLTPE", 0)
    assert (str(change), renumbered(change, 1)) == ("E7V", "E6V")
    assert loses_methionine("MVHLT")
    assert not loses_methionine("MEESQ")
