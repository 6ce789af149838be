"""What an encoder cannot take is named, by its number and its text; it never becomes zeros.

Numbers count from 0, as rows of the vectors do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from bbqa.errors import InputError

if TYPE_CHECKING:
    from rdkit.Chem import Mol

SHOWN = 3
"""Refused texts that a message shows; the rest are counted."""

_NO_RESIDUE = re.compile("[^A-Z]")


def read_molecules(smiles: Sequence[str]) -> list[Mol]:
    """The molecules that some SMILES write.

    Raises:
        InputError: Some cannot be read; the message says which and why.
    """
    molecules: list[Mol] = []
    refused: dict[int, str] = {}
    for number, written in enumerate(smiles):
        try:
            molecules.append(_read(written))
        except InputError as error:
            refused[number] = error.message
    _refuse(refused, smiles, "molecule")
    return molecules


def unreadable_molecules(smiles: Sequence[str]) -> dict[int, str]:
    """Why some SMILES cannot be encoded, by their numbers; for a caller that leaves them out."""
    refused: dict[int, str] = {}
    for number, written in enumerate(smiles):
        try:
            _read(written)
        except InputError as error:
            refused[number] = error.message
    return refused


def _read(smiles: str) -> Mol:
    from rdkit import rdBase

    from bbqa.structure import parse

    if not smiles.strip():
        raise InputError("it is empty")
    with rdBase.BlockLogs():
        return parse(smiles)


def check_sequences(sequences: Sequence[str]) -> None:
    """Nothing, if all are proteins in capital letters; letters of no residue count as unknown.

    Raises:
        InputError: A sequence is empty or has something else; the message says which and where.
    """
    refused: dict[int, str] = {}
    for number, sequence in enumerate(sequences):
        if not sequence:
            refused[number] = "it is empty"
        elif found := _NO_RESIDUE.search(sequence):
            refused[number] = (
                f"it has {found.group()!r} at position {found.start() + 1}; "
                "expected amino acids in capital letters"
            )
    _refuse(refused, sequences, "sequence")


def _refuse(refused: Mapping[int, str], texts: Sequence[str], what: str) -> None:
    if not refused:
        return
    shown = [
        f"{what} {number} ({_short(texts[number])}): {why}"
        for number, why in list(refused.items())[:SHOWN]
    ]
    rest = f"; and {len(refused) - SHOWN} more" if len(refused) > SHOWN else ""
    raise InputError(
        f"{len(refused)} of {len(texts)} cannot be encoded: {'; '.join(shown)}{rest}",
        hint=f"correct each {what} that is named, or leave it out",
    )


def _short(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
