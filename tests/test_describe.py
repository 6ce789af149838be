import pytest
from world import make_graph

from bbqa.kg.describe import MAX_DOCUMENT, definition_of, document, predicate, statement
from bbqa.kg.draft import Draft, Source
from bbqa.kg.graph import Graph
from bbqa.kg.tables import MOLECULES, SEQUENCES
from bbqa.schema import Node, NodeType, Relation


@pytest.fixture(scope="module")
def graph():
    return make_graph()


def said(graph, subject, relation):
    row = graph.row(subject)
    return [statement(graph, fact, row) for fact in graph.facts(row, relations={relation})]


@pytest.mark.parametrize(
    ("subject", "relation", "words"),
    [
        ("P00001", Relation.MOLFUNC_PROTEIN, "KIN1 enables tyrosine kinase activity"),
        ("GO:0000002", Relation.MOLFUNC_PROTEIN, "tyrosine kinase activity is enabled by KIN1"),
        ("P00001", Relation.CELLCOMP_PROTEIN, "KIN1 is found in plasma membrane"),
        ("P00001", Relation.DISEASE_PROTEIN, "KIN1 is associated with test disease"),
        ("DB00001", Relation.DRUG_PROTEIN, "Acetylsalicylic acid has recorded activity on LAC1"),
        ("P00002", Relation.DRUG_PROTEIN, "LAC1 is acted on by Acetylsalicylic acid"),
        ("GO:0000003", Relation.MOLFUNC_MOLFUNC,
         "lactase activity is a kind of catalytic activity"),
    ],
)  # fmt: skip
def test_a_fact_reads_as_english_from_either_side(graph, subject, relation, words):
    assert said(graph, subject, relation) == [words]


def test_the_subject_can_be_called_something_else(graph):
    row = graph.row("P00001")
    fact = graph.facts(row, relations={Relation.CELLCOMP_PROTEIN})[0]
    text = statement(graph, fact, row, name="KIN1, a homologue of protein_1,")
    assert text == "KIN1, a homologue of protein_1, is found in plasma membrane"


def test_every_relation_has_words_for_both_directions(graph):
    for relation in Relation:
        for as_head in (True, False):
            assert predicate(graph, relation, 3, as_head=as_head).endswith("catalytic activity")


def test_a_document_has_name_synonyms_definition_and_main_facts(graph):
    text = document(graph, graph.row("P00001"), "A kinase made for tests.")
    assert text.startswith("KIN1 (Test tyrosine kinase 1; TTK-1). A kinase made for tests. ")
    assert "Enables tyrosine kinase activity" in text
    assert "Is found in plasma membrane" in text


def test_a_document_of_a_term_says_what_kind_of_thing_it_is(graph):
    assert document(graph, graph.row("GO:0000002")).endswith("Kind or part of catalytic activity.")


def test_a_long_document_is_cut_between_words(graph):
    text = document(graph, graph.row("P00001"), "long " * 500)
    assert len(text) <= MAX_DOCUMENT
    assert text.endswith("long…")


@pytest.fixture(scope="module")
def anatomy():
    """A protein in components of several kinds, a disease that is inherited, a pathway of ten."""
    draft = Draft()
    made_up = Source("made up", "2024")
    component, phenotype = NodeType.CELLULAR_COMPONENT, NodeType.PHENOTYPE
    for node in (
        Node("P1", NodeType.PROTEIN, "ONE"),
        Node("GO:0032991", component, "protein-containing complex"),
        Node("GO:1", component, "proteasome"),
        Node("GO:2", component, "integral component of membrane"),
        Node("GO:3", component, "cytosol"),
        Node("MONDO:1", NodeType.DISEASE, "small disease"),
        Node("HP:0000005", phenotype, "Mode of inheritance"),
        Node("HP:1", phenotype, "Dominant inheritance"),
        Node("HP:2", phenotype, "Seizure"),
        Node("WP1", NodeType.PATHWAY, "Signalling"),
        *(Node(f"P2{n}", NodeType.PROTEIN, f"TWO{n}") for n in range(10)),
    ):
        draft.add_node(node, ["DOID:1"] if node.id == "MONDO:1" else [])
    draft.add_edge("GO:1", Relation.CELLCOMP_CELLCOMP, "GO:0032991", made_up)
    draft.add_edge("HP:1", Relation.PHENOTYPE_PHENOTYPE, "HP:0000005", made_up)
    for term in ("GO:1", "GO:2", "GO:3"):
        draft.add_edge("P1", Relation.CELLCOMP_PROTEIN, term, made_up, "IDA")
    draft.add_edge("MONDO:1", Relation.DISEASE_PHENOTYPE, "HP:1", made_up)
    draft.add_edge("MONDO:1", Relation.DISEASE_PHENOTYPE_ABSENT, "HP:2", made_up)
    for n in range(10):
        draft.add_edge(f"P2{n}", Relation.PATHWAY_PROTEIN, "WP1", made_up)
    nodes, edges = draft.tables({})
    return Graph.from_tables(nodes, edges, SEQUENCES.empty_table(), MOLECULES.empty_table())


def test_a_protein_is_in_a_place_and_part_of_a_complex(anatomy):
    assert said(anatomy, "P1", Relation.CELLCOMP_PROTEIN) == [
        "ONE is part of proteasome",
        "ONE is an integral component of membrane",
        "ONE is found in cytosol",
    ]


def test_inheritance_is_no_phenotype_in_words(anatomy):
    assert said(anatomy, "MONDO:1", Relation.DISEASE_PHENOTYPE) == [
        "small disease has the mode of inheritance Dominant inheritance"
    ]
    assert said(anatomy, "MONDO:1", Relation.DISEASE_PHENOTYPE_ABSENT) == [
        "small disease does not have the phenotype Seizure"
    ]


def test_a_pathway_tells_more_of_its_members(anatomy):
    text = document(anatomy, anatomy.row("WP1"))
    assert text == "Signalling. Involves TWO0, TWO1, TWO2, TWO3, TWO4, TWO5, TWO6, TWO7."


def test_a_definition_is_found_by_an_id_elsewhere(anatomy):
    row = anatomy.row("MONDO:1")
    assert definition_of(anatomy, row, {"DOID:1": "A disease."}) == "A disease."
    assert definition_of(anatomy, row, {"DOID:2": "Another."}) == ""


def test_a_description_without_facts_names_no_node_that_the_facts_join(graph):
    for row in range(len(graph)):
        text = document(graph, row, facts=False)
        others = {fact.tail if fact.head == row else fact.head for fact in graph.facts(row)}
        if graph.type_of(row) in (NodeType.DRUG, NodeType.PROTEIN, NodeType.DISEASE):
            assert not [graph.name_of(other) for other in others if graph.name_of(other) in text]
