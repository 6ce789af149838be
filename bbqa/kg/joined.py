"""Joins sequences, structures and descriptions from further files to PrimeKG's nodes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyarrow as pa

from bbqa.errors import InputError
from bbqa.kg.columns import molecule_table, sequence_entry, sequence_table
from bbqa.kg.draft import Draft
from bbqa.kg.given import Molecule, read_molecules, read_sequences
from bbqa.kg.graph import Graph
from bbqa.kg.output import release_of
from bbqa.kg.sources.delimited import read_rows
from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.primekg import PRIMEKG
from bbqa.progress import Progress
from bbqa.schema import NodeType

HUMAN: Final = 9606
_GENE: Final = "NCBIGene:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Joined:
    """Files that are joined to a ``kg.csv``; None where there is none.

    Attributes:
        drug_features: PrimeKG's descriptions of drugs.
        disease_features: PrimeKG's names and definitions of diseases.
        sequences: FASTA or a table: gene symbol, NCBI gene number or UniProt accession.
        smiles: A table: DrugBank id or name.
        skip_invalid: Leave out sequences and structures that cannot be read.
    """

    drug_features: Path | None = None
    disease_features: Path | None = None
    sequences: Path | None = None
    smiles: Path | None = None
    skip_invalid: bool = False

    def paths(self) -> list[Path]:
        """The files that were given."""
        every = (self.drug_features, self.disease_features, self.sequences, self.smiles)
        return [path for path in every if path is not None]


def read_features(joined: Joined) -> tuple[dict[int, list[str]], dict[int, str]]:
    """Further names, and what nodes are in sentences, by PrimeKG's number.

    Raises:
        InputError: A file has a fault; with line and column.
    """
    names: dict[int, list[str]] = defaultdict(list)
    texts: dict[int, str] = {}
    if path := joined.drug_features:
        for row in read_rows(path, ("node_index", "description")):
            _keep(texts, _index(path, row.line, row["node_index"]), row["description"])
    if path := joined.disease_features:
        columns = ("mondo_definition", "umls_description", "orphanet_definition")
        for row in read_rows(path, ("node_index", "mondo_name"), optional=columns):
            index = _index(path, row.line, row["node_index"])
            names[index].append(row["mondo_name"])
            _keep(texts, index, next((row[c] for c in columns if row[c]), ""))
    return names, texts


class Join:
    """Finds the sequence or structure of a node, in the files that were given or a reference.

    Args:
        joined: The files.
        reference: A graph that knows which protein a gene makes. Its own sequences and structures
            are taken where no file with any is given.
        losses: Where what is missing is counted.
        progress: Where to report to.
    """

    def __init__(
        self, joined: Joined, reference: Graph, losses: Losses, progress: Progress
    ) -> None:
        self._joined, self._reference = joined, reference
        self._losses, self._progress = losses, progress
        self._accessions = _accessions(reference)

    def accession(self, node_id: str) -> tuple[str, ...]:
        """The UniProt accession of a gene, if it is known."""
        return (self._accessions[node_id],) if node_id in self._accessions else ()

    def sequences(self, draft: Draft, rows: Mapping[str, int]) -> pa.Table:
        """The table of sequences of all genes that have one."""
        find = self._in_file(self._joined.sequences) if self._joined.sequences else None
        entries = []
        for node_id in rows:
            if draft.type_of(node_id) is not NodeType.PROTEIN:
                continue
            symbol = draft.name_of(node_id)
            accession = self._accessions.get(node_id, "")
            if find is None:
                found = self._in_reference(accession)
            else:
                keys = (accession, node_id.removeprefix(_GENE), node_id, symbol)
                found = next((find[key] for key in keys if key in find), None)
            if found is None:
                self._losses.add(PRIMEKG, "gene without a sequence", f"{symbol} {node_id}")
                continue
            sequence, source, release = found
            entries.append(
                sequence_entry(
                    accession or node_id,
                    rows[node_id],
                    taxon=HUMAN,
                    symbol=symbol,
                    sequence=sequence,
                    source=source,
                    release=release,
                )
            )
        return sequence_table(entries)

    def _in_file(self, path: Path) -> dict[str, tuple[str, str, str]]:
        """Sequence, source and release by every name in a file."""
        given = read_sequences(path, self._losses, skip_invalid=self._joined.skip_invalid)
        release = release_of(path)
        return {key: (sequence, path.name, release) for key, sequence in given.items()}

    def _in_reference(self, accession: str) -> tuple[str, str, str] | None:
        number = self._reference.sequences.index_of(accession)
        if number is None:
            return None
        protein = self._reference.sequences[number]
        return protein.sequence, protein.source, protein.release

    def molecules(self, draft: Draft, rows: Mapping[str, int]) -> pa.Table:
        """The table of structures of all drugs that have one."""
        drugs = [node_id for node_id in rows if draft.type_of(node_id) is NodeType.DRUG]
        given = self._structures([*drugs, *map(draft.name_of, drugs)])
        found: dict[int, Molecule] = {}
        for node_id in drugs:
            name = draft.name_of(node_id)
            if molecule := given.get(node_id) or given.get(name):
                found[rows[node_id]] = molecule
            else:
                self._losses.add(PRIMEKG, "drug without a structure", f"{name} {node_id}")
        return molecule_table(found)

    def _structures(self, wanted: list[str]) -> dict[str, Molecule]:
        """Structures by drug id or name."""
        if self._joined.smiles:
            return read_molecules(
                self._joined.smiles,
                self._losses,
                wanted=wanted,
                skip_invalid=self._joined.skip_invalid,
                progress=self._progress,
            )
        known = self._reference.molecules
        ids = [self._reference.node_id(int(row)) for row in known.node]
        molecules = map(Molecule, known.smiles, known.inchikeys)
        return dict(zip(ids, molecules, strict=True))


def _accessions(reference: Graph) -> dict[str, str]:
    """UniProt accession by NCBI gene id, as a graph of proteins has them."""
    return {
        xref: reference.node_id(row)
        for row in reversed(reference.rows_of(NodeType.PROTEIN).tolist())
        for xref in reference.xrefs_of(row)
        if xref.startswith(_GENE)
    }


def _index(path: Path, line: int, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise InputError(
            f"{path}, line {line}, column 'node_index': got {text!r}; expected a whole number",
            hint="expected PrimeKG's own file; fetch it again",
        ) from None


def _keep(texts: dict[int, str], index: int, text: str) -> None:
    if text and text.lower() != "nan":
        texts.setdefault(index, text)
