import json
import random

import pyarrow as pa
import pytest

from bbqa.inputs import read_inputs
from bbqa.kg.molecules import Molecules
from bbqa.kg.tables import MOLECULES
from bbqa.retrieve.similarity import BITS, Analogue, MoleculeIndex

ASPIRIN = "CC(=O)Oc1ccccc1C(=O)O"
_DRUGS = {
    10: "CC(=O)Oc1ccccc1C(=O)[O-].[Na+]",
    11: "OC(=O)c1ccccc1O",
    12: "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
    13: "this is no SMILES",
    14: "CC(=O)Oc1ccccc1C(=O)O",
}


def make_molecules(drugs):
    columns = {
        "node": list(drugs),
        "smiles": list(drugs.values()),
        "inchikey": [""] * len(drugs),
    }
    return Molecules(pa.table(columns, schema=MOLECULES))


@pytest.fixture(scope="module")
def molecules():
    return make_molecules(_DRUGS)


def test_analogues_come_best_first_and_salts_count_as_their_parent(molecules):
    found = MoleculeIndex.build(molecules).search(ASPIRIN)
    assert found[:2] == [Analogue(10, 1.0), Analogue(14, 1.0)]
    assert found[2].node == 11
    assert 0.4 <= found[2].similarity < 1
    assert len(found) == 3


def test_tanimoto_agrees_with_rdkit(molecules):
    from rdkit import Chem, DataStructs
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=2, fpSize=BITS)
    left, right = (
        generator.GetFingerprint(Chem.MolFromSmiles(smiles)) for smiles in (ASPIRIN, _DRUGS[11])
    )
    found = MoleculeIndex.build(molecules).similarities(ASPIRIN)
    assert found[1] == pytest.approx(DataStructs.TanimotoSimilarity(left, right))


def test_a_structure_that_cannot_be_read_is_like_nothing(molecules):
    assert MoleculeIndex.build(molecules).similarities(ASPIRIN)[3] == 0


def test_what_is_too_similar_can_be_left_out(molecules):
    found = MoleculeIndex.build(molecules).search(ASPIRIN, max_similarity=0.99)
    assert [analogue.node for analogue in found] == [11]


def test_drugs_can_be_left_out(molecules):
    index = MoleculeIndex.build(molecules)
    best, *others = index.search(ASPIRIN)
    assert index.search(ASPIRIN, without={best.node}) == others


def test_only_so_many_are_given_as_are_asked_for(molecules):
    assert len(MoleculeIndex.build(molecules).search(ASPIRIN, k=1, min_similarity=0)) == 1


def test_an_opened_index_equals_a_built_one(molecules, tmp_path):
    built = MoleculeIndex.build(molecules)
    for _ in range(2):
        opened = MoleculeIndex.open(molecules, tmp_path / "molecules")
        assert (opened.fingerprints == built.fingerprints).all()
        assert (opened.node == built.node).all()


def test_the_second_opening_reads_what_the_first_one_kept(molecules, tmp_path):
    MoleculeIndex.open(molecules, tmp_path)
    kept = (tmp_path / "fingerprints.npy").stat().st_mtime_ns
    MoleculeIndex.open(molecules, tmp_path)
    assert (tmp_path / "fingerprints.npy").stat().st_mtime_ns == kept


@pytest.mark.parametrize("damage", [b"", b"nonsense", None])
def test_a_damaged_file_is_built_anew(molecules, tmp_path, damage):
    MoleculeIndex.open(molecules, tmp_path)
    whole = (tmp_path / "fingerprints.npy").read_bytes()
    (tmp_path / "fingerprints.npy").write_bytes(whole[:-1] + b"\xff" if damage is None else damage)
    assert MoleculeIndex.open(molecules, tmp_path).search(ASPIRIN)[0].similarity == 1
    assert (tmp_path / "fingerprints.npy").read_bytes() == whole


def test_a_damaged_manifest_is_built_anew(molecules, tmp_path):
    MoleculeIndex.open(molecules, tmp_path)
    (tmp_path / "manifest.json").write_text("{")
    assert len(MoleculeIndex.open(molecules, tmp_path)) == len(_DRUGS)
    assert json.loads((tmp_path / "manifest.json").read_text())["bits"] == BITS


def test_another_graph_s_fingerprints_are_not_used(molecules, tmp_path):
    MoleculeIndex.open(molecules, tmp_path)
    others = make_molecules({1: "CCO"})
    assert MoleculeIndex.open(others, tmp_path).search("CCO") == [Analogue(1, 1.0)]


def test_where_nothing_can_be_written_the_index_still_works(molecules, tmp_path):
    (tmp_path / "file").write_text("in the way")
    index = MoleculeIndex.open(molecules, tmp_path / "file" / "molecules")
    assert index.search(ASPIRIN)[0].similarity == 1


@pytest.mark.integration
def test_the_nearest_analogue_of_a_drug_shares_a_target_more_often_than_not():
    from bbqa.kg.graph import open_starter
    from bbqa.schema import Relation

    graph = open_starter()
    index = MoleculeIndex.build(graph.molecules)
    targets = {
        int(node): set(graph.neighbours(int(node), Relation.DRUG_PROTEIN).tolist())
        for node in graph.molecules.node
    }
    shared = []
    for number in random.Random(0).sample(range(len(index)), 300):
        (given,) = read_inputs([], [graph.molecules.smiles[number]])
        near = [
            analogue.node
            for analogue in index.search(given.value, k=50, max_similarity=0.9999)
            if targets[analogue.node]
        ]
        own = targets[int(index.node[number])]
        if own and near:
            shared.append(bool(own & targets[near[0]]))
    assert len(shared) > 50
    assert sum(shared) / len(shared) > 0.5
