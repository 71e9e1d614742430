"""Evidence: photos and documents kept with a problem, uploaded on a phone, shown only within reach."""

from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from liftwarden.casework.hazards import actions as hazard_actions
from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.actions.evidence import MOST_BYTES
from liftwarden.casework.hazards.models import EvidenceKind, Problem
from liftwarden.casework.registry import queries as registry
from liftwarden.doors.threshold.middleware import said
from liftwarden.doors.threshold.who import page
from liftwarden.doors.web.deeds import redirect_after
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.refusals import Refusal


def may_add(problem: Problem, *, by: Actor) -> bool:
    """Whether the page offers to add evidence to a problem."""
    return problem.state in hazards.OPEN_STATES and by.may(Permission.HAZARD_RECTIFY)


@require_http_methods(["GET", "HEAD", "POST"])
@page(Permission.HAZARD_RECTIFY)
def add(request: HttpRequest, problem_id: UUID, *, by: Actor) -> HttpResponse:
    """Take one photo or document with its kind and caption."""
    problem = hazards.problem(problem_id, by=by)
    kind, caption = request.POST.get("kind", ""), request.POST.get("caption", "")
    error, status = "", 200
    if request.method == "POST":
        error = _refused(request, problem, kind, caption, by)
        if not error:
            messages.success(request, gettext("已上传证据。"))
            return redirect_after(reverse("problem", args=[problem_id]))
        status = 422
    context = {
        "problem": problem,
        "lift": registry.lifts_by_id([problem.lift_id], by=by).get(problem.lift_id),
        "kinds": [(str(one), one.label) for one in EvidenceKind if one is not EvidenceKind.LEDGER],
        "kind": kind,
        "caption": caption,
        "error": error,
        "key": str(uuid4()),
    }
    return render(request, "hazards/evidence.html", context, status=status)


def _refused(request: HttpRequest, problem: Problem, kind: str, caption: str, by: Actor) -> str:
    """Keep the file; give the sentence why not, or nothing."""
    sent: Any = request.FILES.get("data")
    if sent is None:
        return gettext("请选择一张照片或一份文件。")
    if kind not in EvidenceKind.values():
        return gettext("请选择证据类型。")
    if sent.size > MOST_BYTES:
        return gettext("文件太大（最多 15 MiB）。")
    try:
        hazard_actions.add_evidence(
            problem.pk, kind=EvidenceKind(kind), name=sent.name, data=sent.read(), caption=caption, at=by.now, by=by
        )
    except Refusal as refusal:
        return said(refusal)
    return ""


@page(Permission.HAZARD_READ)
def show(request: HttpRequest, evidence_id: UUID, *, by: Actor) -> HttpResponse:
    """Serve one piece of evidence; only pictures are shown in place, and nothing is ever sniffed or run."""
    media_type, data = hazards.evidence_file(evidence_id, by=by)
    shown = "inline" if media_type in ("image/jpeg", "image/png", "image/webp") else "attachment"
    answer = HttpResponse(data, content_type=media_type)
    answer["Content-Disposition"] = f'{shown}; filename="{evidence_id}{SUFFIXES.get(media_type, ".bin")}"'
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    answer["Cache-Control"] = "private, max-age=3600"
    return answer


SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
