"""Builds the smallest valid thing; a test names only what it is about."""

from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any
from uuid import UUID

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards.actions.instructions import Order
from liftwarden.casework.hazards.actions.opening import Finding
from liftwarden.casework.hazards.models import Evidence, EvidenceKind, FinderKind, Problem
from liftwarden.casework.registry import actions as registry
from liftwarden.casework.registry.models import Lift
from liftwarden.casework.registry.rules import PartyRole
from liftwarden.ground.divisions import actions as divisions
from liftwarden.ground.journal import actions as journal
from liftwarden.ground.journal.actions import About, Hand
from liftwarden.ground.parties import actions as parties
from liftwarden.ground.parties import queries as parties_queries
from liftwarden.ground.parties.actor import Actor
from liftwarden.ground.parties.models import Body, BodyKind, Post
from liftwarden.kernel.periods import SHANGHAI

NOW = datetime(2017, 7, 3, 4, 0, tzinfo=UTC)
ZHEJIANG, HANGZHOU, XIHU, BINJIANG, JIANGSU = "330000", "330100", "330106", "330108", "320000"
_number = count(1)


def node(now: datetime = NOW) -> Hand:
    """The node's own hand."""
    return Hand(None, "test", now)


def load_divisions() -> None:
    """Load the standard tree."""
    divisions.load_standard(by=node(datetime(2015, 1, 1, tzinfo=UTC)))


def day(text: str, hour: int = 10) -> datetime:
    """A moment on a Chinese day, `2017-03-05`."""
    return datetime.fromisoformat(text).replace(hour=hour, tzinfo=SHANGHAI)


def a_body(kind: BodyKind = BodyKind.USE_UNIT, *, division: str = XIHU, name: str = "") -> Body:
    """A body with a name of its own."""
    return parties.add_body(name or f"单位{next(_number)}", kind=kind, division=division, by=node())


def a_post(role: str, *, division: str = XIHU, body: Body | None = None, login: str = "") -> Post:
    """A post of a fresh person."""
    number = next(_number)
    kinds = {"use_unit": BodyKind.USE_UNIT, "maintenance": BodyKind.MAINTENANCE}
    held = body or a_body(kinds.get(role, BodyKind.REGULATOR), division=division)
    person = parties.add_person(login or f"{role}{number}", name=f"人员{number}", password=None, by=node())
    return parties.appoint(
        person.pk, role=role, body_id=held.pk, division=division, from_on=date(2015, 1, 1), by=node()
    )


def an_actor(role: str = "chief", *, division: str = XIHU, body: Body | None = None, now: datetime = NOW) -> Actor:
    """Someone acting under a fresh post."""
    post = a_post(role, division=division, body=body)
    login = post.person.user.get_username()
    return parties_queries.actor(login, channel="test", now=now)


def a_lift(*, by: Actor | None = None, division: str = XIHU, **values: Any) -> Lift:
    """A lift with a rescue code and an address."""
    number = next(_number)
    told = {"variety": "3110", "rescue_code": f"{number:06d}", "address": f"文三路{number}号", "place": "residential"}
    return registry.register({**told, **values}, division=division, by=by or an_actor("registrar", division=ZHEJIANG))


def serve(lift: Lift, body: Body, role: PartyRole = PartyRole.USE_UNIT, *, from_on: date = date(2015, 1, 1)) -> None:
    """Make a body a party of a lift."""
    registry.set_party(lift.pk, role, body_id=body.pk, from_on=from_on, by=an_actor("registrar", division=ZHEJIANG))


def a_finding(found: datetime | None = None, **values: Any) -> Finding:
    """Something found on a lift."""
    told: dict[str, Any] = {
        "category": "door",
        "cause": "ageing",
        "description": "层门锁失效",
        "grade_scheme": "2015",
        "grade": "general",
        "finder": FinderKind.INSPECTOR,
        "found_at": found or day("2017-02-01"),
    }
    return Finding(**{**told, **values})


def a_problem(lift: Lift | None = None, *, by: Actor, found: datetime | None = None, **values: Any) -> Problem:
    """A problem, freshly found."""
    return hazards.open_problem((lift or a_lift()).pk, a_finding(found, **values), by=by)


def an_order(by: Actor, **values: Any) -> Order:
    """What an instruction says, with a second officer of the same division."""
    told: dict[str, Any] = {
        "number": f"监〔2017〕{next(_number)}",
        "second_officer": a_post("inspector", division=by.division).pk,
        "deadline_on": date(2017, 12, 31),
        "demands": "限期整改",
        "legal_basis": "《特种设备安全法》第六十二条",
    }
    return Order(**{**told, **values})


def show_evidence(problem: Problem, *kinds: EvidenceKind, by: Actor) -> None:
    """Keep evidence rows with a problem, without files."""
    for kind in kinds or (EvidenceKind.BEFORE, EvidenceKind.AFTER):
        row = Evidence(
            problem=problem,
            lift_id=problem.lift_id,
            kind=str(kind),
            media_type="image/jpeg",
            sha256="0" * 64,
            size_bytes=1,
            added_at=by.now,
            added_by=by.post_id,
        )
        about = About("lift", problem.lift_id)
        journal.create(row, "evidence.added", division=problem.division_code, by=by.hand, at=by.now, about=about)


def closed(problem: Problem, at: datetime, *, by: Actor, checker: Actor) -> Problem:
    """Take a problem all the way to close-out, its last step at a moment."""
    early = problem.found_at
    show_evidence(problem, by=by)
    hazards.begin(problem.pk, at=early, by=by)
    hazards.report(problem.pk, text="已更换", at=max(early, at - timedelta(hours=2)), by=by)
    hazards.pass_recheck(problem.pk, at=max(early, at - timedelta(hours=1)), by=checker)
    return hazards.close(problem.pk, at=at, by=by)


def key(text: str) -> UUID:
    """Read a key."""
    return UUID(text)
