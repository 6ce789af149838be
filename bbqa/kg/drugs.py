"""Drugs: their targets, roles and classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bbqa.kg.draft import Source
from bbqa.kg.proteins import Site
from bbqa.kg.sources import atc, drug2cell
from bbqa.kg.sources.chebi import ROLE_ROOT, Chebi
from bbqa.kg.sources.drugbank import Drug
from bbqa.kg.sources.drugbank import Mapping as DrugMapping
from bbqa.schema import Node, NodeType, Relation


class Drugs:
    """Adds drugs, under their DrugBank id where there is one.

    Args:
        site: What to add them to.
        drugs: Those with structures, which are added at once.
        mappings: Other ids and names by DrugBank id.
        chembl_names: Names by ChEMBL id.
    """

    def __init__(
        self,
        site: Site,
        drugs: Iterable[Drug],
        mappings: Mapping[str, DrugMapping],
        chembl_names: Mapping[str, str],
    ) -> None:
        self._draft = site.draft
        self._losses = site.losses
        self._mappings = mappings
        self._chembl_names = chembl_names
        self._by_chembl: dict[str, str] = {}
        self._by_name: dict[str, str] = {}
        self._chebi: dict[str, list[str]] = {}
        for drug in drugs:
            self._add(drug.ids[0], drug.name, drug.ids)
        for drugbank, mapping in mappings.items():
            for chembl in mapping.chembl:
                self._by_chembl.setdefault(chembl, drugbank)

    def find(self, drug: drug2cell.DrugTargets) -> str:
        """The node id of a drug known by ChEMBL id and name; added if it is new."""
        found = self._by_chembl.get(drug.chembl) or self._by_name.get(drug.name.lower())
        if found is None:
            self._losses.add(
                drug2cell.SOURCE, "drug without DrugBank id, kept under its ChEMBL id", drug.chembl
            )
            self._draft.add_node(Node(drug.chembl, NodeType.DRUG, drug.name.lower()))
            return drug.chembl
        if found not in self._draft:
            names = self._mappings[found].names
            self._add(found, names[0] if names else drug.name.lower(), (found,))
        return found

    def chebi_ids(self) -> Iterable[tuple[str, list[str]]]:
        """Each drug's node id with its ChEBI ids."""
        return self._chebi.items()

    def _add(self, node_id: str, name: str, ids: tuple[str, ...]) -> None:
        known = [self._mappings[i] for i in ids if i in self._mappings]
        chembl = [chembl for mapping in known for chembl in mapping.chembl]
        names = [name for mapping in known for name in mapping.names]
        names += [self._chembl_names[i] for i in chembl if i in self._chembl_names]
        names = [other for other in names if other.lower() != name.lower()]
        self._chebi[node_id] = [chebi for mapping in known for chebi in mapping.chebi]
        node = Node(node_id, NodeType.DRUG, name, tuple(names))
        self._draft.add_node(node, [*ids, *chembl, *self._chebi[node_id]])
        for chembl_id in chembl:
            self._by_chembl.setdefault(chembl_id, node_id)
        for known_name in (name, *names):
            self._by_name.setdefault(known_name.lower(), node_id)


def add_targets(
    site: Site, targets: Iterable[drug2cell.DrugTargets], drugs: Drugs, release: str
) -> None:
    """Add which proteins drugs have recorded activity on."""
    source = Source(drug2cell.SOURCE, release)
    for row in targets:
        drug = drugs.find(row)
        for symbol in row.symbols:
            proteins = site.genes.by_symbol(symbol)
            if not proteins:
                site.losses.add(source.name, "symbol without an annotated protein", symbol)
            for protein in proteins:
                site.draft.add_edge(drug, Relation.DRUG_PROTEIN, protein, source)


def add_roles(site: Site, drugs: Drugs, chebi: Chebi, release: str) -> None:
    """Add the roles of drugs, and all roles above them with is_a."""
    source = Source("ChEBI", release)
    used: set[str] = set()
    for drug, chebi_ids in drugs.chebi_ids():
        for chebi_id in chebi_ids:
            current = chebi.current(chebi_id)
            if current is None:
                site.losses.add("ChEBI", "id is unknown", chebi_id)
                continue
            for role in chebi.roles(current):
                used.add(role)
                site.draft.add_edge(drug, Relation.DRUG_ROLE, role, source)
    for role in used.union(*(chebi.role_ancestors(role) for role in used)):
        site.draft.add_node(Node(role, NodeType.ROLE, chebi.name(role)))
        for parent in chebi.parents(role) if role != ROLE_ROOT else ():
            site.draft.add_edge(role, Relation.ROLE_ROLE, parent, source)


def add_classes(site: Site, drugs: Iterable[Drug], names: Mapping[str, str], release: str) -> None:
    """Add ATC classes and the drugs in them; a class without a name is passed over upwards."""
    source = Source(atc.SOURCE, release)
    for code, name in names.items():
        site.draft.add_node(Node(f"ATC:{code}", NodeType.DRUG_CLASS, atc.readable(name)), [code])
        above = _named(atc.parent(code), names)
        if above:
            site.draft.add_edge(f"ATC:{code}", Relation.CLASS_CLASS, f"ATC:{above}", source)
    for drug in drugs:
        for code in drug.atc:
            own = _named(code, names)
            if own:
                site.draft.add_edge(drug.ids[0], Relation.DRUG_CLASS, f"ATC:{own}", source)


def _named(code: str | None, names: Mapping[str, str]) -> str | None:
    """``code``, or the nearest class above it that has a name."""
    while code is not None and code not in names:
        code = atc.parent(code)
    return code
