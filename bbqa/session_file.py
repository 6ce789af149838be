"""The one file of all sessions, and the locks that keep two terminals off the same session."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import BbqaError

if TYPE_CHECKING:
    from langgraph.checkpoint.sqlite import SqliteSaver

FORMAT: Final = 1
"""Version of the file of sessions; SQLite keeps it as ``user_version``."""
IN_MEMORY: Final = ":memory:"


class SessionError(BbqaError):
    """A session cannot be opened, read or saved."""


def sessions_file(home: Path) -> Path:
    """Where all sessions are kept."""
    return home / "sessions.sqlite"


@contextmanager
def opened(path: Path | str) -> Iterator[SqliteSaver]:
    """A checkpointer on a file, which is made if it is not there."""
    from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer
    from langgraph.checkpoint.sqlite import SqliteSaver

    class Checkpoints(SqliteSaver):
        """LangGraph's checkpointer, which keeps the last state of a session alone."""

        def prune(self, thread_ids: Sequence[str], *, strategy: str = "keep_latest") -> None:
            with self.cursor() as cursor:
                for name in thread_ids:
                    cursor.execute(
                        "DELETE FROM checkpoints WHERE thread_id = ? AND checkpoint_id < "
                        "(SELECT MAX(checkpoint_id) FROM checkpoints WHERE thread_id = ?)",
                        (name, name),
                    )

    with readable(path):
        if isinstance(path, Path):
            path.parent.mkdir(parents=True, exist_ok=True)
        connection = sqlite3.connect(path, check_same_thread=False, timeout=20.0)
    try:
        with readable(path):
            _check_format(connection, path)
            # Plain values only: no class is looked up while reading, and nothing is unpickled.
            saver = Checkpoints(connection, serde=JsonPlusSerializer(allowed_msgpack_modules=None))
            saver.setup()
        yield saver
    finally:
        connection.close()


def _check_format(connection: sqlite3.Connection, path: Path | str) -> None:
    found = int(connection.execute("PRAGMA user_version").fetchone()[0])
    if found > FORMAT:
        raise SessionError(
            f"{path} has format {found}; this bbqa knows formats up to {FORMAT}",
            hint="use the bbqa that wrote it, or another BBQA_HOME; nothing was changed",
        )
    if found < FORMAT:
        connection.execute(f"PRAGMA user_version = {FORMAT}")


@contextmanager
def readable(what: Path | str, *, reading: bool = True) -> Iterator[None]:
    """Failures of the file as ``SessionError``; while reading, values that are none of ours too.

    Args:
        what: The file or the session, for the message.
        reading: Whether only what was saved is at fault.
    """
    try:
        yield
    except BbqaError:
        raise
    except (sqlite3.Error, OSError) as error:
        raise SessionError(
            f"{what} cannot be read or saved: {error}",
            hint="free some space, or move the file away and start anew; nothing was deleted",
        ) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        if not reading:
            raise
        raise SessionError(
            f"{what} is damaged: {type(error).__name__}: {error}",
            hint="start another one with --session NAME; nothing was deleted",
        ) from error


@contextmanager
def locked(home: Path, name: str) -> Iterator[None]:
    """Hold a session, so that two terminals do not write to it in turns."""
    from filelock import FileLock, Timeout

    folder = home / "session-locks"
    with readable(folder):
        folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / f"{name}.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        raise SessionError(
            f"session {name!r} is open in another terminal",
            hint="close it there, or start another one with --session NAME",
        ) from None
    try:
        yield
    finally:
        lock.release()
