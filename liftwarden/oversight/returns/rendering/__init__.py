"""Print a filled form as bytes: one printed sheet, drawn by whichever format was asked for."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.filled import Filled
from liftwarden.oversight.returns.rendering import docx, html, pdf, xlsx

RENDERERS: Mapping[str, Callable[[Form, Filled], bytes]] = MappingProxyType(
    {"docx": docx.render, "html": html.render, "pdf": pdf.render, "xlsx": xlsx.render}
)

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "html": "text/html; charset=utf-8",
        "pdf": "application/pdf",
        "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    }
)
