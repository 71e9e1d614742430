"""Takes a return through its life: fill, check, approve, sign off, correct."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries as hazard_queries
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal import queries as journal_queries
from liftwarden.ground.parties import queries as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period, day_in_shanghai
from liftwarden.kernel.refusals import BadInput, Refusal
from liftwarden.kernel.words import tidied
from liftwarden.oversight.returns import composing, content, definition, filled, queries, rules, sources
from liftwarden.oversight.returns.actions import printing
from liftwarden.oversight.returns.content import Content, Told
from liftwarden.oversight.returns.differences import Difference
from liftwarden.oversight.returns.filled import Stage
from liftwarden.oversight.returns.lifecycle import RETURN, Action
from liftwarden.oversight.returns.models import Return, ReturnContact, ReturnPage
from liftwarden.oversight.returns.queries import Composed

UNAGREED: Mapping[str, Any] = {"checked_at": None, "checked_by": None, "approved_at": None, "approved_by": None}
SHOWN = 8


class RulesBroken(Refusal):
    """A return that breaks rules of its form."""

    code = "rules_broken"
    sentence = "有 {count} 处不符，不能核对：{summary}。"


class ChangedSince(Refusal):
    """A return whose numbers are no longer those that were checked or approved."""

    code = "changed_since"
    status = 409
    sentence = "{step}后数据已有变化，原{step}不再有效，请重新核对：{summary}。"


class SecondPerson(Refusal):
    """An approval by the one who filled."""

    code = "second_person"
    status = 409
    sentence = "批准和签发须由填报人以外的第二人办理。"


class PeriodNotOver(Refusal):
    """A return of a period that still runs."""

    code = "period_not_over"
    status = 409
    sentence = "报告期 {period} 截至 {ends_on} 24:00，尚未结束，不能核对上报。"


class Stands(Refusal):
    """An entry into a return that is signed off."""

    code = "return_stands"
    status = 409
    sentence = "{period} 的报表第 {version} 版已签发，不能改填；如须更正，由签发人另出一版。"


class NotTheNewest(Refusal):
    """A correction of a version that has been corrected already."""

    code = "not_the_newest"
    status = 409
    sentence = "第 {version} 版之后已有第 {newest} 版，请在最新一版上办理。"


class TakenUp(Refusal):
    """A first entry that somebody else made in the same moment."""

    code = "taken_up"
    status = 409
    sentence = "另一人刚刚建立了这份报表的草稿，请刷新后再填。"


@transaction.atomic
def save(form_code: str, division: str, period: Period, told: Told, *, at: datetime, by: Actor) -> Return:
    """Put typed values into the draft of a return, beginning it where there is none; a check or approval is void.

    What changes nothing is not recorded and voids nothing.

    Raises:
        UnknownForm, NotFound, NotYours: if `by` may not fill this form there.
        Stands: if it is signed off.
        UnknownItem, BadValue, NoReason: for what the form cannot hold.

    """
    queries.let_in(division, by=by)
    by.must(Permission.RETURN_FILL, at=division)
    form = definition.load(form_code)
    divisions.tree().at(division, on=period.ends_on)
    held = next(iter(queries.versions(form_code, division, period, by=by)), None)
    if held is None:
        return _begun(form, division, period, told, at=at, by=by)
    held = queries.to_change(held.pk, by=by)
    if held.state == Stage.SIGNED_OFF:
        raise Stands(period=held.period, version=held.version)
    typed = content.merged(
        form, content.loaded(held.content), told, ledger=_ledger(form, division, period), by=_post(by)
    )
    unchanged = typed.dumped() == held.content and told.contact in (None, queries.contact(held))
    if unchanged:
        return held
    _keep_contact(held, told)
    return _step(held, Action.SAVE, _filled(typed, at=at, by=by), "return.saved", at=at, by=by)


def _begun(form: definition.Form, division: str, period: Period, told: Told, *, at: datetime, by: Actor) -> Return:
    typed = queries.blank(division)
    if by.division == division:
        named = parties.body_names([by.body_id]).get(by.body_id, typed.reporting_body)
        typed = Content(reporting_body=named, division_name=typed.division_name)
    typed = content.merged(form, typed, told, ledger=_ledger(form, division, period), by=_post(by))
    row = Return(form_code=form.code, division_code=division, period=str(period), **_filled(typed, at=at, by=by))
    try:
        with transaction.atomic():
            journal.create(row, "return.begun", division=division, by=by.hand, at=at)
    except IntegrityError as fault:
        raise TakenUp from fault
    _keep_contact(row, told)
    return row


def _ledger(form: definition.Form, division: str, period: Period) -> dict[str, int]:
    return sources.counted(form, sources.Asked(division, period, journal_queries.snapshot()))


def _filled(typed: Content, *, at: datetime, by: Actor) -> dict[str, Any]:
    return {"content": typed.dumped(), "filled_at": at, "filled_by": by.post_id, "filled_by_person": by.person_id}


def _post(by: Actor) -> str:
    """Tell a post without its holder's name."""
    body = parties.body_names([by.body_id]).get(by.body_id, "")
    return f"{by.role.label}（{body}）" if body else by.role.label


def _keep_contact(held: Return, told: Told) -> None:
    if told.contact is not None:
        ReturnContact.objects.update_or_create(filing=held, defaults={"contact": tidied(told.contact)})


@transaction.atomic
def check(return_id: UUID, *, at: datetime, by: Actor) -> Return:
    """Check a return against every rule of its form, and fix the text that is to be approved.

    Raises:
        NotFound, NotYours, ActionNotAllowed.
        PeriodNotOver: before its cut-off.
        RulesBroken: naming every rule that does not hold, with both sides.

    """
    held = queries.to_change(return_id, by=by)
    by.must(Permission.RETURN_CHECK, at=held.division_code)
    RETURN.after(Stage(held.state), Action.CHECK)
    period = Period.parse(held.period)
    if by.now < period.cut_off:
        raise PeriodNotOver(period=held.period, ends_on=period.ends_on.isoformat())
    now = queries.composed(held)
    if broken := rules.errors(now.findings):
        raise RulesBroken(count=len(broken), summary="；".join(finding.message for finding in broken))
    changes = {**UNAGREED, **_agreed(now), "checked_at": at, "checked_by": by.post_id}
    return _step(held, Action.CHECK, changes, "return.checked", at=at, by=by)


def _agreed(now: Composed) -> dict[str, Any]:
    text = filled.canonical_json(composing.nameless(now.filled)).decode()
    return {"agreed": text, "sequence": now.seen.sequence, "previous_id": now.previous.pk if now.previous else None}


@transaction.atomic
def approve(return_id: UUID, *, at: datetime, by: Actor) -> Return:
    """Approve what was checked; the second person does.

    Raises:
        NotFound, NotYours, ActionNotAllowed.
        SecondPerson: if `by` filled it.
        ChangedSince: if the numbers have moved since the check.

    """
    held = queries.to_change(return_id, by=by)
    by.must(Permission.RETURN_APPROVE, at=held.division_code)
    RETURN.after(Stage(held.state), Action.APPROVE)
    _refuse_first_person(held, by)
    _refuse_changed(held, queries.composed(held), "核对")
    changes = {"approved_at": at, "approved_by": by.post_id, "approver": _post(by)}
    return _step(held, Action.APPROVE, changes, "return.approved", at=at, by=by)


@transaction.atomic
def sign_off(return_id: UUID, *, at: datetime, by: Actor) -> Return:
    """Sign a return off: it stands from now on, under its digest; A of the 2017 form freezes with the first one.

    Source: the 2017 notice, annex; docs/decisions: A is the stock at 2016-12-31.

    Raises:
        NotFound, NotYours, ActionNotAllowed.
        SecondPerson: if `by` filled it.
        ChangedSince: if the numbers have moved since the approval, which is void then.

    """
    held = queries.to_change(return_id, by=by)
    by.must(Permission.RETURN_APPROVE, at=held.division_code)
    RETURN.after(Stage(held.state), Action.SIGN_OFF)
    _refuse_first_person(held, by)
    now = queries.composed(held)
    _refuse_changed(held, now, "批准")
    text = filled.canonical_json(queries.sealed(now.filled, held, sequence=now.seen.sequence))
    changes = {
        **_agreed(now),
        "agreed": text.decode(),
        "digest": filled.from_canonical(text).digest,
        "signed_off_at": at,
        "signed_off_by": by.post_id,
    }
    _step(held, Action.SIGN_OFF, changes, "return.signed-off", at=at, by=by)
    printing.keep_files(held, now.form, at=at, by=by)
    _freeze(now.form, held.division_code, at=at, by=by)
    return held


def _freeze(form: definition.Form, division: str, *, at: datetime, by: Actor) -> None:
    programme = sources.programme_of(form)
    if programme is not None and hazard_queries.baseline_freeze(programme, division) is None:
        hazards.freeze_baseline(division, at=at, by=by)


def send_back(return_id: UUID, *, reason: str, at: datetime, by: Actor) -> Return:
    """Send a checked or approved return back to be mended; the one who may check or approve does.

    Raises:
        NotFound, NotYours, ActionNotAllowed, BadInput.

    """
    return _to_draft(return_id, Action.SEND_BACK, Permission.RETURN_CHECK, reason, at=at, by=by)


def withdraw(return_id: UUID, *, reason: str, at: datetime, by: Actor) -> Return:
    """Take a checked or approved return back to mend it; the one who fills does.

    Raises:
        NotFound, NotYours, ActionNotAllowed, BadInput.

    """
    return _to_draft(return_id, Action.WITHDRAW, Permission.RETURN_FILL, reason, at=at, by=by)


@transaction.atomic
def _to_draft(
    return_id: UUID, action: Action, permission: Permission, reason: str, *, at: datetime, by: Actor
) -> Return:
    held = queries.to_change(return_id, by=by)
    by.must(permission, at=held.division_code)
    if not tidied(reason):
        raise BadInput(field="理由", reason="不能为空")
    return _step(held, action, UNAGREED, f"return.{action}", at=at, by=by, reason=tidied(reason))


@transaction.atomic
def correct(return_id: UUID, *, reason: str, at: datetime, by: Actor) -> Return:
    """Begin the next version of a signed-off return; the old one stands and is served until the new one is signed off.

    The new draft has the old one's typed values and its filler, so that the approver may still approve it; what the
    ledger has learned since is in it by itself, and shows as a difference.

    Raises:
        NotFound, NotYours, ActionNotAllowed, BadInput.
        NotTheNewest: if a later version is begun.

    """
    old = queries.to_change(return_id, by=by)
    by.must(Permission.RETURN_APPROVE, at=old.division_code)
    RETURN.after(Stage(old.state), Action.CORRECT)
    if not tidied(reason):
        raise BadInput(field="更正理由", reason="不能为空")
    newest = queries.versions(old.form_code, old.division_code, Period.parse(old.period), by=by)[0]
    if newest.version != old.version:
        raise NotTheNewest(version=old.version, newest=newest.version)
    row = Return(
        form_code=old.form_code,
        division_code=old.division_code,
        period=old.period,
        version=old.version + 1,
        content=old.content,
        agreed=old.agreed,
        corrects_id=old.pk,
        correction_reason=tidied(reason)[:400],
        filled_at=old.filled_at,
        filled_by=old.filled_by,
        filled_by_person=old.filled_by_person,
    )
    journal.create(row, "return.correction-begun", division=old.division_code, by=by.hand, at=at, reason=tidied(reason))
    ReturnContact.objects.create(filing=row, contact=queries.contact(old))
    for page in queries.pages_of(old):
        copied = ReturnPage(
            filing=row,
            title=page.title,
            media_type=page.media_type,
            sha256=page.sha256,
            size_bytes=page.size_bytes,
            added_at=page.added_at,
            added_by=page.added_by,
        )
        journal.create(copied, "return.page-kept", division=old.division_code, by=by.hand, at=at)
    return row


def _step(
    held: Return,
    action: Action,
    changes: Mapping[str, Any],
    event: str,
    *,
    at: datetime,
    by: Actor,
    reason: str = "",
) -> Return:
    """Take a locked return one step; whatever leads back to the draft voids check and approval."""
    state = RETURN.after(Stage(held.state), action)
    if at > by.now:
        raise BadInput(field="时间", reason=f"{day_in_shanghai(at)} 还没有到")
    void = UNAGREED if state is Stage.DRAFT else {}
    return journal.change(
        held,
        {**void, **changes, "state": str(state)},
        event,
        division=held.division_code,
        by=by.hand,
        at=at,
        reason=reason,
    )


def _refuse_first_person(held: Return, by: Actor) -> None:
    if by.person_id == held.filled_by_person or by.post_id == held.filled_by:
        raise SecondPerson


def _refuse_changed(held: Return, now: Composed, step: str) -> None:
    agreed = filled.from_canonical(held.agreed.encode())
    if composing.same(agreed, now.filled):
        return
    told = queries.since_agreed(held, now)
    raise ChangedSince(step=step, summary=_summed(told) or "更正或以前报告期调整有变化")


def _summed(told: tuple[Difference, ...]) -> str:
    rest = len(told) - SHOWN
    words = "；".join(f"{each.title} {each.before}→{each.after}" for each in told[:SHOWN])
    return words + (f"；另有 {rest} 项" if rest > 0 else "")
