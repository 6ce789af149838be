"""The reference set: proteins of other species, one for each cluster of similar sequences.

Half a million annotated sequences say much the same thing many times. They are clustered, and of
each cluster the member stays that is described best.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bbqa.errors import GraphError, MissingExtraError
from bbqa.kg.sources.gaf import EXPERIMENTAL, MANUAL
from bbqa.kg.sources.obo import Ontology

IDENTITY: Final = 0.4
"""Members of a cluster share at least this fraction of residues with its centre."""
COVERAGE: Final = 0.8
"""The aligned stretch covers at least this much of both."""
LENGTHS: Final = range(30, 4001)
"""Residues of what is kept: fragments say little; polyproteins of viruses are still in."""
FEWEST_BITS: Final = 5.0
"""What the most telling term of a protein says at least: "membrane" alone helps nobody."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """An annotated protein of another species; ``terms`` are GO ids with evidence code or ""."""

    accession: str
    sequence: str
    terms: tuple[tuple[str, str], ...]
    taxon: int = 0
    symbol: str = ""
    name: str = ""
    source: str = ""
    release: str = ""

    def with_sequence(self, sequence: str) -> Candidate:
        """The same protein with its sequence."""
        return replace(self, sequence=sequence)


Cluster = Callable[[Mapping[str, str]], list[list[str]]]
"""From sequences by accession to groups of accessions."""


def most_specific(terms: Mapping[str, str], go: Ontology) -> tuple[tuple[str, str], ...]:
    """``terms`` (id to evidence code) without those above another one in the same namespace."""
    implied = {
        above
        for term in terms
        for above in go.ancestors(term)
        if go.terms[above].namespace == go.terms[term].namespace
    }
    return tuple(sorted((term, code) for term, code in terms.items() if term not in implied))


def choose(candidates: Iterable[Candidate], cluster: Cluster) -> list[Candidate]:
    """One candidate of each cluster, the one described best, sorted by accession."""
    by_accession = {candidate.accession: candidate for candidate in candidates}
    groups = cluster({accession: c.sequence for accession, c in sorted(by_accession.items())})
    best = [min((by_accession[member] for member in group), key=_rank) for group in groups]
    return sorted(best, key=lambda candidate: candidate.accession)


def _rank(candidate: Candidate) -> tuple[int, int, bool, str]:
    """Sorts the best described first: by evidence, number of terms, then accession."""
    codes = {code for _, code in candidate.terms}
    if codes & set(EXPERIMENTAL):
        evidence = 0
    elif codes & set(MANUAL):
        evidence = 1
    else:
        evidence = 2
    is_swiss_prot = len(candidate.accession) == 6 and candidate.accession[0] in "OPQ"
    return evidence, -len(candidate.terms), not is_swiss_prot, candidate.accession


def cluster_with_mmseqs(sequences: Mapping[str, str]) -> list[list[str]]:
    """Groups of similar sequences, made by MMseqs2.

    Source: Steinegger and Söding, Nature Communications 9:2542 (2018),
    doi:10.1038/s41467-018-04964-5.

    Raises:
        MissingExtraError: ``mmseqs`` is not on the path.
        GraphError: It failed.
    """
    program = mmseqs()
    with tempfile.TemporaryDirectory() as folder:
        fasta = Path(folder) / "all.fasta"
        with fasta.open("w", encoding="ascii") as out:
            out.writelines(f">{name}\n{residues}\n" for name, residues in sequences.items())
        command = [program, "easy-linclust", fasta.name, "out", "work"]
        command += ["--min-seq-id", str(IDENTITY), "-c", str(COVERAGE), "--threads", "2", "-v", "1"]
        run = subprocess.run(command, cwd=folder, check=False, capture_output=True, text=True)
        if run.returncode != 0:
            last = (run.stderr or run.stdout).strip().splitlines()[-1:]
            raise GraphError(
                f"mmseqs ended with code {run.returncode}: {' '.join(last)}",
                hint="see that the disk has 2 GB to spare, then: bbqa kg build starter",
            )
        with (Path(folder) / "out_cluster.tsv").open(encoding="ascii") as lines:
            return list(_groups(line.rstrip("\n").split("\t") for line in lines))


def mmseqs() -> str:
    """The path of the program ``mmseqs``.

    Raises:
        MissingExtraError: It is not on the path.
    """
    program = shutil.which("mmseqs")
    if program is None:
        raise MissingExtraError(
            "building the starter graph needs the program mmseqs (MMseqs2), which is not on PATH",
            hint="install it: apt install mmseqs2, or conda install -c bioconda mmseqs2, "
            "or brew install mmseqs2",
        )
    return program


def _groups(pairs: Iterable[list[str]]) -> Iterator[list[str]]:
    """Members by centre, from pairs of centre and member."""
    groups: dict[str, list[str]] = {}
    for centre, member in pairs:
        groups.setdefault(centre, []).append(member)
    yield from groups.values()
