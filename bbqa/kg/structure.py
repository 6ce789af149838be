"""The InChIKey under which a drug is found, whatever salt or charge it was drawn with."""

from __future__ import annotations

from rdkit import Chem, rdBase
from rdkit.Chem.MolStandardize import rdMolStandardize


def parent_inchikey(smiles: str) -> str | None:
    """InChIKey of the largest fragment, uncharged; None if the SMILES cannot be read."""
    with rdBase.BlockLogs():
        molecule = Chem.MolFromSmiles(smiles)
        if molecule is None:
            return None
        parent = rdMolStandardize.LargestFragmentChooser().choose(molecule)
        return Chem.MolToInchiKey(rdMolStandardize.Uncharger().uncharge(parent)) or None
