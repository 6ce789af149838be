"""From a question to its evidence: what is called, in which order, and what a model may decide."""

import json

import pytest
from world import ASPIRIN, EDGES_OF_THE_WORLD, KINASE, LACTASE, make_graph, make_resources

from bbqa.agent import gather, make_plan
from bbqa.agent.contract import Budget, Limits
from bbqa.agent.planned import Planned, calls_for, choose
from bbqa.examples import Task
from bbqa.llm import open_llm
from bbqa.question.read import read_question
from bbqa.route import Route
from bbqa.schema import NodeType, Relation, Step
from bbqa.tools import TOOLS
from bbqa.workbench import Workbench

UNSURE = Route(Task.FACTS, sure=False, tasks=(Task.FACTS, Task.SIMILAR, Task.PROPERTIES))


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    home = tmp_path_factory.mktemp("home")
    make_resources(home).prepare()
    return home


@pytest.fixture
def resources(home):
    return make_resources(home)


def scripted(tmp_path, *replies):
    path = tmp_path / "script.json"
    path.write_text(json.dumps([json.dumps(r) if isinstance(r, dict) else r for r in replies]))
    return open_llm(f"scripted:{path}", home=tmp_path)


def calls(resources, text, route, seq=(), smiles=()):
    question = read_question(text, seq, smiles, resources)
    return [(c.tool, dict(c.arguments)) for c in calls_for(question, route, resources)]


def test_facts_are_searched_for_inputs_and_looked_up_for_names(resources):
    route = Route(Task.FACTS, types=(NodeType.DISEASE,))
    found = calls(resources, "Is it like LAC1?", route, [KINASE])
    assert found == [
        ("biobridge_search", {"input": "protein_1", "to": ["disease"]}),
        ("kg_facts", {"what": "LAC1", "to": ["disease"]}),
    ]


@pytest.mark.parametrize(
    ("text", "beside"),
    [
        ("Which diseases have this protein and LAC1?", True),
        ("What of aspirin or the attached protein?", True),
        ("We work on aspirin. Which diseases is it linked to?", False),
        ("My patient takes aspirin, what has this protein to do with disease?", False),
    ],
)
def test_what_is_named_is_a_subject_only_where_it_stands_beside_what_is_attached(
    resources, text, beside
):
    found = calls(resources, text, Route(Task.FACTS, types=(NodeType.DISEASE,)), [KINASE])
    assert len(found) == 1 + beside


def test_a_thing_that_the_protein_might_have_is_no_subject_of_its_own(resources):
    route = Route(Task.FACTS, types=(NodeType.BIOLOGICAL_PROCESS,))
    found = calls(resources, "Has it to do with apoptosis?", route, [KINASE])
    assert [tool for tool, _ in found] == ["biobridge_search"]


@pytest.mark.parametrize(
    ("route", "tools"),
    [
        (Route(Task.SIMILAR), ["similar", "similar"]),
        (Route(Task.COMPARE), ["compare"]),
        (Route(Task.PROPERTIES), ["protein_properties", "molecule_properties"]),
        (Route(Task.PATHS, through=(NodeType.DISEASE,), between=True), ["kg_paths"]),
        (Route(Task.LACKING), []),
        (Route(Task.OUTSIDE), []),
    ],
)
def test_each_task_has_its_tools(resources, route, tools):
    found = calls(resources, "What of these?", route, [KINASE], [ASPIRIN])
    assert [tool for tool, _ in found] == tools


def test_clauses_with_other_tasks_add_their_calls(resources):
    route = Route(Task.FACTS, types=(NodeType.ROLE,), also=(Route(Task.PROPERTIES),))
    found = calls(resources, "What of it?", route, smiles=[ASPIRIN])
    assert [tool for tool, _ in found] == ["biobridge_search", "molecule_properties"]


def test_every_tool_of_a_plan_exists(resources):
    names = {tool.__name__ for tool in TOOLS}
    question = read_question("What of these, LAC1?", [KINASE], [ASPIRIN], resources)
    for task in Task:
        route = Route(task, types=(NodeType.DISEASE,), through=(NodeType.PROTEIN,))
        assert {call.tool for call in calls_for(question, route, resources)} <= names


def test_a_model_chooses_among_the_likeliest_tasks(resources, tmp_path):
    llm = scripted(tmp_path, {"task": "similar"})
    question = read_question("What is near it?", [KINASE], [], resources)
    route, step = choose(question, UNSURE, resources, llm)
    assert (route.task, route.sure) == (Task.SIMILAR, True)
    assert step.name == "plan"
    assert step.completion_tokens > 0
    assert "What is near it?" in llm.asked[0][-1].content


@pytest.mark.parametrize("reply", ['{"task": "rm -rf"}', "I think facts", '["similar"]', "{}"])
def test_a_model_that_chooses_nothing_changes_nothing(resources, tmp_path, reply):
    question = read_question("What is near it?", [KINASE], [], resources)
    route, step = choose(question, UNSURE, resources, scripted(tmp_path, reply))
    assert route.task is Task.FACTS
    assert step.failed
    assert "the model made no choice" in step.note


def test_a_sure_route_asks_no_model(resources, tmp_path):
    llm = scripted(tmp_path)
    question = read_question("Which diseases is this protein linked to?", [KINASE], [], resources)
    plan = make_plan(question, resources, llm=llm)
    assert plan.types == (NodeType.DISEASE,)
    assert llm.asked == []


@pytest.mark.parametrize(("driver", "asked"), [("plan", 0), ("asked", 1)])
def test_a_model_plans_only_where_that_is_asked_for(
    resources, tmp_path, monkeypatch, driver, asked
):
    llm = scripted(tmp_path, {"task": "facts"})
    question = read_question("What is near it?", [KINASE], [], resources)
    monkeypatch.setattr(resources.router, "route", lambda _question: UNSURE)
    found = gather(question, resources.with_settings(driver=driver), llm=lambda: llm)
    assert len(llm.asked) == asked
    assert [step.name for step in found.steps].count("plan") == asked


def test_inputs_are_retrieved_for_before_a_model_is_asked(home, tmp_path):
    resources = make_resources(home)
    asked = []

    def opened():
        asked.append(True)
        return scripted(tmp_path, {"task": "facts"})

    seen = []
    question = read_question("Which diseases is this protein linked to?", [KINASE], [], resources)
    findings = gather(question, resources, llm=opened, on_step=lambda s: seen.append(len(asked)))
    assert seen[:2] == [0, 0]
    assert [step.name for step in findings.steps][:2] == ["route", "biobridge_search"]
    assert findings.steps[1].evidence


def test_steps_stop_at_their_limit_and_what_is_left_is_said(resources):
    question = read_question("Compare them", [KINASE, LACTASE, KINASE[:100]], [], resources)
    plan = make_plan(question, resources)
    plan = type(plan)(plan.route, tuple(calls_for(question, Route(Task.COMPARE), resources)))
    bench = Workbench(resources, question.inputs)
    tools = {tool.__name__: tool for tool in TOOLS}
    steps = []
    gathered = Planned(plan, tools).gather(question, bench, Limits(steps=1), steps.append)
    assert len(steps) == len(gathered.steps) == 1
    assert gathered.undone == "the limit of 1 steps was reached; not called: compare"


def test_a_budget_counts_steps_tokens_and_time():
    budget = Budget(Limits(steps=2, tokens=100))
    budget.spend(Step("a", prompt_tokens=90, completion_tokens=9))
    assert budget.over() == ""
    budget.spend(Step("b", completion_tokens=1))
    assert budget.over() == "the limit of 2 steps was reached"
    assert Budget(Limits(tokens=0)).over() == "the limit of 0 tokens was reached"
    assert Budget(Limits(seconds=-1)).over() == "the limit of -1 s was reached"


def test_what_sources_disagree_about_is_shown_as_such(tmp_path, capsys):
    from bbqa.show import show_evidence

    reversed_edge = (
        "MONDO:0000001",
        Relation.DISEASE_PHENOTYPE_ABSENT,
        "HP:0000001",
        "Another source",
        "PCS",
    )
    graph = make_graph(edges_given=[*EDGES_OF_THE_WORLD, reversed_edge])
    resources = make_resources(tmp_path, graph=graph)
    resources.prepare()
    question = read_question("Which phenotypes does testosis have?", [], [], resources)
    found = gather(question, resources).evidence
    assert sorted(item.disagrees for item in found) == [(1,), (2,)]
    show_evidence(found)
    assert "disagrees with" in " ".join(capsys.readouterr().out.split())
