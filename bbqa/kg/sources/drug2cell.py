"""Drug targets (from ChEMBL) and pathway members (Reactome, WikiPathways) as gene symbols.

The package keeps both as pickles of dictionaries and lists; nothing else is admitted in them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from bbqa.kg.sources.losses import Losses

SOURCE: Final = "ChEMBL via drug2cell"
PATHWAYS: Final = "drug2cell pathways"
_PATHWAY: Final = re.compile(r"(?P<id>R-HSA-\d+|WP\d+): (?P<name>.+)")


@dataclass(frozen=True, slots=True)
class DrugTargets:
    """A drug by ChEMBL id ("CHEMBL:CHEMBL25") and name in capitals, and its targets' symbols."""

    chembl: str
    name: str
    symbols: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pathway:
    """A pathway of Reactome ("R-HSA-…") or WikiPathways ("WP…"), and its members' symbols."""

    id: str
    name: str
    symbols: tuple[str, ...]

    @property
    def source(self) -> str:
        """Who drew the pathway."""
        return "Reactome" if self.id.startswith("R-HSA-") else "WikiPathways"


def read_targets(groups: Mapping[str, Mapping[str, list[str]]]) -> Iterator[DrugTargets]:
    """Drugs with targets, once each, sorted, from ``{ATC group: {"CHEMBL25|NAME": symbols}}``."""
    merged: dict[str, set[str]] = {}
    for drugs in groups.values():
        for drug, symbols in drugs.items():
            merged.setdefault(drug, set()).update(symbols)
    for drug, found in sorted(merged.items()):
        chembl, _, name = drug.partition("|")
        yield DrugTargets(f"CHEMBL:{chembl}", name, tuple(sorted(found)))


def read_pathways(members: Mapping[str, list[str]], losses: Losses) -> Iterator[Pathway]:
    """Pathways sorted by id, from ``{"R-HSA-…: name": symbols}``; only those with open licences."""
    for title, symbols in sorted(members.items()):
        if found := _PATHWAY.fullmatch(title):
            yield Pathway(found["id"], found["name"], tuple(sorted(set(symbols))))
        else:
            losses.add(PATHWAYS, "neither Reactome nor WikiPathways", title.partition(":")[0])
