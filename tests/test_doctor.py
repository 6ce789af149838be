"""The doctor: what is here, what is wrong, and what mends it."""

from __future__ import annotations

import hashlib
import json
import socket
from pathlib import Path

import pytest
from file_server import FileServer, serve

from bbqa.artifacts import Asset, load_catalogue, path_of
from bbqa.doctor import (
    Check,
    CheckStatus,
    check_assets,
    check_cpu,
    check_disk,
    check_endpoint,
    check_memory,
    check_packages,
    check_python,
    check_writable,
    diagnose,
    models,
)
from bbqa.download import Source, SourceKind
from bbqa.errors import IndexMismatchError
from bbqa.progress import Silent

OK, WARN, FAIL = CheckStatus.OK, CheckStatus.WARN, CheckStatus.FAIL


@pytest.fixture(autouse=True)
def _straight_to_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


def make_asset(name: str, content: bytes, size_bytes: int | None = None) -> Asset:
    return Asset(
        name=name,
        version="1",
        sha256=hashlib.sha256(content).hexdigest(),
        size_bytes=len(content) if size_bytes is None else size_bytes,
        licence="CC0-1.0",
        citation="nobody",
        homepage="https://example.org/",
        purpose="a toy",
        needed_for="ask",
        filename="toy.bin",
        sources=(
            Source(SourceKind.URL, "https://example.org/toy.bin"),
            Source(SourceKind.PYPI, "toy==1"),
        ),
    )


def put(asset: Asset, home: Path, content: bytes) -> Path:
    path = path_of(asset, home)
    path.parent.mkdir(parents=True)
    path.write_bytes(content)
    return path


def by_name(*assets: Asset) -> dict[str, Asset]:
    return {asset.name: asset for asset in assets}


# ---- bbqa models ----


def test_models_tells_what_is_here_how_large_and_from_where(tmp_path: Path) -> None:
    here, missing = make_asset("here", b"abc"), make_asset("missing", b"defg")
    path = put(here, tmp_path, b"abc")
    rows = models(tmp_path, by_name(here, missing))
    assert [(row.name, row.here, row.size_bytes) for row in rows] == [
        ("here", True, 3),
        ("missing", False, 4),
    ]
    assert rows[0].path == str(path)
    assert rows[0].where_from == ("https://example.org/toy.bin", "pip: toy==1")
    assert json.loads(json.dumps(rows[0].to_json()))["licence"] == "CC0-1.0"


def test_models_lists_the_whole_catalogue_by_itself(tmp_path: Path) -> None:
    assert [row.name for row in models(tmp_path)] == list(load_catalogue())


# ---- the machine ----


def test_an_old_python_is_found() -> None:
    assert check_python((3, 12, 1)) == Check("python", OK, "3.12.1")
    assert check_python((3, 10, 4)).status is FAIL


def test_packages_that_are_there_are_one_line() -> None:
    assert check_packages(["pytest>=1", 'nothing>=1; extra == "web"']) == [
        Check("packages", OK, "all 1 are installed")
    ]


def test_a_package_that_is_absent_or_too_old_is_named_with_the_command() -> None:
    absent, old = check_packages(["no-such-package>=2", "pytest>=1000"])
    assert absent.name == "package no-such-package"
    assert absent.found == "not installed, needed is no-such-package>=2"
    assert absent.mend == "pip install -c constraints.txt -e ."
    assert old.found.endswith(", needed is pytest>=1000")
    assert {absent.status, old.status} == {FAIL}


def test_a_processor_without_avx2_is_a_warning() -> None:
    assert check_cpu("x86_64", frozenset({"avx", "avx2"})).status is OK
    assert check_cpu("x86_64", frozenset()).status is OK
    assert check_cpu("arm64", frozenset()).status is OK
    slow = check_cpu("x86_64", frozenset({"sse2"}))
    assert slow.status is WARN
    assert "without AVX2" in slow.found


def test_little_memory_is_a_warning() -> None:
    assert check_memory(None).status is OK
    assert check_memory(8_000_000_000) == Check("memory", OK, "8.0 GB free")
    little = check_memory(1_000_000_000)
    assert little.status is WARN
    assert little.found == "1.0 GB free, the default language model wants 3.0 GB"
    assert "--no-llm" in little.mend


# ---- the cache ----


def test_a_cache_folder_that_is_not_there_yet_is_well(tmp_path: Path) -> None:
    assert check_writable(tmp_path / "a" / "b").status is OK
    assert list(tmp_path.iterdir()) == []


def test_a_cache_folder_that_cannot_be_written_to_is_found(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file")
    check = check_writable(tmp_path / "home")
    assert check.status is FAIL
    assert "BBQA_HOME" in check.mend


def test_a_disk_that_cannot_hold_what_is_to_come_is_found(tmp_path: Path) -> None:
    huge = make_asset("huge", b"", size_bytes=10**18)
    check = check_disk(tmp_path, by_name(huge))
    assert check.status is FAIL
    assert "1.0 EB to be fetched" in check.found
    assert check_disk(tmp_path, {}).status in {OK, WARN}


def test_a_damaged_asset_is_found_and_a_missing_one_is_no_fault(tmp_path: Path) -> None:
    good, bad, missing = (make_asset(name, b"abc") for name in ("good", "bad", "missing"))
    put(good, tmp_path, b"abc")
    put(bad, tmp_path, b"abd")
    checks = check_assets(tmp_path, by_name(good, bad, missing), Silent())
    assert [check.status for check in checks] == [OK, FAIL, OK]
    assert checks[1].found.endswith("toy.bin is damaged")
    assert checks[2].found == "not here yet; 3 bytes, fetched when it is needed (ask)"


# ---- what others supply ----


def test_a_server_that_answers_is_well_even_if_it_knows_no_such_page() -> None:
    with serve(FileServer(b"", status=404)) as server:
        check = check_endpoint(server.url, "secret")
    assert check.status is OK
    assert check.found == f"{server.url} answers with HTTP 404"


def test_a_server_that_refuses_the_key_is_told_without_the_key() -> None:
    with serve(FileServer(b"", status=401)) as server:
        check = check_endpoint(server.url, "secret")
    assert check.status is FAIL
    assert "BBQA_API_KEY" in check.mend
    assert "secret" not in str(check)


def test_a_server_in_trouble_is_a_warning() -> None:
    with serve(FileServer(b"", status=502)) as server:
        assert check_endpoint(server.url).status is WARN


def test_a_server_that_is_down_is_found() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        check = check_endpoint(f"http://127.0.0.1:{taken.getsockname()[1]}/v1")
    assert check.status is FAIL
    assert "does not answer" in check.found
    assert "BBQA_BASE_URL" in check.mend


def test_all_checks_run_even_if_one_of_the_callers_raises(tmp_path: Path) -> None:
    def broken() -> list[Check]:
        raise IndexMismatchError("built from another graph", hint="bbqa index build")

    checks = diagnose(
        tmp_path,
        catalogue=by_name(make_asset("toy", b"abc")),
        others={"index": broken, "server": lambda: [Check("server", OK, "fine")]},
    )
    names = [check.name for check in checks]
    assert names[0] == "python"
    assert {"cpu", "memory", "cache folder", "disk", "asset toy"} <= set(names)
    assert checks[-2] == Check(
        "index", FAIL, "IndexMismatchError: built from another graph", "bbqa index build"
    )
    assert checks[-1].name == "server"
    assert json.loads(json.dumps(checks[-1].to_json()))["status"] == "ok"
