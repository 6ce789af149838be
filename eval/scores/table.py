"""All scores of a run: per-item numbers first, then every metric in every bin with its interval.

``score`` = ``numbers_of_run`` -> ``Numbers`` -> ``intervals`` -> ``Score``. Of each item a few
dozen numbers are kept and no text, so a run may be as long as it likes.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np

from bbqa.eval.benchmarks.contract import Form, Item, Response, Score
from bbqa.eval.scores import (
    abstention,
    choices,
    costs,
    entities,
    grounding,
    quantities,
    ranking,
    selective,
    text,
)
from bbqa.eval.scores.statistics import (
    RESAMPLED,
    Floats,
    Measure,
    Rows,
    intervals,
    selected,
)
from bbqa.progress import Progress, Silent

if TYPE_CHECKING:
    from bbqa.kg.names import NameIndex

ALL: Final = "all"

METRICS: Final[Mapping[str, str]] = {
    **choices.METRICS,
    **entities.METRICS,
    **text.METRICS,
    **quantities.METRICS,
    **ranking.METRICS,
    **selective.METRICS,
    **abstention.METRICS,
    **grounding.METRICS,
    **costs.METRICS,
}
"""What each metric is, in a sentence with its source."""

LOWER_IS_BETTER: Final = frozenset({"risk", "AURC", "ECE", "Brier", "errors", *costs.METRICS})


@dataclass(slots=True)
class Numbers:
    """Numbers of the items of a run, a column each.

    Attributes:
        ids: Of the items, in order.
        columns: Numbers by name, [N]; NaN where an item has none.
        bins: Places of the items of each bin.
    """

    ids: list[str] = field(default_factory=list)
    columns: dict[str, array[float]] = field(default_factory=dict)
    bins: dict[str, array[int]] = field(default_factory=dict)

    def add(self, item: Item, numbers: Mapping[str, float]) -> None:
        """Append one item."""
        place = len(self.ids)
        self.ids.append(item.id)
        for name in numbers.keys() - self.columns.keys():
            self.columns[name] = array("d", [np.nan]) * place
        for name, column in self.columns.items():
            column.append(numbers.get(name, np.nan))
        for key, value in {"form": item.form.value, **item.bins}.items():
            self.bins.setdefault(f"{key}: {value}", array("q")).append(place)

    def measures(self) -> list[Measure]:
        """Every metric that can be computed from the columns."""
        columns = {name: np.frombuffer(column) for name, column in self.columns.items()}
        return measures_of(columns) if self.ids else []

    def rows(self, bins: bool) -> dict[str, Rows]:
        """Places of the items of each bin, ``all`` first; bins that hold all items are left out."""
        found: dict[str, Rows] = {ALL: np.arange(len(self.ids))}
        if bins:
            found |= {
                name: np.frombuffer(places, np.int64)
                for name, places in sorted(self.bins.items())
                if not (name.startswith("form: ") and len(places) == len(self.ids))
            }
        return found


def score(
    answered: Iterable[tuple[Item, Response]],
    *,
    condition: str,
    names: NameIndex | None = None,
    bins: bool = True,
    meteor: bool = True,
    resampled: int = RESAMPLED,
    seed: int = 0,
    progress: Progress | None = None,
) -> list[Score]:
    """Every metric that the items' forms allow, over all items and in each bin, with intervals.

    A metric that rests on no item is left out. Costs are told over all items only.

    Args:
        answered: Items with their responses; read once, and may come from a generator.
        condition: Who answered.
        names: Names of the graph's nodes, for lenient scores and Entity-BLEU; they are left out
            if it is not given.
        bins: Whether each bin is scored too.
        meteor: Whether METEOR is computed, the slowest of all.
        resampled: How often items are drawn for the intervals.
        seed: Of the drawing.
        progress: Where progress is reported.
    """
    progress = progress or Silent()
    numbers = numbers_of_run(answered, names=names, meteor=meteor, progress=progress)
    measures = numbers.measures()
    places = numbers.rows(bins)
    bar = progress.bar("Intervals", len(places), unit="bins")
    scores: list[Score] = []
    for bin, rows in places.items():
        mine = [selected(m, rows) for m in measures if bin == ALL or m.metric not in costs.METRICS]
        found = intervals(mine, resampled=resampled, seed=seed)
        scores += [
            Score(condition, bin, m.metric, one.value, one.low, one.high, one.n)
            for m, one in zip(mine, found, strict=True)
            if one is not None
        ]
        bar.advance(1)
    return scores


def numbers_of_run(
    answered: Iterable[tuple[Item, Response]],
    *,
    names: NameIndex | None = None,
    meteor: bool = True,
    progress: Progress | None = None,
) -> Numbers:
    """The numbers of each item; texts are let go at once."""
    total = len(answered) if isinstance(answered, Sequence) else 0
    bar = (progress or Silent()).bar("Scores", total, unit="items")
    hierarchy = None if names is None else entities.Hierarchy(names.graph)
    numbers = Numbers()
    for item, response in answered:
        numbers.add(item, numbers_of(item, response, names, hierarchy, meteor))
        if total:
            bar.advance(1)
    return numbers


def numbers_of(
    item: Item,
    response: Response,
    names: NameIndex | None = None,
    hierarchy: entities.Hierarchy | None = None,
    meteor: bool = False,
) -> dict[str, float]:
    """All numbers of one item, by column."""
    return {
        **abstention.numbers_of(item, response),
        **choices.numbers_of(item, response),
        **entities.numbers_of(item, response, hierarchy=hierarchy),
        **text.numbers_of(item, response, names=names, meteor=meteor),
        **quantities.numbers_of(item, response),
        **ranking.numbers_of(item, response),
        **selective.numbers_of(item, response),
        **grounding.numbers_of(item, response),
        **costs.numbers_of(item, response),
    }


def measures_of(columns: Mapping[str, Floats]) -> list[Measure]:
    """Every metric that can be computed from the columns, in the order of ``METRICS``."""
    families = (
        choices,
        entities,
        text,
        quantities,
        ranking,
        selective,
        abstention,
        grounding,
        costs,
    )
    return [measure for family in families for measure in family.measures(columns)]


def verdict(item: Item, response: Response) -> tuple[str, float]:
    """How good one response is: the name of what is counted, and a number from 0 to 1.

    Right or wrong for a choice or a number, F1 for entities, ROUGE-L for a text; whether it was
    declined where there is no answer.
    """
    if response.error:
        return "errors", 0.0
    if not item.answerable:
        return "unanswerable declined", float(response.abstained)
    match item.form:
        case Form.CHOICE:
            return "accuracy", float(choices.is_right(item, response))
        case Form.ENTITIES:
            return "entity F1", entities.exact_f1(item, response)
        case Form.TEXT if quantities.asks_for_number(item):
            return "number right", float(quantities.is_right(item, response))
        case Form.TEXT:
            return "ROUGE-L", text.rouge_l(text.read_text(response), item.gold)
