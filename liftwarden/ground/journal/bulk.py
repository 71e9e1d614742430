"""Rows into tables by one prepared statement, past the ORM's cost per row."""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models


def insert_rows(model: type[models.Model], columns: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    """Insert rows by one prepared statement; values are prepared by each field, as the ORM would."""
    if not rows:
        return
    fields = [model._meta.get_field(field_name(model, column)) for column in columns]
    prepared = [
        tuple(field.get_db_prep_save(value, connection) for field, value in zip(fields, row, strict=True))
        for row in rows
    ]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in fields)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {quote(model._meta.db_table)} ({names}) FROM STDIN") as copy:  # type: ignore[attr-defined]
                for values in prepared:
                    copy.write_row(values)
        else:
            places = ", ".join(["%s"] * len(fields))
            cursor.executemany(f"INSERT INTO {quote(model._meta.db_table)} ({names}) VALUES ({places})", prepared)


def field_name(owner: type[models.Model] | models.Model, column: str) -> str:
    """Tell the field name of a column (`lift_id` → `lift`)."""
    for field in owner._meta.concrete_fields:
        if field.attname == column:
            return field.name
    raise LookupError(f"{owner._meta.label} has no column {column}")
