"""The command that makes a demonstration."""

import json
from dataclasses import asdict
from datetime import UTC, datetime

import click
from django.conf import settings
from rich.console import Console
from rich.progress import Progress, TaskID

from liftwarden.doors.cli import speech
from liftwarden.doors.demonstration.make import make
from liftwarden.doors.demonstration.people import SignIn
from liftwarden.ground.parties import queries as parties
from liftwarden.kernel.refusals import Refusal


class NotEmpty(Refusal):
    """A demonstration on a node that has data."""

    code = "not_empty"
    sentence = "本节点已有数据；演示数据只能放进空节点（可另设 LIFTWARDEN_HOME）。"


@click.command("demo")
@click.option("--lifts", default=3000, show_default=True, type=click.IntRange(1, 1_000_000), help="电梯台数。")
@click.option("--seed", default=1, show_default=True, help="随机种子；同一种子得到同一个省。")
@click.option("--if-empty", is_flag=True, help="已有数据时什么也不做，只再次显示演示登录名。")
@speech.as_json
def demo(lifts: int, seed: int, if_empty: bool, json_: bool) -> None:
    """在空节点上生成一个合成的省（真实区划，虚构电梯），每页标明“演示数据”。

    \b
    例：liftwarden demo --lifts 20000 --seed 7
    """
    kept = settings.MEDIA_ROOT.parent / "demo"
    if parties.any_posts():
        if not if_empty:
            raise NotEmpty
        signs = [SignIn(**told) for told in json.loads(kept.read_text(encoding="utf-8"))] if kept.exists() else []
        return _show(signs, json_=json_)
    with Progress(console=Console(stderr=True), transient=False) as progress:
        tasks: dict[str, TaskID] = {}

        def say(what: str, done: int, total: int) -> None:
            if what not in tasks:
                tasks[what] = progress.add_task(what, total=total)
            progress.update(tasks[what], completed=done)

        signs = list(make(lifts, seed=seed, now=datetime.now(UTC), say=say))
    kept.touch(mode=0o600)
    kept.write_text(json.dumps([asdict(sign) for sign in signs], ensure_ascii=False), encoding="utf-8")
    _show(signs, json_=json_)


def _show(signs: list[SignIn], *, json_: bool) -> None:
    speech.table([asdict(sign) for sign in signs], json_=json_, key="sign_ins")


commands = (demo,)
