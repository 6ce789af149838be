from pathlib import Path

import pytest

from bbqa.errors import SettingsError
from bbqa.settings import load_settings


def test_flags_beat_the_environment_and_the_environment_beats_the_file(tmp_path):
    (tmp_path / "bbqa.toml").write_text('llm = "ollama:a"\nk = 5\ntimeout_s = 10.0\n')
    settings = load_settings(
        {"llm": "ollama:c", "k": None},
        environ={"BBQA_LLM": "ollama:b", "BBQA_K": "7"},
        folder=tmp_path,
    )
    assert (settings.llm, settings.k, settings.timeout_s) == ("ollama:c", 7, 10.0)
    assert settings.origin["llm"] == "flag"
    assert settings.origin["k"] == "BBQA_K"
    assert settings.origin["timeout_s"] == str(tmp_path / "bbqa.toml")
    assert settings.origin["home"] == "default"


def test_an_unknown_setting_is_named_with_its_file_and_the_known_ones(tmp_path):
    (tmp_path / "bbqa.toml").write_text("colour = 1\n")
    with pytest.raises(SettingsError, match=r"unknown setting 'colour' in .*bbqa\.toml") as caught:
        load_settings(environ={}, folder=tmp_path)
    assert "timeout_s" in caught.value.hint
    assert caught.value.exit_code == 2


def test_a_wrong_value_says_where_it_came_from(tmp_path):
    with pytest.raises(SettingsError, match=r"setting 'k' from BBQA_K.*got 'many'"):
        load_settings(environ={"BBQA_K": "many"}, folder=tmp_path)


def test_a_broken_file_says_so(tmp_path):
    (tmp_path / "bbqa.toml").write_text("k = \n")
    with pytest.raises(SettingsError, match="not valid TOML"):
        load_settings(environ={}, folder=tmp_path)


def test_the_key_is_never_shown(tmp_path):
    settings = load_settings(environ={"BBQA_API_KEY": "secret"}, folder=tmp_path)
    assert "secret" not in repr(settings)
    assert "secret" not in str(settings.public())
    assert settings.public()["api_key"] == "set"


def test_home_can_be_moved(tmp_path):
    settings = load_settings(environ={"BBQA_HOME": str(tmp_path / "x")}, folder=Path(tmp_path))
    assert settings.home == tmp_path / "x"


def test_a_tilde_means_the_person_s_own_folder(tmp_path):
    settings = load_settings(environ={"BBQA_HOME": "~/bbqa"}, folder=tmp_path)
    assert settings.home == Path.home() / "bbqa"
