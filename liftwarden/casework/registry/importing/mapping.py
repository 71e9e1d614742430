"""The mapping file: which header is which column of a lift, how it is read, and what becomes of what is wrong; pure.

A mapping is TOML, written by the person who knows the file; a mistake in it is told in words, all mistakes at once.
"""

import hashlib
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from liftwarden.casework.registry.columns import AMENDABLE, IDENTITIES
from liftwarden.casework.registry.importing.faults import NULLABLE, OF_THE_FILE, Consequence, Rule
from liftwarden.casework.registry.rules import Datum, PartyRole
from liftwarden.kernel.choices import Choice
from liftwarden.kernel.refusals import Refusal

DATES = frozenset(("made_on", "used_since_on", "last_inspected_on", "next_inspection_on", "use_state_on"))
NUMBERS = frozenset(("floors", "speed_m_per_s", "load_kg", "longitude", "latitude"))
OF_USE = ("use_state", "use_state_reason", "use_state_body", "use_state_on")
TARGETS = frozenset((*AMENDABLE, *OF_USE, "division")) - {"flags"}
REQUIRED = ("address", "variety", "division")
KEYS = ("device_code", "registration_code", "other_number", "certificate_no", "rescue_code")
UNIQUE = ("device_code", "registration_code", "other_number")
PARTY_ROLES = tuple(PartyRole.values())
COLUMN_WORDS = frozenset(
    (
        *("from", "join", "with", "constant", "values", "date", "scale", "least", "most", "digits"),
        *("blank", "otherwise", "match", "on_error", "first"),
    )
)
PIECE_WORDS = frozenset(("from", "first", "blank"))
PARTY_WORDS = frozenset(("name", "credit", "from_on", "date", "since", "create", "division", "blank"))


class Mode(Choice):
    """What becomes of a row whose lift is registered already."""

    ADD = "add", "只新增，已登记的算错"
    UPDATE = "update", "新增，已登记的按差异更新"
    SKIP = "skip", "新增，已登记的跳过"


class BadMapping(Refusal):
    """A mapping file with mistakes in it."""

    code = "bad_mapping"
    sentence = "映射文件有误：{mistakes}"


@dataclass(frozen=True)
class Piece:
    """One header's text, or its first characters, as part of a column."""

    header: str
    first: int | None = None
    blank: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Column:
    """How one column of a lift is read from a row."""

    target: str
    pieces: tuple[Piece, ...] = ()
    glue: str = " "
    constant: str | None = None
    values: Dict[str, str] | None = None
    dates: tuple[str, ...] = ()
    scale: Decimal | None = None
    least: Decimal | None = None
    most: Decimal | None = None
    digits: int | None = None
    blank: frozenset[str] = frozenset()
    otherwise: str | None = None
    match: str = "code"
    on_error: Consequence | None = None

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it is read from."""
        return tuple(piece.header for piece in self.pieces)

    @property
    def label(self) -> str:
        """What a report calls it: its headers, or the column itself where it is a constant."""
        return "+".join(self.headers) or self.target


@dataclass(frozen=True)
class Party:
    """How one party of a lift is read: by credit code, else by name; `since` is its first day where no column says."""

    role: PartyRole
    name: str | None
    credit: str | None
    from_on: str | None
    dates: tuple[str, ...]
    since: date | None
    create: bool
    division: str | None
    blank: frozenset[str]

    @property
    def headers(self) -> tuple[str, ...]:
        """The headers it is read from."""
        return tuple(header for header in (self.name, self.credit, self.from_on) if header)


@dataclass(frozen=True)
class Aside:
    """Rows that are set aside because a cell says so."""

    header: str
    among: frozenset[str]
    because: str


@dataclass(frozen=True)
class Source:
    """How the file itself is read; rows are counted as a spreadsheet counts them."""

    sheet: str = ""
    header_row: int = 1
    encoding: str = "auto"
    delimiter: str = ""
    ignored: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Mapping:
    """A whole mapping, checked."""

    source: Source
    mode: Mode
    keys: tuple[str, ...]
    clear_blanks: bool
    amends_in_blocks: bool
    columns: tuple[Column, ...]
    parties: tuple[Party, ...]
    asides: tuple[Aside, ...]
    within: tuple[Decimal, Decimal, Decimal, Decimal] | None
    rules: Dict[str, Consequence]
    sha256: str
    headers: frozenset[str] = field(default=frozenset())

    def consequence(self, rule: Rule, column: Column | None, label: str) -> Consequence:
        """Tell what a breach leads to: the column's own word first, then the rule's, else rejection."""
        named = self.rules.get(f"{rule}:{column.target if column else label}") or self.rules.get(str(rule))
        own = column.on_error if column is not None else None
        if own is Consequence.NULL_AND_FLAG and rule not in NULLABLE:
            own = None
        return own or named or Consequence.REJECT


def parse(text: str) -> Mapping:
    """Read a mapping.

    Raises:
        BadMapping: with every mistake found.
    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(mistakes=f"不是有效的 TOML（{error}）") from error
    reader = _Reader()
    mapping = reader.mapping(told, hashlib.sha256(text.encode()).hexdigest())
    if reader.mistakes:
        raise BadMapping(mistakes="；".join(reader.mistakes))
    return mapping


class _Reader:
    """Reads the parts and gathers the mistakes."""

    def __init__(self) -> None:
        self.mistakes: list[str] = []

    def mapping(self, told: dict[str, Any], sha256: str) -> Mapping:
        self._known(told, ("source", "target", "columns", "parties", "aside", "point", "rules"), "顶层")
        target = self._table(told, "target")
        self._known(target, ("mode", "key", "blank", "amend"), "[target]")
        columns = tuple(self._column(name, what) for name, what in self._table(told, "columns").items())
        parties = tuple(self._party(name, what) for name, what in self._table(told, "parties").items())
        asides = tuple(self._aside(what) for what in told.get("aside", ()))
        source = self._source(self._table(told, "source"))
        used = {header for column in columns for header in column.headers}
        used |= {header for party in parties for header in party.headers} | {aside.header for aside in asides}
        for header in sorted(used & source.ignored):
            self.mistakes.append(f"表头“{header}”既被使用又被列入 ignored")
        self._complete(columns)
        return Mapping(
            source=source,
            mode=self._choice(Mode, target.get("mode", "add"), "[target] mode") or Mode.ADD,
            keys=self._keys(target, columns),
            clear_blanks=self._among(target.get("blank", "keep"), ("keep", "clear"), "[target] blank") == "clear",
            amends_in_blocks=self._among(target.get("amend", "at_once"), ("at_once", "in_blocks"), "[target] amend")
            == "in_blocks",
            columns=columns,
            parties=parties,
            asides=asides,
            within=self._within(self._table(told, "point")),
            rules=self._rules(self._table(told, "rules")),
            sha256=sha256,
            headers=frozenset(used),
        )

    def _source(self, told: dict[str, Any]) -> Source:
        self._known(told, ("sheet", "header_row", "encoding", "delimiter", "ignored"), "[source]")
        row = told.get("header_row", 1)
        if type(row) is not int or row < 1:
            self.mistakes.append("[source] header_row 应为 1 以上的整数")
            row = 1
        encoding = self._among(told.get("encoding", "auto"), ("auto", "utf-8", "gb18030", "gbk"), "[source] encoding")
        delimiter = str(told.get("delimiter", ""))
        if len(delimiter) > 1:
            self.mistakes.append("[source] delimiter 应为一个字符")
        ignored = frozenset(str(header).strip() for header in told.get("ignored", ()))
        return Source(str(told.get("sheet", "")), row, encoding, delimiter[:1], ignored)

    def _column(self, name: str, told: Any) -> Column:
        where = f"[columns.{name}]"
        if not isinstance(told, dict):
            self.mistakes.append(f'{where} 应为一个表，例如 {{ from = "表头" }}')
            return Column(name)
        if name not in TARGETS:
            self.mistakes.append(f"{where}：没有这一项；可用：" + "、".join(sorted(TARGETS)))
        self._known(told, COLUMN_WORDS, where)
        pieces = tuple(self._piece(part, where) for part in told.get("join", ()))
        if "from" in told:
            pieces = (*pieces, self._piece({k: told[k] for k in ("from", "first") if k in told}, where))
        if bool(pieces) == ("constant" in told):
            self.mistakes.append(f"{where} 须且只须写 from、join、constant 三者之一")
        if name in DATES and not told.get("date") and "constant" not in told:
            self.mistakes.append(f'{where} 是日期，须写 date = [格式]，例如 ["%Y-%m-%d", "%Y%m%d"]')
        if told.get("digits") is not None and name not in IDENTITIES:
            self.mistakes.append(f"{where} digits 只用于编号")
        values = told.get("values")
        return Column(
            target=name,
            pieces=pieces,
            glue=str(told.get("with", " ")),
            constant=str(told["constant"]) if "constant" in told else None,
            values={str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else None,
            dates=_texts(told.get("date", ())),
            scale=self._decimal(told.get("scale"), f"{where} scale"),
            least=self._decimal(told.get("least"), f"{where} least"),
            most=self._decimal(told.get("most"), f"{where} most"),
            digits=told.get("digits"),
            blank=frozenset(_texts(told.get("blank", ()))),
            otherwise=str(told["otherwise"]) if "otherwise" in told else None,
            match=self._among(told.get("match", "code"), ("code", "name"), f"{where} match"),
            on_error=self._choice(Consequence, told["on_error"], f"{where} on_error") if "on_error" in told else None,
        )

    def _piece(self, told: Any, where: str) -> Piece:
        if isinstance(told, str):
            return Piece(told)
        if not isinstance(told, dict) or not isinstance(told.get("from"), str):
            self.mistakes.append(f'{where} 的每一段应为表头，或 {{ from = "表头", first = 5 }}')
            return Piece("")
        self._known(told, PIECE_WORDS, where)
        return Piece(told["from"], told.get("first"), frozenset(_texts(told.get("blank", ()))))

    def _party(self, name: str, told: Any) -> Party:
        where = f"[parties.{name}]"
        self._known(told, PARTY_WORDS, where)
        if name not in PARTY_ROLES:
            self.mistakes.append(f"{where}：没有这种单位；可用：" + "、".join(PARTY_ROLES))
        if not told.get("name") and not told.get("credit"):
            self.mistakes.append(f"{where} 至少要写 name 或 credit")
        if bool(told.get("from_on")) == bool(told.get("since")):
            self.mistakes.append(f"{where} 须写 from_on（起始日期的表头）或 since（一个日期），二者之一")
        if told.get("from_on") and not told.get("date"):
            self.mistakes.append(f"{where} 写了 from_on，就要写 date = [格式]")
        since = told.get("since")
        if since is not None and type(since) is not date:
            self.mistakes.append(f"{where} since 应为日期，例如 2017-01-01")
            since = None
        return Party(
            role=PartyRole(name) if name in PARTY_ROLES else PartyRole.USE_UNIT,
            name=told.get("name"),
            credit=told.get("credit"),
            from_on=told.get("from_on"),
            dates=_texts(told.get("date", ())),
            since=since,
            create=bool(told.get("create", False)),
            division=told.get("division"),
            blank=frozenset(_texts(told.get("blank", ()))),
        )

    def _aside(self, told: Any) -> Aside:
        self._known(told, ("column", "is", "because"), "[[aside]]")
        if not told.get("column") or not told.get("is") or not told.get("because"):
            self.mistakes.append("[[aside]] 须写 column、is 和 because")
        return Aside(str(told.get("column", "")), frozenset(_texts(told.get("is", ()))), str(told.get("because", "")))

    def _within(self, told: dict[str, Any]) -> tuple[Decimal, Decimal, Decimal, Decimal] | None:
        self._known(told, ("within",), "[point]")
        box = told.get("within")
        if box is None:
            return None
        sides = [self._decimal(side, "[point] within") for side in box]
        if len(sides) != 4 or None in sides:
            self.mistakes.append("[point] within 应为 [西经度, 南纬度, 东经度, 北纬度]")
            return None
        west, south, east, north = (side or Decimal(0) for side in sides)
        return west, south, east, north

    def _rules(self, told: dict[str, Any]) -> dict[str, Consequence]:
        found: dict[str, Consequence] = {}
        for name, what in told.items():
            rule, _, column = name.partition(":")
            consequence = self._choice(Consequence, what, f"[rules] {name}")
            if rule not in Rule.values() or rule in OF_THE_FILE:
                self.mistakes.append(f"[rules] 没有规则“{rule}”")
            elif column and column not in TARGETS and column not in PARTY_ROLES:
                self.mistakes.append(f"[rules] {name}：没有“{column}”这一项")
            elif consequence is Consequence.NULL_AND_FLAG and rule not in NULLABLE:
                self.mistakes.append(f"[rules] {name} 不能置空，只能 reject 或 set_aside")
            elif consequence is not None:
                found[name] = consequence
        return found

    def _keys(self, target: dict[str, Any], columns: tuple[Column, ...]) -> tuple[str, ...]:
        mapped = {column.target for column in columns}
        told = target.get("key", [key for key in UNIQUE if key in mapped])
        keys = (told,) if isinstance(told, str) else tuple(told)
        for key in keys:
            if key not in KEYS:
                self.mistakes.append(f"[target] key 不能是“{key}”；可用：" + "、".join(KEYS))
            elif key not in mapped:
                self.mistakes.append(f"[target] key “{key}”没有对应的 [columns.{key}]")
        return keys

    def _complete(self, columns: tuple[Column, ...]) -> None:
        mapped = {column.target for column in columns}
        for name in REQUIRED:
            if name not in mapped:
                self.mistakes.append(f"缺少 [columns.{name}]（必填）")
        if not mapped & {*IDENTITIES, "other_number"}:
            self.mistakes.append("至少要映射一种编号：" + "、".join((*IDENTITIES, "other_number")))
        if "other_number" in mapped and "other_number_kind" not in mapped:
            self.mistakes.append("映射了 other_number，就要写 [columns.other_number_kind]（这种编号叫什么）")
        point = mapped & {"longitude", "latitude", "datum"}
        if point and len(point) < 3:
            self.mistakes.append(
                "坐标须同时映射 longitude、latitude 和 datum（可用：" + "、".join(Datum.values()) + "）"
            )

    def _known(self, told: Any, words: Any, where: str) -> None:
        if not isinstance(told, dict):
            self.mistakes.append(f"{where} 应为一个表")
            return
        for word in told:
            if word not in words:
                self.mistakes.append(f"{where} 不认识“{word}”；可用：" + "、".join(sorted(words)))

    def _table(self, told: dict[str, Any], name: str) -> dict[str, Any]:
        found = told.get(name, {})
        if isinstance(found, dict):
            return found
        self.mistakes.append(f"[{name}] 应为一个表")
        return {}

    def _choice(self, kind: Any, value: Any, where: str) -> Any:
        if value in kind.values():
            return kind(value)
        self.mistakes.append(f"{where} 不能是“{value}”；可用：" + "、".join(kind.values()))
        return None

    def _among(self, value: Any, allowed: tuple[str, ...], where: str) -> str:
        if value in allowed:
            return str(value)
        self.mistakes.append(f"{where} 不能是“{value}”；可用：" + "、".join(allowed))
        return allowed[0]

    def _decimal(self, value: Any, where: str) -> Decimal | None:
        if value is None:
            return None
        try:
            return Decimal(str(value))
        except InvalidOperation:
            self.mistakes.append(f"{where} 应为数")
            return None


def _texts(told: Any) -> tuple[str, ...]:
    return (told,) if isinstance(told, str) else tuple(str(one) for one in told)
