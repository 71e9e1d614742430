"""What holds for every refusal: a code of its own, a sentence whose places are filled, a status, an English wording."""

import ast
import importlib
import pkgutil
import re
import string
from collections import Counter
from functools import cache

import pytest

import liftwarden
from liftwarden.kernel.refusals import Refusal
from tests.promises.source import PACKAGE, Module, imports, module, modules

STATUSES = {403, 404, 409, 422}
ENTRIES = ("__main__", ".wsgi", ".migrations")  # importing these would start something
# A refusal with no sentence of its own, or another status, with the reason.
PASSES_ON = {"ParserRefused": "it carries the sentence of the refusal raised inside the capped child process"}
OTHER_STATUS = {
    "PdfUnavailable": (503, "the machine lacks a library: no one's fault at the keyboard, and it passes"),
    "NoRoom": (507, "the disk is full: what was sent is right, the node cannot keep it"),
    "FileDamaged": (410, "a stored file is gone or damaged: it was here, and only a backup brings it back"),
}
CATALOGUE = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"


@cache
def refusals() -> dict[str, type[Refusal]]:
    """Find every refusal of the product by its dotted name, once every module has been imported."""
    for found in pkgutil.walk_packages(liftwarden.__path__, "liftwarden."):
        if not any(entry in found.name for entry in ENTRIES):
            importlib.import_module(found.name)
    gathered: dict[str, type[Refusal]] = {}
    waiting = [Refusal]
    while waiting:
        for kind in waiting.pop().__subclasses__():
            waiting.append(kind)
            if kind.__module__.startswith("liftwarden."):
                gathered[f"{kind.__module__}.{kind.__qualname__}"] = kind
    return gathered


def places(sentence: str) -> set[str]:
    """Name the places of a sentence."""
    return {
        name.split(".")[0].split("[")[0] for _, name, _, _ in string.Formatter().parse(sentence) if name is not None
    }


def unfilled(one: Module, known: dict[str, type[Refusal]]) -> list[str]:
    """List the calls that make a refusal without filling each place of its sentence."""
    names = imports(one)
    called = {id(node.func) for node in ast.walk(one.tree) if isinstance(node, ast.Call)}
    found = []
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Call) and (kind := _meant(node.func, one, names, known)):
            told = {keyword.arg for keyword in node.keywords}
            if "__init__" in vars(kind) or node.args or None in told:
                continue  # its own constructor fills it, or another sentence stands in; `**facts` cannot be read here
            if missing := places(kind.sentence) - told:
                found.append(f"{one.path}:{node.lineno} {kind.__name__} lacks {', '.join(sorted(missing))}")
        elif isinstance(node, ast.Raise) and node.exc is not None and id(node.exc) not in called:
            kind = _meant(node.exc, one, names, known)
            if kind and places(kind.sentence):
                found.append(f"{one.path}:{node.lineno} {kind.__name__} is raised bare")
    return found


def _meant(node: ast.expr, one: Module, names: dict[str, str], known: dict[str, type[Refusal]]) -> type[Refusal] | None:
    if isinstance(node, ast.Name):
        return known.get(names.get(node.id, f"{one.name}.{node.id}"))
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return known.get(f"{names.get(node.value.id, node.value.id)}.{node.attr}")
    return None


def english() -> dict[str, str]:
    """Read the English catalogue: sentence → translation; fuzzy and empty ones are none."""
    found: dict[str, str] = {}
    for block in CATALOGUE.read_text(encoding="utf-8").split("\n\n"):
        if re.search(r"^#,.*fuzzy", block, re.M) or block.startswith("#~"):
            continue
        told = {}
        for word in ("msgid", "msgstr"):
            if match := re.search(rf'^{word} ((?:".*"\s*)+)', block, re.M):
                told[word] = "".join(ast.literal_eval(line) for line in match.group(1).strip().splitlines())
        if told.get("msgid") and told.get("msgstr"):
            found[told["msgid"]] = told["msgstr"]
    return found


class TestEveryRefusal:
    def test_is_found(self):
        assert len(refusals()) > 20

    def test_has_a_code_of_its_own(self):
        bare = [name for name, kind in refusals().items() if "code" not in vars(kind)]
        codes = Counter(kind.code for kind in refusals().values())

        assert bare == []
        assert [code for code, times in codes.items() if times > 1] == []

    def test_has_a_code_that_can_stand_in_an_address(self):
        odd = [kind.code for kind in refusals().values() if not re.fullmatch(r"[a-z][a-z0-9_]{2,40}", kind.code)]

        assert odd == []

    def test_has_a_sentence_of_its_own_that_ends(self):
        odd = {
            k.__name__ for k in refusals().values() if "sentence" not in vars(k) or not k.sentence.endswith(("。", "}"))
        }

        assert odd == set(PASSES_ON)

    def test_has_a_status_that_says_who_what_or_when(self):
        odd = {kind.__name__: kind.status for kind in refusals().values() if kind.status not in STATUSES}

        assert odd.items() <= {name: status for name, (status, _) in OTHER_STATUS.items()}.items()

    def test_is_raised_with_every_place_filled(self):
        known = refusals()

        assert [line for one in modules() for line in unfilled(one, known)] == []

    @pytest.mark.parametrize(
        "text",
        [
            "from liftwarden.kernel.refusals import NotFound\nraise NotFound",
            "from liftwarden.kernel.refusals import NotFound\nraise NotFound()",
            "from liftwarden.kernel.refusals import BadInput\nraise BadInput(field='x')",
            "from liftwarden.kernel import refusals\nraise refusals.BadInput(reason='x')",
        ],
    )
    def test_with_an_empty_place_would_be_found(self, text):
        assert unfilled(module(text), refusals())


class TestEnglish:
    def test_every_refusal_has_its_english(self):
        told = english()
        missing = [name for name, kind in refusals().items() if "sentence" in vars(kind) and kind.sentence not in told]

        assert missing == []

    def test_the_english_has_the_same_places(self):
        told = english()
        odd = [
            name
            for name, kind in refusals().items()
            if kind.sentence in told and places(told[kind.sentence]) != places(kind.sentence)
        ]

        assert odd == []
