"""How often the first and the first three targets of a drug hold one that a textbook names.

Each line of ``sets/primary_targets.tsv`` has a drug and genes. The weights of
``bbqa.retrieve.primary_targets`` were fitted on every other drug with several targets, beginning
with the first; the rest is kept apart. The order by how few links a target has is what was used
before.

    python -m bbqa.eval.primary_targets
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bbqa.resources import Resources
from bbqa.retrieve.facts import specificity
from bbqa.retrieve.primary_targets import Target, ranked_targets
from bbqa.schema import NodeType
from bbqa.settings import load_settings

SET: Final = Path(__file__).parent / "sets" / "primary_targets.tsv"


@dataclass(frozen=True, slots=True)
class Textbook:
    """A drug with its recorded targets and those that a textbook names.

    Attributes:
        name: The drug.
        targets: All that is recorded, main ones first.
        named: Rows of those that a textbook names.
    """

    name: str
    targets: tuple[Target, ...]
    named: frozenset[int]


def read_textbook(resources: Resources, file: Path = SET) -> list[Textbook]:
    """The drugs of the set that have several recorded targets."""
    graph = resources.graph
    found = []
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        name, genes = line.split("\t")
        drug = resources.names.exact(name, types={NodeType.DRUG})[0]
        targets = tuple(ranked_targets(drug, resources))
        named = {t.row for t in targets if graph.name_of(t.row) in genes.split()}
        if len(targets) > 1:
            found.append(Textbook(name, targets, frozenset(named)))
    return found


def hits(drugs: Sequence[Textbook], worth: Callable[[Target], float], *, places: int) -> float:
    """Share of drugs with a named target among the first few, ordered by some worth."""
    right = 0
    for drug in drugs:
        first = sorted(drug.targets, key=lambda target: -worth(target))[:places]
        right += any(target.row in drug.named for target in first)
    return right / len(drugs)


def main() -> None:
    """Print both halves, for the order before and now, and how sure main targets are."""
    resources = Resources(load_settings())
    graph = resources.graph
    drugs = read_textbook(resources)
    orders: dict[str, Callable[[Target], float]] = {
        "fewest links first": lambda target: specificity(graph, target.row),
        "primary_score": lambda target: target.score,
    }
    for half, some in (("fitted on", drugs[0::2]), ("kept apart", drugs[1::2])):
        for name, worth in orders.items():
            one, three = hits(some, worth, places=1), hits(some, worth, places=3)
            print(f"{half:10} {len(some)} drugs  {name:18}  hit@1 {one:.3f}  hit@3 {three:.3f}")
        pairs = [(t.is_primary, t.row in drug.named) for drug in some for t in drug.targets]
        both = sum(main and right for main, right in pairs)
        print(
            f"{half:10} called main: precision {both / sum(main for main, _ in pairs):.2f}, "
            f"recall {both / sum(right for _, right in pairs):.2f}"
        )


if __name__ == "__main__":
    main()
