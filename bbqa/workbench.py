"""What tools work on, and what comes back from them.

A tool is a typed function ``tool(what, bench, *, k=8) -> Found``: its docstring is what a model
reads, its annotations are the arguments that a model may give, and ``bench`` holds the inputs of
the question and everything that is opened. A person calls it the same way from Python::

    bench = Workbench(resources, read_inputs([sequence]))
    found = similar("protein_1", bench, k=3)

``Workbench.call`` is how a model's wish becomes a call: arguments are validated, evidence is
numbered once and for all, and a failure becomes text for the model.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from inspect import Parameter, signature
from typing import TYPE_CHECKING, Any, get_type_hints

from bbqa.errors import BbqaError, ToolError
from bbqa.limits import NO_LIMITS
from bbqa.retrieve.visible import is_visible
from bbqa.schema import Evidence, Input, Modality, Step

if TYPE_CHECKING:
    from pydantic import BaseModel

    from bbqa.kg.graph import Graph
    from bbqa.resources import Resources

BENCH = "bench"
"""Name of the parameter that is not the model's to give."""
MAX_RESULT = 1800
"""Longest text of a result for a model, in characters: some 500 tokens."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a tool found.

    Attributes:
        evidence: The best of it, best first, not yet numbered.
        total: How much there was before it was cut.
        note: What to say besides ("three nodes are called so").
    """

    evidence: tuple[Evidence, ...] = ()
    total: int = 0
    note: str = ""


Tool = Callable[..., Found]


class Workbench:
    """The inputs of a question, what is opened, and the evidence found so far.

    Args:
        resources: Graph, indexes and models.
        inputs: What the question is about, by label.
        question: The question in words; ranking goes by it.
    """

    def __init__(
        self, resources: Resources, inputs: Iterable[Input] = (), *, question: str = ""
    ) -> None:
        self.resources = resources
        self.inputs = tuple(inputs)
        self.question = question
        self.evidence: list[Evidence] = []

    @property
    def graph(self) -> Graph:
        """The knowledge graph."""
        return self.resources.graph

    def input(self, label: str) -> Input:
        """The input with a label, whatever its case.

        Raises:
            ToolError: There is none; the message lists those there are.
        """
        for given in self.inputs:
            if label.strip().lower() in (given.label.lower(), given.given.lower()):
                return given
        labels = ", ".join(given.label for given in self.inputs) or "none"
        raise ToolError(f"no input is called {label!r}; inputs are: {labels}")

    def node(self, name: str) -> int:
        """The row of the node that a text names: an id, a name, a synonym, or an entity's label.

        Raises:
            ToolError: Nothing or several things are called so; the message lists the nearest.
        """
        for given in self.inputs:
            if given.modality is Modality.ENTITY and given.label.lower() == name.strip().lower():
                name = given.value
        rows = [row for row in self.resources.names.exact(name) if self.may_tell(row)]
        if not rows:
            near = ", ".join(self._nearest(name))
            raise ToolError(f"nothing is called {name!r}; nearest names: {near}")
        if len(rows) > 1:
            told = "; ".join(f"{self.graph.node_id(r)} {self.graph.type_of(r)}" for r in rows[:5])
            raise ToolError(f"{name!r} may be any of: {told}. Give an id")
        return rows[0]

    def named_beside(self, given: Input) -> set[int]:
        """Rows of the nodes that the question names besides an input."""
        rows = [self.graph.row(other.value) for other in self.inputs if other != given]
        return {row for row in rows if row is not None}

    def _nearest(self, name: str) -> list[str]:
        """The nearest three names of what may be spoken of."""
        names = self.resources.names
        near = names.nearest(name, 3 if self.resources.limits == NO_LIMITS else 9)
        return [one for one in near if any(map(self.may_tell, names.exact(one)))][:3]

    def may_tell(self, row: int) -> bool:
        """Whether a node may be spoken of: a hidden one only if the question names it."""
        return is_visible(row, self.resources) or self.graph.node_id(row) in {
            given.value for given in self.inputs if given.modality is Modality.ENTITY
        }

    def file(self, items: Sequence[Evidence]) -> list[Evidence]:
        """Items with their numbers; what was found before keeps the number that it has."""
        known = {(item.statement, item.about): item for item in self.evidence}
        numbered = []
        for item in items:
            same = known.get((item.statement, item.about))
            if same is None:
                same = replace(item, number=len(self.evidence) + 1)
                self.evidence.append(same)
                known[item.statement, item.about] = same
            numbered.append(same)
        return numbered

    def call(self, tool: Tool, arguments: Mapping[str, Any]) -> tuple[str, Step]:
        """Call a tool as a model asked: its result in words for the model, and what happened."""
        started = time.perf_counter()
        filed: list[Evidence] = []
        failed = False
        try:
            found = tool(**_validated(tool, arguments), **{BENCH: self})
            filed = self.file(found.evidence)
            text = result_text(filed, found)
        except BbqaError as error:
            failed = True
            text = " ".join(part for part in (error.message, error.hint) if part)[:MAX_RESULT]
        step = Step(
            name=tool.__name__,
            arguments=dict(arguments),
            evidence=tuple(item.number for item in filed),
            seconds=round(time.perf_counter() - started, 4),
            note=text if failed else f"{len(filed)} items",
            failed=failed,
        )
        return text, step


def result_text(filed: Sequence[Evidence], found: Found) -> str:
    """A result as a model reads it: numbered statements with status and source, and any cut."""
    lines: list[str] = []
    size = 0
    for item in filed:
        line = f"[{item.number}] {item.statement} ({item.status}; {item.source})"
        size += len(line) + 1
        if lines and size > MAX_RESULT:
            break
        lines.append(line)
    total = max(found.total, len(filed))
    if len(lines) < total:
        lines.append(f"{len(lines)} of {total} shown.")
    if found.note:
        lines.append(found.note)
    return "\n".join(lines) or "Nothing was found."


def arguments_of(tool: Tool) -> type[BaseModel]:
    """The arguments that a model may give a tool, as a pydantic model; others are errors."""
    from pydantic import ConfigDict, create_model

    hints = get_type_hints(tool, include_extras=True)
    fields: dict[str, Any] = {
        name: (hints[name], ... if given.default is Parameter.empty else given.default)
        for name, given in signature(tool).parameters.items()
        if name != BENCH
    }
    return create_model(tool.__name__, __config__=ConfigDict(extra="forbid"), **fields)


def _validated(tool: Tool, arguments: Mapping[str, Any]) -> dict[str, Any]:
    from pydantic import ValidationError

    try:
        given = arguments_of(tool).model_validate(dict(arguments))
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, e['loc'])) or 'arguments'}: {e['msg']}" for e in error.errors()
        )
        raise ToolError(f"{tool.__name__} cannot be called so: {wrong}") from error
    return {name: getattr(given, name) for name in type(given).model_fields}
