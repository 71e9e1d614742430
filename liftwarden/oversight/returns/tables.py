"""Turn a TOML table into a frozen dataclass, refusing unknown, missing and wrongly typed keys by their place."""

import dataclasses
import types
from datetime import date
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

T = TypeVar("T")


class BadTable(Exception):  # noqa: N818 (named as refusals are)
    """A key that is unknown, missing or of the wrong type; its text is a Chinese clause."""


TYPE_WORDS = {str: "文字", int: "整数", bool: "true 或 false", date: "日期（如 2017-04-07）"}


def read(kind: type[T], table: Any, *, place: str = "") -> T:
    """Build one dataclass from one table.

    Raises:
        BadTable: naming the place, such as `cells[3].unit`.

    """
    if not isinstance(table, dict):
        raise BadTable(f"“{place or '文件'}”应为一个表")
    fields = {f.name: f for f in dataclasses.fields(kind)}  # type: ignore[arg-type]
    if unknown := [key for key in table if key not in fields]:
        raise BadTable(f"“{_under(place, unknown[0])}”不是已知的键；可用：{'、'.join(fields)}")
    needed = [
        name
        for name, f in fields.items()
        if f.default is dataclasses.MISSING and f.default_factory is dataclasses.MISSING
    ]
    if missing := [name for name in needed if name not in table]:
        raise BadTable(f"缺少“{_under(place, missing[0])}”")
    hints = get_type_hints(kind)
    return kind(**{key: _value(hints[key], value, place=_under(place, key)) for key, value in table.items()})


def _value(hint: Any, value: Any, *, place: str) -> Any:
    if get_origin(hint) is tuple:
        if not isinstance(value, list):
            raise BadTable(f"“{place}”应为列表")
        inner = get_args(hint)[0]
        return tuple(_value(inner, each, place=f"{place}[{index}]") for index, each in enumerate(value))
    if get_origin(hint) in (Union, types.UnionType):
        hint = next(each for each in get_args(hint) if each is not type(None))
    if dataclasses.is_dataclass(hint):
        return read(hint, value, place=place)  # type: ignore[arg-type]
    # A bool is an int to isinstance, and a datetime is a date.
    if type(value) is not hint:
        raise BadTable(f"“{place}”应为{TYPE_WORDS.get(hint, str(hint))}，现为 {value!r}")
    return value


def _under(place: str, key: str) -> str:
    return f"{place}.{key}" if place else key
