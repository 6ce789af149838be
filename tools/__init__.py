"""What an agent may call: a file, a function, a docstring each.

Each tool is an ordinary typed function for Python users as well; its docstring is what a model
reads.
"""

if not __name__.startswith("bbqa."):
    raise ImportError("import bbqa.tools, not tools: a second copy would not be the same")

from bbqa.tools.biobridge_search import biobridge_search
from bbqa.tools.compare import compare
from bbqa.tools.describe import describe
from bbqa.tools.find_entity import find_entity
from bbqa.tools.kg_facts import kg_facts
from bbqa.tools.kg_paths import kg_paths
from bbqa.tools.kg_query import kg_query
from bbqa.tools.molecule_properties import molecule_properties
from bbqa.tools.protein_properties import protein_properties
from bbqa.tools.similar import similar

TOOLS = (
    biobridge_search,
    find_entity,
    describe,
    kg_facts,
    kg_paths,
    kg_query,
    similar,
    compare,
    molecule_properties,
    protein_properties,
)
