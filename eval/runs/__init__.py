"""Runs: folders of who answered what, that can be gone on with, compared, reported and replayed.

``read_run(folder)`` gives a ``Run``: its record, its items with their responses, its scores.
"""

from __future__ import annotations

from bbqa.eval.runs.folder import Run, read_run
from bbqa.eval.runs.line import Finished

__all__ = ["Finished", "Run", "read_run"]
