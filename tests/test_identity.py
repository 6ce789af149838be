import random

import pyarrow as pa
import pytest
from world import ASPIRIN_KEY, BACTERIAL, KINASE, make_graph

from bbqa.inputs import read_inputs
from bbqa.kg.graph import open_starter
from bbqa.kg.molecules import Molecules
from bbqa.kg.tables import MOLECULES
from bbqa.retrieve.identity import How, Match, find_molecule, find_protein
from bbqa.schema import Input, Modality


@pytest.fixture(scope="module")
def graph():
    return make_graph()


def protein(sequence):
    return Input("protein_1", Modality.PROTEIN, sequence, sequence)


def molecule(key):
    return Input("molecule_1", Modality.MOLECULE, "C", "C", digest=key)


def test_a_sequence_is_found_by_its_residues(graph):
    row = graph.row("P00001")
    assert find_protein(protein(KINASE), graph.sequences) == (Match(0, row, How.SEQUENCE),)


def test_a_protein_of_another_species_has_no_node(graph):
    (match,) = find_protein(protein(BACTERIAL), graph.sequences)
    assert match.node is None
    assert graph.sequences.accession(match.number) == "Q90001"


def test_one_other_residue_is_another_protein(graph):
    assert find_protein(protein("A" + KINASE[1:]), graph.sequences) == ()


@pytest.mark.parametrize(
    ("key", "how"),
    [
        (ASPIRIN_KEY, How.STRUCTURE),
        (ASPIRIN_KEY[:-1] + "M", How.CHARGE_DIFFERS),
        (ASPIRIN_KEY[:14] + "-ABCDEFGHSA-N", How.STEREO_DIFFERS),
    ],
)
def test_a_molecule_is_found_by_as_much_of_its_inchikey_as_fits(graph, key, how):
    (match,) = find_molecule(molecule(key), graph.molecules)
    assert (match.node, match.how) == (graph.row("DB00001"), how)


def test_an_unknown_molecule_is_not_found(graph):
    assert find_molecule(molecule("ZZZZZZZZZZZZZZ-UHFFFAOYSA-N"), graph.molecules) == ()


def test_a_parent_comes_before_its_salts():
    table = pa.table(
        {
            "node": [5, 6],
            "smiles": ["CC(=O)[O-].[Na+]", "CC(=O)O"],
            "inchikey": ["QTBSBXVTEAMEQO-UHFFFAOYSA-N"] * 2,
        },
        schema=MOLECULES,
    )
    matches = find_molecule(molecule("QTBSBXVTEAMEQO-UHFFFAOYSA-N"), Molecules(table))
    assert [match.node for match in matches] == [6, 5]


# the starter graph


@pytest.fixture(scope="module")
def starter():
    return open_starter()


@pytest.mark.integration
def test_two_hundred_human_sequences_drawn_at_random_find_themselves_first(starter):
    human = int((starter.sequences.node >= 0).sum())
    for number in random.Random(0).sample(range(human), 200):
        sequence = starter.sequences.sequence(number)
        matches = find_protein(protein(sequence), starter.sequences)
        assert matches[0].node is not None
        assert starter.sequences.sequence(matches[0].number) == sequence
        assert number in {match.number for match in matches}


@pytest.mark.integration
def test_two_hundred_drugs_drawn_at_random_find_themselves(starter):
    for number in random.Random(0).sample(range(len(starter.molecules)), 200):
        (given,) = read_inputs([], [starter.molecules.smiles[number]])
        matches = find_molecule(given, starter.molecules)
        assert {match.how for match in matches} == {How.STRUCTURE}
        assert number in {match.number for match in matches}
