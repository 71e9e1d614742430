"""What commands share: who acts, how data is printed."""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from liftwarden.doors.threshold.perform import plain
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission

F = TypeVar("F", bound=Callable[..., Any])


def acting(command: F) -> F:
    """Give a command its `--as LOGIN`."""
    return click.option(
        "--as", "login", envvar="LIFTWARDEN_AS", required=True, metavar="LOGIN", help="以谁的身份（登录名）。"
    )(command)


def as_json(command: F) -> F:
    """Give a command its `--json`."""
    return click.option("--json", "json_", is_flag=True, help="以 JSON 打印数据。")(command)


def actor(login: str, *, wanting: Permission | None = None) -> Actor:
    """Tell who acts, now, through the command line, under a post that grants what is wanted if there is one.

    Raises:
        NoPost: if the login holds no post today.
    """
    return parties.actor(login, channel="cli", now=datetime.now(UTC), wanting=wanting)


def node_hand() -> Hand:
    """The node's own hand, for setting itself up."""
    return Hand(None, "cli", datetime.now(UTC))


def show(data: Mapping[str, Any], *, json_: bool) -> None:
    """Print data on stdout: JSON, or one line for each item that has a value."""
    if json_:
        click.echo(json.dumps(plain(dict(data)), ensure_ascii=False, indent=2))
        return
    for name, value in data.items():
        if value not in (None, "", [], ()):
            nested = isinstance(value, dict | list | tuple)
            click.echo(f"{name}\t{json.dumps(plain(value), ensure_ascii=False) if nested else value}")


def table(rows: Sequence[Mapping[str, Any]], *, json_: bool, key: str) -> None:
    """Print rows on stdout: JSON under a key, or tab-separated with a head."""
    if json_:
        click.echo(json.dumps({key: plain(rows)}, ensure_ascii=False, indent=2))
        return
    if rows:
        click.echo("\t".join(rows[0]))
    for row in rows:
        click.echo("\t".join("" if value is None else str(value) for value in row.values()))


def talk(text: str) -> None:
    """Say something to the person, on stderr."""
    click.echo(text, err=True)
