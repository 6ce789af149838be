"""Proteins of other species with their GO terms: what the reference set is chosen from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bbqa.kg.assets import Assets
from bbqa.kg.proteins import Site, usable_term
from bbqa.kg.reference import FEWEST_BITS, LENGTHS, Candidate, most_specific
from bbqa.kg.sources import gaf
from bbqa.kg.sources.gaf import Annotation
from bbqa.kg.sources.losses import Losses
from bbqa.kg.sources.obo import Ontology

SPECIES: Final = ("mouse", "rat", "zebrafish", "fly", "worm", "arabidopsis")
"""Those whose annotation comes with evidence codes, symbols and names."""

METASTUDENT: Final = "UniProt-GOA via metastudent"
METASTUDENT_RELEASE: Final = "2014-01"


def candidates(
    files: Assets, site: Site, go: Ontology, information: Mapping[str, float]
) -> list[Candidate]:
    """Proteins of other species with a sequence unlike every human one and a term that tells.

    Args:
        files: The assets.
        site: Human proteins, and where losses are counted.
        go: GO.
        information: Bits by GO id.
    """
    human = site.genes.proteins
    known = _with_evidence(files, go, site.losses)
    human_sequences = {s for a, (s, _) in files.proteins.items() if a in human}
    found: list[Candidate] = []
    for accession, (sequence, terms) in files.proteins.items():
        if accession in human:
            continue
        candidate = known.get(accession) or _without_evidence(accession, terms, go, site.losses)
        bits = max((information[term] for term, _ in candidate.terms), default=0.0)
        if sequence in human_sequences:
            site.losses.add(METASTUDENT, "sequence is identical to a human one", accession)
        elif len(sequence) not in LENGTHS:
            limits = f"shorter than {LENGTHS.start} or longer than {LENGTHS.stop - 1} residues"
            site.losses.add(METASTUDENT, limits, accession)
        elif bits < FEWEST_BITS:
            reason = f"no current GO term that says at least {FEWEST_BITS:.0f} bits"
            site.losses.add(METASTUDENT, reason, accession)
        else:
            found.append(candidate.with_sequence(sequence))
    return found


def _without_evidence(accession: str, terms: set[str], go: Ontology, losses: Losses) -> Candidate:
    """A protein of which only the terms are known."""
    current = dict.fromkeys(_current(terms, go, losses), "")
    return Candidate(
        accession, "", most_specific(current, go), source=METASTUDENT, release=METASTUDENT_RELEASE
    )


def _with_evidence(files: Assets, go: Ontology, losses: Losses) -> dict[str, Candidate]:
    """Proteins with evidence codes, by accession, still without sequence."""
    known: dict[str, Candidate] = {}
    for species in SPECIES:
        rows, release = files.annotations(species)
        source = f"GOA {species}"
        terms: dict[str, dict[str, str]] = {}
        first: dict[str, Annotation] = {}
        for row in rows:
            term = usable_term(row, go, source, losses)
            if term is not None and row.accession in files.proteins:
                first.setdefault(row.accession, row)
                codes = terms.setdefault(row.accession, {})
                codes[term] = min(codes.get(term, row.evidence), row.evidence, key=gaf.strength)
        for accession, row in first.items():
            specific = most_specific(terms[accession], go)
            known[accession] = Candidate(
                accession, "", specific, row.taxon, row.symbol, row.name, source, release
            )
    return known


def _current(terms: set[str], go: Ontology, losses: Losses) -> set[str]:
    current: set[str] = set()
    for term in sorted(terms):
        found = go.current(term)
        if found is None:
            losses.add(METASTUDENT, "term is obsolete or unknown", term)
        else:
            current.add(found)
    return current
