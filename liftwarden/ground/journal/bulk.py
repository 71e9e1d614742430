"""Rows into tables by one prepared statement, past the ORM's cost per row."""

from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, models

# Types that a field hands to the database as they are.
PASSING = {"CharField": str, "TextField": str, "IntegerField": int, "SmallIntegerField": int, "BigIntegerField": int}
REMEMBERED = ("DateField", "DateTimeField", "DecimalField", "BooleanField", "UUIDField")


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows by one prepared statement; values are prepared by each field, as the ORM would."""
    insert_prepared(model, columns, prepared(model, columns, rows))


def prepared(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> list[tuple[Any, ...]]:
    """Turn values into what the database takes; may be done before the transaction that inserts them."""
    ready = converters(model, tuple(columns))
    return [tuple(convert(value) for convert, value in zip(ready, row, strict=True)) for row in rows]


def insert_prepared(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows that `prepared` has made ready."""
    if not rows:
        return
    table, names, places = _places(model, tuple(columns))
    with connection.cursor() as cursor:
        if len(rows) == 1:
            insert_one(cursor, model, columns, rows[0])
        elif connection.vendor == "postgresql":
            # The driver's own errors, a unique number taken among them, must come out as Django's.
            copying = cursor.copy(f"COPY {table} ({names}) FROM STDIN")  # type: ignore[attr-defined]
            with connection.wrap_database_errors, copying as copy:
                for values in rows:
                    copy.write_row(values)
        else:
            cursor.executemany(f"INSERT INTO {table} ({names}) VALUES ({places})", rows)


def insert_one(cursor: Any, model: type[models.Model], columns: Sequence[str], row: Sequence[Any]) -> None:
    """Insert one row that has been made ready."""
    table, names, places = _places(model, tuple(columns))
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({places})", row)


@cache
def _places(model: type[models.Model], columns: tuple[str, ...]) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    names = ", ".join(quote(_column(model, column)) for column in columns)
    return quote(model._meta.db_table), names, ", ".join(["%s"] * len(columns))


@cache
def converters(model: type[models.Model], columns: tuple[str, ...]) -> tuple[Callable[[Any], Any], ...]:
    """Give for each column what turns a value into what the database takes."""
    return tuple(_converter(model._meta.get_field(field_name(model, column))) for column in columns)


def _converter(field: Any) -> Callable[[Any], Any]:
    """Give what `field.get_db_prep_save` does, without its price where a value passes as it is or was met before.

    Measured at 100,000 lifts (bench/import_lifts.py): preparing costs 2.6 times less.
    """
    save, kind = field.get_db_prep_save, field.get_internal_type()
    if kind == "ForeignKey":
        return _converter(field.target_field)
    passing = PASSING.get(kind)
    if passing is not None:
        return lambda value: value if value is None or type(value) is passing else save(value, connection)
    if kind == "UUIDField" and not connection.features.has_native_uuid_field:
        return lambda value: value.hex if type(value) is UUID else save(value, connection)
    if kind == "DecimalField" and connection.vendor == "sqlite":
        # SQLite's own reading of a decimal text is not always the nearest double (120.1191198 is one of its misses).
        return lru_cache(4_000, typed=True)(lambda value: None if value is None else float(save(value, connection)))
    if kind in REMEMBERED:
        return lru_cache(4_000, typed=True)(lambda value: save(value, connection))
    return lambda value: save(value, connection)


def insert_row(row: models.Model) -> dict[str, Any]:
    """Insert one new row as `save(force_insert=True)` does, at a third of its price; gives column → value as stored."""
    model = type(row)
    columns = columns_of(model)
    values = {column: getattr(row, column) for column in columns}
    ready = [made(value) for made, value in zip(converters(model, columns), values.values(), strict=True)]
    with connection.cursor() as cursor:
        insert_one(cursor, model, columns, ready)
    row._state.adding, row._state.db = False, connection.alias
    return values


def update_row(row: models.Model, columns: Sequence[str]) -> None:
    """Write some columns of one row, which must be there.

    Raises:
        DatabaseError: if it is not.

    """
    model = type(row)
    told = tuple(columns)
    table, sets, key = _update(model, told)
    ready = [made(getattr(row, column)) for made, column in zip(converters(model, told), told, strict=True)]
    with connection.cursor() as cursor:
        cursor.execute(f"UPDATE {table} SET {sets} WHERE {key} = %s", [*ready, _key_of(row)])
        if cursor.rowcount != 1:
            raise DatabaseError(f"{model._meta.label} {row.pk} is not there to be changed")


@cache
def columns_of(model: type[models.Model]) -> tuple[str, ...]:
    """List the columns of a model, by attribute."""
    return tuple(field.attname for field in model._meta.concrete_fields)


@cache
def _update(model: type[models.Model], columns: tuple[str, ...]) -> tuple[str, str, str]:
    quote = connection.ops.quote_name
    sets = ", ".join(f"{quote(_column(model, c))} = %s" for c in columns)
    return quote(model._meta.db_table), sets, quote(str(model._meta.pk.column))  # type: ignore[union-attr]


def _key_of(row: models.Model) -> Any:
    model = type(row)
    return converters(model, (model._meta.pk.attname,))[0](row.pk)  # type: ignore[union-attr]


def _column(model: type[models.Model], attribute: str) -> str:
    field: Any = model._meta.get_field(field_name(model, attribute))
    return str(field.column)


def field_name(owner: type[models.Model] | models.Model, column: str) -> str:
    """Tell the field name of a column (`lift_id` → `lift`)."""
    for field in owner._meta.concrete_fields:
        if field.attname == column:
            return field.name
    raise LookupError(f"{owner._meta.label} has no column {column}")
