"""Gives a benchmark a node of its own: a fresh home, an empty migrated database, dropped at the end."""

import argparse
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def arguments(words: str, *, size: int) -> argparse.Namespace:
    """Read `--size`."""
    parser = argparse.ArgumentParser(description=words, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--size", type=int, default=size, help=f"rows at full size (default {size})")
    return parser.parse_args()


@contextmanager
def a_node() -> Iterator[Path]:
    """Stand up an empty node in a temporary home: SQLite, or a database of its own under LIFTWARDEN_DB_HOST."""
    with tempfile.TemporaryDirectory(prefix="liftwarden-bench-") as home:
        os.environ |= {"LIFTWARDEN_HOME": home, "DJANGO_SETTINGS_MODULE": "liftwarden.settings"}
        if os.environ.get("LIFTWARDEN_DB_HOST"):
            _make_database(f"bench_{os.getpid()}")
        import django

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("migrate", verbosity=0)
        yield Path(home)
        connection.close()


def _make_database(name: str) -> None:
    import psycopg

    told = {"host": os.environ["LIFTWARDEN_DB_HOST"], "user": os.environ.get("LIFTWARDEN_DB_USER", "postgres")}
    with psycopg.connect(**told, dbname="postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
    os.environ["LIFTWARDEN_DB_NAME"] = name


def analysed() -> None:
    """Let the planner know the tables."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def said(what: str, left: str, right: str, ratio: float, target: float, *, at_most: bool = False) -> None:
    """Print one line: what, both sides, the ratio, the target and whether it holds."""
    holds = ratio <= target if at_most else ratio >= target
    sign = "≤" if at_most else "≥"
    print(f"{what} | {left} | {right} | ratio {ratio:.2f} | target {sign} {target:g} | {'ok' if holds else 'MISSED'}")
