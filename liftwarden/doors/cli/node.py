"""Commands that set up and run a node."""

import sys
from datetime import date
from pathlib import Path

import click
from django.core.management import call_command

from liftwarden.doors.cli import speech
from liftwarden.ground.divisions import actions as divisions
from liftwarden.ground.divisions import queries as division_queries
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as party_queries
from liftwarden.ground.parties.models import BodyKind
from liftwarden.ground.parties.permissions import Permission, roles
from liftwarden.kernel.refusals import Refusal


class NotTheFirst(Refusal):
    """A first administrator for a node that has one."""

    code = "not_the_first"
    sentence = "本节点已有在册岗位，请由管理员用 add-person 和 appoint 开立账户。"


@click.command("setup")
def setup() -> None:
    """建立或升级数据库，载入行政区划；可重复运行。

    \b
    例：liftwarden setup
    """
    set_up()


def set_up() -> None:
    """Bring the database up to date and load the tree of divisions if it is not there."""
    speech.talk("建立数据库……")
    call_command("migrate", interactive=False, verbosity=0)
    if not division_queries.editions():
        speech.talk("载入行政区划……")
        edition = divisions.load_standard(by=speech.node_hand())
        speech.talk(f"已载入 {edition.rows} 行区划（{edition.source}）。")
    call_command("check", databases=["default"], verbosity=0)


@click.command("load-divisions")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--source", required=True, help="数据来源与许可。")
@speech.as_json
def load_divisions(path: Path, source: str, json_: bool) -> None:
    """从文件载入更多带日期的区划行。

    \b
    例：liftwarden load-divisions examples/nyc/divisions.csv --source "示例：纽约市（境外）"
    """
    edition = divisions.load_file(path, source=source, by=speech.node_hand())
    speech.show({"rows": edition.rows, "sha256": edition.sha256, "source": edition.source}, json_=json_)


@click.command("show-divisions")
@click.argument("code", default="000000")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="哪一天的区划；默认今天。")
@speech.as_json
def show_divisions(code: str, on: object, json_: bool) -> None:
    """列出某区划的下级。

    \b
    例：liftwarden show-divisions 330100 --on 2017-06-30
    """
    day = on.date() if hasattr(on, "date") else date.today()  # noqa: DTZ011  (a day to show, not a fact)
    rows = [vars(node) for node in division_queries.tree().children(code, on=day)]
    speech.table(rows, json_=json_, key="divisions")


@click.command("first-admin")
@click.option("--login", "new_login", required=True, help="登录名。")
@click.option("--name", required=True, help="姓名。")
@click.option("--division", required=True, help="管辖区划代码。")
@click.option("--body", required=True, help="监管机构名称。")
@click.option(
    "--role",
    "held",
    multiple=True,
    default=("administrator", "registrar"),
    show_default=True,
    type=click.Choice([role.code for role in roles().values() if role.side == "division"]),
    help="岗位，可多次；小节点上一个人可兼几个。",
)
def first_admin(new_login: str, name: str, division: str, body: str, held: tuple[str, ...]) -> None:
    """给空节点开立第一个系统管理员；口令从标准输入读取。

    \b
    例：liftwarden first-admin --login admin --name 王五 --division 330000 --body 浙江省局 < password.txt
    """
    if party_queries.any_posts():
        raise NotTheFirst
    hand = speech.node_hand()
    office = parties.add_body(body, kind=BodyKind.REGULATOR, division=division, by=hand)
    person = parties.add_person(new_login, name=name, password=_password(), by=hand)
    for role in held:
        parties.appoint(person.pk, role=role, body_id=office.pk, division=division, from_on=hand.now.date(), by=hand)
    speech.talk(f"已开立 {new_login}。")


@click.command("set-password")
@click.argument("whose")
@speech.acting
def set_password(whose: str, login: str) -> None:
    """给一个账户设口令；口令从标准输入读取，不经命令行参数。

    \b
    例：liftwarden set-password zhang --as admin < password.txt
    """
    parties.set_password(whose, _password(), by=speech.actor(login, wanting=Permission.PARTY_WRITE))
    speech.talk("已设定。")


def _password() -> str:
    if sys.stdin.isatty():
        return str(click.prompt("口令", hide_input=True, confirmation_prompt=True))
    return sys.stdin.readline().rstrip("\n")


@click.command("serve")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8000, show_default=True)
@click.option("--workers", default=2, show_default=True)
def serve(host: str, port: int, workers: int) -> None:
    """启动网页、接口和时钟。

    \b
    例：liftwarden serve --port 8000
    """
    from liftwarden.doors.cli import supervise

    supervise.serve(host, port, workers)


commands = (setup, load_divisions, show_divisions, first_admin, set_password, serve)
