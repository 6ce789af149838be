import pyarrow as pa
import pytest
from world import ASPIRIN_KEY, BACTERIAL, KINASE, make_graph

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
