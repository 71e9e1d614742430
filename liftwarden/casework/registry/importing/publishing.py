"""Publishes an import: what it amends, the bodies it names, and the one change that shows its new lifts to everyone."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import msgspec
from django.db import connection, transaction
from django.db.models import QuerySet

from liftwarden.casework.registry.importing.amending import Amendment
from liftwarden.casework.registry.importing.keys import body_key, party_key, row_of, span
from liftwarden.casework.registry.importing.matching import Body
from liftwarden.casework.registry.importing.models import ImportJob, JobState, SetAside
from liftwarden.casework.registry.importing.planning import Plan
from liftwarden.casework.registry.importing.staging import SEARCH_COLUMNS, still_staging
from liftwarden.casework.registry.index import searched_by
from liftwarden.casework.registry.models import Lift, LiftParty, SearchText
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About, Draft
from liftwarden.ground.journal.bulk import insert_rows, prepared
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import start_of_day
from liftwarden.kernel.refusals import Refusal

BLOCK = 1_000
COUNTED = ("added", "updated", "skipped", "rejected", "set_aside")
# Amendments that one transaction takes on SQLite: about half a second (docs/decisions/0004).
MOST_AT_ONCE = 5_000
SEARCHED = ("estate", "address", "internal_no")


class ChangedMeanwhile(Refusal):
    """A lift that someone changed between the check and the publishing."""

    code = "changed_meanwhile"
    status = 409
    sentence = "校验之后，有 {count} 台电梯被他人改动；请加 --resume 再来一次，未发布任何内容。"


class TooManyAtOnce(Refusal):
    """More amendments than one short transaction holds."""

    code = "too_many_at_once"
    sentence = (
        "要更新 {count} 台，SQLite 一次最多更新 {most} 台（再多就要让别人的写入等上一秒以上）。"
        '请拆分文件，或在映射 [target] 中写 amend = "in_blocks"（分批生效，每台完整），或改用 PostgreSQL。'
    )


class StagedOtherwise(Refusal):
    """An import resumed to other rows than it began with."""

    code = "staged_otherwise"
    status = 409
    sentence = "已写入的 {count} 行这次不再合格（登记数据在此期间有变化）；请加 --abandon 放弃后重新导入。"


def publish(job_id: UUID, plan: Plan, *, by: Actor) -> ImportJob:
    """Publish, in one short transaction.

    Raises:
        NotStaging: if the import is no longer under way.
        ChangedMeanwhile, StagedOtherwise: if the check no longer holds.

    """
    _refuse_otherwise(job_id, plan)
    return _published(job_id, plan, by=by)


@transaction.atomic
def _published(job_id: UUID, plan: Plan, *, by: Actor) -> ImportJob:
    job = still_staging(job_id)
    _refuse_count(job_id, plan)
    parties.add_bodies([_new(job_id, body) for body in plan.new_bodies], by=by.hand)
    _amend(job_id, plan.amendments, by=by)
    reasons = [(row, _json(cells), _json([fault.words() for fault in faults])) for row, cells, faults in plan.asides]
    insert_rows(SetAside, ("job_id", "row_number", "cells", "reasons"), [(job_id, *one) for one in reasons])
    counts = plan.counts()
    changes: dict[str, Any] = {name: counts[name] for name in COUNTED}
    changes |= {"state": str(JobState.PUBLISHED), "ended_at": by.now}
    return journal.change(job, changes, "import.published", division=job.division_code, by=by.hand, at=by.now)


def refuse_too_many(plan: Plan, *, in_blocks: bool) -> None:
    """Refuse what one short transaction cannot hold on a database with one writer.

    Raises:
        TooManyAtOnce: on SQLite, if more lifts are to be amended than fit, and the mapping does not allow blocks.

    """
    if connection.vendor == "sqlite" and len(plan.amendments) > MOST_AT_ONCE and not in_blocks:
        raise TooManyAtOnce(count=len(plan.amendments), most=MOST_AT_ONCE)


def ahead(job_id: UUID, plan: Plan, *, by: Actor) -> None:
    """Write, in transactions of their own, what would make the publishing too long where there is one writer.

    Only on SQLite, and only beyond `MOST_AT_ONCE`: bodies, and amendments where the mapping allows blocks. Each block
    is whole; a run that is stopped between two goes on with what still differs.
    """
    if connection.vendor != "sqlite":
        return
    if len(plan.new_bodies) > MOST_AT_ONCE or len(plan.amendments) > MOST_AT_ONCE:
        for start in range(0, len(plan.new_bodies), BLOCK):
            some = plan.new_bodies[start : start + BLOCK]
            parties.add_bodies([_new(job_id, body) for body in some], by=by.hand)
        for body in plan.new_bodies:
            body.id = body_key(job_id, str(body.kind), body.credit, body.name)
        plan.new_bodies = []
    if len(plan.amendments) > MOST_AT_ONCE:
        for start in range(0, len(plan.amendments), BLOCK):
            _amend_some(job_id, plan.amendments[start : start + BLOCK], by=by)
        plan.amended_ahead, plan.amendments = len(plan.amendments), []


@transaction.atomic
def _amend_some(job_id: UUID, amendments: Sequence[Amendment], *, by: Actor) -> None:
    still_staging(job_id)
    _amend(job_id, amendments, by=by)


def _refuse_otherwise(job_id: UUID, plan: Plan) -> None:
    """Refuse to publish other lifts than those of the check; read before the transaction, for there are many."""
    written = {row_of(key) for key in _written(job_id).values_list("pk", flat=True).iterator(BLOCK)}
    strays = written ^ {candidate.row for candidate in plan.additions}
    if strays:
        raise StagedOtherwise(count=len(strays))


def _refuse_count(job_id: UUID, plan: Plan) -> None:
    """Refuse if someone has written to the import since: its rows are only ever added."""
    if (count := _written(job_id).count()) != len(plan.additions):
        raise StagedOtherwise(count=count - len(plan.additions))


def _written(job_id: UUID) -> "QuerySet[Lift]":
    return Lift.objects.filter(pk__range=span(job_id))


def _new(job: UUID, body: Body) -> parties.NewBody:
    return parties.NewBody(
        body_key(job, str(body.kind), body.credit, body.name), body.kind, body.name, body.credit, body.division
    )


def _amend(job: UUID, amendments: Sequence[Amendment], *, by: Actor) -> None:
    """Write what differs, column set by column set; each lift with entries of its own."""
    if not amendments:
        return
    for start in range(0, len(amendments), BLOCK):
        _refuse_changed(amendments[start : start + BLOCK])
    drafts: list[Draft] = []
    updates: dict[tuple[str, ...], list[tuple[Any, ...]]] = {}
    for one in amendments:
        about = About("lift", one.lift_id)
        for event, changes in (("lift.amended", one.changes), (f"lift.use-{one.use_action}", one.use)):
            if changes:
                drafts.append(Draft(event, "lift", one.lift_id, one.division, by.now, changes, about, "批量导入"))
                updates.setdefault(tuple(changes), []).append((*changes.values(), one.lift_id))
    for columns, rows in updates.items():
        _update(columns, rows)
    journal.record_many(drafts, by=by.hand)
    _begin(job, amendments, by=by)
    _search_again([one.lift_id for one in amendments if any(name in one.changes for name in SEARCHED)])


def _refuse_changed(amendments: Sequence[Amendment]) -> None:
    columns = sorted({column for one in amendments for column in one.before})
    keys = [one.lift_id for one in amendments]
    lifts = Lift.objects.select_for_update(of=("self",)).filter(pk__in=keys)
    stand = {row[0]: dict(zip(columns, row[1:], strict=True)) for row in lifts.values_list("pk", *columns)}
    changed = [one for one in amendments if any(stand[one.lift_id][c] != value for c, value in one.before.items())]
    if changed:
        raise ChangedMeanwhile(count=len(changed))


def _update(columns: tuple[str, ...], rows: list[tuple[Any, ...]]) -> None:
    ready = prepared(Lift, (*columns, "id"), rows)
    quote = connection.ops.quote_name
    names = {field.attname: str(field.column) for field in Lift._meta.concrete_fields}
    places = ", ".join(f"{quote(names[column])} = %s" for column in columns)
    with connection.cursor() as cursor:
        cursor.executemany(f"UPDATE {quote(Lift._meta.db_table)} SET {places} WHERE id = %s", ready)


def _begin(job: UUID, amendments: Iterable[Amendment], *, by: Actor) -> None:
    """End the parties in office and begin the new ones."""
    for one in amendments:
        about = About("lift", one.lift_id)
        for begun in one.parties:
            at = start_of_day(begun.from_on)
            if begun.ends is not None:
                row = LiftParty.objects.select_for_update().get(pk=begun.ends)
                ended = {"to_on": begun.from_on}
                journal.change(row, ended, "lift.party-ended", division=one.division, by=by.hand, at=at, about=about)
            body = begun.body.id or body_key(job, str(begun.body.kind), begun.body.credit, begun.body.name)
            key = party_key(job, one.row, begun.role)
            party = LiftParty(id=key, lift_id=one.lift_id, body_id=body, role=str(begun.role), from_on=begun.from_on)
            journal.create(party, "lift.party-began", division=one.division, by=by.hand, at=at, about=about)


def _search_again(keys: Sequence[UUID]) -> None:
    tree = divisions.tree()
    for start in range(0, len(keys), BLOCK):
        some = keys[start : start + BLOCK]
        rows = []
        for lift in Lift.objects.filter(pk__in=some).only("id", "division_code", *SEARCHED):
            name = tree.full_name(lift.division_code)
            words, initials = searched_by(lift.estate, lift.address, lift.internal_no, division_name=name)
            rows.append((lift.pk, lift.division_code, words, initials))
        SearchText.objects.filter(pk__in=some).delete()
        insert_rows(SearchText, SEARCH_COLUMNS, rows)


def _json(value: Any) -> str:
    return msgspec.json.encode(value).decode()
