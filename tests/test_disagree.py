"""Evidence that says the reverse of other evidence points at it, and nothing else does."""

from dataclasses import replace

import pytest
from statements import stated

from bbqa.disagree import mark_disagreements
from bbqa.schema import Evidence, Kind, NodeType, Relation, Status, Value


def item(number, statement, *, kind=Kind.FACT, source="HPO", about="Marfan syndrome", value=None):
    evidence = Evidence(
        number=number,
        statement=statement,
        kind=kind,
        status=Status.CURATED,
        source=source,
        release="",
        nodes=(),
        type=NodeType.PHENOTYPE,
        score=1.0,
        about=about,
        value=value,
    )
    return stated(evidence)


def disagreements(*items):
    return [one.disagrees for one in mark_disagreements(items)]


def test_a_phenotype_that_one_source_affirms_and_another_denies_is_marked_on_both():
    has = item(1, "Marfan syndrome has the phenotype Seizure")
    other = item(2, "Marfan syndrome has the phenotype Myopia")
    lacks = item(3, "Marfan syndrome does not have the phenotype Seizure", source="Orphanet")
    assert disagreements(has, other, lacks) == [(3,), (), (1,)]


def test_the_same_denial_seen_from_the_phenotype_is_found_too():
    has = item(1, "Marfan syndrome has the phenotype Seizure")
    lacks = item(2, "Seizure is not a phenotype of Marfan syndrome", about="Seizure")
    assert disagreements(has, lacks) == [(2,), (1,)]


def test_another_disease_without_the_phenotype_is_no_disagreement():
    has = item(1, "Marfan syndrome has the phenotype Seizure")
    lacks = item(2, "Noonan syndrome does not have the phenotype Seizure", about="Noonan syndrome")
    assert disagreements(has, lacks) == [(), ()]


def weight(number, amount, unit="Da"):
    value = Value("molecular weight", amount, unit)
    return item(number, f"protein_1 weighs {amount} {unit}", kind=Kind.PROPERTY, value=value)


def test_two_numbers_for_one_quantity_disagree():
    length = item(
        3,
        "protein_1 has 1210 residues",
        kind=Kind.PROPERTY,
        value=Value("length", 1210, "residues"),
    )
    assert disagreements(weight(1, 134277), weight(2, 131000), length) == [(2,), (1,), ()]


def test_a_number_less_finely_written_is_no_disagreement():
    assert disagreements(weight(1, 134277), weight(2, 134.3, "kDa")) == [(), ()]


def test_what_was_marked_before_stays_marked():
    known = replace(item(1, "Marfan syndrome has the phenotype Seizure"), disagrees=(7,))
    assert disagreements(known) == [(7,)]


@pytest.mark.integration
def test_the_starter_graph_denies_no_phenotype_that_it_affirms():
    from bbqa.kg.graph import open_starter

    graph = open_starter()
    pairs = [
        {(int(graph.head[edge]), int(graph.tail[edge])) for edge in graph.edges_with(relation)}
        for relation in (Relation.DISEASE_PHENOTYPE, Relation.DISEASE_PHENOTYPE_ABSENT)
    ]
    assert all(pairs)
    assert not pairs[0] & pairs[1]
