"""The frame round every page: language, look, security headers, no third party, no script or style inside a page."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.template.loader import get_template
from django.test import Client

from liftwarden.doors.web import telling
from liftwarden.ground.parties.permissions import Permission
from tests.doors.visitor import a_visitor
from tests.factories import a_problem, an_actor

pytestmark = pytest.mark.django_db
WEB = settings.PROJECT / "doors" / "web"
TEMPLATES = sorted((WEB / "templates").rglob("*.html"))
# Shown when nothing else works, these two say both languages themselves.
TRANSLATED = [path for path in TEMPLATES if path.name not in ("500.html", "403_csrf.html")]
CHINESE = re.compile(r"[\u4e00-\u9fff]")
ADDRESSES = ("/", "/lifts/", "/worklist/", "/instructions/", "/look-back/", "/reminders/", "/bodies/", "/do/add-lift/")
# Names stay as they are in every language: of the language itself, of divisions, bodies and people.
NAMES = r'lang="zh-Hans">中文|<datalist.*?</datalist>|浙江省杭州市西湖区|单位\d+|梯安|<option[^>]*>人员\d+'
EXAMPLES = {"梯11宁A00001(17)"}


def names(paths):
    return [str(path.relative_to(WEB)) for path in paths]


class TestTemplates:
    @pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
    def test_compile(self, path):
        get_template(str(path.relative_to(WEB / "templates")))

    @pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
    def test_hold_no_style_and_no_script_of_their_own(self, path):
        text = path.read_text("utf-8")

        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:", text)
        assert not re.search(r"<script(?![^>]*\ssrc=)", text)

    @pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
    def test_ask_nothing_of_a_third_party(self, path):
        assert not re.search(r"(?:src|href|action)=[\"'](?:https?:)?//", path.read_text("utf-8"))

    @pytest.mark.parametrize("path", TRANSLATED, ids=names(TRANSLATED))
    def test_mark_every_sentence_for_translation(self, path):
        text = re.sub(r"\{%\s*blocktranslate.*?endblocktranslate\s*%\}", "", path.read_text("utf-8"), flags=re.S)
        bare = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|lang=\"zh-Hans\">中文", "", text, flags=re.S)

        assert not CHINESE.search(bare)

    @pytest.mark.parametrize("path", TEMPLATES, ids=names(TEMPLATES))
    def test_give_every_table_a_caption(self, path):
        text = path.read_text("utf-8")

        assert text.count("<table") == text.count("<caption")


class TestTheStylesheet:
    CSS = (WEB / "static" / "web" / "liftwarden.css").read_text("utf-8")

    def test_names_every_colour_once_and_uses_names_below(self):
        rules = self.CSS[self.CSS.index("/* 2 ") : self.CSS.index("/* 9 ")]

        assert not re.findall(r"#[0-9a-f]{3,8}\b", rules)

    def test_uses_no_name_it_does_not_define(self):
        used, defined = set(re.findall(r"var\((--[\w-]+)", self.CSS)), set(re.findall(r"(--[\w-]+)\s*:", self.CSS))

        assert used <= defined

    def test_keeps_space_on_the_grid_of_four(self):
        spaced = re.findall(r"(?:padding|margin|gap)[\w-]*:\s*([^;]+);", self.CSS)
        pixels = [int(n) for value in spaced for n in re.findall(r"(?<![\w.-])(\d+)px", value)]

        assert [n for n in pixels if n % 4 and n > 3] == []


class TestLooks:
    def test_night_is_kept_in_a_cookie_and_leads_back_to_the_page(self):
        client = Client()

        answer = client.post("/look/", {"light": "night", "next": "/accounts/login/"})

        assert answer.url == "/accounts/login/"
        assert 'data-light="night"' in client.get("/accounts/login/").content.decode()

    def test_elder_size_is_kept_in_a_cookie(self):
        client = Client()
        client.post("/look/", {"size": "elder"})

        assert 'data-size="elder"' in client.get("/accounts/login/").content.decode()

    def test_never_lead_elsewhere(self):
        answer = Client().post("/look/", {"light": "night", "next": "https://example.org/"})

        assert answer.url == "/"

    def test_a_cookie_made_up_by_the_reader_is_not_believed(self):
        client = Client()
        client.cookies["light"] = '"><script>'

        assert 'data-light="day"' in client.get("/accounts/login/").content.decode()

    def test_are_not_changed_by_looking(self):
        assert Client().get("/look/").status_code == 405


class TestSecurity:
    def test_the_policy_allows_only_ourselves(self):
        answer = Client().get("/accounts/login/")

        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy

    def test_what_people_typed_stays_text(self):
        problem = a_problem(by=an_actor("chief"), description="<script>alert(1)</script>")

        said = a_visitor("inspector").text(f"/problems/{problem.pk}/")

        assert "<script>alert" not in said
        assert "&lt;script&gt;alert" in said


class TestEnglish:
    @pytest.mark.parametrize("address", ADDRESSES)
    def test_pages_say_nothing_in_chinese_but_names(self, address):
        visitor = a_visitor("chief")
        visitor.client.cookies["django_language"] = "en"

        said = visitor.text(address)

        bare = re.sub(NAMES, "", said, flags=re.S)
        told = {line.strip() for line in re.sub(r"<[^>]+>", "\n", bare).splitlines() if CHINESE.search(line)}
        assert told - EXAMPLES == set()

    def test_a_refusal_is_put_into_english_with_its_places(self):
        problem = a_problem(by=an_actor("chief"))
        visitor = a_visitor("chief")
        visitor.client.cookies["django_language"] = "en"

        said = visitor.get(f"/do/close-problem/{problem.pk}/").content.decode()

        assert "The present state is “Found”; “Close out” is not possible from here." in said

    def test_every_sentence_has_its_english(self):
        tool = Path(settings.PROJECT).parent / "tools" / "messages.py"

        told = subprocess.run([sys.executable, str(tool), "--check"], capture_output=True, text=True, check=False)

        assert (told.returncode, told.stdout) == (0, "")


class TestTelling:
    def test_every_event_about_a_lift_has_its_sentence(self):
        spoken = {event for event in events() if event.split(".")[0] in ROOMS}

        assert spoken - telling.SENTENCES.keys() - telling.UNTOLD - OF_NO_LIFT == set()


ROOMS = ("lift", "hazard", "shut-down", "listing", "evidence", "look-back", "reminder")
OF_NO_LIFT = {"hazard.baseline-frozen", "look-back.planned", "lift.import-abandoned"}


def events():
    """Find every event that the rooms record by a name written out; what a post may do is named alike."""
    permissions = set(Permission.values())
    for room in ("registry", "hazards"):
        for path in (settings.PROJECT / "casework" / room).rglob("*.py"):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                said = node.value if isinstance(node, ast.Constant) else None
                if isinstance(said, str) and re.fullmatch(r"[a-z-]+\.[a-z-]*[a-z]", said) and said not in permissions:
                    yield said
