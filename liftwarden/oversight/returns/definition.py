"""What a form is: its cells, answers, texts, relations and printed grid, held as data and loaded from TOML.

Source: the 2017 notice, annex. A form is added by adding a file; no form has code of its own.
"""

import tomllib
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import ClassVar

from liftwarden.kernel.refusals import Refusal
from liftwarden.oversight.returns import soundness, tables

FORMS = "forms"


class UnknownForm(Refusal):
    """A form code that no definition has."""

    code = "unknown_form"
    status = 404
    sentence = "没有编号为“{form}”的表式；现有：{available}。"


class BadDefinition(Refusal):
    """A form definition that cannot be used."""

    code = "bad_form_definition"
    sentence = "表式定义“{origin}”有误：{reason}。"


@dataclass(frozen=True, slots=True)
class Source:
    """The document that prescribes the form."""

    document: str
    clause: str
    issued_by: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Condition:
    """When a demand applies: an answer that is yes (or no), or a cell above a number."""

    answer: str = ""
    equals: bool = True
    cell: str = ""
    above: int = 0


@dataclass(frozen=True, slots=True)
class Heading:
    """A line above the table: who files, whom to call."""

    code: str
    label: str
    required: bool = False

    @property
    def json(self) -> str:
        """The key of the heading in the public JSON."""
        return self.code


@dataclass(frozen=True, slots=True)
class Item:
    """What every filled place of a form has in common."""

    code: str
    label: str
    also: tuple[str, ...] = ()
    name: str = ""
    source: str = ""
    json: str = ""

    json_prefix: ClassVar[str] = ""

    @property
    def path(self) -> tuple[str, ...]:
        """The keys that lead to the item in the public JSON."""
        return tuple((self.json or self.json_prefix + self.code).split("."))

    @property
    def title(self) -> str:
        """The item's name in a sentence."""
        return self.name or self.label


@dataclass(frozen=True, slots=True)
class Cell(Item):
    """A count: an integer from 0 up, in `unit`. Blank, 0 and not applicable differ."""

    unit: str = ""
    units_also: tuple[str, ...] = ()
    required: bool = True
    may_not_apply: bool = False

    json_prefix: ClassVar[str] = "cells."

    @property
    def title(self) -> str:
        """A count is called by its letter."""
        return self.code


@dataclass(frozen=True, slots=True)
class Answer(Item):
    """A yes or a no."""

    required: bool = True
    yes: str = "是"
    no: str = "否"


@dataclass(frozen=True, slots=True)
class Demanding(Item):
    """An item that must be filled, or left blank, when a condition holds."""

    required: Condition | None = None
    required_severity: str = "error"
    blank_unless: Condition | None = None
    blank_severity: str = "warning"


@dataclass(frozen=True, slots=True)
class Options(Demanding):
    """Boxes of which any number may be ticked."""

    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Text(Demanding):
    """Words, or a number that is not a count."""

    several_lines: bool = False
    max_length: int = 2000


@dataclass(frozen=True, slots=True)
class Code:
    """One coded reason."""

    code: str
    label: str


@dataclass(frozen=True, slots=True)
class CodeList:
    """Coded reasons that stand beside a written text."""

    text: str
    status: str
    source: str
    codes: tuple[Code, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """A sum of cells that must equal another (`=`) or not exceed it (`<=`)."""

    code: str
    left: tuple[str, ...]
    operator: str
    right: tuple[str, ...]
    source: str = ""
    severity: str = "error"


@dataclass(frozen=True, slots=True)
class Across:
    """How a cell may differ from the previous period: `stay` or `not_fall`, short of a correction."""

    code: str
    cell: str
    must: str
    severity: str
    why: str


@dataclass(frozen=True, slots=True)
class Print:
    """What is printed above and below the table."""

    above: str = ""
    notes_heading: str = ""
    notes: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Slot:
    """One printed cell as the definition writes it: a label, a value, both in one, or plain words."""

    label: str = ""
    value: str = ""
    both: str = ""
    words: str = ""
    rows: int = 1
    columns: int = 1


@dataclass(frozen=True, slots=True)
class LayoutRow:
    """One printed row; `height` is its least height in millimetres."""

    cells: tuple[Slot, ...]
    height: int = 9


@dataclass(frozen=True, slots=True)
class Layout:
    """The printed grid; `columns` are relative widths."""

    columns: tuple[int, ...]
    rows: tuple[LayoutRow, ...]


@dataclass(frozen=True, slots=True)
class Placed:
    """A slot with the row and column, from 0, where it stands."""

    slot: Slot
    row: int
    column: int


@dataclass(frozen=True, slots=True)
class Form:
    """A form, complete."""

    code: str
    title: str
    effective_from: date
    source: Source
    headings: tuple[Heading, ...]
    cells: tuple[Cell, ...]
    layout: Layout
    print: Print = field(default_factory=Print)
    frequency: str = "quarterly"
    effective_to: date | None = None
    answers: tuple[Answer, ...] = ()
    options: tuple[Options, ...] = ()
    texts: tuple[Text, ...] = ()
    code_lists: tuple[CodeList, ...] = ()
    relations: tuple[Relation, ...] = ()
    across: tuple[Across, ...] = ()

    @property
    def items(self) -> tuple[Cell | Answer | Options | Text, ...]:
        """Every filled place, kind by kind."""
        return (*self.cells, *self.answers, *self.options, *self.texts)

    def item(self, code: str) -> Cell | Answer | Options | Text:
        """Find one item by its code."""
        return next(item for item in self.items if item.code == code)

    def codes_for(self, text: str) -> tuple[Code, ...]:
        """List the coded reasons beside a text."""
        return tuple(code for listed in self.code_lists if listed.text == text for code in listed.codes)

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Lay the slots on the grid, as HTML lays out a table with spans."""
        return tuple(Placed(slot, row, column) for slot, row, column in soundness.laid_out(self.layout))


def available() -> tuple[str, ...]:
    """List the codes of the forms that come with the product."""
    folder = resources.files(__package__).joinpath(FORMS)
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


@lru_cache(maxsize=32)
def load(code: str) -> Form:
    """Load a form that comes with the product.

    Raises:
        UnknownForm: if there is none of that code.
        BadDefinition: if its definition is malformed.

    """
    if code not in available():
        raise UnknownForm(form=code, available="、".join(available()))
    text = resources.files(__package__).joinpath(FORMS, f"{code}.toml").read_text(encoding="utf-8")
    return parse(text, origin=f"{code}.toml")


def load_file(path: Path) -> Form:
    """Load a form from a file of the user's own.

    Raises:
        BadDefinition: if the file cannot be read or its definition is malformed.

    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as fault:
        raise BadDefinition(origin=str(path), reason=f"文件无法按 UTF-8 读取（{fault}）") from fault
    return parse(text, origin=path.name)


def parse(text: str, *, origin: str) -> Form:
    """Read a definition from TOML text; `origin` names it in refusals.

    Raises:
        BadDefinition: if it is not TOML, has unknown, missing or wrongly typed keys, or contradicts itself.

    """
    try:
        form = tables.read(Form, tomllib.loads(text))
        soundness.prove(form)
    except tomllib.TOMLDecodeError as fault:
        raise BadDefinition(origin=origin, reason=f"不是有效的 TOML（{fault}）") from fault
    except (tables.BadTable, soundness.Unsound) as fault:
        raise BadDefinition(origin=origin, reason=str(fault)) from fault
    return form
