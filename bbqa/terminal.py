"""The two ends of a chat: lines that a person writes, and lines that they read.

On a terminal that can, prompt_toolkit edits lines, searches their history and completes them; a
dumb terminal and a pipe read and write plain lines. Whatever is printed is text: control
characters are taken out of it and markup is never interpreted.
"""

from __future__ import annotations

import os
import select
import sys
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from bbqa.attach import blocks, recognise
from bbqa.errors import BbqaError

if TYPE_CHECKING:
    from prompt_toolkit import PromptSession
    from rich.console import Console

PROMPT = "> "
Words = Callable[[], Sequence[str]]
"""What can be completed just now: commands and labels."""


class Terminal(Protocol):
    """Where a chat takes place.

    Attributes:
        interactive: Whether a person is at the other end.
    """

    interactive: bool

    def read(self) -> Iterator[str]:
        """What is written next, one or several blocks; raises ``EOFError`` at the end."""

    def confirm(self, question: str) -> bool:
        """Whether a person says yes; also where nobody can be asked."""

    def say(self, text: str, *, style: str = "") -> None:
        """Print text on lines of its own."""

    def complain(self, error: BbqaError) -> None:
        """Print what went wrong, and what to do."""


def open_terminal(home: Path, words: Words) -> Terminal:
    """The terminal that fits standard input and output."""
    interactive = sys.stdin.isatty() and sys.stdout.isatty()
    if interactive and os.environ.get("TERM", "dumb") != "dumb":
        return Editing(home / "chat-history", words)
    return Plain(interactive=interactive)


def clean(text: str) -> str:
    """Text without control characters; line breaks stay.

    >>> clean("a" + chr(27) + "[31m b")
    'a[31m b'
    """
    return "".join(c for c in text if c == "\n" or unicodedata.category(c)[0] != "C" or c == "\t")


class _Printing:
    """What both kinds of terminal share: printing."""

    interactive = False

    def __init__(self) -> None:
        self._console: Console | None = None

    def say(self, text: str, *, style: str = "") -> None:
        """Print text on lines of its own."""
        from rich.console import Console
        from rich.text import Text

        if self._console is None:
            self._console = Console(
                highlight=False,
                soft_wrap=not self.interactive,
                force_terminal=None if self.interactive else False,
            )
        self._console.print(Text(clean(text), style=style))

    def complain(self, error: BbqaError) -> None:
        """Print what went wrong, and what to do: beside the answers where nobody watches."""
        lines = [f"error: {error.message}", *([f"hint: {error.hint}"] if error.hint else [])]
        if self.interactive:
            self.say("\n".join(lines), style="red")
        else:
            print(clean("\n".join(lines)), file=sys.stderr, flush=True)


class Plain(_Printing):
    """Plain lines from standard input, for a pipe or a dumb terminal."""

    def __init__(self, *, interactive: bool) -> None:
        super().__init__()
        self.interactive = interactive
        self._blocks = blocks(self._line, self._more)

    def read(self) -> Iterator[str]:
        """The next line, or all lines of a sequence."""
        try:
            block = next(self._blocks, None)
        except KeyboardInterrupt:
            # A generator that an exception leaves is spent: the next one begins anew.
            self._blocks = blocks(self._line, self._more)
            raise
        if block is None:
            raise EOFError
        yield block

    def confirm(self, question: str) -> bool:
        """Whether a person says yes; a pipe does."""
        if not self.interactive:
            return True
        self._prompt(question)
        return _is_yes(sys.stdin.readline())

    def _line(self) -> str | None:
        self._prompt(PROMPT)
        try:
            line = sys.stdin.readline()
        except UnicodeDecodeError:
            return "\ufffd"
        return line.rstrip("\r\n") if line else None

    def _prompt(self, text: str) -> None:
        if self.interactive:
            sys.stdout.write(text)
            sys.stdout.flush()

    def _more(self) -> bool:
        """Whether a pasted line is waiting; a pipe is read as far as the sequence goes."""
        if not self.interactive:
            return True
        return bool(select.select([sys.stdin], [], [], 0.1)[0])


class Editing(_Printing):
    """Lines edited with prompt_toolkit: history with search, completion, pastes of many lines."""

    interactive = True

    def __init__(self, history: Path, words: Words) -> None:
        super().__init__()
        self._history = history
        self._words = words
        self._session: PromptSession[str] | None = None

    def read(self) -> Iterator[str]:
        """What was written or pasted: sequences and commands apart, lines of prose together."""
        text = self._opened().prompt(PROMPT)
        lines = iter(text.split("\n"))
        if "\n" not in text or recognise(text):
            yield text
            return
        prose: list[str] = []
        for block in blocks(lambda: next(lines, None)):
            if block.startswith("/") or recognise(block):
                yield from _joined(prose)
                prose = []
                yield block
            else:
                prose.append(block)
        yield from _joined(prose)

    def confirm(self, question: str) -> bool:
        """Whether the person says yes."""
        from prompt_toolkit import PromptSession

        plain: PromptSession[str] = PromptSession()
        try:
            return _is_yes(plain.prompt(question))
        except (EOFError, KeyboardInterrupt):
            return False

    def _opened(self) -> PromptSession[str]:
        if self._session is None:
            from prompt_toolkit import PromptSession
            from prompt_toolkit.completion import WordCompleter
            from prompt_toolkit.history import FileHistory

            self._history.parent.mkdir(parents=True, exist_ok=True)
            self._session = PromptSession(
                history=FileHistory(self._history),
                completer=WordCompleter(lambda: list(self._words()), WORD=True),
                complete_while_typing=False,
                enable_history_search=False,
            )
        return self._session


def _joined(lines: Sequence[str]) -> Iterator[str]:
    if text := " ".join(" ".join(lines).split()):
        yield text


def _is_yes(reply: str) -> bool:
    return reply.strip().lower() in ("", "y", "yes")
