"""The demonstration's problem lifts: campaigns of 2015–16, the look-back of 2017, and lately found ones."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from io import BytesIO
from random import Random
from uuid import UUID

from django.db import transaction
from PIL import Image

from liftwarden.casework.hazards import actions as hazards
from liftwarden.casework.hazards import queries as hazards_queries
from liftwarden.casework.hazards.actions.instructions import Order
from liftwarden.casework.hazards.actions.listings import ListingOrder
from liftwarden.casework.hazards.actions.opening import Finding
from liftwarden.casework.hazards.actions.shut_downs import SealOrder
from liftwarden.casework.hazards.models import EvidenceKind, FinderKind, Problem
from liftwarden.doors.demonstration import figures
from liftwarden.doors.demonstration.lifts import Made
from liftwarden.doors.demonstration.people import DISTRICT, Cast
from liftwarden.ground.parties.actor import Actor
from liftwarden.kernel.periods import day_in_shanghai

PROVINCIAL = ("sheng-chief", "sheng-chief2", "sheng-chief3")
AFTERWARDS = datetime(2017, 7, 3, 8, tzinfo=UTC)
BASELINE = datetime(2016, 12, 31, 8, tzinfo=UTC)


@dataclass(frozen=True)
class Story:
    """How far one problem has come: when found, when each step was, which overlays lie on it."""

    lift: UUID
    division: str
    found_at: datetime
    ends_at: datetime | None
    begun: bool
    shut_down: bool
    listed: bool


def stories(lifts: Sequence[Made], *, random: Random, now: datetime) -> list[Story]:
    """Draw the stories of a stock of lifts."""
    told: list[Story] = []
    for lift in lifts:
        draw = random.random()
        if draw < figures.SHARE_WITH_DANGERS * figures.SHARE_UNFINISHED_2016:
            found = _between(datetime(2015, 4, 1, tzinfo=UTC), datetime(2016, 11, 30, tzinfo=UTC), random)
            told.append(_story(lift, found, BASELINE + timedelta(days=5), 0.62, random))
        elif draw < figures.SHARE_WITH_DANGERS * figures.SHARE_UNFINISHED_2016 + figures.SHARE_FOUND_BY_LOOK_BACK:
            found = _between(datetime(2017, 1, 5, tzinfo=UTC), datetime(2017, 6, 25, tzinfo=UTC), random)
            told.append(_story(lift, found, found, 0.55, random))
        elif draw > 1 - figures.SHARE_FOUND_LATELY:
            told.append(
                _story(lift, _between(now - timedelta(days=70), now - timedelta(days=2), random), None, 0, random)
            )
    return told


def _story(lift: Made, found: datetime, earliest: datetime | None, share: float, random: Random) -> Story:
    """Draw an ending: a share within the half-year that the return is about, nearly all of the rest in the years after."""
    ends = None
    if earliest is not None and random.random() < share:
        ends = max(earliest, found) + timedelta(days=random.randint(8, 170))
    elif earliest is not None and random.random() < figures.SHARE_DONE_LATER:
        ends = AFTERWARDS + timedelta(days=random.randint(1, 700))
    return Story(
        lift.id, lift.division, found, ends, random.random() < 0.5, random.random() < 0.15, random.random() < 0.35
    )


def _between(first: datetime, last: datetime, random: Random) -> datetime:
    return first + timedelta(seconds=random.randint(0, int((last - first).total_seconds())))


@dataclass(frozen=True)
class Crew:
    """Who works a case: who leads, the second officer and re-checker, and who closes it out as the second person."""

    chief: Actor
    second: Actor
    closer: Actor


def _crew(story: Story, *, cast: Cast, now: datetime) -> Crew:
    logins = ("qu-chief", "qu-inspector", "qu-inspector2") if story.division == DISTRICT else PROVINCIAL
    return Crew(*(cast.actor(login, now) for login in logins))


def play(story: Story, *, number: int, random: Random, cast: Cast, now: datetime) -> None:
    """Work one problem through the public actions, as far as its story goes."""
    category, description, _ = random.choices(figures.CATEGORIES, [weight for *_, weight in figures.CATEGORIES])[0]
    cause = random.choices([name for name, _ in figures.CAUSES], [weight for _, weight in figures.CAUSES])[0]
    crew = _crew(story, cast=cast, now=now)
    chief = crew.chief
    finding = Finding(
        category=category,
        cause=cause,
        description=f"{description}（演示）",
        grade_scheme="order57" if story.found_at.year >= 2022 else "2015",
        grade="serious" if story.found_at.year >= 2022 and random.random() < 0.3 else "general",
        finder=random.choice([FinderKind.INSPECTOR, FinderKind.INSPECTION_BODY, FinderKind.SELF_CHECK]),
        found_at=story.found_at,
    )
    with transaction.atomic():
        problem = hazards.open_problem(story.lift, finding, by=chief)
        moment = story.found_at + timedelta(hours=2)
        if random.random() < 0.9:
            order = Order(
                number=f"演监〔{moment.year}〕{number}",
                second_officer=crew.second.post_id,
                deadline_on=day_in_shanghai(moment) + timedelta(days=random.randint(7, 14)),
                demands="限期消除隐患并提交整改报告",
                legal_basis="《特种设备安全法》第六十二条",
                stop_use=random.random() < 0.3,
            )
            hazards.instruct([problem.pk], order, at=moment, by=chief)
        _overlay(problem, story, number=number, random=random, chief=chief)
        _finish(problem, story, crew=crew, now=now)


def _overlay(problem: Problem, story: Story, *, number: int, random: Random, chief: Actor) -> None:
    at = story.found_at + timedelta(days=1)
    if story.listed:
        blocker = random.choices([n for n, _ in figures.BLOCKERS], [w for _, w in figures.BLOCKERS])[0]
        order = ListingOrder("演示分管负责人", day_in_shanghai(at) + timedelta(days=120), blocker)
        hazards.list_for_supervision(problem.file_id, order, at=at, by=chief)
    if story.shut_down and (story.ends_at is None or story.ends_at > AFTERWARDS):
        seal = SealOrder(f"演封〔{at.year}〕{number}", "《特种设备安全法》第六十一条", "演示监管机构")
        hazards.shut_down(problem.file_id, seal, at=at, by=chief)


def _finish(problem: Problem, story: Story, *, crew: Crew, now: datetime) -> None:
    soon = story.found_at + timedelta(days=2)
    late = max(soon, story.ends_at - timedelta(days=20)) if story.ends_at else None
    if begun_at := (soon if story.begun else late):
        hazards.begin(problem.pk, contractor="演示维保单位", at=begun_at, by=crew.chief)
    if story.ends_at is None:
        return
    for kind in (EvidenceKind.BEFORE, EvidenceKind.AFTER):
        hazards.add_evidence(problem.pk, kind=kind, name="演示.png", data=_picture(kind), at=now, by=crew.chief)
    if hazards_queries.live_shut_down(problem.file) is not None:
        hazards.unseal(problem.file_id, reason="整改完成", at=story.ends_at - timedelta(days=5), by=crew.chief)
    hazards.report(problem.pk, text="已更换并自检合格", at=story.ends_at - timedelta(days=4), by=crew.chief)
    hazards.pass_recheck(problem.pk, at=story.ends_at - timedelta(days=1), by=crew.second)
    hazards.close(problem.pk, at=story.ends_at, by=crew.closer)


def _picture(kind: EvidenceKind) -> bytes:
    shade = (150, 90, 80) if kind is EvidenceKind.BEFORE else (90, 140, 100)
    file = BytesIO()
    Image.new("RGB", (320, 240), shade).save(file, "PNG")
    return file.getvalue()
