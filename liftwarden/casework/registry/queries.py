"""The only reader of lifts for others; every query takes the actor first."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Value
from django.db.models.functions import StrIndex
from django.db.models.lookups import GreaterThan

from liftwarden.casework.registry import catalogue
from liftwarden.casework.registry.models import Lift, LiftParty, SearchText
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.journal import queries as journal
from liftwarden.ground.journal.queries import Told
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.permissions import Permission
from liftwarden.kernel.periods import day_in_shanghai
from liftwarden.kernel.refusals import NotFound
from liftwarden.kernel.words import narrowed

NUMBERS = ("rescue_code", "device_code", "registration_code", "certificate_no", "other_number")
MOST_FOUND = 50


def visible(by: Actor) -> "QuerySet[Lift]":
    """Give the lifts an actor may see: an official those of the division and below, a body those it serves today."""
    if not by.may(Permission.LIFT_READ):
        return Lift.objects.none()
    if by.role.side == "division":
        return Lift.objects.filter(division_code__in=by.codes)
    return Lift.objects.filter(_served(by))


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

    Raises:
        NotFound: if none within reach bears it.
    """
    number = narrowed(text).upper()
    for column in NUMBERS:
        found = list(visible(by).filter(**{column: number})[:2])
        if len(found) == 1:
            return found[0]
    raise NotFound(what=f"编号为“{text}”的电梯")


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
    if not hits and len(number) >= 4 and any(char.isdigit() for char in number):
        for column in NUMBERS:
            for hit in visible(by).filter(**{f"{column}__startswith": number}).order_by("id")[:limit]:
                hits.setdefault(hit.pk, hit)
    if len(hits) < limit:
        for hit in _by_words(text, by=by, limit=limit):
            hits.setdefault(hit.pk, hit)
    return list(hits.values())[:limit]


def _by_words(text: str, *, by: Actor, limit: int) -> list[Lift]:
    rows = SearchText.objects.all()
    if by.role.side == "division":
        rows = rows.filter(division_code__in=by.codes)
    else:
        rows = rows.filter(lift_id__in=visible(by).values("pk"))
    for word in text.lower().split():
        rows = rows.filter(
            Q(GreaterThan(StrIndex("words", Value(word)), 0))
            | Q(GreaterThan(StrIndex("initials", Value(narrowed(word).lower())), 0))
        )
    ids = list(rows.order_by("lift_id").values_list("lift_id", flat=True)[:limit])
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


def timeline(lift: Lift) -> tuple[Told, ...]:
    """Tell the life of a lift: every entry about it, from every room, in order of happening."""
    return journal.life_of(about=lift.pk)


def lifts_by_id(ids: Iterable[UUID], *, by: Actor) -> dict[UUID, Lift]:
    """Give several lifts within reach, by key."""
    return visible(by).in_bulk(list(ids))


def variety_label(lift: Lift) -> str:
    """Name the variety of a lift under its own catalogue."""
    return catalogue.variety_name(lift.catalogue, lift.variety)
