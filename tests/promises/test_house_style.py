"""What HOUSE-STYLE.md asks of every file, checked on the syntax tree."""

import ast

import pytest

from tests.promises.source import Module, below_doors, dotted, imports, module, modules

MOST_LINES = 400
HOMELESS = {"utils", "helpers", "common", "services", "util", "helper", "misc"}
ROOM_FILES = ("rules", "actions", "queries", "records")

CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.utcnow",
    "datetime.datetime.today",
    "datetime.date.today",
    "django.utils.timezone.now",
    "django.utils.timezone.localdate",
    "django.utils.timezone.localtime",
    "django.db.models.functions.Now",
    "time.time",
    "time.time_ns",
    "time.localtime",
    "time.gmtime",
}
SURROUNDINGS = ("django.conf.settings", "os.environ", "os.getenv", "django.http.HttpRequest", "django.http.request")

# Each exception is (module, what it reads) with its reason; an exception that no file needs any more fails.
ALLOWED = {
    ("liftwarden.ground.parties.models", "django.conf.settings.AUTH_USER_MODEL"): (
        "the name of the sign-in model is Django's own way to point at it; it is fixed when the code is written"
    ),
}


def reads_outside(one: Module) -> set[tuple[str, str]]:
    """Find what a module reads of clock, settings, environment or request."""
    names = imports(one)
    found = set()
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Attribute | ast.Name) and not isinstance(getattr(node, "ctx", None), ast.Store):
            told = dotted(node, names)
            if told in CLOCKS or told.startswith(tuple(f"{s}." for s in SURROUNDINGS)) or told in SURROUNDINGS[1:]:
                found.add((one.name, told))
    return {(where, told) for where, told in found if not any(longer.startswith(told + ".") for _, longer in found)}


def undocumented(one: Module) -> list[str]:
    """List the public functions without a docstring."""
    bare = []
    for node in ast.walk(one.tree):
        if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) or node.name.startswith("_"):
            continue
        if not ast.get_docstring(node) and not _inner(one.tree, node):
            bare.append(f"{one.path}:{node.lineno} {node.name}")
    return bare


def _inner(tree: ast.Module, wanted: ast.AST) -> bool:
    """Whether a function stands inside another function, where nobody can call it."""
    return any(
        wanted is inner
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef)
        for inner in ast.walk(outer)
        if inner is not outer
    )


def opening(one: Module) -> str:
    """Give the first paragraph of a module's docstring on one line."""
    return " ".join((ast.get_docstring(one.tree) or "").split("\n\n")[0].split())


def is_a_room_file(one: Module) -> bool:
    """Whether a module is, or lies in, `rules`, `actions`, `queries` or `records`."""
    return any(part in ROOM_FILES for part in one.name.split("."))


class TestBelowTheDoors:
    def test_nothing_reads_the_clock_the_settings_the_environment_or_a_request(self):
        found = set().union(*(reads_outside(one) for one in below_doors()))

        assert found - set(ALLOWED) == set(), "pass it in from the door (`by.now`, `at`, an argument)"

    def test_every_named_exception_is_still_needed(self):
        found = set().union(*(reads_outside(one) for one in below_doors()))

        assert set(ALLOWED) - found == set()

    @pytest.mark.parametrize(
        "text",
        [
            "from datetime import datetime\nx = datetime.now()",
            "import datetime as d\nx = d.date.today()",
            "from django.utils import timezone\nx = timezone.now()",
            "import time\nx = time.time()",
            "import os\nx = os.environ['A']",
            "from django.conf import settings\nx = settings.DEBUG",
            "from django.http import HttpRequest\ndef f(r: HttpRequest): ...",
            "def f():\n    from datetime import date\n    return date.today()",
        ],
    )
    def test_a_reader_of_the_outside_would_be_found(self, text):
        assert reads_outside(module(text))


class TestEveryModule:
    def test_opens_with_one_sentence(self):
        silent = [one.path for one in modules() if not opening(one).endswith((".", "。")) and one.text.strip()]

        assert silent == []

    def test_has_at_most_400_lines(self):
        long = {one.path: n for one in modules() if (n := one.text.count("\n")) > MOST_LINES}

        assert long == {}

    def test_lives_under_a_name_of_its_own(self):
        homeless = [one.path for one in modules() if HOMELESS & set(one.name.split("."))]

        assert homeless == []


class TestEveryPublicFunctionOfARoom:
    def test_has_a_docstring(self):
        bare = [line for one in modules() if is_a_room_file(one) for line in undocumented(one)]

        assert bare == []

    def test_without_one_would_be_found(self):
        assert undocumented(module("def close(case):\n    return case")) == ["made_up.py:1 close"]
