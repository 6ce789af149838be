"""Gene Ontology annotations from files in GAF format.

Source: "GO Annotation File (GAF) format 2.1", Gene Ontology Consortium.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

EXPERIMENTAL: Final = ("EXP", "IDA", "IMP", "IGI", "IPI", "IEP", "HDA", "HMP", "HGI", "HEP", "HTP")
MANUAL: Final = ("TAS", "IC", "ISS", "ISO", "ISA", "ISM", "IGC", "IBA", "IKR", "RCA", "NAS")
"""GO evidence codes, the stronger first within each; IEA is assigned by machine, ND says that
nothing is known. Source: GO Consortium, "Guide to GO evidence codes"."""
_STRENGTH: Final = {code: rank for rank, code in enumerate((*EXPERIMENTAL, *MANUAL, "IEA"))}

_GENERATED: Final = re.compile(r"^!\s*Generated:\s*(\d{4}-\d{2}-\d{2})")
_COLUMNS: Final = 15


@dataclass(frozen=True, slots=True)
class Annotation:
    """One row: a protein, a term and who says so.

    Attributes:
        accession: UniProt accession.
        symbol: Gene symbol.
        qualifier: Empty, or NOT, contributes_to, colocalizes_with, joined by ``|``.
        term: GO id as written.
        evidence: GO evidence code.
        partners: The with/from column's entries; for IPI, what the protein was seen to bind.
        name: Full name of the protein.
        synonyms: Other symbols and names of its gene.
        taxon: NCBI taxonomy number of the protein's species.
    """

    accession: str
    symbol: str
    qualifier: str
    term: str
    evidence: str
    partners: tuple[str, ...]
    name: str
    synonyms: tuple[str, ...]
    taxon: int


def read_release(lines: Sequence[str]) -> str:
    """The date on which the file was generated, or "unknown"."""
    for line in lines:
        if not line.startswith("!"):
            break
        if found := _GENERATED.match(line):
            return found[1]
    return "unknown"


def read_gaf(lines: Iterable[str]) -> Iterator[Annotation]:
    """The annotations of UniProt proteins in the lines of a GAF file."""
    for line in lines:
        cells = line.split("\t")
        if line.startswith("!") or len(cells) < _COLUMNS or cells[0] != "UniProtKB":
            continue
        yield Annotation(
            accession=cells[1],
            symbol=cells[2],
            qualifier=cells[3],
            term=cells[4],
            evidence=cells[6],
            partners=tuple(re.split(r"[|,]", cells[7])) if cells[7] else (),
            name=cells[9],
            synonyms=tuple(synonym for synonym in cells[10].split("|") if synonym),
            taxon=int(cells[12].split("|")[0].removeprefix("taxon:")),
        )


def strength(evidence: str) -> int:
    """How strong an evidence code is: 0 for the strongest, more for weaker and unknown ones."""
    return _STRENGTH.get(evidence, len(_STRENGTH))
