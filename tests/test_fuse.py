from bbqa.retrieve.fuse import Candidate, fuse
from bbqa.schema import Evidence, Kind, NodeType, Status

FUNCTION, COMPONENT = NodeType.MOLECULAR_FUNCTION, NodeType.CELLULAR_COMPONENT


def candidate(row, node_type=FUNCTION, trust=1.0, *, leads=False, specificity=0.5, about="p1"):
    evidence = Evidence(
        number=0,
        statement=f"statement {row}",
        kind=Kind.FACT,
        status=Status.CURATED,
        source="test",
        release="",
        nodes=(str(row),),
        type=node_type,
        score=trust,
        about=about,
    )
    return Candidate(evidence, row, specificity, leads)


def rows(candidates):
    return [c.row for c in candidates]


def test_evidence_is_numbered_from_one_in_its_order():
    chosen = fuse([candidate(1), candidate(2)], wanted=[FUNCTION], k=5)
    assert [c.evidence.number for c in chosen] == [1, 2]


def test_who_an_input_is_comes_first_whatever_its_score():
    chosen = fuse([candidate(1), candidate(2, trust=0.1, leads=True)], wanted=[FUNCTION], k=5)
    assert rows(chosen) == [2, 1]


def test_the_type_asked_for_comes_before_better_evidence_of_another():
    pool = [candidate(1, FUNCTION, 1.0), candidate(2, COMPONENT, 0.6)]
    assert rows(fuse(pool, wanted=[COMPONENT], k=2)) == [2, 1]


def test_an_overview_shows_several_sides():
    pool = [candidate(n) for n in range(8)] + [candidate(n, COMPONENT) for n in range(10, 12)]
    chosen = fuse(pool, wanted=[FUNCTION, COMPONENT], k=5)
    assert {c.evidence.type for c in chosen} == {FUNCTION, COMPONENT}


def test_of_two_candidates_for_one_node_the_more_trusted_stays():
    chosen = fuse([candidate(1, trust=0.3), candidate(1, trust=0.9)], wanted=[FUNCTION], k=5)
    assert [c.evidence.score for c in chosen] == [0.9]


def test_a_general_term_is_worth_less_beside_a_more_specific_one():
    pool = [candidate(1, specificity=0.9), candidate(2), candidate(3, specificity=0.3)]
    chosen = fuse(pool, wanted=[FUNCTION], k=3, ancestors=lambda row: {2} if row == 1 else ())
    assert rows(chosen) == [1, 3, 2]


def test_nearness_to_the_question_decides_between_equals():
    chosen = fuse(
        [candidate(1), candidate(2)],
        wanted=[FUNCTION],
        k=2,
        similarity=lambda row: float(row == 2),
    )
    assert rows(chosen) == [2, 1]


def test_both_of_two_inputs_are_heard():
    pool = [candidate(n, about="p1") for n in range(9)] + [candidate(20, trust=0.8, about="p2")]
    assert 20 in rows(fuse(pool, wanted=[FUNCTION], k=4))


def test_what_the_question_names_or_what_implies_it_comes_first():
    pool = [candidate(n, specificity=0.9) for n in range(4)] + [candidate(9, trust=0.6)]
    assert rows(fuse(pool, wanted=[FUNCTION], k=3, named=[9]))[0] == 9
    above = {9: {5}}
    chosen = fuse(pool, wanted=[FUNCTION], k=3, named=[5], ancestors=lambda row: above.get(row, ()))
    assert rows(chosen)[0] == 9
