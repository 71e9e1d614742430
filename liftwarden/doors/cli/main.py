"""The command line: `liftwarden`, one subcommand for each thing a person may do.

Data goes to stdout, talk to stderr. Exit codes: 0 fine, 1 refused or a check failed, 2 wrong usage.
"""

import os
import sys
from collections.abc import Sequence

import click
import django
from django.utils.translation import override


class Commands(click.Group):
    """Lists its commands in the order they were added, and turns refusals into words and an exit code."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Give the names in order of adding."""
        return list(self.commands)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(package_name="liftwarden")
def liftwarden() -> None:
    """LiftWarden 梯安：电梯安全监管平台。

    数据写到标准输出，说明写到标准错误。退出码：0 正常，1 被拒绝或检查未通过，2 用法有误。
    写操作须用 --as 指明登录名（或设环境变量 LIFTWARDEN_AS），流水会记下经由命令行。
    """


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command and leave with its exit code."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "liftwarden.settings")
    django.setup()
    sys.exit(run(list(sys.argv[1:] if argv is None else argv)))


def run(argv: list[str]) -> int:
    """Run one command in this process; gives its exit code."""
    from liftwarden.doors.cli import assembly
    from liftwarden.doors.threshold.deed import InvalidFields
    from liftwarden.doors.threshold.middleware import said
    from liftwarden.kernel.refusals import Refusal

    assembly.fill(liftwarden)
    with override(os.environ.get("LIFTWARDEN_LANG", "zh-hans")):
        try:
            outcome = liftwarden.main(argv, prog_name="liftwarden", standalone_mode=False)
        except InvalidFields as refusal:
            for error in refusal.errors:
                click.echo(f"--{error.field.replace('_', '-')}（{error.label}）：{error.message}", err=True)
            return 2
        except Refusal as refusal:
            click.echo(said(refusal), err=True)
            return 1
        except click.exceptions.Exit as leaving:
            return leaving.exit_code
        except click.ClickException as wrong:
            wrong.show()
            return wrong.exit_code
        except click.Abort:
            click.echo("已中止。", err=True)
            return 1
    return outcome if isinstance(outcome, int) else 0
