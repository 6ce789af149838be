"""Files and pasted text -> FASTA records, with the line of everything that is wrong.

Text without any header is one record without a name. Nothing is judged here but the layout;
what the letters may be is for ``residues`` to say.
"""

from __future__ import annotations

import difflib
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bbqa.errors import InputError

MAX_FILE_BYTES: Final = 256 * 2**20
"""Ten times the human proteome; more is taken for a mistake."""

MAX_NAME: Final = 200
"""Characters kept of a header."""


@dataclass(frozen=True, slots=True)
class Record:
    """One sequence as it was written.

    Attributes:
        name: The header without its ``>``; empty for raw residues.
        body: All that follows the header, line breaks included.
        line: Number of the body's first line.
        where: The file's name, or what else it came from; empty for the command line.
    """

    name: str
    body: str
    line: int = 1
    where: str = ""

    def place(self, at: int) -> str:
        """Where character ``at`` of the body is, in words: file, record and line."""
        line = self.line + self.body.count("\n", 0, at)
        several = self.where or self.name or "\n" in self.body
        known = [
            self.where,
            f"record '{self.name}'" if self.name else "",
            f"line {line}" if several else "",
        ]
        return ", ".join(part for part in known if part)


def read_text(path: Path) -> str:
    """The text of a file that a person named.

    Raises:
        InputError: It is missing, a folder, not readable, too large, binary, or not UTF-8.
    """
    try:
        if path.is_dir():
            raise InputError(f"{path} is a folder; expected a file", hint="name one file in it")
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            raise InputError(
                f"{path} has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read",
                hint="split it into smaller files",
            )
        content = path.read_bytes()
    except FileNotFoundError:
        raise InputError(f"no file {path}", hint=_similar_files(path)) from None
    except OSError as error:
        raise InputError(f"cannot read {path}: {error.strerror or error}") from error
    return decode(content, str(path))


def decode(content: bytes, where: str) -> str:
    """Bytes as text, with one kind of line break and without a byte-order mark.

    Raises:
        InputError: They are binary or not UTF-8.
    """
    if content.startswith(b"\x1f\x8b"):
        raise InputError(f"{where} is compressed", hint=f"unpack it first: gunzip {where}")
    if b"\0" in content:
        raise InputError(
            f"{where} is a binary file; expected text", hint="save it as plain text or FASTA"
        )
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise InputError(
            f"{where} is not UTF-8 text: byte 0x{content[error.start]:02x} in line {line}",
            hint="save it as UTF-8",
        ) from error
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_records(text: str, where: str = "") -> list[Record]:
    """The records of FASTA text, or one record without a name if there is no header.

    >>> [(record.name, record.line) for record in read_records(">a" + chr(10) + "MKTAY")]
    [('a', 2)]

    Raises:
        InputError: It is empty, has residues before the first header, or a header without
            residues.
    """
    if not text.strip():
        raise InputError(
            f"{where or 'the sequence'} is empty; expected a sequence or FASTA",
            hint="give residues, a FASTA file, or a UniProt accession",
        )
    lines = text.split("\n")
    headers = [number for number, line in enumerate(lines) if line.startswith(">")]
    if not headers:
        return [Record("", text, 1, where)]
    before = next((n for n, line in enumerate(lines[: headers[0]]) if line.strip()), None)
    if before is not None:
        raise InputError(
            f"{_in(where)}line {before + 1} comes before the first header; "
            "expected a line that begins with '>'"
        )
    ends = [*headers[1:], len(lines)]
    return [_record(lines, first, end, where) for first, end in zip(headers, ends, strict=True)]


def printable(text: str, length: int) -> str:
    """``text`` on one line without control characters, cut to ``length`` characters.

    >>> printable("a" + chr(27) + " b", 80)
    'a b'
    """
    if text.isprintable():  # mostly so, and far quicker than to look at each letter
        return text.strip()[:length]
    kept = (" " if c.isspace() else c for c in text)
    return "".join(c for c in kept if unicodedata.category(c)[0] != "C").strip()[:length]


def _record(lines: list[str], first: int, end: int, where: str) -> Record:
    name = printable(lines[first][1:], MAX_NAME)
    body = "\n".join(lines[first + 1 : end])
    if not body.strip():
        raise InputError(
            f"{_in(where)}record '{name}' in line {first + 1} has no residues",
            hint="remove its header or add its sequence",
        )
    return Record(name, body, first + 2, where)


def _in(where: str) -> str:
    return f"{where}: " if where else ""


def _similar_files(path: Path) -> str:
    try:
        here = [entry.name for entry in path.parent.iterdir() if entry.is_file()]
    except OSError:
        return f"there is no folder {path.parent} either"
    near = difflib.get_close_matches(path.name, here, n=3)
    listed = ", ".join(str(path.parent / name) for name in near)
    return f"did you mean {listed}?" if near else "check its name"
