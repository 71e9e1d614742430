"""Draw a filled form as PDF; the libraries it needs are loaded only here, and named when absent."""

import hashlib
from typing import Any, NoReturn

from liftwarden.kernel.refusals import Refusal
from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.filled import Filled, canonical_json
from liftwarden.oversight.returns.rendering import html

INSTALL = "Debian/Ubuntu：apt-get install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-noto-cjk"


class PdfUnavailable(Refusal):
    """The machine lacks a library that PDF needs."""

    code = "pdf_unavailable"
    status = 503
    sentence = "本机不能生成 PDF：缺少 {missing}。请安装后再试（{install}），或改用 DOCX、XLSX。"


def render(form: Form, filled: Filled) -> bytes:
    """Draw the form as PDF, the same bytes for the same return on the same fonts.

    Raises:
        PdfUnavailable: if WeasyPrint or a library beneath it cannot be loaded.

    """
    weasyprint = _weasyprint()
    page = html.render(form, filled).decode()
    identifier = hashlib.sha256(canonical_json(filled)).digest()[:16]
    document = weasyprint.HTML(string=page, base_url=None, url_fetcher=_fetch_nothing)
    pdf: bytes = document.write_pdf(pdf_identifier=identifier.hex().encode())
    return pdf


def _weasyprint() -> Any:
    try:
        import weasyprint
    except (ImportError, OSError) as fault:
        raise PdfUnavailable(missing=str(fault).splitlines()[0], install=INSTALL) from fault
    return weasyprint


def _fetch_nothing(url: str, *_args: object, **_options: object) -> NoReturn:
    raise ValueError(f"a printed return fetches nothing, yet asked for {url}")
