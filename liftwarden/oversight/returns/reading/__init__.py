"""Read a filled form back from a DOCX or XLSX, ours or one typed by hand, and say what is wrong with it."""

from pathlib import Path

from liftwarden.ground.intake import capped, precheck
from liftwarden.ground.intake.precheck import Kind
from liftwarden.kernel.refusals import Refusal
from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.reading import docx, matching, xlsx
from liftwarden.oversight.returns.reading.matching import Reading, verdict
from liftwarden.oversight.returns.reading.page import Page

__all__ = ["NotAReturn", "Reading", "read_return", "read_uploaded", "verdict"]

DOCX_PART, XLSX_PART = "word/document.xml", "xl/workbook.xml"
WHY_NOT = {
    Kind.OLE: "这是 97-2003 版（.doc、.xls）、WPS 专有或加密的文件，请去掉密码并另存为 .docx 或 .xlsx",
    Kind.PDF: "这是 PDF，不能逐格读取，请上报 .docx 或 .xlsx",
    Kind.RTF: "这是 RTF 文件（扩展名可能是 .doc），请另存为 .docx",
    Kind.MARKUP: "这是网页或 XML 文件（扩展名可能是 .doc 或 .xls），请另存为 .docx 或 .xlsx",
    Kind.OTHER: "这不是 DOCX 或 XLSX 文件",
}


class NotAReturn(Refusal):
    """A file of a kind that holds no form we can read."""

    code = "not_a_return"
    sentence = "无法读取“{name}”：{reason}。"


def read_return(path: Path, form: Form) -> Reading:
    """Read a trusted file in this process.

    Raises:
        NotAReturn: if it is neither DOCX nor XLSX.
        precheck.UnsafeFile: if its container is unsafe or broken.

    """
    read = docx.read if _part(path) == DOCX_PART else xlsx.read
    return matching.match(read(str(path)), form)


def read_uploaded(path: Path, form: Form, *, limits: capped.Limits = capped.LIMITS) -> Reading:
    """Read a file from outside: checked first, then parsed in a capped child; only its cells and lines come back.

    Raises:
        NotAReturn: if it is neither DOCX nor XLSX.
        precheck.UnsafeFile: if its container is unsafe or broken.
        capped.ParserStopped, capped.ParserFailed: if it cannot be parsed within the caps.

    """
    read = docx.read if _part(path) == DOCX_PART else xlsx.read
    return matching.match(capped.run(read, path, returns=Page, limits=limits), form)


def _part(path: Path) -> str:
    """Tell which of the two formats a file is, by what is in it."""
    kind = precheck.kind_of(path)
    if kind is not Kind.ZIP:
        raise NotAReturn(name=path.name, reason=WHY_NOT[kind])
    names = precheck.package(path).names
    for part in (DOCX_PART, XLSX_PART):
        if part in names:
            return part
    raise NotAReturn(name=path.name, reason="容器中没有 Word 文档或 Excel 工作簿")
