"""``bbqa bridge eval``: trains what is compared, asks it, writes what came out.

What it writes: ``bridge.json`` (see ``Record``), with what was run.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import bbqa.eval.bridge_extrapolation as beyond
from bbqa.bridge.checkpoint import DESCRIPTION, SHIPPED_BRIDGE, FrozenBridge, shipped_for
from bbqa.bridge.fusion import Fusion, read_fusions, write_fusions
from bbqa.bridge.settings import Kind, shorter
from bbqa.bridge.splits import Part
from bbqa.bridge.triples import Link, Triples
from bbqa.eval.bridge_table import Opponents, table
from bbqa.eval.ranking_metrics import Record
from bbqa.learn import SETTINGS, Workshop, fit_fusions, train_into
from bbqa.progress import in_words
from bbqa.resources import Resources
from bbqa.schema import NodeType
from bbqa.whole import whole

OTHER_ENCODERS: Final = {NodeType.PROTEIN: "unirep-256", NodeType.DRUG: "minimol"}
KGE_MODELS: Final = ("transe", "distmult", "complex", "rotate")
SLOW_KGE_MODELS: Final = ("transh", "transr", "transd")
"""These project every node for every relation and take several times as long."""


@dataclass(frozen=True, slots=True)
class Extent:
    """How much is run.

    Attributes:
        steps: Training steps of each bridge, at most.
        heads: Heads of each kind and part, at most; None for all.
        other_encoders: Whether bridges on other encoders are trained and shown.
        kge_models: Which knowledge-graph embeddings are trained.
        kge_epochs: For how long; None for each one's own.
    """

    steps: int
    heads: int | None
    other_encoders: bool
    kge_models: Sequence[str]
    kge_epochs: int | None


FULL: Final = Extent(10_000, None, True, KGE_MODELS, None)
QUICK: Final = Extent(200, 60, False, ("distmult",), 1)


def with_slow_kge(extent: Extent) -> Extent:
    """The same with the models that are usually left out."""
    return replace(extent, kge_models=(*KGE_MODELS, *SLOW_KGE_MODELS))


def evaluate_bridge(resources: Resources, to: Path, *, extent: Extent = FULL) -> list[Record]:
    """All records, written to ``to`` as they were found.

    Bridges that are trained for it are kept with the graph's indexes, and used again.
    """
    start = time.monotonic()
    resources.prepare()
    run = _Run(resources, extent)
    found: list[Record] = []
    for name, step in run.steps():
        began = time.monotonic()
        found += step
        resources.progress.say(f"{name}: {in_words(time.monotonic() - began)}")
    write_records(found, to, about=run.about(time.monotonic() - start))
    return found


class _Run:
    """One evaluation: what is trained, and in which order it is asked."""

    def __init__(self, resources: Resources, extent: Extent) -> None:
        self.resources, self.extent = resources, extent
        self.workshop = Workshop(resources)
        self.folder = resources.folder / "bridges"
        self.settings = {name: shorter(s, extent.steps) for name, s in SETTINGS.items()}
        self.mlp, self.fusions = self._shown_to_people()

    def steps(self) -> Iterator[tuple[str, Iterator[Record]]]:
        """The parts of the table."""
        yield "nodes that training has not seen", table(self._opponents(), most=self.extent.heads)
        yield "edges that training has not seen", self._transductive()
        yield "terms that training has not seen", self._new_terms()
        yield "a relation that training has not seen", self._unseen_relation()

    def about(self, seconds: float) -> dict[str, Any]:
        """What was run."""
        workshop = self.workshop
        return {
            "date": datetime.now(UTC).date().isoformat(),
            "seconds": round(seconds),
            "graph": workshop.graph.hash,
            "split": workshop.split.hash,
            "bridge": self.mlp.description["name"],
            "bridge_sha256": self.mlp.sha256,
            "encoders": {t.value: e.name for t, e in workshop.encoders.items()},
            "extent": asdict(self.extent),
            "training": {name: asdict(s) for name, s in self.settings.items()},
        }

    def _shown_to_people(self) -> tuple[FrozenBridge, Mapping[Link, Fusion]]:
        """The bridge that comes with bbqa; for another graph one that is trained now."""
        folder = SHIPPED_BRIDGE
        if not shipped_for(self.workshop.graph.hash):
            folder = self.folder / f"mlp-{self.extent.steps}"
            if not (folder / "fusion.safetensors").exists():
                bridge = self._trained("mlp", self.workshop, folder)
                fusions = fit_fusions(self.workshop, bridge)
                write_fusions(folder, fusions, bridge=bridge.sha256)
        bridge = FrozenBridge.open(folder)
        return bridge, read_fusions(folder, bridge=bridge.sha256)

    def _opponents(self) -> Opponents:
        kinds: tuple[Kind, ...] = ("linear", "transformer")
        bridges: dict[str, FrozenBridge] = {
            "mlp": self.mlp,
            **{k: self._trained(k, self.workshop) for k in kinds},
        }
        others = []
        if self.extent.other_encoders:
            workshop = Workshop(self.resources, OTHER_ENCODERS, split=self.workshop.split)
            others = [(kind, workshop, self._trained(kind, workshop)) for kind in SETTINGS]
        return Opponents(self.workshop, bridges, self.fusions, others)

    def _transductive(self) -> Iterator[Record]:
        training, test = beyond.hide_edges(self.workshop.triples)
        workshop = self._learning_from(training)
        rows: dict[str, beyond.Rank] = {
            "random": beyond.rank_by_chance(),
            "prior": beyond.rank_by_prior(training),
        }
        for kind in SETTINGS:
            bridge = self._trained(kind, workshop, self._place("edges", kind))
            rows[kind] = beyond.rank_by_bridge(workshop, bridge, training)
        trained = beyond.train_all_kge(
            workshop, training, self.extent.kge_models, self.extent.kge_epochs
        )
        rows |= {name: beyond.rank_by_kge(*kge) for name, kge in trained.items()}
        most = self.extent.heads or beyond.MOST
        yield from beyond.records(
            workshop, "transductive", test, self.workshop.triples, rows, most=most
        )
        yield from _not_applicable(self.workshop, trained)

    def _new_terms(self) -> Iterator[Record]:
        workshop = self.workshop
        rows: dict[str, beyond.Rank] = {"random": beyond.rank_by_chance()}
        for kind in SETTINGS:
            bridge = self.mlp if kind == "mlp" else self._trained(kind, workshop)
            rows[kind] = beyond.rank_by_bridge(workshop, bridge)
        test = beyond.new_term_test(workshop)
        most = self.extent.heads or beyond.MOST
        yield from beyond.records(workshop, "new-terms", test, workshop.triples, rows, most=most)

    def _unseen_relation(self) -> Iterator[Record]:
        training = beyond.without_relation(self.workshop.training)
        workshop = self._learning_from(training)
        bridge = self._trained("mlp", workshop, self._place("no-pathways", "mlp"))
        rows = {
            "random": beyond.rank_by_chance(),
            "mlp": beyond.rank_by_bridge(workshop, bridge),
            "mlp, trained on it": beyond.rank_by_bridge(workshop, self.mlp),
        }
        test = [
            t
            for t in self.workshop.kept_triples(Part.COLD_TEST)
            if t.link.relation is beyond.UNSEEN
        ]
        most = self.extent.heads or beyond.MOST
        yield from beyond.records(
            workshop, "unseen-relation", test, self.workshop.triples, rows, most=most
        )

    def _learning_from(self, training: list[Triples]) -> Workshop:
        """A workshop that trains on other pairs."""
        workshop = Workshop(self.resources, split=self.workshop.split)
        workshop.__dict__["training"] = training
        workshop.__dict__["vectors"] = self.workshop.vectors
        return workshop

    def _place(self, split: str, kind: Kind) -> Path:
        return self.folder / f"{split}-{kind}-{self.settings[kind].steps}"

    def _trained(self, kind: Kind, workshop: Workshop, folder: Path | None = None) -> FrozenBridge:
        """A bridge of one kind, trained unless it has been."""
        encoders = "+".join(encoder.name for encoder in workshop.encoders.values())
        folder = folder or self._place(encoders, kind)
        if (folder / DESCRIPTION).exists():
            bridge = FrozenBridge.open(folder)
            same = bridge.description["split"] == workshop.split.hash
            if same and bridge.description["graph"] == workshop.graph.hash:
                return bridge
        name = f"{kind} for the table"
        return train_into(workshop, folder, name=name, settings=self.settings[kind])


def _not_applicable(workshop: Workshop, trained: Mapping[str, Any]) -> Iterator[Record]:
    """Knowledge-graph embeddings say nothing of a node that no edge of training touches."""
    for triples in workshop.triples:
        for split in ("cold", "warm"):
            for name in trained:
                yield Record(str(triples.link), split, "all", name, "mrr", None, None, None, 0)


def write_records(found: Sequence[Record], to: Path, *, about: Mapping[str, Any]) -> None:
    """Write all records, and what was run, as JSON; numbers with four digits."""
    to.mkdir(parents=True, exist_ok=True)
    written = {"about": dict(about), "records": [_rounded(record) for record in found]}
    lines = json.dumps(written, ensure_ascii=False).replace('{"relation"', '\n{"relation"')
    with whole(to / "bridge.json") as unfinished:
        unfinished.write_text(lines + "\n")


def _rounded(record: Record) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(record).items()
    }
