"""How much a GO term says, from how few human proteins have it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping

from bbqa.kg.sources.obo import Ontology


def information_content(
    terms_of: Mapping[str, Iterable[str]], ontology: Ontology
) -> dict[str, float]:
    """Bits by term id, for every term of the ontology that is not obsolete.

    -log2 of the share of annotated proteins that have the term or one below it; the share is of
    those with any annotation in the term's namespace. A term that no protein has counts as if
    one had it.

    Args:
        terms_of: GO ids by protein.
        ontology: GO; annotations count for all terms above by is_a and part_of.
    """
    having: Counter[str] = Counter()
    annotated: Counter[str] = Counter()
    for terms in terms_of.values():
        implied = set(terms).union(*(ontology.ancestors(term) for term in terms))
        having.update(implied)
        annotated.update({ontology.terms[term].namespace for term in implied})
    return {
        term.id: math.log2(max(annotated[term.namespace], 1) / max(having[term.id], 1))
        for term in ontology.terms.values()
        if not term.obsolete
    }
