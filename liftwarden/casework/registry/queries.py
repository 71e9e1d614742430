"""The only reader of lifts for others; every query takes the actor first."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import islice
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry.models import ImportJob, JobState, Lift, LiftParty, SearchText
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.queries import Told
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel import codes
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import NotFound
from liftwarden.kernel.words import narrowed

NUMBERS = ("rescue_code", "device_code", "registration_code", "certificate_no", "other_number")
SHAPES = {
    "rescue_code": codes.RESCUE_CODE,
    "device_code": codes.DEVICE_CODE,
    "registration_code": codes.REGISTRATION_CODE,
    "certificate_no": codes.CERTIFICATE_NO,
    "other_number": re.compile(r".+"),
}
NUMBER_START = re.compile(r"(?=.*\d)[0-9A-Z]{4,}")
MOST_FOUND = 50
MOST_EXAMINED = 5_000  # numbers that begin alike and are read before a prefix search gives up


def visible(by: Actor) -> "QuerySet[Lift]":
    """Give the lifts an actor may see: an official those of the division and below, a body those it serves today."""
    if not by.may(Permission.LIFT_READ):
        return Lift.objects.none()
    if by.role.side == "division":
        return published().filter(division_code__in=by.codes)
    return published().filter(_served(by))


def published() -> "QuerySet[Lift]":
    """Give all lifts but those of an import under way or given up; asked in the reader's own statement, so that an
    import appears to it whole or not at all.
    """
    hidden = ImportJob.objects.exclude(state=JobState.PUBLISHED).values("pk")
    return Lift.objects.filter(Q(import_job_id__isnull=True) | ~Q(import_job_id__in=hidden))


def _served(by: Actor) -> Exists:
    """Say, inside a query over lifts, that the actor's body is the use unit (or firm) of the lift today."""
    today = day_in_shanghai(by.now)
    role = PartyRole.MAINTENANCE if by.role.side == "maintenance" else PartyRole.USE_UNIT
    parties = LiftParty.objects.filter(lift=OuterRef("pk"), role=role, body_id=by.body_id, from_on__lte=today)
    return Exists(parties.filter(Q(to_on__isnull=True) | Q(to_on__gt=today)))


def lift(lift_id: UUID, *, by: Actor) -> Lift:
    """Give one lift.

    Raises:
        NotFound: if there is none within reach: a foreign lift is a missing lift.
    """
    found = visible(by).filter(pk=lift_id).first()
    if found is None:
        raise NotFound(what="电梯")
    return found


def to_change(lift_id: UUID, *, by: Actor) -> Lift:
    """Give one lift, locked for the rest of the transaction.

    Raises:
        NotFound: as for `lift`.
    """
    found = visible(by).select_for_update(of=("self",)).filter(pk=lift_id).first()
    if found is None:
        raise NotFound(what="电梯")
    return found


def by_number(text: str, *, by: Actor) -> Lift:
    """Give the one lift that bears a number, whichever kind.

    The number is looked up bare, through its index, and reach is asked of what was found: a call-taker waits on this.
    Raises:
        NotFound: if none within reach bears it, or several do.
    """
    number = narrowed(text).upper()
    for column in sorted(NUMBERS, key=lambda column: not SHAPES[column].fullmatch(number)):
        held = [lift for lift in Lift.objects.filter(**{column: number})[:MOST_FOUND] if _reaches(lift, by)]
        if len(held) == 1:
            return held[0]
    raise NotFound(what=f"编号为“{text}”的电梯")


def _reaches(lift: Lift, by: Actor) -> bool:
    if by.role.side != "division" or lift.import_job_id is not None:
        return visible(by).filter(pk=lift.pk).exists()
    return by.may(Permission.LIFT_READ) and lift.division_code in by.codes


def found(text: str, *, by: Actor, limit: int = 20) -> list[Lift]:
    """Search: exact number first, then number prefix, then every word in address, estate or pinyin initials."""
    limit = min(limit, MOST_FOUND)
    number = narrowed(text).upper()
    if not number:
        return []
    hits: dict[UUID, Lift] = {}
    for column in NUMBERS:
        for hit in visible(by).filter(**{column: number}).order_by("id")[:limit]:
            hits.setdefault(hit.pk, hit)
    if not hits and NUMBER_START.fullmatch(number):
        for hit in _by_prefix(number, by=by, limit=limit):
            hits.setdefault(hit.pk, hit)
    if len(hits) < limit:
        for hit in _by_words(text, by=by, limit=limit):
            hits.setdefault(hit.pk, hit)
    return list(hits.values())[:limit]


def _by_prefix(number: str, *, by: Actor, limit: int) -> list[Lift]:
    """Find lifts whose number begins so, as a range on its index: LIKE would read every lift."""
    beyond = number[:-1] + chr(ord(number[-1]) + 1)
    found: list[Lift] = []
    for column in NUMBERS:
        within = {f"{column}__gte": number, f"{column}__lt": beyond}
        if by.role.side == "division":
            # Bare, through the number's own index: asked together with reach, the planner sorts a whole province.
            rows = Lift.objects.filter(**within).order_by(column, "id")[:MOST_EXAMINED].iterator(500)
            found += islice((lift for lift in rows if _reaches(lift, by)), limit)
        else:
            found += visible(by).filter(**within).order_by(column, "id")[:limit]
    return found[:limit]


def _by_words(text: str, *, by: Actor, limit: int) -> list[Lift]:
    """Scan the narrow search table; who may see comes after what was typed, which sorts out far more rows."""
    rows = SearchText.objects.all()
    for word in text.lower().split():
        typed = narrowed(word).lower()
        said = Q(GreaterThan(StrIndex("words", Value(word)), 0))
        if typed.isascii():  # initials are letters and digits: Chinese characters are never among them
            said |= Q(GreaterThan(StrIndex("initials", Value(typed)), 0))
        rows = rows.filter(said)
    if by.role.side == "division":
        rows = rows.filter(division_code__in=by.codes)
    else:
        rows = rows.filter(lift_id__in=visible(by).values("pk"))
    # Left in the table's own order: sorting by key first would walk every row through the key's index.
    ids = list(rows.order_by().values_list("lift_id", flat=True)[:limit])
    found = visible(by).in_bulk(ids)
    return [found[key] for key in ids if key in found]


@dataclass(frozen=True)
class PartyOn:
    """Which body was what to a lift, over which days."""

    role: str
    body_id: UUID
    from_on: date
    to_on: date | None


def parties(lift: Lift) -> tuple[PartyOn, ...]:
    """List the parties of a lift, newest first."""
    rows = LiftParty.objects.filter(lift=lift).order_by("role", "-from_on", "id")
    return tuple(PartyOn(row.role, row.body_id, row.from_on, row.to_on) for row in rows)


def party_on(lift_id: UUID, role: PartyRole, *, day: date) -> UUID | None:
    """Tell which body was, say, maintaining this lift on that day."""
    rows = LiftParty.objects.filter(lift_id=lift_id, role=role, from_on__lte=day)
    row = rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=day)).order_by("-from_on").first()
    return row.body_id if row else None


def parties_on(lift_ids: Iterable[UUID], role: PartyRole, *, day: date) -> dict[UUID, UUID]:
    """Tell, for several lifts in one query, which body was in a role on a day; a lift without one is absent."""
    rows = LiftParty.objects.filter(lift_id__in=set(lift_ids), role=role, from_on__lte=day)
    rows = rows.filter(Q(to_on__isnull=True) | Q(to_on__gt=day)).order_by("from_on", "id")
    return dict(rows.values_list("lift_id", "body_id"))


def timeline(lift: Lift) -> tuple[Told, ...]:
    """Tell the life of a lift: every entry about it, from every room, in order of happening."""
    return journal.life_of(about=lift.pk)


def lifts_by_id(ids: Iterable[UUID], *, by: Actor) -> dict[UUID, Lift]:
    """Give several lifts within reach, by key."""
    return visible(by).in_bulk(list(ids))


def variety_label(lift: Lift) -> str:
    """Name the variety of a lift under its own catalogue."""
    return catalogue.variety_name(lift.catalogue, lift.variety)
