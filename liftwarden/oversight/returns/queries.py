"""The only reader of returns for others; every query takes the actor, or a division that an actor was let into."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from django.db.models import QuerySet

from liftwarden.casework.hazards import queries as hazards
from liftwarden.casework.hazards.queries import Counted
from liftwarden.casework.registry import queries as registry
from liftwarden.casework.registry.models import Lift
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.queries import Snapshot
from liftwarden.ground.papers import store
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import Period
from liftwarden.kernel.refusals import NotFound, Refusal
from liftwarden.oversight.returns import (
    composing,
    content,
    counting,
    definition,
    differences,
    filled,
    rules,
    sources,
)
from liftwarden.oversight.returns.changes import Flow, Moved, flows
from liftwarden.oversight.returns.composing import Head
from liftwarden.oversight.returns.content import Content
from liftwarden.oversight.returns.counting import Count
from liftwarden.oversight.returns.definition import Form
from liftwarden.oversight.returns.differences import Difference
from liftwarden.oversight.returns.filled import Filled, Stage
from liftwarden.oversight.returns.models import Return, ReturnContact, ReturnFile, ReturnPage
from liftwarden.oversight.returns.rules import Finding

WHAT = "报表"


class NotCounted(Refusal):
    """A cell that was typed, so that no list of lifts stands behind it."""

    code = "not_counted"
    sentence = "{cell} 为手工填报，没有逐台清单。"


@dataclass(frozen=True, slots=True)
class Composed:
    """A return as it would read at a snapshot, with what a reader sees beside it."""

    form: Form
    filled: Filled
    ledger: dict[str, int]
    seen: Snapshot
    previous: Return | None
    before: Filled | None
    moves: tuple[Moved, ...]

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Every rule that the values break, against themselves and against the period before."""
        return rules.check(self.form, self.filled, self.before)

    def flows(self, code: str) -> tuple[Flow, ...]:
        """Break down what changed one cell since the period before."""
        letter = sources.ledger_keys(self.form).get(code)
        return flows(self.moves, letter) if letter else ()


def returns(by: Actor) -> "QuerySet[Return]":
    """Give the returns an actor may see: those of its division and of all below; nobody else's."""
    if by.role.side != "division" or not by.may(Permission.RETURN_READ):
        return Return.objects.none()
    return Return.objects.filter(division_code__in=by.codes)


def one(return_id: UUID, *, by: Actor) -> Return:
    """Give one return.

    Raises:
        NotFound: if there is none within reach: a foreign return is a missing return.

    """
    found = returns(by).filter(pk=return_id).first()
    if found is None:
        raise NotFound(what=WHAT)
    return found


def to_change(return_id: UUID, *, by: Actor) -> Return:
    """Give one return, locked for the rest of the transaction."""
    found = returns(by).select_for_update(of=("self",)).filter(pk=return_id).first()
    if found is None:
        raise NotFound(what=WHAT)
    return found


def let_in(division: str, *, by: Actor) -> None:
    """Let an actor into the figures of a division.

    Raises:
        NotFound: if it lies out of reach; a foreign division's return is a missing one.

    """
    if by.role.side != "division" or not by.may(Permission.RETURN_READ) or division not in by.codes:
        raise NotFound(what=WHAT)


def listed(asked: Mapping[str, str], *, by: Actor, most: int = 500) -> list[Return]:
    """List returns within reach by form, period or division, the newest period first."""
    return list(returns(by).filter(**asked).order_by("-period", "division_code", "form_code", "-version", "id")[:most])


def versions(form_code: str, division: str, period: Period, *, by: Actor) -> list[Return]:
    """List the versions of one return, newest first."""
    held = returns(by).filter(form_code=form_code, division_code=division, period=str(period))
    return list(held.order_by("-version", "id"))


def signed_off(form_code: str, division: str, period: Period) -> Return | None:
    """Give the version that stands: the newest that is signed off."""
    held = Return.objects.filter(form_code=form_code, division_code=division, period=str(period))
    return held.filter(state=Stage.SIGNED_OFF.value).order_by("-version").first()


def previous(form_code: str, division: str, period: Period) -> Return | None:
    """Give the return that stands for the newest period before."""
    held = Return.objects.filter(form_code=form_code, division_code=division, period__lt=str(period))
    return held.filter(state=Stage.SIGNED_OFF.value).order_by("-period", "-version").first()


def blank(division: str) -> Content:
    """Give the content of a return into which nobody has typed."""
    name = divisions.tree().full_name(division) or divisions.tree().name(division)
    return Content(reporting_body=name, division_name=name)


def preview(form_code: str, division: str, period: Period, *, by: Actor) -> Composed:
    """Fill a form as it stands now: the ledger's numbers, and what was typed if anything was.

    Raises:
        UnknownForm, NotFound: if there is no such form, or the division lies out of reach.

    """
    let_in(division, by=by)
    form = definition.load(form_code)
    held = next(iter(versions(form_code, division, period, by=by)), None)
    if held is not None:
        return composed(held)
    head = Head(division, period, version=1, sequence=None)
    return _compose(form, blank(division), head, seen=journal.snapshot(), before=previous(form_code, division, period))


def composed(held: Return, *, seen: Snapshot | None = None) -> Composed:
    """Read a return: a signed-off one as it was signed, any other as it stands at a snapshot (now)."""
    form = definition.load(held.form_code)
    period = Period.parse(held.period)
    if held.state == Stage.SIGNED_OFF and seen is None:
        return replace(_recomposed(form, held, period), filled=read(held))
    before = previous(held.form_code, held.division_code, period)
    seen = journal.snapshot() if seen is None else seen
    head = Head(held.division_code, period, held.version, None, page_notes(held))
    return _compose(form, content.loaded(held.content), head, seen=seen, before=before, contact=contact(held))


def _recomposed(form: Form, held: Return, period: Period) -> Composed:
    """Make a return again from its content, its snapshot and the return it followed."""
    seen = journal.snapshot(held.sequence)
    before = Return.objects.filter(pk=held.previous_id).first() if held.previous_id else None
    head = Head(held.division_code, period, held.version, held.sequence, page_notes(held))
    return _compose(form, content.loaded(held.content), head, seen=seen, before=before)


def _compose(
    form: Form, typed: Content, head: Head, *, seen: Snapshot, before: Return | None, contact: str = ""
) -> Composed:
    ledger = sources.counted(form, sources.Asked(head.division, head.period, seen))
    programme = sources.programme_of(form)
    moves: tuple[Moved, ...] = ()
    corrections: tuple[filled.Change, ...] = ()
    adjustments: tuple[filled.Change, ...] = ()
    if before is not None and programme is not None:
        earlier = Period.parse(before.period)
        then = Count(programme, earlier, head.division, journal.snapshot(before.sequence))
        moves = counting.changed(then, Count(programme, head.period, head.division, seen))
        late = counting.changed(then, Count(programme, earlier, head.division, seen))
        corrections = composing.corrections(form, moves, counting.reasons(moves, seen=seen))
        adjustments = composing.adjustments(form, late, earlier)
    if programme is not None:
        gone = hazards.dismantled(programme, head.period, division=head.division, seen=seen)
        head = replace(head, notes=(*composing.dismantled_note(gone), *head.notes))
    made = composing.compose(form, typed, head, ledger=ledger, corrections=corrections, adjustments=adjustments)
    told = replace(made, contact=contact)
    return Composed(form, told, ledger, seen, before, read(before) if before else None, moves)


def read(held: Return) -> Filled:
    """Read what was last agreed to, with the contact where it is still kept; for a signed-off return, the return."""
    return replace(filled.from_canonical(held.agreed.encode()), contact=contact(held))


def rederived(held: Return) -> bytes:
    """Make the canonical text of a signed-off return again, from (period, sequence) and what was typed.

    It must equal the stored one byte for byte, however much has been recorded since.
    """
    again = _recomposed(definition.load(held.form_code), held, Period.parse(held.period))
    return filled.canonical_json(sealed(again.filled, held, sequence=again.seen.sequence))


def sealed(made: Filled, held: Return, *, sequence: int) -> Filled:
    """Put on a filling what sign-off adds, without any person's name."""
    return replace(
        composing.nameless(made),
        stage=Stage.SIGNED_OFF.value,
        approver=held.approver,
        approved_at=held.approved_at.isoformat() if held.approved_at else "",
        version=held.version,
        sequence=sequence,
    )


def contact(held: Return) -> str:
    """Tell whom to call, where that is still kept."""
    return ReturnContact.objects.filter(filing=held).values_list("contact", flat=True).first() or ""


def since_agreed(held: Return, now: Composed) -> tuple[Difference, ...]:
    """List what differs from the text that was last checked or approved."""
    if not held.agreed:
        return ()
    agreed = replace(filled.from_canonical(held.agreed.encode()), contact=now.filled.contact)
    return differences.differences(now.form, agreed, now.filled)


@dataclass(frozen=True, slots=True)
class Line:
    """One (lift, cohort) behind a cell, with its lift where that is within reach."""

    counted: Counted
    lift: Lift | None


def behind(made: Composed, code: str, *, by: Actor, first: int = 0, most: int = 200) -> tuple[int, tuple[Line, ...]]:
    """Open a cell: how many lifts are behind it, and some of them with their records.

    Raises:
        UnknownItem, NotCounted: if no list stands behind it.

    """
    item = content.item(made.form, code)
    letter = sources.ledger_keys(made.form).get(item.code)
    programme = sources.programme_of(made.form)
    if letter is None or programme is None:
        raise NotCounted(cell=item.title)
    period = Period.parse(made.filled.period or "")
    division = made.filled.division_code
    listed = hazards.behind(programme, period, division=division, seen=made.seen, cells=[letter])
    shown = listed[first : first + most]
    lifts = registry.lifts_by_id([each.lift_id for each in shown], by=by)
    return len(listed), tuple(Line(each, lifts.get(each.lift_id)) for each in shown)


def lifts_of(moves: Iterable[Moved], *, by: Actor) -> dict[UUID, Lift]:
    """Give the lifts that moved, where they are within reach."""
    return registry.lifts_by_id({move.lift_id for move in moves}, by=by)


@dataclass(frozen=True, slots=True)
class Comparison:
    """What differs between two returns: in their values, and by lift."""

    before: Return
    after: Return
    differences: tuple[Difference, ...]
    moves: tuple[Moved, ...]

    def flows(self, code: str) -> tuple[Flow, ...]:
        """Break down what changed one cell."""
        letter = sources.ledger_keys(definition.load(self.after.form_code)).get(code)
        return flows(self.moves, letter) if letter else ()


def compared(before: Return, after: Return) -> Comparison:
    """Compare two returns of one form and division: versions of a period, or two periods."""
    old, new = composed(before), composed(after)
    told = differences.differences(new.form, replace(old.filled, contact=new.filled.contact), new.filled)
    programme = sources.programme_of(new.form)
    if programme is None:
        return Comparison(before, after, told, ())
    division = after.division_code
    then = Count(programme, Period.parse(before.period), division, old.seen)
    now = Count(programme, Period.parse(after.period), division, new.seen)
    return Comparison(before, after, told, counting.changed(then, now))


def files_of(held: Return) -> list[ReturnFile]:
    """List the files a return was printed to."""
    return list(ReturnFile.objects.filter(filing=held).order_by("format", "id"))


def pages_of(held: Return) -> list[ReturnPage]:
    """List the pages attached to a return."""
    return list(ReturnPage.objects.filter(filing=held, removed_at__isnull=True).order_by("added_at", "id"))


def page_notes(held: Return) -> tuple[str, ...]:
    """Say on the form which pages belong to it, by digest, so that the form's own digest covers them."""
    return tuple(f"附页：{page.title}（SHA-256 {page.sha256}）" for page in pages_of(held))


@dataclass(frozen=True, slots=True)
class Served:
    """One stored file on its way out."""

    name: str
    media_type: str
    data: bytes


def file_by_digest(sha256: str, *, by: Actor) -> Served:
    """Give a printed file or an attached page by its digest.

    Raises:
        NotFound: if none of a return within reach has it.
        PaperDamaged: if its bytes are gone or changed.

    """
    reach = returns(by)
    printed = ReturnFile.objects.filter(sha256=sha256, filing__in=reach).select_related("filing").first()
    if printed is not None:
        held = printed.filing
        name = f"{held.form_code}-{held.division_code}-{held.period}-v{held.version}.{printed.format}"
        return Served(name, printed.media_type, store.read(sha256))
    page = ReturnPage.objects.filter(sha256=sha256, filing__in=reach).order_by("id").first()
    if page is None:
        raise NotFound(what="文件")
    return Served(page.title, page.media_type, store.read(sha256))
