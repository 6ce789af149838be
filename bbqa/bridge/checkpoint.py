"""A trained bridge as two files, and what reads them without PyTorch.

``bridge.safetensors`` holds every number; ``bridge.json`` says what they are: kind and sizes,
which graph, encoders and split they belong to, how they were trained, and the file's hash. The
JSON is written last: where it is, the checkpoint is whole.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.bridge.triples import INPUTS, Link
from bbqa.bridge.vectors import TINY, NodeVectors, Scale, words_of
from bbqa.errors import IndexMismatchError
from bbqa.schema import NodeType
from bbqa.whole import whole

if TYPE_CHECKING:
    from bbqa.bridge.settings import TrainingSettings
    from bbqa.bridge.train import Trained

NUMBERS: Final = "bridge.safetensors"
DESCRIPTION: Final = "bridge.json"
SHIPPED_BRIDGE: Final = Path(__file__).parent / "data"
"""The bridge that was trained on the starter graph."""
VERSION: Final = 1
HINT: Final = "bbqa bridge train"
GELU_SCALE: Final = 0.7071067811865476
"""1 / sqrt(2), of the error function in GELU; Hendrycks and Gimpel 2016, arXiv:1606.08415."""

Array = npt.NDArray[np.float32]


def write_checkpoint(
    folder: Path,
    trained: Trained,
    *,
    name: str,
    graph_hash: str,
    split_hash: str,
    vectors: NodeVectors,
    settings: TrainingSettings,
) -> None:
    """Write a bridge; weights as float16, which costs a cosine less than 1e-3.

    Scales stay float32: what an encoder gives may be larger or smaller than float16 holds.
    """
    from safetensors.numpy import save_file

    folder.mkdir(parents=True, exist_ok=True)
    arrays = {f"bridge.{k}": v.numpy() for k, v in trained.bridge.state_dict().items()}
    for link, words in trained.words.items():
        for word, vector in zip(words_of(link), words.numpy(), strict=True):
            arrays[f"word.{word}"] = vector
    stored = {name: np.ascontiguousarray(a.astype(np.float16)) for name, a in arrays.items()}
    for node_type, scale in trained.scales.items():
        stored[f"scale.{node_type}.mean"] = scale.mean
        stored[f"scale.{node_type}.spread"] = scale.spread
    with whole(folder / NUMBERS) as unfinished:
        save_file(stored, unfinished)
    shape = trained.bridge.shape
    description = {
        "version": VERSION,
        "name": name,
        "graph": graph_hash,
        "split": split_hash,
        "text_encoder": vectors.text_encoder,
        "encoders": {t.value: vectors.inputs[t].encoder for t in trained.scales},
        "shape": asdict(shape) | {"inputs": {t.value: n for t, n in shape.inputs.items()}},
        "temperature": settings.temperature,
        "training": asdict(settings),
        "steps": trained.steps,
        "parameters": trained.bridge.parameters_count,
        "losses": [round(loss, 4) for loss in trained.losses],
        "validation_mrr": [round(mrr, 4) for mrr in trained.validations],
        "sha256": hashlib.sha256((folder / NUMBERS).read_bytes()).hexdigest(),
    }
    with whole(folder / DESCRIPTION) as unfinished:
        unfinished.write_text(json.dumps(description, indent=1) + "\n")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a bridge was trained with; compared with what is in use before it answers.

    Attributes:
        graph: Hash of the graph.
        text_encoder: ``NAME HASH`` of the text encoder.
        encoders: The same of the encoder of each input.
    """

    graph: str
    text_encoder: str
    encoders: Mapping[NodeType, str]


class FrozenBridge:
    """A trained bridge, ready to carry vectors. Make one with ``open``.

    Attributes:
        description: What ``bridge.json`` says.
    """

    def __init__(self, description: Mapping[str, Any], arrays: Mapping[str, Array]) -> None:
        self.description = description
        self._arrays = arrays

    @classmethod
    def open(cls, folder: Path) -> FrozenBridge:
        """The bridge in a folder.

        Raises:
            IndexMismatchError: There is none, it is damaged, or of another version.
        """
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            description = json.loads((folder / DESCRIPTION).read_text())
            if description["version"] != VERSION:
                raise IndexMismatchError(
                    f"{folder} holds a bridge of version {description['version']}; "
                    f"expected {VERSION}",
                    hint=HINT,
                )
            found = hashlib.sha256((folder / NUMBERS).read_bytes()).hexdigest()
            if found != description["sha256"]:
                raise IndexMismatchError(
                    f"{folder / NUMBERS} has SHA-256 {found[:12]}; "
                    f"expected {description['sha256'][:12]}",
                    hint=HINT,
                )
            arrays = load_file(folder / NUMBERS)
        except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
            raise IndexMismatchError(
                f"{folder} cannot be read as a bridge: {error}", hint=HINT
            ) from error
        return cls(description, {name: a.astype(np.float32) for name, a in arrays.items()})

    @property
    def name(self) -> str:
        """What evidence calls it."""
        return str(self.description["name"])

    @property
    def sha256(self) -> str:
        """Of its numbers."""
        return str(self.description["sha256"])

    @property
    def encoder_names(self) -> dict[NodeType, str]:
        """Which encoder reads each type of input."""
        encoders: Mapping[str, str] = self.description["encoders"]
        return {NodeType(t): encoder.split()[0] for t, encoder in encoders.items()}

    @property
    def temperature(self) -> float:
        """By which cosines were divided in training."""
        return float(self.description["temperature"])

    def check(self, asked: Asked) -> None:
        """Make sure that the bridge belongs to the graph and the encoders in use.

        Raises:
            IndexMismatchError: It does not; the message says which differs.
        """
        own = {
            "graph": (self.description["graph"], asked.graph),
            "text encoder": (self.description["text_encoder"], asked.text_encoder),
        }
        for node_type, encoder in self.description["encoders"].items():
            own[f"{node_type} encoder"] = (encoder, asked.encoders.get(NodeType(node_type), "none"))
        for part, (expected, got) in own.items():
            if expected != got:
                raise IndexMismatchError(
                    f"bridge {self.name} was trained with another {part}: "
                    f"{_brief(expected)}; got {_brief(got)}",
                    hint=HINT,
                )

    def knows(self, link: Link) -> bool:
        """Whether type and relation names of a link are among its words."""
        return all(f"word.{word}" in self._arrays for word in words_of(link))

    def carry(self, heads: Array, link: Link, words: Array | None = None) -> Array:
        """Where heads point to in text space, unit vectors, float32 [B, D].

        Args:
            heads: Vectors as the encoder of the link's head type gave them, [B, D of it]; text
                vectors for a head that is a term.
            link: What is asked of them.
            words: Text vectors of the words of a link that was not trained on, [3, D].
        """
        projected = heads
        if link.head in INPUTS:
            projected = self._scale(link.head).apply(heads)
            projected = projected @ self._of(f"project.{link.head.name.lower()}.weight").T
        asked = self._words(link) if words is None else words * np.sqrt(words.shape[1])
        pointed = projected + self._residual(projected, asked.astype(np.float32))
        unit: Array = pointed / np.maximum(np.linalg.norm(pointed, axis=1, keepdims=True), TINY)
        return unit.astype(np.float32)

    def _residual(self, projected: Array, words: Array) -> Array:
        match self.description["shape"]["kind"]:
            case "linear":
                return self._linear("context", words.reshape(1, -1))
            case "mlp":
                return self._perceptron(projected, words)
            case _:
                return self._in_torch(projected, words)

    def _perceptron(self, projected: Array, words: Array) -> Array:
        centred = projected - projected.mean(axis=1, keepdims=True)
        normed = centred / np.sqrt(projected.var(axis=1, keepdims=True) + 1e-5)
        normed = normed * self._of("residual.norm.weight") + self._of("residual.norm.bias")
        context = words.reshape(1, -1) @ self._of("residual.context.weight").T
        state = gelu(self._linear("first", normed) + context)
        for layer in range(self.description["shape"]["layers"] - 1):
            state = gelu(self._linear(f"hidden.{layer}", state))
        return self._linear("last", state)

    def _in_torch(self, projected: Array, words: Array) -> Array:
        import torch

        with torch.inference_mode():
            added = self._torch_residual(torch.from_numpy(projected), torch.from_numpy(words))
        numbers: Array = added.numpy()
        return numbers

    @cached_property
    def _torch_residual(self) -> Any:  # noqa: ANN401 - torch is imported only here
        import torch

        from bbqa.bridge.model import Bridge, Shape

        stored = self.description["shape"]
        inputs = {NodeType(t): n for t, n in stored["inputs"].items()}
        bridge = Bridge(Shape(**(stored | {"inputs": inputs})))
        names = bridge.state_dict()
        bridge.load_state_dict({name: torch.from_numpy(self._of(name)) for name in names})
        return bridge.eval().residual

    def _linear(self, layer: str, inputs: Array) -> Array:
        weight, bias = self._of(f"residual.{layer}.weight"), self._of(f"residual.{layer}.bias")
        result: Array = inputs @ weight.T + bias
        return result

    def _scale(self, node_type: NodeType) -> Scale:
        stored = (self._arrays[f"scale.{node_type}.{part}"] for part in ("mean", "spread"))
        return Scale(*stored)

    def _words(self, link: Link) -> Array:
        return np.stack([self._arrays[f"word.{word}"] for word in words_of(link)])

    def _of(self, name: str) -> Array:
        return self._arrays[f"bridge.{name}"]


def gelu(x: Array) -> Array:
    """X times the normal distribution's share below x, elementwise.

    The error function is Abramowitz and Stegun's 7.1.26, off by 1.5e-7 at most.
    """
    z = np.abs(x) * GELU_SCALE
    t = 1 / (1 + 0.3275911 * z)
    tail = t * (
        0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429)))
    )
    erf = np.sign(x) * (1 - tail * np.exp(-z * z))
    result: Array = (0.5 * x * (1 + erf)).astype(np.float32)
    return result


def _brief(name_and_hash: str) -> str:
    """A hash, or a name with its hash, short enough to read."""
    return " ".join(part[:16] for part in name_and_hash.split())


def shipped_for(graph_hash: str) -> bool:
    """Whether a bridge for this graph comes with bbqa."""
    try:
        description = json.loads((SHIPPED_BRIDGE / DESCRIPTION).read_text())
    except (OSError, ValueError):
        return False
    return bool(description.get("graph") == graph_hash)
