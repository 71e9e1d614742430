"""Reads the product's own source as syntax trees, so that promises about code can be checked without running it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "liftwarden"
FLOORS = ("kernel", "ground", "casework", "oversight", "doors")


@dataclass(frozen=True)
class Module:
    """One file of ours: its dotted name, path relative to the repository, text and tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def floor(self) -> str:
        parts = self.name.split(".")
        return parts[1] if len(parts) > 1 and parts[1] in FLOORS else ""

    @property
    def is_migration(self) -> bool:
        return ".migrations" in self.name


def module(text: str, *, name: str = "liftwarden.casework.made_up", path: str = "made_up.py") -> Module:
    """Make a module from text, for negative controls."""
    return Module(name, path, text, ast.parse(text))


@cache
def modules() -> tuple[Module, ...]:
    """Read every module of the product, migrations left out."""
    found = []
    for file in sorted(PACKAGE.rglob("*.py")):
        relative = file.relative_to(ROOT)
        name = ".".join(relative.with_suffix("").parts).removesuffix(".__init__")
        text = file.read_text(encoding="utf-8")
        one = Module(name, str(relative), text, ast.parse(text))
        if not one.is_migration:
            found.append(one)
    return tuple(found)


def below_doors() -> Iterator[Module]:
    """List the modules of the four lower floors."""
    return (one for one in modules() if one.floor and one.floor != "doors")


def imports(one: Module) -> dict[str, str]:
    """Map each local name that an import makes, wherever it stands in the file, to the dotted name it means."""
    found: dict[str, str] = {}
    for node in ast.walk(one.tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                found[alias.asname or alias.name.split(".")[0]] = (
                    alias.name if alias.asname else alias.name.split(".")[0]
                )
        elif isinstance(node, ast.ImportFrom) and node.module:
            for alias in node.names:
                found[alias.asname or alias.name] = f"{node.module}.{alias.name}"
    return found


def dotted(node: ast.expr, names: dict[str, str]) -> str:
    """Write an attribute chain with its imports resolved (`timezone.now` → `django.utils.timezone.now`)."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        inner = dotted(node.value, names)
        return f"{inner}.{node.attr}" if inner else ""
    return ""
