"""A report of runs: one HTML file with tables, plots, and every item with all answers to it.

``read_run`` -> ``Sheet`` (``sheet``) -> tables, plots, items -> ``page``.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bbqa.errors import InputError
from bbqa.progress import Progress, Silent

if TYPE_CHECKING:
    from bbqa.kg.names import NameIndex

__all__ = ["report"]


def report(
    runs: Sequence[Path],
    to: Path,
    *,
    names: NameIndex | None = None,
    resampled: int = 2000,
    progress: Progress | None = None,
) -> Path:
    """The HTML file, written: it needs no network, and opens in any browser.

    Args:
        runs: Folders of runs, finished or not, of one benchmark or several.
        to: The file.
        names: Names of the graph's nodes; without it, lenient scores are not compared.
        resampled: How often items are drawn for intervals of differences.
        progress: Where progress is reported.

    Raises:
        InputError: There is no run, or a folder is none.
        BbqaError: The file cannot be written.
    """
    from bbqa.eval.report.page import page
    from bbqa.eval.report.sheet import make_sheets
    from bbqa.eval.runs import read_run
    from bbqa.explain.drawing import write_file

    if not runs:
        raise InputError(
            "there is no run to report; expected at least one folder",
            hint="bbqa eval report RUN -o report.html",
        )
    progress = progress or Silent()
    found = [read_run(folder) for folder in runs]
    sheets = make_sheets(found, names=names, resampled=resampled, progress=progress)
    write_file(to, page(sheets, progress=progress).encode("utf-8", errors="replace"))
    return to
