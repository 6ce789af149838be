"""The tool kg_paths, on a small graph and on the real one."""

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

from bbqa.errors import ToolError
from bbqa.inputs import read_inputs
from bbqa.resources import Resources
from bbqa.schema import Kind, NodeType, Status
from bbqa.settings import load_settings
from bbqa.tools.kg_paths import kg_paths
from bbqa.workbench import Workbench

PROTEIN = NodeType.PROTEIN


@pytest.fixture(scope="module")
def bench(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    return make_bench(
        home, seq=[AAA1, LIKE_AAA1, STRANGE], smiles=[CURAFEN, LIKE_CURAFEN, STRANGE_MOLECULE]
    )


def test_two_names_are_joined_by_curated_paths_with_their_steps(bench):
    found = kg_paths("Curafen", bench, end="blue leukemia")
    best = found.evidence[0]
    assert best.statement == (
        "Curafen has recorded activity on AAA1, which is associated with blue leukemia"
    )
    assert (best.kind, best.status, best.type) == (Kind.PATH, Status.CURATED, PROTEIN)
    assert best.nodes == ("DB00001", "P1", "MONDO:2")
    assert best.source == "ChEMBL via drug2cell; HPO; Disease Ontology, GeneRIF"
    assert [hop.start for hop in best.hops] == ["DB00001", "P1"]
    assert best.because.startswith("the only such path to AAA1, worth")


def test_an_input_that_is_a_node_starts_there_and_its_steps_say_so(bench):
    (best, *_) = kg_paths("protein_1", bench, through=[PROTEIN], to=NodeType.DRUG).evidence
    assert best.statement == "AAA1 interacts with CCC1, which is acted on by Restorin"
    assert best.hops[0].statement == "protein_1 is AAA1"
    assert best.hops[0].relation == ""
    assert (best.status, best.about, best.type) == (Status.CURATED, "protein_1", NodeType.DRUG)


def test_an_input_that_resembles_a_node_says_so_and_is_inferred(bench):
    (best, *_) = kg_paths("protein_2", bench, through=[PROTEIN], to=NodeType.DRUG).evidence
    exact = kg_paths("protein_1", bench, through=[PROTEIN], to=NodeType.DRUG).evidence[0]
    assert best.statement.startswith("protein_2 resembles AAA1 (70 % identity to P1")
    assert best.statement.endswith("and AAA1 interacts with CCC1, which is acted on by Restorin")
    assert best.status is Status.INFERRED
    assert best.score < exact.score
    assert "Smith-Waterman" in best.source


def test_a_molecule_that_resembles_a_drug_goes_by_way_of_it(bench):
    best = kg_paths("molecule_2", bench, end="leukemia").evidence[0]
    assert best.statement.startswith("molecule_2 resembles Curafen (Tanimoto 0.")
    assert best.statement.endswith("blue leukemia, a kind of leukemia")
    assert best.status is Status.INFERRED


def test_an_input_at_the_end_is_the_last_step(bench):
    best = kg_paths("Curafen", bench, end="protein_2").evidence[0]
    assert best.hops[-1].end == "protein_2"
    assert best.status is Status.INFERRED


def test_two_proteins_share_a_disease(bench):
    (best, *_) = kg_paths("AAA1", bench, end="CCC1", through=[NodeType.DISEASE]).evidence
    assert best.statement == "AAA1 and CCC1 are both associated with blue leukemia"
    assert best.type is NodeType.DISEASE


@pytest.mark.parametrize("label", ["protein_3", "molecule_3"])
def test_nothing_is_told_of_an_input_that_nothing_known_resembles(bench, label):
    found = kg_paths(label, bench, end="leukemia")
    assert found.evidence == ()
    assert found.note == f"Nothing that the graph knows is {label} or close enough to it."


def test_where_no_path_leads_that_is_said(bench):
    nothing = kg_paths("LONE1", bench, end="Restorin")
    assert nothing.note == "No recorded path joins LONE1 and Restorin."
    none = kg_paths("LONE1", bench, through=[PROTEIN], to=NodeType.DRUG)
    assert none.note == "No recorded facts lead from LONE1 to gene/protein, drug."
    by = kg_paths("AAA1", bench, end="CCC1", through=[NodeType.PATHWAY])
    assert by.note == "No recorded path joins AAA1 and CCC1 by way of pathway."


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"start": "AAA1"}, "kg_paths needs `end`, or `to`"),
        ({"start": "AAA1", "end": "protein_1"}, "AAA1 and protein_1 both lead to AAA1"),
        ({"start": "AAA9", "end": "AAA1"}, "nothing is called 'AAA9'; nearest names: AAA1"),
        ({"start": "AAA1", "to": "car"}, "kg_paths cannot be called so: to: Input should be"),
    ],
)
def test_what_cannot_be_asked_is_told_to_the_model(bench, arguments, message):
    text, step = bench.call(kg_paths, arguments)
    assert message in text
    assert step.failed


def test_the_last_of_the_types_is_looked_for_if_no_other_is_named(bench):
    found = kg_paths("AAA1", bench, through=[PROTEIN])
    assert [item.statement for item in found.evidence] == ["AAA1 interacts with CCC1"]


def test_a_person_gets_the_same_error_as_an_exception(bench):
    with pytest.raises(ToolError, match="needs `end`"):
        kg_paths("AAA1", bench)


# the real graph

IMATINIB = "Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(C)CC1"


@pytest.fixture(scope="module")
def real():
    resources = Resources(load_settings({}))
    resources.prepare()
    return Workbench(resources, read_inputs([], [IMATINIB]))


@pytest.mark.integration
def test_imatinib_helps_against_chronic_myeloid_leukemia_by_way_of_abl1(real):
    best = kg_paths("molecule_1", real, end="chronic myeloid leukemia").evidence[0]
    assert best.statement.startswith("Imatinib has recorded activity on ABL1, which is associated")
    general = kg_paths("molecule_1", real, end="leukemia").evidence[0]
    assert general.statement.endswith(", a kind of leukemia")


@pytest.mark.integration
def test_drugs_act_on_proteins_that_interact_with_egfr(real):
    found = kg_paths("EGFR", real, through=[PROTEIN], to=NodeType.DRUG, k=10)
    assert len(found.evidence) == 10 < found.total
    assert all(item.type is NodeType.DRUG for item in found.evidence)
    assert all(item.statement.startswith("EGFR interacts with ") for item in found.evidence)


@pytest.mark.integration
def test_brca1_and_brca2_share_cancers(real):
    found = kg_paths("BRCA1", real, end="BRCA2", through=[NodeType.DISEASE], k=20)
    said = {item.statement for item in found.evidence}
    assert "BRCA1 and BRCA2 are both associated with fallopian tube cancer" in said
