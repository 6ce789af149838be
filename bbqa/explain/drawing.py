"""Molecules as pictures, drawn by RDKit."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import BbqaError, InputError
from bbqa.fasta import printable
from bbqa.schema import Answer, Modality

if TYPE_CHECKING:
    from rdkit.Chem.rdchem import Mol

PANEL: Final = (360, 260)
"""Width and height of one molecule, in pixels."""
PNG_SCALE: Final = 2
ACROSS: Final = 3
ENDINGS: Final = (".svg", ".png")
_PROLOGUE: Final = re.compile(r"<\?xml[^>]*\?>\s*|<!--.*?-->\s*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Drawing:
    """A molecule of a question.

    Attributes:
        label: What text calls it.
        name: Its name, or how it was given.
        svg: The picture as SVG that a page can hold; empty if it cannot be drawn.
        missing: Why it cannot be drawn.
    """

    label: str
    name: str
    svg: str = ""
    missing: str = ""


def drawings_of(answer: Answer) -> tuple[Drawing, ...]:
    """A drawing of each molecule that an answer is about."""
    drawn = []
    for given in answer.question.inputs:
        if given.modality is Modality.MOLECULE:
            name = given.name or given.given
            try:
                svg = _svg([_molecule(given.value)], [""])
            except InputError as error:
                drawn.append(Drawing(given.label, name, missing=error.message))
            else:
                drawn.append(Drawing(given.label, name, svg=_PROLOGUE.sub("", svg).strip()))
    return tuple(drawn)


def write_drawing(answer: Answer, to: Path) -> None:
    """Write all molecules of an answer into one picture, ``.svg`` or ``.png``.

    Raises:
        InputError: The file's ending is another, or there is no molecule that can be drawn.
        BbqaError: The file cannot be written.
    """
    if to.suffix.lower() not in ENDINGS:
        raise InputError(
            f"cannot draw a {to.suffix or 'file without an ending'}; expected .svg or .png",
            hint=f"--drawing {to.with_suffix('.svg')}",
        )
    inputs = [given for given in answer.question.inputs if given.modality is Modality.MOLECULE]
    if not inputs:
        raise InputError(
            "the answer is about no molecule, so there is nothing to draw",
            hint="leave out --drawing",
        )
    molecules = [_molecule(given.value) for given in inputs]
    names = [printable(f"{i.label}  {i.name or i.given}", 48) for i in inputs]
    if to.suffix.lower() == ".svg":
        data = _svg(molecules, names).encode("utf-8")
    else:
        data = _png(molecules, names)
    write_file(to, data)


def write_file(to: Path, data: bytes) -> None:
    """Write a file whole or not at all.

    Raises:
        BbqaError: It cannot be written.
    """
    beside = to.with_name(f"{to.name}.part")
    try:
        beside.write_bytes(data)
        beside.replace(to)
    except OSError as error:
        raise BbqaError(
            f"cannot write {to}: {error.strerror or error}", hint="name a file in another folder"
        ) from error


def _molecule(smiles: str) -> Mol:
    from rdkit import rdBase

    from bbqa.structure import parse

    with rdBase.BlockLogs():
        return parse(smiles)


def _svg(molecules: Sequence[Mol], names: Sequence[str]) -> str:
    from rdkit.Chem.Draw import rdMolDraw2D

    text: str = _drawn(rdMolDraw2D.MolDraw2DSVG, molecules, names, 1).GetDrawingText()
    return text


def _png(molecules: Sequence[Mol], names: Sequence[str]) -> bytes:
    from rdkit.Chem.Draw import rdMolDraw2D

    data: bytes = _drawn(rdMolDraw2D.MolDraw2DCairo, molecules, names, PNG_SCALE).GetDrawingText()
    return data


def _drawn(
    canvas: Any,  # noqa: ANN401
    molecules: Sequence[Mol],
    names: Sequence[str],
    scale: int,
) -> Any:  # noqa: ANN401
    """A finished canvas with the molecules in rows; a white ground, so that any page shows it."""
    width, height = PANEL[0] * scale, PANEL[1] * scale
    across = min(ACROSS, len(molecules))
    rows = -(-len(molecules) // across)
    drawer = canvas(width * across, height * rows, width, height)
    drawer.DrawMolecules(list(molecules), legends=list(names))
    drawer.FinishDrawing()
    return drawer
