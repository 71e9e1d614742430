"""A filled form as a value, and the canonical bytes from which every file and digest of it is made."""

import hashlib
import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from liftwarden.kernel.choices import Choice
from liftwarden.oversight.returns.definition import Form

if TYPE_CHECKING:
    from liftwarden.oversight.returns.rules import Finding

SCHEMA = 1


class Stage(Choice):
    """How far a return has come; only a signed-off one is printed without 草稿."""

    DRAFT = "draft", "草稿"
    CHECKED = "checked", "已核对"
    APPROVED = "approved", "已批准"
    SIGNED_OFF = "signed_off", "已签发"


@dataclass(frozen=True, slots=True)
class Override:
    """A typed value in place of the ledger's."""

    cell: str
    ledger: int | None
    typed: int | None
    reason: str
    by: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A named difference of one cell: a correction (duplicate, transfer), or a prior-period adjustment."""

    cell: str
    delta: int
    reason: str
    subject: str = ""
    period: str = ""


@dataclass(frozen=True, slots=True)
class Filled:
    """A form with its values.

    `None` in a cell is blank; a code in `not_applicable` is a cell that was said not to apply; 0 is 0.
    `period` is a month, `2017-06`; `cut_off` is ISO 8601 text, so that the bytes never depend on a time library.
    `corrections` are what A and F may change by; `adjustments` are late facts of periods already signed off.
    """

    form: str
    period: str | None = None
    reporting_body: str = ""
    contact: str = ""
    division_code: str = ""
    division_name: str = ""
    cut_off: str = ""
    cells: tuple[tuple[str, int | None], ...] = ()
    not_applicable: tuple[str, ...] = ()
    answers: tuple[tuple[str, bool | None], ...] = ()
    options: tuple[tuple[str, tuple[str, ...]], ...] = ()
    texts: tuple[tuple[str, str], ...] = ()
    reasons: tuple[tuple[str, tuple[str, ...]], ...] = ()
    version: int = 0
    stage: str = Stage.DRAFT.value
    approver: str = ""
    approved_at: str = ""
    sequence: int | None = None
    overrides: tuple[Override, ...] = ()
    corrections: tuple[Change, ...] = ()
    adjustments: tuple[Change, ...] = ()
    notes: tuple[str, ...] = ()
    synthetic: bool = False
    digest: str = ""

    def cell(self, code: str) -> int | None:
        """Read one count."""
        return dict(self.cells).get(code)

    def answer(self, code: str) -> bool | None:
        """Read one yes or no."""
        return dict(self.answers).get(code)

    def chosen(self, code: str) -> tuple[str, ...]:
        """Read the ticked boxes of one row."""
        return dict(self.options).get(code, ())

    def text(self, code: str) -> str:
        """Read one text."""
        return dict(self.texts).get(code, "")

    def coded(self, text: str) -> tuple[str, ...]:
        """Read the coded reasons beside one text."""
        return dict(self.reasons).get(text, ())


# The fields written as objects keyed by item code, so that the order in which they were filled does not matter.
KEYED = ("cells", "answers", "options", "texts", "reasons")


def canonical_json(filled: Filled) -> bytes:
    """Write the return as its one canonical text: UTF-8, sorted keys, no spaces, without the digest of itself."""
    plain = asdict(filled)
    del plain["digest"]
    for name in KEYED:
        plain[name] = dict(getattr(filled, name))
    plain["not_applicable"] = sorted(filled.not_applicable)
    plain["schema"] = SCHEMA
    return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def digest(filled: Filled) -> str:
    """Name the return by the SHA-256 of its canonical text, in hexadecimal."""
    return hashlib.sha256(canonical_json(filled)).hexdigest()


def from_canonical(text: bytes) -> Filled:
    """Rebuild the return from its canonical text, its digest included."""
    plain: dict[str, Any] = json.loads(text)
    if (schema := plain.pop("schema")) != SCHEMA:
        raise ValueError(f"canonical return of schema {schema}; this release reads {SCHEMA}")
    for name in KEYED:
        plain[name] = tuple((code, _frozen(value)) for code, value in plain[name].items())
    for name, kind in (("overrides", Override), ("corrections", Change), ("adjustments", Change)):
        plain[name] = tuple(kind(**each) for each in plain[name])
    plain["not_applicable"] = tuple(plain["not_applicable"])
    plain["notes"] = tuple(plain["notes"])
    return Filled(**plain, digest=hashlib.sha256(text).hexdigest())


def to_public_json(form: Form, filled: Filled, findings: "tuple[Finding, ...]") -> dict[str, Any]:
    """Shape the return as `check-return` prints it; only errors are listed, and a count is an integer or null."""
    shaped: dict[str, Any] = {
        "reporting_body": filled.reporting_body,
        "contact": filled.contact,
        "period": filled.period,
    }
    for cell in form.cells:
        _put(shaped, cell.path, filled.cell(cell.code))
    for answer in form.answers:
        _put(shaped, answer.path, filled.answer(answer.code))
    for options in form.options:
        _put(shaped, options.path, list(filled.chosen(options.code)))
    for text in form.texts:
        _put(shaped, text.path, filled.text(text.code))
    shaped["errors"] = [
        {"rule": finding.rule, "cells": list(finding.cells), "message": finding.message}
        for finding in findings
        if finding.severity == "error"
    ]
    return shaped


def _put(shaped: dict[str, Any], path: tuple[str, ...], value: object) -> None:
    for key in path[:-1]:
        shaped = shaped.setdefault(key, {})
    shaped[path[-1]] = value


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value
