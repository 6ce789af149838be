"""Descriptions of all nodes in Chroma, one collection per node type: build, nearest, document.

An index is a folder::

    store-1/        Chroma's own files
    building.json   what an unfinished build is making, and which collections are complete
    manifest.json   what the store holds; written last, so it exists only if all the rest does
    vectors         vectors encoded here because they did not come with bbqa
    build.lock      held while building

Chroma is imported at the first search, not before.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Final, cast

import numpy as np
import numpy.typing as npt

from bbqa.encoders import Encoder
from bbqa.errors import BbqaError, IndexMismatchError
from bbqa.kg.graph import Graph
from bbqa.progress import Bar, Progress, Silent
from bbqa.schema import NodeType
from bbqa.whole import whole

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api.client import Client
    from chromadb.api.collection_configuration import CreateCollectionConfiguration

FORMAT: Final = 2
"""Counts up when an index of this code can no longer be read by older code, or the reverse."""

MANIFEST: Final = "manifest.json"
BUILDING: Final = "building.json"
MEND: Final = "bbqa index build"

BATCH: Final = 2000

HNSW: Final[CreateCollectionConfiguration] = {
    "hnsw": {
        "space": "cosine",
        # with Chroma's own 16, 100 and 100 some questions found 2 of their 10 nearest functions
        "max_neighbors": 24,
        "ef_construction": 200,
        "ef_search": 200,
        # every batch goes to disk at once: what stays in the queue is added anew at each opening
        "batch_size": 2,
        "sync_threshold": 2,
    }
}

Array = npt.NDArray[np.float32]


# ---- building ----


@dataclass(frozen=True, slots=True)
class Contents:
    """What an index is made from: hashes of graph, encoder and descriptions, and the format."""

    graph: str
    encoder: str
    documents: str
    format: int = FORMAT


@dataclass(frozen=True, slots=True)
class Material:
    """What goes into an index of N nodes.

    Attributes:
        rows: The nodes of each type, as rows of the graph.
        documents: A description for each node, [N].
        vectors: A unit vector for each node, float32 [N, D].
    """

    rows: Mapping[NodeType, npt.NDArray[np.int32]]
    documents: Sequence[str]
    vectors: Array


@dataclass(slots=True)
class State:
    """What ``manifest.json`` says of a complete index and ``building.json`` of an unfinished one.

    Attributes:
        contents: What it is made from.
        store: Name of the folder with Chroma's files.
        dimension: Numbers in a vector, D.
        counts: Nodes in each collection that is complete.
        files: Size of each of Chroma's files in bytes; they may grow, but never shrink.
    """

    contents: Contents
    store: str
    dimension: int
    counts: dict[str, int] = field(default_factory=dict)
    files: dict[str, int] = field(default_factory=dict)


def build_index(
    graph: Graph,
    encoder: Encoder,
    folder: Path,
    *,
    documents: Sequence[str],
    vectors: Array,
    progress: Progress | None = None,
) -> None:
    """Build the index in ``folder``, or go on where an earlier build stopped.

    Does nothing if the index is there already. Of several processes that build the same index
    one does so, and the others wait for it. An index of something else is removed first.

    Args:
        graph: The graph, N nodes.
        encoder: What made the vectors.
        folder: Where the index goes.
        documents: A description for each row of the graph.
        vectors: A unit vector for each row, float32 [N, D].
        progress: Told how far it is.

    Raises:
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    progress = progress or Silent()
    contents = Contents(graph.hash, encoder.hash, _hash_of(documents))
    material = Material({t: graph.rows_of(t) for t in NodeType}, documents, vectors)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with _alone(folder, progress):
            if not _is_complete(folder, contents):
                _build(material, contents, folder, progress)
    except (OSError, StoreError) as error:
        raise BbqaError(
            f"the index cannot be written to {folder}: {error}",
            hint=f"make room or mend the folder's permissions, then: {MEND}",
        ) from error


def _build(material: Material, contents: Contents, folder: Path, progress: Progress) -> None:
    """Go on with an unfinished store; if there is none, or it is broken, begin a new one."""
    state = _read_state(folder / BUILDING)
    if state and state.contents == contents:
        try:
            return _fill_store(state, material, folder, progress)
        except StoreError as error:
            progress.say(f"the unfinished index cannot be used ({error}); beginning again")
    (folder / MANIFEST).unlink(missing_ok=True)
    used = [store.name for store in folder.glob("store-*")]
    for name in used:
        shutil.rmtree(folder / name, ignore_errors=True)
    # a new name, for this process may still have the old store open
    name = next(f"store-{n}" for n in range(1, len(used) + 2) if f"store-{n}" not in used)
    state = State(contents, name, material.vectors.shape[1])
    _write_state(folder / BUILDING, state)
    return _fill_store(state, material, folder, progress)


def _fill_store(state: State, material: Material, folder: Path, progress: Progress) -> None:
    """Add the collections that are not complete, check the whole, write the manifest."""
    store = folder / state.store
    bar = progress.bar("building the index", len(material.documents), unit="nodes")
    with _open_store(store) as client:
        for node_type, rows in material.rows.items():
            if node_type.value in state.counts:
                bar.advance(len(rows))
                continue
            _fill_collection(client, node_type, material, bar)
            state.counts[node_type.value] = len(rows)
            _write_state(folder / BUILDING, state)
    _check_store(Index(folder, state), material)
    state.files = {
        path.relative_to(store).as_posix(): path.stat().st_size
        for path in sorted(store.rglob("*"))
        if path.is_file()
    }
    _write_state(folder / MANIFEST, state)
    (folder / BUILDING).unlink()


def _fill_collection(client: Client, node_type: NodeType, material: Material, bar: Bar) -> None:
    """A new collection of all nodes of one type; an unfinished one is removed first.

    A killed process may have left it with half-written files, and no collection takes long.
    """
    name = _collection_name(node_type)
    if name in [collection.name for collection in client.list_collections()]:
        client.delete_collection(name)
    collection = client.create_collection(name, configuration=HNSW, embedding_function=None)
    rows = material.rows[node_type]
    for start in range(0, len(rows), BATCH):
        part = rows[start : start + BATCH]
        collection.add(
            ids=[str(row) for row in part],
            embeddings=material.vectors[part],
            documents=[material.documents[row] for row in part],
        )
        bar.advance(len(part))


def _check_store(index: Index, material: Material) -> None:
    """Read every collection back from disk, and find its first and last node.

    Raises:
        StoreError: One is not found.
    """
    for node_type, rows in material.rows.items():
        for row in rows[[0, -1]] if len(rows) else ():
            found = index._search(material.vectors[row], node_type, 1)
            if not found or found[0][1] < 0.999:
                raise StoreError(f"{node_type.value}: node {row} is not found again")
    index.close()


# ---- searching ----


class Index:
    """Descriptions of all nodes, searched by vector. Make one with ``open``.

    Args:
        folder: The index's folder.
        state: Its manifest.
    """

    def __init__(self, folder: Path, state: State) -> None:
        self.folder = folder
        self._state = state
        self._collections: dict[NodeType, Collection] = {}

    @classmethod
    def open(cls, folder: Path, *, graph_hash: str, encoder_hash: str) -> Index:
        """The index in ``folder``, made from this graph and this encoder.

        Raises:
            IndexMismatchError: There is none, it was made from something else, or it is broken.
        """
        if not (folder / MANIFEST).exists():
            raise IndexMismatchError(f"there is no complete index in {folder}", hint=MEND)
        state = _read_state(folder / MANIFEST)
        if state is None:
            raise IndexMismatchError(f"{folder / MANIFEST} cannot be read", hint=MEND)
        expected = {"graph": graph_hash, "encoder": encoder_hash, "format": FORMAT}
        for what, wanted in expected.items():
            got = getattr(state.contents, what)
            if got != wanted:
                raise IndexMismatchError(
                    f"the index in {folder} was built with another {what}: "
                    f"got {got}, expected {wanted}",
                    hint=MEND,
                )
        if damage := _damage(folder, state):
            raise IndexMismatchError(f"the index in {folder} is broken: {damage}", hint=MEND)
        return cls(folder, state)

    def nearest(self, vector: Array, type: NodeType, k: int) -> list[tuple[int, float]]:
        """The ``k`` nodes of a type nearest to a vector, as row and cosine, best first.

        Args:
            vector: Of any length but 0, float32 [D].
            type: Which collection to search; of a type without nodes nothing is found.
            k: How many; fewer come back if there are fewer.

        Raises:
            IndexMismatchError: The index is broken; its manifest is removed, so that the next
                build makes it anew.
        """
        if vector.shape != (self._state.dimension,):
            raise ValueError(
                f"vector has shape {vector.shape}; expected ({self._state.dimension},)"
            )
        with self._broken_if_unreadable():
            return self._search(vector, type, k)

    def document(self, type: NodeType, row: int) -> str:
        """The description of the node in a row of the graph.

        Raises:
            KeyError: There is no such row among the nodes of this type.
            IndexMismatchError: As for ``nearest``.
        """
        with self._broken_if_unreadable(), _store_errors():
            found = self._collection(type).get(ids=[str(row)], include=["documents"])
        if not found["documents"]:
            raise KeyError(f"no {type.value} in row {row}")
        return found["documents"][0]

    def close(self) -> None:
        """Let go of Chroma's files."""
        if "_client" in self.__dict__:
            self._client.close()
            del self._client
        self._collections.clear()

    def _search(self, vector: Array, type: NodeType, k: int) -> list[tuple[int, float]]:
        k = min(k, self._state.counts.get(type.value, 0))
        if k < 1:
            return []
        with _store_errors():
            found = self._collection(type).query(
                query_embeddings=[vector.tolist()], n_results=k, include=["distances"]
            )
        assert found["distances"] is not None
        pairs = zip(found["ids"][0], found["distances"][0], strict=True)
        return sorted(((int(i), 1.0 - d) for i, d in pairs), key=lambda pair: (-pair[1], pair[0]))

    def _collection(self, type: NodeType) -> Collection:
        if type not in self._collections:
            self._collections[type] = self._client.get_collection(
                _collection_name(type), embedding_function=None
            )
        return self._collections[type]

    @cached_property
    def _client(self) -> Client:
        return _open_client(self.folder / self._state.store)

    @contextmanager
    def _broken_if_unreadable(self) -> Iterator[None]:
        try:
            yield
        except StoreError as error:
            with suppress(OSError):
                (self.folder / MANIFEST).unlink(missing_ok=True)
            raise IndexMismatchError(
                f"the index in {self.folder} is broken: {error}", hint=MEND
            ) from error


# ---- Chroma, files, locks ----


class StoreError(Exception):
    """Chroma could not read or write its files."""


@contextmanager
def _store_errors() -> Iterator[None]:
    """Chroma's own errors as ``StoreError``; it has no type for what concerns its files."""
    from chromadb.errors import ChromaError

    try:
        yield
    except (ChromaError, RuntimeError, ValueError, OSError) as error:
        raise StoreError(str(error) or type(error).__name__) from error


def _open_client(store: Path) -> Client:
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(store, Settings(anonymized_telemetry=False))
    return cast("Client", client)


@contextmanager
def _open_store(store: Path) -> Iterator[Client]:
    with _store_errors():
        client = _open_client(store)
        try:
            yield client
        finally:
            client.close()


def _collection_name(node_type: NodeType) -> str:
    return node_type.value.replace("/", "-")


@contextmanager
def _alone(folder: Path, progress: Progress) -> Iterator[None]:
    """Hold the index's lock; whoever waits for it is told so."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / "build.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.say("another process is building the index; waiting for it")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _is_complete(folder: Path, contents: Contents) -> bool:
    state = _read_state(folder / MANIFEST)
    return state is not None and state.contents == contents and not _damage(folder, state)


def _damage(folder: Path, state: State) -> str:
    """What is wrong with the sizes of Chroma's files; empty if nothing is."""
    for name, size in state.files.items():
        path = folder / state.store / name
        found = path.stat().st_size if path.exists() else 0
        if found < size:
            return f"{path} has {found:,} bytes, expected {size:,}"
    return ""


def _read_state(path: Path) -> State | None:
    """The state in a file, or None if there is none that can be read."""
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
        return State(**{**values, "contents": Contents(**values["contents"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None


def _write_state(path: Path, state: State) -> None:
    """Write in one step: nobody ever reads half of it."""
    with whole(path) as unfinished:
        unfinished.write_text(json.dumps(asdict(state), indent=1), encoding="utf-8")


def _hash_of(documents: Sequence[str]) -> str:
    digest = hashlib.sha256()
    for text in documents:
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]
