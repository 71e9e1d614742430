"""The mapping file of a ledger: which header is which fact, and how a line finds its lift; pure."""

import hashlib
import tomllib
from collections.abc import Mapping as Dict
from dataclasses import dataclass
from typing import Any

from liftwarden.casework.registry.importing.mapping import BadMapping, Source

DATES = (
    *("found_at", "begun_at", "reported_at", "ended_at"),
    *("sealed_at", "seal_expires_on", "unsealed_at", "listed_at", "listing_deadline_on"),
)
TEXTS = (
    *("category", "cause", "description", "grade", "grade_scheme", "status", "way"),
    *("seal_order_number", "seal_legal_basis", "seal_authority", "listing_supervisor", "listing_blocker"),
)
NEEDED = ("found_at", "category", "cause", "description", "grade")
NUMBERS = ("device_code", "registration_code", "certificate_no", "rescue_code", "other_number")
PLACES = ("estate", "address", "internal_no")
STATUSES = ("open", "begun", "closed", "dismantled", "shut_down", "listed")
WORDS = frozenset(("from", "constant", "values", "date", "blank", "otherwise"))


@dataclass(frozen=True)
class Column:
    """How one fact of a line is read."""

    target: str
    header: str | None
    constant: str | None
    values: Dict[str, str] | None
    dates: tuple[str, ...]
    blank: frozenset[str]
    otherwise: str | None

    @property
    def label(self) -> str:
        """What a report calls it."""
        return self.header or self.target


@dataclass(frozen=True)
class Mapping:
    """A whole mapping, checked."""

    source: Source
    numbers: Dict[str, str]
    places: Dict[str, str]
    columns: tuple[Column, ...]
    sha256: str

    @property
    def headers(self) -> frozenset[str]:
        """Every header that is used."""
        read = {column.header for column in self.columns if column.header}
        return frozenset({*self.numbers.values(), *self.places.values(), *read})


def parse(text: str) -> Mapping:
    """Read a mapping.

    Raises:
        BadMapping: with every mistake found.

    """
    try:
        told = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadMapping(mistakes=f"不是有效的 TOML（{error}）") from error
    mistakes: list[str] = []
    _known(told, ("source", "match", "columns"), "顶层", mistakes)
    source = _source(told.get("source", {}), mistakes)
    match = told.get("match", {})
    _known(match, (*NUMBERS, *PLACES), "[match]", mistakes)
    numbers = {name: str(match[name]) for name in NUMBERS if name in match}
    places = {name: str(match[name]) for name in PLACES if name in match}
    if not numbers and "address" not in places and "estate" not in places:
        mistakes.append("[match] 至少要写一种编号，或地址、小区的表头")
    columns = tuple(_column(name, what, mistakes) for name, what in told.get("columns", {}).items())
    missing = set(NEEDED) - {column.target for column in columns}
    mistakes += [f"缺少 [columns.{name}]（必填）" for name in NEEDED if name in missing]
    if mistakes:
        raise BadMapping(mistakes="；".join(mistakes))
    return Mapping(source, numbers, places, columns, hashlib.sha256(text.encode()).hexdigest())


def _source(told: dict[str, Any], mistakes: list[str]) -> Source:
    _known(told, ("sheet", "header_row", "encoding", "delimiter", "ignored"), "[source]", mistakes)
    row = told.get("header_row", 1)
    if type(row) is not int or row < 1:
        mistakes.append("[source] header_row 应为 1 以上的整数")
        row = 1
    if told.get("encoding", "auto") not in ("auto", "utf-8", "gb18030", "gbk"):
        mistakes.append("[source] encoding 应为 auto、utf-8、gb18030 或 gbk")
    ignored = frozenset(str(header).strip() for header in told.get("ignored", ()))
    delimiter = str(told.get("delimiter", ""))[:1]
    return Source(str(told.get("sheet", "")), row, str(told.get("encoding", "auto")), delimiter, ignored)


def _column(name: str, told: Any, mistakes: list[str]) -> Column:
    where = f"[columns.{name}]"
    if name not in (*DATES, *TEXTS):
        mistakes.append(f"{where}：没有这一项；可用：" + "、".join((*DATES, *TEXTS)))
    _known(told, WORDS, where, mistakes)
    told = told if isinstance(told, dict) else {}
    if ("from" in told) == ("constant" in told):
        mistakes.append(f"{where} 须且只须写 from、constant 二者之一")
    if name in DATES and not told.get("date"):
        mistakes.append(f"{where} 是日期，须写 date = [格式]")
    values = told.get("values")
    if name == "status" and isinstance(values, dict) and (odd := set(values.values()) - set(STATUSES)):
        mistakes.append(f"{where} 不认识“{'、'.join(sorted(odd))}”；可用：" + "、".join(STATUSES))
    return Column(
        target=name,
        header=str(told["from"]) if "from" in told else None,
        constant=str(told["constant"]) if "constant" in told else None,
        values={str(k): str(v) for k, v in values.items()} if isinstance(values, dict) else None,
        dates=tuple(str(form) for form in told.get("date", ())),
        blank=frozenset(str(text) for text in told.get("blank", ())),
        otherwise=str(told["otherwise"]) if "otherwise" in told else None,
    )


def _known(told: Any, words: Any, where: str, mistakes: list[str]) -> None:
    if not isinstance(told, dict):
        mistakes.append(f"{where} 应为一个表")
        return
    mistakes += [f"{where} 不认识“{word}”；可用：" + "、".join(sorted(words)) for word in told if word not in words]
