"""Commands for the tokens of programs that call the REST door."""

from uuid import UUID

import click

from liftwarden.doors.cli import speech
from liftwarden.doors.threshold import tokens


@click.command("make-token")
@click.option("--label", required=True, help="用途，例如 对接市应急平台。")
@click.option("--days", default=90, show_default=True, type=click.IntRange(1, tokens.MOST_DAYS), help="有效天数。")
@speech.acting
@speech.as_json
def make_token(label: str, days: int, login: str, json_: bool) -> None:
    """给自己的岗位开一个接口令牌；只显示这一次，系统只存其摘要。

    \b
    例：liftwarden make-token --as inspector --label 对接市应急平台 --days 30
    """
    row, secret = tokens.make(label, days=days, by=speech.actor(login))
    speech.show({**tokens.told(row), "token": secret}, json_=json_)
    speech.talk("请妥善保存，关闭后无法再次显示。用法：Authorization: Bearer 令牌。")


@click.command("list-tokens")
@speech.acting
@speech.as_json
def list_tokens(login: str, json_: bool) -> None:
    """列出自己岗位的接口令牌。

    \b
    例：liftwarden list-tokens --as inspector
    """
    speech.table([tokens.told(row) for row in tokens.of(speech.actor(login))], json_=json_, key="tokens")


@click.command("revoke-token")
@click.argument("token", type=click.UUID)
@speech.acting
@speech.as_json
def revoke_token(token: UUID, login: str, json_: bool) -> None:
    """吊销自己岗位的一个接口令牌，立即失效。

    \b
    例：liftwarden revoke-token TOKEN_ID --as inspector
    """
    speech.show(tokens.told(tokens.revoke(token, by=speech.actor(login))), json_=json_)
    speech.talk("已吊销。")


commands = (make_token, list_tokens, revoke_token)
