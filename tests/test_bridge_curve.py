import pytest

from bbqa.bridge.curve import draw_loss_curve
from bbqa.errors import InputError, MissingExtraError

DESCRIPTION = {
    "name": "toy",
    "shape": {"kind": "mlp"},
    "parameters": 1000,
    "training": {"kind": "mlp", "steps": 300, "validate_every": 100, "seed": 0},
    "losses": [3.0, 2.0, 1.5],
    "validation_mrr": [0.1, 0.3, 0.2],
    "steps": 200,
}


def test_the_curve_is_a_picture_and_the_same_each_time(tmp_path):
    pytest.importorskip("matplotlib")
    for name in ("one.svg", "two.svg"):
        draw_loss_curve(DESCRIPTION, tmp_path / name)
    drawn = (tmp_path / "one.svg").read_text()
    assert drawn == (tmp_path / "two.svg").read_text()
    assert "validation MRR" in drawn


def test_a_bridge_that_tells_of_no_training_is_refused(tmp_path):
    with pytest.raises(InputError, match="no losses") as caught:
        draw_loss_curve({"training": {}}, tmp_path / "loss.svg")
    assert "bbqa bridge train" in caught.value.hint


def test_without_the_library_that_draws_it_is_said_what_to_install(tmp_path):
    def load(name):
        raise ImportError(name)

    with pytest.raises(MissingExtraError, match="matplotlib") as caught:
        draw_loss_curve(DESCRIPTION, tmp_path / "loss.svg", load=load)
    assert caught.value.hint == "pip install 'bbqa[plots]'"


def test_the_step_whose_weights_were_kept_is_named(tmp_path):
    pytest.importorskip("matplotlib")
    draw_loss_curve(DESCRIPTION, tmp_path / "loss.svg")
    assert "kept: step 200, MRR 0.300" in (tmp_path / "loss.svg").read_text()


def test_without_validation_pairs_only_the_loss_is_drawn(tmp_path):
    pytest.importorskip("matplotlib")
    nothing_to_validate = DESCRIPTION | {"validation_mrr": [-3.0, -2.0, -1.5]}
    draw_loss_curve(nothing_to_validate, tmp_path / "loss.svg")
    drawn = (tmp_path / "loss.svg").read_text()
    assert "validation MRR" not in drawn
    assert "loss" in drawn
