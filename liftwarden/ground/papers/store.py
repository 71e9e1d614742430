"""Keeps files by the SHA-256 of their bytes under the node's media folder; a file is whole or absent, and never changed."""

import errno
import hashlib
import os
import tempfile
from pathlib import Path

from django.core.files.storage import default_storage

from liftwarden.kernel.refusals import Refusal

FOLDER = "papers"


class PaperDamaged(Refusal):
    """A kept file that is gone, or whose bytes are no longer those that were kept."""

    code = "paper_damaged"
    status = 409
    sentence = "文件{what}（摘要 {digest}），不能出示；请联系系统管理员从备份恢复。"


class NoRoom(Refusal):
    """A disk that is full."""

    code = "no_room"
    status = 507
    sentence = "存储空间不足，文件没有保存，其他内容未受影响；请联系系统管理员。"


def keep(data: bytes) -> str:
    """Write bytes to disk under their SHA-256 and give it; on return they survive a power cut.

    Raises:
        NoRoom: if the disk is full; nothing half written is left.

    """
    digest = hashlib.sha256(data).hexdigest()
    path = _path(digest)
    if path.exists() and hashlib.sha256(path.read_bytes()).hexdigest() == digest:
        return digest
    try:
        _write(path, data)
    except OSError as fault:
        if fault.errno in (errno.ENOSPC, errno.EDQUOT):
            raise NoRoom from fault
        raise
    return digest


def read(digest: str) -> bytes:
    """Give the bytes kept under a digest.

    Raises:
        PaperDamaged: if they are gone or differ.

    """
    path = _path(digest)
    try:
        data = path.read_bytes()
    except FileNotFoundError as fault:
        raise PaperDamaged(what="已不在存储中", digest=digest[:12]) from fault
    if hashlib.sha256(data).hexdigest() != digest:
        raise PaperDamaged(what="与登记时的摘要不符", digest=digest[:12])
    return data


def _path(digest: str) -> Path:
    return Path(default_storage.path(f"{FOLDER}/{digest[:2]}/{digest}"))


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
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
