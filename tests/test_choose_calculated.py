"""Options that are decided by what is calculated from a structure or a sequence."""

import pytest
from world import ASPIRIN, KINASE, make_resources

from bbqa.choose import choose
from bbqa.choose.calculated import is_calculated
from bbqa.schema import AnswerStatus, Status

YES_NO = ["yes", "no"]
ETHANOL, BENZYLAMINE = "CCO", "NCc1ccccc1"
ALANINE, L_ALANINE = "CC(N)C(=O)O", "C[C@H](N)C(=O)O"
MESO_TARTARIC_ACID = "O[C@H]([C@H](O)C(=O)O)C(=O)O"
HEXADECANE = "CCCCCCCCCCCCCCCC"


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


def chosen(resources, text, options, **given):
    return choose(text, options, use_llm=False, resources=resources, **given)


@pytest.mark.parametrize(
    ("text", "smiles", "right"),
    [
        ("Does it obey Lipinski's rule of five?", ASPIRIN, "yes"),
        ("Does it violate the rule of five?", ASPIRIN, "no"),
        ("Does it violate Lipinski's rule?", HEXADECANE, "yes"),
        ("Does it obey the rule of three?", ASPIRIN, "no"),
        ("Does this compound pass the RO3?", ETHANOL, "yes"),
        ("Is this molecule chiral?", L_ALANINE, "yes"),
        ("Is this molecule chiral?", ASPIRIN, "no"),
        ("Is this molecule not chiral?", ASPIRIN, "yes"),
        ("Is it achiral?", MESO_TARTARIC_ACID, "yes"),
        ("Is the drug an inorganic compound?", "[Mg+2].[Cl-].[Cl-]", "yes"),
        ("Is it aromatic?", BENZYLAMINE, "yes"),
        ("Does it contain a ketone group?", ASPIRIN, "no"),
        ("Does it contain an amine?", BENZYLAMINE, "yes"),
        ("Does it have any halogen?", "FC(Br)Cl", "yes"),
    ],
)
def test_yes_or_no_follows_from_the_structure(resources, text, smiles, right):
    found = chosen(resources, text, YES_NO, smiles=smiles)
    assert found.option == right
    assert found.answer.status is AnswerStatus.ANSWERED
    assert {claim.status for claim in found.answer.claims} == {Status.COMPUTED}


def test_what_users_of_a_rule_differ_about_is_less_sure(resources):
    obeys = "Does it obey the rule of five?"
    keeps = chosen(resources, obeys, YES_NO, smiles=ASPIRIN)
    violates_once = chosen(resources, obeys, YES_NO, smiles=HEXADECANE)
    assert violates_once.option == "yes"
    assert violates_once.confidence < keeps.confidence


@pytest.mark.parametrize(
    ("text", "options", "right"),
    [
        ("How many rings does it have?", ["0", "one", "2"], "one"),
        ("What is the number of hydrogen-bond acceptors?", ["2", "3", "4"], "3"),
        ("How many rotatable bonds does it have?", ["(a) 2", "(b) 4"], "(a) 2"),
        ("How many heavy atoms?", ["13", "21"], "13"),
        ("What is its molecular weight?", ["180.2 g/mol", "194.2 g/mol"], "180.2 g/mol"),
        ("What is its molecular weight?", ["180", "181.9"], "180"),
        ("What is its logP?", ["-1.3", "1.3", "3.1"], "1.3"),
        ("How often does it violate the rule of five?", ["0", "1", "2"], "0"),
        ("What is its formal charge?", ["+1", "0", "-1"], "0"),
    ],
)
def test_the_number_that_was_calculated_is_chosen(resources, text, options, right):
    found = chosen(resources, text, options, smiles=ASPIRIN)
    assert found.option == right
    assert found.answer.status is AnswerStatus.ANSWERED


def test_residues_are_counted(resources):
    found = chosen(resources, "How many residues does it have?", ["219", "220"], seq=KINASE)
    assert found.option == "220"


def test_a_drug_may_be_named_in_the_question(resources):
    assert chosen(resources, "Is aspirin chiral?", YES_NO).option == "no"


def test_a_number_that_is_not_offered_is_not_replaced_by_the_nearest(resources):
    found = chosen(resources, "How many rings does it have?", ["2", "3"], smiles=ASPIRIN)
    assert not found.option
    assert found.answer.status is AnswerStatus.NO_EVIDENCE


STEREO = ["racemic mixture", "single stereoisomer", "achiral molecule", "unknown"]


@pytest.mark.parametrize(
    ("smiles", "right"),
    [(ASPIRIN, STEREO[2]), (L_ALANINE, STEREO[1]), (ALANINE, STEREO[0])],
)
def test_of_several_traits_the_one_that_holds_is_chosen(resources, smiles, right):
    assert chosen(resources, "Which of these is it?", STEREO, smiles=smiles).option == right


def test_a_stereocentre_left_open_makes_a_mixture_no_more_than_likely(resources):
    found = chosen(resources, "Which is it?", STEREO, smiles=ALANINE)
    sure = chosen(resources, "Which is it?", STEREO, smiles=L_ALANINE)
    assert found.confidence < sure.confidence


def test_of_two_groups_that_are_there_neither_is_preferred(resources):
    groups = ["an ester", "a carboxylic acid", "a ketone"]
    found = chosen(resources, "Which group does it contain?", groups, smiles=ASPIRIN)
    ester, acid, ketone = found.probabilities
    assert ester == pytest.approx(acid)
    assert ester > ketone
    assert found.answer.status is AnswerStatus.UNSURE


def test_of_several_molecules_none_is_taken_to_be_meant(resources):
    found = chosen(resources, "Is it chiral?", YES_NO, smiles=[ASPIRIN, L_ALANINE])
    assert not found.option
    assert found.answer.status is AnswerStatus.NO_EVIDENCE


@pytest.mark.parametrize(
    ("text", "options"),
    [
        ("Does this protein have chiral ligase activity?", YES_NO),
        ("Is it linked to aromatic amino acid decarboxylase deficiency?", YES_NO),
        ("Does it have ester hydrolase activity?", YES_NO),
        ("Is KIN1 associated with test disease?", YES_NO),
        ("How many diseases is it linked to?", ["1", "2"]),
        ("What is its molecular weight?", ["high", "low"]),
        ("Which does it bind?", ["a ketone", "test lactase", "plasma membrane"]),
    ],
)
def test_what_no_structure_decides_is_left_to_the_graph(text, options):
    assert not is_calculated(text, options)
