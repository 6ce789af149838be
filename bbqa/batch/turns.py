"""Several questions at a time without that anything below has to know of it.

Only one worker computes at any moment; whoever waits for the language model lets another have
its turn. So a server is kept busy with several questions, while indexes, caches and models of
this process see one call after the other, and every answer is what it would be alone.
"""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from bbqa.errors import BbqaError, LLMError
from bbqa.llm import LLM, Message, Schema, open_llm
from bbqa.llm.around import Around

if TYPE_CHECKING:
    from bbqa.llm.contract import Reply, ToolSpec
    from bbqa.resources import Resources


class StoppedError(BbqaError):
    """The batch was stopped while a model was writing."""


class Turn:
    """Whose turn it is to compute, and whether all should stop."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._stopped = threading.Event()

    def __enter__(self) -> Self:
        self._lock.acquire()
        return self

    def __exit__(self, *error: object) -> None:
        self._lock.release()

    @contextmanager
    def given_up(self) -> Iterator[None]:
        """Let others have their turn during the block; wait for one's own at its end."""
        self._lock.release()
        try:
            yield
        finally:
            self._lock.acquire()

    def stop(self) -> None:
        """Let every worker end at its next word."""
        self._stopped.set()

    @property
    def stopped(self) -> bool:
        """Whether all should stop."""
        return self._stopped.is_set()

    def check(self) -> None:
        """Go on, or not.

        Raises:
            StoppedError: All should stop.
        """
        if self.stopped:
            raise StoppedError("the batch was stopped")


class Patient(Around):
    """A language model that gives up its turn while it writes, and remembers how that ended.

    Attributes:
        turn: Whose turn it is.
        failure: Why the last call failed, or None.
    """

    def __init__(self, llm: LLM, turn: Turn) -> None:
        super().__init__(llm)
        self.turn = turn
        self.failure: LLMError | None = None

    def stream(
        self,
        messages: Sequence[Message],
        *,
        schema: Schema | None = None,
        max_tokens: int = 400,
        stop: Sequence[str] = (),
    ) -> Iterator[str]:
        """The reply, piece by piece, as the model itself gives it."""
        pieces = self._llm.stream(messages, schema=schema, max_tokens=max_tokens, stop=stop)
        try:
            while True:
                with self._waiting():
                    piece = next(pieces, None)
                if piece is None:
                    return
                yield piece
        finally:
            if isinstance(pieces, Generator):  # left half-read, it would keep the model busy
                pieces.close()

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply of a model that may call tools."""
        with self._waiting():
            return super().converse(messages, tools=tools, max_tokens=max_tokens)

    @contextmanager
    def _waiting(self) -> Iterator[None]:
        """Wait for the model without one's turn."""
        self.turn.check()
        self.failure = None
        try:
            with self.turn.given_up():
                yield
        except LLMError as error:
            self.failure = error
            raise


def models_in_turn(resources: Resources, count: int, turn: Turn) -> list[Patient]:
    """So many connections to the model of the settings, each of which gives up its turn.

    Raises:
        BbqaError: The model cannot be opened.
    """
    settings = resources.settings
    models = [resources.llm]
    while len(models) < count:
        models.append(open_llm(settings.llm, settings=settings, progress=resources.progress))
    return [Patient(model, turn) for model in models]
