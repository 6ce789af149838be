"""Terms and definitions from ontologies in OBO format (GO, HPO, Disease Ontology).

Source: "OBO Flat File Format", version 1.2 and 1.4.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

_QUOTED: Final = re.compile(r'"((?:[^"\\]|\\.)*)"\s*(\w*)')
_ESCAPED: Final = re.compile(r"\\(.)")
_RELEASE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(slots=True)
class Term:
    """One ``[Term]`` stanza. ``synonyms`` are the exact ones only."""

    id: str
    name: str = ""
    namespace: str = ""
    definition: str = ""
    synonyms: list[str] = field(default_factory=list)
    alt_ids: list[str] = field(default_factory=list)
    xrefs: list[str] = field(default_factory=list)
    is_a: list[str] = field(default_factory=list)
    part_of: list[str] = field(default_factory=list)
    replaced_by: list[str] = field(default_factory=list)
    obsolete: bool = False


@dataclass(frozen=True)
class Ontology:
    """An ontology's terms by id, and its release date."""

    release: str
    terms: Mapping[str, Term]

    def current(self, term_id: str) -> str | None:
        """The id under which a term stands today, or None if it is gone without replacement."""
        term = self.terms.get(term_id)
        if term is not None and not term.obsolete:
            return term_id
        return self._moved.get(term_id)

    @cached_property
    def _moved(self) -> dict[str, str]:
        alive = [term for term in self.terms.values() if not term.obsolete]
        moved = {alt: term.id for term in alive for alt in term.alt_ids}
        for term in self.terms.values():
            if term.obsolete and len(term.replaced_by) == 1:
                moved[term.id] = term.replaced_by[0]
        return moved

    def ancestors(self, term_id: str) -> frozenset[str]:
        """Ids of all terms above one by is_a and part_of, without itself."""
        if term_id not in self._above:
            above: set[str] = set()
            todo = [term_id]
            while todo:
                term = self.terms[todo.pop()]
                parents = {*term.is_a, *term.part_of} - above
                above |= parents
                todo.extend(parents)
            self._above[term_id] = frozenset(above)
        return self._above[term_id]

    @cached_property
    def _above(self) -> dict[str, frozenset[str]]:
        return {}


def read_obo(lines: Iterable[str]) -> Ontology:
    """The ontology in the lines of an OBO file; other stanzas than terms are passed over."""
    release = ""
    terms: dict[str, Term] = {}
    term: Term | None = None
    in_header = True
    for line in lines:
        if line.startswith("["):
            in_header = False
            term = None
            is_term = line.startswith("[Term]")
        elif in_header and line.startswith("data-version:"):
            release = _date(line)
        elif not in_header and is_term:
            tag, _, value = line.partition(": ")
            if tag == "id":
                term = terms[value.strip()] = Term(value.strip())
            elif term is not None:
                _fill(term, tag, value.strip())
    return Ontology(release, terms)


def _fill(term: Term, tag: str, value: str) -> None:
    match tag:
        case "name" | "namespace":
            setattr(term, tag, value)
        case "def":
            term.definition = next(_quoted(value))[0]
        case "synonym":
            term.synonyms += [text for text, scope in _quoted(value) if scope == "EXACT"]
        case "alt_id":
            term.alt_ids.append(value)
        case "xref":
            term.xrefs.append(value.split(" ", maxsplit=1)[0])
        case "is_a":
            term.is_a.append(value.split(" ", maxsplit=1)[0])
        case "relationship" if value.startswith("part_of "):
            term.part_of.append(value.split(" ")[1])
        case "replaced_by":
            term.replaced_by.append(value)
        case "is_obsolete":
            term.obsolete = value == "true"


def _quoted(value: str) -> Iterator[tuple[str, str]]:
    """The first quoted text of a line without its escapes, and the word after it."""
    found = _QUOTED.match(value)
    if found:
        yield _ESCAPED.sub(r"\1", found[1]), found[2]


def _date(line: str) -> str:
    found = _RELEASE.search(line)
    return found[0] if found else line.partition(": ")[2].strip()
