"""Homologues and analogues, without the thing itself."""

import pyarrow as pa
import pytest
from world import ASPIRIN, KINASE, WordEncoder, make_graph, make_resources, mutated, random_sequence

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.kg.graph import Graph
from bbqa.resources import Resources
from bbqa.schema import Kind, Status
from bbqa.settings import Settings
from bbqa.tools import similar
from bbqa.workbench import Workbench


def bench_of(resources, sequences=(), molecules=()):
    resources.prepare()
    return Workbench(resources, read_inputs(list(sequences), list(molecules)))


def test_a_homologue_is_told_with_identity_coverage_and_e_value(tmp_path):
    bench = bench_of(make_resources(tmp_path), [mutated(KINASE, 0.4)])
    (found,) = similar("protein_1", bench).evidence
    assert found.statement.startswith("protein_1 (220 residues) is 6")
    assert "% identical to KIN1 (P00001, Test tyrosine kinase 1)" in found.statement
    assert "identity to P00001 over" in found.because
    assert ", E " in found.because
    assert (found.kind, found.status) == (Kind.ALIGNMENT, Status.INFERRED)


def test_an_analogue_is_told_with_its_tanimoto(tmp_path):
    bench = bench_of(make_resources(tmp_path), molecules=["CC(=O)Oc1ccccc1C(=O)OC"])
    (found,) = similar("molecule_1", bench).evidence
    assert found.statement.startswith("molecule_1 resembles Acetylsalicylic acid (DB00001)")
    assert found.because.startswith("Tanimoto 0.")


@pytest.mark.parametrize("what", ["protein_1", "KIN1", "molecule_1", "aspirin"])
def test_nothing_is_similar_to_itself(tmp_path, what):
    bench = bench_of(make_resources(tmp_path), [KINASE], [ASPIRIN])
    found = similar(what, bench)
    assert found.evidence == ()
    assert found.note.startswith("No ")


def test_a_named_protein_has_its_identical_twin(tmp_path):
    graph = make_graph()
    rows = graph.sequences.table.to_pylist()
    rows[2]["sequence"] = rows[0]["sequence"]
    table = pa.Table.from_pylist(rows, schema=graph.sequences.table.schema)
    twins = Graph.from_tables(graph.nodes, graph.edges, table, graph.molecules.table)
    resources = Resources(Settings(home=tmp_path), graph=twins, encoder=WordEncoder())
    bench = bench_of(resources, [KINASE])
    (twin,) = similar("KIN1", bench).evidence
    assert twin.statement.startswith("KIN1 (220 residues) is 100 % identical to TRP1 (P00003")
    assert similar("protein_1", bench).evidence == ()


def test_what_resembles_nothing_says_so(tmp_path):
    bench = bench_of(make_resources(tmp_path), [random_sequence(200, 77)], ["C1CCCCC1"])
    assert similar("protein_1", bench).note == "No homologue of protein_1 is known."
    assert similar("molecule_1", bench).note == "No analogue of molecule_1 is known."


def test_a_disease_is_refused_and_sent_elsewhere(tmp_path):
    bench = bench_of(make_resources(tmp_path))
    with pytest.raises(ToolError, match="test disease is a disease without a sequence") as caught:
        similar("testosis", bench)
    assert 'call describe with name "test disease"' in caught.value.message
