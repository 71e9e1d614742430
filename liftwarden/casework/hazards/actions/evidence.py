"""Keeps photos and documents with a problem: checked, re-encoded, stored by digest, then recorded."""

import base64
import tempfile
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from uuid import UUID

from django.db import transaction

from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.actions.opening import refuse_future
from liftwarden.casework.hazards.lifecycles import State
from liftwarden.casework.hazards.models import Evidence, EvidenceKind, Problem
from liftwarden.ground.intake import capped
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About
from liftwarden.ground.papers import photos, store
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import Refusal
from liftwarden.kernel.words import tidied

MIB = 1024 * 1024
MOST_BYTES = 15 * MIB
# A decoded photo of 50 million pixels takes 150 to 200 MB, and its copies as much again while it is turned upright.
LIMITS = capped.Limits(cpu_seconds=15, wall_seconds=30, memory_bytes=1024 * MIB, output_bytes=4 * MIB)
TRAILER_WITHIN = 2048


class EvidenceRefused(Refusal):
    """A file that is not kept as evidence."""

    code = "evidence_refused"
    sentence = "不能接收“{name}”：{reason}。"


class EvidenceClosed(Refusal):
    """Evidence for a problem that was filed in error."""

    code = "evidence_closed"
    status = 409
    sentence = "该隐患登记有误、已撤销，不再接收证据。"


@dataclass(frozen=True)
class _Kept:
    media_type: str
    data: bytes


def add_evidence(
    problem_id: UUID, *, kind: EvidenceKind, name: str, data: bytes, caption: str = "", at: datetime, by: Actor
) -> Evidence:
    """Keep a photo or a PDF with a problem.

    A photo is re-encoded in a capped process and loses everything but its pixels; a PDF is kept as it is. `name` is for
    words only and is not stored: file names hold people's names. The file is on disk before the row is written, so a
    row never lacks its file; a file without a row does no harm.
    Source: the 2017 notice, part 1, item 2 (逐台整改销号).

    Raises:
        NotFound, NotYours, NotYet: as for any step.
        EvidenceRefused: if the file is too large, of another kind, or broken.
        EvidenceClosed: if the problem was withdrawn.
        ParserRefused, ParserStopped, ParserFailed: if a photo cannot be read.
        NoRoom: if the disk is full.

    """
    _refuse(queries.problem(problem_id, by=by), kind, name, at=at, by=by)
    kept = _checked(name, data)
    digest = store.keep(kept.data)
    return _record(problem_id, kind, kept, digest, caption, at=at, by=by)


@transaction.atomic
def _record(
    problem_id: UUID, kind: EvidenceKind, kept: _Kept, digest: str, caption: str, *, at: datetime, by: Actor
) -> Evidence:
    problem = queries.problem_to_change(problem_id, by=by)
    held = Evidence.objects.filter(problem=problem, kind=str(kind), sha256=digest).order_by("id").first()
    if held is not None:
        return held
    row = Evidence(
        problem=problem,
        lift_id=problem.lift_id,
        kind=str(kind),
        media_type=kept.media_type,
        sha256=digest,
        size_bytes=len(kept.data),
        caption=tidied(caption),
        added_at=at,
        added_by=by.post_id,
    )
    about = About("lift", problem.lift_id)
    return journal.create(row, "evidence.added", division=problem.division_code, by=by.hand, at=at, about=about)


def _refuse(problem: Problem, kind: EvidenceKind, name: str, *, at: datetime, by: Actor) -> None:
    by.must(Permission.HAZARD_RECTIFY, at=problem.division_code)
    refuse_future(at, by=by)
    if problem.state == State.WITHDRAWN:
        raise EvidenceClosed
    # A line of an old ledger stands in for before and after photos, so only the import may lay one down.
    if kind is EvidenceKind.LEDGER:
        raise EvidenceRefused(name=name, reason="“历史台账行”只能由台账导入产生")


def _checked(name: str, data: bytes) -> _Kept:
    """Judge a file by its bytes, never by its name."""
    if not data:
        raise EvidenceRefused(name=name, reason="文件是空的")
    if len(data) > MOST_BYTES:
        raise EvidenceRefused(name=name, reason=f"有 {len(data) / MIB:.1f} MiB，超过 {MOST_BYTES // MIB} MiB")
    if data.startswith(b"%PDF-"):
        return _pdf(name, data)
    if not _looks_like_photo(data):
        raise EvidenceRefused(name=name, reason="只接收 JPEG、PNG、WebP 照片或 PDF 文件；HEIC 照片请先另存为 JPEG")
    return _Kept("image/jpeg", _reencoded(data))


@lru_cache(maxsize=8)
def _reencoded(data: bytes) -> bytes:
    """Re-encode a photo in a process of its own; one photo shown for several lifts is worked on once."""
    with tempfile.NamedTemporaryFile(prefix="liftwarden-photo-") as file:
        file.write(data)
        file.flush()
        photo = capped.run(photos.reencoded, Path(file.name), returns=photos.Photo, limits=LIMITS)
    return base64.b64decode(photo.jpeg_base64)


def _looks_like_photo(data: bytes) -> bool:
    jpeg, png = data.startswith(b"\xff\xd8\xff"), data.startswith(b"\x89PNG\r\n\x1a\n")
    return jpeg or png or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _pdf(name: str, data: bytes) -> _Kept:
    if b"%%EOF" not in data[-TRAILER_WITHIN:] or b"startxref" not in data[-TRAILER_WITHIN:]:
        raise EvidenceRefused(name=name, reason="PDF 不完整，可能没有下载完或已损坏")
    if b"/Encrypt" in data:
        raise EvidenceRefused(name=name, reason="PDF 已加密，请去掉密码后再上传")
    return _Kept("application/pdf", data)
