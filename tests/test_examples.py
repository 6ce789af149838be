"""What labelled questions say of a new one."""

import numpy as np
import pytest

from bbqa.examples import Example, Goal, Learned, Task, open_learned, read_examples
from bbqa.schema import NodeType

DISEASES = Goal(Task.FACTS, ("disease",))
PRICE = Goal(Task.LACKING)


def test_every_example_has_a_task_types_and_subjects_that_exist():
    known = {str(node_type) for node_type in NodeType}
    examples = read_examples()
    assert len(examples) > 1500
    assert set(Task) == {example.goal.task for example in examples}
    assert all(set(example.goal.types) <= known | {"overview"} for example in examples)
    assert all(set(example.about) <= known | {"any"} for example in examples)
    assert len({(e.question, e.goal) for e in examples}) == len(examples)


def test_types_go_with_facts_and_paths_alone_and_paths_have_subjects():
    for example in read_examples():
        typed = example.goal.task in (Task.FACTS, Task.PATHS)
        assert typed or not example.goal.types, example
        if example.goal.task is Task.FACTS:
            assert example.goal.types, example
        if example.goal.task is Task.PATHS:
            one = len(example.about) == 1
            assert len(example.goal.types) == 2 if one else len(example.goal.types) < 2, example
        if example.goal.task is Task.COMPARE:
            assert len(example.about) == 2, example


EXAMPLES = (
    Example(DISEASES, ("any",), "Which diseases is it linked to?"),
    Example(PRICE, ("drug",), "What does it cost?"),
)


@pytest.fixture
def learned():
    return Learned.fit(EXAMPLES, np.eye(2))


def test_what_is_like_an_example_scores_like_it(learned):
    found = learned.scores("Which diseases is it linked to?", np.eye(2)[0], [NodeType.PROTEIN])
    assert found[DISEASES] > 0.7 > 0.3 > found[PRICE]


def test_an_example_about_anything_is_one_about_a_protein_and_one_about_a_drug(learned):
    for subject in (NodeType.PROTEIN, NodeType.DRUG):
        found = learned.scores("Which diseases is it linked to?", np.eye(2)[0], [subject])
        assert max(found, key=found.get) == DISEASES


def test_what_is_like_no_example_scores_near_nothing(learned):
    found = learned.scores("", np.array([-5.0, -5.0]), [])
    assert max(found.values()) < 0.05


def scores(learned):
    return learned.scores("What does it cost?", np.eye(2)[1], [NodeType.DRUG])


def test_what_was_fitted_once_is_read_and_says_the_same(tmp_path):
    fitted = open_learned(EXAMPLES, np.eye(2), tmp_path)
    [path] = tmp_path.iterdir()
    before = path.stat().st_mtime_ns
    assert scores(open_learned(EXAMPLES, np.eye(2), tmp_path)) == scores(fitted)
    assert path.stat().st_mtime_ns == before


def test_another_example_is_fitted_anew_and_what_was_is_forgotten(tmp_path):
    open_learned(EXAMPLES, np.eye(2), tmp_path)
    [before] = tmp_path.iterdir()
    changed = (EXAMPLES[0], Example(DISEASES, ("drug",), "What does it cost?"))
    assert open_learned(changed, np.eye(2), tmp_path).goals == (DISEASES,)
    [after] = tmp_path.iterdir()
    assert after != before


def test_a_damaged_file_is_fitted_anew(tmp_path):
    fitted = open_learned(EXAMPLES, np.eye(2), tmp_path)
    [path] = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert scores(open_learned(EXAMPLES, np.eye(2), tmp_path)) == scores(fitted)


def test_where_nothing_can_be_kept_it_is_fitted_all_the_same(tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("")
    assert open_learned(EXAMPLES, np.eye(2), blocked).goals
