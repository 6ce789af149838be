"""A protein's properties: hand-worked numbers, careful words."""

import pytest
from world import ASPIRIN, KINASE, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.schema import Kind, NodeType, Status
from bbqa.tools import protein_properties
from bbqa.workbench import Workbench


@pytest.fixture
def resources(tmp_path):
    return make_resources(tmp_path)


def told(resources, sequence):
    """What is said of a sequence, without its label, and the note."""
    bench = Workbench(resources, read_inputs([f">x\n{sequence}"], []))
    found = protein_properties("protein_1", bench)
    return [item.statement.removeprefix("protein_1 ") for item in found.evidence], found.note


@pytest.mark.parametrize(
    ("sequence", "statement"),
    [
        ("GG", "has 2 residues"),
        ("GG", "has a molecular weight of 132.1 Da"),  # 2 x 57.05 + 18.02
        ("AR", "has a mean hydropathy (GRAVY) of -1.350"),  # (1.8 - 4.5) / 2
        (
            "WYCC",  # 5500 + 1490, and 125 for the bridge
            "has an extinction coefficient of 6990 per M and cm at 280 nm with all cysteines "
            "reduced, 7115 with all in disulfide bridges",
        ),
        ("LLKG", "has as its most frequent residues L 50.0 %, K 25.0 %, G 25.0 %"),
        ("MKT" + "Q" * 30, "has 1 low-complexity stretch with 100 % of its residues, at 1-33"),
        ("AAARGDAA", "may be bound by integrins: it has the cell attachment motif R-G-D once"),
        ("DD" + "L" * 19 + "KK", "may cross a membrane with 1 hydrophobic stretch: "),
        ("MKTW", "has no stretch hydrophobic enough to cross a membrane"),
        ("MKTW", "has no beginning like that of a signal peptide"),
        ("MKTW", "has none of the motifs that are looked for: N-glycosylation, "),
    ],
)
def test_properties_have_the_numbers_that_are_worked_out_by_hand(resources, sequence, statement):
    statements, _ = told(resources, sequence)
    assert any(s.startswith(statement) for s in statements), statements


def test_unknown_residues_are_left_out_and_told(resources):
    statements, note = told(resources, "GXGUX")
    assert "has 5 residues" in statements
    assert "has a molecular weight of 132.1 Da without its 3 residues of other kinds" in statements
    assert note == "Weight, isoelectric point, hydropathy and extinction leave out 1 U, 2 X."


def test_a_protein_of_unknown_residues_alone_has_a_length_and_no_weight(resources):
    statements, _ = told(resources, "XXXXX")
    assert statements[0] == "has 5 residues"
    assert not any("weight" in s for s in statements)


def test_what_is_exact_is_computed_and_what_only_looks_like_is_predicted(resources):
    bench = Workbench(resources, read_inputs([">x\nMARGDLLLLLLLLLLLLLLLLLLLLLKK"], []))
    for item in protein_properties("protein_1", bench).evidence:
        assert (item.kind, item.type) == (Kind.PROPERTY, NodeType.PROTEIN)
        assert item.about == "protein_1"
        assert (item.status is Status.PREDICTED) == item.statement.startswith("protein_1 may ")
        assert item.source


def test_a_named_protein_is_calculated_from_its_sequence(resources):
    found = protein_properties("KIN1", Workbench(resources))
    assert found.evidence[0].statement == f"KIN1 has {len(KINASE)} residues"
    assert found.evidence[0].nodes == ("P00001",)


def test_the_result_is_short_enough_for_a_small_model(resources):
    text, step = Workbench(resources).call(protein_properties, {"input": "KIN1"})
    assert len(text) < 2000
    assert not step.failed


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("molecule_1", r"molecule_1 is a molecule.*call molecule_properties"),
        ("aspirin", r"is a drug.*call molecule_properties"),
        ("testosis", "test disease is a disease without a sequence here"),
    ],
)
def test_what_has_no_sequence_is_refused(resources, what, message):
    with pytest.raises(ToolError, match=message):
        protein_properties(what, Workbench(resources, read_inputs([], [ASPIRIN])))
