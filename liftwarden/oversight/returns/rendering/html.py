"""Draw a filled form as a standalone HTML page that prints on one A4 sheet."""

from html import escape

from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.filled import Filled
from liftwarden.oversight.returns.rendering import sheet as sheets
from liftwarden.oversight.returns.rendering.sheet import Box, Sheet

FONTS = "'SimSun','Songti SC','NSimSun','Noto Serif CJK SC','Source Han Serif SC','Noto Serif SC',serif"
TITLE_FONTS = "'SimHei','Heiti SC','Noto Sans CJK SC','Source Han Sans SC','Noto Sans SC',sans-serif"

STYLE = """
@page {{ size: A4; margin: {top}mm {side}mm {bottom}mm }}
html {{ background: #fff; color: #000 }}
body {{ margin: 0 auto; width: {width}mm; font-family: {fonts}; font-size: {size}pt; line-height: 1.35 }}
@media screen {{ body {{ padding: {top}mm {side}mm {bottom}mm }} }}
h1 {{ font-family: {title_fonts}; font-size: 16pt; font-weight: 700; text-align: center; margin: 1mm 0 4mm }}
.above, .notes p {{ font-size: {note}pt; margin: 0 }}
.above {{ display: flex; justify-content: space-between }}
.mark {{ border: 0.4mm solid #000; padding: 0 2mm; font-weight: 700 }}
.headings {{ display: flex; margin: 0 0 1.5mm }}
.headings span {{ flex: 1 }}
td, th {{ box-sizing: border-box }}
table {{ border-collapse: collapse; width: 100%; table-layout: fixed }}
td, th {{ border: 0.25mm solid #000; padding: 0.6mm 1.6mm; vertical-align: middle; font-weight: 400;
  text-align: left; overflow-wrap: anywhere; white-space: pre-line }}
.count {{ text-align: center; font-variant-numeric: tabular-nums }}
.text {{ vertical-align: top }}
.notes {{ margin-top: 2mm }}
.small p {{ font-size: {small}pt; margin: 0; overflow-wrap: anywhere }}
.footer {{ margin-top: 1.5mm; border-top: 0.2mm solid #000; padding-top: 0.8mm }}
"""


def render(form: Form, filled: Filled) -> bytes:
    """Draw the form as UTF-8 HTML; every text is escaped, nothing is fetched."""
    return page(sheets.sheet(form, filled)).encode()


def page(drawn: Sheet) -> str:
    """Draw one sheet as an HTML document."""
    style = STYLE.format(
        top=sheets.TOP_MARGIN,
        side=sheets.SIDE_MARGIN,
        bottom=sheets.BOTTOM_MARGIN,
        width=sheets.BODY_WIDTH,
        fonts=FONTS,
        title_fonts=TITLE_FONTS,
        size=drawn.size,
        note=sheets.NOTE_SIZE,
        small=sheets.SMALL_SIZE,
    )
    mark = f'<span class="mark">{escape(drawn.mark)}</span>' if drawn.mark else ""
    return "\n".join(
        (
            '<!DOCTYPE html>\n<html lang="zh-CN">\n<head>\n<meta charset="utf-8">',
            f"<title>{escape(drawn.title)}</title>\n<style>{style}</style>\n</head>\n<body>",
            f'<div class="above"><span>{escape(drawn.above)}</span>{mark}</div>',
            f"<h1>{escape(drawn.title)}</h1>",
            f'<div class="headings">{"".join(f"<span>{escape(line)}</span>" for line in drawn.headings)}</div>',
            _table(drawn),
            _lines("notes", drawn.notes),
            _lines("notes small", drawn.remarks),
            _lines("small footer", drawn.footer),
            "</body>\n</html>\n",
        )
    )


def _table(drawn: Sheet) -> str:
    total = sum(drawn.widths)
    columns = "".join(f'<col style="width:{width / total * 100:.2f}%">' for width in drawn.widths)
    rows = []
    for index, height in enumerate(drawn.heights):
        cells = "".join(_cell(box, height) for box in drawn.boxes if box.row == index)
        rows.append(f"<tr>{cells}</tr>")
    return f"<table>\n<colgroup>{columns}</colgroup>\n" + "\n".join(rows) + "\n</table>"


def _cell(box: Box, height: float) -> str:
    # The height stands on cells of one row: WeasyPrint gives a row of set height that of a cell spanning into it.
    tall = f' style="height:{height:.1f}mm"' if box.rows == 1 else ""
    tag = "th" if box.kind == "label" else "td"
    spans = "".join(f' {name}="{n}"' for name, n in (("rowspan", box.rows), ("colspan", box.columns)) if n > 1)
    named = f' data-item="{escape(box.code)}"' if box.code else ""
    return f'<{tag} class="{box.kind}"{named}{spans}{tall}>{escape(box.text)}</{tag}>'


def _lines(name: str, lines: tuple[str, ...]) -> str:
    return f'<div class="{name}">{"".join(f"<p>{escape(line)}</p>" for line in lines)}</div>' if lines else ""
