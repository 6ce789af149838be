"""What one molecule has for what another has, in words."""

import pytest
from rdkit import Chem

from bbqa.answer.structural_difference import difference


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        ("Brc1ccccc1CCN", "Clc1ccccc1CCN", "Br for Cl"),
        ("CCNC(=O)c1ccccc1", "CNC(=O)c1ccccc1", "ethyl for methyl"),
        ("CCCOc1ccccc1C(=O)O", "CCOc1ccccc1C(=O)O", "propoxy for ethoxy"),
        ("OC(=O)c1ccccc1O", "CC(=O)Oc1ccccc1C(=O)O", "hydroxy for acetoxy"),
        ("CC(=O)Nc1ccc(O)cc1F", "CC(=O)Nc1ccc(O)cc1", "an additional fluoro"),
        ("CC(=O)Nc1ccc(O)cc1", "CC(=O)Nc1ccc(O)cc1F", "fluoro missing"),
        ("O=C(c1ccccc1)N1CCOCC1", "O=C(c1ccccc1)N1CCSCC1", "O for S in a ring"),
        ("OCC1OC(O)C(O)C(O)C1O", "OCC1OC(O)C(N)C(O)C1O", "hydroxy for amino"),
    ],
)
def test_small_differences_are_listed(first, second, words):
    assert difference(Chem.MolFromSmiles(first), Chem.MolFromSmiles(second)) == words


def test_the_same_change_at_two_places_is_counted():
    one, other = map(Chem.MolFromSmiles, ("Brc1ccc(Br)cc1C(=O)O", "Clc1ccc(Cl)cc1C(=O)O"))
    assert difference(one, other) == "Br for Cl (2 times)"


def test_nothing_is_said_of_molecules_that_have_little_in_common():
    one, other = map(Chem.MolFromSmiles, ("CCCCCCCC", "c1ccc2ccccc2c1"))
    assert difference(one, other) == ""


def test_nothing_is_said_where_a_ring_is_missing():
    one, other = map(Chem.MolFromSmiles, ("CC(C)NCC(O)COc1ccccc1", "CC(C)NCC(O)COc1cccc2ccccc12"))
    assert difference(one, other) == ""
