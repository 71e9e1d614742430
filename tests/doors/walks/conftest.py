"""A served district and a real browser; what the browser complains of, and whom it asks, is kept."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from playwright.sync_api import Browser, Page, sync_playwright

from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import guards
from tests import factories
from tests.doors.walks import seed
from tests.doors.walks.seed import PASSWORD, Seeded

# Playwright's loop runs in this thread; the walks still ask the database themselves, one thing at a time.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "1")

CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
DESK, PHONE = {"width": 1280, "height": 720}, {"width": 360, "height": 640}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start Debian's Chromium once."""
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def district(live_server: Any) -> Seeded:
    """Fill the served database; the flush before it took divisions and guards along."""
    if not divisions.tree().knows(factories.XIHU):
        guards.install(connection)
        factories.load_divisions()
    return seed.fill(datetime.now(UTC))


@dataclass
class Walker:
    """One browser window and all that went wrong in it."""

    page: Page
    address: str
    complaints: list[str] = field(default_factory=list)
    asked_elsewhere: list[str] = field(default_factory=list)

    def open(self, path: str) -> None:
        """Go to a page of the product."""
        self.page.goto(self.address + path)

    def sign_in(self, login: str) -> None:
        """Sign in through the form."""
        self.open("/accounts/login/")
        self.page.fill("#id_login", login)
        self.page.fill("#id_password", PASSWORD)
        self.page.click("main button")

    @property
    def said(self) -> str:
        """The words on the page."""
        return self.page.inner_text("main")


@pytest.fixture
def walk(browser: Browser, live_server: Any, district: Seeded) -> Iterator[Callable[..., Walker]]:
    """Open windows, one for each person; at the end nothing may have gone wrong in any."""
    opened: list[Walker] = []

    def of(login: str = "", *, view: dict[str, int] = DESK, script: bool = True) -> Walker:
        context = browser.new_context(viewport=view, locale="zh-CN", java_script_enabled=script)
        walker = Walker(context.new_page(), live_server.url)
        walker.page.on("console", lambda told: walker.complaints.append(told.text) if told.type == "error" else None)
        walker.page.on("pageerror", lambda error: walker.complaints.append(str(error)))
        walker.page.on("request", lambda request: _note(walker, request.url))
        opened.append(walker)
        if login:
            walker.sign_in(login)
        return walker

    yield of
    for walker in opened:
        walker.page.context.close()
    assert [walker.complaints for walker in opened if walker.complaints] == []
    assert [walker.asked_elsewhere for walker in opened if walker.asked_elsewhere] == []


def _note(walker: Walker, url: str) -> None:
    if not url.startswith((walker.address, "data:", "blob:")):
        walker.asked_elsewhere.append(url)
