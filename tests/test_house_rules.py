"""Rules that hold the project together and that no other tool checks."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import bbqa

ROOT = Path(__file__).parent.parent
FOLDERS = {"bbqa": ROOT / "bbqa", "bbqa.tools": ROOT / "tools", "bbqa.eval": ROOT / "eval"}

# The road of a question, in the order in which a reader meets the modules. Nothing imports what
# comes later; modules that share a number do not import each other.
ROAD = {
    "errors": 0,
    "schema": 1,
    "whole": 1,
    "limits": 1,
    "settings": 1,
    "progress": 1,
    "record": 1,
    "picture": 1,
    "options": 2,
    "prompts": 1,
    "download": 2,
    "artifacts": 3,
    "kg": 4,
    "encoders": 4,
    "llm": 4,
    "index": 5,
    "bridge": 5,
    "fasta": 2,
    "structure": 2,
    "markup": 3,
    "stretches": 2,
    "differences": 2,
    "constructs": 3,
    "residues": 3,
    "inputs": 5,
    "retrieve": 6,
    "build": 7,
    "resources": 8,
    "learn": 9,
    "write": 8,
    "ground": 8,
    "summary": 9,
    "workbench": 9,
    "disagree": 9,
    "card": 9,
    "subject": 9,
    "anchor": 9,
    "path_evidence": 9,
    "likeness": 9,
    "acting": 9,
    "kernel": 1,
    "predict": 9,
    "presumed": 9,
    "tools": 12,
    "question": 11,
    "wording": 9,
    "examples": 10,
    "route": 11,
    "premise": 11,
    "unknown": 11,
    "agent": 12,
    "outcome": 12,
    "query": 12,
    "answer": 13,
    "ask": 13,
    "layout": 13,
    "choose": 14,
    "batch": 14,
    "ranking": 14,
    "references": 5,
    "narrow": 5,
    "things": 12,
    "ellipsis": 13,
    "dialogue": 14,
    "attach": 6,
    "session_file": 13,
    "session": 15,
    "doctor": 14,
    "checkup": 15,
    "explain": 14,
    "show": 15,
    "eval": 16,
    "terminal": 14,
    "transcript": 14,
    "chat_screen": 15,
    "chat": 16,
    "cli_answers": 16,
    "cli_bridge": 16,
    "cli_chat": 16,
    "cli_runs": 15,
    "cli_eval": 16,
    "cli": 17,
}


def python_files():
    for folder in ("bbqa", "tools", "eval", "prompts"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if not any(parent.is_symlink() for parent in path.parents):
                yield path


def module_name(path):
    parts = path.relative_to(ROOT).with_suffix("").parts
    parts = parts if parts[0] == "bbqa" else ("bbqa", *parts)
    return ".".join(part for part in parts if part != "__init__")


def imports_of(path):
    """Modules of bbqa that a file imports when it is imported itself."""
    found = set()
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("bbqa"):
            found.add(node.module)
        elif isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names if alias.name.startswith("bbqa")}
    return found


def test_every_public_name_can_be_imported():
    assert [name for name in bbqa.__all__ if not hasattr(bbqa, name)] == []
    assert sorted(bbqa.__all__) == list(bbqa.__all__)
    assert callable(bbqa.ask)


def test_the_wheel_lists_every_package_of_the_tree():
    listed = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"]
    found = {module_name(path) for path in python_files() if path.name == "__init__.py"}
    assert set(listed) == found


def test_no_module_imports_one_that_stands_later_on_the_road():
    wrong = []
    for path in python_files():
        module = module_name(path)
        if module == "bbqa":
            continue
        own = module.split(".")[1]
        for imported in imports_of(path):
            other = imported.split(".")[1] if "." in imported else None
            if other and other != own and ROAD[other] > ROAD[own]:
                wrong.append(f"{module} imports {imported}")
    assert wrong == []


def test_every_module_has_its_place_on_the_road():
    names = [module_name(path) for path in python_files()]
    assert {name.split(".")[1] for name in names if "." in name} <= set(ROAD)


@pytest.mark.parametrize("folder", ["tools", "eval", "prompts"])
def test_the_root_folders_are_linked_into_the_package(folder):
    link = ROOT / "bbqa" / folder
    assert link.is_symlink()
    assert link.resolve() == ROOT / folder


@pytest.mark.parametrize("folder", ["tools", "eval", "prompts"])
def test_a_root_folder_cannot_be_imported_under_its_bare_name(folder):
    run = subprocess.run(
        [sys.executable, "-c", f"import {folder}"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert f"import bbqa.{folder}" in run.stderr


def test_every_tool_has_a_test_and_a_docstring_for_the_model():
    from bbqa.tools import TOOLS

    for tool in TOOLS:
        assert (ROOT / "tests" / f"test_{tool.__name__}_tool.py").exists()
        assert tool.__doc__


def test_every_prompt_names_its_variables_and_nothing_else():
    from bbqa.prompts import load_prompt, prompt_files

    assert {"question.md", "routes.tsv"} <= {path.name for path in prompt_files()}
    with pytest.raises(KeyError, match="question"):
        load_prompt("question")


def test_a_value_put_into_a_prompt_is_never_searched_for_variables():
    from bbqa.prompts import load_prompt

    text = load_prompt("question", evidence="[1] {{question}}", question="Why?")
    assert "{{question}}" in text


def test_no_file_is_named_for_nothing_in_particular():
    bad = {"utils", "helpers", "common", "manager", "misc"}
    assert [path for path in python_files() if path.stem in bad] == []


def test_files_stay_readable():
    long = [p for p in python_files() if len(p.read_text().splitlines()) > 450]
    assert long == []


def test_help_imports_nothing_heavy():
    code = (
        "import sys, bbqa.cli; heavy = {'torch', 'transformers', 'chromadb', 'rdkit', 'pyarrow',"
        " 'sentence_transformers', 'langchain', 'polars', 'pandas', 'numpy'};"
        " print(sorted(heavy & set(sys.modules)))"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert run.stdout.strip() == "[]", run.stderr


def test_committed_data_stays_under_90_mb():
    data = list((ROOT / "bbqa" / "kg" / "data").glob("*"))
    assert sum(path.stat().st_size for path in data) < 90e6


def test_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert project["version"] == bbqa.__version__
    assert re.search(
        rf"^## {re.escape(bbqa.__version__)}", (ROOT / "CHANGELOG.md").read_text(), re.M
    )


def test_nothing_reads_the_statement_of_evidence_back():
    """Evidence states triples and values; its sentence is for people and models.

    Prose (definitions, texts) states none and is compared word by word.
    """
    prose = {"ground/prose.py", "ground/__init__.py", "answer/synthesise.py"}
    not_yet = {"answer/drug_comparison.py"}
    reads = re.compile(
        r"(?:\bin |(?:search|match|fullmatch|findall|finditer)\()\w+\.statement\b"
        r"|\.statement\.(?:split|partition|endswith|find)\("
    )
    found = {
        str(path.relative_to(FOLDERS["bbqa"]))
        for path in FOLDERS["bbqa"].rglob("*.py")
        if reads.search(path.read_text()) and "eval" not in path.relative_to(FOLDERS["bbqa"]).parts
    }
    assert found <= prose | not_yet
