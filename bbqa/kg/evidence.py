"""How far the evidence codes of the graph's sources can be trusted."""

from __future__ import annotations

from typing import Final

_TRUST: Final = {
    **dict.fromkeys("EXP IDA IPI IMP IGI IEP HTP HDA HMP HGI HEP PCS".split(), 1.0),
    **dict.fromkeys("TAS IC".split(), 0.9),
    **dict.fromkeys("IBA IBD IKR IRD ISS ISO ISA ISM IGC RCA".split(), 0.75),
    "NAS": 0.6,
    "IEA": 0.6,
    "GeneRIF": 0.55,
    "ND": 0.0,
}
UNRECORDED: Final = 0.7


def trust(code: str) -> float:
    """How far an evidence code can be trusted, in [0, 1].

    Experiments first, then statements of authors and curators, then what was carried over by
    sequence, then what a machine did; ``ND`` says that nothing is known. A code that is not
    recorded counts as something in between.

    Source: the groups of the Guide to GO evidence codes (geneontology.org) and HPO's PCS, a
    published clinical study. The order is theirs, the numbers are a choice.
    """
    return _TRUST.get(code, UNRECORDED)
