"""Read the tables and lines of a DOCX as a `Page`: runs joined, check boxes and symbols turned into characters."""

import re
import string
from collections.abc import Callable, Iterator
from typing import Any

from docx import Document
from docx.oxml.ns import qn

from liftwarden.oversight.returns.reading.page import LONGEST_TEXT, Box, Page, cropped

W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
# Symbols that Word and WPS insert from picture fonts, by font and code.
SYMBOLS = {
    ("wingdings 2", 0x50): "√",
    ("wingdings 2", 0x52): "☑",
    ("wingdings 2", 0x53): "☒",
    ("wingdings 2", 0x54): "☒",
    ("wingdings 2", 0xA2): "■",
    ("wingdings 2", 0xA3): "□",
    ("wingdings 2", 0x2A): "□",
    ("wingdings", 0xFC): "√",
    ("wingdings", 0xFE): "☑",
    ("wingdings", 0xFD): "☒",
    ("wingdings", 0xA8): "□",
    ("wingdings", 0x6F): "□",
    ("wingdings", 0x6E): "■",
    ("wingdings", 0x71): "□",
    ("symbol", 0xD6): "√",
}
PICTURE_FONTS = {font for font, _ in SYMBOLS}
UNKNOWN_SYMBOL = "�"
# Word's 带圈字符: EQ \o\ac(□,√) prints one character over another.
OVERSTRIKE = re.compile(r"\\o(?:\\a[lcr])?\s*\(([^,;()]*)[,;]([^()]*)\)", re.IGNORECASE)
# Deleted text, and the first of the two forms in which Word writes a text box.
SKIPPED = {qn("w:del"), qn("w:moveFrom"), qn("w:pPr"), qn("w:rPr"), qn("w:tcPr"), qn("w:tblPr"), MC + "Fallback"}
MOST_DEPTH = 12


def read(path: str) -> Page:
    """Read one DOCX; called in the capped child."""
    document = Document(path)
    boxes: list[Box] = []
    lines: list[str] = []
    _blocks(document.element.body, boxes, lines, depth=0)
    for section in document.sections:
        for part in (section.header, section.footer):
            if not part.is_linked_to_previous:
                _blocks(part._element, boxes, lines, depth=0)
    return cropped(boxes, lines)


def _blocks(parent: Any, boxes: list[Box], lines: list[str], *, depth: int) -> None:
    """Walk paragraphs and tables in order, through content controls and whatever else wraps them."""
    for element in parent:
        if element.tag in SKIPPED:
            continue
        if element.tag == qn("w:p"):
            lines.extend(line for line in _text(element).split("\n") if line.strip())
            _text_boxes(element, boxes, lines, depth=depth)
        elif element.tag == qn("w:tbl"):
            _table(element, boxes, lines, depth=depth)
        elif len(element):
            _blocks(element, boxes, lines, depth=depth)


def _text_boxes(paragraph: Any, boxes: list[Box], lines: list[str], *, depth: int) -> None:
    if depth >= MOST_DEPTH:
        return
    for content in _kept(paragraph, qn("w:txbxContent")):
        _blocks(content, boxes, lines, depth=depth + 1)


def _kept(parent: Any, tag: str) -> Iterator[Any]:
    """Find elements of a tag below, in what is not skipped, not looking inside those found."""
    for element in parent:
        if element.tag == tag:
            yield element
        elif element.tag not in SKIPPED:
            yield from _kept(element, tag)


def _table(table: Any, boxes: list[Box], lines: list[str], *, depth: int) -> None:
    """Lay out one table, its merges resolved; tables nested in it follow as grids of their own."""
    grid = 1 + max((box.grid for box in boxes), default=-1)
    nested: list[Any] = []
    open_merges: dict[int, int] = {}
    for row_index, row in enumerate(_kept(table, qn("w:tr"))):
        column = _skipped(row, "w:gridBefore")
        for cell in _kept(row, qn("w:tc")):
            span = _number(cell, "w:gridSpan", 1)
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            continues = merge is not None and merge.get(qn("w:val"), "continue") == "continue"
            text = _cell_text(cell, nested, lines)
            if continues and column in open_merges:
                above = boxes[open_merges[column]]
                joined = "\n".join(part for part in (above.text, text) if part.strip())
                boxes[open_merges[column]] = _grown(above, rows=row_index - above.row + 1, text=joined)
            else:
                place = f"第 {grid + 1} 个表格第 {row_index + 1} 行第 {column + 1} 列"
                boxes.append(Box(grid, row_index, column, 1, span, text[:LONGEST_TEXT], place))
                open_merges.pop(column, None)
                if merge is not None:
                    open_merges[column] = len(boxes) - 1
            column += span
    if depth < MOST_DEPTH:
        for inner in nested:
            _table(inner, boxes, lines, depth=depth + 1)


def _grown(box: Box, *, rows: int, text: str) -> Box:
    return Box(box.grid, box.row, box.column, rows, box.columns, text[:LONGEST_TEXT], box.place, box.unreadable)


def _number(cell: Any, name: str, default: int) -> int:
    found = cell.find(f"{qn('w:tcPr')}/{qn(name)}")
    value = "" if found is None else found.get(qn("w:val"), "")
    return min(100, int(value)) if value.isdigit() and int(value) > 0 else default


def _skipped(row: Any, name: str) -> int:
    found = row.find(f"{qn('w:trPr')}/{qn(name)}")
    value = "" if found is None else found.get(qn("w:val"), "")
    return min(100, int(value)) if value.isdigit() else 0


def _cell_text(cell: Any, nested: list[Any], lines: list[str]) -> str:
    """Join a cell's paragraphs; a nested table of one cell is only a frame round its words, any other is kept apart."""
    parts: list[str] = []
    for block in _cell_blocks(cell):
        if block.tag == qn("w:p"):
            parts.append(_text(block))
            for content in _kept(block, qn("w:txbxContent")):
                lines.extend(_text(p) for p in _kept(content, qn("w:p")))
        elif sum(1 for _ in _kept(block, qn("w:tc"))) == 1:
            parts.extend(_text(p) for tc in _kept(block, qn("w:tc")) for p in _kept(tc, qn("w:p")))
        else:
            nested.append(block)
    return "\n".join(parts).strip("\n")


def _cell_blocks(parent: Any) -> Iterator[Any]:
    for element in parent:
        if element.tag in (qn("w:p"), qn("w:tbl")):
            yield element
        elif element.tag not in SKIPPED and len(element):
            yield from _cell_blocks(element)


def _text(paragraph: Any) -> str:
    """Read one paragraph, without its text boxes, which are read apart."""
    return "".join(_pieces(paragraph))


def _pieces(parent: Any) -> Iterator[str]:
    for element in parent:
        tag = element.tag
        if tag in SKIPPED or tag == qn("w:txbxContent"):
            continue
        if tag in PLAIN:
            yield PLAIN[tag]
        elif tag in READERS:
            yield from READERS[tag](element)
        elif len(element):
            yield from _pieces(element)


def _typed(element: Any) -> Iterator[str]:
    """Read typed characters; some editors write a picture font's symbols as private characters of that font."""
    text = element.text or ""
    if all(not 0xF000 <= ord(c) <= 0xF0FF for c in text):
        yield text
        return
    fonts = element.getparent().find(f"{qn('w:rPr')}/{qn('w:rFonts')}")
    named = [] if fonts is None else [name.lower() for name in fonts.attrib.values()]
    font = next((name for name in named if name in PICTURE_FONTS), "")
    yield "".join(_pictured(font, ord(c)) if 0xF000 <= ord(c) <= 0xF0FF else c for c in text)


def _symbol(element: Any) -> Iterator[str]:
    code = element.get(qn("w:char"), "")
    known = len(code) <= 6 and all(digit in string.hexdigits for digit in code) and code
    yield _pictured(element.get(qn("w:font"), "").lower(), int(code, 16)) if known else UNKNOWN_SYMBOL


def _pictured(font: str, point: int) -> str:
    # Picture fonts live in the private area at F000; the low byte is the place in the font.
    if 0xF000 <= point <= 0xF0FF:
        return SYMBOLS.get((font, point - 0xF000), UNKNOWN_SYMBOL)
    return SYMBOLS.get((font, point), chr(point) if 32 <= point < 0xD800 else UNKNOWN_SYMBOL)


def _overstruck(element: Any) -> Iterator[str]:
    instruction = element.text or ""
    if "eq" in instruction.lower():
        for found in OVERSTRIKE.finditer(instruction):
            yield found[1].strip() + found[2].strip()


def _form_field(field: Any) -> Iterator[str]:
    box = field.find(qn("w:checkBox"))
    if box is None:
        return
    mark = box.find(qn("w:checked"))
    mark = box.find(qn("w:default")) if mark is None else mark
    on = mark is not None and mark.get(qn("w:val"), "1") in ("1", "true", "on")
    yield "☑" if on else "□"


def _content_control(control: Any) -> Iterator[str]:
    """Read a check box by its properties, whatever glyph it shows; any other control by its content."""
    box = control.find(f"{qn('w:sdtPr')}/{W14}checkbox")
    if box is None:
        content = control.find(qn("w:sdtContent"))
        if content is not None and control.find(f"{qn('w:sdtPr')}/{qn('w:showingPlcHdr')}") is None:
            yield from _pieces(content)
        return
    checked = box.find(f"{W14}checked")
    yield "☑" if checked is not None and checked.get(f"{W14}val") in ("1", "true") else "□"


PLAIN = {qn("w:tab"): "\t", qn("w:ptab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
READERS: dict[str, Callable[[Any], Iterator[str]]] = {
    qn("w:t"): _typed,
    qn("w:sym"): _symbol,
    qn("w:instrText"): _overstruck,
    qn("w:ffData"): _form_field,
    qn("w:sdt"): _content_control,
}
