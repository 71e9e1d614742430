"""The demonstration's offices, firms and people, each with a sign-in."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from liftwarden.ground.divisions import queries as divisions
from liftwarden.ground.journal.actions import Hand
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as party_queries
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, BodyKind
from liftwarden.ground.parties.permissions import roles

SINCE = date(2015, 1, 1)
PROVINCE, CITY, DISTRICT = "330000", "330100", "330106"


@dataclass(frozen=True)
class SignIn:
    """One account of the demonstration, to be printed."""

    login: str
    password: str
    role: str
    division: str
    body: str


@dataclass(frozen=True)
class Cast:
    """Who acts in the demonstration."""

    sign_ins: tuple[SignIn, ...]
    unit: Body
    firms: tuple[Body, ...]

    def actor(self, login: str, now: datetime) -> Actor:
        """Someone acting at a simulated moment."""
        return party_queries.actor(login, channel="demo", now=now)


OFFICIALS = (
    ("sheng-chief", "chief", PROVINCE),
    ("sheng-chief2", "chief", PROVINCE),
    ("sheng-chief3", "chief", PROVINCE),
    ("sheng-stat", "statistician", PROVINCE),
    ("sheng-registrar", "registrar", PROVINCE),
    ("admin", "administrator", PROVINCE),
    ("shi-chief", "chief", CITY),
    ("shi-stat", "statistician", CITY),
    ("qu-chief", "chief", DISTRICT),
    ("qu-inspector", "inspector", DISTRICT),
    ("qu-inspector2", "inspector", DISTRICT),
    ("qu-stat", "statistician", DISTRICT),
)


def hire(hand: Hand, *, firm_names: tuple[str, ...]) -> Cast:
    """Make the bodies and accounts; passwords are drawn anew each time and shown once."""
    password = f"Ti-An-{secrets.token_hex(4)}"
    offices: dict[str, Body] = {}
    signs: list[SignIn] = []
    for login, role, division in OFFICIALS:
        if division not in offices:
            name = f"{divisions.tree().full_name(division)}特种设备安全监察机构（演示）"
            offices[division] = parties.add_body(name, kind=BodyKind.REGULATOR, division=division, by=hand)
        signs.append(_hire(login, role, division, offices[division], password, hand))
    unit = parties.add_body("演示物业服务有限公司", kind=BodyKind.USE_UNIT, division=DISTRICT, by=hand)
    firms = tuple(parties.add_body(n, kind=BodyKind.MAINTENANCE, division=CITY, by=hand) for n in firm_names)
    signs.append(_hire("wuye", "use_unit", DISTRICT, unit, password, hand))
    signs.append(_hire("weibao", "maintenance", DISTRICT, firms[0], password, hand))
    return Cast(tuple(signs), unit, firms)


def _hire(login: str, role: str, division: str, body: Body, password: str, hand: Hand) -> SignIn:
    person = parties.add_person(login, name=f"演示{login}", password=password, by=hand)
    parties.appoint(person.pk, role=role, body_id=body.pk, division=division, from_on=SINCE, by=hand)
    return SignIn(login, password, roles()[role].label, divisions.tree().full_name(division), body.name)
