"""One return from the ledger to the signed-off file: filled, refused, mended, checked, approved, signed off, downloaded."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from docx import Document

from liftwarden.kernel.periods import Period, day_in_shanghai
from liftwarden.oversight.returns.models import Return
from tests.doors.walks import seed
from tests.factories import XIHU, a_finding

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.clause("N2017-annex-A")]

# The last quarter that has ended: a running period cannot be checked.
PERIOD = Period.of(day_in_shanghai(datetime.now(UTC))).previous_quarter
SHEET = f"/returns/2017-annex/{PERIOD}/{XIHU}/"
PHONE = {"width": 360, "height": 640}


def fill(page, *, hotline="96333"):
    page.fill("#item-J", "1")
    page.fill("#item-K", "12")
    page.check("input[name='item-hotline.in_service'][value='是']")
    page.fill("[id='item-hotline.number']", hotline)
    page.check("input[name='item-disclosure.practised'][value='是']")
    page.check("input[name='item-disclosure.forms'] >> nth=1")
    page.fill("[id='item-disclosure.content']", "维保单位质量等级、检验结论")


class TestAReturn:
    def test_is_filled_refused_mended_checked_approved_signed_off_and_downloaded(self, walk, district):
        clerk = walk("statistician")
        clerk.open(SHEET)
        clerk.page.fill("#item-J", "1")
        clerk.page.click("text=保存并核对…")
        clerk.page.click("main form button.forward")
        assert "K 未填写；没有请填 0，空白不等于 0" in clerk.said
        clerk.complaints.clear()  # the refusal's own status, which the browser reports

        clerk.open(SHEET)
        fill(clerk.page)
        clerk.page.click("text=保存并核对…")
        clerk.page.click("main form button.forward")
        held = Return.objects.get(period=str(PERIOD), division_code=XIHU)
        assert held.state == "checked"

        chief = walk("chief")
        chief.open(f"/returns/{held.pk}/")
        for step in ("批准", "签发"):
            chief.page.click(f"aside >> text='{step}'")
            chief.page.click("main form button.forward")
        held.refresh_from_db()
        assert (held.state, held.digest in chief.said) == ("signed_off", True)

        clerk.open(f"/returns/{held.pk}/")
        with clerk.page.expect_download() as download:
            clerk.page.click("aside >> text=DOCX")
        words = "".join(c.text for t in Document(BytesIO(download.value.path().read_bytes())).tables for c in t._cells)
        assert ("96333" in words, "（台）" in words) == (True, True)

    def test_shows_the_approver_what_changed_since_the_check(self, walk, district):
        clerk = walk("statistician")
        clerk.open(SHEET)
        fill(clerk.page)
        clerk.page.click("text=保存并核对…")
        clerk.page.click("main form button.forward")
        held = Return.objects.get(period=str(PERIOD), division_code=XIHU)
        inspector = seed.actor("inspector", datetime.now(UTC))
        from liftwarden.casework.hazards import actions as hazards

        late = datetime.combine(PERIOD.ends_on, datetime.min.time(), UTC)
        hazards.open_problem(district.lifts[-1].pk, a_finding(late, cause="misuse", grade_scheme=""), by=inspector)

        chief = walk("chief")
        chief.open(f"/returns/{held.pk}/")

        assert "与上次核对或批准时不同" in chief.said

    @pytest.mark.parametrize("view", [{"width": 1280, "height": 720}, PHONE], ids=["desk", "phone"])
    def test_stands_on_pages_that_axe_finds_nothing_serious_on(self, walk, district, view):
        clerk = walk("statistician", view=view)
        paths = ("/returns/", SHEET, f"{SHEET}cells/F/", f"{SHEET}below/", "/returns/check/")

        faults, wide = [], []
        for path in paths:
            clerk.open(path)
            told = Axe().run(clerk.page).response["violations"]
            faults += [
                (path, one["id"], one["nodes"][0]["html"][:90])
                for one in told
                if one["impact"] in ("serious", "critical")
            ]
            if clerk.page.evaluate("document.documentElement.scrollWidth") > view["width"]:
                wide.append(path)

        assert (faults, wide) == ([], [])
