"""Make the documents that `check-return` is judged by: filled annexes as people type them, by hand-written XML and cells.

Nothing here knows the program: it imports nothing from it, and what each document says is written beside it by hand.
Each is saved once through LibreOffice, so that no library of ours wrote the bytes that are read.

    python tests/data/returns/make_documents.py            # needs soffice; writes *.docx, *.xlsx and expected.json
"""

# ruff: noqa: E501 (each case is one line, so that the list reads as a table)
import copy
import datetime
import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from docx import Document
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from docx.shared import Pt
from openpyxl import Workbook

HERE = Path(__file__).parent
W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
TITLE = "2017年电梯安全工作相关信息统计表"
LABEL = {
    "A": "截至2016年12月31日，攻坚战中问题建档电梯仍未完成整改数量（电梯安全攻坚的基本数）A",
    "B": "已完成整改数量B",
    "C": "正在整改中数量C",
    "D": "依法封停数量D",
    "E": "继续挂牌督办数量E",
    "F": "“回头看”新发现问题电梯F",
    "G": "已完成整改数量G",
    "H": "正在整改中数量H",
    "I": "依法封停数量I",
    "J": "已建立电梯应急处置平台市（州、盟、区）数J",
    "K": "平台覆盖电梯数量K",
    "hotline": "是否开通应急处置专用号码",
    "practised": "是否开展电梯维保质量状况等信息公示",
    "reasons": "继续挂牌督办电梯未完成整改的主要原因",
    "problems": "“回头看”发现的主要问题",
    "forms": "开展电梯维保质量状况等信息公示的主要形式",
    "highlights": "改革创新、系统构建安全工作长效机制工作中的典型案例、工作亮点（可另附页）：",
}
NOTES = (
    "注：1. 此表为季度报表，累计数据截至每月末；",
    "2. 数据关系：  A=B+C+D+E ； F=G+H+I；",
    "3. 在□对应内容处打“√”；",
    "4.本表请各地于每季度末，以电子邮件报总局特种设备局，上报邮箱：tsjdtc @aqsiq.gov.cn",
)
FILLED = {
    **{"A": "120（台）", "B": "60（台）", "C": "30（台）", "D": "10（台）", "E": "20（台）"},
    **{"F": "15（台）", "G": "8（台）", "H": "5（台）", "I": "2（台）", "J": "11（个）", "K": "45678（台）"},
    "hotline": "□√是      □否",
    "number": "号码为：96333",
    "practised": "□√是     □否",
    "forms": "□月度    □√季度     □半年     □√年度",
    "content": "内容包括：维保单位质量等级、困人率",
    "reasons": "老旧住宅维修资金难以动用。",
    "problems": "部分电梯超期未检。",
    "highlights": "建成省级应急处置平台。",
}
MEANT = {
    "reporting_body": "某省质量技术监督局",
    "contact": "王五",
    "period": None,
    "cells": {"A": 120, "B": 60, "C": 30, "D": 10, "E": 20, "F": 15, "G": 8, "H": 5, "I": 2, "J": 11, "K": 45678},
    "hotline": {"in_service": True, "number": "96333"},
    "disclosure": {"practised": True, "forms": ["季度", "年度"], "content": "维保单位质量等级、困人率"},
    "texts": {
        "reasons": "老旧住宅维修资金难以动用。",
        "problems": "部分电梯超期未检。",
        "highlights": "建成省级应急处置平台。",
    },
}
HEAD = "填报单位: 某省质量技术监督局                     联系人：王五"
BLANK = {
    **dict.fromkeys("ABCDEFGHIK", "（台）"),
    **{"J": "（个）", "hotline": "□是      □否", "number": "号码为：", "practised": "□是     □否"},
    **{
        "forms": "□月度    □季度     □半年     □年度",
        "content": "内容包括：",
        "reasons": "",
        "problems": "",
        "highlights": "",
    },
}
# LibreOffice drops Word's EQ fields on saving; this one stays as it was made, so that the field is read at all.
KEPT_AS_MADE = ("d31-overstruck.docx",)
DOCUMENTS: list[dict[str, object]] = []


def case(name, build, *, rules=(), says=(), form="2017-annex", **changed):
    """Note one document: how to build it, what it means, and which rules it breaks."""
    meant = copy.deepcopy(MEANT)
    for path, value in changed.items():
        if path in meant["cells"]:
            meant["cells"][path] = value
        elif path in meant:
            meant[path] = value
        else:
            section, key = path.split("__")
            meant[section][key] = value
    DOCUMENTS.append(
        {"file": name, "form": form, "build": build, "json": meant, "rules": sorted(rules), "says": list(says)}
    )


# --- Word ------------------------------------------------------------------------------------------------------------


def rows_of(said, label=LABEL):
    """The annex's grid: each row a list of (row, column, row span, column span, text)."""
    return [
        (0, 0, 4, 1, label["A"]), (0, 1, 4, 1, said["A"]), (0, 2, 1, 1, label["B"]), (0, 3, 1, 1, said["B"]),
        (1, 2, 1, 1, label["C"]), (1, 3, 1, 1, said["C"]),
        (2, 2, 1, 1, label["D"]), (2, 3, 1, 1, said["D"]),
        (3, 2, 1, 1, label["E"]), (3, 3, 1, 1, said["E"]),
        (4, 0, 3, 1, label["F"]), (4, 1, 3, 1, said["F"]), (4, 2, 1, 1, label["G"]), (4, 3, 1, 1, said["G"]),
        (5, 2, 1, 1, label["H"]), (5, 3, 1, 1, said["H"]),
        (6, 2, 1, 1, label["I"]), (6, 3, 1, 1, said["I"]),
        (7, 0, 2, 1, label["J"]), (7, 1, 2, 1, said["J"]), (7, 2, 2, 1, label["hotline"]), (7, 3, 1, 1, said["hotline"]),
        (8, 3, 1, 1, said["number"]),
        (9, 0, 1, 1, label["K"]), (9, 1, 1, 1, said["K"]), (9, 2, 1, 1, label["practised"]), (9, 3, 1, 1, said["practised"]),
        (10, 0, 1, 1, label["reasons"]), (10, 1, 1, 3, said["reasons"]),
        (11, 0, 1, 1, label["problems"]), (11, 1, 1, 3, said["problems"]),
        (12, 0, 2, 1, label["forms"]), (12, 1, 1, 3, said["forms"]),
        (13, 1, 1, 3, said["content"]),
        (14, 0, 1, 4, label["highlights"] + said["highlights"]),
    ]  # fmt: skip


def word(boxes, *, head=HEAD, title=TITLE, change=None, merge=True):
    """Build a DOCX of one table; `change(document, table)` may then do anything to it."""

    def build(path):
        document = Document()
        document.styles["Normal"].font.size = Pt(9)
        document.add_paragraph("附件：")
        document.add_paragraph(title)
        if head:
            document.add_paragraph(head)
        table = document.add_table(
            rows=max(r + h for r, _, h, _, _ in boxes), cols=max(c + w for _, c, _, w, _ in boxes), style="Table Grid"
        )
        for row, column, high, wide, text in boxes:
            cell = table.cell(row, column)
            if merge and (high > 1 or wide > 1):
                cell = cell.merge(table.cell(row + high - 1, column + wide - 1))
            put(cell, text)
        for note in NOTES:
            document.add_paragraph(note)
        if change:
            change(document, table)
        document.save(path)

    return build


def put(cell, text):
    first, *rest = str(text).split("\n")
    cell.paragraphs[0].add_run(first)
    for line in rest:
        cell.add_paragraph(line)


def said(**changed):
    return {**FILLED, **changed}


def clear(cell):
    for paragraph in cell.paragraphs[1:]:
        paragraph._p.getparent().remove(paragraph._p)
    for child in list(cell.paragraphs[0]._p):
        cell.paragraphs[0]._p.remove(child)
    return cell.paragraphs[0]._p


def xml(inner):
    return parse_xml(f"<w:p {nsdecls('w')} {W14}>{inner}</w:p>")


def put_xml(cell, inner):
    paragraph = clear(cell)
    for child in list(xml(inner)):
        paragraph.append(child)


def run(text):
    return f'<w:r><w:t xml:space="preserve">{text}</w:t></w:r>'


def split_runs(document, table):
    for row, column, pieces in (
        (0, 3, ("6", "0", "（", "台）")),
        (1, 3, ("3", "0（台）")),
        (9, 1, ("45", "6", "78", "（台）")),
    ):
        put_xml(table.cell(row, column), "".join(run(piece) for piece in pieces))


def nested_value(document, table):
    cell = table.cell(0, 3)
    clear(cell)
    inner = cell.add_table(rows=1, cols=1)
    inner.cell(0, 0).text = "60"


def whole_table_nested(document, table):
    outer = document.add_table(rows=1, cols=1)
    outer.cell(0, 0)._tc.insert(1, table._tbl)


def text_box(document, table):
    document.paragraphs[0]._p.append(
        parse_xml(
            f"<w:r {nsdecls('w')} xmlns:v='urn:schemas-microsoft-com:vml'><w:pict><v:shape style='width:120pt;height:30pt'>"
            "<v:textbox><w:txbxContent><w:p><w:r><w:t>请于6月底前报送，勿漏项</w:t></w:r></w:p></w:txbxContent></v:textbox>"
            "</v:shape></w:pict></w:r>"
        )
    )


def tracked(document, table):
    put_xml(
        table.cell(0, 3),
        '<w:del w:id="1" w:author="a" w:date="2017-06-30T00:00:00Z"><w:r><w:delText>58</w:delText></w:r></w:del>'
        '<w:ins w:id="2" w:author="a" w:date="2017-06-30T00:00:00Z"><w:r><w:t>60</w:t></w:r></w:ins>' + run("（台）"),
    )


def check_box(on):
    glyph = "☒" if on else "☐"
    return (
        f'<w:sdt><w:sdtPr><w14:checkbox><w14:checked w14:val="{int(on)}"/>'
        '<w14:checkedState w14:val="2612" w14:font="MS Gothic"/><w14:uncheckedState w14:val="2610" w14:font="MS Gothic"/>'
        f"</w14:checkbox></w:sdtPr><w:sdtContent>{run(glyph)}</w:sdtContent></w:sdt>"
    )


def controls(document, table):
    put_xml(table.cell(7, 3), check_box(True) + run("是    ") + check_box(False) + run("否"))
    marks = "".join(
        check_box(on) + run(word + "   ") for word, on in (("月度", 0), ("季度", 1), ("半年", 0), ("年度", 1))
    )
    put_xml(table.cell(12, 1), marks)


def symbols(document, table):
    sym = '<w:r><w:sym w:font="Wingdings 2" w:char="F0{}"/></w:r>'
    put_xml(table.cell(7, 3), sym.format("52") + run("是    ") + sym.format("A3") + run("否"))


def overstruck(document, table):
    field = (
        '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> EQ \\o\\ac(□,√) </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )
    put_xml(table.cell(9, 3), field + run("是     □否"))


def extra_rows(document, table):
    for text in ("", "合计"):
        row = table.add_row()
        row.cells[0].text = text
    note = table.add_row()
    note.cells[0].merge(note.cells[3]).text = "审核人：赵六        填表日期：2017年6月30日"


def two_tables(document, table):
    other = document.add_table(rows=2, cols=2)
    for index, text in enumerate(("序号", "设备名称", "1", "曳引驱动乘客电梯")):
        other.cell(index // 2, index % 2).text = text


def unlettered():
    return {k: (v[:-1] if k in "ABCDEFGHIJK" else v) for k, v in LABEL.items()}


def broken_labels():
    spaced = {
        **LABEL,
        "B": "已完成整改\n数量  B",
        "C": "正在整改中\n数  量 C",
        "J": "已建立电梯应急处置平台市\n（州、盟、区）数 J",
    }
    spaced["A"] = "截至2016年12月31日，\n攻坚战中问题建档电梯仍未完成整改数量\n（电梯安全攻坚的基本数）\nA"
    spaced["hotline"] = "是否开通\n应急处置\n专用号码"
    return spaced


def look_back_first():
    base = rows_of(FILLED)
    moved = []
    for row, column, high, wide, text in base:
        new = row + 3 if row < 4 else row - 4 if row < 7 else row
        moved.append((new, column, high, wide, text))
    return moved


def in_label():
    joined = []
    for row, column, high, wide, text in rows_of(FILLED):
        moved = {(0, 2): "已完成整改数量B：60台", (0, 3): ""}.get((row, column), text)
        joined.append((row, column, high, wide, moved))
    return joined


def wide_grid():
    """Six columns, the unit in one of its own, as a form redrawn in WPS."""
    out = []
    numbers = {code: FILLED[code].split("（")[0] for code in "ABCDEFGHIJK"}
    for row, column, high, wide, text in rows_of(FILLED):
        at = {0: 0, 1: 1, 2: 3, 3: 4}[column]
        spans = {1: 1, 3: 5, 4: 6}[wide]
        code = next((c for c in numbers if text == FILLED[c] and text.endswith("）")), None)
        if wide == 1 and column in (1, 3) and code:
            out.append((row, at, high, 1, text.split("（")[0]))
            out.append((row, at + 1, high, 1, text.split("（")[1].rstrip("）")))
        elif wide == 1 and column == 3:
            out.append((row, at, high, 2, text))
        else:
            out.append((row, at, high, spans, text))
    return out


def beneath():
    rows = [box for box in rows_of(FILLED) if box[0] != 14]
    return [*rows, (14, 0, 1, 4, LABEL["highlights"]), (15, 0, 1, 4, FILLED["highlights"])]


def doubled():
    rows = rows_of(FILLED)
    return [*rows, (15, 0, 1, 1, "已完成整改数量B"), (15, 1, 1, 1, "61（台）"), (15, 2, 1, 1, ""), (15, 3, 1, 1, "")]


def heading_row():
    heads = ("填报单位", "某省质量技术监督局", "联系人", "王五")
    rows = [(row + 1, column, high, wide, text) for row, column, high, wide, text in rows_of(FILLED)]
    return [*((0, column, 1, 1, text) for column, text in enumerate(heads)), *rows]


CAMPAIGN = {"form": "2015-campaign"}


def campaign_word(numbers):
    labels = ("自查数", "有隐患", "已整改", "落实监护", "停用")
    boxes = [(0, column, 1, 1, label) for column, label in enumerate(labels)]
    return word(
        [*boxes, *((1, column, 1, 1, n) for column, n in enumerate(numbers))], head="填报单位：全国", title="大会战情况"
    )


def campaign(name, build, cells, *, rules=(), says=(), body="全国"):
    meant = {"reporting_body": body, "contact": "", "period": None, "cells": dict(zip("ABCDE", cells, strict=True))}
    DOCUMENTS.append(
        {"file": name, **CAMPAIGN, "build": build, "json": meant, "rules": sorted(rules), "says": list(says)}
    )


def word_cases():
    case("d01-typed.docx", word(rows_of(FILLED)))
    wide_digits = said(A="１２０（台）", B="６０", C="３０台", K="４５，６７８（台）", number="号码为：９６３３３")
    case("d02-full-width.docx", word(rows_of(wide_digits)))
    case("d03-separators.docx", word(rows_of(said(A="120台", B="60 台", K="45,678台", J="11个", F="（台）15"))))
    case("d04-bare-numbers.docx", word(rows_of(said(**{c: FILLED[c].split("（")[0] for c in "ABCDEFGHIJK"}))))
    filled_boxes = said(hotline="■是      □否", practised="■是     □否", forms="□月度    ■季度     □半年     ■年度")
    case("d05-filled-boxes.docx", word(rows_of(filled_boxes)))
    checked = said(hotline="☑是      ☐否", practised="☑是     ☐否", forms="☐月度    ☑季度     ☐半年     ☑年度")
    case("d06-check-boxes.docx", word(rows_of(checked)))
    before = said(hotline="√□是      □否", practised="√□是     □否", forms="□月度    √□季度     □半年     √□年度")
    case("d07-tick-before.docx", word(rows_of(before)))
    after = said(hotline="□是√      □否", practised="□是 √     □否", forms="□月度    □季度√     □半年     □年度√")
    case("d08-tick-after.docx", word(rows_of(after)))
    letter_v = said(hotline="□V是      □否", practised="□是     □v否", forms="□月度    □V季度     □半年     □V年度")
    case("d09-letter-v.docx", word(rows_of(letter_v)), disclosure__practised=False)
    replaced = said(hotline="✓是      □否", practised="√是     □否", forms="□月度    √季度     □半年     ✔年度")
    case("d10-tick-for-box.docx", word(rows_of(replaced)))
    case("d11-no-letters.docx", word(rows_of(FILLED, unlettered())))
    case("d12-broken-labels.docx", word(rows_of(FILLED, broken_labels())))
    case("d13-merges-undone.docx", word(rows_of(FILLED), merge=False))
    case("d14-look-back-first.docx", word(look_back_first()))
    wrong_a = "A=120，B+C+D+E=118，差 2"
    case("d15-wrong-sum-a.docx", word(rows_of(said(B="58（台）"))), rules=["A=B+C+D+E"], says=[wrong_a], B=58)
    wrong_f = "F=15，G+H+I=16，差 1"
    case("d16-wrong-sum-f.docx", word(rows_of(said(I="3"))), rules=["F=G+H+I"], says=[wrong_f], I=3)
    case("d17-blank-cell.docx", word(rows_of(said(C="（台）"))), rules=["A=B+C+D+E", "required:C"], C=None)
    nothing = dict.fromkeys("ABCDEFGHIJK")
    blank_rules = [f"required:{code}" for code in "ABCDEFGHIJK"] + ["A=B+C+D+E", "F=G+H+I"]
    blank_rules += ["required:hotline.in_service", "required:disclosure.practised"]
    case(
        "d18-untouched.docx",
        word(rows_of(BLANK), head="填报单位:                      联系人："),
        rules=blank_rules,
        reporting_body="",
        contact="",
        cells=nothing,
        hotline={"in_service": None, "number": ""},
        disclosure={"practised": None, "forms": [], "content": ""},
        texts={"reasons": "", "problems": "", "highlights": ""},
    )
    both = said(hotline="□√是      □√否")
    case("d19-both-ticked.docx", word(rows_of(both)), rules=["ambiguous:hotline.in_service"], hotline__in_service=None)
    case(
        "d20-no-number.docx",
        word(rows_of(said(number="号码为："))),
        rules=["required:hotline.number"],
        hotline__number="",
    )
    case("d21-number-unasked.docx", word(rows_of(said(hotline="□是      □√否"))), hotline__in_service=False)
    two = "第 1 个表格第 1 行第 4 列"
    case(
        "d22-two-numbers.docx",
        word(rows_of(said(B="60/58（台）"))),
        rules=["A=B+C+D+E", "unreadable:B"],
        says=[two],
        B=None,
    )
    case("d23-about.docx", word(rows_of(said(K="约4.5万台"))), rules=["unreadable:K"], says=["约4.5万台"], K=None)
    case("d24-split-runs.docx", word(rows_of(FILLED), change=split_runs))
    case("d25-nested-value.docx", word(rows_of(FILLED), change=nested_value))
    case("d26-text-box.docx", word(rows_of(FILLED), change=text_box))
    case("d27-extra-rows.docx", word(rows_of(FILLED), change=extra_rows))
    case("d28-content-controls.docx", word(rows_of(FILLED), change=controls))
    case("d29-wingdings.docx", word(rows_of(FILLED), change=symbols))
    case("d30-tracked.docx", word(rows_of(FILLED), change=tracked))
    case("d31-overstruck.docx", word(rows_of(FILLED), change=overstruck))
    case("d32-not-applicable.docx", word(rows_of(said(J="/"))), rules=["required:J"], J=None)
    unclear = said(hotline="□是√□否")
    case(
        "d33-tick-between.docx",
        word(rows_of(unclear)),
        rules=["unreadable:hotline.in_service"],
        hotline__in_service=None,
    )
    case("d34-value-in-label.docx", word(in_label()))
    case("d35-unit-column.docx", word(wide_grid()))
    case("d36-words-beneath.docx", word(beneath()))
    case("d37-label-twice.docx", word(doubled()), rules=["A=B+C+D+E", "ambiguous:B"], B=None)
    case("d38-heading-row.docx", word(heading_row(), head=""))
    case("d39-period-named.docx", word(rows_of(FILLED), title=TITLE + "（2017年第二季度）"), period="2017-06")
    case("d40-nested-whole.docx", word(rows_of(FILLED), change=whole_table_nested))
    case("d41-second-table.docx", word(rows_of(FILLED), change=two_tables))
    case("d42-zeros.docx", word(rows_of(said(F="0台", G="0", H="０", I="0（台）"))), F=0, G=0, H=0, I=0)
    mistyped = {
        **LABEL,
        "A": LABEL["A"].replace("截至", "截止到"),
        "hotline": "是否开通应急处置专用号",
        "K": "平台覆盖的电梯数量K",
    }
    case("d43-mistyped-labels.docx", word(rows_of(FILLED, mistyped)))
    swapped = {**LABEL, "D": "依法封停数量E"}
    case("d44-wrong-letter.docx", word(rows_of(FILLED, swapped)), rules=["A=B+C+D+E", "ambiguous:D"], D=None)
    cross = said(practised="□×是     □否")
    case("d45-cross.docx", word(rows_of(cross)), rules=["unreadable:disclosure.practised"], disclosure__practised=None)
    campaign(
        "d50-campaign.docx",
        campaign_word(("1210983", "60499", "46066", "10678", "3755")),
        (1210983, 60499, 46066, 10678, 3755),
    )


# --- Excel -----------------------------------------------------------------------------------------------------------


def excel(boxes, *, head=HEAD, title=TITLE, top=3, left=1, merge=True, change=None):
    def build(path):
        book = Workbook()
        sheet = book.active
        sheet.title = "附件"
        sheet.cell(1, left, title)
        if head:
            sheet.cell(2, left, head)
        for row, column, high, wide, text in boxes:
            if text != "":
                sheet.cell(top + row, left + column, text)
            if merge and (high > 1 or wide > 1):
                sheet.merge_cells(
                    start_row=top + row,
                    start_column=left + column,
                    end_row=top + row + high - 1,
                    end_column=left + column + wide - 1,
                )
        last = top + max(box[0] for box in boxes)
        for offset, note in enumerate(NOTES):
            sheet.cell(last + 1 + offset, left, note)
        if change:
            change(book, sheet)
        book.save(path)

    return build


def as_numbers(**changed):
    numbers = {c: int(FILLED[c].split("（")[0]) for c in "ABCDEFGHIJK"}
    return {**FILLED, **numbers, **changed}


def with_instructions(book, sheet):
    other = book.create_sheet("填表说明")
    other["A1"] = "一、本表按季度填报。"
    other["A2"] = "二、数字填整数。"


def with_hidden(book, sheet):
    other = book.create_sheet("旧数据")
    other["A1"], other["B1"] = "已完成整改数量B", 58
    other.sheet_state = "hidden"


def ticks_apart():
    """Each choice in a cell of its own, the tick in the cell before it."""
    rows = [box for box in rows_of(as_numbers()) if box[0] not in (12, 13, 14)]
    rows += [
        (12, 0, 1, 1, LABEL["forms"]),
        (12, 1, 1, 1, "□月度"),
        (12, 2, 1, 1, "□√季度"),
        (12, 3, 1, 1, "□半年"),
        (12, 4, 1, 1, "□√年度"),
    ]
    rows += [(13, 0, 1, 1, "内容包括："), (13, 1, 1, 3, "维保单位质量等级、困人率")]
    return [*rows, (14, 0, 1, 1, LABEL["highlights"]), (14, 1, 1, 3, FILLED["highlights"])]


def campaign_excel(book_rows, body="全国"):
    labels = ("自查电梯数量", "存在隐患电梯数量", "已完成整改数量", "已落实监护措施数量", "使用单位停用数量")
    boxes = [(index, 0, 1, 1, label) for index, label in enumerate(labels)]
    boxes += [(index, 1, 1, 1, number) for index, number in enumerate(book_rows)]
    return excel(boxes, head=f"填报单位：{body}", title="电梯安全大会战隐患排查整治情况")


def excel_cases():
    case("x01-numbers.xlsx", excel(rows_of(as_numbers())))
    case("x02-words.xlsx", excel(rows_of(FILLED)))
    case("x03-moved.xlsx", excel(rows_of(as_numbers()), top=6, left=3))
    case("x04-sum-formula.xlsx", excel(rows_of(as_numbers(A="=D3+D4+D5+D6", F="=SUM(D7:D9)"))))
    wrong = "A=121，B+C+D+E=120，差 1"
    case("x05-wrong-sum.xlsx", excel(rows_of(as_numbers(A=121))), rules=["A=B+C+D+E"], says=[wrong], A=121)
    day = as_numbers(B=datetime.date(2017, 6, 1))
    case("x06-date.xlsx", excel(rows_of(day)), rules=["A=B+C+D+E", "unreadable:B"], says=["单元格 D3"], B=None)
    case("x07-fraction.xlsx", excel(rows_of(as_numbers(K=4567.5))), rules=["unreadable:K"], says=["4567.5"], K=None)
    case("x08-no-merges.xlsx", excel(rows_of(as_numbers()), merge=False))
    case("x09-instructions.xlsx", excel(rows_of(as_numbers()), change=with_instructions))
    case("x10-hidden-sheet.xlsx", excel(rows_of(as_numbers()), change=with_hidden))
    case("x11-no-letters.xlsx", excel(rows_of(as_numbers(), unlettered())))
    case("x12-ticks-apart.xlsx", excel(ticks_apart()))
    error = as_numbers(A="=1/0")
    case("x13-error-value.xlsx", excel(rows_of(error)), rules=["A=B+C+D+E", "unreadable:A"], says=["单元格 B3"], A=None)
    case("x14-negative.xlsx", excel(rows_of(as_numbers(J=-1))), rules=["unreadable:J"], says=["-1"], J=None)
    case("x15-blank.xlsx", excel(rows_of(as_numbers(I=""))), rules=["F=G+H+I", "required:I"], I=None)
    case("x16-text-digits.xlsx", excel(rows_of(as_numbers(A="１２０", K="45,678"))))
    nation = (2368665, 111156, 79245, 26214, 5697)
    campaign("x20-campaign.xlsx", campaign_excel(nation), nation)
    off = (34914, 5634, 5279, 274, 82)
    wrong = "B=5634，C+D+E=5635，差 1"
    campaign("x21-campaign-wrong.xlsx", campaign_excel(off, "新疆"), off, rules=["B=C+D+E"], says=[wrong], body="新疆")


def main():
    word_cases()
    excel_cases()
    office = shutil.which("soffice") or sys.exit("soffice is needed: the documents are saved once through LibreOffice")
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("docx", "xlsx"):
            made = [Path(folder, str(d["file"])) for d in DOCUMENTS if str(d["file"]).endswith(kind)]
            for document in DOCUMENTS:
                if str(document["file"]).endswith(kind):
                    document["build"](Path(folder, str(document["file"])))
            out = Path(folder, "saved")
            subprocess.run(
                [office, "--headless", "--convert-to", kind, "--outdir", str(out), *map(str, made)],
                check=True,
                timeout=900,
            )
            for path in made:
                shutil.copy(path if path.name in KEPT_AS_MADE else out / path.name, HERE / path.name)
    expected = [{key: value for key, value in document.items() if key != "build"} for document in DOCUMENTS]
    (HERE / "expected.json").write_text(json.dumps(expected, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
