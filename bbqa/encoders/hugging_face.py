"""Transformers of the hub, through the package ``transformers``: for molecules and for texts.

A vector is the mean of the last layer's states over a text's tokens, the special ones left out.
What is longer than the model reads is cut into overlapping windows, see
``bbqa.encoders.windows``. A molecule is written as RDKit's canonical SMILES first, so that its
vector does not depend on how it was written.

Sources: Chithrananda et al., "ChemBERTa", 2020, arXiv:2010.09885; Ross et al., "Large-scale
chemical language representations capture molecular structure and properties" (MoLFormer), 2022,
doi:10.1038/s42256-022-00580-7; Gu et al., "Domain-specific language model pretraining for
biomedical natural language processing" (PubMedBERT), 2021, doi:10.1145/3458754.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import numpy.typing as npt

from bbqa.encoders.device import choose_device
from bbqa.encoders.hub import fetch_model, hash_files
from bbqa.encoders.refusals import read_molecules
from bbqa.encoders.windows import Window, encode_windows
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

if TYPE_CHECKING:
    import torch

TOKENS_PER_BATCH: Final = 4096
OVERLAPPING_SHARE: Final = 4
"""Neighbouring windows share at least a quarter of their tokens."""

Array = npt.NDArray[np.float32]
_Untyped = Any
"""Models and tokenizers of transformers, which change their types from version to version."""


@dataclass(frozen=True, slots=True)
class Published:
    """What is known of a model before it is fetched.

    Attributes:
        repository: Where the hub has it.
        modality: What it reads.
        dimension: Numbers in a vector.
        licence: Of the weights.
        brings_code: Whether its makers' own Python code comes with the weights and is run.
    """

    repository: str
    modality: Modality
    dimension: int
    licence: str
    brings_code: bool = False


PUBLISHED: Final = {
    "chemberta": Published(
        "seyonec/ChemBERTa-zinc-base-v1",
        Modality.MOLECULE,
        768,
        "not stated for the weights; the makers' code MIT",
    ),
    "molformer": Published(
        "ibm/MoLFormer-XL-both-10pct", Modality.MOLECULE, 768, "Apache-2.0", brings_code=True
    ),
    "pubmedbert": Published(
        "microsoft/BiomedNLP-BiomedBERT-base-uncased-abstract-fulltext",
        Modality.ENTITY,
        768,
        "MIT",
    ),
}


class HubTransformer:
    """A frozen transformer in a folder, as ``save_pretrained`` writes it, read when first needed.

    Args:
        name: What bbqa calls it.
        folder: Configuration, tokenizer, weights.
        published: Modality and licence.
        device: Where it runs: ``cpu``, ``cuda``, ``mps``.
    """

    def __init__(
        self, name: str, folder: Path, published: Published, *, device: str = "cpu"
    ) -> None:
        self.name = name
        self.modality = published.modality
        self.licence = published.licence
        self.device = device
        self._folder = folder
        self._brings_code = published.brings_code

    @property
    def dimension(self) -> int:
        """Numbers in a vector, as the configuration has it."""
        return int(self._model.config.hidden_size)

    @cached_property
    def hash(self) -> str:
        """Of the folder's files and of how vectors are made of states."""
        files = [path for path in self._folder.iterdir() if path.suffix in _SUFFIXES]
        return hash_files(files, "mean of tokens", OVERLAPPING_SHARE)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Array:
        """One vector for each text or SMILES, float32 [n, D]; of texts, unit vectors.

        Raises:
            InputError: A molecule cannot be read; the message says which.
            ArtifactError: The folder has no model.
        """
        import torch

        if self.modality is Modality.MOLECULE:
            texts = canonical(texts)
        numbers = [self._tokens(text) for text in texts]
        total = max(sum(map(len, numbers)), 1)
        bar = (progress or Silent()).bar(f"encoding with {self.name}", total, unit="tokens")
        longest = self._longest

        def states_of(windows: Sequence[Window]) -> torch.Tensor:
            return self._states([numbers[w.row][w.start : w.stop] for w in windows])

        with torch.inference_mode():
            vectors = encode_windows(
                [len(tokens) for tokens in numbers],
                states_of,
                dimension=self.dimension,
                longest=longest,
                overlap=longest // OVERLAPPING_SHARE,
                places_per_batch=TOKENS_PER_BATCH,
                bar=bar,
            )
        return unit(vectors) if self.modality is Modality.ENTITY else vectors

    def _tokens(self, text: str) -> list[int]:
        """Numbers of a text's tokens; of a text without any, of the one for what is unknown."""
        with _quiet():
            found: list[int] = self._tokenizer(text, add_special_tokens=False)["input_ids"]
        return found or [self._tokenizer.unk_token_id]

    def _states(self, batch: Sequence[Sequence[int]]) -> torch.Tensor:
        """The last layer's state of each token but the special ones, [B, L, D]."""
        import torch

        before, after = self._special
        written = [[*before, *tokens, *after] for tokens in batch]
        length = max(map(len, written))
        tokens = torch.full((len(batch), length), self._tokenizer.pad_token_id or 0)
        mask = torch.zeros((len(batch), length), dtype=torch.long)
        for row, ids in enumerate(written):
            tokens[row, : len(ids)] = torch.tensor(ids)
            mask[row, : len(ids)] = 1
        answer = self._model(input_ids=tokens.to(self.device), attention_mask=mask.to(self.device))
        states: torch.Tensor = answer.last_hidden_state[:, len(before) : length - len(after)]
        return states

    @cached_property
    def _special(self) -> tuple[list[int], list[int]]:
        """Tokens that the model wants before and after every text."""
        bare = self._tokenizer("C", add_special_tokens=False)["input_ids"]
        whole = self._tokenizer("C")["input_ids"]
        begin = next(at for at in range(len(whole)) if whole[at : at + len(bare)] == bare)
        return whole[:begin], whole[begin + len(bare) :]

    @cached_property
    def _longest(self) -> int:
        """Most tokens of a text that the model reads at once."""
        config = self._model.config
        places = int(getattr(config, "max_position_embeddings", 512))
        if config.model_type in _COUNTS_FROM_PADDING:
            places -= config.pad_token_id + 1
        places = min(places, int(self._tokenizer.model_max_length))
        return places - sum(map(len, self._special))

    @cached_property
    def _tokenizer(self) -> _Untyped:
        from transformers import AutoTokenizer

        return self._load(AutoTokenizer)

    @cached_property
    def _model(self) -> _Untyped:
        from transformers import AutoModel

        return self._load(AutoModel).eval().to(self.device)

    def _load(self, kind: _Untyped) -> _Untyped:
        try:
            with _quiet():
                return kind.from_pretrained(
                    self._folder, local_files_only=True, trust_remote_code=self._brings_code
                )
        except Exception as error:  # whatever the library or the makers' code raises
            raise ArtifactError(
                f"{self._folder} cannot be read as {self.name}: {error}",
                hint="give a folder as transformers writes it: config.json, tokenizer, weights",
            ) from error


_SUFFIXES: Final = {".json", ".txt", ".model", ".py", ".safetensors", ".bin"}
_COUNTS_FROM_PADDING: Final = {"roberta", "xlm-roberta", "camembert"}
"""Models that number a text's places from the padding token's number on, as RoBERTa does."""


def canonical(smiles: Sequence[str]) -> list[str]:
    """RDKit's canonical SMILES of each molecule.

    Raises:
        InputError: A molecule cannot be read; the message says which.
    """
    from rdkit import Chem

    return [Chem.MolToSmiles(molecule) for molecule in read_molecules(smiles)]


def unit(vectors: Array) -> Array:
    """The vectors scaled to length 1."""
    scaled: Array = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return scaled


@contextmanager
def _quiet() -> Iterator[None]:
    """The library's own bars and remarks are left out; bbqa reports by its ``Progress``."""
    from transformers.utils import logging as untyped

    logging: _Untyped = untyped
    before = logging.get_verbosity()
    logging.set_verbosity_error()
    logging.disable_progress_bar()
    try:
        yield
    finally:
        logging.set_verbosity(before)


def open_hub_transformer(
    name: str,
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    *,
    weights: Path | None = None,
    device: str | None = None,
) -> HubTransformer:
    """A model of ``PUBLISHED``, fetched first if it is neither here nor given as a folder.

    Raises:
        ArtifactError: The model is not here and cannot be fetched.
    """
    published = PUBLISHED[name]
    folder = weights or fetch_model(
        published.repository, home, published.modality, progress=progress, offline=offline
    )
    return HubTransformer(name, folder, published, device=choose_device(device))
