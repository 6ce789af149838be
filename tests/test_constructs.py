"""Tags and cleavage sites in the residues of constructs."""

import pytest
from world import KINASE

from bbqa.constructs import find_tags


def names(sequence):
    return [(found.tag.name, str(found.place)) for found in find_tags(sequence)]


@pytest.mark.parametrize(
    ("residues", "name"),
    [
        ("HHHHHH", "polyhistidine (His) tag"),
        ("DYKDDDDK", "FLAG tag"),
        ("YPYDVPDYA", "HA tag"),
        ("EQKLISEEDL", "Myc tag"),
        ("GKPIPNPLLGLDST", "V5 tag"),
        ("WSHPQFEK", "Strep-tag II"),
        ("LVPRGS", "thrombin site"),
        ("ENLYFQG", "TEV site"),
        ("LEVLFQGP", "3C (PreScission) site"),
    ],
)
def test_a_tag_is_found_at_either_end_of_a_protein(residues, name):
    assert names(f"M{residues}{KINASE[1:]}") == [(name, f"2-{len(residues) + 1}")]
    start = len(KINASE) + 1
    assert names(f"{KINASE}{residues}") == [(name, f"{start}-{start + len(residues) - 1}")]


def test_a_protein_without_tags_has_none():
    assert names(KINASE) == []


def test_the_site_within_a_flag_tag_is_not_told_twice():
    assert [name for name, _ in names("MDYKDDDDKGGS" + KINASE)] == ["FLAG tag"]


def test_a_site_that_occurs_by_chance_counts_only_beside_a_tag():
    assert names("MIEGRAS" + KINASE) == []
    assert [name for name, _ in names("MHHHHHHIEGRAS" + KINASE)] == [
        "polyhistidine (His) tag",
        "factor Xa site",
    ]
