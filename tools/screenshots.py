"""Takes pictures of the running product: a small district is built in a throw-away home, served, and walked through.

python tools/screenshots.py            the README's pictures, into docs/pictures/
python tools/screenshots.py DIR --all  every page in every look and size, into DIR, to be looked at
"""

import argparse
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.error import URLError
from urllib.request import urlopen

PROJECT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM", "/usr/bin/chromium")
ARGUMENTS = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-background-networking"]
DESK, PHONE = {"width": 1280, "height": 720}, {"width": 360, "height": 640}
COMMON = ("day", "common")
README = ("return", "worklist", "problem", "lift", "instruction-sheet", "file")
README_PHONE = ("worklist", "problem")


def main() -> int:
    """Build, serve, walk."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", nargs="?", type=Path, default=PROJECT / "docs" / "pictures")
    parser.add_argument("--all", action="store_true", help="every page in every look and size")
    parser.add_argument("--only", default="", help="pages whose name holds this")
    told = parser.parse_args()
    told.folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="liftwarden-pictures-") as home:
        os.environ |= {"LIFTWARDEN_HOME": home, "LIFTWARDEN_DEMO": "1", "DJANGO_SETTINGS_MODULE": "liftwarden.settings"}
        sys.path.insert(0, str(PROJECT))
        pages = _built(Path(home))
        with _served() as address:
            _walk(address, pages, told)
    return 0


def _built(home: Path) -> list[tuple[str, str, str]]:
    """Build the district; give each page's name, address and who looks at it."""
    (home / "static").mkdir()
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from liftwarden.casework.hazards import queries as hazards
    from liftwarden.kernel.periods import Period
    from tests import factories
    from tests.doors.walks import seed

    factories.load_divisions()
    now = datetime.now(UTC)
    seeded = seed.fill(now)
    instruction = hazards.instructions(seed.actor("chief", now)).order_by("issued_at").first()
    assert instruction is not None
    one, two = seeded.problems[2], seeded.problems[4]
    return [
        ("sign-in", "/accounts/login/", ""),
        ("home", "/", "inspector"),
        ("worklist", "/worklist/", "inspector"),
        ("worklist-empty", "/worklist/?category=paperwork", "inspector"),
        ("lifts", "/lifts/?q=翠苑", "inspector"),
        ("lift", f"/lifts/{seeded.lifts[2].pk}/", "inspector"),
        ("timeline", f"/lifts/{seeded.lifts[4].pk}/timeline/", "inspector"),
        ("problem", f"/problems/{one.pk}/", "inspector"),
        ("file", f"/files/{two.file_id}/", "chief"),
        ("instructions", "/instructions/", "inspector"),
        ("instruction", f"/instructions/{instruction.pk}/", "inspector"),
        ("instruction-sheet", f"/instructions/{instruction.pk}/sheet/", "inspector"),
        ("round-sheet", "/worklist/round-sheet/", "inspector"),
        ("form-open-problem", f"/do/open-problem/{seeded.lifts[0].pk}/", "inspector"),
        (
            "form-instruct",
            f"/do/instruct/?problems={seeded.problems[7].pk}&problems={seeded.problems[8].pk}",
            "inspector",
        ),
        ("form-add-lift", "/do/add-lift/", "registrar"),
        ("form-shut-down", f"/do/shut-down/{one.file_id}/", "chief"),
        ("returns", "/returns/", "statistician"),
        ("return", f"/returns/2017-annex/{Period.of(now.date()).previous_quarter}/330106/", "statistician"),
        ("look-back", "/look-back/", "chief"),
        ("reminders", "/reminders/", "chief"),
        ("evidence", f"/problems/{one.pk}/evidence/", "inspector"),
        ("unit-home", "/", "manager"),
        ("unit-problem", f"/problems/{seeded.problems[0].pk}/", "manager"),
        ("unit-instruction", f"/instructions/{instruction.pk}/", "manager"),
        ("unit-report", f"/do/report-rectification/{seeded.problems[0].pk}/", "manager"),
        ("firm-home", "/", "firm"),
        ("bodies", "/bodies/", "registrar"),
        ("registrar-home", "/", "registrar"),
        ("refused", f"/do/close-problem/{one.pk}/", "chief"),
        ("missing", "/nowhere/", "chief"),
    ]


@contextmanager
def _served() -> Iterator[str]:
    """Serve the home on a free port of this machine until the walk is over."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "manage.py", "runserver", "--noreload", f"127.0.0.1:{port}"]
    server = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(100):
            try:
                urlopen(f"{address}/accounts/login/", timeout=5).close()
                break
            except URLError:
                time.sleep(0.2)
        yield address
    finally:
        server.terminate()
        server.wait(10)


def _walk(address: str, pages: list[tuple[str, str, str]], told: argparse.Namespace) -> None:
    from playwright.sync_api import sync_playwright

    looks = [("day", "common", DESK), ("day", "common", PHONE)]
    if told.all:
        looks += [
            ("night", "common", DESK),
            ("day", "elder", DESK),
            ("night", "common", PHONE),
            ("day", "elder", PHONE),
        ]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        for light, size, view in looks:
            _shoot(browser, address, pages, told, (light, size, view))
        browser.close()


def _shoot(browser: Any, address: str, pages: list[tuple[str, str, str]], told: argparse.Namespace, look: Any) -> None:
    light, size, view = look
    wanted = README_PHONE if view is PHONE else README
    open_page = _opened(browser, address, light, size, view)
    for name, path, login in pages:
        if (told.only and told.only not in name) or (not told.all and name not in wanted):
            continue
        page = open_page(login)
        page.goto(address + path)
        wide = page.evaluate("document.documentElement.scrollWidth")
        if wide > view["width"]:
            sys.stdout.write(f"{name} {view['width']} {size}: scrolls sideways, {wide} px\n")
        words = (name, "phone" if view is PHONE else "", *(word for word in (light, size) if word not in COMMON))
        page.screenshot(path=told.folder / ("-".join(word for word in words if word) + ".png"), full_page=True)


def _opened(browser: Any, address: str, light: str, size: str, view: dict[str, int]) -> Callable[[str], Any]:
    """Keep one signed-in page for each login."""
    held: dict[str, Any] = {}

    def of(login: str) -> Any:
        if login not in held:
            context = browser.new_context(viewport=view, locale="zh-CN")
            context.add_cookies(
                [
                    {"name": "light", "value": light, "url": address},
                    {"name": "size", "value": size, "url": address},
                ]
            )
            held[login] = context.new_page()
            if login:
                _sign_in(held[login], address, login)
        return held[login]

    return of


def _sign_in(page: Any, address: str, login: str) -> None:
    from tests.doors.walks.seed import PASSWORD

    page.goto(f"{address}/accounts/login/")
    page.fill("#id_login", login)
    page.fill("#id_password", PASSWORD)
    page.click("main button")


if __name__ == "__main__":
    sys.exit(main())
