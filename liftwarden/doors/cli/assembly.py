"""Puts the command line together: commands of our own, and one drawn from each deed."""

from collections.abc import Iterable

import click

from liftwarden.doors.cli import clock, demo, drawn, evidence, importing, journal, lifts, node, returns, tokens


def fill(group: click.Group) -> None:
    """Add every command that is not there yet."""
    for command in every():
        if command.name not in group.commands:
            group.add_command(command)


def every() -> Iterable[click.Command]:
    """List every command."""
    yield from node.commands
    yield from demo.commands
    yield from lifts.commands
    yield from importing.commands
    yield from journal.commands
    yield from returns.commands
    yield from clock.commands
    yield from evidence.commands
    yield from tokens.commands
    yield from drawn.commands()
