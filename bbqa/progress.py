"""Progress on stderr: a bar on a terminal, a line now and then elsewhere, nothing when quiet.

Long work takes a ``Progress`` and never prints by itself, so that it can be used from a script,
a notebook and a test alike. Whoever opens the progress closes it::

    with open_progress() as progress:
        fetch("minilm-l6-v2", home=home, progress=progress)
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol, Self, TextIO

from rich.filesize import decimal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as RichProgress
    from rich.progress import TaskID

# A log that is read later wants few lines, one that is watched wants a sign of life.
LINE_EVERY_S = 5.0
LINE_EVERY_SHARE = 0.10
SIGN_OF_LIFE_S = 30.0
# What is completed so soon was there before, from an earlier run, and says nothing of the rate.
AT_ONCE_S = 0.5


class Bar(Protocol):
    """One running task."""

    def advance(self, amount: float) -> None:
        """Go on by an amount, in the unit of the total."""

    def move_to(self, completed: float) -> None:
        """Set what is completed; going back is allowed."""


class Progress(Protocol):
    """Where long work reports to."""

    def say(self, text: str) -> None:
        """Tell the person something, on a line of its own."""

    def bar(self, title: str, total: float, *, unit: str = "") -> Bar:
        """A new task of a known size; ``unit`` is a plural in words, or ``B`` for bytes."""


class OpenProgress(Progress, Protocol):
    """A ``Progress`` with an end: what ``open_progress`` gives."""

    def close(self) -> None:
        """Give the terminal back."""

    def __enter__(self) -> Self: ...
    def __exit__(self, *error: object) -> None: ...


def open_progress(quiet: bool = False) -> OpenProgress:
    """The progress that fits stderr: nothing, bars on a terminal, or plain lines."""
    if quiet:
        return Silent()
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        return Rich()
    return Plain()


def in_words(amount: float, unit: str = "") -> str:
    """An amount for people to read: ``1.1 GB``, ``12,345 terms``, ``62``."""
    if unit != "B":
        return f"{amount:,.0f} {unit}".rstrip()
    return decimal(int(amount))


def seconds_in_words(seconds: float) -> str:
    """A duration for people to read: ``8 s``, ``1 min 20 s``, ``2 h 5 min``."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


class _Closing:
    """What the three kinds share: they can be used with ``with``."""

    def close(self) -> None:
        """Nothing to put away."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()


class _SilentBar:
    def advance(self, amount: float) -> None:
        """Report nothing."""

    def move_to(self, completed: float) -> None:
        """Report nothing."""


class Silent(_Closing):
    """A ``Progress`` that says nothing."""

    def say(self, text: str) -> None:
        """Report nothing."""

    def bar(self, title: str, total: float, *, unit: str = "") -> Bar:
        """A bar that nobody sees."""
        return _SilentBar()


class Plain(_Closing):
    """A ``Progress`` of plain lines, for a log, a pipe or a notebook.

    Args:
        stream: Where lines go; stderr if none is given.
        clock: Seconds that only grow; a test passes its own.
    """

    def __init__(
        self, stream: TextIO | None = None, *, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._stream = stream
        self._clock = clock

    def say(self, text: str) -> None:
        """Write one line."""
        # sys.stderr is looked up late: a notebook and pytest replace it
        print(text, file=self._stream or sys.stderr, flush=True)

    def bar(self, title: str, total: float, *, unit: str = "") -> Bar:
        """A task that writes a line at its start, at its end, and seldom in between."""
        return _PlainBar(self.say, self._clock, title, total, unit)


class _PlainBar:
    """Lines at least 5 s apart, one for every further 10 %, at the latest one every 30 s."""

    def __init__(
        self,
        say: Callable[[str], None],
        clock: Callable[[], float],
        title: str,
        total: float,
        unit: str,
    ) -> None:
        self._say, self._clock = say, clock
        self._title, self._total, self._unit = title, total, unit
        self._completed = self._said = 0.0
        self._began_at = self._said_at = clock()
        self._ended = False
        say(f"{title}: {in_words(total, unit)}")

    def advance(self, amount: float) -> None:
        """Go on by an amount."""
        self.move_to(self._completed + amount)

    def move_to(self, completed: float) -> None:
        """Set what is completed, in the unit of the total; going back is allowed."""
        self._completed = completed
        if completed < self._said:  # a source failed and the next begins at nothing
            self._said, self._ended = completed, False
        elif self._clock() - self._began_at < AT_ONCE_S:
            self._said = completed
        if completed >= self._total:
            self._end()
        elif self._is_time_for_a_line():
            self._line()

    def _is_time_for_a_line(self) -> bool:
        waited = self._clock() - self._said_at
        moved = (self._completed - self._said) / self._total
        return waited >= SIGN_OF_LIFE_S or (waited >= LINE_EVERY_S and moved >= LINE_EVERY_SHARE)

    def _line(self) -> None:
        now = self._clock()
        rate = (self._completed - self._said) / (now - self._said_at)
        left = f", {seconds_in_words((self._total - self._completed) / rate)} left" if rate else ""
        share = f"{self._completed / self._total:.0%}"
        done = f"{in_words(self._completed, self._unit)} of {in_words(self._total, self._unit)}"
        self._say(f"{self._title}: {share}, {done}{left}")
        self._said, self._said_at = self._completed, now

    def _end(self) -> None:
        if not self._ended:
            took = seconds_in_words(self._clock() - self._began_at)
            self._say(f"{self._title}: done in {took}")
        self._said, self._ended = self._completed, True


class Rich(_Closing):
    """A ``Progress`` of live bars on a terminal.

    The bars live as long as one of them runs; between two tasks the terminal belongs to the
    caller, who can print the answer there.

    Args:
        console: Where to draw; stderr if none is given.
    """

    def __init__(self, console: Console | None = None) -> None:
        from rich.console import Console

        self._console = console or Console(stderr=True)
        self._display: RichProgress | None = None

    def say(self, text: str) -> None:
        """Write one line above the bars."""
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)

    def bar(self, title: str, total: float, *, unit: str = "") -> Bar:
        """A live bar: bytes come with their rate, everything with the time that is left."""
        if self._display is None or self._display.finished:
            self._display = _make_display(self._console)
        task = self._display.add_task(title, total=total, unit=unit)
        bar = _RichBar(self._display, task, self._show)
        self._show(self._display)
        return bar

    def close(self) -> None:
        """Stop drawing; what was drawn stays."""
        if self._display is not None:
            self._display.stop()
            self._display = None

    def _show(self, display: RichProgress) -> None:
        """Draw while a task runs, and leave the terminal alone otherwise."""
        if display is not self._display:
            return
        if display.finished:
            display.stop()
        elif not display.live.is_started:
            display.start()


def _make_display(console: Console) -> RichProgress:
    """Rich's progress with a title, a bar, an amount in words and the time that is left."""
    from rich.progress import BarColumn, ProgressColumn, Task, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as RichProgress
    from rich.table import Column
    from rich.text import Text

    class AmountColumn(ProgressColumn):
        def render(self, task: Task) -> Text:
            unit = task.fields["unit"]
            amount = f"{in_words(task.completed, unit)} of {in_words(task.total or 0, unit)}"
            if task.speed and not task.finished:
                per_second = unit == "B" or task.speed >= 1
                pace = task.speed if per_second else 60 * task.speed
                amount += f", {in_words(pace, unit)}/{'s' if per_second else 'min'}"
            return Text(amount)

    return RichProgress(
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        AmountColumn(table_column=Column(no_wrap=True)),
        TimeRemainingColumn(elapsed_when_finished=True, compact=True),
        console=console,
    )


class _RichBar:
    def __init__(
        self, display: RichProgress, task: TaskID, show: Callable[[RichProgress], None]
    ) -> None:
        self._display, self._task, self._show = display, task, show
        self._completed = 0.0

    def advance(self, amount: float) -> None:
        """Go on by an amount."""
        self.move_to(self._completed + amount)

    def move_to(self, completed: float) -> None:
        """Set what is completed, in the unit of the total; going back is allowed."""
        if completed < self._completed:
            self._display.reset(self._task)
        self._completed = completed
        self._display.update(self._task, completed=completed)
        self._show(self._display)
