"""Models from the open hub: fetched into bbqa's own cache, or refused within seconds.

Many machines reach package registries only. There a download must not be retried for minutes: the
host is asked once, with a short timeout, and if it does not answer the error names the encoders
that work without it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent
from bbqa.schema import Modality

TIMEOUT_S: Final = 5.0

WITHOUT_HUB: Final = {
    Modality.PROTEIN: ("unirep-256", "kmers"),
    Modality.MOLECULE: ("minimol", "morgan"),
    Modality.ENTITY: ("all-MiniLM-L6-v2",),
}
"""Encoders that need no hub."""

_WANTED: Final = ("*.json", "*.txt", "*.model", "*.py", "*.safetensors", "*.bin")
_UNWANTED: Final = ("onnx/*", "openvino/*", "*training_args*", "*optimizer*")


def fetch_model(
    repository: str,
    home: Path,
    modality: Modality,
    *,
    progress: Progress | None = None,
    offline: bool = False,
    endpoint: str | None = None,
) -> Path:
    """The folder of a model of the hub, fetched first if it is not here.

    Args:
        repository: ``OWNER/NAME``.
        home: The cache folder; the model comes to ``home/hub``.
        modality: What it reads; for the hint.
        progress: Told of the download.
        offline: Fetch nothing.
        endpoint: Address of the hub; a test gives its own.

    Raises:
        ArtifactError: The model is not here and the hub cannot be reached or does not have it.
    """
    cache = home / "hub"
    complete = cache / f"{repository.replace('/', '--')}.complete"  # written last
    if complete.exists():
        return cache / complete.read_text(encoding="utf-8")
    from huggingface_hub import constants, snapshot_download
    from huggingface_hub.utils.tqdm import disable_progress_bars

    disable_progress_bars()  # bbqa has its own
    endpoint = endpoint or constants.ENDPOINT
    _ask(endpoint, repository, modality, offline)
    (progress or Silent()).say(f"fetching {repository} from {endpoint}")
    try:
        folder = snapshot_download(
            repository,
            cache_dir=cache,
            endpoint=endpoint,
            allow_patterns=list(_WANTED),
            ignore_patterns=[*_UNWANTED, *_second_copies(repository, endpoint)],
        )
    except Exception as error:  # the library lets through many, its HTTP client's among them
        raise _not_here(repository, modality, f"{endpoint} did not give it: {error}") from error
    complete.write_text(str(Path(folder).relative_to(cache.resolve())), encoding="utf-8")
    return Path(folder)


def _second_copies(repository: str, endpoint: str) -> list[str]:
    """Weights that need not be fetched because the repository has them as safetensors too."""
    from huggingface_hub import HfApi

    files = HfApi(endpoint=endpoint).list_repo_files(repository)
    return ["*.bin"] if any(file.endswith(".safetensors") for file in files) else []


def fetch_file(
    url: str,
    path: Path,
    modality: Modality,
    *,
    name: str,
    progress: Progress | None = None,
    offline: bool = False,
    timeout_s: float = TIMEOUT_S,
) -> Path:
    """``path``, filled from ``url`` first if it is not here; a stopped download goes on.

    Raises:
        ArtifactError: It is not here and the host cannot be reached or breaks off.
    """
    from bbqa.download import Order, Source, SourceKind, SourceRefusedError, download

    if path.exists():
        return path
    size_bytes = _ask(url, name, modality, offline, timeout_s)
    if not size_bytes:
        raise _not_here(name, modality, f"{url} does not say how large they are")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(path.name + ".part")
    bar = (progress or Silent()).bar(name, size_bytes, unit="B")
    try:
        download(
            Source(SourceKind.URL, url), Order(part, size_bytes, bar, part.parent, part.parent)
        )
    except SourceRefusedError as error:
        raise _not_here(name, modality, f"{url}: {error}") from error
    return part.replace(path)


def _ask(
    url: str, name: str, modality: Modality, offline: bool, timeout_s: float = TIMEOUT_S
) -> int:
    """The size that a host gives for an address, in bytes; 0 if it gives none.

    Raises:
        ArtifactError: The host does not answer within seconds, or must not be asked.
    """
    import httpx

    if offline:
        raise _not_here(name, modality, "fetching is switched off (offline)")
    try:
        # GET, of which only the head is read: some hosts refuse HEAD
        with httpx.stream("GET", url, timeout=timeout_s, follow_redirects=True) as answer:
            if answer.is_error:
                raise _not_here(name, modality, f"{url} answers HTTP {answer.status_code}")
            return int(answer.headers.get("Content-Length", 0))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise _not_here(name, modality, f"{url} cannot be reached ({error})") from error


def _not_here(name: str, modality: Modality, why: str) -> ArtifactError:
    others = " or ".join(WITHOUT_HUB[modality])
    return ArtifactError(
        f"the weights of {name} are not on this machine, and {why}",
        hint=f"use {others}, which need no hub, or give the path of the weights",
    )


def hash_files(paths: Sequence[Path], *settings: object) -> str:
    """16 hexadecimal digits for the content of some files and for settings."""
    from bbqa.artifacts import sha256_of

    hashed = [f"{path.name} {sha256_of(path)}" for path in sorted(paths)]
    named = "\n".join([*hashed, *map(str, settings)])
    return hashlib.sha256(named.encode()).hexdigest()[:16]
