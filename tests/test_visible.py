"""What is hidden stays hidden, whichever way it is asked for."""

import ast
import re

import numpy as np
import pytest
from hidden_world import bench_of, hide, open_hidden_world
from test_house_rules import module_name, python_files
from world import ASPIRIN, KINASE, mutated

from bbqa.ask import ask
from bbqa.card import make_card
from bbqa.errors import SettingsError, ToolError
from bbqa.inputs import read_inputs
from bbqa.limits import NO_LIMITS, Limits
from bbqa.resources import Resources
from bbqa.retrieve import visible
from bbqa.retrieve.text import about_text
from bbqa.schema import NodeType
from bbqa.settings import Settings, load_settings
from bbqa.tools import (
    TOOLS,
    biobridge_search,
    compare,
    describe,
    find_entity,
    kg_facts,
    kg_paths,
    kg_query,
    molecule_properties,
    protein_properties,
    similar,
)
from bbqa.workbench import Workbench

RELATED = [NodeType.MOLECULAR_FUNCTION, NodeType.PROTEIN, NodeType.DISEASE, NodeType.DRUG]


@pytest.fixture(scope="module")
def everything(tmp_path_factory):
    return open_hidden_world(tmp_path_factory.mktemp("home"))


@pytest.fixture
def without_kinase(everything):
    """KIN1 hidden, and attached."""
    return bench_of(hide(everything, "P00001"), KINASE, smiles=(ASPIRIN,))


@pytest.fixture
def without_aspirin(everything):
    """Aspirin hidden, and attached."""
    return bench_of(hide(everything, "DB00001"), KINASE, smiles=(ASPIRIN,))


def told(found):
    """All that evidence says, in one text."""
    items = getattr(found, "evidence", found)
    parts = [(e.statement, *e.nodes, e.because, *(h.statement for h in e.hops)) for e in items]
    return "\n".join(text for part in parts for text in part) + getattr(found, "note", "")


def names(text, *hidden):
    return [name for name in hidden if name in text]


KIN1 = ("KIN1", "P00001", "Q90001", "secret kinase")
ASPIRINS = ("Aspirin", "DB00001", "DB00003", "Sodium", "secret role")

# each tool about a protein and about a molecule, as a model would call it
CALLS = {
    "biobridge_search": [
        (biobridge_search, {"input": "protein_1", "to": RELATED}),
        (biobridge_search, {"input": "molecule_1", "to": [NodeType.PROTEIN, NodeType.ROLE]}),
    ],
    "find_entity": [
        (find_entity, {"name": "protein_1"}),
        (find_entity, {"name": "molecule_1"}),
        (find_entity, {"name": "KIN1"}),
        (find_entity, {"name": "hidden kinas"}),
        (find_entity, {"name": "aspirin"}),
    ],
    "describe": [
        (describe, {"name": name, "k": 20})
        for name in ("protein_1", "molecule_1", "KIN1", "KIN2", "aspirin", "TRP1", "testosis")
    ],
    "kg_facts": [
        (kg_facts, {"what": name, "k": 20})
        for name in ("protein_1", "molecule_1", "KIN1", "KIN2", "aspirin", "TRP1", "testosis")
    ],
    "kg_paths": [
        (kg_paths, {"start": "protein_1", "end": "testosis"}),
        (kg_paths, {"start": "TRP1", "end": "testosis"}),
        (kg_paths, {"start": "TRP1", "end": "estirin"}),
        (kg_paths, {"start": "TRP1", "to": "gene/protein"}),
        (kg_paths, {"start": "TRP1", "through": ["gene/protein"], "to": "drug"}),
        (kg_paths, {"start": "molecule_1", "end": "testosis", "through": ["gene/protein"]}),
        (kg_paths, {"start": "molecule_1", "through": ["gene/protein"], "to": "drug"}),
    ],
    "kg_query": [
        (kg_query, {"target": target, "conditions": [{"of": [name], "through": through}], "k": 20})
        for target, name, through in (
            ("gene/protein", "testosis", []),
            ("gene/protein", "TRP1", []),
            ("disease", "protein_1", []),
            ("drug", "testosis", ["gene/protein"]),
            ("gene/protein", "molecule_1", []),
        )
    ],
    "similar": [
        (similar, {"input": "protein_1"}),
        (similar, {"input": "molecule_1"}),
        (similar, {"input": "KIN2"}),
        (similar, {"input": "estirin"}),
    ],
    "compare": [
        (compare, {"first": "molecule_1", "second": "protein_1"}),
        (compare, {"first": "protein_1", "second": "KIN2"}),
        (compare, {"first": "TRP1", "second": "KIN2"}),
        (compare, {"first": "molecule_1", "second": "estirin"}),
        (compare, {"first": "estirin", "second": "KIN2"}),
    ],
    "molecule_properties": [(molecule_properties, {"input": "molecule_1"})],
    "protein_properties": [(protein_properties, {"input": "protein_1"})],
}


def called(bench, calls):
    """What a tool says and what evidence it leaves, whether it fails or not."""
    return "\n".join(bench.call(tool, arguments)[0] for tool, arguments in calls)


# through every tool


def test_every_tool_is_tried():
    assert set(CALLS) == {tool.__name__ for tool in TOOLS}


@pytest.mark.parametrize("tool", CALLS)
def test_no_tool_tells_of_a_hidden_protein(without_kinase, tool):
    calls = [call for call in CALLS[tool] if "KIN1" not in call[1].values()]
    text = called(without_kinase, calls) + told(without_kinase.evidence)
    assert names(text, *KIN1) == []


@pytest.mark.parametrize("tool", CALLS)
def test_no_tool_tells_of_a_hidden_molecule(without_aspirin, tool):
    calls = [call for call in CALLS[tool] if "aspirin" not in call[1].values()]
    text = called(without_aspirin, calls) + told(without_aspirin.evidence)
    assert names(text, *ASPIRINS) == []


@pytest.mark.parametrize("tool", [tool for tool in CALLS if not tool.endswith("properties")])
def test_every_tool_tells_of_both_where_nothing_is_hidden(everything, tool):
    bench = bench_of(everything, KINASE, smiles=(ASPIRIN,))
    text = called(bench, CALLS[tool]) + told(bench.evidence)
    assert names(text, "P00001", "DB00001") == ["P00001", "DB00001"]


def test_the_homologue_s_facts_are_told_instead(without_kinase):
    text = told(biobridge_search("protein_1", without_kinase, to=RELATED))
    assert "is 70 % identical to KIN2 (P00002)" in text
    assert "protein_1 probably enables open kinase activity" in text
    assert "KIN2, a homologue of protein_1 (70 % identity over 99.5 %), " in text


def test_the_analogue_s_facts_are_told_instead(without_aspirin):
    wanted = [NodeType.PROTEIN, NodeType.ROLE]
    text = told(biobridge_search("molecule_1", without_aspirin, to=wanted))
    assert "molecule_1 resembles Estirin (DB00002)" in text
    assert "molecule_1 probably has the role open role" in text


def test_a_path_leads_by_way_of_the_homologue_alone(without_kinase):
    found = kg_paths("TRP1", without_kinase, end="testosis")
    assert [item.nodes for item in found.evidence] == [("P00003", "P00002", "MONDO:0000001")]


def test_activity_is_inferred_from_what_may_be_seen(without_kinase):
    found = compare("molecule_1", "protein_1", without_kinase)
    assert found.note == "No record says that molecule_1 acts on protein_1."
    assert {item.nodes for item in found.evidence} == {("DB00002", "P00002")}


# what a question names


def test_a_model_cannot_look_up_what_is_hidden(without_kinase):
    for tool in (describe, kg_facts):
        with pytest.raises(ToolError, match="nothing is called 'KIN1'; nearest names: KIN2, "):
            tool("KIN1", without_kinase)
    assert find_entity("KIN1", without_kinase).evidence == ()


def test_what_the_question_names_is_known_to_whoever_asks(everything):
    resources = hide(everything, "P00001")
    answer = ask("Which diseases is KIN1 linked to?", use_llm=False, resources=resources)
    assert "testosis" in answer.text
    bench = Workbench(resources, answer.question.inputs)
    assert kg_facts("KIN1", bench).evidence
    assert find_entity("KIN1", bench).evidence


def test_an_answer_about_another_node_leaves_out_what_is_hidden(everything):
    question = "Which proteins does TRP1 interact with?"
    whole = ask(question, use_llm=False, resources=everything)
    assert names(told(whole.evidence), "KIN1", "KIN2") == ["KIN1", "KIN2"]
    answer = ask(question, use_llm=False, resources=hide(everything, "P00001"))
    assert names(told(answer.evidence), "KIN1", "KIN2") == ["KIN2"]


# what is hidden with it


def test_whatever_is_identical_is_hidden_with_it(everything):
    row = everything.graph.row
    hidden = visible.hidden_of(hide(everything, "P00001"))
    assert hidden == visible.Hidden(frozenset({row("P00001")}), frozenset({0, 3}))
    assert visible.hidden_of(hide(everything, "DB00003")).rows == {row("DB00001"), row("DB00003")}
    assert visible.hidden_of(everything) == visible.NOTHING


def test_a_hidden_protein_is_no_homologue_of_others_either(everything):
    (given,) = read_inputs([mutated(KINASE, 0.1)], [])
    every = [h.accession for h in visible.homologues(given, everything)]
    assert every == ["P00001", "Q90001", "P00002"]
    seen = visible.homologues(given, hide(everything, "P00001"), k=1)
    assert [h.accession for h in seen] == ["P00002"]


# limits of likeness


def test_with_a_limit_of_identity_a_protein_is_nobody_and_resembles_nobody_nearer(everything):
    (given,) = read_inputs([KINASE], [])
    limited = everything.with_limits(Limits(max_identity=0.8))
    assert visible.same_proteins(given, limited) == ()
    assert [h.accession for h in visible.homologues(given, limited)] == ["P00002"]
    assert visible.homologues(given, everything.with_limits(Limits(max_identity=0.5))) == []


def test_with_a_limit_of_similarity_a_molecule_is_nothing_and_resembles_nothing_nearer(everything):
    (given,) = read_inputs([], [ASPIRIN])
    (analogue,) = visible.analogues(given, everything.with_limits(Limits(max_similarity=0.99)))
    assert analogue.node == everything.graph.row("DB00002")
    below = everything.with_limits(Limits(max_similarity=analogue.similarity - 0.01))
    assert visible.analogues(given, below) == []
    assert visible.same_molecules(given, below) == ()


@pytest.mark.parametrize("limits", [Limits(max_identity=1.0), Limits(max_similarity=1.0)])
def test_a_limit_of_one_hides_nothing(everything, limits):
    protein, molecule = read_inputs([KINASE], [ASPIRIN])
    limited = everything.with_limits(limits)
    assert len(visible.same_proteins(protein, limited)) == 2
    assert len(visible.same_molecules(molecule, limited)) == 2


# descriptions


def test_no_description_is_told_that_names_what_is_hidden(everything):
    question = "Estirin."
    types = [NodeType.DRUG, NodeType.PROTEIN]
    whole = about_text(question, types, everything, k=9)
    assert names(told(c.evidence for c in whole), "KIN1", "Estirin") == ["KIN1", "Estirin"]
    seen = about_text(question, types, hide(everything, "P00001"), k=9)
    assert names(told(c.evidence for c in seen), "KIN1", "Estirin") == []
    seen = about_text(question, types, hide(everything, "P00003"), k=9)
    assert names(told(c.evidence for c in seen), "TRP1", "Estirin") == ["Estirin"]


def test_as_many_descriptions_are_found_as_without_limits(everything):
    vector = everything.encode("secret role").astype(np.float32)
    for hidden, found in {"P00001": "CHEBI:000001", "CHEBI:000001": "CHEBI:000002"}.items():
        ((row, _),) = visible.described(vector, NodeType.ROLE, 1, hide(everything, hidden))
        assert row == everything.graph.row(found)
    assert len(visible.described(vector, NodeType.ROLE, 9, hide(everything, "CHEBI:000001"))) == 1


def test_a_card_names_nothing_that_is_hidden(everything):
    assert "KIN1" in str(make_card("TRP1", everything))
    assert "KIN1" not in str(make_card("TRP1", hide(everything, "P00001")))


# views of resources


def test_a_view_shares_what_either_opens(tmp_path):
    whole = open_hidden_world(tmp_path)
    fresh = Resources(Settings(home=tmp_path), graph=whole.graph, encoder=whole.encoder)
    view = hide(fresh, "P00001")
    assert view.alignment is fresh.alignment
    assert fresh.names is view.names
    assert (fresh.limits, view.with_limits(NO_LIMITS).limits) == (NO_LIMITS, NO_LIMITS)
    assert view.with_settings(k=3).limits == view.limits


def test_a_view_may_have_other_settings(everything):
    view = everything.with_settings(k=3, use_bridge=False)
    assert (view.settings.k, view.settings.use_bridge) == (3, False)
    assert everything.settings.k == Settings().k
    assert view.graph is everything.graph


def test_settings_that_something_opened_depends_on_are_refused(everything):
    with pytest.raises(SettingsError, match="graph, llm cannot be changed") as caught:
        everything.with_settings(llm="openai:x", graph=None, k=3)
    assert "what can be changed: driver, k, " in caught.value.hint


# the rule

SEARCHING = {"alignment", "molecule_index", "similarities"}
"""Attributes that lead to the reference without a look at the limits."""
FINDING = {"find_protein", "find_molecule", "relatives_of_protein", "relatives_of_molecule"}
"""Functions that do."""
READING = {"facts", "neighbours", "edges_with", "links_of", "nearest"}
"""Calls on a graph or an index that tell of any node."""
MAY_SEARCH = {
    "bbqa.retrieve.visible": "the door itself",
    "bbqa.retrieve.identity": "what it looks into",
    "bbqa.retrieve.similarity": "the same",
    "bbqa.retrieve.relatives": "the same; takes limits",
    "bbqa.retrieve.projection": "the same; takes limits",
    "bbqa.resources": "opens it",
    "bbqa.inputs": "reads what is named by its InChIKey",
    "bbqa.learn": "trains; limits are its own",
    "bbqa.likeness": "aligns two inputs of a question",
    "bbqa.retrieve.sequence_reading": "aligns an input again with what the door gave",
    "bbqa.answer.molecular_identity": "stereoisomers and parts; hidden ones are left out",
    "bbqa.explain.homologue": "aligns an input again with what its evidence names",
    "bbqa.eval.bench": "measures speed",
    "bbqa.eval.bridge_bench": "measures speed",
    "bbqa.eval.examples": "gives limits",
    "bbqa.eval.starter.relatives": "looks for what a benchmark has to hide",
}
MAY_READ = {
    "bbqa.retrieve.visible": "the door itself",
    "bbqa.retrieve.paths": "takes what is hidden",
    "bbqa.retrieve.links": "what paths are found in",
    "bbqa.retrieve.path_words": "tells links of paths that were found",
    "bbqa.retrieve.signals": "what relatives have; who they are has been decided",
    "bbqa.retrieve.projection": "terms near a vector; hidden ones are left out by candidates_for",
    "bbqa.resources": "terms of a homologue; hidden ones are left out by candidates_for",
    "bbqa.bridge.triples": "trains",
    "bbqa.choose.offered": "what an option says; options are named",
    "bbqa.predict": "terms near a vector",
    "bbqa.choose.telling": "what is a kind of what, of nodes that were told",
    "bbqa.query.steps": "leaves out what is hidden at each step",
    "bbqa.query.features": "statistics of nodes that were found",
    "bbqa.query.folding": "how many kinds a disease has",
    "bbqa.answer.disease_account": "kinds of a disease; hidden ones are left out",
    "bbqa.answer.overview": "how many kinds a parent has",
    "bbqa.retrieve.primary_targets": "statistics of roles and classes; facts come through the door",
    "bbqa.answer.members": "names of the sources of a relation",
    "bbqa.answer.checks": "the same",
}
READERS = ("bbqa.kg.", "bbqa.eval.", "bbqa.index")
"""The graph and the index themselves, and what measures: gold answers are what the graph says."""


def uses(path):
    """Names of the doors that a file goes through, other than those of ``visible``."""
    tree = ast.parse(path.read_text())
    for node in _but_opened_only(tree):
        if isinstance(node, ast.Attribute) and node.attr in SEARCHING:
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (alias.name for alias in node.names if alias.name in FINDING | {"links_of"})
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = ast.unparse(node.func.value)
            if (owner.endswith("projection") and node.func.attr == "relatives") or (
                owner.endswith(("sequences", "molecules")) and node.func.attr == "find"
            ):
                yield f"{owner}.{node.func.attr}"
            elif owner.endswith(("graph", "index")) and node.func.attr in READING:
                yield node.func.attr


def _but_opened_only(tree):
    """All parts of a module but ``_ = resources.alignment``, which opens it for others."""
    for node in ast.iter_child_nodes(tree):
        if not (isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "_"):
            yield node
            yield from _but_opened_only(node)


def test_the_reference_is_reached_through_one_door():
    wrong = []
    for path in python_files():
        module = module_name(path)
        reads = module in MAY_READ or module.startswith(READERS)
        reads = reads and not module.startswith("bbqa.eval.conditions")  # these answer
        wrong += [
            f"{module}: {use}"
            for use in uses(path)
            if (not reads if use in READING else module not in MAY_SEARCH)
        ]
    assert wrong == []


def test_no_exception_to_the_rule_is_out_of_date():
    used = {module_name(path): set(uses(path)) for path in python_files()}
    assert [m for m in MAY_READ if m in used and not used[m] & READING] == []
    assert [m for m in MAY_SEARCH if m in used and not used[m] - READING] == []


def test_paths_are_told_what_is_hidden():
    for path in python_files():
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("paths_"):
                given = {keyword.arg for keyword in node.keywords}
                assert "hidden" in given or module_name(path) == "bbqa.eval.mechanisms", path


# the real graph

_IDENTITY = re.compile(r"(\d+) % identity")
_TANIMOTO = re.compile(r"Tanimoto (\d\.\d+)")
ACCESSIONS = ("P00533", "P04637", "P68871", "P01308", "Q9Y6K9")


@pytest.fixture(scope="module")
def starter():
    resources = Resources(load_settings())
    resources.prepare()
    return resources


@pytest.mark.integration
@pytest.mark.parametrize("accession", ACCESSIONS)
@pytest.mark.parametrize(
    "question",
    [
        "What does this protein do?",
        "Which proteins does this protein interact with?",
        "Which proteins are similar to this protein?",
    ],
)
def test_a_hidden_human_protein_is_in_no_evidence(starter, accession, question):
    graph = starter.graph
    sequence = graph.sequences.sequence(graph.sequences.index_of(accession))
    whole = ask(question, seq=sequence, use_llm=False, resources=starter)
    assert any(accession in item.nodes for item in whole.evidence) or "similar" in question
    hidden = frozenset({graph.row(accession)})
    limited = starter.with_limits(Limits(hidden, max_identity=0.3))
    answer = ask(question, seq=sequence, use_llm=False, resources=limited)
    assert not [item for item in answer.evidence if accession in item.nodes]
    told_of = [int(n) for item in answer.evidence for n in _IDENTITY.findall(item.because)]
    assert all(percent <= 30 for percent in told_of)


@pytest.mark.integration
@pytest.mark.parametrize("drug", ["DB00619", "DB00945", "DB00316"])
@pytest.mark.parametrize(
    "question", ["Which proteins does this drug act on?", "Which drugs are similar to this one?"]
)
def test_a_hidden_drug_is_in_no_evidence(starter, drug, question):
    molecules = starter.graph.molecules
    row = starter.graph.row(drug)
    smiles = molecules.smiles[molecules.index_of_node(row)]
    limited = starter.with_limits(Limits(frozenset({row}), max_similarity=0.6))
    answer = ask(question, smiles=smiles, use_llm=False, resources=limited)
    assert not [item for item in answer.evidence if drug in item.nodes]
    told_of = [float(n) for item in answer.evidence for n in _TANIMOTO.findall(item.because)]
    assert all(tanimoto <= 0.6 for tanimoto in told_of)
