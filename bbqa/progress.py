"""Progress on stderr: a bar on a terminal, a line now and then elsewhere, nothing when quiet.

Long work takes a ``Progress`` and never prints by itself, so that it can be used from a script,
a notebook and a test alike.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol


class Bar(Protocol):
    """One running task."""

    def advance(self, amount: float) -> None: ...
    def move_to(self, completed: float) -> None: ...


class Progress(Protocol):
    """Where long work reports to."""

    def say(self, text: str) -> None: ...
    def bar(self, title: str, total: float, *, unit: str = "") -> Bar: ...


class _SilentBar:
    def advance(self, amount: float) -> None:
        """Report nothing."""

    def move_to(self, completed: float) -> None:
        """Report nothing."""


class Silent:
    """A ``Progress`` that says nothing."""

    def say(self, text: str) -> None:
        """Report nothing."""

    def bar(self, title: str, total: float, *, unit: str = "") -> Bar:
        """A bar that nobody sees."""
        return _SilentBar()
