"""Printed returns: read back alike, the same bytes each time, one page, and no text that becomes a formula."""

import hashlib
import io
import subprocess
import sys
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from liftwarden.oversight.returns import definition
from liftwarden.oversight.returns.filled import Change, Filled, Override, digest
from liftwarden.oversight.returns.reading import read_return
from liftwarden.oversight.returns.rendering import RENDERERS, pdf

ANNEX = definition.load("2017-annex")
SIGNED = Filled(
    form="2017-annex",
    period="2017-06",
    reporting_body="浙江省质量技术监督局",
    contact="张三 0571-88888888",
    division_code="330000",
    division_name="浙江省",
    cut_off="2017-06-30T16:00:00+00:00",
    cells=tuple(zip("ABCDEFGHIJK", (1280, 900, 180, 80, 120, 57, 30, 20, 7, 11, 412345), strict=True)),
    answers=(("hotline.in_service", True), ("disclosure.practised", True)),
    options=(("disclosure.forms", ("季度", "年度")),),
    texts=(
        ("hotline.number", "96333"),
        ("disclosure.content", "维保单位质量等级"),
        ("texts.reasons", "维修资金动用难"),
        ("texts.problems", "层门锁紧装置失效"),
        ("texts.highlights", "建成平台。\n试点保险。"),
    ),
    reasons=(("texts.reasons", ("no-funds",)),),
    version=2,
    stage="signed_off",
    approver="李四",
    approved_at="2017-07-03T02:00:00+00:00",
    sequence=98765,
    overrides=(Override("J", None, 11, "尚无数据源"),),
    adjustments=(Change("B", 1, "迟报", "", "2017-03"),),
)
SIGNED = replace(SIGNED, digest=digest(SIGNED))
READ_BACK = ("cells", "answers", "options", "texts", "reporting_body", "contact", "period", "not_applicable")


def read_back(filled, kind, folder):
    path = folder / f"return.{kind}"
    path.write_bytes(RENDERERS[kind](definition.load(filled.form), filled))
    return read_return(path, definition.load(filled.form))


def meant(filled, name):
    value = getattr(filled, name)
    return dict(value) if value and isinstance(value[0], tuple) else value


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
class TestReadBack:
    def test_gives_the_same_return(self, kind, tmp_path):
        reading = read_back(SIGNED, kind, tmp_path)

        assert reading.errors == ()
        assert all(meant(reading.filled, name) == meant(SIGNED, name) for name in READ_BACK)

    def test_keeps_blank_zero_and_not_applicable_apart(self, kind, tmp_path):
        cells = {**dict(SIGNED.cells), "G": 0, "H": None, "J": None}
        filled = replace(SIGNED, cells=tuple(cells.items()), not_applicable=("J",))

        reading = read_back(filled, kind, tmp_path)

        assert (reading.filled.cell("G"), reading.filled.cell("H"), reading.filled.cell("J")) == (0, None, None)
        assert reading.filled.not_applicable == ("J",)

    def test_holds_for_the_campaign_form_too(self, kind, tmp_path):
        row = tuple(zip("ABCDE", (2368665, 111156, 79245, 26214, 5697), strict=True))

        reading = read_back(Filled(form="2015-campaign", reporting_body="全国", cells=row), kind, tmp_path)

        assert reading.errors == ()
        assert dict(reading.filled.cells) == dict(row)

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        cells=st.fixed_dictionaries({code: st.none() | st.integers(0, 10**8) for code in "ABCDEFGHIJK"}),
        answers=st.tuples(st.none() | st.booleans(), st.none() | st.booleans()),
        forms=st.sets(st.sampled_from(["月度", "季度", "半年", "年度"])),
        number=st.from_regex(r"[0-9]{3,11}", fullmatch=True) | st.just(""),
    )
    def test_holds_for_any_values(self, kind, tmp_path, cells, answers, forms, number):
        ticked = tuple(form for form in ("月度", "季度", "半年", "年度") if form in forms)
        filled = replace(
            SIGNED,
            cells=tuple(cells.items()),
            answers=(("hotline.in_service", answers[0]), ("disclosure.practised", answers[1])),
            options=(("disclosure.forms", ticked),),
            texts=tuple({**dict(SIGNED.texts), "hotline.number": number}.items()),
        )

        reading = read_back(filled, kind, tmp_path)

        assert reading.errors == ()
        assert dict(reading.filled.cells) == cells
        assert dict(reading.filled.answers) == dict(filled.answers)
        assert reading.filled.chosen("disclosure.forms") == ticked
        assert reading.filled.text("hotline.number") == number

    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(words=st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), min_size=1, max_size=60))
    def test_keeps_any_words_or_says_that_it_could_not(self, kind, tmp_path, words):
        texts = {**dict(SIGNED.texts), "texts.problems": words}

        reading = read_back(replace(SIGNED, texts=tuple(texts.items())), kind, tmp_path)

        assert dict(reading.filled.cells) == dict(SIGNED.cells)
        assert (
            reading.errors or reading.filled.text("texts.problems") == words.replace("__", "").strip() or "__" in words
        )


@pytest.mark.parametrize("kind", sorted(RENDERERS))
class TestBytes:
    def test_are_the_same_in_another_process_with_another_hash_seed(self, kind):
        here = hashlib.sha256(RENDERERS[kind](ANNEX, SIGNED)).hexdigest()
        script = (
            "import hashlib,sys; from liftwarden.oversight.returns import definition, filled, rendering;"
            "r = filled.from_canonical(sys.stdin.buffer.read());"
            f"print(hashlib.sha256(rendering.RENDERERS['{kind}'](definition.load(r.form), r)).hexdigest())"
        )
        from liftwarden.oversight.returns.filled import canonical_json

        run = subprocess.run(
            [sys.executable, "-c", script],
            input=canonical_json(SIGNED),
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": "7", "PYTHONPATH": ":".join(sys.path), "PATH": "/usr/bin:/bin"},
        )

        assert run.stdout.decode().strip() == here

    def test_differ_when_a_cell_does(self, kind):
        other = replace(SIGNED, cells=(("A", 1), *SIGNED.cells[1:]))

        assert RENDERERS[kind](ANNEX, SIGNED) != RENDERERS[kind](ANNEX, other)


@pytest.mark.parametrize("kind", ["docx", "xlsx"])
def test_no_part_of_an_office_file_carries_a_clock_of_ours(kind):
    with zipfile.ZipFile(io.BytesIO(RENDERERS[kind](ANNEX, SIGNED))) as package:
        assert {entry.date_time for entry in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert b"2017-04-07" in package.read("docProps/core.xml")


def words_of(kind, made):
    if kind == "html":
        return made.decode()
    if kind == "pdf":
        return "".join(page.extract_text() for page in PdfReader(io.BytesIO(made)).pages)
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        return "".join(package.read(name).decode() for name in package.namelist() if name.endswith(".xml"))


@pytest.mark.parametrize("kind", sorted(RENDERERS))
class TestWords:
    def test_print_the_four_notes_and_the_seal_of_the_return(self, kind):
        words = words_of(kind, RENDERERS[kind](ANNEX, SIGNED)).replace("\n", "").replace(" ", "")

        for printed in ("此表为季度报表", "A=B+C+D+E", "上报邮箱", SIGNED.digest, "李四", "2017-06-3024:00", "第2版"):
            assert printed in words
        assert "草稿" not in words

    def test_mark_a_draft(self, kind):
        assert "草稿" in words_of(kind, RENDERERS[kind](ANNEX, replace(SIGNED, stage="draft", digest="")))


class TestPage:
    @pytest.mark.parametrize("length", [0, 100, 600, 1100])
    def test_is_one_even_with_long_texts(self, length):
        texts = {**dict(SIGNED.texts), "texts.reasons": "长" * length, "texts.highlights": "话" * length}

        made = pdf.render(ANNEX, replace(SIGNED, texts=tuple(texts.items())))

        assert len(PdfReader(io.BytesIO(made)).pages) == 1

    def test_needs_its_library_and_says_which(self, monkeypatch):
        monkeypatch.setitem(sys.modules, "weasyprint", None)

        with pytest.raises(pdf.PdfUnavailable, match="weasyprint"):
            pdf.render(ANNEX, SIGNED)

    def test_escapes_what_was_typed(self):
        texts = {**dict(SIGNED.texts), "texts.reasons": "<script>alert(1)</script>"}

        made = RENDERERS["html"](ANNEX, replace(SIGNED, texts=tuple(texts.items())))

        assert b"<script>" not in made


@pytest.mark.parametrize(
    "start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "=cmd|' /C calc'!A0", "{=1}", "http://x.cn"]
)
def test_no_typed_text_becomes_a_formula_or_a_link_in_a_worksheet(start):
    texts = {"texts.reasons": start, "disclosure.content": start, "texts.highlights": start, "hotline.number": start}
    filled = replace(
        SIGNED, texts=tuple(texts.items()), reporting_body=start, contact=start, approver=start, notes=(start,)
    )

    made = RENDERERS["xlsx"](ANNEX, filled)

    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(made)).active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    with zipfile.ZipFile(io.BytesIO(made)) as package:
        assert b"<f>" not in package.read("xl/worksheets/sheet1.xml")
        assert not [name for name in package.namelist() if "sheet1.xml.rels" in name]
