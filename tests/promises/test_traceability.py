"""Every clause of the notice is traced, and every test that names a clause names one that exists."""

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Written apart, so that the scan of this very folder does not take the examples for markers.
MARK = "pytest.mark." + "clause"


def load_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("traceability_tool", ROOT / "tools" / "traceability.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


tool = load_tool()


@pytest.fixture
def small_repository(tmp_path: Path) -> Path:
    (tmp_path / "docs" / "sources").mkdir(parents=True)
    (tmp_path / "tests" / "rules").mkdir(parents=True)
    shutil.copy(ROOT / tool.CLAUSES, tmp_path / tool.CLAUSES)
    (tmp_path / "tests" / "rules" / "test_one.py").write_text(f'@{MARK}("N2017-1.2b")\ndef test_closes():\n    pass\n')
    assert tool.main(["--root", str(tmp_path)]) == 0
    return tmp_path


def found_in(source: str) -> list[tuple[str, str]]:
    return [(mark.clause, mark.test) for mark in tool.marks_in(source, name="tests/test_x.py")]


class TestThePages:
    def test_are_fresh_and_every_marker_names_a_clause(self):
        assert tool.main(["--check"]) == 0

    def test_show_every_clause(self):
        notice = tool.read_notice(ROOT / tool.CLAUSES)
        trace = (ROOT / tool.TRACE_PAGE).read_text(encoding="utf-8")
        page = (ROOT / tool.CLAUSE_PAGE).read_text(encoding="utf-8")

        assert [c.id for c in notice.clauses if f"| {c.id} |" not in trace or f"> {c.text}\n" not in page] == []

    def test_hold_the_cells_and_notes_of_the_annex(self):
        ids = {clause.id for clause in tool.read_notice(ROOT / tool.CLAUSES).clauses}

        assert {f"N2017-annex-{cell}" for cell in "ABCDEFGHIJK"} <= ids
        assert {f"N2017-annex-note-{number}" for number in range(1, 5)} <= ids


class TestTheCheck:
    def test_passes_on_a_fresh_page(self, small_repository):
        assert tool.main(["--check", "--root", str(small_repository)]) == 0

    def test_fails_on_a_stale_page_and_leaves_it(self, small_repository):
        page = small_repository / tool.TRACE_PAGE
        page.write_text("old")

        assert tool.main(["--check", "--root", str(small_repository)]) == 1
        assert page.read_text() == "old"

    def test_fails_on_a_missing_page(self, small_repository):
        (small_repository / tool.TRACE_PAGE).unlink()

        assert tool.main(["--check", "--root", str(small_repository)]) == 1

    def test_fails_on_a_marker_of_an_unknown_clause(self, small_repository, capsys):
        test = small_repository / "tests" / "rules" / "test_one.py"
        test.write_text(f'@{MARK}("N2017-9.9")\ndef test_it():\n    pass\n')
        tool.main(["--root", str(small_repository)])

        assert tool.main(["--check", "--root", str(small_repository)]) == 1
        assert "test_one.py::test_it (line 1): unknown clause N2017-9.9" in capsys.readouterr().err

    def test_shows_the_test_beside_its_clause(self, small_repository):
        lines = (small_repository / tool.TRACE_PAGE).read_text(encoding="utf-8").splitlines()

        assert [line for line in lines if line.startswith("| N2017-1.2b |") and "test_one.py::test_closes" in line]


class TestTheScan:
    def test_finds_a_marker_on_a_function_a_class_and_a_method(self):
        source = (
            f'@{MARK}("a", "b")\ndef test_f(): ...\n'
            f'@{MARK}("c")\nclass TestC:\n    @{MARK}("d")\n    async def test_m(self): ...\n'
        )

        assert found_in(source) == [
            ("a", "tests/test_x.py::test_f"),
            ("b", "tests/test_x.py::test_f"),
            ("c", "tests/test_x.py::TestC"),
            ("d", "tests/test_x.py::TestC::test_m"),
        ]

    @pytest.mark.parametrize("value", [f'{MARK}("a")', f'[{MARK}("a"), pytest.mark.django_db]'])
    def test_finds_a_marker_on_a_module(self, value):
        assert found_in(f"pytestmark = {value}\n") == [("a", "tests/test_x.py")]

    def test_finds_a_marker_on_a_parameter_set(self):
        source = f'@pytest.mark.parametrize("x", [pytest.param(1, marks={MARK}("a"))])\ndef test_f(x): ...\n'

        assert found_in(source) == [("a", "tests/test_x.py::test_f")]

    def test_reports_a_marker_whose_clause_is_no_literal(self):
        assert found_in(f"@{MARK}(NAME)\ndef test_f(): ...\n")[0][0] == "(not a literal: NAME)"

    def test_takes_no_other_marker(self):
        assert found_in('@pytest.mark.skip("clause")\ndef test_f(): ...\n') == []
