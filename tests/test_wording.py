"""Nouns behind "which" are asked for; other nouns are steps on the way."""

import pytest

from bbqa.schema import NodeType as T
from bbqa.wording import Wording, read_wording

PROCESS = [T.BIOLOGICAL_PROCESS]


@pytest.mark.parametrize(
    ("question", "asked", "through"),
    [
        ("Which drugs act on this protein?", [T.DRUG], []),
        ("Which drugs act on proteins that interact with this one?", [T.DRUG], [T.PROTEIN]),
        ("Which pathways do the targets of this drug take part in?", [T.PATHWAY], [T.PROTEIN]),
        ("Which genes are associated with this disease?", [T.PROTEIN], []),
        ("Which diseases and phenotypes go with it?", [T.DISEASE, T.PHENOTYPE], []),
        ("What class of drugs is this?", [T.DRUG_CLASS], []),
        ("What are its targets?", [T.PROTEIN], []),
        ("pathways of the targets of this drug", [T.PATHWAY], [T.PROTEIN]),
        ("Which symptoms do the diseases of this gene have?", [T.PHENOTYPE], [T.DISEASE]),
        ("What does this protein do?", [], []),
        ("Where is it?", [], []),
        ("Which proteins are in the pathway this pathway?", [T.PROTEIN], []),
        ("Which medicines target it?", [T.DRUG], []),
        ("Which drugs act on proteins that this protein binds?", [T.DRUG], [T.PROTEIN]),
        ("List drugs that target this protein.", [T.DRUG], []),
        ("Name drugs that target it and the diseases it is linked to.", [T.DRUG, T.DISEASE], []),
        ("Name the diseases it is in as well as the drugs against it.", [T.DISEASE, T.DRUG], []),
        ("drugs for this protein and diseases of this protein", [T.DRUG, T.DISEASE], []),
        ("Interaction partners of it, and the processes it is in?", [T.PROTEIN, *PROCESS], []),
        ("Which drugs act on it and the proteins that bind it?", [T.DRUG], [T.PROTEIN]),
        ("Give the biological and application roles of this structure.", [T.ROLE], []),
    ],
)
def test_nouns_name_what_is_asked_for_and_what_lies_between(question, asked, through):
    assert read_wording(question) == Wording(tuple(asked), tuple(through))
