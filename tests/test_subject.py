"""What a tool is asked about."""

import pytest
from world import ASPIRIN, ASPIRIN_KEY, BACTERIAL, KINASE, make_resources

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.schema import Modality, NodeType
from bbqa.subject import as_attached, node_of, shown, subject_of, what_it_is, with_article
from bbqa.workbench import Workbench


@pytest.fixture
def bench(tmp_path):
    return Workbench(make_resources(tmp_path), read_inputs([KINASE, BACTERIAL], [ASPIRIN]))


def test_a_label_is_an_input_and_a_name_is_a_node(bench):
    assert subject_of("protein_1", bench).value == KINASE
    named = subject_of("testosis", bench)
    assert (named.label, named.value) == ("test disease", "MONDO:0000001")
    assert what_it_is(named, bench.graph) == "a disease"


@pytest.mark.parametrize("label", ["protein_9", "Molecule_2", " "])
def test_a_label_that_no_input_has_lists_the_inputs(bench, label):
    with pytest.raises(ToolError, match="inputs are: protein_1, protein_2, molecule_1"):
        subject_of(label, bench)


@pytest.mark.parametrize(
    ("text", "node", "how"),
    [
        ("protein_1", "P00001", "identical sequence"),
        ("molecule_1", "DB00001", "identical structure (InChIKey)"),
        ("aspirin", "DB00001", "named: aspirin"),
    ],
)
def test_an_input_is_a_node_where_it_is_identical_to_one(bench, text, node, how):
    assert node_of(subject_of(text, bench), bench.resources) == (bench.graph.row(node), how)


def test_a_protein_of_another_species_is_no_node(bench):
    assert node_of(subject_of("protein_2", bench), bench.resources) is None


def test_a_named_protein_or_drug_is_as_good_as_attached(bench):
    protein = as_attached(subject_of("KIN1", bench), bench.graph)
    assert (protein.modality, protein.value, protein.label) == (Modality.PROTEIN, KINASE, "KIN1")
    drug = as_attached(subject_of("aspirin", bench), bench.graph)
    assert (drug.modality, drug.value, drug.digest) == (Modality.MOLECULE, ASPIRIN, ASPIRIN_KEY)
    disease = subject_of("testosis", bench)
    assert as_attached(disease, bench.graph) is disease


def test_words_have_their_article():
    assert with_article(NodeType.PHENOTYPE) == "an effect/phenotype"
    assert with_article(NodeType.DRUG_CLASS) == "a drug class"


def test_what_was_given_is_repeated_on_one_line_and_cut():
    assert shown("a\nb\x1b" + "c" * 200) == "a bc" + "c" * 76
