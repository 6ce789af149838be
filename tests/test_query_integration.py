"""The query engine over the real graph: numbers that hold, and what is named first."""

import time

import pytest

from bbqa.kg.graph import open_starter
from bbqa.query.engine import execute
from bbqa.question.parsed import Constraint, Operation, Query
from bbqa.resources import Resources
from bbqa.schema import NodeType
from bbqa.settings import Settings

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    return Resources(Settings(home=tmp_path_factory.mktemp("home")), graph=open_starter())


def find(resources, target, *terms, through=()):
    constraints = tuple(
        Constraint((resources.graph.row(term),), term, through=through) for term in terms
    )
    return execute(Query(Operation.LIST, "", target=target, constraints=constraints), resources)


def first(found, resources, k):
    return [resources.graph.name_of(member.row) for member in found.members[:k]]


def test_drugs_of_a_kinase_begin_with_those_whose_class_names_it(resources):
    found = find(resources, NodeType.DRUG, "P15056")  # BRAF
    assert set(first(found, resources, 3)) == {"Dabrafenib", "Encorafenib", "Vemurafenib"}
    assert found.entries > len(found.members)


def test_genes_of_a_disease_begin_with_its_curated_gene(resources):
    found = find(resources, NodeType.PROTEIN, "MONDO:0007739")  # Huntington disease
    assert first(found, resources, 1) == ["HTT"]


def test_drugs_reach_a_pathway_by_way_of_their_targets(resources):
    found = find(
        resources, NodeType.DRUG, "R-HSA-71403", through=(NodeType.PROTEIN,)
    )  # citric acid cycle
    member = found.members[0]
    assert member.entries


def test_a_common_term_takes_no_time_once_it_is_warm(resources):
    find(resources, NodeType.PROTEIN, "GO:0008270")  # zinc ion binding
    begun = time.perf_counter()
    found = find(resources, NodeType.PROTEIN, "GO:0008270")
    assert time.perf_counter() - begun < 1.0
    assert len(found.members) > 500
