"""How good responses are: numbers with intervals, and differences between two answerers.

    score(answered, condition="bbqa", names=resources.names)  -> list[Score]
    compare(first, second, names=resources.names)             -> list[Difference]

``METRICS`` says what each number is. Which numbers there are depends on the items: ``choices``
for options, ``entities`` and ``ranking`` for nodes, ``text`` for free texts, and for all of them
``selective`` (silence and confidence), ``abstention``, ``grounding`` and ``costs``.
``statistics`` has the intervals and tests.
"""

from __future__ import annotations

from bbqa.eval.scores.compare import Difference, compare
from bbqa.eval.scores.entities import linked
from bbqa.eval.scores.selective import reliability, risk_coverage
from bbqa.eval.scores.table import LOWER_IS_BETTER, METRICS, score, verdict

__all__ = [
    "LOWER_IS_BETTER",
    "METRICS",
    "Difference",
    "compare",
    "linked",
    "reliability",
    "risk_coverage",
    "score",
    "verdict",
]
