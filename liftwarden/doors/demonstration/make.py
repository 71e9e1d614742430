"""Makes the demonstration: people, lifts, cases, returns."""

from collections.abc import Callable
from datetime import UTC, datetime
from random import Random

from django.db import transaction

from liftwarden.doors.demonstration import cases, figures, filings, people
from liftwarden.doors.demonstration import lifts as stock
from liftwarden.ground.journal.actions import Hand

Say = Callable[[str, int, int], None]


def make(count: int, *, seed: int, now: datetime, say: Say) -> tuple[people.SignIn, ...]:
    """Make a province of `count` lifts; the same seed gives the same province, but for keys and passwords.

    `say` is told what is being done, how far it is and how far it has to go.
    """
    random = Random(seed)  # noqa: S311  (a demonstration, not a secret)
    with transaction.atomic():
        firms = max(4, round(count / figures.LIFTS_A_FIRM))
        names = tuple(
            f"演示{random.choice(figures.FIRM_HEADS)}电梯有限公司第{number}分公司" for number in range(1, firms + 1)
        )
        cast = people.hire(Hand(None, "demo", datetime(2015, 1, 5, tzinfo=UTC)), firm_names=names)
    made: list[stock.Made] = []
    for chunk in stock.build(count, random=random, cast=cast, now=datetime(2015, 2, 1, tzinfo=UTC)):
        made += chunk
        say("登记电梯", len(made), count)
    told = cases.stories(made, random=random, now=now)
    for number, story in enumerate(told, start=1):
        cases.play(story, number=number, random=random, cast=cast, now=now)
        say("登记和办理隐患", number, len(told))
    say("填报并签发报表", 0, 1)
    filings.file_all(cast, now=now)
    say("填报并签发报表", 1, 1)
    return cast.sign_ins
