from dataclasses import replace

from statements import stated

from bbqa.schema import Evidence, Kind, NodeType, Status
from bbqa.summary import summarise


def item(number, statement, node_type=NodeType.MOLECULAR_FUNCTION, status=Status.CURATED):
    return stated(
        Evidence(
            number=number,
            statement=statement,
            kind=Kind.FACT,
            status=status,
            source="test",
            release="",
            nodes=("P1",),
            type=node_type,
            score=1.0,
            about="protein_1",
        )
    )


def test_facts_of_one_kind_share_a_sentence_and_cite_each_their_own():
    claims = summarise(
        [item(1, "EGFR enables ATP binding"), item(2, "EGFR enables kinase activity")]
    )
    assert [(c.text, c.citations) for c in claims] == [
        ("EGFR enables ATP binding and kinase activity.", (1, 2))
    ]


def test_facts_of_other_kinds_get_their_own_sentences_in_the_order_of_the_ranking():
    component = NodeType.CELLULAR_COMPONENT
    claims = summarise(
        [
            item(1, "EGFR is found in endosome", component),
            item(2, "EGFR enables ATP binding"),
            item(3, "EGFR is found in nucleus", component),
        ]
    )
    assert [c.text for c in claims] == [
        "EGFR is found in endosome and nucleus.",
        "EGFR enables ATP binding.",
    ]


def test_curated_and_inferred_facts_never_share_a_sentence():
    claims = summarise(
        [
            item(1, "protein_1 probably enables A"),
            item(2, "protein_1 enables B", status=Status.CURATED),
            item(3, "protein_1 probably enables C", status=Status.INFERRED),
        ]
    )
    assert len(claims) == 3
    assert {c.status for c in claims} == {Status.CURATED, Status.INFERRED}


def test_nothing_says_nothing():
    assert summarise([]) == []


def test_names_that_begin_alike_are_told_whole():
    pathway = NodeType.PATHWAY
    claims = summarise(
        [
            item(1, "INS takes part in the pathway Insulin processing", pathway),
            item(2, "INS takes part in the pathway Insulin receptor recycling", pathway),
        ]
    )
    assert [c.text for c in claims] == [
        "INS takes part in the pathway Insulin processing and Insulin receptor recycling."
    ]


def test_facts_of_two_nodes_share_no_sentence_though_their_names_begin_alike():
    selective = item(1, "Beta blockers, selective includes betaxolol")
    others = replace(item(2, "Beta blockers, others includes sotalol"), nodes=("P2",))
    assert [c.citations for c in summarise([selective, others])] == [(1,), (2,)]
