"""One view for every deed: draws its form, does it, shows every error at its field, goes to its subject."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from liftwarden.casework.hazards.lifecycles import LISTING, PROBLEM, SHUT_DOWN, Overlay, State
from liftwarden.doors.threshold.deed import Deed, FieldError, InvalidFields, read
from liftwarden.doors.threshold.deeds import deeds
from liftwarden.doors.threshold.middleware import said
from liftwarden.doors.threshold.perform import KeyReused, perform
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web import drawing
from liftwarden.doors.web.buttons import LISTING_DEEDS
from liftwarden.doors.web.subjects import SUBJECTS, Subject, subject_of
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.refusals import NotFound, Refusal
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.lifecycle import RETURN

SEE_OTHER = 303

CONSEQUENCES = {
    "shut-down": "封停后电梯不得使用，直到启封；它将计入“依法封停”（D 或 I），并在到期前提醒。",
    "withdraw-problem": "撤销后这项隐患不再办理，也不能恢复；登记过程仍留在流水中。",
    "correct-return": "更正会另出一版，须重新核对、批准、签发；在新版签发之前旧版有效，其文件始终可查。",
    "correct-file": "更正后这份档案不再计数，A 或 F 随之减少；档案和理由将逐台列名，不能恢复。",
    "correct-as-done-before": "更正后这台电梯离开 A，成为“回头看”对象，A 减一，逐台列名；不能恢复。",
    "join-baseline": "并入后这份 F 档案不再计数，F 减一，隐患归入同一电梯的 A 档案，逐台列名；不能恢复。",
    "transfer-file": "移交后档案由接收区划办理，双方的合计随之变化；本单位将不能再办理它。",
}

# Where a refusal names no field by its label, its code tells which one it is about.
FIELD_OF = {
    "unknown_division": "division",
    "instruction_number_taken": "number",
    "one_officer": "second_officer",
    "two_units": "problems",
    "not_yet": "at",
    "out_of_order": "at",
    "before_its_file": "at",
    "before_the_campaign": "found_at",
    "baseline_frozen": "correction_reason",
    "party_overlap": "from_on",
    "login_taken": "login",
    "bad_credit_code": "credit_code",
    "no_number": "rescue_code",
    "unknown_role": "role",
}

# Deeds whose form is a page of its own, posted there.
OWN_PAGE = frozenset({"attach-evidence", "enter-return", "detach-page"})

LANDINGS = {
    "open-problem": ("problem", "id"),
    "instruct": ("instruction", "id"),
    "add-lift": ("lift", "id"),
    "visit-clear": ("look-back", ""),
    "visit-no-access": ("look-back", ""),
    "visit-found": ("look-back", ""),
    "plan-sweep": ("look-back", ""),
    "plan-sample": ("look-back", ""),
    "plan-share": ("look-back", ""),
    "declare-guarantee-period": ("look-back", ""),
    "revoke-guarantee-period": ("look-back", ""),
    "see-reminder": ("reminders", ""),
    "correct-return": ("return", "id"),
}


@dataclass
class Filling:
    """One form on its way: what was told, what is wrong with it."""

    deed: Deed
    by: Actor
    subject: Subject | None
    key: str = field(default_factory=lambda: str(uuid4()))
    values: Mapping[str, Any] = field(default_factory=dict)
    asked: Mapping[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    unplaced: tuple[str, ...] = ()
    status: int = 200
    confirming: bool = False


def routes() -> list[URLPattern]:
    """Give every deed its page, under the permission it asks for."""
    drawn = [deed for deed in deeds().values() if deed.name not in OWN_PAGE]
    return [_route(deed) for deed in drawn if not deed.subject or deed.subject in SUBJECTS]


def _route(deed: Deed) -> URLPattern:
    view = require_http_methods(["GET", "HEAD", "POST"])(page(deed.permission)(partial(_view, deed)))
    view.policy = ("page", deed.permission)  # type: ignore[attr-defined]
    address = f"do/{deed.name}/<uuid:subject>/" if deed.subject else f"do/{deed.name}/"
    return path(address, view, name=f"do-{deed.name}")


def _view(deed: Deed, request: HttpRequest, subject: UUID | None = None, *, by: Actor) -> HttpResponse:
    held = subject_of(deed.subject, subject, by=by) if subject else None
    _refuse_out_of_turn(deed, held)
    if request.method == "POST":
        return _post(request, Filling(deed, by, held, key=request.POST.get("key") or str(uuid4())))
    return _draw(request, Filling(deed, by, held, values=_first_values(deed, held, request), asked=_asked(request)))


def _refuse_out_of_turn(deed: Deed, subject: Subject | None) -> None:
    """Ask *when* before a form is filled in for nothing.

    Raises:
        ActionNotAllowed: if the lifecycle has no such step from the subject's state.

    """
    if deed.move is None or subject is None:
        return
    life: Any = PROBLEM
    state: Any = State(subject.row.state) if subject.kind == "problem" else None
    if subject.kind == "file":
        listing = deed.name in LISTING_DEEDS
        life = LISTING if listing else SHUT_DOWN
        state = Overlay(subject.row.listing if listing else subject.row.shut_down)
    if subject.kind == "filing":
        life, state = RETURN, Stage(subject.row.state)
    life.after(state, deed.move)


def _first_values(deed: Deed, subject: Subject | None, request: HttpRequest) -> dict[str, Any]:
    """Fill a fresh form: an amendment with the data as it stands, others with what the address picked."""
    if deed.name == "amend-lift" and subject is not None:
        return {name: getattr(subject.row, name, "") or "" for name in deed.fields.model_fields if name != "lift"}
    told = request.GET
    return {
        name: told.getlist(name) if name == "problems" else told[name]
        for name in deed.fields.model_fields
        if name in told
    }


def _asked(request: HttpRequest) -> dict[str, str]:
    told = request.GET if request.method != "POST" else request.POST
    return {
        "body_name": told.get("body_name", ""),
        "problems": " ".join(told.getlist("listed") or told.getlist("problems")),
    }


def _post(request: HttpRequest, filling: Filling) -> HttpResponse:
    deed = filling.deed
    told = drawing.posted(deed, request.POST)
    filling.values, filling.asked = told, _asked(request)
    data = told | ({deed.subject: str(filling.subject.row.pk)} if filling.subject else {})
    try:
        if deed.danger and "confirmed" not in request.POST:
            read(deed, data)
            filling.confirming = True
            return _draw(request, filling)
        if "back" in request.POST:
            return _draw(request, filling)
        given = perform(deed, data, by=filling.by, key=filling.key)
    except KeyReused as refusal:
        filling.key, filling.unplaced, filling.status = str(uuid4()), (said(refusal),), refusal.status
        return _draw(request, filling)
    except Refusal as refusal:
        _place(refusal, filling)
        return _draw(request, filling)
    messages.success(request, gettext("已办理：%(deed)s。") % {"deed": gettext(deed.label)})
    return redirect_after(_landing(filling, given))


def redirect_after(url: str) -> HttpResponse:
    """Send the browser on with 303, so that a reload repeats nothing."""
    answer = redirect(url)
    answer.status_code = SEE_OTHER
    return answer


def _landing(filling: Filling, given: Mapping[str, Any]) -> str:
    if landing := LANDINGS.get(filling.deed.name):
        return reverse(landing[0], args=[given[landing[1]]] if landing[1] else [])
    return filling.subject.url if filling.subject else reverse("home")


def _place(refusal: Refusal, filling: Filling) -> None:
    """Put a refusal at its field, or above the form where it is about no one field."""
    filling.status = refusal.status
    if isinstance(refusal, InvalidFields):
        filling.errors = {error.field: _told(error) for error in refusal.errors}
        return
    if isinstance(refusal, NotFound) and filling.subject is None:
        filling.status = 422
    name = _field_of(refusal, filling.deed)
    if name:
        filling.errors = {name: said(refusal)}
    else:
        filling.unplaced = (said(refusal),)


def _told(error: FieldError) -> str:
    return gettext(error.template).format(**error.facts) if error.template else gettext(error.message)


def _field_of(refusal: Refusal, deed: Deed) -> str:
    fields = deed.fields.model_fields
    named = str(refusal.facts.get("field") or refusal.facts.get("kind") or "")
    for name, told in fields.items():
        if named and told.title and (named == told.title or named in told.title or told.title in named):
            return name
    placed = FIELD_OF.get(refusal.code, "")
    return placed if placed in fields else ""


def _draw(request: HttpRequest, filling: Filling) -> HttpResponse:
    deed = filling.deed
    inputs = drawing.form(deed, by=filling.by, values=filling.values, errors=filling.errors, asked=filling.asked)
    shown = {one.name for one in inputs}
    strays = [text for name, text in filling.errors.items() if name not in shown and name not in drawing.PAIRS.values()]
    context = {
        "deed": deed,
        "subject": filling.subject,
        "inputs": inputs,
        "placed": [one for one in inputs if one.error],
        "unplaced": [*filling.unplaced, *strays],
        "key": filling.key,
        "consequence": CONSEQUENCES.get(deed.name, ""),
        "told_back": drawing.told_back(inputs) if filling.confirming else (),
        "hidden": _hidden(request) if filling.confirming else (),
        "asks_body": "body" in shown,
        "body_name": filling.asked.get("body_name", ""),
        "back_url": filling.subject.url if filling.subject else reverse("home"),
    }
    template = "deeds/confirm.html" if filling.confirming else "deeds/form.html"
    return render(request, template, context, status=filling.status)


def _hidden(request: HttpRequest) -> list[tuple[str, str]]:
    """Carry what was filled in through the page that asks to confirm."""
    left_out = ("csrfmiddlewaretoken", "confirmed", "back", "key")
    return [(name, value) for name, values in request.POST.lists() if name not in left_out for value in values]
