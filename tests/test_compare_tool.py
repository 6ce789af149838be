"""The tool compare, on a small graph and on the real one."""

import pytest
from path_world import (
    AAA1,
    CURAFEN,
    LIKE_AAA1,
    LIKE_CURAFEN,
    STRANGE,
    STRANGE_MOLECULE,
    make_bench,
)

from bbqa.inputs import read_inputs
from bbqa.resources import Resources
from bbqa.schema import Kind, NodeType, Status
from bbqa.settings import load_settings
from bbqa.tools.compare import compare
from bbqa.workbench import Workbench


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    return make_bench(
        tmp_path_factory.mktemp("home"),
        seq=[AAA1, LIKE_AAA1, STRANGE],
        smiles=[CURAFEN, LIKE_CURAFEN, STRANGE_MOLECULE],
    )


def said(found):
    return [item.statement for item in found.evidence]


@pytest.mark.parametrize("names", [("molecule_1", "AAA1"), ("AAA1", "molecule_1")])
def test_a_recorded_activity_is_told_whichever_comes_first(bench, names):
    found = compare(*names, bench)
    (item,) = found.evidence
    assert item.statement == "Curafen has recorded activity on AAA1"
    assert (item.kind, item.status) == (Kind.FACT, Status.CURATED)
    assert item.source == "ChEMBL via drug2cell"
    assert found.note == ""


def test_activity_of_an_analogue_is_inferred_and_says_how_near_it_is(bench):
    found = compare("molecule_2", "AAA1", bench)
    item = found.evidence[0]
    assert item.statement.startswith("Curafen, an analogue of molecule_2 (Tanimoto 0.")
    assert item.statement.endswith("has recorded activity on AAA1")
    assert item.status is Status.INFERRED
    assert found.note == "No record says that molecule_2 acts on AAA1."


def test_activity_on_a_homologue_is_inferred_and_says_how_near_it_is(bench):
    (item,) = compare("Curafen", "protein_2", bench).evidence
    assert item.statement == (
        "Curafen has recorded activity on AAA1, a homologue of protein_2 "
        "(70 % identity over 99.5 %)"
    )
    assert item.kind is Kind.ALIGNMENT


def test_analogue_and_homologue_together_are_less_near_than_either(bench):
    (both,) = compare("molecule_2", "protein_2", bench).evidence
    (one,) = compare("Curafen", "protein_2", bench).evidence
    assert both.score < one.score


def test_where_nothing_is_known_of_either_that_is_said(bench):
    found = compare("molecule_3", "protein_3", bench)
    assert found.evidence == ()
    assert found.note == (
        "No record says that molecule_3 acts on protein_3. "
        "Nor is it recorded of anything near enough to them."
    )


def test_two_proteins_are_aligned_and_share_what_is_recorded_of_both(bench):
    found = compare("protein_1", "CCC1", bench)
    assert said(found)[0] == "AAA1 interacts with CCC1"
    assert "no significant similarity of sequence" in said(found)[1]
    assert found.evidence[1].status is Status.COMPUTED
    assert found.evidence[1].nodes == ("P1", "P3")
    assert said(found)[2:] == [
        "AAA1 and CCC1 both take part in blue signaling",
        "AAA1 and CCC1 are both associated with blue leukemia",
    ]


def test_only_the_types_that_are_asked_for_are_told(bench):
    found = compare("AAA1", "CCC1", bench, of=[NodeType.DISEASE])
    assert said(found)[2:] == ["AAA1 and CCC1 are both associated with blue leukemia"]


def test_two_attached_proteins_are_aligned_with_each_other(bench):
    found = compare("protein_1", "protein_2", bench)
    assert said(found)[0].startswith("protein_1 and protein_2 are 70 % identical over 99.5 %")
    assert found.evidence[0].nodes == ("P1", "protein_2")
    assert said(found)[1].startswith("protein_1 is AAA1, and protein_2 resembles AAA1 (70 %")
    assert found.evidence[1].status is Status.INFERRED


def test_what_an_unknown_protein_shares_is_inferred_from_what_it_resembles(bench):
    found = compare("protein_2", "CCC1", bench)
    shared = [item for item in found.evidence if item.kind is Kind.PATH]
    assert {item.status for item in shared} == {Status.INFERRED}
    assert all(item.statement.startswith("protein_2 resembles AAA1") for item in shared)
    assert found.note == "No record joins protein_2 and CCC1 directly."


def test_two_molecules_have_a_similarity_and_scaffolds(bench):
    found = compare("molecule_1", "molecule_2", bench)
    assert said(found)[0].startswith("molecule_1 and molecule_2 have a Tanimoto similarity of 0.")
    assert said(found)[1] == "molecule_1 and molecule_2 have the same scaffold"
    assert compare("molecule_1", "Restorin", bench).evidence[1].statement == (
        "molecule_1 and Restorin have different scaffolds"
    )


def test_the_same_compound_twice_is_recognised(bench):
    first = compare("molecule_1", "Curafen", bench).evidence[0]
    assert first.statement == "molecule_1 and Curafen are the same compound"
    assert first.kind is Kind.IDENTITY


def test_stereoisomers_share_a_skeleton(tmp_path):
    bench = make_bench(tmp_path, smiles=["C[C@H](N)C(=O)O", "C[C@@H](N)C(=O)O"])
    assert said(compare("molecule_1", "molecule_2", bench))[0] == (
        "molecule_1 and molecule_2 have the same skeleton and differ in stereochemistry, "
        "charge or isotopes"
    )


def test_other_things_are_compared_by_what_is_recorded(bench):
    found = compare("blue leukemia", "AAA1", bench)
    assert said(found) == ["blue leukemia is associated with AAA1"]
    nothing = compare("Curafen", "rare disease", bench)
    assert nothing.note == (
        "No record joins Curafen and rare disease directly. Nothing is recorded that Curafen "
        "and rare disease have in common in the same way."
    )


def test_a_thing_is_not_compared_with_itself(bench):
    text, step = bench.call(compare, {"first": "AAA1", "second": "aaa1"})
    assert text == "both are AAA1; compare takes two different things"
    assert step.failed


def test_a_drug_that_is_named_is_compared_by_its_structure(bench):
    found = compare("Curafen", "Restorin", bench)
    assert "have a Tanimoto similarity of 0.09" in said(found)[0]


# the real graph

IMATINIB = "Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(C)CC1"
ETHYL_IMATINIB = "Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(CC)CC1"


@pytest.fixture(scope="module")
def real():
    resources = Resources(load_settings({}))
    resources.prepare()
    return Workbench(resources, read_inputs([], [IMATINIB, ETHYL_IMATINIB]))


@pytest.mark.integration
def test_imatinib_by_its_structure_acts_on_abl1(real):
    (item,) = compare("molecule_1", "ABL1", real).evidence
    assert item.statement == "Imatinib has recorded activity on ABL1"
    assert item.status is Status.CURATED


@pytest.mark.integration
def test_what_no_drug_is_acts_on_abl1_by_inference_with_a_probability(real):
    found = compare("molecule_2", "ABL1", real)
    assert {item.status for item in found.evidence} <= {Status.INFERRED, Status.PREDICTED}
    assert found.evidence[0].probability is not None
    assert any("Imatinib, an analogue of molecule_2" in statement for statement in said(found))
    assert found.note == "No record says that molecule_2 acts on ABL1."


@pytest.mark.integration
def test_aspirin_has_no_record_with_brca1(real):
    found = compare("aspirin", "BRCA1", real)
    assert "No record says that Acetylsalicylic acid acts on BRCA1." in found.note
    assert all(item.status is not Status.CURATED for item in found.evidence)


@pytest.mark.integration
def test_brca1_and_brca2_interact_and_share_diseases_but_no_sequence(real):
    found = compare("BRCA1", "BRCA2", real)
    assert said(found)[0] == "BRCA1 interacts with BRCA2"
    assert any("no significant similarity" in statement for statement in said(found))
    assert any(item.type is NodeType.DISEASE for item in found.evidence)
