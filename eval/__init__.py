"""Measuring bbqa: benchmarks of speed and of answers. Nothing in the library imports this."""

if not __name__.startswith("bbqa."):
    raise ImportError("import bbqa.eval, not eval: a second copy would not be the same")
