"""What a driver is: whoever decides which tools are called for a question, and calls them."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from bbqa.schema import Question, Step
from bbqa.workbench import Workbench


@dataclass(frozen=True, slots=True)
class Limits:
    """How far one answer may go.

    Attributes:
        steps: Calls of tools, at most.
        tokens: Tokens that models may read and write, at most.
        seconds: Longest time for finding evidence, on the clock.
    """

    steps: int = 8
    tokens: int = 24_000
    seconds: float = 300.0


@dataclass(slots=True)
class Gathered:
    """What a driver did. The evidence itself lies on the workbench.

    Attributes:
        steps: What was done, in order.
        undone: What a limit left undone, in words; empty if nothing.
    """

    steps: list[Step] = field(default_factory=list)
    undone: str = ""


class Driver(Protocol):
    """Decides which tools are called for a question, and calls them."""

    name: str

    def gather(
        self,
        question: Question,
        bench: Workbench,
        limits: Limits,
        on_step: Callable[[Step], None],
    ) -> Gathered:
        """Call tools until there is evidence enough, a limit is reached, or nothing helps."""
        ...


class Budget:
    """What is left of some limits."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._until = time.monotonic() + limits.seconds
        self.steps = 0
        self.tokens = 0

    def spend(self, step: Step) -> None:
        """Count a step."""
        self.steps += 1
        self.tokens += step.prompt_tokens + step.completion_tokens

    def over(self) -> str:
        """Which limit has been reached, in words; empty if none."""
        if self.steps >= self.limits.steps:
            return f"the limit of {self.limits.steps} steps was reached"
        if self.tokens >= self.limits.tokens:
            return f"the limit of {self.limits.tokens} tokens was reached"
        if time.monotonic() > self._until:
            return f"the limit of {self.limits.seconds:.0f} s was reached"
        return ""
