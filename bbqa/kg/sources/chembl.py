"""Names of drugs in ChEMBL, where common names stand that other lists lack ("aspirin")."""

from __future__ import annotations

import csv
from collections.abc import Iterable


def read_names(lines: Iterable[str]) -> dict[str, str]:
    """Preferred names in small letters by id ("CHEMBL:CHEMBL25"), from a comma-separated table."""
    return {
        f"CHEMBL:{row['chembl_id']}": row["pref_name"].lower()
        for row in csv.DictReader(lines)
        if row["pref_name"]
    }
