"""Arrays and entries -> the columns of a graph's tables, shared by what builds from files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bbqa.kg.given import Molecule
from bbqa.kg.information import information_content
from bbqa.kg.sources.obo import Ontology, Term
from bbqa.kg.tables import EDGES, MOLECULES, SEQUENCES

Ints = npt.NDArray[np.integer[Any]]


def edge_table(
    head: Ints,
    tail: Ints,
    *,
    relation: tuple[Ints, Sequence[str]],
    evidence: tuple[Ints, Sequence[str]],
    source: str,
    release: str,
) -> pa.Table:
    """The table of edges of one source.

    Args:
        head: Row of each edge's head, [E].
        tail: Row of each edge's tail, [E].
        relation: Each edge's code, [E], and the words that the codes stand for.
        evidence: The same for what it is known by.
        source: Who says so.
        release: As of when.
    """
    none = np.zeros(len(head), np.int16)
    columns = {
        "head": pa.array(head, pa.int32()),
        "tail": pa.array(tail, pa.int32()),
        "relation": _words(*relation),
        "source": _words(none, [source]),
        "release": _words(none, [release]),
        "evidence": _words(*evidence),
    }
    return pa.table(columns).cast(EDGES)


def _words(codes: Ints, words: Sequence[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(codes, pa.int16()), pa.array(list(words), pa.string())
    )


def sequence_entry(
    accession: str, node: int, *, taxon: int, symbol: str, sequence: str, source: str, release: str
) -> dict[str, Any]:
    """A protein of the graph itself: its terms are edges."""
    return {
        "accession": accession,
        "node": node,
        "taxon": taxon,
        "symbol": symbol,
        "name": "",
        "sequence": sequence,
        "terms": [],
        "evidence": [],
        "source": source,
        "release": release,
    }


def sequence_table(entries: Iterable[Mapping[str, Any]]) -> pa.Table:
    """The table of sequences, sorted by accession."""
    ordered = sorted(entries, key=lambda entry: str(entry["accession"]))
    columns = {name: [entry[name] for entry in ordered] for name in SEQUENCES.names}
    return _table(columns, SEQUENCES)


def molecule_table(molecules: Mapping[int, Molecule]) -> pa.Table:
    """The table of structures, sorted by node."""
    rows = sorted(molecules)
    columns: dict[str, list[Any]] = {
        "node": rows,
        "smiles": [molecules[row].smiles for row in rows],
        "inchikey": [molecules[row].inchikey for row in rows],
    }
    return _table(columns, MOLECULES)


def _table(columns: Mapping[str, list[Any]], schema: pa.Schema) -> pa.Table:
    """A table of lists; each with its type, which an empty list does not tell."""
    plain = {
        field.name: field.type.value_type if pa.types.is_dictionary(field.type) else field.type
        for field in schema
    }
    arrays = {name: pa.array(values, plain[name]) for name, values in columns.items()}
    return pa.table(arrays).cast(schema)


def bits_of_terms(
    namespaces: Mapping[str, str],
    parents: Iterable[tuple[str, str]],
    terms_of: Mapping[str, Iterable[str]],
) -> dict[str, float]:
    """How much each GO term says in this graph, in bits by id.

    Args:
        namespaces: Type of each GO term, by id.
        parents: (child, parent) ids, by is_a and part_of.
        terms_of: Annotated GO ids by protein.
    """
    terms = {term: Term(term, namespace=namespace) for term, namespace in namespaces.items()}
    for child, parent in parents:
        terms[child].is_a.append(parent)
    return information_content(terms_of, Ontology("", terms))
