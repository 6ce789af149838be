import pytest
from world import NODES_OF_THE_WORLD, make_graph

from bbqa.kg.graph import Graph, open_starter
from bbqa.kg.names import NameIndex
from bbqa.kg.tables import EDGES, MOLECULES, NODES, SEQUENCES
from bbqa.schema import NodeType

pa = pytest.importorskip("pyarrow")

_NODES = [
    ("P38398", NodeType.PROTEIN, "BRCA1", ["breast cancer type 1"], ["HGNC:1100"]),
    ("P00533", NodeType.PROTEIN, "EGFR", ["epidermal growth factor receptor"], []),
    ("P42768", NodeType.PROTEIN, "WAS", ["actin nucleator"], []),
    ("Q13127", NodeType.PROTEIN, "REST", [], []),
    ("P04040", NodeType.PROTEIN, "CAT", ["catalase"], []),
    ("P05231", NodeType.PROTEIN, "IL6", ["IL-6", "interleukin 6"], []),
    ("P01375", NodeType.PROTEIN, "TNF", ["TNF-alpha", "p40"], []),
    ("Q99848", NodeType.PROTEIN, "EBP2", ["p40"], []),
    ("P04637", NodeType.PROTEIN, "TP53", ["p53"], []),
    ("DB00945", NodeType.DRUG, "Acetylsalicylic acid", ["Aspirin"], ["CHEMBL:CHEMBL25"]),
    ("DB00619", NodeType.DRUG, "Imatinib", ["Gleevec"], []),
    ("MONDO:0005148", NodeType.DISEASE, "type 2 diabetes mellitus", ["T2DM"], []),
    ("MONDO:0005015", NodeType.DISEASE, "diabetes mellitus", ["diabetes"], []),
    ("MONDO:0004975", NodeType.DISEASE, "Alzheimer disease", [], []),
    ("MONDO:0017169", NodeType.DISEASE, "multiple endocrine neoplasia", ["men"], []),
    ("HP:0001250", NodeType.PHENOTYPE, "Seizure", [], []),
    ("GO:0003674", NodeType.MOLECULAR_FUNCTION, "function", [], []),
    ("GO:0005634", NodeType.CELLULAR_COMPONENT, "nucleus", [], []),
    ("P04217", NodeType.PROTEIN, "A1BG", ["COX2"], ["HGNC:5"]),
    ("WP:1", NodeType.PATHWAY, "Signaling (canonical)", [], []),
    ("R-HSA-177929", NodeType.PATHWAY, "Signaling by EGFR", [], []),
    ("ATC:A02BC", NodeType.DRUG_CLASS, "Proton pump inhibitors", [], []),
    ("ATC:B01AA", NodeType.DRUG_CLASS, "Vitamin K antagonists", [], []),
    ("CHEBI:55347", NodeType.ROLE, "vitamin K antagonist", [], []),
    ("ATC:B06AA", NodeType.DRUG_CLASS, "Enzymes", [], []),
]


@pytest.fixture(scope="module")
def index():
    columns = list(zip(*_NODES, strict=True))
    nodes = pa.table(
        {
            "id": columns[0],
            "type": [str(node_type) for node_type in columns[1]],
            "name": columns[2],
            "synonyms": columns[3],
            "xrefs": columns[4],
            "information": [0.0] * len(_NODES),
        }
    ).cast(NODES)
    empty = (schema.empty_table() for schema in (EDGES, SEQUENCES, MOLECULES))
    return NameIndex(Graph.from_tables(nodes, *empty))


def ids(index, rows):
    return [index.graph.node(row).id for row in rows]


@pytest.mark.parametrize(
    ("text", "node"),
    [
        ("P00533", "P00533"),
        ("uniprot:P00533", "P00533"),
        ("EGFR", "P00533"),
        ("egfr", "P00533"),
        ("epidermal growth  factor receptor", "P00533"),
        ("DB00945", "DB00945"),
        ("drugbank:DB00945", "DB00945"),
        ("CHEMBL25", "DB00945"),
        ("aspirin", "DB00945"),
        ("GO:0003674", "GO:0003674"),
        ("GO_0003674", "GO:0003674"),
        ("0005148", "MONDO:0005148"),
        ("HGNC:1100", "P38398"),
        ("IL 6", "P05231"),
        ("cox-2", "P04217"),
        ("TNF-α", "P01375"),
        ("Alzheimer's disease", "MONDO:0004975"),
        ("Alzheimer’s disease", "MONDO:0004975"),
        ("seizures", "HP:0001250"),
    ],
)
def test_a_node_is_found_by_id_name_synonym_and_reference(index, text, node):
    assert ids(index, index.exact(text)) == [node]


def test_an_ambiguous_name_gives_all_its_nodes(index):
    assert ids(index, index.exact("p40")) == ["P01375", "Q99848"]


def test_of_an_ambiguous_name_the_best_known_node_comes_first():
    ambiguous = [(n[0], n[1], n[2], ("p38",), 0.0) for n in NODES_OF_THE_WORLD[:3]]
    graph = make_graph([*ambiguous, *NODES_OF_THE_WORLD[3:]])
    names, by_facts = NameIndex(graph), ["P00001", "P00002", "P00003"]
    facts = [len(graph.facts(graph.row(one))) for one in by_facts]
    assert facts == sorted(facts, reverse=True)
    assert ids(names, names.exact("P38")) == by_facts
    assert ids(names, names.mentions("What does p38 do?")[0].rows) == by_facts


def test_numbered_symbols_are_a_family_and_one_alone_is_none():
    akt = [(*n[:2], f"AKT{i}", (), 0.0) for i, n in enumerate(NODES_OF_THE_WORLD[:2], start=1)]
    names = NameIndex(make_graph([*akt, *NODES_OF_THE_WORLD[2:]]))
    assert ids(names, names.numbered("AKT")) == ["P00001", "P00002"]
    assert names.numbered("TRP") == names.numbered("AK") == []


@pytest.mark.parametrize("text", ["Alzheimer's", "Alzheimer’s", "Alzheimer's disease"])
def test_whose_disease_it_is_names_it(index, text):
    assert ids(index, index.exact(text)) == ["MONDO:0004975"]
    assert [m.text for m in index.mentions(f"Is it linked to {text}?")] == [text]


def test_types_narrow_a_search(index):
    assert index.exact("aspirin", types={NodeType.PROTEIN}) == []


@pytest.mark.parametrize("text", ["", "nothing like it", "25", "HP:0003674"])
def test_what_is_no_name_finds_nothing(index, text):
    assert index.exact(text) == []


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("EGRF", "EGFR"),
        ("BRAC1", "BRCA1"),
        ("imatanib", "Imatinib"),
        ("asprin", "Aspirin"),
        ("epidermal growth factor recepter", "epidermal growth factor receptor"),
    ],
)
def test_the_nearest_name_comes_first(index, text, nearest):
    assert index.nearest(text)[0] == nearest
    assert len(index.nearest(text)) <= 3


def test_nearest_names_are_of_the_types_asked_for(index):
    assert index.nearest("EGRF", types={NodeType.DRUG}) == []


@pytest.mark.parametrize(
    ("question", "named"),
    [
        ("Which diseases is BRCA1 linked to?", {"BRCA1": "P38398"}),
        ("What does aspirin do?", {"aspirin": "DB00945"}),
        ("WHAT DOES ASPIRIN DO?", {"ASPIRIN": "DB00945"}),
        (
            "Which drugs act on proteins that cause type 2 diabetes mellitus?",
            {"type 2 diabetes mellitus": "MONDO:0005148"},
        ),
        (
            "Does egfr (P00533) bind Gleevec?",
            {"egfr": "P00533", "P00533": "P00533", "Gleevec": "DB00619"},
        ),
        ("What does IL-6 do to TNF-α?", {"IL-6": "P05231", "TNF-α": "P01375"}),
        ("Who had Alzheimer's disease?", {"Alzheimer's disease": "MONDO:0004975"}),
        ("Which drugs stop seizures?", {"seizures": "HP:0001250"}),
        ("Does REST enter the nucleus?", {"REST": "Q13127", "nucleus": "GO:0005634"}),
        ("Is CAT a catalase?", {"CAT": "P04040", "catalase": "P04040"}),
        ("Compare EGFR/BRCA1.", {"EGFR": "P00533", "BRCA1": "P38398"}),
        ("Does anti-EGFR therapy help BRCA1-mutant cells?", {"EGFR": "P00533", "BRCA1": "P38398"}),
        ("Is EGFR in R-HSA-177929?", {"EGFR": "P00533", "R-HSA-177929": "R-HSA-177929"}),
        (
            "Is aspirin a proton-pump inhibitor?",
            {"aspirin": "DB00945", "proton-pump inhibitor": "ATC:A02BC"},
        ),
        ("Is it a vitamin K antagonist?", {"vitamin K antagonist": "CHEBI:55347"}),
        ("Is p53 in signaling (canonical)?", {"p53": "P04637", "signaling (canonical)": "WP:1"}),
    ],
)
def test_a_question_s_entities_are_found_in_its_order(index, question, named):
    mentions = index.mentions(question)
    assert {m.text: ids(index, m.rows)[0] for m in mentions} == named
    assert [m.start for m in mentions] == sorted(m.start for m in mentions)
    assert all(question[m.start : m.end] == m.text for m in mentions)


@pytest.mark.parametrize(
    "question",
    [
        "What does this protein do?",
        "was the cat at rest among men?",
        "WAS THE CAT AT REST AMONG MEN?",
        "What is the function of the drug's target in disease?",
        "Does it cost 5 mg a day?",
        "Which virus is IL-7 or BRCA1-A2?",
        "Is this enzyme one of the enzymes?",
        "",
        "?!",
    ],
)
def test_everyday_words_are_no_entities(index, question):
    assert index.mentions(question) == []


def test_a_name_is_found_in_each_of_its_spellings(index):
    found = index.mentions("Aspirin, aspirin and ASPIRIN")
    assert [mention.text for mention in found] == ["Aspirin", "aspirin", "ASPIRIN"]


def test_the_index_of_a_graph_without_references_works():
    assert NameIndex(make_graph()).exact("KIN1")


# the starter graph

STARTER_QUESTIONS = {
    "Which diseases is BRCA1 linked to?": ["P38398"],
    "What does imatinib do?": ["DB00619"],
    "Which drugs act on proteins that cause type 2 diabetes mellitus?": ["MONDO:0005148"],
    "which drugs target egfr and her2?": ["P00533", "P04626"],
    "Which genes are linked to Parkinson's disease?": ["MONDO:0005180"],
    "Does REST repress transcription?": ["Q13127"],
    "What does IL-6 do?": ["P05231"],
    "What does TNF-α do?": ["P01375"],
    "Which proteins interact with p53?": ["P04637"],
    "Which drugs treat seizures?": ["HP:0001250"],
    "What is the role of beta-catenin?": ["P35222"],
    "What proteins are in the plasma membrane?": ["GO:0005886"],
    "Which drugs treat asthma?": ["MONDO:0004979"],
    "What does insulin do?": ["P01308"],
    "Is omeprazole a proton pump inhibitor?": ["DB00338", "ATC:A02BC"],
    "Is IDS linked to mucopolysaccharidosis?": ["P22304", "MONDO:0019249"],
    "Which IDs does this protein have?": [],
    "How many hydrogen bond acceptors does it have, and what are its applications?": [],
    "Compare EGFR/ERBB2 with ABL1, SRC and KIT.": [
        "P00533",
        "P04626",
        "P00519",
        "P12931",
        "P10721",
    ],
    "What does this protein do?": [],
    "was the set at rest an impact on camp?": [],
    "Please give me a list of the top ten drugs by use.": [],
    "I have a protein from E. coli; what might it do in men or mice?": [],
    "Is it safe to take this drug with a cold?": [],
    "Explain this like I am five.": [],
    "What is known about the family of this enzyme in yeast, fly and mouse?": [],
}


@pytest.fixture(scope="module")
def starter():
    return NameIndex(open_starter())


@pytest.mark.integration
@pytest.mark.parametrize(("question", "named"), STARTER_QUESTIONS.items())
def test_questions_name_the_right_nodes_of_the_starter_graph(starter, question, named):
    assert [ids(starter, m.rows)[0] for m in starter.mentions(question)] == named
