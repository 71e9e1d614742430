"""Commands that take files in and give files out: lifts and problem ledgers."""

import json
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from liftwarden.casework.hazards.importing import actions as cases
from liftwarden.casework.hazards.importing import mapping as case_mappings
from liftwarden.casework.registry.importing import actions as lifts
from liftwarden.casework.registry.importing import exporting, report
from liftwarden.casework.registry.importing import mapping as lift_mappings
from liftwarden.doors.cli import speech
from liftwarden.ground.parties.permissions import Permission

FIRST_ERRORS = 20
COUNTED = {
    "rows": "行",
    "added": "新增",
    "updated": "更新",
    "unchanged": "无差异",
    "skipped": "已登记，跳过",
    "rejected": "拒绝",
    "set_aside": "另存待查",
    "flagged": "置空并标记",
    "bodies_added": "新单位",
}
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


class _Shown(AbstractContextManager[Callable[[str, int, int], None]]):
    """Progress on stderr, where someone watches or asked for it."""

    def __init__(self, *, wanted: bool) -> None:
        console = Console(stderr=True)
        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        self._bars = Progress(*columns, console=console, disable=not (wanted or console.is_terminal))
        self._tasks: dict[str, Any] = {}

    def __enter__(self) -> Callable[[str, int, int], None]:
        self._bars.start()
        return self._show

    def __exit__(self, *_: object) -> None:
        self._bars.stop()

    def _show(self, phase: str, done: int, total: int) -> None:
        if phase not in self._tasks:
            self._tasks[phase] = self._bars.add_task(phase, total=total)
        self._bars.update(self._tasks[phase], completed=done, total=total)


def _reporting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the options that every import has."""
    for option in (
        click.option("--mapping", "mapping_", type=FILE, required=True, help="映射文件（TOML）。"),
        click.option("--dry-run", is_flag=True, help="只校验、只报告，什么也不写。"),
        click.option(
            "--report", "report_", type=click.Path(dir_okay=False, path_type=Path), help="写出带“错误”列的原表。"
        ),
        click.option("--progress", is_flag=True, help="即使不在终端也显示进度。"),
        speech.acting,
        speech.as_json,
    ):
        command = option(command)
    return command


@click.command("import-lifts")
@click.argument("file", type=FILE)
@click.option("--resume", is_flag=True, help="接着上次没有导完的继续。")
@click.option("--abandon", is_flag=True, help="放弃上次没有导完的，释放其编号。")
@_reporting
def import_lifts(
    file: Path,
    resume: bool,
    abandon: bool,
    mapping_: Path,
    dry_run: bool,
    report_: Path | None,
    progress: bool,
    login: str,
    json_: bool,
) -> int:
    """批量导入电梯：CSV（可为 .csv.gz）或 XLSX，按映射文件解读。

    先报告全部错误；合格的行一次性发布，被中断的导入不会露出半截。
    退出码：0 全部合格，1 被拒绝或有行被拒绝，2 用法有误。

    \b
    例：liftwarden import-lifts 台账.xlsx --mapping 映射.toml --dry-run --report 台账-错误.xlsx --as registrar
        liftwarden import-lifts 台账.xlsx --mapping 映射.toml --as registrar --json
        liftwarden import-lifts 台账.xlsx --mapping 映射.toml --as registrar --resume
    """
    if sum((resume, abandon, dry_run)) > 1:
        raise click.UsageError("--resume、--abandon、--dry-run 只能用一个。")
    by = speech.actor(login, wanting=Permission.LIFT_IMPORT)
    mapping = lift_mappings.parse(mapping_.read_text(encoding="utf-8-sig"))
    with _Shown(wanted=progress) as show:
        if abandon:
            job = lifts.abandon(file, mapping, by=by, progress=show)
            speech.show({"job": job.pk, "state": job.state}, json_=json_)
            return 0
        run = lifts.check if dry_run else lifts.resume if resume else lifts.import_lifts
        outcome = run(file, mapping, by=by, progress=show)
    if report_ is not None:
        report.write(outcome, report_)
    _told(report.machine(outcome, dry_run=dry_run), json_=json_, report_=report_)
    return 0 if report.is_clean(outcome) else 1


@click.command("import-cases")
@click.argument("file", type=FILE)
@click.option("--filed-a", type=click.IntRange(min=0), help="省级 2016 年上报的 A；不符则退出码为 1。")
@click.option("--correction-reason", default="", help="基数冻结后补录的理由（须有更正权限）。")
@_reporting
def import_cases(
    file: Path,
    filed_a: int | None,
    correction_reason: str,
    mapping_: Path,
    dry_run: bool,
    report_: Path | None,
    progress: bool,
    login: str,
    json_: bool,
) -> int:
    """接收区县已有的隐患台账：按编号或地址认出电梯，按台账日期补记全过程。

    认不准的行不猜，列出候选。逐行写入，重复运行不会重复登记。
    退出码：0 全部合格且 A 相符，1 有行被拒绝或 A 不符，2 用法有误。

    \b
    例：liftwarden import-cases 隐患台账.xlsx --mapping examples/mappings/cases-zh.toml --dry-run --as chief
        liftwarden import-cases 隐患台账.xlsx --mapping 映射.toml --filed-a 120 --as chief --json
    """
    by = speech.actor(login, wanting=Permission.HAZARD_IMPORT)
    mapping = case_mappings.parse(mapping_.read_text(encoding="utf-8-sig"))
    with _Shown(wanted=progress) as show:
        run = cases.check if dry_run else cases.import_cases
        outcome = run(file, mapping, correction_reason=correction_reason, by=by, progress=show)
    told = cases.machine(outcome, dry_run=dry_run, filed=filed_a)
    if report_ is not None:
        report.write_rows(outcome.sheet, _by_row(told["errors"]), report_)
    _told(told, json_=json_, report_=report_)
    return 0 if _reconciled(told) and not (outcome.fatal or outcome.rejected) else 1


def _by_row(errors: Sequence[Mapping[str, Any]]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for error in errors:
        candidates = "；可能是：" + "、".join(error["candidates"]) if error["candidates"] else ""
        where = f"“{error['column']}”" if error["column"] else ""
        found.setdefault(error["row"], []).append(f"{where}{error['allowed']}{candidates}")
    return found


def _reconciled(told: Mapping[str, Any]) -> bool:
    """Say how A stands against the A that was filed; whether they agree."""
    baseline = told["baseline"]
    if baseline["filed"] is None:
        speech.talk(f"A（基准日未完成整改）为 {baseline['A']} 台。")
        return True
    words = f"A 为 {baseline['A']} 台，上报 {baseline['filed']} 台，差 {baseline['difference']}。"
    speech.talk(words if baseline["difference"] else words + "相符。")
    return not baseline["difference"]


@click.command("export-lifts")
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help=".csv 或 .xlsx。")
@click.option("--progress", is_flag=True, help="即使不在终端也显示进度。")
@speech.acting
@speech.as_json
def export_lifts(output: Path, progress: bool, login: str, json_: bool) -> None:
    """导出管辖范围内的电梯；文字不会被表格软件当作公式，可用 examples/mappings/round-trip.toml 再导入。

    \b
    例：liftwarden export-lifts -o 电梯.xlsx --as registrar
    """
    with _Shown(wanted=progress) as show:
        count = exporting.export(output, by=speech.actor(login, wanting=Permission.LIFT_READ), progress=show)
    speech.show({"lifts": count, "file": str(output)}, json_=json_)


def _told(told: Mapping[str, Any], *, json_: bool, report_: Path | None) -> None:
    """Print the report: all of it as JSON on stdout, or the counts there and the first errors on stderr."""
    if json_:
        click.echo(json.dumps(told, ensure_ascii=False, indent=1))
    else:
        speech.show(
            {label: told["counts"][name] for name, label in COUNTED.items() if name in told["counts"]}, json_=False
        )
    _first(told["errors"])
    if told.get("fatal"):
        speech.talk("文件的表头有误，什么也没有导入。")
    if told["dry_run"]:
        speech.talk("试运行：什么也没有写。")
    if report_ is not None:
        speech.talk(f"逐行的结果写在 {report_}")


def _first(errors: Sequence[Mapping[str, Any]]) -> None:
    if not errors:
        return
    table = Table(title=f"前 {min(FIRST_ERRORS, len(errors))} 处，共 {len(errors)} 处")
    for name in ("行", "列", "值", "问题", "允许", "处理"):
        table.add_column(name, overflow="fold")
    labels = {"reject": "拒绝该行", "null_and_flag": "置空并标记", "set_aside": "另存待查"}
    for error in errors[:FIRST_ERRORS]:
        # Text, never markup: what stands in a cell is the file's, not ours.
        allowed = "；可能是：".join((error["allowed"], *error.get("candidates", ())[:1]))
        texts = (error["row"], error["column"], error["value"], error["label"], allowed)
        table.add_row(*(Text(str(text)) for text in texts), Text(labels.get(error["action"], error["action"])))
    Console(stderr=True, width=None if sys.stderr.isatty() else 160).print(table)


commands: tuple[click.Command, ...] = (import_lifts, import_cases, export_lifts)
