"""Every word that is given to a language model, as Markdown files, and labelled examples.

``load_prompt("answer", ...)`` reads one and fills it in; a variable that the file does not have,
or one that it has and nobody filled, is an error when the prompt is loaded, not when it is sent.
"""

from __future__ import annotations

import re
from pathlib import Path

if not __name__.startswith("bbqa."):
    raise ImportError("import bbqa.prompts, not prompts: a second copy would not be the same")

FOLDER = Path(__file__).parent
_VARIABLE = re.compile(r"\{\{(\w+)\}\}")


def load_prompt(name: str, **values: str) -> str:
    """The text of ``prompts/NAME.md`` with each ``{{variable}}`` replaced by its value.

    Values are inserted as they are and never searched for variables themselves.

    Raises:
        KeyError: If the variables given are not exactly those in the file.
    """
    text = (FOLDER / f"{name}.md").read_text(encoding="utf-8").strip()
    wanted = set(_VARIABLE.findall(text))
    if wanted != set(values):
        raise KeyError(f"prompt {name!r} has variables {sorted(wanted)}, got {sorted(values)}")
    return _VARIABLE.sub(lambda match: values[match.group(1)], text)


def prompt_files() -> list[Path]:
    """All prompts and tables of examples, sorted by name: what the record of an answer hashes."""
    return sorted([*FOLDER.glob("*.md"), *FOLDER.glob("*.tsv")])
