"""One problem from the work list to close-out, by the people who do it, in a browser."""

import re
from datetime import datetime, timedelta

import pytest

from liftwarden.casework.hazards.models import Problem
from liftwarden.kernel.periods import SHANGHAI
from tests.doors.walks.seed import a_photo

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True), pytest.mark.clause("N2017-1.2")]


def upload(walker, problem, kind):
    walker.open(f"/problems/{problem.pk}/evidence/")
    walker.page.set_input_files("#data", {"name": "现场.jpg", "mimeType": "image/jpeg", "buffer": a_photo()})
    walker.page.select_option("#kind", kind)
    walker.page.click("main form button.forward")
    assert "已上传证据。" in walker.said


@pytest.mark.parametrize("script", [True, False], ids=["with scripts", "without scripts"])
class TestAProblem:
    def test_is_ordered_acknowledged_reported_rechecked_and_closed(self, walk, district, script):
        problem = district.problems[6]

        inspector = walk("inspector", script=script)
        inspector.open("/worklist/?category=maintenance")
        inspector.page.check(f"input[name=problems][value='{problem.pk}']")
        inspector.page.click("text=对所选隐患下达一份监察指令书")
        inspector.page.fill("#number", "杭西监〔2026〕0099")
        inspector.page.select_option("#second_officer", index=1)
        inspector.page.fill("#deadline_on", (datetime.now(SHANGHAI) + timedelta(days=5)).date().isoformat())
        inspector.page.fill("#demands", "恢复每半月一次维护保养。")
        inspector.page.click("main form button.forward")
        assert "监察指令书 杭西监〔2026〕0099" in inspector.said
        upload(inspector, problem, "before")

        manager = walk("manager", view={"width": 360, "height": 640}, script=script)
        manager.page.locator("section.card li", has_text="杭西监〔2026〕0099").get_by_text("签收").click()
        manager.page.click("main form button.forward")
        assert "已签收" in manager.said
        manager.page.click(f"a[href='/problems/{problem.pk}/']")
        manager.page.click("aside >> text='提交整改报告'")
        manager.page.fill("#text", "已与维保单位续签合同，补做两次维护。")
        manager.page.click("main form button.forward")
        assert "已报整改报告" in manager.said
        upload(manager, problem, "after")

        inspector.open(f"/problems/{problem.pk}/")
        inspector.page.click("aside >> text='复查合格'")
        inspector.page.fill("#note", "查看维保记录，合格。")
        inspector.page.click("main form button.forward")
        assert "复查合格待销号" in inspector.said

        chief = walk("chief", script=script)
        chief.open(f"/problems/{problem.pk}/")
        chief.page.click("aside >> text='销号'")
        chief.page.click("main form button.forward")
        assert "已办理：销号。" in chief.said
        assert re.search("整改销号", chief.said)
        assert Problem.objects.get(pk=problem.pk).state == "closed"


class TestTheSamePerson:
    def test_who_rechecked_is_refused_the_close_out_at_the_form(self, walk, district):
        problem = district.problems[3]
        inspector = walk("inspector")
        inspector.open(f"/do/close-problem/{problem.pk}/")

        inspector.page.click("main form button.forward")

        assert "销号须由复查人以外的第二人办理。" in inspector.said
        assert inspector.page.title().startswith("错误：")
        assert inspector.page.evaluate("document.activeElement.classList.contains('summary')")
        inspector.complaints.clear()


class TestAForeignPage:
    def test_is_missing(self, walk, district):
        mall = walk("mall")

        mall.open(f"/problems/{district.problems[0].pk}/")

        assert "没有找到" in mall.said
        mall.complaints.clear()
