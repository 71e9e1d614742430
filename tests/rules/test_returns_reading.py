"""Reading returns back: documents made without the program, numbers and ticks as typed, files that are refused."""

import json
import unicodedata
from pathlib import Path

import pytest
from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from liftwarden.ground.intake.capped import ParserFailed
from liftwarden.ground.intake.precheck import UnsafeFile
from liftwarden.oversight.returns import definition
from liftwarden.oversight.returns.filled import to_public_json
from liftwarden.oversight.returns.reading import (
    NotAReturn,
    matching,
    numbers,
    read_return,
    read_uploaded,
    ticks,
    verdict,
)
from liftwarden.oversight.returns.reading.page import Box, Page

DOCUMENTS = Path(__file__).parent.parent / "data" / "returns"
EXPECTED = json.loads((DOCUMENTS / "expected.json").read_text(encoding="utf-8"))
ANNEX = definition.load("2017-annex")


def test_there_are_enough_documents_of_both_kinds():
    kinds = [document["file"].rsplit(".", 1)[1] for document in EXPECTED]

    assert len(EXPECTED) >= 30
    assert set(kinds) == {"docx", "xlsx"}


@pytest.mark.parametrize("document", EXPECTED, ids=[document["file"] for document in EXPECTED])
def test_a_document_made_without_the_program_is_read_as_it_was_meant(document):
    form = definition.load(document["form"])

    reading = read_return(DOCUMENTS / document["file"], form)
    shaped = to_public_json(form, reading.filled, verdict(form, reading))

    errors = shaped.pop("errors")
    assert shaped == document["json"]
    assert sorted(error["rule"] for error in errors) == document["rules"]
    assert all(any(said in error["message"] for error in errors) for said in document["says"])


@pytest.mark.parametrize("name", ["d01-typed.docx", "x01-numbers.xlsx"])
def test_reading_in_the_capped_child_gives_the_same(name):
    assert read_uploaded(DOCUMENTS / name, ANNEX) == read_return(DOCUMENTS / name, ANNEX)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("", None),
        ("（台）", None),
        ("______台", None),
        ("0", 0),
        ("120", 120),
        ("120台", 120),
        ("120（台）", 120),
        ("（台）120", 120),
        ("（120台）", 120),
        ("１２０", 120),
        ("1,234", 1234),
        ("1，234", 1234),
        ("１，２３４台", 1234),
        ("120.0", 120),
        ("共120台", 120),
        ("007", 7),
        (" 120 \n（台）", 120),
        ("__120__台", 120),
        ("/", "/"),
        ("不适用", "不适用"),
    ],
)
def test_a_count_is_read_as_people_type_it(text, value):
    assert numbers.count(text, units=("台", "部")) == value


@pytest.mark.parametrize(
    "text",
    [
        "约120",
        "12 0",
        "120/118",
        "-5",
        "1.5",
        "1,23",
        "12,34",
        "一百二十",
        "1.2万",
        "120个",
        "无",
        "12O",
        "1e3",
        "²",
        "½",
        "9" * 13,
        "120 118",
        "1 234",
    ],
)
def test_what_is_no_count_is_never_guessed(text):
    with pytest.raises(numbers.NoCount):
        numbers.count(text, units=("台", "部"))


YES_NO = ("是", "否")


@pytest.mark.parametrize(
    ("row", "chosen"),
    [
        ("□是      □否", ()),
        ("□√是　　□否", ("是",)),
        ("√□是 □否", ("是",)),
        ("☑是 □否", ("是",)),
        ("■是 □否", ("是",)),
        ("☒是 ☐否", ("是",)),
        ("是☑ 否□", ("是",)),
        ("□是√   □否", ("是",)),
        ("√是 □否", ("是",)),
        ("√是 否", ("是",)),
        ("□是 □否√", ("否",)),
        ("□是 □√否", ("否",)),
        ("□V是 □否", ("是",)),
        ("Ｖ是 □否", ("是",)),
        ("（√）是 （ ）否", ("是",)),
        ("是（√）否（ ）", ("是",)),
        ("是[ ] 否[√]", ("否",)),
        ("□√是□否", ("是",)),
        ("□否 □√是", ("是",)),
        ("是", ("是",)),
        ("否。", ("否",)),
        ("□√是", ("是",)),
        ("□√是 □√否", ("是", "否")),
        ("", ()),
    ],
)
def test_a_tick_is_found_wherever_it_was_put(row, chosen):
    assert ticks.ticked(row, YES_NO) == chosen


@pytest.mark.parametrize(
    "row", ["□是√□否", "□×是 □否", "□是√否", "□□√是 □否", "√√", "是是 □否", "有", "□√是（正在筹建） □否", "√是□√否√"]
)
def test_a_tick_with_two_owners_or_none_is_never_guessed(row):
    with pytest.raises(ticks.NoChoice):
        ticks.ticked(row, YES_NO)


def test_choices_simply_written_out_are_an_answer():
    assert ticks.ticked("季度、年度", ("月度", "季度", "半年", "年度")) == ("季度", "年度")


@pytest.mark.parametrize(
    ("head", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "97-2003"),
        (b"%PDF-1.7\n", "PDF"),
        (b"{\\rtf1\\ansi}", "RTF"),
        (b"<html><table></table></html>", "网页"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><x/>", "网页或 XML"),
        (b"", "不是 DOCX"),
        (b"A,120\n", "不是 DOCX"),
    ],
)
def test_a_file_of_another_kind_is_refused_by_its_bytes(tmp_path, head, says):
    path = tmp_path / "表.docx"
    path.write_bytes(head)

    with pytest.raises(NotAReturn, match=says):
        read_uploaded(path, ANNEX)


def test_a_zip_with_no_document_in_it_is_refused(tmp_path, make_zip):
    with pytest.raises(NotAReturn, match="没有 Word 文档"):
        read_uploaded(make_zip({"readme.txt": b"hello"}), ANNEX)


def test_a_broken_document_is_refused_in_words(make_zip):
    with pytest.raises(ParserFailed, match="已损坏"):
        read_uploaded(make_zip({"word/document.xml": b"<w:document"}), ANNEX)


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.98])
def test_a_cut_off_document_is_refused(tmp_path, cut):
    whole = (DOCUMENTS / "d01-typed.docx").read_bytes()
    path = tmp_path / "cut.docx"
    path.write_bytes(whole[: int(len(whole) * cut)])

    with pytest.raises(UnsafeFile):
        read_uploaded(path, ANNEX)


@pytest.fixture
def make_zip(tmp_path):
    import zipfile

    def make(parts):
        path = tmp_path / "made.docx"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
            for name, content in parts.items():
                package.writestr(name, content)
        return path

    return make


WORDS = [item.label for item in ANNEX.items] + [
    *(
        "120（台）",
        "60",
        "１２",
        "（台）",
        "",
        "□√是  □否",
        "□是 □否",
        "□月度 □√季度 □半年 □年度",
        "填报单位：某局",
        "约9",
    ),
    *("已完成整改数量", "正在整改中数量", "依法封停数量", "台", "A", "号码为：96333", "2017年第二季度", "\n", "√"),
]
boxes = st.builds(
    lambda row, column, rows, columns, text: Box(0, row, column, rows, columns, text, f"{row}-{column}"),
    st.integers(0, 8),
    st.integers(0, 5),
    st.integers(1, 3),
    st.integers(1, 3),
    st.sampled_from(WORDS)
    | st.tuples(st.sampled_from(WORDS), st.sampled_from(WORDS)).map("\n".join)
    | st.text(max_size=9),
)


@settings(max_examples=300, deadline=None)
@given(st.lists(boxes, max_size=40), st.lists(st.sampled_from(WORDS), max_size=6))
def test_any_page_at_all_is_read_without_a_fault_and_no_number_is_invented(found, lines):
    page = Page(tuple(found), tuple(lines))

    reading = matching.match(page, ANNEX)

    written = "".join(unicodedata.normalize("NFKC", text) for text in (*(box.text for box in found), *lines))
    assert all(value is None or str(value) in written for _, value in reading.filled.cells)
    assert verdict(ANNEX, reading)


def a_row(*texts):
    return Page(tuple(Box(0, 0, column, 1, 1, text, f"第 {column + 1} 列") for column, text in enumerate(texts)), ())


class TestTwoCandidates:
    def test_are_an_error_that_names_both_places(self):
        reading = matching.match(a_row("平台覆盖电梯数量K", "45678", "45679"), ANNEX)

        error = next(each for each in reading.errors if each.cells == ("K",))
        assert error.rule == "ambiguous:K"
        assert "第 2 列“45678”；第 3 列“45679”" in error.message
        assert reading.filled.cell("K") is None

    def test_are_no_error_where_the_second_is_the_unit(self):
        assert matching.match(a_row("平台覆盖电梯数量K", "45678", "台"), ANNEX).filled.cell("K") == 45678

    def test_are_not_joined_from_beside_and_behind_a_label(self):
        reading = matching.match(a_row("平台覆盖电梯数量K：45678", "45679"), ANNEX)

        assert "ambiguous:K" in {error.rule for error in reading.errors}


def test_a_formula_whose_result_was_never_kept_is_no_blank(tmp_path):
    book = Workbook()
    book.active["A1"], book.active["B1"] = "平台覆盖电梯数量K", "=1+1"
    book.save(tmp_path / "sheet.xlsx")

    reading = read_return(tmp_path / "sheet.xlsx", ANNEX)

    assert "单元格 B1是公式 =1+1 没有保存计算结果" in next(e.message for e in reading.errors if e.cells == ("K",))


def test_text_that_was_moved_away_under_tracking_is_not_read_where_it_stood(tmp_path):
    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.cell(0, 0).text = "平台覆盖电梯数量K"
    paragraph = table.cell(0, 1).paragraphs[0]
    paragraph.add_run("45678")
    moved = '<w:moveFrom {} w:id="1" w:author="a"><w:r><w:t>1</w:t></w:r></w:moveFrom>'
    paragraph._p.append(parse_xml(moved.format(nsdecls("w"))))
    document.save(tmp_path / "moved.docx")

    assert read_return(tmp_path / "moved.docx", ANNEX).filled.cell("K") == 45678
