"""How a run goes, said now and then: the score so far, failures, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from bbqa.progress import Progress, seconds_in_words

EVERY_S: Final = 60.0


class Watch:
    """Moves a bar with each item, and says once a minute how it goes.

    Args:
        progress: Where to report to.
        title: Of the bar.
        total: Items of the run.
        earlier: Those of them that an earlier session has asked.
        clock: Seconds that only grow; a test passes its own.
    """

    def __init__(
        self,
        progress: Progress,
        title: str,
        total: int,
        earlier: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress, self._title = progress, title
        self._total, self._earlier = total, earlier
        self._clock = clock
        self._began_at = self._said_at = clock()
        self._asked = self._failed = 0
        self._sums: dict[str, tuple[float, int]] = {}
        self._bar = progress.bar(title, total, unit="items")
        self._bar.move_to(earlier)

    def count(self, done: Mapping[str, Any]) -> None:
        """One more item has been asked: its ``verdict`` and how its line says that it ended."""
        metric, value = done["verdict"]
        total, n = self._sums.get(metric, (0.0, 0))
        self._sums[metric] = (total + value, n + 1)
        self._asked += 1
        self._failed += metric == "errors"
        self._bar.advance(1)
        now = self._clock()
        going_on = self._earlier + self._asked < self._total
        if going_on and now - self._said_at >= EVERY_S:
            self._said_at = now
            self._progress.say(self._in_words(now - self._began_at))

    @property
    def score(self) -> str:
        """The mean so far of whatever is counted: ``accuracy .52 of 40``; errors count as 0."""
        counted = {name: one for name, one in self._sums.items() if name != "errors"}
        wrong = self._failed
        parts = []
        for name, (total, n) in counted.items():
            among = n + wrong if len(counted) == 1 else n
            parts.append(f"{name} {total / among:.2f} of {among:,}")
        return ", ".join(parts) or "nothing to score"

    def _in_words(self, seconds: float) -> str:
        done = self._earlier + self._asked
        left = seconds_in_words((self._total - done) * seconds / self._asked)
        return (
            f"{self._title}: {done:,} of {self._total:,} items, {self.score}, "
            f"{self._failed:,} failed; {60 * self._asked / seconds:,.1f} a minute, {left} left"
        )
