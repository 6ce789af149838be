"""Which types of nodes can be related at all."""

import pytest

from bbqa.kg.ends import are_related
from bbqa.schema import NodeType, Relation


@pytest.mark.parametrize(
    ("one", "other", "related"),
    [
        (NodeType.PROTEIN, NodeType.PROTEIN, True),
        (NodeType.DISEASE, NodeType.DRUG, True),
        (NodeType.BIOLOGICAL_PROCESS, NodeType.CELLULAR_COMPONENT, False),
        (NodeType.BIOLOGICAL_PROCESS, NodeType.BIOLOGICAL_PROCESS, False),
        (NodeType.PATHWAY, NodeType.DRUG, False),
    ],
)
def test_types_are_related_by_more_than_a_hierarchy(one, other, related):
    assert are_related(one, other) is related
    assert are_related(other, one) is related


def test_types_are_related_only_by_relations_that_there_are():
    without = frozenset(Relation) - {Relation.DRUG_INDICATION}
    assert not are_related(NodeType.DRUG, NodeType.DISEASE, without)
    assert are_related(NodeType.DRUG, NodeType.PROTEIN, without)
