"""A molecule's properties: published and hand-worked numbers."""

import pytest
from rdkit.Chem import MolFromSmarts
from world import ASPIRIN, KINASE, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.schema import Kind, NodeType, Status
from bbqa.tools import molecule_properties
from bbqa.tools.molecule_properties import GROUPS
from bbqa.workbench import Workbench


@pytest.fixture
def resources(tmp_path):
    return make_resources(tmp_path)


def told(resources, smiles):
    """What is said of a molecule, without its label."""
    found = molecule_properties("molecule_1", Workbench(resources, read_inputs([], [smiles])))
    return [item.statement.removeprefix("molecule_1 ") for item in found.evidence]


def test_aspirin_has_its_published_properties(resources):
    assert told(resources, ASPIRIN) == [
        "has the molecular formula C9H8O4",
        "has an average molecular weight of 180.16 g/mol (Da)",
        "has a monoisotopic mass of 180.0423 Da",
        "has a calculated logP of 1.31 (Crippen's method)",
        "has a topological polar surface area (TPSA) of 63.60 Å²",
        "has 1 hydrogen-bond donor and 3 hydrogen-bond acceptors",
        "has 13 heavy atoms (all but hydrogen)",
        "has 2 rotatable bonds",
        "has 0 violations of Lipinski's rule of five",
        "has 1 violation of the rule of three for fragments: TPSA above 60",
        "has the functional groups carboxylic acid (1), ester (1), benzene ring (1)",
        "has 1 ring, 1 of them aromatic",
        "has 0 stereocentres and 0 stereo double bonds",
        "has a formal charge of 0",
    ]


@pytest.mark.parametrize(
    ("smiles", "statement"),
    [
        ("CCCCCCCCCCCCCCCC", "has 1 violation of Lipinski's rule of five: logP above 5"),
        ("OCC(O)C(O)C(O)C(O)CO", "has 1 violation of Lipinski's rule of five: donors above 5"),
        ("CCO", "has 0 violations of the rule of three for fragments"),
        ("OCC(O)C(O)C(O)C(O)CO",
         "has 4 violations of the rule of three for fragments: donors above 3, "
         "acceptors above 3, rotatable bonds above 3, TPSA above 60"),
        ("C[C@H](N)C(=O)O",
         "has 1 stereocentre (1 assigned, 0 unassigned) and 0 stereo double bonds"),
        ("CC(N)C(=O)O", "has 1 stereocentre (0 assigned, 1 unassigned) and 0 stereo double bonds"),
        ("O[C@H]([C@H](O)C(=O)O)C(=O)O",
         "has 2 stereocentres (2 assigned, 0 unassigned) and 0 stereo double bonds, "
         "and is the same as its mirror image (meso)"),
        ("O[C@H]([C@@H](O)C(=O)O)C(=O)O",
         "has 2 stereocentres (2 assigned, 0 unassigned) and 0 stereo double bonds"),
        ("C[C@H]1CC[C@@H](C)CC1",
         "has 2 stereocentres (2 assigned, 0 unassigned) and 0 stereo double bonds, "
         "and is the same as its mirror image (meso)"),
        ("OC(=O)/C=C/C(=O)O",
         "has 0 stereocentres and 1 stereo double bond (1 assigned, 0 unassigned)"),
        ("CN(C)C(=N)NC(N)=N", "has 0 stereocentres and 0 stereo double bonds"),
        ("CC(=O)OCC[N+](C)(C)C", "has a formal charge of +1"),
        ("C1CCCCC1", "has none of the functional groups that are looked for"),
    ],
)  # fmt: skip
def test_properties_have_the_values_that_are_worked_out_by_hand(resources, smiles, statement):
    assert statement in told(resources, smiles)


@pytest.mark.parametrize(
    ("smiles", "groups"),
    [
        ("CC(=O)NC", "amide (1)"),
        ("O=C1CCCN1", "lactam (1)"),
        ("O=C1CCN1", "beta-lactam (1)"),
        ("O=C1CCCO1", "lactone (1)"),
        ("O=C1CCC(=O)N1", "imide (1)"),
        ("NC(N)=O", "urea (1)"),
        ("CC(=O)NC(N)=O", "acylurea (1)"),
        ("CC(C)=O", "ketone (1)"),
        ("CC=O", "aldehyde (1)"),
        ("CCO", "alcohol (1)"),
        ("COC", "ether (1)"),
        ("C1CO1", "epoxide (1)"),
        ("CSC", "thioether (1)"),
        ("CS(C)=O", "sulfoxide (1)"),
        ("CS(=O)(=O)N", "sulfonamide (1)"),
        ("CN", "primary amine (1)"),
        ("CN(C)C", "tertiary amine (1)"),
        ("Oc1ccccc1", "phenol (1), benzene ring (1)"),
        ("Nc1ccccc1", "aromatic amine (1), benzene ring (1)"),
        ("C[N+](=O)[O-]", "nitro group (1)"),
        ("CC#N", "nitrile (1)"),
        ("CP(=O)(O)O", None),
        ("COP(=O)(O)O", "phosphate (1)"),
        ("NCC(=O)O", "carboxylic acid (1), primary amine (1)"),
    ],
)
def test_functional_groups_are_named_once_and_rightly(resources, smiles, groups):
    expected = (
        f"has the functional groups {groups}"
        if groups
        else "has none of the functional groups that are looked for"
    )
    assert expected in told(resources, smiles)


def test_every_pattern_can_be_read():
    assert [name for name, smarts in GROUPS.items() if MolFromSmarts(smarts) is None] == []


def test_properties_are_computed_and_name_what_computed_them(resources):
    bench = Workbench(resources, read_inputs([], [ASPIRIN]))
    for item in molecule_properties("molecule_1", bench).evidence:
        assert (item.kind, item.status, item.type) == (
            Kind.PROPERTY,
            Status.COMPUTED,
            NodeType.DRUG,
        )
        assert item.source.startswith("RDKit 20")
        assert item.nodes == ("DB00001",)


def test_what_was_taken_off_a_salt_is_told(resources):
    bench = Workbench(resources, read_inputs([], ["CC(=O)Oc1ccccc1C(=O)[O-].[Na+]"]))
    found = molecule_properties("molecule_1", bench)
    assert found.evidence[0].statement == "molecule_1 has the molecular formula C9H8O4"
    assert found.note.startswith("Calculated for the parent: salt or solvent removed: [Na+]")


def test_a_named_drug_is_calculated_from_its_structure(resources):
    text, _ = Workbench(resources).call(molecule_properties, {"input": "aspirin"})
    assert "[1] Acetylsalicylic acid has the molecular formula C9H8O4 (computed; RDKit" in text
    assert len(text) < 1800


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("protein_1", r"protein_1 is a protein.*call protein_properties"),
        ("KIN1", r"KIN1 is a gene/protein.*call protein_properties"),
        ("testosis", "test disease is a disease without a structure here"),
    ],
)
def test_what_has_no_structure_is_refused(resources, what, message):
    with pytest.raises(ToolError, match=message):
        molecule_properties(what, Workbench(resources, read_inputs([KINASE], [])))
