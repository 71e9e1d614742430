"""Prints a signed-off return to every file format and keeps the files by digest."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from liftwarden.ground.journal import actions as journal
from liftwarden.ground.papers import store
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.oversight.returns import queries
from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.filled import Filled, from_canonical
from liftwarden.oversight.returns.models import Return, ReturnFile
from liftwarden.oversight.returns.rendering import MEDIA_TYPES, RENDERERS
from liftwarden.oversight.returns.rendering.pdf import PdfUnavailable

JSON = "application/json"


def keep_files(held: Return, form: Form, *, at: datetime, by: Actor) -> None:
    """Print a signed-off return to each format and keep the files; without PDF where the machine cannot make one."""
    for format_, media_type, data in _printed(held, form):
        row = ReturnFile(
            filing=held,
            format=format_,
            media_type=media_type,
            sha256=store.keep(data),
            size_bytes=len(data),
            stored_at=at,
        )
        journal.create(row, "return.printed", division=held.division_code, by=by.hand, at=at)


def named(held: Return) -> Filled:
    """Give a signed-off return as it is printed: with the names of contact and approver that its digest leaves out."""
    told = replace(from_canonical(held.agreed.encode()), contact=queries.contact(held))
    label = parties.post_labels([held.approved_by]).get(held.approved_by, "") if held.approved_by else ""
    return replace(told, approver=label or held.approver)


def _printed(held: Return, form: Form) -> Iterator[tuple[str, str, bytes]]:
    yield "json", JSON, held.agreed.encode()
    printed = named(held)
    for format_, render in RENDERERS.items():
        try:
            yield format_, MEDIA_TYPES[format_], render(form, printed)
        except PdfUnavailable:
            continue
