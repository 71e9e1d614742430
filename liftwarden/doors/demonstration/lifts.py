"""The demonstration's lifts: estates on real streets of no real place, each lift with its numbers and parties."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from random import Random
from typing import Any
from uuid import UUID

from liftwarden.casework.registry.many import Entry, register_many
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.doors.demonstration import figures
from liftwarden.doors.demonstration.people import DISTRICT, PROVINCE, Cast
from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties.models import Body, BodyKind

CHUNK = 500


@dataclass(frozen=True)
class Made:
    """One lift of the demonstration."""

    id: UUID
    division: str


@dataclass(frozen=True)
class Estate:
    """A place with several lifts and one use unit."""

    name: str
    street: str
    place: str
    division: str
    unit: Body
    firm: Body
    lifts: int


def build(count: int, *, random: Random, cast: Cast, now: datetime) -> Iterator[list[Made]]:
    """Register lifts estate by estate, in chunks of one transaction; gives each chunk."""
    registrar = cast.actor("sheng-registrar", now)
    chunk: list[Entry] = []
    number = 0
    for estate in _estates(count, random=random, cast=cast, now=now):
        for car in range(1, estate.lifts + 1):
            number += 1
            chunk.append(Entry(_values(estate, car, number, random), estate.division, _parties(estate)))
        if len(chunk) >= CHUNK:
            yield [Made(lift.pk, lift.division_code) for lift in register_many(chunk, by=registrar)]
            chunk = []
    yield [Made(lift.pk, lift.division_code) for lift in register_many(chunk, by=registrar)]


def _parties(estate: Estate) -> tuple[tuple[PartyRole, UUID, date], ...]:
    since = date(2015, 1, 1)
    return (PartyRole.USE_UNIT, estate.unit.pk, since), (PartyRole.MAINTENANCE, estate.firm.pk, since)


def _estates(count: int, *, random: Random, cast: Cast, now: datetime) -> Iterator[Estate]:
    counties = _counties()
    weights = [random.paretovariate(1.6) for _ in counties]
    left, made = count, 0
    registrar = cast.actor("sheng-registrar", now)
    while left > 0:
        first = made % 6 == 0  # every sixth estate stands in the district that the sign-ins belong to
        division = DISTRICT if first else random.choices(counties, weights)[0]
        name = random.choice(figures.ESTATE_HEADS) + random.choice(figures.ESTATE_TAILS)
        name += f"{random.randint(1, 9)}期" if random.random() < 0.4 else ""
        size = min(left, max(1, round(random.expovariate(1 / figures.LIFTS_AN_ESTATE))))
        unit = cast.unit
        if not (first and random.random() < 0.5):
            owner = f"{name}管理处（演示{made + 1}）"
            unit = parties.add_body(owner, kind=BodyKind.USE_UNIT, division=division, by=registrar.hand)
        place = _pick(figures.PLACES, random)
        street = f"{random.choice(figures.STREETS)}{random.randint(1, 999)}号"
        yield Estate(name, street, place, division, unit, _firm(cast, random), size)
        left -= size
        made += 1


def _firm(cast: Cast, random: Random) -> Body:
    """Pick a firm; a few have most of the lifts, as in every city."""
    return cast.firms[min(int(random.paretovariate(0.9)) - 1, len(cast.firms) - 1)]


def _counties() -> list[str]:
    tree = divisions.tree()
    day = date(2017, 6, 30)
    return [
        county.code
        for city in tree.children(PROVINCE, on=day)
        for county in tree.children(city.code, on=day) or (city,)
    ]


def _values(estate: Estate, car: int, number: int, random: Random) -> dict[str, Any]:
    variety = _pick(figures.VARIETIES, random)
    year = random.choices(range(1996, 2017), weights=range(1, 22))[0]
    made_on = date(year, random.randint(1, 12), random.randint(1, 28))
    inspected = date(2016, random.randint(1, 12), random.randint(1, 28))
    return {
        "device_code": f"{variety}33{100 + number // 100_000}{year}{number % 100_000:05d}",
        "rescue_code": f"{number:06d}" if number < 1_000_000 else None,
        "certificate_no": f"梯{variety[1:3]}浙A{number % 100000:05d}({year % 100:02d})",
        "variety": variety,
        "place": estate.place,
        "estate": estate.name,
        "address": f"{divisions.tree().full_name(estate.division)}{estate.street}{estate.name}{car}号梯",
        "internal_no": f"{car}#",
        "made_on": made_on,
        "used_since_on": made_on,
        "floors": random.randint(3, 33),
        "last_inspected_on": inspected,
        "next_inspection_on": inspected.replace(year=2017),
    }


def _pick(weighted: tuple[tuple[str, float], ...], random: Random) -> str:
    return random.choices([name for name, _ in weighted], [weight for _, weight in weighted])[0]
