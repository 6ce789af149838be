"""How a training went, as a picture."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bbqa.errors import InputError
from bbqa.picture import Load, Mark, picture, thousands

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LOSS: Final = Mark("#555555", "o", filled=False)
MRR: Final = Mark("#0072B2", "D")
BEST: Final = "#D55E00"

Points = Sequence[tuple[int, float]]


def draw_loss_curve(
    description: Mapping[str, Any], to: Path, *, load: Load = import_module
) -> None:
    """Draw loss and validation MRR against steps, with the step whose weights were kept.

    Args:
        description: Of a trained bridge, as its ``bridge.json`` has it.
        to: The file, ``.svg``.
        load: How matplotlib is imported.

    Raises:
        MissingExtraError: matplotlib is not installed.
        InputError: The description tells of no training.
    """
    losses = _points(description, "losses")
    if not losses:
        raise InputError(
            "this bridge tells of no losses, so there is nothing to draw; expected 'losses' and "
            "'training' in its bridge.json",
            hint="bbqa bridge train --to FOLDER",
        )
    validations = [point for point in _points(description, "validation_mrr") if point[1] >= 0]
    panels = 2 if validations else 1
    with picture(to, width=5.6, height=0.6 + 1.9 * panels, load=load) as sheet:
        axes = sheet.subplots(panels, 1, sharex=True, squeeze=False)[:, 0]
        _curve(axes[0], losses, "loss (mean since the point before)", LOSS)
        if validations:
            _curve(axes[1], validations, "validation MRR", MRR)
            _name_best(list(axes), validations, description["steps"])
        axes[0].set_title(_title(description), fontweight="bold")
        axes[-1].set_xlabel("steps")
        axes[-1].set_xlim(left=0)
        thousands(axes[-1])


def _points(description: Mapping[str, Any], name: str) -> Points:
    """Steps and finite numbers; without validation pairs the MRR's place holds minus the loss."""
    training = description.get("training", {})
    every, last = training.get("validate_every", 1), training.get("steps", math.inf)
    return [
        (min(number * every, last), value)
        for number, value in enumerate(description.get(name, ()), start=1)
        if math.isfinite(value)
    ]


def _curve(axes: Axes, points: Points, label: str, mark: Mark) -> None:
    axes.plot(*zip(*points, strict=True), linewidth=1.4, **mark.keywords())
    axes.set_title(label, fontsize=9, loc="right", color="#333333")
    axes.margins(y=0.15)


def _name_best(axes: Sequence[Axes], validations: Points, steps: int) -> None:
    """A line at the step whose weights were kept."""
    for one in axes:
        one.axvline(steps, color=BEST, linestyle=(0, (4, 2)), linewidth=1.1, zorder=1)
    value = dict(validations).get(steps)
    late = steps > max(step for step, _ in validations) / 2
    axes[-1].annotate(
        f"kept: step {steps:,}" + (f", MRR {value:.3f}" if value is not None else ""),
        (steps, 0.06),  # curves of MRR rise: there is room below them
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        xytext=(-6 if late else 6, 0),
        ha="right" if late else "left",
    )


def _title(description: Mapping[str, Any]) -> str:
    kind = description.get("training", {}).get("kind", "")
    return f"{description.get('name', 'bridge')} ({kind})" if kind else "bridge"
