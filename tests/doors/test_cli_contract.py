"""What holds for every command: help with an example, `--as` where it writes, three exit codes, data alone on stdout."""

import io
import json
import os
import subprocess
import sys

import click
import pytest
from django.contrib.auth import get_user_model

from liftwarden.doors.cli import assembly, drawn, main
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.ground.journal.models import Entry
from tests.factories import XIHU, a_lift, a_post, a_problem, an_actor, day
from tests.promises import subjects
from tests.promises import world as worlds
from tests.promises.test_no_leaks import SEATS

COMMANDS: dict[str, click.Command] = {}
for found in assembly.every():
    COMMANDS.setdefault(found.name, found)  # as the assembly does: a command written by hand stands before a drawn one
ACTING = sorted(name for name, command in COMMANDS.items() if any(p.name == "login" for p in command.params))

# Commands without `--as`, with the reason: they keep the node, which has no one to act for, or read no data of anyone.
NODES_OWN = {
    "setup": "makes the database before anyone has an account",
    "load-divisions": "public divisions; the journal keeps the node's own hand",
    "show-divisions": "public divisions",
    "first-admin": "gives the first account; refused where anyone holds a post",
    "serve": "starts the node",
    "demo": "fills an empty node with made-up data",
    "reindex": "rebuilds what is derived",
    "verify-journal": "proves the journal; prints no row of anyone",
    "export-heads": "prints hashes",
    "check-return": "re-reads a file that the caller holds",
    "clock": "the passing hour acts for no one",
}


@pytest.fixture(autouse=True)
def nobody_by_default(monkeypatch):
    monkeypatch.delenv("LIFTWARDEN_AS", raising=False)


def arguments(command: click.Command) -> list[str]:
    """Give every argument a value of some shape, and every required option one that its type takes."""
    given = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument) and parameter.required:
            given.append(__file__ if isinstance(parameter.type, click.Path) else "00000000-0000-7000-8000-000000000000")
        elif isinstance(parameter, click.Option) and parameter.required and parameter.name != "login":
            kind = parameter.type
            value = (
                kind.choices[0] if isinstance(kind, click.Choice) else __file__ if isinstance(kind, click.Path) else "1"
            )
            given += [parameter.opts[0], str(value)]
    return given


@pytest.mark.parametrize("name", sorted(COMMANDS))
class TestEveryCommand:
    def test_explains_itself_with_an_example(self, name, capsys):
        code = main.run([name, "--help"])

        told = capsys.readouterr().out
        assert code == 0
        assert f"例：liftwarden {name}" in told

    def test_refuses_an_option_that_it_does_not_have(self, name, capsys):
        code = main.run([name, "--no-such-option"])

        told = capsys.readouterr()
        assert (code, told.out) == (2, "")
        assert "--no-such-option" in told.err

    def test_demands_to_know_who_acts_or_is_the_nodes_own(self, name):
        assert (name in ACTING) != (name in NODES_OWN), "add `--as`, or name it in NODES_OWN with the reason"


@pytest.mark.parametrize("name", ACTING)
class TestEveryActingCommand:
    def test_without_as_is_wrong_usage(self, name, capsys):
        code = main.run([name, *arguments(COMMANDS[name])])

        told = capsys.readouterr()
        assert (code, told.out) == (2, "")
        assert "--as" in told.err

    @pytest.mark.django_db
    def test_by_someone_without_a_post_is_refused_and_writes_nothing(self, name, capsys, monkeypatch):
        before = Entry.objects.count()
        monkeypatch.setattr("sys.stdin", io.StringIO())

        code = main.run([name, *arguments(COMMANDS[name]), "--as", "nobody"])

        told = capsys.readouterr()
        assert (code, told.out) in ((1, ""), (2, ""))
        assert told.err.strip()
        assert Entry.objects.count() == before


@pytest.mark.django_db
class TestExitCodesAndStreams:
    def test_a_deed_done_prints_only_its_data_on_stdout(self, capsys):
        login = a_post("inspector", division=XIHU).person.user.get_username()
        problem = a_problem(a_lift(), by=an_actor("chief"), found=day("2017-02-01"))

        code = main.run(["begin-rectification", str(problem.pk), "--as", login, "--json"])

        told = capsys.readouterr()
        assert (code, json.loads(told.out)["state"]) == (0, "rectifying")
        assert "已办理" in told.err

    def test_a_deed_done_is_kept_under_the_channel_cli(self):
        login = a_post("inspector", division=XIHU).person.user.get_username()
        problem = a_problem(a_lift(), by=an_actor("chief"), found=day("2017-02-01"))

        main.run(["begin-rectification", str(problem.pk), "--as", login])

        assert Entry.objects.filter(event="hazard.begin").latest("id").channel == "cli"

    def test_a_deed_with_a_login_of_its_own_does_not_take_it_for_who_acts(self):
        admin = a_post("administrator", division=XIHU).person.user.get_username()

        code = main.run(["add-person", "--as", admin, "--login", "newcomer", "--name", "新人"])

        assert code == 0
        assert get_user_model().objects.filter(username="newcomer").exists()

    def test_a_refused_deed_exits_1_and_writes_nothing(self, capsys):
        login = a_post("inspector", division=XIHU).person.user.get_username()
        problem = a_problem(a_lift(), by=an_actor("chief"), found=day("2017-02-01"))
        before = Entry.objects.count()

        code = main.run(["pass-recheck", str(problem.pk), "--as", login])

        told = capsys.readouterr()
        assert (code, told.out) == (1, "")
        assert told.err.strip() == "当前状态是“已发现”，不能执行“复查合格”。"
        assert Entry.objects.count() == before

    def test_a_field_that_cannot_be_read_exits_2_naming_the_option(self, capsys):
        login = a_post("inspector", division=XIHU).person.user.get_username()

        code = main.run(["begin-rectification", "not-a-key", "--as", login, "--at", "yesterday"])

        told = capsys.readouterr()
        assert (code, told.out) == (2, "")
        assert "--at" in told.err

    def test_english_is_spoken_where_it_is_asked_for(self, capsys, monkeypatch):
        monkeypatch.setenv("LIFTWARDEN_LANG", "en")

        main.run(["worklist", "--as", "nobody"])

        assert "nobody" in capsys.readouterr().err
        assert main.run(["worklist", "--as", "nobody"]) == 1


@pytest.mark.django_db
class TestJson:
    @pytest.mark.parametrize("argv", [["worklist"], ["find-lift", "文三路"], ["list-returns"], ["list-tokens"]])
    def test_parses_and_stands_alone_on_stdout(self, argv, capsys):
        login = a_post("chief", division=XIHU).person.user.get_username()
        a_problem(a_lift(), by=an_actor("chief"), found=day("2017-02-01"))

        code = main.run([*argv, "--as", login, "--json"])

        assert code == 0
        assert isinstance(json.loads(capsys.readouterr().out), dict)

    def test_of_verify_journal_parses(self, capsys):
        a_lift()

        assert main.run(["verify-journal", "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["breaks"] == []


@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    yield from worlds.within_a_transaction(django_db_blocker)


@pytest.mark.django_db
class TestNoLeaks:
    """The command line is a door too: what is foreign is missing there as well."""

    @pytest.mark.parametrize("name", SEATS)
    def test_every_deed_aimed_at_a_foreign_subject_is_refused_without_a_foreign_byte(
        self, name, world, capsys, monkeypatch
    ):
        seat, wrong, written = world.seats[name], [], Entry.objects.count()
        foreign = next(plot for plot in reversed(world.near(seat)) if plot.name not in seat.reach)

        for deed in (deed for deed in deeds().values() if deed.subject):
            argv = [deed.name, *_as_arguments(COMMANDS[deed.name], deed, foreign), "--as", seat.login]
            code = main.run(argv)
            told = capsys.readouterr()
            asked = " ".join(argv).lower()
            if (
                code != 1
                or told.out
                or any(m.lower() in told.err.lower() and m.lower() not in asked for m in foreign.marks())
            ):
                wrong.append(f"{asked} → {code} {told.out}{told.err}")

        assert not wrong, "\n".join(wrong[:40])
        assert Entry.objects.count() == written

    @pytest.mark.parametrize("name", SEATS)
    def test_every_reading_command_shows_nothing_foreign(self, name, world, capsys):
        seat, wrong = world.seats[name], []

        for plot in world.foreign(seat):
            of_return = ["--period", "2017-06", "--division", plot.division]
            for argv in (
                ["show-lift", str(plot.keys["lift"]), "--timeline"],
                ["show-lift", plot.said("号")],
                ["find-lift", plot.token],
                ["show-file", str(plot.keys["file"])],
                ["show-return", str(plot.keys["filing"])],
                ["return-file", plot.digest],
                ["explain-cell", *of_return, "--cell", "F"],
                ["fill-return", *of_return],
                ["roll-up", *of_return],
                ["chase-list", *of_return],
                ["list-returns"],
                ["worklist"],
            ):
                main.run([*argv, "--as", seat.login])
                said = "".join(capsys.readouterr())
                shown = {mark for mark in plot.marks() if mark.lower() in said.lower() and mark not in " ".join(argv)}
                wrong += [f"{argv} → {sorted(shown)}"] if shown else []

        assert not wrong, "\n".join(wrong)


def _as_arguments(command, deed, plot) -> list[str]:
    told, given = subjects.fields(deed, plot), []
    for parameter in command.params:
        value = told.get(parameter.name.removeprefix(drawn.TOLD))
        if isinstance(parameter, click.Argument):
            given.append(str(value if value is not None else plot.keys.get(deed.subject)))
        elif isinstance(parameter.type, click.Path) and parameter.required:
            given += [parameter.opts[0], __file__]
        elif value is not None and parameter.name != "login":
            for one in value if isinstance(value, list) else [value]:
                given += [parameter.opts[0], str(one)]
    return given


def test_the_command_itself_runs_as_a_process(tmp_path):
    env = os.environ | {"LIFTWARDEN_HOME": str(tmp_path), "LIFTWARDEN_DB_HOST": ""}
    ran = subprocess.run(
        [sys.executable, "-m", "liftwarden.doors.cli", "worklist", "--json"], env=env, capture_output=True, check=False
    )

    assert (ran.returncode, ran.stdout) == (2, b"")
