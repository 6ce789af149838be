"""A model of bbqa as a chat model of LangChain, for agents that are built with LangChain.

The only module of ``bbqa.llm`` that imports LangChain; import it where it is used. LangChain sends
nothing anywhere: the model is asked through bbqa's own connection, and inside ``untraced()`` no
run is recorded, whatever the environment says.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, SystemMessage, ToolMessage
from langchain_core.messages import ToolCall as LangChainCall
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool
from langchain_core.utils.function_calling import convert_to_openai_tool
from langsmith import tracing_context

from bbqa.llm.contract import LLM, Message, Reply, ToolCall, ToolSpec, Usage

MAX_REPLY = 512
"""Tokens of one reply, at most: a few calls of tools need some hundred."""
_OLD_SWITCHES = ("LANGCHAIN_TRACING", "LANGCHAIN_HANDLER")


class BbqaChatModel(BaseChatModel):
    """A model of bbqa that LangChain can ask.

    Attributes:
        llm: The model that is asked.
        max_tokens: Longest reply.
    """

    llm: Any
    max_tokens: int = MAX_REPLY

    @property
    def _llm_type(self) -> str:
        return "bbqa"

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The same model, told of tools; which of them is called is always its own choice."""
        return self.bind(tools=[convert_to_openai_tool(tool) for tool in tools], **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,  # noqa: ANN401
    ) -> ChatResult:
        llm: LLM = self.llm
        tools = [_spec(tool) for tool in kwargs.get("tools", ())]
        reply = llm.converse(from_langchain(messages), tools=tools, max_tokens=self.max_tokens)
        message = to_langchain(reply, llm.last, llm.name)
        return ChatResult(generations=[ChatGeneration(message=message)])


@contextmanager
def untraced() -> Iterator[None]:
    """While this lasts, LangChain records no run and sends none to a tracing server.

    Two variables of old, which LangChain answers with an error where tracing is off, are hidden.
    """
    hidden = {name: os.environ.pop(name) for name in _OLD_SWITCHES if name in os.environ}
    try:
        with tracing_context(enabled=False, parent=False):
            yield
    finally:
        os.environ.update(hidden)


def from_langchain(messages: Sequence[BaseMessage]) -> list[Message]:
    """LangChain's messages as bbqa's; a result of a tool finds the call that it is for."""
    calls: dict[str, ToolCall] = {}
    converted = []
    for message in messages:
        text = message.text
        match message:
            case AIMessage():
                made = tuple(_call(call) for call in message.tool_calls)
                calls.update((call.id, call) for call in made)
                converted.append(Message("assistant", text, calls=made))
            case ToolMessage():
                made_for = calls.get(message.tool_call_id)
                answered = made_for or ToolCall(message.tool_call_id, message.name or "")
                converted.append(Message("tool", text, answers=answered))
            case SystemMessage():
                converted.append(Message("system", text))
            case _:
                converted.append(Message("user", text))
    return converted


def to_langchain(reply: Reply, usage: Usage | None, name: str) -> AIMessage:
    """A reply as LangChain's message, with what it cost."""
    calls = [
        LangChainCall(name=call.name, args=dict(call.arguments), id=call.id, type="tool_call")
        for call in reply.calls
    ]
    return AIMessage(
        content=reply.text,
        tool_calls=calls,
        usage_metadata=None if usage is None else _usage(usage),
        response_metadata={"model_name": name},
    )


def _usage(usage: Usage) -> UsageMetadata:
    return UsageMetadata(
        input_tokens=usage.prompt_tokens,
        output_tokens=usage.completion_tokens,
        total_tokens=usage.prompt_tokens + usage.completion_tokens,
        input_token_details=InputTokenDetails(cache_read=usage.cached_tokens),
    )


def _spec(tool: dict[str, Any]) -> ToolSpec:
    function = tool["function"]
    return ToolSpec(
        function["name"], function.get("description", ""), function.get("parameters", {})
    )


def _call(call: LangChainCall) -> ToolCall:
    return ToolCall(call["id"] or "", call["name"], call["args"])
