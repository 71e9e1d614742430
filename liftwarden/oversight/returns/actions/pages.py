"""Attaches pages to a return (可另附页): checked by their bytes, stored by digest, named on the form."""

import base64
import tempfile
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.db import transaction

from liftwarden.ground.intake import capped, precheck
from liftwarden.ground.intake.precheck import MIB, Kind
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.papers import photos, store
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import NotFound, Refusal
from liftwarden.kernel.words import tidied
from liftwarden.oversight.returns import queries
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.lifecycle import RETURN, Action
from liftwarden.oversight.returns.models import Return, ReturnPage
from liftwarden.oversight.returns.rendering import MEDIA_TYPES

MOST_BYTES = 15 * MIB
MOST_PAGES = 20
PHOTO_STARTS = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF")
# A decoded photo of 50 million pixels takes 150 to 200 MB, and its copies as much again while it is turned upright.
LIMITS = capped.Limits(cpu_seconds=15, wall_seconds=30, memory_bytes=1024 * MIB, output_bytes=4 * MIB)
PARTS = {"word/document.xml": "docx", "xl/workbook.xml": "xlsx"}


class PageRefused(Refusal):
    """A file that is not kept as a page of a return."""

    code = "page_refused"
    sentence = "不能附上“{name}”：{reason}。"


def attach(return_id: UUID, *, title: str, name: str, data: bytes, at: datetime, by: Actor) -> ReturnPage:
    """Keep a PDF, DOCX, XLSX or photo with a draft; whatever was checked or approved is void.

    The file is on disk before the row is written; `name` is for words only, since file names hold people's names.
    Source: the 2017 notice, annex (可另附页).

    Raises:
        NotFound, NotYours, ActionNotAllowed: as for any entry.
        PageRefused, precheck.UnsafeFile: if the file is too large, of another kind, or unsafe.
        ParserRefused, ParserStopped, ParserFailed: if a photo cannot be read.

    """
    held = queries.one(return_id, by=by)
    by.must(Permission.RETURN_FILL, at=held.division_code)
    RETURN.after(Stage(held.state), Action.SAVE)
    if not tidied(title):
        raise PageRefused(name=name, reason="没有写标题")
    media_type, kept = _checked(name, data)
    return _record(return_id, tidied(title)[:120], media_type, kept, at=at, by=by)


@transaction.atomic
def _record(return_id: UUID, title: str, media_type: str, data: bytes, *, at: datetime, by: Actor) -> ReturnPage:
    attached = queries.pages_of(queries.to_change(return_id, by=by))
    sha256 = store.keep(data)
    for page in attached:
        if (page.sha256, page.title) == (sha256, title):
            return page
    held = _to_draft(return_id, at=at, by=by)
    if len(attached) >= MOST_PAGES:
        raise PageRefused(name=title, reason=f"已有 {MOST_PAGES} 份附页")
    page = ReturnPage(
        filing=held,
        title=title,
        media_type=media_type,
        sha256=sha256,
        size_bytes=len(data),
        added_at=at,
        added_by=by.post_id,
    )
    return journal.create(page, "return.page-attached", division=held.division_code, by=by.hand, at=at)


@transaction.atomic
def detach(page_id: UUID, *, filing: UUID, at: datetime, by: Actor) -> ReturnPage:
    """Take a page off a draft; its row and file stay.

    Raises:
        NotFound, NotYours, ActionNotAllowed.

    """
    held = _to_draft(filing, at=at, by=by)
    page = ReturnPage.objects.filter(pk=page_id, filing=held, removed_at__isnull=True).first()
    if page is None:
        raise NotFound(what="附页")
    changes = {"removed_at": at, "removed_by": by.post_id}
    return journal.change(page, changes, "return.page-detached", division=held.division_code, by=by.hand, at=at)


def _to_draft(return_id: UUID, *, at: datetime, by: Actor) -> Return:
    """Lock a return that may still be filled, back to its draft."""
    held = queries.to_change(return_id, by=by)
    by.must(Permission.RETURN_FILL, at=held.division_code)
    state = RETURN.after(Stage(held.state), Action.SAVE)
    if held.state == state:
        return held
    unagreed = {"checked_at": None, "checked_by": None, "approved_at": None, "approved_by": None, "state": str(state)}
    return journal.change(held, unagreed, "return.saved", division=held.division_code, by=by.hand, at=at)


def _checked(name: str, data: bytes) -> tuple[str, bytes]:
    """Judge a file by its bytes, never by its name."""
    if not data:
        raise PageRefused(name=name, reason="文件是空的")
    if len(data) > MOST_BYTES:
        raise PageRefused(name=name, reason=f"有 {len(data) / MIB:.1f} MiB，超过 {MOST_BYTES // MIB} MiB")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "page"
        path.write_bytes(data)
        kind = precheck.kind_of(path)
        if kind is Kind.PDF:
            return MEDIA_TYPES["pdf"], data
        if kind is Kind.ZIP:
            return _office(name, path), data
        if data.startswith(PHOTO_STARTS):
            photo = capped.run(photos.reencoded, path, returns=photos.Photo, limits=LIMITS)
            return "image/jpeg", base64.b64decode(photo.jpeg_base64)
    raise PageRefused(name=name, reason="只接收 PDF、DOCX、XLSX 文件或 JPEG、PNG、WebP 照片")


def _office(name: str, path: Path) -> str:
    package = precheck.package(path)
    if package.macros:
        raise PageRefused(name=name, reason="文件含有宏，请另存为不含宏的 DOCX 或 XLSX")
    for part, format_ in PARTS.items():
        if part in package.names:
            return MEDIA_TYPES[format_]
    raise PageRefused(name=name, reason="容器中没有 Word 文档或 Excel 工作簿")
