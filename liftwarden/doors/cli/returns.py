"""Commands that read returns: fill, show, open a cell, compare, roll up, chase, and re-read a filled file."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import click

from liftwarden.doors.cli import speech
from liftwarden.doors.threshold import returns_told
from liftwarden.doors.threshold.perform import plain
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period
from liftwarden.oversight.returns import actions, definition, filled, queries, reading, rollup
from liftwarden.oversight.returns.deadlines import Receipt
from liftwarden.oversight.returns.rendering import RENDERERS

FORMATS = ("json", "xlsx", "docx", "pdf", "html")
MOST_LINES = 1_000_000


def of_return(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that name a return."""
    named = click.option("--division", required=True, help="区划代码，例如 330000。")(command)
    named = click.option("--period", required=True, help="报告期，例如 2017-06 或 2017Q2。")(named)
    named = click.option("--form", "form_code", default="2017-annex", show_default=True, help="表式。")(named)
    return named


def _reader(login: str) -> Actor:
    return speech.actor(login, wanting=Permission.RETURN_READ)


def _out(data: bytes, path: Path | None) -> None:
    if path is None:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
        return
    path.write_bytes(data)
    speech.talk(f"已写入 {path}（{len(data)} 字节）。")


@click.command("fill-return")
@of_return
@click.option("--format", "format_", type=click.Choice(FORMATS), default="json", show_default=True)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件；默认写到标准输出。")
@speech.acting
def fill_return(form_code: str, period: str, division: str, format_: str, output: Path | None, login: str) -> None:
    """按台账和已填内容生成报表；未签发的标明“草稿”。

    \b
    例：liftwarden fill-return --form 2017-annex --period 2017-06 --division 330000 --format docx -o 附件.docx --as stat
    """
    made = queries.preview(form_code, division, Period.parse(period), by=_reader(login))
    if format_ == "json":
        told = plain(returns_told.whole(made))
        _out((json.dumps(told, ensure_ascii=False, indent=2) + "\n").encode(), output)
    else:
        _out(RENDERERS[format_](made.form, made.filled), output)
    for finding in made.findings:
        speech.talk(("不符：" if finding.severity == "error" else "提示：") + finding.message)


@click.command("show-return")
@click.argument("filing", type=click.UUID)
@speech.acting
@speech.as_json
def show_return(filing: UUID, login: str, json_: bool) -> None:
    """显示一份报表：数据、来源、上期、更正、文件和各版。

    \b
    例：liftwarden show-return RETURN_ID --as stat --json
    """
    by = _reader(login)
    speech.show(returns_told.with_files(queries.one(filing, by=by), by=by), json_=json_)


@click.command("list-returns")
@click.option("--form", "form_code", help="只列这种表式。")
@click.option("--period", help="只列这个报告期。")
@click.option("--division", help="只列这个区划。")
@speech.acting
@speech.as_json
def list_returns(form_code: str | None, period: str | None, division: str | None, login: str, json_: bool) -> None:
    """列出管辖范围内的报表，新的在前。

    \b
    例：liftwarden list-returns --period 2017-06 --as chief
    """
    asked = {
        "form_code": form_code,
        "period": str(Period.parse(period)) if period else None,
        "division_code": division,
    }
    rows = queries.listed({name: value for name, value in asked.items() if value}, by=_reader(login))
    speech.table([returns_told.summary(held) for held in rows], json_=json_, key="returns")


@click.command("return-file")
@click.argument("digest")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="写入文件；默认写到标准输出。")
@speech.acting
def return_file(digest: str, output: Path | None, login: str) -> None:
    """按 SHA-256 摘要取出已签发报表的文件或附页。

    \b
    例：liftwarden return-file 3f2a… -o 附件.docx --as chief
    """
    _out(queries.file_by_digest(digest, by=_reader(login)).data, output)


@click.command("attach-page")
@click.argument("filing", type=click.UUID)
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--title", required=True, help="标题，印在报表上。")
@speech.acting
@speech.as_json
def attach_page(filing: UUID, path: Path, title: str, login: str, json_: bool) -> None:
    """给报表草稿附一页（PDF、DOCX、XLSX 或照片）；附页的摘要印在报表上。

    \b
    例：liftwarden attach-page RETURN_ID 典型案例.pdf --title 典型案例 --as stat
    """
    by = speech.actor(login, wanting=Permission.RETURN_FILL)
    page = actions.attach(filing, title=title, name=path.name, data=path.read_bytes(), at=by.now, by=by)
    speech.show({"id": page.pk, "title": page.title, "sha256": page.sha256}, json_=json_)


@click.command("explain-cell")
@of_return
@click.option("--cell", required=True, help="格，例如 H。")
@speech.acting
@speech.as_json
def explain_cell(form_code: str, period: str, division: str, cell: str, login: str, json_: bool) -> None:
    """列出一格背后的每一台电梯，及上期以来的变动原因。

    \b
    例：liftwarden explain-cell --period 2017-06 --division 330000 --cell H --as stat --json
    """
    by = _reader(login)
    made = queries.preview(form_code, division, Period.parse(period), by=by)
    total, lines = queries.behind(made, cell, by=by, most=MOST_LINES)
    if json_:
        flows = [{"why": flow.kind.label, "delta": flow.delta} for flow in made.flows(cell)]
        data = {"cell": cell, "total": total, "lifts": [returns_told.line(each) for each in lines], "flows": flows}
        speech.show(data, json_=True)
        return
    speech.table([returns_told.line(each) for each in lines], json_=False, key="lifts")
    for flow in made.flows(cell):
        speech.talk(f"{flow.kind.label} {flow.delta:+d}")
    speech.talk(f"{cell} 背后共 {total} 台。")


@click.command("compare-returns")
@click.argument("before", type=click.UUID)
@click.argument("after", type=click.UUID)
@speech.acting
@speech.as_json
def compare_returns(before: UUID, after: UUID, login: str, json_: bool) -> None:
    """比较两份报表（两版或两期）：哪一项不同，哪些电梯变动，为什么。

    \b
    例：liftwarden compare-returns OLD_ID NEW_ID --as chief --json
    """
    by = _reader(login)
    told = queries.compared(queries.one(before, by=by), queries.one(after, by=by))
    if json_:
        speech.show(returns_told.comparison(told), json_=True)
        return
    speech.table([returns_told.difference(each) for each in told.differences], json_=False, key="differences")
    for move in told.moves:
        speech.talk(f"{move.lift_id}  {move.before or '未计'}→{move.after or '不计'}  {move.kind.label}")


@click.command("roll-up")
@of_return
@speech.acting
@speech.as_json
def roll_up(form_code: str, period: str, division: str, login: str, json_: bool) -> int:
    """汇总：下级已报数之和与台账重新计数并列，不一致处逐条列出；有不一致时退出码为 1。

    \b
    例：liftwarden roll-up --period 2017-06 --division 000000 --as national --json
    """
    by = _reader(login)
    told = rollup.rollup(form_code, division, Period.parse(period), now=by.now, by=by)
    work = rollup.work_items(told)
    data = returns_told.roll_up(told, work)
    if json_:
        speech.show(data, json_=True)
    else:
        speech.table([{"cell": code, **cell} for code, cell in data["cells"].items()], json_=False, key="cells")
        for item in work:
            speech.talk(f"{item.division} {item.cell} {item.work.label}：已报 {item.filed}，台账 {item.recount}")
    return 1 if work else 0


@click.command("chase-list")
@of_return
@speech.acting
@speech.as_json
def chase_list(form_code: str, period: str, division: str, login: str, json_: bool) -> None:
    """催报清单：谁还没有报，逾期的在前，各自的草稿到了哪一步。

    \b
    例：liftwarden chase-list --period 2017-06 --division 000000 --as national
    """
    by = _reader(login)
    told = rollup.rollup(form_code, division, Period.parse(period), now=by.now, by=by)
    rows: list[Mapping[str, Any]] = [
        {
            "division": each.division.code,
            "name": each.division.name,
            "receipt": str(each.receipt),
            "state": each.newest.state if each.newest else None,
        }
        for each in told.chase
    ]
    speech.table(rows, json_=json_, key="chase")
    counted = "，".join(f"{receipt.label} {len(told.with_receipt(receipt))}" for receipt in Receipt)
    speech.talk(f"期限 {told.due_on}；{counted}。")


@click.command("check-return")
@click.argument("path", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--form", "form_code", default="2017-annex", show_default=True, help="表式。")
@speech.as_json
def check_return(path: Path, form_code: str, json_: bool) -> int:
    """重读一份填好的 DOCX 或 XLSX，打印各格和每一条不符的规则；有不符时退出码为 1。

    \b
    例：liftwarden check-return 附件.docx --json
    """
    form = definition.load(form_code)
    found = reading.read_uploaded(path, form)
    findings = reading.verdict(form, found)
    told = filled.to_public_json(form, found.filled, findings)
    speech.show(told, json_=json_)
    for finding in findings:
        speech.talk(("不符：" if finding.severity == "error" else "提示：") + finding.message)
    for remark in found.remarks:
        speech.talk(f"说明：{remark}")
    return 1 if told["errors"] else 0


commands = (
    fill_return,
    show_return,
    list_returns,
    return_file,
    attach_page,
    explain_cell,
    compare_returns,
    roll_up,
    chase_list,
    check_return,
)
