"""Everything that can go wrong, as one small tree.

    BbqaError                 a message and a hint: what is wrong, and the next command
    ├── InputError            the person's input cannot be used            (exit 2)
    ├── SettingsError         a setting is unknown or has a wrong value    (exit 2)
    ├── ArtifactError         a download failed or a file is not what it should be
    ├── GraphError            a knowledge graph's files are missing, broken or of another version
    ├── IndexMismatchError    an index was built from another graph or encoder
    ├── LLMError              the language model is absent, slow or talks nonsense
    ├── MissingExtraError     an optional package is needed and not installed
    └── ToolError             text for the model: a tool could not do what was asked

Anything else that escapes is a bug in bbqa and is reported as one.
"""

from __future__ import annotations


class BbqaError(Exception):
    """An error that a person can act on.

    Args:
        message: What is wrong: got, expected, where.
        hint: What to do next, usually a command.
    """

    exit_code = 1

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return self.message


class InputError(BbqaError):
    """The person's input cannot be used as it is."""

    exit_code = 2


class SettingsError(BbqaError):
    """A setting is unknown, or its value is."""

    exit_code = 2


class ArtifactError(BbqaError):
    """An asset could not be fetched, or is not the file it should be."""


class GraphError(BbqaError):
    """A knowledge graph's files are missing, broken or of another version."""


class IndexMismatchError(BbqaError):
    """An index was built from another graph, encoder or version than the one in use."""


class LLMError(BbqaError):
    """The language model is absent, too slow, or answers with nonsense."""


class MissingExtraError(BbqaError):
    """An optional package is needed for this and is not installed."""


class ToolError(BbqaError):
    """A tool could not do what the model asked; the message is for the model to read."""
