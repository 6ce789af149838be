"""Names -> nodes: exact look-up, the nearest names, and the entities that a question mentions.

Nothing is built ahead and nothing is cached: all names lie end to end in Arrow's buffers, are
normalised by one pass over the bytes, and are compared with whatever is looked for in one scan.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import IntEnum
from functools import cached_property
from typing import Final

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from bbqa.kg.ends import GROUPS
from bbqa.kg.everyday_words import EVERYDAY, GENERIC
from bbqa.kg.graph import Graph
from bbqa.kg.tables import numbers
from bbqa.schema import NodeType

MAX_WORDS: Final = 12
"""Words of the longest name looked for in a question; hyphens separate words."""

MIN_LOCAL: Final = 4
"""Characters of the shortest id that is looked up without its prefix; shorter ones are numbers."""

MAX_COMPARED: Final = 200
MAX_COMPARED_LENGTH: Final = 80
"""So many names, and so much of what was looked for, are compared when the nearest are sought."""

_FOLD: Final = np.arange(256, dtype=np.uint8)
_FOLD[ord("A") : ord("Z") + 1] += 32
_FOLD[[ord(c) for c in "-_/,\t\n"]] = ord(" ")

_LETTERS: Final = {"α": "alpha", "β": "beta", "γ": "gamma", "δ": "delta", "κ": "kappa", "’": "'"}
_WORD: Final = re.compile(r"[\w+'’*]+")
_IDENTIFIER: Final = re.compile(r"(?:[A-Za-z]+[:_])?[A-Za-z]*\d[\w:.-]*")
_PREFIXES: Final = ("GO", "HP", "MONDO", "DOID", "CHEBI", "ATC", "HGNC", "CHEMBL", "ENSEMBL")
_PREFIXED: Final = re.compile(rf"(?P<prefix>{'|'.join(_PREFIXES)})[:_](?P<local>.+)", re.IGNORECASE)


class Kind(IntEnum):
    """What a string is to its node; the smaller, the better a match."""

    ID = 0
    NAME = 1
    SYNONYM = 2
    XREF = 3


@dataclass(frozen=True, slots=True)
class Mention:
    """Nodes that a question names: ``question[start:end]`` is ``text``.

    Several if ambiguous; of genes the one of which most is recorded first.
    """

    text: str
    start: int
    end: int
    rows: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Name:
    """One string of one node that equals what was looked for, case and hyphens aside."""

    row: int
    type: NodeType
    kind: Kind
    written: str

    @property
    def is_class(self) -> bool:
        """Whether it names a drug class; these are written in the plural."""
        return self.kind is Kind.NAME and self.type is NodeType.DRUG_CLASS

    def rank(self, text: str) -> tuple[bool, bool, bool, Kind]:
        """How well the string fits a text, smaller is better.

        Ids first; then symbols and acronyms in their own upper and lower case, and all other
        names; then those nodes of which more is known: proteins rather than the drugs that are
        made of them, diseases rather than phenotypes; names before synonyms.
        """
        return (
            self.kind is not Kind.ID,
            self.written.isupper() and self.written != text,
            self.type in (NodeType.DRUG, NodeType.PHENOTYPE),
            self.kind,
        )


class NameIndex:
    """All ids, names, synonyms and cross-references of a graph's nodes.

    Attributes:
        graph: The graph whose rows are found.
    """

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        column = {name: _one_array(graph.nodes[name]) for name in graph.nodes.schema.names}
        every = np.arange(len(graph), dtype=np.int32)
        parts = [
            (column["id"], every),
            (column["name"], every),
            (column["synonyms"].flatten(), numbers(pc.list_parent_indices(column["synonyms"]))),
            (column["xrefs"].flatten(), numbers(pc.list_parent_indices(column["xrefs"]))),
        ]
        self._strings: pa.StringArray = pa.concat_arrays([strings for strings, _ in parts])
        self._rows = np.concatenate([rows for _, rows in parts]).astype(np.int32)
        self._first = np.cumsum([0, *(len(strings) for strings, _ in parts)])

    def exact(self, text: str, *, types: Collection[NodeType] | None = None) -> list[int]:
        """Rows of the nodes that are called ``text``, the best kind of match only.

        An id (with or without its prefix) comes before a name, a gene in its own upper and lower
        case before any other, a name before a synonym. Several rows if that leaves several; of
        genes that share an alias the one of which most is recorded first.
        """
        names = [
            name
            for found in self._find(_spellings(text)).values()
            for name in found
            if types is None or name.type in types
        ]
        return self._in_order(_best(names, text))

    def by_type(self, text: str) -> dict[NodeType, tuple[int, ...]]:
        """Rows of the nodes that are called ``text``, by their type, the best match first.

        Of each type only the best kind of match counts, as ``exact`` has it.
        """
        named: dict[NodeType, list[_Name]] = defaultdict(list)
        for found in self._find(_spellings(text)).values():
            for name in found:
                named[name.type].append(name)
        best = {kind: tuple(self._in_order(_best(names, text))) for kind, names in named.items()}
        return dict(sorted(best.items(), key=lambda item: _best_rank(named[item[0]], text)))

    def row_of(self, node: str) -> int | None:
        """The row of a node by its id; None of what is no node."""
        return self.graph.row(node)

    def names_of(self, node: str) -> tuple[str, ...]:
        """The name and synonyms of a node by its id or name; none of what is no node."""
        row = self.graph.row(node)
        if row is None:
            rows = self.exact(node)
            if not rows:
                return ()
            row = rows[0]
        found = self.graph.node(row)
        return (found.name, *found.synonyms)

    def nearest(
        self, text: str, k: int = 3, *, types: Collection[NodeType] | None = None
    ) -> list[str]:
        """The ``k`` names and synonyms most similar to ``text``, best first.

        Similarity is the mean of two shares of all characters: letters in common, wherever they
        stand (so that ``EGRF`` finds ``EGFR``), and difflib's ratio. The first is counted for all
        names at once and bounds the second, so only names that can still win are compared.
        """
        folded = _fold_text(text[:MAX_COMPARED_LENGTH])
        strings = self._comparable(len(folded.encode()), types)
        bound = _shared_letters(folded, strings)
        best: list[tuple[float, str]] = []
        for at in np.argsort(-bound, kind="stable")[:MAX_COMPARED].tolist():
            if len(best) == k and bound[at] <= best[-1][0]:
                break
            name = strings[at].as_py()
            if all(name != other for _, other in best):
                ratio = SequenceMatcher(None, folded, _fold_text(name), autojunk=False).ratio()
                similarity = (ratio + float(bound[at])) / 2
                best = sorted([*best, (similarity, name)], key=lambda item: -item[0])[:k]
        return [name for _, name in best]

    def mentions(self, question: str) -> list[Mention]:
        """The entities that a question names, in its order; longer names before shorter ones.

        Everyday words do not count, also where a gene is called so: ``was`` is no gene, ``WAS``
        is. "A proton pump inhibitor" is one of the class "Proton pump inhibitors".
        """
        spans = [span for span in _spans(question) if not _cuts_a_name(question, *span)]
        spelled = {span: _spellings(question[slice(*span)]) for span in spans}
        phrases = {question[slice(*span)] for span in spans if " " in question[slice(*span)]}
        found = self._find({f"{phrase}s" for phrase in phrases}.union(*spelled.values()))
        taken: list[Mention] = []
        for start, end in sorted(spans, key=lambda span: (span[0] - span[1], span)):
            if any(start < other.end and other.start < end for other in taken):
                continue
            text = question[start:end]
            names = [
                name
                for spelling in spelled[start, end]
                for name in found.get(_fold_text(spelling), ())
                if self._is_meant(text, name, shouted=question.isupper())
            ]
            if not names and text in phrases:
                names = [one for one in found.get(_fold_text(f"{text}s"), ()) if one.is_class]
            if names:
                rows = tuple(self._in_order(_best(names, text)))
                taken.append(Mention(text, start, end, rows))
        return sorted(taken, key=lambda mention: mention.start)

    def family(self, word: str) -> list[int]:
        """Rows of the proteins that are numbered or lettered members of a family, best known first.

        "hemoglobin" is no protein's name, "Hemoglobin subunit alpha" and "Hemoglobin subunit
        beta" are.
        """
        folded = re.escape(_fold_text(word).strip())
        pattern = rf"^{folded} (?:subunit|chain|type|isoform|alpha|beta|gamma|[ivx]+\b|[a-c\d]\b)"
        return self._called_like(pattern, {NodeType.PROTEIN}, Kind.NAME, Kind.SYNONYM)

    def numbered(self, symbol: str) -> list[int]:
        """Rows of the genes whose symbols are this one and a number, best known first.

        "MAPK" is no symbol, "MAPK1" and "MAPK3" are. One alone makes no family.
        """
        pattern = rf"^{re.escape(_fold_text(symbol).strip())}\d+$"
        rows = self._called_like(pattern, {NodeType.PROTEIN}, Kind.NAME, Kind.NAME)
        return rows if len(rows) > 1 else []

    def group(self, word: str) -> list[int]:
        """Rows of the classes and roles of drugs that a word heads the names of, largest first.

        "penicillin" is no class, "Penicillins with extended spectrum" is one of penicillins.
        """
        folded = re.escape(_fold_text(word).strip().removesuffix("s"))
        pattern = rf"^{folded}s?(?:  | (?:for|with|in|and)\b|$)"
        return self._called_like(pattern, GROUPS, Kind.NAME, Kind.NAME)

    def ending_in(self, stem: str, types: Collection[NodeType]) -> list[int]:
        """Rows of the nodes of some types whose names end in a stem, best known first."""
        folded = re.escape(_fold_text(stem).strip())
        return self._called_like(rf"{folded}$", types, Kind.NAME, Kind.NAME)

    @cached_property
    def words(self) -> Mapping[str, int]:
        """In how many names and synonyms each word stands that is long enough to be misspelt."""
        first, last = int(self._first[Kind.NAME]), int(self._first[Kind.XREF])
        names = self._folded.slice(first, last - first)
        counted = pc.value_counts(pc.list_flatten(pc.split_pattern(names, " ")))
        words, counts = counted.field("values"), counted.field("counts")
        letters = pc.match_substring_regex(words, r"^[a-z]{6,}$")
        kept = zip(
            words.filter(letters).to_pylist(), counts.filter(letters).to_pylist(), strict=True
        )
        return dict(kept)

    def _called_like(
        self, pattern: str, types: Collection[NodeType], first: Kind, last: Kind
    ) -> list[int]:
        """Rows of nodes of some types whose strings of some kinds match, best known first."""
        at = numbers(pc.indices_nonzero(pc.match_substring_regex(self._folded, pattern)))
        known = at[(at >= self._first[first]) & (at < self._first[last + 1])]
        rows = {int(row) for row in self._rows[known]}
        return self._best_known(row for row in rows if self.graph.type_of(row) in types)

    def _in_order(self, rows: Collection[int]) -> list[int]:
        """Rows of one name: genes that share it by how well they are known, others ascending."""
        genes = all(self.graph.type_of(row) is NodeType.PROTEIN for row in rows)
        return self._best_known(rows) if genes and len(rows) > 1 else sorted(rows)

    def _best_known(self, rows: Iterable[int]) -> list[int]:
        """Rows, that of which most is recorded first."""
        return sorted(rows, key=lambda row: (-len(self.graph.facts(row)), row))

    def occurs(self, word: str) -> bool:
        """Whether a word occurs in any id, name or synonym."""
        folded = _fold_text(word).strip()
        return bool(folded) and bool(pc.any(pc.match_substring(self._folded, folded)).as_py())

    def _is_meant(self, text: str, name: _Name, *, shouted: bool) -> bool:
        """Whether a word of a question that equals a name is meant as that name.

        Everyday words, symbols of two letters and synonyms of three are meant only as written, and
        no letter is: ATC calls a class "A", and so many a sentence begins.
        """
        word = text.lower()
        if word in GENERIC or len(text) < 2 or not any(c.isalpha() for c in text):
            return False
        if name.kind in (Kind.ID, Kind.XREF):
            return name.written == text or _IDENTIFIER.fullmatch(text) is not None
        if not text.isalpha():
            return len(text) > 1
        as_written = name.written == text and not (shouted and word in EVERYDAY)
        if name.kind is Kind.NAME and name.type is not NodeType.PROTEIN:
            return as_written or not name.written.isupper()
        short = 2 if name.kind is Kind.NAME else 3
        if word in EVERYDAY or len(text) <= short:
            return as_written and text.isupper()
        return True

    def _find(self, texts: Iterable[str]) -> dict[str, list[_Name]]:
        """What equals the texts, case and hyphens aside, by folded text."""
        at = np.concatenate([np.empty(0, np.int64), *self._equal_to({*map(_fold_text, texts)})])
        at.sort()
        found: dict[str, list[_Name]] = defaultdict(list)
        for i, folded, written in zip(
            at.tolist(),
            self._folded.take(pa.array(at)).to_pylist(),
            self._strings.take(pa.array(at)).to_pylist(),
            strict=True,
        ):
            kind = Kind(int(np.searchsorted(self._first, i, side="right")) - 1)
            row = int(self._rows[i])
            found[folded].append(_Name(row, self.graph.type_of(row), kind, written))
        return found

    def _equal_to(self, texts: Collection[str]) -> Iterator[npt.NDArray[np.int64]]:
        """Places of the strings that equal some folded texts; only those as long are compared."""
        order, strings, ends = self._by_length
        sizes: dict[int, list[str]] = defaultdict(list)
        for text in texts:
            sizes[len(text.encode())].append(text)
        for size, same in sizes.items():
            if size < len(ends):
                first = int(ends[size - 1]) if size else 0
                some = strings.slice(first, int(ends[size]) - first)
                equal = pc.is_in(some, value_set=pa.array(same, pa.string()))
                yield order[first + numbers(pc.indices_nonzero(equal))]

    @cached_property
    def _by_length(self) -> tuple[npt.NDArray[np.int64], pa.StringArray, npt.NDArray[np.int64]]:
        """Places of all strings by length, those strings, and where each length ends."""
        lengths = numbers(pc.binary_length(self._folded))
        order = np.argsort(lengths, kind="stable")
        return order, self._folded.take(pa.array(order)), np.cumsum(np.bincount(lengths))

    @cached_property
    def _folded(self) -> pa.StringArray:
        """All strings in lower case and with spaces for hyphens, byte by byte."""
        _, offsets, data = self._strings.buffers()
        folded = _FOLD[np.frombuffer(data, np.uint8)] if data else np.empty(0, np.uint8)
        return pa.StringArray.from_buffers(len(self._strings), offsets, pa.py_buffer(folded))

    def _comparable(self, size: int, types: Collection[NodeType] | None) -> pa.StringArray:
        """The names and synonyms about as long as ``size`` bytes."""
        first, last = int(self._first[Kind.NAME]), int(self._first[Kind.XREF])
        names = self._strings.slice(first, last - first)
        near = np.abs(numbers(pc.binary_length(names)) - size) <= max(2, size // 5)
        if types is not None:
            wanted = np.concatenate([self.graph.rows_of(type) for type in types])
            near &= np.isin(self._rows[first:last], wanted)
        return names.filter(pa.array(near))


def _one_array(column: pa.ChunkedArray) -> pa.Array:
    whole = column.combine_chunks()
    return whole.chunk(0) if isinstance(whole, pa.ChunkedArray) else whole


def _best(names: Collection[_Name], text: str) -> set[int]:
    """The rows of the best-ranked names."""
    best = min((name.rank(text) for name in names), default=None)
    return {name.row for name in names if name.rank(text) == best}


def _best_rank(names: Collection[_Name], text: str) -> tuple[bool, bool, bool, Kind]:
    return min(name.rank(text) for name in names)


def _fold_text(text: str) -> str:
    return bytes(_FOLD[np.frombuffer(text.encode(), np.uint8)]).decode()


def _spellings(text: str) -> list[str]:
    """The text, and other ways in which the same name may be written, without repeats."""
    plain = "".join(_LETTERS.get(c, c) for c in " ".join(text.split()))
    ways = [plain, re.sub(r"'s?(?= |$)", "", plain), plain.replace("-", "")]
    if len(plain) > 5 and plain.endswith("s") and plain[-2] not in "su'":
        ways.append(plain[:-1])
    if len(plain) > 4 and plain.endswith("ia"):
        ways += [f"{plain[:-1]}um", f"{plain[:-1]}on"]  # cilia, mitochondria
    if plain.endswith("'s"):
        # whoever has Alzheimer's, Crohn's or Down's
        ways += [f"{plain[:-2]} {whose}" for whose in ("disease", "syndrome")]
    if match := _PREFIXED.fullmatch(plain):
        ways += [match["local"], f"{match['prefix']}:{match['local']}"]
    elif _IDENTIFIER.fullmatch(plain):
        local = plain.rpartition(":")[2]
        if len(local) >= MIN_LOCAL:
            ways += [local, *(f"{prefix}:{local}" for prefix in _PREFIXES)]
    return list(dict.fromkeys(ways))


def _spans(question: str) -> list[tuple[int, int]]:
    """Start and end of every run of up to ``MAX_WORDS`` words, with a bracket it opens."""
    words = [match.span() for match in _WORD.finditer(question)]
    spans = []
    for i, (start, _) in enumerate(words):
        for _, end in words[i : i + MAX_WORDS]:
            unclosed = question.count("(", start, end) > question.count(")", start, end)
            spans.append((start, end + (unclosed and question[end : end + 1] == ")")))
    return spans


def _cuts_a_name(question: str, start: int, end: int) -> bool:
    """Whether a hyphen joins the span to more of a name, as in ``SARS-CoV-2`` or ``IL-6``.

    What begins with a small letter, as in ``anti-EGFR`` and ``EGFR-mutant``, is no name.
    """
    before = re.search(r"([^\W_]\w*)-$", question[:start])
    after = re.match(r"-(\w)", question[end:])
    return bool(
        (before and not before.group(1).islower()) or (after and not after.group(1).islower())
    )


def _shared_letters(folded: str, strings: pa.StringArray) -> npt.NDArray[np.float64]:
    """An upper bound of difflib's ratio between ``folded`` and each string, float64 [N]."""
    lower = pc.ascii_lower(strings)
    shared = np.zeros(len(strings))
    for letter in set(folded):
        count = numbers(pc.count_substring(lower, letter))
        shared += np.minimum(count, folded.count(letter))
    lengths: npt.NDArray[np.int32] = numbers(pc.utf8_length(strings))
    return 2 * shared / np.maximum(1, lengths + len(folded))
