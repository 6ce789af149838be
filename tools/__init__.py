"""What an agent may call: a file, a function, a docstring each.

Each tool is an ordinary typed function for Python users as well; its docstring is what a model
reads.
"""

if not __name__.startswith("bbqa."):
    raise ImportError("import bbqa.tools, not tools: a second copy would not be the same")

from bbqa.tools.describe import describe

TOOLS = (describe,)
