"""A model that calls tools itself, in LangChain's agent loop.

LangChain runs the loop and counts turns and calls; ``_Watch`` tells of every step, refuses calls
that make no sense in words that the model can read, and ends the loop when a limit is reached or
nothing new comes. The model's last words are thrown away: the answer is written from the evidence
on the workbench, by the step after this one.

The module imports LangChain (1.5 s); import it where it is used.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Sequence
from enum import StrEnum
from threading import Lock
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    AgentState,
    ClearToolUsesEdit,
    ContextEditingMiddleware,
    ModelRequest,
    ModelResponse,
    ModelRetryMiddleware,
    ToolCallLimitMiddleware,
    ToolCallRequest,
    hook_config,
)
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.runnables import RunnableConfig
from langchain_core.tools import StructuredTool
from langgraph.runtime import Runtime
from langgraph.types import Command

from bbqa.agent.contract import Budget, Gathered, Limits
from bbqa.agent.specs import spec_of
from bbqa.errors import LLMError
from bbqa.llm.chat_model import BbqaChatModel, untraced
from bbqa.llm.contract import LLM, UNREADABLE, BrokenOffError, ToolsRefusedError
from bbqa.prompts import load_prompt
from bbqa.question.read import type_of
from bbqa.schema import Input, Modality, Question, Step
from bbqa.workbench import Found, Tool, Workbench, result_text

MAX_FRUITLESS = 3
"""Turns in a row without a result, after which the model is not asked again."""
MAX_REPEATING = 2
"""Turns in a row that only repeat earlier calls, after which the model has all that it wants."""
SHOWN_RESIDUES = 10
SHOWN_SMILES = 60
SHOWN_NAME = 80
NODES_PER_TURN = 8
"""Nodes of LangGraph's graph that one turn passes, rather too many than too few."""


class Native:
    """Lets a model call tools until it has what it needs.

    Args:
        llm: A model that can call tools.
        tools: What it may call.
    """

    name = "native"

    def __init__(self, llm: LLM, tools: Sequence[Tool]) -> None:
        self.llm = llm
        self.tools = tuple(tools)

    def gather(
        self,
        question: Question,
        bench: Workbench,
        limits: Limits,
        on_step: Callable[[Step], None],
    ) -> Gathered:
        """Let the model call tools until it stops, or a limit is reached.

        A model that fails ends the loop; what was found until then stays.

        Raises:
            ToolsRefusedError: The model cannot be asked with tools at all.
        """
        watch = _Watch([tool.__name__ for tool in self.tools], limits, on_step)
        agent = create_agent(
            BbqaChatModel(llm=self.llm),
            tools=[_for_langchain(tool, bench) for tool in self.tools],
            system_prompt=load_prompt("tools", steps=str(limits.steps)),
            middleware=_middleware(watch, self.llm, limits),
        )
        start: Any = {"messages": [HumanMessage(opening(question, bench))]}
        config: RunnableConfig = {
            "max_concurrency": 1,  # the workbench numbers evidence as it comes
            "recursion_limit": NODES_PER_TURN * (limits.steps + 2),
        }
        try:
            with untraced():
                agent.invoke(start, config)
        except ToolsRefusedError:
            raise
        except LLMError as error:
            watch.gathered.undone = f"the model failed: {error.message}"
        return watch.gathered


def opening(question: Question, bench: Workbench) -> str:
    """The first message to the model: inputs by label, evidence so far, the question."""
    return load_prompt(
        "tools_question",
        inputs="\n".join(_told(given, bench) for given in bench.inputs) or "none",
        evidence=result_text(bench.evidence, Found()) if bench.evidence else "none",
        question=question.text,
    )


def _told(given: Input, bench: Workbench) -> str:
    """An input in one line; what a person or a file called it is quoted, as data."""
    match given.modality:
        case Modality.PROTEIN:
            shown = given.value[:SHOWN_RESIDUES]
            line = f"{given.label}: a protein of {len(given.value)} amino acids, {shown}…"
        case Modality.MOLECULE:
            more = "…" if len(given.value) > SHOWN_SMILES else ""
            line = f"{given.label}: a molecule, {given.value[:SHOWN_SMILES]}{more}"
        case Modality.ENTITY:
            line = f"{given.label}: {type_of(given, bench.resources)} {given.value}"
    name = json.dumps(given.name[:SHOWN_NAME], ensure_ascii=False)
    return f"{line}, named {name}" if given.name else line


def _for_langchain(tool: Tool, bench: Workbench) -> StructuredTool:
    """A tool for LangChain. The workbench checks the arguments, in bbqa's words."""

    def call(**arguments: Any) -> tuple[str, Step]:  # noqa: ANN401
        return bench.call(tool, arguments)

    spec = spec_of(tool)
    return StructuredTool(
        name=spec.name,
        description=spec.description,
        args_schema=dict(spec.parameters),
        func=call,
        response_format="content_and_artifact",
    )


def _middleware(watch: _Watch, llm: LLM, limits: Limits) -> list[AgentMiddleware[Any, Any, Any]]:
    """What stands around the calls of the model and of the tools, the outermost first."""
    return [
        watch,
        # of calls that are made at once, those beyond the limit are refused and the others done
        ToolCallLimitMiddleware(run_limit=limits.steps, exit_behavior="continue"),
        # other failures have been repeated where that helps, by the connection itself
        ModelRetryMiddleware(
            max_retries=1, retry_on=(BrokenOffError,), on_failure="error", initial_delay=0.0
        ),
        # LangChain counts four letters a token, where identifiers take two: hence a third
        ContextEditingMiddleware(edits=[ClearToolUsesEdit(trigger=llm.context_tokens // 3)]),
    ]


class _Outcome(StrEnum):
    """What came of a call of a tool, or of a turn with several: the best of them."""

    FOUND = "found"
    FAILED = "failed"
    REPEATED = "repeated"


class _Watch(AgentMiddleware[AgentState[Any], None, Any]):
    """Tells of every step, keeps the budget, and says when to stop.

    Args:
        tools: Names of the tools there are.
        limits: How far to go.
        on_step: Told of each step as it ends.
    """

    def __init__(
        self, tools: Sequence[str], limits: Limits, on_step: Callable[[Step], None]
    ) -> None:
        super().__init__()
        self.gathered = Gathered()
        self._names = tuple(tools)
        self._budget = Budget(limits)
        self._on_step = on_step
        self._wishes: set[str] = set()
        self._answered: set[str | None] = set()
        self._turn: list[_Outcome] = []
        self._turns: list[_Outcome] = []
        self._lock = Lock()

    @hook_config(can_jump_to=["end"])
    def before_model(self, state: AgentState[Any], runtime: Runtime[None]) -> dict[str, Any] | None:
        """End the loop if a limit was reached or the model gets nowhere."""
        if self._turn:
            self._turns.append(next(one for one in _Outcome if one in self._turn))
            self._turn = []
        if reached := self._budget.over():
            left = ", ".join(self._not_called(state["messages"]))
            self.gathered.undone = f"{reached}; not called: {left}" if left else reached
        elif (
            len(self._turns) >= MAX_FRUITLESS and _Outcome.FOUND not in self._turns[-MAX_FRUITLESS:]
        ):
            self.gathered.undone = f"the model called nothing usable {MAX_FRUITLESS} times in a row"
        elif self._turns[-MAX_REPEATING:] != [_Outcome.REPEATED] * MAX_REPEATING:
            return None
        return {"jump_to": "end"}

    def wrap_model_call(
        self,
        request: ModelRequest[None],
        handler: Callable[[ModelRequest[None]], ModelResponse[Any]],
    ) -> ModelResponse[Any]:
        """Ask the model, and tell what it cost and wants called."""
        started = time.perf_counter()
        try:
            response = handler(request)
        except LLMError as error:
            seconds = round(time.perf_counter() - started, 4)
            self._tell(Step("model", seconds=seconds, note=error.message, failed=True))
            raise
        reply = response.result[-1]
        assert isinstance(reply, AIMessage)
        step = _model_step(reply, seconds=round(time.perf_counter() - started, 4))
        self._budget.tokens += step.prompt_tokens + step.completion_tokens
        self._tell(step)
        return response

    def wrap_tool_call(
        self,
        request: ToolCallRequest,
        handler: Callable[[ToolCallRequest], ToolMessage | Command[Any]],
    ) -> ToolMessage | Command[Any]:
        """Call a tool, unless the call makes no sense; then tell the model so."""
        call = request.tool_call
        with self._lock:
            message: ToolMessage | Command[Any]
            if wrong := self._wrong(call["name"], call["args"]):
                outcome, problem = wrong
                step = Step(call["name"], call["args"], note=problem, failed=True)
                message = ToolMessage(
                    problem, tool_call_id=call["id"] or "", name=call["name"], status="error"
                )
            else:
                message = handler(request)
                assert isinstance(message, ToolMessage)
                step = message.artifact
                outcome = _Outcome.FAILED if step.failed else _Outcome.FOUND
            self._answered.add(call["id"])
            self._turn.append(outcome)
            self._budget.spend(step)
            self._tell(step)
        return message

    def _wrong(self, name: str, arguments: dict[str, Any]) -> tuple[_Outcome, str] | None:
        """What is wrong with a call before it is made."""
        if name not in self._names:
            return (
                _Outcome.FAILED,
                f"no tool is called {name!r}; tools are: {', '.join(self._names)}",
            )
        if UNREADABLE in arguments:
            return (
                _Outcome.FAILED,
                f"the arguments of {name} must be one JSON object; call it again",
            )
        wish = f"{name} {json.dumps(arguments, sort_keys=True)}"
        if wish in self._wishes:
            return _Outcome.REPEATED, "called before with the same arguments; its result is above"
        self._wishes.add(wish)
        return None

    def _not_called(self, messages: Sequence[BaseMessage]) -> list[str]:
        """Names of the tools that the model asked for last and that a limit kept back."""
        last = next((m for m in reversed(messages) if isinstance(m, AIMessage)), None)
        calls = [] if last is None else last.tool_calls
        return [call["name"] for call in calls if call["id"] not in self._answered]

    def _tell(self, step: Step) -> None:
        self.gathered.steps.append(step)
        self._on_step(step)


def _model_step(reply: AIMessage, *, seconds: float) -> Step:
    """What a model's turn cost and came to."""
    usage = reply.usage_metadata
    called = ", ".join(call["name"] for call in reply.tool_calls)
    return Step(
        name="model",
        seconds=seconds,
        prompt_tokens=usage["input_tokens"] if usage else 0,
        completion_tokens=usage["output_tokens"] if usage else 0,
        note=f"calls {called}" if called else "calls nothing more",
    )
