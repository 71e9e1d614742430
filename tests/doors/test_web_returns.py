"""The pages of returns: the grid, its cells, its steps, its files, its differences, the roll-up, the check of a file."""

from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import actions, queries
from liftwarden.oversight.returns.content import Told
from liftwarden.oversight.returns.models import Return
from tests.factories import HANGZHOU, JIANGSU, NOW, XIHU, ZHEJIANG, a_problem, an_actor, day

pytestmark = pytest.mark.django_db
DATA = Path(__file__).resolve().parents[1] / "data" / "returns"
JUNE = "/returns/2017-annex/2017-06/330000/"
TYPED = {
    "item-J": "11",
    "item-K": "300000",
    "item-hotline.in_service": "是",
    "item-hotline.number": "96333",
    "item-disclosure.practised": "是",
    "item-disclosure.forms": ["季度", "年度"],
    "item-disclosure.content": "维保单位",
    "item-texts.problems": "层门锁失效",
    "code-texts.problems": ["door-lock"],
    "reporting_body": "浙江省局",
    "contact": "张三",
}


def at_the_desk(actor: Actor) -> Client:
    client = Client()
    client.force_login(get_user_model().objects.get(username=actor.login))
    return client


@pytest.fixture
def filler() -> Actor:
    return an_actor("statistician", division=ZHEJIANG)


@pytest.fixture
def chief() -> Actor:
    return an_actor("chief", division=ZHEJIANG)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content.decode()[-2000:]
    return answer.content.decode()


def signed(filler: Actor, chief: Actor, period: Period = Period(2017, 6)) -> Return:
    values = {
        "J": "11",
        "K": "300000",
        "hotline.in_service": "否",
        "disclosure.practised": "否",
        "texts.problems": "层门锁失效",
    }
    held = actions.save("2017-annex", filler.division, period, Told(values=values), at=NOW, by=filler)
    actions.check(held.pk, at=NOW, by=filler)
    actions.approve(held.pk, at=NOW, by=chief)
    return actions.sign_off(held.pk, at=NOW, by=chief)


class TestTheGrid:
    def test_shows_the_printed_labels_and_the_ledgers_numbers(self, filler):
        a_problem(by=an_actor("inspector"), found=day("2017-02-01"))

        text = page(at_the_desk(filler), JUNE)

        assert "截至2016年12月31日，攻坚战中问题建档电梯仍未完成整改数量（电梯安全攻坚的基本数）A" in text
        assert 'data-cell="F" data-ledger="1">1</b>' in text
        assert "F=1，G+H+I=1，相符" in text

    def test_keeps_what_is_typed(self, filler):
        client = at_the_desk(filler)

        answer = client.post(JUNE, TYPED)

        assert (answer.status_code, answer["Location"]) == (303, JUNE)
        (held,) = Return.objects.all()
        told = queries.composed(held).filled
        assert (told.cell("K"), told.answer("hotline.in_service"), told.chosen("disclosure.forms")) == (
            300000,
            True,
            ("季度", "年度"),
        )
        assert (told.coded("texts.problems"), told.contact) == (("door-lock",), "张三")

    def test_says_both_sides_of_a_broken_sum(self, filler):
        a_problem(by=an_actor("inspector"), found=day("2017-02-01"))
        client = at_the_desk(filler)
        client.post(JUNE, TYPED | {"item-H": "3", "why-H": "另有两台"})

        text = page(client, JUNE)

        assert "F=1，G+H+I=3，差 2" in text
        assert "另有两台" in text

    def test_refuses_an_override_without_a_reason_and_keeps_what_was_typed(self, filler):
        a_problem(by=an_actor("inspector"), found=day("2017-02-01"))

        answer = at_the_desk(filler).post(JUNE, TYPED | {"item-H": "3"})

        text = answer.content.decode()
        assert answer.status_code == 422
        assert "改填 3 须写明理由" in text
        assert 'name="item-K" value="300000"' in text

    def test_saves_nothing_twice(self, filler):
        client = at_the_desk(filler)
        client.post(JUNE, TYPED | {"key": "one"})

        client.post(JUNE, TYPED | {"key": "one"})

        assert Return.objects.count() == 1

    def test_is_not_there_for_another_province(self):
        client = at_the_desk(an_actor("statistician", division=JIANGSU))

        assert client.get(JUNE).status_code == 404
        assert client.post(JUNE, TYPED).status_code == 404

    def test_leaves_the_database_unwritten_when_read(self, filler):
        client = at_the_desk(filler)

        page(client, JUNE)

        assert not Return.objects.exists()

    def test_cannot_be_typed_into_by_a_chief(self, chief):
        assert 'name="item-K"' not in page(at_the_desk(chief), JUNE)


class TestSteps:
    def test_lead_from_the_draft_to_the_files(self, filler, chief):
        desk, office = at_the_desk(filler), at_the_desk(chief)
        desk.post(JUNE, TYPED)
        (held,) = Return.objects.all()
        assert desk.post(f"/do/check-draft/{held.pk}/").status_code == 303
        assert office.post(f"/do/approve-return/{held.pk}/").status_code == 303
        assert office.post(f"/do/sign-off-return/{held.pk}/").status_code == 303

        text = page(desk, JUNE)

        held.refresh_from_db()
        assert held.digest in text
        assert f"/returns/files/{held.digest}/" in text
        assert office.get(f"/returns/files/{held.digest}/").content == held.agreed.encode()

    def test_show_why_a_check_is_refused(self, filler):
        desk = at_the_desk(filler)
        desk.post(JUNE, {"item-J": "11"})
        (held,) = Return.objects.all()

        answer = desk.post(f"/do/check-draft/{held.pk}/")

        assert answer.status_code == 422
        assert "K 未填写；没有请填 0" in answer.content.decode()

    def test_show_the_approver_what_has_changed_since(self, filler, chief):
        desk = at_the_desk(filler)
        desk.post(JUNE, TYPED)
        (held,) = Return.objects.all()
        desk.post(f"/do/check-draft/{held.pk}/")
        desk.post(JUNE, TYPED | {"item-K": "300001"})

        text = page(at_the_desk(chief), JUNE)

        assert "与上次核对或批准时不同" in text
        assert "K：300000 → 300001（+1）" in text


class TestACell:
    def test_opens_to_its_lifts(self, filler):
        problem = a_problem(by=an_actor("inspector"), found=day("2017-02-01"))

        text = page(at_the_desk(filler), JUNE + "cells/F/")

        assert f"/lifts/{problem.lift_id}/" in text
        assert "1 台电梯，逐台列出" in text

    def test_that_was_typed_has_no_list(self, filler):
        assert at_the_desk(filler).get(JUNE + "cells/J/").status_code == 422


class TestAfterSignOff:
    def test_last_quarter_stands_beside(self, filler, chief):
        signed(filler, chief)

        text = page(at_the_desk(filler), "/returns/2017-annex/2017-09/330000/")

        assert "上期 300000" in text

    def test_late_facts_are_listed_as_adjustments(self, filler, chief):
        signed(filler, chief)
        problem = a_problem(by=an_actor("inspector"), found=day("2017-05-01"))

        text = page(at_the_desk(filler), "/returns/2017-annex/2017-09/330000/")

        assert "以前报告期调整" in text
        assert f"/lifts/{problem.lift_id}/" in text

    def test_versions_are_compared(self, filler, chief):
        old = signed(filler, chief)
        a_problem(by=an_actor("inspector"), found=day("2017-05-01"))
        new = actions.correct(old.pk, reason="漏报一台", at=NOW, by=chief)

        text = page(at_the_desk(chief), f"/returns/{new.pk}/from/{old.pk}/")

        assert "新发现 +1" in text

    def test_a_correction_is_asked_for_and_confirmed(self, filler, chief):
        old = signed(filler, chief)
        office = at_the_desk(chief)

        answer = office.post(f"/do/correct-return/{old.pk}/", {"reason": "漏报", "confirmed": "1"})

        new = Return.objects.get(version=2)
        assert (answer.status_code, answer["Location"]) == (303, f"/returns/{new.pk}/")


class TestFiles:
    @pytest.mark.parametrize(
        ("format_", "start"), [("docx", b"PK"), ("xlsx", b"PK"), ("pdf", b"%PDF"), ("html", b"<!")]
    )
    def test_of_a_draft_are_printed_on_demand(self, filler, format_, start):
        answer = at_the_desk(filler).get(f"{JUNE}as/{format_}/")

        assert answer.content.startswith(start)
        assert answer["Content-Disposition"].startswith("attachment")

    def test_an_attached_page_is_named_on_the_form(self, filler):
        desk = at_the_desk(filler)
        desk.post(JUNE, TYPED)
        (held,) = Return.objects.all()
        with (DATA / "d01-typed.docx").open("rb") as file:
            answer = desk.post(f"/returns/{held.pk}/attach/", {"title": "典型案例", "data": file})
        assert answer.status_code == 303

        text = page(desk, JUNE)

        assert "附页：典型案例（SHA-256 " in text

    def test_a_page_of_another_kind_is_refused(self, filler, tmp_path):
        desk = at_the_desk(filler)
        desk.post(JUNE, TYPED)
        (held,) = Return.objects.all()
        path = tmp_path / "x.exe"
        path.write_bytes(b"MZ" + b"0" * 100)
        with path.open("rb") as file:
            answer = desk.post(f"/returns/{held.pk}/attach/", {"title": "程序", "data": file})

        assert answer.status_code == 422
        assert "只接收 PDF" in answer.content.decode()


class TestTheRollUp:
    def test_lays_sums_beside_the_recount_and_names_what_differs(self, filler, chief):
        signed(an_actor("statistician", division=HANGZHOU), an_actor("chief", division=HANGZHOU))
        a_problem(by=an_actor("inspector", division=XIHU), found=day("2017-05-01"))

        text = page(at_the_desk(chief), JUNE + "below/")

        assert "杭州市 · F" in text or "杭州市</strong>" in text
        assert "下级签发后台账有变化" in text

    def test_lists_thirty_one_provinces_and_the_corps_for_the_nation(self):
        nation = an_actor("chief", division="000000")

        text = page(at_the_desk(nation), "/returns/2017-annex/2017-06/000000/below/")

        assert text.count("逾期未报</span>") == 32 + 1
        assert "新疆生产建设兵团" in text


class TestTheCheckOfAFile:
    def test_lists_what_is_broken(self, filler):
        with (DATA / "d15-wrong-sum-a.docx").open("rb") as file:
            answer = at_the_desk(filler).post("/returns/check/", {"form": "2017-annex", "data": file})

        assert "A=120，B+C+D+E=118，差 2" in answer.content.decode()

    def test_refuses_what_is_no_form(self, filler, tmp_path):
        path = tmp_path / "x.docx"
        path.write_bytes(b"%PDF-1.4")
        with path.open("rb") as file:
            answer = at_the_desk(filler).post("/returns/check/", {"form": "2017-annex", "data": file})

        assert answer.status_code == 422
        assert "不能逐格读取" in answer.content.decode()
