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
from bbqa.bridge.checkpoint import SHIPPED_BRIDGE
from bbqa.bridge.splits import IDENTITY, Part, read_split
from bbqa.inputs import read_inputs
from bbqa.kg.describe import predicate
from bbqa.kg.ends import GO_TYPES
from bbqa.kg.graph import Graph
from bbqa.limits import Limits
from bbqa.resources import Resources
from bbqa.retrieve.predicted import TRUE_OF_MOST, without_implied
from bbqa.settings import load_settings

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
    (
        "Several hops",
        ("Which drugs act on proteins that interact with this one?", "--seq", "P38398"),
    ),
    ("A path between two things", ("How could imatinib help against leukemia?",)),
    (
        "Two inputs",
        ("Does this molecule act on this protein?", "--seq", "P00533", "--smiles", "erlotinib"),
    ),
    ("What two proteins share", ("Which diseases do BRCA2 and PALB2 share?",)),
    ("Computed properties", ("Does aspirin obey Lipinski's rule of five?",)),
    (
        "A structure within the question",
        ("Does CN1C=NC2=C1C(=O)N(C(=O)N2C)C act on ADORA2A?",),
    ),
    ("A false premise", ("Why does insulin transport oxygen?",)),
    ("A false premise in other words", ("What anchors TP53 in the lysosome?",)),
    ("Whether something is so", ("Is TP53 involved in platelet activation?",)),
    ("A name that nothing has", ("What does the drug zorblatinib act on?",)),
    ("What is not recorded", ("What is the price of aspirin?",)),
    ("What a gene does", ("what does RET do?",)),
    (
        "Members of a class, with two conditions",
        ("Which antipsychotics act on HTR2A but not on DRD2?",),
    ),
    ("What binds what", ("which human proteins bind copper ions?",)),
    ("A count", ("How many genes are linked to retinitis pigmentosa?",)),
    ("Signs of a patient", ("Which genes are linked to both cherry red spot and ataxia?",)),
    ("Old names", ("What is the current symbol of PARK2?",)),
    ("Two genes compared", ("compare KRAS and NRAS",)),
    ("A mutant, unasked", ("What is this protein?", "--seq", "examples/ret_m918t.fasta")),
)
DIALOGUE = (
    "/seq examples/egfr.fasta",
    "Where in the cell is this protein found?",
    "and which drugs act on it?",
    "what does the second one act on?",
    "/why 1",
)
"""A chat, line by line, as it would be typed."""


SHOWN_PREDICTIONS = 6
LOOKED_AT = 200
"""Proteins that were kept back, in the order of the graph."""


def without_homologues(resources: Resources) -> str:
    """Predictions for proteins that were kept back, where no homologue is left to go by.

    Three of them, the surest, the middle one and the least sure; each line says whether the
    graph, whose edges of them the bridge has not seen, says so.
    """
    split = read_split(SHIPPED_BRIDGE / "split.json", resources.graph)
    hidden = Limits(frozenset(split.kept_back()), max_identity=IDENTITY)
    sequences, graph = resources.graph.sequences, resources.graph
    found = []
    numbers = sequences.numbers_of(split.parts[Part.COLD_TEST])
    for row, number in sorted(numbers.items())[:LOOKED_AT]:
        (given,) = read_inputs([sequences.sequence(number)], [])
        relatives = resources.projection.relatives(given, hidden)
        if not relatives.close:
            every = resources.projection.predict(relatives, GO_TYPES)
            kept = [p for p in every if p.signals["common"] <= TRUE_OF_MOST]
            told = without_implied(kept, graph.ancestors)[:SHOWN_PREDICTIONS]
            found.append((row, told))
    found.sort(key=lambda case: -max((p.probability for p in case[1]), default=0.0))
    parts = [
        "## Proteins without any homologue in the reference\n\nKept back from training with "
        "their whole families; homologues above 30 % identity are hidden, and none below is "
        f"found. Of {len(found)} such proteins among {LOOKED_AT} that were kept back, the one "
        "with the surest prediction, the middle one, and the least sure. `possibly` marks what "
        "is speculative and left out of answers.\n"
    ]
    for row, told in (found[0], found[len(found) // 2], found[-1]):
        recorded = recorded_of(graph, row)
        parts.append(f"**{graph.name_of(row)}** ({graph.node_id(row)})\n")
        parts.append("| p | prediction | recorded in the graph |\n|---|---|---|")
        for one in told:
            right = "yes" if one.row in recorded else "no"
            word = "possibly" if one.speculative else "probably"
            says = predicate(graph, one.link.relation, one.row)
            parts.append(f"| {one.probability:.2f} | {word} {says} | {right} |")
        parts.append("")
    return "\n".join(parts)


def recorded_of(graph: Graph, row: int) -> set[int]:
    """What the graph says of a protein, with all that follows from it."""
    own = {fact.other(row) for fact in graph.facts(row)}
    return own.union(*(graph.ancestors(one) for one in own))


def main() -> None:
    """Run every example and write the page."""
    parts = [
        "# Examples\n\nWhat the commands printed, as it came, on "
        f"{date.today().isoformat()} with bbqa {__version__} and its default model on two CPU "
        "cores. `python -m bbqa.eval.examples` makes this page anew.\n"
    ]
    for title, arguments in EXAMPLES:
        command = ("bbqa", "ask", *arguments)
        output = _printed((*command, "--quiet"))
        parts.append(f"## {title}\n\n```\n$ {shlex.join(command)}\n{output}\n```\n")
    typed = "\n".join(DIALOGUE)
    output = _printed(("bbqa", "chat", "--quiet"), typed=typed)
    parts.append(f"## A dialogue\n\nTyped:\n\n```\n{typed}\n```\n\n```\n{output}\n```\n")
    parts.append(without_homologues(Resources(load_settings())))
    (ROOT / "docs" / "examples.md").write_text("\n".join(parts), encoding="utf-8")


def _printed(command: tuple[str, ...], *, typed: str = "") -> str:
    """What a command of bbqa prints."""
    print(shlex.join(command), file=sys.stderr)
    run = subprocess.run(
        [sys.executable, "-m", "bbqa.cli", *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        input=typed,
        env={**os.environ, "COLUMNS": "110"},
    )
    return (run.stdout + run.stderr).strip()


if __name__ == "__main__":
    main()
