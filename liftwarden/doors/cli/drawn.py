"""Draws one subcommand from each deed: its options are the deed's fields."""

import types
import typing
from collections.abc import Iterator
from typing import Any

import click
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from liftwarden.doors.cli import speech
from liftwarden.doors.threshold.deed import Deed
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.perform import perform
from liftwarden.kernel.choices import Choice

# Keeps the fields of a deed apart from the command's own options: a new account's `--login` is not who acts (`--as`).
TOLD = "told_"


def commands() -> Iterator[click.Command]:
    """Draw every command."""
    for deed in deeds().values():
        yield _command(deed)


def _command(deed: Deed) -> click.Command:
    def do(login: str, json_: bool, **given: Any) -> None:
        told = {
            name.removeprefix(TOLD): list(value) if isinstance(value, tuple) else value for name, value in given.items()
        }
        data = {name: value for name, value in told.items() if value not in (None, [])}
        speech.show(perform(deed, data, by=speech.actor(login, wanting=deed.permission)), json_=json_)
        speech.talk(f"已办理：{deed.label}。")

    parameters: list[click.Parameter] = []
    for name, field in deed.fields.model_fields.items():
        if name == deed.subject:
            parameters.append(click.Argument([TOLD + name], metavar=f"{name.upper()}"))
        else:
            parameters.append(_option(name, field))
    command = click.Command(
        deed.name,
        callback=do,
        params=parameters,
        help=f"{deed.help}\n\n\b\n例：{deed.example}",
        short_help=deed.help.splitlines()[0],
    )
    return speech.as_json(speech.acting(command))


def _option(name: str, field: FieldInfo) -> click.Option:
    kind = _inner(field.annotation)
    flag = "--" + name.replace("_", "-")
    label = (field.title or name) + (f"：{field.description}" if field.description else "")
    if kind is bool:
        return click.Option([f"{flag}/--no-{flag[2:]}", TOLD + name], default=None, help=label)
    needed = field.is_required()
    many = typing.get_origin(kind) is list
    known = isinstance(kind, type) and issubclass(kind, Choice)
    choices = "、".join(f"{m.value} {m.label}" for m in kind) if known else ""  # type: ignore[union-attr]
    default = "" if field.default in (None, "", PydanticUndefined) else f"默认 {field.default}"
    return click.Option(
        [flag, TOLD + name],
        type=click.Choice(kind.values()) if known else str,  # type: ignore[union-attr]
        multiple=many,
        required=needed,
        help="；".join(part for part in (label, choices, default, "可多次" if many else "") if part),
    )


def _inner(annotation: Any) -> Any:
    """Take `| None` and `Annotated` off a type."""
    if typing.get_origin(annotation) is typing.Annotated:
        return _inner(typing.get_args(annotation)[0])
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        (kept, *_) = (part for part in typing.get_args(annotation) if part is not type(None))
        return _inner(kept)
    return annotation
