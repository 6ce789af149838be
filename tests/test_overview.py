"""What is said first of a named protein, disease or term; its names; comparisons."""

import pytest
from query_world import condition, parsed, subject
from world import NODES_OF_THE_WORLD, make_graph, make_resources

from bbqa.answer.comparison import compare_named
from bbqa.answer.disease_account import signs_of
from bbqa.answer.draft import Draft
from bbqa.answer.linked_diseases import diseases_of, in_series, is_curated
from bbqa.answer.names import names_of
from bbqa.answer.overview import describe_named, list_of_protein
from bbqa.answer.salient_terms import agent
from bbqa.query.folding import Member
from bbqa.question.parsed import Operation, ParsedQuestion, Query
from bbqa.retrieve.salience import is_deed, salience, without_implied
from bbqa.schema import AnswerStatus, NodeType, Question, Relation

NODES = [
    *NODES_OF_THE_WORLD,
    ("GO:0005488", NodeType.MOLECULAR_FUNCTION, "binding", (), 0.5),
    ("GO:0000010", NodeType.MOLECULAR_FUNCTION, "blue dye binding", (), 7.0),
    ("GO:0000011", NodeType.CELLULAR_COMPONENT, "membrane", (), 2.0),
    ("MONDO:0000002", NodeType.DISEASE, "redosis type 1", (), 0.0),
    ("MONDO:0000003", NodeType.DISEASE, "redosis type 2", (), 0.0),
    ("MONDO:0000004", NodeType.DISEASE, "cancer", (), 0.0),
    ("HP:0000005", NodeType.PHENOTYPE, "Mode of inheritance", (), 0.0),
    ("HP:0000006", NodeType.PHENOTYPE, "Autosomal dominant inheritance", (), 0.0),
]
EDGES = [
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000002", "GOA human", "IDA"),
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000010", "GOA human", "IDA"),
    ("P00001", Relation.MOLFUNC_PROTEIN, "GO:0000001", "GOA human", "IEA"),
    ("P00001", Relation.BIOPROCESS_PROTEIN, "GO:0000004", "GOA human", "IMP"),
    ("P00001", Relation.CELLCOMP_PROTEIN, "GO:0000005", "GOA human", "IDA"),
    ("P00001", Relation.CELLCOMP_PROTEIN, "GO:0000011", "GOA human", "IDA"),
    ("P00002", Relation.MOLFUNC_PROTEIN, "GO:0000003", "GOA human", "IDA"),
    ("P00002", Relation.MOLFUNC_PROTEIN, "GO:0000010", "GOA human", "IDA"),
    ("GO:0000002", Relation.MOLFUNC_MOLFUNC, "GO:0000001", "GO", ""),
    ("GO:0000010", Relation.MOLFUNC_MOLFUNC, "GO:0005488", "GO", ""),
    ("GO:0000005", Relation.CELLCOMP_CELLCOMP, "GO:0000011", "GO", ""),
    ("MONDO:0000001", Relation.DISEASE_PROTEIN, "P00001", "HPO", ""),
    ("MONDO:0000002", Relation.DISEASE_PROTEIN, "P00001", "HPO", ""),
    ("MONDO:0000003", Relation.DISEASE_PROTEIN, "P00001", "HPO", ""),
    ("MONDO:0000004", Relation.DISEASE_PROTEIN, "P00001", "Disease Ontology", "GeneRIF"),
    ("MONDO:0000001", Relation.DISEASE_PROTEIN, "P00003", "Disease Ontology", "GeneRIF"),
    ("MONDO:0000001", Relation.DISEASE_PHENOTYPE, "HP:0000001", "HPO", "PCS"),
    ("MONDO:0000001", Relation.DISEASE_PHENOTYPE, "HP:0000006", "HPO", "PCS"),
    ("MONDO:0000002", Relation.DISEASE_PHENOTYPE, "HP:0000001", "HPO", "PCS"),
    ("HP:0000006", Relation.PHENOTYPE_PHENOTYPE, "HP:0000005", "HPO", ""),
]


@pytest.fixture(scope="module")
def resources(tmp_path_factory):
    found = make_resources(tmp_path_factory.mktemp("home"), graph=make_graph(NODES, EDGES))
    found.prepare()
    return found


def answered(responder, query, resources):
    draft = Draft()
    assert responder(query, parsed(query), resources, draft)
    assert all(claim.citations for claim in draft.claims)
    return draft


def described(node_id, resources, **more):
    query = Query(Operation.DESCRIBE, "", subjects=(subject(resources, node_id),), **more)
    return answered(describe_named, query, resources)


def listed_of(target, resources):
    own = subject(resources, "P00001")
    query = Query(
        Operation.LIST,
        "",
        target=target,
        subjects=(own,),
        constraints=(condition(resources, "P00001"),),
    )
    return answered(list_of_protein, query, resources)


def row(node_id, resources):
    return resources.graph.row(node_id)


def test_a_protein_is_introduced_by_what_it_does_and_takes_part_in(resources):
    draft = described("P00001", resources)
    assert draft.text[0].startswith(
        "KIN1 (P00001, Test tyrosine kinase 1) is a tyrosine kinase that takes part in "
        "apoptotic process"
    )
    assert draft.status is AnswerStatus.ANSWERED


def test_what_is_bound_is_not_told_beside_what_is_done(resources):
    assert "blue dye" not in " ".join(described("P00001", resources).text)


def test_the_most_special_place_stands_for_the_more_general(resources):
    draft = listed_of(NodeType.CELLULAR_COMPONENT, resources)
    assert draft.text == ["KIN1 is found in plasma membrane [1]."]


def test_curated_diseases_come_before_literature_notes_which_are_marked(resources):
    first, second = listed_of(NodeType.DISEASE, resources).text
    assert first.startswith("KIN1 is linked to ")
    assert "test disease" in first and "cancer" not in first
    assert second.startswith("Notes on the literature (GeneRIF) also link it to cancer")


def test_an_overview_leaves_literature_notes_out_beside_curated_diseases(resources):
    assert "cancer" not in " ".join(described("P00001", resources).text)


def test_diseases_of_one_series_are_told_together(resources):
    members = [
        Member(row(one, resources), (row(one, resources),))
        for one in ("MONDO:0000002", "MONDO:0000003", "MONDO:0000001")
    ]
    assert in_series(members, resources.graph, most=4) == "redosis 1 and 2 and test disease"
    assert in_series(members[:1], resources.graph, most=4) == "redosis type 1"


def test_a_disease_that_another_part_of_the_question_asks_for_is_told_once(resources):
    own = subject(resources, "P00001")
    describe = Query(Operation.DESCRIBE, "", subjects=(own,))
    listing = Query(Operation.LIST, "", target=NodeType.DISEASE, subjects=(own,))
    draft = Draft()
    describe_named(describe, ParsedQuestion(Question(""), (describe, listing)), resources, draft)
    assert "linked to" not in " ".join(draft.text)


def test_links_with_curation_are_told_from_notes(resources):
    facts = diseases_of(row("P00001", resources), resources)
    assert is_curated(facts[row("MONDO:0000001", resources)])
    assert not is_curated(facts[row("MONDO:0000004", resources)])


def test_a_disease_is_introduced_with_its_curated_gene_and_what_that_encodes(resources):
    told = " ".join(described("MONDO:0000001", resources).text)
    assert "The gene curated for test disease is KIN1 (Test tyrosine kinase 1)" in told
    assert "which encodes a tyrosine kinase" in told
    assert "Notes on the literature also mention TRP1" in told
    assert "Its clinical signs are Seizure" in told


def test_modes_of_inheritance_are_no_signs(resources):
    signs = signs_of(row("MONDO:0000001", resources), resources)
    assert list(signs) == [row("HP:0000001", resources)]


def test_names_and_identifiers_are_listed(resources):
    query = Query(Operation.NAMES, "", subjects=(subject(resources, "P00001"),))
    draft = answered(names_of, query, resources)
    assert "KIN1 is also called Test tyrosine kinase 1 and TTK-1" in draft.text[0]
    assert "UniProt P00001" in draft.text[0]


def test_two_diseases_are_compared_by_genes_and_signs(resources):
    pair = (subject(resources, "MONDO:0000001"), subject(resources, "MONDO:0000002"))
    draft = answered(compare_named, Query(Operation.COMPARE, "", subjects=pair), resources)
    assert draft.text[0].startswith("test disease is linked to KIN1, redosis type 1 to KIN1")
    assert "share the clinical signs Seizure" in draft.text[1]


def test_two_proteins_are_compared_by_what_both_have_and_each_alone(resources):
    pair = (subject(resources, "P00001"), subject(resources, "P00002"))
    draft = answered(compare_named, Query(Operation.COMPARE, "", subjects=pair), resources)
    assert "both bind blue dye" in draft.text[0]
    assert any("KIN1 alone" in text and "tyrosine kinase" in text for text in draft.text)


def test_an_activity_is_more_salient_than_a_binding(resources):
    found = salience(row("P00001", resources), NodeType.MOLECULAR_FUNCTION, resources)
    names = [resources.graph.name_of(term) for term, _, _ in found]
    assert names.index("tyrosine kinase activity") < names.index("blue dye binding")
    assert is_deed(resources.graph, row("GO:0000002", resources))
    assert not is_deed(resources.graph, row("GO:0000010", resources))


def test_of_a_term_and_what_it_implies_the_first_is_kept(resources):
    terms = [row(one, resources) for one in ("GO:0000002", "GO:0000001", "GO:0000010")]
    assert without_implied(terms, resources.graph, most=3) == [terms[0], terms[2]]


@pytest.mark.parametrize(
    ("function", "named"),
    [
        ("oxygen carrier activity", "an oxygen carrier"),
        ("structural constituent of muscle", "a structural constituent of muscle"),
    ],
)
def test_a_function_names_what_has_it(function, named):
    assert agent(function) == named
