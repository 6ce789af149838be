"""bbqa answers questions about proteins and molecules and shows its evidence.

    >>> import bbqa
    >>> sorted(bbqa.__all__)[:3]
    ['Answer', 'AnswerStatus', 'ArtifactError']

The names below are imported when they are first used, so that ``import bbqa`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
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
    from bbqa.settings import Settings, load_settings

__version__ = "0.1.0"

_HOME_OF = {
    "ask": "bbqa.ask",
    "Settings": "bbqa.settings",
    "load_settings": "bbqa.settings",
    **dict.fromkeys(
        (
            "ArtifactError",
            "BbqaError",
            "GraphError",
            "IndexMismatchError",
            "InputError",
            "LLMError",
            "MissingExtraError",
            "SettingsError",
            "ToolError",
        ),
        "bbqa.errors",
    ),
    **dict.fromkeys(
        (
            "Answer",
            "AnswerStatus",
            "Claim",
            "Evidence",
            "Hit",
            "Input",
            "Node",
            "NodeType",
            "Question",
            "Relation",
            "Status",
        ),
        "bbqa.schema",
    ),
}

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
    if name in _HOME_OF:
        return getattr(import_module(_HOME_OF[name]), name)
    raise AttributeError(f"module 'bbqa' has no attribute {name!r}")
