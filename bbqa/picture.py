"""Pictures as SVG: the same numbers give the same file, and colour is never the only sign."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import MissingExtraError
from bbqa.whole import whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Load = Callable[[str], ModuleType]
"""How a module is imported by its name."""

STYLE: Final = {
    "axes.axisbelow": True,
    "axes.edgecolor": "#555555",
    "axes.grid": True,
    "axes.labelsize": 9,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 9.5,
    "font.size": 9,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
    "legend.frameon": False,
    "svg.fonttype": "none",  # text stays text: small, searchable, sharp
    "svg.hashsalt": "bbqa",  # ids inside the file are otherwise drawn by chance
    "xtick.color": "#555555",
    "ytick.color": "#555555",
    "xtick.labelcolor": "black",
    "ytick.labelcolor": "black",
}
NOTHING: Final = dict.fromkeys(("Date", "Creator"))
"""What the file does not tell: neither the day nor the version of the library."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How one series is drawn: by shape and filling first, so that grey paper is enough.

    Colours are of Okabe and Ito's palette, whose members the colour-blind tell apart.

    Attributes:
        colour: Of line and filling.
        shape: matplotlib's letter for it.
        filled: Whether the shape is filled.
        size: Of the shape, in points.
    """

    colour: str
    shape: str
    filled: bool = True
    size: float = 5.5

    def keywords(self) -> dict[str, Any]:
        """For ``Axes.plot`` and ``Axes.errorbar``."""
        return {
            "color": self.colour,
            "marker": self.shape,
            "markersize": self.size,
            "markerfacecolor": self.colour if self.filled else "white",
            "markeredgewidth": 1.1,
        }


@contextmanager
def picture(
    to: Path, *, width: float, height: float, load: Load = import_module
) -> Iterator[Figure]:
    """A white sheet to draw on, written to ``to`` at the end.

    Args:
        to: The file, ``.svg``; another known ending gives another format.
        width: In inches of 72 points.
        height: The same.
        load: How matplotlib is imported.

    Raises:
        MissingExtraError: matplotlib is not installed.
    """
    matplotlib = load_matplotlib(load)
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # a person's own style would give another file
        matplotlib.rcParams.update(STYLE)
        sheet = load("matplotlib.figure").Figure(figsize=(width, height), layout="constrained")
        yield sheet
        to.parent.mkdir(parents=True, exist_ok=True)
        ending = to.suffix.removeprefix(".")
        metadata = NOTHING if ending == "svg" else None
        with whole(to) as unfinished:
            sheet.savefig(unfinished, format=ending, metadata=metadata, dpi=110)


def load_matplotlib(load: Load = import_module) -> ModuleType:
    """The library that draws.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return load("matplotlib")
    except ImportError as error:
        raise MissingExtraError(
            "pictures need the package matplotlib, which is not installed",
            hint="pip install 'bbqa[plots]'",
        ) from error


def thousands(axes: Axes) -> None:
    """Write the numbers of the horizontal axis whole, as ``1,200``."""
    axes.xaxis.set_major_formatter(lambda value, _place: f"{value:,.0f}")
