import pytest

from bbqa.retrieve.intent import wanted_types
from bbqa.schema import NodeType as T


@pytest.mark.parametrize(
    ("question", "about", "first"),
    [
        ("What does this protein do?", T.PROTEIN, T.MOLECULAR_FUNCTION),
        ("Where in the cell is this protein found?", T.PROTEIN, T.CELLULAR_COMPONENT),
        ("Which proteins does this drug act on?", T.DRUG, T.PROTEIN),
        ("Which diseases is it linked to?", T.PROTEIN, T.DISEASE),
        ("Which pathways is it part of?", T.PROTEIN, T.PATHWAY),
        ("What is this molecule?", T.DRUG, T.ROLE),
        ("Which drugs act on this protein?", T.PROTEIN, T.DRUG),
        ("Does this protein bind DNA?", T.PROTEIN, T.MOLECULAR_FUNCTION),
        ("What are the symptoms of it?", T.DISEASE, T.PHENOTYPE),
        ("Is this protein involved in DNA repair?", T.PROTEIN, T.BIOLOGICAL_PROCESS),
        ("What is known about it?", T.DISEASE, T.PHENOTYPE),
    ],
)
def test_the_type_asked_for_comes_first(question, about, first):
    assert wanted_types(question, [about])[0] is first


def test_a_question_about_location_asks_for_nothing_else():
    assert wanted_types("Where is this protein located?", [T.PROTEIN]) == (T.CELLULAR_COMPONENT,)


def test_a_broad_question_wants_several_sides():
    assert len(wanted_types("Tell me about this protein.", [T.PROTEIN])) >= 4
