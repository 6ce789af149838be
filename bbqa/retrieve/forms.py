"""Salts and esters of a drug, which a graph may hold as drugs of their own.

Activity is often recorded of "metoprolol succinate" alone. Who asks about metoprolol is told so, of
the salt, by its name. A name that is a drug's and the names of acids, bases or water is that of its
salt, ester or hydrate.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from bbqa.kg.graph import Graph
from bbqa.retrieve.facts import facts_about
from bbqa.retrieve.fuse import Candidate
from bbqa.retrieve.kin import kinship
from bbqa.retrieve.visible import is_visible
from bbqa.schema import Kinship, NodeType, Triple

if TYPE_CHECKING:
    from bbqa.resources import Resources

METHOD: Final = "names of salts and esters"
LESS: Final = 0.8
"""Factor on the trust in what is recorded of another form: the drug's own record comes first."""

_PARTNERS: Final = frozenset(
    """
    acetate adipate anhydrous arginine ascorbate aspartate benzoate besylate bisulfate bitartrate
    bromide calcium camsylate chloride citrate cypionate decanoate diacetate diaspartate
    diethylamine dihydrochloride dimaleate dimeglumine dimesylate diolamine diphosphate dipropionate
    disodium ditosylate edisylate enanthate epolamine erbumine esylate etexilate fumarate difumarate
    furoate gluconate hemihydrate hyclate hydrate hydrobromide hydrochloride iodide isethionate
    l-malate lactate lysine magnesium malate maleate medoxomil meglumine mesylate methylbromide
    methylsulfate monohydrate monosulfate napsylate nitrate olamine oxalate palmitate pamoate
    phosphate pivalate potassium propionate proxetil s-malate saccharate salicylate sodium succinate
    sulfate tannate tartrate tetrahydrate tetrasodium tosylate trihydrate tromethamine undecanoate
    valerate xinafoate
    """.split()  # noqa: SIM905
)
_BARE: Final = frozenset(
    """
    aluminum ammonia bismuth calcium chromium copper ferrous gold hydrogen iodine iron lithium
    magnesium manganese potassium selenium silver sodium strontium zinc
    """.split()  # noqa: SIM905
)
"""Ions and elements: a salt of these is no form of a drug, but another one."""


def forms_of(row: int, resources: Resources) -> list[tuple[int, str]]:
    """Rows of a drug's salts and esters, or of what it is a salt or ester of, and which it is.

    Those that may be seen; nothing but drugs has any.

    ``[(row, "a salt or ester of Metoprolol")]``; of a salt
    ``[(row, "the parent compound of metoprolol succinate")]``.
    """
    known = all_forms(resources.graph).get(row, ())
    return [(form, what) for form, what in known if is_visible(form, resources)]


def parent_of(row: int, resources: Resources) -> int | None:
    """The row of the drug that a node is a salt or ester of, if there is one that may be seen."""
    parent = _parents(resources.graph).get(row)
    return parent if parent is not None and is_visible(parent, resources) else None


@lru_cache(maxsize=4)
def _parents(graph: Graph) -> dict[int, int]:
    """The drug that each salt or ester is a form of."""
    rows = graph.rows_of(NodeType.DRUG).tolist()
    called = {graph.name_of(row).lower(): row for row in rows}
    found = ((row, called.get(_parent(graph.name_of(row)))) for row in rows)
    return {salt: parent for salt, parent in found if parent is not None}


@lru_cache(maxsize=4)
def all_forms(graph: Graph) -> dict[int, tuple[tuple[int, str], ...]]:
    """The forms of each drug that has any, seen or not, as ``forms_of`` gives them."""
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for salt, parent in _parents(graph).items():
        found[parent].append((salt, f"a salt or ester of {graph.name_of(parent)}"))
        found[salt].append((parent, f"the parent compound of {graph.name_of(salt)}"))
    return {row: tuple(forms) for row, forms in found.items()}


def _parent(name: str) -> str:
    """The name without the acids, bases and water at its end, in lower case; empty without any."""
    words = name.lower().split()
    left = list(words)
    while len(left) > 1 and left[-1] in _PARTNERS:
        left.pop()
    parent = " ".join(left)
    return "" if left == words or parent in _BARE | _PARTNERS else parent


def facts_of_forms(
    row: int, types: Collection[NodeType], resources: Resources, *, about: str
) -> Iterator[Candidate]:
    """What is recorded of other forms of a drug, said of them, unranked.

    Args:
        row: A node; only drugs have forms.
        types: Types of related nodes that are wanted.
        resources: The graph, and what must not be seen of it.
        about: Label of the input or entity that the node is.
    """
    graph = resources.graph
    for form, what in forms_of(row, resources):
        kin = form_of(row, form, graph, about=about)
        subject = f"{graph.name_of(form)}, {what},"
        for fact in facts_about(
            form, types, resources, about=about, because=METHOD, subject=subject, kin=kin
        ):
            evidence = replace(fact.evidence, score=LESS * fact.evidence.score)
            yield replace(fact, evidence=evidence)


def form_of(row: int, form: int, graph: Graph, *, about: str) -> Triple:
    """What another form of a drug is to the drug.

    Args:
        row: The drug.
        form: Its salt or ester, or what it is a salt or ester of.
        graph: The graph.
        about: Label of the input or entity that the drug is.
    """
    is_parent = _parent(graph.name_of(row)) == graph.name_of(form).lower()
    via = Kinship.PARENT if is_parent else Kinship.SALT
    found = kinship((graph.node_id(form), graph.name_of(form)), via, about)
    return replace(found, tail_name=graph.name_of(row))
