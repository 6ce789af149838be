"""How far the evidence codes of the graph's sources can be trusted."""

from __future__ import annotations

from typing import Final

EXPERIMENTAL: Final = frozenset(
    "EXP IDA IPI IMP IGI IEP HTP HDA HMP HGI HEP PCS".split()  # noqa: SIM905
)
"""Codes of experiments, and HPO's of a published clinical study."""
_TRUST: Final = {
    **dict.fromkeys(EXPERIMENTAL, 1.0),
    **dict.fromkeys("TAS IC".split(), 0.9),  # noqa: SIM905
    **dict.fromkeys("IBA IBD IKR IRD ISS ISO ISA ISM IGC RCA".split(), 0.75),  # noqa: SIM905
    "NAS": 0.6,
    "IEA": 0.6,
    "GeneRIF": 0.55,
    "ND": 0.0,
}
_UNRECORDED: Final = {
    "HPO": 0.9,
    "Reactome": 0.9,
    "ChEBI": 0.9,
    "ATC": 0.9,
    "WikiPathways": 0.75,
    "ChEMBL via drug2cell": 0.7,
    "UniProt-GOA via metastudent": 0.6,
}
"""By source, for facts without an evidence code: curated by hand, by a community, by threshold,
or of unknown making."""
UNKNOWN: Final = 0.7


def trust(code: str, source: str = "") -> float:
    """How far a fact can be trusted, by its evidence code and source, in [0, 1].

    Experiments first, then statements of authors and curators, then what was carried over by
    sequence, then what a machine did; ``ND`` says that nothing is known. A fact without a code is
    as good as its source.

    Source: the groups of the Guide to GO evidence codes (geneontology.org) and HPO's PCS, a
    published clinical study. The order is theirs, the numbers are a choice.
    """
    return _TRUST[code] if code in _TRUST else _UNRECORDED.get(source, UNKNOWN)
