"""What questions take for granted is learned from labelled wordings."""

import pytest
from world import make_resources

from bbqa.ask import open_resources
from bbqa.eval.premises import folds
from bbqa.presumed import PRESUMES, TERM, Labelled, Presumptions, read_wordings


@pytest.fixture(scope="module")
def tiny(tmp_path_factory):
    resources = make_resources(tmp_path_factory.mktemp("home"))
    resources.prepare()
    return resources


def test_every_wording_has_a_label_and_names_one_thing():
    wordings = read_wordings()
    assert len(wordings) > 400
    assert {w.label for w in wordings} == {PRESUMES, "whether", "other"}
    assert all(w.text.count(TERM) == 1 for w in wordings)
    assert len({w.text for w in wordings}) == len(wordings)


def test_what_is_like_a_wording_scores_like_it(tiny):
    taught = [
        Labelled(PRESUMES, "Explain how it came to have {term}."),
        Labelled("whether", "Is it likely to have {term}?"),
        Labelled("other", "Which of its partners have {term}?"),
    ]
    own = Presumptions(tiny, taught)
    assert [own.score(w.text) > 0.3 for w in taught] == [True, False, False]
    assert own.score("Is it possible that it has {term}?") < 0


def test_each_wording_is_read_once_by_what_the_others_have_taught(tiny):
    found = folds(tiny, 2)
    assert sum(share["n"] for share in found.values()) == len(read_wordings())
    assert set(found) == {PRESUMES, "whether", "other"}


@pytest.mark.integration
def test_wordings_of_which_nothing_was_learned_are_mostly_read_right():
    resources = open_resources(None)
    resources.prepare()
    found = folds(resources, 8)
    assert found[PRESUMES]["share"] >= 0.85
    assert found["whether"]["share"] >= 0.9
    assert found["other"]["share"] >= 0.7
