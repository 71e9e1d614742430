"""Keeps files by the SHA-256 of their bytes, under the node's media folder; a file is whole or absent."""

import hashlib
import os
import tempfile
from pathlib import Path

from django.core.files.storage import default_storage

from liftwarden.kernel.refusals import Refusal

FOLDER = "returns"


class FileDamaged(Refusal):
    """A stored file that is gone, or whose bytes are no longer those of its digest."""

    code = "file_damaged"
    status = 409
    sentence = "摘要为 {sha256} 的文件在本节点已缺失或损坏，请从备份恢复。"


def keep(data: bytes) -> str:
    """Store bytes and give their digest; the same bytes are stored once, and a damaged copy is replaced."""
    sha256 = hashlib.sha256(data).hexdigest()
    path = _path(sha256)
    if not (path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == sha256):
        _write(path, data)
    return sha256


def read(sha256: str) -> bytes:
    """Give the bytes of a digest, checked against it.

    Raises:
        FileDamaged: if they are gone or changed.

    """
    path = _path(sha256)
    data = path.read_bytes() if path.exists() else b""
    if hashlib.sha256(data).hexdigest() != sha256:
        raise FileDamaged(sha256=sha256)
    return data


def _path(sha256: str) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{sha256[:2]}/{sha256}"))


def _write(path: Path, data: bytes) -> None:
    """Write beside, flush to disk, then rename: a reader meets the whole file or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".new-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
