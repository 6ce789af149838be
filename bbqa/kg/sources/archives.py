"""Data members of the archives that assets come in. Nothing in them is imported or executed."""

from __future__ import annotations

import io
import pickle
import tarfile
import zipfile
from collections.abc import Collection
from pathlib import Path
from typing import IO, Any, Final, NoReturn

from bbqa.errors import ArtifactError

_AR_MAGIC: Final = b"!<arch>\n"
_AR_HEADER_BYTES: Final = 60


def read_wheel(path: Path, member: str) -> bytes:
    """The bytes of the file ``member`` in a wheel.

    Raises:
        ArtifactError: The wheel is missing or broken, or holds no such file.
    """
    try:
        with zipfile.ZipFile(path) as archive:
            return archive.read(member)
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise ArtifactError(
            f"cannot read {member} from {path}: {error}", hint="fetch the file again"
        ) from error


def read_text(path: Path, member: str) -> list[str]:
    """The lines of the UTF-8 text ``member`` in a wheel, without their ends."""
    return read_wheel(path, member).decode("utf-8").splitlines()


def read_deb(path: Path, endings: Collection[str]) -> dict[str, bytes]:
    """The files of a Debian package whose path ends with one of ``endings``, by that ending.

    A Debian package is an ``ar`` archive: an 8-byte magic, then for each member a header of 60
    bytes with its size in bytes 48 to 58, and its content padded to an even length.

    Raises:
        ArtifactError: The package is broken, or lacks one of the files.
    """
    found: dict[str, bytes] = {}
    try:
        with path.open("rb") as package:
            _seek_member(package, b"data.tar")
            with tarfile.open(fileobj=package, mode="r|*") as archive:
                for entry in archive:
                    ending = next((e for e in endings if entry.name.endswith(e)), None)
                    content = archive.extractfile(entry) if ending else None
                    if ending and content:
                        found[ending] = content.read()
    except (OSError, ValueError, tarfile.TarError) as error:
        raise ArtifactError(f"cannot read {path}: {error}", hint="fetch the file again") from error
    missing = sorted(set(endings) - set(found))
    if missing:
        raise ArtifactError(f"{path} lacks {missing}", hint="fetch the file again")
    return found


def _seek_member(package: IO[bytes], name: bytes) -> None:
    """Move to the content of the first member of an ar archive whose name begins with ``name``."""
    if package.read(len(_AR_MAGIC)) != _AR_MAGIC:
        raise ValueError("not a Debian package")
    while len(header := package.read(_AR_HEADER_BYTES)) == _AR_HEADER_BYTES:
        if header.startswith(name):
            return
        size = int(header[48:58])
        package.seek(size + size % 2, io.SEEK_CUR)
    raise ValueError(f"no member {name.decode()}")


def load_plain_pickle(data: bytes) -> Any:  # noqa: ANN401  (the caller knows its shape)
    """A pickle's content, if it is made of dictionaries, lists, strings and numbers alone.

    Raises:
        ArtifactError: It names a class or a function; none is ever loaded.
    """
    try:
        return _PlainUnpickler(io.BytesIO(data)).load()
    except (pickle.UnpicklingError, EOFError, ValueError, IndexError) as error:
        raise ArtifactError(
            f"the pickle is refused: {error}", hint="fetch the file again; do not trust this one"
        ) from error


class _PlainUnpickler(pickle.Unpickler):
    """An unpickler that admits no global, so that loading cannot run code."""

    def find_class(self, module: str, name: str) -> NoReturn:
        raise pickle.UnpicklingError(f"it asks for {module}.{name}; expected plain data only")
