"""How alike two proteins or two molecules are, calculated from themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from bbqa.retrieve import alignment, similarity
from bbqa.retrieve.identity import SKELETON
from bbqa.retrieve.visible import same_proteins
from bbqa.schema import (
    Evidence,
    Input,
    InputRelation,
    Kind,
    Modality,
    NodeType,
    Status,
    Triple,
    Value,
)

if TYPE_CHECKING:
    from rdkit.Chem import Mol

    from bbqa.resources import Resources
    from bbqa.retrieve.alignment import Homologue

SIGNIFICANT: Final = 1e-3
"""Highest E-value of an alignment that says that two proteins are related."""


def proteins_alike(first: Input, second: Input, resources: Resources) -> Iterator[Evidence]:
    """What the alignment of two sequences says, as evidence.

    Args:
        first: A protein with its sequence.
        second: Another.
        resources: For the reference, whose size E-values are told for.
    """
    found = _aligned(first, second, resources)
    names = f"{first.label} and {second.label}"
    if found.evalue > SIGNIFICANT:
        said = f"{names} have no significant similarity of sequence (best E {found.evalue:.1g})"
        values: tuple[Value, ...] = ()
    else:
        said = (
            f"{names} are {alignment.percent(found.identity)} % identical over "
            f"{alignment.percent(found.query_coverage)} % of {first.label} and "
            f"{alignment.percent(found.target_coverage)} % of {second.label} (E {found.evalue:.1g})"
        )
        values = (
            Value("identity", float(alignment.percent(found.identity)), "%"),
            Value("coverage", float(alignment.percent(found.query_coverage)), "%"),
            Value("coverage", float(alignment.percent(found.target_coverage)), "%"),
        )
    yield _computed(
        (first, second),
        said,
        kind=Kind.ALIGNMENT,
        source=alignment.METHOD,
        because=f"best local alignment, {found.bits:.0f} bits",
        score=found.near,
        states=replace(
            _states(first, second, InputRelation.RESEMBLES), negated=not values, values=values
        ),
    )


def _aligned(first: Input, second: Input, resources: Resources) -> Homologue:
    """The best local alignment of two sequences, with the E-value it has in the reference."""
    import numpy as np

    from bbqa.retrieve.alignment import Homologue
    from bbqa.retrieve.blosum import PROPER, encode
    from bbqa.retrieve.pairwise import align, find_ends
    from bbqa.retrieve.significance import bit_score, composition_factor, expected

    sequences = resources.graph.sequences
    if known := same_proteins(second, resources):
        return resources.alignment.align(first.value, known[0].number).homologue
    query, target = first.value.encode("ascii"), second.value.encode("ascii")
    ends = find_ends(query, [target])
    (local,) = align(query, ends)
    stretches = (
        query[local.query_start : local.query_end],
        target[local.target_start : local.target_end],
    )
    counts = [np.bincount(encode(s), minlength=PROPER)[None, :PROPER] for s in stretches]
    bits = bit_score(local.score, float(composition_factor(counts[0], counts[1])[0]))
    return Homologue(
        row=-1,
        accession="",
        identity=local.identity,
        query_coverage=len(stretches[0]) / len(query),
        target_coverage=len(stretches[1]) / len(target),
        score=local.score,
        bits=bits,
        evalue=expected(bits, len(query), int(sequences.offsets[-1])),
        query_start=local.query_start,
        query_end=local.query_end,
        target_start=local.target_start,
        target_end=local.target_end,
    )


def molecules_alike(first: Input, second: Input) -> Iterator[Evidence]:
    """Whether two structures are the same, how similar they are, and whether by their scaffold.

    Source: Bemis and Murcko, "The properties of known drugs. 1. Molecular frameworks", J. Med.
    Chem. 39:2887 (1996), doi:10.1021/jm9602928.
    """
    both = (first, second)
    names = f"{first.label} and {second.label}"
    if first.digest == second.digest:
        said = f"{names} are the same compound"
        yield _computed(
            both,
            said,
            kind=Kind.IDENTITY,
            source="InChIKey",
            because=first.digest,
            score=1.0,
            states=_states(first, second, InputRelation.IS),
        )
        return
    if first.digest[:SKELETON] == second.digest[:SKELETON]:
        yield _computed(
            both,
            f"{names} have the same skeleton and differ in stereochemistry, charge or isotopes",
            kind=Kind.IDENTITY,
            source="InChIKey",
            because=f"both keys begin with {first.digest[:SKELETON]}",
            score=1.0,
            states=_states(first, second, InputRelation.STEREOISOMER),
        )
    yield from _similar(both)


def _similar(both: tuple[Input, Input]) -> Iterator[Evidence]:
    """The Tanimoto similarity of two molecules, and whether they have the same scaffold."""
    from rdkit import Chem, DataStructs
    from rdkit.Chem import rdFingerprintGenerator

    names = " and ".join(given.label for given in both)
    molecules = [Chem.MolFromSmiles(given.value) for given in both]
    generator = rdFingerprintGenerator.GetMorganGenerator(
        radius=similarity.RADIUS, fpSize=similarity.BITS
    )
    bits = [generator.GetFingerprint(molecule) for molecule in molecules]
    tanimoto = float(DataStructs.TanimotoSimilarity(*bits))
    yield _computed(
        both,
        f"{names} have a Tanimoto similarity of {tanimoto:.2f}",
        kind=Kind.SIMILARITY,
        source=similarity.METHOD,
        because=f"1 is the same; from {similarity.MIN_SIMILARITY} on, drugs share a target in half "
        "of cases",
        score=tanimoto,
        states=Value("Tanimoto", round(tanimoto, 2)),
    )
    first, second = (_scaffold(molecule) for molecule in molecules)
    if first and second:
        yield _computed(
            both,
            f"{names} have {'the same scaffold' if first == second else 'different scaffolds'}",
            kind=Kind.SIMILARITY,
            source="Bemis-Murcko scaffold, RDKit",
            because=" against ".join(dict.fromkeys((first, second))),
            score=float(first == second),
            states=Value("scaffolds in common", float(first == second)),
        )


def _scaffold(molecule: Mol) -> str:
    """SMILES of a molecule's rings and the chains between them; empty if it has no ring."""
    from rdkit.Chem.Scaffolds import MurckoScaffold

    return str(MurckoScaffold.MurckoScaffoldSmiles(mol=molecule))  # type: ignore[no-untyped-call]


def _computed(
    both: tuple[Input, Input],
    statement: str,
    *,
    kind: Kind,
    source: str,
    because: str,
    score: float,
    states: Triple | Value,
) -> Evidence:
    is_protein = both[0].modality is Modality.PROTEIN
    return Evidence(
        number=0,
        statement=statement,
        kind=kind,
        status=Status.COMPUTED,
        source=source,
        release="",
        nodes=(),
        type=NodeType.PROTEIN if is_protein else NodeType.DRUG,
        score=score,
        because=because,
        about=both[0].label,
        triple=states if isinstance(states, Triple) else None,
        value=states if isinstance(states, Value) else None,
    )


def _states(first: Input, second: Input, relation: InputRelation) -> Triple:
    return Triple(
        first.label, relation, second.label, head_name=first.label, tail_name=second.label
    )
