"""Copying from the nearest relative: what is recorded of it is said of the input, with no model.

The nearest is the best alignment, or the highest Tanimoto, of those that may be seen and of which
anything is recorded of what is asked for. What a question names is its own nearest relative.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.contract import Form, Item, Response
from bbqa.eval.conditions.seen import nodes_in, seen
from bbqa.kg.ends import GO_TYPES
from bbqa.schema import Input, Modality, NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

RELATIVES: Final = 50
"""Relatives that are gone through until one has anything recorded."""
MAX_COPIED: Final = 30
OF_PROTEINS: Final = GO_TYPES
OF_MOLECULES: Final = (NodeType.ROLE, NodeType.DRUG_CLASS, NodeType.PROTEIN)
"""What is copied where an item does not say what is asked for."""


@dataclass(frozen=True, slots=True)
class Copied:
    """One thing that is recorded of a relative.

    Attributes:
        row: The node.
        statement: The record, as if it were of the input: ``It enables ATP binding``.
    """

    row: int
    statement: str


def nearest(item: Item, resources: Resources) -> Response:
    """What is recorded of the nearest relative; it abstains where nothing is.

    Raises:
        InputError: The item's inputs cannot be used.
    """
    resources.prepare()
    view = seen(item, resources)
    inputs = _inputs(item, view)
    if item.form is Form.CHOICE:
        chosen = _option(item, inputs, view)
        return Response(text=chosen, choice=chosen, abstained=not chosen)
    types = item.types or _usual(inputs)
    copied = [one for given in inputs for one in _copied(given, types, view)]
    if not copied:
        return Response(abstained=True)
    if item.form is Form.TEXT:
        return Response(text=" ".join(f"{one.statement}." for one in copied))
    rows = dict.fromkeys(one.row for one in copied)
    text = "; ".join(map(view.graph.name_of, rows))
    ranked = tuple(map(view.graph.node_id, rows))
    return Response(text=text, nodes=nodes_in(text, item, view), ranked=ranked)


def _inputs(item: Item, resources: Resources) -> list[Input]:
    """What is attached; where nothing is, what the question names."""
    from bbqa.question.read import read_question

    inputs = read_question(item.question, item.seq, item.smiles, resources).inputs
    attached = [given for given in inputs if given.modality is not Modality.ENTITY]
    return attached or list(inputs)


def _usual(inputs: Sequence[Input]) -> tuple[NodeType, ...]:
    molecules = all(given.modality is Modality.MOLECULE for given in inputs)
    return OF_MOLECULES if inputs and molecules else OF_PROTEINS


def _copied(given: Input, types: Sequence[NodeType], resources: Resources) -> list[Copied]:
    """What is recorded of the nearest relative that anything is recorded of, the surest first."""
    for facts in _relatives(given, types, resources):
        if facts:
            return facts[:MAX_COPIED]
    return []


def _relatives(
    given: Input, types: Sequence[NodeType], resources: Resources
) -> Iterator[list[Copied]]:
    """What is recorded of each relative, the nearest first."""
    from bbqa.retrieve import visible

    if given.modality is Modality.MOLECULE:
        for analogue in visible.analogues(given, resources, k=RELATIVES):
            yield _facts(analogue.node, types, resources)
    elif given.modality is Modality.PROTEIN:
        for homologue in visible.homologues(given, resources, k=RELATIVES):
            yield _facts_of_protein(homologue.row, types, resources)
    elif (row := resources.graph.row(given.value)) is not None:
        yield _facts(row, types, resources)


def _facts(row: int, types: Sequence[NodeType], resources: Resources) -> list[Copied]:
    from bbqa.retrieve.facts import facts_about

    found = facts_about(row, types, resources, about="", because="", subject="It")
    found = [one for one in found if not one.denies]
    found.sort(key=lambda one: (-one.evidence.score, -one.specificity))
    return [Copied(one.row, one.evidence.statement) for one in found]


def _facts_of_protein(number: int, types: Sequence[NodeType], resources: Resources) -> list[Copied]:
    """What is recorded of a reference protein; of other species, its GO terms."""
    from bbqa.kg.describe import predicate
    from bbqa.retrieve.facts import is_informative
    from bbqa.retrieve.proteins import RELATION_OF_TERM
    from bbqa.retrieve.visible import is_visible

    graph = resources.graph
    node = int(graph.sequences.node[number])
    if node >= 0:
        return _facts(node, types, resources)
    rows = [row for row, _ in graph.sequences[number].terms]
    return [
        Copied(row, f"It {predicate(graph, RELATION_OF_TERM[graph.type_of(row)], row)}")
        for row in rows
        if graph.type_of(row) in types and is_informative(graph, row) and is_visible(row, resources)
    ]


# options


def _option(item: Item, inputs: Sequence[Input], resources: Resources) -> str:
    """The option that is recorded of the nearest relative of which any is; empty if none is."""
    from bbqa.choose.offered import link_options, read_options
    from bbqa.choose.statement import polarity

    offered = read_options(item.options)
    if (signs := polarity(offered)) is not None:
        return _yes_or_no(item, offered, signs, inputs, resources)
    linked = link_options(offered, resources, asked=item.types)
    for given in inputs:
        for facts in _relatives(given, tuple(NodeType), resources):
            rows = _implied([one.row for one in facts], resources)
            if named := [one for one in linked if one.rows & rows]:
                bits = resources.graph.information_content()
                best = max(named, key=lambda one: max(bits[row] for row in one.rows & rows))
                return best.text
    return ""


def _yes_or_no(
    item: Item,
    options: Sequence[str],
    signs: Sequence[int],
    inputs: Sequence[Input],
    resources: Resources,
) -> str:
    """Yes if what is stated is recorded of the nearest relatives, else no; empty of one thing."""
    from bbqa.choose.statement import is_negated

    if not inputs:
        return ""
    first, *others = inputs
    stated = _named(item, resources) | {row for one in others for row in _stand_ins(one, resources)}
    if not stated:
        return ""
    facts = next((f for f in _relatives(first, tuple(NodeType), resources) if f), [])
    recorded = bool(_implied([one.row for one in facts], resources) & stated)
    return options[signs.index(1 if recorded != is_negated(item.question) else -1)]


def _named(item: Item, resources: Resources) -> set[int]:
    """Rows of what the question names."""
    return {row for name in resources.names.mentions(item.question) for row in name.rows}


def _stand_ins(given: Input, resources: Resources) -> Iterator[int]:
    """Rows of an input's nearest relatives that have a node."""
    from bbqa.retrieve import visible

    if given.modality is Modality.MOLECULE:
        yield from (one.node for one in visible.analogues(given, resources, k=1))
    elif given.modality is Modality.PROTEIN:
        found = visible.homologues(given, resources, k=RELATIVES)
        nodes = (int(resources.graph.sequences.node[one.row]) for one in found)
        yield from islice((node for node in nodes if node >= 0), 1)
    elif (row := resources.graph.row(given.value)) is not None:
        yield row


def _implied(rows: Sequence[int], resources: Resources) -> set[int]:
    """Nodes, and what they are kinds of."""
    return {one for row in rows for one in (row, *resources.graph.ancestors(row))}
