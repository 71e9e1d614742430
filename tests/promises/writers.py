"""Finds, in source, whoever writes a table: ORM calls and raw SQL, each receiver resolved to its model by name."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache

from django.apps import apps
from django.db import models

from tests.promises.source import Module, imports

ROW_WRITES = {"save", "delete", "asave", "adelete"}
SET_WRITES = {
    *("create", "update", "bulk_create", "bulk_update", "get_or_create", "update_or_create", "raw_update"),
    *("acreate", "aupdate", "abulk_create", "abulk_update", "aget_or_create", "aupdate_or_create"),
}
MANAGERS = {"objects", "_default_manager", "_base_manager"}
SQL = re.compile(
    r"\b(INSERT\s+(OR\s+\w+\s+)?INTO|UPDATE\s+\S+\s+SET|DELETE\s+FROM|TRUNCATE|COPY\s+\S+\s+.*FROM)\b", re.I | re.S
)


@dataclass(frozen=True)
class Write:
    """One write: where, what the call looks like, and the model it writes; none where that cannot be told."""

    where: str
    call: str
    model: type[models.Model] | None


@cache
def known_models() -> dict[str, type[models.Model]]:
    """Map each model's dotted name, and the dotted name under its room's `models`, to the model."""
    found = {}
    for model in apps.get_models():
        module = model.__module__
        found[f"{module}.{model.__name__}"] = model
        while "." in module:
            found.setdefault(f"{module}.{model.__name__}", model)
            module = module.rpartition(".")[0]
    return found


@dataclass
class Reader:
    """Reads one module."""

    one: Module
    names: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        self.names = imports(self.one)

    def writes(self) -> Iterator[Write]:
        """List every call that writes rows through the ORM, or by our bulk insert."""
        for scope, node in self._calls(self.one.tree, self.one.tree):
            told = node.func
            if isinstance(told, ast.Name) and self.names.get(told.id, "").endswith(".bulk.insert_rows"):
                yield self._write(node, self._class(node.args[0], scope))
            if not isinstance(told, ast.Attribute):
                continue
            if told.attr in ROW_WRITES and not node.args and not self._is_module(told.value):
                yield self._write(node, self._class(told.value, scope))
            if told.attr in SET_WRITES and self._goes_through_manager(told.value):
                yield self._write(node, self._class(told.value, scope))
            elif told.attr in {"bulk_create", "bulk_update", "get_or_create", "update_or_create"}:
                if not self._is_module(told.value):
                    yield self._write(node, self._class(told.value, scope))
            elif told.attr == "update" and self._is_query(told.value, scope):
                yield self._write(node, self._class(told.value, scope))

    def sql(self) -> Iterator[str]:
        """List the texts that are SQL writes; a table named by a place in the text stays as its place."""
        for node in ast.walk(self.one.tree):
            if isinstance(node, ast.JoinedStr):
                text = "".join(
                    p.value if isinstance(p, ast.Constant) else "{" + ast.unparse(p.value) + "}" for p in node.values
                )
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                text = node.value
            else:
                continue
            if SQL.search(text):
                yield f"{self.one.path}:{node.lineno} {' '.join(text.split())[:90]}"

    def _write(self, node: ast.Call, model: type[models.Model] | None) -> Write:
        return Write(f"{self.one.path}:{node.lineno}", ast.unparse(node.func), model)

    def _calls(self, node: ast.AST, scope: ast.AST) -> Iterator[tuple[ast.AST, ast.Call]]:
        for child in ast.iter_child_nodes(node):
            inner = child if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) else scope
            if isinstance(child, ast.Call):
                yield scope, child
            yield from self._calls(child, inner)

    def _is_module(self, node: ast.expr) -> bool:
        """Whether a name stands for a module of ours (`journal.create`), not for a row."""
        if not isinstance(node, ast.Name):
            return False
        told = self.names.get(node.id, "")
        return told.startswith(("liftwarden.", "django.contrib.messages")) and told not in known_models()

    def _goes_through_manager(self, node: ast.expr) -> bool:
        return any(isinstance(part, ast.Attribute) and part.attr in MANAGERS for part in ast.walk(node))

    def _is_query(self, node: ast.expr, scope: ast.AST) -> bool:
        """Whether a receiver of `.update` is a set of rows, and not a dict, a set or a hash."""
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            return node.func.attr in {"filter", "exclude", "all", "select_for_update", "order_by", "using"}
        if isinstance(node, ast.Name):
            value = self._assigned(node.id, scope)
            return value is not None and (self._goes_through_manager(value) or self._is_query(value, scope))
        return False

    def _class(self, node: ast.expr, scope: ast.AST) -> type[models.Model] | None:
        """Resolve an expression to the model whose rows it stands for."""
        match node:
            case ast.Name():
                return self._named(node.id, scope)
            case ast.Attribute(attr=attr, value=value):
                owner = self._class(value, scope)
                return self._column(owner, attr) if owner is not None else None
            case ast.Call(func=ast.Name(id="get_user_model")):
                return apps.get_model("auth", "User")
            case ast.Call(func=func):
                return self._class(func, scope)
            case ast.Subscript(value=value) | ast.Await(value=value):
                return self._class(value, scope)
            case ast.BoolOp(values=[first, *_]):
                return self._class(first, scope)
        return None

    def _column(self, owner: type[models.Model], attr: str) -> type[models.Model] | None:
        related = next((f.related_model for f in owner._meta.concrete_fields if f.name == attr and f.is_relation), None)
        return related or owner  # a manager or query method of the model

    def _named(self, name: str, scope: ast.AST) -> type[models.Model] | None:
        told = self.names.get(name, f"{self.one.name}.{name}")
        if told in known_models():
            return known_models()[told]
        if (annotation := self._annotated(name, scope)) is not None:
            return self._class(annotation, scope)
        value = self._assigned(name, scope)
        return self._class(value, scope) if value is not None and name not in _names_in(value) else None

    def _annotated(self, name: str, scope: ast.AST) -> ast.expr | None:
        arguments = getattr(scope, "args", None)
        for argument in (*arguments.args, *arguments.kwonlyargs) if arguments else ():
            if argument.arg == name and isinstance(argument.annotation, ast.Name):
                return argument.annotation
        return None

    def _assigned(self, name: str, scope: ast.AST) -> ast.expr | None:
        """Find what a local name was first set to: by `=`, `:=` or a loop."""
        for node in ast.walk(scope):
            if isinstance(node, ast.Assign) and any(isinstance(t, ast.Name) and t.id == name for t in node.targets):
                return node.value
            if isinstance(node, ast.NamedExpr) and node.target.id == name:
                return node.value
            if isinstance(node, ast.For) and isinstance(node.target, ast.Name) and node.target.id == name:
                return node.iter
        return None


def _names_in(node: ast.expr) -> set[str]:
    return {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
