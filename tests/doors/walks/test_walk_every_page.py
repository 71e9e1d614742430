"""Every page, in every look: accessible, quiet, no wider than the window, workable by keyboard alone."""

from io import BytesIO

import pytest
from axe_playwright_python.sync_playwright import Axe
from pypdf import PdfReader

from liftwarden.casework.hazards.models import Instruction
from tests.doors.walks.conftest import DESK, PHONE

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]


def pages(district):
    """List who looks at which page."""
    problem, shut = district.problems[2], district.problems[4]
    instruction = Instruction.objects.order_by("issued_at").first()
    return {
        "inspector": [
            "/",
            "/worklist/",
            "/worklist/?category=paperwork",
            "/worklist/round-sheet/",
            "/lifts/",
            "/lifts/?q=翠苑",
            "/lifts/?q=nothing",
            f"/lifts/{problem.lift_id}/",
            f"/lifts/{shut.lift_id}/timeline/",
            f"/problems/{problem.pk}/",
            f"/problems/{problem.pk}/evidence/",
            f"/do/open-problem/{problem.lift_id}/",
            "/do/instruct/",
            "/instructions/",
            f"/instructions/{instruction.pk}/",
            f"/instructions/{instruction.pk}/sheet/",
            "/look-back/",
            "/reminders/",
            "/accounts/2fa/",
            "/accounts/logout/",
        ],
        "chief": ["/", f"/files/{shut.file_id}/", f"/do/shut-down/{problem.file_id}/", "/do/plan-sample/"],
        "registrar": ["/", "/do/add-lift/", "/bodies/", f"/do/set-party/{problem.lift_id}/"],
        "manager": ["/", f"/problems/{district.problems[0].pk}/", "/lifts/", "/worklist/"],
        "firm": ["/", "/worklist/"],
        "": ["/accounts/login/", "/accounts/signup/"],
    }


@pytest.mark.parametrize(
    ("view", "light", "size"),
    [(DESK, "day", "common"), (PHONE, "day", "common"), (DESK, "night", "common"), (PHONE, "day", "elder")],
    ids=["desk", "phone", "night", "elder phone"],
)
class TestEveryPage:
    def test_is_accessible_and_no_wider_than_its_window(self, walk, district, view, light, size):
        axe, found = Axe(), []

        for login, paths in pages(district).items():
            walker = walk(login, view=view)
            walker.page.context.add_cookies(
                [
                    {"name": name, "value": value, "url": walker.address}
                    for name, value in (("light", light), ("size", size))
                ]
            )
            for path in paths:
                walker.open(path)
                found += [(login, path, told) for told in serious(axe.run(walker.page).response)]
                width = walker.page.evaluate("document.documentElement.scrollWidth")
                if width > view["width"]:
                    found.append((login, path, f"{width} px wide"))

        assert found == []


def serious(told):
    """Keep what axe calls serious or critical, in few words."""
    grave = [one for one in told["violations"] if one["impact"] in ("serious", "critical")]
    return [f"{one['id']}: {one['nodes'][0]['html'][:120]}" for one in grave]


class TestTargetsOnAPhone:
    def test_are_forty_eight_pixels_high(self, walk, district):
        walker = walk("manager", view=PHONE)

        small = []
        for path in ("/", f"/problems/{district.problems[0].pk}/", "/worklist/"):
            walker.open(path)
            small += walker.page.evaluate(
                "[...document.querySelectorAll('.button, .ways a, .self summary, select.entry, input.entry')]"
                ".filter(one => one.offsetParent && one.getBoundingClientRect().height < 47.5)"
                ".map(one => one.outerHTML.slice(0, 80))"
            )

        assert small == []


HERE = (
    "(e => e === document.body ? '' : (e.innerText || e.name || e.tagName).trim().slice(0, 12))(document.activeElement)"
)


class TestTheKeyboardAlone:
    def test_signs_in_and_files_a_problem(self, walk, district):
        walker = walk()
        walker.open("/accounts/login/")
        keys = walker.page.keyboard
        keys.type("inspector")
        keys.press("Tab")
        keys.type("ladder-tower-42")
        keys.press("Enter")
        walker.page.wait_for_selector("h1")

        walker.open(f"/do/open-problem/{district.lifts[11].pk}/")
        for name in ("category", "cause"):
            tab_to(walker, name)
            keys.press("ArrowDown")
        tab_to(walker, "description")
        keys.type("层门门扇变形")
        tab_to(walker, "grade")
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        keys.press("ArrowDown")
        while not walker.page.evaluate("document.activeElement.matches('main form button.forward')"):
            keys.press("Tab")
        keys.press("Enter")

        walker.page.wait_for_url("**/problems/*/")
        assert "层门门扇变形" in walker.said

    def test_reaches_everything_that_can_be_acted_on_in_order(self, walk, district):
        walker = walk("inspector")
        walker.open(f"/problems/{district.problems[2].pk}/")

        order = []
        for _ in range(60):
            walker.page.keyboard.press("Tab")
            here = walker.page.evaluate(HERE)
            if not here:
                break
            order.append(here)

        assert order[0] == "跳到正文"
        for word in ("首页", "上传证据", "准予延期", "下达监察指令书"):
            assert word in order


def tab_to(walker, name):
    """Press Tab until a field has the focus."""
    for _ in range(60):
        if walker.page.evaluate("document.activeElement.id") == name:
            return True
        walker.page.keyboard.press("Tab")
    raise AssertionError(f"{name} is not reached by Tab")


class TestPrintedSheets:
    def test_are_numbered_a4_pages(self, walk, district):
        walker = walk("inspector")
        instruction = Instruction.objects.order_by("issued_at").first()
        walker.open(f"/instructions/{instruction.pk}/sheet/")

        page = PdfReader(BytesIO(walker.page.pdf(prefer_css_page_size=True))).pages[0]

        assert [round(float(side) / 72 * 25.4) for side in (page.mediabox.width, page.mediabox.height)] == [210, 297]
        assert "1 / 1" in page.extract_text()
