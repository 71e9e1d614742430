"""Read what stands around the table: who files, whom to call, and which period the sheet is for."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from liftwarden.kernel.words import narrowed
from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.reading.labels import fold
from liftwarden.oversight.returns.reading.page import Box, Page
from liftwarden.oversight.returns.rules import Finding

# Other labels that often share the line, and so end the value before them.
NEIGHBOURS = (
    "联系电话",
    "电话",
    "传真",
    "填报日期",
    "填表日期",
    "填报时间",
    "填表人",
    "审核人",
    "负责人",
    "日期",
    "报告期",
    "统计期",
    "报送日期",
)
# Between a heading and its colon may stand （盖章） or 及电话.
COLON = r"(?:\s*[（(][^()（）\n]{0,10}[)）])?(?:\s*[及和与、/]\s*(?:联系)?(?:电话|方式))?\s*[:：]"
QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
QUARTER = re.compile(r"(20\d{2})\s*年?\s*[第]?\s*([一二三四1-4])\s*季度")
QUARTER_Q = re.compile(r"(20\d{2})\s*[-年]?\s*Q([1-4])(?!\d)", re.IGNORECASE)
MONTH = re.compile(r"(?:报告期|统计期|所属期|数据期|报表期)\s*[:：]?\s*(20\d{2})\s*[-./年]\s*(1[0-2]|0?[1-9])(?!\d)")
CUT_OFF = re.compile(r"(?:截至|截止)(?:到|时间|日期)?\s*[:：]?\s*(20\d{2})\s*年\s*(1[0-2]|0?[1-9])\s*月(?!末)")
FROM_JANUARY = re.compile(r"(20\d{2})\s*年\s*0?1\s*月?\s*[-—–~～至到]+\s*(1[0-2]|0?[2-9])\s*月")
BRACKETED = re.compile(r"[(（]\s*(20\d{2})\s*年\s*(1[0-2]|0?[1-9])\s*月\s*[)）]")

MONTHS = (MONTH, CUT_OFF, FROM_JANUARY, BRACKETED)
LONGEST_HEAD = 120


@dataclass(frozen=True, slots=True)
class Head:
    """What was read around the table, and what was unclear in it."""

    reporting_body: str
    contact: str
    period: str | None
    errors: tuple[Finding, ...]


def read(page: Page, form: Form, labelled: frozenset[str]) -> Head:
    """Read the headings and the period; one said in two ways is an error. `labelled` are texts that hold a label."""
    errors: list[Finding] = []
    values = {"reporting_body": "", "contact": ""}
    for heading in form.headings:
        others = [h.label for h in form.headings if h is not heading]
        said = list(dict.fromkeys(value for value in _values(page, heading.label, others) if value))
        if len(said) > 1:
            message = f"“{heading.label}”有不止一处填写：{'、'.join(said)}"
            errors.append(Finding(f"ambiguous:{heading.code}", "error", (), message))
        elif said:
            values[heading.code] = said[0]
    periods = sorted(set(_periods(page, form, labelled)))
    if len(periods) > 1:
        errors.append(Finding("ambiguous:period", "error", (), f"写明的报告期不止一个：{'、'.join(periods)}"))
    period = periods[0] if len(periods) == 1 else None
    return Head(values["reporting_body"], values["contact"], period, tuple(errors))


def _values(page: Page, label: str, others: list[str]) -> Iterator[str]:
    spelled = r"\s*".join(map(re.escape, label))
    ends = "|".join(r"\s*".join(map(re.escape, word)) + COLON for word in (*others, *NEIGHBOURS))
    pattern = re.compile(rf"{spelled}{COLON}[^\S\n]*(.*?)\s*(?=$|\n|{ends}|\s{{2,}}\S{{2,6}}{COLON})")
    for text in (*page.lines, *(box.text for box in page.boxes)):
        for found in pattern.finditer(text):
            yield _bare(found[1])
    for box in page.boxes:
        if fold(box.text)[0] == fold(label)[0]:
            yield from (_bare(other.text) for other in _next(box, page) if not _is_label(other.text, others))


def _next(box: Box, page: Page) -> Iterator[Box]:
    for other in page.boxes:
        if (other.grid, other.row, other.column) == (box.grid, box.row, box.column + box.columns):
            yield other


def _is_label(text: str, others: list[str]) -> bool:
    return any(fold(text)[0].startswith(fold(label)[0]) for label in others)


def _bare(text: str) -> str:
    return " ".join(re.sub(r"_{2,}|[（(]\s*(?:盖章|公章|签章)\s*[)）]", " ", text).split())


def _periods(page: Page, form: Form, labelled: frozenset[str]) -> Iterator[str]:
    """Find periods in the lines, and in cells that are none of the form's: a note or a label may well name a year."""
    printed = {fold(words)[0] for words in (form.title, *form.print.notes, *form.print.remarks)}
    heads = [box.text for box in page.boxes if len(box.text) <= LONGEST_HEAD]
    for text in (each for each in (*page.lines, *heads) if each not in labelled):
        line = narrowed(text)
        if fold(line)[0] in printed:
            continue
        for found in (*QUARTER.finditer(line), *QUARTER_Q.finditer(line)):
            yield f"{found[1]}-{QUARTERS[found[2]]:02d}"
        for found in (found for pattern in MONTHS for found in pattern.finditer(line)):
            yield f"{found[1]}-{int(found[2]):02d}"
