"""Knowledge-graph embeddings: the classic models that a bridge between encoders is compared with.

Models, their scores, constraints and loss are PyKEEN's; the loop is here. A batch holds triples of
one relation, and all of them share their negatives: nodes that occur at that end of the relation,
so that a model learns to tell a protein from a protein and not from a disease. Shared negatives
make scoring one matrix product and gradients small, so a CPU sees enough of them in minutes.

Sizes: E triples, B of them in a batch, K negatives for each end, D numbers per node.

Source: Ali et al., "PyKEEN 1.0", JMLR 22:1-6 (2021); that a softmax over many negatives makes the
old models strong again: Ruffinelli et al., "You CAN teach an old dog new tricks!", ICLR 2020.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.kge_batches import Drawn, Ints, Negatives, batches
from bbqa.errors import BbqaError, InputError, MissingExtraError, SettingsError
from bbqa.progress import Progress, Silent

if TYPE_CHECKING:
    import torch

Floats = npt.NDArray[np.float32]
Model = Any
"""PyKEEN's ``ERModel``; the package is optional, for type checkers too."""
Parts = tuple["torch.Tensor", ...]
"""What PyKEEN calls a representation: most models have one tensor for a node, TransD has two."""

PRODUCTS: Final = frozenset({"distmult", "complex"})
"""Models whose score is the inner product of the moved head and the tail."""
DISTANCES: Final = frozenset({"transe", "rotate"})
"""Models whose score is minus the Euclidean distance of the moved head and the tail."""
PAIRS_AT_ONCE: Final = 2**18
"""Pairs scored in one piece: 2^18 pairs of 64 numbers each are 64 MiB."""
KNOWN_FACT: Final = -1e4
"""Score of a negative that is a fact: so far below any other that no loss sees it."""


@dataclass(frozen=True, slots=True)
class KgeSettings:
    """How a model is trained.

    Attributes:
        model: One of ``KGE_DEFAULTS``.
        dimension: Numbers per node, D; complex numbers for ComplEx and RotatE.
        epochs: Passes over all triples.
        batch_size: Triples of one relation in a step, at most.
        negatives: Nodes that replace the head, and as many the tail, shared by the batch.
        learning_rate: Of Adagrad at the start; falls to 0 in a straight line.
        seed: Of initial values, batches and negatives.
        max_seconds: When to stop, even before the last epoch; the learning rate then falls
            accordingly, and results depend on the machine's speed. None for never.
    """

    model: str
    dimension: int
    epochs: int
    batch_size: int
    negatives: int
    learning_rate: float
    seed: int = 0
    max_seconds: float | None = None


KGE_DEFAULTS: Final[Mapping[str, KgeSettings]] = MappingProxyType(
    {
        settings.model: settings
        for settings in (
            KgeSettings("transe", 128, 6, 1024, 256, 0.1),
            KgeSettings("distmult", 128, 6, 1024, 256, 0.1),
            KgeSettings("complex", 64, 6, 1024, 256, 0.1),
            KgeSettings("rotate", 64, 6, 1024, 256, 0.1),
            KgeSettings("transh", 64, 2, 1024, 64, 0.1),
            KgeSettings("transr", 64, 2, 1024, 64, 0.1),
            KgeSettings("transd", 64, 2, 1024, 64, 0.1),
        )
    }
)
"""Settings by model, for about a million triples of 90 thousand nodes.

An epoch of these takes 20 to 30 s of one core, of TransH, TransR and TransD 80 to 120 s: their
scores are no matrix product. A learning rate of 0.3 was worse than 0.1 for TransE and DistMult.
"""


class Kge:
    """A trained model.

    Attributes:
        name: Which model it is: ``transe``.
        seconds: How long training took.
        epochs_done: Whole passes over the triples.
        parameters: How many real numbers were learnt.
    """

    def __init__(self, model: Model, *, name: str, seconds: float, epochs_done: int) -> None:
        self._model = model
        self.name = name
        self.seconds = seconds
        self.epochs_done = epochs_done
        self.parameters = sum(int(parameter.numel()) for parameter in model.parameters())

    def scores(self, heads: Ints, relation: int, tails: Ints) -> Floats:
        """Score of (head, relation, tail) for all pairs, float32 [H, T]; higher is better.

        Args:
            heads: Numbers of nodes, [H].
            relation: Number of the relation.
            tails: Numbers of nodes, [T].
        """
        import torch

        found = np.empty((len(heads), len(tails)), np.float32)
        height = max(1, PAIRS_AT_ONCE // max(1, len(tails)))
        with torch.inference_mode():
            rule = _relation(self._model, relation)
            ends = _nodes(self._model, tails)
            for first in range(0, len(heads), height):
                rows = slice(first, first + height)
                block = _pair_scores(
                    self._model, self.name, _nodes(self._model, heads[rows]), rule, ends
                )
                found[rows] = block.numpy()
        return found


def train_kge(
    triples: Ints,
    *,
    n_nodes: int,
    n_relations: int,
    settings: KgeSettings,
    progress: Progress | None = None,
) -> Kge:
    """A model trained on the triples.

    Args:
        triples: Head, relation and tail of each fact, [E, 3]; duplicates are dropped.
        n_nodes: How many nodes there are; heads and tails are below it.
        n_relations: How many relations there are.
        settings: Usually one of ``KGE_DEFAULTS``.
        progress: Where training reports to.

    Raises:
        SettingsError: There is no such model.
        InputError: There are no triples, or a number in them is out of range.
        MissingExtraError: PyKEEN is not installed.
        BbqaError: The loss is infinite or not a number.
    """
    facts = _checked(triples, n_nodes, n_relations)
    trainer = _Trainer(_make_model(facts, n_nodes, n_relations, settings), settings, facts)
    draw = np.random.default_rng(settings.seed)
    heads = Negatives(facts, 0, n_nodes, n_relations)
    tails = Negatives(facts, 2, n_nodes, n_relations)
    total = settings.epochs * len(facts)
    bar = (progress or Silent()).bar(f"training {settings.model}", total, unit="triples")
    epochs_done = 0
    for epoch in range(1, settings.epochs + 1):
        for batch in batches(facts, settings.batch_size, draw):
            if trainer.share_done() >= 1.0:
                break
            size = settings.negatives
            trainer.step(
                batch, heads.drawn(batch, size, draw), tails.drawn(batch, size, draw), epoch
            )
            bar.advance(len(batch))
        else:
            epochs_done = epoch
    bar.move_to(total)
    return trainer.trained(epochs_done)


def _checked(triples: Ints, n_nodes: int, n_relations: int) -> Ints:
    """The triples, each once, those of a relation together."""
    if not len(triples):
        raise InputError(
            "there are no triples to train on; expected at least one",
            hint="see that the graph has edges: bbqa kg show",
        )
    facts = np.unique(np.asarray(triples, np.int64), axis=0)
    limits = (("head", n_nodes), ("relation", n_relations), ("tail", n_nodes))
    for column, (end, limit) in zip(facts.T, limits, strict=True):
        wrong = column[(column < 0) | (column >= limit)]
        if len(wrong):
            raise InputError(
                f"a triple has {end} {wrong[0]}; expected 0 to {limit - 1}",
                hint="pass n_nodes and n_relations of the graph that the triples are from",
            )
    return facts[np.argsort(facts[:, 1], kind="stable")]


# What PyKEEN supplies


def _make_model(facts: Ints, n_nodes: int, n_relations: int, settings: KgeSettings) -> Model:
    """PyKEEN's model with its first values.

    Left out is what fights a softmax over many negatives: unit length of every node (TransE,
    DistMult), which bounds the scores, and PyKEEN's own regularisers of DistMult and ComplEx.
    ComplEx begins with small values, or its first scores saturate the softmax.
    """
    _check_name(settings.model)
    _check_installed()
    import torch
    from pykeen import models
    from pykeen.triples import CoreTriplesFactory

    small = torch.nn.init.xavier_normal_
    kinds: dict[str, tuple[Any, dict[str, Any]]] = {
        "transe": (models.TransE, {"entity_constrainer": None, "scoring_fct_norm": 2}),
        "distmult": (models.DistMult, {"entity_constrainer": None, "regularizer": None}),
        "complex": (
            models.ComplEx,
            {"regularizer": None, "entity_initializer": small, "relation_initializer": small},
        ),
        "rotate": (models.RotatE, {}),
        "transh": (models.TransH, {}),
        "transr": (models.TransR, {"relation_dim": settings.dimension}),
        "transd": (models.TransD, {}),
    }
    make, options = kinds[settings.model]
    factory = CoreTriplesFactory(
        torch.as_tensor(facts), num_entities=n_nodes, num_relations=n_relations
    )
    with torch.random.fork_rng(devices=[]):  # PyKEEN seeds torch; the caller's draws stay theirs
        model = make(
            triples_factory=factory,
            embedding_dim=settings.dimension,
            random_seed=settings.seed,
            **options,
        )
    for part in model.entity_representations:
        # A step touches a few thousand nodes of many: a dense gradient would cost most of its time.
        part._embeddings.sparse = True
    return model


def _check_name(name: str) -> None:
    if name not in KGE_DEFAULTS:
        known = ", ".join(KGE_DEFAULTS)
        raise SettingsError(
            f"there is no knowledge-graph embedding {name!r}; expected one of {known}",
            hint=f"choose one of these: {known}",
        )


def _check_installed() -> None:
    try:
        import pykeen.models  # noqa: F401
    except ModuleNotFoundError as error:
        package = (error.name or "pykeen").partition(".")[0]
        raise MissingExtraError(
            f"knowledge-graph embeddings need the package {package}, which is not installed",
            hint="pip install 'bbqa[kge]'",
        ) from error


def _nodes(model: Model, nodes: Ints) -> Parts:
    """What the model has learnt of nodes [K]."""
    import torch

    rows = torch.as_tensor(np.asarray(nodes, np.int64))
    return tuple(part(rows) for part in model.entity_representations)


def _relation(model: Model, relation: int) -> Parts:
    """What the model has learnt of one relation, with a first axis of length 1."""
    import torch

    return tuple(part(torch.tensor([relation])) for part in model.relation_representations)


def _row_scores(model: Model, heads: Parts, rule: Parts, tails: Parts) -> torch.Tensor:
    """PyKEEN's score of heads and tails of equal or broadcastable shape."""
    scores: torch.Tensor = model.interaction(
        *(parts if len(parts) > 1 else parts[0] for parts in (heads, rule, tails))
    )
    return scores


def _pair_scores(model: Model, name: str, heads: Parts, rule: Parts, tails: Parts) -> torch.Tensor:
    """PyKEEN's score of all pairs, [H, T], as one matrix product where the model allows it."""
    import torch

    if name not in PRODUCTS | DISTANCES:
        left, link, right = (
            [p[:, None] for p in heads],
            [p[:, None] for p in rule],
            [p[None] for p in tails],
        )
        return _row_scores(model, tuple(left), tuple(link), tuple(right))
    moved = heads[0] + rule[0] if name == "transe" else heads[0] * rule[0]
    target = tails[0]
    if moved.is_complex():
        # The real part of a * conj(b), and |a - b|, are those of the numbers side by side.
        moved, target = (torch.view_as_real(numbers).flatten(1) for numbers in (moved, target))
    return moved @ target.T if name in PRODUCTS else -torch.cdist(moved, target)


# Training


class _Trainer:
    """The model, its optimiser and the clock."""

    def __init__(self, model: Model, settings: KgeSettings, facts: Ints) -> None:
        import torch
        from pykeen.losses import CrossEntropyLoss

        self._model, self._settings = model, settings
        self._loss = CrossEntropyLoss()
        self._optimiser = torch.optim.Adagrad(model.parameters(), lr=settings.learning_rate)
        sizes = np.bincount(facts[:, 1])
        self._steps = settings.epochs * int(np.ceil(sizes / settings.batch_size).sum())
        self._steps_done = 0
        self._began_at = time.monotonic()

    def share_done(self) -> float:
        """How much of the training is over, by steps or by time, whichever is further."""
        limit = self._settings.max_seconds
        by_time = 0.0 if limit is None else self._seconds() / limit
        return max(self._steps_done / self._steps, by_time)

    def step(self, batch: Ints, heads: Drawn, tails: Drawn, epoch: int) -> None:
        """Learn from one batch [B, 3] and what replaces its heads and its tails."""
        import torch

        loss = self._loss_of(batch, heads, tails)
        self._check(loss.item(), epoch)
        for group in self._optimiser.param_groups:
            group["lr"] = self._settings.learning_rate * max(0.0, 1.0 - self.share_done())
        self._optimiser.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        # Gradients come from torch itself: their indices need no check.
        with torch.sparse.check_sparse_tensor_invariants(enable=False):  # type: ignore[no-untyped-call]
            self._optimiser.step()
        self._model.post_parameter_update()  # PyKEEN's constraints, as RotatE's unit circle
        self._steps_done += 1

    def trained(self, epochs_done: int) -> Kge:
        """The model, no longer to be trained."""
        self._model.eval()
        name = self._settings.model
        return Kge(self._model, name=name, seconds=self._seconds(), epochs_done=epochs_done)

    def _seconds(self) -> float:
        return time.monotonic() - self._began_at

    def _loss_of(self, batch: Ints, heads: Drawn, tails: Drawn) -> torch.Tensor:
        """Cross-entropy of the true head among heads, and of the true tail among tails."""
        import torch

        model, name = self._model, self._settings.model
        groups = (batch[:, 0], batch[:, 2], heads.nodes, tails.nodes)
        # One look-up for all: each would make a gradient of its own.
        looked_up = _nodes(model, np.concatenate(groups))
        sizes = [len(group) for group in groups]
        head, tail, other_heads, other_tails = zip(
            *(torch.split(part, sizes) for part in looked_up), strict=True
        )
        rule = _relation(model, int(batch[0, 1]))
        true = _row_scores(model, head, rule, tail)[:, None]
        for_heads = _pair_scores(model, name, other_heads, rule, tail).T
        for_tails = _pair_scores(model, name, head, rule, other_tails)
        of_heads = self._loss.process_slcwa_scores(true, _without(for_heads, heads))
        of_tails = self._loss.process_slcwa_scores(true, _without(for_tails, tails))
        loss: torch.Tensor = of_heads + of_tails + model.collect_regularization_term()
        return loss

    def _check(self, loss: float, epoch: int) -> None:
        if not math.isfinite(loss):
            rate = self._settings.learning_rate
            raise BbqaError(
                f"the loss of {self._settings.model} is {loss} in epoch {epoch}; "
                "expected a finite number",
                hint=f"train with a lower learning_rate than {rate:g}",
            )


def _without(scores: torch.Tensor, drawn: Drawn) -> torch.Tensor:
    """The scores [B, K] of negatives, with those that are facts out of the way."""
    import torch

    cells = (torch.as_tensor(drawn.rows), torch.as_tensor(drawn.columns))
    return scores.index_put(cells, torch.tensor(KNOWN_FACT))
