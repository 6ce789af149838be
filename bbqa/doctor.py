"""What is here and what is wrong: the rows of ``bbqa models`` and the checks of ``bbqa doctor``.

Every check says what it found and, where it is not ``ok``, what mends it. Nothing is fetched,
nothing heavy is imported, and no check stops the others.
"""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bbqa.artifacts import Asset, AssetState, is_here, load_catalogue, path_of, verify
from bbqa.progress import Progress, Silent, in_words

OLDEST_PYTHON = (3, 11)
# The index of the starter graph and what a download needs for a moment beside the file itself.
WORKING_ROOM_BYTES = 1_500_000_000
# The default model's weights, context and compute buffers, with graph and indexes beside them.
MEMORY_BYTES = 3_000_000_000
ENDPOINT_TIMEOUT_S = 5.0
INSTALL = "pip install -c constraints.txt -e ."


class CheckStatus(StrEnum):
    """How a check ended: ``warn`` means slower or later, ``fail`` that something will not work."""

    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at: what was found and, if it is not well, what mends it."""

    name: str
    status: CheckStatus
    found: str
    mend: str = ""

    def to_json(self) -> dict[str, Any]:
        """The check as a plain dictionary, ready for ``json.dumps``."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class ModelRow:
    """One model or data file: a row of ``bbqa models``.

    Attributes:
        name: What the catalogue calls it.
        purpose: What it is used for.
        needed_for: ``ask``, ``kg build``, ``bridge`` or ``tests``.
        size_bytes: Of the file.
        licence: Under which it may be used.
        where_from: Its sources, in the order in which they are asked.
        here: Whether the checked file is in the cache.
        path: Where it is, or will be.
    """

    name: str
    purpose: str
    needed_for: str
    size_bytes: int
    licence: str
    where_from: tuple[str, ...]
    here: bool
    path: str

    def to_json(self) -> dict[str, Any]:
        """The row as a plain dictionary, ready for ``json.dumps``."""
        return asdict(self)


def models(home: Path, catalogue: Mapping[str, Asset] | None = None) -> list[ModelRow]:
    """A row for every asset of the catalogue, in its order."""
    catalogue = load_catalogue() if catalogue is None else catalogue
    return [
        ModelRow(
            name=asset.name,
            purpose=asset.purpose,
            needed_for=asset.needed_for,
            size_bytes=asset.size_bytes,
            licence=asset.licence,
            where_from=tuple(str(source) for source in asset.sources),
            here=is_here(asset, home),
            path=str(path_of(asset, home)),
        )
        for asset in catalogue.values()
    ]


def diagnose(
    home: Path,
    *,
    catalogue: Mapping[str, Asset] | None = None,
    others: Mapping[str, Callable[[], Iterable[Check]]] | None = None,
    progress: Progress | None = None,
) -> list[Check]:
    """All checks: the machine first, then what is in the cache, then the caller's own.

    Args:
        home: The cache folder.
        catalogue: Assets to look for; default all of bbqa's.
        others: The caller's checks by name, of the graph, the indexes or a server
            (``check_endpoint``); what one of them raises becomes a failed check of that name.
        progress: Told while large files are hashed.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    progress = progress or Silent()
    checks = [check_python(sys.version_info[:3]), *check_packages(_requirements())]
    checks += [check_cpu(platform.machine(), _cpu_flags()), check_memory(free_memory())]
    checks += [check_writable(home), check_disk(home, catalogue)]
    checks += check_assets(home, catalogue, progress)
    for name, look in (others or {}).items():
        checks += _guarded(name, look)
    return checks


# ---- the machine ----


def check_python(version: tuple[int, ...]) -> Check:
    """Whether this Python is new enough."""
    found = ".".join(str(number) for number in version)
    if version >= OLDEST_PYTHON:
        return Check("python", CheckStatus.OK, found)
    return Check("python", CheckStatus.FAIL, f"{found}, needed is 3.11", "install Python 3.11")


def check_packages(requirements: Iterable[str]) -> list[Check]:
    """One failed check for each package that is absent or too old, or one that all are there.

    Args:
        requirements: As in ``pyproject.toml``: ``torch>=2.6``. Those of extras are passed over.
    """
    from packaging.requirements import Requirement

    needed = [Requirement(text) for text in requirements]
    needed = [one for one in needed if one.marker is None or one.marker.evaluate({"extra": ""})]
    checks = []
    for one in needed:
        version = _installed(one.name)
        if not version or not one.specifier.contains(version, prereleases=True):
            found = f"{version or 'not installed'}, needed is {one}"
            checks.append(Check(f"package {one.name}", CheckStatus.FAIL, found, INSTALL))
    if not checks:
        return [Check("packages", CheckStatus.OK, f"all {len(needed)} are installed")]
    return checks


def _requirements() -> list[str]:
    try:
        return importlib.metadata.requires("bbqa") or []
    except importlib.metadata.PackageNotFoundError:
        return ["bbqa"]  # which is then found to be missing, with the command that installs it


def _installed(name: str) -> str:
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return ""


def check_cpu(machine: str, flags: frozenset[str]) -> Check:
    """Whether the processor has the vector instructions that llama.cpp and alignment are fast with.

    Args:
        machine: Such as ``x86_64`` or ``arm64``.
        flags: The processor's features; empty if the platform does not tell.
    """
    if machine.lower() not in {"x86_64", "amd64"}:
        return Check("cpu", CheckStatus.OK, f"{machine}, {os.cpu_count()} cores")
    if not flags:
        return Check("cpu", CheckStatus.OK, f"{machine}, {os.cpu_count()} cores, features unknown")
    if "avx2" in flags:
        return Check("cpu", CheckStatus.OK, f"{machine} with AVX2, {os.cpu_count()} cores")
    return Check(
        "cpu",
        CheckStatus.WARN,
        f"{machine} without AVX2: the embedded language model and alignment are slow",
        "use a language model on another machine: --llm ollama:MODEL with BBQA_BASE_URL",
    )


def _cpu_flags() -> frozenset[str]:
    info = Path("/proc/cpuinfo")
    lines = info.read_text(encoding="utf-8").splitlines() if info.exists() else []
    flags = next((line.partition(":")[2] for line in lines if line.startswith("flags")), "")
    return frozenset(flags.split())


def check_memory(free_bytes: int | None) -> Check:
    """Whether the memory that is free holds the default language model and the indexes."""
    if free_bytes is None:
        return Check("memory", CheckStatus.OK, "the platform does not tell how much is free")
    found = f"{in_words(free_bytes, 'B')} free"
    if free_bytes >= MEMORY_BYTES:
        return Check("memory", CheckStatus.OK, found)
    return Check(
        "memory",
        CheckStatus.WARN,
        f"{found}, the default language model wants {in_words(MEMORY_BYTES, 'B')}",
        "close other programs, or ask with --no-llm",
    )


def free_memory() -> int | None:
    """Bytes that can be had without swapping; None where the platform does not tell."""
    info = Path("/proc/meminfo")
    if info.exists():
        lines = dict(line.split(":", 1) for line in info.read_text("utf-8").splitlines())
        if "MemAvailable" in lines:
            return int(lines["MemAvailable"].split()[0]) * 1024
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_AVPHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        return None


# ---- the cache ----


def check_writable(home: Path) -> Check:
    """Whether files can be made in the cache folder, or in the folder that it will be made in."""
    folder = _nearest_folder(home)
    try:
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as error:
        return Check(
            "cache folder",
            CheckStatus.FAIL,
            f"{home} cannot be written to: {error.strerror}",
            "set BBQA_HOME to a folder of yours, or mend its permissions",
        )
    return Check("cache folder", CheckStatus.OK, str(home))


def _nearest_folder(path: Path) -> Path:
    return next(folder for folder in [path, *path.absolute().parents] if folder.exists())


def check_disk(home: Path, catalogue: Mapping[str, Asset]) -> Check:
    """Whether the disk holds what answering still has to fetch, and some room to work."""
    free = shutil.disk_usage(_nearest_folder(home)).free
    wanted = [asset for asset in catalogue.values() if asset.needed_for == "ask"]
    to_come = sum(asset.size_bytes for asset in wanted if not path_of(asset, home).exists())
    found = f"{in_words(free, 'B')} free, {in_words(to_come, 'B')} to be fetched for answering"
    mend = "make room, or set BBQA_HOME to a folder on another disk"
    if free < to_come:
        return Check("disk", CheckStatus.FAIL, found, mend)
    if free < to_come + WORKING_ROOM_BYTES:
        return Check("disk", CheckStatus.WARN, f"{found}, which leaves little room", mend)
    return Check("disk", CheckStatus.OK, found)


def check_assets(home: Path, catalogue: Mapping[str, Asset], progress: Progress) -> list[Check]:
    """A check for each asset, whose file is hashed anew."""
    there = sum(_bytes_to_hash(asset, home) for asset in catalogue.values())
    bar = progress.bar("checking files", there, unit="B")
    checks = []
    for asset in catalogue.values():
        hashed = _bytes_to_hash(asset, home)
        checks.append(_check_asset(asset, home))
        bar.advance(hashed)
    return checks


def _bytes_to_hash(asset: Asset, home: Path) -> int:
    return asset.size_bytes if path_of(asset, home).exists() else 0


def _check_asset(asset: Asset, home: Path) -> Check:
    name, size = f"asset {asset.name}", in_words(asset.size_bytes, "B")
    try:
        state = verify(asset, home)
    except OSError as error:
        mend = f"mend the permissions of {path_of(asset, home)}"
        return Check(name, CheckStatus.FAIL, f"cannot be read: {error.strerror}", mend)
    if state is AssetState.HERE:
        return Check(name, CheckStatus.OK, f"{size}, hash as expected")
    if state is AssetState.MISSING:
        found = f"not here yet; {size}, fetched when it is needed ({asset.needed_for})"
        return Check(name, CheckStatus.OK, found)
    found = f"{path_of(asset, home)} is damaged"
    return Check(name, CheckStatus.FAIL, found, "it is fetched again when it is next needed")


# ---- what others supply ----


def _guarded(name: str, look: Callable[[], Iterable[Check]]) -> list[Check]:
    """A caller's own checks; an error in them is a finding too."""
    try:
        return list(look())
    except Exception as error:
        hint = getattr(error, "hint", "") or "BBQA_DEBUG=1 bbqa doctor"
        return [Check(name, CheckStatus.FAIL, f"{type(error).__name__}: {error}", hint)]


def check_endpoint(url: str, api_key: str = "") -> Check:
    """Whether a language model server answers at all, and takes the key."""
    import httpx

    headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
    try:
        answer = httpx.get(url, headers=headers, timeout=ENDPOINT_TIMEOUT_S)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        reason = str(error) or type(error).__name__
        mend = "start the server, or set BBQA_BASE_URL to its address"
        return Check("language model", CheckStatus.FAIL, f"{url} does not answer: {reason}", mend)
    found = f"{url} answers with HTTP {answer.status_code}"
    if answer.status_code in {401, 403}:
        return Check("language model", CheckStatus.FAIL, found, "set BBQA_API_KEY to a valid key")
    if answer.status_code >= 500:
        return Check("language model", CheckStatus.WARN, found, "look at the server's own log")
    return Check("language model", CheckStatus.OK, found)
