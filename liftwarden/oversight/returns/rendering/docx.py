"""Draw a filled form as DOCX, one A4 page that Word, WPS and LibreOffice open alike."""

import io
from datetime import UTC, datetime

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.table import WD_CELL_VERTICAL_ALIGNMENT, WD_ROW_HEIGHT_RULE, WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from docx.table import Table, _Cell
from docx.text.paragraph import Paragraph
from docx.text.run import Run

from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.filled import Filled
from liftwarden.oversight.returns.rendering import packing
from liftwarden.oversight.returns.rendering import sheet as sheets
from liftwarden.oversight.returns.rendering.sheet import Box, Sheet

SONG, HEI = "宋体", "黑体"
LATIN = "Times New Roman"
TITLE_SIZE = 16.0
PITCH = 1.3
BREATH = 3.0
# A document carries no clock of ours: the same return is the same bytes.
FIXED = datetime(2017, 4, 7, tzinfo=UTC)


def render(form: Form, filled: Filled) -> bytes:
    """Draw the form as DOCX."""
    drawn = sheets.sheet(form, filled)
    document = Document()
    _set_up(document, drawn)
    _head(document, drawn)
    _table(document, drawn)
    sized = [(sheets.NOTE_SIZE, line) for line in drawn.notes]
    sized += [(sheets.SMALL_SIZE, line) for line in drawn.remarks]
    for index, (size, line) in enumerate(sized):
        note = _write(document.add_paragraph(), line, size)
        note.paragraph_format.space_before = Pt(0 if index else 2 * BREATH)
    out = io.BytesIO()
    document.save(out)
    return packing.repacked(out.getvalue())


def _set_up(document: WordDocument, drawn: Sheet) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(sheets.PAGE_WIDTH), Mm(sheets.PAGE_HEIGHT)
    section.left_margin = section.right_margin = Mm(sheets.SIDE_MARGIN)
    section.top_margin, section.bottom_margin = Mm(sheets.TOP_MARGIN), Mm(sheets.BOTTOM_MARGIN)
    section.header_distance, section.footer_distance = Mm(6), Mm(6)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = LATIN, Pt(drawn.size)
    fonts = normal.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), SONG)
    language = OxmlElement("w:lang")
    language.set(qn("w:val"), "zh-CN")
    language.set(qn("w:eastAsia"), "zh-CN")
    normal.element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.author, properties.comments = drawn.title, "LiftWarden", ""
    properties.created = properties.modified = FIXED
    properties.last_modified_by, properties.revision, properties.language = "LiftWarden", 1, "zh-CN"
    for index, line in enumerate(drawn.footer):
        footer = section.footer
        _write(footer.paragraphs[0] if index == 0 else footer.add_paragraph(), line, sheets.SMALL_SIZE)


def _head(document: WordDocument, drawn: Sheet) -> None:
    if drawn.above or drawn.mark:
        paragraph = document.add_paragraph()
        _write(paragraph, drawn.above, sheets.NOTE_SIZE)
        if drawn.mark:
            _right_tab(paragraph)
            _run(paragraph, f"\t【{drawn.mark}】", TITLE_SIZE - 4).bold = True
    title = _write(document.add_paragraph(), drawn.title, TITLE_SIZE, font=HEI)
    title.runs[0].font.name, title.runs[0].bold = HEI, True
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    title.paragraph_format.space_before, title.paragraph_format.space_after = Pt(4), Pt(8)
    headings = document.add_paragraph()
    for index in range(1, len(drawn.headings)):
        headings.paragraph_format.tab_stops.add_tab_stop(Mm(sheets.BODY_WIDTH * index / len(drawn.headings)))
    _write(headings, "\t".join(drawn.headings), sheets.SIZES[0])
    headings.paragraph_format.space_after = Pt(4)


def _right_tab(paragraph: Paragraph) -> None:
    from docx.enum.text import WD_TAB_ALIGNMENT

    paragraph.paragraph_format.tab_stops.add_tab_stop(Mm(sheets.BODY_WIDTH), WD_TAB_ALIGNMENT.RIGHT)


def _table(document: WordDocument, drawn: Sheet) -> None:
    table = document.add_table(rows=len(drawn.heights), cols=len(drawn.widths), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    for column, width in zip(table.columns, drawn.widths, strict=True):
        column.width = Mm(width)
    for row, height in zip(table.rows, drawn.heights, strict=True):
        row.height, row.height_rule = Mm(height), WD_ROW_HEIGHT_RULE.AT_LEAST
        for cell, width in zip(row.cells, drawn.widths, strict=True):
            cell.width = Mm(width)
    for box in drawn.boxes:
        _cell(_merged(table, box), box, drawn.size)


def _merged(table: Table, box: Box) -> _Cell:
    first: _Cell = table.cell(box.row, box.column)
    if box.rows == box.columns == 1:
        return first
    merged: _Cell = first.merge(table.cell(box.row + box.rows - 1, box.column + box.columns - 1))
    return merged


def _cell(cell: _Cell, box: Box, size: float) -> None:
    top = box.kind == "text"
    cell.vertical_alignment = WD_CELL_VERTICAL_ALIGNMENT.TOP if top else WD_CELL_VERTICAL_ALIGNMENT.CENTER
    lines = box.text.split("\n")
    for index, line in enumerate(lines):
        paragraph = cell.paragraphs[0] if index == 0 else cell.add_paragraph()
        _write(paragraph, line, size)
        if box.kind == "choice":
            # LibreOffice takes the first □ of a run from the Latin font, where it is smaller.
            paragraph.runs[0].font.name = SONG
        if top and index == 0:
            paragraph.paragraph_format.space_before = Pt(BREATH)
        if box.kind == "count":
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER


def _write(paragraph: Paragraph, text: str, size: float, *, font: str = SONG) -> Paragraph:
    spacing = paragraph.paragraph_format
    spacing.space_before = spacing.space_after = Pt(0)
    # An exact pitch: fonts that stand in for 宋体 have other line gaps, and the sheet must stay one page.
    spacing.line_spacing = Pt(size * PITCH)
    run = _run(paragraph, text, size)
    fonts = run.font.element.get_or_add_rPr().get_or_add_rFonts()
    fonts.set(qn("w:eastAsia"), font)
    # □ √ “ are of both scripts; the hint keeps them in the Chinese font, so that all boxes are of one size.
    fonts.set(qn("w:hint"), "eastAsia")
    return paragraph


def _run(paragraph: Paragraph, text: str, size: float) -> Run:
    run = paragraph.add_run(text)
    run.font.size = Pt(size)
    return run
