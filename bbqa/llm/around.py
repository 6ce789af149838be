"""A model that stands before another: everything is the other's but what a subclass changes."""

from __future__ import annotations

from collections.abc import Sequence

from bbqa.llm.contract import LLM, Message, Reply, ToolSpec, Usage, Whole


class Around(Whole):
    """A language model that hands on to another; subclasses say how it streams.

    Args:
        llm: The model that does the work.
    """

    def __init__(self, llm: LLM) -> None:
        self._llm = llm
        self.name = llm.name

    @property
    def context_tokens(self) -> int:
        """Longest prompt and reply together."""
        return self._llm.context_tokens

    @property
    def last(self) -> Usage | None:
        """What the last call cost."""
        return self._llm.last

    @last.setter
    def last(self, usage: Usage | None) -> None:
        self._llm.last = usage

    @property
    def identity(self) -> str:
        """A text that changes when another model answers under the same name."""
        return self._llm.identity

    @property
    def calls_tools(self) -> bool | None:
        """Whether it can call tools; None where that has to be measured."""
        return self._llm.calls_tools

    @property
    def writes_freely(self) -> bool | None:
        """Whether it can write a cited text of its own; None where that has to be measured."""
        return self._llm.writes_freely

    def count_tokens(self, text: str) -> int:
        """Tokens of a text."""
        return self._llm.count_tokens(text)

    def converse(
        self, messages: Sequence[Message], *, tools: Sequence[ToolSpec], max_tokens: int = 512
    ) -> Reply:
        """The reply of a model that may call tools."""
        return self._llm.converse(messages, tools=tools, max_tokens=max_tokens)

    def close(self) -> None:
        """Close the model."""
        self._llm.close()
