"""What answering needs, opened once and kept: graph, names, indexes, encoder, language model.

Everything is opened at first use, so that a question that needs no vector search never loads
Chroma. ``prepare`` fetches and builds all of it, with progress.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from copy import copy
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.checkpoint import SHIPPED_BRIDGE, shipped_for
from bbqa.build import (
    ALL_PARTS,
    Part,
    build_missing,
    read_input_vectors,
    read_knowledge,
    read_vectors,
)
from bbqa.errors import SettingsError
from bbqa.kg.graph import Graph, open_starter
from bbqa.kg.names import NameIndex
from bbqa.limits import NO_LIMITS, Limits
from bbqa.progress import Progress, Silent
from bbqa.schema import Relation
from bbqa.settings import Settings

if TYPE_CHECKING:
    from bbqa.encoders import Encoder
    from bbqa.index import Index
    from bbqa.llm import LLM
    from bbqa.presumed import Presumptions
    from bbqa.retrieve.alignment import AlignmentIndex
    from bbqa.retrieve.projection import Projection
    from bbqa.retrieve.similarity import MoleculeIndex
    from bbqa.route import Router

Vector = npt.NDArray[np.float32]
Vectors = npt.NDArray[np.float16]

_TERM_RELATIONS = (
    Relation.MOLFUNC_PROTEIN,
    Relation.BIOPROCESS_PROTEIN,
    Relation.CELLCOMP_PROTEIN,
)

_OF_ANSWERS: Final = frozenset(
    {
        "driver",
        "k",
        "max_seconds",
        "max_steps",
        "max_tokens",
        "max_total_tokens",
        "speculative",
        "use_bridge",
    }
)
"""Settings on which nothing depends that is opened."""


class Resources:
    """All that answering reads. Give the parts by name to use others than the settings say.

    Args:
        settings: Where things are and how large they may be.
        progress: Where long work reports to.
        graph: A knowledge graph instead of the one in the settings.
        encoder: A text encoder instead of all-MiniLM-L6-v2.
        llm: A language model instead of the one in the settings.

    Attributes:
        settings: As given, or as ``with_settings`` has them.
        limits: What must not be seen of the reference; see ``bbqa.retrieve.visible``.
    """

    # What is opened lies in __dict__, which views share; these two are each view's own.
    __slots__ = ("__dict__", "limits", "settings")

    def __init__(
        self,
        settings: Settings,
        *,
        progress: Progress | None = None,
        graph: Graph | None = None,
        encoder: Encoder | None = None,
        llm: LLM | None = None,
    ) -> None:
        self.settings = settings
        self.limits = NO_LIMITS
        self.progress: Progress = progress or Silent()
        given = {"graph": graph, "encoder": encoder, "llm": llm}
        self.__dict__.update({name: part for name, part in given.items() if part is not None})

    # the same, seen otherwise

    def with_limits(self, limits: Limits) -> Resources:
        """These resources with other limits: a view that costs nothing.

        Everything is shared: graph, indexes, models and progress, whether they are opened already
        or by either of the two later; a model that one of them is given is the other's as well.
        """
        return self._view(self.settings, limits)

    def with_settings(self, **changes: Any) -> Resources:  # noqa: ANN401
        """These resources with some settings changed; all that is opened is shared.

        Args:
            changes: New values of settings that only say how an answer is made: ``use_bridge``,
                ``speculative``, ``k``, ``driver``, ``max_steps``, ``max_total_tokens``,
                ``max_seconds`` and ``max_tokens``.

        Raises:
            SettingsError: What is opened depends on a setting that was to be changed.
        """
        if fixed := sorted(set(changes) - _OF_ANSWERS):
            raise SettingsError(
                f"{', '.join(fixed)} cannot be changed in resources that are open",
                hint=f"make new Resources; what can be changed: {', '.join(sorted(_OF_ANSWERS))}",
            )
        return self._view(self.settings.model_copy(update=changes), self.limits)

    def with_llm(self, llm: LLM) -> Resources:
        """A copy of these resources with a language model of its own, that reports nothing.

        What is open is shared; what either opens later is its own.
        """
        own = copy(self)
        own.llm = llm
        own.progress = Silent()
        return own

    def _view(self, settings: Settings, limits: Limits) -> Resources:
        view = object.__new__(type(self))
        view.__dict__ = self.__dict__
        view.settings, view.limits = settings, limits
        return view

    def prepare(self, parts: Collection[Part] = ALL_PARTS) -> None:
        """Fetch and build what evidence needs; next to nothing if all of it is there.

        The language model is fetched when it is first asked: the evidence is shown before that.

        Args:
            parts: What is needed; by default everything.
        """
        build_missing(self, parts)

    # the graph and its indexes

    @cached_property
    def graph(self) -> Graph:
        """The knowledge graph."""
        return Graph.open(self.settings.graph) if self.settings.graph else open_starter()

    @cached_property
    def folder(self) -> Path:
        """Where the indexes of this graph are kept."""
        return self.settings.home / "indexes" / self.graph.hash[:16]

    @cached_property
    def names(self) -> NameIndex:
        """Ids, names and synonyms of all nodes."""
        return NameIndex(self.graph)

    @cached_property
    def alignment(self) -> AlignmentIndex:
        """The k-mer index over all reference proteins."""
        from bbqa.retrieve.alignment import AlignmentIndex

        return AlignmentIndex.open(self.graph.sequences, self.folder / "alignment")

    @cached_property
    def molecule_index(self) -> MoleculeIndex:
        """Fingerprints of all drugs."""
        from bbqa.retrieve.similarity import MoleculeIndex

        return MoleculeIndex.open(
            self.graph.molecules, self.folder / "molecules", progress=self.progress
        )

    @cached_property
    def index(self) -> Index:
        """Descriptions of all nodes in Chroma."""
        from bbqa.index import Index

        return Index.open(
            self.folder / "chroma", graph_hash=self.graph.hash, encoder_hash=self.encoder.hash
        )

    def terms_of(self, protein: int) -> Collection[int]:
        """Rows of the GO terms of reference protein number ``protein``."""
        node = int(self.graph.sequences.node[protein])
        if node < 0:
            return [row for row, _ in self.graph.sequences[protein].terms]
        neighbours = [self.graph.neighbours(node, relation) for relation in _TERM_RELATIONS]
        return [int(row) for row in np.concatenate(neighbours)]

    # models and vectors

    @cached_property
    def encoder(self) -> Encoder:
        """The frozen text encoder, all-MiniLM-L6-v2."""
        from bbqa.encoders.text import open_text_encoder

        settings = self.settings
        return open_text_encoder(settings.home, self.progress, settings.offline)

    @cached_property
    def vectors(self) -> Vectors:
        """A unit vector for each node's description, float16 [N, D], memory-mapped."""
        return read_vectors(self.folder)

    def encode(self, text: str) -> Vector:
        """The unit vector of a text, float32 [D]."""
        return self._encoded(text)

    @property
    def learning_folder(self) -> Path:
        """Folder of what was encoded of labelled examples, and learned from them."""
        return self.settings.home / "encoded"

    def encode_kept(self, texts: Sequence[str]) -> npt.NDArray[np.float64]:
        """The unit vectors of labelled texts, float64 [N, D], each encoded once and kept."""
        from bbqa.encoders.cache import encode_cached

        vectors = encode_cached(texts, self.encoder, self.learning_folder, self.progress)
        return vectors.astype(np.float64)

    @cached_property
    def _encoded(self) -> Callable[[str], Vector]:
        """Encodes a text; one question's words are asked for several times."""

        @lru_cache(maxsize=64)
        def encode(text: str) -> Vector:
            vector: Vector = self.encoder.encode([text])[0]
            return vector

        return encode

    def similarity_to(self, text: str) -> Callable[[int], float]:
        """The cosine of any node's description to a text, as a function of its row."""
        vector = self.encode(text)
        return lambda row: float(self.vectors[row].astype(np.float32) @ vector)

    def models_opened(self) -> dict[str, str]:
        """Names of the models that have been used so far, by their part."""
        parts = ("encoder", "llm")
        return {part: self.__dict__[part].name for part in parts if part in self.__dict__}

    @cached_property
    def router(self) -> Router:
        """What questions ask for, by labelled examples."""
        from bbqa.route import Router

        return Router(self)

    @cached_property
    def presumptions(self) -> Presumptions:
        """What questions take for granted, by labelled wordings."""
        from bbqa.presumed import Presumptions

        return Presumptions(self)

    # the bridge

    @property
    def uses_bridge(self) -> bool:
        """Whether there is a bridge for this graph, and it is wanted."""
        settings = self.settings
        if not settings.use_bridge:
            return False
        if settings.bridge is not None or "projection" in self.__dict__:
            return True
        return shipped_for(self.graph.hash)

    @cached_property
    def projection(self) -> Projection:
        """The bridge with all that predicting needs.

        Raises:
            IndexMismatchError: The bridge is damaged, or belongs to another graph or encoder.
        """
        from bbqa.bridge.checkpoint import Asked, FrozenBridge
        from bbqa.bridge.fusion import read_fusions
        from bbqa.bridge.vectors import NodeVectors, Scale
        from bbqa.encoders import open_encoder
        from bbqa.retrieve.projection import Projection
        from bbqa.retrieve.relatives import Neighbourhood

        folder = self.settings.bridge or SHIPPED_BRIDGE
        bridge = FrozenBridge.open(folder)
        encoders = {
            node_type: open_encoder(
                name,
                home=self.settings.home,
                progress=self.progress,
                offline=self.settings.offline,
            )
            for node_type, name in bridge.encoder_names.items()
        }
        hashes = {t: f"{e.name} {e.hash}" for t, e in encoders.items()}
        text_encoder = f"{self.encoder.name} {self.encoder.hash}"
        bridge.check(Asked(self.graph.hash, text_encoder, hashes))
        known = {t: read_input_vectors(self, t, e) for t, e in encoders.items()}
        fusions = read_fusions(folder, bridge=bridge.sha256)
        return Projection(
            graph=self.graph,
            bridge=bridge,
            fusions=fusions,
            knowledge=read_knowledge(self, list(fusions)),
            encoders=encoders,
            neighbourhoods={t: Neighbourhood(v, Scale.of(v.vectors)) for t, v in known.items()},
            vectors=NodeVectors(self.vectors, text_encoder, known),
            alignment=self.alignment,
            molecules=self.molecule_index,
            index=self.index,
        )

    @cached_property
    def llm(self) -> LLM:
        """The language model that the settings name."""
        from bbqa.llm import open_llm

        return open_llm(self.settings.llm, settings=self.settings, progress=self.progress)
