"""Names that nothing has are seen, ordinary words are not taken for names."""

import pytest
from world import make_resources

from bbqa.ask import open_resources
from bbqa.question.read import read_question
from bbqa.unknown import unknown_names


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    return make_resources(tmp_path_factory.mktemp("home"))


def unknown(resources, text):
    return unknown_names(read_question(text, [], [], resources), resources)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Which diseases is the gene ZNQF7 linked to?", ["ZNQF7"]),
        ("What is Hartmann-Quellberg syndrome?", ["Hartmann-Quellberg"]),
        ("Which diseases is KIN1 linked to?", []),
        ("Wich diseses are linked to KIN1?", []),
        ("What is the ATC class of aspirin?", []),
    ],
)
def test_what_is_written_like_a_name_and_is_none_is_unknown(tiny, text, names):
    assert unknown(tiny, text) == names


@pytest.mark.integration
def test_rare_words_in_small_letters_are_names_too():
    real = open_resources(None)
    real.prepare()
    assert unknown(real, "What does zorblatinib do?") == ["zorblatinib"]
    assert unknown(real, "Is flumorazepide used in epilepsy?") == ["flumorazepide"]
    assert unknown(real, "Which phosphorylation events does EGFR catalyse?") == []
