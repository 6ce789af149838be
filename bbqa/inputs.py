"""What a person gives -> validated inputs: sequences, files, structures, accessions, names.

Text is tried as what its option says first (``--seq`` a file, a name, residues; ``--smiles`` a
file, a structure, a name). What fits nowhere is refused with the reason of the likeliest reading.
"""

from __future__ import annotations

import hashlib
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final, TextIO

from bbqa.errors import InputError
from bbqa.fasta import Record, printable, read_records, read_text
from bbqa.kg.graph import Graph
from bbqa.kg.names import NameIndex
from bbqa.residues import looks_like_protein, read_residues
from bbqa.schema import Input, Modality, NodeType

MAX_INPUTS: Final = 64
"""Inputs of one question; a FASTA file given as ``fasta`` may hold any number."""

MAX_GIVEN: Final = 80
"""Characters kept of what a person typed, and of what is looked up as a name."""

MIN_TYPED: Final = 8
"""Fewer residues than this, typed without a FASTA header, are a misspelt name."""

MAX_WORD: Final = 30
"""Letters that a drug's name may have without being taken for a protein sequence."""

_PATH: Final = re.compile(
    r"(?:/|\.{1,2}/|~/).*|.*\.(?:fa|fas|fasta|faa|fna|ffn|pep|seq|txt|gz|smi|smiles|inchi|mol|sdf)",
    re.IGNORECASE,
)
_ATOM_LETTERS: Final = frozenset("BCFHINOPSbclnoprs")
_INCHIKEY: Final = re.compile(r"[A-Z]{14}-[A-Z]{10}-[A-Z]")
_ACCESSION: Final = re.compile(
    r"(?:UniProt(?:KB)?:)?([OPQ]\d[A-Z\d]{3}\d|[A-NR-Z]\d(?:[A-Z][A-Z\d]{2}\d){1,2})", re.IGNORECASE
)
"""Source: UniProt's help page "Accession numbers"."""

Names = Callable[[], NameIndex]
"""Opens the graph's names; called only where text has to be looked up."""


def read_inputs(
    sequences: Sequence[str],
    molecules: Sequence[str],
    *,
    fasta: Path | None = None,
    stdin: TextIO | None = None,
    translate: bool = False,
    names: Names | None = None,
) -> tuple[Input, ...]:
    """Validated inputs, labelled ``protein_1``, ``protein_2`` …, ``molecule_1`` ….

    Args:
        sequences: Each residues, FASTA text, a file, ``-`` for standard input, a UniProt
            accession or a gene's name.
        molecules: Each a SMILES, an InChI, an InChIKey, a file of SMILES, ``-``, a drug's name
            or its DrugBank or ChEMBL id.
        fasta: A file with any number of proteins.
        stdin: What ``-`` reads; ``sys.stdin`` by default.
        translate: Whether to translate nucleotides instead of refusing them.
        names: Opens the names of the graph; without it nothing can be given by name.

    Raises:
        InputError: Something cannot be used, or there are more than ``MAX_INPUTS``.
    """
    stdin = stdin or sys.stdin
    proteins = [
        protein
        for given in sequences
        for protein in read_proteins(given, stdin=stdin, translate=translate, names=names)
    ]
    compounds = [
        compound
        for given in molecules
        for compound in read_molecules(given, stdin=stdin, names=names)
    ]
    if len(proteins) + len(compounds) > MAX_INPUTS:
        raise InputError(
            f"{len(proteins) + len(compounds):,} inputs were given; at most {MAX_INPUTS} are "
            "accepted for one question",
            hint="bbqa retrieve --fasta FILE takes any number, one after the other",
        )
    if fasta is not None:
        records = read_records(read_text(fasta), str(fasta))
        proteins += [_protein(record, str(fasta), translate=translate) for record in records]
    return (*_labelled("protein", proteins), *_labelled("molecule", compounds))


def read_proteins(
    given: str, *, stdin: TextIO, translate: bool = False, names: Names | None = None
) -> list[Input]:
    """The proteins, not labelled yet, that one ``--seq`` stands for.

    Raises:
        InputError: It is no sequence, no readable file and no protein's name, or bad residues.
    """
    text = given.strip()
    if not text:
        raise InputError("--seq is empty", hint="give residues, a FASTA file or an accession")
    if text == "-":
        records = read_records(_read_stream(stdin), "standard input")
    elif path := _file(text):
        records = read_records(read_text(path), str(path))
    elif "\n" in text or text.startswith(">"):
        records = read_records(text)
    else:
        return [_typed_protein(text, translate=translate, names=names)]
    return [_protein(record, text, translate=translate) for record in records]


def read_molecules(given: str, *, stdin: TextIO, names: Names | None = None) -> list[Input]:
    """The molecules, not labelled yet, that one ``--smiles`` stands for.

    Raises:
        InputError: It is no structure, no readable file and no drug's name.
    """
    text = given.strip()
    if not text:
        raise InputError("--smiles is empty", hint="give a SMILES, an InChI or a drug's name")
    if text == "-":
        return list(_molecules_in(_read_stream(stdin), "standard input"))
    if path := _file(text):
        if path.suffix.lower() in {".mol", ".sdf"}:
            raise InputError(f"{path} is an MDL file; expected a SMILES in each line")
        return list(_molecules_in(read_text(path), str(path)))
    if "\n" in text or text.startswith(">"):
        return list(_molecules_in(text, "--smiles"))
    return [_typed_molecule(text, names=names)]


# proteins


def _typed_protein(text: str, *, translate: bool, names: Names | None) -> Input:
    """A name if it is one of the graph's; residues otherwise.

    In this order because many symbols (EGFR, KRAS) are written in amino-acid letters.
    """
    if names and len(text) <= MAX_GIVEN and (named := _named_protein(text, names())):
        return named
    try:
        protein = _protein(Record("", text), text, translate=translate)
    except InputError:
        if _is_structure(text):
            raise _is_smiles(text) from None
        if looks_like_protein(text):
            raise
        raise _unknown(text, NodeType.PROTEIN, names) from None
    if len(protein.value) < MIN_TYPED and _is_structure(text):
        raise _is_smiles(text)
    if len(protein.value) < MIN_TYPED or not looks_like_protein(text):
        raise _unknown(text, NodeType.PROTEIN, names)
    return protein


def _protein(record: Record, given: str, *, translate: bool) -> Input:
    try:
        residues = read_residues(record, translate=translate)
    except InputError:
        first_line = record.body.strip().partition("\n")[0]
        if record.where and not record.name and _is_structure(first_line):
            raise _is_smiles(record.where) from None
        raise
    return _protein_input(residues.sequence, given, name=record.name, notes=residues.notes)


def _named_protein(text: str, names: NameIndex) -> Input | None:
    graph = names.graph
    if rows := names.exact(text, types={NodeType.PROTEIN}):
        row = _only(rows, text, NodeType.PROTEIN, graph)
        number = graph.sequences.index_of_node(row)
        if number is None:
            return _entity(row, text, graph)
        node = graph.node(row)
        name = f"{node.name} ({node.id})"
        return _protein_input(graph.sequences.sequence(number), text, name=name)
    if accession := _ACCESSION.fullmatch(text):
        other = graph.sequences.index_of(accession.group(1).upper())
        if other is not None:
            sequence = graph.sequences.sequence(other)
            return _protein_input(sequence, text, name=graph.sequences.accession(other))
    _check_not_another(text, NodeType.PROTEIN, names)
    return None


def _protein_input(
    sequence: str, given: str, *, name: str = "", notes: tuple[str, ...] = ()
) -> Input:
    return Input(
        label="",
        modality=Modality.PROTEIN,
        value=sequence,
        given=printable(given, MAX_GIVEN),
        name=name,
        digest=hashlib.sha256(sequence.encode("ascii")).hexdigest(),
        notes=notes,
    )


# molecules


def _typed_molecule(text: str, *, names: Names | None) -> Input:
    """A structure if it can be read as one; a name otherwise."""
    try:
        return _molecule(text, text)
    except InputError:
        if names and len(text) <= MAX_GIVEN and (named := _named_molecule(text, names())):
            return named
        if _is_written_like_protein(text):
            raise InputError(
                f"{_quoted(text)} is a protein sequence; expected a molecule",
                hint="give it with --seq",
            ) from None
        if _is_written_like_name(text):
            raise _unknown(text, NodeType.DRUG, names) from None
        raise


def _is_written_like_protein(text: str) -> bool:
    """Whether text is one long word of letters, not all of which are symbols of atoms."""
    long = len(text) > MAX_WORD or (len(text) >= MIN_TYPED and text.isupper())
    return long and text.isalpha() and not set(text) <= _ATOM_LETTERS


def _is_written_like_name(text: str) -> bool:
    """Whether text that is no SMILES was meant as a name or an id."""
    foreign = [c for c in text if c.isalpha() and c not in _ATOM_LETTERS]
    return not set(text) & set("()=#[]@/\\") and (len(foreign) >= 2 or text.startswith("DB"))


def _molecules_in(text: str, where: str) -> Iterator[Input]:
    """The molecules of a file with a SMILES or InChI, and perhaps a name, in each line."""
    if text.lstrip().startswith(">"):
        raise InputError(f"{where} is FASTA; expected SMILES", hint="give it with --seq")
    lines = [(n, line.strip()) for n, line in enumerate(text.split("\n"), start=1)]
    filled = [(n, line) for n, line in lines if line and not line.startswith("#")]
    if not filled:
        raise InputError(f"{where} is empty; expected a SMILES in each line")
    for number, line in filled:
        try:
            yield _molecule(line, where)
        except InputError as error:
            raise InputError(f"{where}, line {number}: {error.message}", hint=error.hint) from None


def _molecule(written: str, given: str) -> Input:
    from bbqa.structure import read_structure

    structure = read_structure(written)
    return Input(
        label="",
        modality=Modality.MOLECULE,
        value=structure.smiles,
        given=printable(given, MAX_GIVEN),
        name=printable(structure.name, MAX_GIVEN),
        digest=structure.inchikey,
        notes=structure.notes,
    )


def _named_molecule(text: str, names: NameIndex) -> Input | None:
    graph = names.graph
    if _INCHIKEY.fullmatch(text):
        rows = [int(graph.molecules.node[number]) for number in graph.molecules.find(text)]
    else:
        rows = names.exact(text, types={NodeType.DRUG})
    if not rows:
        _check_not_another(text, NodeType.DRUG, names)
        return None
    row = rows[0] if _INCHIKEY.fullmatch(text) else _only(rows, text, NodeType.DRUG, graph)
    number = graph.molecules.index_of_node(row)
    if number is None:
        return _entity(row, text, graph)
    node = graph.node(row)
    return replace(_molecule(graph.molecules.smiles[number], text), name=f"{node.name} ({node.id})")


# what both need


def _labelled(kind: str, inputs: Sequence[Input]) -> Iterator[Input]:
    return (replace(item, label=f"{kind}_{n}") for n, item in enumerate(inputs, start=1))


def _entity(row: int, given: str, graph: Graph) -> Input:
    """A node without sequence or structure."""
    node = graph.node(row)
    return Input("", Modality.ENTITY, node.id, given, node.name, node.id)


def _file(text: str) -> Path | None:
    """The path that text is meant as: a file that is there, or what only a path can look like."""
    try:
        path = Path(text).expanduser()
        there = path.is_file()
    except (OSError, ValueError, RuntimeError):
        return None
    return path if there or _PATH.fullmatch(text) else None


def _read_stream(stream: TextIO) -> str:
    try:
        text = stream.read()
    except UnicodeDecodeError as error:
        raise InputError("standard input is not UTF-8 text") from error
    if "\0" in text:
        raise InputError("standard input is binary; expected text")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _only(rows: Sequence[int], text: str, type: NodeType, graph: Graph) -> int:
    if len(rows) > 1:
        nodes = [graph.node(row) for row in rows[:3]]
        listed = ", ".join(f"{node.name} ({node.id})" for node in nodes)
        raise InputError(
            f"{_quoted(text)} names {len(rows)} nodes of type {type}: {listed}"
            f"{' …' if len(rows) > 3 else ''}",
            hint=f"give one id, such as {nodes[0].id}",
        )
    return rows[0]


def _check_not_another(text: str, wanted: NodeType, names: NameIndex) -> None:
    """Refuse the exact name of a node of a type that this option does not take."""
    rows = names.exact(text)
    if not rows:
        return
    node = names.graph.node(rows[0])
    option = {NodeType.PROTEIN: "--seq", NodeType.DRUG: "--smiles"}.get(node.type)
    raise InputError(
        f"{_quoted(text)} is a {node.type} ({node.id}); expected a {wanted}",
        hint=f"give it with {option}" if option else "name it in the question instead",
    )


def _unknown(text: str, type: NodeType, names: Names | None) -> InputError:
    readings = {
        NodeType.PROTEIN: "no amino-acid sequence, no file and no known protein",
        NodeType.DRUG: "no SMILES, no file and no known drug",
    }
    near = names().nearest(text, types={type}) if names else []
    nearest = f"; the nearest names are {', '.join(near)}" if near else ""
    hint = {
        NodeType.PROTEIN: "give residues, a FASTA file or a UniProt accession",
        NodeType.DRUG: "give a SMILES, an InChI or a DrugBank id",
    }
    return InputError(f"{_quoted(text)} is {readings[type]}{nearest}", hint=hint[type])


def _is_structure(text: str) -> bool:
    from bbqa.structure import is_structure

    return is_structure(text)


def _is_smiles(what: str) -> InputError:
    return InputError(
        f"{_quoted(what)} is a molecule's structure; expected a protein",
        hint="give it with --smiles",
    )


def _quoted(text: str) -> str:
    return f"'{printable(text, MAX_GIVEN)}'"
