"""The species in which a counterpart is asked for."""

import pytest

from bbqa.question.species import counterpart_taxon


@pytest.mark.parametrize(
    ("clause", "taxon"),
    [
        ("What's the mouse orthologue of ENT0?", 10090),
        ("yeast homolog of ENT0", 4932),
        ("what is the human counterpart of this mouse protein?", 9606),
        ("closest human relative of this worm protein", 9606),
        ("orthologue of ENT0 in zebrafish", 7955),
        ("the C. elegans equivalent of ENT0", 6239),
        ("which proteins are similar to ENT0?", None),
        ("is this the mouse protein?", None),
    ],
)
def test_the_species_next_to_the_word_for_the_counterpart_is_meant(clause, taxon):
    assert counterpart_taxon(clause) == taxon
