"""A chat's memory: its inputs and turns, saved as they come and found again by name.

What happens is an event (inputs attached or forgotten, a question begun or answered). Each event
runs once through a small LangGraph: ``remember`` applies it, ``bound`` keeps the whole within its
limits, and the SQLite checkpointer writes the state in one transaction. A crash therefore loses
at most the answer that was being written; its question is still there.

Only plain values are stored (texts, numbers, lists, dictionaries), and nothing else is read back.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypedDict

from bbqa.dialogue import Taken
from bbqa.errors import InputError
from bbqa.schema import Answer, Input, Modality, NodeType
from bbqa.session_file import locked, opened, readable, sessions_file
from bbqa.things import Memory, Thing, thing_attached

if TYPE_CHECKING:
    from langchain_core.runnables import RunnableConfig
    from langgraph.checkpoint.sqlite import SqliteSaver

MAX_INPUTS: Final = 50
MAX_TURNS: Final = 200
MAX_BYTES: Final = 16 * 2**20
"""Turns kept whole, at most so many and of that size together; older ones leave their summary."""
MAX_SUMMARY: Final = 2_000
"""Characters of the summary of all turns, some 500 tokens; older lines are folded into a count."""
MAX_LINE: Final = 160

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_SENTENCE = re.compile(r"(.+?[.!?])(?=\s+[A-Z]|\s*$)", re.DOTALL)


class Turn(TypedDict):
    """One question and what came of it, in plain values.

    ``outcome`` is ``answered``, ``stopped`` or ``failed``; ``answer`` is ``Answer.to_json()`` or
    None; ``subjects`` and ``found`` are things (``phrase``, ``type``, ``input``).
    """

    typed: str
    taken: str
    subjects: list[dict[str, Any]]
    found: list[dict[str, Any]]
    asked_for: str
    outcome: str
    answer: dict[str, Any] | None
    error: str
    seconds: float
    at: str


class State(TypedDict, total=False):
    """What is saved; ``event`` is what has just happened and is not yet part of the rest."""

    inputs: list[dict[str, Any]]
    handed_out: dict[str, int]
    fresh: list[str]
    begun: dict[str, Any]
    turns: list[Turn]
    summary: list[str]
    folded: int
    dropped: int
    event: dict[str, Any]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """A saved session in a list."""

    name: str
    turns: int
    inputs: int
    last: str
    at: str


class Session:
    """A chat's memory. Open one with ``open_session``.

    Attributes:
        name: What it is called; empty if it is not kept.
        resumed: Whether it was there before.
    """

    def __init__(self, name: str, saver: SqliteSaver) -> None:
        self.name = name
        self._saver = saver
        self._graph = _compiled(saver)
        self._config: RunnableConfig = {"configurable": {"thread_id": name or "unnamed"}}
        with readable(f"session {name!r}"):
            self._state: State = self._graph.get_state(self._config).values
            _check_state(self._state)
        self.resumed = bool(self._state)

    # what is remembered

    @property
    def inputs(self) -> tuple[Input, ...]:
        """The attached inputs, in the order of attaching."""
        return tuple(map(_input, self._state.get("inputs", [])))

    @property
    def turns(self) -> list[Turn]:
        """The turns that are kept whole, oldest first."""
        return self._state.get("turns", [])

    @property
    def begun(self) -> str:
        """The question whose answer was being written when the session broke off, or nothing."""
        return str(self._state.get("begun", {}).get("typed", ""))

    @property
    def dropped(self) -> int:
        """How many turns are no longer kept whole."""
        return self._state.get("dropped", 0)

    @property
    def summary(self) -> list[str]:
        """All turns in a line each, the oldest folded into one."""
        folded = self._state.get("folded", 0)
        older = [f"({folded} older question{'s' if folded > 1 else ''})"] if folded else []
        return [*older, *self._state.get("summary", [])]

    def memory(self) -> Memory:
        """What the next question can refer to: inputs, and the last turn that was answered."""
        attached = tuple(map(thing_attached, self.inputs))
        answered = [turn for turn in self.turns if turn["outcome"] != "failed"]
        fresh = frozenset(self._state.get("fresh", []))
        if not answered:
            return Memory(attached, fresh)
        last = answered[-1]
        there = {thing.phrase for thing in attached}
        subjects = [_thing(thing) for thing in last["subjects"]]
        return Memory(
            attached=attached,
            fresh=fresh,
            asked=last["taken"],
            subjects=tuple(t for t in subjects if t.phrase in there or not _is_label(t.phrase)),
            found=tuple(map(_thing, last["found"])),
            asked_for=NodeType(last["asked_for"]) if last["asked_for"] else None,
        )

    def as_json(self) -> dict[str, Any]:
        """The whole session in plain values."""
        return {
            "session": self.name,
            "inputs": self._state.get("inputs", []),
            "turns": self.turns,
            "summary": self.summary,
            "dropped_turns": self.dropped,
        }

    # what happens

    def attach(self, inputs: Sequence[Input]) -> list[Input]:
        """The inputs under their labels; what is attached already keeps the one it has.

        Labels are never given twice, also not after ``forget``.

        Raises:
            InputError: There would be more than ``MAX_INPUTS``; nothing is attached then.
            SessionError: The session cannot be saved.
        """
        known = {(given.modality, given.value): given for given in self.inputs}
        handed_out = dict(self._state.get("handed_out", {}))
        labelled, new = [], []
        for given in inputs:
            same = known.get((given.modality, given.value))
            if same is None:
                kind = given.label or given.modality.value
                handed_out[kind] = handed_out.get(kind, 0) + 1
                same = replace(given, label=f"{kind}_{handed_out[kind]}")
                known[given.modality, given.value] = same
                new.append(same)
            labelled.append(same)
        if len(known) > MAX_INPUTS:
            raise InputError(
                f"there would be {len(known)} inputs; a session holds at most {MAX_INPUTS}",
                hint="/forget LABEL or /forget all",
            )
        if new:
            self._happen("attach", {"inputs": list(map(asdict, new)), "handed_out": handed_out})
        return labelled

    def forget(self, label: str) -> list[str]:
        """The labels that are no longer attached: one of them, or ``all``.

        Raises:
            InputError: No input is called so.
            SessionError: The session cannot be saved.
        """
        labels = [given.label for given in self.inputs]
        gone = labels if label == "all" else [one for one in labels if one == label.lower()]
        if not gone:
            raise InputError(
                f"no input is called {label!r}; attached: {', '.join(labels) or 'nothing'}",
                hint="/inputs lists them",
            )
        self._happen("forget", gone)
        return gone

    def begin(self, typed: str) -> None:
        """Save that a question is being answered."""
        self._happen("begin", {"typed": typed})

    def keep(self, turn: Turn) -> None:
        """Save a question and what came of it."""
        self._happen("turn", turn)

    def _happen(self, what: str, value: object) -> None:
        from langsmith import tracing_context

        # No dataclass, enum or tuple survives this: what is stored is JSON's.
        event = {"what": what, "value": json.loads(json.dumps(value, default=str))}
        # What is said here goes to no tracing service, whatever the environment says.
        with readable(f"session {self.name!r}", reading=False), tracing_context(enabled=False):
            self._state = self._graph.invoke({"event": event}, self._config, durability="exit")
            self._saver.prune([self._config["configurable"]["thread_id"]])


@contextmanager
def open_session(home: Path, name: str = "", *, kept: bool = True) -> Iterator[Session]:
    """A session by name, new or as it was left; without ``kept``, one in memory alone.

    Raises:
        InputError: The name has other characters than letters, digits, ``.``, ``_`` and ``-``.
        SessionError: Another terminal has it open, or the file cannot be read.
    """
    if not kept:
        with opened(":memory:") as saver:
            yield Session("", saver)
        return
    name = name or time.strftime("%Y-%m-%d-%H%M%S")
    if not _NAME.fullmatch(name):
        raise InputError(
            f"a session cannot be called {name[:80]!r}",
            hint="up to 64 letters, digits, '.', '_' and '-'",
        )
    with locked(home, name), opened(sessions_file(home)) as saver:
        yield Session(name, saver)


def list_sessions(home: Path) -> list[SessionLine]:
    """The saved sessions, the last used first.

    Raises:
        SessionError: The file cannot be read.
    """
    if not sessions_file(home).exists():
        return []
    with opened(sessions_file(home)) as saver, readable(sessions_file(home)):
        lines: dict[str, SessionLine] = {}
        for saved in saver.list(None):
            name = saved.config["configurable"]["thread_id"]
            state = saved.checkpoint["channel_values"]
            if name not in lines:
                lines[name] = _session_line(name, state, saved.checkpoint["ts"])
    return sorted(lines.values(), key=lambda line: line.at, reverse=True)


def session_lines(home: Path) -> list[str]:
    """The saved sessions, a line each."""
    lines = [
        f"{line.name}  questions {line.turns}, inputs {line.inputs}  {line.at}  {line.last[:60]}"
        for line in list_sessions(home)
    ]
    return lines or ["no session has been saved yet"]


def new_turn(typed: str, taken: Taken, *, seconds: float) -> Turn:
    """The record of a question to which nothing has come yet."""
    return {
        "typed": typed,
        "taken": taken.text,
        "subjects": list(map(asdict, taken.subjects)),
        "found": [],
        "asked_for": "",
        "outcome": "failed",
        "answer": None,
        "error": "",
        "seconds": round(seconds, 3),
        "at": time.strftime("%Y-%m-%dT%H:%M:%S"),
    }


def answered_turn(
    turn: Turn, answer: Answer, *, found: Sequence[Thing], asked_for: str, stopped: bool = False
) -> Turn:
    """The record of a question with its answer, whole or as far as it came."""
    return {
        **turn,
        "found": list(map(asdict, found)),
        "asked_for": asked_for,
        "outcome": "stopped" if stopped else "answered",
        "answer": answer.to_json(),
    }


# the graph


def _compiled(saver: SqliteSaver) -> Any:  # noqa: ANN401
    """The graph that every event runs through."""
    from langgraph.graph import END, START, StateGraph

    graph = StateGraph(State)
    graph.add_node("remember", _remember)
    graph.add_node("bound", _bound)
    graph.add_edge(START, "remember")
    graph.add_edge("remember", "bound")
    graph.add_edge("bound", END)
    return graph.compile(checkpointer=saver)


def _remember(state: State) -> State:
    """What changes with an event."""
    event = state["event"]
    value = event["value"]
    inputs, fresh = state.get("inputs", []), state.get("fresh", [])
    match event["what"]:
        case "attach":
            new = value["inputs"]
            return {
                "inputs": [*inputs, *new],
                "fresh": [*fresh, *(given["label"] for given in new)],
                "handed_out": value["handed_out"],
            }
        case "forget":
            return {
                "inputs": [given for given in inputs if given["label"] not in value],
                "fresh": [label for label in fresh if label not in value],
            }
        case "begin":
            return {"begun": value}
        case "turn":
            answered = value["outcome"] != "failed"
            return {
                "turns": [*state.get("turns", []), value],
                "summary": [*state.get("summary", []), _line(value)],
                "begun": {},
                "fresh": [] if answered else fresh,
            }
    raise ValueError(f"no event is called {event['what']!r}")


def _bound(state: State) -> State:
    """The state within its limits: old turns go, old lines of the summary are folded."""
    turns = state.get("turns", [])
    size, kept = 0, 0
    for turn in reversed(turns[-MAX_TURNS:]):
        size += len(json.dumps(turn))
        if kept and size > MAX_BYTES:
            break
        kept += 1
    lines = state.get("summary", [])
    room, told = MAX_SUMMARY, 0
    for line in reversed(lines):
        room -= len(line) + 1
        if room < 0:
            break
        told += 1
    return {
        "turns": turns[len(turns) - kept :],
        "dropped": state.get("dropped", 0) + len(turns) - kept,
        "summary": lines[len(lines) - told :],
        "folded": state.get("folded", 0) + len(lines) - told,
        "event": {},
    }


def _line(turn: Turn) -> str:
    """A turn in a line: the question, how it ended, the first sentence of the answer."""
    answer = turn["answer"] or {}
    text = str(answer.get("text") or turn["error"])
    first = _SENTENCE.match(text)
    status = answer.get("status", "failed") if turn["outcome"] != "stopped" else "stopped"
    said = first.group(1) if first else text
    return f"{_cut(turn['taken'])} -> {status}: {_cut(said)}".rstrip(": ")


def _cut(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= MAX_LINE else f"{text[: MAX_LINE - 2]} …"


# plain values -> records


def _check_state(state: Mapping[str, Any]) -> None:
    """Read back all that later steps rely on; what is damaged shows here."""
    for given in state.get("inputs", []):
        _input(given)
    for turn in state.get("turns", []):
        if turn.keys() != Turn.__annotations__.keys():
            raise ValueError(f"a turn has the fields {', '.join(turn)}")
        for thing in (*turn["subjects"], *turn["found"]):
            _thing(thing)


def _is_label(phrase: str) -> bool:
    return re.fullmatch(r"(?:protein|molecule)_\d+", phrase) is not None


def _input(saved: Mapping[str, Any]) -> Input:
    return Input(
        **{
            **saved,
            "modality": Modality(saved["modality"]),
            "notes": tuple(saved["notes"]),
        }
    )


def _thing(saved: Mapping[str, Any]) -> Thing:
    return Thing(str(saved["phrase"]), NodeType(saved["type"]), _input(saved["input"]))


def _session_line(name: str, state: Mapping[str, Any], at: str) -> SessionLine:
    turns = state.get("turns", [])
    last = str(turns[-1]["taken"]) if turns else ""
    asked = len(turns) + int(state.get("dropped", 0))
    return SessionLine(name, asked, len(state.get("inputs", [])), last, at[:19])
