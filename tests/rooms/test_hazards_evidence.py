"""Evidence: what is taken, what is left of it, what is refused, and that a damaged file is never shown."""

import hashlib
import io
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries
from liftwarden.casework.hazards.actions.evidence import MOST_BYTES, EvidenceClosed, EvidenceRefused
from liftwarden.casework.hazards.models import Evidence, EvidenceKind, Problem
from liftwarden.ground.intake.capped import ParserRefused
from liftwarden.ground.journal.verify import verify
from liftwarden.ground.papers import photos, store
from liftwarden.ground.papers.store import NoRoom, PaperDamaged
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import NotFound, NotYours
from tests.factories import BINJIANG, a_body, a_lift, a_problem, an_actor, day, serve

pytestmark = [pytest.mark.django_db, pytest.mark.clause("N2017-1.2b")]
CANARY = b"13800001111"
PDF = b"%PDF-1.4\n1 0 obj<<>>endobj\ntrailer<<>>\nstartxref\n0\n%%EOF\n"


@pytest.fixture(autouse=True)
def media(tmp_path: Path, settings: Any) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def inspector() -> Actor:
    return an_actor("inspector")


@pytest.fixture
def problem(inspector: Actor) -> Problem:
    return a_problem(by=inspector)


def a_photo(size: tuple[int, int] = (64, 48), kind: str = "JPEG", **told: Any) -> bytes:
    out = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(out, kind, **told)
    return out.getvalue()


def a_photo_with_exif() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = CANARY.decode()  # ImageDescription
    exif[0x0112] = 6  # Orientation: turned by 90 degrees
    exif.get_ifd(0x8825)[1] = "N"  # GPS
    return a_photo(exif=exif, comment=CANARY)


def keep(problem: Problem, data: bytes, by: Actor, kind: EvidenceKind = EvidenceKind.AFTER, **told: Any) -> Evidence:
    return hazards.add_evidence(problem.pk, kind=kind, name="张三.jpg", data=data, at=day("2017-05-01"), by=by, **told)


class TestAPhoto:
    @pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
    def test_is_kept_as_a_jpeg(self, problem, inspector, kind):
        kept = keep(problem, a_photo(kind=kind), inspector)

        media_type, data = queries.evidence_file(kept.pk, by=inspector)
        assert (media_type, Image.open(io.BytesIO(data)).format) == ("image/jpeg", "JPEG")

    def test_loses_all_but_its_pixels(self, problem, inspector):
        sent = a_photo_with_exif()
        assert CANARY in sent

        kept = keep(problem, sent, inspector)

        data = queries.evidence_file(kept.pk, by=inspector)[1]
        assert (CANARY in data, b"Exif" in data, dict(Image.open(io.BytesIO(data)).getexif())) == (False, False, {})

    def test_is_turned_upright_before_its_orientation_is_lost(self, problem, inspector):
        kept = keep(problem, a_photo_with_exif(), inspector)

        data = queries.evidence_file(kept.pk, by=inspector)[1]
        assert Image.open(io.BytesIO(data)).size == (48, 64)

    def test_is_shrunk_to_what_a_phone_can_load(self, problem, inspector):
        sent = a_photo((3000, 2250), quality=95)
        assert len(sent) > 2_000_000

        kept = keep(problem, sent, inspector)

        assert kept.size_bytes <= photos.TARGET_BYTES

    def test_that_is_transparent_is_laid_on_white(self, tmp_path):
        path = tmp_path / "clear.png"
        Image.new("RGBA", (8, 8), (0, 0, 0, 0)).save(path)

        told = photos.reencoded(str(path))

        import base64

        pixel = Image.open(io.BytesIO(base64.b64decode(told.jpeg_base64))).getpixel((4, 4))
        assert pixel == (255, 255, 255)

    def test_of_too_many_pixels_is_refused_before_it_is_unpacked(self, problem, inspector):
        out = io.BytesIO()
        Image.new("1", (10_000, 6_000)).save(out, "PNG")

        with pytest.raises(ParserRefused, match="60000000 像素"):
            keep(problem, out.getvalue(), inspector)

    def test_that_is_cut_off_is_refused(self, problem, inspector):
        with pytest.raises(ParserRefused, match="照片无法读取"):
            keep(problem, a_photo((400, 300))[:2000], inspector)

    def test_told_twice_is_kept_once(self, problem, inspector):
        sent = a_photo()

        first, second = keep(problem, sent, inspector), keep(problem, sent, inspector)

        assert (first.pk, Evidence.objects.count()) == (second.pk, 1)

    def test_is_stored_under_its_digest(self, problem, inspector, media):
        kept = keep(problem, a_photo(), inspector)

        (path,) = (path for path in media.rglob("*") if path.is_file())
        assert path.stem == kept.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()

    def test_leaves_no_name_in_the_journal(self, problem, inspector):
        keep(problem, a_photo(), inspector)

        from liftwarden.ground.journal.models import Entry

        assert not Entry.objects.filter(changes__contains="张三").exists()

    def test_is_in_a_row_that_verifies(self, problem, inspector):
        keep(problem, a_photo(), inspector)

        assert verify().breaks == ()


class TestADocument:
    def test_is_kept_as_it_is(self, problem, inspector):
        kept = keep(problem, PDF, inspector, EvidenceKind.REPORT)

        assert queries.evidence_file(kept.pk, by=inspector) == ("application/pdf", PDF)

    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "文件是空的"),
            (PDF[:-7], "PDF 不完整"),
            (PDF.replace(b"trailer<<", b"trailer<</Encrypt 2 0 R"), "已加密"),
            (b"MZ\x90\x00", "只接收"),
            (b"<svg/>", "只接收"),
            (b"GIF89a", "只接收"),
            (PDF + b"\0" * MOST_BYTES, "超过 15 MiB"),
        ],
    )
    def test_of_another_kind_is_refused(self, problem, inspector, data, why):
        with pytest.raises(EvidenceRefused, match=why):
            keep(problem, data, inspector)


class TestWhoMayKeepEvidence:
    def test_a_use_unit_may_for_its_own_lift(self):
        unit, lift = a_body(), a_lift()
        serve(lift, unit)
        problem = a_problem(lift, by=an_actor())

        kept = keep(problem, PDF, an_actor("use_unit", body=unit), EvidenceKind.REPORT)

        assert kept.problem_id == problem.pk

    def test_a_firm_may_not(self):
        from liftwarden.casework.registry.rules import PartyRole

        firm, lift = a_body(), a_lift()
        serve(lift, firm, PartyRole.MAINTENANCE)
        problem = a_problem(lift, by=an_actor())

        with pytest.raises(NotYours):
            keep(problem, PDF, an_actor("maintenance", body=firm))

    def test_another_district_neither_adds_nor_sees(self, problem, inspector):
        other = an_actor("chief", division=BINJIANG)
        kept = keep(problem, PDF, inspector)

        with pytest.raises(NotFound):
            queries.evidence_file(kept.pk, by=other)
        with pytest.raises(NotFound):
            keep(problem, PDF, other)

    def test_nobody_may_lay_down_a_line_of_an_old_ledger(self, problem, inspector):
        with pytest.raises(EvidenceRefused, match="台账导入"):
            keep(problem, PDF, inspector, EvidenceKind.LEDGER)

    def test_none_is_taken_for_a_withdrawn_problem(self, inspector):
        lift, chief = a_lift(), an_actor()
        a_problem(lift, by=chief)
        wrong = a_problem(lift, by=chief, cause="bridged")
        hazards.withdraw(wrong.pk, reason="登记有误", at=day("2017-03-01"), by=chief)

        with pytest.raises(EvidenceClosed):
            keep(wrong, PDF, inspector)


class TestTheStore:
    def test_does_not_show_a_changed_file(self, problem, inspector, media):
        kept = keep(problem, PDF, inspector)
        next(path for path in media.rglob("*") if path.is_file()).write_bytes(PDF + b"x")

        with pytest.raises(PaperDamaged, match="不符"):
            queries.evidence_file(kept.pk, by=inspector)

    def test_says_that_a_file_is_gone(self, problem, inspector, media):
        kept = keep(problem, PDF, inspector)
        next(path for path in media.rglob("*") if path.is_file()).unlink()

        with pytest.raises(PaperDamaged, match="已不在"):
            queries.evidence_file(kept.pk, by=inspector)

    def test_heals_a_changed_file_when_it_is_sent_again(self, problem, inspector, media):
        kept = keep(problem, PDF, inspector)
        next(path for path in media.rglob("*") if path.is_file()).write_bytes(b"")

        store.keep(PDF)

        assert queries.evidence_file(kept.pk, by=inspector)[1] == PDF

    def test_leaves_nothing_half_written_on_a_full_disk(self, problem, inspector, media, monkeypatch):
        def full(handle: int) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr(store.os, "fsync", full)

        with pytest.raises(NoRoom):
            keep(problem, PDF, inspector)

        assert ([path for path in media.rglob("*") if path.is_file()], Evidence.objects.count()) == ([], 0)
