"""`import-lifts` and `export-lifts` as a person or a script meets them, killed at any statement too."""

import csv
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from random import Random
from typing import Any

import pytest

from liftwarden.casework.registry import queries
from liftwarden.casework.registry.models import Lift
from liftwarden.doors.cli import main as cli
from liftwarden.ground.journal.models import Entry
from tests.factories import HANGZHOU, a_lift, a_post, an_actor
from tests.imports import HEADERS, MAPPING, a_csv, a_row, a_workbook

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    path = tmp_path / "m.toml"
    path.write_text(MAPPING, encoding="utf-8")
    return path


@pytest.fixture
def login(db: None) -> str:
    a_post("registrar", division=HANGZHOU, login="registrar")
    return "registrar"


def run(*words: Any) -> int:
    return cli.run([str(word) for word in words])


class TestImportLifts:
    def test_a_clean_file_ends_with_0_and_its_lifts_are_there(self, tmp_path, mapping, login):
        file = a_csv(tmp_path / "a.csv", [a_row(1), a_row(2)])

        assert run("import-lifts", file, "--mapping", mapping, "--as", login) == 0
        assert Lift.objects.count() == 2

    def test_a_rejected_row_ends_with_1(self, tmp_path, mapping, login):
        file = a_csv(tmp_path / "a.csv", [a_row(1), a_row(2, 制造日期="x")])

        assert run("import-lifts", file, "--mapping", mapping, "--as", login) == 1

    def test_a_wrong_mapping_ends_with_1_and_says_what(self, tmp_path, mapping, login, capsys):
        mapping.write_text('[target]\nmode = "merge"\n', encoding="utf-8")

        assert run("import-lifts", a_csv(tmp_path / "a.csv", []), "--mapping", mapping, "--as", login) == 1
        assert "merge" in capsys.readouterr().err

    def test_a_missing_option_ends_with_2(self, tmp_path, login):
        assert run("import-lifts", a_csv(tmp_path / "a.csv", []), "--as", login) == 2

    def test_resume_and_abandon_together_end_with_2(self, tmp_path, mapping, login):
        file = a_csv(tmp_path / "a.csv", [a_row(1)])

        assert run("import-lifts", file, "--mapping", mapping, "--as", login, "--resume", "--abandon") == 2

    def test_a_dry_run_writes_nothing(self, tmp_path, mapping, login):
        before = Entry.objects.count()

        run("import-lifts", a_csv(tmp_path / "a.csv", [a_row(1)]), "--mapping", mapping, "--dry-run", "--as", login)

        assert (Lift.objects.count(), Entry.objects.count()) == (0, before)

    def test_json_on_stdout_holds_every_error(self, tmp_path, mapping, login, capsys):
        file = a_csv(tmp_path / "a.csv", [a_row(n, 制造日期="x") for n in range(1, 31)])
        capsys.readouterr()

        run("import-lifts", file, "--mapping", mapping, "--dry-run", "--json", "--as", login)

        told = json.loads(capsys.readouterr().out)
        assert [error["row"] for error in told["errors"]] == list(range(2, 32))
        assert set(told["errors"][0]) == {"row", "column", "value", "rule", "label", "allowed", "action"}
        assert told["counts"]["rejected"] == told["rules"][0]["count"] == 30

    def test_the_journal_keeps_the_channel(self, tmp_path, mapping, login):
        run("import-lifts", a_csv(tmp_path / "a.csv", [a_row(1)]), "--mapping", mapping, "--as", login)

        assert set(Entry.objects.filter(event="lift.registered").values_list("channel", flat=True)) == {"cli"}

    def test_progress_is_shown_when_asked_for(self, tmp_path, mapping, login, capsys):
        file = a_csv(tmp_path / "a.csv", [a_row(1)])

        run("import-lifts", file, "--mapping", mapping, "--as", login, "--progress")

        assert "写入" in capsys.readouterr().err


class TestTheReportFile:
    @pytest.mark.parametrize("name", ["r.csv", "r.xlsx"])
    def test_holds_every_row_with_what_is_wrong(self, tmp_path, mapping, login, name):
        file, out = a_csv(tmp_path / "a.csv", [a_row(1), a_row(2, 制造日期="x")]), tmp_path / name

        run("import-lifts", file, "--mapping", mapping, "--dry-run", "--report", out, "--as", login)

        rows = read(out)
        assert [row[0] for row in rows] == ["行号", "2", "3"]
        assert (rows[1][2], "制造日期" in rows[2][2]) == ("", True)

    def test_no_cell_of_it_is_a_formula(self, tmp_path, mapping, login):
        file, out = a_csv(tmp_path / "a.csv", [a_row(1, 地址="=HYPERLINK(1)", 小区="@SUM(A1)")]), tmp_path / "r.csv"

        run("import-lifts", file, "--mapping", mapping, "--dry-run", "--report", out, "--as", login)

        cells = [cell for row in read(out) for cell in row]
        assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@"))]
        assert "'=HYPERLINK(1)" in cells


class TestExportLifts:
    def test_gives_only_the_lifts_within_reach(self, tmp_path, login):
        a_lift(address="管内", division=HANGZHOU)
        a_lift(address="管外", division="320102", by=an_actor("registrar", division="320000"))

        run("export-lifts", "-o", tmp_path / "o.csv", "--as", login)

        text = (tmp_path / "o.csv").read_text(encoding="utf-8")
        assert ("管内" in text, "管外" in text) == (True, False)

    @pytest.mark.parametrize("name", ["o.csv", "o.xlsx"])
    def test_goes_back_in_without_changing_anything(self, tmp_path, mapping, login, name):
        rows = [a_row(1, 地址="=1+1", 经度=120.1, 纬度=30.2), a_row(2, 救援码="000000", 小区="-二期", 状态="停用")]
        run("import-lifts", a_workbook(tmp_path / "a.xlsx", rows), "--mapping", mapping, "--as", login)
        run("export-lifts", "-o", tmp_path / name, "--as", login)
        before = Entry.objects.count()

        code = run(
            *("import-lifts", tmp_path / name, "--mapping", ROOT / "examples/mappings/round-trip.toml", "--as", login)
        )

        assert (code, Entry.objects.count()) == (0, before)

    def test_a_formula_in_an_address_stays_text_in_xlsx(self, tmp_path, login):
        import openpyxl

        a_lift(address="=1+1", division=HANGZHOU)

        run("export-lifts", "-o", tmp_path / "o.xlsx", "--as", login)

        cells = [cell for row in openpyxl.load_workbook(tmp_path / "o.xlsx").active.iter_rows() for cell in row]
        assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


def read(path: Path) -> list[list[str]]:
    if path.suffix == ".csv":
        return list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
    from python_calamine import CalamineWorkbook

    return [
        [str(cell) for cell in row] for row in CalamineWorkbook.from_path(str(path)).get_sheet_by_index(0).to_python()
    ]


# ---- Killed ---------------------------------------------------------------------------------------------------------

ROWS = 400
# What two imports of one file may differ in: keys made anew.
EVERYTHING = {
    "lifts": """SELECT device_code, registration_code, rescue_code, estate, address, made_on, floors, speed_m_per_s,
        longitude, wgs84_latitude, use_state, division_code, flags FROM registry_lift ORDER BY device_code""",
    "parties": """SELECT l.device_code, p.role, b.name, p.from_on, p.to_on FROM registry_liftparty p
        JOIN registry_lift l ON l.id = p.lift_id JOIN parties_body b ON b.id = p.body_id ORDER BY 1, 2""",
    "search": """SELECT l.device_code, s.words, s.initials FROM registry_searchtext s
        JOIN registry_lift l ON l.id = s.lift_id ORDER BY 1""",
    "bodies": "SELECT name, kind, division_code FROM parties_body ORDER BY 1, 2",
    "entries": "SELECT event, count(*) FROM journal_entry GROUP BY event ORDER BY 1",
    "jobs": "SELECT state, rows, added, rejected FROM registry_import_job",
    "unpublished": """SELECT count(*) FROM registry_lift WHERE import_job_id NOT IN
        (SELECT id FROM registry_import_job WHERE state = 'published')""",
}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A node of its own, with a registrar, ready to be copied."""
    home = tmp_path_factory.mktemp("node")
    script = (
        "import django; django.setup()\n"
        "from django.core.management import call_command\n"
        "from tests.factories import HANGZHOU, a_post, load_divisions\n"
        "call_command('migrate', verbosity=0)\n"
        "load_divisions(); a_post('registrar', division=HANGZHOU, login='registrar')\n"
    )
    subprocess.run([sys.executable, "-c", script], env=environment(home), cwd=ROOT, check=True)
    return home


def environment(home: Path) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LIFTWARDEN_DB")}
    return {**kept, "LIFTWARDEN_HOME": str(home), "PYTHONPATH": str(ROOT)}


def copied(node: Path, to: Path) -> Path:
    to.mkdir()
    with sqlite3.connect(node / "liftwarden.sqlite3") as old, sqlite3.connect(to / "liftwarden.sqlite3") as new:
        old.backup(new)
    return to


def import_once(home: Path, file: Path, mapping: Path, *, dying_at: int, resume: bool) -> tuple[int, int]:
    """Run the import; gives its exit code and, where it lived, how many statements it sent."""
    words = [
        "import-lifts",
        str(file),
        "--mapping",
        str(mapping),
        "--as",
        "registrar",
        *(["--resume"] if resume else []),
    ]
    command = [sys.executable, "-m", "tests.doors.dying_import", str(dying_at), *words]
    done = subprocess.run(command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=False)
    lived = done.returncode >= 0
    assert not lived or done.returncode in (0, 1), done.stderr
    return done.returncode, dying_at - int(done.stderr.split()[-1]) if lived else 0


def everything(home: Path) -> dict[str, list[Any]]:
    with sqlite3.connect(home / "liftwarden.sqlite3") as database:
        return {name: database.execute(sql).fetchall() for name, sql in EVERYTHING.items()}


def under_way(home: Path) -> bool:
    with sqlite3.connect(home / "liftwarden.sqlite3") as database:
        return bool(database.execute("SELECT 1 FROM registry_import_job WHERE state = 'staging'").fetchone())


def verified(home: Path) -> str:
    script = (
        "import django; django.setup()\nfrom liftwarden.ground.journal.verify import verify; print(verify().breaks)"
    )
    command = [sys.executable, "-c", script]
    done = subprocess.run(command, env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def storm(node: Path, tmp_path: Path, mapping: Path, *, kills: int, seed: int) -> tuple[dict[str, Any], dict[str, Any]]:
    """Import once undisturbed; import again, killed so many times at random statements; give both ends."""
    rows = [a_row(n, 使用单位=f"物业{n % 37}", 经度=120 + n / 1000, 纬度=30.2) for n in range(1, ROWS + 1)]
    rows[100]["制造日期"] = "春"
    file = a_csv(tmp_path / "a.csv", rows, HEADERS)
    clean, killed = copied(node, tmp_path / "clean"), copied(node, tmp_path / "killed")
    _, statements = import_once(clean, file, mapping, dying_at=0, resume=False)
    random = Random(seed)
    for _ in range(kills):
        at = random.randint(1, statements)
        code, _ = import_once(killed, file, mapping, dying_at=at, resume=under_way(killed))
        if code >= 0:  # what was left took fewer statements: begin anew, in a fresh copy
            killed = copied(node, tmp_path / f"killed-{at}-{random.random()}")
    if under_way(killed) or not everything(killed)["jobs"]:
        import_once(killed, file, mapping, dying_at=0, resume=under_way(killed))
    assert verified(killed) == "()"
    return everything(clean), everything(killed)


class TestKilled:
    def test_a_few_times_ends_as_if_never(self, node, tmp_path, mapping):
        clean, killed = storm(node, tmp_path, mapping, kills=4, seed=1)

        assert killed == clean

    @pytest.mark.slow
    def test_fifty_times_ends_as_if_never(self, node, tmp_path, mapping):
        clean, killed = storm(node, tmp_path, mapping, kills=50, seed=2)

        assert killed == clean

    def test_before_it_is_published_it_shows_no_lift(self, node, tmp_path, mapping):
        file = a_csv(tmp_path / "a.csv", [a_row(n) for n in range(1, ROWS + 1)])
        home = copied(node, tmp_path / "home")
        _, statements = import_once(copied(node, tmp_path / "other"), file, mapping, dying_at=0, resume=False)

        import_once(home, file, mapping, dying_at=statements - 8, resume=False)

        script = (
            "import django; django.setup()\nfrom tests.factories import NOW\n"
            "from liftwarden.ground.parties import queries as p; from liftwarden.casework.registry import queries as q\n"
            "from liftwarden.casework.registry.models import Lift\n"
            "print(Lift.objects.count(), q.visible(p.actor('registrar', channel='cli', now=NOW)).count())"
        )
        done = subprocess.run(
            [sys.executable, "-c", script], env=environment(home), cwd=ROOT, capture_output=True, text=True, check=True
        )
        assert done.stdout.split() == [str(ROWS), "0"]


def test_an_official_of_another_province_imports_nothing_here(tmp_path, mapping, db):
    a_post("registrar", division="320000", login="outsider")

    code = run("import-lifts", a_csv(tmp_path / "a.csv", [a_row(1)]), "--mapping", mapping, "--as", "outsider")

    assert (code, Lift.objects.count()) == (1, 0)
    assert queries.published().count() == 0


class TestImportCases:
    @pytest.fixture
    def ledger(self, tmp_path: Path, db: None) -> tuple[Path, Path]:
        from tests.rooms import test_import_cases as cases

        a_post("chief", division=HANGZHOU, login="chief")
        a_lift(rescue_code="000777")
        mapping = tmp_path / "c.toml"
        mapping.write_text(cases.MAPPING, encoding="utf-8")
        return a_csv(tmp_path / "台账.csv", [cases.a_line()], cases.HEADERS), mapping

    @pytest.mark.parametrize(("filed", "code"), [(1, 0), (2, 1)])
    def test_a_as_imported_must_be_the_a_that_was_filed(self, ledger, filed, code):
        file, mapping = ledger

        assert run("import-cases", file, "--mapping", mapping, "--filed-a", filed, "--as", "chief") == code

    def test_the_difference_is_in_the_json(self, ledger, capsys):
        file, mapping = ledger
        capsys.readouterr()

        run("import-cases", file, "--mapping", mapping, "--filed-a", 3, "--dry-run", "--json", "--as", "chief")

        assert json.loads(capsys.readouterr().out)["baseline"] == {"A": 1, "filed": 3, "difference": -2}

    def test_the_report_file_names_what_is_wrong(self, ledger, tmp_path):
        file, mapping = ledger
        file.write_text(file.read_text(encoding="utf-8").replace("2016-05-01", "五月"), encoding="utf-8")

        code = run(
            *("import-cases", file, "--mapping", mapping, "--dry-run", "--report", tmp_path / "r.csv", "--as", "chief")
        )

        assert (code, "不是日期" in read(tmp_path / "r.csv")[1][2] or "应形如" in read(tmp_path / "r.csv")[1][2]) == (
            1,
            True,
        )
