"""Keeps the English of every sentence: collects, merges with what is translated, compiles; needs no gettext.

    python tools/messages.py            collect and compile; prints what lacks English
    python tools/messages.py --check    change nothing; fail where a sentence lacks English or the compiled file is old

Sentences are marked with gettext in templates and Python; beside these, the words that live in data and classes are
collected where they live: refusals and their reasons, labels of choices, deeds and their fields, vocabularies, roles.
"""

import argparse
import ast
import os
import pkgutil
import re
import struct
import sys
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PACKAGE = PROJECT / "liftwarden"
PO = PACKAGE / "locale" / "en" / "LC_MESSAGES" / "django.po"
CALL = re.compile(r"gettext\(u?(\"(?:\\.|[^\"\\])*\"|'(?:\\.|[^'\\])*'|\"\"\"(?:.|\n)*?\"\"\")\)")
CHINESE = re.compile(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
HEADER = (
    "Project-Id-Version: liftwarden\nLanguage: en\nMIME-Version: 1.0\n"
    "Content-Type: text/plain; charset=UTF-8\nContent-Transfer-Encoding: 8bit\n"
)
Found = dict[str, str]


def main() -> int:
    """Collect, merge, compile; or check."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    found, held = collected(), translations()
    merged = {sentence: held.get(sentence, "") for sentence in found}
    lacking = [sentence for sentence, english in merged.items() if not english]
    text, compiled = written(merged, found), binary(merged)
    for sentence in lacking:
        sys.stdout.write(f"no English: {sentence}\n")
    broken = [sentence for sentence, english in merged.items() if english and places(sentence) != places(english)]
    for sentence in broken:
        sys.stdout.write(f"other places in English: {sentence}\n")
    if check:
        stale = PO.read_text("utf-8") != text or PO.with_suffix(".mo").read_bytes() != compiled
        if stale:
            sys.stdout.write("the catalogue is old: run python tools/messages.py\n")
        return 1 if lacking or broken or stale else 0
    PO.parent.mkdir(parents=True, exist_ok=True)
    PO.write_text(text, "utf-8")
    PO.with_suffix(".mo").write_bytes(compiled)
    sys.stdout.write(f"{len(merged)} sentences, {len(lacking)} without English\n")
    return 1 if broken else 0


def places(sentence: str) -> set[str]:
    """List the named places of a sentence, `{at}` or `%(at)s`."""
    return {"".join(pair) for pair in re.findall(r"\{(\w+)\}|%\((\w+)\)s", sentence)}


# ---- collect -------------------------------------------------------------------------------------------------------


def collected() -> Found:
    """Find every sentence, with where it came from, in a steady order."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liftwarden.settings")
    sys.path.insert(0, str(PROJECT))
    import django

    django.setup()
    _import_everything()
    found: Found = {}
    for source in (_templates, _calls, _refusals, _reasons, _choices, _deeds, _data, _pages):
        for sentence, where in source():
            if CHINESE.search(sentence):
                found.setdefault(sentence, where)
    return dict(sorted(found.items(), key=lambda told: (told[1], told[0])))


def _import_everything() -> None:
    import liftwarden

    for module in pkgutil.walk_packages(liftwarden.__path__, "liftwarden."):
        if not re.search(r"\.(migrations|__main__|wsgi|asgi)\b", module.name):
            import_module(module.name)


def _templates() -> Iterator[tuple[str, str]]:
    from django.utils.translation.template import templatize

    for path in sorted(PACKAGE.rglob("*.html")):
        drawn = templatize(path.read_text("utf-8"), origin=str(path))
        for quoted in CALL.findall(drawn):
            yield ast.literal_eval(quoted), f"templates/{path.parent.name}"


def _trees() -> Iterator[tuple[Path, ast.AST]]:
    for path in sorted(PACKAGE.rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text("utf-8"))


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def _constants(node: ast.Call) -> Iterator[str]:
    for value in [*node.args, *(keyword.value for keyword in node.keywords)]:
        if isinstance(value, ast.Constant) and isinstance(value.value, str):
            yield value.value


def _calls() -> Iterator[tuple[str, str]]:
    for path, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in ("gettext", "gettext_lazy", "_"):
                yield from ((text, f"python {path.stem}") for text in _constants(node))


def _subclasses(kind: type) -> Iterator[type]:
    for one in kind.__subclasses__():
        yield one
        yield from _subclasses(one)


def _refusals() -> Iterator[tuple[str, str]]:
    from liftwarden.kernel.refusals import Refusal

    yield Refusal.sentence, "refusals"
    for kind in _subclasses(Refusal):
        yield str(kind.sentence), "refusals"  # type: ignore[attr-defined]


def _reasons() -> Iterator[tuple[str, str]]:
    """Find the words that a refusal is given when it is raised: the field, the reason, what was not found."""
    from liftwarden.kernel.refusals import Refusal

    names = {kind.__name__ for kind in _subclasses(Refusal)} | {"FieldError"}
    for _, tree in _trees():
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and _called(node) in names:
                yield from ((text, "reasons") for text in _constants(node))


def _choices() -> Iterator[tuple[str, str]]:
    from liftwarden.kernel.choices import Choice

    for kind in _subclasses(Choice):
        for member in kind:  # type: ignore[attr-defined]
            yield member.label, "choices"


def _deeds() -> Iterator[tuple[str, str]]:
    from liftwarden.doors.threshold.deed import MESSAGES
    from liftwarden.doors.threshold.deeds import deeds

    yield from ((text, "deeds") for text in MESSAGES.values())
    for deed in deeds().values():
        yield deed.label, "deeds"
        yield deed.help, "deeds"
        for field in deed.fields.model_fields.values():
            yield field.title or "", "deeds"
            yield field.description or "", "deeds"


def _data() -> Iterator[tuple[str, str]]:
    from liftwarden.casework.hazards.rules import programmes
    from liftwarden.casework.hazards.vocabulary import vocabulary
    from liftwarden.casework.registry import catalogue
    from liftwarden.ground.parties.permissions import roles

    words = vocabulary()
    told = [*words["categories"].values(), *words["causes"].values()]
    for blocker in words["blockers"].values():
        told += [blocker["label"], blocker["department"]]
    for scheme in words["schemes"].values():
        items = scheme.get("items", {})
        told += [scheme["label"], *scheme["grades"].values(), *(items.values() if isinstance(items, dict) else items)]
    for programme in programmes().values():
        told += [programme.label, *(rule.label for rule in programme.classes)]
    told += [*catalogue.varieties().values(), *catalogue.catalogues().values()]
    told += [place.label for place in catalogue.places().values()]
    told += [role.label for role in roles().values()]
    yield from ((text, "vocabulary") for text in told)


def _pages() -> Iterator[tuple[str, str]]:
    """Find the words that pages keep in tables of their own."""
    from liftwarden.casework.hazards.queries.worklist import TILES, WORDS
    from liftwarden.doors.web import context, deeds, telling
    from liftwarden.doors.web.templatetags import words

    told = [*telling.SENTENCES.values(), *telling.CHANNELS.values(), *(label for label, _ in telling.COLUMNS.values())]
    told += [*(way[0] for way in context.NAVIGATION), *deeds.CONSEQUENCES.values(), "项", "再次上门", "复查时限"]
    told += [*(label for label, _ in TILES.values()), *WORDS.values(), *(k for _, k in words.NUMBERS)]
    yield from ((text, "pages") for text in told)


# ---- keep ----------------------------------------------------------------------------------------------------------


def translations() -> dict[str, str]:
    """Read what is translated."""
    if not PO.exists():
        return {}
    held: dict[str, str] = {}
    pattern = re.compile(r'msgid ((?:"(?:\\.|[^"\\])*"\s*)+)msgstr ((?:"(?:\\.|[^"\\])*"\s*)+)')
    for sentence, english in pattern.findall(PO.read_text("utf-8")):
        held[_unquoted(sentence)] = _unquoted(english)
    held.pop("", None)
    return held


def _unquoted(text: str) -> str:
    return "".join(ast.literal_eval(part) for part in re.findall(r'"(?:\\.|[^"\\])*"', text))


def _quoted(text: str) -> str:
    told = text.replace("\\", "\\\\").replace('"', '\\"').replace("\t", "\\t")
    return '"' + told.replace("\n", '\\n"\n"') + '"'


def written(merged: dict[str, str], found: Found) -> str:
    """Write the catalogue as a .po file."""
    parts = [f'msgid ""\nmsgstr {_quoted(HEADER)}\n']
    for sentence, english in merged.items():
        kind = "#, python-format\n" if "%(" in sentence else ""
        parts.append(f"#: {found[sentence]}\n{kind}msgid {_quoted(sentence)}\nmsgstr {_quoted(english)}\n")
    return "\n".join(parts)


def binary(merged: dict[str, str]) -> bytes:
    """Compile the catalogue as a .mo file (the format of GNU gettext, without a hash table)."""
    pairs = sorted((s.encode(), e.encode()) for s, e in {"": HEADER, **merged}.items() if e)
    start = 28 + 16 * len(pairs)
    ids, texts, id_table, text_table = b"", b"", [], []
    for sentence, _ in pairs:
        id_table.append((len(sentence), start + len(ids)))
        ids += sentence + b"\0"
    for _, english in pairs:
        text_table.append((len(english), start + len(ids) + len(texts)))
        texts += english + b"\0"
    head = struct.pack("<7I", 0x950412DE, 0, len(pairs), 28, 28 + 8 * len(pairs), 0, 0)
    tables = b"".join(struct.pack("<2I", *row) for row in (*id_table, *text_table))
    return head + tables + ids + texts


if __name__ == "__main__":
    sys.exit(main())
