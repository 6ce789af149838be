"""Probabilities of the options from what speaks for each.

Were each option true of the subject independently of the others, and exactly one of them the
answer, then each would be the answer in proportion to its odds. The log-odds are divided by a
temperature, for the options of a question resemble each other. What competes with the options is
"does not know", at the odds of the least that bbqa tells at all.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from bbqa.choose.calculated import by_structure, is_calculated, judge_structure
from bbqa.choose.offered import link_options
from bbqa.choose.statement import Judged, judge, polarity
from bbqa.choose.support import LEAST, Support, log_odds, support

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.schema import Evidence, Question

TEMPERATURE: Final = 1.2
"""Fitted by likelihood on 120 four-option questions about proteins that the bridge's split keeps
for validation, half of them cold, with siblings as distractors and the protein hidden: .589 nats a
question, against .596 at 1 and .628 at 2; mean confidence is then .75, and .74 are right."""
PICKED: Final = 2.0
"""What a model's pick adds to the log-weight of an option where evidence speaks for none."""
BESIDE_EVIDENCE: Final = 0.5
"""The same where it speaks for some: enough to decide between options that are about as likely. Of
14 questions that evidence left open the default model picked 6 rightly, and the likeliest option by
the evidence was right in 7."""
NEARNESS: Final = 0.5
"""What nearness of an option's words to the evidence, a cosine, adds where nothing else decides."""
UNKNOWN: Final = log_odds(LEAST) / TEMPERATURE
"""Log-weight of "does not know" beside options that may hold."""
UNJUDGED: Final = 0.5
"""Log-weight of "does not know" beside yes and no where the statement cannot be judged."""
HALF_KNOWN: Final = math.log(0.1)
"""The same where it can be."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """What the evidence, and a model if one was asked, say of all options.

    Attributes:
        weights: Log-weight of each option.
        unknown: Log-weight of "does not know".
        supports: What speaks for each option.
        judged: Whether the options are yes and no, and the statement could be judged.
    """

    weights: tuple[float, ...]
    unknown: float
    supports: tuple[Support, ...]
    judged: bool = False

    @property
    def probabilities(self) -> tuple[float, ...]:
        """Probability of each option; what lacks to 1 is that of "does not know"."""
        highest = max(*self.weights, self.unknown)
        raised = [math.exp(weight - highest) for weight in (*self.weights, self.unknown)]
        return tuple(value / sum(raised) for value in raised[:-1])

    @property
    def best(self) -> int:
        """Place of the likeliest option."""
        return max(range(len(self.weights)), key=lambda place: self.weights[place])

    @property
    def knows(self) -> bool:
        """Whether the likeliest option outweighs not knowing."""
        return self.weights[self.best] > self.unknown

    def picked(self, place: int) -> Weighed:
        """The same after a model's pick: it weighs more, and if most, more than not knowing."""
        weights = list(self.weights)
        weights[place] += BESIDE_EVIDENCE if any(one.items for one in self.supports) else PICKED
        found = replace(self, weights=tuple(weights))
        if found.best != place:
            return found
        return replace(found, unknown=min(self.unknown, weights[place] - 1e-6))


def weigh(
    question: Question, options: Sequence[str], evidence: Sequence[Evidence], resources: Resources
) -> Weighed:
    """What some evidence says of the options of a question."""
    signs = polarity(options)
    if signs is not None:
        if is_calculated(question.text, options):
            return _weigh_statement(signs, judge_structure(question.text, evidence))
        return _weigh_statement(signs, judge(question, evidence, resources))
    if calculated := by_structure(question.text, options, evidence):
        odds = tuple(log_odds(one.probability) / TEMPERATURE for one in calculated)
        return Weighed(odds, UNKNOWN, tuple(calculated))
    asked = resources.router.route(question).types
    linked = link_options(options, resources, asked=asked)
    supports = support(linked, evidence, resources.graph)
    near = _nearness(options, supports, evidence, resources)
    weights = [
        log_odds(one.probability) / TEMPERATURE + NEARNESS * cosine
        for one, cosine in zip(supports, near, strict=True)
    ]
    return Weighed(tuple(weights), UNKNOWN, tuple(supports))


def _weigh_statement(signs: Sequence[int], judged: Judged | None) -> Weighed:
    """Weights of yes, no, and whatever stands between them."""
    if judged is None:
        equal = tuple(Support(1 / len(signs)) for _ in signs)
        return Weighed((0.0,) * len(signs), UNJUDGED, equal)
    true = judged.probability
    chances = {1: true, -1: 1 - true, 0: true * (1 - true)}
    supports = tuple(Support(chances[sign], judged.items) for sign in signs)
    weights = tuple(math.log(one.probability) for one in supports)
    return Weighed(weights, HALF_KNOWN, supports, judged=True)


def _nearness(
    options: Sequence[str],
    supports: Sequence[Support],
    evidence: Sequence[Evidence],
    resources: Resources,
) -> list[float]:
    """The highest cosine of each option's words to a statement; 0 for those spoken for."""
    statements = [item.statement for item in evidence]
    if not statements or all(one.heard for one in supports):
        return [0.0] * len(options)
    encode = resources.encoder.encode
    cosines = (encode(list(options)) @ encode(statements).T).max(axis=1)
    return [
        0.0 if one.heard else float(cosine) for one, cosine in zip(supports, cosines, strict=True)
    ]
