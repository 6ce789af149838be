"""Writes docs/examples.md: each command and what it printed, as it came.

python -m bbqa.eval.examples
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path

from bbqa import __version__

ROOT = Path(__file__).resolve().parent.parent
IMATINIB = "Cc1ccc(cc1Nc1nccc(n1)-c1cccnc1)NC(=O)c1ccc(cc1)CN1CCN(C)CC1"

EXAMPLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("A human protein", ("What does this protein do?", "--seq", "examples/egfr.fasta")),
    (
        "A bacterial enzyme, not in the human set",
        ("What does this protein do?", "--seq", "examples/beta_lactamase.fasta"),
    ),
    (
        "Aspirin, by its structure",
        ("Which proteins does this drug act on?", "--smiles", "CC(=O)Oc1ccccc1C(=O)O"),
    ),
    ("Imatinib, by its structure", ("What is this drug used for?", "--smiles", IMATINIB)),
    ("An entity named in the question", ("Which diseases is BRCA1 linked to?",)),
    (
        "A protein that nobody has described: a random sequence",
        (
            "Which diseases is this protein linked to?",
            "--seq",
            "MWDKPHTRNAEQYLGCSVIFKDMTWPHRANEYLQGCSVFIKDMPTWHRNAEYQLGCVSFIKWDMPHTRNEAYLQ",
        ),
    ),
)


def main() -> None:
    """Run every example and write the page."""
    parts = [
        "# Examples\n\nWhat the commands printed, as it came, on "
        f"{date.today().isoformat()} with bbqa {__version__} and its default model on two CPU "
        "cores. `python -m bbqa.eval.examples` makes this page anew.\n"
    ]
    for title, arguments in EXAMPLES:
        command = ["bbqa", "ask", *arguments]
        print(shlex.join(command), file=sys.stderr)
        run = subprocess.run(
            [sys.executable, "-m", "bbqa.cli", *command[1:], "--quiet"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, "COLUMNS": "110"},
        )
        output = run.stdout + run.stderr
        parts.append(f"## {title}\n\n```\n$ {shlex.join(command)}\n{output.strip()}\n```\n")
    (ROOT / "docs" / "examples.md").write_text("\n".join(parts), encoding="utf-8")


if __name__ == "__main__":
    main()
