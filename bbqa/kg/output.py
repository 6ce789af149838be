"""Writes a graph's tables and manifest into a folder: all of it or nothing."""

from __future__ import annotations

import hashlib
import json
import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bbqa.kg.sources import SOURCES
from bbqa.kg.sources.delimited import check_file
from bbqa.kg.tables import (
    DEFINITIONS,
    DEFINITIONS_SCHEMA,
    MANIFEST,
    SCHEMA_VERSION,
    SCHEMAS,
    sorted_edges,
)

_LEVEL: Final = 19
"""zstd's level: slow to write, small, as fast to read as any."""
_PAGE_BYTES: Final = 64 << 20
"""One page a column: pages that compress alone lose what repeats between them."""
_ROWS: Final = 1 << 22


def file_facts(path: Path) -> dict[str, Any]:
    """A file that a graph was built from: its name, its size, its SHA-256.

    Raises:
        InputError: It is missing, a folder, or empty.
    """
    check_file(path)
    with path.open("rb") as stream:
        digest = hashlib.file_digest(stream, "sha256").hexdigest()
    return {"file": path.name, "bytes": path.stat().st_size, "sha256": digest}


def release_of(path: Path) -> str:
    """What stands for the release of a file that states none: how its SHA-256 begins."""
    return f"sha256 {file_facts(path)['sha256'][:12]}"


def write_graph(
    folder: Path,
    tables: Mapping[str, pa.Table],
    *,
    not_mapped: Mapping[str, Any],
    notes: Mapping[str, Any] | None = None,
    definitions: Mapping[int, str] | None = None,
) -> dict[str, Any]:
    """Write the four tables and, last, the manifest, which is returned.

    Everything is written beside ``folder`` first and moved when complete, so that a reader never
    meets half a graph.

    Args:
        folder: Where to; what was in it is replaced.
        tables: The four tables by name.
        not_mapped: What the sources had and the graph has not.
        notes: What else the manifest is to say.
        definitions: What nodes are, in sentences, by row.
    """
    tables = {**tables, "edges": sorted_edges(tables["edges"])}
    if definitions:
        tables[DEFINITIONS] = _definition_table(definitions)
    folder.parent.mkdir(parents=True, exist_ok=True)
    work = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".kg-"))
    try:
        work.chmod(0o755)
        for name in _names(tables):
            _write_table(tables[name], work / f"{name}.parquet")
        manifest = _manifest(work, tables, not_mapped) | dict(notes or {})
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (work / MANIFEST).write_text(text, encoding="utf-8")
        _replace(folder, work)
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return manifest


def _names(tables: Mapping[str, pa.Table]) -> list[str]:
    return [*SCHEMAS, *(name for name in (DEFINITIONS,) if name in tables)]


def _definition_table(definitions: Mapping[int, str]) -> pa.Table:
    rows = sorted(definitions)
    columns = {"node": rows, "text": [definitions[row] for row in rows]}
    return pa.table(columns).cast(DEFINITIONS_SCHEMA)


def _write_table(table: pa.Table, path: Path) -> None:
    plain = [
        name
        for name in ("sequence", "smiles", "inchikey", "information", "text")
        if name in table.schema.names
    ]
    numbers = [name for name in ("head", "tail", "node") if name in table.schema.names]
    words = [name for name in table.schema.names if name not in {*plain, *numbers}]
    pq.write_table(
        table.combine_chunks().unify_dictionaries(),
        path,
        compression="zstd",
        compression_level=_LEVEL,
        use_dictionary=words,
        column_encoding=dict.fromkeys(numbers, "DELTA_BINARY_PACKED"),
        data_page_size=_PAGE_BYTES,
        dictionary_pagesize_limit=_PAGE_BYTES,
        row_group_size=_ROWS,
        write_statistics=False,
    )


def _manifest(
    folder: Path, tables: Mapping[str, pa.Table], not_mapped: Mapping[str, Any]
) -> dict[str, Any]:
    files = {}
    for name in _names(tables):
        data = (folder / f"{name}.parquet").read_bytes()
        files[f"{name}.parquet"] = {
            "rows": tables[name].num_rows,
            "bytes": len(data),
            "sha256": hashlib.sha256(data).hexdigest(),
        }
    together = "".join(str(file["sha256"]) for file in files.values())
    return {
        "schema_version": SCHEMA_VERSION,
        "hash": hashlib.sha256(together.encode()).hexdigest(),
        "files": files,
        "node_types": _counts(tables["nodes"]["type"]),
        "relations": _counts(tables["edges"]["relation"]),
        "sources": _sources(tables),
        "not_mapped": dict(not_mapped),
    }


def _sources(tables: Mapping[str, pa.Table]) -> dict[str, dict[str, Any]]:
    """Releases, counts and licence of each source that a table names."""
    found: dict[str, dict[str, Any]] = {}
    for name in ("edges", "sequences"):
        grouped = tables[name].group_by(["source", "release"]).aggregate([([], "count_all")])
        for row in sorted(grouped.to_pylist(), key=lambda row: (row["source"], row["release"])):
            entry = found.setdefault(row["source"], _about(row["source"]))
            if row["release"] not in entry["releases"]:
                entry["releases"].append(row["release"])
            entry[name] = entry.get(name, 0) + row["count_all"]
    return dict(sorted(found.items()))


def _about(source: str) -> dict[str, Any]:
    """Who made a source and under which terms, as ``sources.SOURCES`` has it."""
    known = SOURCES.get(source)
    stated = asdict(known) if known else {"by": "", "licence": "", "package": ""}
    return {"releases": [], **{key: text or "not recorded" for key, text in stated.items()}}


def _counts(column: pa.ChunkedArray) -> dict[str, int]:
    counted = pc.value_counts(column.cast(pa.string())).to_pylist()
    return {pair["values"]: pair["counts"] for pair in sorted(counted, key=lambda p: p["values"])}


def _replace(folder: Path, work: Path) -> None:
    """Put ``work`` in the place of ``folder``."""
    if folder.exists():
        old = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".kg-")) / "old"
        folder.rename(old)
        work.rename(folder)
        shutil.rmtree(old.parent)
    else:
        work.rename(folder)
