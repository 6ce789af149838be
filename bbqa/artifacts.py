"""Assets: files that bbqa fetches once into one folder, checks, and never runs.

``fetch`` takes an asset from whichever of its sources gives it first, checks size and SHA-256,
and moves it into place in one step. Under ``home``::

    assets/NAME/FILENAME            the checked file
    assets/NAME/FILENAME.verified   its size and time when it was checked
    assets/NAME/FILENAME.part       what has arrived so far
    assets/NAME/FILENAME.bad        a file that turned out to be another one
    downloads/                      where a person may put files (or wheels) by hand

``artifacts.toml`` beside this module says what there is, under which licence, and from where.
"""

from __future__ import annotations

import difflib
import errno
import hashlib
import json
import shutil
import sys
import tomllib
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

from bbqa.download import Order, Source, SourceKind, SourceRefusedError, bytes_there, download
from bbqa.errors import ArtifactError
from bbqa.progress import Progress, Silent, in_words

CATALOGUE = Path(__file__).with_name("artifacts.toml")
# Above this, checking takes long enough to be announced.
LARGE_BYTES = 200_000_000
DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


@dataclass(frozen=True, slots=True)
class Asset:
    """One file that bbqa uses and did not make.

    Attributes:
        name: What the code calls it.
        version: Of the model, the data or the package that carries it.
        sha256: Of the whole file, in lower-case hexadecimal.
        size_bytes: Of the whole file.
        licence: Under which it may be used; of the data where they differ from the package.
        citation: Whom to cite.
        homepage: Where its makers describe it.
        purpose: What bbqa uses it for.
        needed_for: ``ask``, ``kg build``, ``bridge`` or ``tests``.
        filename: What it is called in the cache.
        sources: Where it can be had, the first to be asked first.
    """

    name: str
    version: str
    sha256: str
    size_bytes: int
    licence: str
    citation: str
    homepage: str
    purpose: str
    needed_for: str
    filename: str
    sources: tuple[Source, ...]


class AssetState(StrEnum):
    """What is known about an asset's file on this machine."""

    HERE = "here"
    MISSING = "missing"
    CORRUPT = "corrupt"


def fetch(
    name_or_asset: str | Asset,
    *,
    home: Path,
    progress: Progress | None = None,
    offline: bool = False,
    python: str = sys.executable,
) -> Path:
    """The path of an asset's checked file, fetched first if it is not here.

    Ctrl-C leaves a ``.part`` file, at the end of which the next call goes on. Of several
    processes that want the same asset one fetches and the others wait.

    Args:
        name_or_asset: An asset, or the name of one in the catalogue.
        home: The cache folder.
        progress: Told what is fetched from where; silent if none is given.
        offline: Use only what is on this machine.
        python: The interpreter whose pip fetches wheels.

    Raises:
        ArtifactError: No source gave the right file, or this machine cannot take it.
    """
    asset = find(name_or_asset) if isinstance(name_or_asset, str) else name_or_asset
    progress = progress or Silent()
    if is_here(asset, home):
        return path_of(asset, home)
    try:
        with _alone(asset, home, progress):
            if not is_here(asset, home):  # else another process has just fetched it
                _set_aside(asset, home, progress)
                _take_or_download(asset, home, progress, offline=offline, python=python)
    except OSError as error:
        raise _cannot_write(asset, home, error) from error
    return path_of(asset, home)


# ---- the catalogue ----


def load_catalogue(path: Path | None = None) -> Mapping[str, Asset]:
    """All assets by name, in the catalogue's order.

    Raises:
        ArtifactError: The file is not a catalogue; the message says where.
    """
    path = path or CATALOGUE
    try:
        entries = tomllib.loads(path.read_text(encoding="utf-8"))["asset"]
        assets = [_make_asset(entry) for entry in entries]
    except (OSError, tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise ArtifactError(
            f"{path} is not a catalogue of assets: {type(error).__name__}: {error}",
            hint="compare it with bbqa/artifacts.toml",
        ) from error
    return {asset.name: asset for asset in assets}


def _make_asset(entry: Mapping[str, Any]) -> Asset:
    sources = tuple(_make_source(dict(source)) for source in entry["sources"])
    return Asset(**{**entry, "sources": sources})


def _make_source(entry: dict[str, Any]) -> Source:
    kinds = [kind for kind in SourceKind if kind in entry]
    if len(kinds) != 1:
        raise ValueError(f"a source is one of {', '.join(SourceKind)}, got {sorted(entry)}")
    return Source(kinds[0], entry.pop(kinds[0]), **entry)


def find(name: str, catalogue: Mapping[str, Asset] | None = None) -> Asset:
    """The asset of that name.

    Raises:
        ArtifactError: There is none; the message lists the nearest three.
    """
    catalogue = load_catalogue() if catalogue is None else catalogue
    if name not in catalogue:
        raise ArtifactError(
            f"no asset is called {name!r}; the nearest are {_nearest(name, catalogue)}",
            hint="bbqa models",
        )
    return catalogue[name]


def _nearest(name: str, names: Iterable[str]) -> str:
    return ", ".join(difflib.get_close_matches(name, list(names), n=3, cutoff=0.0))


# ---- what is here ----


def path_of(asset: Asset, home: Path) -> Path:
    """Where an asset's file is, or will be."""
    return home / "assets" / asset.name / asset.filename


def is_here(asset: Asset, home: Path) -> bool:
    """Whether the asset's checked file is here.

    A file that was checked before is known by its size and time; any other is hashed now.
    """
    path = path_of(asset, home)
    if bytes_there(path) != asset.size_bytes:
        return False
    return _read_stamp(path) == _make_stamp(path, asset) or _is_right(path, asset)


def verify(asset: Asset, home: Path) -> AssetState:
    """The state of an asset's file, hashed whether or not it was checked before.

    A corrupt file loses its stamp, so that the next ``fetch`` replaces it.
    """
    path = path_of(asset, home)
    if not path.exists():
        return AssetState.MISSING
    if bytes_there(path) == asset.size_bytes and _is_right(path, asset):
        return AssetState.HERE
    _stamp_of(path).unlink(missing_ok=True)
    return AssetState.CORRUPT


def _is_right(path: Path, asset: Asset) -> bool:
    """Whether a file has the asset's hash; stamps it if it has."""
    if sha256_of(path) != asset.sha256:
        return False
    _write_stamp(path, asset)
    return True


def sha256_of(path: Path) -> str:
    """A file's SHA-256 in lower-case hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _stamp_of(path: Path) -> Path:
    return path.with_name(path.name + ".verified")


def _read_stamp(path: Path) -> str:
    stamp = _stamp_of(path)
    return stamp.read_text(encoding="utf-8") if stamp.exists() else ""


def _write_stamp(path: Path, asset: Asset) -> None:
    # a cache that others filled and this user only reads is hashed again next time
    with suppress(OSError):
        _stamp_of(path).write_text(_make_stamp(path, asset), encoding="utf-8")


def _make_stamp(path: Path, asset: Asset) -> str:
    state = path.stat()
    return json.dumps([asset.sha256, state.st_size, state.st_mtime_ns])


# ---- fetching, alone ----


@contextmanager
def _alone(asset: Asset, home: Path, progress: Progress) -> Iterator[None]:
    """Hold the asset's lock; whoever waits for it is told so."""
    from filelock import FileLock, Timeout

    folder = path_of(asset, home).parent
    folder.mkdir(parents=True, exist_ok=True)
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout:
        progress.say(f"{asset.name}: another process is fetching it; waiting for that")
        lock.acquire()
    try:
        yield
    finally:
        lock.release()


def _set_aside(asset: Asset, home: Path, progress: Progress) -> None:
    """Rename what lies in the asset's place and is something else; it may be a person's."""
    path = path_of(asset, home)
    if path.exists():
        progress.say(f"{path} is not the expected file; renamed to {path.name}.bad")
        path.replace(path.with_name(path.name + ".bad"))
        _stamp_of(path).unlink(missing_ok=True)


def _take_or_download(
    asset: Asset, home: Path, progress: Progress, *, offline: bool, python: str
) -> None:
    """Put the right file in its place: one given by hand, or from the first source that has it.

    Raises:
        ArtifactError: There is none; the message has every source's reason.
    """
    path = path_of(asset, home)
    part = path.with_name(path.name + ".part")
    given = home / "downloads"
    if not _take_given(asset, given, part):
        _refuse_without_room(asset, home, bytes_there(part))
        bar = progress.bar(asset.name, asset.size_bytes, unit="B")
        bar.move_to(min(bytes_there(part), asset.size_bytes - 1))
        order = Order(
            part, asset.size_bytes, bar, given, home / "wheels", offline=offline, python=python
        )
        _download_from_any(asset, order, home, progress)
        bar.move_to(asset.size_bytes)
    part.replace(path)
    _write_stamp(path, asset)
    path.with_name(path.name + ".bad").unlink(missing_ok=True)


def _take_given(asset: Asset, given: Path, part: Path) -> bool:
    """Whether the file lay among those given by hand, under whatever name; it is moved."""
    files = sorted(given.iterdir()) if given.is_dir() else []
    for file in files:
        if bytes_there(file) == asset.size_bytes and sha256_of(file) == asset.sha256:
            file.replace(part)
            return True
    return False


def _refuse_without_room(asset: Asset, home: Path, there: int) -> None:
    needed, free = max(asset.size_bytes - there, 0), shutil.disk_usage(home).free
    if needed > free:
        raise _no_room(asset, home, f"{in_words(needed, 'B')} more, {in_words(free, 'B')} are free")


def _download_from_any(asset: Asset, order: Order, home: Path, progress: Progress) -> None:
    """Fill the ``.part`` file with the right bytes from the first source that gives them."""
    refusals: list[str] = []
    for source in asset.sources:
        if refusals:
            progress.say(f"{asset.name}: not from {refusals[-1]}; trying {source}")
        try:
            _download_right(source, asset, order, progress)
        except SourceRefusedError as refusal:
            refusals.append(f"{source}: {refusal}")
        else:
            return
    raise _none_gave_it(asset, home, bytes_there(order.part), refusals, offline=order.offline)


def _download_right(source: Source, asset: Asset, order: Order, progress: Progress) -> None:
    """Fill the ``.part`` file from one source and check it.

    A wrong file may be wrong only because its beginning came from elsewhere, so a download that
    was resumed is tried once more from nothing.

    Raises:
        SourceRefusedError: The source did not give the file, or gave another one.
    """
    resumed = bytes_there(order.part) > 0
    if bytes_there(order.part) != asset.size_bytes:
        download(source, order)
    if asset.size_bytes >= LARGE_BYTES:
        progress.say(f"{asset.name}: checking its SHA-256")
    got = sha256_of(order.part)
    if got == asset.sha256:
        return
    order.part.unlink()
    order.bar.move_to(0)
    if resumed:
        _download_right(source, asset, order, progress)
        return
    raise SourceRefusedError(f"it gave a file with SHA-256 {got}, expected {asset.sha256}")


# ---- what is told when it fails ----


def _none_gave_it(
    asset: Asset, home: Path, there: int, refusals: Iterable[str], *, offline: bool
) -> ArtifactError:
    missing = f"{asset.size_bytes - there:,} of {asset.size_bytes:,} bytes are missing"
    why = "\n".join(f"  {refusal}" for refusal in refusals)
    target = home / "downloads" / asset.filename
    again = "unset BBQA_OFFLINE and run" if offline else "run"
    return ArtifactError(
        f"{asset.name} {asset.version} ({asset.purpose}) could not be fetched; {missing}\n{why}",
        hint=f"with a connection, {again} the same command again (it goes on where it stopped); "
        f"or put the file at {target}\n  SHA-256 {asset.sha256}, {asset.size_bytes:,} bytes, "
        f"described at {asset.homepage}",
    )


def _no_room(asset: Asset, home: Path, needed: str) -> ArtifactError:
    return ArtifactError(
        f"the disk is too full for {asset.name} in {home}: needed are {needed}",
        hint="make room, or set BBQA_HOME to a folder on another disk; then run it again",
    )


def _cannot_write(asset: Asset, home: Path, error: OSError) -> ArtifactError:
    if error.errno in DISK_FULL:
        part = path_of(asset, home).with_name(asset.filename + ".part")
        needed = in_words(max(asset.size_bytes - bytes_there(part), 0), "B")
        return _no_room(asset, home, f"{needed} more ({error.strerror})")
    return ArtifactError(
        f"the cache folder {home} cannot be written to: {error.strerror or error} "
        f"({error.filename or asset.name})",
        hint="set BBQA_HOME to a folder of yours, or mend its permissions",
    )


# ---- reading archives ----


def read_member(archive: Path, member: str) -> bytes:
    """The content of one file in a wheel or another zip archive.

    Raises:
        ArtifactError: The archive is damaged or has no such file; the nearest three are listed.
    """
    try:
        with zipfile.ZipFile(archive) as opened:
            if member in opened.namelist():
                return opened.read(member)
            nearest = _nearest(member, opened.namelist())
    except (OSError, zipfile.BadZipFile, zlib.error) as error:
        raise ArtifactError(
            f"{archive} cannot be read as an archive: {error}", hint="bbqa doctor"
        ) from error
    raise ArtifactError(
        f"{archive.name} has no file {member}; the nearest are {nearest}", hint="bbqa doctor"
    )
