"""Tools as a model is told of them: a name, what the docstring says, the arguments' schema."""

from __future__ import annotations

import inspect
import re
from typing import Any

from bbqa.llm.contract import ToolSpec
from bbqa.workbench import Tool, arguments_of

_FOR_PEOPLE = re.compile(r"^(Args|Returns|Raises|Attributes|Source|Example):", re.MULTILINE)
_LEFT_OUT = ("title", "$defs")


def spec_of(tool: Tool) -> ToolSpec:
    """A tool as a model is told of it.

    Sections of the docstring for people who program, and what pydantic adds to a schema by
    itself, are left out: every word is read by the model before every question.
    """
    told = _FOR_PEOPLE.split(inspect.getdoc(tool) or "")[0].strip()
    schema = arguments_of(tool).model_json_schema()
    return ToolSpec(tool.__name__, told, _plain(schema, schema.get("$defs", {})))


def _plain(schema: Any, definitions: dict[str, Any]) -> Any:  # noqa: ANN401
    """A schema without references, titles, and docstrings of enumerations."""
    if isinstance(schema, list):
        return [_plain(part, definitions) for part in schema]
    if not isinstance(schema, dict):
        return schema
    if "$ref" in schema:
        target = definitions[schema["$ref"].rpartition("/")[2]]
        rest = {name: part for name, part in schema.items() if name != "$ref"}
        return _plain({k: v for k, v in target.items() if k != "description"} | rest, definitions)
    return {
        name: _properties(part, definitions) if name == "properties" else _plain(part, definitions)
        for name, part in schema.items()
        if name not in _LEFT_OUT
    }


def _properties(properties: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any]:
    """Schemas of arguments; an argument may well be called ``title``."""
    return {name: _plain(part, definitions) for name, part in properties.items()}
