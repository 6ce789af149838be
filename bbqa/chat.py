"""A chat: lines in, answers out, as long as a person likes.

``Chat.run`` reads a block, and ``_take`` decides what it is: a command, something to attach, or a
question. A question goes through ``dialogue.resolve`` to ``ask``, and its turn into the session.
"""

from __future__ import annotations

import os
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.ask import ask
from bbqa.attach import Kind, in_words, read_attached, read_attached_file, recognise
from bbqa.chat_screen import STYLES, Screen
from bbqa.dialogue import Taken, resolve, spoken
from bbqa.errors import BbqaError, InputError
from bbqa.question.linking import links
from bbqa.question.parse import parse
from bbqa.question.read import MAX_QUESTION
from bbqa.retrieve.proteins import title_of
from bbqa.retrieve.visible import same_proteins
from bbqa.schema import Answer, Input, Modality, Node, NodeType, Question, Status
from bbqa.session import Session, Turn, answered_turn, new_turn, session_lines
from bbqa.subject import node_of
from bbqa.things import Mention, Thing, thing_of, things_found
from bbqa.transcript import dropped_lines, evidence_line, export, input_line, why_lines

if TYPE_CHECKING:
    from bbqa.resources import Resources
    from bbqa.terminal import Terminal

COMMANDS: Final = {
    "/seq": ("TEXT|FILE|ACCESSION", "attach a protein"),
    "/smiles": ("TEXT|FILE|NAME", "attach a molecule"),
    "/file": ("PATH", "attach what a file holds: FASTA, SMILES, or a CSV with a header"),
    "/inputs": ("", "what is attached"),
    "/forget": ("LABEL|all", "attach it no longer"),
    "/evidence": ("[N]", "the evidence of the last answer, or item N of it"),
    "/why": ("N", "what sentence N of the last answer rests on, and what was dropped"),
    "/model": ("[SPEC|none]", "the language model, or another one"),
    "/export": ("FILE.md|.html|.json", "write the session to a new file"),
    "/summary": ("", "the questions so far, a line each"),
    "/sessions": ("", "all saved sessions"),
    "/help": ("", "this list"),
    "/exit": ("", "leave; so does Ctrl-D"),
}
_LEAD: Final = "about "
_GENITIVE = re.compile(r"['’]s?$")
_COMMAND = re.compile(r"/[A-Za-z?]+(?=\s|$)")


class Chat:
    """One chat from its first line to its last.

    Args:
        resources: Graph, indexes and models.
        session: What is remembered.
        terminal: Where it takes place.
        use_llm: Let the language model write; otherwise evidence is summarised plainly.
        translate: Translate nucleotide sequences instead of refusing them.
    """

    def __init__(
        self,
        resources: Resources,
        session: Session,
        terminal: Terminal,
        *,
        use_llm: bool = True,
        translate: bool = False,
    ) -> None:
        self._resources = resources
        self._session = session
        self._terminal = terminal
        self._use_llm = use_llm
        self._translate = translate
        self._failed = 0

    def run(self) -> int:
        """Take what is written until its end; 1 if something failed where nobody watched."""
        self._greet()
        going = True
        while going:
            try:
                going = all(self._take(block) for block in self._terminal.read())
            except EOFError:
                going = False
            except KeyboardInterrupt:
                if not self._terminal.interactive:
                    raise
                self._dim("(nothing is running; /exit or Ctrl-D leaves)")
        if self._terminal.interactive and self._session.name and self._session.turns:
            self._dim(f"saved; bbqa chat --session {self._session.name} goes on from here")
        return 1 if self._failed and not self._terminal.interactive else 0

    def attach(self, kind: Kind, texts: Sequence[str]) -> None:
        """Attach what texts stand for, as ``/seq`` and ``/smiles`` do.

        Raises:
            InputError: One of them cannot be used.
        """
        for text in texts:
            self._attach(self._read(kind, text))

    # what a block is

    def _take(self, block: str) -> bool:
        """Do what a block says; whether to go on."""
        text = block.strip()
        try:
            if command := _COMMAND.match(text):
                return self._command(command.group().lower(), text[command.end() :].strip())
            if kind := recognise(text):
                self._take_paste(kind, text)
            elif text:
                self._question(text)
        except BbqaError as error:
            self._complain(error)
        except Exception as error:
            # A bug in one answer must not take a session of many with it.
            if os.environ.get("BBQA_DEBUG") == "1":
                raise
            self._complain(
                BbqaError(
                    f"{type(error).__name__}: {error}",
                    hint="this is a bug in bbqa; run again with BBQA_DEBUG=1 and report it",
                )
            )
        return True

    def _complain(self, error: BbqaError) -> None:
        self._failed += 1
        self._terminal.complain(error)

    def _take_paste(self, kind: Kind, text: str) -> None:
        """Attach a paste if it is meant so."""
        found = self._read(kind, text)
        if self._terminal.interactive:
            question = f"This looks like {in_words(found)}. Attach it? [Y/n] "
            if not self._terminal.confirm(question):
                self._dim("not attached")
                return
        self._attach(found)

    def _attach(self, found: Sequence[Input]) -> None:
        there = {given.label for given in self._session.inputs}
        for given in self._session.attach(found):
            again = "attached already: " if given.label in there else "attached "
            self._dim(again + self._line_of(given))

    def _line_of(self, given: Input) -> str:
        """An input in a line: what it is, where that is known, how large, and how it was called."""
        graph = self._resources.graph
        if (node := node_of(given, self._resources)) is not None:
            known = f"{graph.name_of(node[0])} ({graph.node_id(node[0])})"
        else:
            protein = given.modality is Modality.PROTEIN
            same = same_proteins(given, self._resources) if protein else ()
            known = title_of(graph, graph.sequences[same[0].number]) if same else ""
        said = (given.name or given.given) in known
        line = input_line(asdict(replace(given, name="", given="") if said else given))
        return f"{given.label}: {known}  {line}" if known else f"{given.label}  {line}"

    def _read(self, kind: Kind, text: str) -> list[Input]:
        return read_attached(
            kind, text, names=lambda: self._resources.names, translate=self._translate
        )

    # questions

    def _question(self, typed: str) -> None:
        """Answer a question, and keep what came of it."""
        started = time.perf_counter()
        if len(typed) > MAX_QUESTION:
            raise InputError(
                f"the question has {len(typed):,} characters; at most {MAX_QUESTION:,} are allowed",
                hint="attach sequences with /seq and structures with /smiles",
            )
        taken = resolve(typed, self._session.memory(), self._mentions)
        chosen = taken.subjects if taken.text.startswith("Which of ") else ()
        self._session.begin(typed)
        self._tell_taken(taken)
        screen = Screen(self._terminal)
        turn = new_turn(typed, taken, seconds=0.0)
        try:
            answer = ask(
                spoken(taken),
                inputs=taken.inputs,
                use_llm=self._use_llm,
                resources=self._resources,
                listener=screen,
            )
        except KeyboardInterrupt:
            answer = screen.stopped(Question(spoken(taken), taken.inputs))
            self._keep(turn, answer, started, chosen, stopped=True)
            if not self._terminal.interactive:
                raise
        except Exception as error:
            seconds = round(time.perf_counter() - started, 3)
            self._session.keep({**turn, "error": str(error), "seconds": seconds})
            raise
        else:
            self._keep(turn, answer, started, chosen)
        screen.finish(answer, time.perf_counter() - started)

    def _keep(
        self,
        turn: Turn,
        answer: Answer,
        started: float,
        chosen: Sequence[Thing],
        *,
        stopped: bool = False,
    ) -> None:
        """Save an answer with what it leaves for the next question to refer to.

        After "which of those …?" that is what was to be chosen from.
        """
        asked_for = self._asked_for(answer.question)
        found = things_found(answer, asked_for, self._node)
        if chosen:
            found, asked_for = tuple(chosen), chosen[0].type
        turn["seconds"] = round(time.perf_counter() - started, 3)
        self._session.keep(
            answered_turn(turn, answer, found=found, asked_for=asked_for or "", stopped=stopped)
        )

    def _tell_taken(self, taken: Taken) -> None:
        """Say how a question was taken, wherever it could have been taken otherwise."""
        attached = self._session.inputs
        if taken.changed:
            self._dim(f"taken as: {taken.text}")
        elif attached and not taken.subjects:
            self._dim("taken as it stands, without what is attached")
        elif len(attached) > 1 and taken.inputs:
            self._dim(f"about {', '.join(given.label for given in taken.inputs)}")

    def _asked_for(self, question: Question) -> NodeType | None:
        """The type of what a question asks for first; None where it asks of its subject itself."""
        for query in parse(question, self._resources).queries:
            if query.target is not None or query.aspects:
                return query.target or query.aspects[0]
        return None

    def _mentions(self, text: str) -> list[Mention]:
        """The nodes that a text names, without a genitive's ending."""
        graph, mentions = self._resources.graph, []
        # A text in capitals alone, such as "KIT?", would be read as if it were shouted.
        for link in links(f"{_LEAD}{text}", self._resources):
            name = _GENITIVE.sub("", link.text)
            end = link.end - len(link.text) + len(name)
            start, end = link.start - len(_LEAD), end - len(_LEAD)
            mentions.append(Mention(start, end, thing_of(graph.node(link.first), name)))
        return mentions

    def _node(self, node_id: str) -> Node | None:
        row = self._resources.graph.row(node_id)
        return None if row is None else self._resources.graph.node(row)

    # commands

    def _command(self, name: str, rest: str) -> bool:
        """Do what a command says; whether to go on."""
        if name in ("/exit", "/quit"):
            return False
        known: dict[str, Callable[[str], None]] = {
            "/seq": lambda text: self.attach("protein", [_given("/seq", text)]),
            "/smiles": lambda text: self.attach("molecule", [_given("/smiles", text)]),
            "/file": self._file,
            "/inputs": self._inputs,
            "/forget": self._forget,
            "/evidence": self._evidence,
            "/why": self._why,
            "/model": self._model,
            "/export": self._export,
            "/summary": self._summary,
            "/sessions": self._sessions,
            "/help": self._help,
            "/?": self._help,
        }
        if name not in known:
            near = get_close_matches(name, COMMANDS, n=3, cutoff=0.4)
            raise InputError(
                f"there is no command {name}; nearest: {', '.join(near) or 'none'}",
                hint="/help lists them all",
            )
        known[name](rest)
        return True

    def _file(self, path: str) -> None:
        _, found = read_attached_file(
            _given("/file", path),
            names=lambda: self._resources.names,
            translate=self._translate,
        )
        if not found:
            raise InputError(f"{path} holds nothing to attach")
        self._attach(found)

    def _inputs(self, _: str) -> None:
        for given in self._session.inputs:
            self._say(self._line_of(given))
        if not self._session.inputs:
            self._say("nothing is attached: paste a sequence, or /seq, /smiles, /file")

    def _forget(self, label: str) -> None:
        gone = self._session.forget(_given("/forget", label))
        self._say(f"no longer attached: {', '.join(gone)}")

    def _evidence(self, number: str) -> None:
        items = self._last_answer()["evidence"]
        if number:
            wanted = _number("/evidence", number)
            items = [item for item in items if item["number"] == wanted]
            if not items:
                raise InputError(f"the last answer has no evidence {wanted}", hint="/evidence")
        for item in items:
            self._say(evidence_line(item), style=STYLES.get(Status(item["status"]), ""))
        if not items:
            self._say("the last answer has no evidence")

    def _why(self, number: str) -> None:
        answer = self._last_answer()
        if not number and not answer["claims"]:
            lines = dropped_lines(answer) or ["the last answer has no sentences"]
        else:
            lines = why_lines(answer, _number("/why", number or "1"))
        for line in lines:
            self._say(line)

    def _last_answer(self) -> dict[str, Any]:
        for turn in reversed(self._session.turns):
            answer: dict[str, Any] | None = turn["answer"]
            if answer is not None:
                return answer
        raise InputError("nothing has been answered yet", hint="ask a question first")

    def _model(self, spec: str) -> None:
        if spec.lower() == "none":
            self._use_llm = False
        elif spec:
            self._change_model(spec)
        name = self._resources.settings.llm if self._use_llm else "none: plain summaries"
        self._say(f"language model: {name}")

    def _change_model(self, spec: str) -> None:
        """Open another model, and close the one before only then."""
        from bbqa.llm import open_llm

        resources = self._resources
        opened = open_llm(spec, settings=resources.settings, progress=resources.progress)
        if "llm" in resources.__dict__:
            resources.llm.close()
        resources.llm = opened
        resources.settings = resources.settings.model_copy(update={"llm": spec})
        self._use_llm = True

    def _export(self, file: str) -> None:
        path = Path(_given("/export", file)).expanduser()
        export(self._session.as_json(), path)
        self._say(f"wrote {path}")

    def _summary(self, _: str) -> None:
        for line in self._session.summary or ["nothing has been asked yet"]:
            self._say(line)

    def _sessions(self, _: str) -> None:
        self._say("\n".join(session_lines(self._resources.settings.home)))

    def _help(self, _: str) -> None:
        for name, (what, purpose) in COMMANDS.items():
            self._say(f"{f'{name} {what}':<32} {purpose}")
        self._say("Anything else is a question, or a sequence or SMILES to attach.")

    # words

    def _greet(self) -> None:
        session = self._session
        if session.resumed:
            asked, inputs = len(session.turns) + session.dropped, len(session.inputs)
            self._dim(f"resumed {session.name}: questions {asked}, inputs {inputs}")
            if session.dropped:
                self._dim(f"the oldest {session.dropped} are kept in the summary alone: /summary")
            for line in session.summary[-3:]:
                self._dim(f"  {line}")
            if session.begun:
                self._dim(f"not answered, as it broke off: {session.begun}")
        if self._terminal.interactive:
            self._dim(f"session {session.name}. Ask, paste a sequence or SMILES, or /help.")

    def _say(self, text: str, *, style: str = "") -> None:
        self._terminal.say(text, style=style)

    def _dim(self, text: str) -> None:
        self._terminal.say(text, style="dim")


def chat(
    resources: Resources,
    session: Session,
    terminal: Terminal,
    *,
    use_llm: bool = True,
    translate: bool = False,
    seq: Sequence[str] = (),
    smiles: Sequence[str] = (),
) -> int:
    """Chat until the end of what is written; the exit code.

    Args:
        resources: Graph, indexes and models.
        session: What is remembered.
        terminal: Where it takes place.
        use_llm: Let the language model write.
        translate: Translate nucleotide sequences.
        seq: Proteins to attach first.
        smiles: Molecules to attach first.

    Raises:
        InputError: What is to be attached first cannot be used.
    """
    talk = Chat(resources, session, terminal, use_llm=use_llm, translate=translate)
    talk.attach("protein", seq)
    talk.attach("molecule", smiles)
    return talk.run()


def _given(command: str, text: str) -> str:
    if not text:
        raise InputError(
            f"{command} needs {COMMANDS[command][0]}", hint=f"{command} {COMMANDS[command][0]}"
        )
    return text


def _number(command: str, text: str) -> int:
    if not text.isdigit():
        raise InputError(f"{command} needs a number; got {text[:20]!r}", hint=f"{command} 1")
    return int(text)
