"""What a folded row looks like in the database itself, compared with what its entries say; past the ORM's converters."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, models

from liftwarden.ground.journal import shapes

Turn = Callable[[Any], Any]
NEVER = object()  # equals nothing that a database can hold
_decode = msgspec.json.Decoder(dict[str, Any]).decode


def decoded(text: Any) -> dict[str, Any] | None:
    """Read canonical JSON; none for what is no JSON object."""
    try:
        return _decode(text)
    except (msgspec.DecodeError, TypeError, UnicodeError):
        return None


def raw(column: str) -> str:
    """Name a column so that SQLite's driver gives its value untouched: it converts columns, and leaves expressions."""
    return column if connection.vendor == "postgresql" else f"+{column}"


class Reader:
    """Reads the rows of one model raw and tells where one differs from the fold of its entries."""

    def __init__(self, model: type[models.Model]) -> None:
        fields = model._meta.concrete_fields
        quote = connection.ops.quote_name
        names = ", ".join(raw(quote(str(field.column))) for field in fields)
        self.columns = tuple(field.attname for field in fields)
        self.query = f"SELECT {names} FROM {quote(model._meta.db_table)} ORDER BY {quote(str(model._meta.pk.column))}"  # type: ignore[union-attr]
        self._key = self.columns.index(model._meta.pk.attname)  # type: ignore[union-attr]
        turns = [_turns(field) for field in fields]
        self._expect = tuple((place, turn) for place, (turn, _) in enumerate(turns) if turn is not None)
        self._read = tuple((place, turn) for place, (_, turn) in enumerate(turns) if turn is not None)

    def key(self, row: tuple[Any, ...]) -> Any:
        """Give a row's key as the entries spell it."""
        key = row[self._key]
        return key.hex if isinstance(key, UUID) else key

    def differs(self, row: tuple[Any, ...], state: dict[str, Any]) -> str:
        """Say which column of a row is not what its entries say; nothing if all are."""
        try:
            due = [state[column] for column in self.columns]
        except KeyError as missing:
            return f"列 {missing.args[0]} 从未记入流水"
        for place, turn in self._expect:
            due[place] = turn(due[place])
        held = list(row)
        for place, turn in self._read:
            held[place] = turn(held[place])
        # Types too: 1, 1.0 and true are equal to Python and not to a reader of the entry.
        if held == due and list(map(type, held)) == list(map(type, due)):
            return ""
        wrong = next(
            (c for c, a, b in zip(self.columns, held, due, strict=True) if a != b or type(a) is not type(b)), "?"
        )
        return f"列 {wrong} 与流水不符"


def _turns(field: Any) -> tuple[Turn | None, Turn | None]:
    """Give what turns an entry's value into what the column must hold, and what readies the held value for that."""
    kind = field.get_internal_type()
    if kind in ("ForeignKey", "OneToOneField"):
        return _turns(field.target_field)
    if connection.vendor == "postgresql":  # typed columns: one spelling a value, told as an entry tells it
        return None, {
            "UUIDField": lambda value: value.hex if type(value) is UUID else value,
            "DateTimeField": lambda value: shapes.plain(value) if type(value) is datetime else value,
            "DateField": lambda value: value.isoformat() if type(value) is date else value,
            "DecimalField": lambda value: shapes.plain(value) if type(value) is Decimal else value,
        }.get(kind)
    if kind == "DateTimeField":
        return _text_of_moment, None
    if kind == "BooleanField":
        return (lambda value: int(value) if type(value) is bool else (None if value is None else NEVER)), None
    if kind == "DecimalField":
        return _number, (lambda value: float(value) if type(value) in (int, float) else value)
    return None, None


def _text_of_moment(value: Any) -> Any:
    """Spell a moment of an entry as SQLite's column holds it."""
    if type(value) is not str:
        return None if value is None else NEVER
    fraction = "" if value[19:26] == ".000000" else value[19:26]
    return f"{value[:10]} {value[11:19]}{fraction}"


def _number(value: Any) -> Any:
    try:
        return None if value is None else float(value)
    except (TypeError, ValueError):
        return NEVER


def entry_reader() -> Callable[[tuple[Any, ...]], list[Any]]:
    """Give what turns one entry as read raw (in `shapes.COLUMNS` order) into what its digest was made of."""
    if connection.vendor == "postgresql":
        return lambda row: [shapes.plain(value) for value in row]
    happened, learned = shapes.COLUMNS.index("happened_at"), shapes.COLUMNS.index("learned_at")

    def plain(row: tuple[Any, ...]) -> list[Any]:
        told: list[Any] = list(row)
        told[happened] = _moment_of_text(told[happened])
        told[learned] = _moment_of_text(told[learned])
        # Bytes would be written as base64 text, and so pass for that text.
        return [repr(value) if type(value) is bytes else value for value in told] if bytes in map(type, told) else told

    return plain


def _moment_of_text(value: Any) -> Any:
    """Read SQLite's one spelling of a moment; any other spelling is left as it is, and so breaks the digest."""
    if type(value) is not str or value[10:11] != " ":
        return value
    if len(value) == 19:
        return f"{value[:10]}T{value[11:]}.000000Z"
    if len(value) == 26 and value[19] == "." and value[20:] != "000000":
        return f"{value[:10]}T{value[11:]}Z"
    return value
