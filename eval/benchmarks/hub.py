"""What lies on the Hugging Face hub, fetched into a folder from which benchmarks are read.

``fetch_files``: the files of a benchmark that says where they lie (``Card.hub``), by the names that
its reader looks for. ``fetch_splits``: any data set, a JSONL file for each split, to be run with
``--columns``.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bbqa.errors import ArtifactError, BbqaError
from bbqa.eval.benchmarks.contract import Card

if TYPE_CHECKING:
    from huggingface_hub import HfApi

TIMEOUT_S: Final = 10.0
"""How long the hub has to answer at all; where it is out of reach, that is told at once."""

MAX_SAID: Final = 300
"""Characters of what a library says that are passed on."""


def fetch_files(
    card: Card, folder: Path, home: Path, *, offline: bool = False, endpoint: str | None = None
) -> list[Path]:
    """Fetch a benchmark's files.

    Args:
        card: The benchmark's; its ``hub`` says where each file lies.
        folder: Where they come to; files of the same names are overwritten.
        home: The cache folder; downloads are kept in ``home/hub``.
        offline: Fetch nothing.
        endpoint: Address of the hub; a test gives its own.

    Raises:
        ArtifactError: The hub cannot be reached, or has not what it is asked for.
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    written = []
    for name, (data_set, path) in card.hub.items():
        with _asking(data_set, f"where to get it by hand: {card.source}"):
            hub, commit = _asked(data_set, offline, endpoint)
            found = hub.hf_hub_download(
                data_set, path, repo_type="dataset", revision=commit, cache_dir=home / "hub"
            )
        written.append(_whole(folder / name, partial(shutil.copyfile, found)))
    return written


def fetch_splits(
    name: str, folder: Path, home: Path, *, offline: bool = False, endpoint: str | None = None
) -> list[Path]:
    """Fetch a data set, each split as one JSON object a line.

    Args:
        name: ``OWNER/NAME``, or ``OWNER/NAME:CONFIGURATION``.
        folder: The files come to ``NAME_SPLIT.jsonl`` or ``NAME_CONFIGURATION_SPLIT.jsonl`` there;
            those of the same names are overwritten.
        home: The cache folder; downloads are kept in ``home/hub``, what ``datasets`` makes of them
            in ``home/datasets``.
        offline: Fetch nothing.
        endpoint: Address of the hub; a test gives its own.

    Raises:
        ArtifactError: The hub cannot be reached, or has no such data set or configuration.
        BbqaError: The folder cannot be written to, or the disk is full.
    """
    from datasets import load_dataset

    data_set, _, configuration = name.partition(":")
    with _asking(name, "bbqa eval fetch OWNER/NAME:CONFIGURATION, or get its files by hand"):
        hub, commit = _asked(data_set, offline, endpoint)
        fetched = hub.snapshot_download(
            data_set, repo_type="dataset", revision=commit, cache_dir=home / "hub"
        )
        splits = load_dataset(str(fetched), configuration or None, cache_dir=str(home / "datasets"))
    stem = "_".join(filter(None, (data_set.rpartition("/")[2], configuration)))
    return [
        _whole(folder / f"{stem}_{split}.jsonl", partial(rows.to_json, force_ascii=False))
        for split, rows in splits.items()
    ]


def hide_bars() -> None:
    """Switch the progress bars of both libraries off, for the whole process."""
    import datasets
    from huggingface_hub.utils.tqdm import disable_progress_bars

    datasets.disable_progress_bars()
    disable_progress_bars()


def _asked(data_set: str, offline: bool, endpoint: str | None) -> tuple[HfApi, str | None]:
    """The hub and a data set's newest commit; what follows asks many times before it gives up."""
    from huggingface_hub import HfApi

    if offline:
        raise ArtifactError(
            f"{data_set} is not fetched: fetching is switched off (offline)",
            hint="BBQA_OFFLINE=false, or get the files by hand and say --data FOLDER",
        )
    hub = HfApi(endpoint)
    return hub, hub.dataset_info(data_set, timeout=TIMEOUT_S).sha


@contextmanager
def _asking(name: str, hint: str) -> Iterator[None]:
    """Turn what the libraries say into words; they let through their HTTP client's errors too."""
    try:
        yield
    except BbqaError:
        raise
    except Exception as error:
        said = " ".join(str(error).split())[:MAX_SAID] or type(error).__name__
        raise ArtifactError(f"the hub did not give {name}: {said}", hint=hint) from error


def _whole(path: Path, write: Callable[[Path], object]) -> Path:
    """Have a file written whole or not at all."""
    part = path.with_name(f"{path.name}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            write(part)
            return part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise BbqaError(
            f"cannot write {path}: {error.strerror or error}",
            hint="free some space, or say --to with another folder",
        ) from error
