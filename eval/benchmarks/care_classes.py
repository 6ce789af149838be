"""CARE's enzymes with options: which of the seven EC classes is it of?

Only the first of an EC number's four levels is asked for; the deeper ones are in ``care-enzymes``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.eval.benchmarks.care import CITATION, FILES, LEAKS, LICENCE, SOURCE, bins_of, enzymes
from bbqa.eval.benchmarks.contract import Benchmark, Card, Form, Item
from bbqa.eval.benchmarks.enzyme_commission import CLASSES
from bbqa.schema import NodeType

if TYPE_CHECKING:
    from bbqa.resources import Resources

CARD: Final = Card(
    name="care-classes",
    title="Which of the seven EC classes an enzyme is of (CARE)",
    modality="protein",
    metric="accuracy",
    source=SOURCE,
    licence=LICENCE,
    citation=CITATION,
    leaks=f"{LEAKS}; enzymes of several classes have no single right option and are left out",
    files=tuple(FILES.values()),
)
QUESTION: Final = "Which class of enzyme is this protein?"


class _Classes:
    """The benchmark ``care-classes``."""

    card = CARD

    def items(self, data: Path | None, resources: Resources, *, split: str) -> Iterator[Item]:
        """A question for each enzyme whose EC numbers are all of one class."""
        for enzyme in enzymes(data, CARD, split):
            if len(enzyme.classes) != 1:
                continue
            right = enzyme.classes[0]
            yield Item(
                id=f"{enzyme.set}-{enzyme.accession}",
                form=Form.CHOICE,
                question=QUESTION,
                gold=(right,),
                seq=(enzyme.sequence,),
                options=tuple(CLASSES.values()),
                types=(NodeType.MOLECULAR_FUNCTION,),
                evidence=(f"protein_1 is {'an' if right[0] in 'aeiou' else 'a'} {right}",),
                bins=bins_of(enzyme),
            )


BENCHMARK: Final[Benchmark] = _Classes()
