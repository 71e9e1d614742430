"""Check an uploaded office file by its bytes before any parser sees it: kind, size, and what its ZIP unpacks to."""

import re
import struct
import zipfile
import zlib
from collections import Counter
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from liftwarden.kernel.choices import Choice
from liftwarden.kernel.refusals import Refusal

MIB = 1024 * 1024
CHUNK = 64 * 1024
LOCAL_HEADER = struct.Struct("<4s22xHH")
LOCAL_MAGIC = b"PK\x03\x04"
ENCRYPTED = 0x1
CONTAINERS = (".zip", ".docx", ".xlsx", ".pptx", ".docm", ".xlsm", ".jar")
# Small entries pack well beyond any honest ratio (a run of blanks); only what is worth a bomb is judged by it.
RATIO_FROM = MIB
RELATIONSHIPS_CAP = 256 * 1024
EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode=\"External\"[^>]*>")


class Kind(Choice):
    """What a file is by its first bytes."""

    ZIP = "zip", "ZIP 容器（DOCX、XLSX 等）"
    OLE = "ole", "97-2003 版 Office 或加密文档"
    PDF = "pdf", "PDF"
    RTF = "rtf", "RTF"
    MARKUP = "markup", "网页或 XML"
    OTHER = "other", "其他"


class UnsafeFile(Refusal):
    """A file that is refused before it is parsed."""

    code = "unsafe_file"
    sentence = "不能接收这个文件：{reason}。"


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a file may be and may become; bytes, entries, and the ratio of unpacked to packed."""

    file_bytes: int = 20 * MIB
    unpacked_bytes: int = 50 * MIB
    ratio: int = 100
    entries: int = 2000


LIMITS = Limits()


@dataclass(frozen=True, slots=True)
class Package:
    """What an accepted ZIP holds, and what in it is worth a remark."""

    names: tuple[str, ...]
    unpacked_bytes: int
    macros: bool
    nested: tuple[str, ...]
    external: bool


def kind_of(path: Path) -> Kind:
    """Tell a file's kind by its bytes, never by its name."""
    with path.open("rb") as file:
        head = file.read(1024)
    if head.startswith(LOCAL_MAGIC):
        return Kind.ZIP
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        return Kind.OLE
    if head.startswith(b"%PDF-"):
        return Kind.PDF
    if head.startswith(b"{\\rtf"):
        return Kind.RTF
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith((b"<", b"mime-version:")):
        return Kind.MARKUP
    return Kind.OTHER


def package(path: Path, limits: Limits = LIMITS) -> Package:
    """Measure a ZIP by unpacking it to nowhere, and refuse what no honest document needs.

    Raises:
        UnsafeFile: if it is too large, unpacks to too much, is encrypted, broken, or names a path outside itself.

    """
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise UnsafeFile(reason=f"文件有 {_mib(size)}，超过 {_mib(limits.file_bytes)}")
    try:
        with zipfile.ZipFile(path) as archive, path.open("rb") as raw:
            entries = archive.infolist()
            _names(entries, limits)
            unpacked = _measured(raw, entries, limits)
            external = any(_external(archive, entry) for entry in entries)
    except (zipfile.BadZipFile, zlib.error, struct.error, EOFError, NotImplementedError, UnicodeDecodeError) as fault:
        raise UnsafeFile(reason="压缩容器已损坏，请用 Word、WPS 或 Excel 打开后另存再上传") from fault
    names = tuple(entry.filename for entry in entries)
    return Package(
        names=names,
        unpacked_bytes=unpacked,
        macros=any(name.lower().endswith("vbaproject.bin") for name in names),
        nested=tuple(name for name in names if name.lower().endswith(CONTAINERS)),
        external=external,
    )


def _names(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    if len(entries) > limits.entries:
        raise UnsafeFile(reason=f"容器内有 {len(entries)} 个部件，超过 {limits.entries} 个")
    repeated = [name for name, times in Counter(entry.filename for entry in entries).items() if times > 1]
    if repeated:
        raise UnsafeFile(reason=f"容器内“{repeated[0]}”重复出现")
    for entry in entries:
        path = PurePosixPath(entry.filename.replace("\\", "/"))
        if path.is_absolute() or ".." in path.parts or ":" in entry.filename or "\x00" in entry.orig_filename:
            raise UnsafeFile(reason=f"容器内“{entry.filename}”指向容器以外的路径")
        if entry.flag_bits & ENCRYPTED:
            raise UnsafeFile(reason="文件已加密，请去掉密码后再上传")
        if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise UnsafeFile(reason=f"“{entry.filename}”使用了不支持的压缩方式")


def _measured(raw: BinaryIO, entries: list[zipfile.ZipInfo], limits: Limits) -> int:
    """Unpack every entry, counting; what the directory declares is not believed."""
    total = 0
    for entry in entries:
        raw.seek(entry.header_offset)
        magic, name_length, extra_length = LOCAL_HEADER.unpack(raw.read(LOCAL_HEADER.size))
        if magic != LOCAL_MAGIC:
            raise zipfile.BadZipFile(entry.filename)
        raw.seek(name_length + extra_length, 1)
        length = _length(raw, entry, limits.unpacked_bytes - total)
        total += length
        if length > RATIO_FROM and length > limits.ratio * max(1, entry.compress_size):
            raise UnsafeFile(reason=f"“{entry.filename}”的压缩比超过 {limits.ratio}:1，像是压缩炸弹")
        if length != entry.file_size:
            raise zipfile.BadZipFile(entry.filename)
    return total


def _length(raw: BinaryIO, entry: zipfile.ZipInfo, room: int) -> int:
    unpacker = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
    left, length = entry.compress_size, 0
    while left > 0:
        packed = raw.read(min(CHUNK, left))
        if not packed:
            raise EOFError(entry.filename)
        left -= len(packed)
        while packed:
            # At most one chunk is held at a time, however well it was packed.
            plain = unpacker.decompress(packed, CHUNK) if unpacker else packed
            packed = unpacker.unconsumed_tail if unpacker else b""
            length += len(plain)
            if length > room:
                raise UnsafeFile(reason="解压后的内容超过允许的大小，像是压缩炸弹")
    return length + len(unpacker.flush()) if unpacker else length


def _external(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> bool:
    if not entry.filename.endswith(".rels") or entry.file_size > RELATIONSHIPS_CAP:
        return False
    return any(b"/hyperlink" not in found[0] for found in EXTERNAL.finditer(archive.read(entry)))


def _mib(size: int) -> str:
    return f"{size / MIB:.1f} MiB"
