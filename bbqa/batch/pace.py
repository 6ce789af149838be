"""How fast a batch goes, said now and then: rate, failures so far, and the time that is left."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

from bbqa.progress import Progress, seconds_in_words

EVERY_S: Final = 60.0


class Pace:
    """Moves a bar with each answer, and says once a minute how it goes.

    Args:
        progress: Where to report to.
        total: Questions in the file.
        earlier: Those of them that an earlier run has answered.
        clock: Seconds that only grow; a test passes its own.
    """

    def __init__(
        self,
        progress: Progress,
        total: int,
        earlier: int,
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._progress = progress
        self._total, self._earlier = total, earlier
        self._clock = clock
        self._began_at = self._said_at = clock()
        self._asked = self._failed = 0
        self._bar = progress.bar("Answering questions", total)
        self._bar.move_to(earlier)

    def count(self, *, failed: bool) -> None:
        """One more question has been asked."""
        self._asked += 1
        self._failed += failed
        self._bar.advance(1)
        now = self._clock()
        going_on = self._earlier + self._asked < self._total
        if going_on and now - self._said_at >= EVERY_S:
            self._said_at = now
            self._progress.say(self._in_words(now - self._began_at))

    def _in_words(self, seconds: float) -> str:
        done = self._earlier + self._asked
        left = seconds_in_words((self._total - done) * seconds / self._asked)
        return (
            f"{done:,} of {self._total:,} questions asked, {self._failed:,} of "
            f"{self._asked:,} failed; {60 * self._asked / seconds:,.1f} a minute, {left} left"
        )
