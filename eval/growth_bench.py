"""How time and memory grow with the number of nodes, each size in a process of its own.

The vectors are the graph's own as far as they go, then the same again with noise, so that they
lie in clusters as real ones do: directions drawn at random would make an approximate search slower
and its finds worse than they ever are.

    python -m bbqa.eval.growth_bench exact|chroma NODES [--vectors FILE] [--bridge FOLDER]
"""

from __future__ import annotations

import argparse
import json
import random
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.checkpoint import FrozenBridge
from bbqa.bridge.triples import Link
from bbqa.bridge.vectors import TINY
from bbqa.eval.measured import Number, peak_memory_gb, percentile, timed
from bbqa.index import BATCH, HNSW
from bbqa.schema import NodeType, Relation

if TYPE_CHECKING:
    from chromadb import Collection

NEAREST: Final = 100
COMPARED: Final = 10
"""Of the nearest by exact search, how many Chroma should find."""
NOISE: Final = 0.5
"""Length of what is added to a unit vector; the cosine to what it was is about 0.9."""
DIMENSION: Final = 384
"""Of vectors where no real ones are given."""
CHUNK: Final = 20_000
QUERIES: Final = 50
WORDS: Final = 30
"""In a description; those of the graph have about as many."""
ASKED: Final = Link(NodeType.PROTEIN, Relation.MOLFUNC_PROTEIN, NodeType.MOLECULAR_FUNCTION)

Array = npt.NDArray[np.float32]
Measured = Mapping[str, float]


def bench_growth(
    exact: Sequence[int], chroma: Sequence[int], *, vectors: Path, bridge: Path
) -> Iterator[Number]:
    """Time and memory of exact search and of Chroma for graphs of some sizes.

    Args:
        exact: Numbers of nodes for exact search, ascending.
        chroma: Numbers of nodes for Chroma, ascending.
        vectors: The graph's text vectors, [N, D].
        bridge: Folder of the bridge that carries the queries.
    """
    known = len(np.load(vectors, mmap_mode="r"))
    for nodes in exact:
        found = in_new_process("exact", nodes, vectors=vectors, bridge=bridge)
        beside = f"{known:,} vectors are the graph's own, {nodes - known:,} these with noise"
        for name, value in found.items():
            what = f"{nodes:,} nodes, bridge and exact search: {name}"
            yield Number(what, value, beside=beside if nodes > known else "")
            beside = ""
    for nodes in chroma:
        found = in_new_process("chroma", nodes, vectors=vectors)
        beside = _not_measured(nodes, max(exact), found) if nodes == max(chroma) else ""
        for name, value in found.items():
            yield Number(f"{nodes:,} nodes, Chroma: {name}", value, beside=beside)
            beside = ""


def _not_measured(nodes: int, most: int, found: Measured) -> str:
    """Why Chroma was not given as many nodes as exact search was."""
    if most <= nodes:
        return ""
    hours = found["inserting, s"] * most / nodes / 3600
    return (
        f"{most:,} nodes not measured: inserting takes at least {hours:.1f} h at this rate, "
        "which falls as the collection grows"
    )


def in_new_process(
    what: str, nodes: int, *, vectors: Path | None = None, bridge: Path | None = None
) -> Measured:
    """What ``exact`` or ``chroma`` measured in a process that did nothing else."""
    given = {"--vectors": vectors, "--bridge": bridge}
    options = [part for name, path in given.items() if path for part in (name, str(path))]
    run = subprocess.run(
        [sys.executable, "-m", "bbqa.eval.growth_bench", what, str(nodes), *options],
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(run.stdout.splitlines()[-1])
    return found


# ---- in the new process ----


def exact_search(vectors: Array, heads: Array, carry: Callable[[Array], Array]) -> dict[str, float]:
    """Times of carrying one input and comparing it with every node, and the peak memory.

    Args:
        vectors: Unit vectors of the nodes, [N, D].
        heads: Inputs, [Q, D of their encoder].
        carry: Gives where inputs point to, [B, D of their encoder] to [B, D].
    """

    def ask(head: Array) -> None:
        nearest(vectors, carry(head[None])[0], NEAREST)

    return {
        **_times([timed(partial(ask, head)) for head in heads]),
        "vectors, GB": vectors.nbytes / 1e9,
        "peak memory, GB": peak_memory_gb(),
    }


def nearest(vectors: Array, pointed: Array, k: int) -> npt.NDArray[np.int64]:
    """Rows of the ``k`` vectors with the highest product with one, best first."""
    scores = vectors @ pointed
    some = np.argpartition(-scores, min(k, len(scores)) - 1)[:k]
    ordered: npt.NDArray[np.int64] = some[np.argsort(-scores[some], kind="stable")]
    return ordered


def chroma_search(vectors: Array, asked: Array, folder: Path) -> dict[str, float]:
    """Times of inserting and searching as ``bbqa.index`` does, with all nodes of one type.

    Args:
        vectors: Unit vectors of the nodes, [N, D].
        asked: Vectors to search for, [Q, D].
        folder: For Chroma's files.
    """
    import chromadb
    from chromadb.config import Settings

    client = chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False))
    collection = client.create_collection("nodes", configuration=HNSW, embedding_function=None)
    inserting = timed(lambda: _insert(collection, vectors))
    found: list[list[int]] = []

    def ask(vector: Array) -> None:
        answer = collection.query(query_embeddings=[vector.tolist()], n_results=NEAREST)
        found.append([int(row) for row in answer["ids"][0]])

    times = _times([timed(partial(ask, vector)) for vector in asked])
    exact = [set(nearest(vectors, vector, COMPARED).tolist()) for vector in asked]
    shares = [len(e & set(f)) / len(e) for e, f in zip(exact, found, strict=True)]
    return {
        "inserting, s": inserting,
        **times,
        f"exact {COMPARED} nearest found, share": float(np.mean(shares)),
        "disk, GB": sum(p.stat().st_size for p in folder.rglob("*") if p.is_file()) / 1e9,
        "peak memory, GB": peak_memory_gb(),
    }


def _insert(collection: Collection, vectors: Array) -> None:
    rng = random.Random(0)
    words = ["".join(rng.choices("aeioubcdfglmnprst", k=7)) for _ in range(5000)]
    for start in range(0, len(vectors), BATCH):
        part = vectors[start : start + BATCH]
        collection.add(
            ids=[str(start + place) for place in range(len(part))],
            embeddings=part,
            documents=[" ".join(rng.choices(words, k=WORDS)) for _ in part],
        )


def _times(seconds: Sequence[float]) -> dict[str, float]:
    return {
        "one query, ms, p50": percentile(seconds, 0.5),
        "one query, ms, p99": percentile(seconds, 0.99),
    }


def vectors_of(nodes: int, real: npt.NDArray[np.floating] | None) -> Array:
    """Unit vectors, float32 [nodes, D]: the real ones, then the same again with noise.

    Without real ones they point anywhere. They are made in small parts, so that making them
    takes no more memory than having them.
    """
    rng = np.random.default_rng(0)
    known = 0 if real is None else len(real)
    made = np.empty((nodes, DIMENSION if real is None else real.shape[1]), np.float32)
    for start in range(0, nodes, CHUNK):
        part = made[start : start + CHUNK]
        rng.standard_normal(out=part, dtype=np.float32)
        if real is not None:
            rows = np.arange(start, start + len(part))
            part *= np.where(rows < known, 0, NOISE / np.sqrt(part.shape[1]))[:, None]
            part += real[rows % known]
        part /= np.maximum(np.linalg.norm(part, axis=1, keepdims=True), TINY)
    return made


def _near(vectors: Array, queries: int) -> Array:
    """Vectors near to some nodes' own, [queries, D]."""
    rng = np.random.default_rng(1)
    own = vectors[rng.integers(len(vectors), size=queries)]
    noise = rng.standard_normal(own.shape, dtype=np.float32) * NOISE / np.sqrt(own.shape[1])
    near: Array = (own + noise).astype(np.float32)
    return near


def _carried(folder: Path, queries: int) -> tuple[Array, Callable[[Array], Array]]:
    """Made-up inputs, [queries, D of their encoder], and what a bridge does to them."""
    bridge = FrozenBridge.open(folder)
    size = bridge.description["shape"]["inputs"][ASKED.head.value]
    heads = np.random.default_rng(1).standard_normal((queries, size), dtype=np.float32)
    return heads, partial(bridge.carry, link=ASKED)


def main() -> None:
    """Measure one size, print the numbers as JSON."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("what", choices=["exact", "chroma"])
    parser.add_argument("nodes", type=int)
    parser.add_argument("--vectors", type=Path, help="the nodes' real vectors, an .npy file")
    parser.add_argument("--bridge", type=Path, help="folder of a bridge that carries the queries")
    options = parser.parse_args()
    real = np.load(options.vectors, mmap_mode="r") if options.vectors else None
    vectors = vectors_of(options.nodes, real)
    if options.what == "chroma":
        with TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            found = chroma_search(vectors, _near(vectors, QUERIES), Path(folder))
    elif options.bridge:
        found = exact_search(vectors, *_carried(options.bridge, QUERIES))
    else:
        found = exact_search(vectors, _near(vectors, QUERIES), lambda heads: heads)
    print(json.dumps(found))


if __name__ == "__main__":
    main()
