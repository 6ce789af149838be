"""Answers questions about proteins and molecules and shows the evidence.

    >>> import bbqa
    >>> bbqa.Status.CURATED
    <Status.CURATED: 'curated'>

Importing this costs next to nothing: whatever is heavy is imported where it is used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bbqa.ask import ask
from bbqa.errors import (
    ArtifactError,
    BbqaError,
    GraphError,
    IndexMismatchError,
    InputError,
    LLMError,
    MissingExtraError,
    SettingsError,
    ToolError,
)
from bbqa.schema import (
    Answer,
    AnswerStatus,
    Claim,
    Evidence,
    Hit,
    Input,
    Node,
    NodeType,
    Question,
    Relation,
    Status,
)

if TYPE_CHECKING:
    from bbqa.settings import Settings, load_settings

__version__ = "0.1.0"

__all__ = [
    "Answer",
    "AnswerStatus",
    "ArtifactError",
    "BbqaError",
    "Claim",
    "Evidence",
    "GraphError",
    "Hit",
    "IndexMismatchError",
    "Input",
    "InputError",
    "LLMError",
    "MissingExtraError",
    "Node",
    "NodeType",
    "Question",
    "Relation",
    "Settings",
    "SettingsError",
    "Status",
    "ToolError",
    "ask",
    "load_settings",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401
    """Settings on demand: they need pydantic, which ``bbqa --help`` does not."""
    if name in ("Settings", "load_settings"):
        import bbqa.settings

        return getattr(bbqa.settings, name)
    raise AttributeError(f"module 'bbqa' has no attribute {name!r}")
