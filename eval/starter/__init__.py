"""Making the benchmark ``starter-qa`` from a graph: ``make_starter_qa``.

Read in this order: ``make`` (the whole in one function), ``asked`` (what is asked, and what the
graph says to it), ``subjects`` (about whom), ``relatives`` (who resembles them), ``distractors``
(wrong options), ``answerable``, ``acting`` and ``unanswerable`` (the questions), ``wordings``,
``record`` (a line of the file).
"""

from bbqa.eval.starter.make import make_starter_qa

__all__ = ["make_starter_qa"]
