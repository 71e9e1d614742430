"""Returns: the printed grid as a page, each cell opening to its lifts, with steps, files, versions and differences."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.middleware import said
from liftwarden.doors.threshold.perform import perform
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import buttons, returns_grid
from liftwarden.doors.web.deeds import redirect_after
from liftwarden.doors.web.paging import PAGE_SIZE, Part, address, page_number, part
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period, day_in_shanghai
from liftwarden.kernel.refusals import Refusal
from liftwarden.oversight.returns import actions, content, deadlines, definition, filled, queries, reading
from liftwarden.oversight.returns.actions.pages import MOST_BYTES
from liftwarden.oversight.returns.differences import words
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.models import Return
from liftwarden.oversight.returns.queries import Composed
from liftwarden.oversight.returns.rendering import MEDIA_TYPES, RENDERERS

FIRST_FORM = "2017-annex"
FORMATS = ("docx", "xlsx", "pdf", "html")
KEPT = ("docx", "xlsx", "pdf", "html", "json")


@page(Permission.RETURN_READ)
def returns(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """List returns within reach, and offer the one of a form, a period and a division."""
    asked = {name: request.GET.get(name, "").strip() for name in ("form", "period", "division")}
    error = ""
    try:
        period = Period.parse(asked["period"]) if asked["period"] else None
    except Refusal as refusal:
        period, error = None, said(refusal)
    names = {"form_code": asked["form"], "period": str(period or ""), "division_code": asked["division"]}
    rows = queries.returns(by).filter(**{name: value for name, value in names.items() if value})
    newest = _newest_period(definition.load(FIRST_FORM), by)
    context = {
        "part": part(rows.order_by("-period", "division_code", "form_code", "-version", "id"), request),
        "asked": asked,
        "error": error,
        "forms": [definition.load(code) for code in definition.available()],
        "newest": newest,
        "due_on": deadlines.due_on(FIRST_FORM, newest),
        "first_form": FIRST_FORM,
        "as_of": by.now,
        "may_fill": by.may(Permission.RETURN_FILL),
    }
    return render(request, "returns/returns.html", context)


def _newest_period(form: definition.Form, by: Actor) -> Period:
    """Tell the newest quarter that is over and lies in the form's time."""
    over = Period.of(day_in_shanghai(by.now)).previous_quarter
    return min(over, Period.of(form.effective_to)) if form.effective_to else over


@page(Permission.RETURN_READ)
def chosen(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Go to the return of the form, period and division that were chosen."""
    form, told = request.GET.get("form", FIRST_FORM), request.GET.get("period", "")
    division = request.GET.get("division", "").strip() or by.division
    queries.let_in(division, by=by)
    name = "roll-up" if "roll-up" in request.GET else "return-sheet"
    return redirect_after(reverse(name, args=[definition.load(form).code, str(Period.parse(told)), division]))


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.RETURN_READ)
def sheet(request: HttpRequest, form: str, period: str, division: str, *, by: Actor) -> HttpResponse:
    """Show the return of a division and period as it stands, newest version; take what is typed into it."""
    held = next(iter(queries.versions(form, division, Period.parse(period), by=by)), None)
    if request.method == "POST":
        return _entered(request, form, Period.parse(period), division, by)
    return _sheet(request, queries.preview(form, division, Period.parse(period), by=by), held, by)


@page(Permission.RETURN_READ)
def one(request: HttpRequest, filing: UUID, *, by: Actor) -> HttpResponse:
    """Show one version of a return."""
    held = queries.one(filing, by=by)
    return _sheet(request, queries.composed(held), held, by)


def _entered(request: HttpRequest, form: str, period: Period, division: str, by: Actor) -> HttpResponse:
    told: dict[str, Any] = {
        **returns_grid.entered(definition.load(form), request.POST),
        "form": form,
        "period": str(period),
        "division": division,
        "reporting_body": request.POST.get("reporting_body", ""),
        "contact": request.POST.get("contact", ""),
    }
    try:
        given = perform(deeds()["enter-return"], told, by=by, key=request.POST.get("key", ""))
    except Refusal as refusal:
        made = queries.preview(form, division, period, by=by)
        held = next(iter(queries.versions(form, division, period, by=by)), None)
        return _sheet(request, made, held, by, refused=said(refusal), status=refusal.status)
    messages.success(request, gettext("已保存草稿。"))
    if request.POST.get("then") == "check":
        return redirect_after(reverse("do-check-draft", args=[given["id"]]))
    return redirect_after(reverse("return-sheet", args=[form, str(period), division]))


def _sheet(
    request: HttpRequest, made: Composed, held: Return | None, by: Actor, *, refused: str = "", status: int = 200
) -> HttpResponse:
    period = Period.parse(made.filled.period or "")
    division = made.filled.division_code
    state = Stage(held.state) if held else Stage.DRAFT
    newest = held is None or held == queries.versions(held.form_code, division, period, by=by)[0]
    editable = newest and state is not Stage.SIGNED_OFF and by.may(Permission.RETURN_FILL)
    context = {
        "made": made,
        "form": made.form,
        "filled": made.filled,
        "held": held,
        "state": state,
        "grid": returns_grid.grid(made, request.POST if refused else None),
        "editable": editable,
        "refused": refused,
        "period": period,
        "division": division,
        "key": str(uuid4()),
        "buttons": buttons.of_return(held, by=by) if held and newest else (),
        "since_agreed": queries.since_agreed(held, made) if held and state is not Stage.SIGNED_OFF else (),
        "files": _files(held),
        "pages": queries.pages_of(held) if held else [],
        "versions": queries.versions(made.form.code, division, period, by=by),
        "formats": FORMATS,
        "due_on": deadlines.due_on(made.form.code, period),
        "deadline": deadlines.deadline(made.form.code),
        "previous_period": Period.parse(made.previous.period) if made.previous else None,
        "place": divisions.tree().full_name(division) or divisions.tree().name(division),
        "as_of": None if state is Stage.SIGNED_OFF else by.now,
        "reporting_body": request.POST.get("reporting_body", "") if refused else made.filled.reporting_body,
        "contact": request.POST.get("contact", "") if refused else made.filled.contact,
    }
    return render(request, "returns/sheet.html", context, status=status)


def _files(held: Return | None) -> list[Any]:
    if held is None:
        return []
    kept = {file.format: file for file in queries.files_of(held)}
    return [kept[format_] for format_ in KEPT if format_ in kept]


@page(Permission.RETURN_READ)
def cell(request: HttpRequest, form: str, period: str, division: str, cell: str, *, by: Actor) -> HttpResponse:
    """Open one cell: the lifts behind it, and why it changed since the return before."""
    made = queries.preview(form, division, Period.parse(period), by=by)
    number = page_number(request)
    first = (number - 1) * PAGE_SIZE
    total, lines = queries.behind(made, cell, by=by, first=first, most=PAGE_SIZE)
    more = first + PAGE_SIZE < total
    shown = Part(
        list(lines),
        number,
        address(request, number - 1) if number > 1 else "",
        address(request, number + 1) if more else "",
    )
    code = content.item(made.form, cell).code
    context = {
        "made": made,
        "item": made.form.item(code),
        "value": made.filled.cell(code),
        "ledger": made.ledger.get(code),
        "total": total,
        "part": shown,
        "flows": made.flows(code),
        "place": divisions.tree().full_name(division) or divisions.tree().name(division),
        "period": Period.parse(period),
        "back": reverse("return-sheet", args=[form, str(Period.parse(period)), division]),
        "lifts": queries.lifts_of([move for flow in made.flows(code) for move in flow.moves[:PAGE_SIZE]], by=by),
    }
    return render(request, "returns/cell.html", context)


@page(Permission.RETURN_READ)
def printed(request: HttpRequest, form: str, period: str, division: str, format: str, *, by: Actor) -> HttpResponse:  # noqa: A002  (the word of the address)
    """Print a return as it stands; one that is not signed off says 草稿."""
    made = queries.preview(form, division, Period.parse(period), by=by)
    if format == "json":
        return _sent(filled.canonical_json(made.filled), "application/json", f"{form}-{division}-{period}.json")
    if format not in RENDERERS:
        raise definition.UnknownForm(form=format, available="、".join(RENDERERS))
    data = RENDERERS[format](made.form, made.filled)
    return _sent(data, MEDIA_TYPES[format], f"{form}-{division}-{period}.{format}")


@page(Permission.RETURN_READ)
def file(request: HttpRequest, digest: str, *, by: Actor) -> HttpResponse:
    """Serve a stored file by its digest; nothing is ever sniffed or run."""
    served = queries.file_by_digest(digest, by=by)
    return _sent(served.data, served.media_type, served.name)


def _sent(data: bytes, media_type: str, name: str) -> HttpResponse:
    answer = HttpResponse(data, content_type=media_type)
    safe = "".join(c if c.isascii() and (c.isalnum() or c in ".-_") else "_" for c in name)
    answer["Content-Disposition"] = f'attachment; filename="{safe}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Cache-Control"] = "private, no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.RETURN_FILL)
def attach(request: HttpRequest, filing: UUID, *, by: Actor) -> HttpResponse:
    """Take one page to be attached to a draft."""
    held = queries.one(filing, by=by)
    title, refused = request.POST.get("title", ""), ""
    if request.method == "POST":
        refused = _attached(request, held, title, by)
        if not refused:
            messages.success(request, gettext("已附上。"))
            return redirect_after(reverse("return", args=[filing]))
    context = {"held": held, "refused": refused, "title_given": title, "most": MOST_BYTES // (1024 * 1024)}
    return render(request, "returns/attach.html", context, status=422 if refused else 200)


def _attached(request: HttpRequest, held: Return, title: str, by: Actor) -> str:
    sent: Any = request.FILES.get("data")
    if sent is None:
        return gettext("请选择一份文件。")
    if sent.size > MOST_BYTES:
        return gettext("文件太大（最多 15 MiB）。")
    try:
        actions.attach(held.pk, title=title, name=sent.name, data=sent.read(), at=by.now, by=by)
    except Refusal as refusal:
        return said(refusal)
    return ""


@require_http_methods(["POST"])
@page(Permission.RETURN_FILL)
def detach(request: HttpRequest, filing: UUID, *, by: Actor) -> HttpResponse:
    """Take one page off a draft."""
    perform(deeds()["detach-page"], {"filing": str(filing), "page": request.POST.get("page", "")}, by=by)
    messages.success(request, gettext("已取下附页。"))
    return redirect_after(reverse("return", args=[filing]))


@page(Permission.RETURN_READ)
def compared(request: HttpRequest, filing: UUID, other: UUID, *, by: Actor) -> HttpResponse:
    """Lay two returns side by side: which values differ, which lifts moved, and why."""
    told = queries.compared(queries.one(other, by=by), queries.one(filing, by=by))
    context = {
        "told": told,
        "moves": told.moves[:PAGE_SIZE],
        "more": max(0, len(told.moves) - PAGE_SIZE),
        "lifts": queries.lifts_of(told.moves[:PAGE_SIZE], by=by),
        "flows": _flows(told),
    }
    return render(request, "returns/compare.html", context)


def _flows(told: queries.Comparison) -> Mapping[str, Any]:
    form = definition.load(told.after.form_code)
    return {cell.code: flows for cell in form.cells if (flows := told.flows(cell.code))}


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.RETURN_READ)
def check(request: HttpRequest, *, by: Actor) -> HttpResponse:
    """Re-read a filled DOCX or XLSX and list every rule it breaks; nothing of it is kept."""
    code = request.POST.get("form", FIRST_FORM)
    context: dict[str, Any] = {
        "forms": [definition.load(each) for each in definition.available()],
        "form_code": code,
        "as_of": by.now,
    }
    if request.method == "POST":
        context |= _reread(request, code)
    return render(request, "returns/check.html", context, status=422 if context.get("refused") else 200)


def _reread(request: HttpRequest, code: str) -> dict[str, Any]:
    sent: Any = request.FILES.get("data")
    if sent is None:
        return {"refused": gettext("请选择一份 DOCX 或 XLSX 文件。")}
    try:
        form = definition.load(code)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "return"
            path.write_bytes(sent.read(MOST_BYTES + 1))
            found = reading.read_uploaded(path, form)
    except Refusal as refusal:
        return {"refused": said(refusal)}
    findings = reading.verdict(form, found)
    return {
        "form": form,
        "found": found,
        "values": [(item, words(item, found.filled)) for item in form.items],
        "errors": [each.message for each in findings if each.severity == "error"],
        "warnings": [each.message for each in findings if each.severity != "error"],
        "name": sent.name,
    }
