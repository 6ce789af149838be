"""Answers about drugs and structures over the starter graph."""

import pytest

from bbqa.ask import ask

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def resources():
    from bbqa.ask import open_resources

    opened = open_resources(None)
    opened.prepare()
    return opened


def first_two(question, resources, **given):
    answer = ask(question, use_llm=False, resources=resources, **given)
    return " ".join(answer.text.split(". ")[:2])


@pytest.mark.parametrize(
    ("question", "smiles", "told"),
    [
        ("What is vemurafenib?", "", ["B-Raf inhibitor", "BRAF"]),
        ("How does omeprazole work?", "", ["proton pump inhibitors", "ATP4A"]),
        ("What is rituximab?", "", ["MS4A1"]),
        ("Does fluoxetine inhibit SLC6A4?", "", ["Yes", "fluoxetine hydrochloride"]),
        ("Does fluoxetine inhibit EGFR?", "", ["Not recorded", "EGFR"]),
        ("What is this?", "CC(C)NCC(O)COc1cccc2ccccc12.Cl", ["propranolol", "hydrochloride salt"]),
        (
            "What is this?",
            "OC(=O)COCCN1CCN(CC1)[C@H](c1ccccc1)c1ccc(Cl)cc1",
            ["levocetirizine", "(R)-enantiomer of cetirizine"],
        ),
        (
            "What is this?",
            "CN1CCC23c4c5ccc(O)c4OC2C(O)C=CC3C1C5",
            ["matches morphine", "without its stereochemistry"],
        ),
        (
            "I made this. What will it hit?",
            "CN1C(=O)CN=C(c2ccccc2)c2cc(Br)ccc21",
            ["diazepam", "Br for Cl", "Tanimoto"],
        ),
        ("How many rotatable bonds does imatinib have?", "", ["7 rotatable bonds"]),
        ("What do statins act on?", "", ["HMGCR"]),
    ],
)
def test_the_first_two_sentences_answer_the_question(question, smiles, told, resources):
    said = first_two(question, resources, smiles=smiles or ()).lower()
    assert [words for words in told if words.lower() not in said] == []
